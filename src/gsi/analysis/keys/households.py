"""Household measures of a territory at its two cuts: IPM and ICV, with the design's errors.

Everything is decided on the households of the whole department: the frozen ICV scores, the design
and what is withheld, so that a municipality's report says what the department's says of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gsi.analysis.context import Context
from gsi.contract import tables
from gsi.ground.errors import Finding, UserMistake
from gsi.measure import living_conditions, poverty, survey
from gsi.measure.living_conditions import Scores
from gsi.measure.poverty import Scheme
from gsi.measure.survey import Design, Estimate, Ratio

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Cuts:
    """The two cuts that the households give: the one that stands for each year, or None."""

    baseline: int | None
    follow_up: int | None

    @property
    def years(self) -> list[int]:
        return [cut for cut in (self.baseline, self.follow_up) if cut is not None]


@dataclass(frozen=True)
class Measured:
    """Households of both cuts stacked: ``rows`` (the contract's columns), scored.

    ``rows`` keep only households with every privation; ``incomplete`` were left out. ``points`` and
    ``scores`` are None where the households bring no variable of the ICV.
    """

    rows: pd.DataFrame
    cuts: Cuts
    who: poverty.Identification
    people: Design
    homes: Design
    points: pd.DataFrame | None
    scores: Scores | None
    incomplete: int
    own: Flags

    def domain(self, cut: int | None, where: Flags | None = None) -> Flags:
        """Own households of a cut, and of ``where`` if given."""
        mask = self.own & (self.rows["corte"] == (cut if cut is not None else -1)).to_numpy()
        return mask if where is None else mask & where

    def poverty(self, domain: Flags) -> dict[str, Ratio]:
        """H, A and M0 of people."""
        return poverty.ratios(self.who, self.people, domain)

    def living(self, domain: Flags, variables: list[str] | None = None) -> Ratio:
        """Mean ICV points of households: of all variables, or of some."""
        if self.points is None:
            raise ValueError("these households have no variable of the living conditions index")
        points = self.points if variables is None else self.points[variables]
        return survey.ratio(points.sum(axis=1), None, self.homes, domain)

    def estimate(self, ratio: Ratio, level: float, *, bounded: bool) -> Estimate:
        """Value, error and interval (people and homes share clusters, so either design serves)."""
        return survey.interval(ratio, self.people, level, bounded=bounded)

    @cached_property
    def panel(self) -> bool:
        """True when some household was measured at both cuts."""
        return bool(self.rows["hogar"].duplicated().any())


def cuts(context: Context) -> Cuts:
    """The latest household cut up to the baseline year (else the earliest) and, after it, the
    latest up to the follow-up year."""
    found = sorted(int(year) for year in context.data.department("hogares")["corte"].unique())
    if not found:
        return Cuts(None, None)
    before = [year for year in found if year <= context.years.baseline]
    baseline = before[-1] if before else found[0]
    after = [year for year in found if baseline < year <= context.years.follow_up]
    return Cuts(baseline, after[-1] if after else None)


def measured(context: Context) -> Measured:
    """Score the department's households at both cuts; the territory must have households."""
    settings = context.params.plan
    at = cuts(context)
    rows = context.data.department("hogares")
    rows = rows[rows["corte"].isin(at.years)].reset_index(drop=True)
    scheme = Scheme.of(
        {name: item.weight for name, item in settings.poverty.privations.items()},
        settings.poverty.k,
    )
    who = poverty.identify(rows, scheme)
    rows = rows[who.complete].reset_index(drop=True)
    categories = living_categories(rows, context.data.department("personas"), context)
    base = (rows["corte"] == at.baseline).to_numpy()
    scores = living_scores(categories[base], rows.loc[base, "peso"], context)
    stratum, psu = _design_labels(rows)
    weight = rows["peso"].to_numpy(np.float64)
    return Measured(
        rows,
        at,
        who,
        Design.of(weight * rows["personas"].to_numpy(np.float64), stratum=stratum, psu=psu),
        Design.of(weight, stratum=stratum, psu=psu),
        None if scores is None else living_conditions.score(categories, scores),
        scores,
        int((~who.complete).sum()),
        context.territory.owns(rows["municipio"]).to_numpy(bool),
    )


def own_poor(context: Context) -> tuple[poverty.Identification, Design, NDArray[np.int64]]:
    """Who is poor among the territory's own households, the weights of their people, and the cut
    of each: what a notebook counts with, and nothing of a neighbour."""
    m = measured(context)
    who = replace(
        m.who,
        deprived=m.who.deprived[m.own],
        score=m.who.score[m.own],
        poor=m.who.poor[m.own],
        complete=np.ones(int(m.own.sum()), bool),
    )
    return who, Design.of(m.people.weight[m.own]), m.rows["corte"].to_numpy(np.int64)[m.own]


def living_scores(base: pd.DataFrame, weight: pd.Series, context: Context) -> Scores | None:
    """The scores that rule: those of the frozen baseline, else an official table given in the
    parameters, else the ones that the baseline's households ``base`` give.

    None when fewer than two variables vary among them, or none goes with another. Raises
    :class:`UserMistake` when the frozen scores are not of the variables, the categories or the
    official table that the parameters now declare.
    """
    settings = context.params.plan.living_conditions
    sizes = living_sizes(context)
    given = settings.official
    if context.scored_by is not None and context.scored_by.scores is not None:
        check_frozen(context)
        return context.scored_by.scores
    if given is not None:
        wrong = [name for name, size in sizes.items() if len(given.points[name]) != size]
        if wrong:
            raise UserMistake(
                Finding(
                    f"parámetros, plan.living_conditions.official.points.{name}",
                    f"debe dar puntos a las {sizes[name]} categorías de la variable",
                    f"{len(given.points[name])} valores",
                    "Las categorías, de la peor a la mejor, están en el diccionario de tablas.",
                )
                for name in wrong
            )
        return living_conditions.official(base, given.points, weight, given.citation)
    if base.empty:
        return None
    try:
        return living_conditions.fit(
            base, sizes, weight, tolerance=settings.tolerance, iterations=settings.iterations
        )
    except living_conditions.NoCommonCondition:
        return None


def check_frozen(context: Context) -> None:
    """:class:`UserMistake` when the frozen ICV scores are not of what the parameters declare."""
    frozen = context.scored_by.scores if context.scored_by is not None else None
    if frozen is None:
        return
    given = context.params.plan.living_conditions.official
    sizes = living_sizes(context)
    same = {name: len(values) for name, values in frozen.points.items()} == sizes
    if same and given is not None:
        same = {name: tuple(values) for name, values in given.points.items()} == dict(frozen.points)
    if not same:
        raise UserMistake(
            Finding(
                "parámetros, plan.living_conditions",
                "las condiciones de vida se miden con los puntajes de la línea de base congelada",
                "variables, categorías o puntajes distintos de los congelados",
                f"Devuelva los parámetros a los de la línea de base {context.years.baseline}, o "
                "sustitúyala: gsi baseline freeze con --supersede y --reason.",
            )
        )


def living_labels(context: Context) -> dict[str, list[str]]:
    """Variable → its ordered categories, worst to best, as the tables and parameters give them."""
    labels = {}
    for name, variable in context.params.plan.living_conditions.variables.items():
        if variable.cuts is None:
            values = tables.schema("hogares").column(name).values or ()
            labels[name] = [value.replace("_", " ") for value in values]
        else:
            bands = _bands(variable.cuts)
            labels[name] = bands[::-1] if variable.descending else bands
    return labels


def living_sizes(context: Context) -> dict[str, int]:
    """Variable → number of ordered categories."""
    return {name: len(labels) for name, labels in living_labels(context).items()}


def living_categories(rows: pd.DataFrame, personas: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Category codes (0 worst) of the ICV variables of each household in ``rows``."""
    numbers = _numbers(rows, personas)
    codes: dict[str, object] = {}
    for name, variable in context.params.plan.living_conditions.variables.items():
        if variable.cuts is None:
            order = tables.schema("hogares").column(name).values or ()
            codes[name] = rows[name].map({value: code for code, value in enumerate(order)})
        else:
            codes[name] = living_conditions.banded(
                numbers[name], variable.cuts, descending=variable.descending
            )
    return pd.DataFrame(codes, index=rows.index).astype("float64")


def _numbers(rows: pd.DataFrame, personas: pd.DataFrame) -> pd.DataFrame:
    """Numeric ICV variables of each household; missing where nobody is of the age."""
    key = ["hogar", "corte"]
    people = personas[[*key, "edad", "parentesco", "asiste", "anos_educacion"]].copy()
    for column in ("edad", "asiste", "anos_educacion"):
        people[column] = people[column].astype("float64")
    age, years, attends = people["edad"], people["anos_educacion"], people["asiste"]
    people = people[key].assign(
        educacion_jefe=years.where(people["parentesco"] == "jefe"),
        educacion_12=years.where(age >= 12),
        asistencia_12_18=attends.where(age.between(12, 18)),
        asistencia_5_11=attends.where(age.between(5, 11)),
        ninos_6=(age <= 6).astype("float64"),
    )
    homes = people.groupby(key)
    parts = homes[["educacion_12", "asistencia_12_18", "asistencia_5_11"]].mean()
    parts = parts.join(homes["educacion_jefe"].max()).join(homes["ninos_6"].sum())
    place = pd.MultiIndex.from_frame(rows[key])
    found = parts.reindex(place).set_index(rows.index)
    persons, rooms = (rows[name].astype("float64") for name in ("personas", "cuartos"))
    return found.assign(personas_cuarto=persons / rooms)


def _design_labels(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Strata and PSUs; a household without PSU is its own.

    A panel keeps its labels over the cuts, so that the covariance of a household with itself is
    taken; independent samples get labels of their own at each cut.
    """
    stratum = rows["estrato"].fillna("").astype("str")
    psu = rows["upm"].where(rows["upm"].notna() & (rows["upm"] != ""), rows["hogar"]).astype("str")
    if not rows["hogar"].duplicated().any():
        cut = rows["corte"].astype("str") + "|"
        stratum, psu = cut + stratum, cut + psu
    return stratum, psu


def _bands(cuts: tuple[float, ...]) -> list[str]:
    def plain(value: float) -> str:
        return f"{value:g}".replace(".", ",")

    middle = [f"de {plain(low)} a menos de {plain(high)}" for low, high in pairwise(cuts)]
    return [f"menos de {plain(cuts[0])}", *middle, f"{plain(cuts[-1])} o más"]
