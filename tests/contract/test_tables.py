"""Schemas are derived from the suites; frames are brought to them."""

from __future__ import annotations

import pandas as pd
import pytest

from gsi.contract import tables
from gsi.inputs.forms.words import header_slug


def test_a_schema_is_what_its_suite_says() -> None:
    schema = tables.schema("formacion")
    assert schema.key == ["curso", "municipio", "tipo_agente", "grupo_etnico"]
    assert schema.title == "Formación"
    hours = schema.column("horas")
    assert (hours.kind, hours.unit, hours.required) == ("numero", "horas", True)
    assert (hours.minimum, hours.exclusive_minimum, hours.maximum) == (0, True, 10_000)
    assert schema.column("tipo_agente").values == ("publico", "comunitario")
    assert schema.column("certificados").required is False
    with pytest.raises(KeyError, match=r"formacion\.otra"):
        schema.column("otra")


def test_conditional_rules_do_not_bound_a_column() -> None:
    # 100 is the maximum of coverages alone.
    assert tables.schema("indicadores").column("valor").maximum > 100
    assert tables.schema("personas").column("sexo").values == ("hombre", "mujer")
    assert (tables.schema("personas").column("edad").minimum) == 0
    assert tables.schema("casos").column("barrera").required is False
    assert tables.schema("avances").column("ejecutado").required is False


def test_person_level_tables_are_marked() -> None:
    marked = {name for name in tables.names() if tables.schema(name).person_level}
    assert marked == {"hogares", "personas", "casos", "atenciones"}


@pytest.mark.parametrize("name", tables.names())
def test_empty_has_the_columns_and_types(name: str) -> None:
    empty = tables.empty(name)
    schema = tables.schema(name)
    assert list(empty.columns) == schema.column_names
    assert len(empty) == 0
    for spec in schema.columns:
        assert empty[spec.name].dtype == spec.dtype
    # An empty version of the plan has a meaning (the first one); no other part of a key has.
    known = {spec.name for spec in schema.columns if spec.essential}
    assert set(schema.key) - known <= ({"version"} if name == "plan_accion" else set())


@pytest.mark.parametrize("name", tables.names())
def test_names_and_labels_do_not_collide(name: str) -> None:
    owners: dict[str, set[str]] = {}
    for spec in tables.schema(name).columns:
        for text in (spec.name, spec.label):
            owners.setdefault(header_slug(text), set()).add(spec.name)
    assert {words: who for words, who in owners.items() if len(who) > 1} == {}


def test_conform_orders_types_and_completes() -> None:
    data = pd.DataFrame({"edad": [4.0], "municipio": ["00001"], "personas": [3], "periodo": [2018]})
    found = tables.conform("poblacion", data)
    assert list(found.columns) == tables.schema("poblacion").column_names
    assert found["edad"].dtype == "int64"
    assert found["personas"].dtype == "float64"
    assert found["sexo"].isna().all()


def test_conform_keeps_an_empty_required_number_to_be_told() -> None:
    data = pd.DataFrame({"periodo": [2018, None]})
    assert tables.conform("poblacion", data)["periodo"].dtype == "Int64"


def test_conform_refuses_what_is_outside_the_contract() -> None:
    with pytest.raises(ValueError, match="otra"):
        tables.conform("poblacion", pd.DataFrame({"otra": [1]}))
    with pytest.raises((ValueError, TypeError)):
        tables.conform("poblacion", pd.DataFrame({"edad": [4.5]}))


def test_an_unknown_table_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="otra"):
        tables.schema("otra")
