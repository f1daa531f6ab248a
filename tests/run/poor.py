"""A territory with less than everything: its notebooks' cells and its reports' check, in this
process, without a kernel: what a cell or a template takes for granted is found here."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from gsi.contract import tables
from gsi.ground.kept import Kept
from gsi.ground.project import Project
from gsi.inputs.data import Data
from gsi.inputs.store import Store
from gsi.report.engine import rendering as engine
from gsi.report.fill import documents, fill
from gsi.report.workbook import Workbook
from gsi.run import notebooks

Tables = dict[str, pd.DataFrame]
# What is left of the department's tables for a territory's code.
Edit = Callable[[Tables, str], Tables]


def make(project: Project, prepared: Store, code: str, edit: Edit, folder: Path) -> Workbook:
    """The sections, figures and web pages of ``code`` in ``folder``, a new folder, from what
    ``edit`` leaves of its tables; raises what a cell or the reports' check does."""
    whole = Workbook.of(project, prepared, prepared.territories.resolve(code), 2018, 2024)
    given = prepared.data(whole.territory)
    reported = {name: given.department(name) for name in tables.names()}
    left = edit({name: rows for name, rows in reported.items() if not rows.empty}, code)
    # The memory of the prepared inputs takes a department's rows for those in its folder.
    context = dataclasses.replace(
        whole.context, data=Data(left, whole.territory, given.names), kept=Kept()
    )
    book = dataclasses.replace(whole, context=context, results=folder)
    with patch.object(Workbook, "open", lambda *_args, **_options: book):
        for notebook in notebooks.in_order(project.notebooks):
            _execute(notebook)
    fill(book, folder / "informe")
    names = documents(project.reports)
    engine.render(folder / "informe", names, ["html"], folder / "informes", "embedded")
    return book


def _execute(notebook: Path) -> None:
    names: dict[str, Any] = {}
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            place = f"{notebook.name}#{cell['id']}"
            exec(compile("".join(cell["source"]), place, "exec"), names)


def own(found: Tables, name: str, code: str) -> pd.Series:
    """Which rows of a table are the territory's."""
    table = found[name]
    if "municipio" in table:
        return table["municipio"].astype("str").str.startswith(code)
    key, parent = Data.PARENTS[name]
    if parent not in found:
        return pd.Series(False, table.index)
    return table[key].isin(found[parent].loc[own(found, parent, code), key])


def only(*names: str) -> Edit:
    """No table but ``names``."""
    return lambda found, _code: {name: rows for name, rows in found.items() if name in names}


def without(*names: str) -> Edit:
    """All tables but ``names``."""
    return lambda found, _code: {name: rows for name, rows in found.items() if name not in names}


def first_rows(count: int, *but: str) -> Edit:
    """``count`` rows of the territory in each table but ``but``; its neighbours' as they are."""

    def edit(found: Tables, code: str) -> Tables:
        left = {}
        for name, rows in found.items():
            mine = own(found, name, code)
            kept = ~mine | (mine.cumsum() <= count) | (name in but)
            left[name] = rows[kept].reset_index(drop=True)
        return left

    return edit


def alone(found: Tables, code: str) -> Tables:
    """No row of any neighbour."""
    return {
        name: rows[own(found, name, code)].reset_index(drop=True) for name, rows in found.items()
    }


def indicators(*names: str) -> Edit:
    """Everything, but of the territory no other indicators than ``names``."""

    def edit(found: Tables, code: str) -> Tables:
        rows = found["indicadores"]
        kept = ~own(found, "indicadores", code) | rows["indicador"].isin(names)
        return found | {"indicadores": rows[kept].reset_index(drop=True)}

    return edit


def chance(seed: int) -> Edit:
    """Each table whole, missing, or with some or one of its rows, as a seed says."""
    draw = np.random.default_rng(seed)

    def edit(found: Tables, code: str) -> Tables:
        richness = draw.random()
        left = {}
        for name in sorted(found):
            rows, mine = found[name], own(found, name, code)
            some = mine & (draw.random(len(rows)) < draw.choice([0.02, 0.3]))
            one = pd.Series(np.arange(len(rows)) == draw.integers(len(rows)), rows.index)
            ways: Sequence[pd.Series | None] = (
                None, ~mine | True, ~mine, ~mine | some, ~mine | (mine & (mine.cumsum() == 1)),
                mine, one,
            )  # fmt: skip
            odds = np.array([1, 3 * richness, 1, 1, 1, 0.5, 0.5])
            if name == "poblacion":
                odds[[3, 4, 6]] = 0  # sources give every age of a place
            kept = ways[draw.choice(len(ways), p=odds / odds.sum())]
            if kept is not None:
                left[name] = rows[kept].reset_index(drop=True)
        return left

    return edit
