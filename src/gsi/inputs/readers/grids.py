"""Files opened as they are: rows of cells from XLSX and XLS sheets, text columns from CSV."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import pandas as pd

from gsi.ground import percentages
from gsi.ground.delimited import SAMPLE, TEXT, Dialect, dialect_of
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.locale import western_digits
from gsi.inputs.readers.problems import Problems

Row = tuple[Any, ...]
_TOLD = 10
_ERROR = b't="e"'  # the type of a cell with an error, in a sheet's XML
_RAGGED = "cada fila debe tener una celda por columna"


def sheets(
    path: Path,
    limit: int | None = None,
    only: Iterable[str] | None = None,
    *,
    as_stored: bool = False,
) -> dict[str, list[Row]]:
    """Sheet name → rows as they are seen: item *i* is row *i + 1* on screen.

    Trailing empty rows are dropped, short rows padded, digits of any script read as digits. A cell
    shown as ``56 %`` is 56 (:mod:`gsi.ground.percentages`); ``as_stored``, the 0.56 that it holds.
    ``limit`` reads only the first rows; ``only`` names the sheets wanted. Raises
    :class:`UserMistake` when the file cannot be opened.
    """
    open_ = _xls if path.suffix.lower() == ".xls" else _xlsx
    opened = open_(path, limit, only, as_stored)
    return {name: _trimmed(rows) for name, rows in opened}


def _xlsx(
    path: Path, limit: int | None, only: Iterable[str] | None, as_stored: bool
) -> Iterator[tuple[str, list[Row]]]:
    from openpyxl.utils.exceptions import InvalidFileException

    wanted = None if only is None else set(only)
    try:
        percent = not as_stored and percentages.in_workbook(path)
        slowly = percent or _has_errors(path)
        yield from (_cell_by_cell if slowly else _at_once)(path, limit, wanted, percent)
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        ParseError,
    ) as error:
        raise unreadable(path, "libro de Excel (.xlsx)") from error


def _at_once(
    path: Path, limit: int | None, wanted: set[str] | None, _percent: bool
) -> Iterator[tuple[str, list[Row]]]:
    """With calamine, ten times as fast, which tells neither formats nor errors of cells."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    try:
        book = CalamineWorkbook.from_path(str(path))
        for sheet in book.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet and (wanted is None or sheet.name in wanted):
                rows = book.get_sheet_by_name(sheet.name).to_python(
                    skip_empty_area=False, nrows=limit
                )
                yield sheet.name, [tuple(_as_openpyxl(cell) for cell in row) for row in rows]
    except CalamineError as error:
        raise ValueError(str(error)) from error


def _as_openpyxl(cell: Any) -> Any:
    """Empty is None, a whole number an int, a day a moment."""
    if cell == "":
        return None
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return dt.datetime.combine(cell, dt.time())
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _cell_by_cell(
    path: Path, limit: int | None, wanted: set[str] | None, percent: bool
) -> Iterator[tuple[str, list[Row]]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        book = load_workbook(path, read_only=True, data_only=True)
        for sheet in book.worksheets:
            if wanted is None or sheet.title in wanted:
                # Some publishers write a wrong <dimension>: rows would be cut to one column.
                sheet.reset_dimensions()
                yield sheet.title, list(islice(percentages.sheet_rows(sheet, percent), limit))
        book.close()


def _has_errors(path: Path) -> bool:
    """Whether some cell of an XLSX file holds an error (``#DIV/0!``), which readers tell."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as content:
                    end = b""
                    while part := content.read(1 << 20):
                        if _ERROR in end + part:
                            return True
                        end = part[-len(_ERROR) :]
    return False


def _xls(
    path: Path, limit: int | None, only: Iterable[str] | None, as_stored: bool
) -> Iterator[tuple[str, list[Row]]]:
    import xlrd

    wanted = None if only is None else set(only)
    try:
        book = xlrd.open_workbook(path, on_demand=True, formatting_info=not as_stored)
        for name in book.sheet_names():
            if wanted is None or name in wanted:
                sheet = book.sheet_by_name(name)
                rows = range(sheet.nrows if limit is None else min(limit, sheet.nrows))
                found = sheet.row_values if as_stored else partial(_xls_shown, book, sheet)
                yield name, [tuple(_blank(value) for value in found(row)) for row in rows]
    except (
        xlrd.XLRDError,
        xlrd.compdoc.CompDocError,
        zipfile.BadZipFile,
        ValueError,
        IndexError,
        OSError,
    ) as error:
        raise unreadable(path, "libro de Excel 97-2003 (.xls)") from error


def _xls_shown(book: Any, sheet: Any, row: int) -> list[Any]:
    return [
        percentages.shown(
            cell.value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        )
        for cell in sheet.row(row)
    ]


def _blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _trimmed(rows: list[Row]) -> list[Row]:
    end = len(rows)
    while end and all(cell is None or cell == "" for cell in rows[end - 1]):
        end -= 1
    width = max((len(row) for row in rows[:end]), default=0)
    return [(*map(_western, row), *[None] * (width - len(row))) for row in rows[:end]]


def _western(cell: Any) -> Any:
    return western_digits(cell) if isinstance(cell, str) else cell


def csv_header(path: Path) -> list[str]:
    """The first record of a CSV or CSV.GZ (a heading may hold line breaks)."""
    how = dialect(path)
    try:
        with _text(path, how) as stream:
            return next(csv.reader(stream, delimiter=how.separator), [])
    except UnicodeDecodeError as error:
        raise unreadable(path, TEXT) from error
    except csv.Error as error:
        raise unreadable(path, "texto separado por comas (CSV)") from error


def csv_table(path: Path) -> pd.DataFrame:
    """Every cell as text, nothing taken for missing; columns as published, RangeIndex.

    Digits of any script are read as digits. Raises :class:`UserMistake` where a row has not one
    cell a column (empty ones at its end aside), or there are not even headings.
    """
    rows = list(csv_rows(path))
    header, body = rows[0], rows[1:]
    return pd.DataFrame([row[: len(header)] for row in body], columns=header, dtype="str")


def csv_rows(path: Path) -> Iterator[list[str]]:
    """The heading and the rows of a CSV, blank lines left out; see :func:`csv_table`."""
    how = dialect(path)
    problems = Problems(path.name)
    width, ragged, count = 0, 0, 0
    try:
        with _text(path, how) as stream:
            for row in csv.reader(map(western_digits, stream), delimiter=how.separator):
                if not row:
                    continue
                width = width or len(row)
                if len(row) < width or any(cell.strip() for cell in row[width:]):
                    ragged += 1
                    if ragged <= _TOLD:
                        problems.add(
                            _RAGGED,
                            f"{len(row)} {'celda' if len(row) == 1 else 'celdas'}; las columnas "
                            f"son {width}",
                            row=count + 1,
                        )
                count += 1
                yield row
    except UnicodeDecodeError as error:
        raise unreadable(path, TEXT) from error
    except (csv.Error, OSError, EOFError, zlib.error) as error:
        raise unreadable(path, "texto separado por comas (CSV)") from error
    if ragged > _TOLD:
        problems.add(_RAGGED, f"{ragged} filas con otro número")
    if not count:
        problems.add("debe traer encabezados y filas de datos", "nada")
    problems.stop()


def read_csv(path: Path, **options: Any) -> pd.DataFrame:
    """A CSV or CSV.GZ by its own dialect; ``options`` are those of :func:`pandas.read_csv`."""
    how = dialect(path)
    try:
        return pd.read_csv(
            path, sep=how.separator, encoding=how.encoding, skiprows=how.skip, **options
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, OSError, EOFError) as error:
        raise unreadable(path, "texto separado por comas (CSV)") from error
    except UnicodeDecodeError as error:
        raise unreadable(path, TEXT) from error


def dialect(path: Path) -> Dialect:
    """Encoding and separator. Excel in Colombia saves CSV with ';' and Windows-1252."""
    try:
        with _binary(path) as stream:
            sample = stream.read(SAMPLE)
    except (OSError, EOFError) as error:
        raise unreadable(path, "texto separado por comas (CSV)") from error
    try:
        return dialect_of(sample, whole=False)
    except ValueError as error:
        raise unreadable(path, TEXT) from error


def _binary(path: Path) -> Any:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _text(path: Path, how: Dialect) -> io.TextIOWrapper:
    """The file's text from its headings on."""
    stream = io.TextIOWrapper(_binary(path), encoding=how.encoding, newline="")
    for _ in range(how.skip):
        stream.readline()
    return stream


def unreadable(path: Path, kind: str) -> UserMistake:
    """The file is not what its extension says."""
    return UserMistake(
        Finding(
            path.name,
            f"debe poder abrirse como {kind}",
            "un archivo dañado o de otro formato",
            "Descárguelo o guárdelo de nuevo, o retírelo de la carpeta de datos.",
        )
    )
