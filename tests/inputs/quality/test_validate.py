"""Good rows keep every rule; each rule, broken in one municipality, is told there."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from inputs.quality.worlds import broken_rows, code, good_row, good_tables

from gsi.contract import tables
from gsi.inputs import quality
from gsi.inputs.quality import Verdicts
from gsi.inputs.quality.references import looks_into, parameter_of

RULES = [
    pytest.param(table, position, id=f"{table}-{position}-{rule['type'][7:]}")
    for table in tables.names()
    for position, rule in enumerate(tables.suite(table)["expectations"])
]


@cache
def broken(table: str) -> Verdicts:
    """The table with the rows that break each of its rules, rule ``n`` in ``code(n)``."""
    rules = tables.suite(table)["expectations"]
    world = good_tables(len(rules))
    world["rutas"] = pd.concat(
        [world["rutas"], world["rutas"].assign(paso="atender", orden=2)], ignore_index=True
    )
    rows = [row for n, rule in enumerate(rules) for row in broken_rows(table, rule, n)]
    data = pd.DataFrame(rows)
    if table == "divipola":
        world = {}
    world[table] = tables.conform(table, data)
    return quality.validate({name: world[name] for name in _needed(table) if name in world})


def _needed(table: str) -> set[str]:
    """The table and those its rules look into."""
    parameters = [parameter_of(rule["kwargs"]) for rule in tables.suite(table)["expectations"]]
    return {table, *(looks_into(parameter) for parameter in parameters if parameter)}


@cache
def good() -> Verdicts:
    return quality.validate(good_tables(3))


def test_good_rows_keep_every_rule() -> None:
    assert [verdict for verdict in good() if not verdict.success] == []
    total = sum(len(tables.suite(name)["expectations"]) for name in tables.names())
    assert len(good()) == total
    assert good().rows["personas"] == {code(n): 1 for n in range(3)}


@pytest.mark.parametrize(("table", "position"), RULES)
def test_each_rule_is_broken_where_it_is_broken(table: str, position: int) -> None:
    rule = tables.suite(table)["expectations"][position]
    verdicts = [v for v in broken(table) if v.table == table]
    verdict = verdicts[position]
    assert (verdict.rule, verdict.severity) == (rule["meta"]["regla"], rule["severity"])
    assert not verdict.success
    assert verdict.verified
    assert 0 < verdict.unexpected <= verdict.total
    assert verdict.unexpected == sum(verdict.by_municipality.values())
    assert set(verdict.by_municipality) & _places(table, rule, position)


def _places(table: str, rule: dict, position: int) -> set[str]:
    """Where the broken row says it is: its own code, or the broken code itself."""
    row = broken_rows(table, rule, position)[0]
    if "municipio" in row:
        return {row["municipio"] or ""}
    parent_lost = row[{"personas": "hogar", "avances": "accion"}[table]] in (None, "99999")
    return {""} if parent_lost else {code(position)}


def test_counts_are_split_by_municipality() -> None:
    rows = [good_row("poblacion", n) | {"edad": age} for n in (1, 2) for age in range(5)]
    data = pd.DataFrame(rows)
    data.loc[[0, 1, 7], "personas"] = -1.0
    world = {"poblacion": data, "divipola": good_tables(3)["divipola"]}
    (verdict,) = quality.validate(world).failed()
    assert verdict.by_municipality == {code(1): 2, code(2): 1}
    assert (verdict.unexpected, verdict.total, verdict.column) == (3, 10, "personas")


def test_a_rule_into_an_absent_table_is_said_not_to_be_checked() -> None:
    world = good_tables(2)
    del world["jornadas"]
    failed = quality.validate(world).failed()
    (verdict,) = [v for v in failed if v.table == "atenciones"]
    assert verdict.severity == "info"
    assert not verdict.verified
    assert "falta la tabla «Jornadas de servicios»" in verdict.rule
    assert quality.critical_failures(quality.validate(world), ["10"]) == []


def test_absent_required_column_breaks_every_row() -> None:
    world = good_tables(2)
    world["poblacion"] = world["poblacion"].drop(columns="personas")
    (verdict,) = quality.validate(world).failed()
    assert (verdict.column, verdict.severity, verdict.unexpected) == ("personas", "critical", 2)


def test_a_route_order_of_the_department_serves_its_municipalities() -> None:
    world = good_tables(1)
    steps = pd.DataFrame([good_row("rutas", 0) | {"municipio": "10"}] * 2)
    world["rutas"] = steps.assign(paso=["identificar", "atender"], orden=[1, 2])
    case = good_row("casos", 0)
    back = case["fecha"] - pd.Timedelta(days=2)
    world["casos"] = pd.DataFrame([case | {"paso": "atender", "fecha": back}, case])
    (verdict,) = [v for v in quality.validate(world).failed() if v.table == "casos"]
    assert "antes que al paso anterior" in verdict.rule
    assert verdict.unexpected == 1


def test_a_table_outside_the_contract_is_refused() -> None:
    with pytest.raises(KeyError, match="otra"):
        quality.validate({"otra": pd.DataFrame({"a": [1]})})


def test_nothing_is_written(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    quality.validate({"divipola": good_tables(1)["divipola"]})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_every_broken_row_of_a_country_of_people_is_counted() -> None:
    """How long it takes: ``python -m benchmarks tables``."""
    places = [code(n) for n in range(1000)]
    index = pd.MultiIndex.from_product(
        [places, range(2012, 2025), ["hombre", "mujer"], range(86)],
        names=["municipio", "periodo", "sexo", "edad"],
    )
    data = index.to_frame(index=False).assign(area="total", personas=10.0, fuente="x")
    data.loc[:100_000, "personas"] = -1.0
    places_table = pd.DataFrame([good_row("divipola", n) for n in range(1000)])
    verdicts = quality.validate({"poblacion": data, "divipola": places_table})
    (verdict,) = verdicts.failed()
    assert verdict.unexpected == 100_001
