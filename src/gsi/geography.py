"""Where a point or a polygon can be: Colombia, its municipality; and the slips that move it."""

from __future__ import annotations

from gsi.numerals import Bounds

# Degrees (EPSG:4326), inclusive: the mainland, San Andrés and Providencia, Malpelo. The fictional
# department lies in the ocean inside it.
BOX: dict[str, Bounds] = {"lon": (-82, -66), "lat": (-5, 14)}


def slip(column: str, value: float) -> str:
    """What probably happened to a coordinate outside the box, as a remedy in Spanish; '' where
    nothing simple explains it."""
    if column not in BOX:
        return ""
    low, high = BOX[column]
    if low <= -value <= high:
        return f"Parece que falta el signo menos: sería {_degrees(-value)}."
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
