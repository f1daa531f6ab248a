"""``datapackage.json`` in the input folder: what was downloaded, from where, when, its licence and
hash (Frictionless Data Package).

It is the one place of the project where a date of today is right, and no reading of the folder
looks at it: the same files downloaded on another day are the same inputs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gsi.contract.params.sources import Source
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.files import sha256, write_text
from gsi.ground.locale import fold
from gsi.ground.project import PACKAGE

_FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "geojson": "application/geo+json",
}
PREFIX = "sha256:"


def read(raw: Path) -> dict[str, dict[str, Any]]:
    """The resources noted before, by path; :class:`UserMistake` where it cannot be read."""
    path = raw / PACKAGE
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["resources"]
        return {str(resource["path"]): dict(resource) for resource in found}
    except (ValueError, KeyError, TypeError):
        raise UserMistake(
            Finding(
                PACKAGE,
                "debe ser el que escribió gsi fetch",
                "un archivo que no se puede leer",
                "Retírelo de la carpeta de datos: los archivos se descargarán de nuevo.",
            )
        ) from None


def standing(raw: Path, noted: Mapping[str, Any] | None) -> bool | None:
    """Whether a file is as it was downloaded; None where it is not there, or nobody noted it."""
    if noted is None:
        return None
    path = raw / str(noted["path"])
    return PREFIX + sha256(path) == noted.get("hash") if path.is_file() else None


def resource(
    source: Source, raw: Path, path: str, retrieved: str, address: str, more: Mapping[str, Any]
) -> dict[str, Any]:
    """What is noted of a file that is in its place. ``more``: what its publisher says of it."""
    file = raw / path
    suffix = file.suffix.removeprefix(".")
    licence: dict[str, str] = {"title": str(more.get("licence") or source.licence)}
    name = re.sub(r"[^A-Za-z0-9.]+", "-", source.licence)
    if source.licence_page:
        licence |= {"name": name, "path": source.licence_page}
    else:
        licence["path"] = source.page
    plain = re.sub(r"[^a-z0-9._-]+", "-", fold(Path(path).stem))
    found: dict[str, Any] = {
        "name": plain,
        "path": path,
        "title": source.title,
        "description": f"{source.publisher}. {source.section}.",
        "format": suffix,
        "mediatype": _FORMATS.get(suffix, "application/octet-stream"),
        "bytes": file.stat().st_size,
        "hash": PREFIX + sha256(file),
        "sources": [{"title": source.publisher, "path": address}],
        "licenses": [licence],
        "source": source.id,
        "retrieved": retrieved,
    }
    if suffix == "csv":
        found |= {"encoding": "utf-8", "profile": "tabular-data-resource"}
        with file.open(encoding="utf-8", newline="") as stream:
            heads = stream.readline().rstrip("\r\n").split(",")
        found["schema"] = {"fields": [{"name": name, "type": "string"} for name in heads]}
    found |= {name: value for name, value in more.items() if name != "licence" and value}
    return found


def write(raw: Path, resources: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the package with these resources, in the order of their paths."""
    document = {
        "profile": "data-package",
        "name": "gsi-datos-de-entrada",
        "title": "Archivos publicados que descargó el cuaderno GSI",
        "resources": [resources[path] for path in sorted(resources)],
    }
    write_text(raw / PACKAGE, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
