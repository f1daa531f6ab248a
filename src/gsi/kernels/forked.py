"""What a copy of the warm process becomes: IPython's kernel, which finds modules already listed.

A kernel looks at every module that is imported, twice, as it starts. To look at two thousand
objects of the warm process is to copy the memory they are in: more than all the rest of a start.
Both lists are made here, before any fork.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from ipykernel import ipkernel, kernelapp
from IPython.core import shellapp

# A debugger steps over these files; '%reset -s aggressive' leaves these modules.
WARM_FILES = [file for m in list(sys.modules.values()) if (file := getattr(m, "__file__", None))]
WARM_NAMES = set(sys.modules)


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


class IPKernelApp(kernelapp.IPKernelApp):
    """IPython's kernel application with the names of the warm modules.

    Its own name is the parent's: it is that of its log and of its settings.
    """

    def init_code(self) -> None:
        """As the parent's."""
        with _seeing_no_modules(shellapp):
            super().init_code()
        if self.shell is not None:
            self.shell._sys_modules_keys = WARM_NAMES
