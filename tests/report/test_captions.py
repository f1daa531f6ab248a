"""A figure's words: from its own template, as plain text, and what is missing is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from analysis.keys.worlds import context
from hostile import LIVE, STRANGE

from gsi.analysis import results
from gsi.analysis.results import Section
from gsi.ground.errors import UserMistake
from gsi.report.captions import Caption, caption
from gsi.report.engine.escape import plain
from gsi.report.figures import registry

FACTS = {
    "share": results.percent(62.04),
    "none": results.count(None),
    "held": results.flag(True),
    "word": results.text("*a* {{< meta x >}} << y >>"),
}
OWN = {"rows": [{"name": results.text(n), "size": results.count(s)} for n, s in
                (("Uno", 1200), ("Dos", 3))]}  # fmt: skip
ALT = "\n# Texto alternativo\n\nBarras.\n"


def written(folder: Path, text: str) -> Caption:
    (folder / "figuras").mkdir(exist_ok=True)
    (folder / "figuras" / "x.md").write_text(text, encoding="utf-8")
    return caption(folder, "x", Section("s", FACTS), context("00"), OWN)


def test_title_and_alternative_text_are_the_templates_with_the_facts(tmp_path: Path) -> None:
    text = (
        "# Título\n\nEn << territorio.el_tipo >>, << s.share >>\n{% if s.held %}\n(sí)\n"
        "{% endif %}\n\n# Texto alternativo\n\nBarras:\n{% for row in figure.rows %}\n"
        "<< row.name >>, << row.size >>{% if not loop.last %};{% else %}.{% endif %}\n\n"
        "{% endfor %}\n"
    )
    found = written(tmp_path, text)
    assert found.title == "En el departamento, 62,0\N{NO-BREAK SPACE}% (sí)"
    assert found.alt == "Barras: Uno, 1.200; Dos, 3."


@pytest.mark.parametrize("words", [*LIVE, *STRANGE, "# Título", "# Texto alternativo\n\nOtro"])
def test_a_value_is_written_as_it_is_and_makes_no_part_of_its_own(
    tmp_path: Path, words: str
) -> None:
    (tmp_path / "figuras").mkdir()
    (tmp_path / "figuras" / "x.md").write_text(f"# Título\n\n(<< s.f >>)\n{ALT}", "utf-8")
    section = Section("s", {"f": results.text(words)})
    assert caption(tmp_path, "x", section, context("00"), {}) == (f"({plain(words)})", "Barras.")


@pytest.mark.parametrize(
    ("asked", "name"),
    [("<< s.none >>", "s.none"), ("<< s.other >>", "s.other"), ("<< priority.x >>", "priority"),
     ("<< figure.x >>", "figure.x"), ("{% if s.share %}a{% endif %}", "s.share")],
)  # fmt: skip
def test_what_is_not_there_is_told_with_template_line_and_name(
    tmp_path: Path, asked: str, name: str
) -> None:
    with pytest.raises(UserMistake) as told:
        written(tmp_path, f"# Título\n\nUno\n{asked}\n{ALT}")
    (finding,) = told.value.findings
    assert (finding.where, finding.received) == ("reports/figuras/x.md, línea 4", name)


@pytest.mark.parametrize(
    "text", ["Sin partes", f"# Titulo\n\nUno\n{ALT}", f"# Título\n{ALT}", "# Título\n\nUno\n"]
)
def test_a_template_without_its_two_parts_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserMistake, match=r"figuras/x\.md.*dos partes"):
        written(tmp_path, text)


def test_a_name_that_no_figure_has_and_a_section_of_another_are_told() -> None:
    with pytest.raises(UserMistake, match="Escriba training-coverage"):
        registry.draw("training-coverge", Section("training"), context("00"))
    with pytest.raises(UserMistake, match="se dibuja de la sección training"):
        registry.draw("training-coverage", Section("services"), context("00"))


@pytest.mark.parametrize("name", registry.FIGURES)
def test_a_section_without_anything_gives_no_figure(name: str) -> None:
    section = Section(registry.FIGURES[name].section)
    assert registry.draw(name, section, context("00")) is None
