"""The network of entities: small graphs by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from gsi.measure import network as nw


def test_pairs_seen_together() -> None:
    pairs = nw.co_presence([["b", "a", "a"], ["a", "b", "c"], ["d"]])
    assert pairs.to_dict("records") == [
        {"a": "a", "b": "b", "times": 2},
        {"a": "a", "b": "c", "times": 1},
        {"a": "b", "b": "c", "times": 1},
    ]


def test_the_middle_of_a_star_connects() -> None:
    edges = pd.DataFrame({"a": ["hub"] * 4, "b": list("wxyz"), "times": 1})
    result = nw.network(edges, nodes=["alone"])
    nodes = result.nodes.set_index("node")
    # Five nodes besides the hub give C(5, 2) = 10 pairs; the hub lies between C(4, 2) = 6.
    assert nodes.loc["hub", "betweenness"] == pytest.approx(6 / 10)
    assert nodes.loc["w", "betweenness"] == 0
    assert nodes.loc["alone", "degree"] == 0
    assert result.components == 2
    assert result.density == pytest.approx(4 / 15)


def test_a_path_by_hand() -> None:
    edges = pd.DataFrame({"a": ["a", "b", "c"], "b": ["b", "c", "d"], "times": 1})
    nodes = nw.network(edges).nodes.set_index("node")["betweenness"]
    # Freeman: on a path of 4 the inner nodes lie on 2 of the 3 pairs of others.
    assert nodes.tolist() == pytest.approx([0, 2 / 3, 2 / 3, 0])


def test_pairs_between_sectors() -> None:
    edges = pd.DataFrame({"a": ["e1", "e1", "e2"], "b": ["e2", "e3", "e3"], "times": [1, 2, 3]})
    sectors = nw.collapse(edges, {"e1": "salud", "e2": "salud", "e3": "educacion"})
    assert sectors.to_dict("records") == [{"a": "educacion", "b": "salud", "times": 5}]


def test_no_meetings_no_pairs() -> None:
    pairs = nw.co_presence([])
    assert pairs.empty
    assert nw.collapse(pairs, {}).empty
    assert nw.network(pairs).components == 0


def test_a_published_network() -> None:
    # Marriages of Florentine families (Padgett); Wasserman and Faust (1994), table 5.1.
    import networkx as nx

    ties = [tuple(sorted(tie)) for tie in nx.florentine_families_graph().edges]
    edges = pd.DataFrame(ties, columns=["a", "b"]).assign(times=1)
    between = nw.network(edges).nodes.set_index("node")["betweenness"]
    assert between.idxmax() == "Medici"
    assert between[["Medici", "Guadagni", "Albizzi"]].round(3).tolist() == [0.522, 0.255, 0.212]
