"""The guard of the reports' language sees what it is there for."""

from __future__ import annotations

import pytest
from prose import faults

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
