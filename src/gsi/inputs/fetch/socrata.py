"""A data set of a Socrata portal, page by page, ordered and counted.

The portal gives 1,000 rows to who asks for no more, and a page more or less to who does not order
them: every page is asked for by its place among rows ordered by ``:id``, and what came is counted
against ``count(*)``, before and after.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsi.contract.params.sources import Limits, Socrata, asked_for
from gsi.ground.errors import Finding
from gsi.ground.files import replacing, write_bytes, write_text
from gsi.inputs.fetch.client import AGAIN, Client, FetchFailed, Passing
from gsi.inputs.fetch.whole import Told

_PLAN = "plan.json"


@dataclass(frozen=True)
class Version:
    """A state of a data set: when its rows changed, its licence, how its columns are called."""

    updated: str
    licence: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Pulled:
    """What came: the address that was asked, the rows, the data set's version."""

    address: str
    rows: int
    version: Version


def version(client: Client, portal: str, asked: Socrata) -> Version:
    """What the portal says of the data set; its columns are those that ``asked`` names.

    Raises :class:`FetchFailed` with every column that it does not have.
    """
    told: Mapping[str, Any] = client.json(f"{portal}/api/views/{asked.dataset}.json")
    known = [str(column.get("fieldName", "")) for column in told.get("columns", [])]
    fields, absent = [], []
    for heading, names in asked.columns.items():
        there = next((name for name in names if name in known), None)
        fields.append(there or "")
        if there is None:
            absent.append(f"{heading} ({' o '.join(names)})")
    if absent:
        some = ", ".join(name for name in known[:40] if not name.startswith(":"))
        raise FetchFailed(
            Finding(
                f"{asked.dataset}, columnas",
                f"debe tener {', '.join(absent)}",
                some or "ninguna columna",
                "El publicador cambió el conjunto de datos: corrija los campos en "
                "params/sources.yml.",
            )
        )
    licence = told.get("license") or {}
    return Version(str(told.get("rowsUpdatedAt", "")), str(licence.get("name", "")), tuple(fields))


def pull(
    client: Client,
    portal: str,
    asked: Socrata,
    department: str,
    limits: Limits,
    target: Path,
    told: Told,
) -> Pulled:
    """Write to ``target`` the rows that ``asked`` means; pages that came before are kept beside it.

    Raises :class:`FetchFailed` where they are not as many as the portal counts.
    """
    where = asked_for(asked.where, department)
    for last in (False, True):
        now = version(client, portal, asked)
        rows = _count(client, portal, asked, where)
        if rows < asked.least:
            raise FetchFailed(
                Finding(
                    asked.dataset,
                    f"debe traer al menos {asked.least} filas",
                    f"{rows} filas",
                    "El conjunto está incompleto o escribe de otra forma el código del "
                    "departamento: revíselo en el portal.",
                )
            )
        folder = target.with_name(f"{target.name}.paginas")
        query = {"select": ",".join(now.fields), "where": where}
        _resume(folder, {**query, "rows": rows, "updated": now.updated, "page": limits.page})
        pages = [
            _page(client, portal, asked, query, now.fields, folder, offset, rows, limits)
            for offset in _offsets(rows, limits.page, told)
        ]
        after = _count(client, portal, asked, where), version(client, portal, asked)
        if after == (rows, now):
            _join(pages, tuple(asked.columns), target)
            shutil.rmtree(folder)
            return Pulled(f"{portal}/resource/{asked.dataset}.csv", rows, now)
        shutil.rmtree(folder)
        if last:
            break
    raise FetchFailed(
        Finding(
            asked.dataset,
            "no debe cambiar mientras se descarga",
            f"{rows} filas al empezar y {after[0]} al terminar",
            "Repita la orden más tarde.",
        )
    )


def _offsets(rows: int, page: int, told: Told) -> Any:
    for offset in range(0, rows, page):
        told(offset, rows)
        yield offset
    told(rows, rows)


def _count(client: Client, portal: str, asked: Socrata, where: str) -> int:
    params = {"$select": "count(*)"} | ({"$where": where} if where else {})
    answer = client.json(f"{portal}/resource/{asked.dataset}.json", params)
    try:
        ((value,),) = (tuple(row.values()) for row in answer)
        return int(value)
    except (ValueError, TypeError, AttributeError):
        raise FetchFailed(
            Finding(asked.dataset, "el portal debe decir cuántas filas hay", str(answer)[:80],
                    AGAIN)
        ) from None  # fmt: skip


def _resume(folder: Path, plan: Mapping[str, Any]) -> None:
    """Keep the pages of an interrupted pull of the same rows; others go."""
    path = folder / _PLAN
    try:
        same = json.loads(path.read_text(encoding="utf-8")) == plan
    except (OSError, ValueError):
        same = False
    if not same:
        shutil.rmtree(folder, ignore_errors=True)
        write_text(path, json.dumps(plan))


def _page(
    client: Client,
    portal: str,
    asked: Socrata,
    query: Mapping[str, str],
    fields: tuple[str, ...],
    folder: Path,
    offset: int,
    rows: int,
    limits: Limits,
) -> Path:
    path = folder / f"{offset:09d}.csv"
    if path.is_file():
        return path
    expected = min(limits.page, rows - offset)
    params = {"$select": query["select"], "$order": ":id", "$limit": str(expected)}
    params |= {"$offset": str(offset)} | ({"$where": query["where"]} if query["where"] else {})
    address = f"{portal}/resource/{asked.dataset}.csv"

    def ask() -> bytes:
        body = client.body(address, params)
        found = _records(body)
        if not found or tuple(found[0]) != fields:
            raise FetchFailed(
                Finding(
                    asked.dataset,
                    f"las columnas deben ser {', '.join(fields)}",
                    ", ".join(found[0]) if found else "nada",
                    AGAIN,
                )
            )
        if len(found) - 1 != expected or any(len(row) != len(fields) for row in found):
            raise Passing(
                f"de {asked.dataset} llegaron {len(found) - 1} de las {expected} filas que se "
                f"pidieron desde la {offset + 1}"
            )
        return body

    write_bytes(path, client.tried(ask))
    return path


def _records(body: bytes) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise Passing("una página de datos que no es CSV o está cortada") from None


def _join(pages: list[Path], headings: tuple[str, ...], target: Path) -> None:
    """One file of the pages, under the headings that the readers know."""
    with replacing(target) as temporary, temporary.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out, lineterminator="\n")
        write.writerow(headings)
        for page in pages:
            write.writerows(_records(page.read_bytes())[1:])
