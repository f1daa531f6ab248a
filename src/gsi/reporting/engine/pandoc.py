"""One call of the Pandoc that comes inside the ``pypandoc-binary`` wheel."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsi.reporting.engine.findings import EngineError

LUA = Path(__file__).parent / "lua"
RESOLVE = LUA / "resolve.lua"
SUBSET = [RESOLVE, LUA / "check.lua", LUA / "crossref.lua"]
# Twice the memory for a third less time in the garbage collector.
_RUNTIME = ("+RTS", "-F4", "-RTS")
_MARK = "GSI-HALLAZGO "


@dataclass(frozen=True)
class Spotted:
    """What a Lua filter found: ``line`` of the expanded text (0 unknown) or a snippet of it."""

    line: int
    rule: str
    received: str
    remedy: str
    snippet: str


def run(
    arguments: Sequence[str], *, folder: Path, name: str, text: bytes, epoch: int
) -> list[Spotted]:
    """Convert ``text`` of the document ``name`` with Pandoc in ``folder``; what the filters found.

    ``text`` is UTF-8: Markdown, or Pandoc's JSON, as the arguments say. ``epoch`` (seconds) stands
    for the clock. Raises :class:`EngineError` when Pandoc fails or warns and no filter explains it.
    """
    import pypandoc

    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LUA_PATH": f"{LUA}/?.lua"}
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), *_RUNTIME, *arguments],
        cwd=folder,
        input=text,
        env=environment,
        capture_output=True,
        check=False,
    )
    spotted, messages = [], []
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        if line.startswith(_MARK):
            spotted.append(Spotted(**_fields(json.loads(line.removeprefix(_MARK)))))
        elif line.strip():
            messages.append(line)
    if not spotted and (done.returncode or messages):
        message = " ".join(messages) or f"código de salida {done.returncode}"
        raise EngineError(name, "Pandoc", message)
    return spotted


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "line": int(values["line"])}
