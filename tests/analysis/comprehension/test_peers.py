"""A municipality beside those most like it: who they are, and what is compared."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from builders import make_context
from shapely.geometry import box

from gsi.analysis.comprehension.peers import AMONG, BEST, WORST, features, peers
from gsi.analysis.results import Section
from gsi.inputs.indicators import COLUMNS

NAMES = {f"00{n:03d}": f"Lugar {n}" for n in range(1, 7)}
# Two sizes: 1-4 are villages of 1,000 people, a third of them children; 5 and 6 are towns.
PEOPLE = pd.DataFrame(
    [
        (code, 2018, "mujer", age, "total", float(number), "prueba")
        for place, code in enumerate(NAMES)
        for age, number in (
            ((5, 300 + place), (30, 600), (70, 100))
            if place < 4
            else ((5, 9_000), (30, 60_000 + 1_000 * place), (70, 9_000))
        )
    ],
    columns=["municipio", "periodo", "sexo", "edad", "area", "personas", "fuente"],
)


def reported(**values: list[float]) -> pd.DataFrame:
    rows = [
        {"municipio": code, "indicador": name, "periodo": 2018, "valor": value, "area": "total",
         "fuente": "prueba", "serie": series, "nota": ""}
        for name, (series, *numbers) in values.items()
        for code, value in zip(NAMES, numbers, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def world(territory: str, **more: pd.DataFrame):
    table = reported(
        ipm_censo=["ipm_censo", 50.0, 40, 41, 42, 10, 11],  # more is worse
        cobertura_neta=["men", 95.0, 80, 81, 82, 10, 11],  # more is better
        hacinamiento=["ipm_censo", 20.0, 10, 20, 30, 10, 11],
        pisos=["ipm_censo", 20.0, 10, np.nan, 30, 10, 11],
    )
    given = {"poblacion": PEOPLE, "indicadores": table, **more}
    return make_context(
        given, territory, names=NAMES,
        overrides={"comprehension.peers.number": 3},
    )  # fmt: skip


def test_the_village_is_compared_with_villages() -> None:
    section = peers(world("00001"), Section("priority"))
    assert section.facts["names"].value == ["Lugar 2", "Lugar 3", "Lugar 4"]
    assert section.facts["alike"].value
    table = section.tables["indicators"].data.set_index("indicador")
    assert table["lugar"].to_dict() == {
        "ipm_censo": WORST, "cobertura_neta": BEST, "hacinamiento": AMONG,
    }  # fmt: skip
    assert table.loc["ipm_censo", ["mediana", "menor", "mayor"]].tolist() == [41, 40, 42]
    # An indicator that a peer lacks is not compared.
    assert section.facts["compared"].value == 3
    assert section.facts["worse_than_all"].value == 1
    assert len(section.facts["worse_names"].value) == 1


def test_nobody_is_alike_when_the_nearest_are_far() -> None:
    # A town among villages: its third peer must be a village.
    assert not peers(world("00005"), Section("priority")).facts["alike"].value


def test_results_do_not_choose_the_peers() -> None:
    table = reported(ipm_censo=["ipm_censo", 50.0, 1, 2, 3, 50, 50])
    section = peers(world("00001", indicadores=table), Section("priority"))
    assert section.facts["names"].value == ["Lugar 2", "Lugar 3", "Lugar 4"]


def test_density_comes_from_the_boundaries() -> None:
    """A hundredth of a degree at the equator: 1.113 km × 1.106 km."""
    cells = gpd.GeoSeries([box(n / 100, 0, (n + 1) / 100, 0.01) for n in range(6)])
    limits = pd.DataFrame({"municipio": list(NAMES), "geometry": cells.to_wkb().to_numpy()})
    found = features(world("00001", limites=limits))
    assert "density" not in features(world("00001"))
    assert 10 ** found.loc["00001", "density"] == pytest.approx(1000 / (1.1132 * 1.1057), rel=0.01)


def test_a_department_has_no_peers_and_no_population_is_a_gap() -> None:
    assert not peers(world("00"), Section("priority")).available
    section = peers(make_context({}, "00001", names=NAMES), Section("priority"))
    assert [gap.table for gap in section.gaps] == ["poblacion"]
