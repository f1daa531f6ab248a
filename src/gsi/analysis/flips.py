"""Which verdicts and decisions two runs of a territory tell otherwise.

What is compared is what a reader acts on: decisions asked, actions proposed, who is a priority,
each indicator against its reference and in time, the state of the keys, alerts, what the data are
good for. Each is a column of a section's table, with what tells its rows apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gsi.analysis.results import Section
from gsi.ground import frames

ABSENT = "no está"


@dataclass(frozen=True)
class Told:
    """A column of verdicts: ``section``, ``table``, the columns of its ``key``, those that name the
    row, the ``verdict``, and ``words``: under which a difference is told. Without a verdict it is
    the row that counts: it is there or not."""

    section: str
    table: str
    key: tuple[str, ...]
    name: tuple[str, ...]
    verdict: str | None
    words: str


TOLD = (
    Told("proposal", "decisions", ("decision",), ("text",), None, "Decisiones que se piden"),
    Told("proposal", "actions", ("measure",), ("action",), None, "Acciones propuestas"),
    Told("priority", "ranking", ("municipio",), ("name",), "status", "Territorios prioritarios"),
    Told("scope", "certainty", ("componente", "elemento"), ("elemento",), "certeza",
         "Ámbito de implementación"),
    Told("rights", "indicators", ("municipio", "indicador"), ("nombre",), "estado",
         "Frente a la referencia"),
    Told("rights", "indicators", ("municipio", "indicador"), ("nombre",), "tendencia",
         "Tendencia"),
    Told("rights", "objectives", ("objetivo",), ("etiqueta",), "estado", "Objetivos de política"),
    Told("rights", "facts", ("municipio", "familia"), ("hecho",), "state_text", "Hechos"),
    Told("change", "indicators", ("indicator",), ("name",), "verdict_text", "Qué cambió"),
    Told("change", "methods", ("concept",), ("concept",), "verdict_text", "Qué cambió"),
    Told("change", "revisions", ("indicator",), ("name",), "verdict_text", "Línea congelada"),
    Told("information", "living", ("key",), ("name",), "verdict_text", "Condiciones de vida"),
    Told("information", "poverty", ("key",), ("label",), "verdict_text", "Pobreza de los hogares"),
    Told("information", "poverty_areas", ("key",), ("label",), "verdict_text",
         "Pobreza de los hogares"),
    Told("information", "municipalities", ("municipio",), ("label",), "verdict_text",
         "Pobreza de los hogares"),
    Told("information", "municipalities", ("municipio",), ("label",), "icv_verdict_text",
         "Condiciones de vida"),
    Told("keys", "states", ("key",), ("label",), "state", "Las cinco claves"),
    Told("scenarios", "coverage", ("municipio", "tipo"), ("nombre", "etiqueta"), "estado",
         "Escenarios"),
    Told("plan", "alerts", ("accion", "cut", "alert"), ("descripcion", "alert_text"), None,
         "Alertas del plan"),
    Told("plan", "progress", ("accion",), ("descripcion",), "outlook_text", "Avance del plan"),
    Told("quality", "tables", ("table",), ("title",), "verdict", "Calidad de las tablas"),
    Told("quality", "indicators", ("indicator",), ("name",), "verdict_text",
         "Calidad de los indicadores"),
)  # fmt: skip

# Columns of verdicts that say again what one above says, or sum it up.
REPEATED = frozenset(
    {
        ("concept_map", "nodes"), ("governance", "states"), ("investment", "municipalities"),
        ("peers", "municipalities"), ("plan", "adopted"), ("plan", "adjust"),
        ("priority", "concentration"), ("proposal", "details"), ("quality", "indicator_sources"),
        ("quality", "origins"), ("quality", "remarked"), ("rights", "not_compared"),
        ("scope", "territories"),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Flip:
    """What is told otherwise; ``before`` or ``after`` is :data:`ABSENT` where it is not told."""

    words: str
    name: str
    before: str
    after: str


def flips(before: Path, after: Path) -> list[Flip]:
    """The differences of two folders of sections, in the order of :data:`TOLD`."""
    found = []
    for told in TOLD:
        old, new = _rows(before, told), _rows(after, told)
        for key in [*old, *(key for key in new if key not in old)]:
            one, other = old.get(key), new.get(key)
            values = [ABSENT if row is None else row[1] for row in (one, other)]
            if values[0] != values[1]:
                name = (other or one or ("", ""))[0]
                found.append(Flip(told.words, name, values[0], values[1]))
    return found


def _rows(folder: Path, told: Told) -> Mapping[tuple[str, ...], tuple[str, str]]:
    """Key → name and verdict of each row; none where the section has no such table."""
    if not (folder / f"{told.section}.json").is_file():
        return {}
    section = Section.load(folder, told.section)
    if told.table not in section.tables:
        return {}
    data = section.tables[told.table].data
    if told.verdict is not None and told.verdict not in data:
        return {}
    found = {}
    for row in frames.records(data):
        key = tuple(str(row[name]) for name in told.key)
        name = ": ".join(dict.fromkeys(str(row[column]) for column in told.name))
        found[key] = (name, "sí" if told.verdict is None else str(row[told.verdict]))
    return found
