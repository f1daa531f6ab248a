"""One fact, several sources: which one stands, and by how much the others differ.

The rule, in this order: an official publication before a territory's own form; the sources that the
catalogue prefers, in its order; the latest vintage, that is the source whose figures reach the
latest year; the alphabet. Rates are then made on one population base for every indicator.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

FORM = "formulario:"
VALUE, POPULATION, CASES, SAME = "valor", "poblacion", "mismos casos", "igual"
# ``que``: where two sources differ, in the figure itself (valor) or in the people it is divided by
# (poblacion); the cases that both count alike over another total (mismos casos); or a figure that
# two sources give alike (igual).
# Two sources that give these do not disagree about the figure.
AGREED = (SAME, CASES)
COLUMNS = [
    "municipio", "indicador", "periodo", "area", "que", "usado", "fuente_usada", "otro",
    "fuente_otra",
]  # fmt: skip
EVERYBODY = "poblacion_total"
TITLES = {
    "cnmh_reclutamiento": "Centro Nacional de Memoria Histórica",
    "dane_eevv_cuadro3": "DANE, Estadísticas Vitales, cuadro 3",
    "dane_eevv_cuadro6a": "DANE, Estadísticas Vitales, cuadro 6A",
    "dane_eevv_cuadro7": "DANE, Estadísticas Vitales, cuadro 7",
    "dane_etnia": "DANE, proyecciones por pertenencia étnico-racial",
    "dane_ipm_2018": "DANE, anexo de pobreza municipal del censo de 2018",
    "dane_ipm_ecv": "DANE, pobreza multidimensional oficial (Encuesta de Calidad de Vida)",
    "dane_nbi_2018": "DANE, necesidades básicas insatisfechas del censo de 2018",
    "dane_pobreza_monetaria": "DANE, pobreza monetaria oficial (Encuesta de Hogares)",
    "dane_proyecciones": "DANE, proyecciones de población por área, sexo y edad",
    "dane_proyecciones_epico": "DANE, proyecciones de población",
    "dane_proyecciones_2025": "DANE, proyecciones de población, revisión de 2025",
    "dane_proyecciones_otra": "DANE, proyecciones de población, edición que no se reconoce",
    "dane_sae": "DANE, estimación de área pequeña",
    "dnp_terridata": "DNP, TerriData",
    "dnp_sisben_iv": "DNP, Sisbén IV",
    "eevv_procuraduria": "DANE Estadísticas Vitales e INS, compilación de la Procuraduría",
    "eevv_ramaral": "DANE, Estadísticas Vitales, compilación de sus microdatos",
    "icbf_procuraduria": "ICBF, compilación de la Procuraduría",
    "ins_sivigila_113": "INS, SIVIGILA (evento 113)",
    "icbf_educacion_inicial": "ICBF y MEN, educación inicial",
    "ins_irca": "INS, vigilancia de la calidad del agua",
    "medicina_legal": "Medicina Legal",
    "men_estadisticas": "MEN, estadísticas por municipio",
}

# Which edition of a publication a source's figures are of, in words that stand after 'en'.
EDITIONS = {
    "dane_proyecciones_epico": "la edición anterior a la revisión del 30 de julio de 2025, que "
    "cambió las cifras desde 2018",
    "dane_proyecciones_2025": "la revisión del 30 de julio de 2025",
    "dane_proyecciones_otra": "una edición que el archivo no dice y el cuaderno no reconoce",
}

# The first year of the second of two series that one file joins: the median municipality of the
# country grows by 2.5 % in 2020, and by 1.2 % in 2019 and in 2021.
SEAMS = {"dane_proyecciones_epico": 2020}


def empty() -> pd.DataFrame:
    """No disagreement."""
    return pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS}).astype(
        {"periodo": "int64", "usado": "float64", "otro": "float64"}
    )


def is_form(source: str) -> bool:
    """Whether rows with this ``fuente`` are a territory's own report."""
    return source.startswith(FORM)


def title(source: str) -> str:
    """A ``fuente`` as people read it: the publication's name, or the territory's own form."""
    if is_form(source):
        return f"formulario {source.removeprefix(FORM)}"
    return TITLES.get(source) or source.replace("_", " ")


def vintages(frame: pd.DataFrame) -> dict[str, int]:
    """Source → the latest year its figures reach."""
    return {str(name): int(last) for name, last in frame.groupby("fuente")["periodo"].max().items()}


def order(source: str, preferred: int, reach: Mapping[str, int]) -> tuple[bool, int, int, str]:
    """The place of a source among those of one fact; the least stands."""
    return is_form(source), preferred, -reach.get(source, 0), source


def population(poblacion: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One source of people a municipality and year, and where the others differ.

    ``poblacion``: the contract's table, perhaps with several sources of the same people, which must
    not be added up. Differences are of everybody, beyond half a percent.
    """
    place = ["municipio", "periodo", "area"]
    pairs = poblacion[[*place, "fuente"]].drop_duplicates()
    if not pairs.duplicated(place).any():
        return poblacion, empty()
    reach = vintages(poblacion)
    sources = sorted({str(name) for name in pairs["fuente"]}, key=lambda n: order(n, 0, reach))
    place_of = {name: number for number, name in enumerate(sources)}
    ranked = pairs.assign(_order=[place_of[str(name)] for name in pairs["fuente"]])
    ranked = ranked.sort_values([*place, "_order"])
    stands = ranked.drop_duplicates(place)[[*place, "fuente"]]
    kept = poblacion.merge(stands, on=[*place, "fuente"], how="inner")[list(poblacion.columns)]
    totals = poblacion.groupby([*place, "fuente"], observed=True)["personas"].sum().reset_index()
    both = totals.merge(stands.rename(columns={"fuente": "_used"}), on=place)
    used = both[both["fuente"] == both["_used"]][[*place, "personas"]]
    others = both[both["fuente"] != both["_used"]].merge(used, on=place, suffixes=("", "_used"))
    others = others[
        (others["personas"] - others["personas_used"]).abs() > 0.005 * others["personas_used"]
    ]
    return kept, pd.DataFrame(
        {
            "municipio": others["municipio"].astype("str"),
            "indicador": EVERYBODY,
            "periodo": others["periodo"],
            "area": others["area"].astype("str"),
            "que": POPULATION,
            "usado": others["personas_used"].astype("float64"),
            "fuente_usada": others["_used"].astype("str"),
            "otro": others["personas"].astype("float64"),
            "fuente_otra": others["fuente"].astype("str"),
        }
    )[COLUMNS].reset_index(drop=True)


def size(disagreements: pd.DataFrame) -> pd.Series:
    """How far the other figure is from the one used, in percent of the larger (0-100)."""
    used, other = disagreements["usado"].abs(), disagreements["otro"].abs()
    larger = used.where(used >= other, other)
    gap = (disagreements["otro"] - disagreements["usado"]).abs()
    return (100 * gap / larger.where(larger > 0)).fillna(0.0)
