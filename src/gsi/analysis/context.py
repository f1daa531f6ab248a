"""What a policy step receives: the territory, its years, its parameters and its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from gsi.contract.params.indicators import Indicator
from gsi.ground.kept import Kept

if TYPE_CHECKING:
    from gsi.analysis.frozen import Frozen
    from gsi.analysis.trace import Step
    from gsi.contract.params import Parameters
    from gsi.contract.territory import Territory, Years
    from gsi.inputs.data import Data


T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """Everything a policy step may read.

    ``frozen``: the territory's frozen baseline of the baseline year; ``scored_by``: the one whose
    ICV scores rule here (the department's, if it was frozen). None where nothing was frozen.
    ``on_step`` is told each step that was made (``gsi.analysis.steps``), in a run. ``assumed``:
    the parameters, by dotted path, that a what-if changes.
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
    assumed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        """Whether the department is one municipality: the figures of one are those of the other."""
        return len(self.data.names) == 1

    @property
    def against(self) -> Literal["department", "country"]:
        """What this territory's figures are held against: an only municipality is its department,
        which would be to compare it with itself."""
        municipal = not self.territory.is_department and not self.alone
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
