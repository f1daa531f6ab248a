"""What a territory reported after the asked years is named, with the option that reads it."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from builders import make_context
from rich.console import Console

from gsi.analysis import later
from gsi.analysis.quality.section import section as quality_section
from gsi.cli import console, run
from gsi.contract import tables
from gsi.inputs import quality


def _rows(name: str, *rows: dict[str, object]) -> pd.DataFrame:
    return tables.conform(name, pd.DataFrame(list(rows)))


WORLD = {
    "plan_accion": _rows(
        "plan_accion",
        {"accion": "a", "municipio": "00001", "version": 1, "fecha_adopcion": "2024-02-01"},
        {"accion": "b", "municipio": "00002", "version": 1, "fecha_adopcion": "2026-02-01"},
    ),
    "avances": _rows("avances", {"accion": "a", "fecha_corte": "2025-06-30"}),
    "inversion": _rows(
        "inversion",
        {"municipio": "00001", "vigencia": 2024},
        {"municipio": "00001", "vigencia": 2026},
    ),
    "poblacion": _rows("poblacion", {"municipio": "00001", "periodo": 2042}),
}


def test_later_rows_are_named_with_the_option_that_reads_them() -> None:
    context = make_context(WORLD, "00001")
    found = later.after(context.data, context.years.follow_up)
    # Projections are always ahead; the plan of 00002 is not 00001's.
    assert found == {"inversion": [2026], "avances": [2025]}
    assert later.option(found) == "--follow-up 2026"
    section = quality_section(context, quality.validate({}), [])
    facts = {name: fact.value for name, fact in section.facts.items()}
    assert facts["has_later"] is True
    assert facts["later"] == ["Inversión social (2026)", "Avances del plan de acción (2025)"]
    assert (facts["later_avances"], facts["later_option"]) == (["2025"], "--follow-up 2026")
    assert facts["later_year"] == 2026


def test_nothing_is_named_within_the_asked_years() -> None:
    context = make_context(WORLD, "00001", years=(2018, 2026))
    assert later.after(context.data, 2026) == {}
    section = quality_section(context, quality.validate({}), [])
    assert section.facts["has_later"].value is False
    assert "later" not in section.facts


def test_a_run_tells_it_once_for_those_that_have_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only Uno spent money in 2026; nothing is said of Dos, whose plan of 2026 is read."""
    monkeypatch.setattr(console, "out", Console(soft_wrap=True, highlight=False))
    held = {code: make_context(WORLD, code) for code in ("00001", "00002")}
    places = [
        SimpleNamespace(code=code, name=name) for code, name in (("00001", "Uno"), ("00002", "Dos"))
    ]
    store = SimpleNamespace(data=lambda place: held[place.code].data)
    run._tell_later(store, places, {"00001": 2024, "00002": 2026})
    assert capsys.readouterr().out == (
        "Después del corte de 2024 hay datos de Uno: Inversión social (2026), Avances del plan de "
        "acción (2025). No se usan; para usarlos: --follow-up 2026\n"
    )


def test_every_dated_table_is_looked_at() -> None:
    """Left out on purpose: projections, the actors' reading, whose date decides nothing, and the
    plan de desarrollo, whose own chapter tells what comes after the cut."""
    dated = {
        name
        for name in tables.names()
        for column in tables.schema(name).columns
        if column.kind == "fecha" or column.name in ("periodo", "corte", "vigencia")
    }
    published = {"plan_desarrollo", "avance_plan_desarrollo"}
    assert dated - {"poblacion", "lecturas"} - published == set(tables.DATED)
    for name, column in tables.DATED.items():
        assert column in tables.schema(name).column_names
