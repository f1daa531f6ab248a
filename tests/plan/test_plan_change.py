"""Verdicts on change: hand-made series, what is planted in the example, the official files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import make_context
from keys.worlds import NAMES, context, rows
from keys.worlds import world as example_tables

from gsi import indicators
from gsi.context import Context
from gsi.example import truth
from gsi.freeze import Figure, Frozen
from gsi.plan.change import change
from gsi.results import Section
from gsi.workbook import Workbook


def reported(indicator: str, year: int, value: float, serie: str, **more: object) -> dict:
    return {
        "municipio": "73067", "indicador": indicator, "periodo": year, "valor": value,
        "area": "total", "fuente": "f", "serie": serie,
    } | more  # fmt: skip


def judged(*records: dict) -> Section:
    table = rows("indicadores", *records)
    return change(make_context({"indicadores": table}, "73067", names={"73067": "Ataco"}))


def test_verdicts_and_reasons() -> None:
    section = judged(
        reported("ipm_censo", 2018, 64.0, "ipm_censo"),
        reported("ipm_sae", 2022, 30.0, "ipm_sae", error_estandar=1.0),
        reported("ipm_sae", 2024, 20.0, "ipm_sae", error_estandar=1.0),
        reported("cobertura_neta", 2018, 90.0, "men"),
        reported("cobertura_neta", 2024, 90.5, "men"),
        reported("desercion", 2018, 3.0, "men"),
        reported("desercion", 2024, 5.0, "men"),
        reported("desercion", 2018, 3.0, "men", municipio="CO"),
        reported("desercion", 2024, 4.5, "men", municipio="CO"),
    )
    table = section.tables["indicators"].data.set_index("indicator")
    assert table["verdict"].to_dict() == {
        "ipm_sae": "improved",
        "cobertura_neta": "no_change",
        "desercion": "worsened",
    }
    assert table.loc["ipm_sae", "difference_low"] == pytest.approx(-10 - 1.959964 * 2**0.5)
    assert (table.loc["ipm_sae", "year_a"], table.loc["ipm_sae", "year_b"]) == (2022, 2024)
    assert table.loc["desercion", "reason"] == "Sin error publicado. El país cambió parecido."
    assert table.loc["desercion", "country"] == pytest.approx(1.5)


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


def test_without_published_error_the_series_itself_says_how_much_it_moves() -> None:
    def one(last: float) -> Section:
        years = {2013: 5.0, 2014: 5.4, 2015: 4.9, 2016: 5.3, 2017: 5.0, 2018: 5.2, 2024: last}
        return judged(*(reported("desercion", y, v, "men") for y, v in years.items()))

    calm, moved = (one(v).tables["indicators"].data.iloc[0] for v in (5.6, 9.0))
    assert calm["basis"] == moved["basis"] == "series"
    assert (calm["verdict"], moved["verdict"]) == ("no_change", "worsened")
    assert moved["difference_low"] > 0 and moved["reason"] == "Intervalo por su serie."
    few = judged(reported("desercion", 2018, 5.0, "men"), reported("desercion", 2024, 9.0, "men"))
    assert few.tables["indicators"].data["basis"].tolist() == ["none"]


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
        reported("repitencia", 2018, 5.0, "men"), reported("repitencia", 2024, 5.1, "men"),
    )  # fmt: skip
    place = make_context({"indicadores": table}, "73067", names={"73067": "Ataco"})
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
    assert list(table.columns) == ["name", "unit", "2018", "2020", "2024"]
    assert table.data[["2018", "2020", "2024"]].iloc[0].tolist() == [3.0, 4.0, 5.0]


def test_no_figures_is_a_gap() -> None:
    assert not change(make_context({}, "73067")).available
    other = rows("indicadores", reported("desercion", 2018, 3.0, "men", municipio="73001"))
    assert not change(make_context({"indicadores": other}, "73067")).available


@pytest.fixture(scope="module")
def planted() -> dict[str, Section]:
    tables = dict(example_tables())
    base = context("00")
    tables["indicadores"] = indicators.build(
        tables["indicadores"], tables["poblacion"], base.catalogue
    )

    def seen(code: str) -> Context:
        return make_context(tables, code, names=NAMES)

    return {code: change(seen(code)) for code in NAMES}


def test_the_planted_rise_of_food_insecurity_is_found(planted: dict[str, Section]) -> None:
    where = truth.WORSENED_FOOD_SECURITY
    table = planted[where].tables["indicators"].data.set_index("indicator")
    row = table.loc["inseguridad_alimentaria"]
    assert row["verdict"] == "worsened"
    assert row["difference_low"] <= truth.FOOD_SECURITY_RISE <= row["difference_high"]


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
    wanted = ("divipola*", "anexo-censal*", "estimaciones-*", "MEN_*")
    for path in sorted(p for pattern in wanted for p in real_data.rglob(pattern)):
        shutil.copyfile(path, raw / path.name)
    book = Workbook.open("73067", raw=str(raw), processed=str(tmp_path / "out"))
    section = change(book.context)
    table = section.tables["indicators"].data.set_index("indicator")
    education = table.loc[["cobertura_neta", "desercion", "cobertura_neta_media"]]
    assert (education["year_a"] == 2018).all() and (education["year_b"] == 2024).all()
    assert (education["basis"] == "series").all() and education["verdict"].notna().all()
    assert (education["difference_low"] < education["difference"]).all()
    assert (education["difference"] < education["difference_high"]).all()
    assert table.loc["cobertura_neta_media", ["value_a", "value_b"]].tolist() == pytest.approx(
        [35.1, 40.6], abs=0.06
    )
    poverty = table.loc["ipm_sae"]
    assert (poverty["year_a"], poverty["year_b"]) == (2022, 2024)
    assert poverty["difference_low"] < poverty["difference"] < poverty["difference_high"]
    assert np.isclose(poverty["value_b"] - poverty["value_a"], poverty["difference"])
    methods = section.tables["methods"].data
    assert methods["verdict"].tolist() == ["not_comparable"]
    assert "64,0 (2018)" in methods["first_text"].iloc[0]
