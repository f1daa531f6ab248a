"""A stand-in for Quarto in the tests: it checks what the real one checks of a project, and says it
in its form. Its files are empty, but for what the product opens of them.

It knows `quarto --version` and `quarto render FOLDER [--to FORMAT] [--no-execute]`. The environment
may name a file where it notes how it was called (GSI_TEST_CALL, JSON).
"""

from __future__ import annotations

import json
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import yaml
from quarto_fields import FORMATS, Fault, faults, front_matter

INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(\S+)\s*>\}\}\s*$", re.MULTILINE)
EXTENSIONS = {"html": "html", "typst": "pdf", "docx": "docx"}
FILES = ("css", "template-partials", "include-after-body", "reference-doc", "font-paths")
TRACE = (
    "\nStack trace:\n    at renderProject (file:///quarto/project.ts:439:23)\n    at main.ts:45:14"
)


def fail(message: str) -> NoReturn:
    print(f"ERROR: {message}\n{TRACE}", file=sys.stderr)
    sys.exit(1)


def refuse(title: str, path: Path, found: Iterable[Fault]) -> None:
    texts = [
        f"In file {path.name}\n(line {line_of(path, fault.path)}, columns 3--6) {fault.said}\n"
        f"ℹ The error happened in location {fault.path.replace('.', ':')}.\n"
        for fault in found
    ]
    if texts:
        fail(f"{title}\n\n" + "\n".join(texts))


def line_of(path: Path, key: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    last = key.rpartition(".")[2]
    return next((n for n, text in enumerate(lines, 1) if text.strip().startswith(f"{last}:")), 1)


def existing(folder: Path, names: Any) -> None:
    for name in [names] if isinstance(names, str) else names or []:
        if name != "quarto" and not (folder / name).exists():
            fail(f"{folder / name} was not found. Please confirm that the path is correct.")


def expanded(path: Path, folder: Path) -> str:
    """A document's text with what it includes, relative to whom includes it."""

    def include(found: re.Match[str]) -> str:
        inner = path.parent / found[1]
        if not inner.is_file():
            fail(f"Include directive failed.\n  in file {path}, \n  could not find file {inner}.")
        return expanded(inner, folder)

    return INCLUDE.sub(include, path.read_text(encoding="utf-8"))


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".docx":
        path.write_text(f"{path.suffix[1:]}\n", encoding="utf-8")
        return
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")


def main(arguments: list[str]) -> None:
    if arguments == ["--version"]:
        print("1.11.0")
        return
    order, folder, *options = arguments
    if order != "render" or not Path(folder).is_dir():
        fail(f"Unknown order {order} {folder}")
    root = Path(folder)
    asked: list[str] = []
    while options:
        option = options.pop(0)
        if option == "--to":
            asked = [options.pop(0)]
        elif option != "--no-execute":
            fail(f'Unknown option "{option}".')
    # One format a call, or none and the project's.
    if asked and asked[0] not in FORMATS:
        fail(f"Unknown format {asked[0]}")
    path = root / "_quarto.yml"
    project = yaml.safe_load(path.read_text(encoding="utf-8"))
    refuse(f"Project {path} validation failed.", path, faults(project, project=True))
    for name in project.get("metadata-files", []):
        existing(root, name)
        extra = yaml.safe_load((root / name).read_text(encoding="utf-8"))
        refuse(f"Validation of metadata file {root / name} failed.", root / name, faults(extra))
    existing(root, project.get("filters"))
    formats = project.get("format", {"html": {}})
    for options_of in formats.values():
        for key in FILES:
            existing(root, options_of.get(key) if isinstance(options_of, Mapping) else None)
    documents = sorted(item for item in root.glob("*.qmd") if not item.name.startswith("_"))
    for document in documents:
        header = front_matter(document)
        refuse("Validation of YAML front matter failed.", document, faults(header))
        expanded(document, root)
        for name in asked or header.get("format", formats):
            write(root / "_output" / f"{document.stem}.{EXTENSIONS.get(name, name)}")
    if "GSI_TEST_CALL" in os.environ:
        call = {
            "arguments": arguments,
            "epoch": os.environ.get("SOURCE_DATE_EPOCH"),
            "documents": sorted(item.name for item in root.glob("*.qmd")),
            "formats": list(formats),
        }
        Path(os.environ["GSI_TEST_CALL"]).write_text(json.dumps(call), encoding="utf-8")
    print("Output created: _output")


if __name__ == "__main__":
    main(sys.argv[1:])
