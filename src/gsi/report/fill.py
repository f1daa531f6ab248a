"""A territory's results laid into a copy of the Quarto project: texts, tables, figures.

The copy is a complete Quarto project: ``quarto render`` in it gives the reports, and so does the
embedded engine. Prose stands in the templates (``reports/*.qmd``); here are only values.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from gsi import __version__
from gsi.analysis.results import Section, Table
from gsi.contract import places
from gsi.ground.files import sha256
from gsi.report import captions, templates
from gsi.report.engine import origins
from gsi.report.engine.escape import markdown
from gsi.report.engine.fragments import Align, figure, pipe_table
from gsi.report.workbook import Workbook

GENERATED = "_generado"
METADATA = "_territorio.yml"
INCLUDE = re.compile(r"\{\{<\s*include\s+_generado/([^\s>]+)\s*>\}\}")
LIST = re.compile(r"lst-(\w+)-(\w+)--(\w+)\.md")
# What the look and the filters read of a territory stands under one key: any other name could be
# one of Quarto's or Pandoc's own fields.
ROOT = "gsi"
NUMERIC = {"count", "decimal", "percent", "probability", "money"}


def documents(reports: Path) -> list[str]:
    """The reports of the project: its ``.qmd`` files that are not parts of another."""
    return sorted(path.name for path in reports.glob("*.qmd") if not path.name.startswith("_"))


def fill(workbook: Workbook, target: Path) -> None:
    """Lay a territory's results into a copy of the Quarto project, in ``target``, a new folder.

    The folder is whole when this returns, not before. Raises :class:`gsi.ground.errors.UserMistake`
    with what a template asks and the territory does not have.
    """
    reports = workbook.project.reports
    skipped = shutil.ignore_patterns(
        "_output", "_site", ".quarto", ".gitignore", "*.qmd", "*.jinja", captions.FOLDER
    )
    shutil.copytree(reports, target, ignore=skipped)
    generated = target / GENERATED
    generated.mkdir()
    sections = {
        path.stem: Section.load(workbook.sections, path.stem)
        for path in sorted(workbook.sections.glob("*.json"))
    }
    figures = _figures(workbook.results / "figures", generated)
    facts = territory_facts(workbook) | {"figures": frozenset(figures)}
    facts |= {name: templates.told(section) for name, section in sections.items()}
    texts = templates.render(reports, facts)
    for name, text in texts.items():
        _write(target / name, text)
    origins.write(target, {name: text.origins for name, text in texts.items()})
    for section in sections.values():
        for key, table in section.tables.items():
            _write(generated / f"tbl-{section.name}-{key}.md", table_fragment(table))
    _lists({name for text in texts.values() for name in INCLUDE.findall(text)}, generated, sections)
    _write(generated / "orden.md", repeat_order(workbook))
    if workbook.overrides:
        _write(generated / "tbl-parametros.md", changed_parameters(workbook))
    _write(target / METADATA, yaml.safe_dump(_metadata(workbook), allow_unicode=True, width=10_000))


def _metadata(workbook: Workbook) -> dict[str, Any]:
    """What the reports' look and filters read: the title block and the territory."""
    place = workbook.territory
    named = {"nombre": place.name, "completo": places.full(place), "codigo": place.code}
    told = {key: markdown(words) for key, words in named.items()}
    return {"subtitle": subtitle(workbook), ROOT: {"ejemplo": place.fictional, "territorio": told}}


def subtitle(workbook: Workbook) -> str:
    """The line below a report's title: the territory and its two cuts."""
    years = workbook.context.years
    # "Bogotá, D.C." ends in a point of its own.
    place = places.full(workbook.territory).removesuffix(".")
    return markdown(f"{place}. Cortes {years.baseline} y {years.follow_up}")


def territory_facts(workbook: Workbook) -> dict[str, Any]:
    """What the reports say of the run itself, as templates meet it."""
    run = {"version": __version__, "huella": fingerprint(workbook.sections)}
    return {
        **templates.territory(workbook.context),
        "parametros": templates.words("parametros", {}, {"cambiados": bool(workbook.overrides)}),
        "corrida": templates.words("corrida", run),
    }


def fingerprint(sections: Path) -> str:
    """Twelve digits that change when any figure of the results does: SHA-256 over the lines
    ``<hash>  <name>`` of the files in ``sections`` by name, as ``sha256sum`` writes them."""
    lines = [f"{sha256(path)}  {path.name}\n" for path in sorted(sections.iterdir())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


def repeat_order(workbook: Workbook) -> str:
    """The command that gives this report again, as a code block."""
    place, years = workbook.territory, workbook.context.years
    raw = "" if place.fictional else " --raw CARPETA"
    order = f"gsi run {place.code}{raw} --baseline {years.baseline} --follow-up {years.follow_up}"
    return f"```bash\n{order}\n```\n"


def changed_parameters(workbook: Workbook) -> str:
    """The parameters that differ from the defaults, as a pipe table."""
    rows = [
        (change.meaning or "—", change.path, _setting(change.default), _setting(change.value))
        for change in workbook.overrides
    ]
    said, names, defaults, values = zip(*rows, strict=True)
    columns = {
        "Supuesto": said,
        "Nombre en params/": names,
        "Por defecto": defaults,
        "En este informe": values,
    }
    return pipe_table(columns, ["left", "left", "left", "left"])


def _setting(value: Any) -> str:
    """A parameter's value: ``0,25``, ``sí``."""
    if isinstance(value, bool):
        return "sí" if value else "no"
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def table_fragment(table: Table) -> str:
    """A pipe table of the columns shown: numbers to the right, cells escaped."""
    align: list[Align] = [
        "right" if column.kind in NUMERIC else "left" for column in table.columns.values()
    ]
    return pipe_table(table.cells(), align)


def list_fragment(table: Table, column: str) -> str:
    """One column of a table as a numbered list, for a page that has no room for the table."""
    written = [table.columns[column].write(value) for value in table.data[column]]
    lines = [f"{number}. {markdown(text)}" for number, text in enumerate(written, start=1)]
    return "\n".join(lines) + "\n"


def _lists(included: Iterable[str], generated: Path, sections: Mapping[str, Section]) -> None:
    for name in included:
        asked = LIST.fullmatch(name)
        if asked is None:
            continue
        section, key, column = asked.groups()
        table = sections[section].tables.get(key) if section in sections else None
        if table is not None:
            _write(generated / name, list_fragment(table, column))


def _figures(folder: Path, generated: Path) -> list[str]:
    names = []
    pictures = generated / "figuras"
    pictures.mkdir()
    for path in sorted(folder.glob("*.json")):
        words = json.loads(path.read_text(encoding="utf-8"))
        name = path.stem
        shutil.copyfile(path.with_suffix(".png"), pictures / f"{name}.png")
        picture = f"{GENERATED}/figuras/{name}.png"
        words_of = figure(f"fig-{name}", picture, words["title"], words["alt"])
        _write(generated / f"fig-{name}.md", words_of)
        names.append(name)
    return names


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))
