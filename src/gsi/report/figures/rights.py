"""Figure of the rights: each indicator of the territory against its reference."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from gsi.analysis.comprehension.states import BETTER, COMPARED, WORSE
from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, flag, percent, text
from gsi.contract.params.indicators import TRANSVERSAL
from gsi.contract.vocabulary import RIGHTS
from gsi.ground import locale
from gsi.ground.frames import records
from gsi.report.figures.blocks import EDGE, rows_high, stack
from gsi.report.figures.picture import Picture
from gsi.report.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    VERMILION,
    legend_outside,
    name_rows,
    new_figure,
)

COLOURS = {BETTER: BLUE, WORSE: VERMILION}
MOST_ROWS = 20  # what fits a printed page: the most distant
START = 0.58  # where the sparklines begin, right of the written values
MOST = 100.0  # beyond this relative distance the dot stands at the edge, its value written


def drawn(section: Section) -> pd.DataFrame:
    """The indicators compared, with ``distancia`` (percent of the reference, worse is positive).

    With more than ``MOST_ROWS``, the most distant, better or worse; the caption says so.
    """
    table = section.tables["indicators"].data
    table = table[table["gravedad"].notna() & table["estado"].isin(COMPARED)].copy()
    table["distancia"] = 100 * table["gravedad"]
    if len(table) > MOST_ROWS:
        size = table["distancia"].abs().sort_values(ascending=False, kind="stable")
        table = table.loc[size.index[:MOST_ROWS]]
    return table


def distances(section: Section, context: Context) -> Picture | None:
    """Relative distance to the reference (worse to the right), grouped by category of rights; at
    the right, value, reference and the line of every year published.

    A distance beyond the axis stands at its edge with an arrow and its value. None where nothing
    can be compared.
    """
    if not section.facts["comparable"].value:
        return None
    table = drawn(section)
    labels = {TRANSVERSAL: "Condiciones de vida", **RIGHTS}
    left_out = {label: _left_out(section, right) for right, label in labels.items()}
    blocks = [
        (label, table[table["derecho"] == right].sort_values(["distancia", "indicador"]))
        for right, label in labels.items()
    ]
    sizes = [max(len(rows), 1) for _, rows in blocks]
    figure = new_figure(1.0 + 0.19 * rows_high(sizes))
    axis, side = figure.subplots(1, 2, sharey=True, width_ratios=[1, 0.62])
    axis.set_xlim(-MOST * 1.05, MOST * 1.05)
    axis.set_xticks([-MOST, -50, 0, 50, MOST])
    axis.xaxis.set_major_formatter(
        lambda value, _: f"{'+' if value > 0 else ''}{locale.percent(value)}"
    )
    places = stack(axis, [label for label, _ in blocks], sizes, foot=LIGHT, fontsize=9)
    for place, (label, rows) in zip(places, blocks, strict=True):
        axis.vlines(0, place[-1] - EDGE, place[0] + EDGE, color=INK, linewidth=0.9)
        if rows.empty:
            axis.text(-MOST, place[0], left_out[label], va="center", fontsize=8, color=INK)
    shown = pd.concat([rows for _, rows in blocks])
    shown["lugar"] = np.concatenate(
        [place[: len(rows)][::-1] for place, (_, rows) in zip(places, blocks, strict=True)]
    )
    marks = _distances(axis, shown)
    _trends(side, shown, _lines(section))
    reference = section.facts["reference"]
    axis.set_xlabel(
        f"Mejor que {reference}  ←  distancia relativa  →  Peor que {reference}", fontsize=9
    )
    legend_outside(
        figure,
        handles=marks,
        side="upper",
        at="right",
        ncols=3,
        fontsize=8.5,
        title=(
            "A la derecha: valor del territorio (valor de la referencia) y su línea en el tiempo,\n"
            "cortada entre años que no se comparan"
        ),
        title_fontsize=8.5,
    )
    worst = table[table["distancia"] > 0].nlargest(1, "distancia")
    best = table[table["distancia"] < 0].nsmallest(1, "distancia")
    return Picture(
        figure,
        {
            "drawn": count(len(table)),
            "cut": flag(len(table) < section.facts["comparable"].value),
            "ends": [
                {
                    "worse": flag(row["distancia"] > 0),
                    "name": text(row["nombre"]),
                    "distance": percent(abs(row["distancia"]), 0),
                    "value": text(_with_unit(row["valor"], row["unidad"])),
                    "reference": text(_with_unit(row["referencia"], row["unidad"])),
                }
                for row in records(pd.concat([worst, best]))
            ],
        },
    )


def _with_unit(value: float, unit: str) -> str:
    """A value as it is written beside its row."""
    return locale.percent(value, 1) if unit == "%" else locale.number(value, 1)


def _left_out(section: Section, right: str) -> str:
    """What stands where a category has no row: nothing to compare, or nothing that far away."""
    table = section.tables["indicators"].data
    compared = table[(table["derecho"] == right) & table["estado"].isin(COMPARED)]
    if compared.empty:
        return "Sin dato para comparar"
    return f"Comparados: {len(compared)}; ninguno entre los que más se apartan"


def _distances(axis: Axes, rows: pd.DataFrame) -> list[Line2D]:
    """Name, line and dot of each row; the dots by state, for the legend."""
    state = rows["estado"]
    colours = [COLOURS.get(word, GREY) for word in state]
    ends = rows["distancia"].clip(-MOST, MOST)
    axis.hlines(rows["lugar"], 0, ends, color=colours, linewidth=1.6)
    name_rows(axis, rows["lugar"], [_short(name) for name in rows["nombre"]], fontsize=8)
    marks = []
    for label, colour, marker, part in (
        ("peor", VERMILION, "o", state == WORSE),
        ("sin diferencia clara", GREY, "D", ~state.isin([WORSE, BETTER])),
        ("mejor", BLUE, "s", state == BETTER),
    ):
        marks += axis.plot(
            ends[part], rows.loc[part, "lugar"], marker, color=colour,
            markersize=5, label=label,
        )  # fmt: skip
    for row in rows[rows["distancia"].abs() > MOST].to_dict("records"):
        right = row["distancia"] > 0
        words = locale.percent(row["distancia"])
        axis.annotate(
            f"+{words} →" if right else f"← {words}",
            (MOST if right else -MOST, row["lugar"]), xytext=(-7 if right else 7, 0),
            textcoords="offset points", va="center", ha="right" if right else "left", fontsize=7,
            color=INK, in_layout=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    return marks


def _lines(section: Section) -> dict[str, pd.DataFrame]:
    """Indicator → periodo, valor of the series of its value, oldest first."""
    series = section.tables["series"].data
    return {
        str(key): rows.sort_values("periodo")
        for key, rows in series.groupby("indicador", sort=True)
    }


def _trends(axis: Axes, rows: pd.DataFrame, lines: dict[str, pd.DataFrame]) -> None:
    """Value, reference and sparkline of each row, cut where the series breaks; a point where there
    is one measurement only."""
    axis.set_axis_off()
    axis.set_xlim(0, 1.03)
    paths, points, colours = [], [], []
    for row in rows.to_dict("records"):
        unit = " %" if row["unidad"] == "%" else ""
        words = (
            f"{locale.number(row['valor'], 1)}{unit}  ({locale.number(row['referencia'], 1)}{unit})"
        )
        axis.text(0, row["lugar"], words, va="center", fontsize=7.5, color=INK, in_layout=False)
        line = lines.get(row["indicador"])
        if line is None or line.empty:
            continue
        when, value = line["periodo"].to_numpy(float), line["valor"].to_numpy(float)
        x = START + (1 - START) * _unit(when)
        heights = row["lugar"] + 0.32 * (2 * _unit(value) - 1)
        path = np.column_stack([x, heights])
        parts = np.flatnonzero(np.diff(line["tramo"].to_numpy(int))) + 1
        paths += [part for part in np.split(path, parts) if len(part) > 1]
        now = path[when == row["periodo"]]
        points.append(now)
        colours += [COLOURS.get(row["estado"], GREY)] * len(now)
    axis.add_collection(
        LineCollection(paths, colors=INK, linewidths=0.9, capstyle="round", in_layout=False),
        autolim=False,
    )
    if points:
        x, heights = np.concatenate(points).T
        axis.scatter(
            x, heights, s=3.2**2, color=colours, linewidths=1, clip_on=False,
            zorder=2.5, in_layout=False,
        )  # fmt: skip


def _unit(values: np.ndarray) -> np.ndarray:
    """Between 0 and 1; in the middle when there is nothing to compare."""
    span = np.ptp(values)
    return (values - values.min()) / span if span else np.full(values.shape, 0.5)


def _short(name: str) -> str:
    """Indicator names without the words that every row repeats."""
    for long, short in (
        ("(estimación de área pequeña)", "(área pequeña)"),
        ("Niñas y niños con educación inicial en el marco de la", "Educación inicial con"),
        ("infección respiratoria aguda", "infección respiratoria"),
        ("enfermedad diarreica aguda", "diarrea"),
        ("niñas, niños y adolescentes", "la niñez y la adolescencia"),
        ("inseguridad alimentaria moderada o grave (FIES)", "inseguridad alimentaria"),
        ("material inadecuado de paredes exteriores", "paredes inadecuadas"),
        ("material inadecuado de pisos", "pisos inadecuados"),
        ("barreras a servicios para la primera infancia", "barreras a primera infancia"),
        ("barreras de acceso a servicios de salud", "barreras de acceso a salud"),
        ("sin acceso a fuente de agua mejorada", "sin agua mejorada"),
        ("inadecuada eliminación de excretas", "excretas sin eliminación adecuada"),
    ):
        name = name.replace(long, short)
    return name[:1].upper() + name[1:]
