"""The example's forms with characters of outside origin in every free text: names, descriptions."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import pandas as pd

from gsi.contract import tables
from gsi.inputs import forms

# What no font of the documents has, or is not seen, or means something to a program.
STRANGE = ["\uf0b7", "\uf0a7", "\uf0fc", "😀", "✅", "漢字", "\u0081", "\ue123", "\u200b\u202e"]
LIVE = ["de $50.000 a $80.000", "_a_ ^b^", r"\frac{1}{2} C:\nuevo", "$x_1^2$ #let {{< meta x >}}"]
SUFFIXES = [*STRANGE, *LIVE]


def marked(value: str) -> str:
    """``value`` with one of :data:`SUFFIXES`, always the same."""
    number = int(hashlib.sha256(value.encode()).hexdigest(), 16)
    return f"{value} {SUFFIXES[number % len(SUFFIXES)]}"


def mark_example(folder: Path) -> set[str]:
    """Mark every free text of the example's forms in ``folder``; the suffixes put in."""
    listed = {
        str(value)
        for name in tables.names()
        for column in tables.schema(name).columns
        for value in [*(column.values or ()), *(column.labels or ())]
    }
    free = {
        name: [
            column.name
            for column in tables.schema(name).columns
            if column.kind == "texto" and not column.values and column.name in _FREE
        ]
        for name in tables.names()
    }
    words: dict[str, str] = {}
    for path in sorted(folder.glob("*.xlsx")):
        for name, data in forms.read(path).items():
            for column in free[name]:
                texts = {str(text) for text in data[column].dropna().unique()} - listed
                words |= {text: marked(text) for text in texts}
    for path in sorted(folder.glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str):
                cell.value = words.get(cell.value, cell.value)
        book.save(path)
    for path in sorted(folder.glob("*.csv")):
        data = pd.read_csv(path, dtype=str, keep_default_na=False)
        data.map(lambda text: words.get(text, text)).to_csv(path, index=False)
    return {word[len(text) + 1 :] for text, word in words.items()}


_FREE = {
    "nombre", "entidad", "enunciado", "contenido", "procedimiento", "evidencia", "descripcion",
    "responsable", "motivo_ajuste", "acta", "soporte", "unidad", "actor", "barrera",
}  # fmt: skip
