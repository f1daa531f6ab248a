"""What went in, with what, and what came out: enough to repeat a run and compare its bytes."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gsi import __version__
from gsi.contract.tables import schema
from gsi.ground.files import sha256, write_text
from gsi.ground.project import MANIFEST
from gsi.inputs.records import SourceRecord
from gsi.inputs.store import Store
from gsi.report.workbook import Workbook

LIBRARIES = (
    "babel", "duckdb", "esda", "font-source-sans-pro", "geopandas", "great-expectations",
    "ipykernel", "jupyterlab", "libpysal", "matplotlib", "nbclient", "nbformat", "networkx",
    "numpy", "openpyxl", "pandas", "papermill", "pyarrow", "pydantic", "pypandoc-binary",
    "scipy", "seaborn", "typst", "xlrd",
)  # fmt: skip
NAME = MANIFEST


def write(
    workbook: Workbook,
    results: Path,
    outputs: Sequence[Path],
    engine: dict[str, str],
    raw: str | None,
    asked: dict[str, int | None],
    key: dict[str, Any],
    notebooks: Mapping[str, str],
    reports: Mapping[str, str],
) -> dict[str, Any]:
    """Write ``manifest.json`` in ``results`` and return it.

    ``raw`` is the input folder as the notebooks were given it, relative to the project, and
    ``asked`` the years that the order named, as the notebooks were given them.
    ``key`` is what tells later whether the run is out of date (``gsi.run.freshness``).
    ``notebooks`` and ``reports``: the files that the run was made from, with their hashes.
    ``outputs`` are the rendered reports; everything already in ``results`` is listed with them.
    """
    document = {
        "territory": {"code": workbook.territory.code, "name": workbook.territory.name},
        "years": {
            "baseline": workbook.context.years.baseline,
            "follow_up": workbook.context.years.follow_up,
        },
        "gsi": __version__,
        "python": platform.python_version(),
        "libraries": libraries(),
        "engine": engine,
        "parameters": workbook.context.params.model_dump(mode="json"),
        "overrides": {change.path: change.value for change in workbook.overrides},
        "raw": raw,
        "asked": asked,
        "key": key,
        "frozen": frozen(workbook),
        **_inputs(workbook.store),
        "notebooks": notebooks,
        "reports": reports,
        "results": {
            path.relative_to(results).as_posix(): sha256(path)
            for path in sorted(results.rglob("*"))
            if path.is_file() and path.name != NAME and not path.name.startswith(".")
        },
        "outputs": {path.name: sha256(path) for path in sorted(outputs)},
    }
    _save(results, document)
    return document


def renew(results: Path, found: dict[str, Any], store: Store, key: dict[str, Any]) -> None:
    """Write the manifest ``found`` of a run that stands as a new run would: its input files as they
    are in ``store``, and the ``key`` of today."""
    _save(results, found | _inputs(store) | {"key": key})


def renamed(results: Path, names: Mapping[str, str]) -> None:
    """Write in the manifest in ``results`` the names under which its reports were published."""
    found = read(results)
    if found is not None:
        told = {names.get(name, name): value for name, value in found["outputs"].items()}
        _save(results, found | {"outputs": dict(sorted(told.items()))})


def _save(results: Path, document: dict[str, Any]) -> None:
    write_text(results / NAME, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _inputs(store: Store) -> dict[str, Any]:
    """Every input file with its hash, and what was taken from it; no count of people's rows."""
    return {
        "inputs": store.inputs,
        "faulty": [file.file for file in store.left_out.faulty],
        "ignored": list(store.left_out.ignored),
        "sources": [
            {
                "file": record.file,
                "source": record.source,
                "table": record.table,
                "publisher": record.publisher,
                "title": record.title,
            }
            | ({} if schema(record.table).person_level else _rows(record))
            for record in store.records
        ],
    }


def _rows(record: SourceRecord) -> dict[str, Any]:
    return {
        "rows_read": record.rows_read,
        "rows_kept": record.rows_kept,
        "set_aside": {part.reason: part.rows for part in record.set_aside},
    }


def frozen(workbook: Workbook) -> dict[str, str]:
    """The frozen baselines that the run was compared with and scored by: code → hash."""
    context = workbook.context
    found = [item for item in (context.frozen, context.scored_by) if item is not None]
    return {item.code: item.sha256 for item in found}


def read(results: Path) -> dict[str, Any] | None:
    """The manifest of a finished run; None where there is none."""
    path = results / NAME
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


@cache
def libraries() -> dict[str, str]:
    """The versions of the libraries that results depend on."""
    return {name: found for name in LIBRARIES if (found := _version(name))}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
