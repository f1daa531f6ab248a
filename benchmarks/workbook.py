"""The workbook against stock Papermill: same notebooks, parameters, results and rendering.

Stock is what Papermill's manual says: one ``papermill`` process a notebook with the stock kernel,
one after another, and one process that renders both reports with the workbook's own engine. The
workbook is measured as a person runs it: the whole order ``gsi run``, from the shell. Both work on
one copy of the project, over inputs already prepared, in the same run; their reports and results
must be the same bytes. Seconds are of this machine and this minute, ratios of medians. Real data:

    python -m benchmarks.workbook --territory 73 --raw FOLDER --sizes 1,10,47,200,1122
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from gsi.contract.territory import Territory
from gsi.ground.project import MARKERS, Project
from gsi.inputs import store
from gsi.inputs.store import Store
from gsi.report.engine.formats import FORMATS
from gsi.report.fill import documents
from gsi.report.workbook import STORE
from gsi.run import notebooks
from gsi.run.kernels import server
from gsi.run.kernels.threads import one_thread

COLD = 5.0  # times stock Papermill for one territory from a cold start, at least
DEPARTMENT = 15.0  # times stock Papermill for a department of 47 municipalities, at least
WHOLE = 47  # municipalities from which the promise for a department holds
UNCHANGED = 0.01  # of the full time when nothing changed, at most
GROWTH = 1.15  # seconds a territory at the largest size by those at WHOLE, at most
MEMORY = 6.0  # GiB of all processes together, at most
SAMPLE = 3  # territories whose stock run is timed
RENDER = "from benchmarks.workbook import render; import sys; render(*sys.argv[1:])"
PASSING = "tmp"  # where orders leave what is to go with them
GSI = "from gsi.cli import main; main()"


def render(code: str, raw: str) -> None:
    """Both reports of a territory in every format from its notebooks' results, as stock does."""
    from gsi.report.engine import rendering as engine
    from gsi.report.fill import fill
    from gsi.report.workbook import Workbook, reports_folder

    workbook = Workbook.open(code, raw=raw or None)
    project = workbook.project
    with tempfile.TemporaryDirectory() as temporary:
        filled = Path(temporary) / "informe"
        fill(workbook, filled)
        names = documents(project.reports)
        engine.render(
            filled,
            names,
            tuple(FORMATS),
            reports_folder(project, workbook.territory, workbook.context.years),
            "embedded",
            shared=workbook.store.folder.parent,
        )


@dataclass
class Bench:
    """A copy of the project to run in, with its inputs prepared."""

    project: Project
    prepared: Store
    raw: str | None
    spent: dict[str, float] = field(default_factory=dict)

    def shell(self, *command: str) -> float:
        """Seconds of a Python process with ``command``; raises when it fails."""
        passing = self.project.root / PASSING
        passing.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "GSI_PROJECT": str(self.project.root),
            "TMPDIR": str(passing),
        }
        one_thread(environment)
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            # The summary of an order is at the end of what it prints, its failures among them.
            raise RuntimeError(f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return time.perf_counter() - start

    def stock(self, place: Territory) -> dict[str, float]:
        """Seconds of each part of a territory's run with stock tools."""
        found = {}
        given = {"territory": place.code} | ({"raw": self.raw} if self.raw else {})
        parameters = [word for key, value in given.items() for word in ("-r", key, value)]
        with tempfile.TemporaryDirectory() as temporary:
            for notebook in notebooks.in_order(self.project.notebooks):
                found[notebook.stem] = self.shell(
                    "-m", "papermill", str(notebook), str(Path(temporary) / notebook.name),
                    "--kernel", "python3", "--cwd", str(self.project.notebooks),
                    "--no-progress-bar", *parameters,
                )  # fmt: skip
        found["informes"] = self.shell("-c", RENDER, place.code, self.raw or "")
        return found

    def gsi(self, places: Sequence[Territory], *more: str) -> float:
        """Seconds of the whole order for ``places``."""
        raw = ("--raw", str(self.project.raw)) if self.raw else ()
        codes = [place.code for place in places]
        with nothing_left(self.project.root):
            return self.shell("-c", GSI, "run", *codes, *raw, *more)

    def parts(self, place: Territory) -> dict[str, float]:
        """Seconds of each notebook in a forked kernel, the server being warm already."""
        found = {}
        parameters = {"territory": place.code, "raw": self.raw}
        environment = {
            **os.environ,
            "GSI_PROJECT": str(self.project.root),
            STORE: str(self.prepared.folder),
        }
        one_thread(environment)
        with tempfile.TemporaryDirectory() as temporary:
            for warm in (False, True):
                for notebook in notebooks.in_order(self.project.notebooks):
                    start = time.perf_counter()
                    target = Path(temporary) / notebook.name
                    notebooks.execute(notebook, target, parameters, "forked", environment)
                    if warm:
                        found[notebook.stem] = time.perf_counter() - start
        server.close_all()
        return found

    def results(self, place: Territory) -> dict[str, bytes]:
        """What a reader gets of a territory: reports, figures, facts and tables."""
        processed, output = self.project.processed / place.code, self.project.output / place.code
        found = [
            path
            for path in [*processed.rglob("*"), *output.rglob("*")]
            if path.is_file()
            and (path.parent.name in {"sections", "figures"} or path.is_relative_to(output))
            and path.suffix in {".json", ".parquet", ".png", ".html", ".pdf", ".docx"}
            and path.name != "calidad.html"
        ]
        return {str(path.relative_to(self.project.root)): path.read_bytes() for path in found}

    def reported(self, place: Territory) -> bool:
        """Whether both reports of a territory are there in every format."""
        folders = list((self.project.output / place.code).glob("[0-9]*-[0-9]*"))
        names = [Path(name).stem for name in documents(self.project.reports)]
        wanted = [f"{name}.{kind}" for name in names for kind in FORMATS]
        return any(all((folder / name).is_file() for name in wanted) for folder in folders)

    def forget(self) -> None:
        """Remove every result, and what territories of a department share."""
        for folder in self.project.processed.iterdir():
            if folder.name != "_base":
                shutil.rmtree(folder)
        shutil.rmtree(self.project.output, ignore_errors=True)
        shutil.rmtree(self.prepared.kept, ignore_errors=True)


@contextmanager
def bench(raw: str | None) -> Iterator[Bench]:
    """A copy of the project in a temporary folder; its inputs are read and validated first."""
    original = Project.find(raw=raw)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for name in MARKERS:
            ignored = shutil.ignore_patterns("_output", ".ipynb_checkpoints")
            shutil.copytree(original.root / name, root / name, ignore=ignored)
        (root / "data").mkdir()
        (root / "data" / "raw").symlink_to(original.raw)
        given = str(original.raw) if raw else None
        project = Project(
            root, original.raw, root / "data" / "processed", root / "reports" / "_output"
        )
        yield Bench(project, store.prepare(project), given)


@contextmanager
def nothing_left(root: Path) -> Iterator[None]:
    """Raises RuntimeError when the block leaves processes of the project in ``root``, or temporary
    files in its folder for them."""

    def left() -> set[str]:
        files = {path.name for path in (root / PASSING).glob("*")}
        running = {
            str(process.pid)
            for process in psutil.process_iter(["environ"])
            if (process.info["environ"] or {}).get("GSI_PROJECT") == str(root)
        }
        return files | running

    before = left()
    yield
    if more := sorted(left() - before):
        raise RuntimeError(f"quedan archivos o procesos: {more}")


def _held(pid: int) -> int:
    """KiB of a process, by proportion; 0 when it has just ended."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


@contextmanager
def peak() -> Iterator[Callable[[], float]]:
    """The most memory that the processes below this one held together so far, in GiB.

    Shared pages are counted once, by proportion (PSS).
    """
    highest = 0.0
    ended = threading.Event()

    def watch() -> None:
        nonlocal highest
        me = psutil.Process()
        # Seldom: the kernel walks every page of every process to answer.
        while not ended.wait(2):
            total = sum(_held(process.pid) for process in me.children(recursive=True))
            highest = max(highest, total / 2**20)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: highest
    finally:
        ended.set()
        watcher.join()


def one(run: Bench, place: Territory, repeat: int) -> tuple[float, bool]:
    """Compare a territory from a cold start; seconds of stock, and whether the promise was kept."""
    stock, ours = [], []
    for _ in range(repeat):
        run.forget()
        stock.append(run.stock(place))
        theirs = run.results(place)
        run.forget()
        ours.append(run.gsi([place]))
        mine = run.results(place)
        if {name: mine.get(name) for name in theirs} != theirs:
            different = [name for name in theirs if mine.get(name) != theirs[name]]
            raise RuntimeError(f"otros resultados: {different[:5]}")
    total = statistics.median(sum(parts.values()) for parts in stock)
    ratio = total / statistics.median(ours)
    print(f"{place.name}, desde cero: {ratio:.1f} veces Papermill (≥ {COLD:.0f})")
    print(f"\n{'parte':26} {'Papermill, s':>13} {'copia, s':>9} {'veces':>6}")
    own = run.parts(place)
    for name in stock[0]:
        theirs_s = statistics.median(parts[name] for parts in stock)
        words = f"{own[name]:9.2f} {theirs_s / own[name]:6.1f}" if name in own else ""
        print(f"{name:26} {theirs_s:13.2f} {words}")
    return total, ratio >= COLD


def growth(
    run: Bench,
    places: Sequence[Territory],
    departments: Sequence[Territory],
    sizes: Sequence[int],
    repeat: int,
) -> bool:
    """Print seconds a territory over ``sizes``, and what a run without changes costs.

    Where the largest is all ``places``, their ``departments`` follow, and all must have reports.
    """
    kept = True
    # Stock's time depends little on the municipality: some, far apart, stand for all.
    step = max(1, len(places) // SAMPLE)
    plain = statistics.median(sum(run.stock(p).values()) for p in places[step - 1 :: step][:SAMPLE])
    head = ("territorios", "s por territorio", "veces Papermill", "GiB", "sin cambios")
    print("\n" + " ".join(f"{name:>16}" for name in head))
    reference = 0.0
    for size in sizes:
        spent, again, memory = [], [], 0.0
        for _ in range(repeat if size <= WHOLE else 1):
            run.forget()
            with peak() as highest:
                spent.append(run.gsi(places[:size]))
                memory = max(memory, highest())
            again.append(run.gsi(places[:size]))
        each = statistics.median(spent) / size
        share = statistics.median(again) / statistics.median(spent)
        print(
            f"{size:16} {each:16.2f} {plain / each:16.1f} {memory:16.2f} {share:16.2%}", flush=True
        )
        kept &= memory <= MEMORY
        if size >= WHOLE:
            reference = reference or each
            kept &= plain / each >= DEPARTMENT and share <= UNCHANGED
            kept &= each <= GROWTH * reference
    if sizes[-1] >= len(places):
        spent_s = run.gsi(departments)
        print(f"{len(departments)} departamentos: {spent_s / len(departments):.2f} s cada uno")
        every = [*places, *departments]
        missing = [place.code for place in every if not run.reported(place)]
        print(f"territorios con todos sus informes: {len(every) - len(missing)} de {len(every)}")
        kept &= not missing
    return kept


def main(
    repeat: int = 3, territory: str = "00", sizes: Sequence[int] = (1, 4), raw: str | None = None
) -> bool:
    """Print the comparison for one territory and for many; whether promises were kept."""
    with bench(raw) as run:
        known = run.prepared.territories
        place = known.resolve(territory)
        _, kept = one(run, place, repeat)
        near = known.municipalities(place.department)
        others = [p for p in known if p.level == "municipality" and p not in near]
        departments = [p for p in known if p.level == "department"]
        return growth(run, [*near, *others], departments, sizes, repeat) and kept


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--territory", default="00")
    parser.add_argument("--raw", help="input folder [data/raw]")
    parser.add_argument("--sizes", default="1,4", help="how many municipalities, by commas")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    wanted = sorted(int(size) for size in given.sizes.split(","))
    sys.exit(0 if main(given.repeat, given.territory, wanted, given.raw) else 1)
