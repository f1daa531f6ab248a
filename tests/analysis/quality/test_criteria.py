"""Five questions to each indicator and source, and the verdict that changes the text."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import make_context

from gsi.analysis.context import Context
from gsi.analysis.plan.baseline import measured
from gsi.analysis.quality import criteria
from gsi.analysis.quality.section import section
from gsi.inputs.indicators import CALCULATED, zeros
from gsi.inputs.quality.verdicts import Verdicts

CODES = [f"000{number:02d}" for number in range(1, 9)]


def rows(indicator: str, series: str, values: dict[str, float], period: int = 2018) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"municipio": code, "indicador": indicator, "periodo": period, "valor": value,
             "area": "total", "fuente": "fuente_a", "serie": series, "nota": ""}
            for code, value in values.items()
        ]
    )  # fmt: skip


def judged(
    *parts: pd.DataFrame, of: str = "00", **overrides: object
) -> tuple[Context, pd.DataFrame]:
    frame = pd.concat(parts, ignore_index=True)
    for name in ("numerador", "denominador", "error_estandar", "inferior", "superior"):
        frame[name] = float("nan")
    names = {of + code[2:]: f"Municipio {code}" for code in CODES}
    context = make_context({"indicadores": frame}, of, names=names, overrides=overrides)
    return context, criteria.by_indicator(context).set_index("indicator")


WHOLE = dict.fromkeys(CODES, 80.0)


def test_coverage_decides_what_cannot_be_classified() -> None:
    some = dict.fromkeys(CODES[:5], 80.0)  # 5 of 8: 62,5 %
    context, table = judged(rows("cobertura_neta", "men", some), rows("desercion", "men", WHOLE))
    row = table.loc["cobertura_neta"]
    assert (row["verdict"], row["why"]) == ("no clasificable", "cobertura 63\N{NO-BREAK SPACE}%")
    assert table.loc["desercion", "verdict"] == "completo"
    told = section(context, Verdicts((), {}), [])
    assert told.facts["has_unusable"].value
    assert "(cobertura 63\N{NO-BREAK SPACE}%)" in str(told.facts["unusable"])
    assert told.facts["observed_names"].missing
    written = told.tables["indicators"].written()["Valoración"].tolist()
    assert written == ["no clasificable: cobertura 63\N{NO-BREAK SPACE}%", "completo"]
    source = told.tables["indicator_sources"].data.iloc[0]
    assert source["verdict"] == "con observaciones: indicadores no clasificables, 1 de 2"
    # The baseline table says it beside the figure.
    own = context.data.department("indicadores").iloc[[0]]
    own = own.assign(municipio="00", valor=80.0, fuente=CALCULATED)
    whole = pd.concat([context.data.department("indicadores"), own], ignore_index=True)
    here = make_context({"indicadores": whole}, "00", names={c: c for c in CODES})
    remark = measured(here).set_index("indicator").loc["cobertura_neta", "remark"]
    assert remark.startswith("No clasificable: cobertura 63\N{NO-BREAK SPACE}%.")


def test_a_figure_written_and_withheld_is_not_counted_and_the_heading_says_so() -> None:
    """As Vaupés, where DANE writes the six and gives two no quality: 72 % stood under 'Con cifra
    escrita'."""
    withheld = rows("ipm_sae", "ipm_sae", WHOLE | dict.fromkeys(CODES[:2], float("nan")), 2022)
    context, table = judged(withheld)
    assert table.loc["ipm_sae", "coverage"] == 75
    told = section(context, Verdicts((), {}), [])
    for name in ("indicators", "indicator_sources"):
        (heading,) = [h for h in told.tables[name].written() if "cifra escrita" in h]
        assert "que se puede usar" in heading


def test_a_source_of_which_nothing_can_be_classified_says_its_coverage() -> None:
    context, _ = judged(rows("desercion", "men", dict.fromkeys(CODES[:2], 5.0)))
    told = section(context, Verdicts((), {}), [])
    assert told.tables["indicator_sources"].data["verdict"].tolist() == [
        "no clasificable: cobertura 25\N{NO-BREAK SPACE}%"
    ]
    # It is no source with remarks: each state is counted apart.
    facts = told.facts
    assert not facts["has_origins_remarked"].value and facts["origins_remarked"].value == 0
    assert facts["least_coverage"].value == 100 * context.params.plan.quality.coverage


def test_the_other_questions_are_observations() -> None:
    old = rows("desercion", "men", WHOLE, 2012)
    over = rows("cobertura_neta", "men", WHOLE | {CODES[0]: 130.0})
    _, table = judged(old, over)
    assert table.loc["desercion", "why"] == "dato de 2012"
    assert table.loc["cobertura_neta", "verdict"] == "con observaciones"
    # Page 1 names which indicators, not the whole of their source.
    named = criteria.facts(table.reset_index(), 0.5)["observed_names"].value
    assert sorted(named) == ["Cobertura neta total", "Deserción intraanual"]
    assert table.loc["cobertura_neta", "implausible"] == 100 / 8


def test_what_the_catalogue_says_cannot_be_is_impossible() -> None:
    """More births than women: the unit has no percent to pass, and bounds all the same."""
    births = rows("fecundidad_15_19", "dane", WHOLE | {CODES[0]: 1200.0})
    _, table = judged(births)
    assert table.loc["fecundidad_15_19", "implausible"] == 100 / 8


def test_a_series_that_goes_on_can_be_compared() -> None:
    _, table = judged(
        rows("desercion", "men", WHOLE), rows("desercion", "men", WHOLE, 2023),
        rows("cobertura_neta", "men", WHOLE), rows("cobertura_neta", "otra", WHOLE, 2023),
    )  # fmt: skip
    assert table["comparable"].to_dict() == {"cobertura_neta": False, "desercion": True}


def _of_department(source: str, *parts: pd.DataFrame) -> Context:
    """The municipalities' rows with those of the department, of ``source``."""
    frame = pd.concat(parts, ignore_index=True)
    for name in ("numerador", "denominador", "error_estandar", "inferior", "superior"):
        frame[name] = float("nan")
    frame["fuente"] = frame["fuente"].mask(frame["municipio"].str.len() == 2, source)
    names = {code: code for code in CODES}
    return make_context({"indicadores": frame}, "00", names=names)


def test_the_figure_that_a_publisher_gives_for_a_department_stands_alone() -> None:
    """As Vaupés: 5 of 8 municipalities have a usable estimate, and the department's is official:
    it may be compared, its municipalities may not be ranked."""
    some, whole = dict.fromkeys(CODES[:5], 80.0), {"00": 47.1}
    for name, series, source, stands in (
        ("ipm_sae", "ipm_sae", CALCULATED, True),  # the mean is the published figure
        ("irca", "irca", "ins_irca", True),  # the publisher's own row
        ("ipm_censo", "ipm_censo", CALCULATED, False),  # a mean of five of eight
        ("irca", "irca", "formulario:indicadores.csv", False),  # what the territory reports itself
    ):
        context = _of_department(source, rows(name, series, some), rows(name, series, whole))
        assert (name not in criteria.set_aside(context)) == stands, (name, source)
        assert name in criteria.scarce(context)
        row = criteria.by_indicator(context).set_index("indicator").loc[name]
        assert (row["verdict"] != criteria.UNUSABLE) == stands
        assert ("la del departamento es la publicada" in row["why"]) == stands


def test_the_year_judged_is_the_year_of_the_figure_used() -> None:
    """As San Andrés: the figure of 2022 is of one place of two, that of 2024 of both; the baseline
    uses 2022, and it is 2022 that is not complete."""
    half, both = dict.fromkeys(CODES[:4], 80.0), WHOLE
    context = _of_department(
        CALCULATED,
        rows("inseguridad_alimentaria", "fies_sae", half, 2022),
        rows("inseguridad_alimentaria", "fies_sae", both, 2024),
        rows("inseguridad_alimentaria", "fies_sae", {"00": 30.0}, 2022),
    )
    row = criteria.by_indicator(context).set_index("indicator").loc["inseguridad_alimentaria"]
    assert (row["period"], row["coverage"]) == (2022, 50)
    assert "inseguridad_alimentaria" in criteria.set_aside(context)
    # Without a row of the department, half have 2022 and half 2024: the first stands for 2018.
    _, table = judged(
        rows("inseguridad_alimentaria", "fies_sae", half, 2022),
        rows("inseguridad_alimentaria", "fies_sae", dict.fromkeys(CODES[4:], 80.0), 2024),
    )
    assert table.loc["inseguridad_alimentaria", "period"] == 2022


def test_what_may_not_be_subtracted_is_not_repeated() -> None:
    """Repetition has a break in 2020, monetary poverty another series in 2024."""
    real = {f"73{code[2:]}": value for code, value in WHOLE.items()}  # not of the example
    _, table = judged(
        rows("repitencia", "men", real), rows("repitencia", "men", real, 2019),
        rows("repitencia", "men", real, 2024),
        rows("pobreza_monetaria_sae", "monetaria_sae", real, 2022),
        rows("pobreza_monetaria_sae", "monetaria_sae", real, 2024),
        rows("ipm_sae", "ipm_sae", real, 2022), rows("ipm_sae", "ipm_sae", real, 2024),
        of="73",
    )  # fmt: skip
    assert table["comparable"].to_dict() == {
        "ipm_sae": True, "pobreza_monetaria_sae": False, "repitencia": False,
    }  # fmt: skip


def test_cases_of_a_place_where_nobody_was_born_are_its_figure() -> None:
    """DANE writes 0 deaths where there is nothing to divide by: no figure is missing."""
    context, _ = judged(rows("desercion", "men", dict.fromkeys(CODES[:5], 80.0)))
    frame = context.data.department("indicadores")
    bare = frame.iloc[[0] * 3].assign(municipio=CODES[5:], valor=float("nan"), numerador=0.0)
    frame = pd.concat([frame, bare], ignore_index=True)
    full = make_context({"indicadores": frame}, "00", names={c: c for c in CODES})
    assert criteria.by_indicator(full).set_index("indicator").loc["desercion", "coverage"] == 100
    assert not criteria.set_aside(full)


@pytest.mark.parametrize(("of_the_department", "known"), [(95.0, True), (97.0, False)])
def test_where_nobody_died_no_share_of_deaths_is_missing(
    of_the_department: float, known: bool
) -> None:
    """Vaupés, 2018 (DANE, cuadro 3): 95 deaths, of Mitú 74, Carurú 11, Pacoa and Taraira 5 each;
    Yavaraté and Papunahua have none. With two deaths of unknown place they might."""
    deaths = dict(zip(CODES, (74.0, 11.0, 5.0, 5.0), strict=False))
    made = _of_department(
        "dane_eevv_cuadro3",
        rows("defunciones_5", "eevv_ocurrencia", dict.fromkeys(deaths, 15.8)),
        rows("defunciones_5", "eevv_ocurrencia", {"00": 15.8}),
    )
    frame = made.data.department("indicadores")
    frame["denominador"] = frame["municipio"].map({**deaths, "00": of_the_department})
    context = make_context({"indicadores": frame}, "00", names={c: c for c in CODES[:6]})
    assert ("defunciones_5" not in criteria.scarce(context)) == known
    row = criteria.by_indicator(context).set_index("indicator").loc["defunciones_5"]
    assert round(row["coverage"], 1) == 66.7  # what is written
    assert row["counted"] == pytest.approx(100 if known else 66.7, abs=0.1)
    share = "33\N{NO-BREAK SPACE}%"
    if known:
        assert row["verdict"] == criteria.OBSERVED
        assert row["why"] == (
            f"{share} de los municipios sin cifra escrita: los demás suman el total publicado del "
            "departamento (defunciones de edad conocida)"
        )
    else:
        assert "los demás suman" not in row["why"]


def test_zeros_that_no_source_writes_are_no_figures_of_it() -> None:
    """Of eight places, five have a row; two have none and one its cell empty, all counted as zero:
    the indicator can be used, and 63 %, not all, is written."""
    frame = rows("homicidio_0_17", "medicina_legal", WHOLE)
    frame.loc[5:6, "nota"] = zeros.NO_ROW
    frame.loc[7, "nota"] = f"Por lugar donde ocurrió la muerte. {zeros.NO_CELL}"
    context, table = judged(frame)
    row = table.loc["homicidio_0_17"]
    assert (row["coverage"], row["verdict"]) == (62.5, "con observaciones")
    assert row["why"] == (
        "38\N{NO-BREAK SPACE}% de los municipios sin cifra escrita, contados como cero"
    )
    assert not criteria.set_aside(context)


def test_no_indicators_leave_no_verdict() -> None:
    told = section(make_context({}, "00"), Verdicts((), {}), [])
    assert not told.facts["has_judged"].value and "indicators" not in told.tables
