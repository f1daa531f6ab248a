"""What a copy of the warm process becomes: IPython's kernel, which finds modules already listed.

A kernel looks at every module that is imported, twice, as it starts. To look at two thousand
objects of the warm process is to copy the memory they are in: a quarter of a notebook's kernel, a
sixteenth of a territory's time. Both lists are made here, before any fork.

This is the one module that leans on names that other libraries keep to themselves: :data:`HOOKS`
lists them. It may do so where a hook alone is worth more than a twentieth of a territory's time.
"""

from __future__ import annotations

import atexit
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from ipykernel import ipkernel, kernelapp
from IPython.core import shellapp
from traitlets.config import Config
from traitlets.config.loader import DeferredConfigString

# A debugger steps over these files; '%reset -s aggressive' leaves these modules.
WARM_FILES = [file for m in list(sys.modules.values()) if (file := getattr(m, "__file__", None))]
WARM_NAMES = set(sys.modules)
# Library → the version that nobody has tried yet, and its private names used here. Without one of
# them a kernel is only slower: take the line that sets it away, and its name from this list.
HOOKS = {
    "ipykernel": ("8", ("_kernel_modules",)),
    "ipython": ("10", ("_sys_modules_keys",)),
}
_SETTING = re.compile(r"--(?P<section>[A-Z]\w*)\.(?P<name>\w+)=(?P<value>.+)")


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
            super().__init__(**options)  # type: ignore[no-untyped-call]
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

    def init_code(self) -> None:
        """As the parent's."""
        with _seeing_no_modules(shellapp):
            super().init_code()  # type: ignore[no-untyped-call]
        if self.shell is not None:
            self.shell._sys_modules_keys = WARM_NAMES


def run_exit_functions() -> None:
    """What the interpreter does at its end; a copy of a process cannot get there through the frames
    of what was copied."""
    atexit._run_exitfuncs()
