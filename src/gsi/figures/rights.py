"""Figure of the rights: each indicator of the territory against its reference."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gsi import locale
from gsi.comprehension.states import BETTER, WORSE
from gsi.context import Context
from gsi.figures.style import BLUE, GREY, INK, LIGHT, VERMILION, light_grid, new_figure
from gsi.params.indicators import TRANSVERSAL
from gsi.results import Section
from gsi.vocabulary import RIGHTS

COLOURS = {BETTER: BLUE, WORSE: VERMILION}
MOST_ROWS = 20  # what fits a printed page: the worse ones first, then the most distant
MOST = 100.0  # beyond this relative distance the dot stands at the edge, its value written


def distances(section: Section, context: Context) -> Figure:
    """Relative distance to the reference (worse to the right), grouped by category of rights.

    With more than ``MOST_ROWS`` comparable indicators, the worse ones and then the most distant.
    """
    table = section.tables["indicators"].data
    table = table[table["gravedad"].notna()].copy()
    table["distancia"] = (100 * table["gravedad"]).clip(-MOST, MOST)
    if len(table) > MOST_ROWS:
        worse = table["estado"] == WORSE
        size = table["distancia"].abs() + 2 * MOST * worse
        table = table.loc[size.sort_values(ascending=False, kind="stable").index[:MOST_ROWS]]
    blocks = [
        (label, table[table["derecho"] == right].sort_values(["distancia", "indicador"]))
        for right, label in {TRANSVERSAL: "Condiciones de vida", **RIGHTS}.items()
    ]
    lines = sum(max(len(rows), 1) for _, rows in blocks)
    figure = new_figure(1.0 + 0.19 * (lines + 1.7 * len(blocks)))
    axes = figure.subplots(
        len(blocks),
        1,
        sharex=True,
        squeeze=False,
        gridspec_kw={"height_ratios": [max(len(rows), 1) + 0.6 for _, rows in blocks]},
    )[:, 0]
    for axis, (label, rows) in zip(axes, blocks, strict=True):
        place = np.arange(len(rows))
        colours = [COLOURS.get(state, GREY) for state in rows["estado"]]
        axis.hlines(place, 0, rows["distancia"], color=colours, linewidth=1.6)
        for y, x, colour, state in zip(
            place, rows["distancia"], colours, rows["estado"], strict=True
        ):
            marker = {WORSE: "o", BETTER: "s"}.get(state, "D")
            axis.plot(x, y, marker, color=colour, markersize=5)
        for y, row in zip(place, rows.to_dict("records"), strict=True):
            unit = " %" if row["unidad"] == "%" else ""
            axis.text(
                1.01,
                y,
                f"{locale.number(row['valor'], 1)}{unit}"
                f"  ({locale.number(row['referencia'], 1)}{unit})",
                transform=axis.get_yaxis_transform(),
                va="center",
                fontsize=7.5,
                color=INK,
            )
        axis.set_yticks(place, [_short(name) for name in rows["nombre"]], fontsize=8)
        if rows.empty:
            axis.text(-MOST, 0, "Sin dato para comparar", va="center", fontsize=8, color=INK)
        axis.set_ylim(-0.7, max(len(rows), 1) - 0.3)
        axis.axvline(0, color=INK, linewidth=0.9)
        axis.set_title(label, fontsize=9)
        axis.set_xlim(-MOST * 1.05, MOST * 1.05)
        axis.set_xticks([-MOST, -50, 0, 50, MOST])
        axis.xaxis.set_major_formatter(
            lambda value, _: f"{'+' if value > 0 else ''}{locale.number(value)} %"
        )
        light_grid(axis)
        axis.spines["left"].set_visible(False)
        axis.spines["bottom"].set_color(LIGHT)
    reference = section.facts["reference"]
    axes[-1].set_xlabel(
        f"Mejor que {reference}  ←  distancia relativa  →  Peor que {reference}", fontsize=9
    )
    handles = [
        Line2D([], [], marker=marker, color=colour, linestyle="", label=word)
        for word, colour, marker in (
            ("peor", VERMILION, "o"),
            ("sin diferencia clara", GREY, "D"),
            ("mejor", BLUE, "s"),
        )
    ]
    figure.legend(
        handles=handles,
        loc="outside upper right",
        ncols=3,
        fontsize=8.5,
        title="Valor del territorio (valor de la referencia)",
        title_fontsize=8.5,
    )
    return figure


def _short(name: str) -> str:
    """Indicator names without the words that every row repeats."""
    for long, short in (
        ("(estimación de área pequeña)", "(SAE)"),
        ("Niñas y niños con educación inicial en el marco de la", "Educación inicial con"),
        ("infección respiratoria aguda", "IRA"),
        ("enfermedad diarreica aguda", "EDA"),
        ("niñas, niños y adolescentes", "NNA"),
        ("inseguridad alimentaria moderada o grave (FIES)", "inseguridad alimentaria (FIES)"),
        ("material inadecuado de paredes exteriores", "paredes inadecuadas"),
        ("material inadecuado de pisos", "pisos inadecuados"),
        ("barreras a servicios para la primera infancia", "barreras a primera infancia"),
        ("barreras de acceso a servicios de salud", "barreras de acceso a salud"),
        ("sin acceso a fuente de agua mejorada", "sin agua mejorada"),
        ("inadecuada eliminación de excretas", "excretas sin eliminación adecuada"),
    ):
        name = name.replace(long, short)
    return name[:1].upper() + name[1:]
