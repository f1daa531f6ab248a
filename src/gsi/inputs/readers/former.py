"""Municipalities that some publication still has, whose people the projections have in another.

Belén de Bajirá (27086) was annulled, and Nuevo Belén de Bajirá (27493) has no projected people: its
inhabitants are those of Riosucio. What a source counts under the old code is counted there, so that
cases and people are of the same place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from gsi.ground import locale
from gsi.inputs.records import Part

WHERE = {"27086": ("Belén de Bajirá", "27615")}
TOLD = "Incluye {number} que la fuente cuenta en {name} ({code}), cuya población se proyecta aquí."
NOTE = (
    "Lo que la fuente cuenta en {name} ({code}), que no está en DIVIPOLA, se suma a lo del "
    "municipio {there}, que tiene su población."
)
_KEY = ["municipio", "indicador", "periodo", "area", "fuente", "serie"]


def joined(part: Part, known: Collection[str]) -> Part:
    """A part of ``indicadores`` with the rows of :func:`added_up`, and a note of what was moved."""
    if part.table != "indicadores":
        return part
    data = added_up(part.data, known)
    if data is part.data:
        return part
    some = sorted(set(part.data["municipio"]) & WHERE.keys() - set(known))
    notes = [NOTE.format(name=WHERE[code][0], code=code, there=WHERE[code][1]) for code in some]
    return replace(part, data=data, notes=(*part.notes, *notes))


def added_up(data: pd.DataFrame, known: Collection[str]) -> pd.DataFrame:
    """Rows of ``indicadores`` with the counts of each code of :data:`WHERE` that is not ``known``
    added to those of the municipality that has its people; what has no counts stays as it is."""
    codes = {code: there for code, (_, there) in WHERE.items() if code not in known}
    moved = data["municipio"].isin(sorted(codes)) & data["numerador"].notna()
    if not moved.any():
        return data
    old = data[moved]
    rows = old.assign(municipio=old["municipio"].map(codes))
    told = [
        TOLD.format(number=locale.number(number), name=WHERE[code][0], code=code) if number else ""
        for number, code in zip(old["numerador"], old["municipio"], strict=True)
    ]
    added = rows[_KEY].assign(more=rows["numerador"], base=rows["denominador"], told=told)
    out = data[~moved].merge(added, on=_KEY, how="left")
    here = out["more"].notna()
    counted = here & out["numerador"].notna()
    note = (out["nota"].fillna("") + " " + out["told"].fillna("")).str.strip()
    changed = counted & (out["more"].gt(0) | out["base"].gt(0))
    alone = rows.assign(nota=told)[
        ~pd.MultiIndex.from_frame(rows[_KEY]).isin(pd.MultiIndex.from_frame(out.loc[here, _KEY]))
    ]
    out = out.assign(
        numerador=out["numerador"] + out["more"].where(counted, 0.0).fillna(0.0),
        denominador=out["denominador"] + out["base"].where(counted, 0.0).fillna(0.0),
        # A published rate was of the municipality without them.
        valor=out["valor"].mask(changed & out["denominador"].notna()),
        nota=out["nota"].mask(changed, note),
    )
    return pd.concat([out[list(data.columns)], alone], ignore_index=True)
