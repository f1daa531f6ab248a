"""Short Spanish labels of verdicts, bases of error, kinds of target and alerts."""

from __future__ import annotations

import math

from gsi.analysis.results import write_value

VERDICTS = {
    "improved": "mejoró",
    "worsened": "empeoró",
    "changed": "cambió",
    "no_change": "sin cambio distinguible",
    "undetectable": "no se puede saber",
    "not_judged": "no se puede juzgar",
    "not_comparable": "no comparable",
}

BASES = {
    "published": "error publicado",
    "proportion": "intervalo de Wilson",
    "rate": "intervalo de puntuación de Poisson",
    "none": "sin error publicado",
    "full_count": "conteo completo: sin error de muestreo",
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
    "met": "ya cumplida",
    "unmet": "terminó sin cumplirla",
    "likely": "se cumpliría",
    "unlikely": "no se cumpliría",
    "uncertain": "no se puede decir",
    "single": "sin margen de error",
    "none": "sin avance que proyectar",
}


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


def between(low: float, high: float, digits: int = 1) -> str:
    """``−1,2 y 3,4``; '—' where there are no bounds."""
    if math.isnan(low) or math.isnan(high):
        return "—"
    return " y ".join(write_value(bound, "decimal", digits) for bound in (low, high))
