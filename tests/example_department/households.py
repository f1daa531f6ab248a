"""Household panel: the same homes at both cuts, driven by a hidden living condition.

``condition(t) = municipality + area + segment + own deviation (+ trend + effect if reached)``.
Every asset is the condition plus a home's own taste, cut into ordered categories; the draws of
taste are kept between worlds, so two worlds that differ only in ``effect`` differ only by it.

Rules that tie the privations to the other columns (so that both ways of measuring agree):
agua (town: anything but acueducto; country: rio_o_lluvia or pozo), excretas (town: anything but
alcantarillado; country: sin_servicio or letrina), pisos (tierra), paredes (sin_paredes_o_desechos,
in town also guadua_o_madera), hacinamiento (more than 3 people a room), bajo_logro (mean schooling
of those 15 and over below 9 years), analfabetismo (someone 15 or over cannot read), inasistencia
(someone 6-16 does not attend), rezago (someone 7-17 with fewer years of schooling than age - 6),
trabajo_infantil (someone 12-17 works), informal (someone 18 or over works informally),
aseguramiento (someone not insured).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from example_department import truth
from example_department.members import Members, draw_members
from example_department.world import World, logistic

ASSETS = {
    "agua": ("rio_o_lluvia", "pozo", "pila_publica", "acueducto"),
    "excretas": ("sin_servicio", "letrina", "pozo_septico", "alcantarillado"),
    "combustible": ("lena_o_carbon", "kerosene", "gas_cilindro", "gas_red_o_electricidad"),
    "basuras": ("rio_o_patio", "quema_o_entierro", "recoleccion"),
    "paredes": ("sin_paredes_o_desechos", "guadua_o_madera", "bahareque", "bloque_o_ladrillo"),
    "pisos": ("tierra", "madera_burda", "cemento", "baldosa"),
}
# Conditions at which a home passes to the next category.
STEPS = {
    "agua": (-1.60, -0.85, -0.15),
    "excretas": (-1.40, -0.60, 0.25),
    "combustible": (-1.20, -1.00, 0.45),
    "basuras": (-1.30, -0.40),
    "paredes": (-1.85, -0.95, -0.30),
    "pisos": (-1.20, -0.55, 0.65),
}
# Condition below which a home lacks the thing in half of the cases; no other column shows these.
GIVEN = {"p_primera_infancia": -0.95, "p_desempleo": -1.15, "p_salud": -1.15}
TASTE = 0.45
PERSISTENCE = 0.90
SEGMENTS = 3
PRIVATIONS = (
    "p_bajo_logro",
    "p_analfabetismo",
    "p_inasistencia",
    "p_rezago",
    "p_primera_infancia",
    "p_trabajo_infantil",
    "p_desempleo",
    "p_informal",
    "p_aseguramiento",
    "p_salud",
    "p_agua",
    "p_excretas",
    "p_pisos",
    "p_paredes",
    "p_hacinamiento",
)


@dataclass(frozen=True)
class Panel:
    """``hogares`` and ``personas`` as tables; ``frame`` is what no form shows: one row a home
    with hogar, municipio, microterritorio, area, reached, vulnerable, condition_2018/_2024."""

    hogares: pd.DataFrame
    personas: pd.DataFrame
    frame: pd.DataFrame


def panel(world: World) -> Panel:
    """The panel of a world. About 0.2 s."""
    frame = hidden(world)
    members = draw_members(world, frame)
    cuts = [_cut(world, frame, members, year) for year in (truth.BASELINE, truth.FOLLOW_UP)]
    return Panel(
        pd.concat([homes for homes, _ in cuts], ignore_index=True),
        pd.concat([people for _, people in cuts], ignore_index=True),
        frame,
    )


def hidden(world: World) -> pd.DataFrame:
    """One row a home: where it is, whether it was reached, and its hidden condition."""
    rng = world.rng("households")
    rows = []
    for m in truth.MUNICIPALITIES:
        if m.code == truth.UNCLASSIFIABLE:
            continue
        per_place = truth.HOUSEHOLDS_PER_MUNICIPALITY // m.micro_territories
        for number, place in enumerate(m.places):
            for home in range(per_place):
                rows.append((m.code, place, number < m.towns, f"{place}-{home % SEGMENTS + 1}"))
    frame = pd.DataFrame(rows, columns=["municipio", "microterritorio", "town", "upm"])
    size = len(frame)
    frame.insert(0, "hogar", [f"h{n + 1:04d}" for n in range(size)])
    frame["area"] = np.where(frame["town"], "cabecera", "rural")
    frame["estrato"] = frame["municipio"] + "-" + frame["area"]

    segments = {upm: rng.normal(0, 0.15) for upm in frame["upm"].drop_duplicates()}
    area = np.where(frame["town"], 0.25, -0.12)
    base = frame["municipio"].map(world.condition).to_numpy()
    before = base + area + frame["upm"].map(segments).to_numpy() + rng.normal(0, 0.80, size)
    chance = np.where(frame["microterritorio"] == truth.NEVER_REACHED, 0.0, truth.REACH)
    if world.selection:
        odds = np.log(truth.REACH / (1 - truth.REACH)) - world.selection * (before - base)
        chance = np.where(chance > 0, logistic(odds), 0.0)
    reached = rng.random(size) < chance
    after = before + truth.TREND + world.effect * reached + rng.normal(0, 0.12, size)
    mistaken = rng.random(size)
    poor = before < truth.VULNERABLE_BELOW
    frame["reached"] = reached
    frame["vulnerable"] = np.where(poor, mistaken < 0.90, mistaken < 0.12)
    frame["condition_2018"] = before
    frame["condition_2024"] = after
    return frame.drop(columns="town")


def _cut(
    world: World, frame: pd.DataFrame, members: Members, year: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    condition = frame[f"condition_{year}"].to_numpy()
    people = members.at(year, condition)
    homes = frame[["hogar", "municipio", "microterritorio", "area"]].copy()
    homes["corte"] = year
    homes["peso"] = _weights(world, frame, people)
    homes["estrato"] = frame["estrato"]
    homes["upm"] = frame["upm"]
    level = {}
    for name, steps in STEPS.items():
        level[name] = np.digitize(condition + _taste(world, name, year, len(frame)), steps)
        homes[name] = np.array(ASSETS[name])[level[name]]
    persons = people.groupby("home").size().reindex(frame.index).to_numpy()
    rooms = 1.25 + 0.50 * (condition + _taste(world, "cuartos", year, len(frame))) + 0.27 * persons
    homes["cuartos"] = np.clip(np.rint(rooms), 1, 8).astype(int)
    homes["personas"] = persons

    town = (frame["area"] == "cabecera").to_numpy()
    lacks = {
        "p_agua": np.where(town, level["agua"] < 3, level["agua"] < 2),
        "p_excretas": np.where(town, level["excretas"] < 3, level["excretas"] < 2),
        "p_pisos": level["pisos"] == 0,
        "p_paredes": np.where(town, level["paredes"] < 2, level["paredes"] < 1),
        "p_hacinamiento": persons > 3 * homes["cuartos"].to_numpy(),
        **_from_members(people, frame.index),
    }
    for name, threshold in GIVEN.items():
        lacks[name] = condition + _taste(world, name, year, len(frame)) < threshold
    small = (people["edad"] <= 5).groupby(people["home"]).any().reindex(frame.index).to_numpy()
    lacks["p_primera_infancia"] &= small
    for name in PRIVATIONS:
        homes[name] = np.asarray(lacks[name]).astype(int)

    people = people.assign(
        hogar=frame["hogar"].to_numpy()[people["home"]],
        corte=year,
        identificada_vulnerable=frame["vulnerable"].to_numpy()[people["home"]].astype(int),
    )
    columns = [
        "persona", "hogar", "corte", "sexo", "edad", "parentesco", "grupo_etnico", "discapacidad",
        "gestante", "asiste", "anos_educacion", "alfabeta", "afiliado_salud", "ocupacion",
        "identificada_vulnerable",
    ]  # fmt: skip
    return homes, people[columns].reset_index(drop=True)


def _from_members(people: pd.DataFrame, homes: pd.Index) -> dict[str, np.ndarray]:
    age, years = people["edad"], people["anos_educacion"].fillna(0)
    adult = age >= 15
    flags = {
        "p_analfabetismo": adult & (people["alfabeta"] == 0),
        "p_inasistencia": age.between(6, 16) & (people["asiste"] == 0),
        "p_rezago": age.between(7, 17) & (years < age - 6),
        "p_trabajo_infantil": age.between(12, 17) & people["ocupacion"].isin(["informal"]),
        "p_informal": (age >= 18) & (people["ocupacion"] == "informal"),
        "p_aseguramiento": people["afiliado_salud"] == 0,
    }
    found = {
        name: flag.fillna(False).astype(bool).groupby(people["home"]).any().reindex(homes)
        for name, flag in flags.items()
    }
    schooling = years[adult].groupby(people.loc[adult, "home"]).mean().reindex(homes)
    return {name: value.to_numpy() for name, value in found.items()} | {
        "p_bajo_logro": (schooling < 9).to_numpy()
    }


def _weights(world: World, frame: pd.DataFrame, people: pd.DataFrame) -> np.ndarray:
    """People of the stratum over people sampled, varied by segment, in thousandths."""
    rng = world.rng("weights")
    factor = {upm: rng.uniform(0.85, 1.15) for upm in frame["upm"].drop_duplicates()}
    sampled = people.groupby(frame["estrato"].to_numpy()[people["home"]]).size()
    total = {}
    for m in truth.MUNICIPALITIES:
        total[f"{m.code}-cabecera"] = m.people * (1 - m.rural)
        total[f"{m.code}-rural"] = m.people * m.rural
    ratio = frame["estrato"].map(lambda s: total[s] / sampled[s]) * frame["upm"].map(factor)
    return ratio.round(3).to_numpy()


def _taste(world: World, name: str, year: int, size: int) -> np.ndarray:
    """A home's own deviation in one thing: the same at both cuts but for a part."""
    rng = world.rng(f"taste {name}")
    first, second = rng.normal(0, TASTE, (2, size))
    if year == truth.BASELINE:
        return first
    return PERSISTENCE * first + np.sqrt(1 - PERSISTENCE**2) * second
