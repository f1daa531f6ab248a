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
    """A network of entities and its measures.

    Attributes:
        nodes: node, degree, betweenness (0-1), component; sorted by name.
        edges: a, b, times (a < b).
        density: pairs seen together over pairs there are, 0-1.
        components: connected parts.
    Source:
        Freeman (1977), Sociometry 40(1).
    Example:
        >>> print(network(co_presence([["a", "b"], ["b", "c"]])))
        Network of 3 entities: 2 pairs (density 0.67), 1 connected part(s)
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    density: float
    components: int

    def __str__(self) -> str:
        return (
            f"Network of {len(self.nodes)} entities: {len(self.edges)} pairs "
            f"(density {self.density:.2f}), {self.components} connected part(s)"
        )


def co_presence(meetings: Iterable[Iterable[str]]) -> pd.DataFrame:
    """Pairs seen together.

    Parameters:
        meetings: names present at each; a name repeated in a meeting counts once.
    Returns:
        a, b (a < b) and ``times``, sorted.
    Source:
        One-mode projection of an affiliation network: Breiger (1974), Social Forces 53(2).
    Example:
        >>> co_presence([["x", "y"], ["y", "x", "x"]]).values.tolist()
        [['x', 'y', 2]]
    """
    pairs: dict[tuple[str, str], int] = {}
    for meeting in meetings:
        for pair in combinations(sorted(set(meeting)), 2):
            pairs[pair] = pairs.get(pair, 0) + 1
    rows = [(a, b, times) for (a, b), times in sorted(pairs.items())]
    return pd.DataFrame(rows, columns=["a", "b", "times"])


def network(edges: pd.DataFrame, nodes: Iterable[str] = ()) -> Network:
    """Degree, betweenness and components.

    Parameters:
        edges: a, b, one row a pair.
        nodes: names that may never have been seen with another.
    Returns:
        The network with all of them.
    Source:
        Freeman (1977), Sociometry 40(1); Brandes' algorithm (2001), J. Math. Sociology 25(2).
    Example:
        The middle of a path of three lies on the only shortest way between its ends.

        >>> net = network(pd.DataFrame({"a": ["p", "q"], "b": ["q", "r"]}), nodes=["s"])
        >>> net.nodes.set_index("node")["betweenness"].round(3).to_dict()
        {'p': 0.0, 'q': 0.333, 'r': 0.0, 's': 0.0}
        >>> net.components
        2
    """
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
    """The same pairs between groups (sectors); pairs inside a group are left out.

    Parameters:
        edges: a, b, times; ``group``: name → group; names without one are left out.
    Returns:
        a, b (groups, a < b) and ``times``, their sum.
    Source:
        Wasserman and Faust (1994), *Social Network Analysis*, ch. 10 (image of a blockmodel).
    Example:
        >>> pairs = pd.DataFrame({"a": ["p", "p"], "b": ["q", "r"], "times": [2, 3]})
        >>> collapse(pairs, {"p": "S", "q": "E", "r": "S"}).values.tolist()
        [['E', 'S', 2]]
    """
    if edges.empty:
        return edges.copy()
    first, second = edges["a"].map(group), edges["b"].map(group)
    frame = pd.DataFrame({"a": first, "b": second, "times": edges["times"]}).dropna()
    frame = frame[frame["a"] != frame["b"]]
    ends = [sorted(pair) for pair in zip(frame["a"], frame["b"], strict=True)]
    frame = frame.assign(a=[e[0] for e in ends], b=[e[1] for e in ends])
    return frame.groupby(["a", "b"], sort=True)[["times"]].sum().reset_index()
