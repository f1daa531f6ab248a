"""The kernel that a copy of the warm process becomes."""

from __future__ import annotations

import sys
from typing import Any, ClassVar

from ipykernel import ipkernel

# Files of the modules that were warm: a debugger steps over them. One list, made before any fork,
# because to look at two thousand modules is to copy the memory they are in.
WARM_FILES = [file for m in list(sys.modules.values()) if (file := getattr(m, "__file__", None))]


class _NoModules:
    """``sys`` for a kernel that is being made, which lists the files of every module."""

    modules: ClassVar[dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class ForkedKernel(ipkernel.IPythonKernel):
    """IPython's kernel, which takes the list of modules that its server made."""

    def __init__(self, **options: Any) -> None:
        vars(ipkernel)["sys"] = _NoModules()
        try:
            super().__init__(**options)
        finally:
            vars(ipkernel)["sys"] = sys
        self._kernel_modules = WARM_FILES
        debugger = getattr(self, "debugger", None)
        if debugger is not None:
            debugger.kernel_modules = WARM_FILES
