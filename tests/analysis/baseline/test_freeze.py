"""A baseline that stays: sealed, never replaced in silence, compared with what is true today."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from analysis.keys.worlds import NAMES, context, world
from builders import make_context

from gsi.analysis import frozen as record
from gsi.analysis.baseline import revisions, snapshot
from gsi.analysis.frozen import Frozen, load
from gsi.analysis.keys.information import information
from gsi.ground.errors import UserMistake
from gsi.ground.project import Project
from gsi.inputs.records import SourceRecord


def source(table: str, digest: str = "a") -> SourceRecord:
    origin = "formulario:mio.csv" if table != "indicadores" else "publicada"
    return SourceRecord(
        origin, "Alguien", f"Tabla {table}", f"{table}.csv", digest * 64, table, 1, 1
    )


RECORDS = [source("hogares"), source("personas"), source("indicadores")]


@pytest.fixture(scope="module")
def frozen() -> Frozen:
    here = context("00")
    return snapshot.take(here, RECORDS, information(here))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, tmp_path / "raw", tmp_path / "processed", tmp_path / "out")


def sealed(frozen: Frozen, project: Project) -> Path:
    folder = record.folder(project, frozen.code, frozen.year)
    folder.mkdir(parents=True)
    frozen.save(folder)
    return folder


def test_what_is_saved_comes_back_whole(frozen: Frozen, project: Project) -> None:
    sealed(frozen, project)
    found = load(project, "00", 2018)
    assert found == frozen
    assert found is not None and len(found.sha256) == 64
    assert found.document() == frozen.document()
    assert load(project, "00", 2019) is None


def test_it_holds_values_intervals_sources_scores_and_parameters(frozen: Frozen) -> None:
    poor = frozen.figure("households.h")
    assert poor is not None and poor.low is not None and poor.high is not None
    assert poor.low < poor.value < poor.high and poor.sources == ("formulario:mio.csv",)
    assert frozen.scores is not None
    assert sum(max(points) for points in frozen.scores.points.values()) == pytest.approx(100)
    assert frozen.parameters["plan"]["poverty"]["cutoff"] == "1/3"
    assert {origin.table for origin in frozen.origins} >= {"hogares", "personas"}
    indicator = frozen.indicator("ipm_censo")
    assert indicator is not None and indicator.year == 2018
    municipal = frozen.indicator("ipm_censo", "00009")
    assert municipal is not None and municipal.value > indicator.value


def test_nobody_is_in_it(frozen: Frozen) -> None:
    text = frozen.document()
    homes = world()["hogares"]
    assert not any(f'"{name}"' in text for name in homes["hogar"])
    assert not any(f'"{name}"' in text for name in world()["personas"]["persona"].head(500))


def test_an_altered_document_is_not_read(frozen: Frozen, project: Project) -> None:
    folder = sealed(frozen, project)
    path = folder / record.DOCUMENT
    content = json.loads(path.read_text(encoding="utf-8"))
    content["figures"][0]["value"] += 1
    path.chmod(0o644)
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UserMistake, match="no se puede modificar"):
        load(project, "00", 2018)
    path.unlink()
    with pytest.raises(UserMistake, match=r"falta linea-base\.json"):
        load(project, "00", 2018)


def test_the_same_data_is_no_revision(frozen: Frozen) -> None:
    section = revisions.section(frozen, replace(frozen))
    assert not section.facts["any"].value and not section.facts["files_changed"].value
    assert "revisions" not in section.tables


def test_a_revised_source_is_told_from_parameters_and_method(frozen: Frozen) -> None:
    figure = frozen.figures["households.h"]
    moved = replace(figure, value=figure.value + 1)
    figures = dict(frozen.figures) | {moved.key: moved}
    other = tuple(
        replace(item, sha256="b" * 64) if item.table == "hogares" else item
        for item in frozen.origins
    )

    def cause(**changes: object) -> str:
        (found,) = revisions.compare(frozen, replace(frozen, figures=figures, **changes))
        assert found.difference == pytest.approx(1)
        return found.cause

    assert cause(origins=other) == "La fuente cambió: hogares.csv."
    settings = json.loads(json.dumps(frozen.parameters))
    settings["plan"]["poverty"]["cutoff"] = "1/2"
    assert cause(parameters=settings) == "Parámetros distintos: plan.poverty.cutoff."
    assert cause(code_hash="x") == "El método de cálculo del cuaderno cambió."
    assert cause() == "Causa no identificada."


def test_a_figure_that_is_gone_is_first(frozen: Frozen) -> None:
    figures = {key: item for key, item in frozen.figures.items() if key != "households.icv"}
    (found,) = revisions.compare(frozen, replace(frozen, figures=figures))
    assert found.now is None and found.frozen.key == "households.icv"
    written = revisions.section(frozen, replace(frozen, figures=figures)).tables["revisions"]
    assert written.written()["Hoy"].tolist() == ["sin dato"]


def test_the_frozen_scores_measure_later_runs(frozen: Frozen) -> None:
    """Other households at the baseline would give other scores: the frozen ones rule."""
    homes = world()["hogares"].copy()
    before = homes["corte"] == 2018
    homes.loc[before & (homes["area"] == "rural"), "agua"] = "acueducto"
    tables = world() | {"hogares": homes}
    free = make_context(tables, "00", names=NAMES)
    bound = replace(free, frozen=frozen, scored_by=frozen)
    section = information(bound)
    points = section.tables["living_scores"].data.groupby("variable")["points"].apply(list)
    assert frozen.scores is not None
    for name, values in frozen.scores.points.items():
        assert points[name] == list(values)
    assert section.facts["living_frozen"].value
    estimated = information(free).tables["living_scores"].data
    assert estimated["points"].tolist() != section.tables["living_scores"].data["points"].tolist()


def test_scores_of_other_categories_are_refused(frozen: Frozen) -> None:
    here = context("00", plan__living_conditions__variables__ninos_6__cuts=(1.0, 2.0))
    with pytest.raises(UserMistake, match="línea de base congelada"):
        information(replace(here, frozen=frozen, scored_by=frozen))


def test_the_departments_scores_rule_over_a_municipalitys(frozen: Frozen, project: Project) -> None:
    sealed(frozen, project)
    municipality = context("00001").territory
    own, rules = record.owners(project, municipality, 2018)
    assert own is None and rules == frozen
    sealed(replace(frozen, code="00001", scores=None), project)
    own, rules = record.owners(project, municipality, 2018)
    assert own is not None and own.code == "00001" and rules == frozen


def test_the_territorys_own_figures_are_shown_before_its_municipalities(frozen: Frozen) -> None:
    figures = {
        key: replace(item, value=item.value * (2 if item.municipal else 1.01))
        for key, item in frozen.figures.items()
        if key.startswith(("indicator.ipm_censo", "households.h"))
    }
    today = replace(frozen, figures=dict(frozen.figures) | figures)
    tables = revisions.section(frozen, today).tables
    keys = list(tables["largest"].data["key"])
    assert len(keys) == revisions.SHOWN < len(tables["revisions"].data)
    assert set(keys[:2]) == {"indicator.ipm_censo", "households.h"}
    assert frozen.figures[keys[-1]].municipal
