"""What the workers of ``tests/run/test_pool.py`` do; their processes import it by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from gsi.run import pool

Say = Callable[[Any], None]


def ended(folder: Path) -> None:
    """Leave a file named after this worker."""
    (folder / f"fin-{os.getpid()}").touch()


def square(number: int, say: Say) -> tuple[int, int]:
    """The square and who computed it; told before."""
    say(f"empieza {number}")
    return number * number, os.getpid()


def square_or_die(number: int, say: Say) -> int:
    """3 kills its worker, 5 fails with words that must not be told."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 5:
        raise ValueError("Juana Pérez")
    return square(number, say)[0]


def sleep_with_a_child(folder: Path, say: Say) -> None:
    """Work for ten minutes beside a child process, which is told."""
    child = subprocess.Popen(["sleep", "600"])
    try:
        say(child.pid)
        time.sleep(600)
    finally:
        (folder / f"ordenado-{os.getpid()}").touch()


def own(folder: Path) -> None:
    """A process that owns a pool, told of on the standard output."""
    from functools import partial

    def note(_task: Path, child: int) -> None:
        print(child, flush=True)

    context = get_context("spawn")
    for _ in pool.run(
        [folder], sleep_with_a_child, 1, context, stop=partial(ended, folder), on_note=note
    ):
        pass


if __name__ == "__main__":
    own(Path(sys.argv[1]))
