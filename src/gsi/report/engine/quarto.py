"""The real Quarto, when it is installed: one call for the whole staged project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

from gsi.ground.errors import Finding, UserMistake
from gsi.ground.files import write_text
from gsi.report.engine.findings import Place
from gsi.report.engine.formats import FORMATS

# Quarto tells these and still ends with code 0; in a report they are missing words or numbers.
_LOST = re.compile(
    r"unable to resolve|\?@[a-z]+-|\?(?:var|meta|env):|shortcode .* not found|unknown (?:var|meta)"
    r"|could not (?:fetch|convert)|(?:crossref|citation) .* not found|missing (?:image|file)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# How Quarto tells a fault: from ERROR to its own stack trace; of YAML, file and line of each one,
# then the lines themselves with the place underlined.
_ERROR, _TRACE = re.compile(r"^\s*ERROR:", re.MULTILINE), re.compile(r"^Stack trace:", re.MULTILINE)
_FAULT = re.compile(r"^(?:ERROR: )?In file (.+)\n\(line (\d+), columns? [\d-]+\) ", re.MULTILINE)
_EXCERPT = re.compile(r"\d+: .*|~+")


def program() -> str | None:
    """Quarto's path: ``QUARTO_PATH`` (program or its folder), else the PATH, else None."""
    named = os.environ.get("QUARTO_PATH")
    if named:
        path = Path(named)
        candidate = path / "quarto" if path.is_dir() else path
        return str(candidate) if candidate.is_file() else None
    return shutil.which("quarto")


def require() -> str:
    """Quarto's path, or a :class:`gsi.ground.errors.UserMistake` that says what to do without
    it.
    """
    found = program()
    if found is None:
        raise UserMistake(
            Finding(
                "--engine quarto",
                "El programa Quarto no está instalado",
                os.environ.get("QUARTO_PATH", "no está en el PATH"),
                "Instale Quarto 1.6 o posterior, corrija QUARTO_PATH o use --engine embedded.",
            )
        )
    return found


@cache  # once a run: it starts slowly
def version(found: str) -> str:
    """What ``found`` says its version is, or a :class:`gsi.ground.errors.UserMistake`: a program
    that cannot tell it cannot render either.
    """
    try:
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    except OSError as problem:
        raise UserMistake(_broken(found, problem.strerror or str(problem))) from None
    if told.returncode or not told.stdout.strip():
        lines = _COLOUR.sub("", told.stderr or told.stdout).split("\n")
        said = next((line.strip() for line in lines if line.strip()), "no dijo nada")
        raise UserMistake(_broken(found, f"código {told.returncode}: {said}"))
    return told.stdout.strip()


def _broken(found: str, said: str) -> Finding:
    return Finding(
        found,
        "El programa Quarto está, pero no responde a --version",
        said,
        "Instálelo de nuevo, quítelo del PATH (o de QUARTO_PATH) o use --engine embedded.",
    )


def render(
    folder: Path, documents: Sequence[str], formats: Sequence[str], epoch: int
) -> list[Path]:
    """One ``quarto render`` in ``folder`` (a copy of the project); the files made.

    Raises :class:`gsi.ground.errors.UserMistake` with what Quarto said when it fails or warns of a
    reference or a value it could not resolve.
    """
    for path in folder.glob("*.qmd"):
        if path.name not in documents and not path.name.startswith("_"):
            path.unlink()
    _only(folder / "_quarto.yml", formats)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    done = subprocess.run(
        [require(), "render", str(folder), "--no-execute"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = _COLOUR.sub("", f"{done.stdout}\n{done.stderr}")
    if done.returncode:
        raise UserMistake(_failure(said, folder))
    lost = [line.strip() for line in said.splitlines() if _LOST.search(line)]
    if lost:
        raise UserMistake([_finding("quarto render", line) for line in lost])
    output = folder / "_output"
    made = [output / f"{Path(name).stem}.{format_}" for name in documents for format_ in formats]
    absent = [path.name for path in made if not path.is_file()]
    if absent:
        rule, remedy = "Quarto terminó sin este archivo", "Revise su versión: se necesita la 1.6."
        raise UserMistake([Finding("quarto render", rule, name, remedy) for name in absent])
    for path in made:
        FORMATS[path.suffix.removeprefix(".")].after_quarto(path)
    return made


def _only(path: Path, formats: Sequence[str]) -> None:
    """Leave only ``formats`` in a copy's ``_quarto.yml``.

    Quarto makes every format of a project that it is not told of, in one call; told of several
    (``--to html,typst``), it knows none (quarto-cli issue 5947).
    """
    options = yaml.safe_load(path.read_text(encoding="utf-8"))
    given = options.get("format", {})
    wanted = [FORMATS[name].quarto for name in formats]
    options["format"] = {name: given.get(name, "default") for name in wanted}
    write_text(path, yaml.safe_dump(options, allow_unicode=True, sort_keys=False))


def _failure(said: str, folder: Path) -> list[Finding]:
    """What Quarto told before its stack trace, at the file and line it named."""
    start = _ERROR.search(said)
    told = said[start.start() :] if start else said
    end = _TRACE.search(told)
    told = (told[: end.start()] if end else told).replace(f"{folder}{os.sep}", "")
    # What stood before a fault, its place, its text, and so on.
    _, *faults = _FAULT.split(told)
    if not faults:
        return [_finding("quarto render", _joined(told) or "terminó con error, sin decir cuál")]
    places = [Place(file, int(line)) for file, line in zip(faults[::3], faults[1::3], strict=True)]
    # The last one's text ends where Quarto tells what it does about them.
    texts = [_joined(text.split("\nERROR:")[0]) for text in faults[2::3]]
    return [
        _finding(str(place), text) for place, text in dict.fromkeys(zip(places, texts, strict=True))
    ]


def _joined(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    return " ".join(line for line in lines if line and not _EXCERPT.fullmatch(line)).rstrip(".")


def _finding(where: str, said: str) -> Finding:
    remedy = "Corrija el informe y vuelva a generarlo."
    return Finding(where, "Quarto no pudo resolver el informe", said, remedy)
