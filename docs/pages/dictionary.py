"""docs/diccionario.md: the data dictionary, written from the suites of ``expectations/``."""

from __future__ import annotations

from gsi.analysis.results import write_value
from gsi.contract import tables
from gsi.contract.tables import ColumnSpec, TableSchema
from gsi.inputs.quality.summary import SEVERITIES

_KINDS = {
    "codigo": "código",
    "texto": "texto",
    "entero": "número entero",
    "numero": "número",
    "fecha": "fecha",
    "lista": "lista (separada por `;`)",
    "binario": "1 o 0",
    "geometria": "geometría",
}

_INTRO = """# Diccionario de datos

<!-- Hecho con `python -m docs.pages` a partir de expectations/*.json. No lo edite. -->

Cada tabla se entrega como un archivo CSV o como una hoja de Excel o de LibreOffice que lleva el
nombre de la tabla (por ejemplo `formacion.csv`, `formacion_2024.csv` o una hoja `Formación`). Los
encabezados son el nombre de la columna o su etiqueta; las tildes, las mayúsculas y los espacios no
importan. Los [formularios](formularios.md) ya traen las hojas, los encabezados y las listas.

- **Fechas**: fecha de Excel (también pegada como su número de serie), `dd/mm/aaaa` o
  `aaaa-mm-dd`.
- **Valores**: los que se muestran aquí o como los ofrece el formulario (`en_curso`, En curso).
- **Números**: con coma decimal; los miles con punto o sin separar. Si un archivo separa las
  columnas con comas, un punto solo es decimal.
- **Sí o no**: `1` y `0`; también se entiende `sí`, `no` y `x`.
- **Vacío**: la celda vacía, `sin dato`, `ND` o `NP`.
- **Códigos**: los de la DIVIPOLA, de cinco dígitos, solos o con el nombre (`73067 Ataco`); se
  devuelven los ceros a la izquierda que Excel quita.
- **Datos personales**: en las tablas que lo dicen, los identificadores de hogares, personas y casos
  se reemplazan al leerlos por una huella con clave (BLAKE2b). La clave es la variable de entorno
  `GSI_HASH_KEY`. Sin ella se usa una clave pública, que solo sirve para los datos de ejemplo.

Gravedad de las reglas: una regla **crítica** incumplida impide hacer el informe del territorio; una
**advertencia** pasa al informe; una **nota** solo avisa.
"""


def markdown() -> str:
    """The whole dictionary as Markdown."""
    listed = "\n".join(
        f"| [`{name}`](#{name}) | {tables.schema(name).title} |" for name in tables.names()
    )
    contents = f"## Tablas\n\n| Tabla | Contenido |\n|---|---|\n{listed}\n"
    return "\n".join([_INTRO, contents, *(_table(tables.schema(n)) for n in tables.names())])


def _table(schema: TableSchema) -> str:
    person = (
        " **Datos personales: ninguna fila sale del equipo donde se procesa.**"
        if schema.person_level
        else ""
    )
    purpose = f"Para qué sirve: {schema.purpose}\n\n" if schema.purpose else ""
    key = ", ".join(f"`{name}`" for name in schema.key) or "ninguna (las filas no se identifican)"
    columns = "\n".join(_column(spec) for spec in schema.columns)
    rules = "\n".join(
        f"| {_cell(rule['meta']['regla'])} | {SEVERITIES[rule['severity']]} |"
        for rule in tables.suite(schema.name)["expectations"]
    )
    return (
        f"## {schema.name}\n\n**{schema.title}.** {schema.description}{person}\n\n{purpose}"
        f"Clave: {key}.\n\n"
        "| Columna | Etiqueta | Tipo | Obligatoria | Valores | Unidad | Descripción |\n"
        "|---|---|---|---|---|---|---|\n"
        f"{columns}\n\n| Regla | Gravedad |\n|---|---|\n{rules}\n"
    )


def _column(spec: ColumnSpec) -> str:
    required = "sí" if spec.required else "no"
    if spec.filled_by_reader:
        required = "la escribe el lector"
    if spec.published:
        required = "no está en el formulario: la traen los archivos publicados"
    cells = [
        f"`{spec.name}`",
        spec.label,
        _KINDS[spec.kind],
        required,
        _values(spec),
        spec.unit or "–",
        spec.description,
    ]
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _values(spec: ColumnSpec) -> str:
    if spec.values:
        return ", ".join(f"`{value}`" for value in spec.values)
    low, high = (_bound(spec, bound) for bound in (spec.minimum, spec.maximum))
    if low and high:
        return f"entre {low} y {high}"
    if low:
        return f"mayor que {low}" if spec.exclusive_minimum else f"{low} o más"
    return f"{high} o menos" if high else "–"


def _bound(spec: ColumnSpec, bound: float | None) -> str:
    if bound is None:
        return ""
    return str(int(bound)) if spec.unit == "año" else write_value(bound, "decimal")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
