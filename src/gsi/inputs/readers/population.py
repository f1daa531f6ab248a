"""Municipal population by sex and single year of age: DANE projections compiled by epiCo."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from gsi.contract.vocabulary import Area
from gsi.ground import frames
from gsi.inputs.indicators import unification
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

SEXES = {"hombre": "hombres", "mujer": "mujeres"}
OLDEST = 85  # 85 and over
SOURCE = "dane_proyecciones_epico"
# People of the country by year in DANE's projections: the file has no title that says its edition.
# Sources: this publication, and DANE's departments in the revision of 30 July 2025 (2018-2030).
PREVIOUS = {2019: 49_395_678, 2020: 50_407_647, 2021: 51_117_378, 2022: 51_682_692,
            2023: 52_215_503, 2024: 52_695_952}  # fmt: skip
REVISED = {2019: 49_266_526, 2020: 50_390_790, 2021: 51_115_637, 2022: 51_643_565,
           2023: 52_117_067, 2024: 52_613_753, 2025: 53_057_212, 2026: 53_399_171,
           2027: 53_712_233, 2028: 54_001_502, 2029: 54_269_406, 2030: 54_518_223}  # fmt: skip
EDITIONS = {SOURCE: PREVIOUS, "dane_proyecciones_2025": REVISED}
UNKNOWN = "dane_proyecciones_otra"
WHOLE = 1_000  # with fewer municipalities a file is an extract, and its totals say nothing


def claims(peek: Peek) -> bool:
    """One column a sex and age."""
    return peek.headed("dpmp", "ano", "hombres_0", "mujeres_0")


def read(path: Path) -> Part:
    """Table ``poblacion``: one row a municipality, year, sex and age (85 = 85 and over).

    Text columns are categorical and numbers small integers: 1,122 × 13 years × 172 cells.
    """
    problems = Problems(path.name)
    header = grids.csv_header(path)
    cells = [
        (sex, age, f"{column}_{age}") for sex, column in SEXES.items() for age in range(OLDEST + 1)
    ]
    for name in ("dpmp", "ano", *(c[2] for c in cells)):
        if header.count(name) != 1:
            rule = "está repetida una" if name in header else "falta una"
            problems.add(
                f"{rule} columna del archivo publicado", f"{len(header)} columnas", column=name
            )
    problems.stop()
    rows = sum(1 for _row in grids.csv_rows(path)) - 1  # a cell a column in each, or it raises
    if not rows:
        problems.add("debe traer filas de datos", "solo encabezados")
    problems.stop()
    raw = grids.read_csv(path, dtype={"dpmp": str}, index_col=False)
    codes = frames.each(raw["dpmp"], code)
    for row in codes.index[codes.isna()][:10]:
        problems.add("debe ser un código DIVIPOLA", str(raw.at[row, "dpmp"]), row=int(row) + 2)
    wide = raw[[name for *_, name in cells]]
    for name in wide.columns[~wide.dtypes.map(pd.api.types.is_integer_dtype)]:
        problems.add(
            "debe tener solo números enteros de personas", str(raw[name].dtype), column=name
        )
    for row in raw.index[raw.duplicated(["dpmp", "ano"])][:10]:
        problems.add("municipio y año no se repiten", str(raw.at[row, "dpmp"]), row=int(row) + 2)
    problems.stop()
    people = wide.to_numpy(dtype="int32")
    for row in np.flatnonzero((people < 0).any(axis=1))[:10]:
        problems.add(
            "las personas no pueden ser menos de cero", "un número negativo", row=int(row) + 2
        )
    problems.stop()

    return long(
        codes, raw["ano"], pd.Series("total", index=raw.index), people.astype("int32"), SOURCE
    )


def long(
    codes: pd.Series, years: pd.Series, areas: pd.Series, people: np.ndarray, usual: str
) -> Part:
    """Table ``poblacion`` of rows that have a column a sex and age: ``people`` has the men of 0 to
    :data:`OLDEST` and then the women. ``usual``: see :func:`edition`."""
    rows, ages = people.shape
    whole = (areas == Area.TOTAL).to_numpy()
    totals = (
        pd.Series(people[whole].sum(axis=1, dtype="int64")).groupby(years[whole].to_numpy()).sum()
    )
    counted = {int(str(when)): int(n) for when, n in totals.items()}
    source = edition(counted, codes[whole].nunique(), usual)
    places, zones = pd.Categorical(codes), pd.Categorical(areas)
    sexes = pd.Categorical(np.repeat(list(SEXES), OLDEST + 1), categories=list(SEXES))
    data = pd.DataFrame(
        {
            "municipio": _repeated(places, ages),
            "periodo": np.repeat(years.to_numpy(dtype="int16"), ages),
            "sexo": pd.Categorical.from_codes(np.tile(sexes.codes, rows), sexes.categories),
            "edad": np.tile(np.tile(np.arange(OLDEST + 1, dtype="int8"), len(SEXES)), rows),
            "area": _repeated(zones, ages),
            "personas": people.ravel(),
            "fuente": _constant(source, rows * ages),
        }
    )
    notes = (
        f"La edad {OLDEST} reúne {OLDEST} años y más.",
        f"Proyecciones en {unification.EDITIONS[source]}.",
    )
    when = tuple(sorted(int(year) for year in years.unique()))
    return Part("poblacion", data, rows, rows, years=when, notes=notes)


def edition(totals: Mapping[int, int], municipalities: int, usual: str = SOURCE) -> str:
    """The ``fuente`` of a file by the people of its years: the edition whose totals of the country
    it has, :data:`UNKNOWN` with none. Years before any revision are the same in all of them
    (:data:`SOURCE`), and an extract is of the ``usual`` one."""
    if not set(totals) & set(REVISED):
        return SOURCE
    if municipalities < WHOLE:
        return usual
    for source, known in EDITIONS.items():
        if all(known.get(when, people) == people for when, people in totals.items()):
            return source
    return UNKNOWN


def _repeated(values: pd.Categorical, times: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.repeat(values.codes, times), values.categories)


def _constant(value: str, rows: int) -> pd.Series:
    """A categorical column of one value."""
    return pd.Series(pd.Categorical.from_codes(np.zeros(rows, dtype="int8"), pd.Index([value])))


READER = Reader(
    source=SOURCE,
    publisher="DANE (compilación epiCo, licencia MIT)",
    title="Proyecciones de población municipal por sexo y edad simple",
    kinds=("csv",),
    name=re.compile(r"poblacion municipal edad|\bepico\b"),
    contents="las columnas dpmp, ano, hombres_0 … hombres_85 y mujeres_0 … mujeres_85",
    claims=claims,
    read=read,
)
