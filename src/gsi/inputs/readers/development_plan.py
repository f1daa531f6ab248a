"""The plan de desarrollo as a territory programmed it in SisPT (DNP): export «Plan indicativo».

One row of the file is an indicator of product; one of the table is that indicator in one year. The
years are those of the headings, so that the plans of other terms are read alike.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.ground import frames
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.plans import (
    MONEY,
    QUANTITY,
    code_in_name,
    locate,
    mga,
    owner,
    present,
    rows_below,
    said,
)
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

SOURCE = "dnp_sispt"
HEADINGS = {
    "codigo_sispt": "Código de indicador de producto (SisPT)",
    "linea": "Línea estratégica",
    "sector": "Sector (MGA)",
    "programa": "Código del programa (MGA)",
    "programa_nombre": "Programa (MGA)",
    "producto": "Código del producto (MGA)",
    "producto_nombre": "Producto (MGA)",
    "indicador": "Código de indicador de producto (MGA)",
    "indicador_nombre": "Indicador de Producto(MGA)",
    "unidad": "Unidad de medida",
    "meta_cuatrienio": "Meta del cuatrienio",
}
# Of the export as it is since 2024; others have come without them.
OPTIONAL = {
    "municipio": "Código DANE",
    "personalizacion": "Personalización de Indicador de Producto",
    "principal": "Principal",
    "acumulacion": "Tipo de acumulación",
    "bpin": "BPIN",
}
# What a financing column of a year is counted as, by how its heading begins.
FUNDS = {
    "recursos_propios": ("recursos propios",),
    "recursos_sgp": ("sgp",),
    "recursos_credito": ("credito",),
    "recursos_cofinanciacion": ("transferencias de capital", "cofinanciacion"),
    "recursos_otros": ("otros", "otras"),
}
_PHYSICAL = re.compile(r"programacion del producto bien o servicio (20\d\d)")
_TOTAL = re.compile(r"total (20\d\d)")
_FUND = re.compile(r"(.+) (20\d\d)")
_LINE = re.compile(r"^LE-\d+\s*-\s*")
_ACCUMULATES = {"acumulativo": "acumulativo", "no acumulativo": "no_acumulativo", "": None}
_YES = {"si": 1, "no": 0, "": None}


def claims(peek: Peek) -> bool:
    """The headings of its sheet of products, whatever row they are in."""
    return peek.headed(HEADINGS["codigo_sispt"], HEADINGS["indicador"]) and (
        peek.headed(HEADINGS["meta_cuatrienio"]) or peek.headed("Meta de cuatrienio")
    )


def read(path: Path) -> Part:
    """Table ``plan_desarrollo``: quantities in the indicator's unit, money in pesos."""
    problems = Problems(path.name)
    sheet, header, body, first = rows_below(
        path, (HEADINGS["codigo_sispt"], HEADINGS["indicador"]), "plan indicativo de SisPT"
    )
    there = {name: heading for name, heading in OPTIONAL.items() if present(header, heading)}
    headings = HEADINGS | there
    found = locate(header, headings, problems, sheet)
    labels = [label(cell or "") for cell in header]
    years = _years(labels, problems, sheet)
    problems.stop()
    cells = {name: pd.Series([row[at] for row in body], dtype="object")
             for name, at in found.items()}  # fmt: skip
    base = pd.DataFrame({name: frames.each(values, said) for name, values in cells.items()})
    if "municipio" in cells:
        base["municipio"] = owner(cells["municipio"], problems, sheet, first, headings["municipio"])
    else:
        base["municipio"] = _owner_by_name(path, problems)
    mga(base, problems, sheet, first, headings)
    base["linea"] = base["linea"].str.replace(_LINE, "", regex=True)
    for name, words in (("acumulacion", _ACCUMULATES), ("principal", _YES)):
        if name in base:
            base[name] = _worded(base[name], words, problems, sheet, first, headings[name])
    base["meta_cuatrienio"] = problems.numbers(
        cells["meta_cuatrienio"],
        dots="decimal",
        within=QUANTITY,
        sheet=sheet,
        column=HEADINGS["meta_cuatrienio"],
        first_row=first,
    )
    parts = []
    for year in sorted(years):
        part = base.assign(periodo=year)
        for name, columns in years[year].items():
            total = pd.Series(0.0, index=base.index)
            for position in columns:
                total += problems.numbers(
                    pd.Series([row[position] for row in body], dtype="object"),
                    dots="decimal",
                    within=QUANTITY if name == "programado" else MONEY,
                    sheet=sheet,
                    column=str(header[position]),
                    first_row=first,
                ).fillna(0 if name != "programado" else float("nan"))
            part[name] = total
        parts.append(part)
    problems.stop()
    data = pd.concat(parts, ignore_index=True)
    _adds_up(data, problems, sheet)
    twice = base[base.duplicated(["municipio", "codigo_sispt"])]
    for row in twice.index[:5]:
        problems.add(
            "cada código de SisPT va una sola vez",
            str(base.at[row, "codigo_sispt"]),
            sheet=sheet,
            row=int(row) + first,
            column=HEADINGS["codigo_sispt"],
        )
    problems.stop()
    data["origen"] = SOURCE
    data = data.sort_values(["municipio", "codigo_sispt", "periodo"], ignore_index=True)
    return Part("plan_desarrollo", data, len(body), len(body), years=tuple(sorted(years)))


def _owner_by_name(path: Path, problems: Problems) -> str | None:
    """The code in the file's name, of an export that has no column for it."""
    code = code_in_name(path)
    if code is None:
        problems.add(
            "el plan debe decir de quién es: trae la columna «Código DANE», o el código está en el "
            "nombre del archivo",
            path.name,
            "Póngale al archivo el código DIVIPOLA de la entidad (por ejemplo sispt-73067.xlsx).",
        )
    return code


def _years(labels: list[str], problems: Problems, sheet: str) -> dict[int, dict[str, list[int]]]:
    """Year → column of the table → positions of the published columns that it adds up."""
    years: dict[int, dict[str, list[int]]] = {}
    for position, text in enumerate(labels):
        physical, total, fund = (pattern.fullmatch(text) for pattern in (_PHYSICAL, _TOTAL, _FUND))
        if physical:
            years.setdefault(int(physical[1]), {})["programado"] = [position]
        elif total:
            years.setdefault(int(total[1]), {})["recursos"] = [position]
        elif fund:
            known = next((name for name, starts in FUNDS.items() if fund[1].startswith(starts)), "")
            if not known:
                problems.add("una columna de dinero que no se conoce", text, sheet=sheet)
            years.setdefault(int(fund[2]), {}).setdefault(known, []).append(position)
    whole = {"programado", "recursos"}
    for year, columns in sorted(years.items()):
        if not whole <= set(columns):
            problems.add(
                f"cada año trae su programación física y su total ({year})",
                ", ".join(sorted(columns)),
                sheet=sheet,
            )
    if not years:
        problems.add("debe traer «Programación del producto bien o servicio AÑO»", "ninguna",
                     sheet=sheet)  # fmt: skip
    return years


def _adds_up(data: pd.DataFrame, problems: Problems, sheet: str) -> None:
    funds = [name for name in FUNDS if name in data]
    if not funds:
        return
    sums = data[funds].sum(axis="columns")
    wrong = data.assign(suma=sums)[(sums - data["recursos"]).abs() > 1]
    for row in wrong.head(5).to_dict("records"):
        problems.add(
            "las fuentes de un año suman su total",
            f"{row['codigo_sispt']} en {row['periodo']}: {row['suma']:.0f} y no "
            f"{row['recursos']:.0f}",
            sheet=sheet,
        )


def _worded(
    values: pd.Series,
    words: dict[str, Any],
    problems: Problems,
    sheet: str,
    first: int,
    column: str,
) -> pd.Series:
    """What each of a few words means; another one is told, with its first row."""
    labels = frames.each(values, lambda text: "" if text is None or pd.isna(text) else label(text))
    for text in sorted(set(labels) - set(words)):
        row = int((labels == text).to_numpy().argmax())
        problems.add(
            f"debe decir una de estas: {', '.join(word for word in words if word)}",
            str(values.iloc[row]),
            sheet=sheet,
            row=row + first,
            column=column,
        )
    return labels.map(words)


READER = Reader(
    source=SOURCE,
    publisher="Departamento Nacional de Planeación (DNP)",
    title="Plan indicativo del plan de desarrollo, exportado de SisPT",
    kinds=("xlsx", "xls"),
    name=re.compile(r"sispt|plan indicativo"),
    contents="la hoja «Plan indicativo - Productos» con los códigos de SisPT y de la MGA, la meta "
    "del cuatrienio y lo programado en cada año",
    claims=claims,
    read=read,
)
