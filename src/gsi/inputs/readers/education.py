"""Coverage, dropout, failure and repetition by municipality and year (Ministerio de Educación)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from gsi.contract import limits
from gsi.contract.divipola import departments_of
from gsi.ground import frames
from gsi.ground.locale import fold
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import PEOPLE, YEARS, code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label, spellings
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

RATES = {
    "cobertura_neta": "COBERTURA_NETA",
    "cobertura_neta_transicion": "COBERTURA_NETA_TRANSICIÓN",
    "cobertura_neta_primaria": "COBERTURA_NETA_PRIMARIA",
    "cobertura_neta_secundaria": "COBERTURA_NETA_SECUNDARIA",
    "cobertura_neta_media": "COBERTURA_NETA_MEDIA",
    "desercion": "DESERCIÓN",
    "desercion_secundaria": "DESERCIÓN_SECUNDARIA",
    "reprobacion": "REPROBACIÓN",
    "repitencia": "REPITENCIA",
}
HEADINGS = {
    "periodo": "AÑO",
    "municipio": "CÓDIGO_MUNICIPIO",
    "nombre": "MUNICIPIO",
    "departamento": "DEPARTAMENTO",
    "poblacion": "POBLACIÓN_5_16",
}
GROSS = "COBERTURA_BRUTA"
OWNER = "CÓDIGO_DEPARTAMENTO"
ABOVE = "Cobertura neta mayor de 100 %: la población proyectada es menor que la matrícula."
# Years before and after one with lost zeros that tell a municipality's usual population.
AROUND = 2
NONE_ENROLLED = "Cobertura neta de 0 % publicada: sin matrícula reportada en el municipio."


def claims(peek: Peek) -> bool:
    """The headings of datos.gov.co nudc-7mev."""
    return peek.headed("CÓDIGO_MUNICIPIO", "POBLACIÓN_5_16", "COBERTURA_NETA", "DESERCIÓN")


def people(texts: pd.Series, years: pd.Series, places: pd.Series, problems: Problems) -> pd.Series:
    """People aged 5-16 as the file writes them; NaN where it cannot be known.

    In a year whose thousands carry a dot the file lost their closing zeros, sometimes with the dot:
    ``24.934`` is 24,934 and ``2.5`` is 2,500; there a lone ``13`` may be 13 or 13,000, and the
    municipality's people in the years around tell which. Not so in a file of a program, whose dots
    are decimal (``5100.0``).
    """
    decimal = texts.str.fullmatch(r"\d{4,}\.\d+|\d+\.0").any()
    dotted = texts.str.contains(".", regex=False) & (not decimal)
    in_thousands = years.isin(set(years[dotted]))
    lost = in_thousands & texts.str.fullmatch(r"\d{1,3}\.\d{1,3}")
    whole = [str(round(float(text) * 1000)) for text in texts[lost]]
    texts = texts.where(~lost, pd.Series(whole, index=texts.index[lost], dtype="str"))
    read = problems.numbers(texts, whole=True, within=PEOPLE, column=HEADINGS["poblacion"])
    doubtful = in_thousands & ~lost & read.between(1, 999)
    usual = _around(read.mask(in_thousands), years, places, doubtful)
    # On a ratio scale 1,000 times is nearer where the file has less than the root of 1,000 of it.
    of_thousands = read < usual / 1000**0.5
    read = read.mask(doubtful & of_thousands, 1000 * read)
    return read.mask(doubtful & usual.isna() & (read < 100))


def _around(read: pd.Series, years: pd.Series, places: pd.Series, wanted: pd.Series) -> pd.Series:
    """The mean of the same place's people in the years around, for the rows wanted."""
    known = pd.DataFrame({"place": places, "year": years, "people": read}).dropna()
    found = {}
    for row in wanted.index[wanted]:
        near = (known["year"] - years[row]).abs() <= AROUND
        found[row] = known.loc[near & (known["place"] == places[row]), "people"].mean()
    return pd.Series(found, dtype="float64").reindex(read.index)


def read(path: Path) -> Part:
    """Table ``indicadores``: percent; total net coverage carries its population as denominator.

    Dropout, failure and repetition are shares of the official enrolment, which the file does not
    bring: their denominator is the whole enrolment, gross coverage × people of 5-16, where the file
    has gross coverage.
    """
    problems = Problems(path.name)
    raw = grids.table(path, problems, *HEADINGS.values())
    with_gross = any(label(name) in spellings(GROSS) for name in raw.columns)
    optional = {"bruta": GROSS} if with_gross else {}
    found = problems.locate(list(raw.columns), {**HEADINGS, **RATES, **optional})
    problems.stop()
    base = pd.DataFrame({name: raw.iloc[:, found[name]].str.strip() for name in HEADINGS})
    national = base["nombre"].map(fold) == "nacional"
    base["municipio"] = frames.each(base["municipio"], code)
    unknown = base["municipio"].isna() & ~national
    for row in base.index[unknown][:10]:
        problems.add(
            "debe ser un código DIVIPOLA",
            str(raw.iat[row, found["municipio"]]),
            row=int(row) + 2,
            column=HEADINGS["municipio"],
        )
    problems.departments(
        list(raw.columns), OWNER, raw.to_numpy(), base["municipio"].where(~national, None).tolist()
    )
    base["periodo"] = problems.numbers(
        base["periodo"], whole=True, within=YEARS, column=HEADINGS["periodo"]
    )
    rates = {}
    for name, heading in RATES.items():
        cells = raw.iloc[:, found[name]].where(~national, "")
        rates[name] = problems.numbers(cells, within=limits.of(name), column=heading)
    blank_cells = pd.Series("", index=raw.index, dtype="str")
    cells = raw.iloc[:, found["bruta"]].where(~national, "") if with_gross else blank_cells
    gross = problems.numbers(cells, within=limits.of("cobertura_neta"), column=GROSS)
    aged = people(base["poblacion"], base["periodo"], base["municipio"], problems)
    problems.stop()

    kept = base[~national].reset_index(drop=True)
    aged = aged[~national].reset_index(drop=True)
    gross = gross[~national].reset_index(drop=True)
    enrolled = (gross / 100 * aged).round()
    enrolled = enrolled.where(enrolled > 0)
    parts, empty = [], 0
    for name in RATES:
        value = rates[name][~national].reset_index(drop=True)
        part = kept[["municipio", "periodo"]].assign(indicador=name, valor=value)
        if name.startswith("cobertura_neta"):
            part["denominador"] = aged if name == "cobertura_neta" else np.nan
        else:
            part["denominador"] = enrolled
        part["nota"] = None
        if name.startswith("cobertura_neta"):
            part.loc[value > 100, "nota"] = ABOVE
        if name == "cobertura_neta":
            part.loc[value == 0, "nota"] = NONE_ENROLLED
        # A rate of a municipality without students is a rate of nobody.
        nobody = (gross == 0) & (not name.startswith("cobertura_neta"))
        empty += int((nobody & value.notna()).sum())
        parts.append(part[value.notna() & ~nobody])
    long = pd.concat(parts, ignore_index=True).sort_values(["municipio", "indicador", "periodo"])
    data = indicator_rows(long, fuente="men_estadisticas", serie="men")
    above = int(((data["indicador"] == "cobertura_neta") & (data["valor"] > 100)).sum())
    national_years = sorted(base.loc[national, "periodo"].astype(int).tolist())
    aside = [
        (
            "Filas NACIONAL: proporciones rotuladas como porcentaje (0,92 %) y con punto de miles "
            f"(10.287 %) en {', '.join(map(str, national_years))}; no se adivina su valor",
            int(national.sum()),
        )
    ]
    notes = [
        f"Coberturas netas totales mayores de 100 %, conservadas con nota: {above}.",
        f"Celdas de tasa vacías: {sum(int(r[~national].isna().sum()) for r in rates.values())}.",
        f"Tasas de municipios sin matrícula reportada, que no se usan: {empty}.",
        "El denominador de deserción, reprobación y repitencia es la matrícula estimada: cobertura "
        "bruta por población de 5 a 16 años."
        if with_gross
        else "Sin la columna COBERTURA_BRUTA: deserción, reprobación y repitencia sin denominador.",
        *_spellings(kept),
    ]
    blank = aged.isna() & (kept["poblacion"] != "")
    if blank.any():
        notes.append(
            "Población de 5 a 16 años sin leer porque no se sabe si el archivo perdió los ceros "
            f"finales: {int(blank.sum())} celdas."
        )
    years = tuple(sorted(kept["periodo"].astype(int).unique().tolist()))
    return Part("indicadores", data, len(raw), len(kept), set_aside(aside), years, tuple(notes))


def _spellings(rows: pd.DataFrame) -> list[str]:
    """Departments whose name is written in more than one way: codes are used, never names."""
    by_code = rows.groupby(departments_of(rows["municipio"]))["departamento"].unique()
    twice = [" / ".join(sorted(names)) for names in by_code if len(names) > 1]
    return (
        [f"Departamentos escritos de más de una forma (se usa el código): {'; '.join(twice)}."]
        if twice
        else []
    )


READER = Reader(
    source="men_estadisticas",
    publisher="Ministerio de Educación Nacional",
    title="Estadísticas en educación preescolar, básica y media por municipio (datos.gov.co "
    "nudc-7mev)",
    kinds=("csv", "xlsx", "xls"),
    name=re.compile(r"\bmen\b.*municipio|nudc 7mev"),
    contents="las columnas AÑO, CÓDIGO_MUNICIPIO, POBLACIÓN_5_16, COBERTURA_NETA y DESERCIÓN",
    claims=claims,
    read=read,
)
