"""CUIPO of many entities, as CGR publishes it: a CSV of millions of rows, read as a stream.

DuckDB reads it once, out of core, and only the leaves of investment of the last period of each year
come back. The column of third parties, where persons may stand, is never asked for.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from gsi.inputs.readers import budget
from gsi.inputs.readers.grids import csv_header, dialect, unreadable
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part, set_aside

if TYPE_CHECKING:
    import duckdb

SOURCE = "cgr_cuipo"
MEMORY = "512MB"
# Column → its headings, of the portal's pages and of its API.
COMMON = {
    "periodo": ("PERIODO",),
    "entidad": ("CODIGO ENTIDAD",),
    "nombre": ("NOMBRE ENTIDAD",),
    "cuenta": ("CUENTA",),
    "tipo_vigencia": ("VIGENCIA DEL GASTO", "NOM VIGENCIA DEL GASTO"),
    "linea": ("PROGRAMATICO MGA", "NOM PROGRAMATICO MGA", "PROGRAMA MGA", "PRODUCTO MGA"),
    "bpin": ("BPIN",),
}
EXECUTION = {
    "fuente_publicada": ("FUENTES FINANCIACION", "NOM FUENTES FINANCIACION",
                         "FUENTES DE FINANCIACION"),
    "comprometido": ("COMPROMISOS",),
    "obligado": ("OBLIGACIONES",),
    "pagado": ("PAGOS",),
}  # fmt: skip
PROGRAMMING = {"apropiado": ("APROPIACION DEFINITIVA",)}
AMOUNTS = ("apropiado", "comprometido", "obligado", "pagado")
# How a column writes its numbers: pattern that each must have → the SQL that makes them so.
_STYLES = (
    (r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$", "{}"),
    (r"^-?\d{1,3}(\.\d{3})*(,\d+)?$|^-?\d+(,\d+)?$", "replace(replace({}, '.', ''), ',', '.')"),
    (r"^-?\d{1,3}(,\d{3})*(\.\d+)?$|^-?\d+(\.\d+)?$", "replace({}, ',', '')"),
)


def claims(peek: Peek) -> bool:
    """Its columns, executed or programmed."""
    (rows,) = peek.sheets.values() if len(peek.sheets) == 1 else ((),)
    heads = set(rows[0]) if rows else set()
    return _has(heads, COMMON) and (_has(heads, EXECUTION) or _has(heads, PROGRAMMING))


def _has(heads: set[str], wanted: Mapping[str, tuple[str, ...]]) -> bool:
    return all(any(label(name) in heads for name in names) for names in wanted.values())


def read(path: Path) -> Part:
    """Table ``inversion``: leaves of investment, last period of each year, in pesos."""
    import duckdb

    header = csv_header(path)
    found, executed = _columns(header)
    problems = Problems(path.name)
    with tempfile.TemporaryDirectory(prefix=".cuipo-") as spill:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": spill,
            "preserve_insertion_order": "false",
            "threads": 2,
        }
        with duckdb.connect(":memory:", config=config) as connection:
            try:
                _open(connection, path, header, found)
                counted = connection.execute(_KEPT.format(keep=_keep(executed))).fetchall()
                money = [name for name in AMOUNTS if name in found]
                how = _styles(connection, money, executed, problems)
                problems.stop()
                whole, leaves = _sums(connection, money, how, executed)
            except duckdb.Error as error:
                raise unreadable(path, "texto separado por comas (CSV), sin filas rotas") from error
    total, kept = int(counted[0][0]), int(counted[0][1])
    return _part(problems, leaves, whole, money, executed, (total, kept))


_KEPT = "SELECT count(*), count_if({keep}) FROM source"


def _columns(header: list[str]) -> tuple[dict[str, int], bool]:
    """Column → position; whether it is the execution."""
    labels = [label(name) for name in header]
    executed = _has(set(labels), EXECUTION)
    wanted = {**COMMON, **(EXECUTION if executed else PROGRAMMING)}
    found = {
        name: next(labels.index(label(one)) for one in names if label(one) in labels)
        for name, names in wanted.items()
    }
    return found, executed


def _open(
    connection: duckdb.DuckDBPyConnection, path: Path, header: list[str], found: dict[str, int]
) -> None:
    """Name ``source`` the file's columns that are wanted, as trimmed texts."""
    how = dialect(path)
    encoding = {"utf-8-sig": "utf-8", "cp1252": "latin-1"}.get(how.encoding, how.encoding)
    names = [f"c{at}" for at in range(len(header))]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    where = str(path).replace("'", "''")
    kept = ", ".join(
        f"trim(coalesce({names[at]}, ''), ' \t\u00a0') AS {name}" for name, at in found.items()
    )
    connection.execute(
        f"CREATE VIEW source AS SELECT {kept} FROM read_csv('{where}', header=true, "
        f"columns={{{columns}}}, auto_detect=false, delim='{how.separator}', quote='\"', "
        f"escape='\"', encoding='{encoding}', skip={how.skip}, null_padding=false)"
    )


def _nothing(column: str) -> str:
    marks = ", ".join(f"'{mark}'" for mark in sorted(budget.NOTHING))
    return f"lower({column}) IN ({marks})"


def _keep(executed: bool) -> str:
    """What is a leaf of investment."""
    account = budget.EXECUTION if executed else budget.PROGRAMMING
    told = f"NOT {_nothing('fuente_publicada')}" if executed else f"NOT {_nothing('linea')}"
    return f"(cuenta = '{account}' OR cuenta LIKE '{account}.%') AND {told}"


def _styles(
    connection: duckdb.DuckDBPyConnection, money: list[str], executed: bool, problems: Problems
) -> dict[str, str]:
    """How to read each column of money: the first way of writing that all its cells have."""
    account = budget.EXECUTION if executed else budget.PROGRAMMING
    ours = f"(cuenta = '{account}' OR cuenta LIKE '{account}.%')"
    found = {}
    for name in money:
        filled = f"{ours} AND {name} <> ''"
        tests = ", ".join(f"count_if(NOT regexp_matches({name}, '{rule}'))" for rule, _ in _STYLES)
        row = connection.execute(
            f"SELECT {tests}, any_value({name}) FROM source WHERE {filled}"
        ).fetchone()
        assert row is not None
        fits = [at for at in range(len(_STYLES)) if not row[at]]
        if fits:
            found[name] = _STYLES[fits[0]][1].format(name)
            continue
        least = min(range(len(_STYLES)), key=lambda at: int(row[at]))
        odd = connection.execute(
            f"SELECT min({name}) FROM source WHERE {filled} AND NOT regexp_matches({name}, "
            f"'{_STYLES[least][0]}')"
        ).fetchone()
        problems.add(
            f"debe ser un número ({row[least]} celdas no lo son)", str(odd[0]) if odd else "",
            column=name,
        )  # fmt: skip
    return found


def _sums(
    connection: duckdb.DuckDBPyConnection, money: list[str], how: dict[str, str], executed: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Branches by entity and period; leaves of the last period of each entity and year."""
    account = budget.EXECUTION if executed else budget.PROGRAMMING
    sums = ", ".join(
        f"sum(coalesce(TRY_CAST({how[n]} AS DECIMAL(24, 2)), 0)) AS {n}" for n in money
    )
    connection.execute(
        "CREATE TABLE last AS SELECT entidad AS e, "
        "substr(regexp_replace(periodo, '[^0-9]', '', 'g'), 1, 4) AS y, max(periodo) AS p "
        "FROM source GROUP BY ALL"
    )
    chosen = "source JOIN last ON entidad = e AND periodo = p"
    whole = connection.execute(
        f"SELECT entidad, periodo, {sums} FROM {chosen} WHERE cuenta = '{account}' "
        f"AND NOT ({_keep(executed)}) GROUP BY ALL ORDER BY ALL"
    ).df()
    by = [*(name for name in COMMON if name != "cuenta")] + ["fuente_publicada"] * executed
    leaves = connection.execute(
        f"SELECT {', '.join(by)}, {sums} FROM {chosen} WHERE {_keep(executed)} "
        "GROUP BY ALL ORDER BY ALL"
    ).df()
    for frame in (whole, leaves):
        frame[money] = frame[money].astype("float64")
    return whole, leaves


def _part(
    problems: Problems,
    leaves: pd.DataFrame,
    whole: pd.DataFrame,
    money: list[str],
    executed: bool,
    counted: tuple[int, int],
) -> Part:
    total, kept = counted
    ends = {text: _end(text) for text in leaves["periodo"].unique()}
    for text in sorted(text for text, end in ends.items() if end is None):
        problems.add("el periodo debe decir año y mes (20221201)", text, column="PERIODO")
    problems.stop()
    account = budget.EXECUTION if executed else budget.PROGRAMMING
    unlike = _unlike(leaves, whole, money)
    strange = leaves.set_index(["entidad", "periodo"]).index.isin(unlike)
    pairs = leaves[["entidad", "nombre"]].drop_duplicates().itertuples(index=False, name=None)
    owners = {pair: budget.owner(*pair) for pair in pairs}
    leaves["municipio"] = pd.Series(
        [owners[pair] for pair in zip(leaves["entidad"], leaves["nombre"], strict=True)],
        index=leaves.index, dtype="str",
    )  # fmt: skip
    other = leaves["municipio"].isna()
    data = leaves[~strange & ~other].reset_index(drop=True)
    data["corte"] = pd.Series(
        [ends[text] for text in data["periodo"]], index=data.index, dtype="datetime64[us]"
    )
    data["vigencia"] = data["corte"].dt.year
    if not executed:
        data["fuente_publicada"] = pd.Series(None, index=data.index, dtype="str")
    data["linea"] = data["linea"].mask(
        data["linea"].str.lower().isin(list(budget.NOTHING)), "Sin producto"
    )
    made = budget.rows(data, SOURCE)
    aside = set_aside(
        [
            ("Filas que no son detalle de inversión (ramas del árbol, funcionamiento y deuda)",
             total - kept),
            ("Entidades que no son alcaldía ni gobernación (líneas)",
             int((other & ~strange).sum())),
            (f"Entidades cuyo detalle no suma su cuenta {account} (líneas)", int(strange.sum())),
        ]
    )  # fmt: skip
    years = tuple(sorted(int(year) for year in made["vigencia"].unique()))
    partial = sorted({end for end in ends.values() if end is not None and end.month != 12})
    notes = tuple(f"Corte parcial: {end:%d-%m-%Y}." for end in partial)
    return Part("inversion", made, total, kept, aside, years, notes)


def _unlike(leaves: pd.DataFrame, whole: pd.DataFrame, money: list[str]) -> set[Any]:
    """Entity and period whose leaves do not add up to their branch; none where no branch came."""
    by = ["entidad", "periodo"]
    parts = leaves.groupby(by)[money].sum()
    both = whole.set_index(by)[money].join(parts, rsuffix=" hojas", how="inner")
    away = pd.concat(
        [(both[name] - both[f"{name} hojas"]).abs() for name in money], axis="columns"
    ).max(axis="columns")
    return set(both.index[away > 1])


def _end(period: str) -> pd.Timestamp | None:
    """The last day of the month of ``20221201`` or ``2022-12-01T00:00:00``."""
    digits = re.sub(r"\D", "", period)
    if not re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])\d*", digits):
        return None
    return pd.Timestamp(int(digits[:4]), int(digits[4:6]), 1) + pd.offsets.MonthEnd(0)


READER = Reader(
    source=SOURCE,
    publisher="Contraloría General de la República (CUIPO)",
    title="CUIPO de gastos de las entidades territoriales",
    kinds=("csv",),
    name=re.compile(r"cuipo \w*(ejecucion|programacion) gastos"),
    contents="las columnas PERIODO, CODIGO_ENTIDAD, CUENTA, VIGENCIA_DEL_GASTO, PROGRAMATICO_MGA y "
    "BPIN, y las de COMPROMISOS, OBLIGACIONES y PAGOS, o APROPIACION_DEFINITIVA",
    claims=claims,
    read=read,
)
