"""Prenatal care, low weight and deaths of children (vital statistics, second-hand compilation)."""

from __future__ import annotations

import re
from pathlib import Path

from gsi.sources.counts import Layout, layout_of, read_counts
from gsi.sources.grids import unreadable
from gsi.sources.peek import Peek, peek
from gsi.sources.records import Part
from gsi.sources.registry import Reader

SOURCE = "eevv_procuraduria"
_OCCURRENCE = (
    "Los nacimientos parecen contarse por lugar de ocurrencia y no de residencia: no se mezclan "
    "con los del cuadro 7."
)
LAYOUTS = (
    Layout(
        "control_prenatal",
        {"numerador": "controles_prenatales_numerador", "denominador": "nacidos_vivos"},
        note=_OCCURRENCE,
    ),
    Layout("bajo_peso", {"valor": "bajo_peso", "denominador": "nacidos_vivos"}, note=_OCCURRENCE),
    Layout(
        "mortalidad_infantil",
        {"numerador": "mortalidad_menores_1_año", "denominador": "nacidos"},
        blank_is_zero=True,
        note=_OCCURRENCE,
    ),
    Layout(
        "mortalidad_desnutricion_5",
        {"numerador": "mortalidad_desnutricion_5", "denominador": "total_menores_5"},
        blank_is_zero=True,
    ),
    Layout(
        "mortalidad_eda_5",
        {"numerador": "EDA", "denominador": "total_menores_5"},
        blank_is_zero=True,
    ),
    Layout(
        "mortalidad_ira_5",
        {"numerador": "IRA", "denominador": "total_menores_5"},
        blank_is_zero=True,
    ),
)


def claims(seen: Peek) -> bool:
    """The headings of one of the six files."""
    return layout_of(seen, LAYOUTS) is not None


def read(path: Path) -> Part:
    """Table ``indicadores``: numerador and denominador; low weight as the published percent."""
    layout = layout_of(peek(path, "xlsx"), LAYOUTS)
    if layout is None:
        raise unreadable(path, "indicador de estadísticas vitales")
    return read_counts(path, layout, fuente=SOURCE, serie="eevv")


READER = Reader(
    source=SOURCE,
    publisher="DANE e INS (compilación de la Procuraduría)",
    title="Indicadores de salud infantil por municipio, Estadísticas Vitales",
    kinds=("xlsx",),
    name=re.compile(r"\bya1 [4689]\b|\bya4 [12]\b"),
    contents="las columnas codmpio, anno y las del indicador (nacidos, casos o tasa)",
    claims=claims,
    read=read,
)
