"""Who lives in each home at each cut: ages move on, children are born, grown children leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from example_department import truth
from example_department.world import World, logistic

LATER = truth.FOLLOW_UP - truth.BASELINE
ETHNIC = {"00010": ("indigena", 0.22), "00011": ("afro", 0.20), "00004": ("afro", 0.08)}


@dataclass(frozen=True)
class Members:
    """Traits that do not change, one row a person ever in the panel, and the draws that decide
    what depends on the condition of the home at a cut."""

    traits: pd.DataFrame
    draws: pd.DataFrame

    def at(self, year: int, condition: np.ndarray) -> pd.DataFrame:
        """People present at a cut, with what they do and have (``home`` is the row of the home)."""
        traits, draws = self.traits, self.draws
        later = year != truth.BASELINE
        present = traits["enters"].eq(0) | later
        present &= ~(later & traits["leaves"])
        people, luck = traits[present].copy(), draws[present]
        age = people["age_2018"] + (LATER if later else 0)
        h = condition[people["home"]]
        attend = luck["attend"].to_numpy()
        people["edad"] = age.clip(upper=99)
        people["gestante"] = (
            people["sexo"].eq("mujer") & age.between(14, 42) & (luck["pregnant"] < 0.045)
        ).astype(int)
        school = np.select(
            [age < 5, age < 12, age < 16, age < 18, age < 25],
            [0.0, 0.97, 0.93, 0.80, 0.25],
            0.0,
        )
        odds = np.log(np.clip(school, 1e-9, 1 - 1e-9) / np.clip(1 - school, 1e-9, 1)) + 1.1 * h
        goes = (attend < logistic(odds)) & (school > 0)
        people["asiste"] = _known(age >= 5, goes)
        people["anos_educacion"] = _schooling(people, age, luck, h)
        reads = (people["anos_educacion"].fillna(0) >= 2) | (luck["read"] < 0.15)
        people["alfabeta"] = _known(age >= 8, reads)
        insured = luck["insured"].to_numpy() < logistic(3.6 + 0.9 * h)
        people["afiliado_salud"] = insured.astype(int)
        people["ocupacion"] = _occupation(age, goes, h, luck)
        return people


def draw_members(world: World, frame: pd.DataFrame) -> Members:
    """Members of every home of ``frame`` (rows numbered from 0), births until 2024 included."""
    rng = world.rng("members")
    homes = len(frame)
    condition = frame["condition_2018"].to_numpy()
    size = np.clip(1 + rng.poisson(np.clip(2.35 - 0.50 * condition, 0.5, 6)), 1, 9)
    born = np.minimum(rng.poisson(np.clip(0.38 - 0.13 * condition, 0.05, 1.2)), 3)
    born[size < 2] = 0
    total = size + born
    home = np.repeat(np.arange(homes), total)
    order = np.concatenate([np.arange(n) for n in total])
    people = pd.DataFrame({"home": home, "order": order})
    count = len(people)
    people["enters"] = (order >= size[home]).astype(int)
    head_age = np.clip(np.rint(rng.gamma(9, 4.8, homes)), 21, 84)
    couple = (rng.random(homes) < 0.66) & (size >= 2)
    woman_head = rng.random(homes) < np.where(couple, 0.22, 0.72)

    is_head = order == 0
    is_spouse = (order == 1) & couple[home]
    kin = rng.random(count) < 0.14
    role = np.select(
        [is_head, is_spouse, kin & (people["enters"] == 0)], ["jefe", "conyuge", "otro"], "hijo"
    )
    role = np.where((people["enters"] == 1) & (head_age[home] > 48), "otro", role)
    span = np.clip(head_age[home] - 18, 1, 30)
    child_age = np.floor(rng.random(count) ** 1.15 * span)
    other_age = np.floor(rng.uniform(0, 82, count))
    spouse_age = np.clip(head_age[home] + np.rint(rng.normal(-2, 4, count)), 18, 88)
    age = np.select([is_head, is_spouse, role == "otro"], [head_age[home], spouse_age, other_age],
                    child_age)  # fmt: skip
    newborn = -np.floor(rng.uniform(1, LATER + 1, count))
    people["age_2018"] = np.where(people["enters"] == 1, newborn, age).astype(int)
    sex = np.where(rng.random(count) < 0.505, "mujer", "hombre")
    head_sex = np.where(woman_head[home], "mujer", "hombre")
    spouse_sex = np.where(woman_head[home], "hombre", "mujer")
    people["sexo"] = np.select([is_head, is_spouse], [head_sex, spouse_sex], sex)
    people["parentesco"] = role
    people["persona"] = [
        f"{name[1:]}{chr(97 + n)}"
        for name, n in zip(frame["hogar"].to_numpy()[home], order, strict=True)
    ]
    people["persona"] = "p" + people["persona"]
    luck = rng.random(homes)
    group = np.full(homes, "ninguno", dtype=object)
    for code, (name, share) in ETHNIC.items():
        group[(frame["municipio"].to_numpy() == code) & (luck < share)] = name
    people["grupo_etnico"] = group[home]
    people["discapacidad"] = (rng.random(count) < 0.055).astype(int)
    grown = (role == "hijo") & people["age_2018"].between(19, 32).to_numpy()
    frail = (people["age_2018"] > 80).to_numpy() & ~is_head
    leave = rng.random(count)
    people["leaves"] = (grown & (leave < 0.55)) | (frail & (leave < 0.5))
    # Schooling of those who were grown at the baseline: a trait, no service day changes it.
    h = condition[home]
    older = np.clip(people["age_2018"] - 28, 0, 60)
    years = 9.2 + 2.5 * h + rng.normal(0, 2.2, count) - 0.08 * older
    people["grown_years"] = np.clip(np.rint(years), 0, 19).astype(int)
    names = ("attend", "pregnant", "lag", "read", "insured", "works", "kind")
    draws = pd.DataFrame({name: rng.random(count) for name in names})
    return Members(people, draws)


def _known(where: pd.Series, values: Any) -> pd.Series:
    """Whole numbers where they are asked, missing elsewhere."""
    return pd.Series(values, index=where.index).astype("Int64").where(where)


def _schooling(
    people: pd.DataFrame, age: pd.Series, luck: pd.DataFrame, h: np.ndarray
) -> pd.Series:
    """Completed years: those on time have age - 6; the poor are more often behind."""
    behind = np.where(luck["lag"] < logistic(-1.4 - 1.0 * h), np.floor(1 + 12 * luck["lag"]), 0)
    child = np.clip(age - 6 - np.clip(behind, 0, 3), 0, 11)
    grown = np.where(people["age_2018"] >= 18, people["grown_years"], np.clip(age - 6 - behind, 0,
                     np.clip(people["grown_years"], 5, 16)))  # fmt: skip
    years = np.where(age < 18, child, grown)
    return _known(age >= 5, years)


def _occupation(age: pd.Series, goes: np.ndarray, h: np.ndarray, luck: pd.DataFrame) -> pd.Series:
    """Missing under 12; children who work do it informally."""
    works, kind = luck["works"].to_numpy(), luck["kind"].to_numpy()
    child = np.where(goes, "estudia", "hogar")
    child = np.where(works < logistic(-3.0 - 0.9 * h), "informal", child)
    active = works < 0.62
    job = np.where(kind < logistic(-0.55 + 1.15 * h), "formal", "informal")
    idle = np.where(works > 0.94, "desocupado", "hogar")
    adult = np.where(active, job, idle)
    does = np.select(
        [age < 18, (age < 25) & goes, age >= 66],
        [child, "estudia", np.where(works < 0.22, job, "pensionado_o_mayor")],
        adult,
    )
    return pd.Series(does, index=age.index, dtype="str").where(age >= 12)
