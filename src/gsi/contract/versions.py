"""Which rows of the action plan hold: each adopted version is a whole plan, none is ever rewritten.

A version is identified by its number in its territory; an empty number is the first one. An action
is never deleted from a later version: it stays with ``estado`` 'retirada' and its reason.
"""

from __future__ import annotations

import pandas as pd

from gsi.contract.vocabulary import ActionState


def version_of(plan: pd.DataFrame) -> pd.Series:
    """The version of each row as a whole number; empty is 1."""
    if "version" not in plan.columns:
        return pd.Series(1, index=plan.index, dtype="int64")
    return plan["version"].fillna(1).astype("int64")


def in_force(plan: pd.DataFrame) -> pd.DataFrame:
    """Rows of the last version of each territory (``municipio``), without withdrawn actions."""
    version = version_of(plan)
    last = version.groupby(plan["municipio"]).transform("max")
    return plan[(version == last) & kept(plan)].reset_index(drop=True)


def kept(plan: pd.DataFrame) -> pd.Series:
    """True where the action is still in the plan."""
    if "estado" not in plan.columns:
        return pd.Series(True, index=plan.index)
    return plan["estado"].fillna("") != ActionState.WITHDRAWN


def at(plan: pd.DataFrame, moment: pd.Timestamp) -> pd.DataFrame:
    """The version in force at a day: the last one adopted up to it, withdrawn actions included.

    ``plan``: every version of one territory. A version without an adoption date holds since ever.
    Before the first adoption the first version holds: what was reported then was reported on it.
    """
    version = version_of(plan)
    adopted = version[plan["fecha_adopcion"].isna() | (plan["fecha_adopcion"] <= moment)]
    number = version.min() if adopted.empty else adopted.max()
    found: pd.DataFrame = plan[version == number].reset_index(drop=True)
    return found
