"""The workbook's own projection, held against the one that DANE has published since."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gsi.analysis.comprehension import projection
from gsi.analysis.comprehension.people import OLDEST
from gsi.inputs.indicators import unification
from gsi.inputs.readers import population as reader
from gsi.measure.cohort import hamilton_perry

EPICO = "dane/epico_poblacion_municipal_edad_simple_2012_2024.csv.gz"


@pytest.fixture(scope="module")
def people(real_data: Path) -> pd.DataFrame:
    table = reader.read(real_data / EPICO).data
    table = table[table["municipio"].astype("str").str.len() == 5]
    return table.assign(
        municipio=table["municipio"].astype("str"), sexo=table["sexo"].astype("str")
    )


@pytest.fixture(scope="module")
def official(oracles: Path) -> pd.DataFrame:
    table = pd.read_csv(oracles / "official" / "poblacion_departamento.csv")
    return table.pivot(index="cod_departamento", columns="anio", values="poblacion_total")


@pytest.mark.real
def test_the_years_ahead_keep_near_what_was_published_for_them(
    people: pd.DataFrame, official: pd.DataFrame
) -> None:
    """2030 by the change of 2021-2024 is half as far from DANE's as by that of 2018-2024, which
    carries on the join of two series. Both as growth since 2024: the editions differ there."""
    ours, across, totals = [], [], []
    for department, own in people.groupby(people["municipio"].str[:2]):
        rows = own.groupby(["periodo", "edad", "sexo"])["personas"].sum().reset_index()
        when, variants, computed = projection.horizon(rows, 2018, 2024)
        assert (when, computed) == (2030, True) and variants is not None
        tested = projection.back_test(rows, 2018, 2024)[projection.EVERYBODY]
        now = float(rows.loc[rows["periodo"] == 2024, "personas"].sum())
        published = official.loc[int(department), 2030] / official.loc[int(department), 2024]
        ours.append(projection.ahead(variants, tested, 0, OLDEST) / now / published - 1)
        total = projection.ahead(variants, tested, 0, OLDEST)
        totals.append(100 * abs(total / official.loc[int(department), 2030] - 1))
        wide = rows.pivot_table(index=["periodo", "edad"], columns="sexo", values="personas")
        long = hamilton_perry(wide.loc[2018], wide.loc[2024], 6, births_trend=tested.births_trend)
        across.append(float(long.sum().sum()) / now / published - 1)
    assert len(ours) == 33
    error, before = 100 * np.abs(ours), 100 * np.abs(across)
    print("2030, % from DANE's: median", np.median(error), "80 % within", np.quantile(error, 0.8))
    assert np.median(error) < 2.5 < 4 < np.median(before)
    assert (error < before).mean() > 0.8
    told = projection.PUBLISHED_SINCE["dane_proyecciones_epico", 2018, 2024]
    assert (round(float(np.median(totals)), 1), sum(off > 5 for off in totals)) == told


@pytest.mark.real
def test_the_join_is_told_where_it_shows_alone(people: pd.DataFrame) -> None:
    """In Vaupés 2020 is the year that changes least; in Bogotá 2019 changes more."""
    for code, shows in (("97", False), ("11", False), ("73", True)):
        own = people[people["municipio"].str[:2] == code]
        assert projection.seam(own, 2018, 2024)["has_seam"].value is shows


@pytest.mark.real
def test_the_file_joins_two_series_where_it_is_said(people: pd.DataFrame) -> None:
    """A year in which the median municipality grows twice as fast as in the years beside it."""
    sizes = people.groupby(["municipio", "periodo"])["personas"].sum().unstack()
    growth = (100 * sizes.pct_change(axis=1)).median()
    (seam,) = [
        when
        for when in range(2014, 2024)
        if growth[when] > 1.8 * max(growth[when - 1], growth[when + 1])
    ]
    assert seam == unification.SEAMS["dane_proyecciones_epico"]
    assert growth[seam] == pytest.approx(2.5, abs=0.1)
    assert growth[seam - 1] == pytest.approx(1.2, abs=0.1) == growth[seam + 1]
