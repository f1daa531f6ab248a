"""What a territory is told: critical failures, section, page; never a person."""

from __future__ import annotations

import dataclasses
import html.parser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import make_context
from inputs.quality.worlds import code, good_row, good_tables

from gsi.analysis.quality.section import section as quality_section
from gsi.analysis.results import Section
from gsi.contract import tables
from gsi.inputs import quality
from gsi.inputs.data import DISAGREEMENTS
from gsi.inputs.quality import Verdicts
from gsi.inputs.quality.summary import (
    COMPLETE,
    INSUFFICIENT,
    NOTHING_READ,
    OBSERVED,
    PART_READ,
    broken_rules,
    source_files,
    unplaced_rules,
)
from gsi.inputs.records import SetAside, SourceRecord, Substitute
from gsi.report import quality_page

RECORD = SourceRecord(
    source="formulario:formacion.xlsx",
    publisher="<b>Alcaldía</b>",
    title="Formación & más",
    file="formacion.xlsx",
    sha256="a" * 64,
    table="formacion",
    rows_read=12,
    rows_kept=10,
    set_aside=(SetAside("filas de prueba", 2),),
    years="2024",
)


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    world = good_tables(3)
    world["formacion"].loc[0, "certificados"] = 99
    world["hogares"].loc[1, "peso"] = -1.0
    world["personas"].loc[2, "edad"] = 5
    duplicated = pd.DataFrame([good_row("poblacion", 1)] * 3 + [good_row("poblacion", 2)] * 2)
    world["poblacion"] = duplicated
    del world["rutas"]
    return quality.validate(world)


def test_critical_failures_name_rule_count_and_place(verdicts: Verdicts) -> None:
    findings = quality.critical_failures(verdicts, ["10"])
    told = {finding.where: finding for finding in findings}
    people = told["tabla poblacion (Población)"]
    assert people.received == f"5 filas; por ejemplo 3 con el código {code(1)}"
    assert "clave de la tabla" in people.rule
    assert "de personas" in told["tabla hogares (Hogares)"].received
    assert "1" not in told["tabla hogares (Hogares)"].received.replace(code(1), "")


def test_critical_failures_stop_only_their_territory(verdicts: Verdicts) -> None:
    assert quality.critical_failures(verdicts, [code(0)]) == []
    assert len(quality.critical_failures(verdicts, [code(1)])) == 2
    assert quality.critical_failures(verdicts, ["11", "CO"]) == []


def test_rows_without_a_place_are_anyones() -> None:
    world = {"poblacion": pd.DataFrame([good_row("poblacion", 1) | {"municipio": None}])}
    found = quality.critical_failures(quality.validate(world), ["73"])
    assert [finding.received for finding in found] == ["1 fila sin un municipio reconocible"]


def test_verdicts_survive_saving(verdicts: Verdicts, tmp_path: Path) -> None:
    path = tmp_path / "quality.json"
    verdicts.save(path)
    first = path.read_bytes()
    again = Verdicts.load(path)
    assert again.items == verdicts.items
    assert again.rows == verdicts.rows
    again.save(path)
    assert path.read_bytes() == first


def test_rows_of_published_files_are_nobodys_report() -> None:
    """A list of health providers is no form on service settings, though both are of one table."""
    world = good_tables(3)
    world["escenarios"] = world["escenarios"].assign(**{tables.ORIGIN: "reps"})
    found = quality_section(make_context(world, code(0)), quality.validate(world), [])
    assert found.facts["tables_reported"].value == len(world) - 1
    assert found.facts["tables_published"].value == ["Escenarios de atención"]
    assert found.facts["published_only"].value == 1
    assert "Escenarios de atención" in found.facts["tables_missing"].value
    # One row that people filled in, and the table is reported.
    world["escenarios"].loc[world["escenarios"]["municipio"] == code(0), tables.ORIGIN] = None
    found = quality_section(make_context(world, code(0)), quality.validate(world), [])
    assert found.facts["tables_reported"].value == len(world)
    assert not found.facts["has_published"].value


def test_section_says_how_far_to_trust(verdicts: Verdicts, tmp_path: Path) -> None:
    context = make_context(good_tables(3), code(0))
    section = quality_section(context, verdicts, [RECORD])
    facts = {key: fact.value for key, fact in section.facts.items()}
    assert (facts["critical"], facts["warnings"]) == (0, 1)
    assert facts["tables_missing"] == ["Población", "Rutas de atención"]
    assert facts["tables_reported"] == 20
    assert [facts[f"trust_{how}"] for how in ("full", "observed", "insufficient")] == [
        False,
        True,
        False,
    ]
    assert facts["tables_observed"] == ["Formación", "Casos en las rutas"]
    judged = section.tables["tables"].data.set_index("table")
    assert judged.loc["formacion", "verdict"] == OBSERVED
    assert "certificadas" in judged.loc["formacion", "why"]
    assert judged.loc["servicios", "verdict"] == COMPLETE
    assert "rutas" not in judged.index
    assert section.tables["sources"].data["reason"].tolist() == ["filas de prueba"]
    assert section.tables["files"].data["file"].tolist() == ["formacion.xlsx"]
    section.save(tmp_path)
    again = Section.load(tmp_path, "quality").facts
    assert {key: str(fact) for key, fact in again.items()} == {
        key: str(fact) for key, fact in section.facts.items()
    }


def test_section_of_a_department_with_critical_failures(verdicts: Verdicts) -> None:
    context = make_context(good_tables(3), "10")
    section = quality_section(context, verdicts, [RECORD])
    assert section.facts["trust_insufficient"].value is True
    judged = section.tables["tables"].data.set_index("table")
    assert judged.loc["poblacion", "verdict"] == INSUFFICIENT
    severities = section.tables["rules"].data["severity"].tolist()
    assert severities == sorted(severities, key=["critical", "warning", "info"].index)


def test_a_publication_in_many_files_is_one_row_with_its_worst_verdict(verdicts: Verdicts) -> None:
    other = dataclasses.replace(RECORD, file="otro.xlsx", set_aside=(), years="2020")
    section = quality_section(make_context(good_tables(3), code(0)), verdicts, [RECORD, other])
    rows = section.tables["origins"].data
    assert rows[["title", "files", "verdict"]].to_numpy().tolist() == [[RECORD.title, 2, OBSERVED]]
    # The table that it fills alone breaks a rule: both tables of the report say so.
    assert rows["told"].tolist() == ["con observaciones: incumple alguna regla; filas apartadas"]
    two = dataclasses.replace(other, title="Otra", source="formulario:otro.xlsx")
    section = quality_section(make_context(good_tables(3), code(0)), verdicts, [RECORD, two])
    told = section.tables["origins"].data.set_index("title")["told"]
    assert told["Otra"] == COMPLETE  # which of the two broke it is not known
    remarked = section.tables["remarked"].data
    assert COMPLETE not in set(remarked["verdict"])
    assert set(remarked["table"]) < set(section.tables["tables"].data["table"])


def test_a_file_with_two_sheets_is_one_file_and_it_is_said(verdicts: Verdicts) -> None:
    """The column of files adds up to more than the files, and the text says why; or it does not."""
    place = make_context(good_tables(3), code(0))
    other = dataclasses.replace(RECORD, table="servicios", title="Servicios")
    apart = dataclasses.replace(other, file="otro.xlsx")
    for second, files, shared in ((other, 1, True), (apart, 2, False)):
        section = quality_section(place, verdicts, [RECORD, second])
        assert section.tables["origins"].data["files"].sum() == 2
        assert section.facts["files_used"].value == files
        assert section.facts["files_shared"].value is shared


def test_a_blank_sheet_is_no_source_and_takes_nothing_from_its_table(verdicts: Verdicts) -> None:
    """A form whose plan is blank, beside the file that has the plan: one verdict, complete."""
    filled = dataclasses.replace(
        RECORD, table="plan_accion", title="Plan de acción", set_aside=(), file="plan.xlsx"
    )
    blank = dataclasses.replace(filled, file="blanco.xlsx", rows_read=0, rows_kept=0)
    context = make_context(good_tables(3), code(0))
    section = quality_section(context, verdicts, [filled, blank])
    (row,) = section.tables["origins"].data.to_dict("records")
    tables_ = section.tables["tables"].data.set_index("table")
    assert row["verdict"] == tables_.loc["plan_accion", "verdict"] == COMPLETE
    assert row["files"] == 1


def test_the_share_of_disagreement_is_of_what_two_sources_give() -> None:
    """Of coverage, three years of two places, two sources give four figures and differ in three:
    75 %, whatever the years of one alone. Dropout is in one: no share of nothing is 0."""
    frame = pd.DataFrame(
        [
            {"municipio": code(n), "indicador": name, "periodo": year, "valor": 80.0,
             "area": "total", "fuente": "men", "serie": "s", "nota": ""}
            for n in range(2) for name in ("cobertura_neta", "desercion")
            for year in (2016, 2017, 2018)
        ]
    ).assign(numerador=np.nan, denominador=np.nan, error_estandar=np.nan, inferior=np.nan,
             superior=np.nan)  # fmt: skip
    pairs = [(0, 2017, "valor"), (0, 2018, "valor"), (1, 2017, "igual"), (1, 2018, "valor")]
    compared = pd.DataFrame(
        [
            {"municipio": code(n), "indicador": "cobertura_neta", "periodo": year, "area": "total",
             "que": what, "usado": 80.0, "fuente_usada": "men", "otro": 70.0, "fuente_otra": "x"}
            for n, year, what in pairs
        ]
    )  # fmt: skip
    place = make_context(
        {"indicadores": frame, DISAGREEMENTS: compared},
        "10",
        names={code(n): "M" for n in range(2)},
    )
    men = dataclasses.replace(RECORD, source="men", table="indicadores", title="MEN",
                              indicators=("cobertura_neta", "desercion"))  # fmt: skip
    world = Verdicts((), {"indicadores": {code(n): 2 for n in range(2)}})
    section = quality_section(place, world, [men])
    said = section.tables["indicators"].data.set_index("indicator")["disagreement_text"]
    assert said[["cobertura_neta", "desercion"]].tolist() == ["75,0", "sin otra fuente"]
    assert section.tables["indicator_sources"].data["disagreement"].tolist() == ["75,0"]
    assert len(place.data.disagreements()) == 3


def test_a_source_has_one_verdict_with_its_parts_wherever_it_is_told() -> None:
    """Files read whole, one of its two indicators reported by a quarter of the municipalities."""
    codes = [f"100{number:02d}" for number in range(1, 9)]
    rows = [("cobertura_neta", place) for place in codes[:2]]
    rows += [("desercion", place) for place in codes]
    frame = pd.DataFrame(
        [
            {"municipio": place, "indicador": name, "periodo": 2018, "valor": 80.0,
             "area": "total", "fuente": "men", "serie": "s", "nota": ""}
            for name, place in rows
        ]
    ).assign(numerador=np.nan, denominador=np.nan, error_estandar=np.nan, inferior=np.nan,
             superior=np.nan)  # fmt: skip
    context = make_context({"indicadores": frame}, "10", names={c: c for c in codes})
    record = dataclasses.replace(
        RECORD, source="men", title="Estadísticas", table="indicadores", set_aside=()
    )
    world = Verdicts((), {"indicadores": dict.fromkeys(codes, 1)})
    section = quality_section(context, world, [record])
    told = section.tables["origins"].data["told"].tolist()
    assert told == ["con observaciones: indicadores no clasificables, 1 de 2"]
    assert section.tables["indicator_sources"].data["verdict"].tolist() == told
    assert section.facts["origins_remarked"].value == 1
    # Beside rows set aside, both parts are named.
    with_rows = dataclasses.replace(record, set_aside=RECORD.set_aside)
    section = quality_section(context, world, [with_rows])
    (parts,) = section.tables["origins"].data["told"]
    assert parts == "con observaciones: indicadores no clasificables, 1 de 2; filas apartadas"
    assert section.tables["indicator_sources"].data["verdict"].tolist() == [parts]


def test_nothing_told_hangs_on_other_territories_rows_of_a_file(verdicts: Verdicts) -> None:
    """A report must stay true, and the same, when rows of a neighbour change the file."""
    more = dataclasses.replace(
        RECORD,
        sha256="b" * 64,
        rows_read=99,
        rows_kept=90,
        set_aside=(SetAside("filas de prueba", 9),),
    )
    context = make_context(good_tables(3), code(0))
    first, second = (quality_section(context, verdicts, [record]) for record in (RECORD, more))
    assert first.facts == second.facts
    for key, table in first.tables.items():
        pd.testing.assert_frame_equal(table.data, second.tables[key].data)
    pages = [quality_page.page(verdicts, [record], context.territory) for record in (RECORD, more)]
    assert pages[0] == pages[1] and "filas de prueba" in pages[0]


def test_small_counts_of_people_are_withheld(verdicts: Verdicts) -> None:
    shown = {item.table: item for item in broken_rules(verdicts, ["10"], 10)}
    assert shown["personas"].cases == "menos de 10"
    assert shown["formacion"].cases == "1"
    assert {
        item.cases for item in broken_rules(verdicts, ["10"], None) if item.table == "personas"
    } == {"no se muestra"}


def test_sources_of_tables_the_territory_does_not_have_are_left_out(verdicts: Verdicts) -> None:
    other = dataclasses.replace(RECORD, table="rutas")
    useless = dataclasses.replace(RECORD, rows_kept=0)
    blank = dataclasses.replace(RECORD, rows_read=0, rows_kept=0, set_aside=())
    found = source_files(verdicts, [RECORD, other, useless, blank], [code(0)])
    assert [item.reading for item in found] == [PART_READ, NOTHING_READ]
    assert found[0].reason == "filas de prueba"


class _Outline(html.parser.HTMLParser):
    """What the page asks for, and whether its tags are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.requests: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)
        self.requests += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_page_is_whole_escaped_and_asks_for_nothing(verdicts: Verdicts) -> None:
    context = make_context(good_tables(3), "10")
    text = quality_page.page(verdicts, [RECORD], context.territory)
    outline = _Outline()
    outline.feed(text)
    assert outline.open == []
    assert outline.requests == []
    assert not {"script", "img", "link", "b"} & outline.tags
    assert "&lt;b&gt;Alcaldía&lt;/b&gt;" in text
    assert 'lang="es-CO"' in text
    assert "url(" not in text
    assert text.count("<caption>") == text.count("<table>") == 3
    assert "sin información" in text


def test_page_of_the_example_says_it_is_fictional(verdicts: Verdicts) -> None:
    text = quality_page.page(verdicts, [], make_context({}, "00").territory)
    assert "Datos de ejemplo, ficticios" in text
    assert "Datos de ejemplo" not in quality_page.page(
        verdicts, [], make_context({}, "10").territory
    )


def test_failures_are_rows_for_people(verdicts: Verdicts) -> None:
    (first, *_rest) = quality.failures(verdicts, code(0))
    assert first == (
        "Formación",
        "Las personas certificadas no pueden ser más que las inscritas.",
        "Advertencia",
        "1",
    )


def test_rows_of_no_municipality_are_the_files_and_of_no_territory() -> None:
    """Progress on actions that nobody planned (another place's form, its other sheet empty) was
    told to every territory of the folder: '25 de 0 filas del territorio'."""
    world = good_tables(3)
    world["avances"]["accion"] = ["ajena-1", "ajena-2", "ajena-3"]
    verdicts = quality.validate(world)
    for place in (code(0), "10", "73"):
        assert [
            item for item in broken_rules(verdicts, [place], 10) if item.table == "avances"
        ] == []
    section = quality_section(make_context(world, "10"), verdicts, [])
    assert section.facts["warnings"].value == 0 and section.facts["trust_observed"].value is False
    (told,) = unplaced_rules(verdicts, 10)
    assert (told.table, told.cases, told.total) == ("avances", "3", "3")
    last = quality.failures(verdicts, "73")[-1]
    assert last[1].startswith("Filas sin un municipio reconocible: ") and last[3] == "3"
    page = quality_page.page(verdicts, [], make_context(world, "73").territory)
    rules, unplaced = page.split("<h2>Filas sin un municipio reconocible</h2>")
    assert told.title not in rules and told.title in unplaced.split("<h2>")[0]
    # Of people, not even how many.
    world["personas"]["hogar"] = ["ajeno-1", "ajeno-2", "ajeno-3"]
    counts = {item.table: item.cases for item in unplaced_rules(quality.validate(world), 10)}
    assert counts["personas"] == "menos de 10"


OFFICIAL = ("divipola", "limites", "indicadores", "poblacion")


def test_a_territory_with_no_forms_is_told_which_comes_first_and_why() -> None:
    world = {name: table for name, table in good_tables(3).items() if name in OFFICIAL}
    context = make_context(world, code(0))
    section = quality_section(context, quality.validate(world), [RECORD])
    facts = section.facts
    asked = list(context.params.forms.order)
    assert facts["forms_none"].value is True
    assert facts["forms_missing"].value == facts["forms_total"].value == len(asked) == 16
    first = tables.schema(asked[0])
    assert str(facts["form_first"]) == first.title
    assert str(facts["form_first_why"]) == first.purpose
    assert str(facts["form_first_file"]) == f"{code(0)}-6-plan-e-inversion.xlsx"
    listed = section.tables["forms"].written()
    assert listed["Formulario"].tolist() == [tables.schema(name).title for name in asked]
    assert all(why.endswith(".") for why in listed["Por qué importa"])


def test_forms_of_the_department_count_for_its_municipalities() -> None:
    world = good_tables(3)
    world["rutas"] = world["rutas"].assign(municipio="10")
    del world["plan_accion"], world["avances"], world["actores"]
    section = quality_section(make_context(world, code(0)), quality.validate(world), [RECORD])
    assert section.facts["forms_none"].value is False
    asked = section.tables["forms"].data
    assert asked["title"].tolist() == ["Plan de acción", "Actores", "Avances del plan de acción"]
    assert asked["order"].tolist() == [1, 2, 3]


def test_a_territory_with_every_form_is_asked_for_none() -> None:
    world = good_tables(3)
    section = quality_section(make_context(world, code(0)), quality.validate(world), [RECORD])
    assert section.facts["forms_asked"].value is False
    assert "forms" not in section.tables
    assert "form_first" not in section.facts


def test_characters_that_no_document_shows_are_told(verdicts: Verdicts) -> None:
    context = make_context(good_tables(3), code(0))
    assert "Caracteres que no" not in quality_page.page(verdicts, [RECORD], context.territory)
    replaced = (Substitute("U+F0B7", "•"), Substitute("U+200B", ""))
    record = dataclasses.replace(RECORD, file="a\uf0b7.xlsx", substitutes=replaced)
    text = quality_page.page(verdicts, [record], context.territory)
    assert "Caracteres distintos que no se pueden mostrar en los informes: 2." in text
    assert "U+F0B7: •; U+200B: nada, porque no se ve" in text
    # The name of a file too is a text of outside origin.
    assert "a•.xlsx" in text
    assert "\uf0b7" not in text
