"""Figures of key 4: who was reached, and where the next service days would reach most."""

from __future__ import annotations

import numpy as np

from gsi.analysis.context import Context
from gsi.analysis.keys.common import places
from gsi.analysis.results import Section, count, flag, percent, text
from gsi.ground import locale
from gsi.ground.frames import records
from gsi.report.figures.picture import Picture, ends, in_a_row
from gsi.report.figures.style import BLUE, GREEN, GREY, LIGHT, VERMILION, light_grid, new_figure

MOST_PLACES = 12
MOST_DAYS = 5  # that the alternative text tells one by one


def reached(section: Section, context: Context) -> Picture | None:
    """Share of identified people reached by micro-territory, the least reached first."""
    table = section.tables["microterritories"].data
    known = table[table["share"].notna()].sort_values(["share", "place"], ascending=[True, True])
    if known.empty or not section.facts["microterritories"].value:
        return None
    every, known = len(known), known.head(MOST_PLACES).iloc[::-1]
    figure = new_figure(0.7 + 0.19 * len(known))
    axis = figure.add_subplot()
    place = np.arange(len(known))
    never = known["days"].eq(0).fillna(False).to_numpy(dtype=bool)
    colours = np.where(never, VERMILION, BLUE)
    axis.barh(place, known["share"], color=colours, height=0.7)
    for y, share, none in zip(place.tolist(), known["share"], never, strict=True):
        label = "sin ninguna jornada" if none else locale.percent(share)
        axis.text(share + 0.8, y, label, va="center", fontsize=8.5)
    labels = [f"{row.place} ({row.name})" for row in known.itertuples(index=False)]
    axis.set_yticks(place, labels, fontsize=8.5)
    axis.set_xlim(0, 100)
    axis.xaxis.set_major_formatter(lambda value, _: locale.percent(value))
    axis.set_xlabel("Personas identificadas que fueron atendidas en jornadas")
    light_grid(axis)
    called = known["place"] + ", " + known["name"]
    return Picture(
        figure,
        {
            "all": count(every),
            "drawn": count(len(known)),
            "cut": flag(len(known) < every),
            "never": count(int(never.sum())),
            **ends(known["share"], called, lambda share: percent(share, 0)),
        },
    )


def groups(section: Section, context: Context) -> Picture | None:
    """Share of identified people reached by age group."""
    table = section.tables["groups"].data
    known = table[table["share"].notna() & (table["dimension"] == "Edad")].iloc[::-1]
    if known.empty:
        return None
    figure = new_figure(0.9 + 0.3 * len(known))
    axis = figure.add_subplot()
    place = np.arange(len(known))
    axis.barh(place, 100, color=LIGHT, height=0.62)
    axis.barh(place, known["share"], color=BLUE, height=0.62)
    for y, share in zip(place.tolist(), known["share"], strict=True):
        axis.text(share + 1, y, locale.percent(share), va="center", fontsize=9)
    axis.set_yticks(place, known["place"])
    axis.set_xlim(0, 100)
    axis.xaxis.set_major_formatter(lambda value, _: locale.percent(value))
    axis.set_xlabel("Personas identificadas que fueron atendidas en jornadas")
    down = known.iloc[::-1]
    return Picture(
        figure,
        {
            "ages": [
                {"label": text(label), "share": percent(share, 0)}
                for label, share in zip(in_a_row(down["place"]), down["share"], strict=True)
            ]
        },
    )


def next_days(section: Section, context: Context) -> Picture | None:
    """Where the proposed days are, in order, on the municipalities; bars of what each adds."""
    table = section.tables["next"].data
    shapes = context.data.boundaries()
    width_ratio = [1.0, 1.15] if shapes is not None else [1.0]
    figure = new_figure(2.7 if shapes is not None else 0.7 + 0.35 * len(table))
    axes = figure.subplots(1, len(width_ratio), width_ratios=width_ratio, squeeze=False)[0]
    if shapes is not None:
        axis = axes[0]
        mine = shapes[shapes["municipio"].isin(places(context))]
        mine.plot(ax=axis, color=LIGHT, edgecolor="white", linewidth=0.8)
        axis.scatter(table["lon"], table["lat"], s=110, color=GREEN, edgecolors="white", zorder=3)
        for _, days in table.groupby("place", sort=False):
            # A place with several days carries all their numbers.
            orders = "·".join(str(order) for order in days["order"])
            axis.text(
                float(days["lon"].iloc[0]), float(days["lat"].iloc[0]), orders, ha="center",
                va="center", color="white", fontsize=8.5 if len(days) < 3 else 6,
                fontweight="bold", zorder=4,
            )  # fmt: skip
        axis.set_axis_off()
    axis = axes[-1]
    rows = table.iloc[::-1]
    place = np.arange(len(rows))
    gains = rows["gain"].to_numpy(dtype=float)
    axis.barh(place, gains, color=GREEN, height=0.62)
    for y, gain in zip(place.tolist(), gains.tolist(), strict=True):
        axis.text(gain + gains.max() * 0.02, y, locale.number(gain), va="center", fontsize=8.5)
    labels = [f"{row.order}. {row.place}\n{row.name}" for row in rows.itertuples(index=False)]
    axis.set_yticks(place, labels, fontsize=8)
    axis.set_xlim(0, float(gains.max()) * 1.25)
    axis.set_xticks([])
    axis.spines["bottom"].set_visible(False)
    axis.set_xlabel("Personas que sumaría cada jornada (aprox.)", fontsize=8.5)
    return Picture(
        figure,
        {
            "cut": flag(len(table) > MOST_DAYS),
            "days": [
                {"place": text(f"{row['place']} ({row['name']})"), "gain": count(row["gain"])}
                for row in records(table.head(MOST_DAYS))
            ],
        },
    )


def calendar(section: Section, context: Context) -> Picture | None:
    """What the proposed days and the present calendar would reach of those not reached yet; None
    where how many are not reached is not known."""
    if not section.facts["next_share_known"].value:
        return None
    shares = [float(section.facts[name].value) for name in ("present_share", "next_share")]
    figure = new_figure(1.5)
    axis = figure.add_subplot()
    axis.barh([1, 0], shares, color=[GREY, GREEN], height=0.6)
    for y, share in zip((1, 0), shares, strict=True):
        axis.text(share + 0.5, y, locale.percent(share, 1), va="center")
    axis.set_yticks([1, 0], ["Repetir los últimos lugares", "Jornadas propuestas"])
    axis.set_xlim(0, max(*shares, 1) * 1.2)
    axis.set_xticks([])
    axis.spines["bottom"].set_visible(False)
    return Picture(figure)
