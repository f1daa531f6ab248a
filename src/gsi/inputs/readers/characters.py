"""The texts of a table in characters that every document can show, and which were not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from gsi.ground.legible import legible, substitutes
from gsi.inputs.records import Part, Substitute


def legible_part(part: Part) -> Part:
    """The part with legible texts, as :func:`gsi.ground.legible.legible` writes them, and what
    stands for each character that they had.
    """
    data, found = part.data, set[tuple[str, str]]()
    for name in data.columns:
        column = data[name]
        if not pd.api.types.is_string_dtype(column.dtype):
            continue
        texts = [text for text in column.dropna().unique() if isinstance(text, str)]
        changed = {text: shown for text in texts if (shown := legible(text)) != text}
        if changed:
            found.update(pair for text in changed for pair in substitutes(text))
            touched = column.isin(list(changed))
            data = data.assign(**{name: column.where(~touched, column.map(changed))})
    if data is part.data:
        return part
    told = tuple(Substitute(f"U+{ord(old):04X}", shown) for old, shown in sorted(found))
    return replace(part, data=data, substitutes=told)
