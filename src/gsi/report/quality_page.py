"""The quality page: one HTML file that asks nothing of any host."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from gsi.analysis.quality.origins import UNDATED
from gsi.contract.vocabulary import Severity
from gsi.ground.legible import legible
from gsi.ground.locale import tied
from gsi.inputs.quality import left_out as words
from gsi.inputs.quality.summary import (
    SEVERITIES,
    UNPLACED,
    SourceFile,
    broken_rules,
    nothing_read,
    source_files,
    table_verdicts,
    unplaced_rules,
)
from gsi.inputs.quality.verdicts import Verdicts
from gsi.inputs.records import LeftOut

if TYPE_CHECKING:
    from gsi.contract.territory import Territory
    from gsi.inputs.records import SourceRecord

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; color: #1f2a37; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2rem; }
.aviso { border-left: .4rem solid #d55e00; background: #fdf1e8; padding: .6rem 1rem; }
.resumen { border-left: .4rem solid #0072b2; background: #eef5fa; padding: .6rem 1rem; }
.tabla { overflow-x: auto; } .tabla:focus { outline: .2rem solid #0072b2; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid #c6ced6; }
thead th { border-bottom: 2px solid #1f2a37; }
@media (max-width: 40rem) { table, caption, tbody, tr, td, tbody th { display: block;
  width: 100%; box-sizing: border-box; }
  thead { display: block; position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; } tr { border-bottom: 2px solid #9aa5b1; }
  td, tbody th { border: 0; padding: .2rem 0; }
  td::before { content: attr(data-titulo) ": "; font-weight: 600; } }
@media print { body { max-width: none; } }
"""

_INTRO = """<p>Esta página dice con qué información se hizo el informe, qué reglas no se cumplen y
qué falta por reportar. Una regla <strong>crítica</strong> incumplida impide hacer el informe; una
<strong>advertencia</strong> pasa al informe; una <strong>nota</strong> solo avisa.</p>"""


def page(
    verdicts: Verdicts,
    records: Sequence[SourceRecord],
    territory: Territory,
    threshold: int | None = None,
    left_out: LeftOut | None = None,
) -> str:
    """The page of a territory as HTML. Counts of people are withheld below ``threshold``, and
    always when it is None. ``left_out``: the files that gave no row. Every word of outside origin
    is escaped.
    """
    aside = left_out or LeftOut()
    nothing = nothing_read(verdicts, [territory.code])
    codes = [territory.code]
    broken = broken_rules(verdicts, codes, threshold)
    judged = table_verdicts(verdicts, codes, threshold)
    sources = source_files(verdicts, records, codes)
    by_severity = {key: sum(item.severity == key for item in broken) for key in SEVERITIES}
    name = territory.name
    if not territory.is_department:
        name = f"{territory.name}, {territory.department_name}"
    title = legible(f"Calidad de la información: {name}")
    parts = [f"<h1>{escape(title)}</h1>"]
    if territory.fictional:
        parts.append('<p class="aviso"><strong>Datos de ejemplo, ficticios.</strong></p>')
    parts += [
        _INTRO,
        '<p class="resumen">Reglas críticas incumplidas: '
        f"{by_severity[Severity.CRITICAL]}. Advertencias: {by_severity[Severity.WARNING]}. "
        f"Notas: {by_severity[Severity.INFO]}.</p>",
        "<h2>Reglas que no se cumplen</h2>",
        _table(
            "Reglas incumplidas en el territorio",
            ("Información", "Regla", "Gravedad", "Filas que no la cumplen", "Filas del territorio"),
            [
                (item.title, item.rule, SEVERITIES[item.severity], item.cases, item.total)
                for item in broken
            ],
            "No se leyó información de este territorio: no hay reglas que comprobar."
            if nothing
            else "Todas las reglas se cumplen.",
        ),
        *_unplaced(verdicts, threshold),
        "<h2>Valoración de cada tabla</h2>",
        _table(
            "Qué tan utilizable es cada tabla",
            ("Información", "Filas del territorio", "Valoración", "Por qué"),
            [(item.title, item.rows, item.verdict, item.why) for item in judged],
            "",
        ),
        "<h2>Fuentes y archivos</h2>",
        _table(
            "Archivos leídos y por qué se apartaron filas de ellos",
            ("Fuente", "Quién la publica", "Archivo", "Años", "Filas apartadas", "Lectura"),
            [
                (
                    item.record.title,
                    item.record.publisher,
                    item.record.file,
                    item.record.years or UNDATED,
                    item.reason or "ninguna",
                    item.reading,
                )
                for item in sources
            ],
            "No hay archivos con información de este territorio.",
        ),
        f"<h2>{words.HEADING}</h2>",
        _table(
            "Qué hay que corregir en cada archivo para que se use",
            ("Archivo", "Qué se encontró", "Qué hacer"),
            words.faulty_rows(aside, most=None),
            "Ninguno.",
        ),
        f"<h2>{words.UNREAD}</h2>",
        _table(
            "Archivos de la carpeta de datos que no son de ninguna fuente con lector",
            ("Archivo", "Por qué"),
            aside.reasons(),
            "Ninguno.",
        ),
        *_substitutes(sources),
        "<p>La huella SHA-256 de cada archivo, y cuántas filas se leyeron y se apartaron de él, "
        "están en el manifiesto (<code>manifest.json</code>) que queda junto a los resultados.</p>",
        "<p>Los conteos de personas que podrían identificar a alguien no se muestran.</p>",
    ]  # fmt: skip
    return (
        '<!DOCTYPE html>\n<html lang="es-CO">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _unplaced(verdicts: Verdicts, threshold: int | None) -> list[str]:
    """The rules that rows of no municipality break; empty without any."""
    found = unplaced_rules(verdicts, threshold)
    if not found:
        return []
    return [
        f"<h2>{UNPLACED}</h2>",
        "<p>No dicen su municipio, o siguen a un hogar o a una acción que nadie reportó. No "
        "cuentan en ningún territorio hasta que se corrija el archivo que las trae.</p>",
        _table(
            "Reglas que incumplen las filas sin un municipio reconocible",
            ("Información", "Regla", "Gravedad", "Filas que no la cumplen", "Filas sin municipio"),
            [
                (item.title, item.rule, SEVERITIES[item.severity], item.cases, item.total)
                for item in found
            ],
            "",
        ),
    ]


def _substitutes(sources: Sequence[SourceFile]) -> list[str]:
    """What is written in place of the characters that no document can show; empty without any."""
    rows = [
        (
            item.record.file,
            item.record.title,
            "; ".join(
                f"{told.character}: {told.written or 'nada, porque no se ve'}"
                for told in item.record.substitutes
            ),
        )
        for item in sources
        if item.record.substitutes
    ]
    if not rows:
        return []
    different = {told.character for item in sources for told in item.record.substitutes}
    return [
        "<h2>Caracteres que no se pueden escribir</h2>",
        f"<p>Caracteres distintos que no se pueden mostrar en los informes: {len(different)}. Los "
        "archivos quedan como están; en los documentos se escribe en su lugar lo que dice la "
        "tabla.</p>",
        _table(
            "Qué se escribe en lugar de cada carácter",
            ("Archivo", "Información", "Carácter: lo que se escribe"),
            rows,
            "",
        ),
    ]


def _text(words: str) -> str:
    """Words of outside origin, as HTML."""
    return escape(tied(legible(words)))


def _table(
    caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]], when_empty: str
) -> str:
    """A table whose first column names the row; on a narrow screen, one block a row."""
    if not rows:
        return f"<p>{escape(when_empty)}</p>"
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "\n".join(
        f'<tr><th scope="row">{_text(row[0])}</th>'
        + "".join(
            f'<td data-titulo="{escape(heading)}">{_text(cell)}</td>'
            for heading, cell in zip(headings[1:], row[1:], strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="tabla" role="region" tabindex="0" aria-label="{escape(caption)}">\n'
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n</div>"
    )
