"""A worker that dies costs its task and no other; whoever owns the workers ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import psutil
import pytest
import tasks

from gsi.run import pool

SPAWN = get_context("spawn")


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def until(condition: object) -> None:
    limit = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_every_task_has_its_result_and_its_notes(tmp_path: Path) -> None:
    notes = []
    found = dict(
        pool.run(
            range(5), tasks.square, 2, SPAWN,
            stop=partial(tasks.ended, tmp_path),
            on_note=lambda task, note: notes.append((task, note)),
        )
    )  # fmt: skip
    assert {task: value[0] for task, value in found.items()} == {n: n * n for n in range(5)}
    assert sorted(notes) == [(n, f"empieza {n}") for n in range(5)]
    workers = {value[1] for value in found.values()}
    assert {path.name for path in tmp_path.iterdir()} >= {f"fin-{pid}" for pid in workers}


def test_a_worker_gives_its_place_to_a_new_one(tmp_path: Path) -> None:
    stop = partial(tasks.ended, tmp_path)
    found = list(pool.run(range(5), tasks.square, 1, SPAWN, each=2, stop=stop))
    workers = [value[1] for _, value in found if not isinstance(value, pool.Died)]
    assert [task for task, _ in found] == [0, 1, 2, 3, 4]
    assert workers[0] == workers[1] != workers[2] == workers[3] != workers[4]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_dead_worker_costs_its_task_alone_and_a_defect_is_told_by_its_kind() -> None:
    found = dict(pool.run(range(7), tasks.square_or_die, 2, SPAWN))
    assert {n: found[n] for n in (0, 1, 2, 4, 6)} == {n: n * n for n in (0, 1, 2, 4, 6)}
    assert isinstance(found[3], pool.Died)
    assert str(-signal.SIGKILL) in str(found[3])
    assert isinstance(found[5], pool.Died)
    assert str(found[5]) == "ValueError"


def test_stopping_ends_workers_and_what_they_started(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    children = []

    def note(_task: Path, child: int) -> None:
        children.append(child)
        raise Enough

    with pytest.raises(Enough):
        list(
            pool.run(
                [tmp_path], tasks.sleep_with_a_child, 1, SPAWN,
                stop=partial(tasks.ended, tmp_path), on_note=note,
            )
        )  # fmt: skip
    assert gone(children[0])
    assert sorted(path.name.split("-")[0] for path in tmp_path.iterdir()) == ["fin", "ordenado"]


def test_workers_end_when_their_owner_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-m", "tasks", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(tasks.__file__).parent)},
    )
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    worker = psutil.Process(child).parent()
    assert worker is not None
    owner.kill()
    owner.wait()
    owner.stdout.close()
    until(lambda: gone(child) and gone(worker.pid))
    assert sorted(path.name.split("-")[0] for path in tmp_path.iterdir()) == ["fin", "ordenado"]
