"""A territory and the years that are compared."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gsi.contract.divipola import MUNICIPALITY
from gsi.contract.vocabulary import EXAMPLE_DEPARTMENT, Level


@dataclass(frozen=True)
class Territory:
    """A department (two digits) or a municipality (five digits), named as people name it."""

    code: str
    name: str
    level: Level
    department: str
    department_name: str
    kind: str = MUNICIPALITY  # of five digits: what the DIVIPOLA says it is (gsi.contract.divipola)

    @property
    def is_department(self) -> bool:
        """True for a department, false for any place of five digits."""
        return self.level == Level.DEPARTMENT

    @property
    def fictional(self) -> bool:
        """True for the embedded example, whose every page must say so."""
        return self.department == EXAMPLE_DEPARTMENT

    def owns(self, municipio: pd.Series) -> pd.Series:
        """Rows of this territory: a department owns its own code and its municipalities'."""
        # As they come, texts or categories: a text of each of 100,000 rows is most of the work.
        if self.is_department:
            return municipio.str.startswith(self.code, na=False)
        return municipio == self.code


@dataclass(frozen=True)
class Years:
    """The two cuts that are compared."""

    baseline: int
    follow_up: int

    def __str__(self) -> str:
        return f"{self.baseline}-{self.follow_up}"
