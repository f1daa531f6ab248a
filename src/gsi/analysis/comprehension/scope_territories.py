"""Which territories the scope of implementation names, and how sure each is."""

from __future__ import annotations

import pandas as pd

from gsi.analysis.comprehension.micro import ABOVE, PERHAPS
from gsi.analysis.comprehension.priority_status import PRIORITY, TO_CONFIRM
from gsi.analysis.context import Context
from gsi.analysis.results import Column, Fact, Section, Table, count, flag, names, percent, text
from gsi.contract.places import counted, one, the

VERY_LIKELY, LIKELY, CONFIRM, NO_DATA = "muy probable", "probable", "por confirmar", "sin dato"
NOT_CALLED = "no señalado"
NOT_APPLICABLE = "no aplica"


def called(priority: Section) -> tuple[list[str], list[str]]:
    """The priority municipalities and those to confirm, each the surest first."""
    if "ranking" not in priority.tables:
        return [], []
    ranking = _surest_first(priority)
    return (
        ranking.loc[ranking["status"] == PRIORITY, "municipio"].tolist(),
        ranking.loc[ranking["status"] == TO_CONFIRM, "municipio"].tolist(),
    )


def _surest_first(priority: Section) -> pd.DataFrame:
    """The ranking by probability; of equals, in the order of the index."""
    ranking = priority.tables["ranking"].data
    return ranking.sort_values("probability", ascending=False, kind="stable", ignore_index=True)


def table(priority: Section) -> Table:
    """The municipalities that are called, all of them: the surest first."""
    ranking = _surest_first(priority)
    rows = ranking[ranking["status"].isin([PRIORITY, TO_CONFIRM])].reset_index(drop=True)
    shown = {
        "name": Column("Municipio"),
        "status": Column("Estado"),
        "probability": Column("Probabilidad", "probability"),
        "poverty": Column("Pobreza multidimensional", "percent", 1),
        "children": Column("Personas de 0 a 17", "count"),
        "people": Column("Población", "count"),
    }
    return Table(rows, shown)


def named(
    context: Context,
    likely: list[str],
    possible: list[str],
    priority: Section,
    items: list[dict[str, str]],
) -> dict[str, Fact]:
    settings = context.params.priority
    most = context.params.comprehension.scope.named_municipalities
    sure, perhaps = ([context.data.names[code] for code in codes] for codes in (likely, possible))
    certain, least = (percent(100 * value, 0) for value in (settings.certain, settings.possible))
    reach = _reaching(priority, 100 * settings.certain)
    held = [context.data.names[code] for code in possible if code in reach]
    for label, certainty, sign in (
        (sure, VERY_LIKELY, f"probabilidad de {certain} o más"),
        (held, CONFIRM, f"probabilidad de {certain} o más, pero {_contradicted(priority)}"),
        (
            [name for name in perhaps if name not in held],
            CONFIRM,
            f"probabilidad de {least} o más y menos de {certain}",
        ),
    ):
        if label:
            items.append(item("Territorios", str(names(label)), certainty, sign))
    written, doubted = sure[:most], perhaps[: max(most - len(sure), 0)]
    return {
        "territories_likely": names(sure),
        "territories_confirm": names(perhaps),
        "likely_named": names(written),
        "confirm_named": names(doubted),
        "likely_more": count(len(sure) - len(written)),
        "has_likely_more": flag(len(sure) > len(written)),
        "confirm_more": count(len(perhaps) - len(doubted)),
        "has_confirm_more": flag(len(perhaps) > len(doubted)),
        "has_confirm_named": flag(bool(doubted)),
        "has_likely": flag(bool(sure)),
        "several_likely": flag(len(sure) > 1),
        "has_confirm": flag(bool(perhaps)),
        "has_territories": flag(bool(sure or perhaps)),
        "territories_counted": count(len(sure or perhaps)),
        "one_counted": flag(len(sure or perhaps) == 1),
        "of_all": flag(not (sure or perhaps)),
        # Those to confirm are exactly those that reach the probability: named once.
        "only_reach": flag(bool(held) and held == perhaps),
    }


def spoken_of(context: Context, codes: list[str], priority: Section) -> str:
    """Of whom the evidence of a department speaks: ``los 28 municipios prioritarios``."""
    if not codes:
        return the(context.territory)
    sure = bool(called(priority)[0])
    kinds = context.data.kinds
    if len(codes) == 1:
        return f"el {one(kinds)} {'prioritario' if sure else 'por confirmar'}"
    state = "prioritarios" if sure else "por confirmar"
    return f"los {counted(len(codes), kinds)} {state}"


def _reaching(priority: Section, certain: float) -> set[str]:
    """Those with the probability (0-100) that is asked for, called priority or not."""
    if "ranking" not in priority.tables:
        return set()
    ranking = priority.tables["ranking"].data
    return set(ranking.loc[ranking["probability"] >= certain, "municipio"])


def _contradicted(priority: Section) -> str:
    """Why a territory that reaches the probability is still to be confirmed."""
    if priority.facts.get("one_source", flag(False)).value:
        return "todos los indicadores salen de una sola fuente"
    return "las fuentes independientes no coinciden"


def nobody(context: Context, priority: Section) -> dict[str, str]:
    """The row of territories where none is named: none stands out, or none was compared."""
    if priority.available:
        return item("Territorios", "ninguno sobresale", CONFIRM, "índice de prioridad")
    return item("Territorios", f"todo {the(context.territory)}", *_uncompared(priority))


def _uncompared(priority: Section) -> tuple[str, str]:
    """The certainty of territories that were not compared, and why, as a phrase of a table: where
    no table would help nothing is missing."""
    gap = priority.gaps[0]
    why = gap.why.rstrip(".")
    return NO_DATA if gap.table else NOT_APPLICABLE, why[:1].lower() + why[1:]


def own(
    context: Context, priority: Section, micro: Table | None, items: list[dict[str, str]]
) -> dict[str, Fact]:
    status = priority.facts.get("own_status", text(None))
    words = {"prioritario": VERY_LIKELY, "por confirmar": CONFIRM}
    name = context.territory.name
    if status.missing:
        items.append(item("Territorio", name, *_uncompared(priority)))
    else:
        chance = priority.facts["own_probability"]
        sign = (
            "sin datos suficientes para compararlo"
            if chance.missing
            else f"probabilidad de ser prioritario en el departamento: {chance}"
        )
        reach = _reaching(priority, 100 * context.params.priority.certain)
        if status.value == TO_CONFIRM and context.territory.code in reach:
            sign += f"; {_contradicted(priority)}"
        word = words.get(status.value, NO_DATA if chance.missing else NOT_CALLED)
        items.append(item("Territorio", f"{name}: {status}", word, sign))
    facts: dict[str, Fact] = {"own_status": status, "has_micro": flag(micro is not None)}
    for key, state in (("micro_likely", ABOVE), ("micro_confirm", PERHAPS)):
        places: list[str] = []
        if micro is not None:
            places = micro.data.loc[micro.data["estado"] == state, "microterritorio"].tolist()
        facts[key] = names(places)
        facts[f"has_{key}"] = flag(bool(places))
        if places:
            sign = "pobreza multidimensional de los hogares encuestados"
            items.append(item("Microterritorios", str(names(places)), state, sign))
    return facts


def item(part: str, element: str, certainty: str, evidence: str) -> dict[str, str]:
    return {
        "componente": part,
        "elemento": element,
        "certeza": certainty,
        "evidencia": evidence,
    }
