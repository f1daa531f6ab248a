"""Every row of the mission has its place in the reports: filled for the example."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("example")]

# mission row → (report, anchor of its section, words that only a filled section shows)
ROWS = {
    "F2 decisions": ("linea-base", "sec-decisiones", r"Sustento|Evidencia"),
    "F2 commitments": ("linea-base", "sec-gobierno", r"vencid"),
    "F3": ("linea-base", "sec-inversion", r"\$"),
    "F4": ("linea-base", "fig-concept-map", r"."),
    "C1": ("linea-base", "sec-prioridad", r"probabilidad"),
    "C2": ("linea-base", "sec-poblaciones", r"0 a 17"),
    "C3": ("linea-base", "sec-derechos", r"Ciudadanía"),
    "C4": ("linea-base", "sec-escenarios", r"cupos"),
    "C5": ("linea-base", "sec-lecturas", r"votos"),
    "C6": ("linea-base", "sec-ambito", r"Producto del cruce de distintas variables sociales"),
    "K1": ("linea-base", "sec-clave1", r"ICV"),
    "K2": ("linea-base", "sec-clave2", r"cursos|Cursos"),
    "K3": ("linea-base", "sec-clave3", r"ruta|Ruta"),
    "K4": ("linea-base", "sec-clave4", r"jornadas"),
    "K5": ("linea-base", "sec-clave5", r"condici"),
    "P1": ("linea-base", "sec-linea-base", r"Fuente"),
    "P2 follow-up": ("plan-de-accion", "sec-seguimiento", r"avance|Avance"),
    "P2 change": ("plan-de-accion", "sec-cambio", r"no comparable"),
}


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_mission_is_filled_for_the_example(example: Path, row: str) -> None:
    report, anchor, words = ROWS[row]
    page = (example / "reports" / "_output" / "00" / f"{report}.html").read_text(encoding="utf-8")
    start = page.find(f'id="{anchor}"')
    assert start > 0, f"{row}: no {anchor}"
    end = re.search(r"<section|<h1|<h2", page[start + 200 :])
    section = page[start : start + 200 + (end.start() if end else len(page))]
    assert re.search(words, text_of(page[start : start + max(len(section), 60_000)])), row


def test_the_example_says_it_is_fictional(example: Path) -> None:
    for name in ("linea-base", "plan-de-accion"):
        page = (example / "reports" / "_output" / "00" / f"{name}.html").read_text("utf-8")
        assert "ficticios" in text_of(page)[:1500]


def test_no_request_leaves_the_page(example: Path) -> None:
    for path in (example / "reports" / "_output" / "00").glob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href)=["'](https?:)?//""", page), path.name
        assert "<script" not in page
