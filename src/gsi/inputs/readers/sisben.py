"""Households of the public, anonymised sample of Sisbén IV (Departamento Nacional de Planeación).

One row a person; the privations I1-I15 of the IPM are the household's and repeat on its members.
The sample takes dwellings by area (ZONA) of each municipality, with every household of a dwelling
and every person of a household, so that the area is the stratum and the dwelling (``llave``, which
repeats across municipalities) the sampling unit.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from gsi.ground import frames
from gsi.inputs.forms.identity import IDENTIFIERS, default_key, fingerprints
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import PEOPLE, code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part, set_aside

# The order of the official index: education, childhood and youth, work, health, dwelling.
PRIVATIONS = {
    "I1": "p_bajo_logro",
    "I2": "p_analfabetismo",
    "I3": "p_inasistencia",
    "I4": "p_rezago",
    "I5": "p_primera_infancia",
    "I6": "p_trabajo_infantil",
    "I7": "p_desempleo",
    "I8": "p_informal",
    "I9": "p_aseguramiento",
    "I10": "p_salud",
    "I11": "p_agua",
    "I12": "p_excretas",
    "I13": "p_pisos",
    "I14": "p_paredes",
    "I15": "p_hacinamiento",
}
HEADINGS = {
    "municipio": "cod_mpio",
    "llave": "llave",
    "hogar": "HOGAR",
    "zona": "ZONA",
    "corte": "CORTE",
    "peso": "FEX",
    "pobre": "H_5",
}
AREAS = {"1": "cabecera", "2": "rural", "3": "rural"}
MEMBERS = ["municipio", "llave", "hogar", "corte"]
MEMBER = "ORDEN"  # of the person in the household


def claims(peek: Peek) -> bool:
    """The headings of datos.gov.co hq2v-5umk."""
    return peek.headed("FEX", "llave", "I15", "H_5")


def read(path: Path) -> Part:
    """Table ``hogares``: privations, weight, stratum and unit of each household of the sample.

    Raises :class:`~gsi.ground.errors.UserMistake` where a column is missing, a privation is not 0
    or 1, a weight is not a positive number, the members of a household do not agree, or one is
    there twice.
    """
    problems = Problems(path.name)
    raw = grids.table(path, problems, *HEADINGS.values())
    found = problems.locate(list(raw.columns), {**HEADINGS, **{name: name for name in PRIVATIONS}})
    problems.stop()
    base = pd.DataFrame({name: raw.iloc[:, found[name]].str.strip() for name in HEADINGS})
    base["municipio"] = frames.each(base["municipio"], code)
    year = base["corte"].str.extract(r"((?:19|20)\d{2})", expand=False)
    base["area"] = base["zona"].map(AREAS)
    base["peso"] = problems.numbers(base["peso"], within=PEOPLE, column=HEADINGS["peso"])
    for name in PRIVATIONS:
        base[name] = raw.iloc[:, found[name]].str.strip()
    for name, wrong, rule in (
        ("municipio", base["municipio"].isna(), "debe ser un código DIVIPOLA"),
        ("corte", year.isna(), "debe contener el año del corte (SIV_2022)"),
        ("zona", base["area"].isna(), "debe ser 1 (cabecera), 2 o 3 (rural)"),
        ("peso", ~(base["peso"] > 0), "debe ser un número mayor que cero"),
        *(
            (name, ~base[name].isin(["0", "1", ""]), "una privación es 0, 1 o vacía")
            for name in PRIVATIONS
        ),
    ):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0]) + 2
            heading = HEADINGS.get(name, name)
            problems.add(rule, f"{int(wrong.sum())} filas", row=row, column=heading)
    if MEMBER in raw.columns:
        twice = base.assign(orden=raw[MEMBER].str.strip()).duplicated([*MEMBERS, "orden"])
        if twice.any():
            problems.add(
                "una persona está una sola vez en su hogar",
                f"{int(twice.sum())} {'fila repetida' if twice.sum() == 1 else 'filas repetidas'}",
                row=int(np.flatnonzero(twice)[0]) + 2,
                column=MEMBER,
            )
    problems.stop()
    base["corte"] = year.astype("int64")
    homes = base.groupby(MEMBERS, sort=True)
    shared = ["area", "peso", *PRIVATIONS]
    differ = (homes[shared].nunique(dropna=False) > 1).any(axis=1)
    if differ.any():
        problems.add(
            "los miembros de un hogar tienen el mismo factor, la misma zona y las mismas "
            "privaciones, que son del hogar",
            f"{int(differ.sum())} hogares con diferencias",
        )
    problems.stop()
    data = homes[shared].first().join(homes.size().rename("personas")).reset_index()
    place = data["municipio"] + "|" + data["llave"]
    key = default_key()
    homes_named = fingerprints(place + "|" + data["hogar"], IDENTIFIERS["hogares", "hogar"], key)
    table = pd.DataFrame(
        {
            "hogar": homes_named,
            "municipio": data["municipio"],
            "area": data["area"],
            "corte": data["corte"],
            "peso": data["peso"],
            "estrato": data["municipio"] + " " + data["area"],
            "upm": fingerprints(place, IDENTIFIERS["hogares", "hogar"], key),
            "personas": data["personas"],
        }
    ).assign(
        **{
            column: pd.to_numeric(data[name].replace("", None)).astype("Int64")
            for name, column in PRIVATIONS.items()
        }
    )
    notes = (
        f"{len(table)} hogares con {len(base)} personas, con los factores de expansión publicados.",
        "La muestra da la edad en rangos y no trae la vivienda ni los servicios: se mide la "
        "pobreza multidimensional, no el índice de condiciones de vida.",
    )
    from gsi.contract import tables

    return Part(
        "hogares",
        tables.conform("hogares", table),
        len(raw),
        len(raw),
        set_aside([]),
        tuple(sorted({int(value) for value in table["corte"]})),
        notes,
    )


READER = Reader(
    source="dnp_sisben_iv",
    publisher="Departamento Nacional de Planeación",
    title="Sisbén IV, muestra anonimizada de personas (datos.gov.co hq2v-5umk)",
    kinds=("csv", "xlsx", "xls"),
    name=re.compile(r"sisben.*personas"),
    contents="las columnas cod_mpio, H_5, I1 a I15, ZONA, llave, HOGAR y FEX",
    claims=claims,
    read=read,
)
