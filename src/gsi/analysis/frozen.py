"""What a frozen baseline is on disk: one JSON document and, beside it, its SHA-256.

``data/processed/<code>/linea-base-<year>/`` stands outside the folders that a run replaces
(``<years>/``). Replacing a baseline keeps the old one, under the hash that the new one cites.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gsi.contract.territory import Territory
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.files import write_text
from gsi.ground.project import Project
from gsi.measure.living_conditions import Scores

FORMAT = 1
DOCUMENT = "linea-base.json"
SEAL = "linea-base.sha256"
PREFIX = "linea-base-"
REPLACED = "sustituida-"
REPORTS = "informes.sha256"


@dataclass(frozen=True)
class Figure:
    """One frozen number: ``key`` is unique; ``sources`` are the ``fuente`` it was made from.

    ``kind`` is ``indicator`` (the catalogue's, value in its unit) or ``households`` (IPM in 0-100,
    ICV in points). Limits are None where the source gives no interval.
    """

    key: str
    kind: str
    name: str
    unit: str
    value: float
    low: float | None
    high: float | None
    year: int
    series: str
    sources: tuple[str, ...]

    @property
    def municipal(self) -> bool:
        """True for a municipality's figure in its department's baseline."""
        last = self.key.rpartition(".")[2]
        return len(last) == 5 and last.isdigit()


@dataclass(frozen=True)
class Origin:
    """A file behind the figures: what rows carry in ``fuente``, its table and content hash."""

    source: str
    title: str
    table: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Frozen:
    """A frozen baseline. ``sha256`` is that of its document; ``scores`` are the ICV's.

    ``replaces`` is the hash of the baseline that this one superseded, ``reason`` why; both empty
    in a first one.
    """

    code: str
    name: str
    year: int
    figures: Mapping[str, Figure]
    origins: tuple[Origin, ...]
    parameters: Mapping[str, Any]
    scores: Scores | None
    version: str
    code_hash: str
    replaces: str = ""
    reason: str = ""
    sha256: str = field(default="", compare=False)

    def figure(self, key: str) -> Figure | None:
        """A figure by its key (``indicator.<id>``, ``households.H``); None if not frozen."""
        return self.figures.get(key)

    def indicator(self, name: str, municipality: str = "") -> Figure | None:
        """The frozen value of an indicator of the catalogue; None if it had no data.

        A department's baseline also has its municipalities', by their code.
        """
        return self.figure(f"indicator.{name}" + (f".{municipality}" if municipality else ""))

    def document(self) -> str:
        """The bytes that are hashed, as text."""
        content = {
            "format": FORMAT,
            "territory": {"code": self.code, "name": self.name},
            "year": self.year,
            "gsi": self.version,
            "code": self.code_hash,
            "replaces": self.replaces,
            "reason": self.reason,
            "figures": [asdict(self.figures[key]) for key in sorted(self.figures)],
            "sources": [asdict(origin) for origin in self.origins],
            "icv_scores": None if self.scores is None else self.scores.as_dict(),
            "parameters": self.parameters,
        }
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        return text + "\n"

    def save(self, target: Path) -> str:
        """Write the document and its seal in ``target``, read-only; its hash."""
        text = self.document()
        digest = hashlib.sha256(text.encode()).hexdigest()
        for name, content in ((DOCUMENT, text), (SEAL, f"{digest}  {DOCUMENT}\n")):
            write_text(target / name, content)
            (target / name).chmod(0o444)
        return digest


def folder(project: Project, code: str, year: int) -> Path:
    """Where the baseline of a territory and year stands, frozen or not."""
    return project.processed / code / f"{PREFIX}{year}"


def load(project: Project, place: Territory | str, year: int) -> Frozen | None:
    """The frozen baseline of a territory and year; None where there is none.

    Raises :class:`UserMistake` when the document is not the one that was sealed.
    """
    code = place if isinstance(place, str) else place.code
    where = folder(project, code, year)
    return read(where) if (where / DOCUMENT).is_file() or (where / SEAL).is_file() else None


def note_reports(target: Path, reports: Mapping[str, str]) -> None:
    """Write in the folder of a baseline the reports that are frozen with it, name → SHA-256."""
    lines = "".join(f"{value}  {name}\n" for name, value in sorted(reports.items()))
    write_text(target / REPORTS, lines)
    (target / REPORTS).chmod(0o444)


def noted_reports(folder: Path) -> list[str]:
    """SHA-256 of the reports that were frozen with the baseline in ``folder``."""
    path = folder / REPORTS
    if not path.is_file():
        return []
    return [line.split()[0] for line in path.read_text(encoding="utf-8").splitlines() if line]


def frozen_reports(project: Project, code: str) -> frozenset[str]:
    """SHA-256 of every report frozen with a baseline of the territory, superseded or not."""
    folders = (project.processed / code).glob(f"{PREFIX}*")
    return frozenset(value for path in folders for value in noted_reports(path))


def owners(project: Project, place: Territory, year: int) -> tuple[Frozen | None, Frozen | None]:
    """A territory's own baseline, and the one whose ICV scores it is measured with.

    Scores are the whole department's, so the department's baseline rules over a municipality's.
    """
    own = load(project, place, year)
    above = own if place.code == place.department else load(project, place.department, year)
    rules = above if above is not None and above.scores is not None else own
    return own, rules if rules is not None and rules.scores is not None else None


def read(where: Path) -> Frozen:
    """The baseline in ``where``, its hash verified; :class:`UserMistake` if it was altered."""
    document, seal = where / DOCUMENT, where / SEAL
    place = f"{where.parent.name}/{where.name}/{DOCUMENT}"
    if not document.is_file() or not seal.is_file():
        raise UserMistake(
            Finding(
                place,
                f"la línea de base congelada tiene su documento y su sello ({SEAL})",
                f"falta {SEAL if document.is_file() else DOCUMENT}",
                "Recupérelo de la copia de respaldo.",
            )
        )
    content = document.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    sealed = seal.read_text(encoding="utf-8").split()
    if not sealed or sealed[0] != digest:
        raise UserMistake(
            Finding(
                place,
                "la línea de base congelada no se puede modificar: su huella debe ser la del sello",
                f"huella {digest[:12]}, sello {sealed[0][:12] if sealed else 'vacío'}",
                "Recupere el archivo de la copia de respaldo. Para cambiar la línea de base use "
                "gsi baseline freeze con --supersede y --reason.",
            )
        )
    return _parsed(json.loads(content), digest, place)


def _parsed(found: Mapping[str, Any], digest: str, place: str) -> Frozen:
    if found.get("format") != FORMAT:
        raise UserMistake(
            Finding(
                place,
                f"esta versión lee líneas de base de formato {FORMAT}",
                str(found.get("format")),
                "Actualice el cuaderno.",
            )
        )
    figures = [Figure(**{**item, "sources": tuple(item["sources"])}) for item in found["figures"]]
    scores = found["icv_scores"]
    return Frozen(
        found["territory"]["code"],
        found["territory"]["name"],
        found["year"],
        {figure.key: figure for figure in figures},
        tuple(Origin(**item) for item in found["sources"]),
        found["parameters"],
        None if scores is None else Scores.from_dict(scores),
        found["gsi"],
        found["code"],
        found["replaces"],
        found["reason"],
        digest,
    )
