"""Who works with whom: a network of entities seen together, and who connects it.

Betweenness: Freeman (1977), "A set of measures of centrality based on betweenness", Sociometry
40(1), computed by networkx (Brandes' algorithm).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd


@dataclass(frozen=True)
class Network:
    """``nodes``: node, degree, betweenness (0-1), component; ``edges``: a, b, times (a < b).

    ``density`` in 0-1; ``components``: connected parts; nodes are sorted by name.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    density: float
    components: int


def co_presence(meetings: Iterable[Iterable[str]]) -> pd.DataFrame:
    """Pairs seen together: a, b (a < b) and ``times``; a name repeated in a meeting counts once."""
    pairs: dict[tuple[str, str], int] = {}
    for meeting in meetings:
        for pair in combinations(sorted(set(meeting)), 2):
            pairs[pair] = pairs.get(pair, 0) + 1
    rows = [(a, b, times) for (a, b), times in sorted(pairs.items())]
    return pd.DataFrame(rows, columns=["a", "b", "times"])


def network(edges: pd.DataFrame, nodes: Iterable[str] = ()) -> Network:
    """Degree, betweenness and components; ``nodes`` adds those never seen with another."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(sorted({*nodes, *edges["a"], *edges["b"]}))
    graph.add_edges_from(edges[["a", "b"]].itertuples(index=False, name=None))
    between = nx.betweenness_centrality(graph)
    parts = sorted((sorted(part) for part in nx.connected_components(graph)), key=lambda p: p[0])
    component = {node: index for index, part in enumerate(parts) for node in part}
    table = pd.DataFrame(
        [(n, graph.degree[n], between[n], component[n]) for n in graph.nodes],
        columns=["node", "degree", "betweenness", "component"],
    )
    return Network(table, edges, float(nx.density(graph)), len(parts))


def collapse(edges: pd.DataFrame, group: Mapping[str, str]) -> pd.DataFrame:
    """The same pairs between groups (sectors): a, b, times; pairs inside a group are left out."""
    if edges.empty:
        return edges.copy()
    first, second = edges["a"].map(group), edges["b"].map(group)
    frame = pd.DataFrame({"a": first, "b": second, "times": edges["times"]}).dropna()
    frame = frame[frame["a"] != frame["b"]]
    ends = [sorted(pair) for pair in zip(frame["a"], frame["b"], strict=True)]
    frame = frame.assign(a=[e[0] for e in ends], b=[e[1] for e in ends])
    return frame.groupby(["a", "b"], sort=True)[["times"]].sum().reset_index()
