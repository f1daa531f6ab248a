"""Each planted truth is in the data: computed here with plain pandas, not with the workbook."""

import datetime as dt

import example_department as example
import networkx as nx
import pandas as pd
import pytest
from example_department import actors, truth

from gsi.contract.versions import in_force

Tables = dict[str, pd.DataFrame]
HIGHER_IS_BETTER = ("cobertura", "registro", "participacion", "recreacion")


def municipal(data: Tables, indicator: str, year: int) -> pd.Series:
    rows = data["indicadores"].query("indicador == @indicator and periodo == @year")
    rows = rows[(rows["area"] == "total") & (rows["municipio"].str.len() == 5)]
    return rows.set_index("municipio")["valor"]


def poor_people(data: Tables) -> pd.Series:
    people = data["poblacion"].query("periodo == 2018").groupby("municipio")["personas"].sum()
    return municipal(data, "ipm_censo", 2018) / 100 * people


# ── comprehension ────────────────────────────────────────────────────────────────────────────


def test_indicators_cover_the_contract_and_both_comparisons(data: Tables) -> None:
    table = data["indicadores"]
    assert set(table["municipio"]) == {*truth.BY_CODE, "00", "CO"}
    assert not table.duplicated(
        ["municipio", "indicador", "periodo", "area", "fuente", "serie"]
    ).any()
    years = table.groupby("serie")["periodo"].agg(lambda s: sorted(set(s)))
    assert years["ipm_censo"] == [2018]
    assert years["ipm_sae"] == years["monetaria_sae"] == years["fies_sae"] == [2022, 2024]
    assert years["men"] == list(range(2018, 2025))
    assert years["eevv_residencia"] == list(range(2018, 2024))
    estimated = table[table["serie"].str.endswith("_sae")]
    assert (estimated["inferior"] < estimated["valor"]).all()
    assert (estimated["valor"] < estimated["superior"]).all()


def test_rates_are_their_counts_over_the_population_table(data: Tables) -> None:
    rows = data["indicadores"].query("indicador == 'fecundidad_15_19' and periodo == 2020")
    women = data["poblacion"].query(
        "sexo == 'mujer' and periodo == 2020 and 15 <= edad <= 19"
    ).groupby("municipio")["personas"].sum()  # fmt: skip
    own = rows[rows["municipio"].str.len() == 5].set_index("municipio")
    assert (own["denominador"] == women[own.index]).all()
    expected = own["numerador"] / own["denominador"] * 1000
    assert (own["valor"] - expected).abs().max() < 0.006
    department = rows.set_index("municipio").loc["00"]
    assert department["numerador"] == own["numerador"].sum()


def test_priority_municipalities_are_worst_in_most_indicators(data: Tables) -> None:
    rest = [c for c in truth.BY_CODE if c not in (*truth.PRIORITY, truth.UNCLASSIFIABLE)]
    worst = total = 0
    table = data["indicadores"]
    for (name, year), _ in table.groupby(["indicador", "periodo"]):
        if year not in (2018, 2024) or "violencia" in name:
            continue
        values = municipal(data, name, year)
        values = -values if name.startswith(HIGHER_IS_BETTER) else values
        others = values.reindex(rest).max()
        worst += int((values.reindex(list(truth.PRIORITY)) > others).sum())
        total += len(truth.PRIORITY)
    assert total > 100 and worst / total > 0.8


def test_moderate_municipalities_stand_between(data: Tables) -> None:
    poverty = municipal(data, "ipm_censo", 2018)
    middle = [truth.TO_CONFIRM, truth.RUNNER_UP]
    others = [c for c in poverty.index if c not in (*truth.PRIORITY, *middle)]
    assert poverty[list(truth.PRIORITY)].min() > poverty[middle].max()
    assert poverty[middle].min() > poverty[others].max()


def test_official_poverty_has_the_direction_of_the_households(data: Tables) -> None:
    homes = data["hogares"].query("corte == 2018")
    lacks = homes.filter(like="p_").mean(axis=1).groupby(homes["municipio"]).mean()
    official = municipal(data, "ipm_censo", 2018)[lacks.index]
    assert lacks.corr(official, method="spearman") > 0.85


def test_one_municipality_has_too_little_data(data: Tables) -> None:
    table = data["indicadores"]
    have = table[table["municipio"] == truth.UNCLASSIFIABLE]["indicador"].unique()
    assert sorted(have) == sorted(truth.UNCLASSIFIABLE_HAS)
    assert len(have) < 0.2 * table["indicador"].nunique()
    for name in ("hogares", "servicios", "casos", "inversion", "lecturas"):
        assert truth.UNCLASSIFIABLE not in set(data[name]["municipio"]), name


def test_food_insecurity_worsened_in_one_place_only(data: Tables) -> None:
    change = municipal(data, "inseguridad_alimentaria", 2024) - municipal(
        data, "inseguridad_alimentaria", 2022
    )
    assert change[truth.WORSENED_FOOD_SECURITY] == pytest.approx(truth.FOOD_SECURITY_RISE, abs=0.01)
    errors = data["indicadores"].query("indicador == 'inseguridad_alimentaria'")
    error = errors.groupby("municipio")["error_estandar"].agg(lambda e: (e**2).sum() ** 0.5)
    assert change[truth.WORSENED_FOOD_SECURITY] > 2 * error[truth.WORSENED_FOOD_SECURITY]
    rest = change.drop(truth.WORSENED_FOOD_SECURITY)
    assert rest.mean() < -1 and (rest < 2 * error[rest.index]).all()


def test_readings_agree_see_more_and_see_less(data: Tables) -> None:
    table = data["lecturas"]
    assert (table["votos"] <= table["participantes"]).all()
    south = table[table["municipio"].isin(truth.PRIORITY)]
    assert south.groupby("categoria_derecho")["votos"].sum().idxmax() == truth.READING_AGREES
    place, right = truth.READING_ONLY_ACTORS
    votes = table[table["municipio"] == place].groupby("categoria_derecho")["votos"].sum()
    assert votes[right] / votes.sum() > 0.6
    rates = data["indicadores"].query("indicador == 'violencia_intrafamiliar_0_17'")
    violence = rates.groupby("municipio")["valor"].mean()
    assert violence[place] == violence.min()
    assert municipal(data, "trabajo_infantil", 2018)[place] < municipal(
        data, "trabajo_infantil", 2018
    ).median()  # fmt: skip
    place, objective = truth.READING_ONLY_DATA
    assert objective not in set(table[table["municipio"] == place]["objetivo"])
    assert objective in set(table["objetivo"])
    assert municipal(data, "fecundidad_15_19", 2018).idxmax() == place


def test_scenarios_lack_places_where_planted(data: Tables) -> None:
    code, kind = truth.SCENARIO_DEFICIT
    scenarios = data["escenarios"]
    places = scenarios[scenarios["tipo"] == kind].groupby("municipio")["capacidad"].sum()
    small = data["poblacion"].query("periodo == 2024 and edad <= 5")
    ratio = places / small.groupby("municipio")["personas"].sum()
    assert ratio.idxmin() == code
    assert ratio[code] < 0.25 * ratio.drop(code).min()


# ── keys ─────────────────────────────────────────────────────────────────────────────────────


def test_training_is_concentrated_outside_the_priority(data: Tables) -> None:
    table = data["formacion"]
    assert truth.NO_TRAINING not in set(table["municipio"])
    assert set(table["municipio"]) == set(truth.BY_CODE) - {truth.NO_TRAINING}
    poor = poor_people(data)
    rate = (table.groupby("municipio")["certificados"].sum() / poor).fillna(0)
    assert rate[list(truth.PRIORITY)].max() < 0.5 * rate.drop(list(truth.PRIORITY)).min()
    assert (table["certificados"] <= table["inscritos"]).all()
    completed = table.groupby("tipo_agente")[["certificados", "inscritos"]].sum()
    share = completed["certificados"] / completed["inscritos"]
    assert share["publico"] > share["comunitario"] + 0.1


def people_served(data: Tables) -> pd.DataFrame:
    people = data["personas"].query("corte == 2018").merge(
        data["hogares"].query("corte == 2018")[["hogar", "municipio"]], on="hogar"
    )  # fmt: skip
    outside = data["atenciones"][data["atenciones"]["jornada"].isna()]
    return people.assign(served=people["persona"].isin(set(outside["persona"])))


def test_services_miss_the_priority_and_leak_in_the_capital(data: Tables) -> None:
    people = people_served(data)
    eligible = people["identificada_vulnerable"] == 1
    missed = (~people["served"])[eligible].groupby(people["municipio"]).mean()
    assert sorted(missed.nlargest(3).index) == sorted(truth.PRIORITY)
    leaked = (~eligible)[people["served"]].groupby(people["municipio"]).mean()
    assert leaked.idxmax() == truth.LEAKAGE
    assert leaked[truth.LEAKAGE] > leaked.drop(truth.LEAKAGE).max() + 0.1


def test_one_service_is_used_beyond_its_places(data: Tables) -> None:
    table = data["servicios"]
    over = table[table["cupos_usados"] > table["cupos"]]
    assert [tuple(row) for row in over[["municipio", "sector"]].to_numpy()] == [
        truth.OVERUSED_SERVICE
    ]


@pytest.mark.parametrize("route", sorted(truth.ROUTES))
def test_route_has_its_planted_barrier_loss_and_delay(data: Tables, route: str) -> None:
    planted = truth.ROUTES[route]
    cases = data["casos"][data["casos"]["ruta"] == route]
    steps = data["rutas"][data["rutas"]["ruta"] == route].sort_values("orden")
    assert 5 <= len(steps) <= 6
    assert set(cases["paso"]) == set(steps["paso"])
    assert cases["caso"].nunique() == planted.cases
    barriers = cases.query("barrera != 'ninguna'")["barrera"].value_counts(normalize=True)
    assert barriers.index[0] == planted.dominant_barrier and barriers.iloc[0] > 0.5
    lost = cases[cases["estado"] == "perdido"]["paso"].value_counts()
    assert lost.index[0] == planted.losing_step
    assert lost.iloc[0] > 2 * lost.iloc[1]
    days = cases.pivot(index="caso", columns="paso", values="fecha")[steps["paso"].tolist()]
    days = days.apply(pd.to_datetime)
    waits = (-days.diff(axis=1, periods=-1)).apply(lambda s: s.dt.days)
    limits = steps.set_index("paso")["plazo_dias"].dropna().astype(float)
    late = {step: (waits[step].dropna() > limit).mean() for step, limit in limits.items()}
    assert max(late, key=lambda step: late[step]) == planted.late_step
    assert late[planted.late_step] > 0.5 > 0.1 > sorted(late.values())[-2]
    assert (waits.stack().dropna() > 0).all()


def test_routes_have_open_cases_and_nothing_after_the_last_cut(data: Tables) -> None:
    cases = data["casos"]
    assert (cases["estado"] == "abierto").groupby(cases["ruta"]).sum().min() >= 1
    assert cases["fecha"].max() <= dt.date.fromisoformat(truth.CUTS[-1])
    last = cases.drop_duplicates("caso", keep="last")
    before = cases.drop(last.index)
    assert before["estado"].eq("cumplido").all()


def test_one_micro_territory_was_never_reached(data: Tables) -> None:
    days = data["jornadas"]
    places = {place for m in truth.MUNICIPALITIES for place in m.places}
    assert places - set(days["microterritorio"]) == {truth.NEVER_REACHED}
    assert set(days["tipo"]) == {"simultanea", "continuidad"}
    homes = data["hogares"].query("corte == 2024")
    people = data["personas"].query("corte == 2024").merge(homes, on=["hogar", "corte"])
    identified = people[people["identificada_vulnerable"] == 1]
    attended = data["atenciones"].dropna(subset=["jornada"])
    waiting = identified[~identified["persona"].isin(set(attended["persona"]))]
    weight = waiting.groupby("microterritorio")["peso"].sum()
    assert weight.idxmax() == truth.NEVER_REACHED
    assert len(waiting[waiting["microterritorio"] == truth.NEVER_REACHED]) > 50


def test_attentions_are_of_people_alive_in_days_of_their_place(data: Tables) -> None:
    table = data["atenciones"].merge(
        data["jornadas"][["jornada", "microterritorio", "fecha"]], on="jornada", how="left",
        suffixes=("", "_day"),
    )  # fmt: skip
    inside = table[table["jornada"].notna()]
    assert (inside["microterritorio"] == inside["microterritorio_day"]).all()
    assert (inside["fecha"] == inside["fecha_day"]).all()
    people = data["personas"].drop_duplicates("persona")
    born = people.set_index("persona").eval("corte - edad")
    assert (table["persona"].map(born) < table["fecha"].map(lambda day: day.year)).all()
    visits = inside.groupby("persona")["jornada"].nunique()
    assert 0.1 < (visits > 1).mean() < 0.6
    reached = data["personas"].query("corte == 2018").set_index("persona")["hogar"]
    assert visits.index.isin(data["personas"]["persona"]).all()
    assert reached.reindex(visits.index).dropna().nunique() > 500


def test_one_sector_holds_the_network_together(data: Tables) -> None:
    sectors = data["actores"].set_index("nombre")["sector"]
    graph = nx.Graph()
    plan = in_force(data["plan_accion"])
    for present in [
        *data["jornadas"]["entidades"],
        *plan["responsable"] + ";" + plan["corresponsables"],
    ]:
        here = sorted({sectors[name] for name in present.split(";")})
        nx.add_path(graph, here[:1])
        graph.add_edges_from((a, b) for a in here for b in here if a < b)
    assert max(nx.betweenness_centrality(graph).items(), key=lambda x: x[1])[0] == (
        truth.CONNECTING_SECTOR
    )
    assert list(nx.articulation_points(graph)) == [truth.CONNECTING_SECTOR]
    share = data["jornadas"]["entidades"].map(
        lambda names: truth.RARE_SECTOR in {sectors[name] for name in names.split(";")}
    )
    assert 0 < share.mean() < 0.15


def test_actors_grow_as_planted_and_come_after_they_were_linked(data: Tables) -> None:
    table = data["actores"]
    years = table["fecha_vinculacion"].map(lambda day: day.year).value_counts().sort_index()
    assert years.cumsum().to_dict() == truth.ACTORS_BY_YEAR
    assert len(table) == len(actors.IN_ORDER)
    linked = table.set_index("nombre")["fecha_vinculacion"]
    for day, names in data["jornadas"][["fecha", "entidades"]].itertuples(index=False):
        assert all(linked[name] <= day for name in names.split(";"))


def test_conditions_of_success_are_rated_as_planted(data: Tables) -> None:
    mean = data["convocatoria"].groupby("condicion")["valoracion"].mean()
    assert sorted(mean.index) == [1, 2, 3, 4, 5, 6, 7]
    assert mean.idxmin() == truth.LOW_CONDITION and mean.min() < mean.nsmallest(2).iloc[-1] - 1
    assert mean.idxmax() == truth.OVERRATED_CONDITION
    assert set(data["convocatoria"]["actor"]) <= set(data["actores"]["actor"])


# ── governance, money, plan ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cut", truth.CUTS)
def test_overdue_commitments(data: Tables, cut: str) -> None:
    day = dt.date.fromisoformat(cut)
    table = data["compromisos"]
    table = table[table["sesion_fecha"] <= day]
    open_then = table["fecha_cierre"].isna() | (table["fecha_cierre"] > day)
    overdue = table[(table["vence"] < day) & open_then]
    assert tuple(overdue["compromiso"]) == truth.OVERDUE[cut]
    closed = data["compromisos"]["estado"] == "cumplido"
    assert closed.equals(data["compromisos"]["fecha_cierre"].notna())
    assert set(data["compromisos"]["estado"]) == {"pendiente", "en_curso", "cumplido", "incumplido"}


def test_money_does_not_follow_need(data: Tables) -> None:
    money = data["inversion"].query("vigencia == 2024").groupby("municipio")["apropiado"].sum()
    per_poor = (money / poor_people(data)).dropna()
    assert per_poor.idxmin() == truth.LITTLE_MONEY
    assert per_poor[truth.LITTLE_MONEY] < 0.5 * per_poor.drop(truth.LITTLE_MONEY).min()
    table = data["inversion"]
    assert (table["obligado"] <= table["apropiado"]).all()
    assert (table["pagado"] <= table["obligado"]).all()


def test_three_entities_pay_the_same_line_in_one_place(data: Tables) -> None:
    keys = ["municipio", "linea", "poblacion", "categoria_derecho"]
    entities = data["inversion"].query("vigencia == 2024").groupby(keys)["entidad"].nunique()
    several = entities[entities > 1]
    assert several.tolist() == [3]
    municipio, _, poblacion, derecho = several.index[0]
    assert (municipio, poblacion, derecho) == truth.OVERLAP


def physical(row: pd.Series) -> float:
    """Progress to what was programmed, by kind of target, in percent."""
    kind, base = row["tipo_meta"], row["linea_base"]
    if kind == "capacidad" or kind.startswith("reduccion"):
        return 100 * (row["ejecutado"] - base) / (row["programado"] - base)
    return 100 * row["ejecutado"] / row["programado"]


def test_plan_exercises_every_kind_of_target_and_key(data: Tables) -> None:
    plan = in_force(data["plan_accion"])
    assert set(plan["tipo_meta"]) == {
        "stock", "flujo", "acumulado", "capacidad", "reduccion", "reduccion_anual",
    }  # fmt: skip
    assert set(plan["clave"]) == {1, 2, 3, 4, 5}
    assert set(plan["categoria_derecho"]) == {
        "existencia",
        "desarrollo",
        "ciudadania",
        "proteccion",
    }
    assert plan["ponderador"].sum() == 100
    assert plan["inicio"].min().year == 2024 and plan["fin"].max().year == 2027


def test_second_version_changes_what_is_planted_and_nothing_else(data: Tables) -> None:
    first, second = (
        rows.set_index("accion").drop(columns=["version", "fecha_adopcion", "acta"])
        for _, rows in data["plan_accion"].groupby("version")
    )
    reasons = second.pop("motivo_ajuste")
    changed = first.drop(columns="motivo_ajuste").compare(second)
    found = {
        (action, column): reasons[action]
        for action, row in changed.iterrows()
        for column in dict.fromkeys(column for column, _ in row.dropna().index)
    }
    assert found == truth.ADJUSTED
    assert set(reasons.dropna().index) == {action for action, _ in truth.ADJUSTED}
    assert truth.CUTS[0] < truth.ADOPTED[1][0] < truth.CUTS[1]


def test_planted_alerts_and_no_other(data: Tables) -> None:
    reports = data["avances"].merge(
        in_force(data["plan_accion"]), on="accion", suffixes=("_avance", "")
    )
    reports["physical"] = reports.apply(physical, axis=1)
    reports["financial"] = 100 * reports["obligado"] / reports["presupuesto"]
    found = {}
    for row in reports.itertuples():
        key = (row.accion, row.fecha_corte.isoformat())
        if pd.isna(row.programado):
            assert key == truth.NOT_PROGRAMMED
        elif row.physical < 0:
            found[key] = "negative_progress"
        elif row.physical > 100:
            found[key] = "over_hundred"
        elif row.financial - row.physical > 30:
            found[key] = "money_without_progress"
        elif row.physical - row.financial > 50:
            found[key] = "progress_without_money"
    reported = set(zip(data["avances"]["accion"], data["avances"]["fecha_corte"], strict=True))
    for action in in_force(data["plan_accion"])["accion"]:
        for cut in truth.CUTS:
            if (action, dt.date.fromisoformat(cut)) not in reported:
                found[(action, cut)] = "no_report"
    assert found == truth.ALERTS
    ended = reports[reports["fecha_corte"] == reports["fecha_corte"].max()]
    kept = ended["tipo_meta"].isin(["flujo", "stock", "acumulado"])
    less = ended[kept & (ended["ejecutado"] < ended["linea_base"])]
    assert list(less["accion"]) == [truth.LESS_THAN_BEFORE[0]]
    negative = reports[reports["physical"] < 0]
    assert (negative["financial"] - negative["physical"] <= 30).all()  # one alert, not two
    money = data["avances"].pivot(index="accion", columns="fecha_corte", values="obligado")
    assert not (money.diff(axis=1).iloc[:, 1] < 0).any()


def test_coverage_above_hundred_is_left_as_reported(data: Tables) -> None:
    table = data["indicadores"]
    coverage = table[table["indicador"].str.startswith("cobertura_neta")]
    above = coverage[coverage["valor"] > 100]
    code, indicator, years = truth.COVERAGE_ABOVE_HUNDRED
    assert set(above["municipio"]) == {code} and set(above["indicador"]) == {indicator}
    assert sorted(above["periodo"]) == sorted(years)


def test_worlds_share_draws_and_differ_only_in_what_was_asked(data: Tables) -> None:
    other = example.tables(example.World(effect=0.0))
    same = {name for name in data if data[name].equals(other[name])}
    assert set(data) - same == {"hogares", "personas"}
