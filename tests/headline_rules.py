"""How each number of a headline on the territory is worked out from the tables of its report.

From rows, by counting, adding up or looking up; never from the facts that the sentence is written
with. Those on the five keys and the plan: :mod:`headline_rules_plan`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable

import pandas as pd
import yaml
from headlines import NUMERAL, Document, Expected, Report, Rule, area_of

from gsi.report.figures.rights import MOST_ROWS

RULES: list[Rule] = []
WorkOut = Callable[[Report, Document, re.Match[str]], Expected]


def rule(*patterns: str) -> Callable[[WorkOut], WorkOut]:
    """``{name}`` in a pattern is a number of that name; words stand as they are written."""

    def keep(work_out: WorkOut) -> WorkOut:
        for pattern in patterns:
            named = re.sub(
                r"\{([a-zé]\w*)\}", lambda name: f"(?P<{name[1]}>(?:más de )?{NUMERAL})", pattern
            )
            RULES.append(Rule(re.compile(named), work_out))
        return work_out

    return keep


def share(part: float, whole: float) -> float:
    return 100 * float(part) / float(whole)


# Territories


def called(report: Report) -> pd.DataFrame:
    ranking = report.table("priority.ranking")
    return ranking[ranking["status"] == "prioritario"]


@rule(
    r"(?:prioritarios?(?: del? [^\d]+)?|Allí) vivía en {when} el {people} % de la población y el"
    r" {poor} % de las personas en pobreza multidimensional"
    r" \((?:censo|estimación con encuesta y modelo) de {of}\)",
    r"reúnen {people} % de la población, {poor} % de las personas en pobreza multidimensional y"
    r" {children} % de la",
)
def concentration(report: Report, document: Document, match: re.Match[str]) -> Expected:
    every, chosen = report.table("priority.ranking"), called(report)
    poor = report.table("rights.poverty")
    return {
        "when": report.table("population.pyramid")["periodo"].min(),
        "of": poor[poor["indicador"].isin(["ipm_censo", "ipm_sae"])]["anio"].min(),
        "people": share(chosen["people"].sum(), every["people"].sum()),
        "poor": share(
            (chosen["people"] * chosen["poverty"]).sum(), (every["people"] * every["poverty"]).sum()
        ),
        "children": share(chosen["children"].sum(), every["children"].sum()),
    }


@rule(
    r"(?:Municipios|Territorios) prioritarios en [^:]+: {called} de {compared} comparados"
    r"(?:; {together} forman)?",
    r"ocupa el puesto {place}(?: \(compartido\))? de {compared} por su necesidad"
    r"(?:; puede estar entre el {low} y el {high}$)?",
    r"entre los {group} de mayor necesidad, con {sure} % de confianza de acertar en todos a la vez:"
    r" {surely}; que podrían estar: {possibly}",
    r"(?:Municipios|Territorios) con la probabilidad exigida \({reached}\)",
)
def ranking(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows, params = report.table("priority.ranking"), report.parameters["priority"]
    known = rows[rows["need"].notna()]
    group = math.ceil(params["group_share"] * len(known) - 1e-9)
    surely = (known["high"] <= group).sum()
    expected: dict[str, float | str] = {
        "called": len(called(report)),
        "reached": (known["probability"] >= 100 * params["certain"]).sum(),
        "compared": len(known),
        "together": rows["cluster"].value_counts().max(),
        "group": group,
        "sure": 100 * params["robustness"]["interval"],
        "surely": surely,
        "possibly": (known["low"] <= group).sum() - surely,
    }
    own = known[known["municipio"] == report.code]
    if len(own):
        expected |= {
            "place": (known["need"] > own["need"].iloc[0]).sum() + 1,
            "low": own["low"].iloc[0],
            "high": own["high"].iloc[0],
        }
    return expected


@rule(
    r"El departamento tiene {municipalities} municipios?(?P<island> y la isla de [^:]+)?: .+"
    r" \(se necesitan al menos {least}\)"
)
def too_few(report: Report, document: Document, match: re.Match[str]) -> Expected:
    places = report.prepared("indicadores")["municipio"].unique()
    municipalities = sum(len(place) == 5 and place[:2] == report.code for place in places)
    least = report.parameters["priority"]["minimum_territories"]
    return {"municipalities": municipalities - bool(match["island"]), "least": least}


@rule(r"Entre los de mayor necesidad en al menos {certain} % de los cálculos")
def certain(report: Report, document: Document, match: re.Match[str]) -> Expected:
    bound = 100 * report.parameters["priority"]["certain"]
    assert (called(report)["probability"] >= bound).all()
    return {"certain": bound}


@rule(r"Con los pesos libres entre derechos llegan también: {kept} de {reach}\.")
def with_free_weights(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("priority.ranking")
    least = 100 * report.parameters["priority"]["certain"]
    reach = rows[rows["probability"] >= least]
    return {"kept": (reach["free"] >= least).sum(), "reach": len(reach)}


@rule(
    r"según (?:el censo|la estimación de área pequeña \([^)]+\)) de {year}(?: \([^)]+\))? era de"
    r" {value} %",
    r"; en [^,;]+, de {limit} %",
    r"(?:un modelo\)|ECV\)?), era de {later} %(?: \(entre {low} % y {high} %\))? en {later_year}"
    r"(?: y de {newest} %(?: \(entre {newest_low} % y {newest_high} %\))? en {newest_year})?"
    r" \((?:otra medida|una muestra)",
)
def poverty(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("rights.poverty")
    first = rows.iloc[0]
    beside = report.table("rights.indicators").set_index("indicador").loc[first["indicador"]]
    expected: dict[str, float | str] = {
        "year": first["anio"],
        "value": first["valor"],
        "limit": beside["referencia"],
    }
    later = rows[(rows["indicador"] == "ipm_sae") & (rows["anio"] > first["anio"])]
    if len(later):
        for name, row in (("later", later.iloc[0]), ("newest", later.iloc[-1])):
            expected |= {name: row["valor"], f"{name}_year": row["anio"]}
        for name, row in (("", later.iloc[0]), ("newest_", later.iloc[-1])):
            expected |= {f"{name}low": row["inferior"], f"{name}high": row["superior"]}
    return expected


@rule(r"la oficial, de la [^,]+, era de {official} %")
def official_poverty(report: Report, document: Document, match: re.Match[str]) -> Expected:
    """The survey's published figure of the reference in the year of the census's poverty."""
    rows = report.prepared("indicadores")
    place = report.code[:2] if len(report.code) > 2 else "CO"
    published = rows[(rows["indicador"] == "ipm_ecv") & (rows["municipio"] == place)]
    published = published[published["area"] == "total"]
    when = report.table("rights.poverty").iloc[0]["anio"]
    return {"official": published.set_index("periodo")["valor"].get(when, float("nan"))}


# Populations


@rule(
    r"vivían (?:en \D+ )?{children} personas de 0 a 17 años \({part} % de la población\) y"
    r" {young} de 18 a 26",
    r"{part} % de la población del? .+ tenía menos de 18 años",
)
def ages(report: Report, document: Document, match: re.Match[str]) -> Expected:
    groups = report.table("population.groups").set_index("grupo")["personas"]
    pyramid = report.table("population.pyramid")
    first = pyramid[pyramid["periodo"] == report.years[0]]
    children = groups[["primera_infancia", "infancia", "adolescencia"]].sum()
    return {
        "children": children,
        "part": share(children, first[["hombre", "mujer"]].sum().sum()),
        "young": groups["jovenes_estrategia"],
    }


@rule(
    r"\(muy probable; {more} más, en la ?\)(?:; por confirmar: [^;:]+)?"
    r"(?:; por confirmar y [^:;]+, en esa tabla: {others};)?",
    r"quedan por confirmar: [^;]+; {others} más, en la",
)
def not_named(report: Report, document: Document, match: re.Match[str]) -> Expected:
    status = report.table("priority.ranking")["status"].value_counts()
    most = int(report.parameters["comprehension"]["scope"]["named_municipalities"])
    likely, possible = (int(status.get(word, 0)) for word in ("prioritario", "por confirmar"))
    return {"more": likely - most, "others": possible - max(most - likely, 0)}


@rule(
    r"de 0 a 17 años de edad \({children} en [^()]+?(?:los {of} (?:prioritarios|por confirmar))?\)"
    r" y de 18 a 26 \({young}\), y sus familias"
)
def named_people(report: Report, document: Document, match: re.Match[str]) -> Expected:
    of = re.search(r"en (?:los (\d+)|el(?: \w+)?) (prioritario|por confirmar)", match[0])
    if of is None:
        groups = report.table("population.groups").set_index("grupo")["personas"]
        return {"children": groups["ninez"], "young": groups["jovenes_estrategia"]}
    rows = report.table("priority.ranking")
    codes = rows.loc[rows["status"] == of[2], "municipio"]
    people = report.table("population.municipalities").set_index("municipio").loc[codes]
    return {
        "children": people["ninez"].sum(),
        "young": people["jovenes_estrategia"].sum(),
        "of": len(codes),
    }


@rule(r"primero los más lejanos \({shown} de {every}\)")
def nearest(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("scenarios.coverage")
    rows = rows[rows["tipo"] != "otro"]
    there = rows.groupby("tipo")["escenarios"].transform("sum") > 0
    lacking = there & (rows["escenarios"] == 0)  # who did not report lacks nothing that is known
    return {"shown": len(report.table("scenarios.nearest")), "every": lacking.sum()}


@rule(r"{reach} (?:municipio|territorio)s? llegan? a la probabilidad exigida(?: \([^)]+\))?, pero")
def reach(report: Report, document: Document, match: re.Match[str]) -> Expected:
    least = 100 * report.parameters["priority"]["certain"]
    return {"reach": (report.table("priority.ranking")["probability"] >= least).sum()}


@rule(
    r"Nacimientos de madres de 15 a 19 años en {year}: {births}"
    r"(?: \(en {some} de {every} [a-z]+\))?\."
)
def births(report: Report, document: Document, match: re.Match[str]) -> Expected:
    row = report.table("baseline.indicators").set_index("indicator").loc["fecundidad_15_19"]
    cells = report.prepared("indicadores")
    cells = cells[(cells["indicador"] == "fecundidad_15_19") & cells["numerador"].notna()]
    cells = cells[(cells["periodo"] == row["year"]) & (cells["area"] == "total")]
    local = cells[cells["municipio"].str.match(f"{report.code[:2]}...$")]
    every = report.prepared("poblacion")["municipio"].nunique()
    return {
        "year": row["year"], "births": row["numerator"],
        "some": local["municipio"].nunique(), "every": every,
    }  # fmt: skip


# Rights and their change

STATES = {
    "worse": "peor",
    "better": "mejor",
    "mixed": "en unos peor, en otros mejor",
    "alike": "sin diferencia clara",
}


@rule(
    r"Con el último dato \({first}(?: a {last})?\), indicadores"
    r"(?: mejores que ya no lo son: {better} \(de ellos, peores: {now_worse}\)[;.])?"
    r"(?: peores que ya no lo son: {worse} \(de ellos, mejores: {now_better}\)\.)?",
)
def turned(report: Report, document: Document, match: re.Match[str]) -> Expected:
    """Each indicator's state at the baseline, against that of the figure the plan starts from."""
    every = report.table("rights.indicators")
    known = ["peor", "mejor", "sin diferencia clara"]
    rows = every[every["estado"].isin(known[:2]) & every["last_state"].isin(known)]
    rows = rows[rows["estado"] != rows["last_state"]]
    assert (rows["last_period"] > rows["periodo"]).all()
    pairs = rows.groupby(["estado", "last_state"]).size()
    before = rows["estado"].value_counts()
    return {
        "first": rows["last_period"].min(), "last": rows["last_period"].max(),
        "better": before.get("mejor", 0), "worse": before.get("peor", 0),
        "now_worse": pairs.get(("mejor", "peor"), 0), "now_better": pairs.get(("peor", "mejor"), 0),
    }  # fmt: skip


@rule(
    r"se comparan {compared} indicadores \({first}(?: a {last})?\), que son {facts}"
    r" hechos.*?: peores, {worse}; mejores,"
    r" {better};(?: mixtos, {mixed} \(sus indicadores: peores, {mixed_worse}; mejores,"
    r" {mixed_better}\);)?"
    r" sin diferencia clara, {alike}\.",
    r"Hechos que se pueden comparar: {facts}; peores, {worse}; mejores, {better}"
    r"(?:; mixtos, {mixed} \(peor en {mixed_worse} de sus indicadores y mejor en"
    r" {mixed_better}\))?",
    r"De los {compared} indicadores se dibujan los {drawn} que",
)
def rights(report: Report, document: Document, match: re.Match[str]) -> Expected:
    facts, every = report.table("rights.facts"), report.table("rights.indicators")
    among = every[every["estado"].isin(["peor", "mejor", "sin diferencia clara"])]
    compared, years = len(among), among["periodo"]
    assert compared == facts["indicadores"].sum()
    counted = {name: (facts["estado"] == state).sum() for name, state in STATES.items()}
    assert sum(counted.values()) == len(facts)
    mixed = facts[facts["estado"] == STATES["mixed"]]
    counted |= {"mixed_worse": mixed["peor"].sum(), "mixed_better": mixed["mejor"].sum()}
    drawn = min(compared, MOST_ROWS)
    counted |= {"first": years.min(), "last": years.max()}
    return counted | {"compared": compared, "facts": len(facts), "drawn": drawn}


@rule(
    r"cuyo cambio se puede juzgar: {judged} \(datos de {first}(?: a {last})?\)[.;].+?mejoraron"
    r" {improved} y empeoraron {worsened}(?:; cambiaron, sin que se sepa si para bien: {changed})?",
    r"que mejoraron: {improved}; que empeoraron: {worsened}; sin cambio distinguible: {no_change}"
    r"(?:\. De los {compared} comparados no se dibujan, por empezar en cero, tener uno o dos casos"
    r" en algún año o contar las muertes donde ocurren: {apart})?",
)
def change(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("change.indicators")
    verdicts = rows["verdict"]
    told = ("improved", "worsened", "changed", "no_change")
    counted = {name: (verdicts == name).sum() for name in told}
    tested = rows[verdicts.isin(told)]
    counted["first"], counted["last"] = tested["year_a"].min(), tested["year_b"].max()
    assert (
        counted["changed"] == 0 or "sepa si para bien" in match[0] or "que mejoraron:" in match[0]
    )
    apart = (rows["value_a"] == 0) | rows["few_cases"].astype(bool)
    apart = (apart | rows["reason"].str.contains("Cuenta las muertes que ocurrieron")).sum()
    return counted | {"judged": len(tested), "apart": apart, "compared": len(rows)}


NOT_IN_PLAN = "No se parece a ninguna acción del plan vigente. "


@rule(
    r"(?P<name>[^:]+): {value} [^;]+? en {year}(?P<ours> \(aproximado\))?;"
    r" (?P<beside>el país|el departamento), {limit}",
)
def first_gap(report: Report, document: Document, match: re.Match[str]) -> Expected:
    catalogue = report.table("baseline.indicators").set_index("name")
    wanted = catalogue.loc[match["name"].removeprefix(NOT_IN_PLAN)]
    declared = yaml.safe_load((report.root / "params" / "indicators.yml").read_text("utf-8"))
    (own,) = [i for i in declared["indicators"] if i["id"] == wanted["indicator"]]
    rows = report.prepared("indicadores")
    rows = rows[(rows["indicador"] == wanted["indicator"]) & rows["valor"].notna()]
    # The newest final figure of the territory in the series of its baseline, and its reference that
    # of the same year, series and area.
    rows = rows[(rows["serie"] == wanted["own_series"]) & (rows["periodo"] <= report.years[1])]
    rows = rows[~rows["periodo"].isin(own.get("preliminary_years", []))]
    mine = rows[(rows["municipio"] == report.code) & (rows["area"] == "total")]
    last = mine.sort_values("periodo").iloc[-1]
    place = {"el país": "CO", "el departamento": report.code[:2]}[match["beside"]]
    then = rows[(rows["municipio"] == place) & (rows["periodo"] == last["periodo"])]
    (limit,) = then[then["area"] == area_of(rows, last)]["valor"]
    value, year = last["valor"], last["periodo"]
    # What a decision begins with is worse than its reference.
    assert (value - limit) * {"lower": 1, "higher": -1}[own["direction"]] > 0
    return {"value": value, "year": year, "limit": limit}


@rule(r"Hay dato de {known} indicadores de {every} para la línea de base")
def baseline(report: Report, document: Document, match: re.Match[str]) -> Expected:
    known = len(report.table("baseline.indicators"))
    missing = report.table("baseline.missing")["indicators"].sum()
    return {"known": known, "every": known + missing}


@rule(
    r"Línea de base, con el año de cada dato \({first}-{last}\)",
    r"para la línea de base, con datos de {first}(?: a {last})?\.",
)
def baseline_years(report: Report, document: Document, match: re.Match[str]) -> Expected:
    years = report.table("baseline.indicators")["year"]
    return {"first": years.min(), "last": years.max()}


@rule(r"indicadores en porcentaje, datos de {first} a {last}")
def drawn_years(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("baseline.indicators")
    years = rows[rows["unit"] == "%"]["year"]
    return {"first": years.min(), "last": years.max()}


# Information


@rule(
    r"De {every} tablas posibles (?:se reportaron|tienen alguna fila reportada) {reported}",
    r"de {published} más solo hay filas de archivos oficiales",
)
def reported(report: Report, document: Document, match: re.Match[str]) -> Expected:
    contracts = len(list((report.root / "expectations").glob("*.json")))
    given = list(report.table("quality.tables")["table"])
    published = 0
    for name in given:
        contract = json.loads((report.root / "expectations" / f"{name}.json").read_text("utf-8"))
        columns = {column["nombre"] for column in contract["meta"]["columnas"]}
        if "para_que" not in contract["meta"] or "origen" not in columns:
            continue  # people fill in nothing of it, or only people do
        rows = report.prepared(name)
        own = rows[rows["municipio"].astype("str").str.startswith(report.code)]
        published += bool(own["origen"].notna().all())
    return {"every": contracts, "reported": len(given) - published, "published": published}


@rule(r"Archivos con errores que no se usaron: {faulty}")
def faulty(report: Report, document: Document, match: re.Match[str]) -> Expected:
    return {"faulty": len(report.table("quality.faulty"))}


@rule(
    r"Indicadores que no se pueden clasificar, porque menos de {least} % de los [a-zé]+ tiene una"
    r" cifra que se pueda usar: {unusable} de {every}"
)
def unusable(report: Report, document: Document, match: re.Match[str]) -> Expected:
    verdicts = report.table("quality.indicators")["verdict"]
    least = 100 * report.parameters["plan"]["quality"]["coverage"]
    unusable = (verdicts == "no clasificable").sum()
    return {"unusable": unusable, "every": len(verdicts), "least": least}


@rule(
    r"\(algún formulario: (?:el departamento y )?(?:los )?{reporters}(?: de {every})? municipios",
    r"según lo reportado por (?P<people>)(?:los )?{reporters}(?: de {every})? municipios",
    r"Reportaron alguno: (?:el departamento y )?(?:los )?{reporters}(?: de {every})?"
    r" municipios",
    r"Quién reportó la caracterización de hogares: (?P<homes>)(?:los )?{reporters}(?: de {every})?"
    r" municipios",
    r"en lo reportado por (?P<attended>)(?:los )?{reporters}(?: de {every})? municipios",
)
def reporters(report: Report, document: Document, match: re.Match[str]) -> Expected:
    matrix = report.table("delivery.matrix")
    ours = matrix[matrix["municipio"] != report.code]
    groups = {"people": "personas", "attended": "atenciones", "homes": "hogares"}
    for group, form in groups.items():
        if group in match.groupdict():
            ours = ours[ours[form] == "•"]
    return {"reporters": len(ours), "every": len(report.table("priority.ranking"))}


@rule(
    r"Faltan {missing} de {every} formularios",
    r"Formularios de los que no hay ninguna fila: {missing} de {every}\.",
)
def forms(report: Report, document: Document, match: re.Match[str]) -> Expected:
    # The table of those that are missing is not there when none is.
    path = report.results / "sections" / "quality.forms.parquet"
    missing = len(pd.read_parquet(path)) if path.exists() else 0
    return {"missing": missing, "every": len(report.parameters["forms"]["order"])}


@rule(
    r"(?:Fuentes de indicadores del territorio|Desacuerdos entre fuentes), {first}-{last}\b",
)
def source_years(report: Report, document: Document, match: re.Match[str]) -> Expected:
    rows = report.table("information.sources")
    return {"first": rows["first"].min(), "last": rows["last"].max()}


@rule(r"el intervalo de confianza de {level} %")
def level(report: Report, document: Document, match: re.Match[str]) -> Expected:
    return {"level": 100 * report.parameters["keys"]["confidence"]}


@rule(
    r"pobreza multidimensional: {h0} % en {year0} y {h1} % en {year1}; condiciones de vida: {l0} y"
    r" {l1} puntos",
)
def households(report: Report, document: Document, match: re.Match[str]) -> Expected:
    poor = report.table("information.poverty").set_index("key").loc["H"]
    living = report.table("information.living").set_index("key").loc["total"]
    first, last = report.years
    return {
        "h0": poor["baseline"], "h1": poor["follow_up"], "year0": first, "year1": last,
        "l0": living["baseline"], "l1": living["follow_up"],
    }  # fmt: skip
