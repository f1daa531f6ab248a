"""What a code of the DIVIPOLA (DANE) says: two digits are a department, five a place of it.

The first two digits of a place are its department's. ``CO`` is the country, ``00`` the fictional
department. Not every place is a municipality: DANE's ``tipo_municipio`` also has 'área no
municipalizada' (of the departments of the Amazon: no mayor, council or plan of its own) and 'isla'
(San Andrés, governed by its department).
"""

from __future__ import annotations

import re
from typing import TypeVar, cast

import pandas as pd

from gsi.contract.vocabulary import EXAMPLE_DEPARTMENT

MUNICIPALITY, AREA, ISLAND = "municipio", "área no municipalizada", "isla"
# Bogotá is a department of one code, and by the Constitution (art. 322) a district.
CAPITAL_DISTRICT = "11"
# Municipalities that some publications have and others, older or newer, do not: Belén de Bajirá
# (annulled), Nuevo Belén de Bajirá (created in 2022) and Mapiripana (a corregimiento since).
COME_AND_GONE = frozenset({"27086", "27493", "94663"})
# The 33 departments, each with the ways in which DANE and DNP write its name.
DEPARTMENTS = {
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
}  # fmt: skip

Codes = TypeVar("Codes", pd.Series, pd.Index)


def is_municipal(codes: pd.Series | pd.Index) -> pd.Series:
    """True for the codes of five digits."""
    return cast("pd.Series", codes.str.len() == 5)  # of an index, an array


def is_departmental(codes: pd.Series | pd.Index) -> pd.Series:
    """True for the codes of a whole department (and ``CO``)."""
    return cast("pd.Series", codes.str.len() == 2)


def is_fictional(codes: pd.Series | pd.Index) -> pd.Series:
    """True for what is of the embedded example, which no figure of the country has."""
    return cast("pd.Series", codes.str.startswith(EXAMPLE_DEPARTMENT))


def departments_of(codes: Codes) -> Codes:
    """The department of each code."""
    return codes.str[:2]


def department_of(code: str) -> str:
    """The department of a code, or the code itself of a department."""
    return code[:2]


def is_department(code: str) -> bool:
    """Whether a code is of a whole department (or ``CO``)."""
    return len(code) == 2


def is_unknown_place(code: str) -> bool:
    """Codes that published files use for 'no information' (73999) or a whole department (73000)."""
    return code.endswith(("999", "000"))


def may_be_code(text: str) -> bool:
    """Whether a text is a code that may be of the country: a department's, or begins as one."""
    return bool(re.fullmatch(r"\d{2}(\d{3})?", text)) and department_of(text) in DEPARTMENTS
