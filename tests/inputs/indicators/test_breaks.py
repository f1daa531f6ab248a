"""A jump of the country that nobody declared is told; a declared one is not told again."""

from __future__ import annotations

import numpy as np
import pandas as pd
from paths import ROOT

from gsi.contract.params.indicators import load_catalogue
from gsi.inputs.indicators import breaks
from gsi.inputs.records import SourceRecord

CATALOGUE = load_catalogue(ROOT / "params" / "indicators.yml")


def country(name: str, jump: int, size: float, places: int = 150) -> pd.DataFrame:
    """Municipalities whose values walk a little, and move together in ``jump``."""
    draw = np.random.default_rng(11)
    years = range(2011, 2025)
    level = draw.normal(5, 2, places)
    walk = dict(zip(years, np.cumsum(draw.normal(0, 0.05, len(years))), strict=True))
    series = next(i.series for i in CATALOGUE if i.id == name)
    return pd.DataFrame(
        [
            {"municipio": f"{5001 + n:05d}", "indicador": name, "periodo": year, "area": "total",
             "valor": level[n] + walk[year] + draw.normal(0, 0.3) + size * (year >= jump),
             "fuente": "men_estadisticas", "serie": series}
            for n in range(places)
            for year in years
        ]
    )  # fmt: skip


def test_an_undeclared_jump_is_told_with_its_years() -> None:
    ((source, note),) = breaks.undeclared(country("desercion", 2021, 4.0), CATALOGUE)
    assert source == "men_estadisticas"
    assert "«Deserción intraanual»: el municipio mediano salta entre 2020 y 2021" in note


def test_a_declared_one_and_an_ordinary_series_are_not() -> None:
    assert breaks.undeclared(country("repitencia", 2020, 4.0), CATALOGUE) == []
    assert breaks.undeclared(country("desercion", 2021, 0.0), CATALOGUE) == []


def test_a_department_is_not_the_country() -> None:
    few = country("desercion", 2021, 4.0, places=breaks.LEAST_PLACES - 1)
    assert breaks.undeclared(few, CATALOGUE) == []


def test_the_note_stands_with_its_source() -> None:
    record = SourceRecord("men_estadisticas", "MEN", "t", "f.csv", "0", "indicadores", 1, 1)
    other = SourceRecord("dane", "DANE", "t", "g.csv", "0", "indicadores", 1, 1)
    table = country("desercion", 2021, 4.0)
    first, second = breaks.noted([other, record], table, CATALOGUE)
    assert first == other
    assert len(second.notes) == 1
