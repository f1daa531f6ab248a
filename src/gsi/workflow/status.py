"""Which territories have reports, and whether what they were made from has changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gsi import __version__, params, store
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


def runs(project: Project) -> list[Run]:
    """Every finished run under the results folder, by code and years."""
    folders = sorted(project.processed.glob(f"[0-9]*/*/{manifest.NAME}"))
    inputs = store.hashes(project.raw) if folders else {}
    return [_state(project, path.parent, inputs) for path in folders]


def _state(project: Project, folder: Path, inputs: dict[str, str]) -> Run:
    found = manifest.read(folder) or {}
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


def _reasons(project: Project, found: dict, inputs: dict[str, str]) -> list[str]:
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
    notebooks = {path.name: sha256(path) for path in sorted(project.notebooks.glob("*.ipynb"))}
    if notebooks != found["notebooks"]:
        reasons.append("cuadernos distintos")
    return reasons
