"""From which line of which template each line of a staged text comes.

A condition leaves lines out, so that a staged text's lines are not its template's; a person mends
the template. While a template is filled, its own text carries marks that no value can hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from gsi.ground.errors import Finding, UserMistake
from gsi.report.engine.findings import Place

# Where templates stand, seen from the project's folder.
HOME = "reports"
# Beside what is generated for a territory: staged text → the origin of each of its lines.
FILE = Path("_generado") / "lineas.json"
# Control characters: a value is written in characters that a document can show.
_MARK = re.compile("\x01([^\x01\x02]+):([0-9]+)\x02")
_LINE = re.compile(r"\n(?=.)", re.DOTALL)
_PLACE = re.compile(r"(.+), línea (\d+)")


class Marks(Extension):
    """Jinja2 says of every line of a template's own text where it stands."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type != "data" or stream.name is None:
                yield token
                continue
            first, *rest = _LINE.split(token.value)
            marked = [f"{_mark(stream.name, token.lineno)}{first}"]
            marked += [
                f"{_mark(stream.name, number)}{line}"
                for number, line in enumerate(rest, token.lineno + 1)
            ]
            yield Token(token.lineno, "data", "\n".join(marked))


def _mark(name: str | None, line: int) -> str:
    return f"\x01{name}:{line}\x02"


def taken(marked: str) -> tuple[str, list[Place]]:
    """A filled text without its marks, and the place of each line that is not blank."""
    places, last = [], Place("", 1)
    lines = []
    for line in marked.split("\n"):
        found = _MARK.search(line)
        last = last if found is None else Place(f"{HOME}/{found[1]}", int(found[2]))
        lines.append(_MARK.sub("", line))
        if lines[-1].strip():
            places.append(last)
    return "\n".join(lines), places


def write(folder: Path, origins: Mapping[str, list[Place]]) -> None:
    """Keep in a staged project where the lines of its texts come from."""
    told = {name: [[each.file, each.line] for each in origins[name]] for name in sorted(origins)}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    (folder / FILE).write_bytes(f"{text}\n".encode())


@contextmanager
def traced(folder: Path) -> Iterator[None]:
    """What is wrong with a text of a staged project is told where its template has it."""
    try:
        yield
    except UserMistake as found:
        path = folder / FILE
        if not path.is_file():
            raise
        origins = json.loads(path.read_text(encoding="utf-8"))
        raise UserMistake(list(_moved(folder, found.findings, origins))) from None


def _moved(
    folder: Path, findings: Iterable[Finding], origins: Mapping[str, list[list[str]]]
) -> Iterator[Finding]:
    for each in findings:
        place = _PLACE.fullmatch(each.where)
        known = origins.get(place[1]) if place else None
        if place is None or not known:
            yield each
            continue
        lines = (folder / place[1]).read_text(encoding="utf-8").splitlines()
        above = sum(bool(line.strip()) for line in lines[: int(place[2])])
        file, line = known[min(max(above, 1), len(known)) - 1]
        yield Finding(str(Place(file, int(line))), each.rule, each.received, each.remedy)
