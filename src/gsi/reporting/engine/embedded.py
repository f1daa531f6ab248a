"""The default engine: Pandoc and Typst from their wheels, over the subset in docs/quarto.md."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsi.errors import Finding
from gsi.reporting.engine import pandoc, project, source, word
from gsi.reporting.engine.findings import EngineError, Place, finding, stop_if_any
from gsi.reporting.engine.project import Format, Project

TEMPLATES = Path(__file__).parent / "templates"
READER = "markdown"
_SCRATCH = "_motor"
_SVG = re.compile(r"\]\(([^()\s]+\.svg)\)")


@dataclass(frozen=True)
class Job:
    """One document in one format."""

    document: source.Source
    format: Format
    metadata: dict[str, Any]
    options: dict[str, Any]
    epoch: int

    @property
    def stem(self) -> str:
        """File name without its extension."""
        return Path(self.document.name).stem


def check_and_render(
    folder: Path, documents: Sequence[str], formats: Sequence[Format]
) -> list[Path]:
    """Render in ``folder`` (a copy of the project, ours to write in); the files made.

    Every problem of every document and format is raised at once, before any PDF is made.
    """
    jobs = _jobs(folder, documents, formats)
    drafts = _convert(folder, jobs)
    return [_finish(folder, job, draft) for job, draft in zip(jobs, drafts, strict=True)]


def check(folder: Path, documents: Sequence[str], formats: Sequence[Format]) -> None:
    """Raise everything outside the subset, without making reports (used before Quarto too)."""
    _convert(folder, _jobs(folder, documents, formats))


def _jobs(folder: Path, documents: Sequence[str], formats: Sequence[Format]) -> list[Job]:
    found = project.load(folder)
    findings = list(found.findings)
    jobs = []
    for name in documents:
        text = source.read(folder, name, found.merged({}), found.variables)
        findings += text.findings
        findings += project.check_options(name, text.metadata, text.metadata_lines)
        metadata = found.merged(text.metadata)
        day = project.iso_date(metadata.get("date"))
        findings += _title_findings(text, metadata, day)
        moment = dt.datetime.combine(day or dt.date(2000, 1, 1), dt.time(12), dt.UTC)
        for format_ in formats:
            options = found.format_options(text.metadata, format_)
            own = _pandoc_metadata(found, metadata, options, text)
            jobs.append(Job(text, format_, own, options, int(moment.timestamp())))
    stop_if_any(findings)
    return jobs


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
    found: Project, metadata: dict[str, Any], options: dict[str, Any], text: source.Source
) -> dict[str, Any]:
    """Everything the filters and templates read, shortcodes of the title block marked."""
    result = {**metadata, "lang": metadata.get("lang", "es")}
    for key in ("title", "subtitle"):
        if isinstance(result.get(key), str):
            result[key] = source.SHORTCODE.sub(_title_marker, result[key])
    day = project.iso_date(metadata.get("date"))
    if day is not None:
        style = text.metadata.get("date-format", found.options.get("date-format"))
        result["date"] = project.written_date(day, style)
        result["date-meta"] = day.isoformat()
    for key in ("papersize", "margin", "mainfont", "fontsize", "section-numbering", "toc-title"):
        if key in options:
            result[key] = options[key]
    result["gsi-variables"] = found.variables
    result["gsi-number-sections"] = bool(options.get("number-sections"))
    return result


def _title_marker(found: re.Match[str]) -> str:
    kind, _, key = found[1].partition(" ")
    return f'[]{{.gsi-{kind} gsi-key="{key.strip()}"}}'


def _convert(folder: Path, jobs: Sequence[Job]) -> list[Path]:
    """Pandoc for every job; the raw outputs (a .typ for a PDF), or everything that was found."""
    drafts, findings = [], []
    filters = project.load(folder, check=False).filters
    for job in jobs:
        if job.format == "docx":
            _rasterise(folder, job.document.text)
    # Each Pandoc is a process of its own: as many at once as there are cores.
    with ThreadPoolExecutor(min(len(jobs), os.cpu_count() or 1) or 1) as pool:
        done = list(pool.map(lambda job: _pandoc(folder, job, filters), jobs))
    for job, (draft, spotted) in zip(jobs, done, strict=True):
        drafts.append(draft)
        for item in spotted:
            place = job.document.place(item.line or None, item.snippet)
            findings.append(finding(place, item.rule, item.received, item.remedy))
    stop_if_any(findings)
    return drafts


def _pandoc(folder: Path, job: Job, filters: Sequence[str]) -> tuple[Path, list[pandoc.Spotted]]:
    scratch = folder / _SCRATCH
    scratch.mkdir(exist_ok=True)
    extension = {"html": "html", "pdf": "typ", "docx": "docx"}[job.format]
    # A .typ stands in the project's folder: Typst resolves pictures from where it is.
    draft = (folder if extension == "typ" else scratch) / f"{job.stem}.{extension}"
    metadata = scratch / f"{job.stem}.{job.format}.json"
    metadata.write_text(json.dumps(job.metadata, ensure_ascii=False, default=str), encoding="utf-8")
    arguments = [
        f"--from={READER}",
        f"--to={ {'html': 'html5', 'pdf': 'typst', 'docx': 'docx'}[job.format] }",
        "--standalone",
        f"--metadata-file={metadata}",
        f"--output={draft}",
        "--wrap=none",
        *(f"--lua-filter={path}" for path in [*pandoc.SUBSET]),
        *(f"--lua-filter={folder / name}" for name in filters),
        *_format_arguments(folder, scratch, job),
    ]
    text = job.document.text
    return draft, pandoc.run(
        arguments, folder=folder, name=job.document.name, text=text, epoch=job.epoch
    )


def _format_arguments(folder: Path, scratch: Path, job: Job) -> list[str]:
    options = job.options
    arguments = []
    if options.get("toc"):
        arguments += ["--toc", f"--toc-depth={options.get('toc-depth', 3)}"]
    if job.format == "html":
        if options.get("number-sections"):
            arguments.append("--number-sections")
        arguments += ["--section-divs", "--mathml", "--embed-resources"]
        arguments += [f"--css={name}" for name in project.as_list(options.get("css"))]
        after = project.as_list(options.get("include-after-body"))
        arguments += [f"--include-after-body={name}" for name in after]
    elif job.format == "docx" and options.get("reference-doc"):
        arguments.append(f"--reference-doc={folder / options['reference-doc']}")
    if job.format != "docx":
        arguments.append(f"--template={_template(folder, scratch, job)}")
    return arguments


def _template(folder: Path, scratch: Path, job: Job) -> Path:
    """The engine's template beside its partials, the project's own partials over them."""
    place = scratch / f"plantilla-{job.stem}-{job.format}"
    shutil.copytree(TEMPLATES / job.format, place, dirs_exist_ok=True)
    for name in project.as_list(job.options.get("template-partials")):
        shutil.copyfile(folder / name, place / Path(name).name)
    return next(place.glob("template.*"))


def _rasterise(folder: Path, text: str) -> None:
    """Word shows no SVG without help: a PNG beside it, drawn by Typst at print resolution."""
    import typst

    for name in sorted(set(_SVG.findall(text))):
        target = folder / f"{name}.png"
        if (folder / name).is_file() and not target.exists():
            page = target.with_suffix(".typ")
            page.write_text(
                f'#set page(width: auto, height: auto, margin: 0pt)\n#image("/{name}")\n',
                encoding="utf-8",
            )
            drawn = typst.compile(str(page), root=str(folder), format="png", ppi=200)
            target.write_bytes(drawn)


def _finish(folder: Path, job: Job, draft: Path) -> Path:
    if job.format == "docx":
        word.finish(draft)
    if job.format != "pdf":
        return draft
    import typst

    output = folder / _SCRATCH / f"{job.stem}.pdf"
    fonts = [str(folder / name) for name in project.as_list(job.options.get("font-paths"))]
    try:
        typst.compile(
            str(draft),
            output=str(output),
            root=str(folder),
            font_paths=fonts,
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=job.epoch,
        )
    except typst.TypstError as problem:
        detail = str(getattr(problem, "diagnostic", None) or problem)
        raise EngineError(job.document.name, "Typst", detail) from problem
    return output
