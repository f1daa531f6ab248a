"""CUIPO of one entity, as an official downloads it from CHIP: «reporte pag 1», headings in row 12.

Validity and section are written only on the first row of each block, and cells end in a blank.
Persons may stand in «TERCEROS»: that column is not read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from gsi.ground.locale import number
from gsi.ground.workbooks import Row
from gsi.inputs.readers import budget
from gsi.inputs.readers.grids import sheets, unreadable
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.plans import MONEY, said
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

SOURCE = "cgn_chip_cuipo"
CODE, NAME, PROJECT = "CODIGO", "NOMBRE", "BPIN"
BLOCK = {"tipo_vigencia": "VIGENCIA GASTO", "seccion": "SECCION PRESUPUESTAL"}
EXECUTION = {
    "linea": "PRODUCTO MGA",
    "fuente_publicada": "FUENTES DE FINANCIACION",
    "comprometido": "COMPROMISOS",
    "obligado": "OBLIGACIONES",
    "pagado": "PAGOS",
}
PROGRAMMING = {"linea": "PROGRAMA MGA", "apropiado": "APROPIACION DEFINITIVA"}
_ENTITY = re.compile(r"(\d{9})\s*-\s*(.+)")
_PERIOD = re.compile(r"(\d{2})-(\d{2})-(\d{4}) al (\d{2})-(\d{2})-(\d{4})")


def claims(peek: Peek) -> bool:
    """The headings of expenses, executed or programmed."""
    return peek.headed(*BLOCK.values(), EXECUTION["fuente_publicada"], EXECUTION["obligado"]) or (
        peek.headed(*BLOCK.values(), PROGRAMMING["linea"], PROGRAMMING["apropiado"])
    )


def read(path: Path) -> Part:
    """Table ``inversion``: the leaves of investment, in pesos."""
    problems = Problems(path.name)
    sheet, above, header, body, first = _table(path)
    executed = any(label(cell or "").startswith("obligaciones") for cell in header)
    columns = EXECUTION if executed else PROGRAMMING
    account = budget.EXECUTION if executed else budget.PROGRAMMING
    found = problems.locate(
        header, {**BLOCK, "codigo": CODE, "bpin": PROJECT, **columns}, sheet
    )  # fmt: skip
    owner, end = _title(above, problems, sheet)
    problems.stop()
    data = pd.DataFrame(
        {name: pd.Series([said(row[at]) for row in body], dtype="str")
         for name, at in found.items()}
    )  # fmt: skip
    data[list(BLOCK)] = data[list(BLOCK)].ffill()
    amounts = [name for name in columns if name not in ("linea", "fuente_publicada")]
    mine = data["codigo"].fillna("").str.match(rf"{re.escape(account)}(\.|$)").astype(bool)
    for name in amounts:
        data[name] = problems.numbers(
            data[name], within=MONEY, sheet=sheet, column=columns[name], first_row=first
        )
    problems.stop()
    told = data["fuente_publicada" if executed else "linea"].fillna("")
    leaf = mine & (told != "")
    branch = mine & ~leaf & (data["codigo"] == account)
    for name in amounts:
        whole, parts = data.loc[branch, name].sum(), data.loc[leaf, name].sum()
        if branch.any() and abs(whole - parts) > 1:
            problems.add(
                f"los detalles de la cuenta {account} deben sumar esa cuenta ({columns[name]})",
                f"suman {parts:.0f} y la cuenta dice {whole:.0f}",
                "Descargue de nuevo el reporte completo, con todos sus niveles.",
                sheet=sheet,
            )
    if not leaf.any():
        problems.add(
            f"debe traer los detalles de la cuenta {account}, inversión",
            "ninguno",
            "Descargue el reporte completo, con todos sus niveles.",
            sheet=sheet,
        )
    problems.stop()
    leaves = data[leaf].reset_index(drop=True)
    if "fuente_publicada" not in leaves:
        leaves["fuente_publicada"] = pd.Series(None, index=leaves.index, dtype="str")
    leaves = leaves.assign(municipio=owner, vigencia=end.year, corte=pd.Timestamp(end))
    leaves["linea"] = leaves["linea"].fillna("Sin producto")
    made = budget.rows(leaves, SOURCE)
    notes = _notes(data, end, "obligado" if executed else "apropiado")
    return Part("inversion", made, len(body), len(leaves), years=(end.year,), notes=notes)


def _notes(data: pd.DataFrame, end: dt.date, amount: str) -> tuple[str, ...]:
    """A cut before the year's end; and what the entity spends in all, investment included."""
    central = data["seccion"].fillna("").str.contains("ADMINISTRACION CENTRAL").astype(bool)
    now = data["tipo_vigencia"].fillna("").map(budget.kind_of_validity) == "actual"
    whole = data.loc[central & now & (data["codigo"] == "2"), amount].sum()
    partial = () if (end.month, end.day) == (12, 31) else (f"Corte parcial: {end:%d-%m-%Y}.",)
    return (
        *partial,
        f"Gasto total de la administración central en la vigencia actual, {amount}: "
        f"{number(whole)} pesos. Aquí solo se lee la inversión.",
    )


def _table(path: Path) -> tuple[str, list[Row], Row, list[Row], int]:
    """Sheet, rows above the heading, heading, rows below it, and the row on screen of the first."""
    for name, rows in sheets(path).items():
        for at, row in enumerate(rows[:20]):
            labels = [label(said(cell) or "") for cell in row]
            if label(BLOCK["tipo_vigencia"]) in labels and label(CODE) in labels:
                header = tuple(said(cell) for cell in row)
                body = [each for each in rows[at + 1 :] if any(map(said, each))]
                return name, rows[:at], header, body, at + 2
    raise unreadable(path, "reporte del CUIPO de gastos (CHIP)")


def _title(above: Sequence[Row], problems: Problems, sheet: str) -> tuple[str, dt.date]:
    """Whose budget it is, and up to which day."""
    texts = [text for row in above for cell in row if (text := said(cell))]
    entity = next((hit for text in texts if (hit := _ENTITY.fullmatch(text))), None)
    period = next((hit for text in texts if (hit := _PERIOD.search(text))), None)
    owner = budget.owner(entity[1], entity[2]) if entity else None
    if owner is None:
        problems.add(
            "sobre la tabla debe estar la entidad: el código de nueve dígitos de una alcaldía o "
            "una gobernación, y su nombre",
            entity[0] if entity else "; ".join(texts[:3]) or "nada",
            sheet=sheet,
        )
    if period is None:
        problems.add("sobre la tabla debe estar el periodo (día-mes-año al día-mes-año)",
                     "; ".join(texts[:3]) or "nada", sheet=sheet)  # fmt: skip
    try:
        end = dt.date(*(int(period[at]) for at in (6, 5, 4))) if period else dt.date(1990, 1, 1)
    except ValueError:
        problems.add("el periodo debe terminar en una fecha", period[0] if period else "")
        end = dt.date(1990, 1, 1)
    return owner or "", end


READER = Reader(
    source=SOURCE,
    publisher="Contaduría General de la Nación (CHIP)",
    title="CUIPO de gastos de una entidad, descargado de CHIP",
    kinds=("xlsx", "xls"),
    name=re.compile(r"cuipo (ejec|prog)\w* gas"),
    contents="la entidad y el periodo sobre la tabla, y las columnas VIGENCIA GASTO, CODIGO, BPIN "
    "y COMPROMISOS, OBLIGACIONES y PAGOS, o PROGRAMA MGA y APROPIACION DEFINITIVA",
    claims=claims,
    read=read,
)
