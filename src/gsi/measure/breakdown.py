"""The IPM of many people at once, whole and by subgroups, with the errors of the survey design.

The same figures as :mod:`gsi.measure.poverty`, computed from sums: of weights by cell (a
combination of subgroups) and primary sampling unit, which is all that the linearised error of a
ratio needs, and of weights by cell and pattern of deprivations, which is all that headcounts and
contributions need. People are passed once; the rest costs as many cells as there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from gsi.measure.decomposition import WHOLE, Breakdown, Sums, assembled
from gsi.measure.poverty import Scheme
from gsi.measure.survey import Codes

Array = NDArray[np.float64]
# Largest table of sums that is kept dense: beyond it, only the combinations that occur are.
DENSE = 1 << 23
# Bits of a pattern that leave room for the cell beside it.
WIDEST = 40


def breakdown(
    deprivations: pd.DataFrame,
    scheme: Scheme,
    weight: ArrayLike,
    groups: pd.DataFrame,
    *,
    stratum: ArrayLike | pd.Series | None = None,
    psu: ArrayLike | pd.Series | None = None,
    level: float = 0.95,
) -> Breakdown:
    """Adjusted poverty of everybody and by each column of ``groups``.

    Parameters:
        deprivations: 0/1 columns of ``scheme``; rows with a missing indicator are left out.
        scheme: weights and cut-off; ``weight``: (n,) > 0; ``groups``: labels, (n, groups); missing
            belongs to no group.
        stratum, psu: (n,) labels of the design; ``level``: in (0, 1).
    Returns:
        The figures.
    Raises:
        ValueError: other values, or a weight that is not positive and finite.
    Source:
        Alkire and Foster (2011); errors by linearisation, :mod:`gsi.measure.survey`.
    Example:
        >>> from fractions import Fraction
        >>> rows = pd.DataFrame({"water": [1, 0, 1, 1], "zone": ["n", "n", "s", "s"]})
        >>> found = breakdown(rows, Scheme({"water": 1}, Fraction(1)), [1] * 4, rows[["zone"]])
        >>> found.measures.set_index("value")["H"].to_dict()
        {'': 0.75, 'n': 0.5, 's': 1.0}
    """
    columns, complete = _columns(deprivations, scheme)
    w = np.asarray(weight, dtype=np.float64)
    if complete is not None:
        w, groups = w[complete], groups[complete]
        stratum = None if stratum is None else np.asarray(stratum)[complete]
        psu = None if psu is None else np.asarray(psu)[complete]
    if not (np.isfinite(w).all() and (w.size == 0 or w.min() > 0)):
        raise ValueError("weights must be positive and finite")
    n = len(w)
    pattern = _pattern_of(columns, n)
    score = _score_of(columns, pattern, scheme)
    poor = score >= scheme.least
    labels = {name: codes_of(groups[name]) for name in groups.columns}
    cell, sizes = np.zeros(n, dtype=np.int64), 1
    # A group that everybody belongs to has no place for those without.
    first = {name: int(bool(n) and codes.min() > 0) for name, (codes, _) in labels.items()}
    for name, (codes, found) in labels.items():
        cell = cell * (len(found) + 1 - first[name]) + (codes - first[name])
        sizes *= len(found) + 1 - first[name]
    strata = np.zeros(n, dtype=np.int64) if stratum is None else codes_of(stratum)[0]
    if psu is None:
        unit = np.arange(n, dtype=np.int64)
    else:
        inside, found_units = codes_of(psu)
        # Labels of units may repeat from one stratum to another: they are nested.
        unit = codes_of(strata * (len(found_units) + 1) + inside)[0]
        unit -= 1
    count = int(unit.max(initial=-1)) + 1
    stratum_of = np.zeros(count, dtype=np.int64)
    stratum_of[unit] = strata
    in_stratum = np.bincount(stratum_of).astype(np.float64)

    key = cell * count + unit
    if sizes * count > DENSE:
        key, kept = _compressed(key)
    else:
        kept = np.arange(sizes * count)
    length = len(kept)
    poor_weight = w * poor
    sums = np.empty((3, length))
    sums[0] = np.bincount(key, w, length)
    sums[1] = np.bincount(key, poor_weight, length)
    sums[2] = np.bincount(key, poor_weight * score, length) / scheme.total
    present = sums[0] > 0
    sums, kept = sums[:, present], kept[present]
    at_cell, at_unit = kept // count, kept % count
    headcounts, (rows, poor_rows) = _by_pattern(w, cell, sizes, pattern, scheme)
    found = []
    for group, value, cells in _domains(labels, first, sizes):
        chosen = cells[at_cell]
        units_here, inverse = np.unique(at_unit[chosen], return_inverse=True)
        parts = [
            np.bincount(inverse, part[chosen], len(units_here)).astype(np.float64, copy=False)
            for part in sums
        ]
        found.append(
            _sums(
                group, value, int(rows[cells].sum()), int(poor_rows[cells].sum()), parts,
                stratum_of[units_here], in_stratum,
                [table[cells].sum(axis=0) for table in headcounts],
            )
        )  # fmt: skip
    lost = 0 if complete is None else int((~complete).sum())
    return assembled(found, scheme, level, lost)


def codes_of(labels: Any) -> tuple[Codes, list[Any]]:
    """Codes 1.. of sorted labels, 0 where missing, and the labels.

    Parameters:
        labels: (n,) of one kind.
    Returns:
        (n,) codes, and the labels in the order of their codes.
    Source:
        ``pandas.factorize``, with a short way for small whole numbers.
    Example:
        >>> codes, labels = codes_of(pd.Series(["s", None, "n"]))
        >>> codes.tolist(), labels
        ([2, 0, 1], ['n', 's'])
    """
    values = labels.to_numpy() if isinstance(labels, pd.Series) else np.asarray(labels)
    if values.dtype.kind in "iub" and len(values):
        lowest, highest = int(values.min()), int(values.max())
        if highest - lowest < 4 * len(values) + 64:
            codes = np.subtract(values, lowest, dtype=np.int64)
            seen = np.bincount(codes, minlength=highest - lowest + 1) > 0
            if seen.all():
                codes += 1
            else:
                codes = np.cumsum(seen, dtype=np.int64)[codes]
            return codes, [int(value) for value in np.flatnonzero(seen) + lowest]
    numbers, found = pd.factorize(labels, sort=True)
    return np.asarray(numbers, dtype=np.int64) + 1, list(found)


def _columns(frame: pd.DataFrame, scheme: Scheme) -> tuple[list[NDArray[Any]], Any]:
    """Indicator columns as small integers, and the mask of complete rows (None: all are)."""
    small = [frame[name].to_numpy() for name in scheme.units]
    if all(column.dtype.kind in "iub" for column in small):
        if any(len(c) and (c.min() < 0 or c.max() > 1) for c in small):
            raise ValueError("deprivations must be 0, 1 or missing")
        return [column.astype(np.int8, copy=False) for column in small], None
    values = frame[list(scheme.units)].to_numpy(dtype=np.float64, na_value=np.nan)
    complete = ~np.isnan(values).any(axis=1)
    values = values[complete]
    if not np.isin(values, (0.0, 1.0)).all():
        raise ValueError("deprivations must be 0, 1 or missing")
    return list(np.ascontiguousarray(values.T).astype(np.int8)), complete


def _pattern_of(columns: Sequence[NDArray[Any]], n: int) -> NDArray[Any]:
    """One integer a person: bit j says whether indicator j deprives them."""
    kinds = [(15, np.int16), (31, np.int32), (WIDEST, np.int64)]
    kind = next((kind for bits, kind in kinds if len(columns) <= bits), None)
    if kind is None:
        raise ValueError(f"at most {WIDEST} indicators")
    pattern, shifted = np.zeros(n, dtype=kind), np.empty(n, dtype=kind)
    for place, column in enumerate(columns):
        np.left_shift(column, place, out=shifted, dtype=kind)
        pattern |= shifted
    return pattern


def _score_of(
    columns: Sequence[NDArray[Any]], pattern: NDArray[Any], scheme: Scheme
) -> NDArray[Any]:
    """Integer score of each person: looked up by pattern, or added up where those are too many."""
    if len(columns) <= 16:
        found: NDArray[Any] = _scores(scheme)[pattern]
        return found
    units = np.array(list(scheme.units.values()), dtype=np.int64)
    score = np.zeros(len(pattern), dtype=np.int64)
    for place, column in enumerate(columns):
        score += np.multiply(column, units[place], dtype=np.int64)
    return score


def _by_pattern(
    w: Array, cell: Codes, sizes: int, pattern: NDArray[Any], scheme: Scheme
) -> tuple[list[Array], tuple[Array, Array]]:
    """Cells × indicators: weighted people deprived, and poor and deprived; the same, unweighted.
    And the people and the poor people of each cell, not weighted."""
    width = len(scheme.units)
    key = (cell << width) | pattern
    if sizes << width > DENSE:
        key, kept = _compressed(key)
        owner = kept >> width
        bits, poor = _patterns(kept & ((1 << width) - 1), scheme)
        found = []
        people = np.bincount(key, minlength=len(kept)).astype(np.float64)
        for mass in (np.bincount(key, w, len(kept)), people):
            for flags in (bits.T, bits.T * poor):
                columns = [np.bincount(owner, mass * flag, sizes) for flag in flags]
                found.append(np.column_stack(columns).astype(np.float64, copy=False))
        everybody, the_poor = (
            np.bincount(owner, mass, sizes).astype(np.float64, copy=False)
            for mass in (people, people * poor)
        )
        return found, (everybody, the_poor)
    poor = (_scores(scheme) >= scheme.least).astype(np.float64)
    shape = sizes, 1 << width
    weight = np.bincount(key, w, sizes << width).reshape(shape).astype(np.float64, copy=False)
    people = np.bincount(key, minlength=sizes << width).reshape(shape).astype(np.float64)
    poor_people = people * poor
    tables = [weight, weight * poor, people, poor_people]
    return [_deprived(table, width) for table in tables], (
        people.sum(axis=1),
        poor_people.sum(axis=1),
    )


def _deprived(table: Array, width: int) -> Array:
    """Cells × indicators of a cells × patterns table. High and low bits of the pattern are summed
    apart, so that the table is read twice and not once an indicator."""
    low = width // 2
    halves = table.reshape(len(table), 1 << (width - low), 1 << low)
    parts = [(halves.sum(axis=1), low), (halves.sum(axis=2), width - low)]
    return np.hstack([part @ _bits(np.arange(1 << size), size) for part, size in parts])


def _bits(patterns: Codes, width: int) -> Array:
    return ((patterns[:, None] >> np.arange(width)) & 1).astype(np.float64)


def _scores(scheme: Scheme) -> Codes:
    """Integer score of every pattern of the scheme's indicators."""
    score = np.zeros(1, dtype=np.int64)
    for unit in scheme.units.values():
        score = np.concatenate([score, score + unit])
    return score


def _patterns(patterns: Codes, scheme: Scheme) -> tuple[Array, Array]:
    """Deprivations (0/1, one column an indicator) of each pattern, and whether it is poor."""
    bits = _bits(patterns, len(scheme.units))
    score = bits @ np.array(list(scheme.units.values()), dtype=np.float64)
    poor = score >= scheme.least
    return bits, poor.astype(np.float64)


def _domains(
    labels: Mapping[str, tuple[Codes, list[Any]]], first: Mapping[str, int], sizes: int
) -> list[tuple[str, Any, NDArray[np.bool_]]]:
    """Everybody, then each value of each group: the cells (mask) it is made of. ``first``: the
    code of a group that its first place in a cell stands for."""
    cells = np.arange(sizes)
    domains: list[tuple[str, Any, NDArray[np.bool_]]] = [(WHOLE, WHOLE, np.ones(sizes, dtype=bool))]
    stride = sizes
    for name, (_, found) in labels.items():
        places = len(found) + 1 - first[name]
        stride //= places
        place = (cells // stride) % places + first[name]
        domains += [(name, value, place == code) for code, value in enumerate(found, start=1)]
    return domains


def _sums(
    group: str,
    value: Any,
    rows: int,
    poor_rows: int,
    parts: Sequence[Array],
    stratum: Codes,
    in_stratum: Array,
    headcounts: Sequence[Array],
) -> Sums:
    weight, poor, score = (float(part.sum()) for part in parts)
    strata, inverse = np.unique(stratum, return_inverse=True)
    pairs = {"H": (1, 0), "A": (2, 1), "M0": (2, 0)}
    bases = (weight, poor, score)
    totals: dict[str, Array] = {}
    squares: dict[str, Array] = {}
    fourths: dict[str, Array] = {}
    for name, (top, bottom) in pairs.items():
        base = bases[bottom]
        if base > 0:
            z = (parts[top] - bases[top] / base * parts[bottom]) / base
        else:
            z = np.full(len(stratum), np.nan)
        totals[name] = np.bincount(inverse, z, len(strata)).astype(np.float64, copy=False)
        squares[name] = np.bincount(inverse, z * z, len(strata)).astype(np.float64, copy=False)
        fourths[name] = np.bincount(inverse, z**4, len(strata)).astype(np.float64, copy=False)
    return Sums(
        group, value, rows, poor_rows, len(stratum), weight, poor, score, headcounts,
        totals, squares, fourths, in_stratum[strata],
    )  # fmt: skip


def _compressed(key: Codes) -> tuple[Codes, Codes]:
    codes, found = pd.factorize(key, sort=True)
    return np.asarray(codes, dtype=np.int64), np.asarray(found, dtype=np.int64)
