"""The reports' templates: Jinja2 over Quarto's Markdown, with a territory's facts.

``<< training.coverage >>`` writes a fact, ``{% if training.partial %}`` asks a flag, ``{% if
training.coverage is known %}`` whether there is a value. What comes out is plain Quarto. A value is
data: :func:`gsi.report.engine.escape.markdown` writes it, so that it can be no markup. What is not
there fails with its template, line and name, and so does a value that a condition takes for a flag.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateSyntaxError, Undefined
from jinja2.exceptions import TemplateError
from markupsafe import Markup

from gsi.analysis.context import Context
from gsi.analysis.results import Fact, Section
from gsi.contract import places
from gsi.contract.divipola import MUNICIPALITY
from gsi.ground import locale
from gsi.ground.errors import Finding, UserMistake
from gsi.report.engine import origins
from gsi.report.engine.escape import markdown, plain
from gsi.report.engine.findings import Place

# What templates share: macros, in the place of the reports. It is not staged.
SHARED = "_frases.jinja"
# A line that says something and ends in a tag: its line break is a space, as in any Markdown. One
# of tags alone leaves nothing.
_ENDS_IN_TAG = re.compile(r"^(?!\s*(?:\{%[^%]*%\}\s*)+$)(.*[^+-])%\}[ \t]*$", re.MULTILINE)
# A part of a document; fragments of a territory's results stand in a folder of their own.
_PART = re.compile(r"\{\{<\s*include\s+([\w.-]+\.qmd)\s*>\}\}")
# How a value is written: as Markdown, or as it is (``escape.plain``).
Write = Callable[[str], str]
# What a figure tells of itself: facts, by name; parts with facts of their own; lists of them.
Facts = Mapping[str, "Fact | Facts | Sequence[Facts]"]
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


class Fault(TemplateError):
    """What a template asks that a territory's facts do not answer."""

    def __init__(self, name: str, rule: str, remedy: str) -> None:
        super().__init__(f"{rule}: {name}")
        self.name, self.rule, self.remedy = name, rule, remedy


class Value(Markup):
    """A fact as it is written. It is never asked whether it holds."""

    name = ""

    @classmethod
    def of(cls, name: str, text: str, write: Write = markdown) -> Value:
        """``text`` of any origin, written so that it shows exactly its characters."""
        made = cls(write(text))
        made.name = name
        return made

    def __bool__(self) -> bool:
        raise Fault(self.name, *_NO_FLAG)


_NO_FLAG = (
    "La condición prueba un valor, que no es sí o no",
    "Pregunte si hay dato con «is known», o use un hecho que sea sí o no.",
)
_NO_VALUE = (
    "El informe muestra un valor que no hay para este territorio",
    "Encierre la frase en «{% if … is known %}», o escriba «| or_missing» si debe decir sin dato.",
)
_NO_NAME = ("La plantilla pide un nombre que no existe", "Corrija el nombre.")
_NO_TEXT = (
    "La plantilla escribe algo que no es un texto ni un número",
    "Use un hecho con valor; los de sí o no van en una condición.",
)


class Unknown(StrictUndefined):
    """A name that no section has: whatever is done with it fails."""

    def _told(self) -> Fault:
        owner = self._undefined_obj
        name = self._undefined_name or ""
        inside = isinstance(owner, Told)
        return Fault(f"{owner.name}.{name}" if inside else str(name), *_NO_NAME)

    def _fail_with_undefined_error(self, *_: Any, **__: Any) -> Any:
        raise self._told()

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        raise self._told()

    __iter__ = __str__ = __len__ = _fail_with_undefined_error
    __eq__ = __ne__ = __bool__ = __hash__ = _fail_with_undefined_error
    __call__ = __getitem__ = __contains__ = _fail_with_undefined_error


class Missing(Unknown):
    """A fact without a value: it can be asked for, and not be written."""

    def _told(self) -> Fault:
        return Fault(str(self._undefined_name), *_NO_VALUE)


class Absent(Missing):
    """A fact that a section left out for this territory: a flag of it does not hold."""

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


class Told:
    """The facts of a section, by name."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self.name, self.values = name, values

    def get(self, key: str) -> Any:
        """A fact's value as templates meet it."""
        if key in self.values:
            return self.values[key]
        return Absent(name=f"{self.name}.{key}")


class _Templates(Environment):
    """Jinja2 in the reports' writing: ``{{< … >}}`` and ``{#…}`` belong to Quarto."""

    def __init__(self, folder: Path, write: Write, *, marked: bool) -> None:
        self.write = write
        super().__init__(
            block_start_string="{%",
            block_end_string="%}",
            variable_start_string="<<",
            variable_end_string=">>",
            comment_start_string="<#",
            comment_end_string="#>",
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=Unknown,
            autoescape=True,
            finalize=self._written,
            loader=FileSystemLoader(folder),
            extensions=[origins.Marks] if marked else [],
            auto_reload=False,
        )
        self.globals.clear()
        self.tests["known"] = lambda value: not isinstance(value, Undefined)
        self.filters["or_missing"] = self._or_missing

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """A template's text as Jinja2 is to read it."""
        return super().preprocess(_ENDS_IN_TAG.sub(r"\1+%}", source), name, filename)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return obj.get(attribute) if isinstance(obj, Told) else super().getattr(obj, attribute)

    def _written(self, value: Any) -> Any:
        """What stands in the text for a value; a text that is no fact's is escaped as well."""
        if isinstance(value, Undefined | Markup):
            return value
        if isinstance(value, str | int) and not isinstance(value, bool):
            return Markup(self.write(str(value)))
        raise Fault(type(value).__name__, *_NO_TEXT)

    def _or_missing(self, value: Any) -> Any:
        return Markup(self.write(locale.MISSING)) if isinstance(value, Missing) else value


@lru_cache(4)
def _compiled(folder: Path, write: Write, _stamp: tuple[tuple[str, int, int], ...]) -> _Templates:
    """Templates are compiled once a process, and again when one of them changes."""
    return _Templates(folder, write, marked=write is markdown)


def templates(folder: Path, pattern: str = "*.qmd", write: Write = markdown) -> _Templates:
    """The environment of the templates in ``folder``."""
    found = [*sorted(folder.glob(pattern)), folder / SHARED]
    states = [(path.name, path.stat()) for path in found if path.is_file()]
    stamp = tuple((name, s.st_mtime_ns, s.st_size) for name, s in states)
    return _compiled(folder, write, stamp)


def told(section: Section, write: Write = markdown) -> Told:
    """A section as templates meet it: flags as yes or no, the rest written."""
    met = facts(section.name, section.facts, write)
    return Told(section.name, {**met.values, "available": section.available})


def facts(name: str, own: Facts, write: Write = markdown) -> Told:
    """Facts as templates meet them; a list is gone through with ``{% for %}``."""

    def met(path: str, fact: Fact | Facts | Sequence[Facts]) -> Any:
        if isinstance(fact, Fact):
            return _met(path, fact, write)
        if isinstance(fact, Mapping):
            return facts(path, fact, write)
        return [facts(path, each, write) for each in fact]

    return Told(name, {key: met(f"{name}.{key}", fact) for key, fact in own.items()})


def words(
    name: str,
    written: Mapping[str, str],
    flags: Mapping[str, bool] | None = None,
    write: Write = markdown,
) -> Told:
    """What is no section's: texts of any origin, and flags."""
    values = {key: Value.of(f"{name}.{key}", text, write) for key, text in written.items()}
    return Told(name, {**values, **(flags or {})})


def territory(context: Context, write: Write = markdown) -> dict[str, Any]:
    """What every template is told: the territory, its two cuts, whether it is made up."""
    place, kinds = context.territory, context.data.kinds
    departmental = place.is_department
    flags = {
        "es_departamento": departmental,
        "es_municipio": not departmental,
        "sin_alcaldia": not departmental and place.kind != MUNICIPALITY,
        "mixto": set(kinds.values()) > {MUNICIPALITY},
    }
    named = places.words(place, kinds, context.data.names)
    years = {"base": str(context.years.baseline), "seguimiento": str(context.years.follow_up)}
    return {
        "territorio": words("territorio", named, flags, write),
        "cortes": words("cortes", years, write=write),
        "ejemplo": place.fictional,
    }


def _met(path: str, fact: Fact, write: Write) -> Any:
    if fact.kind == "flag":
        return bool(fact.value)
    return Missing(name=path) if fact.missing else Value.of(path, str(fact), write)


class Filled(str):
    """A filled template; ``origins``: where each of its lines that is not blank comes from."""

    origins: list[Place]

    def __new__(cls, marked: str) -> Filled:
        text, places = origins.taken(marked)
        made = super().__new__(cls, clean(text))
        made.origins = places
        return made


def render(folder: Path, context: Mapping[str, Any]) -> dict[str, Filled]:
    """The documents of ``folder``, and the parts they include, for one territory: file name →
    plain Quarto.

    Raises :class:`UserMistake` with one finding a template that fails.
    """
    environment = templates(folder)
    done: dict[str, Filled] = {}
    findings = []
    context = {**context, **_macros(environment, folder, context)}
    asked = sorted(path.name for path in folder.glob("*.qmd") if not path.name.startswith("_"))
    for name in asked:  # grows by the parts found on the way
        try:
            text = environment.get_template(name).render(context)
        except (TemplateSyntaxError, Fault) as fault:
            findings.append(_finding(fault, folder, name))
        else:
            done[name] = Filled(text)
            text = done[name]
            parts = [part for part in _PART.findall(text) if (folder / part).is_file()]
            asked += [part for part in dict.fromkeys(parts) if part not in asked]
    if findings:
        raise UserMistake(findings)
    return done


def render_plain(folder: Path, name: str, context: Mapping[str, Any]) -> str:
    """One template of ``folder`` (``figuras/x.md``) with values as they are, not as Markdown.

    Raises :class:`UserMistake` where it fails.
    """
    environment = templates(folder, f"{Path(name).parent}/*.md", plain)
    try:
        macros = _macros(environment, folder, context)
        return environment.get_template(name).render({**context, **macros})
    except (TemplateSyntaxError, Fault) as fault:
        raise UserMistake(_finding(fault, folder, name)) from None


def _macros(environment: _Templates, folder: Path, context: Mapping[str, Any]) -> dict[str, Any]:
    if not (folder / SHARED).is_file():
        return {}
    module = environment.get_template(SHARED).make_module(dict(context))
    return {k: v for k, v in vars(module).items() if not k.startswith("_")}


def _finding(fault: TemplateSyntaxError | Fault, folder: Path, name: str) -> Finding:
    if isinstance(fault, Fault):
        place = _place(fault, folder, name)
        return Finding(str(place), fault.rule, fault.name, fault.remedy)
    place = _at(fault.name or name, fault.lineno)
    rule = "La plantilla no se puede leer"
    remedy = "Corrija esa línea; docs/quarto.md dice cómo se escribe una plantilla."
    return Finding(str(place), rule, str(fault.message), remedy)


def clean(text: str) -> str:
    """Without the blank lines that conditions leave."""
    return _BLANK_LINES.sub("\n\n", text).strip("\n") + "\n"


def _place(fault: BaseException, folder: Path, name: str) -> Place:
    """The innermost template line that a fault came through."""
    lines = [
        _at(Path(frame.filename).relative_to(folder).as_posix(), frame.lineno or 1)
        for frame in traceback.extract_tb(fault.__traceback__)
        if Path(frame.filename).is_relative_to(folder)
    ]
    return lines[-1] if lines else _at(name, 1)


def _at(name: str, line: int) -> Place:
    return Place(f"{origins.HOME}/{name}", line)
