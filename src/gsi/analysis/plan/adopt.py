"""A plan becomes a version: checked whole against the contract and against the version in force.

Adopted versions are inputs, kept with the others: ``<raw>/planes/plan-de-accion-<code>-vNN.xlsx``,
one workbook a version, read-only and never written again. When it was adopted and why each action
changed is what the form says; nothing is taken from the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gsi.analysis.plan.adjustments import adjusted, differing, written
from gsi.analysis.results import write_value
from gsi.contract import tables, versions
from gsi.contract.territory import Territory
from gsi.contract.vocabulary import ActionState
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.project import Project
from gsi.inputs import forms
from gsi.inputs.forms.check import check
from gsi.inputs.forms.read import Sheet, read_sheets
from gsi.inputs.readers import development_plan
from gsi.inputs.readers.peek import kind_of, peek
from gsi.inputs.store import Store

FOLDER = "planes"
TABLE = "plan_accion"
SHOWN = 6
WHOLE, ROUNDING = 100.0, 0.01


@dataclass(frozen=True)
class Adoption:
    """A version that was adopted: its rows, what it changed and where it is kept."""

    place: Territory
    version: int
    plan: pd.DataFrame
    changed: pd.DataFrame
    path: Path


def adopt(project: Project, prepared: Store, path: Path) -> Adoption:
    """Keep the plan in ``path`` as its territory's next version.

    Raises :class:`UserMistake` with everything wrong: cells, rules of the contract, figures that
    do not fit, changes without a reason, actions that vanished. Then nothing is written.
    """
    _outside(project, path)
    _of_the_council(path)
    review = check([path], prepared.divipola)
    of_weights = _rule_of_weights()
    problems = [
        located.finding
        for located in review.problems
        if located.finding.rule.removesuffix(".") != of_weights
    ]
    sheets = [sheet for sheet in read_sheets(path)[0] if sheet.table == TABLE]
    if len(sheets) != 1:
        raise UserMistake(
            [
                *problems,
                Finding(
                    path.name,
                    "trae el plan en una hoja llamada «Plan de acción»",
                    f"{len(sheets)} hojas con esa tabla",
                    "Use el formulario que escribe gsi plan propose.",
                ),
            ]
        )
    sheet = sheets[0]
    codes = sorted(sheet.frame["municipio"].dropna().unique())
    if len(codes) != 1 or sheet.frame.empty:
        raise UserMistake([*problems, _one_territory(sheet, codes)])
    place = prepared.territories.resolve(codes[0])
    everyone = prepared.data(place)
    before = everyone.versions()
    problems += versioning(sheet, before)
    problems += _taken_codes(sheet, everyone.versions(whole=True), place)
    if problems:
        raise UserMistake(list(dict.fromkeys(problems)))
    plan = completed(sheet.frame, before)
    number = int(plan["version"].iloc[0])
    target = project.raw / FOLDER / f"plan-de-accion-{place.code}-v{number:02d}.xlsx"
    if target.exists():
        raise UserMistake(
            Finding(
                str(target.relative_to(project.raw)),
                "una versión adoptada no se vuelve a escribir",
                "ya existe",
                "Si la versión vigente es otra, revise qué archivos hay en la carpeta de datos.",
            )
        )
    write_plan(target, plan, place, title=f"Plan de acción, versión {number}")
    target.chmod(0o444)
    history = pd.concat([before, plan], ignore_index=True) if len(before) else plan
    log = adjusted(history)
    return Adoption(place, number, plan, log[log["version"] == number], target)


def write_plan(path: Path, plan: pd.DataFrame, place: Territory, *, title: str) -> None:
    """``plan`` as a form of the contract, to be read, edited and read back without loss."""
    forms.write_form(
        path,
        {TABLE: plan},
        forms.Place.of(place, [place], ()),
        title=f"{title}: {place.name}",
        team="Consejo de Política Social",
        example=False,
    )


def completed(frame: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The new version with its number, state, day and record on every row, by action."""
    day, record = frame["fecha_adopcion"].dropna(), frame["acta"].dropna()
    plan = frame.assign(
        version=next_version(before),
        estado=frame["estado"].fillna("vigente"),
        fecha_adopcion=day.iloc[0],
        acta=record.iloc[0],
    )
    return tables.conform(TABLE, plan.sort_values("accion", ignore_index=True))


def next_version(before: pd.DataFrame) -> int:
    """1 where there is no plan yet."""
    return 1 if before.empty else int(versions.version_of(before).max()) + 1


def versioning(sheet: Sheet, before: pd.DataFrame) -> list[Finding]:
    """What is wrong with a plan as the next version after ``before`` (every earlier version)."""
    frame, number = sheet.frame, next_version(before)
    findings = [*_header(sheet, before, number), *_weights(sheet)]
    standing = before.iloc[:0].set_index("accion")
    if number > 1:
        last = before[versions.version_of(before) == number - 1]
        standing = last[versions.kept(last)].set_index("accion")
    changes = 0
    for row, action in frame.iterrows():
        code, here = action["accion"], int(str(row))
        withdrawn = action["estado"] == ActionState.WITHDRAWN
        if pd.isna(code):
            continue
        if code not in standing.index:
            changes += 1
            if withdrawn:
                findings.append(
                    sheet.at(
                        here, "estado", "solo se retira una acción que está en el plan vigente",
                        "Borre la fila o escriba vigente.",
                    ).finding
                )  # fmt: skip
            elif number > 1:
                findings += _reason(sheet, here, action, "se agrega al plan")
            continue
        moved = differing(standing.loc[[code]].iloc[0], action)
        if withdrawn:
            changes += 1
            findings += _reason(sheet, here, action, "se retira del plan")
        elif moved:
            changes += 1
            findings += _reason(sheet, here, action, _told(moved, standing, action))
    lost = [code for code in standing.index if code not in set(frame["accion"])]
    if lost:
        findings.append(
            Finding(
                sheet.grid.place,
                "una acción adoptada no se borra del plan",
                f"faltan {', '.join(lost)}",
                "Devuelva su fila y escriba retirada en el estado, con su motivo.",
            )
        )
    elif number > 1 and not changes:
        findings.append(
            Finding(
                sheet.grid.place,
                f"una versión nueva cambia algo frente a la versión {number - 1}",
                "el mismo plan",
                "Si no hay ajustes no hace falta adoptarlo de nuevo.",
            )
        )
    return findings


def _told(moved: Sequence[str], standing: pd.DataFrame, action: pd.Series) -> str:
    words = [
        f"{tables.schema(TABLE).column(name).label} (antes "
        f"{written(name, standing.loc[action['accion'], name])}; ahora "
        f"{written(name, action[name])})"
        for name in moved
    ]
    rest = len(words) - SHOWN
    return "cambia " + ", ".join(words[:SHOWN]) + (f" y {rest} columnas más" if rest > 0 else "")


def _reason(sheet: Sheet, row: int, action: pd.Series, what: str) -> list[Finding]:
    """A finding when an adjustment has no reason written."""
    if pd.notna(action["motivo_ajuste"]):
        return []
    located = sheet.at(
        row, "motivo_ajuste", f"todo ajuste lleva su motivo: la acción {action['accion']} {what}",
        "Escriba por qué se ajusta.",
    )  # fmt: skip
    return [located.finding]


def _header(sheet: Sheet, before: pd.DataFrame, number: int) -> Iterator[Finding]:
    """Number, day and record of the version: written once at least, and the same everywhere."""
    frame = sheet.frame
    for column, what in (("fecha_adopcion", "la fecha"), ("acta", "el acta")):
        values = frame[column].dropna()
        if values.empty and not any(name == column for _, name in sheet.unreadable):
            yield Finding(
                f"{sheet.grid.place}, columna {sheet.label(column)}",
                f"un plan se adopta con {what} en que el consejo lo aprobó",
                "una columna vacía",
                "Escríbala en todas las filas, o al menos en una.",
            )
        for row in frame.index[frame[column].notna() & (frame[column] != values.iloc[:1].max())]:
            yield sheet.at(
                int(row), column, f"{what} de adopción es la misma en todo el plan",
                "Deje el mismo valor en todas las filas.",
            ).finding  # fmt: skip
    for row in frame.index[frame["version"].notna() & (frame["version"] != number)]:
        yield sheet.at(
            int(row), "version", f"la versión que sigue es la {number}",
            f"Escriba {number} o deje la celda vacía.",
        ).finding  # fmt: skip
    if before.empty:
        return
    earlier = before["fecha_adopcion"].max()
    day = frame["fecha_adopcion"].dropna()
    if not day.empty and pd.notna(earlier) and day.iloc[0] <= earlier:
        yield sheet.at(
            int(day.index[0]), "fecha_adopcion",
            f"es posterior a la de la versión anterior ({written('fecha_adopcion', earlier)})",
            "Corrija la fecha.",
        ).finding  # fmt: skip


def _rule_of_weights() -> str:
    """The contract's rule that looks at the whole plan; here it is told once, with the sum."""
    rules = tables.suite(TABLE)["expectations"]
    (rule,) = (r for r in rules if r["kwargs"].get("column") == "suma_ponderador")
    return str(rule["meta"]["regla"]).removesuffix(".")


def _weights(sheet: Sheet) -> Iterator[Finding]:
    standing = sheet.frame[versions.kept(sheet.frame)]
    total = float(standing["ponderador"].sum())
    if abs(total - WHOLE) > ROUNDING:
        yield Finding(
            f"{sheet.grid.place}, columna {sheet.label('ponderador')}",
            "los ponderadores de las acciones vigentes suman 100",
            write_value(total, "decimal", 2),
            "Repártalos de nuevo; los de las acciones retiradas no cuentan.",
        )


def _outside(project: Project, path: Path) -> None:
    if not path.is_file():
        raise UserMistake(
            Finding(str(path), "el archivo del plan debe existir", "no existe", "Revise la ruta.")
        )
    if path.resolve().is_relative_to(project.raw):
        raise UserMistake(
            Finding(
                path.name,
                "el formulario que se adopta se guarda fuera de la carpeta de datos",
                str(path.resolve().relative_to(project.raw)),
                "Muévalo a otra carpeta: si no, el plan se leería dos veces.",
            )
        )


def _of_the_council(path: Path) -> None:
    """A plan de desarrollo is told by its name: it is an input, not the plan that is adopted."""
    kind = kind_of(path)
    if kind not in development_plan.READER.kinds:
        return
    try:
        taken = development_plan.claims(peek(path, kind))
    except UserMistake:  # told with the rest of what is wrong with the file
        return
    if taken:
        raise UserMistake(
            Finding(
                path.name,
                "se adopta el plan de acción del consejo, que dice de cada acción su clave, su "
                "derecho, su indicador, su tipo de meta y su ponderador",
                "el plan indicativo de SisPT: es el plan de desarrollo y no los dice",
                "Cópielo a la carpeta de datos y escriba la propuesta con gsi plan propose: cita "
                "sus productos, con meta y recursos.",
            )
        )


def _one_territory(sheet: Sheet, codes: Sequence[str]) -> Finding:
    return Finding(
        f"{sheet.grid.place}, columna {sheet.label('municipio')}",
        "el plan que se adopta es de un solo territorio",
        ", ".join(codes[:SHOWN]) or "ninguno",
        "Use un archivo por territorio.",
    )


def _taken_codes(sheet: Sheet, plans: pd.DataFrame, place: Territory) -> list[Finding]:
    """Reports name only the action: two territories of a department cannot share a code."""
    others = set(plans.loc[plans["municipio"] != place.code, "accion"])
    return [
        sheet.at(
            int(row), "accion", "ese identificador ya es de una acción de otro territorio",
            "Anteponga el código del territorio al identificador.",
        ).finding
        for row in sheet.frame.index[sheet.frame["accion"].isin(others)]
    ]  # fmt: skip
