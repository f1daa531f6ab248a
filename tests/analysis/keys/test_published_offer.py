"""What published files say of services and actors, which moves no key."""

from __future__ import annotations

from typing import Any

import pandas as pd
from builders import make_context
from inputs.quality.worlds import code, good_row

from gsi.analysis.keys.published_offer import FOLLOW_UP, MOST, REGISTER, published_offer
from gsi.analysis.results import Section
from gsi.contract import tables

PLACE = code(0)


def service(number: int, **more: Any) -> dict[str, Any]:
    return good_row("servicios", 0) | {
        "servicio": f"s-{number}", "municipio": PLACE, "periodo": 2024, "cupos": 100,
        "cupos_usados": number, "origen": FOLLOW_UP,
    } | more  # fmt: skip


def provider(number: int, kind: str, cut: str, **more: Any) -> dict[str, Any]:
    return good_row("actores", 0) | {
        "actor": f"a-{number}", "municipio": PLACE, "tipo": kind, "origen": REGISTER,
        "nota": f"Corte del REPS: {cut}.",
    } | more  # fmt: skip


def section(**rows: list[dict[str, Any]]) -> Section:
    given = {name: tables.conform(name, pd.DataFrame(records)) for name, records in rows.items()}
    return published_offer(make_context(given, PLACE))


def test_services_are_those_of_the_last_year_with_most_people_first() -> None:
    rows = [service(number) for number in range(1, 15)]
    rows += [service(90, periodo=2023), service(91, periodo=2025), service(92, origen=None),
             service(93, origen="men_matricula"), service(94, cupos=0, cupos_usados=0)]  # fmt: skip
    found = section(servicios=rows)
    table = found.tables["services"].data
    assert table["cupos_usados"].tolist() == list(range(14, 2, -1)) and len(table) == MOST
    assert table["parte"].iloc[0] == 14
    facts = found.facts
    assert (facts["services"].value, facts["services_year"].value) == (14, 2024)
    assert facts["any_services_more"].value and facts["services_shown"].value == MOST
    assert not facts["actors_known"].value


def test_people_attended_beyond_an_unknown_plan_have_no_share() -> None:
    (row,) = section(servicios=[service(7, cupos=None)]).tables["services"].data.to_dict("records")
    assert row["cupos_usados"] == 7 and pd.isna(row["parte"])


def test_providers_are_those_of_the_last_list() -> None:
    """One that left the register is in an older list only; a later list is not of this report."""
    rows = [
        provider(1, "entidad", "2022-06-16"), provider(2, "privado", "2022-06-16"),
        provider(3, "privado", "2022-06-16"), provider(4, "privado", "2021-03-06"),
        provider(5, "privado", "2026-03-12"), provider(6, "privado", "2022-06-16", origen=None),
    ]  # fmt: skip
    facts = section(actores=rows).facts
    assert [facts[f"actors{name}"].value for name in ("", "_public", "_private")] == [3, 1, 2]
    assert str(facts["actors_cut"].value) == "2022-06-16"
    assert facts["actors_places"].value == 1


def test_places_are_those_of_the_last_list_of_each_kind() -> None:
    def place(number: int, kind: str, year: int, **more: Any) -> dict[str, Any]:
        return good_row("escenarios", 0) | {
            "escenario": f"e-{number}", "municipio": PLACE, "tipo": kind, "periodo": year,
            "origen": "men_establecimientos",
        } | more  # fmt: skip

    rows = [place(1, "colegio", 2016), place(2, "colegio", 2019), place(3, "colegio", 2019),
            place(4, "biblioteca", 2026), place(5, "comisaria_familia", 2021),
            place(6, "ips", 2022), place(7, "colegio", 2019, origen=None)]  # fmt: skip
    told = section(escenarios=rows).facts["places"].value
    assert told == "sedes educativas, 2 (2019); comisarías de familia, 1 (2021)"


def test_nothing_published_says_nothing() -> None:
    assert not section().facts and not section().tables
