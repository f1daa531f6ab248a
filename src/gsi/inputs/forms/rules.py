"""What Excel and LibreOffice check while a person types, derived from a table's suite.

The same rules are checked again, all of them, when the form is read; here only those that a cell
can check with the cells of its row.
"""

from __future__ import annotations

from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from gsi.contract import tables
from gsi.contract.tables import ColumnSpec
from gsi.contract.vocabulary import ColumnKind, Severity
from gsi.ground.locale import number
from gsi.inputs.forms.layout import FIRST_ROW, asked
from gsi.inputs.quality.references import looks_into, parameter_of

# Excel refuses a file whose messages are longer.
_TITLE, _MESSAGE = 32, 255
_HIGHEST = "1E+15"
_FIRST_DAY, _LAST_DAY = "DATE(1990,1,1)", "DATE(2100,12,31)"
_FEW = 10

KINDS = {
    "codigo": "Código o identificador",
    "texto": "Texto",
    "entero": "Número entero",
    "numero": "Número; decimales con coma",
    "fecha": "Fecha: día/mes/año",
    "lista": "Varios valores separados por punto y coma (;)",
    "binario": "Sí o No",
}


def references(table: str) -> dict[str, str]:
    """Column → the table of forms whose column of the same name lists its values."""
    found: dict[str, str] = {}
    for rule in tables.suite(table)["expectations"]:
        parameter = parameter_of(rule["kwargs"])
        if parameter is None:
            continue
        target = looks_into(parameter)
        named = (rule["kwargs"].get(key) for key in ("column", "column_A", "column_B"))
        for column in named:
            if column in tables.schema(target).key and target != "divipola":
                found[column] = target
    return {column: target for column, target in found.items() if column != "corte"}


def choices(spec: ColumnSpec) -> tuple[Any, ...] | None:
    """What a closed column offers: labels, yes and no, or the few whole numbers of a scale."""
    if spec.labels:
        return spec.labels
    if spec.kind == ColumnKind.BINARY:
        return ("Sí", "No")
    low, high = spec.minimum, spec.maximum
    if spec.kind == ColumnKind.WHOLE and low is not None and high is not None and high - low < _FEW:
        return tuple(range(int(low), int(high) + 1))
    return None


def note(spec: ColumnSpec) -> str:
    """The meaning of a column, for the note on its heading."""
    lines = [
        spec.description,
        "Obligatoria." if spec.required else "Opcional: déjela vacía si no se sabe.",
        KINDS[spec.kind] + (f" ({spec.unit})." if spec.unit and spec.unit != "0 o 1" else "."),
    ]
    offered = choices(spec)
    if offered:
        lines.append("Valores: " + "; ".join(str(value) for value in offered) + ".")
    return "\n".join(lines)


def from_list(source: str, spec: ColumnSpec, *, open_ended: bool) -> DataValidation:
    """A drop-down list; ``open_ended`` lists warn about another value and let it pass."""
    rule = DataValidation(type="list", formula1=source, allow_blank=True)
    rule.errorStyle = "warning" if open_ended else "stop"
    told = (
        "Ese valor no está en la lista. Si es correcto, continúe; si no, escoja uno de la lista."
        if open_ended
        else "Escoja un valor de la lista: abra la flecha a la derecha de la celda."
    )
    return _worded(rule, spec, told)


def typed(table: str, spec: ColumnSpec) -> DataValidation | None:
    """The rule of an open column's type and bounds, tied to the cells of its row where it is."""
    if spec.kind == ColumnKind.DATE:
        low = _tied(table, spec, "lower")
        rule = DataValidation(type="date", operator="between", allow_blank=True)
        rule.formula1 = f"MAX({_FIRST_DAY},{low})" if low else _FIRST_DAY
        rule.formula2 = _LAST_DAY
        told = "Escriba una fecha como día/mes/año, por ejemplo 15/03/2024, entre 1990 y 2100."
        return _worded(rule, spec, told + _tie_told(table, spec))
    if spec.kind in (ColumnKind.WHOLE, ColumnKind.NUMBER):
        whole = spec.kind == ColumnKind.WHOLE
        rule = DataValidation(
            type="whole" if whole else "decimal", operator="between", allow_blank=True
        )
        low = _tied(table, spec, "lower")
        high = _tied(table, spec, "upper")
        bound = _plain(spec.minimum, f"-{_HIGHEST}")
        rule.formula1 = f"MAX({bound},{low})" if low else bound
        top = _plain(spec.maximum, _HIGHEST)
        rule.formula2 = f'IF({high}="",{top},{high})' if high else top
        return _worded(rule, spec, _number_told(spec, whole) + _tie_told(table, spec))
    if table and tables.schema(table).key == [spec.name]:
        letter = column_letter(table, spec.name)
        area = f"${letter}${FIRST_ROW}:${letter}$1048576"
        rule = DataValidation(type="custom", allow_blank=True)
        rule.formula1 = f"COUNTIF({area},{letter}{FIRST_ROW})=1"
        return _worded(rule, spec, "Ya está en otra fila de esta hoja. Cada fila lleva uno propio.")
    return None


def column_letter(table: str, column: str) -> str:
    """Where a column stands on the sheet; the first is the form's own mark."""
    position = [spec.name for spec in asked(table)].index(column)
    return str(get_column_letter(position + 2))


def _number_told(spec: ColumnSpec, whole: bool) -> str:
    kind = "un número entero, sin puntos ni palabras" if whole else "un número, decimales con coma"
    low, high = spec.minimum, spec.maximum
    if low is not None and high is not None:
        return f"Escriba {kind}, entre {number(low)} y {number(high)}."
    if low is not None:
        return f"Escriba {kind}, de {number(low)} en adelante."
    return f"Escriba {kind}."


def _pairs(table: str) -> list[tuple[str, str, str]]:
    """(greater, lower, rule) of the suite's rules that hold in every row of a table."""
    return [
        (rule["kwargs"]["column_A"], rule["kwargs"]["column_B"], rule["meta"]["regla"])
        for rule in tables.suite(table)["expectations"]
        if rule["type"] == "expect_column_pair_values_a_to_be_greater_than_b"
        and "row_condition" not in rule["kwargs"]
        and rule["severity"] != Severity.INFO
    ]


def _tie(table: str, spec: ColumnSpec, side: str) -> tuple[str, str] | None:
    """The other column of a pair, typed before this one, and the rule that ties them."""
    order = [item.name for item in asked(table)]
    for greater, lower, rule in _pairs(table):
        mine, other = (greater, lower) if side == "lower" else (lower, greater)
        if mine == spec.name and order.index(other) < order.index(mine):
            return other, rule
    return None


def _tied(table: str, spec: ColumnSpec, side: str) -> str | None:
    found = _tie(table, spec, side)
    return f"${column_letter(table, found[0])}{FIRST_ROW}" if found else None


def _tie_told(table: str, spec: ColumnSpec) -> str:
    told = [found[1] for side in ("lower", "upper") if (found := _tie(table, spec, side))]
    return "".join(f" {rule}" for rule in told)


def _plain(bound: float | None, otherwise: str) -> str:
    return otherwise if bound is None else f"{bound:.15g}"


def _worded(rule: DataValidation, spec: ColumnSpec, told: str) -> DataValidation:
    rule.showErrorMessage = True
    rule.showInputMessage = True
    rule.errorTitle = _short(spec.label, _TITLE)
    rule.error = _short(told, _MESSAGE)
    rule.promptTitle = _short(spec.label, _TITLE)
    rule.prompt = _short(spec.description, _MESSAGE)
    return rule


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
