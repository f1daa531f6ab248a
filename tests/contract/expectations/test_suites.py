"""Every suite is a Great Expectations suite, complete, and says its rules in Spanish."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pandas as pd
import pytest

from gsi.contract import tables
from gsi.contract.vocabulary import BARRIERS, OBJECTIVES, RIGHTS
from gsi.inputs.forms.coerce import coerce
from gsi.inputs.quality.derived import DERIVED
from gsi.inputs.quality.references import REFERENCES, parameter_of

NAMES = [
    "divipola",
    "limites",
    "indicadores",
    "poblacion",
    "hogares",
    "personas",
    "escenarios",
    "lecturas",
    "actores",
    "formacion",
    "servicios",
    "rutas",
    "casos",
    "jornadas",
    "atenciones",
    "convocatoria",
    "compromisos",
    "inversion",
    "plan_accion",
    "avances",
    "plan_desarrollo",
    "avance_plan_desarrollo",
]


def columns_of(rule: dict) -> list[str]:
    kwargs = rule["kwargs"]
    named = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    return named + kwargs.get("column_list", [])


def test_every_table_of_the_contract_has_its_suite() -> None:
    assert tables.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_suite_loads_in_great_expectations(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "false")
    from great_expectations import ExpectationSuite

    document = tables.suite(name)
    suite = ExpectationSuite(**document)
    written = suite.to_json_dict()
    assert suite.name == name
    assert [item["type"] for item in written["expectations"]] == [
        item["type"] for item in document["expectations"]
    ]
    assert all(
        written["expectations"][i]["severity"] == item["severity"]
        for i, item in enumerate(document["expectations"])
    )


@pytest.mark.parametrize("name", NAMES)
def test_suite_is_complete(name: str) -> None:
    document = tables.suite(name)
    columns = {item["nombre"] for item in document["meta"]["columnas"]}
    rules = document["expectations"]
    for rule in rules:
        assert set(columns_of(rule)) <= columns | set(DERIVED.get(name, {})), rule
        parameter = parameter_of(rule["kwargs"])
        assert parameter is None or parameter in REFERENCES
        told = rule["meta"]["regla"]
        assert told.endswith(".")
        assert re.match(r"[A-ZÁÉÍÓÚÑ]", told)
    derived = set(DERIVED.get(name, {}))
    assert derived <= {column for rule in rules for column in columns_of(rule)}
    texts = [rule["meta"]["regla"] for rule in rules]
    assert len(set(texts)) == len(texts)
    for item in document["meta"]["columnas"]:
        assert item["etiqueta"]
        assert item["descripcion"].endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_finite_bounds_and_no_infinity_keeps_them(name: str) -> None:
    for spec in tables.schema(name).columns:
        if spec.kind not in ("entero", "numero"):
            continue
        assert spec.bounded, spec.name
        assert spec.minimum is not None and spec.maximum is not None, spec.name
        assert -math.inf < spec.minimum < spec.maximum < math.inf
        for cell in (math.inf, -math.inf, math.nan, "inf", "nan", "1e309", 1e18, "-1E300"):
            values, problems = coerce(pd.Series([cell], dtype="object"), spec)
            assert values.isna().all(), (spec.name, cell)
            assert [len(problem.cells) for problem in problems] == [1], (spec.name, cell)


@pytest.mark.parametrize("name", NAMES)
def test_no_table_takes_a_repeated_row_in_silence(name: str) -> None:
    """A table with a key has its rule; in one without, rows equal in every column are told."""
    schema = tables.schema(name)
    unique = [
        rule["kwargs"]["column_list"]
        for rule in tables.suite(name)["expectations"]
        if rule["type"] == "expect_compound_columns_to_be_unique"
    ]
    assert schema.key or schema.column_names in unique


def test_vocabulary_of_the_strategy_is_the_allowed_one() -> None:
    for table, column, words in [
        ("lecturas", "categoria_derecho", list(RIGHTS)),
        ("inversion", "categoria_derecho", list(RIGHTS)),
        ("plan_accion", "categoria_derecho", list(RIGHTS)),
        ("plan_accion", "objetivo", list(OBJECTIVES)),
        ("lecturas", "objetivo", list(OBJECTIVES)),
        ("casos", "barrera", [*BARRIERS, "ninguna"]),
    ]:
        assert list(tables.schema(table).column(column).values or ()) == words
    pairs = [[right, objective] for objective, (right, _) in OBJECTIVES.items()]
    for table in ("lecturas", "plan_accion"):
        (rule,) = [
            item
            for item in tables.suite(table)["expectations"]
            if item["type"] == "expect_column_pair_values_to_be_in_set"
        ]
        assert rule["kwargs"]["value_pairs_set"] == pairs


def test_files_are_readable_by_people(project_root: Path) -> None:
    for path in sorted((project_root / "expectations").glob("*.json")):
        text = path.read_text(encoding="utf-8")
        assert "\\u" not in text
        assert json.loads(text)["name"] == path.stem
