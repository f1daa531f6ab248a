"""Jupyter's way in: a provisioner that forks kernels instead of launching them.

Registered under ``jupyter_client.kernel_provisioners`` as ``gsi-fork`` and asked for by the
kernelspec ``gsi``, so that Papermill, nbclient and JupyterLab use it alike.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from gsi.run.kernels import can_fork, server


class ForkProvisioner(LocalProvisioner):
    """A local kernel that is a copy of a warm process; a plain one where a copy is not safe."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork the kernel that ``cmd`` would start, in ``cwd`` with ``env``."""
        if not can_fork():
            return await super().launch_kernel(cmd, **kwargs)
        environment = dict(kwargs["env"])
        # Before the first kernel the server has to import everything; Jupyter's loop goes on.
        child = await asyncio.to_thread(_fork, cmd, kwargs.get("cwd"), environment)
        self.process = child
        self.pid = self.pgid = child.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    async def wait(self) -> int | None:
        """As the parent's, looking ten times as often: a kernel ends in less than its interval."""
        if not self.process:
            return 0
        while (code := await self.poll()) is None:
            await asyncio.sleep(0.01)
        self.process = None
        return code


def _fork(command: list[str], cwd: Any, environment: dict[str, str]) -> server.Child:
    folder = None if cwd is None else str(cwd)
    found = server.client(environment)
    try:
        return found.fork(command, folder, environment)
    except server.ServerGone:
        # Killed from outside between two kernels: the next one starts afresh, once.
        server.forget(found)
        return server.client(environment).fork(command, folder, environment)
