"""What a territory's results are made from: what its run read, and the key that stands for it.

What describes an input file as a whole (its hash, how many rows it has for every territory
together) is told by the manifest alone, and so is not part of the key. Except where a baseline is
frozen: its report says which files are no longer those of the baseline.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import gsi
from gsi.analysis import frozen as baselines
from gsi.analysis.frozen import DOCUMENT, SEAL
from gsi.analysis.trace import Step
from gsi.contract import params
from gsi.contract.params.measures import FILE as MEASURES
from gsi.contract.params.sources import FILE as SOURCES
from gsi.contract.territory import Territory, Years
from gsi.ground.files import Hashes, sha256
from gsi.ground.project import Project
from gsi.inputs.records import SourceRecord
from gsi.inputs.store import Store
from gsi.report.engine.programs import engine_versions
from gsi.report.engine.rendering import Engine
from gsi.report.workbook import STEP_SUFFIX
from gsi.run import manifest

# Of a source's record, what another territory's rows change.
_WHOLE_FILE = {"sha256", "rows_read", "rows_kept", "set_aside", "places"}


@dataclass(frozen=True)
class Reads:
    """What a run read: marks ``table.own`` or ``table.department`` left ``outside`` any policy
    step, and its ``steps``, each with its own."""

    outside: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()

    @property
    def marks(self) -> list[str]:
        """Every mark, once and in order."""
        return sorted(self.outside.union(*(made.reads for made in self.steps)))

    @classmethod
    def left_in(cls, folder: Path) -> Reads:
        """What the kernels of a run left in ``folder``."""
        outside, steps = set(), []
        for path in sorted(folder.iterdir()):
            if path.suffix == STEP_SUFFIX:
                steps.append(Step.of(json.loads(path.read_text(encoding="utf-8"))))
            else:
                outside.add(path.name)
        return cls(frozenset(outside), tuple(steps))

    @classmethod
    def of(cls, key: Mapping[str, Any]) -> Reads:
        """What the run read whose manifest keeps ``key``."""
        return cls(frozenset(key["outside"]), tuple(map(Step.of, key["steps"])))


@dataclass(frozen=True, eq=False)
class Basis:
    """What every territory of a run is made from, looked at once.

    Each is its own (no equality), or what one has looked at would be remembered for the next.
    """

    project: Project
    store: Store

    @cached_property
    def hashes(self) -> Hashes:
        """Hashes of results and reports, remembered from run to run."""
        return self.project.hashes("resultados")

    @cached_property
    def libraries(self) -> dict[str, str]:
        """The versions of the libraries that results depend on."""
        return manifest.libraries()

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
    def _records(self) -> list[tuple[SourceRecord, str]]:
        return [
            (
                record,
                repr([(k, v) for k, v in sorted(vars(record).items()) if k not in _WHOLE_FILE])
                + repr([part.reason for part in record.set_aside])
                + repr(record.rows_kept > 0),
            )
            for record in self.store.records
        ]

    def trust(self, code: str) -> str:
        """Digest of what the validation says of a territory, and of the files set aside."""
        verdicts = self.store.verdicts
        tables = sorted(verdicts.rows)
        rows = {table: verdicts.rows_within(table, [code]) for table in tables}
        broken = [
            (v.table, v.rule, v.severity, v.verified, v.within([code]), v.unplaced)
            for v in self._failed
        ]
        files = [
            text
            for record, text in self._records
            if rows.get(record.table) and record.concerns([code])
        ]
        theirs = [item for item in broken if any(item[-2:])]
        aside = repr(self.store.left_out.of(code))
        return _digest([sorted(rows.items()), theirs, files, aside, self._contracts])

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
            where = baselines.folder(self.project, code, year)
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
        """Digest of the catalogues, of indicators as the department has it, of measures and of
        sources."""
        paths = ("indicators.yml", f"indicators-{department}.yml", MEASURES, SOURCES)
        found = [self.project.params / name for name in paths]
        return _digest([path.read_text(encoding="utf-8") for path in found if path.is_file()])

    def settings(self, place: Territory) -> dict[str, Any]:
        """The territory's parameters, as the manifest writes them."""
        return self._settings(params.given(self.project.params, place.department, place.code))

    @cache  # noqa: B019  one basis a run
    def _settings(self, codes: tuple[str, ...]) -> dict[str, Any]:
        return params.load(self.project.params, *codes)[0].model_dump(mode="json")

    def key(self, place: Territory, years: Years, reads: Reads) -> dict[str, Any]:
        """What the manifest keeps to tell later whether the run is out of date.

        Raises :class:`UserMistake` when the territory's parameters have a mistake.
        """
        return self.rows(place, reads) | self.made_from(place, years)

    def rows(self, place: Territory, reads: Reads) -> dict[str, Any]:
        """The part of the key that hangs on what was read, with a digest of it."""
        # The names of the department's municipalities come with the data, unasked.
        outside = sorted({*reads.outside, "divipola.department"})
        return {
            "rows": {
                mark: self.store.digest(place, *mark.split("."))
                for mark in sorted({*outside, *reads.marks})
            },
            "outside": outside,
            "steps": sorted((made.json() for made in reads.steps), key=lambda made: str(made)),
        }

    def made_from(self, place: Territory, years: Years) -> dict[str, Any]:
        """The rest of the key, which is known before the run."""
        frozen = self.frozen(place, years.baseline)
        # Of the report project and the notebooks the manifest keeps each file's hash.
        _ = self.notebooks, self.reports
        return {
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
