"""How each number of a headline on the five keys, money and the plan is worked out from tables."""

from __future__ import annotations

import re

import pandas as pd
from headline_rules import RULES, rule, share
from headlines import Document, Expected, Report

from gsi.ground import locale

__all__ = ["RULES"]


# The five keys


@rule(
    r"claves consolidadas: {consolidada}; en desarrollo: {en_desarrollo}; incipientes:"
    r" {incipiente}; inexistentes: {inexistente}; sin información: {sin_información}",
)
def keys(report: Report, document: Document, match: re.Match[str]) -> Expected:
    states = report.table("keys.states")["state"]
    return {name: (states == name.replace("_", " ")).sum() for name in match.groupdict()}


@rule(r"Municipios que reportaron formación: {some} de {every}")
def training(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("training.coverage")
    return {"some": len(rows), "every": len(report.table("priority.ranking"))}


@rule(r"(?:casos: |; )(?P<route>[^,;:\d]+), {finished}(?=;|$)")
def funnel(report: Report, document: Document, match: re.Match[str]) -> Expected:
    if not match.string.startswith("Llegan al final de su ruta"):
        return {}
    steps = report.table("services.steps")
    # Inside a sentence a name begins in lower case.
    same = steps["route_label"].str.casefold() == match["route"].casefold()
    steps = steps[same].sort_values("order")
    return {"finished": steps["tenths"].iloc[-1]}


@rule(r"Microterritorios reportados con jornada: {visited} de {every}")
def visited(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("outreach.microterritories")
    return {"visited": (rows["days"] > 0).sum(), "every": len(rows)}


def attended(report: Report) -> set[str]:
    """Who went to a service day up to the follow-up."""
    visits, until = report.prepared("atenciones"), f"{report.years[1]}-12-31"
    return set(visits[visits["jornada"].notna() & (visits["fecha"] <= until)]["persona"])


@rule(
    r"{days} jornadas alcanzarían, a lo sumo, a unas {gain} personas"
    r"(?:, {part} % de las {left} que faltan)?",
    r"jornadas de servicios: {days}, la primera en (?:el microterritorio )?(?P<first>.+)\.",
    r"atendido en jornadas a {reached} % de las personas identificadas",
    r"Las propuestas alcanzarían a lo sumo a unas {gain} más",
)
def next_days(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows, last = report.table("outreach.next"), report.years[1]
    homes, members = report.prepared("hogares"), report.prepared("personas")
    own = homes[(homes["corte"] == last) & homes["municipio"].str.startswith(report.code)]
    asked = members[(members["corte"] == last) & (members["identificada_vulnerable"] == 1)]
    people = asked.merge(own[["hogar", "peso"]], on="hogar")
    missing = people[~people["persona"].isin(attended(report))]["peso"].sum()
    first = rows.sort_values("order").iloc[0]
    return {
        "days": len(rows),
        "gain": rows["gain"].sum(),
        "part": rows["gain_share"].sum(),
        "left": missing,
        "reached": 100 - share(missing, people["peso"].sum()),
        "first": f"{first['place']} ({first['name']})",
    }


@rule(
    r"bajaron {size} puntos de 100 más que en hogares parecidos \(diferencia entre {low} y {high};",
    r"cambiaron {size} puntos de 100 en contra frente a hogares parecidos",
)
def effect(report: Report, document: Document, match: re.Match[str]) -> Expected:
    row = report.table("outreach.effect").iloc[0]
    assert row["label"].startswith("Privaciones")
    return {"size": abs(row["estimate"]), "low": row["low"], "high": row["high"]}


# The privations of the multidimensional poverty index: five dimensions of one weight each.
DIMENSIONS = [
    ["bajo_logro", "analfabetismo"],
    ["inasistencia", "rezago", "primera_infancia", "trabajo_infantil"],
    ["desempleo", "informal"],
    ["aseguramiento", "salud"],
    ["agua", "excretas", "pisos", "paredes", "hacinamiento"],
]


@rule(r"los grupos diferían hasta en {largest} desviaciones estándar")
def imbalance(report: Report, document: Document, match: re.Match[str]) -> Expected:
    """Of privations, area, people, identified and place; of what the homes' goods say, none."""
    homes, members = report.prepared("hogares"), report.prepared("personas")
    homes = homes[homes["municipio"].str.startswith(report.code)]
    first, last = report.years
    reached = set(members[members["persona"].isin(attended(report))]["hogar"])
    again = set(homes[homes["corte"] == last]["hogar"])
    rows = homes[(homes["corte"] == first) & homes["hogar"].isin(again)].set_index("hogar")
    rows = rows.assign(reached=rows.index.isin(reached))
    rows = rows[rows.groupby("municipio")["reached"].transform("nunique") == 2]
    then = members[members["corte"] == first]
    marked = then["identificada_vulnerable"].astype(float).groupby(then["hogar"]).max()
    parts = [rows[[f"p_{name}" for name in names]].astype(float) for names in DIMENSIONS]
    score = sum((part.mean(axis=1) for part in parts), pd.Series(0.0, index=rows.index))
    before = pd.get_dummies(rows["municipio"]).astype(float).assign(
        score=score, square=score**2, rural=(rows["area"] != "cabecera").astype(float),
        people=rows["personas"].astype(float), marked=marked.reindex(rows.index).fillna(0.0),
    )  # fmt: skip
    weight, mine = rows["peso"], rows["reached"]

    def mean(frame: pd.DataFrame) -> pd.Series:
        own = weight.reindex(frame.index)
        return frame.mul(own, axis=0).sum() / own.sum()

    spread = mean((before - mean(before)) ** 2) ** 0.5
    return {"largest": ((mean(before[mine]) - mean(before[~mine])).abs() / spread).max()}


@rule(r"Condiciones de éxito con evidencia suficiente: {met} de {every}")
def conditions(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("convening.conditions")
    return {"met": rows["met"].sum(), "every": len(rows)}


@rule(r"De {first} actor(?:es)? en {first_year} a {last} en {last_year}")
def actors(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("convening.growth").sort_values("year")
    return {
        "first": rows["actors"].iloc[0], "first_year": rows["year"].iloc[0],
        "last": rows["actors"].iloc[-1], "last_year": rows["year"].iloc[-1],
    }  # fmt: skip


# What else the baseline says


@rule(r"(?P<kind>[^:;]+): {rate} cupos por cada 100 niñas y niños en necesidad")
def scenarios(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("scenarios.coverage")
    rows = rows[rows["necesidad"].notna()].groupby("etiqueta")[["capacidad", "necesidad"]].sum()
    rates = (100 * rows["capacidad"] / rows["necesidad"]).drop("Otros escenarios", errors="ignore")
    return {"kind": str(rates.idxmin()), "rate": rates.min()}


@rule(
    r"De {compared} comparaciones, actores y datos señalan un problema en {agree}; solo los"
    r" actores, en {only_actors}; solo los datos, en {only_data}; ninguno, en {neither}$",
)
def readings(report: Report, document: Document, match: re.Match[str]) -> Expected:
    said = report.table("readings.comparison")["lectura"]
    return {
        "compared": (said != "sin dato para comparar").sum(),
        "agree": (said == "lo priorizan los actores y lo señalan los datos").sum(),
        "only_actors": (said == "lo priorizan los actores; los datos no lo señalan").sum(),
        "only_data": (said == "lo señalan los datos; los actores no lo priorizaron").sum(),
        "neither": (said == "ni priorizado ni señalado").sum(),
    }


@rule(r"Mapa de la estrategia en .+: {known} de {every} elementos con evidencia")
def concept_map(report: Report, document: Document, match: re.Match[str]) -> Expected:
    states = report.table("concept_map.nodes")["state"]
    return {"known": (states == "con evidencia").sum(), "every": len(states)}


@rule(
    r"vulnerable: \${first} en los municipios prioritarios y \${rest} en los demás",
    r"los prioritarios \({first_places}\) se apropiaron \${first} por persona vulnerable"
    r" \(población de \d{4}, pobreza de {year}\); en los"
    r" demás \({rest_places}\), \${rest}\.",
    r"Por persona vulnerable se apropiaron \${every} en",
)
def investment(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("investment.municipalities")
    rows = rows[rows["vulnerables"].notna() & rows["apropiado"].notna()]
    first = rows["estado"] == "prioritario"
    per = {
        name: part["apropiado"].sum() / part["vulnerables"].sum()
        for name, part in (("first", rows[first]), ("rest", rows[~first]), ("every", rows))
        if len(part)
    }
    # Whom the money is divided by are those of the census.
    people = report.prepared("indicadores")
    year = people[people["indicador"] == "ipm_censo"]["periodo"].max()
    return per | {"first_places": first.sum(), "rest_places": (~first).sum(), "year": year}


@rule(
    r"compromisos vencidos y sin cerrar: {overdue}",
    r"se listan: {listed}\)",
    r"Compromisos vencidos sin cumplir al .+: {overdue}$",
    r"el más antiguo venció el (?P<oldest>[^.]+)\. Cumplidos de los que vencieron: {kept} %",
)
def commitments(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows, until = report.prepared("compromisos"), report.years[1]
    due = rows[rows["vence"] <= f"{until}-12-31"]
    listed = report.table("governance.overdue")
    return {
        "overdue": report.table("governance.states")["overdue"].sum(),
        "listed": document.rows("tbl-governance-overdue"),
        "oldest": locale.date(pd.Timestamp(listed["due"].min()).date()),
        "kept": share((due["estado"] == "cumplido").sum(), len(due)),
    }


# The plan of action

ALERTS = (
    "sin reporte|terminó sin cumplir|retroceso|dinero sin avance|avance sin dinero|más de 100 %"
)


@rule(
    r"el avance físico es {physical} % y el financiero {financial} %",
    r"(?:plan de acción, de lo programado:|de \d{4}: físico, de lo programado,) {physical} %"
    r"(?: \([a-z]+\))?; financiero, de todo (?:su|el) presupuesto[:,]"
    r" {financial} %",
    r"lleva {physical} % de avance físico y {financial} % de avance financiero",
)
def progress(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("plan.progress")
    asked = rows[rows["state"] != "not_programmed"]
    counted = asked[asked["state"] != "undefined"]
    cap = report.parameters["plan"]["monitor"]["aggregate_cap"]
    done = counted["physical"].fillna(0).clip(0, cap) * counted["ponderador"]
    return {
        "physical": done.sum() / counted["ponderador"].sum(),
        "financial": share(rows["obligated"].sum(), rows["presupuesto"].sum()),
    }


@rule(
    r"alerta que tratar en esta sesión, {alerted}\.",
    r"Acciones por ajustar: {alerted} de {actions}\.",
    r"Acciones con alerta al [^:]+: {alerted} de {actions}$",
    r"Alertas, {alerts}: ",
    rf"(?P<kind>{ALERTS}), {{of_kind}}(?=[;.])",
    r"De las acciones que siguen, a este ritmo no cumplirían su meta: {unlikely}\.",
    r"Acciones que a este ritmo no cumplirían su meta: (?P<names>[^.]+)\.",
)
def alerts(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows, every = report.table("plan.alerts"), report.table("plan.progress")
    now = rows[pd.to_datetime(rows["cut"]) == every["cut"].max()]
    unlikely = every[every["outlook"] == "unlikely"]["accion"].tolist()
    return {
        "alerted": now["accion"].nunique(),
        "actions": len(every),
        "alerts": len(now),
        "of_kind": (now["alert_text"] == (match.groupdict().get("kind") or "")).sum(),
        "unlikely": len(unlikely),
        "names": locale.enumeration(unlikely),
    }


@rule(r"\b(?:[Aa]l|del) (?P<day>\d+ de [a-z]+ de \d{4})")
def reference_day(report: Report, document: Document, match: re.Match[str]) -> Expected:
    day = pd.Timestamp(report.years[1], 12, 31)
    if re.search(r"avance|alerta|corte", match.string, re.I):
        day = pd.Timestamp(report.table("plan.progress")["cut"].max())
    return {"day": locale.date(day.date())}


@rule(
    r"acciones propuestas: {actions}\)",
    r"Acciones propuestas, {first}-{last}$",
)
def proposal(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("proposal.actions")
    first, last = rows["calendar"].iloc[0].split("-")
    assert rows["target_year"].max() == int(last)
    return {"actions": document.rows("tbl-proposal-actions") or len(rows), "first": first,
            "last": last}  # fmt: skip
