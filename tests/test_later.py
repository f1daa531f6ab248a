"""What a territory reported after the asked years is named, with the option that reads it."""

from __future__ import annotations

import pandas as pd
from builders import make_context

from gsi import later, quality, tables


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
    section = quality.section(context, quality.validate({}), [])
    facts = {name: fact.value for name, fact in section.facts.items()}
    assert facts["has_later"] is True
    assert facts["later"] == ["Inversión social (2026)", "Avances del plan de acción (2025)"]
    assert (facts["later_avances"], facts["later_option"]) == (["2025"], "--follow-up 2026")


def test_nothing_is_named_within_the_asked_years() -> None:
    context = make_context(WORLD, "00001", years=(2018, 2026))
    assert later.after(context.data, 2026) == {}
    section = quality.section(context, quality.validate({}), [])
    assert section.facts["has_later"].value is False
    assert "later" not in section.facts


def test_every_dated_table_is_looked_at() -> None:
    """Left out on purpose: projections, and the actors' reading, whose date decides nothing."""
    dated = {
        name
        for name in tables.names()
        for column in tables.schema(name).columns
        if column.kind == "fecha" or column.name in ("periodo", "corte", "vigencia")
    }
    assert dated - {"poblacion", "lecturas"} == set(later.DATED)
    for name, column in later.DATED.items():
        assert column in tables.schema(name).column_names
