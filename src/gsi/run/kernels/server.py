"""The fork server: one warm process that makes kernels, and the client that asks for them.

The two speak JSON lines over a pair of anonymous sockets, so nothing is left on disk or on a port.
When the client's end closes, for whatever reason, the server kills its kernels and ends.

A client is tied to the environment that its server imported under (``environment.fingerprint``): a
kernel wanted with, say, another ``PYTHONPATH`` gets a server of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from gsi.run.kernels import require_allowed
from gsi.run.kernels.environment import fingerprint

_END = 1.0  # seconds for a kernel's control channel to have said its last word


class ServerGone(Exception):
    """The fork server ended while it was being asked."""


class Child:
    """A kernel made by a server, with the part of ``subprocess.Popen`` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, server: Client, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server

    def poll(self) -> int | None:
        """The exit code (negative: the signal that ended it), None while it runs."""
        if self.returncode is None:
            self.returncode = self._server.exit_code(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Block until it ends. Raises :class:`subprocess.TimeoutExpired`."""
        limit = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if limit is not None and time.monotonic() > limit:
                raise subprocess.TimeoutExpired(f"kernel {self.pid}", timeout or 0)
            time.sleep(0.005)
        return code

    def send_signal(self, number: int) -> None:
        """Signal the kernel if it still runs (its number is not reused before it is reaped)."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Client:
    """One server and the kernels it made. Safe to use from several threads."""

    def __init__(self, control: socket.socket, process: subprocess.Popen[bytes] | int) -> None:
        self._control = control
        self._process = process
        self._owner = os.getpid()
        self._buffer = b""
        self._exits: dict[int, int] = {}
        self._lock = threading.Lock()
        self._gone = False

    @classmethod
    def launch(cls, environment: Mapping[str, str]) -> Client:
        """A server in a new process that imports under ``environment``."""
        mine, its = socket.socketpair()
        process = subprocess.Popen(
            [sys.executable, "-m", "gsi.run.kernels.server", str(its.fileno())],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            pass_fds=[its.fileno()],
            start_new_session=True,
        )
        its.close()
        return cls(mine, process)

    @classmethod
    def fork_here(cls) -> Client:
        """A server copied from this process, which must be warm and have a single thread."""
        mine, its = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            mine.close()
            os.setsid()
            serve_and_exit(its)
        its.close()
        return cls(mine, pid)

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process if isinstance(self._process, int) else self._process.pid

    def fork(self, command: list[str], cwd: str | None, env: Mapping[str, str]) -> Child:
        """A kernel running ``command`` (``python -m ipykernel_launcher …``) as a fresh process.

        Raises :class:`ServerGone` when the server ended.
        """
        request = {"command": command, "cwd": cwd or str(Path.cwd()), "env": dict(env)}
        with self._lock:
            try:
                self._control.sendall(json.dumps(request).encode() + b"\n")
                while (pid := self._read(block=True)) is None:
                    pass
            except OSError as error:
                raise ServerGone(str(error)) from error
        return Child(self, pid)

    def exit_code(self, pid: int) -> int | None:
        """How a kernel ended; a server that is gone has taken its kernels with it."""
        with self._lock:
            try:
                # Several notices may have come at once, and wait in the buffer.
                while not self._gone and self._has_more():
                    self._read(block=False)
            except OSError:
                self._gone = True
            code = self._exits.pop(pid, None)
        return -signal.SIGKILL if code is None and self._gone else code

    def _has_more(self) -> bool:
        return b"\n" in self._buffer or bool(select.select([self._control], [], [], 0)[0])

    def _read(self, *, block: bool) -> int | None:
        """One message: the number of a new kernel, or None after noting one that ended."""
        while b"\n" not in self._buffer:
            part = self._control.recv(65536)
            if not part:
                raise ConnectionResetError("the fork server has ended")
            self._buffer += part
            if not block and b"\n" not in self._buffer:
                return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        message = json.loads(line)
        if "exit" in message:
            self._exits[message["pid"]] = message["exit"]
            return None
        if "error" in message:
            raise OSError(message["error"])
        return int(message["pid"])

    def close(self) -> None:
        """End the server and its kernels, and wait until they are gone."""
        if os.getpid() != self._owner:
            return  # a copy of the client in a forked process owns nothing
        with self._lock:
            # Who still has a kernel of it must be told that it ended, and not of a closed socket.
            self._gone = True
            self._control.close()
        if isinstance(self._process, int):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._process, 0)
        else:
            self._process.wait()


_clients: dict[tuple[tuple[str, str], ...], Client] = {}
_clients_lock = threading.Lock()


def client(environment: Mapping[str, str]) -> Client:
    """This process' server for ``environment``, started on first use and ended with the process.

    Raises :class:`gsi.run.kernels.NotStarted` when the process is ending.
    """
    require_allowed()
    key = fingerprint(environment)
    with _clients_lock:
        found = _clients.get(key)
        if found is None or found._owner != os.getpid():
            found = _clients[key] = Client.launch(environment)
        return found


def forget(gone: Client) -> None:
    """Drop a server that ended, so that the next kernel starts another."""
    with _clients_lock:
        for key in [key for key, known in _clients.items() if known is gone]:
            del _clients[key]
    gone.close()


def adopt() -> None:
    """Make this warm, single-threaded process the parent of its own server (for pool workers)."""
    # Outside the lock: a kernel would inherit it taken, and wait for it for ever at its end.
    own = Client.fork_here()
    with _clients_lock:
        _clients[fingerprint(os.environ)] = own


def close_all() -> None:
    """End every server of this process."""
    with _clients_lock:
        while _clients:
            _clients.popitem()[1].close()


atexit.register(close_all)


def serve_and_exit(control: socket.socket) -> NoReturn:
    """Serve until the client is gone; never returns into the code that was running.

    Files that were open stay so: a library may hold one (PROJ its data base, while it is warm).
    """
    code = 1
    try:
        _serve(control)
        code = 0
    finally:
        os._exit(code)


def _serve(control: socket.socket) -> None:
    wake_in, wake_out = os.pipe()
    os.set_blocking(wake_out, False)
    os.set_blocking(wake_in, False)
    # Ctrl-C in the terminal is the client's to handle; it interrupts kernels itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake_out, warn_on_full_buffer=False)
    alive: set[int] = set()
    buffer = b""
    try:
        while True:
            ready, _, _ = select.select([control.fileno(), wake_in], [], [])
            if wake_in in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake_in, 4096)
                _reap(control, alive)
            if control.fileno() in ready:
                part = control.recv(65536)
                if not part:
                    return
                buffer += part
                while b"\n" in buffer:
                    line, _, buffer = buffer.partition(b"\n")
                    pid = _fork_kernel(json.loads(line), (control.fileno(), wake_in, wake_out))
                    alive.add(pid)
                    control.sendall(json.dumps({"pid": pid}).encode() + b"\n")
    except (BrokenPipeError, ConnectionResetError):
        return
    finally:
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        for pid in alive:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _reap(control: socket.socket, alive: set[int]) -> None:
    while alive:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        alive.discard(pid)
        notice = {"pid": pid, "exit": os.waitstatus_to_exitcode(status)}
        control.sendall(json.dumps(notice).encode() + b"\n")


def _fork_kernel(request: dict[str, Any], private: tuple[int, ...]) -> int:
    """Fork, and return when the kernel has its own process group, so it can be signalled."""
    told, tells = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        os.close(tells)
        os.read(told, 1)
        os.close(told)
        return pid
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (*private, told):
            os.close(number)
        os.close(tells)
        _become_kernel(request, parent)
    finally:
        os._exit(1)


def _become_kernel(request: dict[str, Any], parent: int) -> NoReturn:
    """Turn this copy of the server into the kernel that the command would have started."""
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    time.tzset()
    arguments = _kernel_arguments(request["command"])
    sys.argv = ["ipykernel_launcher", *arguments]
    # The kernel ends by itself if the server is killed outright. (In a cold kernel this comes
    # from JPY_PARENT_PID, read when ipykernel is imported.)
    os.environ["JPY_PARENT_PID"] = str(parent)
    arguments.append(f"--IPKernelApp.parent_handle={parent}")
    _fresh_randomness()
    _matplotlib_backend()
    from gsi.run.kernels.forked import ForkedKernel, IPKernelApp

    code = 0
    try:
        IPKernelApp.launch_instance(argv=arguments, kernel_class=ForkedKernel)
        # Its last reply waits for the output channel, which the exit functions close: for as long
        # as ten seconds, if that is done first.
        control = IPKernelApp.instance().control_thread
        if control is not None:
            control.join(_END)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
        # The exit functions would wait for sockets that a kernel half made leaves open.
        _flush()
        os._exit(1)
    _leave(code)


def _leave(code: int) -> NoReturn:
    """What the interpreter does at its end, without unwinding into the server's frames."""
    from gsi.run.kernels.forked import run_exit_functions

    run_exit_functions()
    _flush()
    os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def _kernel_arguments(command: list[str]) -> list[str]:
    """What follows ``-m ipykernel_launcher``. Raises ValueError for any other command."""
    module = command.index("-m") + 1
    if command[module] != "ipykernel_launcher":
        raise ValueError(f"not a kernel this server can make: {command[module]}")
    return command[module + 1 :]


def _fresh_randomness() -> None:
    """Kernels of one server must not share a stream (``random`` reseeds itself after a fork)."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _matplotlib_backend() -> None:
    """Matplotlib reads ``MPLBACKEND`` at import, after ipykernel has set it."""
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None:
        inline = "module://matplotlib_inline.backend_inline"
        matplotlib.rcParams["backend"] = os.environ.get("MPLBACKEND") or inline


def main() -> NoReturn:
    """``python -m gsi.run.kernels.server FD``: warm up, then serve on the inherited socket."""
    if sys.path[0] == "" or Path(sys.path[0]) == Path.cwd():
        del sys.path[0]  # as ipykernel_launcher does: a kernel puts its own working folder there
    # The module's one copy: under '-m' this file is '__main__', which IPython replaces.
    import gsi.run.kernels.warm  # noqa: F401
    from gsi.run.kernels import server

    server.serve_and_exit(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
