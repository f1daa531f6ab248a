"""What the workbook proposes, or the plan in force, as rows of ``plan_accion`` to be edited."""

from __future__ import annotations

import pandas as pd

from gsi import tables, versions
from gsi.context import Context
from gsi.plan.adopt import next_version
from gsi.results import Section


def proposed(context: Context, proposal: Section) -> pd.DataFrame:
    """The proposed actions (section ``proposal``) as a plan: budget, and the targets that the
    council sets, are left empty on purpose; weights are equal and add up to 100.

    Empty when nothing was proposed.
    """
    if "actions" not in proposal.tables:
        return tables.empty("plan_accion")
    actions = proposal.tables["actions"].data
    code, first = context.territory.code, context.years.follow_up + 1
    rows = pd.DataFrame(
        {
            "accion": [f"{code}-{int(order):02d}" for order in actions["order"]],
            "municipio": code,
            "clave": actions["key"],
            "categoria_derecho": actions["right"],
            "objetivo": actions["objective"],
            "descripcion": [
                f"{action}. Producto: {product[0].lower()}{product[1:]} ({unit})"
                for action, product, unit in zip(
                    actions["action"], actions["product"], actions["product_unit"], strict=True
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
            "ponderador": equal_weights(len(actions)),
            "version": next_version(context.data.versions()),
            "estado": "vigente",
        }
    )
    return tables.conform("plan_accion", rows)


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
