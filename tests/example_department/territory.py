"""DIVIPOLA rows and boundaries of the fictional department: a brick wall with natural edges.

Three municipalities a row, four rows, each row shifted: cells meet three by three, as real ones
do. Borders are drawn once and shared by both neighbours, so the polygons tile without gaps. The
place is open sea west of the country, so that no map can be taken for a real one.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from example_department import truth
from example_department.world import World

WEST, NORTH = -80.60, 5.10
WIDTH, HEIGHT = 1.05, 1.24
# Inner breaks of each row, as shares of the width, north to south.
BREAKS = ((0.31, 0.66), (0.38, 0.74), (0.30, 0.63), (0.36, 0.71))
ROUGHNESS = 0.15
DIGITS = 4

Point = tuple[float, float]


def divipola(world: World) -> pd.DataFrame:
    """Table ``divipola``: one row a municipality, with the point of its town."""
    points = towns(world)
    return pd.DataFrame(
        {
            "municipio": [m.code for m in truth.MUNICIPALITIES],
            "nombre": [m.name for m in truth.MUNICIPALITIES],
            "departamento": truth.DEPARTMENT,
            "nombre_departamento": truth.DEPARTMENT_NAME,
            "lon": [points[m.code][0] for m in truth.MUNICIPALITIES],
            "lat": [points[m.code][1] for m in truth.MUNICIPALITIES],
        }
    )


def boundaries(world: World) -> str:
    """GeoJSON text (EPSG:4326) with one polygon a municipality."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "municipio": m.code,
                "nombre": m.name,
                "departamento": truth.DEPARTMENT,
            },
            "geometry": {"type": "Polygon", "coordinates": [ring(world, m.row, m.column)]},
        }
        for m in truth.MUNICIPALITIES
    ]
    collection = {"type": "FeatureCollection", "name": "limites", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n"


def towns(world: World) -> dict[str, Point]:
    """Municipality → centroid of its polygon (shoelace formula)."""
    centres = {}
    for m in truth.MUNICIPALITIES:
        x, y = np.array(ring(world, m.row, m.column)).T
        cross = x[:-1] * y[1:] - x[1:] * y[:-1]
        lon = ((x[:-1] + x[1:]) * cross).sum() / (3 * cross.sum())
        lat = ((y[:-1] + y[1:]) * cross).sum() / (3 * cross.sum())
        centres[m.code] = (round(float(lon), DIGITS), round(float(lat), DIGITS))
    return centres


def places(world: World) -> dict[str, Point]:
    """Micro-territory → its meeting point: the town, and hamlets around it inside the polygon."""
    rng = world.rng("places")
    found = {}
    centre = towns(world)
    for m in truth.MUNICIPALITIES:
        lon, lat = centre[m.code]
        turn = rng.uniform(0, 2 * np.pi)
        for number, place in enumerate(m.places):
            radius = 0.0 if number == 0 else rng.uniform(0.085, 0.102)
            angle = turn + 2 * np.pi * number / m.micro_territories
            found[place] = (
                round(float(lon + radius * np.cos(angle)), DIGITS),
                round(float(lat + radius * np.sin(angle)), DIGITS),
            )
    return found


def ring(world: World, row: int, column: int) -> list[Point]:
    """Closed outer ring of one cell, counter-clockwise (RFC 7946)."""
    stops = [0.0, *BREAKS[row], 1.0]
    left, right = stops[column], stops[column + 1]
    top = [x for x in _stops_of_line(row) if left <= x <= right]
    bottom = [x for x in _stops_of_line(row + 1) if left <= x <= right]
    nodes = [(row, x) for x in reversed(top)] + [(row + 1, x) for x in bottom]
    points: list[Point] = []
    for start, end in zip(nodes, [*nodes[1:], nodes[0]], strict=True):
        points.extend(_edge(world, start, end)[:-1])
    return [*points, points[0]]


def _stops_of_line(line: int) -> list[float]:
    """Where horizontal border ``line`` is met by a vertical one, west to east."""
    above = BREAKS[line - 1] if line > 0 else ()
    below = BREAKS[line] if line < len(BREAKS) else ()
    return sorted({0.0, 1.0, *above, *below})


def _node(world: World, node: tuple[int, float]) -> Point:
    line, x = node
    rng = world.rng(f"node {line} {x:.2f}")
    shift = rng.uniform(-0.045, 0.045, size=2)
    return WEST + WIDTH * x + shift[0], NORTH - HEIGHT * line / len(BREAKS) + shift[1]


def _edge(world: World, start: tuple[int, float], end: tuple[int, float]) -> list[Point]:
    """Points from start to end; the same points reversed for the neighbour."""
    if end < start:
        return _edge(world, end, start)[::-1]
    rng = world.rng(f"edge {start[0]} {start[1]:.2f} {end[0]} {end[1]:.2f}")
    points = np.array([_node(world, start), _node(world, end)])
    for _ in range(4):
        step = np.diff(points, axis=0)
        normal = np.column_stack([-step[:, 1], step[:, 0]])
        middle = points[:-1] + step / 2
        middle += normal * rng.uniform(-ROUGHNESS, ROUGHNESS, size=(len(middle), 1))
        merged = np.empty((len(points) + len(middle), 2))
        merged[0::2], merged[1::2] = points, middle
        points = merged
    return [(round(float(x), DIGITS), round(float(y), DIGITS)) for x, y in points]
