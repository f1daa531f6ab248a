"""The catalogue: what it must cover, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths import ROOT

from docs.pages.indicators import page
from gsi.contract.params.indicators import TRANSVERSAL, load_catalogue
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS
from gsi.ground.errors import UserMistake

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
        ("casos", ", bounds: [0, .inf]", "bounds.1: debe ser un número finito"),
        ("%", ", target: .nan, target_source: Ley", "target: debe ser un número finito"),
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
        "indicador rezago, campo direction: los valores permitidos son 'lower', 'higher' o 'none'",
        "cada id aparece una vez",
        "cada indicador es un bloque con id",
        "las claves permitidas son indicators",
    ):
        assert any(words in line for line in told), (words, told)
    assert all("indicators-73.yml" in line for line in told)


def test_every_indicator_declares_what_it_is() -> None:
    for i in load_catalogue(CATALOGUE):
        assert i.numerator and i.denominator, i.id
        assert i.columns, i.id
        assert {"valor", "numerador"} & set(i.columns), i.id
        if i.aggregate == "weighted":
            assert i.weight_error is not None, i.id


def test_no_change_is_read_across_a_break() -> None:
    known = {i.id: i for i in load_catalogue(CATALOGUE)}
    coverage, repetition = known["cobertura_neta_media"], known["repitencia"]
    assert not coverage.comparable_years(2017, 2018)
    assert not coverage.comparable_years(2019, 2020)
    assert not coverage.comparable_years(2021, 2022)
    assert not coverage.comparable_years(2014, 2013)
    assert coverage.comparable_years(2020, 2021)
    assert coverage.comparable_years(2018, 2024)  # both over the same projection
    assert not repetition.comparable_years(2019, 2020)
    assert not repetition.comparable_years(2024, 2018)
    assert not repetition.comparable_years(2021, 2022)
    assert repetition.comparable_years(2020, 2021)
    assert repetition.comparable_years(2023, 2024)
    assert not known["pobreza_monetaria_sae"].comparable_years(2022, 2024)


def test_what_counts_how_much_is_reported_has_no_direction_and_no_target() -> None:
    known = {i.id: i for i in load_catalogue(CATALOGUE)}
    reported = {i.id for i in known.values() if i.counts_reporting}
    assert {
        "delito_sexual_0_17", "violencia_intrafamiliar_0_17", "violencia_interpersonal_0_17",
        "reclutamiento",
    } <= reported  # fmt: skip
    for name in reported:
        assert known[name].direction == "none", name
        assert known[name].target is None, name


def test_the_census_is_one_family() -> None:
    known = {i.id: i for i in load_catalogue(CATALOGUE)}
    census = {i.id for i in known.values() if i.family == known["ipm_censo"].family}
    assert {"nbi", "nbi_miseria", "pisos", "trabajo_infantil"} < census
    assert len(census) == 1 + 15 + 2
    assert all(known[name].full_count for name in census)


def test_years_covered_are_those_declared() -> None:
    known = {i.id: i for i in load_catalogue(CATALOGUE)}
    assert known["reclutamiento"].covers(2017)
    assert known["reclutamiento"].covers(2018) is False
    assert known["ipm_sae"].covers(2023) is False
    assert known["srpa_defensa"].covers(2023) is None


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{id: desercion, direction: none}", "direction: none exige direction_reason"),
        (
            "{id: desercion, direction: none, direction_reason: No se sabe.}",
            "un indicador sin sentido conocido no entra al índice ni tiene meta",
        ),
        ("{id: desercion, aggregate: none}", "weight va con aggregate: weighted, y solo con él"),
        ("{id: nbi, aggregate: sum}", "aggregate: sum exige numerator"),
        ("{id: nbi, numerator: null}", "numerator y denominator van juntos"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(
    tmp_path: Path, row: str, told: str
) -> None:
    path = override(tmp_path, f"indicators:\n  - {row}\n")
    with pytest.raises(UserMistake, match=told):
        load_catalogue(CATALOGUE, path)


def test_the_documentation_page_is_not_stale() -> None:
    written = (ROOT / "docs" / "indicadores.md").read_text(encoding="utf-8")
    assert written == page(load_catalogue(CATALOGUE))
