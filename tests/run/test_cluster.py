"""Territories shared out on a Dask cluster: the bytes of one machine, whoever dies on the way.

The project is a small one of two notebooks and one report; the second notebook kills its own worker
as often as a file tells it to.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from runs import checkout, gsi

from gsi.ground.errors import UserMistake
from gsi.ground.project import Project
from gsi.inputs import store
from gsi.inputs.store import Store
from gsi.run import cluster
from gsi.run.job import Job
from gsi.run.territory import report

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

ORDERS = "GSI_PRUEBA"  # the folder in which a territory's file says how many workers to kill
CODES = ("00", "00001", "00002")
SABOTAGE = f"""
import os, pathlib, signal, time
order = pathlib.Path(os.environ["{ORDERS}"]) / territory
left = int(order.read_text()) if order.is_file() else 0
if left:
    order.write_text(str(left - 1))
    order.with_suffix(".pid").write_text(str(os.getpid()))
    server = os.getppid()
    stat = pathlib.Path(f"/proc/{{server}}/stat").read_text()
    os.kill(int(stat.rpartition(")")[2].split()[1]), signal.SIGKILL)
    time.sleep(600)
"""


def small(folder: Path) -> Path:
    """A checkout with little to compute and a report of one line."""
    root = checkout(folder)
    for path in (root / "data" / "raw" / "ejemplo").iterdir():
        if path.name not in ("divipola.csv", "formacion.xlsx"):
            path.unlink()
    for path in (root / "notebooks").glob("0[1-9]_*.ipynb"):
        path.unlink()
    parameters = 'territory = "00"\nbaseline = None\nfollow_up = None\nraw = None\nprocessed = None'
    cells = [
        new_code_cell(parameters, id="a", metadata={"tags": ["parameters"]}),
        new_code_cell(SABOTAGE, id="b"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, root / "notebooks" / "01_prueba.ipynb")
    for path in (root / "reports").glob("*.qmd"):
        path.unlink()
    title = "---\ntitle: Prueba\n---\n\n<< territorio.nombre >>\n"
    (root / "reports" / "linea-base.qmd").write_text(title, encoding="utf-8")
    return root


def project_in(root: Path) -> Project:
    return Project(root, root / "data" / "raw", root / "data" / "processed", root / "out")


def jobs(root: Path, prepared: Store) -> list[Job]:
    return [
        Job(project_in(root), prepared, place, None, None, None, ("html",), "embedded")
        for place in (prepared.territories.resolve(code) for code in CODES)
    ]


def content(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in (root / "data" / "processed", root / "out")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "_base" not in path.parts
    }


def hidden(root: Path) -> list[Path]:
    return [path for code in CODES for path in (root / "data" / "processed" / code).glob(".*")]


def children(pid: int) -> list[int]:
    told = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=2) for line in told.stdout.splitlines()]
    server = "gsi.run.kernels.server"
    return [int(row[0]) for row in rows if int(row[1]) == pid and server in row[2]]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(ready: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < limit
        time.sleep(0.05)


def folders(dask: Any) -> list[str]:
    """The workers' own, by their own word."""
    with distributed.Client(dask.scheduler_address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        return list(client.run(lambda dask_worker: dask_worker.local_directory).values())


def quiet(*_told: Any) -> None:
    """Nobody looks at the progress."""


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, run on this machine."""
    root = small(tmp_path_factory.mktemp("aquí"))
    prepared = store.prepare(project_in(root))
    for job in jobs(root, prepared):
        assert not report(job, quiet).failed
    return root


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("órdenes")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers keep what is theirs."""
    return tmp_path_factory.mktemp("trabajadores")


@pytest.fixture(scope="module")
def dask(orders: Path, scratch: Path) -> Iterator[Any]:
    """Two workers, in a folder of their own; two deaths are enough to give a territory up."""
    import dask

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ORDERS, str(orders))
        # As on a machine where somebody had run the workbook by hand.
        patch.setenv("GSI_RESULTS", str(orders / "ajeno"))
        patch.setenv("GSI_STORE", str(orders / "ajeno"))
        with (
            dask.config.set({"distributed.scheduler.allowed-failures": 1}),
            distributed.LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                dashboard_address=":0",
                host="127.0.0.1",
                local_directory=str(scratch),
            ) as found,
        ):
            patch.delenv("GSI_RESULTS")
            patch.delenv("GSI_STORE")
            yield found


@pytest.fixture
def other(local: Path, tmp_path: Path) -> tuple[Path, list[Job]]:
    """The small project elsewhere, its inputs prepared and nothing run."""
    root = tmp_path / "otra"
    for name in ("notebooks", "params", "expectations", "reports", "data/raw"):
        shutil.copytree(local / name, root / name)
    shutil.copytree(local / "data" / "processed" / "_base", root / "data" / "processed" / "_base")
    (folder,) = (root / "data" / "processed" / "_base").glob("[!.]*")
    return root, jobs(root, Store(folder))


def test_through_a_url_the_same_bytes_though_a_worker_dies(
    dask: Any,
    orders: Path,
    scratch: Path,
    local: Path,
    other: tuple[Path, list[Job]],
    tmp_path: Path,
) -> None:
    root, todo = other
    (orders / "00001").write_text("1", encoding="utf-8")
    before = {worker.pid for worker in dask.workers.values()}
    steps: list[str] = []
    outcomes = cluster.run(
        todo,
        dask.scheduler_address,
        lambda place, _what: steps.append(place.code),
        exchange=f"file://{tmp_path}/buzón",
    )
    assert [outcome.territory.code for outcome in outcomes] == list(CODES)
    assert [finding for outcome in outcomes for finding in outcome.findings] == []
    assert outcomes[0].outputs[0] == root / "out" / "00" / "2018-2024" / "linea-base.html"
    assert content(root) == content(local)
    assert hidden(root) == []
    assert set(steps) == set(CODES)
    # A worker did die, its kernel with it; the parcel stays for the next run, the results do not.
    assert (orders / "00001").read_text(encoding="utf-8") == "0"
    assert {worker.pid for worker in dask.workers.values()} != before
    until(lambda: gone(int((orders / "00001.pid").read_text(encoding="utf-8"))))
    # Nothing of the dead worker's is left, also among what is temporary.
    theirs = {Path(folder) for folder in folders(dask)}
    assert len(theirs) == 2
    assert set(scratch.glob("*/worker-*/")) == theirs
    left = [path for path in (tmp_path / "buzón").rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["paquete.tar.gz"]


def test_a_territory_that_kills_its_workers_is_given_up_alone(
    dask: Any, orders: Path, local: Path, other: tuple[Path, list[Job]]
) -> None:
    root, todo = other
    (orders / "00002").write_text("9", encoding="utf-8")
    outcomes = cluster.run(todo, dask.scheduler_address, quiet)
    (orders / "00002").unlink()
    assert [outcome.failed for outcome in outcomes] == [False, False, True]
    assert "murieron 2 trabajadores" in str(outcomes[2].findings[0])
    assert hidden(root) == []
    # The next run is of that one alone, and everything is as on one machine.
    assert not cluster.run(todo[2:], dask.scheduler_address, quiet)[0].failed
    assert content(root) == content(local)


def test_an_interrupted_run_cancels_the_rest_and_the_next_goes_on(
    dask: Any, local: Path, other: tuple[Path, list[Job]]
) -> None:
    root, todo = other

    def interrupt(_outcome: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cluster.run(todo, dask.scheduler_address, quiet, interrupt)
    with distributed.Client(dask.scheduler_address, set_as_default=False) as client:
        until(lambda: not any(client.processing().values()))
    until(lambda: hidden(root) == [])
    assert len(content(root)) < len(content(local))
    assert not any(o.failed for o in cluster.run(todo, dask.scheduler_address, quiet))
    assert content(root) == content(local)


def test_a_worker_has_one_fork_server_for_all_its_territories(dask: Any) -> None:
    found = {worker.pid: children(worker.pid) for worker in dask.workers.values()}
    assert found
    assert all(len(servers) <= 1 for servers in found.values())
    assert any(found.values())


def test_another_version_is_refused_by_name(
    dask: Any, other: tuple[Path, list[Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, todo = other
    here = {**cluster.identity("embedded"), "gsi": "0.0.9, código abc"}
    monkeypatch.setattr(cluster, "identity", lambda _engine: here)
    with pytest.raises(UserMistake) as caught:
        cluster.run(todo, dask.scheduler_address, quiet)
    (finding,) = caught.value.findings
    assert "gsi: aquí 0.0.9, código abc; en tcp://" in finding.received
    assert finding.received.count("código") == 2
    assert caught.value.exit_code == 2
    assert content(root) == {}
    # A worker that arrives later is asked by its first task.
    monkeypatch.setattr(cluster, "_check_workers", quiet)
    with pytest.raises(UserMistake, match="código abc"):
        cluster.run(todo, dask.scheduler_address, quiet)


def test_a_url_that_cannot_be_opened_is_refused(dask: Any, other: tuple[Path, list[Job]]) -> None:
    with pytest.raises(UserMistake, match="--exchange"):
        cluster.run(other[1], dask.scheduler_address, quiet, exchange="nada://carpeta")


def test_a_cluster_without_workers_is_told(
    other: tuple[Path, list[Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_WORKERS", 0.1)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, dashboard_address=":0", protocol="tcp"
        ) as empty,
        pytest.raises(UserMistake, match="al menos un trabajador"),
    ):
        cluster.run(other[1], empty.scheduler_address, quiet)


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UserMistake, match=r"gsi\[cluster\]"):
        cluster.require()


def test_mistakes_of_the_order_end_with_2(tmp_path: Path) -> None:
    root = small(tmp_path / "sin")
    told = gsi(root, "run", "00002", "--scheduler", "tcp://127.0.0.1:1")
    assert told.returncode == 2
    assert "--scheduler" in told.stderr
    assert "Traceback" not in told.stderr
    told = gsi(root, "run", "00002", "--exchange", "file:///tmp")
    assert told.returncode == 2
    assert "falta --scheduler" in told.stderr
