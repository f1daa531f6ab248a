"""Where poverty concentrates inside a municipality, from its households."""

from __future__ import annotations

import pandas as pd

from gsi.analysis.comprehension import people
from gsi.analysis.context import Context
from gsi.analysis.results import Column, Table
from gsi.measure.disclosure import suppress
from gsi.measure.poverty import Scheme, identify, measures, subgroups
from gsi.measure.survey import Design

ABOVE, PERHAPS, REST = "muy probable", "por confirmar", "sin diferencia clara"
WITHHELD = "reserva estadística"


def microterritories(context: Context) -> Table | None:
    """Multidimensional poverty (people, %) by micro-territory at the baseline; worst first.

    'muy probable': its interval lies above the municipality's estimate; 'por confirmar': its
    estimate does. Alkire-Foster on the household's privations, weighted by people. None where
    no household carries a micro-territory. Small counts are decided on the whole department.
    """
    homes = context.data.department("hogares")
    if homes.empty or not context.data.has("hogares"):
        return None
    settings = context.params.plan.poverty
    scheme = Scheme.of({k: p.weight for k, p in settings.privations.items()}, settings.k)
    cut = people.period(homes["corte"], context.years.baseline)
    homes = homes[(homes["corte"] == cut) & homes["microterritorio"].notna()]
    homes = homes.dropna(subset=list(scheme.units)).reset_index(drop=True)
    own = homes["municipio"] == context.territory.code
    if not own.any():
        return None
    everyone = identify(homes[list(scheme.units)], scheme)
    cells = (
        pd.crosstab(homes["microterritorio"], everyone.poor)
        .reindex(columns=[False, True], fill_value=0)
        .rename(columns={False: "no_pobres", True: "pobres"})
    )
    cells["hogares"] = cells.sum(axis=1)
    rule = suppress(cells, context.params.disclosure.threshold, rows_total="hogares")
    rows = homes[own].reset_index(drop=True)
    who = identify(rows[list(scheme.units)], scheme)
    design = Design.of(rows["peso"] * rows["personas"], stratum=rows["estrato"], psu=rows["upm"])
    level = context.params.comprehension.rights.confidence
    whole = measures(who, design, level=level)["H"].value
    table = subgroups(who, design, rows["microterritorio"], level)
    table = table[["group", "rows", "H", "H_low", "H_high"]].reset_index(drop=True)
    table.columns = pd.Index(["microterritorio", "hogares", "pobreza", "inferior", "superior"])
    withheld = table["microterritorio"].map(rule.mask.any(axis=1)).astype(bool)
    shares = ["pobreza", "inferior", "superior"]
    table["estado"] = [
        WITHHELD if hidden else ABOVE if low > whole else PERHAPS if value > whole else REST
        for hidden, low, value in zip(withheld, table["inferior"], table["pobreza"], strict=True)
    ]
    table[shares] = 100 * table[shares].mask(withheld)
    table["hogares"] = table["hogares"].astype("float64").mask(withheld)
    table["anio"] = cut
    table = table.sort_values(["pobreza", "microterritorio"], ascending=[False, True])
    return Table(
        table.reset_index(drop=True),
        {
            "microterritorio": Column("Microterritorio"),
            "hogares": Column("Hogares encuestados", "count"),
            "pobreza": Column("Personas en pobreza multidimensional", "percent"),
            "inferior": Column("Entre", "percent"),
            "superior": Column("y", "percent"),
            "estado": Column("¿Concentra la pobreza?"),
        },
    )
