"""The default engine: Pandoc and Typst from their wheels, over the subset in docs/quarto.md."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsi.ground.errors import Finding
from gsi.report.engine import pandoc, project, source, typesetting
from gsi.report.engine.draft import Draft, as_list
from gsi.report.engine.findings import Place, finding, stop_if_any
from gsi.report.engine.formats import FORMATS
from gsi.report.engine.project import Project

TEMPLATES = Path(__file__).parent / "templates"
READER = "markdown"
_SVG = re.compile(r"\]\(([^()\s]+\.svg)\)")


@dataclass(frozen=True)
class Edition:
    """One document in one format: ``text`` is what Pandoc reads of it."""

    document: source.Source
    text: str
    format: str
    metadata: dict[str, Any]
    options: dict[str, Any]
    epoch: int

    @property
    def stem(self) -> str:
        """File name without its extension."""
        return Path(self.document.name).stem


def check_and_render(
    folder: Path, documents: Sequence[str], formats: Sequence[str], at_once: int, scratch: Path
) -> list[Path]:
    """Render the project in ``folder``, which is only read; the files made, in ``scratch``.

    ``at_once`` programs run at the same time.

    Every problem of every document and format is raised at once, before any PDF is made.
    """
    found = project.load(folder)
    editions = _editions(found, documents, formats)
    drafts = _convert(found, editions, at_once, scratch)
    with ThreadPoolExecutor(at_once) as pool:
        return list(
            pool.map(lambda edition, draft: _finish(folder, edition, draft), editions, drafts)
        )


def check(
    folder: Path, documents: Sequence[str], formats: Sequence[str], at_once: int, scratch: Path
) -> None:
    """Raise everything outside the subset, without making reports (used before Quarto too)."""
    found = project.load(folder)
    _convert(found, _editions(found, documents, formats), at_once, scratch)


def _editions(found: Project, documents: Sequence[str], formats: Sequence[str]) -> list[Edition]:
    findings = list(found.findings)
    editions = []
    for name in documents:
        text = source.read(found.root, name)
        findings += text.findings
        findings += project.check_document(name, text.metadata, text.metadata_lines)
        metadata = found.merged(text.metadata)
        day = project.iso_date(metadata.get("date"))
        findings += _title_findings(text, metadata, day)
        moment = dt.datetime.combine(day or dt.date(2000, 1, 1), dt.time(12), dt.UTC)
        read = "\n".join(text.lines) + "\n"
        own = _pandoc_metadata(found, metadata, text.metadata)
        for format_ in formats:
            options = found.format_options(text.metadata, format_)
            editions.append(Edition(text, read, format_, own, options, int(moment.timestamp())))
    stop_if_any(findings)
    return editions


def _title_findings(
    text: source.Source, metadata: dict[str, Any], day: dt.date | None
) -> list[Finding]:
    found = []
    if not metadata.get("title"):
        remedy = "Escriba title: en el encabezado."
        found.append(finding(text.name, "El documento necesita un título", "", remedy))
    if day is None and metadata.get("date") is not None:
        line = text.metadata_lines.get("date")
        place = Place(text.name, line) if line else text.name
        rule = "La fecha se escribe AAAA-MM-DD"
        remedy = "Corrija date: en el encabezado, o quítela."
        found.append(finding(place, rule, str(metadata["date"]), remedy))
    return found


def _pandoc_metadata(
    found: Project, metadata: dict[str, Any], own: Mapping[str, Any]
) -> dict[str, Any]:
    """What the filters and templates read in any format."""
    result = {**metadata, "lang": metadata.get("lang", "es")}
    day = project.iso_date(metadata.get("date"))
    if day is not None:
        style = own.get("date-format", found.options.get("date-format"))
        result["date"] = project.written_date(day, style)
        result["date-meta"] = day.isoformat()
    return result


def _format_metadata(options: dict[str, Any]) -> dict[str, Any]:
    """What the filters and templates read of a format's options."""
    keys = ("papersize", "margin", "mainfont", "fontsize", "section-numbering", "toc-title")
    result = {key: options[key] for key in keys if key in options}
    result["gsi-number-sections"] = bool(options.get("number-sections"))
    return result


def _convert(
    found: Project, editions: Sequence[Edition], at_once: int, scratch: Path
) -> list[Path]:
    """Pandoc for every edition; the raw outputs (a .typ for a PDF), or all that was found."""
    documents: dict[str, list[Edition]] = {}
    for edition in editions:
        documents.setdefault(edition.stem, []).append(edition)
    tasks = [_task(found, group, scratch) for group in documents.values()]
    # Each Pandoc is a process of its own, so threads are enough to have several at once.
    with ThreadPoolExecutor(at_once) as pool:
        ends = pool.map(
            lambda group, task: _write(found.root, group[0], task), documents.values(), tasks
        )
        spotted = dict(zip(documents, ends, strict=True))
    findings = []
    for edition in editions:
        for item in spotted[edition.stem]:
            place = edition.document.place(item.line or None, item.snippet)
            findings.append(finding(place, item.rule, item.received, item.remedy))
    stop_if_any(findings)
    return [_draft(scratch, edition) for edition in editions]


def _draft(scratch: Path, edition: Edition) -> Path:
    """Where Pandoc's output of a edition goes."""
    return scratch / f"{edition.stem}.{FORMATS[edition.format].draft}"


@dataclass(frozen=True)
class _Task:
    """What Pandoc is given of one document beside its text: two files."""

    metadata: Path
    formats: Path


def _task(found: Project, editions: Sequence[Edition], scratch: Path) -> _Task:
    """Lay in ``scratch`` what Pandoc needs to write one document in the formats of ``editions``."""
    folder, edition = found.root, editions[0]
    own = {item.format: _format_metadata(item.options) for item in editions}
    drawn = any(FORMATS[item.format].pictures for item in editions)
    task = {
        "resolve": str(pandoc.RESOLVE),
        "check": str(pandoc.CHECK),
        "filters": [
            str(path) for path in (pandoc.CROSSREF, *(folder / name for name in found.filters))
        ],
        "formats": [_asked(folder, scratch, item) for item in editions],
        "pictures": _pictures(folder, scratch, edition.text) if drawn else {},
    }
    return _Task(
        _scratch_json(scratch, edition.stem, {**edition.metadata, "gsi-formats": own}),
        _scratch_json(scratch, f"{edition.stem}.formatos", task),
    )


def _write(folder: Path, edition: Edition, task: _Task) -> list[pandoc.Spotted]:
    """Write one document in all its formats, read once; what was found on the way."""
    arguments = [
        f"--from={READER}",
        f"--to={pandoc.FORMATS}",
        f"--metadata-file={task.metadata}",
        f"--lua-filter={pandoc.RESOLVE}",
    ]
    end = pandoc.run(
        arguments,
        folder=folder,
        text=edition.text.encode("utf-8"),
        epoch=edition.epoch,
        formats=task.formats,
    )
    return pandoc.spotted(edition.document.name, end)


def _scratch_json(scratch: Path, name: str, values: Any) -> Path:
    path = scratch / f"{name}.json"
    path.write_text(json.dumps(values, ensure_ascii=False, default=str), encoding="utf-8")
    return path


def _asked(folder: Path, scratch: Path, edition: Edition) -> dict[str, Any]:
    """What ``formats.lua`` needs to know of a format: see there."""
    made, options = FORMATS[edition.format], edition.options
    writer = made.settings(folder, options)
    if options.get("toc"):
        writer |= {"table_of_contents": True, "toc_depth": options.get("toc-depth", 3)}
    asked: dict[str, Any] = {
        "name": edition.format,
        "format": made.writer,
        "output": str(_draft(scratch, edition)),
        "options": writer,
    }
    if made.template is not None:
        asked["template"] = str(_template(folder, scratch, edition, made.template))
    return asked


def _template(folder: Path, scratch: Path, edition: Edition, template: str) -> Path:
    """The engine's template beside its partials, the project's own partials over them."""
    partials = as_list(edition.options.get("template-partials"))
    # Documents with the same partials share them.
    key = hashlib.sha256("\n".join(partials).encode()).hexdigest()[:8]
    place = scratch / f"plantilla-{template}-{key}"
    if not place.is_dir():
        shutil.copytree(TEMPLATES / template, place)
        for name in partials:
            shutil.copyfile(folder / name, place / Path(name).name)
    return next(place.glob("template.*"))


def _pictures(folder: Path, scratch: Path, text: str) -> dict[str, str]:
    """Word shows no SVG without help: name → a PNG of it."""
    return {
        f"{name}.png": str(typesetting.picture(folder, name, scratch))
        for name in sorted(set(_SVG.findall(text)))
        if (folder / name).is_file()
    }


def _finish(folder: Path, edition: Edition, draft: Path) -> Path:
    made = Draft(draft, edition.document.name, folder, edition.options, edition.epoch)
    return FORMATS[edition.format].finish(made)
