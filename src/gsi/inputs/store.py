"""The inputs read, completed and validated once, kept under their content's hash.

A territory's run opens only its department's rows. Nothing here depends on which territory is
asked for, so a country pays for reading and validating once.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from gsi import __version__
from gsi.contract import mga, tables
from gsi.contract.params.indicators import load_catalogue
from gsi.contract.territories import Territories
from gsi.contract.territory import Territory
from gsi.contract.vocabulary import COUNTRY
from gsi.ground import files
from gsi.ground.errors import Finding, InputsChanged, UserMistake
from gsi.ground.kept import Kept
from gsi.ground.project import PACKAGE, Project
from gsi.inputs import departments, indicators, latest, located, programmes, quality
from gsi.inputs import readers as sources
from gsi.inputs.data import DISAGREEMENTS, NOISE, Data
from gsi.inputs.indicators import breaks, noise, unification
from gsi.inputs.quality import Verdicts
from gsi.inputs.records import Faulty, LeftOut, SetAside, SourceRecord, Substitute

Progress = Callable[[str], None]
KEPT = 3
_MISTAKE = "mistake.json"
# What is prepared, and what is kept beside it, is their work too.
LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy", "esda", "libpysal")
# The floors that read and prepare; what stands above them only reads what is prepared, and a change
# there asks for no new reading.
PREPARES = ("ground", "contract", "measure", "inputs")


@dataclass(frozen=True)
class Store:
    """Prepared inputs on disk: one Arrow file a table and department."""

    folder: Path

    @cached_property
    def divipola(self) -> pd.DataFrame:
        """The whole DIVIPOLA table of the inputs."""
        return files.read_arrow(self.folder / "divipola.arrow")

    @cached_property
    def territories(self) -> Territories:
        """Every territory that can be asked for."""
        return Kept(self.kept)("territories", lambda: Territories(self.divipola))

    @cached_property
    def verdicts(self) -> Verdicts:
        """The validation of every table."""
        return Verdicts.load(self.folder / "quality.json")

    @cached_property
    def _index(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "sources.json").read_text("utf-8"))
        return found

    @property
    def records(self) -> list[SourceRecord]:
        """Where every table came from."""
        return [
            SourceRecord(
                **{
                    **item,
                    "set_aside": tuple(SetAside(**part) for part in item["set_aside"]),
                    "notes": tuple(item["notes"]),
                    "indicators": tuple(item["indicators"]),
                    "places": tuple(item["places"]),
                    "substitutes": tuple(Substitute(**part) for part in item["substitutes"]),
                }
            )
            for item in self._index["records"]
        ]

    @cached_property
    def left_out(self) -> LeftOut:
        """Files of the input folder that gave no row, and why."""
        faulty = tuple(
            Faulty(
                item["file"],
                tuple(Finding(**finding) for finding in item["findings"]),
                tuple(item["places"]),
            )
            for item in self._index["faulty"]
        )
        return LeftOut(faulty, tuple(self._index["ignored"]))

    @property
    def inputs(self) -> dict[str, str]:
        """Path relative to the input folder → SHA-256."""
        found: dict[str, str] = self._index["inputs"]
        return found

    @property
    def kept(self) -> Path:
        """Where results that territories share are remembered; goes with the preparation, and with
        all code."""
        return self.folder / "kept" / files.code_digest()[:16]

    @cached_property
    def digests(self) -> dict[str, dict[str, dict[str, str]]]:
        """Table → ``own`` or ``department`` → code → digest of its rows, in order.

        The two are apart because a department's code also marks rows of its own.
        """
        found: dict[str, dict[str, dict[str, str]]]
        found = json.loads((self.folder / "digests.json").read_text(encoding="utf-8"))
        return found

    def digest(self, territory: Territory, table: str, scope: str) -> str:
        """What a territory reads of a table, as a digest; of ``own`` or ``department`` rows."""
        found = self.digests.get(table, {"own": {}, "department": {}})
        if scope == "own" and not territory.is_department:
            return found["own"].get(territory.code, "")
        whole = found["department"]
        return "+".join(whole.get(code, "") for code in (territory.department, COUNTRY))

    def data(
        self,
        territory: Territory,
        on_read: Callable[[str, str], None] = lambda _table, _scope: None,
    ) -> Data:
        """The rows of the territory's department, the country's indicators beside them."""
        department = territory.department
        places = self.territories.municipalities(department)
        names = {place.code: place.name for place in places}
        kinds = {place.code: place.kind for place in places}
        return Data(_Tables(self.folder, department), territory, names, on_read, kinds)


class _Tables(Mapping[str, pd.DataFrame]):
    """A department's tables in a store's folder, each read when it is first asked for."""

    def __init__(self, folder: Path, department: str) -> None:
        self._folder = folder
        self._owners = (department, COUNTRY)  # the first that has rows: it has the second's too
        self._read: dict[str, pd.DataFrame] = {}

    def _path(self, name: str) -> Path | None:
        paths = (self._folder / name / f"{owner}.arrow" for owner in self._owners)
        return next((path for path in paths if path.is_file()), None)

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            path = self._path(name)
            if path is None:
                raise KeyError(name)
            self._read[name] = files.read_arrow(path)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in (*tables.names(), DISAGREEMENTS, NOISE) if self._path(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def prepare(project: Project, progress: Progress = lambda _what: None) -> Store:
    """Read, complete, validate and keep the inputs of ``project.raw``; or open them if unchanged.

    A reading that failed is remembered as one that succeeded is. Raises :class:`UserMistake` with
    what is wrong with the DIVIPOLA, or :class:`~gsi.ground.errors.InputsChanged` when files came,
    went or changed meanwhile.
    """
    progress("Revisando los archivos de entrada")
    folder, inputs, of = _place(project)
    if found := _opened(folder):
        return found
    base = project.base
    base.mkdir(parents=True, exist_ok=True)
    mistake: UserMistake | None = None
    with tempfile.TemporaryDirectory(dir=base, prefix=".") as temporary:
        stage = Path(temporary) / "stage"
        try:
            _fill(stage, project, inputs, progress)
        except InputsChanged:
            raise
        except UserMistake as problem:
            mistake = problem
            stage.mkdir(exist_ok=True)
            findings = [asdict(finding) for finding in problem.findings]
            files.write_text(stage / _MISTAKE, json.dumps(findings, ensure_ascii=False, indent=1))
        _unchanged(inputs, hashes(project.raw, of))
        if not folder.exists():
            stage.replace(folder)
    _prune(base)
    if mistake:
        raise mistake
    return Store(folder)


def prepared(project: Project) -> Store | None:
    """What :func:`prepare` would open without reading any file again; None where it would read.

    Raises :class:`UserMistake` where the inputs as they are were read in vain.
    """
    return _opened(_place(project)[0])


def _place(project: Project) -> tuple[Path, dict[str, str], Callable[[Path], str]]:
    """Where the inputs as they are now are kept, their hashes, and how a file is hashed."""
    known = project.hashes("entradas")
    inputs = hashes(project.raw, known.of)
    known.save()
    return project.base / _key(project, inputs), inputs, known.of


def _opened(folder: Path) -> Store | None:
    if (folder / _MISTAKE).is_file():
        folder.touch()
        raise _remembered(folder / _MISTAKE)
    if (folder / "sources.json").is_file():
        folder.touch()
        return Store(folder)
    return None


def _remembered(path: Path) -> UserMistake:
    found = json.loads(path.read_text(encoding="utf-8"))
    return UserMistake(Finding(**finding) for finding in found)


def _unchanged(before: Mapping[str, str], now: Mapping[str, str]) -> None:
    for what, names in (
        ("desapareció", before.keys() - now.keys()),
        ("apareció", now.keys() - before.keys()),
        ("cambió", {name for name in before.keys() & now.keys() if before[name] != now[name]}),
    ):
        if names:
            raise InputsChanged(f"{what} {', '.join(sorted(names))}")


def _fill(stage: Path, project: Project, inputs: Mapping[str, str], progress: Progress) -> None:
    progress("Leyendo los archivos de entrada")
    reading = sources.read_all(project.raw, inputs)
    found = reading.tables  # changed below: what was read is not needed beside what it became
    if "divipola" not in found or found["divipola"].empty:
        one = len(inputs) == 1
        absent = Finding(
            "carpeta de datos",
            "debe contener la tabla DIVIPOLA (códigos y nombres de los municipios)",
            f"{'1 archivo, sin' if one else f'{len(inputs)} archivos, ninguno con'} esa tabla",
            "Descárguela de datos.gov.co (gdxc-w37w) y cópiela a la carpeta de datos.",
        )
        raise UserMistake([absent, *(f for file in reading.faulty for f in file.findings)])
    if "inversion" in found:
        found["inversion"] = programmes.completed(found["inversion"], mga.load(project.params))
    for name, table in found.items():
        if tables.ORIGIN in table:  # a published file has not all columns of what people fill in
            found[name] = tables.conform(name, latest.renewed(name, table))
    if "escenarios" in found:
        found["escenarios"] = located.placed(found["escenarios"], found)
    progress("Calculando indicadores")
    catalogue = load_catalogue(project.params / "indicators.yml", None)
    disagreements = unification.empty()
    if "poblacion" in found:
        found["poblacion"], disagreements = unification.population(found["poblacion"])
    if "indicadores" in found:
        found["indicadores"], more = indicators.unify(
            found.pop("indicadores"), found.get("poblacion"), catalogue
        )
        parts = [part for part in (disagreements, more) if not part.empty]
        disagreements = pd.concat(parts, ignore_index=True) if parts else disagreements
    progress("Estimando cuánto se mueven las cifras de un año a otro")
    unified, people = found.get("indicadores"), found.get("poblacion")
    records = breaks.noted(reading.records, unified, catalogue)
    moves = noise.empty() if unified is None else noise.estimated(unified, people, catalogue)
    progress("Validando la calidad de las tablas")
    verdicts = quality.validate(found)
    progress("Guardando las tablas por departamento")
    stage.mkdir(parents=True)
    departments.save(stage, {**found, NOISE: moves, DISAGREEMENTS: disagreements})
    verdicts.save(stage / "quality.json")
    index = {
        "inputs": dict(sorted(inputs.items())),
        "ignored": sorted(reading.ignored),
        "faulty": [asdict(file) for file in reading.faulty],
        "records": [asdict(record) for record in records],
    }
    files.write_text(stage / "sources.json", json.dumps(index, ensure_ascii=False, indent=1))


def hashes(raw: Path, sha256: Callable[[Path], str] = files.sha256) -> dict[str, str]:
    """Every input file's path relative to ``raw`` → SHA-256; hidden and lock files, and the
    note of what was downloaded, aside.

    Empty for a file that may not be read: its reading will say so. Raises
    :class:`~gsi.ground.errors.InputsChanged` when one vanishes meanwhile.
    """
    found = {}
    for relative in sorted(path.relative_to(raw) for path in raw.rglob("*") if path.is_file()):
        if any(part.startswith((".", "~$")) for part in relative.parts):
            continue
        if relative.as_posix() == PACKAGE:
            continue
        name = relative.as_posix()
        try:
            found[name] = sha256(raw / relative)
        except FileNotFoundError as problem:
            raise InputsChanged(f"desapareció {name}") from problem
        except OSError:
            found[name] = ""
    return found


def _key(project: Project, inputs: Mapping[str, str]) -> str:
    digest = hashlib.sha256(__version__.encode())
    for name, value in sorted(inputs.items()):
        digest.update(f"{name}\0{value}\0".encode())
    digest.update(os.environ.get("GSI_HASH_KEY", "").encode() + b"\0")
    for library in LIBRARIES:
        digest.update(f"{library}\0{version(library)}\0".encode())
    digest.update(files.code_digest(*PREPARES)[:16].encode() + b"\0")
    for path in _ordered(project.expectations, "*.json"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for pattern in ("indicators*.yml", mga.FILE):
        for path in _ordered(project.params, pattern):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _ordered(folder: Path, pattern: str) -> Iterable[Path]:
    return sorted(folder.rglob(pattern))


def _prune(base: Path) -> None:
    """Keep the few most recently used preparations; a register's worth each."""
    kept = sorted(
        (path for path in base.iterdir() if not path.name.startswith(".")),
        key=lambda path: path.stat().st_mtime_ns,
        reverse=True,
    )
    for stale in kept[KEPT:]:
        shutil.rmtree(stale, ignore_errors=True)
