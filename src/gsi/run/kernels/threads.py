"""One thread a process: territories already fill the cores, and sums keep their order."""

from __future__ import annotations

from collections.abc import MutableMapping

# Read when the library is first imported. A library's own threads would not survive a fork either.
VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def one_thread(environment: MutableMapping[str, str]) -> None:
    """Ask for one thread in ``environment``, unless it already says how many."""
    for name in VARIABLES:
        environment.setdefault(name, "1")
