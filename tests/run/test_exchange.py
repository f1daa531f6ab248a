"""What travels between machines that share no disk arrives whole, once, and no more of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from gsi.contract.territory import Territory
from gsi.ground import files
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.project import Project
from gsi.inputs.store import Store
from gsi.run.exchange import Damaged, Exchange, at
from gsi.run.job import Job, Outcome

PLACE = Territory("73067", "Ataco", "municipality", "73", "Tolima")
URL = "memory://buzon"


@pytest.fixture(autouse=True)
def _empty_storage() -> None:
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


@pytest.fixture
def job(tmp_path: Path, project_root: Path) -> Job:
    """A project with prepared tables of two departments; its inputs lie beside it."""
    root = tmp_path / "aquí" / "proyecto"
    for name in ("notebooks", "expectations", "reports"):
        files.write_text(root / name / "a.txt", name)
    files.write_text(root / "reports" / "_output" / "73067" / "viejo.html", "no se envía")
    shutil.copytree(project_root / "params", root / "params")
    processed = root / "data" / "processed"
    store = processed / "_base" / "f00"
    for name in ("divipola.arrow", "quality.json", "hogares/73.arrow", "hogares/05.arrow",
                 "indicadores/CO.arrow", "kept/73.arrow"):  # fmt: skip
        files.write_text(store / name, name)
    for code in ("73", "73001", "05"):
        files.write_text(processed / code / "linea-base-2018" / "linea-base.json", code)
    files.write_text(processed / "73067" / "2018-2024" / "manifest.json", "no se envía")
    raw = tmp_path / "aquí" / "datos"
    files.write_text(raw / "otro.csv", "no se envía")
    project = Project(root, raw, processed, root / "reports" / "_output")
    return Job(project, Store(store), PLACE, 2018, 2024, "../datos", ("html",), "embedded")


def with_register(job: Job, name: str) -> Job:
    """``job`` with a register of people in its department's parameters."""
    register = (
        f"plan:\n  person_register:\n    file: {name}\n    cut: 2024\n    municipality: c\n"
        "    household: [h]\n    privations: {p: {column: p}}\n"
    )
    files.write_text(job.project.params / "73.yml", register)
    files.write_text(job.store.folder / "sources.json", '{"inputs": {}}')
    return job


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_parcel_is_the_departments_share_laid_out_as_here(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = Exchange(URL)
    folder = way.receive(way.send([job]), tmp_path / "allá")
    here = at(job, way.send([job]), folder)
    # As a notebook opens it: the inputs by the way there from the project.
    monkeypatch.setenv("GSI_PROJECT", str(here.project.root))
    found = Project.find(raw=Project.find().root / "../datos")
    assert found == here.project
    assert names(here.store.folder) == {
        "divipola.arrow", "quality.json", "hogares/73.arrow", "indicadores/CO.arrow",
    }  # fmt: skip
    processed = names(here.project.processed)
    assert {name for name in processed if "linea-base" in name} == {
        "73/linea-base-2018/linea-base.json", "73001/linea-base-2018/linea-base.json",
    }  # fmt: skip
    assert not any("2018-2024" in name for name in processed)
    assert names(here.project.reports) == {"a.txt"}
    assert (here.project.params / "defaults.yml").is_file()


def test_a_parcel_is_sent_and_unpacked_once(job: Job, tmp_path: Path) -> None:
    way, local = Exchange(URL), tmp_path / "allá"
    parcel = way.send([job])
    folder = way.receive(parcel, local)
    (archive,) = MemoryFileSystem.store
    MemoryFileSystem.store[archive].created = "antes"
    assert way.send([job]) == parcel
    assert MemoryFileSystem.store[archive].created == "antes"
    MemoryFileSystem.store.clear()
    assert way.receive(parcel, local) == folder
    # Any change of what is sent is another parcel.
    files.write_text(job.project.notebooks / "a.txt", "otro")
    assert way.send([job]).digest != parcel.digest


def test_a_damaged_parcel_is_not_used(job: Job, tmp_path: Path) -> None:
    way, local = Exchange(URL), tmp_path / "allá"
    parcel = way.send([job])
    files.write_text(job.project.notebooks / "a.txt", "otro")
    other = way.send([job])
    stored = MemoryFileSystem.store
    wrong, right = (next(n for n in stored if p.digest in n) for p in (other, parcel))
    stored[right] = stored[wrong]
    with pytest.raises(Damaged):
        way.receive(parcel, local)
    assert names(local) == set()


def test_a_register_goes_by_itself_and_one_that_is_missing_does_not(
    job: Job, tmp_path: Path
) -> None:
    way = Exchange(URL)
    with_register(job, "registros/p.csv")
    assert way.send([job]).registers == {}
    files.write_text(job.project.raw / "registros" / "p.csv", "c,h,p\n")
    parcel = way.send([job])
    here = at(job, parcel, way.receive(parcel, tmp_path / "allá"))
    copy = here.project.raw / "registros" / "p.csv"
    assert copy.read_text() == "c,h,p\n"
    assert copy.resolve().is_relative_to(here.project.raw.resolve())
    assert names(here.project.raw) == {"registros/p.csv"}


def made(job: Job, tmp_path: Path) -> tuple[Exchange, Job, Outcome]:
    """The job as a worker has it, with results and a report made there."""
    way = Exchange(URL)
    parcel = way.send([job])
    here = at(job, parcel, way.receive(parcel, tmp_path / "allá"))
    files.write_text(here.project.processed / "73067" / "2018-2024" / "manifest.json", "nuevo")
    report = here.project.output / "73067" / "2018-2024" / "linea-base.html"
    files.write_text(report, "informe")
    return way, here, Outcome(PLACE, outputs=[report])


def test_results_come_back_as_a_run_here_would_leave_them(job: Job, tmp_path: Path) -> None:
    way, here, outcome = made(job, tmp_path)
    delivery = way.deliver(here, outcome)
    assert names(here.project.processed / "73067") == set()  # a worker does not keep them
    got = way.collect(job, outcome, delivery)
    assert got.outputs == [job.project.output / "73067" / "2018-2024" / "linea-base.html"]
    assert got.outputs[0].read_text() == "informe"
    assert names(job.project.processed / "73067") == {"2018-2024/manifest.json"}
    assert (job.project.processed / "73067/2018-2024/manifest.json").read_text() == "nuevo"
    assert not [name for name in MemoryFileSystem.store if "resultados" in name]


def test_damaged_results_leave_the_last_good_ones(job: Job, tmp_path: Path) -> None:
    way, here, outcome = made(job, tmp_path)
    delivery = way.deliver(here, outcome)
    assert delivery is not None
    with pytest.raises(Damaged):
        way.collect(job, outcome, replace(delivery, sha256="0" * 64))
    last = job.project.processed / "73067" / "2018-2024" / "manifest.json"
    assert last.read_text() == "no se envía"
    assert not list(last.parents[1].glob(".*"))


def test_a_failed_territory_brings_its_notebooks_alone(job: Job, tmp_path: Path) -> None:
    way, here, _ = made(job, tmp_path)
    failed = Outcome(PLACE, findings=[Finding("a", "b", "c", "d")])
    files.write_text(here.project.processed / "73067" / "2018-2024.fallida" / "00.ipynb", "{}")
    got = way.collect(job, failed, way.deliver(here, failed))
    assert got == failed
    kept = job.project.processed / "73067"
    assert names(kept) == {"2018-2024/manifest.json", "2018-2024.fallida/00.ipynb"}
    assert (kept / "2018-2024" / "manifest.json").read_text() == "no se envía"
    # One that failed before its first notebook has nothing to bring.
    assert way.deliver(here, failed) is None
    assert way.collect(job, failed, None) == failed


def test_a_url_of_no_known_storage_is_a_mistake() -> None:
    with pytest.raises(UserMistake, match="--exchange"):
        Exchange("nada://carpeta")
