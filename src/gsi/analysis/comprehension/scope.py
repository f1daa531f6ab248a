"""C6: the scope of implementation, in the form of the strategy's own example, with its certainty.

Evidence counts, not opinion: 'muy probable' has two independent kinds of evidence or a probability
over the threshold; 'probable' has one; 'por confirmar' has none that points there, or a
probability between both thresholds; 'sin dato' cannot be judged. Indicators of one source
(one census, one register) are one piece of evidence.

Facts: ``territories_likely``, ``territories_confirm`` (names, the surest first; of them the
paragraph writes ``likely_named``, ``confirm_named``, at most the parameter's number together, and
counts ``likely_more``, ``confirm_more``), ``has_*`` flags,
``several_likely``, ``compared`` (municipalities were; else ``why_not`` says why). What follows is
of the priority municipalities, of those to confirm where there is none, else of the whole territory
(``of_all``, ``territories_counted``, ``one_counted``; ``only_reach``: all of those to confirm reach
the probability): ``children``, ``youth`` (18-26),
``people_year``, ``scenarios_reported``,
``scenarios_known`` (names), ``families`` (the certainty of that word), ``rights_written`` (each
right that can be judged, with its certainty; ``right_share``, ``actors_share``: what each of its
two pieces of evidence must reach), ``any_right``,
``rights_no_data`` (names, lower case),
and in a municipality ``own_status``, ``micro_likely``, ``micro_confirm``.
Tables: ``certainty`` (one row an item), ``territories`` (departments), ``microterritories``.
"""

from __future__ import annotations

import pandas as pd

from gsi.analysis.comprehension import people
from gsi.analysis.comprehension import scope_territories as places_of
from gsi.analysis.comprehension.micro import microterritories
from gsi.analysis.comprehension.scenarios import LABELS
from gsi.analysis.comprehension.scope_territories import (
    CONFIRM,
    LIKELY,
    NO_DATA,
    NOT_CALLED,
    VERY_LIKELY,
    item,
)
from gsi.analysis.comprehension.states import BETTER, COMPARED, WORSE, compare
from gsi.analysis.context import Context
from gsi.analysis.results import (
    Column,
    Fact,
    Section,
    Table,
    count,
    flag,
    names,
    percent,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.contract.params.indicators import TRANSVERSAL
from gsi.contract.places import many
from gsi.contract.tables import schema
from gsi.contract.vocabulary import AGE_GROUPS, RIGHTS


@step
def scope(
    context: Context,
    priority: Section,
    population: Section,
    scenarios: Section,
    rights: Section,
    readings: Section,
) -> Section:
    """What the strategy's paragraph names: territories, populations, scenarios and rights."""
    items: list[dict[str, str]] = []
    likely, possible = places_of.called(priority)
    municipal = not context.territory.is_department
    micro = microterritories(context) if municipal else None
    if municipal:
        named = [context.territory.code]
        facts = places_of.own(context, priority, micro, items)
    else:
        # What is counted after the list is counted in all of it, however many are written.
        named = likely or possible
        facts = places_of.named(context, likely, possible, priority, items)
    facts["compared"] = flag(priority.available)
    facts["why_not"] = text(None if priority.available else priority.gaps[0].why)
    facts |= _people(context, named, population, items)
    facts |= _scenarios(context, named, scenarios, items)
    facts |= _rights(context, named, priority, rights, readings, items)
    shown = {
        "componente": Column("Componente"),
        "elemento": Column("Elemento"),
        "certeza": Column("Qué tan seguro"),
        "evidencia": Column("Evidencia"),
    }
    if not municipal and not named:
        items.insert(0, places_of.nobody(context, priority))
    tables = {"certainty": Table(pd.DataFrame(items, columns=list(shown)), shown)}
    if micro is not None:
        tables["microterritories"] = micro
    if not municipal and named:
        tables["territories"] = places_of.table(priority)
    return Section("scope", facts, tables)


def _people(
    context: Context, named: list[str], population: Section, items: list[dict[str, str]]
) -> dict[str, Fact]:
    table = people.rows(context)
    if "year" not in population.facts or table.empty:
        items.append(
            item(
                "Poblaciones",
                "0 a 17 y 18 a 26 años",
                NO_DATA,
                _lacking("poblacion"),
            )
        )
        return {"has_people": flag(False), "families": text(CONFIRM)}
    when = int(population.facts["year"].value)
    codes = named or people.own_codes(context)
    table = table[table["municipio"].isin(codes)]
    _, low, high = AGE_GROUPS["jovenes_estrategia"]
    sizes = {
        "children": people.counts(table, when, people.NINEZ).reindex(codes).sum(),
        "youth": people.counts(table, when, (low, high)).reindex(codes).sum(),
    }
    source = f"proyecciones de población de {when}"
    ages = "personas de 0 a 17 y de 18 a 26 años"
    items.append(item("Poblaciones", ages, VERY_LIKELY, source))
    known = population.facts.get("families_available", flag(False)).value
    homes = "hogares encuestados" if known else _lacking("hogares")
    families = LIKELY if known else CONFIRM
    items.append(item("Poblaciones", "sus familias", families, homes))
    return {
        "has_people": flag(True),
        "families": text(families),
        "children": count(sizes["children"]),
        "youth": count(sizes["youth"]),
        "people_year": year(when),
    }


def _scenarios(
    context: Context, named: list[str], scenarios: Section, items: list[dict[str, str]]
) -> dict[str, Fact]:
    """Kinds of place with capacity in the territories named; where in none, the kind is missing."""
    if "coverage" not in scenarios.tables:
        items.append(
            item(
                "Escenarios",
                "los de la estrategia",
                CONFIRM,
                _lacking("escenarios"),
            )
        )
        return {"scenarios_reported": flag(False), "scenarios_known": names([])}
    coverage = scenarios.tables["coverage"].data
    codes = named or people.own_codes(context)
    inside = coverage[coverage["municipio"].isin(codes)]
    by_certainty: dict[str, list[str]] = {VERY_LIKELY: [], LIKELY: []}
    known = []
    for kind, label in LABELS.items():
        rows = inside[inside["tipo"] == kind]
        places = int((rows["escenarios"] > 0).sum())
        if kind == "otro" or not places:
            continue
        known.append(_sentence(label))
        by_certainty[VERY_LIKELY if places == len(codes) else LIKELY].append(_sentence(label))
    called = many(context.data.kinds)
    signs = {
        VERY_LIKELY: f"con cupos en todos esos {called}" if len(codes) > 1 else "con cupos",
        LIKELY: f"con cupos en algunos de esos {called}",
    }
    for certainty, kinds in by_certainty.items():
        if kinds:
            items.append(item("Escenarios", str(names(kinds)), certainty, signs[certainty]))
    return {"scenarios_reported": flag(bool(known)), "scenarios_known": names(known)}


def _rights(
    context: Context,
    named: list[str],
    priority: Section,
    rights: Section,
    readings: Section,
    items: list[dict[str, str]],
) -> dict[str, Fact]:
    """A right is in scope by what the data and the actors of the territories named say of it."""
    codes = named or people.own_codes(context)
    seen = {}
    own = codes == [context.territory.code]
    # Municipalities are held against their department, unless there is but one.
    national = context.against == "country" if own else not named
    beside = "el país" if national else "el departamento"
    if rights.tables:
        # Where no municipality is named, or it is the own one, the states are those of the
        # section of rights: of the territory against its reference.
        states = rights.tables["indicators"].data if own or not named else compare(context, codes)
        witness = context.params.priority.agreement.witness
        seen = _seen(states, {i.id: witness(i.family) for i in context.catalogue})
    said = _said(readings, codes)
    least = context.params.comprehension.scope.right_share
    voice = context.params.comprehension.readings.actors_share
    where, workshops = "", "los actores"
    if context.territory.is_department:
        several = many(context.data.kinds)
        where = f"En {places_of.spoken_of(context, named, priority)}, "
        workshops = f"los talleres ({several} con talleres: {_heard(readings, codes)})"
    found: dict[str, str] = {}
    for right, label in RIGHTS.items():
        share, spoken = seen.get(right), said.get(right)
        evidence = []
        if share is not None and share[2]:
            # The table of objectives counts them apart.
            living = f", {share[4]} de ellas de condiciones de vida" if share[4] else ""
            evidence.append(
                f"diferencias claras con {beside}: {share[2]}; desfavorables: {share[1]}{living}; "
                f"fuentes distintas: {share[3]}"
                + (f"; contada cada fuente una vez, {_of_sources(share)}" if share[3] > 1 else "")
            )
        elif share is not None:
            evidence.append(f"ninguna diferencia clara con {beside}")
        if spoken is not None:
            evidence.append(f"{percent(100 * spoken, 0)} de los votos de {workshops}")
        points = int(share is not None and share[0] >= least)
        points += int(spoken is not None and spoken >= voice)
        word = (CONFIRM, LIKELY, VERY_LIKELY)[points] if evidence else NO_DATA
        if word == CONFIRM and share is not None and share[2] and not share[1]:
            word = NOT_CALLED  # what differs is all favourable: there is nothing to confirm
        found[label.lower()] = word
        told = f"{where}{'; '.join(evidence)}" if evidence else "ningún indicador"
        items.append(item("Derechos", label, word, told))
    # What has no data is not what was made a priority: the paragraph says it apart.
    order = (VERY_LIKELY, LIKELY, CONFIRM, NOT_CALLED)
    written = [f"{right} ({word})" for word in order for right in found if found[right] == word]
    silent = [right for right, word in found.items() if word == NO_DATA]
    return {
        "rights_written": names(written),
        "any_right": flag(bool(written)),
        "right_share": percent(100 * least, 0),
        "actors_share": percent(100 * voice, 0),
        "rights_no_data": names(silent),
        "has_rights_no_data": flag(bool(silent)),
    }


def _of_sources(share: tuple[float, int, int, int, int]) -> str:
    """The unfavourable share that decides, of :func:`_seen`."""
    return f"{percent(100 * share[0], 0)} desfavorable"


def _seen(
    states: pd.DataFrame, witness: dict[str, str]
) -> dict[str, tuple[float, int, int, int, int]]:
    """Right → its unfavourable share, unfavourable and clear differences, their sources, and how
    many of the unfavourable are of living conditions and of no objective of policy.

    ``witness``: indicator → its source. The share is the mean over sources of the share of clear
    differences that are unfavourable: seventeen privations of one census are one witness, not
    seventeen.
    """
    states = states[states["estado"].isin(COMPARED)]
    states = states.assign(witness=states["indicador"].map(witness))
    found = {}
    for right, rows in states.groupby("derecho"):
        clear = rows[rows["estado"].isin([WORSE, BETTER])]
        shares = clear.groupby("witness")["estado"].apply(lambda words: (words == WORSE).mean())
        share = float(shares.mean()) if len(shares) else 0.0
        worse = rows["estado"] == WORSE
        living = int((worse & (rows["objetivo"] == TRANSVERSAL)).sum())
        found[str(right)] = (share, int(worse.sum()), len(clear), len(shares), living)
    return found


def _said(readings: Section, codes: list[str]) -> dict[str, float]:
    """Right → share of all votes of those municipalities together."""
    if "comparison" not in readings.tables:
        return {}
    rows = readings.tables["comparison"].data
    rows = rows[rows["municipio"].isin(codes)]
    votes = rows.groupby("derecho")["votos"].sum()
    if votes.sum() == 0:
        return {}
    return {str(right): float(number / votes.sum()) for right, number in votes.items()}


def _heard(readings: Section, codes: list[str]) -> int:
    """Of those municipalities, how many reported statements."""
    if "comparison" not in readings.tables:
        return 0
    rows = readings.tables["comparison"].data
    return int(rows.loc[rows["municipio"].isin(codes), "municipio"].nunique())


def _lacking(table: str) -> str:
    return f"falta la tabla «{schema(table).title}»"


def _sentence(label: str) -> str:
    """A heading inside a sentence: its first letter small, proper names and acronyms kept."""
    return label[:1].lower() + label[1:]
