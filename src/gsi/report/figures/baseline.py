"""Figure of the baseline: the territory beside its department and the country."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, flag, percent, year
from gsi.ground.locale import rounded
from gsi.report.figures.blocks import rows_high, stack
from gsi.report.figures.picture import Picture, ends
from gsi.report.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    legend_outside,
    name_rows,
    new_figure,
    sign,
    spanish_axis,
)
from gsi.report.templates import Facts


def shown(section: Section) -> pd.DataFrame:
    """Indicators in percent, in the table's order: the only ones that share an axis. Of one or two
    cases there is no level to draw."""
    frame = section.tables["indicators"].data
    drawn = frame["share"].astype(bool) & ~frame["few_cases"].astype(bool)
    return frame[drawn].reset_index(drop=True)


def profile(section: Section, context: Context) -> Picture | None:
    """Percentages of the baseline by right: the territory's with interval, and its references."""
    frame = shown(section)
    if frame.empty:
        return None
    rights = list(dict.fromkeys(frame["right"]))
    sizes = [int((frame["right"] == right).sum()) for right in rights]
    figure = new_figure(0.95 + 0.205 * rows_high(sizes))
    axis = figure.subplots()
    axis.set_xlim(0, max(100.0, float(frame["value"].max()) + 2))
    axis.set_xticks(range(0, 101, 20))
    place = np.concatenate(stack(axis, rights, sizes, foot=GREY, fontsize=10.5))
    frame = frame.iloc[np.argsort(frame["right"].map(rights.index), kind="stable")]
    value = frame["value"].to_numpy(dtype=float)
    spread = np.abs(np.vstack([frame["low"], frame["high"]]).astype(float) - value)
    axis.hlines(place, 0, 100, color=GREY, linewidth=0.4, zorder=0)
    _beside(axis, frame, place, "country", "País", "o", INK, 34)
    if context.against == "department":
        _beside(axis, frame, place, "department", "Departamento", "D", ORANGE, 22)
    axis.errorbar(
        value, place, xerr=np.nan_to_num(spread), fmt="o", color=BLUE, markersize=6,
        elinewidth=1.3, label=context.territory.name, zorder=4,
    )  # fmt: skip
    name_rows(axis, place, [_short(name) for name in frame["name"]])
    axis.set_xlabel("Porcentaje")
    spanish_axis(axis)
    handles, labels = axis.get_legend_handles_labels()
    legend_outside(figure, handles[::-1], labels[::-1], side="upper", at="left", ncols=3)
    return Picture(figure, _told(frame, context))


def _told(frame: pd.DataFrame, context: Context) -> Facts:
    """Of the indicators drawn, and no others: the table also has rates and counts."""
    years = frame["year"].astype(int)
    both = frame.dropna(subset=[context.against])
    apart = [
        rounded(value, 1) - rounded(other, 1)
        for value, other in zip(both["value"], both[context.against], strict=True)
    ]
    return {
        "department": flag(context.against == "department"),
        "first_year": year(int(years.min())),
        "last_year": year(int(years.max())),
        "several_years": flag(bool(years.max() > years.min())),
        "drawn": count(len(frame)),
        "beside": count(len(both)),
        "over": count(sum(difference > 0 for difference in apart)),
        "under": count(sum(difference < 0 for difference in apart)),
        **ends(frame["value"], frame["name"], percent),
    }


def _beside(
    axis: Axes,
    frame: pd.DataFrame,
    place: np.ndarray,
    column: str,
    label: str,
    marker: str,
    colour: str,
    size: float,
) -> None:
    """The figures of a reference; those made here that may differ from the published ones stand
    as ≈, as the table marks them."""
    there = frame[column].notna().to_numpy()
    near = there & frame[f"{column}_approximate"].to_numpy(dtype=bool)
    known = there & ~near
    axis.scatter(
        frame.loc[known, column], place[known], marker=marker, s=size, facecolor="white",
        edgecolor=colour, label=label if known.any() else None, zorder=2,
    )  # fmt: skip
    axis.scatter(
        frame.loc[near, column], place[near], marker=sign("≈"), s=2.4 * size, color=colour,
        label=f"{label} (≈)" if near.any() else None, zorder=3, linewidths=0.6,
    )  # fmt: skip


def _short(name: str, most: int = 58) -> str:
    return name if len(name) <= most else name[: most - 1].rsplit(" ", 1)[0] + "…"
