"""Policy steps that can be made again alone, to see whether they would say the same.

A run that is out of date by its rows may still say the same: a neighbour's household moves a sum of
the department that no figure of this municipality shows. While notebooks run, each step leaves a
:class:`Step`: its function, the sections it was given and what it read. Later
:mod:`gsi.run.freshness` makes only the steps whose rows changed, and compares.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.results import Section, Table
from gsi.analysis.trace import Given, Step
from gsi.contract import places
from gsi.contract.divipola import MUNICIPALITY
from gsi.ground.kept import digest as content_digest

P = ParamSpec("P")
T = TypeVar("T")
_HEAD = re.compile(r"\b([Mm])unicipio(s?)\b")


def again(made: Step, context: Context, load: Callable[[str], Section]) -> Any:
    """Make a step anew, or what a notebook looked at; ``load`` gives a section by its name."""
    if not made.section:
        return look(_function(made), context)
    return _function(made)(context, *(_loaded(item, load) for item in made.given))


def _function(made: Step) -> Callable[..., Any]:
    """The function that a trace names."""
    module, _, name = made.function.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def look(function: Callable[[Context], T], context: Context) -> T:
    """What ``function``, one of a module, makes of the context: rows and arrays that a notebook
    shows and does not save. In a run it leaves its trace as a step does, with a digest."""
    if context.on_step is None:
        return function(context)
    reads: set[str] = set()
    with context.data.noting(lambda table, scope: reads.add(f"{table}.{scope}")):
        seen = function(context)
    trace = Step("", _place(function), (), tuple(sorted(reads)), context.assumed, digest(seen))
    context.on_step(trace)
    return seen


def digest(made: Any) -> str:
    """Of a section as it would be saved, or of anything else that a notebook looked at."""
    return made.digest() if isinstance(made, Section) else content_digest(made)


def step(
    function: Callable[Concatenate[Context, P], Section],
) -> Callable[Concatenate[Context, P], Section]:
    """A function of a context, and of other sections, that returns a section.

    What leaves a step is what :meth:`Section.save` writes: the index of its tables goes. Where some
    place of the department is no municipality, the heads of columns do not call them so.
    """

    @wraps(function)
    def made(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> Section:
        if context.on_step is None:
            return _headed(_as_saved(function(context, *args, **kwargs)), context)
        reads: set[str] = set()
        with context.data.noting(lambda table, scope: reads.add(f"{table}.{scope}")):
            section = _headed(_as_saved(function(context, *args, **kwargs)), context)
        given = tuple(_named(item) for item in (*args, *kwargs.values()))
        what_if = (context.assumed, section.digest()) if context.assumed else ({}, "")
        made_by = _place(function)
        context.on_step(Step(section.name, made_by, given, tuple(sorted(reads)), *what_if))
        return section

    return made


def _place(function: Callable[..., Any]) -> str:
    return f"{function.__module__}:{function.__qualname__}"


def _as_saved(section: Section) -> Section:
    tables = {
        key: table if _plain(table.data.index) else _reset(table)
        for key, table in section.tables.items()
    }
    return replace(section, tables=tables)


def _headed(section: Section, context: Context) -> Section:
    one = places.one(context.data.kinds)
    if one == MUNICIPALITY:
        return section

    def said(hit: re.Match[str]) -> str:
        return (one.capitalize() if hit[1] == "M" else one) + hit[2]

    tables = {}
    for key, table in section.tables.items():
        columns = {
            name: replace(column, label=_HEAD.sub(said, column.label))
            for name, column in table.columns.items()
        }
        tables[key] = replace(table, columns=columns)
    return replace(section, tables=tables)


def _plain(index: pd.Index) -> bool:
    return isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1


def _reset(table: Table) -> Table:
    return replace(table, data=table.data.reset_index(drop=True))


def _named(item: Any) -> Given:
    """How a section that a step was given is found again."""
    if item is None:
        return None
    if isinstance(item, Section):
        return item.name
    if isinstance(item, Mapping):
        return {key: section.name for key, section in item.items()}
    raise TypeError(f"a step is given sections, not {type(item).__name__}")


def _loaded(item: Given, load: Callable[[str], Section]) -> Any:
    if isinstance(item, dict):
        return {key: load(name) for key, name in item.items()}
    return None if item is None else load(item)
