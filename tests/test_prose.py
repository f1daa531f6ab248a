"""The guard of the reports' language sees what it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from prose import broken, faults, faults_beside, unexplained

from gsi.report.engine.escape import markdown

GLOSSED = "Siglas. DANE: Departamento Administrativo Nacional de Estadística. "


@pytest.mark.parametrize(
    "wrong",
    [
        "Vive en Bogotá, D.C.. Y trabaja.",
        "La población de el Archipiélago.",
        "Lo que va a el municipio.",
        "Falta la tabla formacion.",
        "Faltan las tablas plan_accion y avances.",
        "Sin calidad: cvlog mayor de 30 %.",
        "Harían falta al menos 1 jornadas.",
        "Se hicieron 1.021 jornada.",
        "Sin dato publicado; Municipio que no está.",
        "Todos saludables: 4 de 4 peor.",
        "Saber si la plata llega.",
        "La primera en 00010-04 (Altos del Ñeque).",
        "Según el NNA de la fuente.",
        "Hoy (2018) son pobres.",
        "Prioritario, con probabilidad alta: Probabilidad: 100 %.",
    ],
)
def test_a_fault_is_found(wrong: str) -> None:
    assert len(faults(GLOSSED + wrong)) == 1 + ("plan_accion" in wrong)


@pytest.mark.parametrize(
    "right",
    [
        "Vive en Bogotá, D.C. y trabaja… según el DANE.",
        "El Retorno, de El Retorno; del Archipiélago, al municipio.",
        "Falta la tabla «Formación»; está en 97-6-plan-e-inversion.xlsx y en linea-base.csv.",
        "Deserción y 1 más de la familia; 21 jornadas; en 2024 persona.",
        "Figura 1: hogares; 0,1 puntos.",
        "El archivo dane_ipm.xlsx; el microterritorio 00010-04; priority.group_share.",
    ],
)
def test_what_is_right_is_left(right: str) -> None:
    assert faults(GLOSSED + right) == []


def test_a_percent_sign_stays_beside_its_number() -> None:
    nbsp = "\N{NO-BREAK SPACE}"
    assert len(broken("Más de 100 % de ellos.")) == 1
    assert broken(f"más de 100{nbsp}%; el % de hogares; 100 de cada 100") == []
    assert markdown("más de 100 % y 3 de 5") == f"más de 100{nbsp}% y 3 de 5"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("<p>La encuesta (ECV) y otra vez ECV.</p>", []),
        ("<p>La ECV dice, de la encuesta (ECV), más.</p>", ["ECV"]),
        ("<p>En Bogotá, D.C., el FIES.</p>", ["FIES"]),
    ],
)
def test_page_1_says_the_words_of_initials_where_they_first_stand(
    said: str, found: list[str]
) -> None:
    page = f'<body><section id="sec-pagina">{said}</section><p>El DANE y la FIES.</p></body>'
    assert [each.rpartition(" ")[2] for each in unexplained(page)] == found


def test_what_goes_with_a_report_is_read_too(tmp_path: Path) -> None:
    """Each file on its own, with the initials that the report says."""

    def beside(csv: str = "bien", cell: str = "bien", page: str = "bien") -> list[str]:
        (tmp_path / "linea-base.html").write_text(f"<p>{GLOSSED}</p>", encoding="utf-8")
        (tmp_path / "calidad.html").write_text(f"<p>DANE: {page}</p>", encoding="utf-8")
        row = ",".join(["a"] * 6 + [csv])
        (tmp_path / "linea-base.csv").write_text(row + "\n", encoding="utf-8-sig")
        book = Workbook()
        book.active.append(["DANE", 3, cell])
        book.save(tmp_path / "linea-base.xlsx")
        return [each.partition(":")[0] for each in faults_beside(tmp_path)]

    assert beside() == []
    wrong = "Lo que va a el municipio"
    assert beside(csv=wrong) == ["linea-base.csv"]
    assert beside(cell=wrong) == ["linea-base.xlsx"]
    assert beside(page=wrong) == ["calidad.html"]
    assert beside(cell="Según el NNA") == ["linea-base.xlsx"]
