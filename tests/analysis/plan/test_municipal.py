"""A plan has one owner: a department sees its municipalities' plans, none of which is its own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from analysis.keys.worlds import rows
from analysis.plan.test_adopt import DAY, folder, save
from analysis.plan.test_monitor import action, report
from builders import make_context

from gsi.analysis.context import Context
from gsi.analysis.plan.adopt import adopt, write_plan
from gsi.analysis.plan.form import proposed
from gsi.analysis.plan.monitor import monitor
from gsi.analysis.plan.municipal import municipal_plans
from gsi.analysis.quality.missing import missing_forms
from gsi.analysis.results import Section
from gsi.contract import tables
from gsi.inputs import store
from gsi.inputs.quality.summary import table_verdicts
from gsi.inputs.quality.verdicts import Verdict, Verdicts

NAMES = {"73001": "Ibagué", "73067": "Ataco", "73024": "Alpujarra"}


def world(territory: str, *more: dict, reports: list[dict] | None = None) -> Context:
    """Ataco has a plan of two actions with a report; ``more``: rows of other owners."""
    plan = [action("a", ponderador=60), action("b", ponderador=40, presupuesto=500), *more]
    given = reports if reports is not None else [report("a", 50, 40), report("b", 50, 25)]
    found = {"plan_accion": rows("plan_accion", *plan), "avances": rows("avances", *given)}
    return make_context(found, territory, names=NAMES)


def test_a_municipal_plan_is_not_the_departments() -> None:
    department = world("73")
    section = monitor(department)
    assert not section.available and [gap.table for gap in section.gaps] == ["plan_accion"]
    assert not department.data.has("plan_accion") and not department.data.has("avances")
    assert department.data.own("avances").empty and department.data.versions().empty
    assert monitor(world("73067")).facts["actions"].value == 2


def test_each_plan_is_followed_by_its_owner() -> None:
    own = action("d", municipio="73", ponderador=100, presupuesto=7000)
    section = monitor(world("73", own, reports=[report("a", 50, 40), report("d", 100, 10)]))
    assert section.facts["actions"].value == 1
    assert section.facts["budget"].value == 7000
    assert section.facts["physical"].value == pytest.approx(10)
    assert list(section.tables["progress"].data["accion"]) == ["d"]


def test_a_department_names_the_plans_of_its_municipalities() -> None:
    section = municipal_plans(world("73", action("i", municipio="73001", ponderador=100)))
    assert section.facts["with_plan"].value == 2 and section.facts["asked"].value == "3 municipios"
    assert section.facts["names"].value == ["Ibagué", "Ataco"]
    table = section.tables["municipal"].data.set_index("name")
    assert table.loc["Ataco", "actions"] == 2 and table.loc["Ataco", "budget"] == 1500
    # By hand: 60 of 80 % and 40 of 50 %.
    assert table.loc["Ataco", "physical"] == pytest.approx(68)
    # Nothing reported is no progress of zero.
    assert pd.isna(table.loc["Ibagué", "physical"]) and table.loc["Ibagué", "cut"] is None
    silent = municipal_plans(make_context({}, "73", names=NAMES))
    assert silent.facts["shown"].value
    only = {"11001": "Bogotá, D. C."}
    assert not municipal_plans(make_context({}, "11", names=only)).facts["shown"].value
    assert silent.facts["with_plan"].value == 0 and not silent.tables
    assert not municipal_plans(world("73067")).available


def test_the_form_of_a_plan_is_asked_of_each_owner() -> None:
    filled = Verdicts((), {"plan_accion": {"73067": 2}, "avances": {"73067": 2}})
    settings = world("73").params.forms

    def asked(code: str) -> set[str]:
        _, table = missing_forms(filled, world(code).territory, settings)
        return set(table.data["title"])

    titles = {tables.schema(name).title for name in ("plan_accion", "avances")}
    assert titles <= asked("73") and titles <= asked("73001")
    assert not titles & asked("73067")
    above = Verdicts((), {"plan_accion": {"73": 2}})
    _, table = missing_forms(above, world("73001").territory, settings)
    assert tables.schema("plan_accion").title in set(table.data["title"])


def test_a_fault_of_a_municipal_plan_is_the_municipalitys() -> None:
    broken = Verdict(
        "plan_accion", "Regla.", "critical", "meta", False, 1, 2, {"73067": 1}
    )  # fmt: skip
    verdicts = Verdicts((broken,), {"plan_accion": {"73067": 2}})
    found = {
        code: {item.table: item.verdict for item in table_verdicts(verdicts, [code], 10)}
        for code in ("73", "73067")
    }
    assert found["73"]["plan_accion"] == "sin información"
    assert found["73067"]["plan_accion"] == "insuficiente"


def test_a_department_adopts_its_own_plan_beside_a_municipal_one(tmp_path: Path) -> None:
    project = folder(tmp_path)
    inputs = store.prepare(project)
    town = inputs.territories.resolve("00001")
    plan = inputs.data(inputs.territories.resolve("00")).versions()
    first = plan[plan["version"] == 1]
    theirs = tables.conform(
        "plan_accion",
        first.assign(
            municipio=town.code, accion="M" + first["accion"], version=1, estado="vigente",
            motivo_ajuste=None, fecha_adopcion=pd.Timestamp("2024-02-01"), acta="Acta 1",
        ),
    )  # fmt: skip
    write_plan(project.root / "municipal.xlsx", theirs, town, title="Plan")
    adopt(project, inputs, project.root / "municipal.xlsx")
    (project.raw / "plan-de-accion.xlsx").unlink()  # the department has none yet
    inputs = store.prepare(project)
    ours = tables.conform(
        "plan_accion",
        first.assign(
            municipio="00", version=1, motivo_ajuste=None, fecha_adopcion=DAY, acta="Acta 2"
        ),
    )
    done = adopt(project, inputs, save(project, inputs, ours))
    assert (done.place.code, done.version) == ("00", 1)
    assert set(done.plan["accion"]) == set(first["accion"])


def test_proposed_codes_are_free_in_the_whole_department() -> None:
    taken = action("73-2025-01", ponderador=100)
    context = world("73", taken)
    actions = pd.DataFrame(
        {
            "key": [1], "right": ["ciudadania"], "contributes": ["todos_participando"],
            "action": ["Hacer"], "product": ["Hechos"], "product_unit": ["hechos"],
            "outcome": ["Algo"], "kind": ["capacidad"], "baseline": [1.0], "target": [2.0],
            "unit": ["%"], "sector": ["Planeación"], "partners": [""], "funding": ["SGP"],
            "target_year": [2027], "evidence": ["x"], "cited": [""],
        }
    )  # fmt: skip
    from gsi.analysis.results import Table

    found = proposed(context, Section("proposal", {}, {"actions": Table(actions, {})}))
    assert list(found["accion"]) == ["73-2025-02"]
