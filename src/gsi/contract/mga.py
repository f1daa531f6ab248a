"""Names and codes of the MGA (DNP): sectors (2 digits), programmes (4) and products (7).

``params/mga.csv`` holds those that plans de desarrollo of 2024-2027 use; it is no whole catalogue,
and a name that it does not have stays without code. Budgets write programmes by their name alone,
without accents, shortened or with a slip: a name is recognised by what it begins with, or by one
that is all but the same.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from gsi.ground.locale import fold

FILE = "mga.csv"
SECTOR, PROGRAMME, PRODUCT = 2, 4, 7
# A shortened name says at least so much of the whole; one with a slip is at least so alike.
_BEGINNING, _ALIKE = 25, 0.92
_CODE_AT_END = re.compile(r"(?<!\d)(\d{7})$")


@dataclass(frozen=True)
class Catalogue:
    """``names``: code → name as DNP writes it."""

    names: Mapping[str, str]

    def programme(self, written: str) -> str | None:
        """The code of a programme by its name as a budget writes it; None unless it is one."""
        return self._found(PROGRAMME, key(written), near=True)

    def product(self, written: str) -> str | None:
        """The code of a product: the one stuck at the end of its name, else by the name."""
        stuck = _CODE_AT_END.search(written.strip())
        return stuck[1] if stuck else self._found(PRODUCT, key(written), near=False)

    def sector_of(self, code: str) -> str | None:
        """The sector's name of a programme or product."""
        return self.names.get(code[:SECTOR])

    @cached_property
    def _by_name(self) -> dict[int, dict[str, list[str]]]:
        found: dict[int, dict[str, list[str]]] = {
            size: defaultdict(list) for size in (SECTOR, PROGRAMME, PRODUCT)
        }
        for code, name in self.names.items():
            found[len(code)][key(name)].append(code)
        return found

    def _found(self, digits: int, name: str, *, near: bool) -> str | None:
        known = self._by_name[digits]
        if name in known:
            codes = known[name]
        elif near and len(name) >= _BEGINNING:
            codes = [
                code
                for whole, owners in known.items()
                if whole.startswith(name) or (len(whole) >= _BEGINNING and name.startswith(whole))
                for code in owners
            ] or [
                code
                for whole in difflib.get_close_matches(name, known, n=2, cutoff=_ALIKE)
                for code in known[whole]
            ]
        else:
            codes = []
        return codes[0] if len(codes) == 1 else None


def key(name: str) -> str:
    """A name as it is compared: no accents, case, punctuation, nor a code stuck at its end."""
    return " ".join(re.sub(r"[^\w]+|_", " ", _CODE_AT_END.sub("", fold(name.strip()))).split())


@lru_cache(maxsize=4)
def load(params: Path) -> Catalogue:
    """The catalogue of a project's ``params`` folder."""
    with (params / FILE).open(encoding="utf-8", newline="") as file:
        return Catalogue({row["codigo"]: row["nombre"] for row in csv.DictReader(file)})
