"""Municipal boundaries: DANE's Marco Geoestadístico Nacional, or any GeoJSON with ``municipio``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd

from gsi.sources.numbers import code
from gsi.sources.peek import Peek
from gsi.sources.problems import Problems
from gsi.sources.records import Part
from gsi.sources.registry import Reader

WGS84 = ("CRS84", "4326")


def claims(peek: Peek) -> bool:
    """The property names of the MGN."""
    return peek.headed("MPIO_CCNCT", "MPIO_CNMBR")


def read(path: Path) -> Part:
    """Table ``limites`` of the MGN."""
    return table(path, "MPIO_CCNCT")


def table(path: Path, code_property: str) -> Part:
    """``municipio``, ``geometry`` (WKB bytes, degrees of EPSG:4326), sorted by code.

    Geometry that crosses itself is repaired and said. A polygon elsewhere than Colombia's
    hemisphere, a code twice, another kind of geometry: :class:`~gsi.errors.UserMistake`.
    """
    import shapely
    from shapely.geometry import shape

    problems = Problems(path.name)
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    system = str(document.get("crs") or WGS84[0])
    if not any(name in system for name in WGS84):
        problems.add("las coordenadas deben ser grados (EPSG:4326)", system[:80])
    rows, seen, repaired = [], set(), 0
    for position, feature in enumerate(document["features"], start=1):
        properties = feature.get("properties") or {}
        municipality = code(properties.get(code_property))
        if municipality is None or municipality in seen:
            problems.add(
                "cada límite tiene un código de municipio de cinco dígitos, sin repetir",
                str(properties.get(code_property)),
                row=position,
                column=code_property,
            )
            continue
        seen.add(municipality)
        form = (feature.get("geometry") or {}).get("type")
        if form not in ("Polygon", "MultiPolygon"):
            problems.add("cada límite es un polígono", str(form), row=position, column="geometry")
            continue
        geometry = shape(feature["geometry"])
        if not geometry.is_valid:
            geometry, repaired = shapely.make_valid(geometry), repaired + 1
        west, south, east, north = geometry.bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            problems.add(
                "las coordenadas deben ser grados (EPSG:4326)",
                f"valores hasta {max(abs(west), abs(north)):.0f}",
                "Guarde el archivo en EPSG:4326 (longitud y latitud).",
                row=position,
                column="geometry",
            )
        rows.append((municipality, shapely.to_wkb(geometry)))
    problems.stop()
    data = pd.DataFrame(rows, columns=["municipio", "geometry"])
    notes = (f"Polígonos reparados, se cruzaban a sí mismos: {repaired}.",) if repaired else ()
    total = len(document["features"])
    return Part(
        "limites",
        data.astype({"municipio": "str"}).sort_values("municipio", ignore_index=True),
        total,
        len(rows),
        notes=notes,
        title="Límites municipales",
    )


READER = Reader(
    source="mgn_2018",
    publisher="DANE",
    title="Marco Geoestadístico Nacional (MGN) 2018, nivel de municipio",
    kinds=("geojson",),
    name=re.compile(r"\bmgn"),
    contents="las propiedades MPIO_CCNCT y MPIO_CNMBR en cada límite",
    claims=claims,
    read=read,
)
