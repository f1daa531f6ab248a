"""The catalogue: what it must cover, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths import ROOT

from gsi.errors import UserMistake
from gsi.params.indicators import TRANSVERSAL, load_catalogue
from gsi.params.indicators_page import page
from gsi.vocabulary import OBJECTIVES, RIGHTS

CATALOGUE = ROOT / "params" / "indicators.yml"


def override(folder: Path, text: str) -> Path:
    path = folder / "indicators-73.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_objective_has_an_indicator_and_every_right() -> None:
    catalogue = load_catalogue(CATALOGUE)
    assert len(catalogue) >= 45
    assert {i.objective for i in catalogue} == {*OBJECTIVES, TRANSVERSAL}
    assert {i.right for i in catalogue} == {*RIGHTS, TRANSVERSAL}


def test_ids_of_the_contract_are_there() -> None:
    ids = {i.id for i in load_catalogue(CATALOGUE)}
    assert {
        *("ipm_censo", "ipm_sae", "pobreza_monetaria_sae", "inseguridad_alimentaria"),
        *("cobertura_neta", "desercion", "fecundidad_10_14", "fecundidad_15_19", "hacinamiento"),
        *("bajo_logro", "dependencia", "sin_agua", "trabajo_infantil", "registro_civil"),
    } <= ids


def test_census_and_small_area_poverty_never_share_a_series() -> None:
    series = {i.id: i.series for i in load_catalogue(CATALOGUE)}
    assert series["ipm_censo"] != series["ipm_sae"]


def test_override_changes_fields_and_adds_indicators(tmp_path: Path) -> None:
    path = override(
        tmp_path,
        """
indicators:
  - {id: nbi, in_index: true}
  - id: propio
    name: Uno propio
    right: desarrollo
    objective: todos_jugando
    group: infancia
    unit: "%"
    direction: higher
    source: Alcaldía
    series: propio
    years: "2024"
""",
    )
    before = {i.id: i for i in load_catalogue(CATALOGUE)}
    after = {i.id: i for i in load_catalogue(CATALOGUE, path)}
    assert after["nbi"] == before["nbi"].model_copy(update={"in_index": True})
    assert set(after) - set(before) == {"propio"}
    assert after["propio"].minimum_coverage == before["nbi"].minimum_coverage


def test_all_mistakes_at_once_with_place_and_rule(tmp_path: Path) -> None:
    path = override(
        tmp_path,
        """
indicators:
  - {id: nbi, direccion: lower}
  - {id: desercion, objective: todos_registrados}
  - {id: rezago, direction: down}
  - {id: rezago}
  - {name: sin id}
otros: 1
""",
    )
    with pytest.raises(UserMistake) as caught:
        load_catalogue(CATALOGUE, path)
    told = [str(finding) for finding in caught.value.findings]
    for words in (
        "indicador nbi, campo direccion: el campo no existe",
        "indicador desercion: el objetivo todos_registrados pertenece al derecho ciudadania",
        "indicador rezago, campo direction: los valores permitidos son 'lower' o 'higher'",
        "cada id aparece una vez",
        "cada indicador es un bloque con id",
        "las claves permitidas son indicators",
    ):
        assert any(words in line for line in told), (words, told)
    assert all("indicators-73.yml" in line for line in told)


def test_the_documentation_page_is_not_stale() -> None:
    written = (ROOT / "docs" / "indicadores.md").read_text(encoding="utf-8")
    assert written == page(load_catalogue(CATALOGUE))
