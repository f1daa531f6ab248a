"""``python -m benchmarks [NAME...]``: the named subjects, or all of them.

A subject is a module of this package with a function ``main`` that measures, prints ratios and
returns False when a promise is missed; the order then ends with 1.
"""

from __future__ import annotations

import argparse
import pkgutil
import sys
from importlib import import_module

import benchmarks


def main() -> None:
    """Run the subjects asked for, in alphabetical order by default."""
    known = sorted(
        item.name for item in pkgutil.iter_modules(benchmarks.__path__) if item.name[0] != "_"
    )
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    unknown = [name for name in given.subjects if name not in known]
    if unknown:
        parser.error(f"no subject {', '.join(unknown)}; there are: {', '.join(known)}")
    missed = []
    for name in given.subjects or known:
        print(f"── {name}", flush=True)
        if import_module(f"benchmarks.{name}").main(given.repeat) is False:
            missed.append(name)
    if missed:
        sys.exit(f"no se cumplió: {', '.join(missed)}")


if __name__ == "__main__":
    main()
