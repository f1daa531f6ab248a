"""What a policy step receives: the territory, its years, its parameters and its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

import pandas as pd

from gsi import noise, unification
from gsi import tables as contract
from gsi.kept import Kept
from gsi.params.indicators import Indicator
from gsi.places import MUNICIPALITY
from gsi.versions import in_force
from gsi.vocabulary import EXAMPLE_DEPARTMENT

if TYPE_CHECKING:
    import geopandas as gpd

    from gsi.frozen import Frozen
    from gsi.params import Parameters
    from gsi.trace import Step


T = TypeVar("T")
# Not tables of the contract, but kept, read and watched as such.
DISAGREEMENTS = "desacuerdos"
NOISE = "ruido"


@dataclass(frozen=True)
class Territory:
    """A department (two digits) or a municipality (five digits), named as people name it."""

    code: str
    name: str
    level: Literal["department", "municipality"]
    department: str
    department_name: str
    kind: str = MUNICIPALITY  # of five digits: what the DIVIPOLA says it is (gsi.places)

    @property
    def fictional(self) -> bool:
        """True for the embedded example, whose every page must say so."""
        return self.department == EXAMPLE_DEPARTMENT

    def owns(self, municipio: pd.Series) -> pd.Series:
        """Rows of this territory: a department owns its own code and its municipalities'."""
        # As they come, texts or categories: a text of each of 100,000 rows is most of the work.
        if self.level == "department":
            return municipio.str.startswith(self.code, na=False)
        return municipio == self.code


@dataclass(frozen=True)
class Years:
    """The two cuts that are compared."""

    baseline: int
    follow_up: int

    def __str__(self) -> str:
        return f"{self.baseline}-{self.follow_up}"


class Data:
    """The rows a territory may read: those of its whole department, peers included.

    ``tables`` maps a contract table to its rows of the department (with the department's own rows;
    ``indicadores`` also has the country's). Tables without ``municipio`` hang on another one:
    ``personas`` on ``hogares``, ``avances`` on ``plan_accion``. ``plan_accion`` is the version in
    force; :meth:`versions` gives all of them. A plan is of one owner: that of a municipality is
    not its department's.
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
        are no municipality (``gsi.places``).

        ``tables`` may also hold :data:`DISAGREEMENTS` and :data:`NOISE`; it is asked for a table
        when it is needed.
        """
        self._on_read = on_read
        self._tables = tables
        self._territory = territory
        self._own: dict[str, pd.DataFrame] = {}
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

    def department(self, name: str) -> pd.DataFrame:
        """All rows of the department; an empty frame with the contract's columns if none."""
        self._on_read(name, "department")
        return self._whole(name)

    def _whole(self, name: str) -> pd.DataFrame:
        table = self._tables.get(name)
        if table is None:
            return contract.empty(name)
        return in_force(table) if name == "plan_accion" else table

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
        self._on_read(DISAGREEMENTS, "own")
        table = self._tables.get(DISAGREEMENTS)
        return self._only_own(unification.empty() if table is None else table, DISAGREEMENTS)

    def noise(self) -> pd.DataFrame:
        """How much figures move from year to year in the country (``gsi.noise.COLUMNS``)."""
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


@dataclass(frozen=True)
class Context:
    """Everything a policy step may read.

    ``frozen``: the territory's frozen baseline of the baseline year; ``scored_by``: the one whose
    ICV scores rule here (the department's, if it was frozen). None where nothing was frozen.
    ``on_step`` is told each step that was made (``gsi.steps``), in a run.
    """

    territory: Territory
    years: Years
    params: Parameters
    data: Data
    catalogue: list[Indicator]
    frozen: Frozen | None = None
    scored_by: Frozen | None = None
    kept: Kept = field(default_factory=Kept)
    on_step: Callable[[Step], None] | None = None

    @property
    def against(self) -> Literal["department", "country"]:
        """What this territory's figures are held against: an only municipality is its department,
        which would be to compare it with itself."""
        municipal = self.territory.level == "municipality" and len(self.data.names) > 1
        return "department" if municipal else "country"

    def shared(
        self,
        name: str,
        compute: Callable[..., T],
        tables: Sequence[str],
        *inputs: Any,
    ) -> T:
        """``compute(self, *inputs)``, computed once for all territories of the department.

        It must depend on nothing of this territory but its department, on the years, parameters
        and catalogue, and on the department's rows of ``tables``: memory and rows live and change
        together, in the folder of the prepared inputs. Those tables count as read, remembered or
        not.
        """
        for table in tables:
            self.data.department(table)
        return self.kept(name, lambda *_key: compute(self, *inputs), self._basis, *inputs)

    @cached_property
    def _basis(self) -> tuple[str, ...]:
        catalogue = [indicator.model_dump_json() for indicator in self.catalogue]
        department = self.territory.department
        return (department, str(self.years), self.params.model_dump_json(), *catalogue)
