"""What is fetched is what readers read: the official files, published here as their publishers do,
give the same rows through the API as the file that its page gives."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest
from paths import ROOT

from gsi.contract.params.sources import Address, Socrata, Source, Sources, load_sources
from gsi.ground.project import Project
from gsi.inputs import store
from gsi.inputs.fetch.bring import bring
from gsi.inputs.readers import grids
from gsi.inputs.readers.catalog import READERS, reader_of
from gsi.inputs.readers.problems import label
from gsi.inputs.records import Part

from .conftest import settle
from .publishers import DataSet, Publishers

# The whole of a data set at a time: there are real ones here.
PAGE = 50_000


@pytest.fixture
def sources(project: Project, published: Publishers) -> Sources:
    settle(project.root, published.base)
    path = project.params / "sources.yml"
    text = path.read_text("utf-8").replace("  page: 500\n", f"  page: {PAGE}\n")
    path.write_text(text.replace("  timeout: 8\n", "  timeout: 30\n"), "utf-8")
    return load_sources(project.params)


def source_of(sources: Sources, name: str) -> Source:
    return next(source for source in sources.sources if source.id == name)


def publish(published: Publishers, source: Source, path: Path, **told: str) -> None:
    """A file of a publisher's page as what its address, or its API, gives."""
    asked = source.obtain
    if isinstance(asked, Address):
        published.files[urlsplit(asked.address).path] = path.read_bytes()
        return
    assert isinstance(asked, Socrata)
    if path.suffix == ".xlsx":
        rows = [list(row) for row in next(iter(grids.sheets(path).values()))]
    else:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    heads = [str(cell) for cell in rows[0]]
    fields = {told.get(label(h), label(h)): names[0] for h, names in asked.columns.items()}
    known = {label(shown): shown for shown in heads}
    wanted = {known[name]: field for name, field in _by_label(fields, known).items()}
    columns = {wanted.get(shown, f"otra_{at}"): shown for at, shown in enumerate(heads)}
    published.sets[asked.dataset] = DataSet(
        columns, [[None if cell is None else str(cell) for cell in row] for row in rows[1:]]
    )


def _by_label(fields: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Heading of the file → field: a column that the declaration names as the API does may be
    written without its ``NOM_`` on the page."""
    found = {}
    for name, field in fields.items():
        there = next((n for n in (name, name.removeprefix("nom ")) if n in known), None)
        there = there or next((n for n in known if n.startswith(name)), None)
        assert there is not None, f"{name} is not a column of the file"
        found[there] = field
    return found


def read(path: Path) -> tuple[Part, ...]:
    reader = reader_of(path)
    assert reader is not None, path
    given = reader.read(path)
    return given if isinstance(given, tuple) else (given,)


def fetched(project: Project, sources: Sources, name: str, code: str) -> tuple[Part, ...]:
    (brought,) = bring(project, sources, [source_of(sources, name)], code)
    assert brought.state == "new", brought.findings
    return read(project.raw / brought.path)


def same(mine: pd.DataFrame, theirs: pd.DataFrame, but: tuple[str, ...] = ()) -> None:
    left = mine.drop(columns=[name for name in but if name in mine])
    right = theirs.drop(columns=[name for name in but if name in theirs])
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))


NATIONAL = {
    "divipola": "dane/divipola_gdxc-w37w.csv",
    "ipm-censo": "dane/anexo-censal-pobreza-municipal-2018.xlsx",
    "nbi": "dane/CNPV-2018-NBI.xlsx",
    "educacion": "men/MEN_POR_MUNICIPIO_20260406.csv",
    "irca": "ins/irca_calidad_agua.xlsx",
    "control-prenatal": "ins/ya1-4-control-prenatal.xlsx",
    "bajo-peso": "ins/ya1-6-bajo-peso.xlsx",
    "mortalidad-infantil": "ins/ya1-8-mortalidad-menores.xlsx",
    "mortalidad-desnutricion": "ins/ya1-9-mortalidad-desnutricion-5.xlsx",
    "mortalidad-eda": "ins/ya4-1-mortalidad-eda.xlsx",
    "mortalidad-ira": "ins/ya4-2-mortalidad-ira.xlsx",
    "homicidio": "medicina_legal/ya8-1-violencia-fisica.xlsx",
    "delito-sexual": "medicina_legal/ya8-2-menores-delito.xlsx",
    "violencia-intrafamiliar": "medicina_legal/ya8-3-violencia-intrafamiliar.xlsx",
    "violencia-interpersonal": "medicina_legal/ya8-4-violencia-interpersonal.xlsx",
    "reclutamiento": "ins/ya10-2-reclutamiento-menores.xlsx",
}


@pytest.mark.real
@pytest.mark.parametrize("name", sorted(NATIONAL))
def test_a_national_file_is_read_alike_from_its_page_and_as_fetched(
    name: str, project: Project, sources: Sources, published: Publishers, real_data: Path
) -> None:
    original = real_data / NATIONAL[name]
    publish(published, source_of(sources, name), original)
    for mine, theirs in zip(fetched(project, sources, name, "73"), read(original), strict=True):
        assert mine.table == theirs.table
        same(mine.data, theirs.data)
        assert len(mine.data) > 500


MANAGEMENT = {
    "comisarias": ("76001", "minjusticia/comisarias_familia_7tuu-upb2_valle_del_cauca.csv"),
    "etnia": ("73", "dane/anex-DCD-Proypoblacion-PerteneniaEtnicoRacialmun.xlsx"),
    "mortalidad-cinco": ("73", "procuraduria/ya1-3-mortalidad.xlsx"),
    "mortalidad-neonatal": ("73", "procuraduria/ya1-7-mortalidad-neonatal.xlsx"),
    "parto-calificado": ("73", "procuraduria/ya1-10-partos-calificado.xlsx"),
    "matricula": ("73", "procuraduria/ya2-7-matriculados-tipo.xlsx"),
    "responsabilidad-penal": ("73", "procuraduria/ya9-1-detencion-privativa.xlsx"),
    "restablecimiento": ("73", "procuraduria/ya9-3-trabajo-infantil.xlsx"),
    "ipm-departamentos": ("73", "dane/anex-PMultidimensional-Departamental-2024.xlsx"),
    "pobreza-monetaria": ("73", "dane/anex-PM-Departamental-2023.xlsx"),
}


@pytest.mark.real
@pytest.mark.parametrize("name", sorted(MANAGEMENT))
def test_a_file_of_management_is_read_alike_from_its_page_and_as_fetched(
    name: str, project: Project, sources: Sources, published: Publishers, real_management: Path
) -> None:
    code, where = MANAGEMENT[name]
    original = real_management / where
    publish(published, source_of(sources, name), original)
    for mine, theirs in zip(fetched(project, sources, name, code), read(original), strict=True):
        assert mine.table == theirs.table
        same(mine.data, theirs.data)
        assert len(mine.data) > 50


@pytest.mark.real
def test_a_department_of_the_budget_is_read_as_in_the_file_of_the_country(
    project: Project, sources: Sources, published: Publishers, real_management: Path
) -> None:
    for name, pattern in (
        ("cuipo-ejecucion", "OVCF_CUIPO_ejecucion*.csv.gz"),
        ("cuipo-programacion", "OVCF_CUIPO_programacion*.csv.gz"),
    ):
        (original,) = (real_management / "cgr").glob(pattern)
        publish(published, source_of(sources, name), original)
        (mine,) = fetched(project, sources, name, "73024")
        (theirs,) = read(original)
        by = ["municipio", "corte", "linea", "bpin", "fuente_publicada", "tipo_vigencia"]
        money = ["apropiado", "comprometido", "obligado", "pagado"]
        sort = [*by, *(column for column in money if column in mine.data)]
        same(mine.data.sort_values(sort), theirs.data.sort_values(sort))
        if name == "cuipo-ejecucion":
            # Alpujarra, account 2.3: check figures of who counted the file.
            rows = mine.data[mine.data["municipio"] == "73024"]
            spent = rows.groupby("vigencia")["obligado"].sum() / 1e6
            assert round(spent[2021], 2) == 7875.86
            assert round(spent[2022], 2) == 9177.42
    asked = published.requests("4f7r-epif.csv")[0].query
    assert "starts_with(cuenta, '2.3')" in asked["$where"]


@pytest.mark.real
def test_sites_of_health_and_households_are_of_the_department(
    project: Project, sources: Sources, published: Publishers, real_data: Path,
    real_management: Path,
) -> None:  # fmt: skip
    (reps,) = (real_management / "minsalud").glob("c36g-9fc2*.csv")
    publish(published, source_of(sources, "reps"), reps)
    for mine, theirs in zip(fetched(project, sources, "reps", "05045"), read(reps), strict=True):
        same(mine.data, theirs.data)
    sites = read(project.raw / "minsalud" / "reps_sedes_05.csv")[0].data
    assert (sites["municipio"] == "05045").sum() == 44  # Apartadó
    assert (sites["municipio"] == "05837").sum() == 36  # Turbo
    (sisben,) = (real_data / "dnp").glob("*SISBEN*.csv")
    publish(published, source_of(sources, "sisben"), sisben)
    (mine,) = fetched(project, sources, "sisben", "15759")
    (theirs,) = read(sisben)
    same(mine.data, theirs.data)
    assert (len(mine.data), int(mine.data["personas"].sum())) == (1577, 3759)
    with (project.raw / "dnp" / "sisben_personas_15.csv").open(encoding="utf-8") as file:
        assert not [name for name in next(csv.reader(file)) if name.startswith("PER")]


@pytest.mark.real
def test_a_territory_is_prepared_from_what_was_fetched(
    project: Project, sources: Sources, published: Publishers, real_data: Path
) -> None:
    chosen = ["divipola", "mgn", "ipm-censo", "nbi", "educacion", "irca"]
    for name in chosen:
        if name != "mgn":
            publish(published, source_of(sources, name), real_data / NATIONAL[name])
    layer = json.loads((real_data / "dane" / "mgn2018_municipios.geojson").read_text("utf-8"))
    for feature in layer["features"]:
        found = feature["properties"]
        feature["properties"] = {
            "dpto_ccdgo": found["DPTO_CCDGO"],
            "mpio_cdpmp": found["MPIO_CCNCT"],
            "mpio_cnmbr": found["MPIO_CNMBR"],
        }
    mgn: Any = source_of(sources, "mgn").obtain
    published.layers[urlsplit(mgn.address).path] = layer
    brought = bring(project, sources, [source_of(sources, name) for name in chosen], "73067")
    assert {one.state for one in brought} == {"new"}, [one.findings for one in brought]
    prepared = store.prepare(project)
    assert prepared.left_out.faulty == () and prepared.left_out.ignored == ()
    ataco = prepared.data(prepared.territories.resolve("73067"))
    rows = ataco.own("indicadores").set_index(["indicador", "periodo", "area"])["valor"]
    assert rows["ipm_censo", 2018, "total"] == 64.0
    assert len(ataco.boundaries()) == 47
    assert len(prepared.territories.municipalities("73")) == 47


def test_every_source_is_a_readers_and_every_reader_has_a_source() -> None:
    declared = {source.reader for source in load_sources(ROOT / "params").sources}
    assert declared == {reader.source for reader in READERS}
