"""docs/indicadores.md, written from the catalogue: a person's view of ``params/indicators.yml``."""

from __future__ import annotations

from collections.abc import Sequence

from gsi.contract.params.indicators import GROUPS, TRANSVERSAL, Indicator, load_catalogue
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS
from gsi.ground import locale
from gsi.ground.project import Project

HEAD = """# Indicadores

Página hecha a partir de `params/indicators.yml`; no se edita a mano: `python -m
docs.pages` la vuelve a escribir. Indicadores: {total}; entran al índice de
prioridad: {used}.

Un departamento agrega o cambia indicadores en `params/indicators-<departamento>.yml`, con la misma
forma (`indicators:` y una lista). Los campos que no escriba se conservan.

Campos:

- Qué es: `id`, `name`, `right` (categoría de derechos), `objective` (objetivo de política),
  `group`, `numerator` y `denominator` (en palabras), `multiplier` (si el valor se calcula con
  ellos), `population` (edades y sexos de las proyecciones que forman el denominador), `columns`
  (dónde los trae el archivo publicado), `observed` (qué se cuenta: `persons`, `households`,
  `births`, `deaths`, `students`, `cases` o `samples`), `place` (`residence`: donde vive la persona;
  `occurrence`: donde ocurrió el hecho; `service`: donde se presta el servicio; vacío: el archivo no
  lo dice), `unit`, `bounds` (el menor y el mayor valor posibles, si no son los de la unidad: de 0 a
  100 en % y en puntos, de 0 a 1.000 por mil, de 0 a 100.000 por cien mil; un valor por fuera es un
  error del archivo que lo trae), `source`, `years` y `preference` (orden de las fuentes).
- Qué se puede leer: `direction` (`lower`: menos es mejor; `higher`: más es mejor; `none`: no se
  sabe, y `direction_reason` dice por qué), `series` (solo se comparan valores de la misma serie),
  `breaks` (un valor de ese año o posterior no se compara con uno anterior), `other_base` (años
  calculados con otra población: solo se comparan entre ellos), `break_reason` (por qué, con las
  palabras que usan los informes), `unusable_years` (quedan sin valor),
  `preliminary_years` (se marcan), `series_error` (los valores de la serie son un mínimo, porque
  su fuente cuenta los casos sin dato como si no lo fueran: cuánto mayor puede ser la cifra
  publicada; van sin intervalo, y una diferencia menor no se lee), `caution` (lo que debe saber
  quien lea cualquiera de sus cifras: se escribe junto a cada una), `contradicted_by` (la cifra del
  año siguiente que muestra que faltan casos: entonces tener pocos no es un mérito), `outgrown`
  (lo mismo cuando las cifras del propio lugar en los dos años siguientes, descontado lo que cambió
  el país, son más de esas veces la del año, y no por azar), `comparable`
  (`false`: el valor de un lugar no se compara con el de otro),
  `counts_reporting` (también mide cuánto se denuncia),
  `family` (los indicadores de una familia son un mismo hecho de una fuente y cuentan una vez),
  `full_count` (no es muestra: no hay intervalo de muestreo), `smallest_denominator` (por debajo se
  marca) y `absent_is_zero` (un municipio sin fila en un año que la fuente cubre tuvo cero casos).
- Departamento y país: `aggregate` (`sum`: suma de numeradores sobre suma de denominadores;
  `weighted`: media municipal con el peso `weight`; `published`: solo lo que publica la fuente;
  `none`), `aggregate_years` (años en que se puede hacer; vacío: todos), `weight_error` (la mayor
  distancia conocida con la cifra publicada, en la unidad del valor; vacío: no se conoce),
  `weight_errors` (la de los departamentos en que es mayor; `CO`, el país), `published_for`
  (departamentos con cifra publicada, si no son todos), `error_correlation` (la de los errores de
  dos municipios del mismo departamento, la mayor que muestran los intervalos departamentales
  publicados, para que ninguno calculado aquí sea más estrecho; vacío: el agregado no tiene
  error), `official_departments` (quién publica la cifra), `official` (la cifra publicada que, si
  hay un archivo con ella, ocupa el lugar de la nuestra: `figure`, su identificador; `name` y
  `survey`, qué es y de qué encuesta; `differs`, por qué la del país no es la media de los
  municipios; `interval_years` y `bare_years`, los años en que la fuente publica el intervalo de
  cada departamento y aquellos en que no) y `minimum_coverage` (parte de la población que debe
  cubrir).
- Uso: `target` y `target_source`, `in_index` y `note`.
"""


def page(catalogue: Sequence[Indicator]) -> str:
    """The whole page: one block an objective, one entry an indicator."""
    used = sum(indicator.in_index for indicator in catalogue)
    parts = [HEAD.format(total=len(catalogue), used=used)]
    for right, label in {TRANSVERSAL: "Condiciones de vida", **RIGHTS}.items():
        parts.append(f"## {label}\n")
        objectives = [key for key, (owner, _) in OBJECTIVES.items() if owner == right]
        for objective in [TRANSVERSAL, *objectives]:
            rows = [i for i in catalogue if (i.right, i.objective) == (right, objective)]
            if not rows:
                continue
            if objective != TRANSVERSAL:
                parts.append(f"### {OBJECTIVES[objective][1]}\n")
            parts += [_entry(indicator) for indicator in rows]
    return "\n".join(parts)


def _entry(indicator: Indicator) -> str:
    better = _BETTER[indicator.direction]
    low, high = (locale.number(end) for end in indicator.limits)
    unit = f"{indicator.unit}, de {low} a {high}"
    lines = [
        f"**{indicator.name}** (`{indicator.id}`)\n",
        f"- Unidad: {unit}; {better}. Grupo: {GROUPS[indicator.group]}.",
    ]
    if indicator.multiplier is not None:
        factor = locale.number(indicator.multiplier)
        formula = f"{indicator.numerator} ÷ {indicator.denominator} × {factor}"
        lines.append(f"- Fórmula: {formula}.")
    elif indicator.numerator is not None:
        lines.append(f"- Se publica hecho: {indicator.numerator} ÷ {indicator.denominator}.")
    if indicator.direction_reason:
        lines.append(f"- Sentido: {indicator.direction_reason}")
    counted = _OBSERVED[indicator.observed]
    lines.append(f"- Se cuentan {counted}{_PLACE[indicator.place]}.")
    for column, where in indicator.columns.items():
        lines.append(f"- Columna `{column}`: {where}.")
    lines.append(
        f"- Fuente: {indicator.source}. Años: {indicator.years}. Serie: `{indicator.series}`."
    )
    if indicator.target is not None:
        target = locale.number(indicator.target)
        lines.append(f"- Meta: {target}. {indicator.target_source}.")
    if indicator.smallest_denominator is not None:
        least = locale.number(indicator.smallest_denominator)
        lines.append(f"- Se marca con denominador menor que {least}.")
    lines += _limits(indicator) + _aggregate(indicator)
    lines.append(f"- Entra al índice de prioridad: {'sí' if indicator.in_index else 'no'}.")
    if indicator.note:
        lines.append(f"- {indicator.note}")
    return "\n".join(lines) + "\n"


_BETTER = {"lower": "menos es mejor", "higher": "más es mejor", "none": "sin sentido conocido"}
_OBSERVED = {
    "persons": "personas",
    "households": "hogares",
    "births": "nacidos vivos",
    "deaths": "defunciones",
    "students": "estudiantes",
    "cases": "casos",
    "samples": "muestras",
}
_PLACE = {
    "residence": ", por lugar de residencia",
    "occurrence": ", por lugar donde ocurrió el hecho",
    "service": ", por lugar donde se presta el servicio",
    None: "; el archivo no dice si por residencia u ocurrencia",
}


def _years(years: Sequence[int]) -> str:
    return ", ".join(str(year) for year in years)


def _limits(indicator: Indicator) -> list[str]:
    """What may not be read from the figure."""
    lines = []
    if indicator.breaks:
        since = " y desde ".join(str(year) for year in indicator.breaks)
        lines.append(f"- La serie se rompe: desde {since} no se compara con los años anteriores.")
    if indicator.other_base:
        years = _years(indicator.other_base)
        lines.append(f"- Con otra población, comparables solo entre ellos: {years}.")
    if indicator.break_reason:
        lines.append(f"- Por qué: {indicator.break_reason}.")
    if indicator.unusable_years:
        lines.append(f"- No utilizable: {_years(indicator.unusable_years)}.")
    if indicator.preliminary_years:
        lines.append(f"- Preliminar: {_years(indicator.preliminary_years)}.")
    for series, points in indicator.series_error.items():
        lines.append(f"- Los valores de la serie `{series}` son un mínimo: la cifra publicada ha "
                     f"sido hasta {locale.number(points, 1)} puntos mayor.")  # fmt: skip
    if not indicator.comparable:
        lines.append("- No se compara con otros territorios.")
    if indicator.counts_reporting:
        lines.append("- También mide cuánto se denuncia o se registra.")
    if indicator.full_count:
        lines.append("- Es un conteo completo: no tiene intervalo de muestreo.")
    if indicator.family != indicator.id:
        lines.append(f"- Familia: `{indicator.family}`.")
    return lines


def _aggregate(indicator: Indicator) -> list[str]:
    """What the department and the country have."""
    when = f" ({indicator.aggregate_years})" if indicator.aggregate_years else ""
    if indicator.aggregate == "sum":
        text = "suma de numeradores sobre suma de denominadores"
    elif indicator.aggregate == "published":
        text = "solo lo que publica la fuente"
    elif indicator.aggregate == "none" or indicator.weight is None:
        text = "no se calcula"
    else:
        text = f"media municipal, peso: {indicator.weight.name}{when}; {_distance(indicator)}"
    lines = [f"- Departamento y país: {text}."]
    if indicator.contradicted_by:
        rule = indicator.contradicted_by
        beside = " + ".join(f"`{name}`" for name in (indicator.id, *rule.beside))
        lines.append(
            f"- No se llama mejor cuando `{rule.indicator}` del año siguiente pasa de {beside}: "
            f"{rule.reason}."
        )
    if indicator.outgrown:
        lines.append(
            f"- No se llama mejor cuando las cifras del propio lugar en los dos años siguientes, "
            f"descontado lo que cambió el país, son más de {indicator.outgrown:g} veces la del año."
        )
    if indicator.caution:
        lines.append(f"- Junto a cada cifra: {indicator.caution}")
    if indicator.official_departments:
        lines.append(f"- {indicator.official_departments}")
    if indicator.official:
        given = (
            f"- Cifra oficial: la de la {indicator.official.survey}, `{indicator.official.figure}`"
        )
        lines.append(f"{given}; la del país difiere porque {indicator.official.differs}.")
    return lines


def _distance(indicator: Indicator) -> str:
    """How far the mean may be from the published figure, in words."""
    if indicator.weight_error is None:
        text = "aproximado, sin error conocido"
    elif indicator.weight_error == 0:
        text = "reproduce la cifra publicada"
    else:
        text = f"aproximado, hasta {locale.number(indicator.weight_error, 1)} puntos"
    elsewhere = ", ".join(
        f"{place}: {locale.number(points, 1)}" for place, points in indicator.weight_errors.items()
    )
    return f"{text} (salvo {elsewhere})" if elsewhere else text


def of(project: Project) -> str:
    """The page of a checkout's catalogue."""
    return page(load_catalogue(project.params / "indicators.yml"))
