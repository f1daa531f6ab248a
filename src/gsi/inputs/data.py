"""The rows that a territory may read, and who is told of each reading."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from gsi.contract import tables as contract
from gsi.contract.divipola import MUNICIPALITY
from gsi.contract.territory import Territory
from gsi.contract.versions import in_force
from gsi.inputs.indicators import noise, unification

if TYPE_CHECKING:
    import geopandas as gpd

# Not tables of the contract, but kept, read and watched as such.
DISAGREEMENTS = "desacuerdos"
NOISE = "ruido"


class Data:
    """The rows a territory may read: those of its whole department, peers included.

    ``tables`` maps a contract table to its rows of the department (with the department's own rows;
    ``indicadores`` also has the country's). Tables without ``municipio`` hang on another one:
    ``personas`` on ``hogares``, ``avances`` on ``plan_accion``. ``plan_accion`` is the version in
    force; :meth:`versions` gives all of them. A plan is of one owner: that of a municipality is
    not its department's. Of the tables that people and published files both fill, what people
    reported; :meth:`published` gives the other rows.
    """

    PARENTS: ClassVar = {"personas": ("hogar", "hogares"), "avances": ("accion", "plan_accion")}

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        territory: Territory,
        names: Mapping[str, str],
        on_read: Callable[[str, str], None] = lambda _table, _scope: None,
        kinds: Mapping[str, str] | None = None,
    ) -> None:
        """``on_read`` is told each table read and how far: ``own`` or ``department`` rows.

        ``names``: code → name of every place of the department; ``kinds``: what those are that
        are no municipality (``gsi.contract.places``).

        ``tables`` may also hold :data:`DISAGREEMENTS` and :data:`NOISE`; it is asked for a table
        when it is needed.
        """
        self._on_read = on_read
        self._tables = tables
        self._territory = territory
        self._own: dict[str, pd.DataFrame] = {}
        self._reported: dict[str, pd.DataFrame] = {}
        self.names = dict(sorted(names.items()))
        self.kinds = {code: (kinds or {}).get(code, MUNICIPALITY) for code in self.names}

    @contextmanager
    def noting(self, on_read: Callable[[str, str], None]) -> Iterator[None]:
        """Tell ``on_read`` what is read meanwhile, instead of whoever is told otherwise."""
        before, self._on_read = self._on_read, on_read
        try:
            yield
        finally:
            self._on_read = before

    def unwatched(self) -> Data:
        """The same rows, with nobody told of what is read."""
        other = copy.copy(self)
        other._on_read = lambda _table, _scope: None
        return other

    def department(self, name: str) -> pd.DataFrame:
        """All rows of the department; an empty frame with the contract's columns if none."""
        self._on_read(name, "department")
        return self._whole(name)

    def _whole(self, name: str) -> pd.DataFrame:
        table = self._tables.get(name)
        if table is None:
            return contract.empty(name)
        if name not in self._reported:
            if contract.schema(name).mixed:
                table = _rows(table, table[contract.ORIGIN].isna())
            self._reported[name] = in_force(table) if name == "plan_accion" else table
        return self._reported[name]

    def published(self, name: str, *, whole: bool = False) -> pd.DataFrame:
        """The territory's rows that published files give; ``whole``: of the whole department."""
        self._on_read(name, "department" if whole else "own")
        table = self._tables.get(name)
        if table is None:
            return contract.empty(name)
        found = table[contract.ORIGIN].notna()
        return _rows(table, found if whole else found & self._owned(table, name)).copy(deep=False)

    def own(self, name: str) -> pd.DataFrame:
        """Only the territory's rows."""
        self._on_read(name, "own")
        table = self._whole(name)
        if table.empty:
            return table
        if "municipio" in table.columns:
            if name not in self._own:
                self._own[name] = self._only_own(table, name)
            return self._own[name].copy(deep=False)
        key, parent = self.PARENTS[name]
        # A report on an action that a later version withdrew is still the territory's.
        owner = self.versions() if parent == "plan_accion" else self.own(parent)
        return table[table[key].isin(owner[key])].reset_index(drop=True)

    def versions(self, *, whole: bool = False) -> pd.DataFrame:
        """The territory's ``plan_accion`` in every adopted version, withdrawn actions included.

        ``whole``: of every territory of the department.
        """
        self._on_read("plan_accion", "department" if whole else "own")
        table = self._tables.get("plan_accion")
        if table is None:
            return contract.empty("plan_accion")
        return table if whole else self._only_own(table, "plan_accion")

    def _owned(self, table: pd.DataFrame, name: str) -> pd.Series:
        if name != DISAGREEMENTS and contract.schema(name).one_owner:
            return table["municipio"] == self._territory.code
        return self._territory.owns(table["municipio"])

    def _only_own(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        return table[self._owned(table, name)].reset_index(drop=True)

    def has(self, name: str) -> bool:
        """True when the territory reported at least one row."""
        table = self._whole(name)
        if table.empty or "municipio" not in table.columns:
            return not self.own(name).empty
        self._on_read(name, "own")
        return bool(self._owned(table, name).any())

    def disagreements(self) -> pd.DataFrame:
        """Where sources of the territory's figures differ (``unification.COLUMNS``)."""
        table = self.compared()
        return table[~table["que"].isin(unification.AGREED)].reset_index(drop=True)

    def compared(self) -> pd.DataFrame:
        """The territory's figures that two sources give, alike or not (``unification.COLUMNS``)."""
        self._on_read(DISAGREEMENTS, "own")
        table = self._tables.get(DISAGREEMENTS)
        return self._only_own(unification.empty() if table is None else table, DISAGREEMENTS)

    def noise(self) -> pd.DataFrame:
        """How much figures move from year to year in the country
        (``gsi.inputs.indicators.noise.COLUMNS``).
        """
        self._on_read(NOISE, "department")
        table = self._tables.get(NOISE)
        return noise.empty() if table is None else table

    @cached_property
    def _boundaries(self) -> gpd.GeoDataFrame | None:
        import geopandas as gpd

        table = self._tables.get("limites")
        if table is None or table.empty:
            return None
        return gpd.GeoDataFrame(
            table[["municipio"]].reset_index(drop=True),
            geometry=gpd.GeoSeries.from_wkb(table["geometry"].reset_index(drop=True)),
            crs="EPSG:4326",
        )

    def boundaries(self) -> gpd.GeoDataFrame | None:
        """``municipio`` and ``geometry`` (EPSG:4326) of the department; None without a file."""
        self._on_read("limites", "department")
        return self._boundaries


def _rows(table: pd.DataFrame, which: pd.Series) -> pd.DataFrame:
    return table if which.all() else table[which].reset_index(drop=True)
