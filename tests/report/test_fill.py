"""Results laid into the Quarto project: texts, tables, figures, and nothing that is absent."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml
from paths import ROOT

from gsi.analysis import results
from gsi.analysis.quality.section import section as quality_section
from gsi.analysis.results import Column, Gap, Section, Table
from gsi.contract.territory import Territory, Years
from gsi.ground.errors import UserMistake
from gsi.report.engine.rendering import render
from gsi.report.fill import fill, table_fragment


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

        self.sections = folder / "sections"
        self.results = folder
        self.project = SimpleNamespace(reports=reports)
        place = Territory("73", "Tolima", "department", "73", "Tolima")
        data = SimpleNamespace(kinds={"73067": "municipio"}, names={"73067": "Ataco"})
        self.context = SimpleNamespace(territory=place, years=Years(2018, 2024), data=data)
        self.overrides: list[object] = []
        self.store = SimpleNamespace(inputs={"a.csv": "00"})

    @property
    def territory(self) -> Territory:
        return self.context.territory  # type: ignore[no-any-return]


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


def test_what_a_condition_hides_is_not_missed(world: tuple[Run, Path], tmp_path: Path) -> None:
    run, reports = world
    Section("otra", gaps=[Gap("formacion", "…")]).save(run.sections)
    report(
        reports,
        "Hay << k.n >>.\n\n{{< include _generado/lst-k-t--x.md >}}\n\n"
        "{% if otra.available %}\nValor << otra.dato >>\n\n"
        "{{< include _generado/tbl-otra-x.md >}}\n{% endif %}\n",
    )
    fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    metadata = yaml.safe_load((tmp_path / "informe" / "_territorio.yml").read_text("utf-8"))
    assert metadata == {
        "subtitle": "Tolima\\. Cortes 2018 y 2024",
        "gsi": {
            "ejemplo": False,
            "territorio": {"nombre": "Tolima", "completo": "Tolima", "codigo": "73"},
        },
    }
    staged = (tmp_path / "informe" / "informe.qmd").read_text(encoding="utf-8")
    assert staged.endswith("---\n\nHay 3.\n\n{{< include _generado/lst-k-t--x.md >}}\n")
    (page,) = render(tmp_path / "informe", ["informe.qmd"], ["html"], tmp_path / "o", "embedded")
    text = page.read_text(encoding="utf-8")
    assert "Hay 3." in text
    assert "uno" in text


def test_a_value_that_is_absent_stops_the_report(world: tuple[Run, Path], tmp_path: Path) -> None:
    run, reports = world
    report(reports, "Valor << k.dato >>")
    with pytest.raises(UserMistake) as told:
        fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    (found,) = told.value.findings
    assert (found.where, found.received) == ("reports/informe.qmd, línea 5", "k.dato")


def test_a_problem_of_a_staged_text_is_told_where_its_template_has_it(
    world: tuple[Run, Path], tmp_path: Path
) -> None:
    """Conditions leave lines out above it, and a macro has text of its own."""
    run, reports = world
    (reports / "_frases.jinja").write_text(
        "{% macro corte(x) %}\n\n{{< video << x >> >}}\n{% endmacro %}\n", encoding="utf-8"
    )
    (reports / "_parte.qmd").write_text(
        "{% if k.no %}\n\nUno.\n\nDos.\n{% endif %}\nTres.\n\n{{< video a.mp4 >}}\n",
        encoding="utf-8",
    )
    report(
        reports,
        "{% if k.no %}\nUno.\n\nDos.\n\nTres.\n{% else %}\nHay << k.n >>.\n{% endif %}\n\n"
        "{{< include _parte.qmd >}}\n\n{{< video b.mp4 >}}\n<< corte(k.n) >>",
    )
    fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    with pytest.raises(UserMistake) as told:
        render(tmp_path / "informe", ["informe.qmd"], ["html"], tmp_path / "o", "embedded")
    sources = {name: (reports / name).read_text("utf-8").splitlines()
               for name in ("informe.qmd", "_parte.qmd", "_frases.jinja")}  # fmt: skip
    for found in told.value.findings:
        file, line = found.where.removeprefix("reports/").split(", línea ")
        assert "{{< video" in sources[file][int(line) - 1], found
        del sources[file]
    assert sources == {}


def test_a_table_that_is_absent_stops_the_report(world: tuple[Run, Path], tmp_path: Path) -> None:
    run, reports = world
    report(reports, "{{< include _generado/tbl-k-otra.md >}}")
    fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    with pytest.raises(UserMistake) as told:
        render(tmp_path / "informe", ["informe.qmd"], ["html"], tmp_path / "o", "embedded")
    assert not (tmp_path / "o").exists()
    (found,) = told.value.findings
    assert found.where == "reports/informe.qmd, línea 5"
    assert found.received == "_generado/tbl-k-otra.md"


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
    run.context.territory = Territory(place, "Ataco", level, "73", "Tolima")
    context = make_context(good_tables(3), code(0))
    made = quality_section(context, quality.validate(good_tables(3)), [])
    flags = {"has_set_aside": results.flag(True), "has_rules": results.flag(True)}
    replace(made, facts={**made.facts, **flags}).save(run.sections)
    Section("delivery", {"shown": results.flag(shown), "any": results.flag(shown)}).save(
        run.sections
    )
    paragraphs = {
        "_calidad.qmd": "{% if quality.has_rules %}",
        "_anexo-claves.qmd": "{% if delivery.shown %}Quién",
    }
    for name, start in paragraphs.items():
        # The paragraph of this test; the tables of the keys are another test's.
        text = (ROOT / "reports" / name).read_text(encoding="utf-8")
        (said,) = [part for part in text.split("\n\n") if part.startswith(start)]
        (reports / name).write_text(f"{said}\n", encoding="utf-8")
    heads = "# Uno {#sec-anexo}\n\n# Dos {#sec-claves}\n\n"
    report(reports, heads + "{{< include _calidad.qmd >}}\n\n{{< include _anexo-claves.qmd >}}\n")
    fill(run, tmp_path / "informe")  # type: ignore[arg-type]
    (page,) = render(tmp_path / "informe", ["informe.qmd"], ["html"], tmp_path / "o", "embedded")
    body = " ".join(page.read_text(encoding="utf-8").split("<body", 1)[1].split())
    assert ("qué filas no se usaron y por qué" in body) is (level == "department")
    assert "y qué reglas no se cumplen" in body
    assert ("Quién reportó cada formulario, y las tablas que amplían" in body) is shown
    assert ("Las tablas que amplían" in body) is not shown
