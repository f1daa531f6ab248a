"""Which territories have reports, and whether what they were made from has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from gsi.ground.errors import UserMistake
from gsi.ground.project import Project
from gsi.inputs import store
from gsi.run import freshness, manifest
from gsi.run.basis import Basis


@dataclass(frozen=True)
class Run:
    """A finished run and its state in words."""

    code: str
    name: str
    years: str
    state: str


def runs(
    project: Project,
    own_inputs: bool = True,
    progress: Callable[[str], None] = lambda _what: None,
    on_store: Callable[[store.Store], None] = lambda _store: None,
) -> list[Run]:
    """Every finished run under the results folder, by code and years.

    Each is compared with the input folder it was made from; with ``project.raw`` instead when
    ``own_inputs`` is False. Inputs that changed are read, to see whose rows changed.
    ``on_store`` is told each preparation that was compared with, once.
    """

    @cache
    def basis(raw: str | None) -> Basis | str:
        folder = project.root / raw if raw and own_inputs else project.raw
        if not folder.is_dir():
            return "ya no está la carpeta de datos de entrada"
        theirs = replace(project, raw=folder)
        try:
            prepared = store.prepare(theirs, progress)
        except UserMistake:
            return "datos de entrada con errores"
        on_store(prepared)
        return Basis(theirs, prepared)

    found, looked = [], set[Basis]()
    for path in sorted(project.processed.glob(f"[0-9]*/*/{manifest.NAME}")):
        document = manifest.read(path.parent) or {}
        progress(f"Comparando {path.parent.parent.name}")
        made = basis(document.get("raw"))
        found.append(_state(project, path.parent, document, made))
        if isinstance(made, Basis):
            looked.add(made)
    for made in looked:
        made.hashes.save()
    return found


def _state(project: Project, folder: Path, found: dict[str, Any], basis: Basis | str) -> Run:
    code = found["territory"]["code"]
    if isinstance(basis, str):
        reasons = [basis]
    else:
        reasons = freshness.reasons(basis, found, folder, freshness.output_of(project, found))
    state = "al día" if not reasons else "desactualizado: " + "; ".join(reasons)
    return Run(code, found["territory"]["name"], folder.name, state)
