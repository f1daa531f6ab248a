"""When rows of neighbours change, only the runs that would say something else are out of date."""

from __future__ import annotations

import dataclasses
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from paths import ROOT
from run import made

from gsi.analysis.comprehension.priority import priority
from gsi.analysis.comprehension.priority_index import matrix
from gsi.analysis.context import Context
from gsi.analysis.keys.households import cuts, own_poor
from gsi.analysis.keys.next_days import locations
from gsi.analysis.keys.services import own_targeted
from gsi.analysis.results import Section, Table
from gsi.analysis.steps import again, step
from gsi.analysis.trace import Step
from gsi.ground.project import Project
from gsi.inputs.store import Store
from gsi.report.workbook import SECTIONS, Workbook
from gsi.run import freshness
from gsi.run.basis import Basis, Reads

DEPARTMENT, CHANGED, OTHER = "00", "00001", "00002"
Edit = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Done:
    """A municipality whose sections were made from ``prepared``."""

    project: Project
    prepared: Store
    results: Path
    manifest: dict[str, Any]

    def judged(self, prepared: Store, code: str = OTHER) -> freshness.Judgement:
        """As if the run were the one of ``code``: what it read is the same tables."""
        found = self.manifest | {"territory": {"code": code}}
        if code != OTHER:
            place = self.prepared.territories.resolve(code)
            reads = Reads.of(self.manifest["key"])
            key = Basis(self.project, self.prepared).key(place, made.YEARS, reads)
            found |= {"key": key}
        basis = Basis(self.project, prepared)
        return freshness.judge(basis, found, self.results, self.results / "informes")

    def differing(self, prepared: Store) -> set[str]:
        """The sections that are no longer what they were, of those in doubt."""
        basis = Basis(self.project, prepared)
        judged = self.judged(prepared)
        assert judged.reasons == []
        return {
            each.section
            for each in judged.doubtful
            if freshness.remade(basis, self.manifest, self.results, [each]) is None
        }


@pytest.fixture(scope="module")
def done(prepared: tuple[Project, Store], tmp_path_factory: pytest.TempPathFactory) -> Done:
    project, inputs = prepared
    results = tmp_path_factory.mktemp("vecino")
    found = made.finished(project, inputs, OTHER, results)
    return Done(project, inputs, results, found | {"python": platform.python_version()})


def edited(column: str, change: Callable[[Any], Any], **where: Any) -> Edit:
    """``change`` made to the first row of the changed municipality (as ``where`` says) that has a
    value."""

    def edit(table: pd.DataFrame) -> pd.DataFrame:
        rows = table["municipio"] == CHANGED if "municipio" in table else table["hogar"].notna()
        for name, value in where.items():
            rows &= table[name] == value
        first = table.index[rows & table[column].notna()][0]
        table.loc[first, column] = change(table.loc[first, column])
        return table

    return edit


# A row of a form of one municipality, which its neighbours' sums hide or do not use.
FORMS: list[tuple[str, Edit]] = [
    ("actores", edited("nombre", lambda name: f"{name} (nuevo nombre)")),
    ("atenciones", edited("satisfaccion", lambda value: 1.0, satisfaccion=5.0)),
    ("casos", edited("estado", lambda _state: "pendiente", estado="cumplido")),
    ("compromisos", edited("descripcion", lambda words: f"{words} otra vez")),
    ("escenarios", edited("capacidad", lambda seats: seats + 1)),
    ("formacion", edited("certificados", lambda people: people - 1)),
    ("hogares", edited("p_informal", lambda value: 1 - value)),
    ("inversion", edited("apropiado", lambda pesos: pesos * 1.1)),
    ("jornadas", edited("costo", lambda pesos: pesos * 1.1)),
    # The first home of the example is of the changed municipality.
    ("personas", edited("afiliado_salud", lambda value: 1 - value)),
    ("servicios", edited("cupos", lambda places: places + 3)),
]


@pytest.mark.parametrize(("table", "edit"), FORMS, ids=[name for name, _ in FORMS])
def test_a_row_of_a_form_leaves_the_neighbours_as_they_are(
    done: Done, tmp_path: Path, table: str, edit: Edit
) -> None:
    after = made.altered(done.prepared, tmp_path / "base", table, edit)
    assert done.differing(after) == set()
    for code in (CHANGED, DEPARTMENT):
        judged = done.judged(after, code)
        assert len(judged.reasons) == 1, judged
        assert judged.reasons[0].startswith("datos de entrada distintos (")


def test_an_indicator_outside_the_index_leaves_the_neighbours_as_they_are(
    done: Done, tmp_path: Path
) -> None:
    edit = edited("valor", lambda value: value + 0.5, indicador="cobertura_neta")
    after = made.altered(done.prepared, tmp_path / "base", "indicadores", edit)
    assert done.judged(after).doubtful
    assert done.differing(after) == set()


def test_an_indicator_of_the_index_moves_every_ranking(done: Done, tmp_path: Path) -> None:
    edit = edited("valor", lambda value: value * 1.1, indicador="rezago")
    after = made.altered(done.prepared, tmp_path / "base", "indicadores", edit)
    assert "priority" in done.differing(after)


def test_what_a_notebook_shows_and_does_not_save_is_looked_at_again(
    done: Done, tmp_path: Path
) -> None:
    """A matrix and a what-if are in the executed notebook alone: a run in doubt stands only if they
    would be the same too."""
    shown: list[Step] = []
    place = done.prepared.territories.resolve(OTHER)
    book = Workbook.of(done.project, done.prepared, place, on_step=shown.append)
    book.look(matrix)
    priority(book.assuming({"priority.group_share": 0.5}).context)
    assert [bool(each.digest) for each in shown] == [True, True]
    outside = edited("valor", lambda value: value + 0.5, indicador="cobertura_neta")
    inside = edited("valor", lambda value: value * 1.1, indicador="rezago")
    for edit, stands in ((outside, True), (inside, False)):
        after = made.altered(done.prepared, tmp_path / str(stands), "indicadores", edit)
        basis = Basis(done.project, after)
        for each in shown:
            found = freshness.remade(basis, done.manifest, done.results, [each])
            assert (found is not None) == stands, each


def test_nothing_of_a_neighbour_is_in_what_a_notebook_counts_with(
    done: Done, tmp_path: Path
) -> None:
    shown: list[Step] = []
    place = done.prepared.territories.resolve(OTHER)
    book = Workbook.of(done.project, done.prepared, place, on_step=shown.append)
    for function in (own_poor, cuts, own_targeted, locations):
        book.look(function)
    for table in ("hogares", "personas", "atenciones", "escenarios", "jornadas"):
        after = made.altered(done.prepared, tmp_path / table, table, dict(FORMS)[table])
        basis = Basis(done.project, after)
        assert freshness.remade(basis, done.manifest, done.results, shown) is not None, table


def test_a_variable_of_the_icv_moves_every_score(done: Done, tmp_path: Path) -> None:
    """Scores are estimated on the department's households, so no neighbour keeps its own."""
    edit = edited("agua", lambda _value: "lluvia", corte=2018, agua="acueducto")
    after = made.altered(done.prepared, tmp_path / "base", "hogares", edit)
    assert "information" in done.differing(after)


def test_what_stands_reads_again_what_it_read(done: Done, tmp_path: Path) -> None:
    """The key that a run in doubt is left with is the one a new run would have left."""
    edit = edited("cupos", lambda places: places + 3)
    after = made.altered(done.prepared, tmp_path / "base", "servicios", edit)
    basis = Basis(done.project, after)
    judged = done.judged(after)
    reads = freshness.remade(basis, done.manifest, done.results, judged.doubtful)
    assert reads is not None
    fresh = made.finished(done.project, after, OTHER, tmp_path / "nuevo")
    place = after.territories.resolve(OTHER)
    assert basis.key(place, made.YEARS, reads) == fresh["key"]
    assert fresh["results"] == done.manifest["results"]


def test_a_step_that_cannot_be_made_again_does_not_stand(done: Done) -> None:
    basis = Basis(done.project, done.prepared)
    first = Reads.of(done.manifest["key"]).steps[0]
    gone = dataclasses.replace(first, function="gsi.analysis.steps:gone")
    assert freshness.remade(basis, done.manifest, done.results, [gone]) is None


def test_results_that_someone_touched_do_not_stand(done: Done) -> None:
    path = done.results / SECTIONS / "priority.json"
    before = path.read_bytes()
    try:
        path.write_bytes(before + b" ")
        told = done.judged(done.prepared).reasons
        path.unlink()
        gone = done.judged(done.prepared).reasons
    finally:
        path.write_bytes(before)
    assert told == ["resultados modificados (priority.json)"]
    assert gone == ["faltan resultados (priority.json)"]
    assert done.judged(done.prepared).reasons == []


def test_a_step_reads_the_same_whatever_ran_before(done: Done) -> None:
    """What a step finds remembered from another would leave no mark of its own."""
    for before in Reads.of(done.manifest["key"]).steps:
        alone: list[Step] = []
        place = done.prepared.territories.resolve(OTHER)
        book = Workbook.of(done.project, done.prepared, place, on_step=alone.append)
        again(before, book.context, lambda name: Section.load(done.results / SECTIONS, name))
        assert alone == [before]


def test_every_step_of_the_notebooks_is_one_that_can_be_made_again() -> None:
    source = {
        f"{path.relative_to(ROOT / 'src').with_suffix('').as_posix().replace('/', '.')}:{name}"
        for path in (ROOT / "src" / "gsi").rglob("*.py")
        for name in re.findall(r"^@step\ndef (\w+)\(", path.read_text("utf-8"), re.M)
    }
    listed = {f"{function.__module__}:{function.__name__}" for function, _ in made.STEPS}
    assert source == listed
    notebooks = "".join(path.read_text("utf-8") for path in (ROOT / "notebooks").glob("*.ipynb"))
    called = set(re.findall(r"= (\w+)\((?:book\.)?context\b", notebooks))
    # No steps: verdicts, the file that the key knows by its hash, who stands behind rows, a noun.
    others = {"section", "register", "delivered", "many"}
    renamed = {"baseline_table"}
    assert called - others - renamed <= {function.__name__ for function, _ in made.STEPS}


def test_a_step_leaves_what_it_would_save(done: Done) -> None:
    """Figures are drawn from the section in memory: it must hold nothing that saving loses."""

    @step
    def kept(context: Context) -> Section:
        frame = pd.DataFrame({"a": [1, 2, 3]})
        return Section("kept", {}, {"t": Table(frame[frame["a"] > 1], {})})

    place = done.prepared.territories.resolve(OTHER)
    context = Workbook.of(done.project, done.prepared, place).context
    assert kept(context).tables["t"].data.index.tolist() == [0, 1]
    with pytest.raises(TypeError, match="given sections"):
        noting = dataclasses.replace(context, on_step=lambda _made: None)
        step(lambda context, number: Section("n"))(noting, 3)
