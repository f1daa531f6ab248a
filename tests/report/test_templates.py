"""Templates: values are data, what is not there is told with its place, and no text is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hostile import LIVE, STRANGE
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ROOT

from gsi.analysis import results
from gsi.analysis.results import Gap, Section
from gsi.ground.errors import UserMistake
from gsi.report import templates
from gsi.report.engine.escape import markdown

REPORTS = ROOT / "reports"
Write = Callable[..., dict[str, str]]
FACTS = {
    "people": results.count(1330187),
    "share": results.percent(None),
    "word": results.text("*a* {{< meta x >}} <b> {% if %} << y >>"),
    "done": results.flag(True),
    "late": results.flag(False),
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write(text, other={...}, **context)``: a template and others, rendered."""

    def rendered(text: str, /, others: dict[str, str] | None = None, **more: Any) -> dict[str, str]:
        for name, body in {**(others or {}), "a.qmd": text}.items():
            (tmp_path / name).write_text(body, encoding="utf-8")
        context = {"s": templates.told(Section("s", FACTS)), **more}
        return templates.render(tmp_path, context)

    return rendered


def one(write: Write, text: str, **more: Any) -> str:
    return write(text, **more)["a.qmd"]


def found(write: Write, text: str, **more: Any) -> tuple[str, str, str]:
    with pytest.raises(UserMistake) as told:
        write(text, **more)
    (finding,) = told.value.findings
    assert finding.remedy
    return finding.where, finding.rule, finding.received


def test_facts_are_written_and_flags_decide(write: Write) -> None:
    text = (
        "<< s.people >>{% if s.done %} sí{% else %} no{% endif %}{% if s.late %} tarde{% endif %}\n"
    )
    assert one(write, text) == "1.330.187 sí\n"


def test_a_section_of_gaps_is_not_available(write: Write) -> None:
    gap = templates.told(Section("k", gaps=[Gap("formacion", "…")]))
    text = "{% if k.available or k.shown or k.people is known %}Sí{% else %}No{% endif %}\n"
    assert one(write, text, k=gap) == "No\n"


@pytest.mark.parametrize("words", [*LIVE, *STRANGE, "<< s.x >>", "{% if %}", "<# a #>", "1. uno"])
def test_words_of_outside_origin_are_no_markup_wherever_they_come_from(
    write: Write, words: str
) -> None:
    """A fact, a word of the run, a text of the template itself, what a macro was given."""
    facts = templates.told(Section("w", {"f": results.text(words)}))
    run = templates.words("r", {"t": words})
    macro = {templates.SHARED: "{% macro dicho(x) %}(<< x >>){% endmacro %}\n"}
    text = one(
        write,
        "<< w.f >>|<< r.t >>|<< dicho(w.f) >>|<< x >>\n",
        others=macro,
        w=facts,
        r=run,
        x=words,
    )
    safe = markdown(words)
    assert text == f"{safe}|{safe}|({safe})|{safe}\n"


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_a_value_is_escaped_once_for_markdown_and_never_for_html(text: str) -> None:
    template = templates.templates(REPORTS).from_string("|<< f >>|<< t >>|")
    context = {"f": templates.Value.of("f", text), "t": text}
    assert template.render(context) == f"|{markdown(text)}|{markdown(text)}|"


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("<< s.share >>", "s.share"),
        ("<< s.nunca >>", "s.nunca"),
        ("{% if s.share %}Sí{% endif %}", "s.share"),
        ("<< s.share ~ '!' >>", "s.share"),
        ("{% for x in s.share %}a{% endfor %}", "s.share"),
        ("<< nadie.people >>", "nadie"),
        ("{% if nadie %}Sí{% endif %}", "nadie"),
        ("{% if s.people %}Sí{% endif %}", "s.people"),
        ("<< s.done >>", "bool"),
        ("<< s >>", "Told"),
    ],
)
def test_what_is_not_there_is_told_with_template_line_and_name(
    write: Write, asked: str, name: str
) -> None:
    where, _, received = found(write, f"# Uno\n\n{{% if s.done %}}\nDos\n{asked}\n{{% endif %}}\n")
    assert (where, received) == ("reports/a.qmd, línea 5", name)


def test_a_fault_inside_a_macro_is_told_where_it_stands(write: Write) -> None:
    macro = {templates.SHARED: "{% macro dicho(x) %}\n(<< x >>)\n{% endmacro %}\n"}
    where, _, received = found(write, "<< dicho(s.share) >>\n", others=macro)
    assert (where, received) == (f"reports/{templates.SHARED}, línea 2", "s.share")


@pytest.mark.parametrize(
    "text", ["Uno\n{% if s.done %}\nDos\n", "Uno\n<< s. >>\n", "Uno\n{% endif %}\n"]
)
def test_a_template_that_cannot_be_read_is_told_with_its_line(write: Write, text: str) -> None:
    where, rule, _ = found(write, text)
    assert (
        where in {"reports/a.qmd, línea 2", "reports/a.qmd, línea 3"} and "no se puede leer" in rule
    )


def test_all_templates_that_fail_are_told_at_once(write: Write) -> None:
    with pytest.raises(UserMistake) as told:
        write("<< s.share >>\n", others={"b.qmd": "\n<< s.no >>\n", "c.qmd": "Bien.\n"})
    assert [item.where for item in told.value.findings] == [
        "reports/a.qmd, línea 1",
        "reports/b.qmd, línea 2",
    ]


def test_a_value_without_data_is_said_where_the_template_asks_for_it(write: Write) -> None:
    text = "<< s.share | or_missing >>, << s.people | or_missing >>\n"
    assert one(write, text) == "sin dato, 1.330.187\n"
    where, _, received = found(write, "<< s.done | or_missing >>\n")
    assert (where, received) == ("reports/a.qmd, línea 1", "bool")


@pytest.mark.parametrize(
    ("asked", "said"),
    [("people", "Hay"), ("share", "Sin"), ("late", "Hay"), ("never", "Sin"), ("done", "Hay")],
)
def test_a_condition_asks_whether_a_value_is_there(write: Write, asked: str, said: str) -> None:
    text = f"{{% if s.{asked} is known %}}Hay{{% else %}}Sin{{% endif %}}\n"
    assert one(write, text) == f"{said}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # A line of a tag alone leaves nothing; any other line break is a space.
        ("Uno\n{% if s.done %}\ndos\n{% endif %}\ntres\n", "Uno\ndos\ntres\n"),
        ("Uno\n{% if s.late %}\ndos\n{% endif %}\ntres\n", "Uno\ntres\n"),
        ("Uno{% if s.done %}\ndos{% endif %}\ntres\n", "Uno\ndos\ntres\n"),
        ("- Uno\n  {% if s.done %}\n  dos\n  {% endif %}\n", "- Uno\n  dos\n"),
        # Hyphens glue.
        ("Uno\n{%- if s.done -%}\n, dos\n{%- endif -%}\n.\n", "Uno, dos.\n"),
        ("  Uno\n  {%- if s.late -%}\n  , dos\n  {%- endif -%}\n  .\n", "  Uno.\n"),
        # What is not shown leaves no blank lines.
        ("Uno\n\n{% if s.late %}\nDos\n{% endif %}\n\nTres\n\n{% if s.late %}\nx\n{% endif %}\n",
         "Uno\n\nTres\n"),
    ],
)  # fmt: skip
def test_lines_are_as_written(write: Write, text: str, said: str) -> None:
    assert one(write, text) == said


def test_quarto_s_own_signs_are_left_alone(write: Write) -> None:
    text = (
        "{{< include _a.md >}}\n\n# Uno {#sec-a .unnumbered}\n\n$x_{1}$ `a` ![T](a.png){#fig-a}\n"
    )
    assert one(write, text) == text


def test_a_part_is_filled_where_a_document_shows_it(write: Write) -> None:
    """What a condition hides, or nothing includes, asks nothing of a territory."""
    part = "{{< include _b.qmd >}}\n"
    others = {"_b.qmd": "<< s.people >>\n\n{{< include _c.qmd >}}\n", "_c.qmd": "Tres\n",
              "_d.qmd": "<< s.nadie >>\n", "_e.qmd": "{% if %}\n"}  # fmt: skip
    hidden = "{% if s.late %}\n{{< include _d.qmd >}}\n{% endif %}\n"
    made = write(f"{part}\n{hidden}", others)
    said = others["_b.qmd"].replace("<< s.people >>", "1.330.187")
    assert made == {"a.qmd": part, "_b.qmd": said, "_c.qmd": "Tres\n"}


def test_templates_are_compiled_once_a_process_and_again_when_they_change(tmp_path: Path) -> None:
    path = tmp_path / "a.qmd"
    path.write_text("Uno\n", encoding="utf-8")
    first = templates.templates(tmp_path)
    assert templates.templates(tmp_path) is first
    path.write_text("Uno y dos\n", encoding="utf-8")
    assert templates.templates(tmp_path) is not first
    assert templates.render(tmp_path, {})["a.qmd"] == "Uno y dos\n"


# The reports' own templates -----------------------------------------------------------------------

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(REPORTS.glob("*.qmd"))}


CAPTIONS = [f"figuras/{path.name}" for path in sorted(REPORTS.glob("figuras/*.md"))]


@pytest.mark.parametrize("name", [*TEXTS, templates.SHARED, *CAPTIONS])
def test_the_reports_templates_are_for_an_editor_to_read(name: str) -> None:
    text = (REPORTS / name).read_text(encoding="utf-8")
    assert "-meta=" not in text and "{{< meta" not in text and "{{< var" not in text
    lines = text.splitlines()
    for number, (before, line) in enumerate(zip(["", *lines], lines, strict=False), start=1):
        place = f"{name}, {number}"
        assert len(line) <= 200, place
        # A value and a point at the start of a paragraph, or of an item's line: a list's number.
        starts = line.startswith(" ") or not before.strip()
        assert not (starts and re.match(r"\s*<< [^>]+ >>(?:[.)]|\{%)", line)), place
        # A value is Markdown: in code its signs would be seen.
        assert not re.search(r"`[^`]*<<[^`]*`|(?<!\$)\$[^$\s][^$]*<<", line), place
        tags = re.sub(r"\{%.*?%\}", "", line)
        assert "{%" not in tags and "%}" not in tags, place
