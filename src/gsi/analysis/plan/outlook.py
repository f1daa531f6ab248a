"""Where each action of the plan arrives at its present pace, in words a council reads."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gsi.analysis.labels import OUTLOOKS
from gsi.analysis.results import write_value
from gsi.contract.vocabulary import OutlookState
from gsi.measure.forecast import Outlook, outlook
from gsi.measure.progress import FALLING

COLUMNS = ["accion", "outlook", "expected", "expected_low", "expected_high", "probability",
           "reports", "outlook_text"]  # fmt: skip


def outlooks(
    actions: pd.DataFrame, reports: pd.DataFrame, cut: pd.Timestamp, level: float
) -> pd.DataFrame:
    """One row an action: the verdict of :func:`gsi.measure.forecast.outlook` and its text.

    ``actions``: the columns of ``plan_accion`` of the version in force at the cut. Values are in
    the unit of the action's target; ``probability`` in 0-1.
    """
    rows = []
    for _, action in actions.iterrows():
        mine = reports[reports["accion"] == action["accion"]]
        whole = _counted(action, mine)
        found = outlook(
            str(action["tipo_meta"]),
            float(action["linea_base"]),
            float(action["meta"]),
            action["inicio"],
            action["fin"],
            cut,
            mine,
            level,
            whole=whole,
        )
        rows.append(
            [action["accion"], found.state, found.value, found.low, found.high, found.probability,
             found.reports, _text(found, str(action["tipo_meta"]), float(action["meta"]), whole)]
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _counted(action: pd.Series, reports: pd.DataFrame) -> bool:
    """Whether the action counts whole things (places, children): every number of it is whole."""
    numbers = [action["linea_base"], action["meta"], *reports["programado"], *reports["ejecutado"]]
    known = np.array([number for number in numbers if not pd.isna(number)], dtype=np.float64)
    return bool((known == np.round(known)).all())


def _text(found: Outlook, kind: str, target: float, whole: bool) -> str:
    """``no se cumpliría: 4.887 de 6.000 (4.314 a 5.460)``; the label alone when it has ended.

    A target to fall is a level to come down to, of which nothing is a part: ``se cumpliría:
    llegaría a 5,0; la meta es bajar a 10,0``.
    """
    state = OutlookState(found.state)
    label = OUTLOOKS[state]
    if state in (OutlookState.MET, OutlookState.UNMET, OutlookState.NONE):
        return label
    digits = 0 if whole or abs(target) >= 100 else 1
    value, aim = (write_value(number, "decimal", digits) for number in (found.value, target))
    interval = ""
    if not np.isnan(found.low):
        low, high = (write_value(bound, "decimal", digits) for bound in (found.low, found.high))
        interval = f" ({low} a {high})"
    if kind in FALLING:
        return f"{label}: llegaría a {value}{interval}; la meta es bajar a {aim}"
    return f"{label}: {value} de {aim}{interval}"
