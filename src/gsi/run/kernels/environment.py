"""What of an environment decides what a process imports: kernels of one server share it."""

from __future__ import annotations

from collections.abc import Mapping

# Variables that a library reads when it is imported, not when it is used.
IMPORT_TIME = ("PYTHON", "OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_", "ARROW_", "LC_", "PROJ_", "GDAL_")
IMPORT_TIME_NAMES = ("LANG", "LANGUAGE", "TZ", "HOME", "MPLCONFIGDIR", "MATPLOTLIBRC", "IPYTHONDIR")


def fingerprint(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The part of an environment that imports depend on."""
    return tuple(
        sorted(
            (name, value)
            for name, value in environment.items()
            if name.startswith(IMPORT_TIME) or name in IMPORT_TIME_NAMES
        )
    )
