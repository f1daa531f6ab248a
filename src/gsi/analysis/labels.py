"""Short Spanish labels of verdicts, bases of error, kinds of target and alerts."""

from __future__ import annotations

import math
from collections.abc import Iterable

from gsi.analysis.results import write_value
from gsi.contract.vocabulary import OutlookState, Verdict
from gsi.ground import locale

NEAR = "\N{ALMOST EQUAL TO}"

VERDICTS = {
    Verdict.IMPROVED: "mejoró",
    Verdict.WORSENED: "empeoró",
    Verdict.CHANGED: "cambió",
    Verdict.NO_CHANGE: "sin cambio distinguible",
    Verdict.UNDETECTABLE: "no se puede saber",
    Verdict.NOT_JUDGED: "no se puede juzgar",
    Verdict.NOT_COMPARABLE: "no comparable",
}

BASES = {
    "published": "error publicado",
    "joined": "calculado con los errores de los {places}",
    "proportion": "intervalo de Wilson",
    "rate": "intervalo de puntuación de Poisson",
    "none": "sin error publicado",
    "full_count": "conteo completo: sin error de muestreo",
    "minimum": "es un mínimo: sin intervalo",
    "unfit": "no se juzga: sin intervalo",
}

TARGETS = {
    "stock": "Mantener un nivel",
    "flujo": "Lo hecho en el periodo",
    "acumulado": "Lo acumulado",
    "capacidad": "Aumentar desde la base",
    "reduccion": "Reducir desde la base",
    "reduccion_anual": "Reducir frente al año anterior",
}

ALERTS = {
    "no_report": "sin reporte",
    "ended_unmet": "terminó sin cumplir",
    "negative_progress": "retroceso",
    "money_without_progress": "dinero sin avance",
    "progress_without_money": "avance sin dinero",
    "over_hundred": "más de 100 %",
}

UNMET = "sin cumplir"  # the band of an action that ended short of its target

OUTLOOKS = {
    OutlookState.MET: "ya cumplida",
    OutlookState.UNMET: "terminó sin cumplirla",
    OutlookState.LIKELY: "se cumpliría",
    OutlookState.UNLIKELY: "no se cumpliría",
    OutlookState.UNCERTAIN: "no se puede decir",
    OutlookState.SINGLE: "sin margen de error",
    OutlookState.NONE: "sin avance que proyectar",
}


def span(years: Iterable[float]) -> str | None:
    """``2018``, ``2017 a 2023``; None without years."""
    known = sorted({int(year) for year in years if not math.isnan(year)})
    if not known:
        return None
    return str(known[0]) if len(known) == 1 else f"{known[0]} a {known[-1]}"


def with_unit(value: float, unit: str, digits: int = 1) -> str:
    """``20,3 %``, ``61,0 por mil mujeres``."""
    written = write_value(value, "decimal", digits)
    return f"{written}\N{NO-BREAK SPACE}%" if unit == "%" else f"{written} {unit}"


def cases(number: float) -> str:
    """``1 caso``, ``2 casos``: what stands in for a rate of so few."""
    written = write_value(number, "count")
    return f"{written} caso" if number == 1 else f"{written} casos"


def with_interval(
    value: float, low: float, high: float, digits: int = 1, unit: str | None = None
) -> str:
    """``20,3 (14,7 a 27,4)``; without an interval, the value alone; 'sin dato' without a value."""
    if math.isnan(value):
        return "sin dato"
    text = write_value(value, "decimal", digits) if unit is None else with_unit(value, unit, digits)
    if math.isnan(low) or math.isnan(high):
        return text
    bounds = (write_value(bound, "decimal", digits) for bound in (low, high))
    return f"{text} ({' a '.join(bounds)})"


def least(text: str, minimum: bool) -> str:
    """``al menos 59,2 %`` of a figure that is known to be a minimum."""
    return f"al menos {text}" if minimum else text


def near_text(value: float, near: bool) -> str | None:
    """``12,5``; ``≈ 12,5`` of a mean made here that is not known to be the published figure."""
    if math.isnan(value):
        return None
    return f"{NEAR}\N{NO-BREAK SPACE}" * near + write_value(value, "decimal", 1)


def subtracts(first: float, second: float, difference: float, digits: int = 1) -> bool:
    """Whether ``difference`` as written is the difference of both as written; True with a missing
    part, of which nothing is written."""
    parts = (first, second, difference)
    if any(math.isnan(part) for part in parts):
        return True
    before, after, between = (locale.rounded(part, digits) for part in parts)
    return after - before == between


def between(low: float, high: float, digits: int = 1) -> str:
    """``−1,2 y 3,4``; '—' where there are no bounds."""
    if math.isnan(low) or math.isnan(high):
        return "—"
    return " y ".join(write_value(bound, "decimal", digits) for bound in (low, high))
