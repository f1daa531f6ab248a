"""What a copy of the warm process becomes: IPython's kernel, which finds modules already listed.

A kernel looks at every module that is imported, twice, as it starts. To look at two thousand
objects of the warm process is to copy the memory they are in: more than all the rest of a start.
Both lists are made here, before any fork.

Six times a cell it also has its output sent and waits until it was, though there is seldom any:
each time two threads hand the interpreter to each other. It waits here only for something.
"""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from ipykernel import iostream, ipkernel, kernelapp
from IPython.core import shellapp
from traitlets.config import Config
from traitlets.config.loader import DeferredConfigString

# A debugger steps over these files; '%reset -s aggressive' leaves these modules.
WARM_FILES = [file for m in list(sys.modules.values()) if (file := getattr(m, "__file__", None))]
WARM_NAMES = set(sys.modules)
_STOCK_STREAM = f"{iostream.OutStream.__module__}.{iostream.OutStream.__qualname__}"
_SETTING = re.compile(r"--(?P<section>[A-Z]\w*)\.(?P<name>\w+)=(?P<value>.+)")
_SOON = 0.0005  # seconds between two looks at a pipe that is being emptied
_PATIENCE = 0.05  # seconds to wait until it is


class _NoModules:
    """``sys``, with no module in its table."""

    def __getattribute__(self, name: str) -> Any:
        return {} if name == "modules" else getattr(sys, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(sys, name, value)


@contextmanager
def _seeing_no_modules(library: ModuleType) -> Iterator[None]:
    """What ``library`` lists within is empty; the modules themselves are where they were."""
    vars(library)["sys"] = _NoModules()
    try:
        yield
    finally:
        vars(library)["sys"] = sys


class ForkedKernel(ipkernel.IPythonKernel):
    """IPython's kernel with the files of the warm modules."""

    def __init__(self, **options: Any) -> None:
        with _seeing_no_modules(ipkernel):
            super().__init__(**options)
        self._kernel_modules = WARM_FILES
        debugger = getattr(self, "debugger", None)
        if debugger is not None:
            debugger.kernel_modules = WARM_FILES


def settings_alone(arguments: Sequence[str]) -> Config | None:
    """What ``--Class.name=value`` and ``-f connection_file`` set; None if there is anything else,
    or one of them twice."""
    found = Config()
    words = iter(arguments)
    for word in words:
        if word == "-f":
            word = f"--IPKernelApp.connection_file={next(words, '')}"
        setting = _SETTING.fullmatch(word)
        if setting is None or setting["name"] in found[setting["section"]]:
            return None
        found[setting["section"]][setting["name"]] = DeferredConfigString(setting["value"])
    return found


class OutStream(iostream.OutStream):
    """IPython's standard output or error that waits only while there is something to send.

    What a program writes to the file descriptor itself comes through a pipe, which a thread reads.
    It is taken from the pipe and put into the buffer in one move, so that it is always seen in one
    of both.
    """

    def _watch_pipe_fd(self) -> None:
        pipe = self._fid
        if pipe is None:
            return
        try:
            while self._should_watch:
                select.select([pipe], [], [])
                with self._buffer_lock:
                    written = os.read(pipe, iostream.PIPE_BUFFER_SIZE)
                    if not (written and self._should_watch):
                        return
                    self.write(written.decode(errors="replace"))
                os.write(self._original_stdstream_copy, written)
        except Exception:
            self._exc = sys.exc_info()

    def _in_the_pipe(self) -> bool:
        return self._fid is not None and bool(select.select([self._fid], [], [], 0)[0])

    def flush(self) -> None:
        """As the parent's, when something was written."""
        limit = time.monotonic() + _PATIENCE  # for something else may go on writing
        while self._in_the_pipe() and self.watch_fd_thread.is_alive():
            if time.monotonic() > limit:
                break
            time.sleep(_SOON)
        with self._buffer_lock:
            nothing = not self._buffers
        if not nothing:
            super().flush()


class IPKernelApp(kernelapp.IPKernelApp):
    """IPython's kernel application with the names of the warm modules.

    Its own name is the parent's: it is that of its log and of its settings.
    """

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """As the parent's; where it is settings alone, without making a parser of all there are."""
        settings = settings_alone(argv or ())
        if settings is None:
            super().parse_command_line(argv)
        else:
            self.argv, self.extra_args, self.cli_config = list(argv or ()), [], settings
            self.update_config(settings)

    def init_io(self) -> None:
        """As the parent's."""
        if self.outstream_class == _STOCK_STREAM:
            self.outstream_class = f"{OutStream.__module__}.{OutStream.__qualname__}"
        super().init_io()

    def init_code(self) -> None:
        """As the parent's."""
        with _seeing_no_modules(shellapp):
            super().init_code()
        if self.shell is not None:
            self.shell._sys_modules_keys = WARM_NAMES
