"""Where a point or a polygon can be: Colombia, its municipality; and the slips that move it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gsi.ground.numerals import Bounds

# Degrees (EPSG:4326), inclusive: the mainland, San Andrés and Providencia, Malpelo. The fictional
# department lies in the ocean inside it.
BOX: dict[str, Bounds] = {"lon": (-82, -66), "lat": (-5, 14)}
# What is tolerated: polygons are drawn coarsely, and the point of a municipality without polygon
# may be at one end of it (Solano is 450 km long).
KM_A_DEGREE, NEAR, FAR = 111.0, 20.0, 500.0


def slip(column: str, value: float) -> str:
    """What probably happened to a coordinate outside the box, as a remedy in Spanish; '' where
    nothing simple explains it."""
    if column not in BOX:
        return ""
    low, high = BOX[column]
    if low <= -value <= high:
        verb = "falta" if value > 0 else "sobra"
        return f"Parece que {verb} el signo menos: sería {_degrees(-value)}."
    other = "lat" if column == "lon" else "lon"
    low, high = BOX[other]
    if low <= value <= high or low <= -value <= high:
        return "Parece que la longitud y la latitud están cambiadas: intercámbielas."
    return ""


def _degrees(value: float) -> str:
    return f"{value:.10g}".replace(".", ",").replace("-", "\N{MINUS SIGN}")


def inside(lon: float, lat: float) -> bool:
    """Whether a point in degrees is in Colombia's box."""
    west, east = BOX["lon"]
    south, north = BOX["lat"]
    return west <= lon <= east and south <= lat <= north


@dataclass(frozen=True)
class Municipalities:
    """Where municipalities are: their polygons (WKB) and DIVIPOLA's points, by code."""

    polygons: Mapping[str, bytes]
    points: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame]) -> Municipalities:
        """From the contract's ``limites`` and ``divipola``, either of which may be missing."""
        limites, divipola = tables.get("limites"), tables.get("divipola")
        polygons: dict[str, bytes] = {}
        points: dict[str, tuple[float, float]] = {}
        if limites is not None:
            polygons = dict(zip(limites["municipio"], limites["geometry"], strict=True))
        if divipola is not None:
            known = divipola.dropna(subset=["lon", "lat"])
            places = zip(known["lon"], known["lat"], strict=True)
            points = dict(zip(known["municipio"], places, strict=True))
        return cls(polygons, points)

    def km_outside(self, code: str, lon: float, lat: float) -> float:
        """How far a point is from its municipality, in kilometres beyond what is tolerated.

        0 where it is there, or where nothing is known of the municipality.
        """
        return float(self.kms_outside(code, [lon], [lat])[0])

    def kms_outside(
        self, code: str, lons: Sequence[float] | np.ndarray, lats: Sequence[float] | np.ndarray
    ) -> np.ndarray:
        """:meth:`km_outside` of many points of one municipality."""
        import shapely

        if code in self.polygons:
            place, tolerated = shapely.from_wkb(self.polygons[code]), NEAR
        elif code in self.points:
            place, tolerated = shapely.Point(self.points[code]), FAR
        else:
            return np.zeros(len(lons))
        away = shapely.distance(place, shapely.points(lons, lats))
        return np.asarray(np.maximum(0.0, away * KM_A_DEGREE - tolerated))

    def correction(self, code: str, lon: float, lat: float) -> str:
        """The slip that explains a point outside its municipality, as a remedy; '' if none does."""
        for x, y, told in (
            (-lon, lat, "Parece que falta el signo menos de la longitud"),
            (lon, -lat, "Parece que sobra o falta el signo menos de la latitud"),
            (lat, lon, "Parece que la longitud y la latitud están cambiadas"),
        ):
            if self.km_outside(code, x, y) == 0:
                return f"{told}: sería longitud {_degrees(x)} y latitud {_degrees(y)}."
        return ""
