"""Children with early education under comprehensive care (ICBF and Ministerio de Educación)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd

from gsi.ground import frames, locale
from gsi.inputs.indicators import cuts
from gsi.inputs.readers import grids, lost_zeros
from gsi.inputs.readers.numbers import PEOPLE, code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label, spellings
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside, span

SOURCE = "icbf_educacion_inicial"
HEADINGS = {
    "corte": "FECHA_CORTE",
    "municipio": "COD_DANE_MUNICIPIO",
    "numerador": "INDICADOR 3. TOTAL EDUCACIÓN INICIAL ICBF + MEN",
}
PARTS = {
    "icbf": "INDICADOR 1. EDUCACIÓN INICIAL ICBF",
    "men": "INDICADOR 2. NIÑOS Y NIÑAS EN PREESCOLAR CON EDUCACIÓN INICIAL",
}
OWNER = "COD_DANE_DEPARTAMENTO"
PREGNANT = "Incluye mujeres gestantes atendidas por el ICBF."
_CUT = re.compile(r"(\d{2})[-/](\d{2})[-/](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T00:00:00(?:\.0+)?)?")  # the API's, a workbook's


def claims(peek: Peek) -> bool:
    """Headings that hold line breaks."""
    return peek.headed("FECHA_CORTE", "COD_DANE_MUNICIPIO", HEADINGS["numerador"])


def read(path: Path) -> Part:
    """Table ``indicadores``: people attended (ICBF + MEN) as numerador; its date of cut in nota.

    The years published with their thousands dots lost are read by :mod:`.lost_zeros`, where the
    file has both parts of the total; a total that is not their sum is set aside.
    """
    problems = Problems(path.name)
    raw = grids.table(path, problems, *HEADINGS.values())
    headings = {**HEADINGS, **_parts(raw)}
    found = problems.locate(list(raw.columns), headings)
    problems.stop()
    data = pd.DataFrame({name: raw.iloc[:, found[name]].str.strip() for name in headings})
    for name in [name for name in headings if name not in ("corte", "municipio")]:
        data[name] = problems.numbers(data[name], whole=True, within=PEOPLE, column=headings[name])
    data["municipio"] = frames.each(data["municipio"], code)
    for row in data.index[data["municipio"].isna()][:10]:
        problems.add(
            "debe ser un código DIVIPOLA", str(raw.iat[row, found["municipio"]]), row=row + 2
        )
    problems.departments(list(raw.columns), OWNER, raw.to_numpy(), data["municipio"].tolist())
    days = {text: _cut(text) for text in data["corte"].unique()}
    for text in [text for text, day in days.items() if day is None]:
        problems.add("debe ser una fecha día-mes-año", text, column=HEADINGS["corte"])
    problems.stop()
    dates = {text: day for text, day in days.items() if day}
    data["periodo"] = [dates[text].year for text in data["corte"]]
    part_year = {text: f" {cuts.note(day)}".rstrip() for text, day in dates.items()}
    only = _without_preschool(data)
    data["nota"] = [
        PREGNANT + part_year[text] + only.get(year, "")
        for text, year in zip(data["corte"], data["periodo"], strict=True)
    ]
    data["indicador"] = "educacion_inicial"
    data, told = _restored(data)
    wrong = data["numerador"].isna()
    data = data[~wrong]
    rows = indicator_rows(
        data.drop(columns=["corte", *PARTS], errors="ignore").sort_values(["municipio", "periodo"]),
        fuente=SOURCE,
        serie="icbf_men",
    )
    years = tuple(sorted(data["periodo"].unique().tolist()))
    notes = (
        f"{PREGNANT} El indicador 4 (concurrencia) trae errores de hoja de cálculo y no se lee.",
        *(text.strip() for text in part_year.values() if text),
        *(f"{year}:{text}" for year, text in only.items()),
        *told,
    )
    aside = set_aside([("El total publicado no es la suma de sus dos partes", int(wrong.sum()))])
    return Part("indicadores", rows, len(raw), len(data), aside, years, notes)


def _cut(text: str) -> date | None:
    found, iso = _CUT.fullmatch(text), _ISO.fullmatch(text)
    parts = iso.groups() if iso else tuple(reversed(found.groups())) if found else ()
    try:
        return date(*(int(part) for part in parts)) if parts else None
    except ValueError:
        return None


def _parts(raw: pd.DataFrame) -> dict[str, str]:
    """The headings of the two parts, where the file has both."""
    there = [label(name) for name in raw.columns]
    both = all(any(name.startswith(spellings(part)) for name in there) for part in PARTS.values())
    return PARTS if both else {}


def _without_preschool(data: pd.DataFrame) -> dict[int, str]:
    """What a note says of the years in which the Ministry's part has children of no municipality,
    or of fewer than half: their totals are not of what the other years count."""
    if "men" not in data:
        return {}
    told = {}
    for year, rows in data.groupby("periodo"):
        some = int((rows["men"] > 0).sum())
        if not some:
            told[int(str(year))] = " Solo del ICBF: sin el preescolar del MEN."
        elif some < len(rows) / 2:
            shown = f"{locale.number(some)} de los {locale.number(len(rows))} municipios"
            told[int(str(year))] = f" Con el preescolar del MEN de {shown} de la fuente."
    return told


def _restored(data: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The rows with their totals as they were before the file lost zeros, each said in ``nota``,
    and the note of the file; a total that cannot be right is missing."""
    if not set(PARTS) <= set(data.columns):
        return data, []
    counts = data[[*PARTS, "numerador"]]
    lost = lost_zeros.years(counts, data["periodo"])
    total = lost_zeros.restored(
        data["municipio"], data["periodo"], data[list(PARTS)], data["numerador"], lost
    )
    changed = total.notna() & (total != data["numerador"])
    said = [
        f" Publicado: {locale.number(before)}, sin los ceros finales que el archivo perdió."
        for before in data.loc[changed, "numerador"]
    ]
    data = data.assign(numerador=total)
    data.loc[changed, "nota"] = data.loc[changed, "nota"] + pd.Series(said, data.index[changed])
    if not changed.any():
        return data, []
    return data, [
        f"En {span(lost)} el archivo perdió los ceros finales de las cifras de mil o más (ninguna "
        "termina en cero): se leen con los que pide la suma de las dos partes y el tamaño de la "
        f"cifra en los años vecinos. Totales corregidos: {locale.number(int(changed.sum()))}."
    ]


READER = Reader(
    source=SOURCE,
    publisher="ICBF y Ministerio de Educación Nacional",
    title="Educación inicial en el marco de la atención integral, por municipio",
    kinds=("csv", "xlsx", "xls"),
    name=re.compile(r"educacion inicial"),
    contents="las columnas FECHA_CORTE, COD_DANE_MUNICIPIO e INDICADOR 3",
    claims=claims,
    read=read,
)
