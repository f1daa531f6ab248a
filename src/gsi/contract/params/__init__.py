"""Parameters: one file of defaults, and a territory's own file over it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, Field, ValidationError

from gsi.contract.params.base import Strict
from gsi.contract.params.comments import comments
from gsi.contract.params.comprehension import ComprehensionSettings
from gsi.contract.params.forms import FormsSettings
from gsi.contract.params.keys import KeysSettings
from gsi.contract.params.plan import PlanSettings
from gsi.contract.params.priority import PrioritySettings
from gsi.ground.errors import Finding, UserMistake

# Where the values stand that a notebook assumes (``Workbook.open(…, overrides=…)``).
ASSUMED = "supuestos del cuaderno (overrides)"
Year = Annotated[int, Field(ge=1985, le=2100)]


class YearSettings(Strict):
    """The cuts compared when the command names none."""

    baseline: Year
    follow_up: Year


class DisclosureSettings(Strict):
    """Person-level counts from 1 to ``threshold`` - 1 are not published."""

    threshold: int = Field(ge=0, le=100)


class Parameters(Strict):
    """Every assumption of a run; ``params/defaults.yml`` holds the values and says what each is."""

    years: YearSettings
    seed: int = Field(ge=0)
    disclosure: DisclosureSettings
    priority: PrioritySettings
    comprehension: ComprehensionSettings
    keys: KeysSettings
    plan: PlanSettings
    forms: FormsSettings


@dataclass(frozen=True)
class Override:
    """A parameter whose value differs from the default, for the report's method note."""

    path: str
    default: Any
    value: Any
    meaning: str = ""  # the comment over it in the defaults


def given(folder: Path, *codes: str) -> tuple[str, ...]:
    """Those of ``codes`` that have a file of their own, each once: most territories have none, and
    share what :func:`load` gives."""
    return tuple(code for code in dict.fromkeys(codes) if (folder / f"{code}.yml").is_file())


def load(
    folder: Path, *codes: str, assumed: Mapping[str, Any] | None = None
) -> tuple[Parameters, list[Override]]:
    """Defaults with the files of ``codes`` (department first, then municipality) over them.

    ``assumed``: values of a notebook over all of these, by dotted path ('priority.group_share').
    Raises :class:`UserMistake` with every wrong key or value of every file at once.
    """
    defaults = read_yaml(folder / "defaults.yml")
    merged = defaults
    findings = _validate("params/defaults.yml", defaults)
    for code in given(folder, *codes):
        path = folder / f"{code}.yml"
        merged = _merge(merged, read_yaml(path))
        findings += _validate(f"params/{path.name}", merged)
    for path_given, value in (assumed or {}).items():
        merged = _merge(merged, _nested(path_given, value))
    if assumed and not findings:
        findings += _validate(ASSUMED, merged)
    if findings:
        raise UserMistake(sorted(set(findings)))
    before = dict(_flatten(defaults))
    said = comments((folder / "defaults.yml").read_text(encoding="utf-8"))
    overrides = [
        Override(path, before.get(path), value, said.get(path, ""))
        for path, value in _flatten(merged)
        if before.get(path) != value
    ]
    return Parameters.model_validate(merged), overrides


def between(before: Parameters, after: Parameters, paths: Iterable[str]) -> list[Override]:
    """What stands at each of ``paths`` in two sets of parameters: ``default`` is the first's."""
    first, second = before.model_dump(mode="json"), after.model_dump(mode="json")
    return [Override(path, _at(first, path), _at(second, path)) for path in paths]


def _at(tree: Any, path: str) -> Any:
    for key in path.split("."):
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def load_yaml(text: str) -> Any:
    """The text's value by libyaml, ten times as fast; on an error, as the pure parser tells it."""
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return yaml.safe_load(text)


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML mapping; :class:`UserMistake` names line and column of what cannot be read."""
    if not path.is_file():
        raise UserMistake(
            Finding(
                f"params/{path.name}",
                "el archivo de parámetros debe existir",
                "no se encontró",
                "Recupere el archivo del proyecto.",
            )
        )
    try:
        content = load_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", línea {mark.line + 1}, columna {mark.column + 1}" if mark else ""
        raise UserMistake(
            Finding(
                f"params/{path.name}{place}",
                "el archivo debe ser YAML válido",
                str(getattr(error, "problem", "") or "texto que no se puede leer"),
                "Revise sangría, comillas y dos puntos.",
            )
        ) from None
    except UnicodeDecodeError:
        raise UserMistake(
            Finding(
                f"params/{path.name}",
                "el archivo debe estar en UTF-8",
                "otra codificación",
                "Guárdelo como UTF-8.",
            )
        ) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise UserMistake(
            Finding(
                f"params/{path.name}",
                "el archivo debe contener parámetros 'nombre: valor'",
                type(content).__name__,
                "Siga la forma de params/defaults.yml.",
            )
        )
    return content


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _nested(path: str, value: Any) -> dict[str, Any]:
    """``a.b`` and a value → ``{"a": {"b": value}}``, as a file would have it."""
    head, _, rest = path.partition(".")
    return {head: _nested(rest, value) if rest else value}


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{path}.")
        else:
            yield path, value


MESSAGES = {
    "extra_forbidden": "el parámetro no existe",
    "missing": "falta un parámetro obligatorio",
    "int_type": "el valor debe ser un número entero",
    "int_parsing": "el valor debe ser un número entero",
    "int_from_float": "el valor debe ser un número entero",
    "finite_number": "el valor debe ser un número finito",
    "float_type": "el valor debe ser un número",
    "float_parsing": "el valor debe ser un número",
    "bool_type": "el valor debe ser true o false",
    "bool_parsing": "el valor debe ser true o false",
    "string_type": "el valor debe ser texto",
    "list_type": "el valor debe ser una lista",
    "dict_type": "el valor debe ser un grupo de parámetros",
    "model_type": "el valor debe ser un grupo de parámetros",
    "model_attributes_type": "el valor debe ser un grupo de parámetros",
    "greater_than_equal": "el valor debe ser mayor o igual que {ge}",
    "greater_than": "el valor debe ser mayor que {gt}",
    "less_than_equal": "el valor debe ser menor o igual que {le}",
    "less_than": "el valor debe ser menor que {lt}",
    "literal_error": "el valor debe ser uno de: {expected}",
    "enum": "el valor debe ser uno de: {expected}",
}


def _validate(where: str, merged: Mapping[str, Any]) -> list[Finding]:
    try:
        Parameters.model_validate(merged)
    except ValidationError as error:
        return [finding_of(where, dict(item), Parameters) for item in error.errors()]
    return []


def finding_of(where: str, item: Mapping[str, Any], model: type[BaseModel]) -> Finding:
    """A pydantic error in Spanish, with the nearest known name as the remedy for a typo."""
    path = ".".join(str(part) for part in item["loc"])
    context = item.get("ctx") or {}
    template = MESSAGES.get(item["type"])
    rule = template.format(**context) if template else str(context.get("error", item["msg"]))
    received = "" if item["type"] == "missing" else f"{item['input']!r}"
    remedy = "Corrija el valor o quite la línea para usar el valor por defecto."
    if item["type"] == "extra_forbidden":
        received = str(item["loc"][-1])
        near = difflib.get_close_matches(received, _known(model), n=1)
        remedy = f"¿Quiso decir '{near[0]}'?" if near else "Vea los nombres en params/defaults.yml."
    elif item["type"] == "missing":
        remedy = "Agréguelo como está en params/defaults.yml."
    return Finding(f"{where}, parámetro {path}", rule, received, remedy)


def _known(model: type[BaseModel]) -> list[str]:
    names: list[str] = []
    for name, field in model.model_fields.items():
        names.append(name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            names += _known(field.annotation)
    return names
