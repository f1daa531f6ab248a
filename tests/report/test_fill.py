"""Results laid into the Quarto project: values as text, absences marked, nothing live."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from paths import ROOT

from gsi.analysis import results
from gsi.analysis.quality.section import section as quality_section
from gsi.analysis.results import Column, Gap, Section, Table
from gsi.ground.errors import GsiError
from gsi.report.engine.rendering import render
from gsi.report.fill import ABSENT, fill, section_metadata, table_fragment


def test_facts_become_text_and_flags_conditions() -> None:
    section = Section(
        "k",
        {
            "people": results.count(1330187),
            "missing": results.percent(None),
            "done": results.flag(True),
            "word": results.text("*a* {{< meta gsi.x >}} <b>"),
        },
    )
    found = section_metadata(section)
    assert found["people"] == "1.330.187"
    assert found["missing"] == "sin dato"
    assert found["done"] is True
    assert found["available"] is True
    assert "{{<" not in found["word"]
    assert "<b>" not in found["word"]


def test_a_section_of_gaps_is_not_available() -> None:
    assert section_metadata(Section("k", gaps=[Gap("formacion", "…")])) == {"available": False}


def test_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    data = pd.DataFrame({"n": [1500.0], "a": ["Ñame | queso"]})
    table = Table(data, {"a": Column("Nombre"), "n": Column("Personas", "count")})
    head, rule, row = table_fragment(table).splitlines()
    left, right = rule.strip("|").split("|")
    assert left.startswith(":")
    assert right.endswith(":")
    assert "Nombre" in head
    assert "1.500" in row
    assert row.replace("\\|", "").count("|") == 3


class Run:
    """What :func:`fill` reads of a workbook, with results of one section."""

    def __init__(self, folder: Path, reports: Path) -> None:
        from types import SimpleNamespace

        from gsi.contract.territory import Territory, Years

        self.sections = folder / "sections"
        self.results = folder
        self.project = SimpleNamespace(reports=reports)
        self.territory = Territory("73", "Tolima", "department", "73", "Tolima")
        data = SimpleNamespace(kinds={"73067": "municipio"}, names={"73067": "Ataco"})
        self.context = SimpleNamespace(years=Years(2018, 2024), data=data)
        self.overrides: list[object] = []
        self.store = SimpleNamespace(inputs={"a.csv": "00"})


@pytest.fixture
def world(tmp_path: Path) -> tuple[Run, Path]:
    import shutil

    reports = tmp_path / "reports"
    ignored = shutil.ignore_patterns("_output", "*.qmd")
    shutil.copytree(ROOT / "reports", reports, ignore=ignored)
    run = Run(tmp_path / "results", reports)
    table = Table(pd.DataFrame({"x": ["uno", "dos"]}), {"x": Column("X")})
    Section("k", {"n": results.count(3)}, {"t": table}).save(run.sections)
    return run, reports


def report(reports: Path, body: str) -> None:
    (reports / "informe.qmd").write_text(f'---\ntitle: "T"\n---\n\n{body}\n', encoding="utf-8")


def test_a_hidden_absence_is_no_problem(world: tuple[Run, Path], tmp_path: Path) -> None:
    run, reports = world
    report(
        reports,
        "Hay {{< meta gsi.k.n >}}.\n\n{{< include _generado/lst-k-t--x.md >}}\n\n"
        '::: {.content-visible when-meta="gsi.otra.available"}\n'
        "Valor {{< meta gsi.otra.dato >}}\n\n{{< include _generado/tbl-otra-x.md >}}\n:::\n",
    )
    fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    metadata = yaml.safe_load((tmp_path / "informe" / "_territorio.yml").read_text("utf-8"))
    assert metadata["gsi"]["territorio"]["codigo"] == "73"
    assert (tmp_path / "informe" / "_generado" / "tbl-otra-x.md").read_text() == ABSENT
    (page,) = render(tmp_path / "informe", ["informe.qmd"], ["html"], tmp_path / "o", "embedded")
    text = page.read_text(encoding="utf-8")
    assert "Hay 3." in text
    assert "uno" in text
    assert "falta" not in text.split("<body", 1)[1]


@pytest.mark.parametrize(
    "body", ["Valor {{< meta gsi.otra.dato >}}", "{{< include _generado/tbl-otra-x.md >}}"]
)
def test_an_absence_in_sight_stops_the_report(
    world: tuple[Run, Path], tmp_path: Path, body: str
) -> None:
    run, reports = world
    report(reports, body)
    fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    with pytest.raises(GsiError) as told:
        render(tmp_path / "informe", ["informe.qmd"], ["html"], tmp_path / "o", "embedded")
    assert not (tmp_path / "o").exists()
    (found,) = told.value.findings
    place = {"V": "informe.qmd, línea 5", "{": "_generado/tbl-otra-x.md, línea 1"}[body[0]]
    assert found.where == place
    assert found.received == {"V": "gsi.otra.dato", "{": ""}[body[0]]


def test_a_condition_asks_whether_a_value_is_there(world: tuple[Run, Path], tmp_path: Path) -> None:
    run, reports = world
    facts = {"no": results.percent(None), "zero": results.count(0), "off": results.flag(False)}
    Section("s", facts).save(run.sections)
    asked = ("s.no", "s.zero", "s.off", "s.never", "never.x")
    report(
        reports,
        "".join(
            f'[Hay {key}.]{{.content-visible when-meta="gsi.known.{key}"}}'
            f'[Sin {key}.]{{.content-hidden when-meta="gsi.known.{key}"}}\n\n'
            for key in asked
        ),
    )
    fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    (page,) = render(tmp_path / "informe", ["informe.qmd"], ["html"], tmp_path / "o", "embedded")
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?:Hay|Sin) [a-z.]+\.(?=<)", text) == [
        "Sin s.no.", "Hay s.zero.", "Hay s.off.", "Sin s.never.", "Sin never.x.",
    ]  # fmt: skip


@pytest.mark.parametrize("absent", ["all", "some", "none"])
def test_a_report_says_which_forms_are_missing_why_and_which_comes_first(
    world: tuple[Run, Path], tmp_path: Path, absent: str
) -> None:
    """A municipality with only official files, one that lacks two forms, and a complete one."""
    from builders import make_context
    from inputs.quality.worlds import code, good_tables

    from gsi.contract import tables
    from gsi.inputs import quality

    run, reports = world
    data = good_tables(3)
    out = {"all": list(data), "some": ["jornadas", "atenciones"], "none": []}[absent]
    official = ("divipola", "limites", "indicadores", "poblacion")
    data = {name: table for name, table in data.items() if name in official or name not in out}
    context = make_context(data, code(0))
    quality_section(context, quality.validate(data), []).save(run.sections)
    for name in ("_formularios.qmd", "_anexo.qmd"):
        (reports / name).write_bytes((ROOT / "reports" / name).read_bytes())
    report(reports, "{{< include _formularios.qmd >}}\n\n{{< include _anexo.qmd >}}\n")
    fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    (page,) = render(tmp_path / "informe", ["informe.qmd"], ["html"], tmp_path / "o", "embedded")
    body = " ".join(page.read_text(encoding="utf-8").split("<body", 1)[1].split())
    first = {"all": "plan_accion", "some": "jornadas", "none": None}[absent]
    assert ("no se ha entregado ningún formulario" in body) is (absent == "all")
    assert ("El primer formulario que debe llenarse es" in body) is (absent != "none")
    for name in context.params.forms.order:
        assert (tables.schema(name).purpose in body) is (name in out)
    if first:
        assert f"debe llenarse es {tables.schema(first).title}." in body
        book = context.params.forms.book_of(first)
        assert f"{code(0)}-{book.file}.xlsx" in body
        missing = len([name for name in context.params.forms.order if name in out])
        assert f"Faltan {missing} de 16 formularios" in body


@pytest.mark.parametrize(("place", "shown"), [("73067", False), ("73", False), ("73", True)])
def test_a_section_announces_only_what_the_annex_holds(
    world: tuple[Run, Path], tmp_path: Path, place: str, shown: bool
) -> None:
    """A municipality's annex sends to the department for the rows not used, and without forms
    nobody reported any."""
    from dataclasses import replace

    from builders import make_context
    from inputs.quality.worlds import code, good_tables

    from gsi.contract.territory import Territory
    from gsi.inputs import quality

    run, reports = world
    level = "municipality" if len(place) == 5 else "department"
    run.territory = Territory(place, "Ataco", level, "73", "Tolima")
    context = make_context(good_tables(3), code(0))
    made = quality_section(context, quality.validate(good_tables(3)), [])
    flags = {"has_set_aside": results.flag(True), "has_rules": results.flag(True)}
    replace(made, facts={**made.facts, **flags}).save(run.sections)
    Section("delivery", {"shown": results.flag(shown), "any": results.flag(shown)}).save(
        run.sections
    )
    for name in ("_calidad.qmd", "_anexo-claves.qmd"):
        text = (ROOT / "reports" / name).read_text(encoding="utf-8")
        # The sentences of this test; the tables of the keys are another test's.
        kept = [line for line in text.splitlines() if "dice de dónde viene" in line
                or "que amplían lo dicho" in line]  # fmt: skip
        (reports / name).write_text("\n\n".join(kept[:1]) + "\n", encoding="utf-8")
    heads = "# Uno {#sec-anexo}\n\n# Dos {#sec-claves}\n\n"
    report(reports, heads + "{{< include _calidad.qmd >}}\n\n{{< include _anexo-claves.qmd >}}\n")
    fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    (page,) = render(tmp_path / "informe", ["informe.qmd"], ["html"], tmp_path / "o", "embedded")
    body = " ".join(page.read_text(encoding="utf-8").split("<body", 1)[1].split())
    assert ("qué filas no se usaron y por qué" in body) is (level == "department")
    assert "y qué reglas no se cumplen" in body
    assert ("Quién reportó cada formulario, y las tablas que amplían" in body) is shown
    assert ("Las tablas que amplían" in body) is not shown
