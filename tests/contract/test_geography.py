"""Points held against their municipality, and the slips that explain those outside."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

from gsi.contract import geography, tables
from gsi.inputs.forms.coerce import coerce

SQUARE = shapely.box(-75.5, 3.5, -75.3, 3.7)
DIVIPOLA = pd.DataFrame(
    {"municipio": ["73067", "73001"], "lon": [-75.38, -75.2], "lat": [3.59, 4.4]}
)
LIMITES = pd.DataFrame({"municipio": ["73067"], "geometry": [shapely.to_wkb(SQUARE)]})
KNOWN = geography.Municipalities.of({"divipola": DIVIPOLA, "limites": LIMITES})


def test_a_point_in_or_near_its_polygon_is_right() -> None:
    assert KNOWN.km_outside("73067", -75.4, 3.6) == 0
    assert KNOWN.km_outside("73067", -75.25, 3.6) == 0  # 5,6 km from the edge
    assert KNOWN.km_outside("73", -70, 1) == 0  # a department has no point


def test_how_far_a_point_is() -> None:
    # One degree east of the edge: 111 km, of which 20 are tolerated.
    assert KNOWN.km_outside("73067", -74.3, 3.6) == pytest.approx(91, abs=0.01)
    # Without polygon, 6 degrees of DIVIPOLA's point: 666 km, of which 500 are tolerated.
    assert KNOWN.km_outside("73001", -69.2, 4.4) == pytest.approx(166, abs=0.01)


@pytest.mark.parametrize(
    ("lon", "lat", "told"),
    [
        (75.4, 3.6, "falta el signo menos de la longitud"),
        (-75.4, -3.6, "signo menos de la latitud"),
        (3.6, -75.4, "están cambiadas: sería longitud \N{MINUS SIGN}75,4 y latitud 3,6"),
        (-70.0, 3.6, ""),
    ],
)
def test_the_slip_that_explains_a_point(lon: float, lat: float, told: str) -> None:
    assert KNOWN.km_outside("73067", lon, lat) > 0
    found = KNOWN.correction("73067", lon, lat)
    assert told in found
    assert bool(told) == bool(found)


@pytest.mark.parametrize(
    ("column", "cell", "remedy"),
    [
        ("lon", "75,38", "falta el signo menos: sería \N{MINUS SIGN}75,38"),
        ("lon", 3.59, "cambiadas"),
        ("lat", -75.38, "cambiadas"),
        ("lat", "-12", "sobra el signo menos: sería 12"),
        ("lon", -375.1, "Revise el valor"),
    ],
)
def test_a_coordinate_out_of_colombia_is_a_finding_with_its_correction(
    column: str, cell: object, remedy: str
) -> None:
    spec = tables.schema("jornadas").column(column)
    values, (problem,) = coerce(pd.Series([cell], dtype="object"), spec)
    assert values.isna().all()
    assert remedy in problem.remedy
