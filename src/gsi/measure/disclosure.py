"""Disclosure control: small counts are withheld, and so is whatever would give them back.

Primary suppression withholds counts from 1 to ``threshold - 1``. Complementary suppression then
withholds further cells until none of the withheld ones follows from the published ones. The audit
is exact: a two-way table with its totals is a circulation on a graph whose nodes are rows and
columns, so a withheld cell has a second possible value if and only if the residual graph holds a
cycle through it (Gusfield, 1988, "A graph theoretic approach to statistical data security",
SIAM J. Comput. 17(3)). A reader is assumed to know that zeros are never withheld, so every
withheld cell is known to be at least 1.

Decide on the table of the whole department and show a municipality its row of that decision:
deciding on each report's own table would let one report give back what another withholds.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Suppression:
    """What may be published.

    Attributes:
        counts: Int64, withheld cells NA; ``mask``: True where withheld. Both have the index and
            columns of the table given to :func:`suppress`, totals included.
    Source:
        Gusfield (1988), SIAM J. Comput. 17(3).
    Example:
        >>> print(suppress(pd.DataFrame({"girls": [2, 40], "boys": [30, 50]}), 10))
        Suppressed 4 of 4 cells
    """

    counts: pd.DataFrame
    mask: pd.DataFrame

    def __str__(self) -> str:
        withheld = int(self.mask.to_numpy().sum())
        return f"Suppressed {withheld} of {self.mask.size} cells"

    def hide(self, values: pd.DataFrame) -> pd.DataFrame:
        """Rates or weighted figures made from the counts, NA wherever the count is withheld.

        Parameters:
            values: any subset of the table's rows and columns.
        Returns:
            The same, masked.
        Source:
            Hundepool et al. (2012), *Statistical Disclosure Control*, ch. 5.
        Example:
            >>> kept = suppress(pd.DataFrame({"a": [2, 40], "b": [30, 50]}), 10)
            >>> bool(kept.hide(pd.DataFrame({"a": [0.1, 0.2]})).isna().all(axis=None))
            True
        """
        mask = self.mask.loc[values.index, values.columns]
        return values.mask(mask)


def suppress(
    counts: pd.DataFrame,
    threshold: int,
    *,
    rows_total: Hashable | None = None,
    columns_total: Hashable | None = None,
    hidden: pd.DataFrame | None = None,
) -> Suppression:
    """Withhold counts 1..``threshold - 1`` and the cells that would give them back.

    Where a total is not in the table it is taken as known to the reader all the same (another
    table may print it) unless it is itself a small count.

    Parameters:
        counts: non-negative whole numbers, one row and one column a category.
        threshold: 0 or 1 withholds nothing but ``hidden`` and its companions.
        rows_total: the *column* that holds each row's total; ``columns_total``: the *row* that
            holds each column's total.
        hidden: cells another table already withholds (bool, same labels; missing labels: False).
    Returns:
        What may be published.
    Raises:
        ValueError: negative, fractional or missing counts, totals that are not the sum of their
            cells, or a total that the table does not hold.
    Source:
        Gusfield (1988), SIAM J. Comput. 17(3).
    Example:
        A lone 2 follows from its totals: three companions go with it.

        >>> table = pd.DataFrame({"a": [2, 40, 40], "b": [30, 50, 60], "c": [20, 70, 80]})
        >>> int(suppress(table, 10).mask.to_numpy().sum())
        4
    """
    values, rows, columns = _with_totals(counts, rows_total, columns_total)
    withheld = (values > 0) & (values < threshold)
    if hidden is not None:
        labels = hidden.reindex(index=counts.index, columns=counts.columns, fill_value=False)
        placed = labels.to_numpy(dtype=bool)
        withheld[np.ix_(rows, columns)] |= placed & (values[np.ix_(rows, columns)] > 0)
    withheld = _complete(values, withheld)
    mask = pd.DataFrame(withheld[np.ix_(rows, columns)], index=counts.index, columns=counts.columns)
    published = counts.astype("Int64").mask(mask)
    return Suppression(published, mask)


def recoverable(values: np.ndarray, withheld: np.ndarray) -> list[tuple[int, int]]:
    """The withheld cells that a reader of the others can work out exactly.

    Parameters:
        values: (r+1, c+1) counts whose last row and last column are the totals.
        withheld: bool, same shape.
    Returns:
        (row, column) of each, in row order.
    Source:
        Gusfield (1988), SIAM J. Comput. 17(3).
    Example:
        >>> values = np.array([[2, 3, 5], [4, 1, 5], [6, 4, 10]])
        >>> recoverable(values, values == 2)
        [(0, 0)]
    """
    arcs = _arcs(values, withheld)
    return [cell for cell in sorted(arcs) if not _has_second_value(cell, arcs)]


def _with_totals(
    counts: pd.DataFrame, rows_total: Hashable | None, columns_total: Hashable | None
) -> tuple[np.ndarray, list[int], list[int]]:
    """Counts with the total row and column last, and where the given rows and columns went."""
    numbers = counts.astype("Float64")
    if numbers.isna().to_numpy().any():
        raise ValueError("counts must not be missing: give 0 where nobody was counted")
    raw = numbers.to_numpy(dtype=float)
    if (raw < 0).any() or (raw != np.floor(raw)).any():
        raise ValueError("counts must be whole numbers of at least 0")
    inner_rows = [i for i, label in enumerate(counts.index) if label != columns_total]
    inner_columns = [j for j, label in enumerate(counts.columns) if label != rows_total]
    if (columns_total is not None and len(inner_rows) == len(counts.index)) or (
        rows_total is not None and len(inner_columns) == len(counts.columns)
    ):
        raise ValueError("the table does not hold the total row or column that was named")
    inner = raw[np.ix_(inner_rows, inner_columns)].astype(np.int64)
    full = np.zeros((inner.shape[0] + 1, inner.shape[1] + 1), dtype=np.int64)
    full[:-1, :-1] = inner
    full[:-1, -1] = inner.sum(axis=1)
    full[-1, :] = full[:-1, :].sum(axis=0)
    row_of = {i: k for k, i in enumerate(inner_rows)}
    rows = [row_of.get(i, len(inner_rows)) for i in range(len(counts.index))]
    column_of = {j: k for k, j in enumerate(inner_columns)}
    columns = [column_of.get(j, len(inner_columns)) for j in range(len(counts.columns))]
    if not np.array_equal(full[np.ix_(rows, columns)], raw):
        raise ValueError("a total differs from the sum of its cells")
    return full, rows, columns


Node = tuple[str, int]
Cell = tuple[int, int]


def _complete(values: np.ndarray, withheld: np.ndarray) -> np.ndarray:
    """Give every recoverable cell the cheapest cycle of withheld cells through it.

    Such a cycle always exists: a count, its row total, the grand total and its column total.
    """
    withheld = withheld.copy()
    everything = _arcs(values, values > 0)
    while exposed := recoverable(values, withheld):
        for cell in _cheapest_cycle(exposed[0], everything, values, withheld):
            withheld[cell] = True
    return withheld


def _arcs(values: np.ndarray, chosen: np.ndarray) -> dict[Cell, tuple[Node, Node, bool]]:
    """Each chosen cell as (tail, head, may decrease) in the circulation of the table.

    Inner cells run row → column, column totals column → total row, row totals total column → row,
    and the grand total closes the circle, so that every published equation is 'in equals out'.
    """
    last_row, last_column = values.shape[0] - 1, values.shape[1] - 1
    arcs = {}
    for row, column in np.argwhere(chosen):
        i, j = int(row), int(column)
        tail, head = ("row", i), ("column", j)
        if (i == last_row) != (j == last_column):
            tail, head = head, tail
        arcs[i, j] = (tail, head, bool(values[i, j] > 1))
    return arcs


def _steps(
    arcs: dict[Cell, tuple[Node, Node, bool]], without: Cell
) -> dict[Node, list[tuple[Node, Cell]]]:
    """Where each node leads by raising a cell, or by lowering one that is above 1."""
    steps: dict[Node, list[tuple[Node, Cell]]] = {}
    for cell, (tail, head, may_decrease) in arcs.items():
        if cell != without:
            steps.setdefault(tail, []).append((head, cell))
            if may_decrease:
                steps.setdefault(head, []).append((tail, cell))
    return steps


def _has_second_value(cell: Cell, arcs: dict[Cell, tuple[Node, Node, bool]]) -> bool:
    """True when the cell can rise or fall with every published cell unchanged."""
    tail, head, may_decrease = arcs[cell]
    steps = _steps(arcs, cell)
    return _reaches(steps, head, tail) or (may_decrease and _reaches(steps, tail, head))


def _reaches(steps: dict[Node, list[tuple[Node, Cell]]], start: Node, goal: Node) -> bool:
    seen = {start}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        if node == goal:
            return True
        for following, _ in steps.get(node, []):
            if following not in seen:
                seen.add(following)
                queue.append(following)
    return False


def _cheapest_cycle(
    cell: Cell,
    arcs: dict[Cell, tuple[Node, Node, bool]],
    values: np.ndarray,
    withheld: np.ndarray,
) -> list[Cell]:
    """Cells of the cycle through ``cell`` that withholds least: fewest people, totals last."""
    last_row, last_column = values.shape[0] - 1, values.shape[1] - 1
    dear = int(values[-1, -1]) + 1

    def cost(other: Cell) -> int:
        if withheld[other]:
            return 0
        totals = int(other[0] == last_row) + int(other[1] == last_column)
        return int(values[other]) + dear * totals

    steps = _steps(arcs, cell)
    tail, head, may_decrease = arcs[cell]
    ends = [(head, tail)] + ([(tail, head)] if may_decrease else [])
    return min(_path(steps, start, goal, cost) for start, goal in ends)[1]


def _path(
    steps: dict[Node, list[tuple[Node, Cell]]],
    start: Node,
    goal: Node,
    cost: Callable[[Cell], int],
) -> tuple[float, list[Cell]]:
    """Dijkstra: the cheapest path and its cost; infinite and empty when there is none."""
    queue: list[tuple[int, Node, list[Cell]]] = [(0, start, [])]
    done: set[Node] = set()
    while queue:
        spent, node, cells = heapq.heappop(queue)
        if node == goal:
            return spent, cells
        if node in done:
            continue
        done.add(node)
        for following, cell in steps.get(node, []):
            if following not in done:
                heapq.heappush(queue, (spent + cost(cell), following, [*cells, cell]))
    return float("inf"), []
