"""The workbook against stock Papermill: same notebooks, parameters and results, in one run.

Stock is what Papermill's manual says: one ``papermill`` process a notebook, the stock kernel, one
notebook after another, and then the same rendering. Times are told as ratios of medians; the
seconds are of this machine and this minute. Promised: one territory from a cold start at least 5
times faster, a run without changes at most 1 % of a full one. Other territories and sizes:
``python -m benchmarks.workbook --territory 73 --raw FOLDER --sizes 1,10,47``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from gsi import reporting, store
from gsi.context import Territory
from gsi.kernels import Kernel, server
from gsi.kernels.threads import one_thread
from gsi.project import Project
from gsi.reporting.engine import Format, render
from gsi.store import Store
from gsi.workbook import RESULTS, Workbook
from gsi.workflow import freshness, notebooks
from gsi.workflow.run import run
from gsi.workflow.territory import Job

ONE_COLD = 5.0  # times stock Papermill, at least
UNCHANGED = 0.01  # of the full time, at most
FORMATS: tuple[Format, ...] = ("html", "pdf", "docx")


def seconds(action: Callable[[], object]) -> float:
    """How long ``action`` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def stock(project: Project, prepared: Store, place: Territory, raw: str | None) -> None:
    """A territory with stock tools; raises when a notebook fails."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        environment = {**os.environ, "GSI_PROJECT": str(project.root), RESULTS: str(folder)}
        one_thread(environment)
        given = {"territory": place.code} | ({"raw": raw} if raw else {})
        for notebook in notebooks.in_order(project.notebooks):
            subprocess.run(
                [
                    sys.executable, "-m", "papermill", str(notebook), str(folder / notebook.name),
                    "--kernel", "python3", "--cwd", str(project.notebooks), "--no-progress-bar",
                    *(word for key, value in given.items() for word in ("-r", key, value)),
                ],
                env=environment,
                capture_output=True,
                check=True,
            )  # fmt: skip
        rendering(project, prepared, place, folder)


def rendering(project: Project, prepared: Store, place: Territory, results: Path) -> None:
    """Both reports in every format from the notebooks' results."""
    workbook = replace(Workbook.of(project, prepared, place), results=results)
    with tempfile.TemporaryDirectory() as temporary:
        filled = Path(temporary) / "informe"
        reporting.fill(workbook, filled)
        names = reporting.documents(project.reports)
        render(filled, names, list(FORMATS), Path(temporary) / "out", "embedded")


def jobs(
    project: Project, prepared: Store, places: Sequence[Territory], raw: str | None
) -> list[Job]:
    """The workbook's own jobs for ``places``."""
    return [Job(project, prepared, place, None, None, raw, FORMATS, "embedded") for place in places]


def compare(codes: Sequence[str], sizes: Sequence[int], repeat: int, raw: str | None) -> bool:
    """Print the ratios for the first of ``codes`` and the growth over ``sizes`` of them.

    Whether what is promised of the smallest size and of an unchanged run was kept.
    """
    original = Project.find(raw=raw)
    with tempfile.TemporaryDirectory() as temporary:
        project = Project(
            original.root, original.raw, Path(temporary) / "processed", Path(temporary) / "out"
        )
        prepared = store.prepare(project)
        places = [prepared.territories.resolve(code) for code in codes]
        given = os.path.relpath(project.raw, project.root) if raw else None
        workers = os.cpu_count() or 1
        plain = statistics.median(
            seconds(lambda: stock(project, prepared, places[0], given)) for _ in range(repeat)
        )
        print(f"{'territorios':>12} {'s por territorio':>17} {'veces Papermill':>16}")
        first = 0.0
        for size in sizes:
            todo = jobs(project, prepared, places[:size], given)
            spent = []
            for _ in range(repeat):
                shutil.rmtree(project.processed, ignore_errors=True)
                spent.append(seconds(lambda todo=todo: run(todo, workers, _quiet)))
            each = statistics.median(spent) / size
            first = first or each
            print(f"{size:12} {each:17.2f} {plain / each:16.1f}")
        basis = freshness.Basis(project, prepared)
        again = seconds(lambda: [freshness.judge_job(basis, job) for job in todo])
        share = again / (each * sizes[-1])
        print(f"Sin cambios, parte del tiempo completo: {share:.2%}")
    return plain / first >= ONE_COLD and share <= UNCHANGED


def kernels(repeat: int) -> None:
    """Print what an empty notebook costs with a cold kernel and with a forked one."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "00_vacio.ipynb"
        cell = new_code_cell(
            "import pandas, seaborn, geopandas", id="a", metadata={"tags": ["parameters"]}
        )
        nbformat.write(new_notebook(cells=[cell]), source)
        found = {}
        target = Path(temporary) / "x.ipynb"
        kinds: tuple[Kernel, ...] = ("stock", "forked")
        for kernel in kinds:
            notebooks.execute(source, target, {}, kernel)  # the server's warming is not counted
            found[kernel] = statistics.median(
                seconds(lambda kernel=kernel: notebooks.execute(source, target, {}, kernel))
                for _ in range(repeat)
            )
        server.close_all()
    ratio = found["stock"] / found["forked"]
    print(f"Cuaderno que solo importa sus bibliotecas, frío / copiado: {ratio:.1f}")


def _quiet(_place: Territory, _what: str) -> None:
    """No progress line in a measurement."""


def main(
    repeat: int = 3, territory: str = "00", sizes: Sequence[int] = (1, 4), raw: str | None = None
) -> bool:
    """Print the comparison of kernels and of whole territories; whether promises were kept."""
    known = store.prepare(Project.find(raw=raw)).territories
    place = known.resolve(territory)
    codes = [place.code, *(one.code for one in known.municipalities(place.department))]
    codes = list(dict.fromkeys(codes))
    codes += [one.code for one in known if one.code not in codes and one.level == "municipality"]
    kernels(repeat)
    return compare(codes[: max(sizes)], sizes, repeat, raw)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--territory", default="00")
    parser.add_argument("--raw", help="input folder [data/raw]")
    parser.add_argument("--sizes", default="1,4", help="how many territories, by commas")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    wanted = sorted(int(size) for size in given.sizes.split(","))
    sys.exit(0 if main(given.repeat, given.territory, wanted, given.raw) else 1)
