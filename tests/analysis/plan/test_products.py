"""The products of the plan de desarrollo that could answer what is proposed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from analysis.keys.worlds import rows
from builders import known_noise, make_context, people_of
from inputs.quality.worlds import good_row

from gsi.analysis.context import Context
from gsi.analysis.plan import products
from gsi.analysis.plan.form import proposed
from gsi.analysis.plan.propose import propose
from gsi.contract import tables
from gsi.contract.params.measures import load_measures

PLACE = "73067"


def reported(indicator: str, value: float, place: str) -> dict[str, Any]:
    return {"municipio": place, "indicador": indicator, "periodo": 2018, "valor": value,
            "area": "total", "fuente": "f", "serie": "s"}  # fmt: skip


def product(number: int, code: str, **more: Any) -> dict[str, Any]:
    return good_row("plan_desarrollo", 0) | {
        "municipio": PLACE, "codigo_sispt": f"IP-{number}", "programa": code[:4],
        "producto": code, "indicador": f"{code}00", "indicador_nombre": f"Indicador {number}",
        "personalizacion": None, "unidad": "Número", "meta_cuatrienio": 400.0,
    } | more  # fmt: skip


def told(codes: str, indicator: str, **more: Any) -> dict[str, Any]:
    return good_row("avance_plan_desarrollo", 0) | {
        "municipio": PLACE, "codigos_sispt": codes, "indicador": indicator, "periodo": 2024,
        "seguimiento": "fisico", "reportado": 1, "programado": 100.0,
        "fecha_informe": pd.Timestamp(2025, 12, 31),
    } | more  # fmt: skip


def whole(name: str, *records: dict[str, Any]) -> pd.DataFrame:
    return tables.conform(name, pd.DataFrame(list(records)))


PLAN = whole(
    "plan_desarrollo",
    product(1, "2201028", recursos=300.0, periodo=2024),
    product(1, "2201028", recursos=500.0, periodo=2025),  # the same in another year: once, 800
    product(2, "2201029", recursos=900.0, periodo=2024, personalizacion="Rutas rurales"),
    product(3, "2201033", recursos=1.0, periodo=2024),
    product(4, "2201079", recursos=0.0, periodo=2024),
    product(5, "2402041", recursos=9e9, periodo=2024),  # roads answer nothing here
)
PROGRESS = whole(
    "avance_plan_desarrollo",
    told("IP-1", "220102800", ejecutado=40.0),
    told("IP-3;IP-4", "220103300", ejecutado=49.0),  # DNP joins them: of neither alone
    told("IP-2", "220102900", ejecutado=None, reportado=0),
    told("IP-1", "220102800", ejecutado=90.0, fecha_informe=pd.Timestamp(2025, 6, 30)),
    told("IP-1", "220102800", ejecutado=77.0, periodo=2025),  # after the follow-up
)


def world(**given: pd.DataFrame) -> Context:
    indicators = rows(
        "indicadores",
        reported("desercion", 9.0, PLACE), reported("desercion", 3.0, "73"),
        reported("sin_agua", 58.0, PLACE), reported("sin_agua", 14.0, "73"),
    )  # fmt: skip
    return make_context({"indicadores": indicators} | given, PLACE, names={PLACE: "Ataco"})


@pytest.fixture(scope="module")
def planned() -> Context:
    return world(plan_desarrollo=PLAN, avance_plan_desarrollo=PROGRESS)


def test_a_product_stands_once_with_its_money_and_its_last_progress(planned: Context) -> None:
    found = products.in_force(planned).set_index("codigo_sispt")
    assert found["recursos"].to_dict() == {
        "IP-1": 800.0, "IP-2": 900.0, "IP-3": 1.0, "IP-4": 0.0, "IP-5": 9e9,
    }  # fmt: skip
    assert found.at["IP-1", "advance"] == 40  # of the last report, up to the follow-up
    assert found["progress"].to_dict() == {
        "IP-1": "40\N{NO-BREAK SPACE}% (2024)", "IP-2": "sin reporte (2024)",
        "IP-3": "49\N{NO-BREAK SPACE}% de 2 metas sumadas (2024)",
        "IP-4": "49\N{NO-BREAK SPACE}% de 2 metas sumadas (2024)", "IP-5": "",
    }  # fmt: skip
    assert found.loc[["IP-3", "IP-4"], "advance"].isna().all()
    assert pd.isna(found.at["IP-2", "advance"])  # not reported is not zero


def test_an_action_has_the_products_declared_for_it_and_no_other(planned: Context) -> None:
    section = propose(planned, {})
    actions = section.tables["actions"].data.set_index("measure")
    listed = section.tables["products"].data
    mine = listed[listed["order"] == actions.at["permanencia", "order"]]
    assert mine["local"].tolist() == ["IP-2", "IP-1", "IP-3"]  # by money, and three of the four
    assert set(listed["order"]) == {actions.at["permanencia", "order"]}
    assert mine["money"].tolist() == [900.0, 800.0, 1.0]
    assert mine["name"].iloc[0] == "Indicador 2 (Rutas rurales)"
    facts = section.facts
    assert (facts["asked"].value, facts["with_products"].value) == (2, 1)
    assert str(facts["without_products"].value).startswith("llevar agua")
    assert facts["any_more_products"].value
    assert facts["products_years"].value == "2024-2025"


def test_the_form_cites_them_instead_of_a_new_product(planned: Context) -> None:
    plan = proposed(planned, propose(planned, {})).set_index("indicador")
    text = " ".join(plan["descripcion"])
    assert "220102900 (IP-2), indicador 2 (Rutas rurales): meta del cuatrienio, 400" in text
    assert "programado, $800 y avance, 40\N{NO-BREAK SPACE}% (2024)" in text
    kept = [row for row in plan["descripcion"] if "agua" in row]
    assert len(kept) == 1 and "Producto: " in kept[0]  # nothing in the plan: its own product
    bare = proposed(world(), propose(world(), {}))
    assert not bare["descripcion"].str.contains("plan de desarrollo").any()


def test_the_decision_names_the_products_that_the_plan_already_has() -> None:
    """Chía: the plan has «Niñas y niños con educación inicial» and the decision said nothing."""
    known = rows("indicadores", reported("desercion", 9.0, PLACE), reported("desercion", 3.0, "CO"))
    more = {
        "indicadores": known,
        "poblacion": people_of(m73067=20_000),
        "ruido": known_noise("desercion", "s", {2018: 3.0}, dispersion=2.0),
    }
    evidence = str(propose(world(plan_desarrollo=PLAN, **more), {}).facts["first_evidence"].value)
    assert evidence.endswith(
        "En el plan de desarrollo podrían responder: «Indicador 2 (Rutas rurales)» (IP-2), "
        "«Indicador 1» (IP-1) e «Indicador 3» (IP-3)."
    )
    without = str(propose(world(**more), {}).facts["first_evidence"].value)
    assert evidence.startswith(without) and "plan de desarrollo" not in without


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("NO PERSONALIZACIÓN.META1", ""),
        ("META173No personalizado", ""),
        ("META183Personalizado: Estrategia fortalecida", " (Estrategia fortalecida)"),
        ("Rutas rurales", " (Rutas rurales)"),
        ("indicador 1", ""),
    ],
)
def test_what_a_territory_made_of_an_indicator(written: str, told: str) -> None:
    """As plans of 2024-2027 write that it is the catalogue's own, and which target it is."""
    row = product(1, "2201028", personalizacion=written, unidad="Porcentaje", meta_cuatrienio=12.5)
    section = propose(world(plan_desarrollo=whole("plan_desarrollo", row)), {})
    (shown,) = section.tables["products"].data.to_dict("records")
    assert shown["name"] == f"Indicador 1{told}"
    assert shown["target"] == "12,5 (porcentaje)" and shown["progress"] == "sin dato"


def test_without_the_plan_nothing_is_said_of_it() -> None:
    section = propose(world(), {})
    assert "products" not in section.tables
    assert not section.facts["has_development_plan"].value
    assert not section.facts["any_without_products"].value


def test_declared_codes_are_products_of_the_catalogue(project_root: Any) -> None:
    """Those seen in published plans; a measure whose code no plan has could never be answered."""
    from gsi.contract import mga

    known = set(mga.load(project_root / "params").names)
    for measure in load_measures(project_root / "params").measures:
        assert set(measure.mga) <= known, measure.id
