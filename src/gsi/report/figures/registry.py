"""Every figure of the notebooks: how it is drawn, and what from.

Its words stand in ``reports/figuras/<name>.md``; ``book.figure("<name>", section)`` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from gsi.analysis.context import Context
from gsi.analysis.results import Section
from gsi.ground.errors import Finding, UserMistake
from gsi.report.figures import (
    baseline,
    change,
    concept_map,
    convening,
    governance,
    information,
    investment,
    outreach,
    plan,
    population,
    priority,
    priority_map,
    readings,
    rights,
    scenarios,
    services,
    training,
)
from gsi.report.figures.picture import Draw, Picture


class Entry(NamedTuple):
    """The section that a figure is drawn from, and the ``tables`` of it that it cannot do
    without."""

    draw: Draw
    section: str
    tables: tuple[str, ...] = ()


FIGURES: Mapping[str, Entry] = {
    "training-coverage": Entry(training.coverage, "training", ("coverage",)),
    "training-moments": Entry(training.moments, "training", ("coverage", "missing")),
    "services-targeting": Entry(services.targeting, "services", ("targeting",)),
    "services-cascade": Entry(services.cascade, "services", ("cascade",)),
    "services-funnel": Entry(services.funnel, "services", ("steps", "routes")),
    "services-barriers": Entry(services.barriers, "services", ("barriers", "routes")),
    "services-barrier-years": Entry(services.barrier_years, "services", ("barrier_years",)),
    "outreach-groups": Entry(outreach.groups, "outreach", ("groups",)),
    "outreach-reached": Entry(outreach.reached, "outreach", ("microterritories",)),
    "outreach-next": Entry(outreach.next_days, "outreach", ("next",)),
    "outreach-calendar": Entry(outreach.calendar, "outreach", ("next",)),
    "convening-conditions": Entry(convening.conditions, "convening", ("conditions",)),
    "convening-growth": Entry(convening.growth, "convening", ("growth",)),
    "convening-network": Entry(convening.network, "convening", ("entities", "edges")),
    "governance-commitments": Entry(governance.commitments, "governance", ("entities",)),
    "information-before-after": Entry(
        information.before_after, "information", ("poverty", "poverty_areas", "living")
    ),
    "information-municipalities": Entry(
        information.municipalities, "information", ("municipalities",)
    ),
    "baseline-profile": Entry(baseline.profile, "baseline", ("indicators",)),
    "change-forest": Entry(change.forest, "change", ("indicators",)),
    "plan-progress": Entry(plan.progress, "plan", ("keys",)),
    "plan-alerts": Entry(plan.alerts, "plan", ("keys", "progress", "adjust")),
    "priority-map": Entry(priority_map.priority_map, "priority", ("ranking",)),
    "priority-ranking": Entry(priority.ranking, "priority", ("ranking",)),
    "priority-concentration": Entry(priority.concentration, "priority", ("concentration",)),
    "population-pyramid": Entry(population.pyramid, "population", ("pyramid",)),
    "population-groups": Entry(population.groups, "population", ("groups",)),
    "rights-distances": Entry(rights.distances, "rights", ("indicators", "series")),
    "scenarios-coverage": Entry(scenarios.coverage, "scenarios", ("coverage", "types")),
    "readings-comparison": Entry(readings.comparison, "readings", ("comparison",)),
    "investment-need": Entry(investment.per_vulnerable, "investment", ("municipalities",)),
    "concept-map": Entry(concept_map.draw, "concept_map", ("nodes", "edges")),
}


def draw(name: str, section: Section, context: Context) -> Picture | None:
    """Figure ``name``; None where its section has nothing to draw.

    Raises :class:`UserMistake` for a name that no figure has and for the section of another.
    """
    entry = FIGURES.get(name)
    if entry is None:
        near = get_close_matches(name, FIGURES, n=1) or sorted(FIGURES)
        raise UserMistake(
            Finding(
                f"figura {name}",
                "debe ser una de gsi.report.figures.registry",
                name,
                f"Escriba {', '.join(near)}.",
            )
        )
    if section.name != entry.section:
        raise UserMistake(
            Finding(
                f"figura {name}",
                f"se dibuja de la sección {entry.section}",
                section.name,
                "Pásele esa sección.",
            )
        )
    if not set(entry.tables) <= set(section.tables):
        return None
    return entry.draw(section, context)
