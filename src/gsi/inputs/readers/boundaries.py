"""Municipal boundaries: DANE's Marco Geoestadístico Nacional, or any GeoJSON with ``municipio``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd

from gsi.contract import geography
from gsi.ground.errors import Finding
from gsi.ground.locale import number
from gsi.inputs.readers.numbers import code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

WGS84 = ("CRS84", "4326")
# DANE's own system, in degrees too: less than a metre from WGS 84.
MAGNA = "4686"
# The code of the municipality: in the MGN of 2018, and in those after it.
CODES = ("MPIO_CCNCT", "MPIO_CDPMP")
# DIVIPOLA's point of Tumaco lies 31 km from its polygon, the farthest of the country.
FARTHEST = 0.5  # degrees


def claims(peek: Peek) -> bool:
    """The property names of the MGN."""
    return any(peek.headed(name, "MPIO_CNMBR") for name in CODES)


def read(path: Path) -> Part:
    """Table ``limites`` of the MGN."""
    features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
    written = {name.upper(): name for name in features[0]["properties"]}
    return table(path, next(written[name] for name in CODES if name in written))


def elsewhere(data: pd.DataFrame, divipola: pd.DataFrame, file: str) -> list[Finding]:
    """Polygons that are not where DIVIPOLA has their municipality, as one finding.

    ``data`` is the table of :func:`table`. A file whose codes belong to other polygons keeps its
    neighbours, so that no map shows it.
    """
    import shapely

    both = data.merge(divipola[["municipio", "lon", "lat"]], on="municipio").dropna()
    shapes = shapely.from_wkb(both["geometry"].to_list())
    away = shapely.distance(shapes, shapely.points(both["lon"], both["lat"]))
    far = both.assign(away=away)[away > FARTHEST]
    if far.empty:
        return []
    some = "; ".join(
        f"{code} a {number(degrees * geography.KM_A_DEGREE)} km"
        for code, degrees in zip(far["municipio"][:5], far["away"][:5], strict=True)
    )
    return [
        Finding(
            file,
            "cada límite debe estar donde la DIVIPOLA pone a su municipio",
            f"{len(far)} de {len(both)} lejos de él; por ejemplo, {some}",
            "Revise que cada código tenga su propio polígono, en longitud y latitud.",
        )
    ]


def table(path: Path, code_property: str) -> Part:
    """``municipio``, ``geometry`` (WKB bytes, degrees of EPSG:4326), sorted by code.

    Geometry that crosses itself is repaired and said. A polygon outside Colombia, a code twice,
    another kind of geometry: :class:`~gsi.ground.errors.UserMistake`.
    """
    import shapely
    from shapely.geometry import shape

    problems = Problems(path.name)
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    system = str(document.get("crs") or WGS84[0])
    if not any(name in system for name in (*WGS84, MAGNA)):
        problems.add("las coordenadas deben ser grados (EPSG:4326)", system[:80])
    rows, seen, repaired = [], set(), 0
    outside: list[tuple[int, str, bool]] = []
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
        elif not (geography.inside(west, south) and geography.inside(east, north)):
            swapped = geography.inside(south, west) and geography.inside(north, east)
            outside.append((position, municipality, swapped))
        rows.append((municipality, shapely.to_wkb(geometry)))
    if outside:
        _tell_outside(problems, outside, len(rows))
    problems.stop()
    data = pd.DataFrame(rows, columns=["municipio", "geometry"])
    notes = [f"Polígonos reparados, se cruzaban a sí mismos: {repaired}."] if repaired else []
    if MAGNA in system:
        notes.append("Coordenadas en MAGNA-SIRGAS: difieren de EPSG:4326 en menos de un metro.")
    total = len(document["features"])
    return Part(
        "limites",
        data.astype({"municipio": "str"}).sort_values("municipio", ignore_index=True),
        total,
        len(rows),
        notes=tuple(notes),
        title="Límites municipales",
    )


def _tell_outside(problems: Problems, found: list[tuple[int, str, bool]], total: int) -> None:
    """Polygons outside Colombia: (feature, code, whether they are in it with both axes swapped)."""
    some = ", ".join(code for _, code, _ in found[:5])
    swapped = all(swapped for *_, swapped in found)
    problems.add(
        "cada límite está en Colombia (longitud de \N{MINUS SIGN}82 a \N{MINUS SIGN}66, latitud de "
        "\N{MINUS SIGN}5 a 14)",
        f"{len(found)} de {total} por fuera ({some}{' y otros' if len(found) > 5 else ''})",
        "La latitud y la longitud están cambiadas: en un GeoJSON va primero la longitud."
        if swapped
        else "Guarde el archivo en EPSG:4326 (longitud y latitud).",
        row=found[0][0],
        column="geometry",
    )


READER = Reader(
    source="mgn_2018",
    publisher="DANE",
    title="Marco Geoestadístico Nacional (MGN), nivel de municipio",
    kinds=("geojson",),
    name=re.compile(r"\bmgn"),
    contents="las propiedades MPIO_CCNCT (o MPIO_CDPMP) y MPIO_CNMBR en cada límite",
    claims=claims,
    read=read,
)
