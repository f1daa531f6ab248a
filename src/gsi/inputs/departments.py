"""Prepared tables split by department, and what tells whether somebody's rows are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from gsi.contract.divipola import departments_of
from gsi.contract.vocabulary import COUNTRY
from gsi.ground import files
from gsi.inputs.data import Data


def save(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """One file a table and department, the DIVIPOLA whole, and the digests of all rows."""
    places = _places(tables)
    digests = {}
    for name, table in sorted(tables.items()):
        digests[name] = digested(table, places[name])
        if name == "divipola":
            files.write_arrow(table.reset_index(drop=True), folder / "divipola.arrow")
        else:
            _save_by_owner(folder / name, table, departments_of(places[name]))
    files.write_text(folder / "digests.json", json.dumps(digests, sort_keys=True))


def _save_by_owner(folder: Path, table: pd.DataFrame, owners: pd.Series) -> None:
    """One file a department, the country's rows after its own: that is how they are asked for."""
    country = table[owners == COUNTRY]
    for owner, part in table.groupby(owners, sort=True, observed=True):
        whole = part if owner == COUNTRY or country.empty else pd.concat([part, country])
        files.write_arrow(whole.reset_index(drop=True), folder / f"{owner}.arrow")


def digested(table: pd.DataFrame, places: pd.Series) -> dict[str, dict[str, str]]:
    """What :attr:`~gsi.inputs.store.Store.digests` keeps of a table: for each owner, a digest of
    its rows in their order, with the columns' names and types.

    ``places``: the code each row belongs to.
    """
    head = repr([(name, str(kind)) for name, kind in table.dtypes.items()]).encode()
    rows = pd.util.hash_pandas_object(table, index=False).to_numpy()

    def of(owners: pd.Series) -> dict[str, str]:
        positions = owners.reset_index(drop=True).groupby(owners.array).indices
        return {
            str(owner): hashlib.sha256(head + rows[where].tobytes()).hexdigest()[:16]
            for owner, where in positions.items()
        }

    return {"own": of(places), "department": of(departments_of(places))}


def _places(found: Mapping[str, pd.DataFrame]) -> dict[str, pd.Series]:
    """For each table, the code each row carries or inherits from its parent's row."""
    places = {
        name: table["municipio"].astype("str")
        for name, table in found.items()
        if "municipio" in table.columns
    }
    for name, (key, parent) in Data.PARENTS.items():
        if name in found:
            # A row whose parent was not reported belongs to nobody: the contract's cross-table
            # rule has counted it among its table's warnings.
            known = (
                dict(zip(found[parent][key], places[parent], strict=True))
                if parent in found
                else {}
            )
            places[name] = found[name][key].map(known).astype("str")
    return places
