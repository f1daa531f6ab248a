"""Governance: sessions and commitments as they stood at the reference date."""

from __future__ import annotations

import pytest
from analysis.keys.worlds import context, rows
from builders import make_context
from example_department import truth

from gsi.analysis.keys.governance import governance


def test_the_planted_overdue_commitments_are_found() -> None:
    listed = governance(context()).tables["overdue"].data["commitment"]
    assert sorted(listed) == sorted(truth.OVERDUE["2024-12-31"])


def commitment(code: str, **more: object) -> dict[str, object]:
    return {
        "compromiso": code, "municipio": "73001", "instancia": "consejo",
        "sesion_fecha": "2024-03-01", "descripcion": "Algo", "responsable": "Alcaldía",
        "vence": "2024-06-01", "estado": "pendiente", "fecha_cierre": None,
    } | more  # fmt: skip


def test_states_by_hand() -> None:
    table = rows(
        "compromisos",
        commitment("abierto vencido"),
        commitment("vence ese día", vence="2024-12-31"),
        commitment("cumplido", estado="cumplido", fecha_cierre="2024-05-01"),
        commitment("tarde", estado="cumplido", fecha_cierre="2024-09-01"),
        commitment("después", estado="cumplido", fecha_cierre="2025-02-01"),
        commitment("otra sesión", sesion_fecha="2025-01-15", vence="2025-02-01"),
    )
    section = governance(make_context({"compromisos": table}, "73001"))
    facts = section.facts
    assert sorted(section.tables["overdue"].data["commitment"]) == ["abierto vencido", "después"]
    assert facts["commitments"].value == 5
    assert facts["late"].value == 1
    assert facts["sessions_council"].value == 1
    assert facts["kept"].value == pytest.approx(40)
    assert facts["oldest_due"].value.isoformat() == "2024-06-01"


def test_sessions_of_municipalities_are_not_the_department_s() -> None:
    table = rows(
        "compromisos", commitment("a"), commitment("b", municipio="73", sesion_fecha="2024-04-01")
    )
    facts = governance(make_context({"compromisos": table}, "73")).facts
    assert facts["sessions_council"].value == 1
    assert facts["sessions_elsewhere"].value == 1


def test_a_commitment_for_a_municipality_is_not_another_session() -> None:
    """The council met once, on 1 April: one of what it agreed is for Ibagué alone."""
    day = "2024-04-01"
    table = rows(
        "compromisos",
        commitment("a", municipio="73", sesion_fecha=day),
        commitment("b", sesion_fecha=day),
        commitment("c", sesion_fecha=day, instancia="coordinacion_eje_social"),
    )
    facts = governance(make_context({"compromisos": table}, "73")).facts
    assert facts["sessions_council"].value == 1
    assert facts["sessions_elsewhere"].value == 1  # the coordination's, of which 73 has no row


def test_an_entity_stands_out_only_if_it_is_alone_at_the_top() -> None:
    tied = rows("compromisos", commitment("a"), commitment("b", responsable="Hospital"))
    facts = governance(make_context({"compromisos": tied}, "73001")).facts
    assert not facts["any_most_overdue"].value


def test_without_the_table_the_gap_is_named() -> None:
    section = governance(make_context({}, "73", names={"73001": "Ibagué"}))
    assert not section.available
    assert [gap.table for gap in section.gaps] == ["compromisos"]
