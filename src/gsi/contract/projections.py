"""People of the projections as denominators and weights: municipalities, departments, country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from gsi.contract.divipola import departments_of, is_fictional, is_municipal
from gsi.contract.vocabulary import COUNTRY, Area


@dataclass(frozen=True)
class People:
    """Population as a table: index (municipio, periodo), columns (sexo, edad); area total."""

    table: pd.DataFrame
    source: str

    @classmethod
    def of(cls, poblacion: pd.DataFrame) -> People:
        """From the contract's ``poblacion``; areas are added up where no total is given."""
        rows = total_area(poblacion)
        rows = rows[is_municipal(rows["municipio"])]
        table = (
            rows.groupby(["municipio", "periodo", "sexo", "edad"])["personas"]
            .sum()
            .unstack(["sexo", "edad"])
            .sort_index(axis=1)
        )
        return cls(_with_sums(table), ", ".join(sorted(rows["fuente"].unique())))

    def count(self, ages: tuple[int, int] = (0, 85), sexes: Sequence[str] = ()) -> pd.Series:
        """People of those completed ages (both inclusive); index (municipio, periodo).

        Departments and the country are there too, as sums of their municipalities.
        """
        sexo = self.table.columns.get_level_values("sexo")
        edad = self.table.columns.get_level_values("edad")
        chosen = (edad >= ages[0]) & (edad <= ages[1])
        if sexes:
            chosen &= sexo.isin(list(sexes))
        return self.table.loc[:, chosen].sum(axis=1, min_count=1)


def _with_sums(table: pd.DataFrame) -> pd.DataFrame:
    code = table.index.get_level_values("municipio")
    when = table.index.get_level_values("periodo")
    real = ~is_fictional(code)
    departments = table.groupby([departments_of(code), when]).sum(min_count=1)
    country = table[real].groupby([pd.Index([COUNTRY] * real.sum()), when[real]]).sum(min_count=1)
    whole = pd.concat([table, departments, country])
    whole.index = whole.index.set_names(["municipio", "periodo"])
    return whole


def total_area(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of area 'total' of each municipality and period; else its cabecera and rural rows."""
    is_total = frame["area"] == Area.TOTAL
    if is_total.all():
        return frame
    place = pd.MultiIndex.from_frame(frame[["municipio", "periodo"]])
    with_total = place.isin(place[is_total.to_numpy()].unique())
    return frame[is_total.to_numpy() | ~with_total]
