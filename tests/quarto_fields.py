"""What Quarto checks of metadata, from its public reference: names of fields, kinds of value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FORMATS = {"html", "typst", "docx", "pdf", "odt", "epub", "latex", "markdown", "gfm", "revealjs"}
_LINE = re.compile(r"^([\w.-]+): (.+)$", re.MULTILINE)
_TEXT = Path(__file__).with_name("quarto_fields.txt").read_text(encoding="utf-8")
FIELDS = {name: tuple(kinds.split()) for name, kinds in _LINE.findall(_TEXT)}
PROJECT = {name.partition(".")[2] for name in FIELDS if name.startswith("project.")}


@dataclass(frozen=True)
class Fault:
    """A key that Quarto would refuse: its path, and what it says of it."""

    path: str
    said: str


def faults(metadata: Mapping[str, Any], *, project: bool = False) -> Iterator[Fault]:
    """What Quarto refuses of a document's metadata, or of a project file's."""
    for name, value in metadata.items():
        if name == "project" and project and isinstance(value, Mapping):
            yield from _closed(value)
        elif name == "format" and isinstance(value, Mapping):
            yield from _formats(value)
        else:
            yield from _field(name, name, value)


def _formats(formats: Mapping[str, Any]) -> Iterator[Fault]:
    for name, options in formats.items():
        if name not in FORMATS:
            said = f'Field "format" has value {options}, which must instead be no possible value'
            yield Fault(f"format.{name}", said)
        elif isinstance(options, Mapping):
            for key, value in options.items():
                yield from _field(f"format.{name}.{key}", key, value)
        elif options != "default":
            yield Fault(f"format.{name}", f'Field "{name}" has value {options}')


def _closed(project: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in project.items():
        if name not in PROJECT:
            yield Fault(f"project.{name}", f"property name {name} is invalid")
        else:
            yield from _field(f"project.{name}", f"project.{name}", value)


def _field(path: str, name: str, value: Any) -> Iterator[Fault]:
    kinds = FIELDS.get(name, ("any",))
    if not any(_is(value, kind) for kind in kinds):
        wanted = " or ".join(kind.removeprefix("=") for kind in kinds)
        said = f'Field "{name}" has value {_shown(value)}, which must instead be a {wanted}'
        yield Fault(path, said)


def _is(value: Any, kind: str) -> bool:
    if kind.startswith("="):
        return str(value) == kind[1:]
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    types: dict[str, Any] = {
        # A date without quotes is a text for Quarto's YAML.
        "string": (str, dt.date),
        "boolean": bool,
        "list": list,
        "object": Mapping,
        "null": type(None),
        "any": object,
    }
    return isinstance(value, types[kind])


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {inner}" for key, inner in value.items())[:60]
    return str(value)[:60]


def front_matter(path: Path) -> dict[str, Any]:
    """The header of a .qmd, empty when it has none."""
    found = re.match(r"---\n(.*?)\n---\n", path.read_text(encoding="utf-8"), re.DOTALL)
    return (yaml.safe_load(found[1]) or {}) if found else {}


def of_quarto(metadata: Mapping[str, Any]) -> set[str]:
    """The keys that are fields of Quarto or Pandoc: ours must not be among them."""
    return {name for name in metadata if name in FIELDS}
