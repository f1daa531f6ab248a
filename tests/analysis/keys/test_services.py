"""Key 3 by hand, and the planted barriers, losing and late steps."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from analysis.keys.worlds import NAMES, context, rows, world
from builders import make_context
from example_department import World, truth
from example_department.routes import STEPS, cases

from gsi.analysis.keys.routes import barrier_years, routes
from gsi.analysis.keys.services import articulation, services
from gsi.contract.tables import conform
from gsi.contract.vocabulary import BARRIERS
from gsi.inputs.data import Data


def test_each_route_shows_what_was_planted() -> None:
    names = world()["rutas"].set_index(["ruta", "paso"])["nombre"]
    found = {route.key: route for route in routes(context())}
    assert list(found) == list(truth.ROUTES)
    for key, planted in truth.ROUTES.items():
        assert found[key].cases == planted.cases
        assert found[key].barrier == BARRIERS[planted.dominant_barrier]
        assert found[key].lost_step == names[key, planted.losing_step]
        assert found[key].late_step == names[key, planted.late_step]


def test_leakage_is_highest_where_planted() -> None:
    section = services(context())
    leaked = section.tables["targeting"].data.set_index("municipio")["leakage"]
    assert leaked.idxmax() == truth.LEAKAGE
    facts = section.facts
    assert facts["overused"].value == 1
    # What the sentence prints adds up: used and free, less what was used without being there.
    free, over = facts["places_free"].value, facts["places_over"].value
    assert facts["places_taken"].value + free - over == facts["places_told"].value
    table = section.tables["targeting"].data.set_index("municipio")["undercoverage"]
    assert table[list(truth.PRIORITY)].min() > table.drop(list(truth.PRIORITY)).max() - 5


def test_no_small_count_of_cases_is_published() -> None:
    for code in ("00", "00010", "00001"):
        for route in routes(context(code)):
            for counts in (route.steps["lost"], route.barriers["cases"]):
                shown = counts.dropna()
                assert not ((shown > 0) & (shown < 10)).any()
            # A tenth must span several cases.
            if route.steps["tenths"].notna().any():
                assert route.cases >= 50


def test_barriers_of_a_department_cannot_be_worked_out_from_their_total() -> None:
    for route in routes(context()):
        hidden = int(route.barriers["withheld"].sum())
        assert hidden != 1


def test_municipal_cases_do_not_give_back_a_withheld_one() -> None:
    own = {code: {r.key: r.cases for r in routes(context(code))} for code in ("00010", "00011")}
    whole = world()["casos"]
    for key in truth.ROUTES:
        for code in own:
            true = whole[(whole["ruta"] == key) & (whole["municipio"] == code)]["caso"].nunique()
            shown = own[code].get(key)
            assert shown is None or pd.isna(shown) or (shown == true and true >= 10)


def case(name: str, step: str, day: str, state: str, barrier: str = "ninguna") -> dict[str, object]:
    return {
        "caso": name, "ruta": "discapacidad", "paso": step, "municipio": "73001", "fecha": day,
        "estado": state, "barrera": barrier,
    }  # fmt: skip


def step(code: str, order: int, due: int | None) -> dict[str, object]:
    return {
        "ruta": "discapacidad", "municipio": "73", "paso": code, "nombre": f"Paso {code}",
        "orden": order, "entidad": f"Entidad {code}", "sector": "salud", "plazo_dias": due,
    }  # fmt: skip


def test_times_and_deadlines_by_hand() -> None:
    cases = []
    for number in range(30):
        wait = 5 if number < 12 else 20
        cases.append(case(f"c{number}", "a", "2024-03-01", "cumplido"))
        cases.append(case(f"c{number}", "b", f"2024-03-{1 + wait:02d}", "cumplido"))
    tables = {
        "casos": rows("casos", *cases),
        "rutas": rows("rutas", step("a", 1, 10), step("b", 2, None)),
    }
    (route,) = routes(make_context(tables, "73"))
    assert route.times["median"].tolist() == [20]
    # 18 of 30 took 20 days against a deadline of 10, and the step's own entity answers.
    assert route.late["share"].tolist() == [60]
    assert route.late["entity"].tolist() == ["Entidad a"]


def test_articulation_by_the_declared_rule() -> None:
    settings = make_context({}, "73", names={}).params.keys.services
    offers = pd.DataFrame(
        {
            "sector": ["salud", "educacion", "gobierno", "salud"],
            "contenido": ["Vacunación", "Refuerzo y ALIMENTACIÓN escolar", "Registro civil", None],
            "procedimiento": ["Remisión del colegio", "Matrícula", "Presentarse", "En la jornada"],
            "oportunidad": [40.0, 12.0, 3.0, None],
        }
    )
    out = articulation(offers, settings)
    assert out["content"].tolist() == [False, True, False, False]
    assert out["procedure"].tolist() == [True, False, False, True]
    assert out["timely"].tolist() == [False, True, True, False]
    assert out["articulated"].tolist() == [False, True, False, False]


def test_used_free_and_lacking_places_by_hand() -> None:
    line = {
        "servicio": "S", "nombre": "Servicio", "sector": "salud", "municipio": "73001",
        "periodo": 2024,
    }  # fmt: skip
    offered = [(10, 4), (5, 8), (7, None)]
    table = rows(
        "servicios",
        *(
            line | {"servicio": f"S{n}", "cupos": places, "cupos_usados": used}
            for n, (places, used) in enumerate(offered)
        ),
    )
    facts = services(make_context({"servicios": table}, "73")).facts
    told = ("places", "places_told", "places_taken", "places_free", "places_over", "overused")
    assert [facts[name].value for name in told] == [22, 15, 12, 6, 3, 1]
    assert facts["places_used"].value == pytest.approx(80)
    assert facts["use_partial"].value and facts["use_known"].value
    # Cases that nobody reported are not zero routes in use.
    assert facts["routes_in_use"].missing


def test_without_tables_every_gap_is_named() -> None:
    section = services(make_context({}, "73", names={"73001": "Ibagué"}))
    assert not section.available
    assert {gap.table for gap in section.gaps} == {
        "servicios", "personas", "atenciones", "rutas", "casos",
    }  # fmt: skip


def test_the_rule_of_who_is_eligible_is_a_parameter() -> None:
    strict = services(context()).facts["undercoverage"].value
    wide = services(context(keys__services__eligible="either")).facts["undercoverage"].value
    assert strict != pytest.approx(wide)


def test_barriers_fall_as_planted_and_are_told_in_coarse_points() -> None:
    section = services(context())
    assert section.facts["barriers_fell"].value
    table = section.tables["barrier_years"].data.set_index("kind")
    years = [str(year) for year in truth.HINDERED]
    assert (table[years] % 5 == 0).all().all()
    for year, chance in truth.HINDERED.items():
        # Those lost always met one, and a twentieth of steps lose a case.
        assert table.at["any", str(year)] == pytest.approx(100 * chance, abs=10)


def met(case: str, when: str, barrier: str) -> dict[str, object]:
    return {
        "caso": case, "ruta": "discapacidad", "paso": "identificacion", "municipio": "73001",
        "fecha": when, "estado": "cumplido", "barrera": barrier,
    }  # fmt: skip


def test_the_change_of_barriers_by_hand() -> None:
    # 60 of 100 cases in 2023 and 50 of 100 in 2024, every case once: no clustering.
    table = rows(
        "casos",
        *(met(f"a{n}", "2023-03-01", "oferta" if n < 60 else "ninguna") for n in range(100)),
        *(met(f"b{n}", "2024-03-01", "oferta" if n < 50 else "ninguna") for n in range(100)),
    )
    frame, change = barrier_years(make_context({"casos": table}, "73001"))
    assert change is not None
    assert change.value == pytest.approx(-0.10)
    error = ((0.6 * 0.4 + 0.5 * 0.5) / 100 * 200 / 199) ** 0.5
    assert change.error == pytest.approx(error)
    assert change.low < 0 < change.high
    assert frame[frame["kind"] == "any"]["share"].tolist() == [60, 50]
    # None of 100 and 2 of 100 cannot be told apart: nobody is said to have met none.
    for hindered in (0, 2):
        some = table.assign(
            barrera=["geografica" if n < hindered else "ninguna" for n in range(200)]
        )
        said = barrier_years(make_context({"casos": some}, "73001"))[0]
        said = said[(said["kind"] == "geografica") & (said["year"] == 2023)]
        assert said["text"].tolist() == ["menos de 2,5\N{NO-BREAK SPACE}%"]
    few, none = barrier_years(make_context({"casos": table.iloc[:140]}, "73001"))
    assert none is None
    assert few["share"].notna().sum() == 7


def test_entities_that_miss_deadlines_come_first_over_all_routes() -> None:
    section = services(context())
    table = section.tables["late_entities"].data
    assert table["share"].dropna().is_monotonic_decreasing
    planted = {
        entity
        for route, steps in STEPS.items()
        for code, _, entity, _, _ in steps
        if code == truth.ROUTES[route].late_step
    }
    late = table[table["share"] > 5]
    assert set(late["entity"]) == planted


def test_own_routes_come_after_the_four_and_are_read_alike() -> None:
    own = [row | {"ruta": "parto_humanizado"} for row in (step("a", 1, 10), step("b", 2, None))]
    mine = [
        case(f"c{n}", "a", "2024-03-01", "perdido" if n < 15 else "abierto", "geografica")
        | {"ruta": "parto_humanizado"}
        for n in range(40)
    ]
    four = [case(f"d{n}", "a", "2024-03-01", "abierto") for n in range(40)]
    tables = {
        "casos": rows("casos", *mine, *four),
        "rutas": rows("rutas", *own, step("a", 1, 10), step("b", 2, None)),
    }
    first, second = routes(make_context(tables, "73"))
    assert (first.key, second.key) == ("discapacidad", "parto_humanizado")
    assert second.label == "Parto humanizado"
    assert second.barrier == BARRIERS["geografica"]
    assert second.lost_step == "Paso a"
    facts = services(make_context(tables, "73")).facts
    assert facts["routes_in_use"].value == 2


@pytest.mark.slow
def test_what_is_planted_in_the_routes_is_found_in_most_worlds() -> None:
    names = world()["rutas"].set_index(["ruta", "paso"])["nombre"]
    base = context()
    found = dict.fromkeys(("barrier", "lost_step", "late_step"), 0)
    seeds = 20
    for seed in range(seeds):
        drawn = {"casos": conform("casos", cases(World(seed=seed))), "rutas": world()["rutas"]}
        seen = routes(replace(base, data=Data(drawn, base.territory, NAMES)))
        for route in seen:
            planted = truth.ROUTES[route.key]
            found["barrier"] += route.barrier == BARRIERS[planted.dominant_barrier]
            found["lost_step"] += route.lost_step == names[route.key, planted.losing_step]
            found["late_step"] += route.late_step == names[route.key, planted.late_step]
    assert min(found.values()) >= 0.9 * seeds * len(truth.ROUTES)
