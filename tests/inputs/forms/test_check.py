"""Thirty and more ways to fill a form badly: a finding each, and all of them all at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from inputs.forms.filled import (
    DIVIPOLA,
    FORMS,
    Way,
    all_of,
    beyond,
    copy_row,
    filled,
    heading,
    only,
    overwrite_example,
    put,
)
from inputs.forms.papers import PERSON, TRAINING, book, sheet_of, text

from gsi.inputs.forms import layout
from gsi.inputs.forms.check import Review, check
from gsi.inputs.forms.mark import marked_copy, write_marked

DAY = dt.datetime
F = "formacion"
WAYS = [
    Way("fecha imposible", F, put("Fecha de inicio", "31/02/2024"), "Fecha de inicio", "exista"),
    Way("fecha en palabras", F, put("Fecha de inicio", "marzo"), "Fecha de inicio", "exista"),
    Way("año de dos cifras", F, put("Fecha de inicio", "01/03/24"), "Fecha de inicio", "exista"),
    Way(
        "siglo equivocado",
        F,
        put("Fecha de inicio", DAY(1924, 3, 1)),
        "Fecha de inicio",
        "entre 1990 y 2100",
    ),
    Way(
        "termina antes de empezar",
        F,
        put("Fecha de terminación", DAY(2024, 2, 1)),
        "Fecha de terminación",
        "antes de empezar",
    ),
    Way("número en palabras", F, put("Horas", "veinte"), "Horas", "debe ser un número"),
    Way(
        "personas con decimales", F, put("Personas inscritas", 30.5), "Personas inscritas", "entero"
    ),
    Way("número negativo", F, put("Horas", -5), "Horas", "mayor que 0"),
    Way(
        "más certificados que inscritos",
        F,
        put("Personas certificadas", 90),
        "Personas certificadas",
        "más que las inscritas",
    ),
    Way(
        "más mujeres que inscritos",
        F,
        put("Mujeres inscritas", 90),
        "Mujeres inscritas",
        "más que el total",
    ),
    Way(
        "valor fuera de la lista",
        F,
        put("Momento de la gestión", "después"),
        "Momento de la gestión",
        "solo admite",
    ),
    Way("obligatoria vacía", F, put("Nombre del curso", None), "Nombre del curso", "debe tener un"),
    Way(
        "sin identificador",
        F,
        put("Identificador del curso", "  "),
        "Identificador del curso",
        "no puede estar vacía",
    ),
    Way(
        "nombre en vez de código",
        F,
        put("Código del municipio", "Villa Ceñida"),
        "Código del municipio",
        "DIVIPOLA de cinco dígitos",
    ),
    Way(
        "código que no existe",
        F,
        put("Código del municipio", "00999"),
        "Código del municipio",
        "existir en la DIVIPOLA",
    ),
    Way(
        "código con una cifra de más",
        F,
        put("Código del municipio", "000031"),
        "Código del municipio",
        "DIVIPOLA de cinco dígitos",
    ),
    Way(
        "código de otro municipio",
        F,
        put("Código del municipio", "00003 Otro Lugar"),
        "Código del municipio",
        "no son del mismo lugar",
    ),
    Way("fila repetida", F, copy_row(6), "Identificador del curso", "dos filas iguales"),
    Way("fila de totales", F, only("Identificador del curso", "TOTAL", Horas=60), None, "totales"),
    Way("encabezados repetidos", F, copy_row(layout.HEAD_ROW), None, "en medio de los datos"),
    Way("ejemplo copiado", F, copy_row(layout.EXAMPLE_ROW), None, "fila del ejemplo del"),
    Way("error de Excel", F, put("Horas", "#¡REF!"), "Horas", "error de Excel"),
    Way("fórmula sin resultado", F, put("Horas", "=10+10"), "Horas", "fórmula no tiene"),
    Way(
        "sí o no de otra forma",
        "personas",
        put("Está gestante", "tal vez"),
        "Está gestante",
        "0 (no)",
    ),
    Way("edad imposible", "personas", put("Edad", 203), "Edad", "entre 0 y 120"),
    Way(
        "hogar que no está",
        "personas",
        all_of(put("Identificador del hogar", "H-9999"), put("Parentesco con el jefe", "Jefe")),
        "Identificador del hogar",
        "debe estar en la tabla «Hogares»",
    ),
    Way(
        "jornada que no está",
        "atenciones",
        put("Identificador de la jornada", "J-999"),
        "Identificador de la jornada",
        "tabla «Jornadas de servicios»",
    ),
    Way(
        "calificación fuera de escala",
        "atenciones",
        put("Satisfacción", 6),
        "Satisfacción",
        "1 y 5",
    ),
    Way(
        "acción que no está",
        "avances",
        put("Identificador de la acción", "A-999"),
        "Identificador de la acción",
        "tabla «Plan de acción»",
    ),
    Way(
        "paso que no está",
        "casos",
        put("Identificador del paso", "p999"),
        "Identificador del paso",
        "tabla «Rutas de atención»",
    ),
    Way("condición inexistente", "convocatoria", put("Condición", 9), "Condición", "1 y 7"),
    Way(
        "objetivo de otro derecho",
        "lecturas",
        put("Objetivo de política", "Todos jugando"),
        "Objetivo de política",
        "categoría de derechos",
    ),
    Way(
        "obligado más que apropiado",
        "inversion",
        put("Valor obligado", 130_000_000),
        "Valor obligado",
        "más que lo apropiado",
    ),
    Way(
        "cumplido sin cierre",
        "compromisos",
        put("Fecha de cierre", None),
        "Fecha de cierre",
        "debe tener fecha de cierre",
    ),
    Way(
        "meta de reducción que sube",
        "plan_accion",
        put("Tipo de meta", "Reducción"),
        "Meta",
        "no puede ser mayor que la línea de base",
    ),
    Way(
        "latitud con el signo de otro hemisferio",
        "jornadas",
        put("Latitud", -3.59),
        "Longitud",
        "estar en su municipio",
    ),
    Way("longitud imposible", "jornadas", put("Longitud", -375.1), "Longitud", "−82 y −66"),
    Way(
        "identificador repetido",
        "jornadas",
        put("Identificador de la jornada", "J-1"),
        "Identificador de la jornada",
        "dos filas con el mismo valor",
    ),
    Way(
        "punto de miles o decimal",
        "jornadas",
        put("Latitud", "norte"),
        "Latitud",
        "debe ser un número",
    ),
    Way("ejemplo cambiado", "hogares", overwrite_example, None, "ejemplo fue cambiada"),
    Way(
        "encabezado borrado",
        "servicios",
        heading("Nombre del servicio", "Servicio prestado"),
        "Servicio prestado",
        "no es una columna",
        at_heading=True,
    ),
    Way(
        "columna sin encabezado",
        "escenarios",
        beyond(7, "nota suelta"),
        "M",
        "columna sin encabezado",
        at_heading=True,
    ),
    Way(
        "columna repetida",
        "rutas",
        beyond(layout.HEAD_ROW, "Nombre del paso"),
        "Nombre del paso",
        "encabezado está repetido",
        at_heading=True,
    ),
    Way(
        "columna agregada",
        "actores",
        beyond(layout.HEAD_ROW, "Teléfono"),
        "Teléfono",
        "no es una columna",
        at_heading=True,
    ),
]
# Sheets whose rules look into each other.
TOGETHER = [
    ("jornadas", "atenciones"),
    ("rutas", "casos"),
    ("hogares", "personas"),
    ("plan_accion", "avances"),
]
# A renamed required heading is told twice: the one that is there, the one that is missing.
TWICE = {"encabezado borrado"}


def group(table: str) -> tuple[str, ...]:
    return next((names for names in TOGETHER if table in names), (table,))


def errors(review: Review, way: Way, row: int) -> list[str]:
    """The findings that are the way's own, as text."""
    sheet = layout.sheet_name(way.table)
    example = layout.EXAMPLE_ROW if way.spoil is overwrite_example else row
    place = f"hoja {sheet}, fila {example}" + (f", columna {way.column}" if way.column else "")
    return [
        str(p.finding)
        for p in review.errors
        if (p.finding.where + "|").endswith(f"{place}|") and way.rule in p.finding.rule
    ]


def test_there_are_thirty_different_ways() -> None:
    assert len({way.name for way in WAYS}) == len(WAYS) >= 30


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_each_way_gives_its_finding(way: Way, tmp_path: Path) -> None:
    path = tmp_path / "formulario.xlsx"
    ((_, row),) = filled(path, group(way.table), [way])
    review = check([path], DIVIPOLA)
    assert len(errors(review, way, row)) == 1, [str(p.finding) for p in review.problems]
    assert len(review.errors) == 1 + (way.name in TWICE)
    (told,) = errors(review, way, row)
    assert told.endswith(".")


def test_all_ways_in_one_file_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "formulario.xlsx"
    placed = filled(path, FORMS, WAYS)
    review = check([path], DIVIPOLA)
    for way, row in placed:
        assert len(errors(review, way, row)) == 1, way.name
    assert len(review.errors) == len(WAYS) + len(TWICE)
    places = [(p.sheet, p.row or 0, p.column or 0) for p in review.errors]
    sheets = list(dict.fromkeys(sheet for sheet, _, _ in places))
    assert places == sorted(places, key=lambda p: (sheets.index(p[0]), *p[1:]))


def test_a_form_filled_well_has_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "formulario.xlsx"
    filled(path, FORMS)
    review = check([path], DIVIPOLA)
    assert review.problems == []
    assert review.unverified == []
    assert set(review.rows.values()) == {"2 filas con datos", "con filas de personas"}


def test_files_of_a_table_are_one_delivery(tmp_path: Path) -> None:
    first = book(tmp_path / "formacion_a.xlsx", {"formacion": sheet_of(TRAINING)})
    again = [TRAINING | {"curso": "C2"}, TRAINING]
    second = book(tmp_path / "formacion_b.xlsx", {"Formación": [["Título"], *sheet_of(*again)]})
    review = check([first, second], None)
    (told,) = review.errors
    assert told.finding.where == "formacion_b.xlsx, hoja Formación, fila 4, columna curso"
    assert told.finding.received == "igual a la fila 2 de formacion_a.xlsx, hoja formacion"
    assert review.rows == {
        ("formacion_a.xlsx", "formacion"): "1 fila con datos",
        ("formacion_b.xlsx", "Formación"): "2 filas con datos",
    }


def test_what_cannot_be_checked_is_said(tmp_path: Path) -> None:
    visit = {"atencion": "T1", "persona": "1", "jornada": "J1", "servicio": "x", "sector": "salud"}
    visit |= {"municipio": "00003", "fecha": "2024-03-01"}
    path = book(tmp_path / "atenciones.xlsx", {"atenciones": sheet_of(visit)})
    review = check([path], None)
    assert review.errors == []
    said = " ".join(map(str, review.unverified))
    assert "la hoja Jornadas de servicios" in said
    assert "--raw" in said


def test_no_value_of_a_person_is_told_or_listed(tmp_path: Path) -> None:
    bad = [PERSON | {"edad": "treinta y uno"}, PERSON, PERSON | {"persona": "9", "edad": 300}]
    path = book(tmp_path / "personas.xlsx", {"personas": sheet_of(*bad)})
    review = check([path], None)
    assert {p.row for p in review.errors if "edad" in p.finding.where} == {2, 4}
    assert {p.row for p in review.errors if "dos filas" in p.finding.rule} == {3}
    words = " ".join(str(problem.finding) for problem in review.problems)
    for secret in ("1.105.678.901", "1105678901", "treinta", "300"):
        assert secret not in words
    marked = openpyxl.load_workbook(write_marked(path, review.problems))
    listed = [str(cell.value) for row in marked["Hallazgos"].iter_rows() for cell in row]
    assert not any("1.105.678.901" in cell or "treinta" in cell for cell in listed)


def test_the_copy_is_marked_and_the_original_untouched(tmp_path: Path) -> None:
    path = tmp_path / "formulario.xlsx"
    placed = filled(path, FORMS, WAYS)
    before = path.read_bytes()
    review = check([path], DIVIPOLA)
    copy = write_marked(path, review.problems)
    assert copy == marked_copy(path) == tmp_path / "formulario.revisado.xlsx"
    assert path.read_bytes() == before
    marked = openpyxl.load_workbook(copy)
    assert marked.sheetnames[0] == "Hallazgos"
    listed = marked["Hallazgos"]
    assert listed.max_row == 4 + len(review.problems)
    for row, problem in enumerate(review.problems, start=5):
        assert listed.cell(row, 5).value == problem.finding.rule
        assert listed.cell(row, 3).hyperlink.location == (
            f"'{problem.sheet}'!{listed.cell(row, 3).value}"
        )
    (_, row), *_ = placed
    cell = marked["Formación"].cell(row, 5)
    assert cell.value == "31/02/2024"
    assert "exista" in cell.comment.text
    assert cell.fill.start_color.rgb.endswith("F9D5C4")
    assert not marked["Formación"].cell(6, 5).comment
    first = copy.read_bytes()
    assert write_marked(path, review.problems).read_bytes() == first


def test_a_csv_is_marked_in_a_workbook(tmp_path: Path) -> None:
    bad = TRAINING | {"curso": "=1+1", "horas": "veinte"}
    lines = [";".join(str(cell) for cell in cells) for cells in sheet_of(TRAINING, bad)]
    path = text(tmp_path / "formacion.csv", "\n".join([lines[0], "", *lines[1:]]))
    review = check([path], None)
    marked = openpyxl.load_workbook(write_marked(path, review.problems))["formacion"]
    assert marked["H4"].value == "veinte"
    assert marked["H4"].comment
    assert marked["A4"].data_type == "s"


def test_damaged_files_and_files_without_a_form(tmp_path: Path) -> None:
    broken = tmp_path / "formacion.xlsx"
    broken.write_bytes(b"nada")
    ods = tmp_path / "formacion.ods"
    ods.write_bytes(b"nada")
    other = book(tmp_path / "otro.xlsx", {"Hoja1": [["a", "b"], [1, 2]], "Hoja2": [["c"]]})
    renamed = book(tmp_path / "r.xlsx", {"Hoja1": sheet_of(TRAINING), "Otra": [["Lea"]]})
    told = [str(p.finding) for p in check([broken, ods, other, renamed], None).errors]
    assert len(told) == 4
    assert "libro de Excel" in told[0]
    assert "libro de LibreOffice" in told[1]
    assert "debe ser un formulario" in told[2]
    assert "la hoja se llama distinto" in told[3]


def test_an_official_code_list_can_be_checked_with_the_rest(tmp_path: Path) -> None:
    places = book(tmp_path / "divipola.xlsx", {"divipola": [list(DIVIPOLA), *DIVIPOLA.values]})
    course = TRAINING | {"municipio": "00003"}
    path = book(tmp_path / "formacion.xlsx", {"formacion": sheet_of(course)})
    assert check([places, path], None).problems == []
