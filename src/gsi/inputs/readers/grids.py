"""Files opened as they are: rows of cells from XLSX and XLS sheets, text columns from CSV."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.ground import workbooks
from gsi.ground.delimited import SAMPLE, TEXT, Dialect, dialect_of
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.locale import western_digits
from gsi.ground.streamed import Streamed
from gsi.ground.workbooks import Row
from gsi.inputs.readers.problems import Problems, label, spellings

_TOLD = 10
_TITLES = 20  # rows of a workbook where a heading is looked for
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
    try:
        book = workbooks.open_book(path)
        wanted = book.names if only is None else [name for name in book.names if name in set(only)]
        return {name: _trimmed(book.rows(name, limit, as_stored=as_stored)) for name in wanted}
    except workbooks.Damaged as problem:
        raise unreadable(path, problem.kind) from problem


def each_row(path: Path, sheet: str) -> Iterator[Row]:
    """A sheet's rows as they are stored, held one at a time where the file is large."""
    try:
        book = workbooks.open_book(path)
        if isinstance(book, Streamed):
            yield from book.each(sheet, as_stored=True)
        else:
            yield from book.rows(sheet, as_stored=True)
    except workbooks.Damaged as problem:
        raise unreadable(path, problem.kind) from problem


def _trimmed(rows: list[Row]) -> list[Row]:
    end = len(rows)
    while end and not any(cell is not None for cell in rows[end - 1]):
        end -= 1
    return [
        tuple(
            [
                western_digits(cell) if cell.__class__ is str and not cell.isascii() else cell
                for cell in row
            ]
        )
        for row in rows[:end]
    ]


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
    how = dialect(path)
    try:
        with _text(path, how) as stream:
            quick = _columns(western_digits(stream.read()), how.separator)
    except (UnicodeDecodeError, OSError, EOFError, zlib.error):
        quick = None
    if quick is not None:
        return quick
    # Row by row: for what is wrong with it, and for what only looks so.
    rows = list(csv_rows(path))
    header, body = rows[0], rows[1:]
    return pd.DataFrame([row[: len(header)] for row in body], columns=header, dtype="str")


def table(path: Path, problems: Problems, *headings: str | tuple[str, ...]) -> pd.DataFrame:
    """A table that is published in CSV, and saved in a workbook or as the API's JSON by some.

    As :func:`csv_table`: every cell as text, the first row its headings. In a workbook it is the
    first sheet with a row of all ``headings`` (or, where several are given together, of one of
    them); rows over it are titles, and ``problems`` tells places by that sheet and its rows.
    """
    if path.suffix.lower() not in workbooks.KINDS:
        return csv_table(path)
    wanted = [
        {text for one in ((names,) if isinstance(names, str) else names) for text in spellings(one)}
        for names in headings
    ]
    for name, rows in sheets(path).items():
        for above, row in enumerate(rows[:_TITLES]):
            labels = {label(cell) for cell in row if cell is not None}
            if all(any(_is(text, words) for text in labels) for words in wanted):
                problems.sheet, problems.above = name, above
                return _as_text(row, rows[above + 1 :])
    raise unreadable(path, "tabla con sus encabezados")


def _is(text: str, words: set[str]) -> bool:
    """Whether a heading equals one of them, or starts with it."""
    return text in words or any(text.startswith(f"{word} ") for word in words)


def _as_text(header: Row, body: list[Row]) -> pd.DataFrame:
    width = max((at + 1 for at, cell in enumerate(header) if cell is not None), default=0)
    names = ["" if cell is None else str(cell) for cell in header[:width]]
    columns = [
        pd.Series(["" if row[at] is None else _text_of(row[at]) for row in body], dtype="str")
        for at in range(width)
    ]
    return pd.concat(columns, axis="columns").set_axis(names, axis="columns")


def _text_of(cell: Any) -> str:
    midnight = isinstance(cell, dt.datetime) and cell.time() == dt.time()
    return cell.date().isoformat() if midnight else str(cell)


def _columns(text: str, separator: str) -> pd.DataFrame | None:
    """A CSV's cells, read column by column; None where some row has not one cell a column."""
    from pyarrow import ArrowInvalid, BufferReader, string
    from pyarrow import csv as arrow

    first = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    if not first or "\0" in text or len(separator) > 1:
        return None
    try:
        table = arrow.read_csv(
            BufferReader(text.encode()),
            arrow.ReadOptions(autogenerate_column_names=True, use_threads=False),
            arrow.ParseOptions(delimiter=separator, newlines_in_values=True),
            arrow.ConvertOptions(
                column_types={f"f{position}": string() for position in range(len(first))},
                strings_can_be_null=False,
            ),
        )
    except ArrowInvalid:
        return None
    cells = table.to_pandas()
    if cells.iloc[0].tolist() != first:
        return None
    body: pd.DataFrame = cells.iloc[1:].reset_index(drop=True)
    return body.set_axis(first, axis="columns")


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
        data: pd.DataFrame = pd.read_csv(
            path, sep=how.separator, encoding=how.encoding, skiprows=how.skip, **options
        )
        return data
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
