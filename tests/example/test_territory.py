"""A plausible map that no one can take for a real place."""

import json
from pathlib import Path

import pandas as pd
import pytest
from example_department import World, territory, truth
from shapely.geometry import Point, shape
from shapely.ops import unary_union

from gsi.ground.locale import fold


@pytest.fixture(scope="module")
def polygons() -> dict:
    document = json.loads(territory.boundaries(World()))
    return {f["properties"]["municipio"]: shape(f["geometry"]) for f in document["features"]}


def test_polygons_tile_without_gap_or_overlap(polygons: dict) -> None:
    assert len(polygons) == 12
    assert all(polygon.is_valid for polygon in polygons.values())
    whole = unary_union(list(polygons.values()))
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert whole.area == pytest.approx(sum(p.area for p in polygons.values()), abs=1e-9)


def test_sizes_are_those_of_neighbours_not_of_slivers(polygons: dict) -> None:
    areas = [polygon.area for polygon in polygons.values()]
    assert max(areas) < 2.5 * min(areas)


def test_priority_municipalities_are_contiguous_and_southern(polygons: dict) -> None:
    cluster = unary_union([polygons[code] for code in truth.PRIORITY])
    assert cluster.geom_type == "Polygon"
    rest = [p.centroid.y for code, p in polygons.items() if code not in truth.PRIORITY]
    assert all(polygons[code].centroid.y < min(rest) for code in truth.PRIORITY)
    assert cluster.touches(polygons[truth.TO_CONFIRM])


def test_micro_territories_lie_in_their_municipality_out_of_reach_of_each_other(
    polygons: dict,
) -> None:
    points = territory.places(World())
    assert len(points) == sum(m.micro_territories for m in truth.MUNICIPALITIES)
    for place, (lon, lat) in points.items():
        assert polygons[place[:5]].contains(Point(lon, lat)), place
    lon, lat = points[truth.NEVER_REACHED]
    others = [p for place, p in points.items() if place != truth.NEVER_REACHED]
    # One degree is about 111 km here, near the equator: more than 8 km from every other one.
    assert min(111 * ((lon - x) ** 2 + (lat - y) ** 2) ** 0.5 for x, y in others) > 8


def test_place_is_open_sea(polygons: dict) -> None:
    west, _, east, _ = unary_union(list(polygons.values())).bounds
    assert -82 < west < east < -79.2  # the Pacific coast of Colombia lies east of -79.1


def test_names_hold_what_breaks_markup_and_accents() -> None:
    names = " ".join(m.name for m in truth.MUNICIPALITIES)
    assert all(mark in names for mark in "'&ñÑÁÉí")


@pytest.mark.real
def test_no_municipality_is_real(real_data: Path) -> None:
    official = pd.read_csv(real_data / "dane" / "divipola_gdxc-w37w.csv", dtype=str)
    real = {fold(name) for name in official["nom_mpio"]}
    assert len(real) > 1000
    assert not [m.name for m in truth.MUNICIPALITIES if fold(m.name) in real]
    assert truth.DEPARTMENT not in set(official["cod_dpto"])
    assert fold(truth.DEPARTMENT_NAME) not in {fold(name) for name in official["dpto"]}
