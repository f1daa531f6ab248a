"""What the files of planning share: a heading some rows down, texts with leftovers, MGA codes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.contract.divipola import department_of
from gsi.ground.numerals import Bounds
from gsi.ground.workbooks import Row
from gsi.inputs.readers import grids
from gsi.inputs.readers.problems import Problems, label

QUANTITY: Bounds = (0, 1e15)
MONEY: Bounds = (0, 1e14)
_SMALL = re.compile(r"\b(de|del|la|el|los|las)\b")
_CODE_IN_NAME = re.compile(r"(?<!\d)(\d{5}|\d{2})(?!\d)")
_LEFTOVER = re.compile(r"_x000d_", re.IGNORECASE)  # a line break as Excel's XML escapes it
_CODES = {"programa": 4, "producto": 7, "indicador": 9}
_SEARCHED = 20


def said(cell: Any) -> str | None:
    """A cell's text in one line; None where it is blank. A whole number is written without dot."""
    if cell is None or (isinstance(cell, float) and pd.isna(cell)):
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(_LEFTOVER.sub(" ", str(cell)).split()) or None


def rows_below(path: Path, headings: Sequence[str], what: str) -> tuple[str, Row, list[Row], int]:
    """The sheet, the heading that has all of ``headings``, the rows below it up to the first blank
    one, and the row on screen of the first.

    Raises :class:`~gsi.ground.errors.UserMistake` where no sheet has it, and where there are rows
    below a blank one, which may be of another table.
    """
    wanted = [heading_key(heading) for heading in headings]
    for name, rows in grids.sheets(path).items():
        for position, row in enumerate(rows[:_SEARCHED]):
            labels = [heading_key(cell) for cell in row]
            if all(any(_is(text, one) for text in labels) for one in wanted):
                header = tuple(said(cell) for cell in row)
                below = rows[position + 1 :]
                end = next((at for at, each in enumerate(below) if not any(map(said, each))), None)
                body = below if end is None else below[:end]
                if end is not None and any(any(map(said, each)) for each in below[end:]):
                    problems = Problems(path.name)
                    problems.add("la tabla debe estar entera, sin filas vacías en medio",
                                 "una fila vacía y más filas debajo", sheet=name,
                                 row=position + 2 + end)  # fmt: skip
                    problems.stop()
                return name, header, body, position + 2
    raise grids.unreadable(path, what)


def heading_key(cell: Any) -> str:
    """A heading as it is compared: 'Meta de cuatrienio' and 'Meta del cuatrienio' are one."""
    return " ".join(_SMALL.sub(" ", label(said(cell) or "")).split())


def present(header: Row, heading: str) -> bool:
    """Whether a heading is there (:func:`heading_key`)."""
    return heading_key(heading) in [heading_key(cell) for cell in header]


def locate(
    header: Row, wanted: Mapping[str, str], problems: Problems, sheet: str
) -> dict[str, int]:
    """Like :meth:`Problems.locate`, headings compared as :func:`heading_key` does."""
    same = {name: heading_key(heading) for name, heading in wanted.items()}
    return problems.locate([heading_key(cell) for cell in header], same, sheet)


def code_in_name(path: Path) -> str | None:
    """The one code of a territory in a file's name; None where there is none, or several."""
    found = set(_CODE_IN_NAME.findall(path.stem))
    return found.pop() if len(found) == 1 else None


def _is(text: str, wanted: str) -> bool:
    return text == wanted or text.startswith(wanted + " ")


def owner(cells: pd.Series, problems: Problems, sheet: str, first: int, column: str) -> pd.Series:
    """The code of each row: five digits of a municipality or two of a department."""
    found = [_territory(said(cell)) for cell in cells]
    for row, code in enumerate(found):
        if code is None:
            problems.add(
                "debe ser el código DANE de un municipio (cinco dígitos) o un departamento (dos)",
                str(cells.iloc[row]),
                sheet=sheet,
                row=row + first,
                column=column,
            )
            break
    return pd.Series(found, dtype="str")


def _territory(text: str | None) -> str | None:
    """``5001`` → ``05001``, ``25`` → ``25``, ``25000`` → ``25``."""
    if text is None or not re.fullmatch(r"\d{1,5}", text):
        return None
    if len(text) <= 2:
        return text.zfill(2)
    code = text.zfill(5)
    return department_of(code) if code.endswith("000") else code


def mga(
    data: pd.DataFrame,
    problems: Problems,
    sheet: str,
    first: int,
    headings: Mapping[str, str],
) -> None:
    """Bring the codes of programme, product and indicator to their digits, in place; what is no
    such code, or does not hang on the one above it, is noted."""
    above = ""
    for name, digits in _CODES.items():
        if name not in data:
            continue
        codes = data[name].str.zfill(digits)
        wrong = codes.notna() & ~codes.str.fullmatch(rf"\d{{{digits}}}").fillna(False).astype(bool)
        if above:
            wrong |= codes.notna() & data[above].notna() & (codes.str[: _CODES[above]]
                                                            != data[above])  # fmt: skip
        for row in data.index[wrong][:5]:
            problems.add(
                f"debe ser un código de la MGA de {digits} dígitos, que empieza por el anterior",
                str(data.at[row, name]),
                sheet=sheet,
                row=int(row) + first,
                column=headings[name],
            )
        data[name] = codes
        above = name
