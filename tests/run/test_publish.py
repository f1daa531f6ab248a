"""A report that somebody changed, or that was frozen, is never lost to the next run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from paths import ROOT

from gsi.cli.run import _tell_older
from gsi.contract.territory import Territory, Years
from gsi.ground.project import Project
from gsi.report.workbook import reports_folder
from gsi.run.publish import RECORD, beside, publish

NAMES = ("linea-base.docx", "linea-base.html")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Place:
    """A territory's folders; ``run`` publishes reports with the given words, as a run does."""

    def __init__(self, root: Path) -> None:
        self.root, self.reports = root, root / "out" / "73" / "2018-2024"
        self.final = root / "processed" / "73" / "2018-2024"
        self.runs = 0

    def run(self, words: str, names: tuple[str, ...] = NAMES, **more: object):
        self.runs += 1
        stage = self.root / "processed" / "73" / f".{self.runs}"
        made = self.root / f"hecho-{self.runs}"
        stage.mkdir(parents=True)
        made.mkdir()
        outputs = {name: f"{words} {name}" for name in names}
        for name, text in outputs.items():
            (made / name).write_text(text)
        manifest = {"outputs": {name: digest(text) for name, text in outputs.items()}}
        (stage / "manifest.json").write_text(json.dumps(manifest))
        return publish([made / name for name in names], self.reports, stage, self.final, **more)

    def there(self) -> dict[str, str]:
        found = sorted(self.reports.iterdir())
        return {path.name: path.read_text() for path in found if path.name != RECORD}

    def manifest(self) -> dict[str, str]:
        return json.loads((self.final / "manifest.json").read_text())["outputs"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_what_a_run_published_the_next_one_replaces(place: Place) -> None:
    place.run("uno")
    outputs, kept = place.run("dos")
    assert outputs == [place.reports / name for name in NAMES] and kept == []
    assert place.there() == {name: f"dos {name}" for name in NAMES}
    # As sha256sum reads it.
    lines = (place.reports / RECORD).read_text().splitlines()
    assert lines == [f"{digest(f'dos {name}')}  {name}" for name in NAMES]


def test_an_edited_report_stays_and_the_new_one_lies_beside(place: Place) -> None:
    place.run("uno")
    edited = place.reports / "linea-base.docx"
    edited.write_text("con los cambios de la secretaria")
    for words in ("dos", "tres"):  # the second time the file beside is the one replaced
        outputs, kept = place.run(words)
        beside = place.reports / "linea-base-2.docx"
        assert outputs == [beside, place.reports / "linea-base.html"]
        assert [(left.path, left.instead, left.why) for left in kept] == [
            (edited, beside, "edited")
        ]
        assert place.there() == {
            "linea-base.docx": "con los cambios de la secretaria",
            "linea-base-2.docx": f"{words} linea-base.docx",
            "linea-base.html": f"{words} linea-base.html",
        }
        assert place.manifest() == {
            name: digest(text) for name, text in place.there().items() if name != edited.name
        }
    # Both edited: a third name. Hers taken away: its name is free again, ours beside it goes.
    (place.reports / "linea-base-2.docx").write_text("otra versión suya")
    assert place.run("cuatro")[0][0].name == "linea-base-3.docx"
    edited.unlink()
    assert place.run("cinco")[1] == []
    assert place.there() == {
        "linea-base.docx": "cinco linea-base.docx",
        "linea-base-2.docx": "otra versión suya",
        "linea-base.html": "cinco linea-base.html",
    }


def test_a_frozen_report_stays_though_nobody_changed_it(place: Place) -> None:
    place.run("uno")
    frozen = {digest("uno linea-base.docx")}
    _, kept = place.run("dos", frozen=frozen)
    assert [(left.path.name, left.instead.name, left.why) for left in kept] == [
        ("linea-base.docx", "linea-base-2.docx", "frozen")
    ]
    assert place.there()["linea-base.docx"] == "uno linea-base.docx"
    # The same words again: it is that file, and nothing lies beside it.
    assert place.run("uno", frozen=frozen)[1] == []
    assert sorted(place.there()) == list(NAMES)


@pytest.mark.parametrize("lost", ["processed", "record"])
def test_reports_are_known_by_either_record(place: Place, lost: str) -> None:
    place.run("uno")
    gone = place.final / "manifest.json" if lost == "processed" else place.reports / RECORD
    gone.unlink()
    assert place.run("dos")[1] == []
    assert place.there() == {name: f"dos {name}" for name in NAMES}


def test_a_file_that_no_run_wrote_is_not_replaced(place: Place) -> None:
    place.reports.mkdir(parents=True)
    (place.reports / "linea-base.html").write_text("de otra parte")
    _, kept = place.run("uno")
    assert [left.path.name for left in kept] == ["linea-base.html"]
    assert place.there()["linea-base.html"] == "de otra parte"


def test_fewer_formats_leave_the_others_as_ours(place: Place) -> None:
    place.run("uno")
    place.run("dos", names=("linea-base.html",))
    assert place.there()["linea-base.docx"] == "uno linea-base.docx"
    assert place.run("tres")[1] == []


def test_reports_of_the_older_layout_are_told_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(ROOT, ROOT / "data" / "raw", tmp_path / "processed", tmp_path / "out")
    place = Territory("73", "Tolima", "department", "73", "Tolima")
    _tell_older(project, [place])
    assert capsys.readouterr().err == ""
    older = project.output / "73" / "linea-base.docx"
    older.parent.mkdir(parents=True)
    older.write_text("el informe de antes")
    (older.parent / "calidad.html").write_text("de gsi check")
    _tell_older(project, [place])
    told = capsys.readouterr().err
    assert "linea-base.docx" in told and "No se tocan" in told and "calidad" not in told
    # Each pair of cuts has a folder of its own, and neither is the older one.
    folders = {reports_folder(project, place, Years(2018, last)) for last in (2024, 2025)}
    assert {folder.name for folder in folders} == {"2018-2024", "2018-2025"}
    assert {folder.parent for folder in folders} == {older.parent}


def test_the_form_that_the_council_edits_is_not_written_over(tmp_path: Path) -> None:
    def write(words: str):
        return beside(tmp_path, "plan.xlsx", lambda path: path.write_text(words) and None)

    assert write("propuesta") == (tmp_path / "plan.xlsx", None)
    assert write("otra propuesta") == (tmp_path / "plan.xlsx", None)
    (tmp_path / "plan.xlsx").write_text("editado por el consejo")
    path, kept = write("tercera")
    assert kept is not None and kept.why == "edited"
    assert (path.name, path.read_text()) == ("plan-2.xlsx", "tercera")
    assert (tmp_path / "plan.xlsx").read_text() == "editado por el consejo"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        RECORD, "plan-2.xlsx", "plan.xlsx"
    ]  # fmt: skip
