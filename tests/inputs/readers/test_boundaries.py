"""Boundaries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from gsi.ground.errors import UserMistake
from gsi.inputs.readers import boundaries
from gsi.inputs.readers.boundaries import elsewhere, read, table
from gsi.inputs.readers.catalog import READERS
from gsi.inputs.readers.peek import peek
from gsi.inputs.readers.registry import match
from gsi.inputs.records import Reading, SourceRecord

SQUARE = [[-75, 4], [-74, 4], [-74, 5], [-75, 5], [-75, 4]]


def _write(path: Path, *features: tuple[Any, Any], **more: Any) -> Path:
    document = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"municipio": code}, "geometry": geometry}
            for code, geometry in features
        ],
        **more,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _polygon(ring: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def _mgn(path: Path, name: str, code: str, *, swap: bool = False, **more: Any) -> Path:
    ring = [[y, x] if swap else [x, y] for x, y in SQUARE]
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {name: code, "MPIO_CNMBR": "IBAGUÉ"},
                "geometry": _polygon(ring),
            }
        ],
        **more,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


MAGNA = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4686"}}}


@pytest.mark.parametrize("name", ["MPIO_CCNCT", "MPIO_CDPMP", "mpio_cdpmp"])
@pytest.mark.parametrize("more", [{}, MAGNA])
def test_vintages_of_the_mgn_in_degrees_of_both_systems(
    tmp_path: Path, name: str, more: dict[str, Any]
) -> None:
    path = _mgn(tmp_path / "limites.geojson", name, "73001", **more)
    assert match(peek(path, "geojson"), READERS) is boundaries.READER
    part = read(path)
    assert part.data["municipio"].tolist() == ["73001"]
    assert any("MAGNA-SIRGAS" in note for note in part.notes) == bool(more)


def test_swapped_axes_are_told_with_the_remedy(tmp_path: Path) -> None:
    path = _mgn(tmp_path / "MGN.geojson", "MPIO_CCNCT", "73001", swap=True)
    with pytest.raises(UserMistake) as caught:
        read(path)
    (finding,) = caught.value.findings
    assert "1 de 1 por fuera (73001)" in finding.received
    assert "va primero la longitud" in finding.remedy


def test_polygons_under_another_code_are_told() -> None:
    """Two codes exchanged: all is in Colombia, and neighbours stay neighbours."""
    far = [[x + 3, y] for x, y in SQUARE]
    shapes = [shapely.to_wkb(shapely.Polygon(ring)) for ring in (SQUARE, far)]
    points = pd.DataFrame(
        {"municipio": ["73001", "73067"], "lon": [-74.5, -71.5], "lat": [4.5, 4.5]}
    )
    right = pd.DataFrame({"municipio": ["73001", "73067"], "geometry": shapes})
    assert elsewhere(right, points, "a.geojson") == []
    wrong = right.assign(municipio=["73067", "73001"])
    (finding,) = elsewhere(wrong, points, "a.geojson")
    # 2,5 degrees from the point to the polygon's edge, of 111 km each.
    assert finding.received == "2 de 2 lejos de él; por ejemplo, 73067 a 278 km; 73001 a 278 km"


@pytest.mark.real
def test_the_mgn_is_where_divipola_has_its_municipalities(reading: Reading) -> None:
    assert elsewhere(reading.tables["limites"], reading.tables["divipola"], "mgn") == []


@pytest.mark.real
def test_the_mgn_is_whole_and_valid(reading: Reading) -> None:
    limits = reading.tables["limites"]
    assert list(limits.columns) == ["municipio", "geometry"]
    tolima = limits[limits["municipio"].str.startswith("73")]
    assert len(tolima) == 47
    shapes = shapely.from_wkb(tolima["geometry"].to_list())
    assert shapely.is_valid(shapes).all()
    # Tolima has some 23,600 km2: about 1.92 square degrees at 4 degrees north.
    assert shapely.area(shapes).sum() == pytest.approx(1.92, abs=0.05)


@pytest.mark.real
def test_the_code_that_only_the_mgn_has_is_set_aside(reading: Reading) -> None:
    assert "94663" not in set(reading.tables["limites"]["municipio"])
    assert len(reading.tables["limites"]) == 1121
    mgn: SourceRecord = next(r for r in reading.records if r.source == "mgn_2018")
    assert [part.reason for part in mgn.set_aside] == [
        "Municipio que no está en DIVIPOLA: 94663 (filas de la tabla)"
    ]


def test_a_territorys_own_boundaries(tmp_path: Path) -> None:
    part = table(_write(tmp_path / "limites.geojson", ("00001", _polygon(SQUARE))), "municipio")
    assert part.data["municipio"].tolist() == ["00001"]
    assert shapely.from_wkb(part.data["geometry"][0]).area == 1


def test_a_polygon_that_crosses_itself_is_repaired_and_said(tmp_path: Path) -> None:
    bow = [[-75, 4], [-74, 5], [-74, 4], [-75, 5], [-75, 4]]
    part = table(_write(tmp_path / "limites.geojson", ("00001", _polygon(bow))), "municipio")
    assert shapely.from_wkb(part.data["geometry"][0]).is_valid
    assert part.notes == ("Polígonos reparados, se cruzaban a sí mismos: 1.",)


def test_every_wrong_feature_is_told(tmp_path: Path) -> None:
    metres = [[x * 111000, y * 111000] for x, y in SQUARE]
    path = _write(
        tmp_path / "limites.geojson",
        ("00001", _polygon(SQUARE)),
        ("00001", _polygon(SQUARE)),
        (None, _polygon(SQUARE)),
        ("00002", {"type": "Point", "coordinates": [0, 0]}),
        ("00003", _polygon(metres)),
        crs={"type": "name", "properties": {"name": "EPSG:3116"}},
    )
    with pytest.raises(UserMistake) as caught:
        table(path, "municipio")
    assert [finding.where for finding in caught.value.findings] == [
        "limites.geojson",
        "limites.geojson, fila 2, columna municipio",
        "limites.geojson, fila 3, columna municipio",
        "limites.geojson, fila 4, columna geometry",
        "limites.geojson, fila 5, columna geometry",
    ]
