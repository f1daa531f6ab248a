"""Prenatal care, low weight and deaths of children (vital statistics, second-hand compilation)."""

from __future__ import annotations

import re
from pathlib import Path

from gsi.inputs.readers.counts import Layout, layout_of, read_counts
from gsi.inputs.readers.grids import unreadable
from gsi.inputs.readers.peek import Peek, peek
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

SOURCE = "eevv_procuraduria"
# Its births are those of cuadro 7, by residence, in all but one municipality.
_UNKNOWN = (
    "Los nacimientos son por residencia de la madre. Los que no tienen el dato se cuentan como si "
    "{what}: no se informa cuántos son."
)
_OCCURRENCE = (
    "Muertes y nacimientos se cuentan donde ocurrieron, a menudo el municipio del hospital: no es "
    "la tasa de las niñas y niños del municipio ni la del departamento por residencia. El último "
    "año es preliminar."
)
_RESIDENCE = "Nacimientos y muertes por residencia de la madre. El último año es preliminar."
LAYOUTS = (
    Layout(
        "control_prenatal",
        {"numerador": "controles_prenatales_numerador", "denominador": "nacidos_vivos"},
        note=_UNKNOWN.format(what="no tuvieran controles"),
    ),
    Layout(
        "bajo_peso",
        {"valor": "bajo_peso", "denominador": "nacidos_vivos"},
        percent_of=True,
        note=_UNKNOWN.format(what="no tuvieran bajo peso"),
        row_note="Peso desconocido no informado.",
    ),
    Layout(
        "mortalidad_infantil",
        {"numerador": "mortalidad_menores_1_año", "denominador": "nacidos"},
        blank_is_zero=True,
        note=_OCCURRENCE,
        row_note="Por lugar donde ocurrió la muerte.",
    ),
    Layout(
        "mortalidad_5",
        {"numerador": "numerador", "denominador": "denominador"},
        also="tasa_mortalidad_menores_5",
        blank_is_zero=True,
        partial=True,
        note=_RESIDENCE,
    ),
    Layout(
        "mortalidad_neonatal",
        {"numerador": "numerador", "denominador": "denominador"},
        also="tasa_mortalidad_neonatal",
        blank_is_zero=True,
        partial=True,
        note=_RESIDENCE,
    ),
    Layout(
        "parto_calificado",
        {"numerador": "numerador", "denominador": "denominador"},
        also="porcentaje_nacidos_vivos_personal_calificado",
        partial=True,
        note=_RESIDENCE,
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
    """The headings of one of the files."""
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
    name=re.compile(r"\bya1 ([346789]|10)\b|\bya4 [12]\b"),
    contents="las columnas codmpio, anno y las del indicador (nacidos, casos o tasa)",
    claims=claims,
    read=read,
)
