"""Acute malnutrition under 5 notified to SIVIGILA (INS, event 113), by residence and month.

The country is every case notified, of residents abroad and of no municipality too; a department is
those of its codes. A place and month without a row had no notification.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from gsi.contract.divipola import DEPARTMENTS, departments_of, is_unknown_place
from gsi.contract.vocabulary import COUNTRY
from gsi.ground.locale import number
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import PEOPLE, YEARS
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

SOURCE = "ins_sivigila_113"
INDICATOR = "desnutricion_aguda_5"
HEADINGS = {"municipio": "divipola", "periodo": "anio", "mes": "mes", "casos": "cantidad"}
BOGOTA, LOCALITIES = "11001", "11"  # notified by locality
_PLACE = re.compile(r"\d{4,5}")


def claims(peek: Peek) -> bool:
    """Its columns."""
    return peek.headed(*HEADINGS.values())


def read(path: Path) -> Part:
    """Table ``indicadores``: cases of the year as ``numerador``; years of some months set aside."""
    problems = Problems(path.name)
    raw = grids.table(path, problems, *HEADINGS.values())
    found = problems.locate(list(raw.columns), HEADINGS)
    problems.stop()
    data = pd.DataFrame({name: raw.iloc[:, at].str.strip() for name, at in found.items()})
    for name, within in (("periodo", YEARS), ("mes", (1, 12)), ("casos", PEOPLE)):
        data[name] = problems.numbers(data[name], dots="decimal", whole=True, within=within,
                                      column=HEADINGS[name])  # fmt: skip
    for row in data.index[data["municipio"] == ""][:10]:
        problems.add("debe ser un código DIVIPOLA", "nada", row=int(row) + 2,
                     column=HEADINGS["municipio"])  # fmt: skip
    for row in data.index[data.duplicated(["municipio", "periodo", "mes"])][:10]:
        problems.add("municipio, año y mes no se repiten", ", ".join(raw.iloc[row].astype(str)),
                     row=int(row) + 2)  # fmt: skip
    problems.stop()
    months = data.groupby("periodo")["mes"].nunique()
    partial = sorted(int(year) for year in months.index[months < 12])
    whole = ~data["periodo"].isin(partial)
    part, years = data[whole], sorted(int(year) for year in months.index[months == 12])
    country = part.groupby("periodo")["casos"].sum()
    places = part[part["municipio"].str.fullmatch(_PLACE)].assign(
        municipio=lambda rows: rows["municipio"].str.zfill(5)
    )
    # A code of no department (01 is abroad, 09, 14 and 48 are countries) is of nobody here.
    places = places[departments_of(places["municipio"]).isin(DEPARTMENTS)]
    of_bogota = places["municipio"].str.startswith(LOCALITIES)
    places["municipio"] = places["municipio"].mask(of_bogota, BOGOTA)
    departments = places.assign(municipio=departments_of(places["municipio"]))
    known = places[~places["municipio"].map(is_unknown_place)]
    counted = pd.concat(
        [rows.groupby(["municipio", "periodo"])["casos"].sum() for rows in (known, departments)]
    ).reset_index()
    counted = pd.concat(
        [counted, country.rename("casos").reset_index().assign(municipio=COUNTRY)],
        ignore_index=True,
    )
    rows = counted.rename(columns={"casos": "numerador"}).assign(indicador=INDICATOR)
    made = indicator_rows(
        rows.sort_values(["municipio", "periodo"]), fuente=SOURCE, serie="sivigila_113"
    )
    told = [f"Casos notificados en {year}: {number(country[year])}." for year in years]
    aside = set_aside(
        [
            (f"Años sin los doce meses: {', '.join(map(str, partial))}", int((~whole).sum())),
            (
                "Residentes en el exterior o sin municipio; cuentan en el total del país",
                int(whole.sum()) - len(known),
            ),
        ]
    )
    kept = len(known)
    return Part("indicadores", made, len(raw), kept, aside, tuple(years), tuple(told))


READER = Reader(
    source=SOURCE,
    publisher="Instituto Nacional de Salud (compilación del ICBF)",
    title="Desnutrición aguda en menores de 5 años, SIVIGILA (evento 113), por residencia y mes",
    kinds=("csv", "xlsx", "xls"),
    name=re.compile(r"sivigila 113"),
    contents="las columnas divipola, anio, mes y cantidad",
    claims=claims,
    read=read,
)
