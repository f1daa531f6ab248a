"""A territory's sections made in this process, as its notebooks make them; no kernel, no figure."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.comprehension import (
    concept_map,
    development_plan,
    investment,
    official,
    peers,
    population,
    priority,
    readings,
    rights,
    scenarios,
    scope,
)
from gsi.analysis.keys import (
    convening,
    governance,
    information,
    outreach,
    published_offer,
    services,
    state,
    training,
)
from gsi.analysis.plan import baseline, change, monitor, municipal, propose
from gsi.analysis.results import Section
from gsi.analysis.trace import Step
from gsi.contract.territory import Years
from gsi.ground.files import read_arrow, sha256, write_arrow
from gsi.ground.project import Project
from gsi.inputs import departments
from gsi.inputs.store import Store
from gsi.report.workbook import SECTIONS, Workbook
from gsi.run.basis import Basis, Reads

YEARS = Years(2018, 2024)
# Each step with the sections it is given, in the order of the notebooks.
STEPS: list[tuple[Callable[..., Section], list[Any]]] = [
    (delivery.delivery, []),
    (priority.priority, []),
    (peers.peers, ["priority"]),
    (population.population, []),
    (rights.rights, []),
    (scenarios.scenarios, []),
    (readings.readings, []),
    (scope.scope, ["priority", "population", "scenarios", "rights", "readings"]),
    (investment.investment, ["priority"]),
    (development_plan.development_plan, ["rights"]),
    (official.official, []),
    (published_offer.published_offer, []),
    (concept_map.concept_map, ["priority", "population", "rights", "scope"]),
    (information.information, []),
    (training.training, ["priority"]),
    (services.services, []),
    (outreach.outreach, ["priority"]),
    (convening.convening, []),
    (governance.governance, []),
    (state.states, [state.SECTIONS]),
    (baseline.baseline, []),
    (change.change, []),
    (monitor.monitor, []),
    (municipal.municipal_plans, []),
    (propose.propose, [{name: name for name in (
        "baseline", "change", "convening", "governance", "information", "investment", "outreach",
        "plan", "priority", "readings", "services", "training",
    )}]),
]  # fmt: skip


def finished(project: Project, prepared: Store, code: str, results: Path) -> dict[str, Any]:
    """What of a manifest judges the steps; the sections are in ``results``."""
    made: list[Step] = []
    place = prepared.territories.resolve(code)
    years = YEARS.baseline, YEARS.follow_up
    book = Workbook.of(project, prepared, place, *years, on_step=made.append)
    done: dict[str, Section] = {}
    for function, given in STEPS:
        section = function(book.context, *(_given(item, done) for item in given))
        section.save(results / SECTIONS)
        done[section.name] = section
    basis = Basis(project, prepared)
    paths = (results / SECTIONS).iterdir()
    return {
        "territory": {"code": code},
        "years": {"baseline": YEARS.baseline, "follow_up": YEARS.follow_up},
        "results": {f"{SECTIONS}/{path.name}": sha256(path) for path in paths},
        "key": basis.key(place, YEARS, Reads(frozenset(), tuple(made))),
        "inputs": prepared.inputs,
        "parameters": basis.settings(place),
        "notebooks": basis.notebooks,
        "reports": basis.reports,
        "libraries": basis.libraries,
        "outputs": {},
    }


def _given(item: Any, done: Mapping[str, Section]) -> Any:
    if isinstance(item, Mapping):
        return {key: done[name] for key, name in item.items()}
    return done[item]


def altered(
    prepared: Store, folder: Path, table: str, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> Store:
    """Prepared inputs in ``folder`` in which ``change`` was made to a department's table."""
    # What territories share is remembered for the rows as they were.
    shutil.copytree(prepared.folder, folder, ignore=shutil.ignore_patterns(prepared.kept.name))
    path = folder / table / "00.arrow"
    before = read_arrow(path)
    after = change(before.copy())
    write_arrow(after, path)
    digests = json.loads((folder / "digests.json").read_text("utf-8"))
    place = pd.Series(dtype="object")
    if "municipio" in after:
        place = after["municipio"].astype("str")
    else:
        homes = read_arrow(folder / "hogares" / "00.arrow")
        place = after["hogar"].map(dict(zip(homes["hogar"], homes["municipio"], strict=True)))
    digests[table] = departments.digested(after, place)
    (folder / "digests.json").write_text(json.dumps(digests), encoding="utf-8")
    return Store(folder)
