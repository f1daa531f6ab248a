"""Columns computed only to be validated, so that every rule can stay a rule of the suite.

Great Expectations compares cells of one row. Rules about a group (one head a household, weights
that add up to 100) or about another table's order are cells of these columns; they exist during
the validation and go nowhere else. Columns: name of the table → name of the column → function of
the table and of all tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from gsi.contract import geography, limits
from gsi.contract.divipola import departments_of
from gsi.contract.versions import version_of
from gsi.contract.vocabulary import ActionState

Tables = Mapping[str, pd.DataFrame]
Derivation = Callable[[pd.DataFrame, Tables], pd.Series]


def _department_of_code(table: pd.DataFrame, _tables: Tables) -> pd.Series:
    return departments_of(table["municipio"])


def _value_or_numerator(table: pd.DataFrame, _tables: Tables) -> pd.Series:
    return table["valor"].fillna(table["numerador"])


def _beyond_limits(table: pd.DataFrame, _tables: Tables) -> pd.Series:
    """By how much a value leaves what its indicator can be, in the indicator's unit; else 0."""
    # A row without a place is told by a rule of its own; here it has the general limits.
    keys = pd.DataFrame(
        {"name": table["indicador"], "owner": departments_of(table["municipio"].astype("str"))}
    ).fillna("")
    number = keys.groupby(["name", "owner"]).ngroup().to_numpy()
    each = keys.drop_duplicates().sort_values(["name", "owner"]).itertuples(index=False, name=None)
    low, high = np.array([limits.of(name, owner) for name, owner in each], dtype="float64").T
    low, high = low[number], high[number]
    value = table["valor"].to_numpy(dtype="float64", na_value=np.nan)
    beyond = np.maximum(low - value, value - high)
    # What rounding alone moves is no other value.
    return pd.Series(np.where(beyond > 1e-9, beyond, 0.0), index=table.index)


def _km_away(table: pd.DataFrame, tables: Tables) -> pd.Series:
    """Kilometres by which a row's point is outside its municipality, beyond what is tolerated."""
    known = geography.Municipalities.of(tables)
    rows = zip(table["municipio"], table["lon"], table["lat"], strict=True)
    away = [
        0.0 if pd.isna(lon) or pd.isna(lat) else known.km_outside(str(code), lon, lat)
        for code, lon, lat in rows
    ]
    return pd.Series(away, index=table.index, dtype="float64")


def _people_per_room(table: pd.DataFrame, _tables: Tables) -> pd.Series:
    rooms = table["cuartos"].astype("float64")
    return table["personas"].astype("float64") / rooms.where(rooms > 0)


def _heads_of_household(table: pd.DataFrame, _tables: Tables) -> pd.Series:
    head = (table["parentesco"] == "jefe").astype("float64")
    return head.groupby([table["hogar"], table["corte"]], dropna=False).transform("sum")


def _days_back(table: pd.DataFrame, tables: Tables) -> pd.Series:
    """Days by which a case reached a step before the previous step of its route; else 0.

    The order is the one its route has in the case's municipality, else in its department.
    """
    order = _step_order(table, tables.get("rutas"))
    sequence = table.assign(_orden=order).dropna(subset=["_orden", "fecha"])
    sequence = sequence.sort_values(["caso", "ruta", "_orden"], kind="stable")
    before = sequence.groupby(["caso", "ruta"])["fecha"].shift()
    back = (before - sequence["fecha"]).dt.days.clip(lower=0)
    return back.fillna(0).astype("float64").reindex(table.index)


def _step_order(cases: pd.DataFrame, routes: pd.DataFrame | None) -> pd.Series:
    if routes is None or routes.empty:
        return pd.Series(np.nan, index=cases.index)
    keys = ["ruta", "municipio", "paso"]
    order = routes.dropna(subset=["orden"]).drop_duplicates(keys).set_index(keys)["orden"]

    def look_up(municipality: pd.Series) -> np.ndarray:
        wanted = pd.MultiIndex.from_arrays([cases["ruta"], municipality, cases["paso"]])
        return order.astype("float64").reindex(wanted).to_numpy()

    own = look_up(cases["municipio"])
    return pd.Series(
        np.where(np.isnan(own), look_up(departments_of(cases["municipio"])), own), index=cases.index
    )


def _sum_of_weights(table: pd.DataFrame, _tables: Tables) -> pd.Series:
    """Of the territory's version that the row belongs to; withdrawn actions weigh nothing."""
    weight = table["ponderador"].where(table["estado"] != ActionState.WITHDRAWN, 0.0)
    return weight.groupby([table["municipio"], version_of(table)]).transform("sum").round(6)


DERIVED: dict[str, dict[str, Derivation]] = {
    "divipola": {"departamento_del_codigo": _department_of_code},
    "indicadores": {
        "valor_o_numerador": _value_or_numerator,
        "fuera_de_limites": _beyond_limits,
    },
    "escenarios": {"km_fuera_del_municipio": _km_away},
    "jornadas": {"km_fuera_del_municipio": _km_away},
    "hogares": {"personas_por_cuarto": _people_per_room},
    "personas": {"jefes_del_hogar": _heads_of_household},
    "casos": {"retrocesos": _days_back},
    "plan_accion": {"suma_ponderador": _sum_of_weights},
}


def with_derived(name: str, table: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """The table and its derived columns."""
    return table.assign(
        **{column: compute(table, tables) for column, compute in DERIVED.get(name, {}).items()}
    )
