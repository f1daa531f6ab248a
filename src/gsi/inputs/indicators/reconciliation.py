"""One row a fact: the source that stands where several publish it, and what the others say.

The rule of which is :mod:`gsi.inputs.indicators.unification`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gsi.contract.params.indicators import Indicator
from gsi.ground import frames, locale
from gsi.inputs.indicators import unification

KEY = ["municipio", "indicador", "periodo", "area"]
# Two publications of one figure are said to disagree beyond what rounding explains.
ROUNDING = 0.005
# What the note of a figure says of that of another source.
OTHER = {
    unification.VALUE: "Otra fuente ({source}) publica {value}.",
    unification.CASES: (
        "Otra fuente ({source}) cuenta los mismos casos y los divide por otro total: {value}."
    ),
}


def listed(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of :func:`compared` as ``unification.COLUMNS``."""
    names = {
        "valor": "usado",
        "fuente": "fuente_usada",
        "valor_otra": "otro",
        "fuente_otra": "fuente_otra",
    }
    return pairs.rename(columns=names)[unification.COLUMNS]


def compared(
    frame: pd.DataFrame, catalogue: Sequence[Indicator]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a municipality, indicator, period and area, and each pair of sources that give one
    figure, with ``que`` (of ``unification.COLUMNS``).

    The row kept has a value, is of the catalogue's series and comes first by the rule of
    :mod:`gsi.inputs.indicators.unification` (official, preferred, latest). What another source
    gives (beyond rounding, 0.5 % of the value kept) is also written in the kept row's ``nota``.
    """
    order = {
        (indicator.id, source): place
        for indicator in catalogue
        for place, source in enumerate(indicator.preference)
    }
    series = {indicator.id: indicator.series for indicator in catalogue}
    reach = unification.vintages(frame)
    pairs = frame[["indicador", "fuente"]].drop_duplicates()
    places = {
        key: number
        for number, key in enumerate(
            sorted(
                zip(pairs["indicador"], pairs["fuente"], strict=True),
                key=lambda key: unification.order(key[1], order.get(key, len(order)), reach),
            )
        )
    }
    pairs = pairs.assign(rank=[places[key] for key in pairs.itertuples(index=False, name=None)])
    rank = frame[["indicador", "fuente"]].merge(pairs, how="left")["rank"].to_numpy()
    other = frame["serie"] != frames.each(frame["indicador"], series.get).fillna(frame["serie"])
    # Keys as numbers: comparing texts of half a million rows is most of the work.
    key = frames.order(frame, KEY)
    best = np.lexsort((rank, other, frame["valor"].isna(), key))
    first = np.append(True, np.diff(key[best]) != 0)[: len(best)]
    kept = frame.take(best[first]).reset_index(drop=True)
    # The row kept of each fact that another source gives too.
    stands = (np.cumsum(first) - 1)[~first]
    extra = frame[["valor", "numerador", "fuente"]].take(best[~first]).reset_index(drop=True)
    pairs = kept[[*KEY, "valor", "numerador", "fuente"]].take(stands).reset_index(drop=True)
    alike = (pairs.pop("numerador") - extra["numerador"]).abs() < 0.5
    pairs = pairs.assign(valor_otra=extra["valor"], fuente_otra=extra["fuente"])
    distance = (pairs["valor"] - pairs["valor_otra"]).abs()
    apart = distance > ROUNDING * pairs["valor"].abs() + 1e-9
    what = np.select(
        [apart & alike, apart], [unification.CASES, unification.VALUE], unification.SAME
    )
    both = pairs.assign(que=what)[distance.notna()].reset_index(drop=True)
    differ = pairs.assign(que=what)[apart].reset_index(drop=True)
    if differ.empty:
        return kept, both
    columns = (differ[name] for name in ("fuente_otra", "valor_otra", "que"))
    texts = pd.Series(
        [
            OTHER[kind].format(source=unification.title(source), value=locale.number(value, 1))
            for source, value, kind in zip(*columns, strict=True)
        ]
    )
    said = texts.groupby(stands[apart.to_numpy()]).agg(" ".join).astype("str")
    notes = kept["nota"].copy()
    notes[said.index] = added(notes[said.index], pd.Series(True, index=said.index), said)
    return kept.assign(nota=notes), both


def added(nota: pd.Series, where: pd.Series, sentence: str | pd.Series) -> pd.Series:
    """Notes with a sentence (one for all, or one a row) added where asked."""
    return nota.where(~where, (nota + " " + sentence).str.strip()).astype("str")
