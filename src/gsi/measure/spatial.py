"""Do neighbours resemble each other? Contiguity and local clusters.

Moran (1950), Biometrika 37; Anselin (1995), "Local indicators of spatial association", Geographical
Analysis 27(2); Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57(1), for the many local tests.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd
    from libpysal.graph import Graph

#: Quadrants of the Moran diagram: own value, neighbours' mean.
QUADRANTS = {1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"}


def _esda() -> Any:
    # It loads a progress bar for notebooks, which warns where there are no widgets to draw it.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import esda
    return esda


def queen(polygons: gpd.GeoSeries) -> Graph:
    """Neighbours share at least a point of their border; islands stay, alone.

    The strict test on geometries is used: published boundaries do not always share vertices.

    Parameters:
        polygons: index = territory, any projection.
    Returns:
        The graph, territories sorted.
    Source:
        Cliff and Ord (1981), *Spatial Processes*, ch. 1; computed by libpysal.
    Example:
        >>> import geopandas as gpd, shapely
        >>> boxes = [shapely.box(x, 0, x + 1, 1) for x in (0, 1, 5)]
        >>> queen(gpd.GeoSeries(boxes, index=["a", "b", "c"])).cardinalities.to_dict()
        {'a': 1, 'b': 1, 'c': 0}
    """
    from libpysal.graph import Graph

    return Graph.build_contiguity(polygons.sort_index(), rook=False, strict=True)


def local_moran(
    values: pd.Series, graph: Graph, permutations: int, alpha: float, seed: int
) -> pd.DataFrame:
    """Where neighbours resemble each other: local Moran of every territory.

    p by conditional permutations (own value fixed, the others shuffled). A territory without
    neighbours has no local statistic: its ``I`` and ``p`` are missing and it is outside the family
    of tests.

    Parameters:
        values: index = territory; ``graph``: their neighbours.
        permutations: shuffles behind p; ``seed``: of the shuffles.
        alpha: false discovery rate, in (0, 1).
    Returns:
        Index of ``values``: ``I``, ``quadrant`` (:data:`QUADRANTS`), two-sided ``p``,
        ``significant``.
    Raises:
        ValueError: fewer than three territories, no variation, or no neighbours.
    Source:
        Anselin (1995), Geographical Analysis 27(2); Benjamini and Hochberg (1995).
    Example:
        >>> import geopandas as gpd, shapely
        >>> row = gpd.GeoSeries([shapely.box(x, 0, x + 1, 1) for x in range(4)], index=list("abcd"))
        >>> found = local_moran(pd.Series([0, 0, 9, 9], list("abcd")), queen(row), 99, 0.05, 1)
        >>> found["quadrant"].iloc[[0, -1]].tolist()
        ['low-low', 'high-high']
    """
    from scipy.stats import false_discovery_control

    Moran_Local = _esda().Moran_Local
    y, known = _aligned(values, graph)
    # An island's simulated values do not vary: its z-score, not used here, divides by zero.
    with _seeded(seed), np.errstate(invalid="ignore", divide="ignore"):
        result = Moran_Local(y, known, permutations=permutations, seed=seed)
    out = pd.DataFrame(
        {
            "I": result.Is,
            "quadrant": [QUADRANTS[q] for q in result.q],
            # esda folds both tails into the smaller one.
            "p": np.minimum(1.0, 2 * result.p_sim),
        },
        index=known.unique_ids,
    )
    alone = out.index.isin(known.isolates)
    out.loc[alone, ["I", "p"]] = np.nan
    out["significant"] = False
    if (~alone).any():
        out.loc[~alone, "significant"] = (
            false_discovery_control(out.loc[~alone, "p"], method="bh") <= alpha
        )
    return out.reindex(values.index)


def components(members: Iterable[str], graph: Graph) -> list[list[str]]:
    """Groups of territories joined through neighbours that are members too.

    Parameters:
        members: codes; one without polygon stands alone. ``graph``: neighbours.
    Returns:
        Groups of sorted codes, largest first, then by code.
    Source:
        Connected components of a graph: Hopcroft and Tarjan (1973), Commun. ACM 16(6).
    Example:
        >>> import geopandas as gpd, shapely
        >>> row = gpd.GeoSeries([shapely.box(x, 0, x + 1, 1) for x in range(4)], index=list("abcd"))
        >>> components(["d", "a", "b"], queen(row))
        [['a', 'b'], ['d']]
    """
    wanted = sorted(set(members))
    neighbours: dict[str, set[str]] = {code: set() for code in wanted}
    for focal, neighbour in graph.adjacency.index[graph.adjacency.to_numpy() > 0]:
        if focal in neighbours and neighbour in neighbours:
            neighbours[focal].add(neighbour)
    seen: set[str] = set()
    found = []
    for code in wanted:
        if code in seen:
            continue
        group, frontier = {code}, [code]
        while frontier:
            new = neighbours[frontier.pop()] - group
            group |= new
            frontier.extend(sorted(new))
        seen |= group
        found.append(sorted(group))
    return sorted(found, key=lambda group: (-len(group), group[0]))


def _aligned(values: pd.Series, graph: Graph) -> tuple[np.ndarray, Graph]:
    """Values in the graph's order, without the territories that lack value or polygon."""
    known = values.dropna()
    ids = [code for code in graph.unique_ids if code in known.index]
    if len(ids) < 3:
        raise ValueError("Moran's I needs at least three territories with value and polygon")
    part = graph.subgraph(ids)
    y = known.loc[list(part.unique_ids)].to_numpy(float)
    if np.ptp(y) == 0 or len(part.isolates) == len(ids):
        raise ValueError("Moran's I is not defined: no variation, or no neighbours")
    return y, part


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """esda shuffles with numpy's global generator: seed it and leave it as it was found."""
    state = np.random.get_state()
    np.random.seed(seed % 2**32)
    try:
        yield
    finally:
        np.random.set_state(state)
