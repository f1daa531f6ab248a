"""People by the ethnic group they recognise themselves as of, by municipality and area (DANE).

Only the year of the census is taken: in the projections the shares of the census go on.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from gsi.ground import frames
from gsi.ground.locale import fold
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import PEOPLE, YEARS, code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

SOURCE = "dane_etnia"
CENSUS = 2018
PLACE = {"municipio": "COD_DPTO-MPIO", "periodo": "AÑO", "area": "ÁREA GEOGRÁFICA"}
TOTAL = "Total"
GROUPS = {
    "indigena": "Indígena",
    "rrom": "Gitano(a) o Rrom",
    "raizal": "Raizal del Archipiélago de San Andrés",
    "palenquero": "Palenquero(a) de San Basilio",
    "afro": "Negro(a), mulato(a), afrodescendiente, afrocolombiano(a)",
    "ninguno": "Ningún grupo étnico-racial",
}
INDICATORS = {
    "poblacion_indigena": ("indigena",),
    "poblacion_afro": ("afro", "raizal", "palenquero"),
}
AREAS = {"total": "total", "cabecera": "cabecera", "centros poblados": "rural", "rural": "rural"}
_TOLD = 10


def claims(peek: Peek) -> bool:
    """Its columns, under a title."""
    return peek.headed(*PLACE.values(), GROUPS["indigena"], GROUPS["ninguno"])


def read(path: Path) -> Part:
    """Table ``indicadores``: people of a group of all people, total, cabecera and rural."""
    problems = Problems(path.name)
    raw = grids.table(path, problems, *PLACE.values())
    found = problems.locate(list(raw.columns), PLACE | {"total": TOTAL} | GROUPS)
    problems.stop()
    data = pd.DataFrame({name: raw.iloc[:, at].str.strip() for name, at in found.items()})
    data = data[data["area"] != ""]  # notes below the table
    data["municipio"] = frames.each(data["municipio"], code)
    for row in data.index[data["municipio"].isna()][:_TOLD]:
        problems.add("debe ser un código DIVIPOLA", str(raw.iat[row, found["municipio"]]),
                     row=int(row) + 2, column=PLACE["municipio"])  # fmt: skip
    words = frames.each(data["area"], fold)
    data["area"] = words.map(
        lambda text: next((zone for start, zone in AREAS.items() if text.startswith(start)), None)
    )
    for row in data.index[data["area"].isna()][:_TOLD]:
        problems.add("debe ser total, cabecera o centros poblados y rural",
                     str(raw.iat[row, found["area"]]), row=int(row) + 2,
                     column=PLACE["area"])  # fmt: skip
    data = data.reset_index(drop=True)
    for name in ("periodo", "total", *GROUPS):
        data[name] = problems.numbers(
            data[name], whole=True, within=YEARS if name == "periodo" else PEOPLE,
            column=str(raw.columns[found[name]]),
        )  # fmt: skip
    problems.stop()
    wrong = data[(data[list(GROUPS)].sum(axis=1) != data["total"]) & data["total"].notna()]
    for row in wrong.index[:_TOLD]:
        problems.add("los grupos deben sumar el total", f"{wrong['total'][row]:.0f}",
                     row=int(row) + 2, column=TOTAL)  # fmt: skip
    for row in data.index[data.duplicated(list(PLACE))][:_TOLD]:
        problems.add("municipio, año y área no se repiten", str(data.at[row, "municipio"]),
                     row=int(row) + 2)  # fmt: skip
    problems.stop()
    census = data[(data["periodo"] == CENSUS) & (data["total"] > 0)]
    parts = [
        census[[*PLACE]].assign(
            indicador=name,
            numerador=census[list(groups)].sum(axis=1),
            denominador=census["total"],
        )
        for name, groups in INDICATORS.items()
    ]
    rows = pd.concat(parts, ignore_index=True)
    made = indicator_rows(
        rows.sort_values(["municipio", "indicador", "area"]), fuente=SOURCE, serie="dane_etnia"
    )
    aside = set_aside(
        [
            ("Años proyectados: repiten las proporciones del censo",
             int((data["periodo"] != CENSUS).sum())),
            ("Sin población", int(((data["periodo"] == CENSUS) & ~(data["total"] > 0)).sum())),
        ]
    )  # fmt: skip
    return Part("indicadores", made, len(data), len(census), aside, (CENSUS,))


READER = Reader(
    source=SOURCE,
    publisher="DANE",
    title="Proyecciones de población municipal por pertenencia étnico-racial y área",
    kinds=("xlsx", "xls", "csv"),
    name=re.compile(r"pertenen\w* ?etnico ?racial"),
    contents="las columnas COD_DPTO-MPIO, AÑO, ÁREA GEOGRÁFICA, Total y una por grupo",
    claims=claims,
    read=read,
)
