"""Verdicts on change: hand-made series, what is planted in the example, the official files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from analysis.keys.worlds import NAMES, context, rows
from analysis.keys.worlds import world as example_tables
from builders import known_noise, make_context, people_of, with_noise
from example_department import truth

from gsi.analysis.comprehension.rights import rights
from gsi.analysis.context import Context
from gsi.analysis.frozen import Figure, Frozen
from gsi.analysis.labels import VERDICTS
from gsi.analysis.plan.baseline import baseline
from gsi.analysis.plan.change import change
from gsi.analysis.plan.propose import propose
from gsi.analysis.results import Section
from gsi.inputs import indicators
from gsi.report.figures import change as figures
from gsi.report.workbook import Workbook


def reported(indicator: str, year: int, value: float, serie: str, **more: object) -> dict:
    return {
        "municipio": "73067", "indicador": indicator, "periodo": year, "valor": value,
        "area": "total", "fuente": "f", "serie": serie,
    } | more  # fmt: skip


YEARS = range(2012, 2025)
PEOPLE = people_of(m73067=20_000)


def judged(*records: dict, moves: pd.DataFrame | None = None, **more: object) -> Section:
    table = rows("indicadores", *records)
    known = flat("desercion") if moves is None else moves
    tables = {"indicadores": table, "poblacion": PEOPLE, "ruido": known}
    return change(make_context(tables, "73067", names={"73067": "Ataco"}, **more))


def flat(indicator: str, **values: float) -> pd.DataFrame:
    """Noise of an indicator of the Ministry in a country that stood still at 4 %."""
    return known_noise(indicator, "men", dict.fromkeys(YEARS, 4.0), **values)


def test_a_later_figure_that_cannot_be_used_is_not_called_absent() -> None:
    note = "El DANE la llama sin calidad."
    section = judged(
        reported("ipm_sae", 2022, 30.0, "ipm_sae", error_estandar=1.0),
        reported("ipm_sae", 2024, None, "ipm_sae", nota=note),
        reported("desercion", 2018, 3.0, "men"),
        reported("cobertura_neta", 2018, 90.0, "men"),
        reported("cobertura_neta", 2026, None, "men", nota="Después del corte."),
    )
    reasons = section.tables["not_comparable"].data.set_index("indicator")["reason"]
    assert reasons["ipm_sae"] == f"El dato de 2024 de la misma serie no se usa. {note}"
    for other in ("desercion", "cobertura_neta"):
        assert reasons[other] == "Sin dato posterior de la misma serie."


def test_a_series_left_out_for_its_few_cases_is_named() -> None:
    def deaths(year: int, cases: int) -> dict:
        return reported("mortalidad_eda_5", year, cases / 0.9, "eda", numerador=cases,
                        denominador=90_000)  # fmt: skip

    rare = judged(*(deaths(year, cases) for year, cases in ((2018, 5), (2019, 2), (2020, 4))))
    assert rare.tables["series"].data.empty
    (named,) = rare.facts["rare_series"].value
    assert "diarreica" in named
    shown = judged(*(deaths(year, cases) for year, cases in ((2018, 5), (2019, 3), (2020, 4))))
    assert len(shown.tables["series"].data) == 1 and shown.facts["rare_series"].missing


def test_verdicts_and_reasons() -> None:
    section = judged(
        reported("ipm_censo", 2018, 64.0, "ipm_censo"),
        reported("ipm_sae", 2022, 30.0, "ipm_sae", error_estandar=1.0),
        reported("ipm_sae", 2024, 20.0, "ipm_sae", error_estandar=1.0),
        reported("cobertura_neta", 2018, 90.0, "men"),
        reported("cobertura_neta", 2024, 78.0, "men"),
        reported("desercion", 2018, 3.0, "men"),
        reported("desercion", 2024, 5.0, "men"),
        reported("desercion", 2018, 3.0, "men", municipio="CO"),
        reported("desercion", 2024, 4.5, "men", municipio="CO"),
        reported("repitencia", 2018, 1.0, "men"),
        reported("repitencia", 2024, 9.0, "men"),
    )
    table = section.tables["indicators"].data.set_index("indicator")
    # Coverage fell by twelve points: nothing says how much it moves by itself.
    assert table["verdict"].to_dict() == {
        "ipm_sae": "improved",
        "cobertura_neta": "not_judged",
        "desercion": "worsened",
    }
    assert table.loc["ipm_sae", "expected_low"] == pytest.approx(-1.959964 * 2**0.5, abs=1e-3)
    assert (table.loc["ipm_sae", "year_a"], table.loc["ipm_sae", "year_b"]) == (2022, 2024)
    assert "Sin error publicado ni historia" in table.loc["cobertura_neta", "reason"]
    assert table.loc["desercion", "country"] == pytest.approx(1.5)
    apart = section.tables["not_comparable"].data.set_index("indicator")["reason"]
    assert apart["repitencia"].startswith("No se restan 2018 y 2024: en todo el país")
    assert section.facts["judged"].value == 2 and section.facts["compared"].value == 3
    assert section.facts["worsened_dated"].value == ["Deserción intraanual (2018-2024)"]


def test_who_moved_like_the_country_did_not_worsen() -> None:
    """Ataco's rise beside a country that rose as much: no change of its own."""
    common = dict.fromkeys(range(2012, 2019), 3.0) | dict.fromkeys(range(2019, 2025), 6.0)
    section = judged(
        reported("desercion", 2018, 3.0, "men"), reported("desercion", 2024, 6.4, "men"),
        reported("desercion", 2018, 3.0, "men", municipio="CO"),
        reported("desercion", 2024, 6.0, "men", municipio="CO"),
        moves=known_noise("desercion", "men", common),
    )  # fmt: skip
    row = section.tables["indicators"].data.iloc[0]
    assert row["verdict"] == "no_change"
    # In proportion: from 3.0 the country's doubling is three points more.
    assert row["reason"] == "Se movió con el país: a su nivel le correspondía 3,0."
    assert section.facts["shared"].value == 1


def test_every_sentence_of_change_tells_one_list() -> None:
    """Rights, change and decisions: the same names, whatever the reader opens."""
    records = (
        reported("desercion", 2018, 3.0, "men"), reported("desercion", 2024, 9.0, "men"),
        reported("desercion_secundaria", 2018, 9.0, "men"),
        reported("desercion_secundaria", 2024, 3.0, "men"),
        reported("reprobacion", 2018, 5.0, "men"), reported("reprobacion", 2024, 5.2, "men"),
    )  # fmt: skip
    known = ("desercion", "desercion_secundaria", "reprobacion")
    tables = {
        "indicadores": rows("indicadores", *records), "poblacion": PEOPLE,
        "ruido": pd.concat([flat(name) for name in known], ignore_index=True),
    }  # fmt: skip
    place = make_context(tables, "73067", names={"73067": "Ataco"})
    told, seen = change(place), rights(place)
    assert told.facts["worsened_dated"].value == seen.facts["worsening"].value
    assert told.facts["improved"].value == len(seen.facts["improving"].value) == 1
    verdicts = told.tables["indicators"].data.set_index("indicator")["verdict"]
    states = seen.tables["indicators"].data.set_index("indicador")["tendencia"]
    assert {key: VERDICTS[word] for key, word in verdicts.items()} == states.to_dict()
    asked = propose(place, {"change": told, "baseline": baseline(place)})
    assert asked.facts["worsened_names"].value.startswith("Deserción intraanual (2018")
    assert asked.facts["worsened"].value == told.facts["worsened"].value == 1


def test_preliminary_years_are_not_judged() -> None:
    counts = {"numerador": 5.0, "denominador": 500.0}
    years = dict.fromkeys(range(2005, 2025), 9.0)
    section = judged(
        reported("mortalidad_5", 2018, 10.0, "eevv", **counts),
        reported("mortalidad_5", 2024, 60.0, "eevv", numerador=30.0, denominador=500.0),
        moves=known_noise("mortalidad_5", "eevv", years, "rate", por_tamano=1.0),
    )
    row = section.tables["indicators"].data.iloc[0]
    assert row["verdict"] == "not_judged" and row["reason"] == "El dato de 2024 es preliminar."


@pytest.mark.parametrize("name", ["mortalidad_infantil", "mortalidad_ira_5", "mortalidad_eda_5"])
def test_deaths_counted_where_they_occurred_are_not_subtracted(name: str) -> None:
    """San Andrés: 11 deaths of babies there in 2018, 5 in 2022; of its residents DANE has 12 in
    2022 (18.5 per thousand), more than in 2018: sick babies are flown to the mainland."""

    def counted(year: int, deaths: float, place: str = "73067") -> dict:
        return reported(name, year, deaths / 0.7, "eevv", numerador=deaths, denominador=700.0,
                        municipio=place)  # fmt: skip

    given = [counted(year, 40.0, place) for year in (2018, 2019, 2020) for place in ("73", "CO")]
    given += [counted(year, deaths) for year, deaths in ((2018, 40.0), (2019, 22.0), (2020, 5.0))]
    moves = known_noise(name, "eevv", dict.fromkeys(YEARS, 57.0), "rate", por_tamano=1.0)
    section = judged(*given, moves=moves)
    (row,) = section.tables["indicators"].data.to_dict("records")
    assert row["verdict"] == "not_judged"
    assert row["reason_text"].startswith("Cuenta las muertes que ocurrieron en el lugar")
    told = ("difference_text", "expected_text", "department_text", "country_text")
    assert [row[column] for column in told] == ["—"] * 4
    assert np.isnan([row[column] for column in ("difference", "department", "country")]).all()
    assert (row["baseline_text"], row["follow_up_text"]) == ("57,1 (2018)", "7,1 (2020)")
    assert section.facts["elsewhere_series"].value == section.tables["series"].data["name"].tolist()
    assert figures.relative(section).empty
    # Of who lives there, the same counts are a change.
    lived = [{**record, "indicador": "mortalidad_5"} for record in given]
    moves = known_noise("mortalidad_5", "eevv", dict.fromkeys(YEARS, 57.0), "rate", por_tamano=1.0)
    section = judged(*lived, moves=moves)
    (row,) = section.tables["indicators"].data.to_dict("records")
    assert row["verdict"] == "improved" and row["country_text"] == "0,0"
    assert section.facts["elsewhere_series"].missing


def test_census_and_small_area_poverty_are_never_subtracted() -> None:
    section = judged(
        reported("ipm_censo", 2018, 64.0, "ipm_censo"),
        reported("ipm_sae", 2024, 29.1, "ipm_sae", error_estandar=4.0),
    )
    assert section.tables["indicators"].data.empty
    (row,) = section.tables["methods"].data.to_dict("records")
    assert row["verdict"] == "not_comparable" and "método" in row["reason"]
    assert "64,0 (2018)" in row["first_text"] and "29,1 (2024)" in row["second_text"]
    assert set(section.tables["not_comparable"].data["indicator"]) == {"ipm_censo", "ipm_sae"}
    assert not any("34,9" in str(v) for v in section.tables["methods"].data.to_numpy().ravel())


def test_two_series_of_one_indicator_are_not_compared() -> None:
    section = judged(
        reported("desercion", 2018, 3.0, "men"), reported("desercion", 2024, 9.0, "otra")
    )
    assert section.facts["compared"].value == 0
    assert section.facts["not_comparable"].value == 1


def test_a_new_series_is_a_change_of_method() -> None:
    section = judged(
        reported("desercion", 2018, 3.0, "men"), reported("desercion", 2024, 9.0, "otra"),
        reported("reprobacion", 2018, 3.0, "men"),
    )  # fmt: skip
    reasons = section.tables["not_comparable"].data.set_index("indicator")["reason"]
    assert "cambió de serie" in reasons["desercion"]
    assert reasons["reprobacion"] == "Sin dato posterior de la misma serie."


def test_its_own_past_says_how_restless_a_place_is() -> None:
    """The same rise, in a place that stood still and in one that always jumped."""

    def one(*past: float) -> str:
        years = dict(zip(range(2012, 2019), past, strict=True)) | {2024: 6.0}
        section = judged(
            *(reported("desercion", y, v, "men") for y, v in years.items()),
            moves=flat("desercion", libertad=6.0),
        )
        return str(section.tables["indicators"].data["verdict"].iloc[0])

    assert one(4.0, 4.1, 4.0, 3.9, 4.0, 4.1, 4.0) == "worsened"
    assert one(4.0, 8.0, 2.0, 7.0, 3.0, 8.0, 4.0) in ("no_change", "undetectable")


def frozen(**values: float) -> Frozen:
    """A frozen baseline of Ataco in 2018 with some indicators of the series ``men``."""
    figures = {
        f"indicator.{name}": Figure(
            f"indicator.{name}", "indicator", name, "%", value, None, None, 2018, "men", ("f",)
        )
        for name, value in values.items()
    }
    return Frozen("73067", "Ataco", 2018, figures, (), {}, None, "0", "0")


def test_a_revision_of_the_source_is_not_a_change_of_the_territory() -> None:
    table = rows(
        "indicadores",
        reported("desercion", 2018, 7.0, "men"), reported("desercion", 2024, 6.9, "men"),
        reported("reprobacion", 2018, 5.0, "men"), reported("reprobacion", 2024, 9.0, "men"),
    )  # fmt: skip
    moves = pd.concat([flat("desercion"), flat("reprobacion")])
    place = make_context(
        {"indicadores": table, "poblacion": PEOPLE, "ruido": moves.reset_index(drop=True)},
        "73067",
        names={"73067": "Ataco"},
    )
    # Dropout was frozen at 4; the source says now that it was 7 in 2018.
    section = change(replace(place, frozen=frozen(desercion=4.0, reprobacion=5.0)))
    (row,) = section.tables["revisions"].data.to_dict("records")
    assert row["indicator"] == "desercion" and row["verdict"] == "no_change"
    assert (row["seen"], row["revision"], row["real"]) == pytest.approx((2.9, 3.0, -0.1))
    assert section.facts["revised"].value == 1 and section.facts["any_revised"].value
    data = section.tables["indicators"].data.set_index("indicator")
    assert "revisó" in data.loc["desercion", "reason"]
    assert "revisó" not in data.loc["reprobacion", "reason"]
    assert data.loc["reprobacion", "verdict"] == "worsened"
    assert change(place).tables["revisions"].data.empty


def code_of(kind: str, territory: str, code: str) -> Section:
    table = rows(
        "indicadores",
        reported("desercion", 2018, 3.0, "men", municipio=territory),
        reported("desercion", 2024, 9.0, "men", municipio=territory, fuente=indicators.CALCULATED),
    )
    return change(
        make_context(
            {"indicadores": table},
            territory,
            names={territory: "Lugar"},
            overrides={"plan.change.codes": [{"code": code, "kind": kind, "last": 2020}]},
        )
    )


def test_a_code_whose_territory_changed_is_not_compared() -> None:
    section = code_of("altered", "73067", "73067")
    (row,) = section.tables["not_comparable"].data.to_dict("records")
    assert "El territorio del código 73067 no es el mismo hasta 2020" in row["reason"]
    assert section.facts["compared"].value == 0
    elsewhere = code_of("altered", "73067", "73001")
    assert elsewhere.facts["compared"].value == 1


def test_a_code_that_appears_or_disappears_is_remarked() -> None:
    created = code_of("created", "27493", "27493").tables["indicators"].data.iloc[0]
    assert "se creó después de 2020" in created["reason"]
    gone = code_of("abolished", "94", "94663").tables["indicators"].data.iloc[0]
    assert "dejó de existir después de 2020" in gone["reason"]
    other = code_of("abolished", "73", "94663").tables["indicators"].data.iloc[0]
    assert "dejó de existir" not in other["reason"]


def test_the_series_of_cuts_is_shown_year_by_year() -> None:
    section = judged(
        reported("desercion", 2017, 9.0, "men"), reported("desercion", 2018, 3.0, "men"),
        reported("desercion", 2020, 4.0, "men"), reported("desercion", 2024, 5.0, "men"),
        reported("reprobacion", 2018, 3.0, "men"), reported("reprobacion", 2024, 3.0, "men"),
    )  # fmt: skip
    table = section.tables["series"]
    assert list(table.data["indicator"]) == ["desercion"]  # two cuts are the table of change
    assert [column.label for column in table.columns.values()] == [
        "Indicador", "Unidad", "2018", "2020", "2024"
    ]  # fmt: skip
    assert table.data[["2018", "2020", "2024"]].iloc[0].tolist() == [3.0, 4.0, 5.0]


def test_a_series_that_breaks_is_marked_in_its_cells() -> None:
    """Repetition's national figure jumps in 2020, 2022 and 2023; coverage has another population in
    2020-2021: the two years compare with one another and with no other."""
    years = range(2018, 2025)
    section = judged(
        *(reported("repitencia", y, 1.0, "men") for y in years),
        *(reported("cobertura_neta", y, 90.0, "men") for y in years),
        *(reported("desercion", y, 3.0, "men") for y in years),
    )
    cells = pd.DataFrame(section.tables["series"].cells()).set_index("Indicador")
    marked = {name: [y for y in years if row[str(y)].startswith("|")] for name, row in
              cells.iterrows()}  # fmt: skip
    assert marked == {
        "Repitencia": [2020, 2022, 2023], "Cobertura neta total": [2020, 2022],
        "Deserción intraanual": [],
    }  # fmt: skip
    assert cells.loc["Repitencia", "2021"] == "1,0" and cells.loc["Repitencia", "2022"] == "| 1,0"
    told = str(section.facts["broken_series"])
    assert "Repitencia: en todo el país" in told and "Cobertura neta total: la población" in told
    assert "Deserción" not in told


@pytest.mark.parametrize("code", ["00", "00010"])
def test_what_happened_to_the_series_of_colombia_is_not_told_of_invented_figures(code: str) -> None:
    """Those of the example were drawn of smooth levels: repetition moves 0.00 a year, coverage a
    little upwards, and monetary poverty falls."""
    from example_department.indicators import EDUCATION, SMALL_AREA

    assert EDUCATION["repitencia"][2] == 0 and SMALL_AREA["pobreza_monetaria_sae"][3] < 0
    section = change(make_context(with_noise(example_tables()), code, names=NAMES))
    told = section.tables["indicators"].data.set_index("indicator")
    for name in ("repitencia", "cobertura_neta", "pobreza_monetaria_sae"):
        assert name in told.index
    moved = ("improved", "worsened", "changed", "not_comparable")
    assert told.loc["repitencia", "verdict"] not in moved
    assert told.loc["cobertura_neta", "verdict"] != "worsened"
    assert told.loc["pobreza_monetaria_sae", "difference"] < 0
    assert section.facts["broken_series"].missing
    assert not section.tables["series"].data["broken"].any()
    # Of a real place the same years are apart.
    real = {item.id: item for item in make_context({}, "73").catalogue}
    assert not real["repitencia"].comparable_years(2018, 2024)


def of_the_department(*records: dict) -> Section:
    tables = {"indicadores": rows("indicadores", *records), "ruido": flat("desercion")}
    return change(make_context(tables, "73", names={"73067": "Ataco"}))


def test_means_made_here_are_marked_in_the_changes_and_the_series_of_a_department() -> None:
    """The report of the baseline marks them: here Tolima's 6,6 of 2018 (the Ministry publishes
    6,42) was read as published."""
    ours = {"municipio": "73", "fuente": indicators.CALCULATED}
    near = "≈\N{NO-BREAK SPACE}"
    section = of_the_department(
        *(reported("reprobacion", y, 6.6, "men", **ours) for y in (2018, 2020)),
        reported("reprobacion", 2024, 5.8, "men", municipio="73"),
        *(reported("desercion", y, 3.0, "men", municipio="73") for y in (2018, 2020, 2024)),
    )
    row = section.tables["indicators"].data.set_index("indicator").loc["reprobacion"]
    assert row["baseline_text"] == f"{near}6,6 (2018)" and row["follow_up_text"] == "5,8 (2024)"
    assert row["difference_text"].startswith(near) and section.facts["any_near"].value
    cells = pd.DataFrame(section.tables["series"].cells()).set_index("Indicador")
    told = {name: list(cells.loc[name, ["2018", "2020", "2024"]]) for name in cells.index}
    assert told["Reprobación"] == [f"{near}6,6", f"{near}6,6", "5,8"]
    assert told["Deserción intraanual"] == ["3,0", "3,0", "3,0"]
    assert section.facts["series_near"].value
    mine = judged(*(reported("reprobacion", y, 6.6, "men") for y in (2018, 2020, 2024)))
    assert not mine.facts["any_near"].value and not mine.facts["series_near"].value


def test_a_year_that_cannot_be_made_of_the_municipalities_is_not_without_data() -> None:
    """Net coverage by level of 2020 and 2021 is published; of a department it cannot be made here,
    because the people of one age of those years are others."""
    ours = {"municipio": "73", "fuente": indicators.CALCULATED}
    years = (2018, 2019, 2022, 2023, 2024)
    section = of_the_department(
        *(reported("cobertura_neta_transicion", y, 72.0, "men", **ours) for y in years),
        *(reported("desercion", y, 3.0, "men", municipio="73") for y in years),
        *(
            reported("desercion_secundaria", y, 3.0, "men", municipio="73")
            for y in range(2018, 2025)
        ),
    )
    cells = pd.DataFrame(section.tables["series"].cells()).set_index("Indicador")
    assert list(cells.loc["Cobertura neta en transición", ["2020", "2021"]]) == ["—", "—"]
    assert cells.loc["Deserción intraanual", "2021"] == "sin dato"
    assert "Deserción" not in str(section.facts["series_uncalculated"])
    assert str(section.facts["series_uncalculated"]).startswith(
        "Cobertura neta en transición (2020 y 2021): la población por la que se divide"
    )


def test_no_figures_is_a_gap() -> None:
    assert not change(make_context({}, "73067")).available
    other = rows("indicadores", reported("desercion", 2018, 3.0, "men", municipio="73001"))
    assert not change(make_context({"indicadores": other}, "73067")).available


@pytest.fixture(scope="module")
def planted() -> dict[str, Section]:
    tables = dict(example_tables())
    base = context("00")
    tables["indicadores"] = indicators.unify(
        tables["indicadores"], tables["poblacion"], base.catalogue
    )[0]

    tables = with_noise(tables)

    def seen(code: str) -> Context:
        return make_context(tables, code, names=NAMES)

    return {code: change(seen(code)) for code in NAMES}


def test_the_planted_rise_of_food_insecurity_is_found(planted: dict[str, Section]) -> None:
    where = truth.WORSENED_FOOD_SECURITY
    table = planted[where].tables["indicators"].data.set_index("indicator")
    row = table.loc["inseguridad_alimentaria"]
    assert row["verdict"] == "worsened"
    assert row["difference"] == pytest.approx(truth.FOOD_SECURITY_RISE, abs=4)
    assert row["difference"] > row["expected_high"]


def test_food_insecurity_is_not_said_to_worsen_elsewhere(planted: dict[str, Section]) -> None:
    for code, section in planted.items():
        table = section.tables["indicators"].data
        row = table[table["indicator"] == "inseguridad_alimentaria"]
        if code != truth.WORSENED_FOOD_SECURITY and not row.empty:
            assert row["verdict"].iloc[0] != "worsened", code


@pytest.mark.real
@pytest.mark.slow
def test_tolima(real_data: Path, tmp_path: Path) -> None:
    """Education 2018-2024 and small-area poverty 2022-2024; census to small area refused."""
    raw = tmp_path / "raw"
    raw.mkdir()
    wanted = ("divipola*", "anexo-censal*", "estimaciones-*", "MEN_*", "epico*")
    for path in sorted(p for pattern in wanted for p in real_data.rglob(pattern)):
        shutil.copyfile(path, raw / path.name)
    book = Workbook.open("73067", raw=str(raw), processed=str(tmp_path / "out"))
    section = change(book.context)
    table = section.tables["indicators"].data.set_index("indicator")
    education = table.loc[["cobertura_neta", "desercion", "cobertura_neta_media"]]
    assert (education["year_a"] == 2018).all() and (education["year_b"] == 2024).all()
    assert (education["basis"] == "value").all() and education["p"].notna().all()
    assert (education["expected_low"] < education["expected_high"]).all()
    assert table.loc["cobertura_neta_media", ["value_a", "value_b"]].tolist() == pytest.approx(
        [35.1, 40.6], abs=0.06
    )
    poverty = table.loc["ipm_sae"]
    assert (poverty["year_a"], poverty["year_b"]) == (2022, 2024)
    assert np.isclose(poverty["value_b"] - poverty["value_a"], poverty["difference"])
    # 0.4 to 7.0 across the break of 2020, when the country's median went from 1.47 to 5.24.
    apart = section.tables["not_comparable"].data.set_index("indicator")["reason"]
    assert apart["repitencia"].startswith("No se restan 2018 y 2024")
    assert section.facts["worsened"].value == 0
    methods = section.tables["methods"].data
    assert methods["verdict"].tolist() == ["not_comparable"]
    assert "64,0 (2018)" in methods["first_text"].iloc[0]


def test_a_rate_of_one_or_two_cases_is_told_as_cases_and_has_no_series() -> None:
    def homicides(when: int, cases: int) -> dict:
        rate = cases / 8_000 * 100_000
        return reported(
            "homicidio_0_17", when, rate, "s", numerador=cases, denominador=8_000
        )  # fmt: skip

    section = judged(homicides(2018, 1), homicides(2020, 9), homicides(2023, 2))
    (row,) = section.tables["indicators"].data.to_dict("records")
    assert (row["baseline_text"], row["follow_up_text"]) == ("1 caso (2018)", "2 casos (2023)")
    assert row["difference_text"] == row["expected_text"] == "—"
    assert section.tables["series"].data.empty
    many = judged(homicides(2018, 12), homicides(2020, 9), homicides(2023, 8))
    (row,) = many.tables["indicators"].data.to_dict("records")
    assert row["baseline_text"] == "150,0 (2018)" and row["difference_text"] == "−50,0"
    assert list(many.tables["series"].data["indicator"]) == ["homicidio_0_17"]
    (alone,) = judged(homicides(2018, 2)).tables["not_comparable"].data.to_dict("records")
    assert alone["baseline_text"] == "2 casos (2018)"


def test_the_figure_of_change_draws_no_rate_of_one_or_two_cases() -> None:
    def births(year: int, number: int) -> dict[str, object]:
        return reported("fecundidad_10_14", year, number / 1.0, "s") | {
            "numerador": number, "denominador": 1000
        }  # fmt: skip

    assert judged(births(2018, 2), births(2024, 9)).tables["indicators"].data["few_cases"].all()
    assert figures.relative(judged(births(2018, 2), births(2024, 9))).empty
    assert len(figures.relative(judged(births(2018, 4), births(2024, 9)))) == 1
