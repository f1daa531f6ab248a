"""The files that gave no row, as they are told: what is wrong with each in few lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gsi.ground.errors import Finding
from gsi.inputs.records import Faulty, LeftOut

HEADING = "Archivos con errores, apartados enteros"
UNREAD = "Archivos que no se leen"
_ROW = re.compile(r", fila (\d+)(?=,|$)")
_ROWS_SHOWN, _RECEIVED_SHOWN, _KINDS_SHOWN = 5, 3, 6


def gathered(file: Faulty) -> list[Finding]:
    """What is wrong with a file, one finding a kind of mistake and column: its rows together.

    ``where`` is the place in the file, empty for the whole file. ``received`` is for the person's
    console alone: a report shows no cell.
    """
    name = file.file.rpartition("/")[2]
    kinds: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in file.findings:
        place = _ROW.sub("", finding.where).removeprefix(name).removeprefix(", ")
        kinds.setdefault((place, finding.rule, finding.remedy), []).append(finding)
    return [
        Finding(_place(place, found), rule, _received(found), remedy)
        for (place, rule, remedy), found in kinds.items()
    ]


def _place(place: str, findings: Sequence[Finding]) -> str:
    rows = [int(row) for finding in findings for row in _ROW.findall(finding.where)[:1]]
    if not rows:
        return place
    word = "fila" if len(rows) == 1 else "filas"
    return ", ".join(filter(None, [place, f"{word} {_few([str(r) for r in rows], _ROWS_SHOWN)}"]))


def _received(findings: Iterable[Finding]) -> str:
    values = list(dict.fromkeys(finding.received for finding in findings if finding.received))
    return _few(values, _RECEIVED_SHOWN)


def _few(items: Sequence[str], most: int) -> str:
    rest = len(items) - most
    if rest > 0:
        return f"{', '.join(items[:most])} y {rest} más"
    return " y ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def told(file: Faulty) -> list[str]:
    """Each mistake of a file in a line, with what was received."""
    return [str(finding).removeprefix(": ") for finding in gathered(file)]


def faulty_rows(left_out: LeftOut, most: int | None = _KINDS_SHOWN) -> list[tuple[str, str, str]]:
    """File, what is wrong and remedy, for a page or a report; ``most`` kinds of mistake a file."""
    rows = []
    for file in left_out.faulty:
        found = gathered(file)
        shown = found if most is None else found[:most]
        rows += [
            (file.file, ": ".join(filter(None, [f.where, f.rule])) + ".", f.remedy) for f in shown
        ]
        rest = len(found) - len(shown)
        if rest:
            rows.append((file.file, f"Otros problemas: {rest}.", "Véalos en calidad.html."))
    return rows


def by_reason(left_out: LeftOut) -> list[tuple[str, list[str]]]:
    """Reason → files that were not read for it, in the order of the files."""
    reasons: dict[str, list[str]] = {}
    for file, why in left_out.reasons():
        reasons.setdefault(why, []).append(file)
    return list(reasons.items())
