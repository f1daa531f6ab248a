"""Declared rules as SQL of one engine. Names are quoted and values are literals: a parameter file
cannot say anything but a comparison.

Three-valued: a deprivation is 1 when some member surely has it, 0 when surely nobody does, and
NULL when it depends on a value that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from gsi.contract.params.registers import Condition, RegisterSettings, Rule, Value


def quoted(name: str) -> str:
    """A column name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Value) -> str:
    """A value as SQL text: codes are compared as they are written, without outer spaces."""
    return "'" + str(value).replace("'", "''") + "'"


def number(column: str, text: bool) -> str:
    """A column as DOUBLE; text may write 1.842,66 as Colombia does. NULL when it is no finite
    number: ``nan``, ``inf`` and ``1e309`` are none."""
    name = quoted(column)
    cast = f"TRY_CAST({name} AS DOUBLE)"
    if text:
        plain = f"trim({name})"
        colombian = f"replace(replace({plain}, '.', ''), ',', '.')"
        written = f"CASE WHEN contains({plain}, ',') THEN {colombian} ELSE {plain} END"
        cast = f"TRY_CAST({written} AS DOUBLE)"
    return f"CASE WHEN isfinite({cast}) THEN {cast} END"


def compared(settings: RegisterSettings) -> list[str]:
    """The columns that rules read as numbers."""
    found = []
    for rule in settings.privations.values():
        found += [rule.mean] if rule.mean else []
        for condition in (*(rule.any_member or ()), *rule.among):
            if condition.values is None:
                found += [name for name in (condition.column, condition.per) if name]
    return list(dict.fromkeys(found))


def columns_of(settings: RegisterSettings) -> list[str]:
    """Every column of the file that the settings name."""
    found = [settings.municipality, *settings.household, *settings.stratum, *settings.psu]
    found += settings.groups.values()
    if settings.weight:
        found.append(settings.weight)
    for rule in settings.privations.values():
        found += [name for name in (rule.column, rule.mean) if name]
        for condition in (*(rule.any_member or ()), *rule.among):
            found += [name for name in (condition.column, condition.per) if name]
    return list(dict.fromkeys(found))


def deprivation(rule: Rule, household: Sequence[str], text: bool) -> str:
    """The rule as a SQL expression: 1, 0 or NULL of each person's household."""
    if rule.column is not None:
        name = quoted(rule.column)
        return f"TRY_CAST({f'trim({name})' if text else name} AS TINYINT)"
    window = f"OVER (PARTITION BY {', '.join(quoted(name) for name in household)})"
    if rule.any_member is not None:
        every = _every(rule.any_member, text)
        return (
            f"CASE WHEN bool_or({every}) {window} THEN 1 "
            f"WHEN bool_or(({every}) IS NULL) {window} THEN NULL ELSE 0 END"
        )
    assert rule.mean is not None and rule.below is not None
    among = _every(rule.among, text) if rule.among else "TRUE"
    value = number(rule.mean, text)
    # A member who counts, or may count, without a value leaves the mean unknown.
    unknown = f"bool_or((({among}) IS NULL) OR (({among}) AND {value} IS NULL)) {window}"
    total = f"sum(CASE WHEN {among} THEN {value} END) {window}"
    size = f"count(CASE WHEN {among} THEN 1 END) {window}"
    return (
        f"CASE WHEN {unknown} THEN NULL WHEN {size} = 0 THEN 0 "
        f"WHEN {total} < {rule.below!r} * {size} THEN 1 ELSE 0 END"
    )


def _every(conditions: Sequence[Condition], text: bool) -> str:
    return " AND ".join(f"({_condition(item, text)})" for item in conditions)


def _condition(item: Condition, text: bool) -> str:
    if item.values is not None:
        allowed = ", ".join(literal(value) for value in item.values)
        return f"trim(CAST({quoted(item.column)} AS VARCHAR)) IN ({allowed})"
    value = number(item.column, text)
    if item.per is not None:
        value = f"({value} / nullif({number(item.per, text)}, 0))"
    limits = ((">=", item.at_least), ("<=", item.at_most), ("<", item.less_than))
    return " AND ".join(f"{value} {sign} {limit!r}" for sign, limit in limits if limit is not None)
