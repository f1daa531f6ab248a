"""Where the priority municipalities lie: neighbours, spatial pattern of the index, hot spots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from gsi.contract.params.priority import SpatialSettings
from gsi.measure import spatial

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class Space:
    """``mapped``: there were boundaries. ``groups``: priority municipalities joined by borders,
    largest first. ``hot_spots``: municipalities of high need among neighbours of high need (false
    discovery rate controlled), by code."""

    mapped: bool
    groups: list[list[str]]
    hot_spots: list[str]


def analyse(
    boundaries: gpd.GeoDataFrame | None,
    need: pd.Series,
    called: Sequence[str],
    settings: SpatialSettings,
    seed: int,
) -> Space:
    """``need``: index by municipality code; ``called``: codes of the priority municipalities."""
    if boundaries is None:
        return Space(False, [], [])
    polygons = boundaries.set_index("municipio").geometry
    graph = spatial.queen(polygons)
    groups = spatial.components(called, graph)
    try:
        local = spatial.local_moran(need, graph, settings.permutations, settings.alpha, seed)
    except ValueError:
        # A constant index, or municipalities that share no border: there is no pattern to test.
        return Space(True, groups, [])
    hot = local[local["significant"] & (local["quadrant"] == "high-high")]
    return Space(True, groups, sorted(hot.index))
