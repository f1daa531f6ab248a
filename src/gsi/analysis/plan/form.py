"""What the workbook proposes, or the plan in force, as rows of ``plan_accion`` to be edited."""

from __future__ import annotations

from itertools import count, islice

import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.plan.adopt import next_version
from gsi.analysis.results import Section
from gsi.contract import tables, versions

CITED = "Productos del plan de desarrollo que podrían responder"


def proposed(context: Context, proposal: Section) -> pd.DataFrame:
    """The proposed actions (section ``proposal``) as a plan to be discussed.

    Budget, and the targets that the council sets, are left empty on purpose. Without a plan in
    force weights are equal and add up to 100; with one, its actions come first and the proposed
    ones weigh nothing until the council says so, with their evidence as the reason to join. An
    action cites the products of the plan de desarrollo that could answer it, where there are,
    instead of a new one. Empty when nothing was proposed.
    """
    if "actions" not in proposal.tables:
        return tables.empty("plan_accion")
    actions = proposal.tables["actions"].data
    code, first = context.territory.code, context.years.follow_up + 1
    every = context.data.versions()
    taken = set(context.data.versions(whole=True)["accion"])
    standing = not every.empty
    rows = pd.DataFrame(
        {
            "accion": _free_codes(f"{code}-{first}", len(actions), taken),
            "municipio": code,
            "clave": actions["key"],
            "categoria_derecho": actions["right"],
            "objetivo": actions["contributes"],
            "descripcion": [
                f"{action}. {CITED}: {cited}"
                if cited
                else f"{action}. Producto: {product[0].lower()}{product[1:]} ({unit})"
                for action, product, unit, cited in zip(
                    actions["action"],
                    actions["product"],
                    actions["product_unit"],
                    actions["cited"],
                    strict=True,
                )
            ],
            "indicador": actions["outcome"],
            "tipo_meta": actions["kind"],
            "linea_base": actions["baseline"].astype("float64").round(2),
            "meta": actions["target"].astype("float64").round(2),
            "unidad": actions["unit"],
            "responsable": actions["sector"],
            "corresponsables": [";".join(part.split(", ")) for part in actions["partners"]],
            "fuente": actions["funding"],
            "inicio": pd.Timestamp(first, 1, 1),
            "fin": [pd.Timestamp(int(last), 12, 31) for last in actions["target_year"]],
            "ponderador": 0.0 if standing else equal_weights(len(actions)),
            "version": next_version(every),
            "estado": "vigente",
            "motivo_ajuste": actions["evidence"] if standing else None,
        }
    )
    proposal_rows = tables.conform("plan_accion", rows)
    if not standing:
        return proposal_rows
    return pd.concat([to_adjust(context), proposal_rows], ignore_index=True)


def _free_codes(stem: str, wanted: int, taken: set[str]) -> list[str]:
    """``73-2025-01``, ``73-2025-02``…, without those that an earlier plan used."""
    numbers = (f"{stem}-{number:02d}" for number in count(1))
    return list(islice((code for code in numbers if code not in taken), wanted))


def to_adjust(context: Context) -> pd.DataFrame:
    """The plan in force as the start of its next version: day, record and reasons to be written."""
    every = context.data.versions()
    number = versions.version_of(every)
    last = every[number == number.max()]
    plan = last[versions.kept(last)].sort_values("accion", ignore_index=True)
    empty = {"motivo_ajuste": None, "fecha_adopcion": pd.NaT, "acta": None}
    return tables.conform("plan_accion", plan.assign(version=next_version(every), **empty))


def equal_weights(actions: int) -> list[float]:
    """Weights in hundredths that add up to exactly 100; the first ones take what is left over."""
    share, rest = divmod(10_000, actions) if actions else (0, 0)
    return [(share + (position < rest)) / 100 for position in range(actions)]
