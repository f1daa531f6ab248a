"""What a notebook opens: the territory's context, and a place to leave its results."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gsi.analysis import frozen as baselines
from gsi.analysis.context import Context
from gsi.analysis.results import Section
from gsi.analysis.steps import look
from gsi.contract import params
from gsi.contract.params import Override
from gsi.contract.params.indicators import load_catalogue
from gsi.contract.territory import Territory, Years
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.files import write_bytes, write_text
from gsi.ground.kept import Kept
from gsi.ground.project import Project
from gsi.inputs import store
from gsi.inputs.quality import Verdicts
from gsi.inputs.records import LeftOut, SourceRecord
from gsi.inputs.store import Store
from gsi.report.engine.escape import markdown

if TYPE_CHECKING:
    import pandas as pd

    from gsi.analysis.trace import Step

T = TypeVar("T")

# Where the notebooks of one run leave their results until all have succeeded.
RESULTS = "GSI_RESULTS"
# The prepared inputs of that run, so that a kernel does not look at every input file again.
STORE = "GSI_STORE"
# Where those notebooks note what they read outside a policy step, one empty file a table and scope,
# and the steps they made, one JSON file each.
READS = ".lecturas"
SECTIONS = "sections"
STEP_SUFFIX = ".json"


@dataclass(frozen=True)
class Drawing:
    """A figure: its message as title and its alternative text. Displays itself, with both."""

    name: str
    title: str
    alt: str
    # Not in its text, which a notebook keeps beside the picture.
    png: bytes = field(repr=False)

    def _ipython_display_(self) -> None:
        """The title over the picture: a notebook shows one of an object's forms, not two."""
        from IPython.display import display

        # Escaped, or two amounts of money would be a formula.
        title = {"text/markdown": f"**{markdown(self.title)}**", "text/plain": self.title}
        picture = {"image/png": self.png, "text/plain": self.alt}
        looks = {"image/png": {"alt": self.alt}}
        display(title, raw=True)  # type: ignore[no-untyped-call]
        display(picture, raw=True, metadata=looks)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Workbook:
    """One territory, two cuts, its data and the folder its results go to."""

    project: Project
    store: Store
    context: Context
    overrides: Sequence[Override]
    results: Path
    # In a what-if: the parameters it changes, from the report's value to its own.
    assumed: Sequence[Override] = ()

    @classmethod
    def open(
        cls,
        territory: str,
        *,
        baseline: int | None = None,
        follow_up: int | None = None,
        raw: str | None = None,
        processed: str | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> Workbook:
        """Open a territory by code or name; relative folders are relative to the project.

        ``overrides``: parameters by dotted path (``{"priority.group_share": 0.3}``) that a what-if
        changes, see :meth:`assuming`. Raises :class:`UserMistake` for an unknown territory,
        parameter, folder or year.
        """
        found = Project.find()
        project = Project.find(
            raw=found.root / raw if raw else None,
            processed=found.root / processed if processed else None,
        )
        moved = os.environ.get(STORE)
        prepared = Store(Path(moved)) if moved else store.prepare(project)
        place = prepared.territories.resolve(territory)
        book = cls.of(project, prepared, place, baseline, follow_up)
        return book.assuming(overrides) if overrides else book

    @classmethod
    def of(
        cls,
        project: Project,
        prepared: Store,
        place: Territory,
        baseline: int | None = None,
        follow_up: int | None = None,
        on_read: Callable[[str, str], None] | None = None,
        on_step: Callable[[Step], None] | None = None,
    ) -> Workbook:
        """Open a territory already resolved, over inputs already prepared.

        ``on_read`` is told each table read, as :class:`gsi.analysis.context.Data` does, and
        ``on_step`` each policy step made (``gsi.analysis.steps``); a kernel of a run leaves marks
        in the run's folder instead.
        """
        kept = Kept(prepared.kept)
        folder = project.params
        settings, overrides = _parameters(project, place, kept)
        years = cut_years(settings, baseline, follow_up)
        base = folder / "indicators.yml"
        override = folder / f"indicators-{place.department}.yml"
        catalogue = kept.parsed(
            "catalogue",
            lambda: load_catalogue(base, override if override.is_file() else None),
            [base, override],
        )
        if place.fictional:
            catalogue = [indicator.unbroken() for indicator in catalogue]
        frozen, scored_by = baselines.owners(project, place, years.baseline)
        moved = os.environ.get(RESULTS)
        results = Path(moved) if moved else results_folder(project, place, years)
        if on_read is None:
            on_read = _noting(results / READS) if moved else _ignoring
            on_step = _noting_steps(results / READS) if moved else on_step
        data = prepared.data(place, on_read)
        context = Context(place, years, settings, data, catalogue, frozen, scored_by, kept, on_step)
        return cls(project, prepared, context, overrides, results)

    def assuming(self, overrides: Mapping[str, Any]) -> Workbook:
        """The same territory and rows with other parameters: what would the report say then?

        It shows and saves nothing: results, figures and what decides whether a run is up to date
        stay those of the report. Raises :class:`UserMistake` with every wrong name or value, as
        for a file of parameters.
        """
        before, place = self.context, self.territory
        settings, all_overrides = _parameters(self.project, place, before.kept, overrides)
        now, then = settings.years, before.params.years
        years = cut_years(
            settings,
            before.years.baseline if now.baseline == then.baseline else None,
            before.years.follow_up if now.follow_up == then.follow_up else None,
        )
        frozen, scored_by = before.frozen, before.scored_by
        if years.baseline != before.years.baseline:
            frozen, scored_by = baselines.owners(self.project, place, years.baseline)
        context = replace(
            before,
            params=settings,
            years=years,
            data=before.data.unwatched(),
            frozen=frozen,
            scored_by=scored_by,
            assumed=dict(overrides),
        )
        changed = params.between(before.params, settings, overrides)
        return replace(self, context=context, overrides=all_overrides, assumed=changed)

    def look(self, function: Callable[[Context], T]) -> T:
        """What a function of the context gives (rows, a matrix, simulations), for cells to show."""
        return look(function, self.context)

    def beside(
        self, report: Section, what_if: Section, words: Mapping[str, str]
    ) -> pd.DataFrame | list[str]:
        """Facts of the report's section and of this what-if's, side by side, with what they differ
        in; first the parameters that it changes. ``words``: fact → what it is called.

        What is missing, where the report has no such section.
        """
        from gsi.report.what_if import beside

        return beside(report, what_if, words, self.assumed)

    @property
    def sections(self) -> Path:
        """The folder of the facts and tables that the notebooks leave."""
        return self.results / SECTIONS

    @property
    def territory(self) -> Territory:
        return self.context.territory

    @cached_property
    def quality(self) -> tuple[Verdicts, list[SourceRecord]]:
        """The validation of every table and where each came from."""
        return self.store.verdicts, self.store.records

    @property
    def left_out(self) -> LeftOut:
        """The input files that gave no row and may be the territory's, and why."""
        return self.store.left_out.of(self.territory.code)

    def save(self, section: Section) -> None:
        """Leave a section's facts and tables for the report and for later notebooks."""
        if self.assumed:
            raise UserMistake(
                Finding(
                    f"cuaderno, save({section.name})",
                    "lo que se calcula con otros supuestos se muestra, no se guarda",
                    ", ".join(change.path for change in self.assumed),
                    "Guarde lo del cuaderno abierto sin 'overrides'. Para cambiar el informe, "
                    "ponga el valor en params/<código>.yml.",
                )
            )
        section.save(self.sections)

    def load(self, name: str) -> Section:
        """A section saved by an earlier notebook; :class:`UserMistake` if it has not been run."""
        if not (self.sections / f"{name}.json").is_file():
            raise UserMistake(
                Finding(
                    f"resultado {name}",
                    "los cuadernos se ejecutan en orden, del 00 al 08",
                    "todavía no existe",
                    "Ejecute primero los cuadernos anteriores, o 'gsi run' para todos.",
                )
            )
        return Section.load(self.sections, name)

    def figure(self, name: str, section: Section) -> Drawing | None:
        """Draw figure ``name`` of ``gsi.report.figures.registry`` from its section, save it with
        the words of ``reports/figuras/<name>.md``, and show it; None where there is nothing to
        draw. That of a what-if is not saved.

        Raises :class:`UserMistake` for a name that no figure has, a section that is not the
        figure's, and words that the section's facts do not answer.
        """
        from gsi.report.captions import caption
        from gsi.report.figures import registry

        drawn = registry.draw(name, section, self.context)
        if drawn is None:
            return None
        words = caption(self.project.reports, name, section, self.context, drawn.facts)
        drawing = Drawing(name, words.title, words.alt, drawn.png)
        if self.assumed:
            return drawing
        folder = self.results / "figures"
        write_bytes(folder / f"{name}.png", drawing.png)
        text = json.dumps(words._asdict(), ensure_ascii=False, indent=1)
        write_text(folder / f"{name}.json", text + "\n")
        return drawing


def _parameters(
    project: Project, place: Territory, kept: Kept, assumed: Mapping[str, Any] | None = None
) -> tuple[params.Parameters, list[Override]]:
    folder, codes = project.params, (place.department, place.code)
    return kept.parsed(
        "parameters",
        lambda: params.load(folder, *codes, assumed=assumed),
        [folder / f"{name}.yml" for name in ("defaults", *codes)],
        sorted((assumed or {}).items()),
    )


def _ignoring(_table: str, _scope: str) -> None:
    """Outside a run nobody asks later what was read."""


def _noting(folder: Path) -> Callable[[str, str], None]:
    """Leave a mark for each table read: it decides later whether the run is out of date."""
    folder.mkdir(parents=True, exist_ok=True)

    @cache
    def note(table: str, scope: str) -> None:
        (folder / f"{table}.{scope}").touch()

    return note


def _noting_steps(folder: Path) -> Callable[[Step], None]:
    def note(made: Step) -> None:
        text = json.dumps(made.json(), ensure_ascii=False, sort_keys=True)
        name = f"{made.section}-{hashlib.sha256(text.encode()).hexdigest()[:12]}{STEP_SUFFIX}"
        (folder / name).write_text(text, encoding="utf-8")

    return note


def cut_years(settings: params.Parameters, baseline: int | None, follow_up: int | None) -> Years:
    """The two cuts, from the command or the parameters; the follow-up comes after the baseline."""
    years = Years(baseline or settings.years.baseline, follow_up or settings.years.follow_up)
    problems = [
        Finding(
            f"opción --{flag}", "debe ser un año entre 1985 y 2100", str(value), "Corrija el año."
        )
        for flag, value in (("baseline", years.baseline), ("follow-up", years.follow_up))
        if not 1985 <= value <= 2100
    ]
    if years.follow_up <= years.baseline:
        problems.append(
            Finding(
                "opciones --baseline y --follow-up",
                "el año de seguimiento debe ser posterior al de la línea de base",
                f"{years.baseline} y {years.follow_up}",
                "Corrija uno de los dos.",
            )
        )
    if problems:
        raise UserMistake(problems)
    return years


def results_folder(project: Project, place: Territory, years: Years) -> Path:
    """Where a territory's results for a pair of cuts live."""
    return project.processed / place.code / str(years)


def reports_folder(project: Project, place: Territory, years: Years) -> Path:
    """Where a territory's reports for a pair of cuts are read."""
    return project.output / place.code / str(years)
