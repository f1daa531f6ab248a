"""docs/descargas.md, written from ``params/sources.yml``: which sources there are, and whose."""

from __future__ import annotations

from gsi.contract.params.sources import Source, Sources, load_sources
from gsi.ground.locale import number
from gsi.ground.project import Project

HEAD = """# Descargas

Página hecha a partir de `params/sources.yml`; no se edita a mano: `python -m docs.pages` la vuelve
a escribir. Qué fuentes sabe pedir el cuaderno, de quién son y qué llenan. Cómo se descargan está en
[la orden gsi](ordenes.md#descargar-lo-publicado); qué se lee de cada una, en [fuentes](fuentes.md).

Las direcciones, los conjuntos de datos y sus campos se tomaron de lo que publica cada entidad y de
programas públicos que los usan, sin comprobar cada uno en vivo. Por eso nada se da por bueno: el
archivo que no es el que conoce su lector no se guarda, y la orden dice qué corregir.

Campos de `params/sources.yml`:

- Qué es: `id` (el nombre para `--only`), `reader` (el lector que toma el archivo), `publisher`,
  `title`, `holder` (quién lo tiene), `page`, `licence` y `licence_page`, `refresh` (cada cuánto
  cambia), `scope` (`country`: un archivo de todo el país; `department`: solo el departamento
  pedido; `entity`: de una sola entidad), `size` (tamaño aproximado, en bytes) y `file` (dónde
  queda, dentro de la carpeta de datos).
- Qué llena: `fills` (tablas), `indicators` (cuáles, donde un lector toma varios archivos) y
  `section` (el título del informe que lo muestra).
- Cómo se obtiene, en `obtain`: `how` es `socrata` (`dataset`, `columns`, `where` y `least`, las
  filas sin las que no es la fuente entera), `file` (`address` y `least`, en bytes), `arcgis`
  (`address`, `where`, `code` y `least`) o `by_hand` (`steps`, y `login` si pide usuario).
- `portal` es el de los conjuntos de datos, y `limits` dice con cuánta calma se pide: `pause`
  (segundos entre dos peticiones a un mismo servidor), `page` (filas en cada una), `tries`
  (intentos), `timeout` (segundos sin respuesta) y `patience` (la espera más larga, en segundos).
"""


def page(sources: Sources) -> str:
    """The page of these sources."""
    fetched = [source for source in sources.sources if source.fetched]
    by_hand = [source for source in sources.sources if not source.fetched]
    parts = [HEAD, "## Las que se descargan con `gsi fetch`", ""]
    parts.append("| Fuente | Qué es | Quién la tiene | Tamaño | Licencia | Cambia | Llena |")
    parts.append("|---|---|---|---|---|---|---|")
    parts += [_row(source) for source in fetched]
    parts += ["", "## Las que se obtienen a mano", ""]
    for source in by_hand:
        parts += [
            f"### `{source.id}`",
            f"**{source.title}** ({source.publisher}). Lo tiene: {source.holder}. "
            f"[Página]({source.page}). Cambia: {source.refresh}. Llena: {_fills(source)}.",
            "",
            *(f"{n}. {step}" for n, step in enumerate(getattr(source.obtain, "steps", ()), 1)),
            "",
        ]
    return "\n".join(parts).rstrip() + "\n"


def _row(source: Source) -> str:
    size = source.size or 0
    told = f"{number(size / 1e6, 1)} MB" if size >= 1e6 else f"{round(size / 1e3)} kB"
    cells = [
        f"`{source.id}`",
        f"[{source.title}]({source.page})",
        source.holder,
        told,
        source.licence,
        source.refresh,
        _fills(source),
    ]
    return f"| {' | '.join(cells)} |"


def _fills(source: Source) -> str:
    names = ", ".join(f"`{name}`" for name in source.fills)
    some = ", ".join(f"`{name}`" for name in source.indicators)
    return f"{names} ({some})" if some else names


def of(project: Project) -> str:
    """The page of a checkout's sources."""
    return page(load_sources(project.params))
