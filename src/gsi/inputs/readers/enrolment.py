"""Students enrolled by municipality and sector (MEN, compiled by the Procuraduría)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import PEOPLE, YEARS, code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.plans import said
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part, set_aside

SOURCE = "men_matricula"
HEADINGS = {"periodo": "anno", "municipio": "codmpio", "sector": "sector",
            "cupos_usados": "#_estudiantes"}  # fmt: skip
OFFERS = {
    "oficial": ("Educación preescolar, básica y media, sector oficial", "Sector oficial"),
    "no oficial": ("Educación preescolar, básica y media, sector no oficial", "Sector no oficial"),
}


def claims(peek: Peek) -> bool:
    """Its four headings."""
    return peek.headed(*HEADINGS.values())


def read(path: Path) -> Part:
    """Table ``servicios``: students as places used; places are not published."""
    problems = Problems(path.name)
    (sheet, rows), *_ = grids.sheets(path).items()
    found = problems.locate(rows[0], HEADINGS, sheet)
    problems.stop()
    body = rows[1:]
    cells = {name: pd.Series([row[at] for row in body], dtype="object")
             for name, at in found.items()}  # fmt: skip
    data = pd.DataFrame({"municipio": pd.Series([code(cell) for cell in cells["municipio"]],
                                                dtype="str")})  # fmt: skip
    for name, within in (("periodo", YEARS), ("cupos_usados", PEOPLE)):
        data[name] = problems.numbers(cells[name], dots="decimal", whole=True, within=within,
                                      sheet=sheet, column=HEADINGS[name])  # fmt: skip
    sector = cells["sector"].map(lambda cell: label(said(cell) or ""))
    for text in sorted(set(sector) - set(OFFERS)):
        row = int((sector == text).to_numpy().argmax())
        problems.add("debe decir OFICIAL o NO_OFICIAL", text or "nada", sheet=sheet, row=row + 2,
                     column=HEADINGS["sector"])  # fmt: skip
    problems.stop()
    unplaced, blank = data["municipio"].isna(), data["cupos_usados"].isna()
    data["clase"] = sector
    data = data[~unplaced & ~blank]
    data = data.sort_values(["municipio", "periodo", "clase"], ignore_index=True)
    offers = pd.DataFrame(
        {
            "servicio": "men-" + data["clase"].str.replace(" ", "-") + "-" + data["municipio"],
            "nombre": data["clase"].map({name: told for name, (told, _) in OFFERS.items()}),
            "sector": "educacion",
            "entidad": data["clase"].map({name: who for name, (_, who) in OFFERS.items()}),
            "municipio": data["municipio"],
            "cupos_usados": data["cupos_usados"],
            "periodo": data["periodo"].astype("int64"),
            "origen": SOURCE,
            "nota": "Matrícula del año; los cupos no se publican.",
        }
    )
    twice = offers[offers.duplicated(["servicio", "periodo"])]
    if len(twice):
        problems.add("cada municipio, año y sector va una sola vez",
                     ", ".join(map(str, twice.iloc[0][["servicio", "periodo"]])),
                     sheet=sheet)  # fmt: skip
    problems.stop()
    aside = [
        ("Código que no es de un municipio", int(unplaced.sum())),
        ("Sin dato publicado", int((blank & ~unplaced).sum())),
    ]
    years = tuple(sorted(int(year) for year in offers["periodo"].unique()))
    return Part("servicios", offers, len(body), len(offers), set_aside(aside), years)


READER = Reader(
    source=SOURCE,
    publisher="Ministerio de Educación Nacional (compilación de la Procuraduría)",
    title="Matrícula por municipio y sector",
    kinds=("xlsx",),
    name=re.compile(r"\bya2 7\b"),
    contents="las columnas anno, codmpio, sector y #_estudiantes",
    claims=claims,
    read=read,
)
