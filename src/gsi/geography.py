"""Where a point or a polygon can be: Colombia, its municipality; and the slips that move it."""

from __future__ import annotations

from gsi.numerals import Bounds

# Degrees (EPSG:4326), inclusive: the mainland, San Andrés and Providencia, Malpelo. The fictional
# department lies in the ocean inside it.
BOX: dict[str, Bounds] = {"lon": (-82, -66), "lat": (-5, 14)}


def inside(lon: float, lat: float) -> bool:
    """Whether a point in degrees is in Colombia's box."""
    west, east = BOX["lon"]
    south, north = BOX["lat"]
    return west <= lon <= east and south <= lat <= north
