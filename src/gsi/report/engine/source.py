"""A .qmd with its includes and page breaks expanded, every line traced to the file it came from.

Elements that can be wrong carry their line (``gsi-line``) to the syntax tree, where the subset is
checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from gsi.ground.errors import Finding
from gsi.report.engine.findings import Place, finding

SHORTCODE = re.compile(r"\{\{<\s*(.*?)\s*>\}\}")
_INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(?:\"([^\"]+)\"|'([^']+)'|(\S+))\s*>\}\}\s*$")
FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")
_BARE_DIV = re.compile(r"^(\s*:{3,})\s*([\w-]+)\s*:*\s*$")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_MATH = re.compile(r"(?<![\\$])\$(?![\s$])(?:[^$\\]|\\.)*?(?<!\s)\$(?!\d)|\$\$.*?\$\$")
_PAIR = r"(?:#[\w:.\-]+|\.[\w:.\-]+|[A-Za-z][\w:.\-]*=(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s\"'{}]+))"
_ATTRIBUTES = re.compile(
    r"((?<=[\])])|(?:^\s*:{3,}\s*)|\s)\{(\s*"
    + _PAIR
    + r"(?:\s+"
    + _PAIR
    + r")*)\s*\}(?=(\s*:*\s*$)?)"
)
_TARGET = re.compile(r"\]\(((?:[^()\s\\]|\\.)+)((?:\s+\"[^\"]*\")?)\)(\{)?")
_CITATION = re.compile(r"(?<![\w\\@:/.])@((?:fig|tbl|sec|eq)-\w+(?:[-_]\w+)*)")
_EQUATION = re.compile(r"\$\$\s*\{#eq-\w+(?:[-_]\w+)*\}\s*$")
_LOOSE = re.compile(r"(?<!\\)\{[#.][A-Za-z][^{}]*\}?")
# Without any of these signs a line holds nothing to expand, to mark or to refuse.
_MARKED = re.compile(r"[{@]|\]\(|^\s*:::")


@dataclass
class Source:
    """One document ready for Pandoc: its own metadata, its text and where each line came from."""

    name: str
    metadata: dict[str, Any]
    metadata_lines: dict[str, int]
    lines: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def place(self, line: int | None, snippet: str = "") -> Place | str:
        """Where an element of the expanded text was written; the document when unknown."""
        if line is not None and 1 <= line <= len(self.places):
            return self.places[line - 1]
        if snippet:
            for text, place in zip(self.lines, self.places, strict=True):
                if snippet in text:
                    return place
        return self.name


def read(root: Path, name: str) -> Source:
    """Expand ``root/name``. Nothing is raised: what is wrong stands in ``findings``."""
    text = (root / name).read_text(encoding="utf-8")
    metadata, lines, first, findings = _front_matter(name, text)
    source = Source(name, metadata, lines, findings=findings)
    body = text.split("\n")[first:]
    _Expander(root, source).walk(name, body, first + 1, (name,))
    return source


_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(name: str, text: str) -> tuple[dict[str, Any], dict[str, int], list[Finding]]:
    """A YAML mapping, the line (from 1) of each dotted key of it, and what is wrong with it.

    The mapping is only to be read: the same text gives the same one.
    """
    document, lines, findings = _loaded(name, text)
    return document, lines, list(findings)


@lru_cache(8)  # a territory's metadata and the project's options are asked for several times
def _loaded(name: str, text: str) -> tuple[dict[str, Any], dict[str, int], list[Finding]]:
    try:
        # libyaml, ten times as fast; what is wrong is told by the pure parser, below.
        document, lines = _parsed(text, _FAST)
    except yaml.YAMLError:
        document, lines = None, {}
    if document is None:
        return _read_slowly(name, text)
    return _mapping(name, document, lines)


def _parsed(text: str, loader_class: Any) -> tuple[Any, dict[str, int]]:
    """A YAML document and the line of each dotted key, from one parse."""
    loader = loader_class(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None, {}
        # Before the document is made of it, which joins merged mappings (<<) into their hosts.
        lines = _key_lines(node)
        return loader.construct_document(node), lines
    finally:
        loader.dispose()


def _key_lines(root: yaml.Node) -> dict[str, int]:
    lines: dict[str, int] = {}

    def visit(node: yaml.Node | None, prefix: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                name = f"{prefix}{key.value}"
                lines[name] = key.start_mark.line + 1
                visit(value, f"{name}.")

    visit(root, "")
    return lines


def _read_slowly(name: str, text: str) -> tuple[dict[str, Any], dict[str, int], list[Finding]]:
    try:
        document, lines = _parsed(text, yaml.SafeLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = Place(name, mark.line + 1) if mark is not None else name
        received = str(getattr(problem, "problem", "") or "YAML no válido")
        return {}, {}, [finding(place, "El YAML no se puede leer", received, "Corrija esa línea.")]
    return _mapping(name, document, lines)


def _mapping(
    name: str, document: Any, lines: dict[str, int]
) -> tuple[dict[str, Any], dict[str, int], list[Finding]]:
    if document is None:
        return {}, {}, []
    if not isinstance(document, dict):
        rule = "El archivo debe ser una lista de claves y valores (YAML)"
        return {}, {}, [finding(name, rule, type(document).__name__, "Escriba clave: valor.")]
    return document, lines, []


def _front_matter(
    name: str, text: str
) -> tuple[dict[str, Any], dict[str, int], int, list[Finding]]:
    """Metadata, key lines, number of lines taken, findings."""
    lines = text.split("\n")
    if not lines or lines[0].rstrip() != "---":
        return {}, {}, 0, []
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() in {"---", "..."}:
            # A blank first line keeps YAML's own line numbers equal to the file's.
            block = "\n".join(["", *lines[1:number]])
            metadata, keys, findings = load_yaml(name, block)
            return metadata, keys, number + 1, findings
    rule = "El encabezado YAML no se cierra"
    return (
        {},
        {},
        len(lines),
        [finding(Place(name, 1), rule, "---", "Ciérrelo con una línea '---'.")],
    )


class _Expander:
    """Walks the lines of a document and of its includes, appending to one :class:`Source`."""

    def __init__(self, root: Path, source: Source) -> None:
        self.root = root.resolve()
        self.source = source

    def walk(self, name: str, lines: list[str], first: int, stack: tuple[str, ...]) -> None:
        fence = ""
        math = False
        if lines and lines[-1] == "":
            lines = lines[:-1]
        for number, line in enumerate(lines, start=first):
            place = Place(name, number)
            opened = FENCE.match(line)
            if opened and (not fence or (opened[1].startswith(fence) and not opened[2].strip())):
                if not fence and "{" in opened[2]:
                    rule = "Bloque de código fuera del subconjunto admitido"
                    remedy = "Los informes no ejecutan código ni llevan código en bruto."
                    self._wrong(place, rule, line.strip(), remedy)
                fence = "" if fence else opened[1]
                self._put(line, place)
            elif fence:
                if "{{<" in line:
                    self._wrong_shortcode(place, line.strip(), "dentro de un bloque de código")
                self._put(line, place)
            elif math or line.strip() == "$$":
                if line.lstrip().startswith("$$"):
                    math = not math
                if "{{<" in line:
                    self._wrong_shortcode(place, line.strip(), "dentro de una fórmula")
                self._put(line, place)
            elif included := _INCLUDE.match(line):
                self._include(included[1] or included[2] or included[3], place, stack)
            else:
                self._text(line, place)

    def _put(self, line: str, place: Place) -> None:
        self.source.lines.append(line)
        self.source.places.append(place)

    def _wrong(self, place: Place, rule: str, received: str, remedy: str) -> None:
        self.source.findings.append(finding(place, rule, received, remedy))

    def _wrong_shortcode(self, place: Place, received: str, where: str) -> None:
        rule = f"Un shortcode no se resuelve {where}"
        self._wrong(place, rule, received, "Escriba el valor fuera de ese elemento.")

    def _include(self, target: str, place: Place, stack: tuple[str, ...]) -> None:
        base = self.root if target.startswith("/") else (self.root / place.file).parent
        path = (base / target.lstrip("/")).resolve()
        if not path.is_relative_to(self.root):
            rule = "Un archivo incluido debe estar dentro del proyecto"
            self._wrong(place, rule, target, "Muévalo a la carpeta del informe.")
            return
        name = path.relative_to(self.root).as_posix()
        if name in stack:
            chain = " → ".join([*stack, name])
            self._wrong(place, "Los archivos se incluyen en círculo", chain, "Quite una inclusión.")
        elif not path.is_file():
            self._wrong(place, "No existe el archivo incluido", target, "Corrija la ruta.")
        else:
            lines = path.read_text(encoding="utf-8").split("\n")
            self.walk(name, lines, 1, (*stack, name))

    def _text(self, line: str, place: Place) -> None:
        if not _MARKED.search(line):
            self._put(line, place)
            return
        codes = SHORTCODE.findall(line)
        if len(codes) == 1 and SHORTCODE.fullmatch(line.strip()) and codes[0] == "pagebreak":
            number = len(self.source.lines) + 2
            for text in ("", f'::: {{.gsi-pagebreak gsi-line="{number}"}}', ":::", ""):
                self._put(text, place)
            return
        number = len(self.source.lines) + 1
        for found in SHORTCODE.finditer(line):
            self._refuse(found[1], found[0], place)
        if "{{<" in SHORTCODE.sub("", line).replace("\\{{<", ""):
            rule = "Un shortcode abre y cierra en la misma línea: {{< … >}}"
            self._wrong(place, rule, line.strip()[:60], "Escríbalo completo en una línea.")
        self._put(self._marked(line, number, place), place)

    def _refuse(self, code: str, raw: str, place: Place) -> None:
        """Say what is wrong with a shortcode inside a text."""
        match code.split()[:1]:
            case ["pagebreak"]:
                rule = "El salto de página va solo en su línea"
                self._wrong(place, rule, raw, "Póngalo en una línea aparte.")
            case ["include"]:
                rule = "La inclusión va sola en su línea y nombra un archivo"
                self._wrong(place, rule, raw, "Póngala en una línea aparte.")
            case _:
                remedy = "Use include o pagebreak; los valores se escriben en la plantilla."
                self._wrong(place, "Shortcode fuera del subconjunto admitido", raw, remedy)

    def _marked(self, line: str, number: int, place: Place) -> str:
        """The line with its number on every element that can fail."""
        mark = f'gsi-line="{number}"'
        bare = _BARE_DIV.match(line)
        if bare:
            return f"{bare[1]} {{.{bare[2]} {mark}}}"
        protected = [
            found.span()
            for sign, pattern in (("`", _CODE), ("$", _MATH))
            if sign in line
            for found in pattern.finditer(line)
        ]

        def inside(position: int, spans: list[tuple[int, int]]) -> bool:
            return any(start <= position < end for start, end in spans)

        edits: list[tuple[int, int, str]] = []
        spans: list[tuple[int, int]] = []
        for found in _ATTRIBUTES.finditer(line):
            opening, content = found[1], found[2]
            at_end = found[3] is not None
            glued = opening == ""
            if inside(found.start(), protected) or content.lstrip().startswith("#eq-"):
                continue
            if not glued and not at_end:
                continue
            spans.append(found.span())
            edits.append((*found.span(), f"{opening}{{{content} {mark}}}"))
            inner = _bracketed(line, found.start())
            if glued and inner is not None and inner != inner.strip(" "):
                rule = "Pandoc quita el espacio del borde de un texto entre corchetes"
                remedy = "Escríbalo &#32; o sáquelo de los corchetes."
                self._wrong(place, rule, f"[{inner}]", remedy)
        for found in _TARGET.finditer(line):
            if inside(found.start(), protected):
                continue
            spans.append(found.span())
            added = "{" if found[3] else f"{{{mark}}}"
            end = found.end()
            text = f"]({found[1]}{found[2]}){added}"
            if found[3]:
                # The brace belongs to the attributes that follow; leave it to them.
                end, text = end - 1, text[:-1]
            edits.append((found.start(), end, text))
        for found in _CITATION.finditer(line):
            if not inside(found.start(), protected + spans):
                edits.append((*found.span(), f"@{found[1]}:gsi{number}"))
        for found in _LOOSE.finditer(line):
            if not inside(found.start(), protected + spans) and not _EQUATION.search(line):
                rule = "Estas llaves no van junto a ningún elemento"
                remedy = "Péguelas a su elemento, sin espacio, o escriba \\{ si es texto."
                self._wrong(place, rule, found.group(), remedy)
        for start, end, text in sorted(edits, reverse=True):
            line = line[:start] + text + line[end:]

        return line


def _bracketed(line: str, end: int) -> str | None:
    """What stands between the brackets that close just before ``end``, None if none do."""
    if line[end - 1 : end] != "]":
        return None
    depth = 0
    for position in range(end - 1, -1, -1):
        escaped = position > 0 and line[position - 1] == "\\"
        if line[position] in "[]" and not escaped:
            depth += 1 if line[position] == "]" else -1
            if depth == 0:
                return line[position + 1 : end - 1]
    return None
