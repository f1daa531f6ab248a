"""The line: the parts of one territory's run, each as a share of the whole.

Every figure is the median of several repetitions made in this same run, so that a slow machine
changes the seconds and not the shares.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gsi.ground.project import Project
from gsi.inputs import store
from gsi.report.engine.formats import FORMATS
from gsi.report.engine.rendering import render
from gsi.report.fill import documents, fill
from gsi.report.workbook import Workbook
from gsi.run import notebooks


def timed(action: Callable[[], object], repeat: int) -> float:
    """Median seconds of ``action``."""
    spent = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def parts(territory: str, repeat: int) -> dict[str, float]:
    """Seconds of each part of a run of ``territory`` on the project's own inputs."""
    project = Project.find()
    base = project.root / "data" / "processed" / "_base"
    found: dict[str, float] = {}

    def cold() -> None:
        shutil.rmtree(base, ignore_errors=True)
        store.prepare(project)

    found["preparar los datos, primera vez"] = timed(cold, repeat)
    found["preparar los datos, sin cambios"] = timed(lambda: store.prepare(project), repeat)
    prepared = store.prepare(project)
    place = prepared.territories.resolve(territory)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        parameters = {"territory": place.code, "processed": str(folder)}
        for notebook in notebooks.in_order(project.notebooks):
            found[f"cuaderno {notebook.stem}"] = timed(
                partial(notebooks.execute, notebook, folder / notebook.name, parameters), repeat
            )
        moved = Project.find(processed=folder)
        workbook = Workbook.of(moved, prepared, place)
        fill(workbook, folder / "informe")
        names = documents(project.reports)
        for name in FORMATS:
            found[f"informes en {name}"] = timed(
                partial(render, folder / "informe", names, [name], folder / name, "embedded"),
                repeat,
            )
    return found


def main(repeat: int = 3, territory: str = "00") -> None:
    """Print the table of parts."""
    found = parts(territory, repeat)
    whole = sum(seconds for name, seconds in found.items() if "sin cambios" not in name)
    print(f"{'parte':42} {'mediana (s)':>12} {'del total':>10}")
    for name, seconds in found.items():
        print(f"{name:42} {seconds:12.2f} {seconds / whole:10.1%}")
    first, again = (found[f"preparar los datos, {when}"] for when in ("primera vez", "sin cambios"))
    print(f"{'preparar sin cambios / primera vez':42} {again / first:23.3f}")
