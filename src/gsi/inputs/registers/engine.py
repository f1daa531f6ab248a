"""The IPM of a register in DuckDB: CSV or Parquet, out of core, the same bytes run after run.

Sums are of integers: weights are scaled to whole numbers of 2^-k, as fine as 62 bits allow, so
that a sum does not depend on the order in which threads reach the rows. Squares for the errors are
summed in the same way. Results agree with :func:`gsi.measure.breakdown.breakdown` on the same
people to 1e-12; a test holds both together.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gsi.contract.params.registers import RegisterSettings
from gsi.ground.errors import Finding, UserMistake
from gsi.inputs.readers.numbers import MISSING
from gsi.inputs.registers.rules import columns_of, compared, deprivation, literal, number, quoted
from gsi.measure.decomposition import WHOLE, Breakdown, Sums, assembled
from gsi.measure.poverty import Scheme

if TYPE_CHECKING:
    import duckdb

MUNICIPALITY = "municipio"
# Bits of a scaled weight times the largest score, and of a scaled square: the sums fit in 127.
BITS = 61
FINE = 2.0**48
PAIRS = {"H": ("p", "w"), "A": ("c", "p"), "M0": ("c", "w")}


def breakdown(
    path: Path,
    settings: RegisterSettings,
    scheme: Scheme,
    level: float = 0.95,
    scratch: Path | None = None,
) -> Breakdown:
    """IPM of the people of ``path``: whole, by municipality and by ``settings.groups``.

    ``scratch``: where the engine may spill (a temporary folder of the system by default). People
    with a missing deprivation are left out and counted. Raises :class:`UserMistake` with every
    finding: a column that is not there, deprivations other than 0 and 1, weights that are not
    positive numbers.
    """
    import duckdb

    with tempfile.TemporaryDirectory(dir=scratch, prefix=".registro-") as spill:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": settings.threads,
            "memory_limit": settings.memory,
            "temp_directory": spill,
            "preserve_insertion_order": "false",
        }
        with duckdb.connect(":memory:", config=config) as connection:
            text = _open(connection, path, settings)
            largest, incomplete = _check(connection, path, settings, scheme, text)
            return _measured(connection, settings, scheme, level, largest, incomplete, text)


def _open(connection: duckdb.DuckDBPyConnection, path: Path, settings: RegisterSettings) -> bool:
    """Name the file ``source``; True when its columns are text (CSV)."""
    text = path.suffix.lower() != ".parquet"
    where = str(path).replace("'", "''")
    reader = f"read_csv('{where}', all_varchar=true, header=true)" if text else (
        f"read_parquet('{where}')"
    )  # fmt: skip
    import duckdb

    try:
        connection.execute(f"CREATE VIEW source AS SELECT * FROM {reader}")
        present = [row[0] for row in connection.execute("DESCRIBE source").fetchall()]
    except duckdb.Error:
        raise UserMistake(
            Finding(
                path.name,
                "el registro debe ser un CSV con encabezado o un archivo Parquet",
                "un archivo que no se puede leer",
                "Expórtelo de nuevo, en UTF-8 si es CSV.",
            )
        ) from None
    absent = [name for name in columns_of(settings) if name not in present]
    if absent:
        raise UserMistake(
            Finding(
                f"{path.name}, columna {name}",
                "el registro debe tener las columnas que nombra plan.person_register",
                f"columnas: {', '.join(present[:12])}" + (" y otras" * (len(present) > 12)),
                "Corrija el nombre en los parámetros del territorio.",
            )
            for name in absent
        )
    return text


def _weight(settings: RegisterSettings, text: bool) -> str:
    return "1.0::DOUBLE" if settings.weight is None else number(settings.weight, text)


def _check(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    settings: RegisterSettings,
    scheme: Scheme,
    text: bool,
) -> tuple[float, int]:
    """The largest weight and the people with a missing deprivation; mistakes of the whole file."""
    given = {
        name: rule.column
        for name, rule in settings.privations.items()
        if rule.column is not None and name in scheme.units
    }
    wrong = [
        f"count_if({_filled(column, text)} AND coalesce(NOT "
        f"{deprivation(settings.privations[name], (), text)} IN (0, 1), TRUE))"
        for name, column in given.items()
    ]
    numeric = compared(settings)
    wrong += [
        f"count_if({_filled(column, text)} AND {number(column, text)} IS NULL)"
        for column in numeric
    ]
    weight = _weight(settings, text)
    row = connection.execute(
        f"SELECT count(*), max({weight}), "
        f"count_if(coalesce(NOT ({weight} > 0 AND isfinite({weight})), TRUE))"
        + "".join(f", {item}" for item in wrong)
        + " FROM source"
    ).fetchone()
    assert row is not None
    people, largest, bad, *counts = row
    findings = [
        Finding(
            f"{path.name}, columna {column}",
            "una privación es 0, 1 o vacía",
            f"{many} filas con otro valor",
            "Corrija el archivo, o declare en los parámetros la regla que la calcula.",
        )
        for column, many in zip(given.values(), counts[: len(given)], strict=True)
        if many
    ]
    findings += [
        Finding(
            f"{path.name}, columna {column}",
            "las columnas que las reglas comparan o promedian son números, o están vacías",
            f"{many} filas con otro valor",
            "Deje vacía la celda de quien no respondió, o corrija el archivo.",
        )
        for column, many in zip(numeric, counts[len(given) :], strict=True)
        if many
    ]
    if bad:
        findings.append(
            Finding(
                f"{path.name}, columna {settings.weight}",
                "el factor de expansión debe ser un número mayor que cero",
                f"{bad} filas con otro valor",
                "Corrija el archivo o quite weight de los parámetros.",
            )
        )
    if not people:
        findings.append(Finding(path.name, "el registro debe tener personas", "ninguna fila", ""))
    if findings:
        raise UserMistake(findings)
    return float(largest), int(people)


def _filled(column: str, text: bool) -> str:
    """Whether a cell holds something: neither empty, nor a mark of what is missing, nor the NaN
    that other programs leave in a Parquet file."""
    name = quoted(column)
    if text:
        marks = ", ".join(literal(mark) for mark in sorted(MISSING))
        return f"coalesce(lower(trim({name})), '') NOT IN ({marks})"
    return f"{name} IS NOT NULL AND NOT coalesce(isnan(TRY_CAST({name} AS DOUBLE)), FALSE)"


def _measured(
    connection: duckdb.DuckDBPyConnection,
    settings: RegisterSettings,
    scheme: Scheme,
    level: float,
    largest: float,
    people: int,
    text: bool,
) -> Breakdown:
    groups = {MUNICIPALITY: settings.municipality, **settings.groups}
    scale = 2.0 ** (BITS - math.ceil(math.log2(largest * scheme.total * 2)))
    _cells(connection, settings, scheme, groups, scale, text)
    rows = connection.execute("SELECT sum(rows) FROM cells").fetchone()
    used = int(rows[0] or 0) if rows else 0
    psus = dict(
        connection.execute(
            "SELECT stratum, sum(times) FROM (SELECT stratum, unit, max(times) AS times FROM cells"
            " GROUP BY ALL) GROUP BY ALL"
            if _has_units(settings)
            else "SELECT stratum, sum(times) FROM cells GROUP BY ALL"
        ).fetchall()
    )
    found = _domain(connection, settings, scheme, WHOLE, psus, scale)
    for name in groups:
        found += _domain(connection, settings, scheme, name, psus, scale)
    return assembled(found, scheme, level, people - used)


def _has_units(settings: RegisterSettings) -> bool:
    return bool(settings.psu or settings.household)


def _cells(
    connection: duckdb.DuckDBPyConnection,
    settings: RegisterSettings,
    scheme: Scheme,
    groups: dict[str, str],
    scale: float,
    text: bool,
) -> None:
    """Tables ``cells`` (sums by subgroup, stratum and unit) and ``patterns``.

    Without a sampling unit a person is one: people of equal weight and score share a row of
    ``cells`` and ``times`` says how many they are.
    """
    parts = {
        name: deprivation(settings.privations[name], settings.household, text)
        for name in scheme.units
    }
    flags = ", ".join(f"{sql} AS d{place}" for place, sql in enumerate(parts.values()))
    score = " + ".join(
        f"{unit}::INTEGER * d{place}" for place, unit in enumerate(scheme.units.values())
    )
    pattern = " + ".join(f"{1 << place}::INTEGER * d{place}" for place in range(len(parts)))
    labels = ", ".join(
        f"{_code(column) if name == MUNICIPALITY else _label(column)} AS {quoted(name)}"
        for name, column in groups.items()
    )
    poor = f"score >= {scheme.least}"
    unit = settings.psu or settings.household
    keys = ", ".join(quoted(name) for name in groups)
    weight = f"CAST(round({_weight(settings, text)} * {scale!r}) AS BIGINT)"
    connection.execute(
        f"CREATE VIEW people AS SELECT *, {poor} AS poor FROM (SELECT {keys}, stratum, unit, w, "
        f"{score} AS score, {pattern} AS pattern FROM (SELECT {labels}, "
        f"{_key(settings.stratum)} AS stratum, {_key(unit)} AS unit, {weight} AS w, {flags} "
        "FROM source)) WHERE score IS NOT NULL"
    )
    if unit:
        connection.execute(
            f"CREATE TEMP TABLE cells AS SELECT {keys}, stratum, unit, count(*) AS rows, "
            "1 AS times, sum(w) AS w, coalesce(sum(w) FILTER (poor), 0) AS p, "
            "coalesce(sum(w * score) FILTER (poor), 0) AS c FROM people GROUP BY ALL"
        )
    else:
        connection.execute(
            f"CREATE TEMP TABLE cells AS SELECT {keys}, stratum, '' AS unit, count(*) AS rows, "
            "count(*) AS times, w::HUGEINT AS w, CASE WHEN poor THEN w ELSE 0 END::HUGEINT AS p, "
            "CASE WHEN poor THEN w * score ELSE 0 END::HUGEINT AS c "
            f"FROM people GROUP BY {keys}, stratum, w, score, poor"
        )
    connection.execute(
        f"CREATE TEMP TABLE patterns AS SELECT {keys}, pattern, poor, count(*) AS rows, "
        "sum(w) AS w FROM people GROUP BY ALL"
    )


def _label(column: str) -> str:
    return f"nullif(trim(CAST({quoted(column)} AS VARCHAR)), '')"


def _code(column: str) -> str:
    """A DIVIPOLA code as text of five digits: programs drop its leading zero."""
    return f"lpad({_label(column)}, 5, '0')"


def _key(columns: Sequence[str]) -> str:
    """One value that tells combinations of columns apart; a single column is its own."""
    if not columns:
        return "''"
    if len(columns) == 1:
        return quoted(columns[0])
    return f"row({', '.join(quoted(name) for name in columns)})"


def _domain(
    connection: duckdb.DuckDBPyConnection,
    settings: RegisterSettings,
    scheme: Scheme,
    group: str,
    psus: dict[Any, int],
    scale: float,
) -> list[Sums]:
    """Sums of every value of a group (of everybody, for the empty name), by value."""
    label = "''" if group == WHOLE else quoted(group)
    if _has_units(settings):
        units = (
            f"SELECT {label} AS g, stratum, unit, sum(rows) AS rows, 1 AS times, "
            "sum(w)::DOUBLE AS w, sum(p)::DOUBLE AS p, sum(c)::DOUBLE AS c FROM cells "
            f"WHERE {label} IS NOT NULL GROUP BY ALL"
        )
    else:
        units = (
            f"SELECT {label} AS g, stratum, rows, times, w::DOUBLE AS w, p::DOUBLE AS p, "
            f"c::DOUBLE AS c FROM cells WHERE {label} IS NOT NULL"
        )
    times = "" if _has_units(settings) else " * times"
    totals = (
        f"SELECT {label} AS g, sum(w{times})::DOUBLE AS tw, sum(p{times})::DOUBLE AS tp, "
        f"sum(c{times})::DOUBLE AS tc FROM cells WHERE {label} IS NOT NULL GROUP BY ALL"
    )
    parts = []
    for top, bottom in PAIRS.values():
        # In units of the mean weight of a sampling unit, so that squares are about 1.
        unit = scheme.total if top == "c" else 1
        base = f"nullif(t{bottom}, 0)"  # nobody in it: no figure, and no error
        z = f"(({top} - t{top} / {base} * {bottom}) / {unit} / ({base} / n))"
        for term in (z, f"{z} * {z}", f"pow({z}, 4)"):
            parts.append(f"sum(times * CAST(round({term} * {FINE!r}) AS HUGEINT))")
    query = (
        f"WITH units AS MATERIALIZED ({units}), totals AS ({totals}), "
        "sizes AS (SELECT g, sum(times) AS n FROM units GROUP BY g) "
        "SELECT g, stratum, sum(rows), sum(times), any_value(n), any_value(tw), any_value(tp), "
        f"any_value(tc), {', '.join(parts)} "
        "FROM units JOIN totals USING (g) JOIN sizes USING (g) GROUP BY g, stratum "
        "ORDER BY g, stratum"
    )
    rows = connection.execute(query).fetchall()
    headcounts, poor_rows = _headcounts(connection, scheme, label, scale)
    found = []
    for value in dict.fromkeys(row[0] for row in rows):
        mine = [row for row in rows if row[0] == value]
        n, weight, poor, score = (float(item) for item in mine[0][4:8])
        sums = {
            name: [
                np.array(
                    [np.nan if row[8 + 3 * place + term] is None
                     else float(row[8 + 3 * place + term]) / FINE / n**power
                     for row in mine]
                )
                for term, power in enumerate((1, 2, 4))
            ]
            for place, name in enumerate(PAIRS)
        }  # fmt: skip
        found.append(
            Sums(
                group,
                value,
                sum(int(row[2]) for row in mine),
                poor_rows[value],
                sum(int(row[3]) for row in mine),
                weight / scale,
                poor / scale,
                score / scale / scheme.total,
                headcounts[value],
                {name: terms[0] for name, terms in sums.items()},
                {name: terms[1] for name, terms in sums.items()},
                {name: terms[2] for name, terms in sums.items()},
                np.array([float(psus[row[1]]) for row in mine]),
            )
        )
    return found


def _headcounts(
    connection: duckdb.DuckDBPyConnection, scheme: Scheme, label: str, scale: float
) -> tuple[dict[Any, list[np.ndarray]], dict[Any, int]]:
    """By value: weighted raw and censored headcounts, the same in people; and the poor people."""
    parts = []
    for amount, divisor in (("w", scale), ("rows", 1.0)):
        for condition in ("TRUE", "poor"):
            for place in range(len(scheme.units)):
                bit = f"(pattern & {1 << place}) > 0 AND {condition}"
                total = f"coalesce(sum({amount}) FILTER ({bit}), 0)::DOUBLE"
                parts.append(f"{total} / {divisor!r}")
    rows = connection.execute(
        f"SELECT {label} AS g, coalesce(sum(rows) FILTER (poor), 0), {', '.join(parts)} "
        f"FROM patterns WHERE {label} IS NOT NULL GROUP BY g"
    ).fetchall()
    width = len(scheme.units)
    found = {
        row[0]: [np.array(row[2 + part * width : 2 + (part + 1) * width]) for part in range(4)]
        for row in rows
    }
    return found, {row[0]: int(row[1]) for row in rows}
