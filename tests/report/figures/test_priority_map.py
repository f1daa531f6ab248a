"""The map that a department's municipalities share, with the own one outlined."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
import shapely
from analysis.keys.worlds import NAMES, world
from builders import make_context
from example_department import World, territory
from PIL import Image
from shapely.geometry import shape

from gsi.analysis.comprehension.priority import priority
from gsi.analysis.context import Context
from gsi.analysis.results import Section
from gsi.report.figures.priority_map import (
    OWN_WIDTH,
    Backdrop,
    _alike,
    _backdrop,
    _key,
    _legend,
    _maps,
    _places,
    _settle,
    priority_map,
)
from gsi.report.figures.style import INK, png

OWN, OTHER = "00010", "00003"


@pytest.fixture(scope="module")
def places() -> dict[str, tuple[Section, Context]]:
    document = json.loads(territory.boundaries(World()))["features"]
    limits = pd.DataFrame(
        {
            "municipio": [feature["properties"]["municipio"] for feature in document],
            "geometry": [shape(feature["geometry"]).wkb for feature in document],
        }
    )
    tables = {**world(), "limites": limits}
    contexts = {code: make_context(tables, code, names=NAMES) for code in ("00", OWN, OTHER)}
    return {code: (priority(here), here) for code, here in contexts.items()}


def picture(section: Section, here: Context) -> np.ndarray:
    picture = priority_map(section, here)
    assert picture is not None
    return np.asarray(Image.open(io.BytesIO(picture.png)))


def backdrop(section: Section, here: Context) -> Backdrop:
    ranking = section.tables["ranking"].data
    words = _alike(_key(_places(here, ranking), section, here))
    return _backdrop(here, ranking, section.facts, words)


def test_each_municipality_is_outlined_on_the_three_maps(
    places: dict[str, tuple[Section, Context]],
) -> None:
    section, here = places[OWN]
    pictures = {code: picture(*places[code]) for code in (OWN, OTHER)}
    shapes = here.data.boundaries().set_index("municipio").geometry
    matrices = backdrop(section, here).transforms
    assert len(matrices) == 3
    for matrix in matrices:
        for code in (OWN, OTHER):
            points = shapely.get_coordinates(shapes[code].boundary)
            x, y, _ = matrix @ np.column_stack([points, np.ones(len(points))]).T
            dark = {
                drawn: (
                    pixels[len(pixels) - 1 - y.astype(int), x.astype(int)].max(axis=1) < 100
                ).mean()
                for drawn, pixels in pictures.items()
            }
            assert dark.pop(code) > 0.8  # a name may lie on it
            assert max(dark.values()) < 0.3


def test_the_shared_maps_give_the_picture_of_one_drawing(
    places: dict[str, tuple[Section, Context]],
) -> None:
    section, here = places[OWN]
    shapes = _places(here, section.tables["ranking"].data)
    maps = _maps(shapes, section.facts)
    for axis in maps.axes:
        own = shapes[shapes["municipio"] == OWN]
        own.boundary.plot(ax=axis, color=INK, linewidth=OWN_WIDTH)
    legend = _legend(maps.figure, _key(shapes, section, here))
    assert legend.get_texts()[-1].get_text() == here.territory.name
    _settle(maps)
    at_once = np.asarray(Image.open(io.BytesIO(png(maps.figure)))).astype(int)
    apart = np.abs(picture(section, here) - at_once).max(axis=2) > 60
    assert apart.mean() < 0.002
