"""What every table holds, read from its suite: ``expectations/<table>.json`` is the contract.

A suite is a Great Expectations ExpectationSuite. Titles, labels and units stand in its ``meta``;
what is required, allowed, bounded or unique is derived from its expectations, so that a rule is
written once. This module reads the JSON alone: no Great Expectations import is paid for a schema.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.contract.vocabulary import BARRIERS, OBJECTIVES, RIGHTS, ROUTES, ColumnKind, Severity

WORDS = {**RIGHTS, **{name: label for name, (_, label) in OBJECTIVES.items()}, **ROUTES, **BARRIERS}

# Required whole numbers are plain int64; optional ones must be able to be empty.
_DTYPES: dict[str, str] = {
    "codigo": "str",
    "texto": "str",
    "lista": "str",
    "entero": "Int64",
    "binario": "Int64",
    "numero": "float64",
    "fecha": "datetime64[us]",
    "geometria": "object",
}


@dataclass(frozen=True)
class ColumnSpec:
    """A column of a table. Bounds are inclusive unless ``exclusive_minimum``; outside them a value
    is impossible where ``bounded`` (else only strange).

    ``labels``: what people read and choose for each of ``values``, in the same order. ``example``:
    a value as an official would fill it in (dates in ISO). ``essential``: an empty cell stops the
    territory (``required`` alone is a warning).
    ``identifier``: words that join tables, written as ``lower_case_ascii``. ``filled_by_reader``:
    provenance, written by the reader; no form asks for it. ``published``: only published files have
    it; a form has no such column. ``pattern``: regular expression.
    """

    name: str
    label: str
    kind: ColumnKind
    description: str
    required: bool
    unit: str
    values: tuple[str, ...] | None
    minimum: float | None
    maximum: float | None
    exclusive_minimum: bool = False
    bounded: bool = False
    pattern: str | None = None
    essential: bool = False
    identifier: bool = False
    filled_by_reader: bool = False
    published: bool = False
    labels: tuple[str, ...] | None = None
    example: str | float | None = None

    @property
    def dtype(self) -> Any:
        """The pandas dtype of the column, by name."""
        if self.kind == ColumnKind.WHOLE and self.required:
            return "int64"
        return _DTYPES[self.kind]


@dataclass(frozen=True)
class TableSchema:
    """A table: its columns in order and the columns that identify a row (empty: none do).

    ``purpose``: why it matters, for the person asked to fill it in; empty where no form asks.
    ``one_owner``: its rows are of the very code they carry; a department has none of its
    municipalities' (a plan).
    """

    name: str
    title: str
    description: str
    columns: list[ColumnSpec]
    key: list[str]
    person_level: bool
    purpose: str = ""
    one_owner: bool = False

    @property
    def mixed(self) -> bool:
        """Whether people and published files both give rows (``origen`` tells them apart)."""
        return bool(self.purpose) and ORIGIN in self.column_names

    def column(self, name: str) -> ColumnSpec:
        """One column; ``KeyError`` when the table has no such column."""
        for spec in self.columns:
            if spec.name == name:
                return spec
        raise KeyError(f"{self.name}.{name}")

    @property
    def column_names(self) -> list[str]:
        return [spec.name for spec in self.columns]


# Filled in by the readers of published files: the source of the row. Empty in what people fill in.
ORIGIN = "origen"
# The condition of a rule that asks something of people, and not of what is published.
OF_FORMS = f"{ORIGIN}.isnull()"

# The column that says when a row is of. Not here: projections, which are always ahead, and the
# tables without a date or whose date decides nothing.
DATED = {
    "indicadores": "periodo",
    "hogares": "corte",
    "personas": "corte",
    "escenarios": "periodo",
    "actores": "fecha_vinculacion",
    "formacion": "fecha_inicio",
    "servicios": "periodo",
    "casos": "fecha",
    "jornadas": "fecha",
    "atenciones": "fecha",
    "convocatoria": "fecha",
    "compromisos": "sesion_fecha",
    "inversion": "vigencia",
    "plan_accion": "fecha_adopcion",
    "avances": "fecha_corte",
}


def suites_folder() -> Path:
    """The project's ``expectations`` folder: of ``GSI_PROJECT``, else of this checkout."""
    named = os.environ.get("GSI_PROJECT")
    root = Path(named) if named else Path(__file__).resolve().parents[3]
    return root / "expectations"


@cache
def suite(name: str) -> dict[str, Any]:
    """The suite of a table as JSON; ``KeyError`` for a table the contract does not have."""
    path = suites_folder() / f"{name}.json"
    if not path.is_file():
        raise KeyError(f"no table {name!r} in the contract")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def _names() -> tuple[str, ...]:
    found = [path.stem for path in suites_folder().glob("*.json")]
    return tuple(sorted(found, key=lambda name: suite(name)["meta"]["orden"]))


def names() -> list[str]:
    """Every table of the contract, in the order in which the dictionary explains them."""
    return list(_names())


@cache
def schema(name: str) -> TableSchema:
    """The schema of a table, derived from its suite."""
    document = suite(name)
    meta = document["meta"]
    rules = _rules(document["expectations"])
    return TableSchema(
        name=name,
        title=meta["titulo"],
        description=meta["descripcion"],
        columns=[_column(item, rules.get(item["nombre"], {})) for item in meta["columnas"]],
        key=_key(document["expectations"]),
        person_level=meta["nivel_persona"],
        purpose=meta.get("para_que", ""),
        one_owner=meta.get("un_solo_dueno", False),
    )


def empty(name: str) -> pd.DataFrame:
    """A table with no row: the contract's columns, in order, with their dtypes."""
    return _empty(name).copy()


@cache
def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({spec.name: _nothing(spec.dtype) for spec in schema(name).columns})


@cache
def _nothing(dtype: Any) -> Any:
    """A column with no row; of the seven types there are, most tables have many columns."""
    return pd.array([], dtype=dtype)


def conform(name: str, data: pd.DataFrame) -> pd.DataFrame:
    """``data`` with the contract's columns, order and dtypes; absent columns are empty.

    A required whole-number column that has empty cells stays nullable (``Int64``), so that the
    validation can say so. Raises ``ValueError`` for a column the contract does not have and the
    pandas error for a value that is not of its type: readers parse, this only fixes types. Texts
    that repeat may stay categories.
    """
    spec = schema(name)
    unknown = [str(column) for column in data.columns if column not in spec.column_names]
    if unknown:
        raise ValueError(f"columns outside the contract of {name}: {unknown}")
    index = pd.RangeIndex(len(data))
    return pd.DataFrame(
        {
            column.name: (
                _typed(data[column.name].reset_index(drop=True), column)
                if column.name in data.columns
                else pd.Series(None, index=index, dtype=_nullable(column))
            )
            for column in spec.columns
        },
        index=index,
    )


def _nullable(column: ColumnSpec) -> Any:
    return "Int64" if column.dtype == "int64" else column.dtype


def _typed(values: pd.Series, column: ColumnSpec) -> pd.Series:
    if column.dtype == "str" and isinstance(values.dtype, pd.CategoricalDtype):
        return values
    if column.dtype in ("int64", "Int64") and not pd.api.types.is_integer_dtype(values.dtype):
        values = pd.to_numeric(values).astype("Int64")
    if column.dtype == "int64" and values.isna().any():
        return values.astype("Int64")
    return values.astype(column.dtype)


def _rules(expectations: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Per column: the rules that hold for every row of a form (those with another condition are
    left out)."""
    found: dict[str, dict[str, Any]] = {}
    for item in expectations:
        kwargs = item["kwargs"]
        everywhere = "column" in kwargs and kwargs.get("row_condition", OF_FORMS) == OF_FORMS
        # What is only advice (info) does not narrow what a cell may hold.
        if everywhere and item["severity"] != Severity.INFO:
            rule = {**kwargs, "severity": item["severity"]}
            found.setdefault(kwargs["column"], {}).setdefault(item["type"], rule)
    return found


def _column(item: dict[str, Any], rules: dict[str, Any]) -> ColumnSpec:
    bounds = rules.get("expect_column_values_to_be_between", {})
    filled = rules.get("expect_column_values_to_not_be_null", {})
    allowed = rules.get("expect_column_values_to_be_in_set", {}).get("value_set")
    closed = isinstance(allowed, list) and item["tipo"] != ColumnKind.BINARY
    numeric = item["tipo"] in (ColumnKind.WHOLE, ColumnKind.NUMBER)
    values = tuple(allowed) if closed and allowed is not None else None
    return ColumnSpec(
        name=item["nombre"],
        label=item["etiqueta"],
        kind=ColumnKind(item["tipo"]),
        description=item["descripcion"],
        required=bool(filled),
        unit=item["unidad"],
        values=values,
        minimum=bounds.get("min_value") if numeric else None,
        maximum=bounds.get("max_value") if numeric else None,
        exclusive_minimum=bool(bounds.get("strict_min", False)),
        bounded=numeric and bounds.get("severity") == Severity.CRITICAL,
        pattern=rules.get("expect_column_values_to_match_regex", {}).get("regex"),
        essential=filled.get("severity") == Severity.CRITICAL,
        identifier=bool(item.get("identificador", False)),
        filled_by_reader=bool(item.get("procedencia", False)),
        published=bool(item.get("solo_publicada", False)),
        labels=values and tuple(_label(value, item.get("opciones", {})) for value in values),
        example=item.get("ejemplo"),
    )


def _label(value: str, written: dict[str, str]) -> str:
    """``en_curso`` → ``En curso``, unless the suite or the strategy's vocabulary writes it."""
    return written.get(value) or WORDS.get(value) or value.replace("_", " ").capitalize()


def _key(expectations: list[dict[str, Any]]) -> list[str]:
    """The columns of the critical uniqueness rule: a repeated key cannot be reported."""
    for item in expectations:
        if item["severity"] != Severity.CRITICAL:
            continue
        if item["type"] == "expect_column_values_to_be_unique":
            return [item["kwargs"]["column"]]
        if item["type"] == "expect_compound_columns_to_be_unique":
            return list(item["kwargs"]["column_list"])
    return []
