"""The plan de desarrollo: what has no report is not zero; needs meet targets by objective."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from builders import make_context
from inputs.quality.worlds import code, good_row, good_tables

from gsi.analysis.comprehension.development_plan import development_plan
from gsi.analysis.results import Section, Table
from gsi.contract import tables
from gsi.inputs.readers import development_follow_up
from gsi.inputs.readers import development_plan as reader

PLACE = code(0)
REPORT = pd.Timestamp(2025, 12, 31)


def rows(table: str, *changes: dict[str, Any]) -> pd.DataFrame:
    return tables.conform(table, pd.DataFrame([good_row(table, 0) | change for change in changes]))


def product(number: int, programme: str, **more: Any) -> dict[str, Any]:
    indicator = f"{programme}{number:05d}"
    return {
        "codigo_sispt": f"IP-{number}",
        "programa": programme,
        "producto": indicator[:7],
        "indicador": indicator,
        **more,
    }


def told(number: int, programme: str, **more: Any) -> dict[str, Any]:
    made = product(number, programme)
    made["codigos_sispt"] = made.pop("codigo_sispt")
    return made | {"fecha_informe": REPORT, "corte": pd.Timestamp(2024, 12, 31)} | more


PLAN = rows(
    "plan_desarrollo",
    product(1, "4102", recursos=100.0, programado=5.0, producto="4102001"),
    product(2, "2201", recursos=300.0, programado=5.0),
    product(7, "2201", recursos=40.0, programado=0.0),  # of a later year
    product(3, "2402", recursos=500.0, programado=5.0),  # roads: of no declared programme
    product(8, "4104", recursos=60.0, programado=5.0),  # old people
    product(1, "4102", recursos=7.0, programado=5.0, periodo=2025, producto="4102001"),
)
PROGRESS = rows(
    "avance_plan_desarrollo",
    told(1, "4102", programado=10.0, ejecutado=12.0, producto="4102001"),
    told(2, "2201", programado=10.0, ejecutado=7.9),
    told(4, "2201", programado=10.0, ejecutado=0.0),
    told(5, "2201", programado=10.0, ejecutado=None, reportado=0),
    told(6, "2201", programado=0.0, ejecutado=0.0),
    told(9, "2201", programado=100.0, ejecutado=49.0, codigos_sispt="IP-9;IP-10"),
    told(3, "2402", programado=10.0, ejecutado=0.0),
    told(1, "4102", programado=10.0, ejecutado=1.0, fecha_informe=pd.Timestamp(2025, 6, 30)),
    told(1, "4102", programado=10.0, ejecutado=5.0, periodo=2025),
    told(1, "4102", seguimiento="financiero", programado=80.0, obligado=60.0),
    told(2, "2201", seguimiento="financiero", programado=900.0, obligado=None, reportado=0),
    told(6, "2201", seguimiento="financiero", programado=0.0, obligado=5.0),
    told(7, "2201", seguimiento="financiero", programado=700.0, obligado=0.0, comprometido=0.0),
)
OBJECTIVES = [
    ("existencia", "ninguno_sin_familia", "peor en 1 de 1", 1, 1),
    ("desarrollo", "ninguno_sin_educacion", "peor en 0 de 2", 2, 0),
    ("desarrollo", "todos_jugando", "peor en 1 de 1", 1, 1),
    ("ciudadania", "todos_registrados", "sin dato", 0, 0),
    ("transversal", "transversal", "peor en 3 de 3", 3, 3),
]
COMPARED = [
    ("ninguno_sin_familia", "peor", 2018),
    ("ninguno_sin_educacion", "mejor", 2018),
    ("ninguno_sin_educacion", "sin diferencia clara", 2022),
    ("ninguno_sin_educacion", "no comparable", 2024),
    ("todos_jugando", "peor", 2019),
    ("transversal", "peor", 2015),
]
RIGHTS = Section(
    "rights",
    {},
    {
        "objectives": Table(
            pd.DataFrame(
                OBJECTIVES, columns=["derecho", "objetivo", "estado", "comparables", "peor"]
            ),
            {},
        ),
        "indicators": Table(pd.DataFrame(COMPARED, columns=["objetivo", "estado", "periodo"]), {}),
    },
)


def section(**given: pd.DataFrame) -> Section:
    world = good_tables(1)
    for name in ("plan_desarrollo", "avance_plan_desarrollo"):
        world[name] = given.get(name, tables.empty(name))
    return development_plan(make_context(world, PLACE), RIGHTS)


@pytest.fixture(scope="module")
def whole() -> Section:
    return section(plan_desarrollo=PLAN, avance_plan_desarrollo=PROGRESS)


def test_the_targets_of_a_year_are_not_those_of_the_whole_plan(whole: Section) -> None:
    facts = {name: fact.value for name, fact in whole.facts.items()}
    assert (facts["year"], facts["plan_years"]) == (2024, "2024-2025")
    assert (facts["plan_targets"], facts["planned"]) == (5, 4)
    assert (facts["chosen_whole"], facts["chosen"]) == (3, 2)
    table = whole.tables["programmes"].data.set_index("programa")
    assert table["planeadas"].to_dict() == {"2201": 1, "4102": 1}
    # The money of the year counts whatever the target of the year is.
    assert (facts["money"], facts["chosen_money"], facts["chosen_share"]) == (1000, 440, 44)
    assert table["recursos"].sum() == 440


def test_programmes_of_the_whole_population_are_not_called_of_children() -> None:
    """Old people are in none; what is of children by its name is told apart."""
    plan = rows(
        "plan_desarrollo",
        product(1, "2201", recursos=40.0),
        product(2, "3301", recursos=25.0),
        product(3, "4104", recursos=35.0),
    )
    facts = {name: fact.value for name, fact in section(plan_desarrollo=plan).facts.items()}
    assert (facts["chosen_money"], facts["chosen_share"]) == (65, 65)
    assert facts["childhood"] == ["2201"]
    assert (facts["childhood_money"], facts["childhood_share"]) == (40, 40)


def test_a_products_own_objectives_count_before_its_programmes() -> None:
    settings = make_context({}, PLACE).params.comprehension.development_plan
    assert settings.objectives("4102", "4102001") == ("ninguno_sin_educacion",)
    assert settings.objectives("4102", "4102051") == ()  # declared, of none in particular
    assert settings.objectives("4501", "4501061") is None  # animals
    assert settings.objectives("4104", "4104008") is None  # old people
    assert "4102" in settings.whole and "4102001" not in settings.whole


def test_progress_counts_only_what_was_reported(whole: Section) -> None:
    facts = {name: fact.value for name, fact in whole.facts.items()}
    assert facts["report_year"] == 2024
    # Of five rows: 12/10, 7.9/10, 0/10, one of two targets that are joined, one without report.
    assert [facts[name] for name in ("targets", "reported", "unreported")] == [5, 4, 1]
    assert [facts[name] for name in ("met", "late", "not_started")] == [1, 2, 1]
    assert (facts["paid_reported"], facts["paid_unreported"]) == (2, 1)
    assert facts["later"] == ["2025"]
    schools = whole.tables["programmes"].data.set_index("programa").loc["2201"]
    assert (schools["metas"], schools["con_reporte"], schools["cumplidas"]) == (4, 3, 0)


def test_joined_targets_are_no_delay_and_money_of_which_nothing_is_obligated_is_told(
    whole: Section,
) -> None:
    facts = {name: fact.value for name, fact in whole.facts.items()}
    assert whole.tables["alerts"].data["codigos"].tolist() == ["IP-4", "IP-2"]
    assert facts["joined_late"] == 1
    assert (facts["unspent"], facts["unspent_money"]) == (1, 700)
    assert whole.tables["unspent"].data["codigos"].tolist() == ["IP-7"]


def test_the_text_and_its_table_count_the_same_obligated_money(whole: Section) -> None:
    """What was obligated without being programmed is in both, and told apart."""
    facts = {name: fact.value for name, fact in whole.facts.items()}
    assert (facts["obligated"], facts["unprogrammed"]) == (65, 5)
    assert whole.tables["programmes"].data["obligado"].sum() == 65
    assert facts["programmed_reported"] == 780
    # It is at least so much: no share of it is told beside the targets.
    assert "obligated_share" not in facts


def test_needs_without_a_target_and_targets_without_a_need(whole: Section) -> None:
    facts = {name: fact.value for name, fact in whole.facts.items()}
    assert facts["needs"] == 2  # living conditions are of no objective
    assert facts["needs_without"] == ["Ninguno sin familia", "Todos jugando"]
    assert facts["unneeded"] == ["Ninguno sin educación"]
    table = whole.tables["needs"].data.set_index("objetivo")
    # Care of small children (4102001) is of education, and one target is of a later year.
    assert table["metas"].tolist() == [0, 2, 0, 0]
    assert table["lectura"].tolist() == [
        "necesidad sin metas",
        "metas sin necesidad medida",
        "necesidad sin metas",
        "sin metas",
    ]


def test_a_verdict_says_of_which_years_its_figures_are(whole: Section) -> None:
    assert whole.facts["needs_data"].value == "2018-2022"
    years = whole.tables["needs"].data["datos"].tolist()
    assert years == ["2018", "2018-2022", "2019", "–"]


def test_one_of_the_two_files_is_enough(whole: Section) -> None:
    followed = section(avance_plan_desarrollo=PROGRESS)
    assert not followed.facts["has_plan"].value and followed.facts["has_report"].value
    assert followed.tables["needs"].data["metas"].tolist() == [0, 5, 0, 0]
    assert [gap.table for gap in followed.gaps] == ["plan_desarrollo"]
    planned = section(plan_desarrollo=PLAN)
    assert not planned.facts["has_report"].value
    assert "metas" not in planned.tables["programmes"].columns
    assert [gap.table for gap in planned.gaps] == ["avance_plan_desarrollo"]
    nothing = section()
    assert not nothing.available
    assert [gap.table for gap in nothing.gaps] == ["plan_desarrollo"]


def test_a_departments_plan_is_not_its_municipalities() -> None:
    world = good_tables(1)
    context = make_context(world | {"plan_desarrollo": PLAN}, PLACE[:2])
    assert context.data.own("plan_desarrollo").empty


DECLARED = ("1202", "1905", "1906", "2201", "3301", "4102", "4301")
IN_PART = {
    "3604": ("3604006", "3604020"),
    "4103": ("4103017", "4103050", "4103053"),
    "4501": ("4501004", "4501018", "4501050", "4501082"),
    "4502": ("4502001", "4502019"),
}


@pytest.fixture(scope="module")
def chia(real_management: Path) -> tuple[Section, pd.DataFrame, Path]:
    """Chía's plan and report through the readers; the plan's sheet as it is published."""
    plan = real_management / "dnp" / "sispt" / "SisPT_plan_indicativo_25175.xlsx"
    report = real_management / "dnp" / "seguimiento" / "DNP_Seguimiento_PDT_25175.xlsx"
    world = good_tables(1)
    world["plan_desarrollo"] = tables.conform("plan_desarrollo", reader.read(plan).data)
    world["avance_plan_desarrollo"] = tables.conform(
        "avance_plan_desarrollo", development_follow_up.read(report)[0].data
    )
    made = development_plan(make_context(world, "25175", names={"25175": "Chía"}), RIGHTS)
    raw = pd.read_excel(plan, sheet_name="Plan indicativo - Productos", header=1)
    raw.columns = [" ".join(str(name).replace("_x000D_", " ").split()) for name in raw.columns]
    return made, raw, report


@pytest.mark.real
def test_the_targets_and_money_of_chia_are_those_of_its_file(
    chia: tuple[Section, pd.DataFrame, Path],
) -> None:
    made, raw, _ = chia
    facts = {name: fact.value for name, fact in made.facts.items()}
    column = {name: next(each for each in raw.columns if each.startswith(name)) for name in (
        "Código del programa (MGA)", "Código del producto (MGA)", "Total 2024",
        "Programación del producto bien o servicio 2024")}  # fmt: skip
    programme, product_ = (
        raw[column[name]].astype(str).str.split(".").str[0].str.strip()
        for name in ("Código del programa (MGA)", "Código del producto (MGA)")
    )
    pesos = raw[column["Total 2024"]].astype(float)
    now = raw[column["Programación del producto bien o servicio 2024"]].astype(float) > 0
    mine = programme.isin(DECLARED) | product_.isin([code for each in IN_PART.values()
                                                     for code in each])  # fmt: skip
    assert (facts["plan_targets"], facts["planned"]) == (276, 170) == (len(raw), now.sum())
    assert (facts["chosen_whole"], facts["chosen"]) == (mine.sum(), (mine & now).sum())
    assert facts["money"] == pytest.approx(340_897_731_411)
    assert facts["chosen_money"] == pytest.approx(pesos[mine].sum())
    assert facts["childhood_share"] == pytest.approx(40.0, abs=0.05)
    schools = made.tables["programmes"].data.set_index("programa")
    assert (schools.at["2201", "planeadas"], schools.at["4102", "planeadas"]) == (17, 3)
    education = made.tables["needs"].data.set_index("objetivo").loc["Ninguno sin educación"]
    # Those of education and, of 4102, the children in care of small children (IP-268).
    assert education["metas"] == 18 and education["programas"] == "2201 y 4102"


@pytest.mark.real
def test_the_money_of_chia_in_dnps_report(chia: tuple[Section, pd.DataFrame, Path]) -> None:
    """The sheet calls itself preliminary; IP-443 has $12.780 M programmed and nothing obligated;
    five targets that DNP joins are no delay."""
    made, _, report = chia
    sheet = pd.read_excel(report, sheet_name="Detalle seguimiento financiero", header=None)
    title = " ".join(str(cell) for cell in sheet.iloc[:6].to_numpy().ravel())
    assert "Preliminar" in title and "condicional a tener código BPIN" in title
    money = pd.read_excel(report, sheet_name="Detalle seguimiento financiero", header=6)
    codes = {
        name: money[f"Código {name} (MGA)"].astype(str).str.split(".").str[0].str.strip()
        for name in ("Programa", "Producto")
    }
    parts = [code for each in IN_PART.values() for code in each]
    mine = codes["Programa"].isin(DECLARED) | codes["Producto"].isin(parts)
    spent = next(
        name for name in money.columns
        if str(name).startswith("Obligaciones") and "2024" in name and "%" not in name
    )  # fmt: skip
    obligated = pd.to_numeric(money[spent], errors="coerce")[mine].sum()
    assert made.facts["obligated"].value == pytest.approx(obligated)
    assert made.tables["programmes"].data["obligado"].sum() == pytest.approx(obligated)
    unspent = made.tables["unspent"].data.set_index("codigos")["programado"]
    assert unspent["IP-443"] == pytest.approx(12_780_193_737)
    assert unspent.index[0] == "IP-443"
    alerts = made.tables["alerts"].data["codigos_sispt"]
    assert not alerts.str.contains(";").any()
