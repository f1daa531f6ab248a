"""C5: what the actors say of their own situation, and where the indicators say the same.

In each municipality with statements, the actors give priority to a right when it gathers at least
``actors_share`` of the votes; the data point at it when at least ``data_share`` of the right's
clear differences from the department is unfavourable. Both rules are parameters
(``comprehension.readings``). A right below the share of votes was not given priority: nobody said
that it is no problem. Statements are shown with the kind of actor, never its name.

Facts: who reported (``by``, ``partial``: :mod:`gsi.analysis.delivery`), ``statements``,
``participants``, ``municipalities``, ``from``, ``until``, ``top_right``,
``top_right_share``, ``agree``, ``only_actors``, ``only_data`` (names of rights, or of
municipalities with right in a department), their ``_count``, ``compared``. Tables: ``rights``,
``topics``, ``top``, ``comparison`` (municipality × right), ``objectives``.
"""

from __future__ import annotations

import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.comprehension import people
from gsi.analysis.comprehension.states import COMPARED, WORSE, compare, unfavourable
from gsi.analysis.context import Context
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    date,
    flag,
    names,
    percent,
    text,
)
from gsi.analysis.steps import step
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS

TOPICS = {
    "situacion": "Situación",
    "relacion": "Relaciones",
    "necesidad": "Necesidades",
    "interes": "Intereses",
}
ACTOR_TYPES = {
    "comunidad": "Comunidad",
    "organizacion": "Organización",
    "entidad": "Entidad",
    "academia": "Academia",
    "privado": "Sector privado",
    "cooperacion": "Cooperación",
}
AGREE = "lo priorizan los actores y lo señalan los datos"
ONLY_ACTORS = "lo priorizan los actores; los datos no lo señalan"
ONLY_DATA = "lo señalan los datos; los actores no lo priorizaron"
NOT_SAID = "lo señalan los datos; ninguna afirmación lo nombra"
NEITHER, UNKNOWN = "ni priorizado ni señalado", "sin dato para comparar"


@step
def readings(context: Context) -> Section:
    """Statements by right and topic, the most voted ones, and their comparison with the data."""
    own = context.data.own("lecturas")
    if own.empty:
        why = "sin ella el diagnóstico no tiene la lectura que los propios actores hacen"
        return Section("readings", gaps=[Gap("lecturas", why)])
    settings = context.params.comprehension.readings
    own = own.assign(votos=own["votos"].astype("float64"))
    by_right = _shares(own, "categoria_derecho", RIGHTS)
    by_topic = _shares(own, "tema", TOPICS)
    codes = sorted(set(own["municipio"]) & set(people.own_codes(context)))
    states = compare(context, codes)
    states = states[states["estado"].isin(COMPARED)]
    comparison = _comparison(context, own, codes, states)
    objectives = _objectives(context, own, states)
    workshops = own.drop_duplicates(["municipio", "microterritorio", "fecha"])
    leading = by_right.nlargest(1, "votos").iloc[0]
    several = context.territory.is_department
    facts: dict[str, Fact] = {
        "statements": count(len(own)),
        "workshops": count(len(workshops)),
        "participants": count(workshops["participantes"].astype("float64").sum()),
        "municipalities": count(own["municipio"].nunique()),
        "from": date(own["fecha"].min().date()),
        "until": date(own["fecha"].max().date()),
        "several_days": flag(own["fecha"].nunique() > 1),
        "top_right": text(leading["etiqueta"]),
        "top_right_share": percent(leading["parte"], 0),
        "compared": count(int((comparison["lectura"] != UNKNOWN).sum())),
        "any_compared": flag(bool((comparison["lectura"] != UNKNOWN).any())),
        "department": flag(several),
        "least_votes": percent(100 * settings.actors_share, 0),
        "least_worse": percent(100 * settings.data_share, 0),
        **delivery.facts(delivery.delivered(own, context), context),
    }
    for key, verdict in (
        ("agree", AGREE),
        ("only_actors", ONLY_ACTORS),
        ("only_data", ONLY_DATA),
        ("neither", NEITHER),
    ):
        rows = comparison[comparison["lectura"] == verdict]
        written = [
            f"{row['nombre']} ({row['etiqueta']})" if several else row["etiqueta"]
            for row in rows.to_dict("records")
        ]
        facts[key] = names(written)
        facts[f"{key}_count"] = count(len(rows))
    share = Column("Parte de los votos", "percent")
    head = {"enunciados": Column("Afirmaciones", "count"), "votos": Column("Votos", "count")}
    tables = {
        "rights": Table(by_right, {"etiqueta": Column("Derecho"), **head, "parte": share}),
        "topics": Table(by_topic, {"etiqueta": Column("Tema"), **head, "parte": share}),
        "top": _top(context, own),
        "comparison": Table(comparison, _COMPARISON),
        "objectives": Table(objectives, _OBJECTIVES),
    }
    return Section("readings", facts, tables)


def _shares(own: pd.DataFrame, column: str, labels: dict[str, str]) -> pd.DataFrame:
    table = own.groupby(column).agg(enunciados=("votos", "size"), votos=("votos", "sum"))
    table = table.reindex(list(labels), fill_value=0).rename_axis("clave").reset_index()
    table.insert(1, "etiqueta", table["clave"].map(labels))
    total = table["votos"].sum()
    table["parte"] = 100 * table["votos"] / total if total else float("nan")
    return table


def _top(context: Context, own: pd.DataFrame) -> Table:
    top = own.sort_values(
        ["votos", "municipio", "enunciado"], ascending=[False, True, True], ignore_index=True
    ).head(context.params.comprehension.readings.top)
    table = pd.DataFrame(
        {
            "enunciado": top["enunciado"].astype("str"),
            "actor": top["tipo_actor"].map(ACTOR_TYPES),
            "nombre": top["municipio"].map(context.data.names),
            "derecho": top["categoria_derecho"].map(RIGHTS),
            "tema": top["tema"].map(TOPICS),
            "votos": top["votos"],
        }
    )
    columns = {
        "enunciado": Column("Lo que se dijo"),
        "actor": Column("Quién"),
        "nombre": Column("Municipio"),
        "derecho": Column("Derecho"),
        "votos": Column("Votos", "count"),
    }
    if not context.territory.is_department:
        del columns["nombre"]
    return Table(table, columns)


def _comparison(
    context: Context, own: pd.DataFrame, codes: list[str], states: pd.DataFrame
) -> pd.DataFrame:
    """Municipality × right: share of votes, share of worse indicators, and who sees a problem."""
    settings = context.params.comprehension.readings
    votes = own.pivot_table(
        index="municipio", columns="categoria_derecho", values="votos", aggfunc="sum"
    ).reindex(index=codes, columns=list(RIGHTS), fill_value=0)
    records = []
    for code in codes:
        spoken = {
            right: float(n) for right, n in zip(RIGHTS, votes.loc[code].fillna(0), strict=True)
        }
        total = sum(spoken.values())
        for right, label in RIGHTS.items():
            rows = states[(states["municipio"] == code) & (states["derecho"] == right)]
            worse = int((rows["estado"] == WORSE).sum())
            said = spoken[right] / total if total else 0.0
            seen = unfavourable(rows)
            if total < settings.smallest_votes or not len(rows):
                verdict = UNKNOWN
            else:
                verdict = _verdict(bool(said >= settings.actors_share), seen >= settings.data_share)
            records.append(
                {
                    "municipio": code,
                    "nombre": context.data.names[code],
                    "derecho": right,
                    "etiqueta": label,
                    "votos": spoken[right],
                    "votos_parte": 100 * said,
                    "indicadores": len(rows),
                    "peores": worse,
                    "datos_parte": 100 * seen,
                    "lectura": verdict,
                }
            )
    return pd.DataFrame(records, columns=_COMPARISON_COLUMNS)


def _objectives(context: Context, own: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    """Objectives that most of a municipality's indicators call worse and no statement names."""
    settings = context.params.comprehension.readings
    states = states[states["objetivo"].isin(list(OBJECTIVES))]
    spoken = own.dropna(subset=["objetivo"]).groupby(["municipio", "objetivo"])["votos"].sum()
    records = []
    for key, rows in states.groupby(["municipio", "objetivo"]):
        code, objective = (str(part) for part in key)
        if spoken.get((code, objective), 0) > 0 or unfavourable(rows) < settings.data_share:
            continue
        worse = rows[rows["estado"] == WORSE]
        worst = worse.nlargest(1, "gravedad")
        records.append(
            {
                "municipio": code,
                "nombre": context.data.names[code],
                "objetivo": objective,
                "etiqueta": OBJECTIVES[objective][1],
                "indicadores": len(rows),
                "peores": len(worse),
                "worst_indicator": worst["nombre"].iloc[0] if len(worst) else None,
                "gravedad": float(worst["gravedad"].iloc[0]) if len(worst) else 0.0,
                "lectura": NOT_SAID,
            }
        )
    table = pd.DataFrame(records, columns=_OBJECTIVE_COLUMNS)
    return table.sort_values(["gravedad", "municipio"], ascending=[False, True], ignore_index=True)


def _verdict(actors: bool, data: bool) -> str:
    if actors and data:
        return AGREE
    if actors:
        return ONLY_ACTORS
    return ONLY_DATA if data else NEITHER


_COMPARISON_COLUMNS = [
    *("municipio", "nombre", "derecho", "etiqueta", "votos", "votos_parte", "indicadores"),
    *("peores", "datos_parte", "lectura"),
]
_OBJECTIVE_COLUMNS = [
    *("municipio", "nombre", "objetivo", "etiqueta", "indicadores", "peores"),
    *("worst_indicator", "gravedad", "lectura"),
]
_COMPARISON = {
    "nombre": Column("Municipio"),
    "etiqueta": Column("Derecho"),
    "votos_parte": Column("Parte de los votos", "percent"),
    "datos_parte": Column("Diferencias desfavorables", "percent"),
    "lectura": Column("Lectura"),
}
_OBJECTIVES = {
    "nombre": Column("Municipio"),
    "etiqueta": Column("Objetivo de política"),
    "worst_indicator": Column("Indicador más desfavorable"),
    "lectura": Column("Lectura"),
}
