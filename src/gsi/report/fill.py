"""A territory's results laid into a copy of the Quarto project: metadata, tables, figures.

The copy is a complete Quarto project: ``quarto render`` in it gives the reports, and so does the
embedded engine. Prose stays in the ``.qmd``; here are only values, escaped.
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
from gsi.analysis.results import Fact, Section, Table
from gsi.contract import places
from gsi.contract.territory import MUNICIPALITY, Territory
from gsi.ground.files import sha256
from gsi.report.engine.escape import markdown
from gsi.report.engine.fragments import Align, figure, pipe_table
from gsi.report.workbook import Workbook

GENERATED = "_generado"
METADATA = "_territorio.yml"
INCLUDE = re.compile(r"\{\{<\s*include\s+_generado/([^\s>]+)\s*>\}\}")
LIST = re.compile(r"lst-(\w+)-(\w+)--(\w+)\.md")
# All facts stand under one key: any other name could be one of Quarto's or Pandoc's own fields.
ROOT = "gsi"
META = re.compile(r"\{\{<\s*meta\s+gsi\.([\w.-]+)\s*>\}\}")
# A condition of the templates: whether this territory has that fact of that section.
KNOWN = re.compile(r'-meta="gsi\.known\.(\w+)\.(\w+)"')
# What a territory does not have stands as a mark in the text that its conditions hide. The reports'
# filter stops at a mark that is left in sight, so nothing goes missing in silence.
ABSENT = "::: {.fragmento-ausente}\n:::\n"
MISSING = "⟦falta {}⟧"
# libyaml where it is: the same text, some six times as fast.
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
NUMERIC = {"count", "decimal", "percent", "probability", "money"}


def documents(reports: Path) -> list[str]:
    """The reports of the project: its ``.qmd`` files that are not parts of another."""
    return sorted(path.name for path in reports.glob("*.qmd") if not path.name.startswith("_"))


def fill(workbook: Workbook, target: Path) -> None:
    """Copy the Quarto project to ``target``, a new folder, and lay the territory's results into it.

    The folder is whole when this returns, not before.
    """
    skipped = shutil.ignore_patterns("_output", "_site", ".quarto", ".gitignore")
    shutil.copytree(workbook.project.reports, target, ignore=skipped)
    sections = [
        Section.load(workbook.sections, path.stem)
        for path in sorted(workbook.sections.glob("*.json"))
    ]
    generated = target / GENERATED
    generated.mkdir()
    for section in sections:
        for key, table in section.tables.items():
            _write(generated / f"tbl-{section.name}-{key}.md", table_fragment(table))
    sources = [path.read_text(encoding="utf-8") for path in sorted(target.glob("*.qmd"))]
    included = [name for text in sources for name in INCLUDE.findall(text)]
    _lists(included, generated, {section.name: section for section in sections})
    figures = _figures(workbook.results / "figures", generated)
    metadata = territory_facts(workbook) | {
        section.name: section_metadata(section) for section in sections
    }
    metadata["figures"] = dict.fromkeys(figures, True)
    metadata["known"] = _known((pair for text in sources for pair in KNOWN.findall(text)), sections)
    _write(generated / "orden.md", repeat_order(workbook))
    _write(generated / "tbl-parametros.md", changed_parameters(workbook))
    _mark_missing([path for text in sources for path in META.findall(text)], metadata)
    document = {"subtitle": subtitle(workbook), ROOT: metadata}
    text = yaml.dump(document, Dumper=_DUMPER, allow_unicode=True, sort_keys=True, width=10_000)
    _write(target / METADATA, text)
    _mark_absent(included, generated)


def subtitle(workbook: Workbook) -> str:
    """The line below a report's title: the territory and its two cuts."""
    years = workbook.context.years
    # "Bogotá, D.C." ends in a point of its own.
    place = _full(workbook.territory).removesuffix(".")
    return markdown(f"{place}. Cortes {years.baseline} y {years.follow_up}")


def _full(place: Territory) -> str:
    return place.name if place.level == "department" else f"{place.name}, {place.department_name}"


def territory_facts(workbook: Workbook) -> dict[str, Any]:
    """What the reports say of the run itself."""
    place, years = workbook.territory, workbook.context.years
    departmental = place.level == "department"
    data, full = workbook.context.data, _full(place)
    return {
        "territorio": {
            "nombre": markdown(place.name),
            "completo": markdown(full),
            "codigo": place.code,
            "departamento": markdown(place.department_name),
            "es_departamento": departmental,
            "es_municipio": not departmental,
            "sin_alcaldia": not departmental and place.kind != MUNICIPALITY,
            "mixto": set(data.kinds.values()) > {MUNICIPALITY},
            **{
                key: markdown(words)
                for key, words in places.words(place, data.kinds, data.names).items()
            },
        },
        "cortes": {"base": str(years.baseline), "seguimiento": str(years.follow_up)},
        "ejemplo": place.fictional,
        "parametros": {"cambiados": bool(workbook.overrides)},
        "corrida": {"version": __version__, "huella": fingerprint(workbook.sections)},
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
    if not rows:
        return ABSENT
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


def section_metadata(section: Section) -> dict[str, Any]:
    """Facts as the text a reader sees; flags as booleans, for conditional content."""
    values: dict[str, Any] = {
        key: bool(fact.value) if fact.kind == "flag" else fact_text(fact)
        for key, fact in sorted(section.facts.items())
    }
    values["available"] = section.available
    return values


def fact_text(fact: Fact) -> str:
    """A fact as Markdown text: words of outside origin cannot become markup."""
    return markdown(str(fact))


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


def _known(
    asked: Iterable[tuple[str, str]], sections: Iterable[Section]
) -> dict[str, dict[str, bool]]:
    """Section → fact → whether there is a value to write, for what the templates ask."""
    facts = {section.name: section.facts for section in sections}
    found: dict[str, dict[str, bool]] = {}
    for section, key in asked:
        fact = facts.get(section, {}).get(key)
        found.setdefault(section, {})[key] = fact is not None and not fact.missing
    return found


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


def _mark_missing(shown: Iterable[str], metadata: dict[str, Any]) -> None:
    """A value of another kind of territory; showing it is an error of the report."""
    for path in shown:
        *parents, last = path.split(".")
        node = metadata
        for parent in parents:
            node = node.setdefault(parent, {})
        node.setdefault(last, markdown(MISSING.format(path)))


def _mark_absent(included: Iterable[str], generated: Path) -> None:
    """A fragment that this territory does not have; showing it is an error of the report."""
    for name in included:
        path = generated / name
        if not path.is_file():
            _write(path, ABSENT)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))
