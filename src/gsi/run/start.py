"""Starting to warm the workers' process before anything heavy is imported here."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence

from gsi.ground.project import MANIFEST, Project
from gsi.run import pool
from gsi.run.kernels import can_fork
from gsi.run.kernels.threads import one_thread


def warm_up() -> pool.Context:
    """How workers are started; begins importing for them at once, while the caller goes on."""
    one_thread(os.environ)
    if not can_fork():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gsi.run.warm"])
    forkserver.ensure_running()
    return context


def surely_work(project: Project, territories: Sequence[str]) -> bool:
    """Whether one of the codes asked for has no finished run; of a name it is not known yet."""
    codes = [text for text in territories if text.isdigit()]
    return any(not any(project.processed.glob(f"{code}/*/{MANIFEST}")) for code in codes)
