"""Figures that are shown and not judged, wherever a verdict, an interval or a goal is made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from analysis.keys.worlds import rows
from builders import known_noise, make_context, people_of

from gsi.analysis.comprehension.peers import figures
from gsi.analysis.comprehension.states import BETTER, UNJUDGED, WORSE, compare, facts_of
from gsi.analysis.context import Context
from gsi.analysis.plan.baseline import baseline
from gsi.analysis.plan.change import change
from gsi.analysis.plan.propose import propose
from gsi.inputs.indicators import unfit
from gsi.inputs.readers import birth_weight

YEARS = range(2012, 2025)
PEOPLE = people_of(m27001=120_000, m73001=530_000, m05001=2_500_000)


def reported(indicator: str, year: int, value: float, place: str, **more: object) -> dict:
    return {
        "municipio": place, "indicador": indicator, "periodo": year, "valor": value,
        "area": "total", "fuente": "f", "serie": "men", "nota": "",
    } | more  # fmt: skip


def somewhere(*records: dict, place: str, name: str, moves: pd.DataFrame | None = None) -> Context:
    tables = {"indicadores": rows("indicadores", *records), "poblacion": PEOPLE}
    if moves is not None:
        tables["ruido"] = moves
    return make_context(tables, place, names={f"{place[:2]}001": name})


@pytest.mark.real
def test_a_fifth_without_weight_is_told_and_gets_no_verdict(real_data: Path, oracles: Path) -> None:
    """Chocó 2018 (DANE, cuadro 6A): 664 light of 7,653 births, 1,501 of them without weight."""
    table = pd.read_csv(
        oracles / "official" / "eevv_departamento.csv", dtype={"cod_departamento": "str"}
    )
    table = table[(table["anio"] == 2018) & (table["cod_departamento"] == "27")]
    counts = table.set_index("indicador")["valor"]
    total, light, unknown = (
        float(counts[name])
        for name in ("nacidos_vivos_residencia", "nacidos_menos_2500g",
                     "nacidos_sin_informacion_peso")
    )  # fmt: skip
    assert (total, light, unknown) == (7653, 664, 1501)
    least, most = 100 * light / total, 100 * (light + unknown) / total
    read = birth_weight.read(real_data / "dane" / "nacimientos_cuadro6a_2018.xls").data
    read = read[read["municipio"].isin(["27", "27001", "27006", "CO", "73", "97"])]
    note = read.set_index("municipio")["nota"]
    assert "Sin peso registrado: 1.501 de 7.653 (19,6\N{NO-BREAK SPACE}%)" in note["27"]
    assert f"entre {least:.1f} y {most:.1f}".replace(".", ",") in note["27"]
    assert note["27"].endswith(unfit.WORDS) and note["97"].endswith(unfit.WORDS)
    # Tolima: 289 of 17,145, which no verdict turns on; it is told all the same.
    assert note["73"].endswith("Sin peso registrado: 289 de 17.145 (1,7\N{NO-BREAK SPACE}%).")
    given = read.assign(valor=100 * read["numerador"] / read["denominador"], indicador="bajo_peso")
    where = make_context(
        {"indicadores": given, "poblacion": PEOPLE}, "27", names={"27001": "Quibdó"}
    )
    row = compare(where, ["27"]).set_index("indicador").loc["bajo_peso"]
    assert row["valor"] == pytest.approx(10.79, abs=0.01)
    assert row["estado"] == UNJUDGED and "1.501 de 7.653" in row["motivo"]
    assert np.isnan(row["inferior"]) and row["intervalo"] == ""
    shown = baseline(where).tables["indicators"].data.set_index("indicator").loc["bajo_peso"]
    assert shown["value_text"] == "10,8\N{NO-BREAK SPACE}%" and "1.501 de 7.653" in shown["remark"]
    # A municipality whose own births have weights is not held against the department's figure.
    town = make_context(
        {"indicadores": given, "poblacion": PEOPLE}, "27001",
        names={"27001": "Quibdó", "27006": "Acandí"},
    )  # fmt: skip
    own = compare(town, ["27001"]).set_index("indicador").loc["bajo_peso"]
    assert own["estado"] == UNJUDGED
    assert own["motivo"].startswith("La cifra con que se compararía: sin peso registrado")


COVERAGES = {"transicion": 81.3, "primaria": 104.83, "secundaria": 87.8, "media": 50.6}
TOLIMA = {"transicion": 71.0, "primaria": 98.2, "secundaria": 79.0, "media": 43.0}
COUNTRY = {"transicion": 60.0, "primaria": 88.0, "secundaria": 76.0, "media": 44.0}


def ibague(first: dict[str, float], last: dict[str, float]) -> Context:
    """A city whose primaria passes 100 %, as MEN's Ibagué of 2018 does (104.83)."""
    records = []
    moves = []
    for level, value in first.items():
        name = f"cobertura_neta_{level}"
        records += [
            reported(name, 2018, value, "73001"),
            reported(name, 2024, last[level], "73001"),
        ]
        records += [reported(name, 2018, TOLIMA[level], "73")]
        records += [reported(name, 2018, 50.0, "73067")]
        moves.append(known_noise(name, "men", dict.fromkeys(YEARS, 80.0)))
    tables = {
        "indicadores": rows("indicadores", *records), "poblacion": PEOPLE,
        "ruido": pd.concat(moves, ignore_index=True),
    }  # fmt: skip
    return make_context(tables, "73001", names={"73001": "Ibagué", "73067": "Ataco"})


def test_over_a_hundred_neither_it_nor_its_family_is_better() -> None:
    where = ibague(COVERAGES, {level: value + 7 for level, value in COVERAGES.items()})
    states = compare(where, ["73001"]).set_index("indicador")
    assert set(states["estado"]) == {UNJUDGED}
    assert states.loc["cobertura_neta_primaria", "motivo"].startswith("Pasa de 100")
    assert "(cobertura neta en primaria)" in states.loc["cobertura_neta_media", "motivo"]
    assert facts_of(states.reset_index()).empty
    # The plan says the same: what rose, rose with it.
    table = change(where).tables["indicators"].data.set_index("indicator")
    assert set(table["verdict"]) == {"not_judged"}
    assert table.loc["cobertura_neta_primaria", "reason"].startswith("En 2018 y 2024: pasa de 100")
    late = ibague(COVERAGES | {"primaria": 99.9}, COVERAGES)
    late = change(late).tables["indicators"].data.set_index("indicator")
    assert late.loc["cobertura_neta_primaria", "reason"].startswith("En 2024: pasa de 100")
    # Below a hundred everywhere, the same distances are verdicts.
    fair = COVERAGES | {"primaria": 99.9}
    usual = ibague(fair, {level: value - 7 for level, value in fair.items()})
    assert BETTER in set(compare(usual, ["73001"])["estado"])
    fell = change(usual).tables["indicators"].data["verdict"]
    assert set(fell) == {"worsened"}


def test_who_stands_below_a_family_that_passes_a_hundred_is_not_worse_for_it() -> None:
    name = "cobertura_neta_media"
    records = [
        reported(name, 2018, 30.0, "73067"),
        reported(name, 2018, 50.6, "73"),
        reported("cobertura_neta_primaria", 2018, 104.8, "73"),
        reported(name, 2018, 50.6, "73001"),
    ]
    moves = known_noise(name, "men", dict.fromkeys(YEARS, 50.0))
    tables = {"indicadores": rows("indicadores", *records), "ruido": moves}
    people = people_of(m73001=500_000, m73067=20_000)
    names = {"73001": "Ibagué", "73067": "Ataco"}

    def state(table: pd.DataFrame) -> str:
        given = {**tables, "indicadores": table, "poblacion": people}
        return str(compare(make_context(given, "73067", names=names), ["73067"])["estado"].iloc[0])

    table = tables["indicadores"]
    assert state(table) == UNJUDGED
    assert state(table.assign(valor=table["valor"].clip(upper=99.0))) == WORSE


def test_what_is_not_judged_calls_for_nothing_and_is_no_peer() -> None:
    note = f"Los municipios con dato tienen 24 % de las personas, y {unfit.WORDS}"
    own = reported("irca", 2018, 60.0, "27001", serie="irca")
    above = reported("irca", 2018, 20.0, "27", serie="irca")
    called = propose(somewhere(own, above, place="27001", name="Quibdó"), {})
    assert called.tables["actions"].data["indicator"].tolist() == ["irca"]
    where = somewhere({**own, "nota": note}, above, place="27001", name="Quibdó")
    assert "actions" not in propose(where, {}).tables
    assert figures(where, ["27001"]).empty


def test_a_minimum_is_told_as_one_and_sets_no_goal() -> None:
    """A count of controls that is missing is counted as none: of Chocó, 59.2 % and the country's
    81.4 %, TerriData gives up to 14.6 points more."""
    counts = {"numerador": 5920.0, "denominador": 10_000.0, "serie": "eevv"}
    country = {"numerador": 488_400.0, "denominador": 600_000.0, "serie": "eevv"}
    moves = known_noise(
        "control_prenatal",
        "eevv",
        dict.fromkeys(YEARS, 81.4),
        "share",
        por_tamano=1.0,
        dispersion=10.0,
    )
    where = somewhere(
        *(reported("control_prenatal", y, 59.2, "27", **counts) for y in (2018, 2020, 2022)),
        *(reported("control_prenatal", y, 81.4, "CO", **country) for y in (2018, 2020, 2022)),
        place="27",
        name="Quibdó",
        moves=moves,
    )
    (action,) = propose(where, {}).tables["actions"].data.to_dict("records")
    assert action["baseline_text"] == "al menos 59,2\N{NO-BREAK SPACE}% (2022)"
    assert np.isnan(action["target"]) and action["target_text"] == "la fija el consejo"
    # Without a goal it still is so many deviations behind, and not so much of what is expected.
    assert action["order_text"].endswith("desviaciones") and "falta" not in action["order_text"]
    assert action["rule"] == "council" and "País: al menos 81,4" in action["why"]
    assert "al menos 59,2" in action["evidence"] and "Sin meta: la fuente" in action["why"]
    shown = baseline(where).tables["indicators"].data.iloc[0]
    assert shown["value_text"].startswith("al menos 59,2")
    found = change(where)
    assert found.tables["indicators"].data["baseline_text"].tolist() == ["al menos 59,2 (2018)"]
    assert found.tables["series"].data["unit"].tolist() == ["%, al menos"]
