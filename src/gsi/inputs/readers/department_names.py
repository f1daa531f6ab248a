"""Departments by the names that publications give them where they write no code."""

from __future__ import annotations

from gsi.contract.vocabulary import COUNTRY
from gsi.inputs.readers.problems import label

# The DIVIPOLA's 33, each with the ways in which DANE and DNP write it.
_WRITTEN = {
    "05": "Antioquia", "08": "Atlántico", "11": "Bogotá D.C.|Bogotá", "13": "Bolívar",
    "15": "Boyacá", "17": "Caldas", "18": "Caquetá", "19": "Cauca", "20": "Cesar",
    "23": "Córdoba", "25": "Cundinamarca", "27": "Chocó", "41": "Huila",
    "44": "La Guajira|Guajira", "47": "Magdalena", "50": "Meta", "52": "Nariño",
    "54": "Norte de Santander|N. de Santander", "63": "Quindío", "66": "Risaralda",
    "68": "Santander", "70": "Sucre", "73": "Tolima", "76": "Valle del Cauca|Valle",
    "81": "Arauca", "85": "Casanare", "86": "Putumayo",
    "88": "San Andrés|San Andrés y Providencia|San Andrés, Providencia y Santa Catalina|"
    "Archipiélago de San Andrés|Archipiélago de San Andrés, Providencia y Santa Catalina",
    "91": "Amazonas", "94": "Guainía", "95": "Guaviare", "97": "Vaupés", "99": "Vichada",
    COUNTRY: "Nacional|Total Nacional|Colombia",
}  # fmt: skip
DEPARTMENTS = frozenset(_WRITTEN) - {COUNTRY}
CODES = {label(name): code for code, names in _WRITTEN.items() for name in names.split("|")}


def code_of(name: object) -> str | None:
    """The code of a department, or the country's; None for any other name."""
    return CODES.get(label(name))
