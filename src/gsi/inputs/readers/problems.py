"""What is wrong with a published file, gathered until all of it can be said at once."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

from gsi.contract.divipola import department_of
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.locale import fold
from gsi.ground.locale import number as localised
from gsi.ground.numerals import ANY, Bounds
from gsi.inputs.readers.numbers import Dots, is_sheet_error, numbers

DOWNLOAD_AGAIN = "Descargue de nuevo el archivo de la página del publicador, sin modificarlo."


def label(text: object) -> str:
    """A heading as it is compared: no accents, case, underscores, line breaks or punctuation."""
    return _label(str(text))


@lru_cache(maxsize=1 << 16)  # headings and names come again in every sheet and file
def _label(text: str) -> str:
    return " ".join(re.sub(r"[^\w%#]+|_", " ", fold(text)).split())


@lru_cache(maxsize=1 << 12)
def spellings(heading: str) -> tuple[str, ...]:
    """A published heading as it is compared, and as the API of datos.gov.co names its column.

    The API keeps lower case letters of English, digits and underscores: «CÓDIGO_MUNICIPIO» is
    ``c_digo_municipio`` there and «AÑO», ``a_o``.
    """
    field = re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")
    return tuple(dict.fromkeys((label(heading), label(field))))


class Problems:
    """Findings of one file. ``above``: lines over the row where its table begins, which
    :func:`~gsi.inputs.readers.grids.table` finds with its ``sheet``."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.sheet = ""
        self.above = 0

    def add(
        self,
        rule: str,
        received: str,
        remedy: str = DOWNLOAD_AGAIN,
        *,
        sheet: str = "",
        row: int | None = None,
        column: str = "",
    ) -> None:
        """Note one problem and where it is."""
        place = [
            self.file,
            f"hoja {sheet or self.sheet}" if sheet or self.sheet else "",
            f"fila {row + self.above}" if row is not None else "",
            f"columna {column}" if column else "",
        ]
        self.findings.append(Finding(", ".join(filter(None, place)), rule, received, remedy))

    def stop(self) -> None:
        """Raise :class:`UserMistake` with everything noted so far, if anything was."""
        if self.findings:
            raise UserMistake(self.findings)

    def locate(
        self,
        header: Sequence[object],
        wanted: Mapping[str, str | tuple[str, ...]],
        sheet: str = "",
    ) -> dict[str, int]:
        """Position of every wanted column; ``wanted``: own name → published heading, or headings
        of its several vintages.

        A heading counts when it equals the published one (or its :func:`spellings`) or starts with
        it, accents, case and line breaks ignored. Columns that are missing, or there twice, are
        noted; only those found are returned.
        """
        labels = [label(cell) for cell in header]
        found: dict[str, int] = {}
        for name, headings in wanted.items():
            known = (headings,) if isinstance(headings, str) else headings
            heading = known[0]
            targets = [text for one in known for text in spellings(one)]
            exact = [i for i, text in enumerate(labels) if text in targets]
            starts = tuple(f"{target} " for target in targets)
            near = [i for i, text in enumerate(labels) if text.startswith(starts)]
            if exact or near:
                found[name] = (exact or near)[0]
                if len(exact or near) > 1:
                    self.add(
                        "la columna está repetida y no se sabe cuál es la publicada",
                        _shown([str(header[i]) for i in exact or near]),
                        sheet=sheet,
                        column=heading,
                    )
            else:
                self.add(
                    "falta una columna del archivo publicado",
                    _shown([str(cell) for cell in header if cell is not None and label(cell)]),
                    sheet=sheet,
                    column=heading,
                )
        return found

    def departments(
        self,
        header: Sequence[object],
        heading: str,
        body: Iterable[Any],
        places: Sequence[Any],
        *,
        sheet: str = "",
    ) -> None:
        """Note the first row whose municipality is not of the department written beside it.

        ``heading``: the published column of department codes; a file without it says nothing.
        ``body``: its rows. ``places``: the code of each, missing where it has none.
        """
        at = next((i for i, cell in enumerate(header) if label(cell) in spellings(heading)), None)
        if at is None:
            return
        written = [_digits(row[at]) for row in body]
        wrong = [
            row
            for row, (owner, place) in enumerate(zip(written, places, strict=True))
            if owner
            and isinstance(place, str)
            and len(place) == 5
            and owner.zfill(2) != department_of(place)
        ]
        if wrong:
            some = "fila no lo cumple" if len(wrong) == 1 else "filas no lo cumplen"
            self.add(
                "los dos primeros dígitos del código de municipio son los de su departamento "
                f"({len(wrong)} {some})",
                f"{places[wrong[0]]} en el departamento {written[wrong[0]].zfill(2)}",
                sheet=sheet,
                row=wrong[0] + 2,
                column=heading,
            )

    def numbers(
        self,
        values: pd.Series,
        *,
        dots: Dots = "thousands",
        whole: bool = False,
        within: Bounds = ANY,
        failed: bool = False,
        sheet: str = "",
        column: str = "",
        first_row: int = 2,
    ) -> pd.Series:
        """The values as finite floats; what is no number, or no value of this column, is noted once
        a column, with its first row.

        ``values`` must have a RangeIndex; ``first_row`` is the file's row of its first value.
        ``whole``: only whole numbers. ``within``: the least and the greatest that can be.
        ``failed``: a spreadsheet's error (#DIV/0!) is a missing value here.
        """
        if failed:
            values = values.mask(values.map(is_sheet_error).astype(bool), None)
        parsed, wrong = numbers(values, dots, whole=whole, within=within)
        parsed, wrong = parsed.reset_index(drop=True), wrong.reset_index(drop=True)
        broken = parsed.notna() & (parsed % 1 != 0) if whole else wrong & False
        outside = parsed.notna() & ~broken & ~parsed.between(*within)
        low, high = (_end(end) for end in within)
        for mask, rule in (
            (wrong, "debe ser un número"),
            (broken, "debe ser un número entero"),
            (outside, f"debe estar entre {low} y {high}"),
        ):
            rows = mask.to_numpy().nonzero()[0]
            if len(rows):
                some = "celda no lo es" if len(rows) == 1 else "celdas no lo son"
                if mask is outside:
                    some = "celda no lo está" if len(rows) == 1 else "celdas no lo están"
                self.add(
                    f"{rule} ({len(rows)} {some})",
                    _shown([str(value) for value in values.iloc[rows].unique()]),
                    sheet=sheet,
                    row=int(rows[0]) + first_row,
                    column=column,
                )
        return parsed.mask(broken | outside)


def _digits(cell: Any) -> str:
    """A department's code as it is written: ``5``, ``"05"``, ``5.0``."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None or pd.isna(cell) else str(cell).strip()


def _end(bound: float) -> str:
    return localised(bound, 0 if bound == round(bound) else 2) if math.isfinite(bound) else "∞"


def _shown(items: Sequence[str], limit: int = 8) -> str:
    shown = "; ".join(" ".join(item.split())[:60] for item in items[:limit])
    rest = len(items) - limit
    return (f"{shown} y {rest} más" if rest > 0 else shown) or "ninguna"
