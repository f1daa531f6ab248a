"""Spatial statistics against PySAL's published examples and shapes whose answer is known."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal import examples, graph
from libpysal import io as pysal_io
from shapely.geometry import box

from gsi.measure import spatial


def grid(side: int) -> gpd.GeoSeries:
    cells = {f"{r:02d}{c:02d}": box(c, r, c + 1, r + 1) for r in range(side) for c in range(side)}
    return gpd.GeoSeries(cells)


@pytest.mark.parametrize(
    ("weights", "data", "column", "published"),
    [
        ("stl.gal", "stl_hom.txt", "HR8893", 0.243655826),
        ("sids2.gal", "sids2.dbf", "SIDR74", 0.247725193),
    ],
)
def test_moran_of_pysal_examples(weights: str, data: str, column: str, published: float) -> None:
    """Both ship inside the libpysal wheel."""
    neighbours = pysal_io.open(examples.get_path(weights)).read()
    table = pysal_io.open(examples.get_path(data))
    y = np.array(table.by_col[column] if data.endswith("txt") else table.by_col(column), float)
    values = pd.Series(y, index=neighbours.id_order)
    local = spatial.local_moran(values, graph.Graph.from_W(neighbours), 99, 0.05, 1)
    # Anselin (1995), § 3: with row-standardised weights the global I is the mean of the local ones
    # (which are divided by the variance with n − 1).
    assert pytest.approx(published, abs=5e-10) == local["I"].sum() / (len(local) - 1)


def test_queen_counts_corners() -> None:
    neighbours = spatial.queen(grid(3)).cardinalities
    assert neighbours["0101"] == 8
    assert neighbours["0000"] == 3
    assert neighbours["0001"] == 5


def test_an_island_stays_alone() -> None:
    cells = grid(2)
    cells["island"] = box(50, 50, 51, 51)
    neighbours = spatial.queen(cells)
    assert list(neighbours.isolates) == ["island"]
    values = pd.Series([1.0, 2, 3, 4, 9], index=cells.index)
    local = spatial.local_moran(values, neighbours, 99, 0.05, 1)
    assert np.isnan(local.loc["island", "p"])
    assert not local.loc["island", "significant"]


def test_components_by_hand() -> None:
    neighbours = spatial.queen(grid(4))
    members = ["0000", "0101", "0003", "0303", "0302", "elsewhere"]
    assert spatial.components(members, neighbours) == [
        ["0000", "0101"],
        ["0302", "0303"],
        ["0003"],
        ["elsewhere"],
    ]


def test_a_planted_cluster_is_found_and_noise_is_not() -> None:
    cells = grid(9)
    neighbours = spatial.queen(cells)
    rng = np.random.default_rng(2)
    noise = pd.Series(rng.normal(size=81), index=cells.index)
    planted = [f"{r:02d}{c:02d}" for r in range(3) for c in range(3)]
    values = noise.copy()
    values[planted] += 6
    local = spatial.local_moran(values, neighbours, 1999, 0.05, 1)
    found = set(local.index[local["significant"] & (local["quadrant"] == "high-high")])
    assert found
    assert found <= set(planted)
    assert {"0000", "0001", "0100", "0101"} <= found
    assert not spatial.local_moran(noise, neighbours, 1999, 0.05, 1)["significant"].any()


def test_p_values_of_noise_are_fair() -> None:
    cells = grid(5)
    neighbours = spatial.queen(cells)
    rng = np.random.default_rng(4)
    p = pd.concat(
        spatial.local_moran(
            pd.Series(rng.normal(size=25), cells.index), neighbours, 199, 0.05, seed
        )["p"]
        for seed in range(40)
    )
    # 1,000 tests of 40 maps: their share has a standard error near 0.01.
    assert (p <= 0.1).mean() <= 0.13


def test_missing_values_leave_the_map() -> None:
    cells = grid(4)
    neighbours = spatial.queen(cells)
    values = pd.Series(np.arange(16.0), index=cells.index)
    values["0303"] = np.nan
    local = spatial.local_moran(values, neighbours, 99, 0.05, 1)
    assert np.isnan(local.loc["0303", "p"])
    assert local["p"].notna().sum() == 15


def test_same_seed_same_result_and_numpy_state_untouched() -> None:
    cells = grid(4)
    neighbours = spatial.queen(cells)
    values = pd.Series(np.arange(16.0) ** 2, index=cells.index)
    np.random.seed(7)
    expected = np.random.uniform(size=3)
    np.random.seed(7)
    first = spatial.local_moran(values, neighbours, 199, 0.05, 5)
    assert np.array_equal(np.random.uniform(size=3), expected)
    again = spatial.local_moran(values, neighbours, 199, 0.05, 5)
    pd.testing.assert_frame_equal(again, first)


def test_no_variation_is_not_a_pattern() -> None:
    cells = grid(3)
    with pytest.raises(ValueError, match="not defined"):
        spatial.local_moran(pd.Series(1.0, cells.index), spatial.queen(cells), 99, 0.05, 1)
    with pytest.raises(ValueError, match="three"):
        two = pd.Series({"0000": 1.0, "0001": 2.0})
        spatial.local_moran(two, spatial.queen(cells), 99, 0.05, 1)
