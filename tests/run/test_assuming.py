"""A what-if over a territory: what its parameter must move, moves; the report's stays, and so does
whatever decides if a run is up to date."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from gsi.analysis.comprehension.priority import priority
from gsi.analysis.keys.outreach import outreach
from gsi.analysis.keys.training import training
from gsi.analysis.results import Section
from gsi.analysis.steps import again
from gsi.analysis.trace import Step
from gsi.contract.params import ASSUMED
from gsi.ground.errors import UserMistake
from gsi.ground.project import Project
from gsi.inputs.store import Store
from gsi.report.workbook import READS, RESULTS, STORE, Workbook
from gsi.run.basis import Reads

SHARE = {"priority.group_share": 0.5}


@pytest.fixture
def book(
    prepared: tuple[Project, Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workbook]:
    """As a notebook of a run opens it: its results go to a folder of their own."""
    project, store = prepared
    monkeypatch.setenv("GSI_PROJECT", str(project.root))
    monkeypatch.setenv(RESULTS, str(tmp_path / "corrida"))
    monkeypatch.setenv(STORE, str(store.folder))
    yield Workbook.open("00")


def traces(book: Workbook) -> list[Step]:
    return list(Reads.left_in(book.results / READS).steps)


def test_a_larger_share_makes_a_larger_group_and_leaves_the_report(book: Workbook) -> None:
    who = priority(book.context)
    book.save(who)
    before = {path.name: path.read_bytes() for path in book.sections.iterdir()}
    other = Workbook.open("00", overrides=SHARE)
    moved = priority(other.context)
    n = who.facts["classifiable"].value
    assert who.facts["group_size"].value == math.ceil(n * 0.34)
    assert moved.facts["group_size"].value == math.ceil(n * 0.5)
    assert moved.tables["ranking"].data["need"].equals(who.tables["ranking"].data["need"])
    table = other.beside(who, moved, {"group_size": "Tamaño del grupo"})
    assert not isinstance(table, list)
    assert table.iloc[0].tolist() == ["Parámetro priority.group_share", "0,34", "0,5", ""]
    assert priority(book.context).facts == who.facts
    assert {path.name: path.read_bytes() for path in book.sections.iterdir()} == before


def test_nothing_of_it_is_saved(book: Workbook) -> None:
    other = Workbook.open("00", overrides=SHARE)
    with pytest.raises(UserMistake, match="no se guarda"):
        other.save(Section("priority"))
    drawing = other.figure("training-coverage", training(other.context, priority(book.context)))
    assert drawing is not None and drawing.png.startswith(b"\x89PNG")
    assert not book.sections.exists() and not (book.results / "figures").exists()


def test_what_it_reads_and_makes_is_never_taken_for_the_runs_own(book: Workbook) -> None:
    own = priority(book.context)
    mine = traces(book)
    other = Workbook.open("00", overrides=SHARE)
    other.context.data.department("inversion")
    assert not (book.results / READS / "inversion.department").exists()
    moved = priority(other.context)
    both = traces(book)
    (step,) = [made for made in both if made not in mine]
    assert (step.assumed, step.digest) == (SHARE, moved.digest())
    assert own.digest() != moved.digest()
    assert [(made.assumed, made.digest) for made in mine] == [({}, "")]
    assert Step.of(json.loads(json.dumps(step.json()))) == step
    # Made again, it says the same; that is how a run in doubt looks at what its notebooks show.
    there = book.assuming(step.assumed)
    assert again(step, there.context, lambda name: Section.load(book.sections, name)).digest() == (
        step.digest
    )


def test_two_what_ifs_of_one_notebook_are_apart(book: Workbook) -> None:
    who = priority(book.context)
    near = outreach(book.assuming({"keys.outreach.next_days": 1}).context, who)
    far = outreach(book.assuming({"keys.outreach.next_days": 2}).context, who)
    assert (near.facts["next_days"].value, far.facts["next_days"].value) == (1, 2)


def test_a_cut_that_is_assumed_moves_and_one_that_was_asked_for_stays(book: Workbook) -> None:
    asked = Workbook.open("00", baseline=2019)
    other = asked.assuming({"years.follow_up": 2022})
    assert (other.context.years.baseline, other.context.years.follow_up) == (2019, 2022)
    assert (asked.context.years.baseline, asked.context.years.follow_up) == (2019, 2024)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"priority.group_shar": 0.3}, ["priority.group_shar", "no existe", "group_share"]),
        ({"priority.group_share": 3}, ["priority.group_share", "menor que 1"]),
        ({"priority.group_share": "mucho"}, ["priority.group_share", "un número"]),
        ({"priority": 3}, ["priority", "grupo de parámetros"]),
        ({"": 3}, ["no existe"]),
        ({"years.baseline": 2024}, ["posterior"]),
        ({"priority.summaries": ["nada"]}, ["nada", "catálogo"]),
    ],
)
def test_a_wrong_assumption_is_told_as_one_of_a_file(
    book: Workbook, wrong: dict[str, object], words: list[str]
) -> None:
    with pytest.raises(UserMistake) as caught:
        priority(Workbook.open("00", overrides=wrong).context)
    for word in words:
        assert word in str(caught.value)


def test_every_wrong_assumption_is_told_at_once(book: Workbook) -> None:
    with pytest.raises(UserMistake) as caught:
        book.assuming({"priority.group_share": 3, "plan.proposal.gap_shares": 0.5})
    assert len(caught.value.findings) == 2
    assert all(finding.where.startswith(ASSUMED) for finding in caught.value.findings)
