"""docs/indicadores.md, written from the catalogue: a person's view of ``params/indicators.yml``."""

from __future__ import annotations

from collections.abc import Sequence

from gsi import locale
from gsi.params.indicators import GROUPS, TRANSVERSAL, Indicator
from gsi.vocabulary import OBJECTIVES, RIGHTS

HEAD = """# Indicadores

Página hecha a partir de `params/indicators.yml`; no se edita a mano: `python -m
gsi.params.indicators_page` la vuelve a escribir. Indicadores: {total}; entran al índice de
prioridad: {used}.

Un departamento agrega o cambia indicadores en `params/indicators-<departamento>.yml`, con la misma
forma (`indicators:` y una lista). Los campos que no escriba se conservan.

Campos: `id`, `name`, `right` (categoría de derechos), `objective` (objetivo de política), `group`,
`numerator`, `denominator` y `multiplier` (fórmula), `population` (edades y sexos de las
proyecciones que forman el denominador), `unit`, `bounds` (el menor y el mayor valor posibles, si no
son los de la unidad: de 0 a 100 en % y en puntos, de 0 a 1.000 por mil, de 0 a 100.000 por cien
mil; un valor por fuera es un error del archivo que lo trae), `direction` (`lower`: menos es mejor;
`higher`: más es mejor), `source`, `series` (solo se comparan valores de la misma serie), `years`,
`target` y `target_source`, `smallest_denominator` (por debajo se marca), `absent_is_zero` (un
municipio sin fila en un año que la fuente cubre tuvo cero casos), `comparable` (`false`: el valor
de un lugar no se compara con el de otro), `minimum_coverage` (parte de la población que debe cubrir
un agregado), `preference` (orden de las fuentes), `in_index` y `note`.
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
    better = "menos es mejor" if indicator.direction == "lower" else "más es mejor"
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
    lines.append(
        f"- Fuente: {indicator.source}. Años: {indicator.years}. Serie: `{indicator.series}`."
    )
    if indicator.target is not None:
        target = locale.number(indicator.target)
        lines.append(f"- Meta: {target}. {indicator.target_source}.")
    if indicator.smallest_denominator is not None:
        least = locale.number(indicator.smallest_denominator)
        lines.append(f"- Se marca con denominador menor que {least}.")
    if not indicator.comparable:
        lines.append("- No se compara con otros territorios.")
    lines.append(f"- Entra al índice de prioridad: {'sí' if indicator.in_index else 'no'}.")
    if indicator.note:
        lines.append(f"- {indicator.note}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page of this checkout."""
    from gsi.files import write_text
    from gsi.params.indicators import load_catalogue
    from gsi.project import Project

    project = Project.find()
    catalogue = load_catalogue(project.params / "indicators.yml")
    write_text(project.root / "docs" / "indicadores.md", page(catalogue))


if __name__ == "__main__":
    main()
