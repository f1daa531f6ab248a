"""Whether a finished run still says what a new one would: the key of a territory's results.

A run depends on the rows it read, and no others. While its notebooks run they leave a mark for
each table they read and how far: the territory's ``own`` rows, or its whole ``department``'s
(``gsi.workbook``). The manifest keeps those marks with a digest of the rows behind them; as long as
every digest is the same, and so are parameters, notebooks, reports, code and libraries, the same
code would read the same rows and write the same bytes. What a run reads beside those tables is in
the key as a whole: the frozen baselines that it may be compared with and scored by (absent ones
too) and the register of people that its parameters name.

What describes a file as a whole (its hash, how many rows it has for every territory together) is
not part of the key: a report tells of the file it was made from, and stays true. Except where a
baseline is frozen: its report says which files are no longer those of the baseline.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gsi
from gsi import freeze, params
from gsi.context import DISAGREEMENTS, Territory, Years
from gsi.errors import UserMistake
from gsi.files import sha256
from gsi.freeze.record import DOCUMENT, SEAL
from gsi.project import Project
from gsi.reporting.engine import Engine
from gsi.reporting.engine.versions import engine_versions
from gsi.store import Store
from gsi.tables import schema
from gsi.workbook import results_folder
from gsi.workflow import manifest

if TYPE_CHECKING:
    from gsi.workflow.territory import Job

# Of a source's record, what another territory's rows change.
_WHOLE_FILE = {"sha256", "rows_read", "rows_kept", "set_aside"}


@dataclass(frozen=True, eq=False)
class Basis:
    """What every territory of a run is made from, looked at once.

    Each is its own (no equality), or what one has looked at would be remembered for the next.
    """

    project: Project
    store: Store

    @cached_property
    def notebooks(self) -> dict[str, str]:
        """Notebook → hash of its bytes."""
        return {path.name: sha256(path) for path in sorted(self.project.notebooks.glob("*.ipynb"))}

    @cached_property
    def reports(self) -> dict[str, str]:
        """File of the report project → hash of its bytes."""
        folder = self.project.reports
        return {
            path.relative_to(folder).as_posix(): sha256(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.relative_to(folder).parts[0] not in {"_output", "_site"}
        }

    @cache  # noqa: B019  one basis a run
    def engine(self, asked: Engine) -> dict[str, str]:
        """The rendering engine that would be used, as the manifest writes it."""
        return engine_versions(asked)

    @cached_property
    def _failed(self) -> list[Any]:
        return self.store.verdicts.failed()

    @cached_property
    def _records(self) -> list[tuple[str, str]]:
        return [
            (
                record.table,
                repr([(k, v) for k, v in sorted(vars(record).items()) if k not in _WHOLE_FILE])
                + repr([part.reason for part in record.set_aside]),
            )
            for record in self.store.records
        ]

    def trust(self, code: str) -> str:
        """Digest of what the validation says of a territory."""
        verdicts = self.store.verdicts
        tables = sorted(verdicts.rows)
        rows = {table: verdicts.rows_within(table, [code]) for table in tables}
        broken = [(v.table, v.rule, v.severity, v.verified, v.within([code])) for v in self._failed]
        files = [text for table, text in self._records if rows.get(table)]
        theirs = [item for item in broken if item[-1]]
        return _digest([sorted(rows.items()), theirs, files, self._contracts])

    @cached_property
    def _contracts(self) -> dict[str, str]:
        folder = self.project.expectations
        return {path.name: sha256(path) for path in sorted(folder.glob("*.json"))}

    @cached_property
    def _inputs(self) -> str:
        return _digest(self.store.inputs)

    def frozen(self, place: Territory, year: int) -> dict[str, str]:
        """Frozen baselines that a run would look for: code → what is there, empty if nothing."""
        found = {}
        for code in sorted({place.code, place.department}):
            where = freeze.folder(self.project, code, year)
            parts = [where / name for name in (DOCUMENT, SEAL)]
            found[code] = "+".join(sha256(path) for path in parts if path.is_file())
        return found

    def register(self, place: Territory) -> str:
        """Hash of the register of people that the parameters name; empty if none or not there."""
        declared = self.settings(place)["plan"]["person_register"]
        if declared is None:
            return ""
        path = self.project.raw / declared["file"]
        known = self.store.inputs.get(declared["file"])
        return known or (sha256(path) if path.is_file() else "")

    @cache  # noqa: B019  one basis a run
    def catalogue(self, department: str) -> str:
        """Digest of the indicators' catalogue as the department has it."""
        paths = ("indicators.yml", f"indicators-{department}.yml")
        found = [self.project.params / name for name in paths]
        return _digest([path.read_text(encoding="utf-8") for path in found if path.is_file()])

    def settings(self, place: Territory) -> dict[str, Any]:
        """The territory's parameters, as the manifest writes them."""
        codes = (place.department, place.code)
        own = tuple(code for code in codes if (self.project.params / f"{code}.yml").is_file())
        return self._settings(own)

    @cache  # noqa: B019  one basis a run
    def _settings(self, codes: tuple[str, ...]) -> dict[str, Any]:
        return params.load(self.project.params, *codes)[0].model_dump(mode="json")

    def key(self, place: Territory, years: Years, reads: Collection[str]) -> dict[str, Any]:
        """What the manifest keeps. ``reads``: ``table.own`` or ``table.department``, each once.

        Raises :class:`UserMistake` when the territory's parameters have a mistake.
        """
        marks = sorted({*reads, "divipola.department"})
        frozen = self.frozen(place, years.baseline)
        return {
            "rows": {mark: self.store.digest(place, *mark.split(".")) for mark in marks},
            "trust": self.trust(place.code),
            "catalogue": self.catalogue(place.department),
            "frozen": frozen,
            "files": self._inputs if any(frozen.values()) else "",
            "register": self.register(place),
            "code": code(),
        }


@cache
def code() -> str:
    """Digest of the package's own files: what they compute, write and draw."""
    root = Path(gsi.__file__).parent
    return _digest(
        [
            (path.relative_to(root).as_posix(), sha256(path))
            for path in sorted(root.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        ]
    )


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:16]


def stale(basis: Basis, job: Job) -> bool:
    """Whether a territory has to be run: never run so, or out of date."""
    project, place = basis.project, job.territory
    settings = basis.settings(place)["years"]
    years = Years(job.baseline or settings["baseline"], job.follow_up or settings["follow_up"])
    found = manifest.read(results_folder(project, place, years))
    if found is None or found.get("raw") != job.raw:
        return True
    if found["engine"] != basis.engine(job.engine):
        return True
    made = {Path(name).suffix.removeprefix(".") for name in found["outputs"]}
    if not made.issuperset(job.formats):
        return True
    return bool(reasons(basis, found, project.output / place.code))


def reasons(basis: Basis, found: dict[str, Any], output: Path) -> list[str]:
    """Why a finished run is out of date, in Spanish; empty when it is not.

    ``found``: its manifest. ``output``: the folder its reports were published in.
    """
    place = _place(basis, found)
    if place is None:
        return ["el territorio ya no está en DIVIPOLA"]
    kept = found.get("key")
    if not kept:
        return ["hecho con una versión anterior del cuaderno"]
    told = []
    years = Years(found["years"]["baseline"], found["years"]["follow_up"])
    try:
        now = basis.key(place, years, kept["rows"])
    except UserMistake:
        return ["parámetros con error", *_published(found, output)]
    if set(kept) != set(now):
        return ["hecho con una versión anterior del cuaderno"]
    changed = sorted({mark for mark in kept["rows"] if kept["rows"][mark] != now["rows"][mark]})
    if changed:
        words = ", ".join(_few(_named(changed, place)))
        files = _few(_changed_files(found["inputs"], basis.store.inputs))
        told.append(f"datos de entrada distintos ({'; '.join([words, *files])})")
    checks: list[tuple[Callable[[], bool], str]] = [
        (lambda: kept["trust"] != now["trust"], "validación de los datos distinta"),
        (lambda: kept["catalogue"] != now["catalogue"], "catálogo de indicadores distinto"),
        (lambda: kept["frozen"] != now["frozen"], "otra línea de base congelada"),
        (lambda: kept["files"] != now["files"], "archivos de entrada distintos"),
        (lambda: kept["register"] != now["register"], "registro de personas distinto"),
        (lambda: kept["code"] != now["code"], "versión distinta del cuaderno"),
        (lambda: basis.settings(place) != found["parameters"], "parámetros distintos"),
        (lambda: found["notebooks"] != basis.notebooks, "cuadernos distintos"),
        (lambda: found["reports"] != basis.reports, "plantillas de los informes distintas"),
    ]
    told += [words for differs, words in checks if differs()]
    if found["libraries"] != manifest.libraries() or found["python"] != platform.python_version():
        told.append("bibliotecas de otra versión")
    return told + _published(found, output)


def _place(basis: Basis, found: dict[str, Any]) -> Territory | None:
    try:
        return basis.store.territories.resolve(found["territory"]["code"])
    except UserMistake:
        return None


def _changed_files(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def _few(names: Sequence[str], most: int = 3) -> list[str]:
    return [*names[:most], *([f"y {len(names) - most} más"] if len(names) > most else [])]


def _named(marks: Collection[str], place: Territory) -> list[str]:
    names = []
    for mark in marks:
        table, scope = mark.split(".")
        whose = f" de {place.department_name}" if scope == "department" else ""
        title = "desacuerdos entre fuentes" if table == DISAGREEMENTS else schema(table).title
        names.append(f"{title}{whose}")
    return names


def _published(found: dict[str, Any], folder: Path) -> list[str]:
    missing = [name for name in found["outputs"] if not (folder / name).is_file()]
    altered = [
        name
        for name, value in found["outputs"].items()
        if name not in missing and sha256(folder / name) != value
    ]
    told = [f"faltan informes ({', '.join(missing)})"] if missing else []
    return told + ([f"informes modificados ({', '.join(altered)})"] if altered else [])
