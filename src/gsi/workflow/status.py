"""Which territories have reports, and whether what they were made from has changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gsi import __version__, freeze, params, store
from gsi.errors import UserMistake
from gsi.files import sha256
from gsi.project import Project
from gsi.workflow import manifest


@dataclass(frozen=True)
class Run:
    """A finished run and its state in words."""

    code: str
    name: str
    years: str
    state: str


def runs(project: Project, own_inputs: bool = True) -> list[Run]:
    """Every finished run under the results folder, by code and years.

    Each is compared with the input folder it was made from; with ``project.raw`` instead when
    ``own_inputs`` is False.
    """

    @cache
    def inputs(raw: str | None) -> dict[str, str]:
        folder = project.root / raw if raw and own_inputs else project.raw
        return store.hashes(folder) if folder.is_dir() else {}

    found = []
    for path in sorted(project.processed.glob(f"[0-9]*/*/{manifest.NAME}")):
        document = manifest.read(path.parent) or {}
        found.append(_state(project, path.parent, document, inputs(document.get("raw"))))
    return found


def _state(project: Project, folder: Path, found: dict[str, Any], inputs: dict[str, str]) -> Run:
    code = found["territory"]["code"]
    reasons = _reasons(project, found, inputs)
    missing = [name for name in found["outputs"] if not (project.output / code / name).is_file()]
    altered = [
        name
        for name, value in found["outputs"].items()
        if name not in missing and sha256(project.output / code / name) != value
    ]
    if missing:
        reasons.append(f"faltan informes ({', '.join(missing)})")
    if altered:
        reasons.append(f"informes modificados ({', '.join(altered)})")
    state = "al día" if not reasons else "desactualizado: " + "; ".join(reasons)
    return Run(code, found["territory"]["name"], folder.name, state)


def _reasons(project: Project, found: dict[str, Any], inputs: dict[str, str]) -> list[str]:
    reasons = []
    changed = sorted(
        name
        for name in {*inputs, *found["inputs"]}
        if inputs.get(name) != found["inputs"].get(name)
    )
    if changed:
        shown = ", ".join(changed[:3]) + (f" y {len(changed) - 3} más" if len(changed) > 3 else "")
        reasons.append(f"datos de entrada distintos ({shown})")
    if found["gsi"] != __version__:
        reasons.append(f"versión {found['gsi']} del cuaderno")
    try:
        settings, _ = params.load(
            project.params, found["territory"]["code"][:2], found["territory"]["code"]
        )
        if settings.model_dump(mode="json") != found["parameters"]:
            reasons.append("parámetros distintos")
    except UserMistake:
        reasons.append("parámetros con error")
    if _frozen(project, found) != found.get("frozen", {}):
        reasons.append("otra línea de base congelada")
    notebooks = {path.name: sha256(path) for path in sorted(project.notebooks.glob("*.ipynb"))}
    if notebooks != found["notebooks"]:
        reasons.append("cuadernos distintos")
    return reasons


def _frozen(project: Project, found: dict[str, Any]) -> dict[str, str]:
    """Frozen baselines that a run of this territory would read today: code → hash."""
    code = found["territory"]["code"]
    year = found["years"]["baseline"]
    try:
        pair = {code: freeze.load(project, code, year)}
        above = freeze.load(project, code[:2], year)
    except UserMistake:
        return {"": "alterada"}
    if above is not None and above.scores is not None:
        pair[code[:2]] = above
    return {key: item.sha256 for key, item in pair.items() if item is not None}
