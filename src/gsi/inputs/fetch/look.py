"""What has arrived, looked at as its reader will look at it, before it is put in its place."""

from __future__ import annotations

import zipfile
from pathlib import Path

from gsi.contract.params.sources import Address, Source
from gsi.ground.errors import Finding, UserMistake
from gsi.inputs.fetch.client import AGAIN, FetchFailed, looks_like_page, page_instead
from gsi.inputs.readers.catalog import READERS, reader_of

LARGE = 40_000_000  # bytes of a workbook that takes minutes to read
_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHANGED = (
    "El publicador cambió el archivo: la versión siguiente del cuaderno puede leerlo. El que haya "
    "en la carpeta queda como está."
)


def look(path: Path, source: Source) -> None:
    """Raise :class:`FetchFailed` where the file is cut, is something else, or has not the columns
    that its reader reads; it then goes, so that the next time it is asked for anew."""
    try:
        _look(path, source)
    except FetchFailed:
        path.unlink(missing_ok=True)
        raise


def _look(path: Path, source: Source) -> None:
    with path.open("rb") as file:
        start = file.read(512)
    where = path.name
    if looks_like_page(start):
        raise FetchFailed(page_instead(where))
    size = path.stat().st_size
    asked = source.obtain
    if isinstance(asked, Address) and size < asked.least:
        raise FetchFailed(
            Finding(where, f"debe tener al menos {asked.least} bytes", f"{size} bytes", AGAIN)
        )
    if path.suffix == ".xlsx" and not _whole_book(path):
        raise FetchFailed(Finding(where, "debe llegar entero", "un libro de Excel cortado", AGAIN))
    if path.suffix == ".xls" and not start.startswith(_XLS):
        raise FetchFailed(Finding(where, "debe ser un libro de Excel", "otra cosa", AGAIN))
    reader = reader_of(path)
    if reader is None or reader.source != source.reader:
        wanted = next(one for one in READERS if one.source == source.reader)
        raise FetchFailed(
            Finding(
                where, f"debe traer {wanted.contents}", "un archivo sin ese contenido", _CHANGED
            )
        )
    if path.suffix == ".xlsx" and size > LARGE:
        return  # read once, when it is prepared: its headings and its end are there
    try:
        given = reader.read(path)
    except UserMistake as problem:
        raise FetchFailed(problem.findings) from problem
    parts = given if isinstance(given, tuple) else (given,)
    if parts[0].data.empty:
        raise FetchFailed(
            Finding(where, "debe traer filas que se puedan usar", "ninguna", _CHANGED)
        )
    for part in parts if source.indicators else ():
        if "indicador" in part.data and not set(part.data["indicador"]) & set(source.indicators):
            raise FetchFailed(
                Finding(
                    where,
                    f"debe traer {', '.join(source.indicators)}",
                    ", ".join(sorted(set(part.data["indicador"]))),
                    _CHANGED,
                )
            )


def _whole_book(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as book:
            return "xl/workbook.xml" in book.namelist() and book.testzip() is None
    except (zipfile.BadZipFile, OSError, EOFError):
        return False
