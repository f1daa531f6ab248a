"""The municipality among those of its department that are most like it.

Likeness is of size and structure, not of results: otherwise a poor municipality would only be
compared with poor ones. Features are declared in ``comprehension.peers``.

Facts: ``names`` (nearest first), ``number``, ``features`` (names), ``alike`` (the nearest ones are
within ``comprehension.peers.far``), ``compared``, ``worse_than_all``, ``better_than_all`` (counts
of indicators), ``by_chance`` (how many of each if all were alike),
``worse_names`` (at most four, those farthest from the median of its peers first).
Tables: ``municipalities`` and ``indicators``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import people, unfit
from gsi.analysis.context import Context
from gsi.analysis.results import Column, Fact, Gap, Section, Table, count, flag, names
from gsi.analysis.steps import step
from gsi.contract.places import many
from gsi.ground import frames
from gsi.inputs import indicators
from gsi.inputs.indicators import zones
from gsi.measure.similarity import nearest

FEATURES = {
    "population": "habitantes",
    "density": "habitantes por km²",
    "children_share": "parte de la población de 0 a 17 años",
    "older_share": "parte de la población de 60 años o más",
}
WORST, BEST, AMONG = "peor que todos", "mejor que todos", "entre ellos"
OLDER = (60, people.OLDEST)
MOST_NAMES = 4
_PLACE = ["municipio", "indicador"]
# Cylindrical equal area: areas in square metres, everywhere.
EQUAL_AREA = "EPSG:6933"


@step
def peers(context: Context, priority: Section) -> Section:
    """A municipality beside those that are most like it; nothing for a department, or where it has
    too few municipalities to compare."""
    if context.territory.is_department:
        return Section("peers")
    if len(context.data.names) < context.params.priority.minimum_territories:
        # So few are neither ranked nor called like each other: the comparison says so.
        return Section("peers")
    settings = context.params.comprehension.peers
    found = context.shared("features", features, ("poblacion", "limites"))
    code = context.territory.code
    distances = nearest(found, code, settings.number)
    if distances.empty:
        why = f"sin población por edad no se sabe a qué {many(context.data.kinds)} se parece este"
        return Section("peers", gaps=[Gap("poblacion", why)])
    compared = _indicators(context, list(distances.index))
    worst = compared[compared["lugar"] == WORST].sort_values(
        ["distancia", "indicador"], ascending=[False, True]
    )
    facts: dict[str, Fact] = {
        "names": names([context.data.names[other] for other in distances.index]),
        "features": names([FEATURES[name] for name in found.columns]),
        "alike": flag(bool(distances.median() <= settings.far)),
        "compared": count(len(compared)),
        "any_compared": flag(not compared.empty),
        # Among equals, each has the same chance of standing last.
        "by_chance": count(round(len(compared) / (len(distances) + 1))),
        "worse_than_all": count(len(worst)),
        "better_than_all": count(int((compared["lugar"] == BEST).sum())),
        "worse_names": names(worst["nombre"].head(MOST_NAMES).tolist()),
        "has_worse": flag(not worst.empty),
    }
    return Section(
        "peers",
        facts,
        {
            "municipalities": _municipalities(context, found, distances, priority),
            "indicators": Table(_ordered(compared), _INDICATORS),
        },
    )


def features(context: Context) -> pd.DataFrame:
    """Municipality × declared feature at the baseline. Sizes in logarithms (base 10).

    ``density`` needs boundaries; without them it is left out, and the fact ``features`` shows it.
    """
    table = people.rows(context)
    codes = list(context.data.names)
    chosen = context.params.comprehension.peers.features
    if table.empty:
        return pd.DataFrame(np.nan, codes, list(chosen))
    when = people.period(table["periodo"], context.years.baseline)
    total = people.counts(table, when, (0, people.OLDEST)).reindex(codes)
    total = total.where(total > 0)
    made = {"population": np.log10(total)}
    for name, ages in (("children_share", people.NINEZ), ("older_share", OLDER)):
        made[name] = 100 * people.counts(table, when, ages).reindex(codes) / total
    boundaries = context.data.boundaries()
    if boundaries is not None:
        area = boundaries.set_index("municipio").geometry.to_crs(EQUAL_AREA).area / 1e6
        made["density"] = np.log10(total / area.reindex(codes))
    return pd.DataFrame({name: made[name] for name in chosen if name in made})


def _municipalities(
    context: Context, found: pd.DataFrame, distances: pd.Series, priority: Section
) -> Table:
    codes = [context.territory.code, *distances.index]
    table = pd.DataFrame({"municipio": codes})
    table["nombre"] = table["municipio"].map(context.data.names)
    table["distancia"] = table["municipio"].map(distances).astype("float64").fillna(0.0)
    for name in found.columns:
        values = table["municipio"].map(found[name])
        table[name] = 10**values if name in {"population", "density"} else values
    columns = {
        "nombre": Column("Municipio"),
        "distancia": Column("Distancia (desviaciones estándar)", "decimal", 2),
    }
    kinds = {
        "population": Column("Habitantes", "count"),
        "density": Column("Habitantes por km²", "decimal", 1),
        "children_share": Column("De 0 a 17 años", "percent", 1),
        "older_share": Column("De 60 años o más", "percent", 1),
    }
    columns |= {name: kinds[name] for name in found.columns}
    if "ranking" in priority.tables:
        ranking = priority.tables["ranking"].data.set_index("municipio")
        table["puesto"] = table["municipio"].map(ranking["rank"]).astype("float64")
        table["estado"] = table["municipio"].map(ranking["status"])
        columns |= {
            "puesto": Column("Puesto por necesidad", "count"),
            "estado": Column("Estado"),
        }
    return Table(table, columns)


def _indicators(context: Context, others: list[str]) -> pd.DataFrame:
    """Own value beside the median of the peers, same indicator, series, year and zone."""
    code = context.territory.code
    # Where neither more nor less is known to be better, nobody stands worse.
    known = {i.id: i for i in context.catalogue if i.comparable and i.sign}
    found = figures(context, [code, *others])
    found = found[found["indicador"].isin(list(known))]
    # Its figure of one zone alone stands for it where that is all it has.
    own = found[found["municipio"] == code].drop_duplicates("indicador")
    rest = found[found["municipio"] != code]
    columns = (frames.values(rest[name]) for name in ("indicador", "periodo", "zona", "valor"))
    values: dict[tuple[str, int, str], list[float]] = {}
    for name, period, zone, value in zip(*columns, strict=True):
        values.setdefault((name, period, zone), []).append(value)
    records = []
    for row in frames.records(own):
        same = np.array(values.get((row["indicador"], row["periodo"], row["zona"]), []))
        if len(same) < len(others):
            continue
        indicator = known[row["indicador"]]
        worse = -indicator.sign
        gaps = worse * (row["valor"] - same)
        spread = float(same.max() - same.min())
        middle = float(np.median(same))
        distance = worse * (row["valor"] - middle)
        records.append(
            {
                "indicador": row["indicador"],
                "nombre": indicator.name + zones.SHORT.get(row["zona"], ""),
                "periodo": row["periodo"],
                "valor": row["valor"],
                "unidad": indicator.unit,
                "mediana": middle,
                "menor": float(same.min()),
                "mayor": float(same.max()),
                "distancia": distance / spread if spread else 0.0,
                "lugar": WORST if (gaps > 0).all() else BEST if (gaps < 0).all() else AMONG,
            }
        )
    return pd.DataFrame(records, columns=_RECORD)


def figures(context: Context, codes: Sequence[str]) -> pd.DataFrame:
    """The figures of the baseline without a verdict: municipio, indicador, valor, periodo, zona.

    A rate of one or two cases is no level to be compared, and left out, as is what is not judged.
    ``zona``: that of which the figure is, as its note says it (:mod:`gsi.inputs.indicators.zones`);
    '' of the whole place. A place has one row an indicator, and one a zone of the indicators that
    for some place are of that zone alone.
    """
    table = context.data.department("indicadores")
    table = table[table["municipio"].isin(list(codes))]
    order = {indicator.id: place for place, indicator in enumerate(context.catalogue)}
    table = table[table["indicador"].isin(list(order))]
    found = indicators.at(table, context.years.baseline)
    found = found.assign(zona=found["nota"].map(zones.note))
    parts = [found]
    for area, told in zones.ONLY.items():
        wanted = found.loc[found["zona"] == told, "indicador"]
        rows = indicators.at(
            table[table["indicador"].isin(wanted)], context.years.baseline, area=area
        ).assign(zona=told)
        given = pd.MultiIndex.from_frame(found.loc[found["zona"] == told, _PLACE])
        parts.append(rows[~pd.MultiIndex.from_frame(rows[_PLACE]).isin(given)])
    found = pd.concat(parts, ignore_index=True)
    known = {item.id: item for item in context.catalogue}
    per = found["indicador"].map({key: item.multiplier for key, item in known.items()})
    few = indicators.few_cases(found["numerador"], per.astype("float64"))
    apart = pd.Series([why != "" for why in unfit.reasons(found, known)], found.index, dtype=bool)
    found = found[~few & ~apart]
    found = found.assign(_order=found["indicador"].map(order))
    found = found.sort_values(["municipio", "_order", "zona"], ignore_index=True)
    return found[[*_PLACE, "valor", "periodo", "zona"]]


def _ordered(compared: pd.DataFrame) -> pd.DataFrame:
    """First where it stands last, then where it stands first, the farthest first."""
    rank = compared["lugar"].map({WORST: 0, BEST: 1, AMONG: 2})
    size = compared["distancia"].abs()
    frame = compared.assign(_rank=rank, _size=size)
    frame = frame.sort_values(
        ["_rank", "_size", "indicador"], ascending=[True, False, True], ignore_index=True
    )
    return frame.drop(columns=["_rank", "_size"])


_RECORD = [
    *("indicador", "nombre", "periodo", "valor", "unidad", "mediana", "menor", "mayor"),
    *("distancia", "lugar"),
]
_INDICATORS = {
    "nombre": Column("Indicador"),
    "periodo": Column("Año", "year"),
    "valor": Column("Municipio", "decimal", 1),
    "mediana": Column("Mediana de los parecidos", "decimal", 1),
    "menor": Column("Menor", "decimal", 1),
    "mayor": Column("Mayor", "decimal", 1),
    "unidad": Column("Unidad"),
    "lugar": Column("Frente a los parecidos"),
}
