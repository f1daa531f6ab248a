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


OWN = """
indicators:
  - {{id: propio, name: Uno, right: desarrollo, objective: todos_jugando, group: infancia,
     unit: "{unit}", direction: higher, source: Alcaldía, series: propio, years: "2024"{more}}}
"""


def test_bounds_come_from_the_unit_unless_the_indicator_writes_its_own() -> None:
    limits = {i.id: i.limits for i in load_catalogue(CATALOGUE)}
    assert limits["ipm_censo"] == limits["irca"] == (0, 100)
    assert limits["fecundidad_10_14"] == (0, 1000)
    assert limits["homicidio_0_17"] == limits["mortalidad_materna"] == (0, 100_000)
    # More are enrolled than the projections count: 264,54 % was published for a municipality.
    assert 264.54 < limits["cobertura_neta"][1] < 1000


@pytest.mark.parametrize(
    ("unit", "more", "told"),
    [
        ("casos", "", "la unidad «casos» no tiene límites conocidos"),
        ("casos", ", bounds: [0, .inf]", "bounds son dos números finitos"),
        ("casos", ", bounds: [5, 5]", "bounds son dos números finitos"),
        ("%", ", target: 120, target_source: Ley", "target debe estar entre los límites"),
    ],
)
def test_an_indicator_without_sensible_bounds_is_refused(
    tmp_path: Path, unit: str, more: str, told: str
) -> None:
    with pytest.raises(UserMistake, match=told):
        load_catalogue(CATALOGUE, override(tmp_path, OWN.format(unit=unit, more=more)))


def test_an_indicator_of_another_unit_brings_its_bounds(tmp_path: Path) -> None:
    path = override(tmp_path, OWN.format(unit="casos", more=", bounds: [0, 5000]"))
    assert load_catalogue(CATALOGUE, path)[-1].limits == (0, 5000)


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
