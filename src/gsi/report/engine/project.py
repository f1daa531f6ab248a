"""The Quarto project as the embedded engine reads it: documented keys only, others are errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gsi.ground import locale
from gsi.ground.errors import Finding
from gsi.report.engine import source
from gsi.report.engine.draft import as_list
from gsi.report.engine.findings import Place, enumerate_names, finding, stop_if_any
from gsi.report.engine.formats import COMMON, FORMATS, OutputFormat

_PROJECT = {"type", "output-dir", "render"}
# Metadata a document may carry beside the options: the title block, and one key for all facts.
_TITLE = {"title", "subtitle", "description", "date", "lang", "gsi"}
_TOP = COMMON | _TITLE | {"project", "metadata-files", "filters", "format"}
# Of a document with formats of its own, Quarto makes no others: they stand in the project.
_DOCUMENT = COMMON | _TITLE


def _by_quarto_name() -> dict[str, OutputFormat]:
    return {made.quarto: made for made in FORMATS.values()}


@dataclass
class Project:
    """``_quarto.yml`` with the territory's metadata merged in."""

    root: Path
    options: dict[str, Any]
    metadata: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)

    @property
    def filters(self) -> list[str]:
        """The project's own Lua filters, in order; all must stand after ``quarto``."""
        return [name for name in self.options.get("filters", []) if name != "quarto"]

    def merged(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """All metadata a document sees: the project's, the territory's and its own, later wins.

        As in Quarto: the project's files are joined deep, and a map of the document's header
        stands for their whole map of that name.
        """
        return _merge(_without_options(self.options), self.metadata) | _without_options(own)

    def format_options(self, own: Mapping[str, Any], name: str) -> dict[str, Any]:
        """The options of one format: the project's, its format's, the document's."""
        result = {key: self.options[key] for key in COMMON if key in self.options}
        formats = self.options.get("format", {})
        chosen = formats.get(FORMATS[name].quarto) if isinstance(formats, Mapping) else None
        if isinstance(chosen, Mapping):
            result |= chosen
        return result | {key: own[key] for key in COMMON if key in own}


def load(root: Path, *, check: bool = True) -> Project:
    """Read ``_quarto.yml`` and its ``metadata-files``.

    ``findings`` are filled only when ``check``. Raises :class:`gsi.ground.errors.UserMistake` when
    the project has no ``_quarto.yml``.
    """
    path = root / "_quarto.yml"
    if not path.is_file():
        rule = "La carpeta del informe no es un proyecto de Quarto"
        stop_if_any([finding("_quarto.yml", rule, "no existe", "Cree _quarto.yml en esa carpeta.")])
    text = path.read_text(encoding="utf-8")
    options, lines, findings = source.load_yaml("_quarto.yml", text)
    findings += _check_project(options, lines)
    metadata: dict[str, Any] = {}
    for name in options.get("metadata-files", []):
        extra, keys, problems = _read_mapping(root, str(name))
        metadata = _merge(metadata, extra)
        findings += problems + _unknown(str(name), extra, keys, "", _TITLE)
    project = Project(root, options, metadata)
    if check:
        project.findings += findings + _missing_files(project, lines)
    return project


def read_metadata(root: Path) -> dict[str, Any]:
    """The project's own metadata (territory and title block), without checking it."""
    return load(root, check=False).merged({})


def document_date(root: Path, name: str) -> dt.date | None:
    """The date of one document, from its header or from the territory's metadata."""
    found = load(root, check=False)
    text = source.read(root, name)
    return iso_date(found.merged(text.metadata).get("date"))


def check_document(
    name: str, metadata: Mapping[str, Any], lines: Mapping[str, int]
) -> list[Finding]:
    """What of a document's header is outside the supported subset."""
    found = _unknown(name, metadata, lines, "", _DOCUMENT)
    return found + _unfollowed(name, metadata, lines)


def _check_project(options: Mapping[str, Any], lines: Mapping[str, int]) -> list[Finding]:
    """Keys outside the supported subset, and values the embedded engine cannot follow."""
    name = "_quarto.yml"
    formats = options.get("format", {})
    found = _unknown(name, options, lines, "", _TOP)
    found += _unknown(name, options.get("project"), lines, "project.", _PROJECT)
    kind = (options.get("project") or {}).get("type", "default")
    if kind != "default":
        rule, remedy = "Valor no admitido", "Escriba default."
        found.append(_wrong(name, lines, "project.type", rule, kind, remedy))
    found += _unknown(name, formats, lines, "format.", set(_by_quarto_name()))
    for quarto, made in _by_quarto_name().items():
        chosen = formats.get(quarto) if isinstance(formats, Mapping) else None
        found += _unknown(name, chosen, lines, f"format.{quarto}.", COMMON | made.options)
        for key, value in (chosen or {}).items() if isinstance(chosen, Mapping) else ():
            fixed = made.fixed.get(key)
            if fixed is not None and value != fixed:
                remedy = f"Escriba {str(fixed).lower()}."
                path = f"format.{quarto}.{key}"
                found.append(_wrong(name, lines, path, "Valor no admitido", value, remedy))
    filters = options.get("filters", [])
    if filters and filters[0] != "quarto":
        rule, remedy = "Los filtros propios van después de quarto", "Empiece por quarto."
        found.append(_wrong(name, lines, "filters", rule, filters, remedy))
    return found + _unfollowed(name, options, lines)


def _unfollowed(name: str, options: Mapping[str, Any], lines: Mapping[str, int]) -> list[Finding]:
    """Values of common options that the embedded engine does not follow."""
    found = []
    lang = options.get("lang")
    if lang is not None and str(lang).split("-")[0] != "es":
        rule, remedy = "Los informes se escriben en español", "Escriba lang: es."
        found.append(_wrong(name, lines, "lang", rule, lang, remedy))
    style = options.get("date-format", "long")
    if style != "long":
        rule = "Formato de fecha no admitido"
        found.append(_wrong(name, lines, "date-format", rule, style, "Use long."))
    return found


def _unknown(
    name: str, given: Any, lines: Mapping[str, int], prefix: str, allowed: Collection[str]
) -> list[Finding]:
    if not isinstance(given, Mapping):
        return []
    rule = "Opción de Quarto fuera del subconjunto admitido"
    remedy = f"Use: {enumerate_names(sorted(allowed))}."
    return [
        _wrong(name, lines, f"{prefix}{key}", rule, given[key], remedy)
        for key in given
        if key not in allowed
    ]


def _wrong(
    name: str, lines: Mapping[str, int], key: str, rule: str, received: Any, remedy: str
) -> Finding:
    place: Place | str = Place(name, lines[key]) if key in lines else name
    shown = key if isinstance(received, Mapping) else f"{key}: {received}"
    return finding(place, rule, shown, remedy)


def written_date(value: Any, date_format: str | None) -> str:
    """The document's date as the reader sees it; ISO when no ``date-format`` is given."""
    day = iso_date(value)
    if day is None:
        raise ValueError(f"not an ISO date: {value!r}")
    return locale.date(day) if date_format == "long" else day.isoformat()


def iso_date(value: Any) -> dt.date | None:
    """A YAML date or an ISO string as a date; None when it is neither."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def _missing_files(project: Project, lines: Mapping[str, int]) -> list[Finding]:
    found = []
    formats = project.options.get("format", {})
    for quarto, made in _by_quarto_name().items():
        given = as_list((formats.get(quarto) or {}).get("template-partials"))
        missing = made.partials - {Path(name).name for name in given}
        if missing:
            place = Place("_quarto.yml", lines.get(f"format.{quarto}", 1))
            rule = f"Faltan plantillas del formato {quarto} en template-partials"
            absent = enumerate_names(sorted(missing))
            found.append(finding(place, rule, absent, "Nómbrelas: están en _estilo/."))
    for key, names in _referenced(project.options):
        for name in names:
            if not (project.root / name).exists():
                place = Place("_quarto.yml", lines.get(key, 1))
                found.append(finding(place, "No existe el archivo", str(name), "Corrija la ruta."))
    return found


def _referenced(options: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """(key, files) that the options name."""
    files = [("filters", [name for name in options.get("filters", []) if name != "quarto"])]
    formats = options.get("format", {})
    for quarto in _by_quarto_name():
        chosen = formats.get(quarto) if isinstance(formats, Mapping) else None
        if isinstance(chosen, Mapping):
            for key in ("css", "template-partials", "include-after-body", "reference-doc"):
                files.append((f"format.{quarto}.{key}", as_list(chosen.get(key))))
    return files


def _read_mapping(root: Path, name: str) -> tuple[dict[str, Any], dict[str, int], list[Finding]]:
    """A YAML file's mapping, the line of each key and what is wrong with it."""
    path = root / name
    if path.is_file():
        return source.load_yaml(name, path.read_text(encoding="utf-8"))
    rule = "Falta el archivo de metadatos que nombra _quarto.yml"
    remedy = "Prepare de nuevo el informe del territorio."
    return {}, {}, [finding(name, rule, "no existe", remedy)]


def _without_options(level: Mapping[str, Any]) -> dict[str, Any]:
    skipped = (_TOP | {"toc-title"}) - _TITLE
    return {key: value for key, value in level.items() if key not in skipped}


def _merge(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """Nested mappings joined key by key; any other value of ``top`` replaces."""
    merged = dict(base)
    for key, value in top.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[key] = _merge(old, value)
        else:
            merged[key] = value
    return merged
