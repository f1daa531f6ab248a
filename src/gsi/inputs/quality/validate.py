"""Validation of every table against its suite, with Great Expectations, in memory."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gsi.contract import tables as contract
from gsi.contract.vocabulary import Severity
from gsi.ground.imports import ADDRESSES, without
from gsi.inputs.quality.derived import with_derived
from gsi.inputs.quality.references import known_values, looks_into, parameter_of
from gsi.inputs.quality.verdicts import NOWHERE, Verdict, Verdicts

Tables = Mapping[str, pd.DataFrame]


def validate(tables: Tables) -> Verdicts:
    """Verdicts of every rule of every table reported; an empty table is not reported.

    Tables must have the contract's columns; absent optional columns count as empty, absent
    required ones break their rule in every row. Raises ``KeyError`` for a table outside the
    contract, ``RuntimeError`` when a rule itself cannot be evaluated.
    """
    typed = _typed(tables)
    context = _context() if typed else None
    items: list[Verdict] = []
    rows: dict[str, dict[str, int]] = {}
    published: dict[str, dict[str, int]] = {}
    for name, table in typed.items():
        places = _places(name, table, typed)
        rows[name] = _count(places)
        if contract.schema(name).mixed:
            published[name] = _count(places[table[contract.ORIGIN].notna()])
        frame = with_derived(name, table, typed)
        for rule, unexpected in _examine(context, name, frame, typed):
            items.append(_verdict(name, rule, unexpected, frame, places))
    return Verdicts(tuple(items), rows, published)


@dataclass(frozen=True)
class Examined:
    """A rule of the suite and the rows (positions) that break it; None if it was not verified."""

    table: str
    rule: Mapping[str, Any]
    rows: list[int] | None


def broken_rules(tables: Tables, only: Collection[str]) -> list[Examined]:
    """The rules broken, or not verifiable, of the tables in ``only``, with the rows that do.

    The same validation as :func:`validate`; the other tables are there to be referred to.
    """
    typed = _typed(tables)
    context = _context() if typed else None
    return [
        Examined(name, rule, rows)
        for name, table in typed.items()
        if name in only
        for rule, rows in _examine(context, name, with_derived(name, table, typed), typed)
        if rows is None or rows
    ]


def _typed(tables: Tables) -> dict[str, pd.DataFrame]:
    for name in tables:
        contract.schema(name)
    return {
        name: contract.conform(name, tables[name])
        for name in contract.names()
        if name in tables and len(tables[name])
    }


def _context() -> Any:
    """An ephemeral context: nothing is written, nothing is sent, no progress bar."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with without(ADDRESSES):  # its charts' schemas bring in jsonschema
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _examine(
    context: Any, name: str, frame: pd.DataFrame, tables: Tables
) -> list[tuple[dict[str, Any], list[int] | None]]:
    """Every rule of the suite with the rows that break it (none: it holds); None: unverified."""
    rules = contract.suite(name)["expectations"]
    parameters: dict[str, list[Any]] = {}
    checkable: list[int] = []
    for position, rule in enumerate(rules):
        parameter = parameter_of(rule["kwargs"])
        values = known_values(parameter, tables) if parameter else []
        if parameter and values is None:
            continue
        if parameter:
            parameters[parameter] = values or []
        checkable.append(position)
    source = context.data_sources.add_pandas(name)
    batch = (
        source.add_dataframe_asset(name)
        .add_batch_definition_whole_dataframe(name)
        .get_batch(batch_parameters={"dataframe": frame})
    )
    # Which rows broke a rule is costly on millions of rows: asked only of the rules that broke.
    first = _run(batch, rules, checkable, parameters, "BOOLEAN_ONLY")
    broken = [position for position in checkable if not first[position]["success"]]
    detail = _run(batch, rules, broken, parameters, "COMPLETE")
    context.data_sources.delete(name)
    found: dict[int, list[int] | None] = {
        position: _rows_of(detail[position]) if position in detail else [] for position in checkable
    }
    return [(rule, found.get(position)) for position, rule in enumerate(rules)]


def _verdict(
    name: str,
    rule: dict[str, Any],
    unexpected: list[int] | None,
    frame: pd.DataFrame,
    places: pd.Series,
) -> Verdict:
    if unexpected is None:
        return _unverified(name, rule, looks_into(str(parameter_of(rule["kwargs"]))), places)
    return Verdict(
        table=name,
        rule=rule["meta"]["regla"],
        severity=Severity(rule["severity"]),
        column=_column(rule["kwargs"]),
        success=not unexpected,
        unexpected=len(unexpected),
        total=_examined(frame, rule["kwargs"]),
        by_municipality=_count(places.loc[unexpected]),
    )


def _run(
    batch: Any,
    rules: list[dict[str, Any]],
    positions: list[int],
    parameters: dict[str, list[Any]],
    result_format: str,
) -> dict[int, dict[str, Any]]:
    """Results by position in the suite. GX may reorder, so each rule carries its position."""
    if not positions:
        return {}
    from great_expectations import ExpectationSuite

    asked = [{**rules[p], "meta": {**rules[p]["meta"], "posicion": p}} for p in positions]
    result = batch.validate(
        ExpectationSuite(name="reglas", expectations=asked),
        result_format={"result_format": result_format, "include_unexpected_rows": False},
        expectation_parameters=parameters,
    )
    found: dict[int, dict[str, Any]] = {}
    for item in result.results:
        if item.exception_info and item.exception_info.get("raised_exception", True):
            raise RuntimeError(f"{item.expectation_config.type}: {item.exception_info}")
        found[item.expectation_config.meta["posicion"]] = {
            "success": bool(item.success),
            "result": item.result,
        }
    return found


def _rows_of(item: dict[str, Any]) -> list[int]:
    return sorted(item["result"]["unexpected_index_list"])


def _examined(frame: pd.DataFrame, kwargs: Mapping[str, Any]) -> int:
    condition = kwargs.get("row_condition")
    return len(frame.query(condition)) if condition else len(frame)


def _unverified(name: str, rule: dict[str, Any], missing: str, places: pd.Series) -> Verdict:
    severity: Severity = Severity.INFO
    return Verdict(
        table=name,
        rule=(
            f"No se pudo comprobar, falta la tabla «{contract.schema(missing).title}»: "
            f"{rule['meta']['regla']}"
        ),
        severity=severity,
        column=_column(rule["kwargs"]),
        success=False,
        unexpected=len(places),
        total=len(places),
        by_municipality=_count(places),
        verified=False,
    )


def _column(kwargs: Mapping[str, Any]) -> str:
    if "column" in kwargs:
        return str(kwargs["column"])
    if "column_list" in kwargs:
        return ", ".join(kwargs["column_list"])
    return f"{kwargs['column_A']}, {kwargs['column_B']}"


def _places(name: str, table: pd.DataFrame, tables: Tables) -> pd.Series:
    """The code of each row, ``""`` where none; through the parent for tables without one."""
    parents = {"personas": ("hogar", "hogares"), "avances": ("accion", "plan_accion")}
    if "municipio" in table.columns:
        codes = table["municipio"]
    else:
        key, parent = parents[name]
        known = tables.get(parent, contract.empty(parent)).drop_duplicates(key)
        codes = table[key].map(known.set_index(key)["municipio"])
    if not isinstance(codes.dtype, pd.CategoricalDtype):
        codes = codes.astype("category")
    return codes.cat.set_categories(sorted({NOWHERE, *codes.cat.categories})).fillna(NOWHERE)


def _count(places: pd.Series) -> dict[str, int]:
    return {str(code): int(n) for code, n in places.value_counts().sort_index().items() if n}
