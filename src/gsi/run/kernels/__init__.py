"""Kernels forked from a process that has already imported what every notebook imports.

A Jupyter kernel spends seconds importing pandas, seaborn, matplotlib and geopandas before its first
cell. A *fork server* (:mod:`gsi.run.kernels.server`) imports them once; a kernel is then a copy of
that process, made in milliseconds, with its own memory, working folder, environment and process
group. :mod:`gsi.run.kernels.provisioner` offers it to Jupyter as the kernel ``gsi``;
:mod:`gsi.run.kernels.engine` is Papermill's engine without its waits and its saves a cell.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Literal

Kernel = Literal["auto", "forked", "stock"]

FORKED, STOCK = "gsi", "python3"  # names of the kernelspecs
ENGINE = "gsi"


class NotStarted(RuntimeError):
    """A kernel ended before its first word, or never said it: nothing was executed."""


_refused = threading.Event()


def refuse() -> None:
    """From now on no kernel is started by this process: it has been told to end."""
    _refused.set()


def require_allowed() -> None:
    """Raise :class:`NotStarted` after :func:`refuse`."""
    if _refused.is_set():
        raise NotStarted("this process is ending")


def can_fork() -> bool:
    """True where a copy of a process is safe: on macOS its own libraries forbid it."""
    return hasattr(os, "fork") and sys.platform == "linux"


def kernel_name(asked: Kernel) -> str:
    """The kernelspec for ``--kernel``; ``auto`` forks where that is safe."""
    if asked == "stock" or (asked == "auto" and not can_fork()):
        return STOCK
    return FORKED
