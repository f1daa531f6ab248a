"""DIVIPOLA: the codes and names of every department and municipality (DANE)."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from gsi.contract import geography
from gsi.contract.divipola import COME_AND_GONE, departments_of, is_unknown_place
from gsi.ground import frames, locale
from gsi.ground.errors import Finding
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label, spellings
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

# As the API of datos.gov.co names its columns, and as its button «Exportar» heads them.
HEADINGS: dict[str, tuple[str, ...]] = {
    "departamento": ("cod_dpto", "Código Departamento"),
    "nombre_departamento": ("dpto", "Nombre Departamento"),
    "municipio": ("cod_mpio", "Código Municipio"),
    "nombre": ("nom_mpio", "Nombre Municipio"),
}
POINT: dict[str, tuple[str, ...]] = {
    "lon": ("longitud",),
    "lat": ("latitud",),
}  # older copies have none
# A file without it, or a cell without anything, says nothing of a place but that it has a code: it
# is then taken for a municipality, as all but nineteen are.
KINDS = ("tipo_municipio", "Tipo: Municipio / Isla / Área no municipalizada")
# Codes of one source alone, up to this many, are that source's mistake and not DIVIPOLA's.
STRAY = 2
_SHOWN = 12


def claims(peek: Peek) -> bool:
    """The headings of datos.gov.co gdxc-w37w, the API's or those of an export, and one that only
    it has; or no other: codes and names stand before the figures of other tables too."""
    coded = ("departamento", "municipio", "nombre")
    wanted = [tuple(HEADINGS[name][vintage] for name in coded) for vintage in (0, 1)]
    signs = (*KINDS, *itertools.chain(*POINT.values()))
    if any(peek.headed(*names, sign) for names in wanted for sign in signs):
        return True
    known = {text for names in HEADINGS.values() for name in names for text in spellings(name)}
    bare = {name: tuple(r for r in rows if known >= set(r)) for name, rows in peek.sheets.items()}
    return any(dataclasses.replace(peek, sheets=bare).headed(*names) for names in wanted)


def read(path: Path) -> Part:
    """Table ``divipola``: codes and names as published, ``lon`` and ``lat`` in degrees.

    ``tipo``: the column :data:`KINDS`, in lower case.
    """
    problems = Problems(path.name)
    raw = grids.table(path, problems, *HEADINGS.values())
    placed = any(label(name) in POINT["lon"] + POINT["lat"] for name in raw.columns)
    found = problems.locate(list(raw.columns), HEADINGS | (POINT if placed else {}))
    problems.stop()
    data = pd.DataFrame({name: raw.iloc[:, at].str.strip() for name, at in found.items()})
    data["municipio"] = frames.each(data["municipio"], code)
    for row in data.index[data["municipio"].isna()]:
        problems.add(
            "debe ser un código DIVIPOLA de cinco dígitos",
            str(raw.iat[row, found["municipio"]]),
            row=int(row) + 2,
            column=raw.columns[found["municipio"]],
        )
    for row in data.index[data["municipio"].notna() & data["municipio"].duplicated()]:
        problems.add(
            "el código de municipio no se repite",
            str(data.at[row, "municipio"]),
            row=int(row) + 2,
            column=raw.columns[found["municipio"]],
        )
    owner = raw.iloc[:, found["departamento"]].str.strip().str.zfill(2)
    moved = data["municipio"].notna() & (owner != departments_of(data["municipio"]))
    for row in data.index[moved]:
        problems.add(
            "los dos primeros dígitos del código de municipio son los de su departamento",
            f"{data['municipio'][row]} en el departamento {owner[row]}",
            row=int(row) + 2,
            column=raw.columns[found["municipio"]],
        )
    for name in POINT:
        data[name] = (
            problems.numbers(
                data[name], dots="decimal", within=geography.BOX[name], column=POINT[name][0]
            )
            if placed
            else float("nan")
        )
    problems.stop()
    data["departamento"] = departments_of(data["municipio"])
    data["tipo"] = _kinds(raw)
    columns = ["municipio", "nombre", "departamento", "nombre_departamento", "lon", "lat", "tipo"]
    return Part("divipola", data[columns], len(raw), len(data))


def _kinds(raw: pd.DataFrame) -> pd.Series:
    known = {label(kind) for kind in KINDS}
    found = [position for position, name in enumerate(raw.columns) if label(name) in known]
    if not found:
        return pd.Series(None, index=raw.index, dtype="str")
    words = raw.iloc[:, found[0]].str.strip().str.lower()
    return words.replace("", None)


def incomplete(
    files: Collection[str], rows: int, lacking: Mapping[str, Collection[str]]
) -> Finding | None:
    """What is wrong with a DIVIPOLA that lacks municipalities which other official files have.

    ``files`` and ``rows``: the DIVIPOLA's. ``lacking``: code that it does not have → the files, one
    a source, that do. None where the codes are those that come and go, mean no place, or are a few
    of one source alone.
    """
    codes = sorted(
        code for code in lacking if code not in COME_AND_GONE and not is_unknown_place(code)
    )
    shared = [code for code in codes if len(lacking[code]) > 1]
    if not shared and len(codes) <= STRAY:
        return None
    some = ", ".join(codes[:_SHOWN]) + (f" y {len(codes) - _SHOWN} más" * (len(codes) > _SHOWN))
    owners = sorted({file for code in codes for file in lacking[code]})
    named = ", ".join(owners[:3]) + (f" y otros {len(owners) - 3}" * (len(owners) > 3))
    one = len(codes) == 1
    truncated = rows % 1000 == 0
    return Finding(
        " y ".join(sorted(files)),
        "la DIVIPOLA debe tener todos los municipios que traen los demás archivos oficiales",
        f"{locale.number(rows)} municipios; {'falta 1' if one else f'faltan {len(codes)}'} que "
        f"{'está' if one else 'están'} en {named}: {some}"
        + (
            ". Está cortada: la API del portal entrega 1.000 filas si no se le pide más" * truncated
        ),
        "Descárguela completa de datos.gov.co (gdxc-w37w): con «Exportar», o con ?$limit=5000 al "
        "final de la dirección de la API. Si está completa, retire el archivo que trae esos "
        "códigos.",
    )


READER = Reader(
    source="divipola",
    publisher="DANE",
    title="DIVIPOLA: códigos de municipios (datos.gov.co gdxc-w37w)",
    kinds=("csv", "xlsx", "xls"),
    name=re.compile(r"divipola|gdxc w37w"),
    contents="las columnas cod_dpto, dpto, cod_mpio y nom_mpio (o Código Departamento, Nombre "
    "Departamento, Código Municipio y Nombre Municipio); si están, tipo_municipio, longitud y "
    "latitud",
    claims=claims,
    read=read,
)
