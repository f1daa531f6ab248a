"""Lists that publishers renew: of each place or actor, what the last list says."""

from __future__ import annotations

import pandas as pd

from gsi.contract.tables import ORIGIN

# Table → what identifies its rows. The day of a list is in ``nota``, written alike in all of them.
KEYS = {"escenarios": ["escenario", "periodo"], "actores": ["actor"]}


def renewed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table with each published row once, as the last list has it."""
    if name not in KEYS or ORIGIN not in table or "nota" not in table:
        return table
    published = table[ORIGIN].notna()
    if not published.any():
        return table
    rows = table[published].sort_values([*KEYS[name], "nota"], kind="stable")
    rows = rows.drop_duplicates(KEYS[name], keep="last")
    return pd.concat([table[~published], rows], ignore_index=True)
