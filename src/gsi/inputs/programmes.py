"""Budget lines of published files get the programme of the MGA that they are of.

The programming names the programme; the execution names the project (BPIN) and the product. So: the
programme of the project's appropriation in the same municipality and year; where that is several,
or the project is not named, the product's. A product's programme counts only where the municipality
has an appropriation in it: some products are used as a catch-all.

Only one cut of a year stays (figures accumulate), and one publisher of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from gsi.contract.mga import PROGRAMME, Catalogue
from gsi.contract.tables import ORIGIN
from gsi.inputs.readers.budget_chip import SOURCE as CHIP
from gsi.inputs.readers.budget_national import SOURCE as NATIONAL

# What an entity sent itself comes before what is published of all.
ORIGINS = (CHIP, NATIONAL)
SEVERAL = "Proyecto con varios programas."
UNFUNDED = "El producto es del programa {}, en el que no hay apropiación: no se cuenta en él."
UNKNOWN = "Ni el proyecto ni el producto dejan saber el programa."
_Key = tuple[str, int]


def completed(table: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """``inversion`` with ``programa``, ``producto``, ``sector`` and ``nota`` of its CUIPO rows."""
    if ORIGIN not in table:
        return table
    budget = table[ORIGIN].isin(ORIGINS)
    if not budget.any():
        return table
    rows = _last(table[budget]).reset_index(drop=True)
    programmed = rows["apropiado"].notna()
    appropriations = _programmed(rows[programmed], catalogue)
    made = pd.concat(
        [appropriations, _executed(rows[~programmed], appropriations, catalogue)],
        ignore_index=True,
    )
    made["sector"] = made["programa"].map(catalogue.sector_of, na_action="ignore")
    for name in ("programa", "producto", "sector", "nota"):
        made[name] = made[name].astype("str")
    order = ["municipio", "vigencia", "tipo_vigencia", "linea", "bpin", "fuente_publicada"]
    made = made.sort_values(order, kind="stable")
    return pd.concat([table[~budget], made], ignore_index=True)


def _last(rows: pd.DataFrame) -> pd.DataFrame:
    """Of each municipality and year, what was programmed and what was executed: the last cut of the
    first publisher."""
    rank = rows[ORIGIN].map({origin: at for at, origin in enumerate(ORIGINS)})
    by = [rows["municipio"], rows["vigencia"], rows["apropiado"].notna()]
    last = rows["corte"] == rows["corte"].groupby(by).transform("max")
    first = rank.where(last).groupby(by).transform("min")
    return rows[last & (rank == first)]


def _programmed(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    found = {name: catalogue.programme(name) for name in rows["linea"].unique()}
    return rows.assign(programa=rows["linea"].map(found), producto=None, nota=None)


def _executed(
    rows: pd.DataFrame, appropriations: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    projects: dict[tuple[_Key, str], set[str]] = defaultdict(set)
    funded: dict[_Key, set[str]] = defaultdict(set)
    known = appropriations.dropna(subset=["programa"])
    for place, year, project, code in _cells(known, "bpin", "programa"):
        funded[place, year].add(code)
        if isinstance(project, str):
            projects[(place, year), project].add(code)
    products = {name: catalogue.product(name) for name in rows["linea"].unique()}
    told = []
    for place, year, project, name in _cells(rows, "bpin", "linea"):
        product = products[name]
        of_product = product[:PROGRAMME] if product else None
        of_project = projects.get(((place, year), project), set())
        told.append((product, *_decided(of_product, of_project, funded[place, year])))
    given = pd.DataFrame(told, columns=["producto", "programa", "nota"], index=rows.index)
    return rows.assign(producto=given["producto"], programa=given["programa"], nota=given["nota"])


def _cells(rows: pd.DataFrame, *columns: str) -> Iterable[tuple[str, int, str, str]]:
    wanted = ["municipio", "vigencia", *columns]
    return rows[wanted].itertuples(index=False, name=None)


def _decided(
    of_product: str | None, of_project: set[str], funded: set[str]
) -> tuple[str | None, str | None]:
    """The programme of an executed line, and what must be said of it."""
    if len(of_project) == 1:
        return next(iter(of_project)), None
    if of_product and (of_product in of_project or (not of_project and of_product in funded)):
        return of_product, None
    if of_project:
        return None, SEVERAL
    return None, UNFUNDED.format(of_product) if of_product else UNKNOWN
