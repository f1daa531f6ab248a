"""The baseline table: values, years, intervals, remarks, and safe files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from analysis.keys.worlds import context, rows
from builders import make_context
from openpyxl import load_workbook

from gsi.analysis.comprehension.states import compare
from gsi.analysis.context import Context
from gsi.analysis.plan.baseline import baseline, write_files
from gsi.inputs.indicators import CALCULATED
from gsi.report.figures import baseline as profile


def reported(indicator: str, year: int, value: float | None, **more: object) -> dict[str, object]:
    return {
        "municipio": "73067", "indicador": indicator, "periodo": year, "valor": value,
        "area": "total", "fuente": "f", "serie": "men",
    } | more  # fmt: skip


def world() -> Context:
    table = rows(
        "indicadores",
        reported("cobertura_neta", 2018, 96.3),
        reported("cobertura_neta", 2018, 92.8, municipio="CO"),
        reported("cobertura_neta", 2017, 88.0, municipio="73"),
        reported("desercion", 2011, 5.0, nota="=1+1"),
        reported("ipm_sae", 2022, 24.0, error_estandar=5.0, serie="ipm_sae"),
        reported("fecundidad_15_19", 2018, 50.0, numerador=40, denominador=800, serie="eevv"),
        reported(
            "bajo_peso", 2018, 80.0, numerador=80, denominador=100, serie="eevv_peso_conocido"
        ),
    )
    return make_context({"indicadores": table}, "73067", names={"73067": "Ataco"})


def test_a_figure_that_the_territory_typed_is_not_its_publishers() -> None:
    table = rows(
        "indicadores",
        reported("cobertura_neta", 2018, 96.3, fuente="men_estadisticas"),
        reported("desercion", 2018, 5.0, fuente="formulario:indicadores.csv"),
    )
    place = make_context({"indicadores": table}, "73067", names={"73067": "Ataco"})
    section = baseline(place)
    source = section.tables["indicators"].data.set_index("indicator")["source"]
    assert source["cobertura_neta"] == "MEN" and source["desercion"] == "Formulario"
    # Who could give what is missing is still its publisher.
    assert "Formulario" not in set(section.tables["missing"].data["source"])


def test_every_indicator_has_its_row_or_its_absence() -> None:
    section = baseline(world())
    table = section.tables["indicators"].data.set_index("indicator")
    missing = section.tables["missing"].data
    assert len(table) + missing["indicators"].sum() == section.facts["indicators"].value
    assert set(table.index) == {
        "cobertura_neta", "desercion", "ipm_sae", "fecundidad_15_19", "bajo_peso"
    }  # fmt: skip
    assert section.facts["known"].value == 5 and not section.facts["complete"].value


def test_intervals_come_from_errors_or_counts() -> None:
    table = baseline(world()).tables["indicators"].data.set_index("indicator")
    assert table.loc["ipm_sae", "low"] == pytest.approx(24 - 1.959964 * 5)
    # Wilson for 80 of 100 (statsmodels): 71.117 to 86.663.
    assert table.loc["bajo_peso", "low"] == pytest.approx(71.117, abs=1e-3)
    assert table.loc["bajo_peso", "basis_text"] == "intervalo de Wilson"
    # Score interval of 40 of 800 per thousand, by hand: (40 + z²/2 ± z √(40 + z²/4)) / 0.8.
    assert table.loc["fecundidad_15_19", "low"] == pytest.approx(36.721, abs=1e-3)
    assert table.loc["fecundidad_15_19", "high"] == pytest.approx(68.081, abs=1e-3)
    assert np.isnan(table.loc["cobertura_neta", "low"])


def test_an_interval_joined_here_of_places_is_not_called_published() -> None:
    error = {"error_estandar": 0.9, "inferior": 16.1, "superior": 19.7, "serie": "ipm_sae"}
    mean = reported("ipm_sae", 2018, 17.9, municipio="73", fuente=CALCULATED, **error)
    given = reported("ipm_sae", 2018, 17.9, municipio="73", fuente="dane_sae", **error)
    own = reported("ipm_sae", 2018, 24.0, **error)
    two = {"73067": "Ataco", "73001": "Ibagué"}

    def told(row: dict[str, object], code: str, names: dict[str, str]) -> str:
        found = baseline(make_context({"indicadores": rows("indicadores", row)}, code, names=names))
        return str(found.tables["indicators"].data.set_index("indicator")["basis_text"]["ipm_sae"])

    assert told(mean, "73", two) == "calculado con los errores de los municipios"
    assert told(given, "73", two) == told(own, "73067", two) == "error publicado"
    # The only municipality of a department has its published error in both.
    assert told({**mean, "municipio": "11"}, "11", {"11001": "Bogotá"}) == "error publicado"


def test_no_interval_of_chance_stands_around_what_is_known_to_be_a_minimum() -> None:
    """Procuraduría counts births without the datum as without the trait: of 1,000 births, 866 with
    controls, Wilson would say 84.3 to 88.6, and TerriData has published up to 14.6 points more."""
    table = rows(
        "indicadores",
        reported("control_prenatal", 2018, 86.6, numerador=866, denominador=1000, serie="eevv"),
        reported("bajo_peso", 2018, 6.0, numerador=60, denominador=1000, serie="eevv"),
        reported("mortalidad_infantil", 2018, 9.0, numerador=9, denominador=1000, serie="eevv"),
    )
    place = make_context({"indicadores": table}, "73067", names={"73067": "Ataco"})
    section = baseline(place)
    found = section.tables["indicators"].data.set_index("indicator")
    for name, more in (("control_prenatal", "14,6"), ("bajo_peso", "2,9")):
        assert found.loc[name, "value_text"].split("(")[0] == found.loc[name, "value_text"]
        assert np.isnan(found.loc[name, ["low", "high"]].astype(float)).all()
        assert "Es un mínimo, y va sin intervalo" in found.loc[name, "remark"]
        assert f"hasta {more} puntos mayor" in found.loc[name, "remark"]
    # At every level, and not only where a department adds it up, whose the rate is not is said.
    assert "No es la tasa oficial" in found.loc["mortalidad_infantil", "remark"]
    assert section.facts["with_interval"].value == 1
    states = compare(place, ["73067"]).set_index("indicador")
    assert np.isnan(states.loc["control_prenatal", "inferior"])


def test_no_interval_goes_beyond_what_can_be() -> None:
    """A poverty of 1 % with a published error of 1.2 points is not between −1.4 and 3.4 %."""
    table = rows(
        "indicadores",
        reported("ipm_sae", 2022, 1.0, error_estandar=1.2, serie="ipm_sae"),
        reported("inseguridad_alimentaria", 2022, 99.0, error_estandar=2.0, inferior=95.1,
                 superior=102.9, serie="fies_sae"),
    )  # fmt: skip
    place = make_context({"indicadores": table}, "73067", names={"73067": "Ataco"})
    found = baseline(place).tables["indicators"].data.set_index("indicator")
    assert found.loc["ipm_sae", "low"] == 0
    assert found.loc["ipm_sae", "high"] == pytest.approx(1 + 1.959964 * 1.2)
    published = next(name for name in found.index if name != "ipm_sae")
    assert found.loc[published, "high"] == 100
    states = compare(place, ["73067"]).set_index("indicador")
    assert states.loc[published, "superior"] == 100


def test_a_full_count_has_no_sampling_interval_and_a_mean_says_its_weight() -> None:
    table = rows(
        "indicadores",
        reported("pisos", 2018, 7.0, serie="ipm_censo", municipio="73", fuente="calculo_gsi"),
        reported("educacion_inicial", 2018, 40.0, numerador=400, denominador=1000,
                 serie="icbf_men", municipio="73"),
        reported("cobertura_neta", 2018, 98.54, municipio="73", fuente="calculo_gsi"),
        *(reported(name, 2018, 7.0, municipio="73067")
          for name in ("pisos", "educacion_inicial", "cobertura_neta")),
    )  # fmt: skip
    context = make_context({"indicadores": table}, "73", names={"73067": "Ataco"})
    found = baseline(context).tables["indicators"].data.set_index("indicator")
    for name in ("pisos", "educacion_inicial"):
        assert np.isnan(found.loc[name, "low"])
        assert np.isnan(found.loc[name, "high"])
        assert found.loc[name, "basis_text"] == "conteo completo: sin error de muestreo"
    assert "Aproximado: media de los municipios, peso: personas" in found.loc["pisos", "remark"]
    # With the publisher's own denominator the figure is the published one.
    assert "Aproximado" not in found.loc["cobertura_neta", "remark"]


def test_years_and_references_are_told_apart() -> None:
    table = baseline(world()).tables["indicators"].data.set_index("indicator")
    assert table.loc["cobertura_neta", "country"] == 92.8
    # The department's is of another year: beside a 2018 figure it would look like a gap.
    assert np.isnan(table.loc["cobertura_neta", "department"])
    assert "anterior" in table.loc["desercion", "remark"]
    assert "posterior" in table.loc["ipm_sae", "remark"]
    assert "Muy incierto" in table.loc["ipm_sae", "remark"]


def test_a_department_has_no_department_beside_it() -> None:
    columns = baseline(context("00")).tables["indicators"].columns.values()
    labels = {column.label for column in columns}
    assert "Departamento" not in labels and "País" in labels


def test_a_reference_made_here_is_marked_and_a_published_one_is_not(tmp_path: Path) -> None:
    """13.3 % is our mean of the small-area estimates; 12.9 % is what was published."""
    ours = reported("ipm_sae", 2022, 13.3, municipio="CO", fuente="calculo_gsi", serie="ipm_sae")
    theirs = ours | {"valor": 12.9, "fuente": "dane_ecv"}
    mine = reported("ipm_sae", 2022, 20.0, municipio="73", serie="ipm_sae")
    for country, text, marked in ((ours, "≈\N{NO-BREAK SPACE}13,3", True), (theirs, "12,9", False)):
        where = make_context(
            {"indicadores": rows("indicadores", mine, country)}, "73", names={"73067": "Ataco"}
        )
        found = baseline(where)
        assert found.tables["indicators"].data["country_text"].tolist() == [text]
        assert found.facts["any_near"].value == marked
        # The files say it as the report does: 13.3 would be read as published.
        (kept,) = found.tables["indicators"].data["country_made"]
        assert kept == ("sí" if marked else "no")
        assert "País, aproximado" in write_files(found, tmp_path)[0].read_text("utf-8-sig")


def test_an_official_figure_of_a_department_is_not_called_unclassifiable() -> None:
    """Vaupés: 47.1 % is official; its municipalities are what cannot be told apart."""
    figures = [
        reported("ipm_sae", 2022, 47.1, municipio="97", fuente="calculo_gsi", serie="ipm_sae"),
        reported("ipm_sae", 2022, 40.0, municipio="97001", serie="ipm_sae"),
    ]
    places = {f"97{number:03d}": f"Municipio {number}" for number in range(1, 7)}
    where = make_context({"indicadores": rows("indicadores", *figures)}, "97", names=places)
    (row,) = baseline(where).tables["indicators"].data.to_dict("records")
    assert row["remark"].startswith(
        "Por municipios, no clasificable: cobertura 17\N{NO-BREAK SPACE}%; la del departamento es"
        " la publicada."
    )


def test_nothing_reported_is_a_gap() -> None:
    section = baseline(make_context({}, "73067"))
    assert not section.available and section.gaps[0].table == "indicadores"


def test_files_hold_text_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    paths = write_files(baseline(world()), tmp_path)
    sheet = load_workbook(paths[1]).active
    assert sheet is not None
    headings = [cell.value for cell in sheet[1]]
    by_name = {row[headings.index("Indicador")].value: row for row in sheet.iter_rows(min_row=2)}
    dropout = by_name["Deserción intraanual"]
    note = dropout[headings.index("Nota de la fuente")]
    assert note.value == "=1+1" and note.data_type == "s" and note.quotePrefix
    assert dropout[headings.index("Valor")].value == 5.0
    text = paths[0].read_text(encoding="utf-8-sig")
    cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
    assert "'=1+1" in cells and not any(cell.startswith("=") for cell in cells)


def test_files_are_the_same_bytes_twice(tmp_path: Path) -> None:
    section = baseline(world())
    first = [p.read_bytes() for p in write_files(section, tmp_path / "a")]
    assert first == [p.read_bytes() for p in write_files(section, tmp_path / "b")]


def test_an_aggregate_keeps_of_its_note_what_changes_the_reading() -> None:
    note = "Suma de los municipios; cubre {} % de las personas. Por lugar donde ocurrió el hecho."
    for share, told in (("100", "Por lugar donde ocurrió el hecho."), ("88", note.format("88"))):
        table = rows(
            "indicadores",
            reported("cobertura_neta", 2018, 98.54, municipio="73", fuente="calculo_gsi",
                     nota=note.format(share).replace(" %", "\N{NO-BREAK SPACE}%")),
            reported("cobertura_neta", 2018, 98.54, municipio="73067"),
        )  # fmt: skip
        found = baseline(make_context({"indicadores": table}, "73", names={"73067": "Ataco"}))
        row = found.tables["indicators"].data.set_index("indicator").loc["cobertura_neta"]
        assert told in row["remark"].replace("\N{NO-BREAK SPACE}", " ")
        assert ("Suma" in row["remark"]) == (share == "88")


def test_a_figure_made_of_places_names_those_that_it_lacks() -> None:
    """As San Andrés 2018: infant deaths are of San Andrés alone, and were 'cubre 100 %'."""
    islands = {"88001": "San Andrés", "88564": "Providencia"}

    def deaths(code: str, value: float | None, note: str = "", source: str = "ins") -> dict:
        return reported("mortalidad_infantil", 2018, value, municipio=code, nota=note,
                        fuente=source, serie="ins", numerador=value)  # fmt: skip

    made = "Suma de los municipios; cubre 91\N{NO-BREAK SPACE}% de las personas. Sin dato: 1 de 2."
    own = deaths("88", 14.7, made, CALCULATED)

    def remark(*others: dict) -> str:
        table = rows("indicadores", own, *others)
        here = make_context({"indicadores": table}, "88", names=islands)
        found = baseline(here).tables["indicators"].data.set_index("indicator")["remark"]
        return str(found["mortalidad_infantil"])

    alone = remark(deaths("88001", 14.7))
    assert "Suma de los municipios; cubre 91\N{NO-BREAK SPACE}% de las personas. " in alone
    assert "Sin dato de Providencia." in alone and "1 de 2" not in alone
    assert "Sin dato de Providencia." in remark(deaths("88001", 14.7), deaths("88564", None))
    # What its publisher withholds is in the mean of all, and both are there.
    withheld = deaths("88564", None, "No utilizable: coeficiente de variación 40 %.")
    for whole in (withheld, deaths("88564", 20.0)):
        assert "Sin dato de" not in remark(deaths("88001", 14.7), whole)


def test_of_an_only_municipality_there_is_no_sum_and_files_hold_no_binary_tails(
    tmp_path: Path,
) -> None:
    """Bogotá's file said 'Media de los municipios' in 28 rows, and 0.6999999999999998."""
    made = "Media de los municipios, peso: matrícula; cubre 100\N{NO-BREAK SPACE}% de las personas."
    own = {"municipio": "11", "fuente": CALCULATED, "nota": f"{made} Dato preliminar."}
    tail = 2.1 - 1.4  # 0.7000000000000002
    table = rows(
        "indicadores",
        reported("cobertura_neta", 2018, tail, **own),
        reported("cobertura_neta", 2018, tail, municipio="11001"),
    )
    here = make_context({"indicadores": table}, "11", names={"11001": "Bogotá, D.C."})
    section = baseline(here)
    csv_, _ = write_files(section, tmp_path)
    with csv_.open(encoding="utf-8-sig", newline="") as file:
        (row,) = list(csv.DictReader(file))
    assert row["Valor"] == "0.7"
    assert row["Nota de la fuente"] == "El valor es el del único municipio. Dato preliminar."
    shown = section.tables["indicators"].data["remark"].iloc[0]
    assert "municipio" not in shown and "Dato preliminar." in shown


def test_as_many_intervals_are_counted_as_the_table_shows() -> None:
    section = baseline(context("00"))
    shown = section.tables["indicators"].data["value_text"]
    shown = shown[~shown.str.contains("caso")]
    assert section.facts["with_interval"].value == shown.str.contains(r"\(.+ a .+\)").sum()


def test_no_file_or_figure_has_a_rate_of_one_or_two_cases(tmp_path: Path) -> None:
    """One rule for all outputs: of one or two cases, the cases; of the reference's too."""
    table = rows(
        "indicadores",
        reported("fecundidad_10_14", 2018, 1.99, numerador=2, denominador=1005, serie="s"),
        reported("defunciones_5", 2018, 2.33, numerador=1, denominador=43, serie="s"),
        reported(
            "defunciones_5", 2018, 4.0, numerador=2, denominador=50, serie="s", municipio="73"
        ),
        reported("fecundidad_15_19", 2018, 86.3, numerador=77, denominador=892, serie="s"),
    )
    section = baseline(
        make_context({"indicadores": table}, "73067", names={"73067": "Ataco", "73001": "Ibagué"})
    )
    _, path = write_files(section, tmp_path)
    sheet = load_workbook(path).active
    assert sheet is not None
    heading, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    every = [dict(zip(heading, line, strict=True)) for line in lines]
    found = {row["Indicador"]: row for row in every}
    ten, deaths = "Fecundidad en niñas de 10 a 14 años", "Defunciones de menores de 5 años"
    deaths += ", de cada 100 ocurridas"
    for name, number in ((ten, 2), (deaths, 1)):
        row = found[name]
        assert row["Casos, donde son uno o dos"] == number
        assert {row[c] for c in ("Valor", "Límite inferior", "Límite superior")} == {None}
    few = found[deaths]
    assert few["Departamento"] is None  # two cases
    level = found["Fecundidad en adolescentes de 15 a 19 años"]
    assert level["Valor"] == 86.3 and level["Casos, donde son uno o dos"] is None
    written = section.tables["indicators"].written().set_index("Indicador")
    assert written.loc[few["Indicador"], "Departamento"] == "2 casos"
    assert "defunciones_5" not in set(profile.shown(section)["indicator"])
