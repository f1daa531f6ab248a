"""``python -m example_department [FOLDER]``: the example's files (default data/raw/ejemplo)."""

from __future__ import annotations

import sys
from pathlib import Path

from example_department import write


def main(arguments: list[str]) -> int:
    """Write the files and say how many bytes each has."""
    folder = Path(arguments[0]) if arguments else Path("data/raw/ejemplo")
    for path in write(folder):
        print(f"{path.name}: {path.stat().st_size:,} bytes".replace(",", "."))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
