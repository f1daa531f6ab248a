"""Papermill's own engine, without the saves and the waits that nobody needs.

What stock Papermill and nbclient spend on a notebook besides running it: the whole file written
after every cell, each cell's start read back from text, 0.2 s of listening for messages of a kernel
that has said it is idle, and steps of 0.1 s to see that a kernel has ended.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager

from gsi.run.kernels import NotStarted, require_allowed

# What goes wrong is told by the exception, once, and by whoever asked for the notebook.
_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())
_log.propagate = False
# What a notebook keeps of the messages that are outputs.
_FIELDS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}
_LOOK = 0.01  # seconds between two looks at a kernel that is ending
_SUBSCRIBE = 0.02  # seconds to see the published echo of a request before asking again
_RECONNECT = 5  # milliseconds between two tries to reach a kernel that does not listen yet
_LONGEST = 100  # bytes of a connection file's path; a socket beside it may have 103 on any system


class Progress(NotebookExecutionManager):  # type: ignore[misc]
    """Papermill's notes on each cell, without a file: Papermill itself saves at the end."""

    _began: datetime

    def save(self, **_options: Any) -> None:
        """Nothing."""

    def autosave_cell(self) -> None:
        """Nothing."""

    def cell_start(self, cell: Any, cell_index: int | None = None, **options: Any) -> None:
        """As the parent's, keeping the time as such."""
        super().cell_start(cell, cell_index, **options)
        self._began = self.now()

    def cell_complete(self, cell: Any, cell_index: int | None = None, **options: Any) -> None:
        """As the parent's, which would parse the time at which the cell started."""
        notes = cell.metadata.papermill
        began = notes.pop("start_time", None)
        super().cell_complete(cell, cell_index, **options)
        if began is not None:
            notes["start_time"] = began
            notes["duration"] = (self.now() - self._began).total_seconds()


class Engine(NBClientEngine):  # type: ignore[misc]
    """Registered under ``papermill.engine`` as ``gsi``; works with any kernel."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool = True,
        log_output: bool = False,
        autosave_cell_every: int = 0,
        finish: Callable[[Any], None] | None = None,
        **options: Any,
    ) -> Any:
        """As Papermill's; ``finish`` changes the executed notebook before it is saved."""
        progress = Progress(nb, output_path, log_output, progress_bar, autosave_cell_every)
        progress.notebook_start()
        try:
            cls.execute_managed_notebook(progress, kernel_name, log_output=log_output, **options)
        finally:
            progress.cleanup_pbar()
            progress.notebook_complete()
        if finish is not None:
            finish(progress.nb)
        return progress.nb

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        environment: dict[str, str] | None = None,
        working_folder: str | None = None,
        **options: Any,
    ) -> Any:
        """Run the notebook's cells in a kernel of ``kernel_name``.

        ``environment`` and ``working_folder`` are the kernel's; this process' own if not given.
        """
        require_allowed()
        options.pop("input_path", None)
        return Client(
            nb_man,
            kernel_name=kernel_name,
            log=_log,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
            startup_timeout=start_timeout,
            timeout=execution_timeout,
            resources={"metadata": {"path": working_folder}} if working_folder else {},
            **options,
        ).execute(**({} if environment is None else {"env": environment}))


class Manager(AsyncKernelManager):
    """Jupyter's, which looks more often whether a kernel that was asked to end has ended."""

    async def shutdown_kernel(  # type: ignore[override]
        self, now: bool = False, restart: bool = False
    ) -> None:
        """As the parent's, which terminates, then kills, a kernel that has not ended by then."""
        if not now:
            await self.request_shutdown(restart=restart)
            limit = time.monotonic() + self.shutdown_wait_time / 2
            while await self.is_alive() and time.monotonic() < limit:
                await asyncio.sleep(_LOOK)
        if now or await self.is_alive():
            await super().shutdown_kernel(now=now, restart=restart)


class Connection(AsyncKernelClient):
    """Jupyter's, ready as soon as the kernel's 'idle' was heard on its own channel."""

    def start_channels(self, *channels: Any, **options: Any) -> None:
        """As the parent's, trying more often to reach a kernel that does not listen yet."""
        self.context.setsockopt(zmq.RECONNECT_IVL, _RECONNECT)  # of the sockets made from now on
        super().start_channels(*channels, **options)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """As the parent's; raises :class:`NotStarted`."""
        limit = time.monotonic() + (timeout or math.inf)
        while time.monotonic() < limit:
            asked = self.kernel_info()
            try:
                await self._answered(asked)
                return
            except Empty:
                if not await self.is_alive():
                    raise NotStarted("Kernel died before replying to kernel_info") from None
        raise NotStarted(f"Kernel didn't respond in {timeout} seconds")

    async def _answered(self, asked: str) -> None:
        """The reply, and the last message of the request on the other channel, where none comes
        while the subscription is under way."""
        ours = False
        while not ours:
            message = await self.get_shell_msg(timeout=1)
            ours = message["parent_header"].get("msg_id") == asked
        ours = False
        while not ours:
            message = await self.get_iopub_msg(timeout=_SUBSCRIBE)
            ours = (
                message["parent_header"].get("msg_id") == asked
                and message["content"].get("execution_state") == "idle"
            )


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client that goes on as soon as the kernel says it is ready, or gone."""

    def create_kernel_manager(self) -> Any:
        """As the parent's, over sockets in the file system where a path is not too long for them.

        A port is chosen free, closed, and opened later by the kernel: of ten thousand kernels, some
        find that another connection got it meanwhile.
        """
        self.kernel_manager_class = Manager
        manager = super().create_kernel_manager()
        manager.client_factory = Connection
        file = Path(tempfile.gettempdir()) / f"kernel-{secrets.token_hex(8)}.json"
        if os.name == "posix" and len(os.fsencode(file)) <= _LONGEST:
            manager.transport, manager.connection_file = "ipc", str(file)
        return manager

    async def async_start_new_kernel_client(self) -> Any:
        """As the parent's; whatever stops it, no kernel is left."""
        try:
            return await super().async_start_new_kernel_client()
        except BaseException:
            if self.km is not None and await ensure_async(self.km.is_alive()):
                await ensure_async(self.km.shutdown_kernel(now=True))
            raise

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def output(self, outs: Any, msg: Any, display_id: str | None, cell_index: int) -> Any:
        """As the parent's; a plain output is not checked now, but with its notebook when that is
        saved."""
        hooked = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        kind = msg["msg_type"]
        if hooked or display_id or self.clear_before_next_output or kind not in _FIELDS:
            return super().output(outs, msg, display_id, cell_index)
        fields = {name: msg["content"][name] for name in _FIELDS[kind]}
        out = nbformat.from_dict({"output_type": kind, **fields})
        outs.append(out)
        return out
