"""One call of the Pandoc that comes inside the ``pypandoc-binary`` wheel."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsi.report.engine.findings import EngineError

LUA = Path(__file__).parent / "lua"
RESOLVE = LUA / "resolve.lua"
FORMATS = LUA / "formats.lua"
CHECK, CROSSREF = LUA / "check.lua", LUA / "crossref.lua"
_MARK = "GSI-HALLAZGO "
# Pandoc is built with -H64m, which takes all of that for new objects: more than the processor's
# caches hold, while old objects are gone through again and again. A report needs the contrary.
_MEMORY = ("+RTS", "-H8m", "-A4m", "-O64m", "-RTS")


@dataclass(frozen=True)
class Spotted:
    """What a Lua filter found: ``line`` of the expanded text (0 unknown) or a snippet of it."""

    line: int
    rule: str
    received: str
    remedy: str
    snippet: str


@dataclass(frozen=True)
class Ended:
    """How a call of Pandoc ended: what filters found, what Pandoc itself said."""

    spotted: list[Spotted]
    messages: list[str]


def run(arguments: Sequence[str], *, folder: Path, text: bytes, epoch: int, formats: Path) -> Ended:
    """Convert ``text`` with Pandoc in ``folder``.

    ``text`` is Markdown in UTF-8; ``epoch`` (seconds) stands for the clock; ``formats`` is the task
    that ``formats.lua`` reads.
    """
    import pypandoc

    environment = {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(epoch),
        "LUA_PATH": f"{LUA}/?.lua",
        "GSI_FORMATS": str(formats),
    }
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), *arguments, *_MEMORY],
        cwd=folder,
        input=text,
        env=environment,
        capture_output=True,
        check=False,
    )
    found, messages = [], []
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        if line.startswith(_MARK):
            found.append(Spotted(**_fields(json.loads(line.removeprefix(_MARK)))))
        elif line.strip():
            messages.append(line)
    if done.returncode and not messages:
        messages = [f"código de salida {done.returncode}"]
    return Ended(found, messages)


def spotted(name: str, call: Ended) -> list[Spotted]:
    """What filters found in the call that made the outputs of the document ``name``.

    Raises :class:`EngineError` when Pandoc failed or warned in it and no filter explains it.
    """
    if call.messages and not call.spotted:
        raise EngineError(name, "Pandoc", " ".join(call.messages))
    return call.spotted


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "line": int(values["line"])}
