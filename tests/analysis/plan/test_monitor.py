"""The plan followed up: planted alerts, weights by hand, NP, silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from analysis.keys.worlds import NAMES, context, rows, world
from builders import make_context
from example_department import truth

from gsi.analysis.context import Context
from gsi.analysis.labels import ALERTS, OUTLOOKS
from gsi.analysis.plan import both
from gsi.analysis.plan.monitor import monitor
from gsi.analysis.plan.outlook import outlooks
from gsi.analysis.plan.propose import propose
from gsi.ground import locale


def action(code: str, **more: object) -> dict[str, object]:
    return {
        "accion": code, "municipio": "73067", "clave": 2, "categoria_derecho": "desarrollo",
        "objetivo": "ninguno_sin_educacion", "descripcion": "Hacer", "indicador": "Hechos",
        "tipo_meta": "acumulado", "linea_base": 0, "meta": 100, "unidad": "hechos",
        "responsable": "Alcaldía", "fuente": "propios", "presupuesto": 1000,
        "inicio": "2024-01-01", "fin": "2025-12-31", "ponderador": 50,
    } | more  # fmt: skip


def report(code: str, programmed: float | None, executed: float | None, **more: object) -> dict:
    return {
        "accion": code, "fecha_corte": "2024-12-31", "programado": programmed,
        "ejecutado": executed, "obligado": 500, "soporte": "acta",
    } | more  # fmt: skip


def followed(actions: list[dict], reports: list[dict]) -> Context:
    tables = {"plan_accion": rows("plan_accion", *actions)}
    if reports:
        tables["avances"] = rows("avances", *reports)
    return make_context(tables, "73067", names={"73067": "Ataco"})


def test_planted_alerts_are_found_and_none_invented() -> None:
    found = monitor(context("00")).tables["alerts"].data
    ended = found[found["alert"] == "ended_unmet"]
    assert set(ended["accion"]) == set(truth.ENDED_UNMET)
    assert {str(cut) for cut in ended["cut"]} == {truth.CUTS[-1]}
    found = found[found["alert"] != "ended_unmet"]
    less = found[(found["alert"] == "negative_progress") & (found["accion"] != "A13")]
    assert [(a, str(c)) for a, c in zip(less["accion"], less["cut"], strict=True)] == [
        truth.LESS_THAN_BEFORE
    ]
    found = found.drop(less.index)
    assert {(a, str(c)): k for a, c, k in zip(found["accion"], found["cut"], found["alert"],
                                              strict=True)} == truth.ALERTS  # fmt: skip
    assert len(found) == len(truth.ALERTS)


def test_an_alert_that_lasts_is_counted() -> None:
    adjust = monitor(context("00")).tables["adjust"].data
    times = adjust.set_index(["accion", "alert"])["times"]
    assert times["A04", "money_without_progress"] == 2 and times["A11", "no_report"] == 1
    assert "A12" not in set(adjust["accion"])  # not programmed yet asks for no adjustment


def test_adjustments_between_cuts_are_shown_with_their_reasons() -> None:
    section = monitor(context("00"))
    log = section.tables["adjustments"].data
    found = {(row.accion, row.column): row.reason for row in log.itertuples()}
    assert found == truth.ADJUSTED
    assert {str(day) for day in log["adopted_on"]} == {truth.ADOPTED[1][0]}
    words = dict(zip(log["accion"], log["change_text"], strict=True))
    assert words["A12"] == "Meta: antes 18; ahora 14"
    assert words["A06"] == (
        "Fecha de terminación: antes 30 de noviembre de 2025; ahora 30 de junio de 2026"
    )
    assert words["A04"].startswith("Corresponsables: entra Defensoría")
    assert list(section.tables["cuts"].data["version"]) == [1, 2]
    assert section.facts["version"].value == 2
    assert str(section.facts["record"]) == truth.ADOPTED[1][1]


def test_each_cut_is_measured_with_the_version_of_its_day() -> None:
    first = action("a", meta=100, version=1, fecha_adopcion="2024-01-01")
    second = action("a", meta=50, ponderador=100, version=2, fecha_adopcion="2024-09-01",
                    motivo_ajuste="Menos recursos.")  # fmt: skip
    gone = action("b", version=1, fecha_adopcion="2024-01-01")
    out = action("b", version=2, fecha_adopcion="2024-09-01", estado="retirada",
                 motivo_ajuste="Sin predio.")  # fmt: skip
    section = monitor(
        followed(
            [first, gone, second, out],
            [report("a", 20, 20, fecha_corte="2024-06-30"),
             report("b", 20, 5, fecha_corte="2024-06-30"), report("a", 50, 40)],
        )
    )  # fmt: skip
    cuts = section.tables["cuts"].data
    assert list(cuts["version"]) == [1, 2] and list(cuts["actions"]) == [2, 1]
    assert list(cuts["physical"]) == pytest.approx([62.5, 80])  # (100 + 25) / 2; then a alone
    last = section.tables["progress"].data
    assert list(last["accion"]) == ["a"] and last["final"].iloc[0] == 80  # 40 of the new 50
    # The withdrawn action is not asked for a report.
    assert "no_report" not in set(section.tables["alerts"].data["alert"])
    assert set(section.tables["adjustments"].data["change"]) == {"changed", "withdrawn"}
    assert section.facts["actions"].value == 1


def test_a_version_adopted_after_the_follow_up_is_not_used_yet() -> None:
    later = action("a", meta=10, version=2, fecha_adopcion="2025-03-01", motivo_ajuste="x")
    section = monitor(
        followed([action("a", fecha_adopcion="2024-01-01"), later], [report("a", 50, 40)])
    )
    assert section.facts["version"].value == 1
    assert section.tables["adjustments"].data.empty and not section.facts["any_adjustment"].value
    assert section.tables["progress"].data["final"].iloc[0] == 40


def test_the_outlook_of_each_action_and_their_numbers() -> None:
    section = monitor(context("00"))
    state = section.tables["progress"].data.set_index("accion")["outlook"]
    # By hand: A02 has done 2,390 of 6,000 and would need 10.3 a day after 7.2.
    assert state["A02"] == "unlikely" and state["A01"] == "unmet" and state["A12"] == "single"
    facts = section.facts
    assert sum(facts[f"outlook_{name}"].value for name in OUTLOOKS) == facts["actions"].value == 14
    assert facts["unlikely_names"].value == list(state.index[state == "unlikely"])
    assert facts["outlook_open"].value == 14 - int(state.isin(["met", "unmet"]).sum())


def test_no_verdict_is_denied_by_the_interval_printed_beside_it() -> None:
    rows = monitor(context("00")).tables["progress"].data
    told = (
        rows["outlook_text"]
        .str.extract(
            r"(?P<verdict>no se cumpliría|se cumpliría|no se puede decir): "
            r"[\d.,]+ de (?P<aim>[\d.,]+) \((?P<low>[\d.,]+) a (?P<high>[\d.,]+)\)"
        )
        .dropna()
    )
    assert len(told) >= 4
    for row in told.itertuples():
        aim, low, high = (
            float(str(n).replace(".", "").replace(",", ".")) for n in (row.aim, row.low, row.high)
        )
        within = "se cumpliría" if low >= aim else "no se puede decir"
        assert row.verdict == ("no se cumpliría" if high < aim else within), row
    assert rows.set_index("accion")["outlook"]["A08"] == "uncertain"


def test_weighted_progress_by_hand() -> None:
    section = monitor(
        followed(
            [action("a", ponderador=60), action("b", ponderador=20, clave=3),
             action("c", ponderador=10), action("d", ponderador=10)],
            [report("a", 50, 40), report("b", 10, 30), report("c", None, None, obligado=0)],
        )
    )  # fmt: skip
    # a 80 %, b capped at 100 %, c NP (out), d silent (0): (60·80 + 20·100 + 10·0) / 90.
    assert section.facts["physical"].value == pytest.approx((4800 + 2000) / 90)
    # Obligated 500 + 500 of the budget of the whole plan: what is not programmed yet is of it too.
    assert section.facts["financial"].value == pytest.approx(100 * 1000 / 4000)
    keys = section.tables["keys"].data.set_index("clave")
    assert keys.loc[3, "physical"] == 100 and keys.loc[2, "physical"] == pytest.approx(4800 / 70)
    assert section.facts["not_programmed"].value == 1
    assert section.facts["not_reported"].value == 1
    alerts = section.tables["alerts"].data.set_index("accion")["alert"].to_dict()
    assert alerts == {"b": "over_hundred", "d": "no_report"}  # not programmed is no alert
    (cut,) = section.tables["cuts"].data.to_dict("records")
    assert (cut["actions"], cut["not_programmed"], cut["reported"]) == (4, 1, 2)


def test_money_obligated_before_a_silent_cut_is_still_obligated() -> None:
    """Its row and the sum of its key are of the same money: 500 of 1,000."""
    section = monitor(
        followed(
            [action("a", clave=2), action("b", clave=3)],
            [report("a", 20, 20, fecha_corte="2024-06-30"), report("b", 10, 9)],
        )
    )
    last = section.tables["progress"].data.set_index("accion")
    assert last.loc["a", "physical_text"] == "sin reporte" and last.loc["a", "financial"] == 50
    assert section.tables["keys"].data.set_index("clave").loc[2, "financial"] == 50


def test_less_than_the_base_is_a_setback_of_every_kind_of_target() -> None:
    """By hand: 20 where there were 30 before. Half a year is not held against a whole one."""
    below = {"linea_base": 30, "fin": "2025-12-31"}
    kinds = ["stock", "flujo", "acumulado", "capacidad", "reduccion", "reduccion_anual"]
    for kind in kinds:
        falls = kind.startswith("reduccion")
        plan = [action("a", tipo_meta=kind, **(below | ({"meta": 10} if falls else {})))]
        for day, closed in (("2024-06-30", False), ("2024-12-31", True)):
            reports = [report("a", 15 if falls else 60, 40 if falls else 20, fecha_corte=day)]
            found = set(monitor(followed(plan, reports)).tables["alerts"].data["alert"])
            assert ("negative_progress" in found) == (kind != "flujo" or closed), (kind, day)


def test_final_target_is_apart_from_what_was_programmed() -> None:
    section = monitor(followed([action("a")], [report("a", 50, 40)]))
    (row,) = section.tables["progress"].data.to_dict("records")
    assert row["physical"] == 80 and row["final"] == 40 and row["financial"] == 50


def test_annual_reduction_starts_each_year_where_the_last_one_ended() -> None:
    section = monitor(
        followed(
            [action("a", tipo_meta="reduccion_anual", linea_base=30, meta=20, inicio="2023-01-01")],
            [report("a", 27, 26, fecha_corte="2023-12-31"), report("a", 24, 25)],
        )
    )
    assert section.tables["progress"].data["physical"].iloc[0] == pytest.approx(50)
    cuts = section.tables["cuts"].data
    assert list(cuts["physical"]) == pytest.approx([100, 50])  # 4 of 3 points, capped


def test_money_before_anything_was_programmed_is_an_alert() -> None:
    section = monitor(followed([action("a")], [report("a", None, 0, obligado=300)]))
    assert section.tables["alerts"].data["alert"].tolist() == ["money_without_progress"]


def test_an_action_that_ended_keeps_its_last_report() -> None:
    section = monitor(
        followed(
            [action("a", fin="2024-06-30"), action("b")],
            [report("a", 100, 90, fecha_corte="2024-06-30"), report("b", 10, 9)],
        )
    )
    last = section.tables["progress"].data.set_index("accion")
    assert last.loc["a", "physical"] == 90
    assert section.facts["not_reported"].value == 0


def test_reports_after_the_follow_up_year_are_not_read() -> None:
    section = monitor(followed([action("a")], [report("a", 10, 5, fecha_corte="2025-03-31")]))
    assert not section.facts["followed"].value and section.gaps[0].table == "avances"
    assert "adopted" in section.tables


def test_zero_budget_has_no_financial_progress() -> None:
    section = monitor(followed([action("a", presupuesto=0)], [report("a", 10, 9, obligado=0)]))
    assert np.isnan(section.tables["progress"].data["financial"].iloc[0])
    assert section.facts["financial"].missing


def test_without_a_plan_the_gap_is_named() -> None:
    section = monitor(make_context({}, "73067"))
    assert not section.available and section.gaps[0].table == "plan_accion"


def test_bands_are_parameters() -> None:
    tables = {
        "plan_accion": rows("plan_accion", action("a")),
        "avances": rows("avances", report("a", 100, 50)),
    }
    bands = [{"start": 0, "label": "rojo"}, {"start": 50, "label": "verde"}]
    place = make_context(
        tables, "73067", names={"73067": "Ataco"}, overrides={"plan.monitor.bands": bands}
    )
    assert monitor(place).facts["band"].value == "verde"
    assert isinstance(monitor(place).tables["cuts"].data, pd.DataFrame)


def test_an_action_that_ended_short_of_its_target_is_an_alert_and_in_no_band() -> None:
    """Ninety of a hundred, all that was programmed to the cut: the target is what was promised."""
    ended = action("a", fin="2024-12-31", ponderador=50)
    met = action("b", fin="2024-12-31", ponderador=30)
    going = action("c", ponderador=20)
    section = monitor(
        followed([ended, met, going], [report("a", 100, 90), report("b", 90, 100),
                                       report("c", 50, 45)])
    )  # fmt: skip
    rows_ = section.tables["progress"].data.set_index("accion")
    assert rows_["band_text"].to_dict() == {
        "a": "sin cumplir", "b": "sobresaliente", "c": "sobresaliente"
    }  # fmt: skip
    adjust = section.tables["adjust"].data.set_index("accion")
    assert "ended_unmet" in set(adjust.loc[["a"], "alert"]) and "c" not in adjust.index
    assert adjust["remedy"].notna().all()


def test_alerts_are_told_by_kind_and_add_up() -> None:
    section = monitor(context("00"))
    parts = str(section.facts["alerts_text"]).split("; ")
    assert sum(int(part.rsplit(", ", 1)[1]) for part in parts) == section.facts["alerts"].value
    last = {key: kind for key, kind in truth.ALERTS.items() if key[1] == truth.CUTS[-1]}
    asked = [*last.values(), *["ended_unmet"] * len(truth.ENDED_UNMET), "negative_progress"]
    assert section.facts["alerts"].value == len(asked)
    for kind in set(asked):
        assert f"{ALERTS[kind]}, {asked.count(kind)}" in parts


def test_the_bands_are_defined_where_they_are_used() -> None:
    words = str(monitor(context("00")).facts["bands"]).replace("\N{NO-BREAK SPACE}", " ")
    assert words == (
        "crítico, menos de 40 %; bajo, de 40 a menos de 60 %; medio, de 60 a menos de 70 %; "
        "satisfactorio, de 70 a menos de 80 %; sobresaliente, 80 % o más"
    )


def test_a_target_to_fall_is_a_level_to_come_down_to() -> None:
    down = action("a", tipo_meta="reduccion", linea_base=20, meta=10, ponderador=100,
                  inicio="2022-01-01")  # fmt: skip
    cuts = [report("a", 18, 17, fecha_corte="2023-06-30"), report("a", 16, 14,
            fecha_corte="2024-06-30"), report("a", 14, 11)]  # fmt: skip
    text = monitor(followed([down], cuts)).tables["progress"].data["outlook_text"].iloc[0]
    assert "la meta es bajar a 10" in text and " de 10" not in text


def test_what_is_counted_whole_is_told_no_finer_than_one() -> None:
    """Two reports leave a band of a tenth of a place: one place more would meet the target."""
    start = pd.Timestamp("2024-01-01")
    days = [start + pd.Timedelta(days=number) for number in (180, 364)]
    action = pd.DataFrame(
        {"accion": ["A"], "tipo_meta": ["capacidad"], "linea_base": [14.0], "meta": [26.0],
         "inicio": [start], "fin": [start + pd.Timedelta(days=404)]}
    )  # fmt: skip
    told = pd.DataFrame(
        {"accion": "A", "fecha_corte": days, "programado": [18.0, 25.0], "ejecutado": [19.0, 24.0]}
    )
    (counted,) = outlooks(action, told, days[-1], 0.8).to_dict("records")
    assert counted["outlook"] == "uncertain"
    assert counted["outlook_text"] == "no se puede decir: 25 de 26 (24 a 26)"
    # As the example's A08: the interval, 24,2 to 25,6, is told as 24 to 26, and 26 is the target.
    near = outlooks(action, told.assign(ejecutado=[18.0, 24.0]), days[-1], 0.8)
    assert near["outlook"].tolist() == ["uncertain"]
    measured = outlooks(action, told.assign(ejecutado=[19.01, 24.0]), days[-1], 0.8)
    assert measured["outlook"].tolist() == ["unlikely"]
    assert "25,1 de 26,0" in measured["outlook_text"].iloc[0]


@pytest.mark.parametrize(
    ("indicator", "unit", "same"),
    [
        ("Nacimientos por mil mujeres de 15 a 19 años", "por mil", True),
        ("Fecundidad en adolescentes de 15 a 19 años", "por mil mujeres", True),
        ("Nacimientos por mil mujeres de 10 a 14 años", "por mil", False),
        ("Adolescentes de 15 a 19 años formadas", "personas", False),
    ],
)
def test_a_rate_with_two_values_is_told_with_both(indicator: str, unit: str, same: bool) -> None:
    """The example: its plan reports 62.2 births per thousand at the end of 2024 (planted), and its
    series of the same rate has another figure in 2023."""
    assert ("A13", "2024-12-31") in truth.ALERTS
    given = dict(world())
    plan = given["plan_accion"].copy()
    own = plan["accion"] == "A13"
    plan.loc[own, ["indicador", "unidad"]] = [indicator, unit]
    given["plan_accion"] = plan
    where = make_context(given, "00", names=NAMES)
    series = given["indicadores"]
    mine = series[(series["municipio"] == "00") & (series["indicador"] == "fecundidad_15_19")]
    figure = mine.loc[mine["periodo"] == 2023, "valor"].item()
    assert abs(figure - 62.2) > 5
    remedy = monitor(where).tables["adjust"].data.set_index("accion")["remedy"]
    told = (
        "La serie de «Fecundidad en adolescentes de 15 a 19 años» da "
        f"{locale.number(figure, 1)} por mil mujeres en 2023; el último reporte de A13, 62,2 "
        f"{unit} (31 de diciembre de 2024): conviene aclarar cuál se mide."
    )
    assert (told in remedy["A13"]) == same
    assert not any("conviene aclarar" in text for text in remedy.drop("A13"))
    if same and unit == "por mil":
        action = propose(where, {}).tables["actions"].data.set_index("indicator")
        assert told in action.loc["fecundidad_15_19", "why"]
    # Of one value, nothing is told.
    reports = given["avances"].copy()
    reports.loc[reports["accion"] == "A13", "ejecutado"] = round(figure, 1) + 1
    alike = make_context({**given, "avances": reports}, "00", names=NAMES)
    assert not same or both.told(plan[own].tail(1), alike) == {}
