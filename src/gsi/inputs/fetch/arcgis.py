"""A layer of polygons of an ArcGIS service, as GeoJSON, counted against what the service says."""

from __future__ import annotations

import json
from pathlib import Path

from gsi.contract.params.sources import Service, asked_for
from gsi.ground.errors import Finding
from gsi.ground.files import write_bytes
from gsi.inputs.fetch.client import AGAIN, Client, FetchFailed, Passing
from gsi.inputs.fetch.whole import Told

MOST = 2000  # polygons that a service gives at once
# Degrees: 11 cm. Neighbours round alike, and still share their border; a simplified outline would
# not.
_DECIMALS = 6


def layer(client: Client, asked: Service, department: str, target: Path, told: Told) -> int:
    """Write the polygons to ``target``; how many they are.

    Raises :class:`FetchFailed` where they are not as many as the service counts, or have no code.
    """
    where = asked_for(asked.where, department) or "1=1"
    answer = client.json(asked.address, {"where": where, "returnCountOnly": "true", "f": "json"})
    total = answer.get("count") if isinstance(answer, dict) else None
    if not isinstance(total, int) or not asked.least <= total <= MOST:
        raise FetchFailed(
            Finding(
                asked.address,
                f"debe tener entre {asked.least} y {MOST} polígonos",
                str(answer)[:120],
                AGAIN,
            )
        )
    told(0, total)
    params = {
        "where": where,
        "outFields": "*",
        "outSR": "4326",
        "returnGeometry": "true",
        "geometryPrecision": str(_DECIMALS),
        "resultRecordCount": str(MOST),
        "f": "geojson",
    }

    def ask() -> bytes:
        body = client.body(asked.address, params)
        try:
            features = json.loads(body).get("features", [])
        except (ValueError, AttributeError):
            raise Passing("un GeoJSON cortado") from None
        codes = {_code(feature, asked.code) for feature in features}
        if "" in codes:
            raise FetchFailed(
                Finding(
                    asked.address,
                    f"cada polígono debe tener la propiedad {asked.code}",
                    ", ".join(features[0].get("properties") or {}) or "ninguna",
                    "El publicador cambió la capa: corrija params/sources.yml.",
                )
            )
        if len(features) != total or len(codes) != total:
            raise Passing(f"llegaron {len(codes)} de {total} polígonos")
        return body

    write_bytes(target, client.tried(ask))
    told(total, total)
    return total


def _code(feature: dict[str, dict[str, object] | None], wanted: str) -> str:
    properties = feature.get("properties") or {}
    found = next((str(v) for name, v in properties.items() if name.lower() == wanted.lower()), "")
    return found.strip()
