"""Where the workbook's folders are: the one place that knows the layout on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gsi.ground.errors import Finding, UserMistake
from gsi.ground.files import Hashes

# In the folder of a territory's results, written last.
MANIFEST = "manifest.json"
# In the input folder: what was downloaded to it and when. It says nothing that is read.
PACKAGE = "datapackage.json"
MARKERS = ("expectations", "notebooks", "params", "reports")


@dataclass(frozen=True)
class Project:
    """A checkout of the workbook. Every path is absolute; outputs may be moved by a flag."""

    root: Path
    raw: Path
    processed: Path
    output: Path

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def params(self) -> Path:
        return self.root / "params"

    @property
    def expectations(self) -> Path:
        return self.root / "expectations"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def base(self) -> Path:
        """Where prepared inputs are kept."""
        return self.root / "data" / "processed" / "_base"

    def hashes(self, of: str) -> Hashes:
        """Hashes of files, remembered from one order to the next: ``of`` which files."""
        return Hashes(self.base / f".huellas-{of}.json", self.root)

    @classmethod
    def find(
        cls,
        *,
        raw: Path | str | None = None,
        processed: Path | str | None = None,
        output: Path | str | None = None,
    ) -> Project:
        """The project around the working folder, or the checkout this package stands in.

        ``GSI_PROJECT`` names it outright. Raises :class:`UserMistake` where none is found or the
        folder given as ``raw`` does not exist.
        """
        root = _root()
        folder = Path(raw).resolve() if raw else root / "data" / "raw"
        if not folder.is_dir():
            raise UserMistake(
                Finding(
                    "opción --raw",
                    "la carpeta con los archivos de entrada debe existir",
                    str(raw or "data/raw"),
                    "Revise la ruta o copie los archivos a data/raw/.",
                )
            )
        return cls(
            root,
            folder,
            Path(processed).resolve() if processed else root / "data" / "processed",
            Path(output).resolve() if output else root / "reports" / "_output",
        )


def _root() -> Path:
    named = os.environ.get("GSI_PROJECT")
    here = Path.cwd()
    candidates = [Path(named)] if named else [here, *here.parents, Path(__file__).parents[3]]
    for folder in candidates:
        if all((folder / marker).is_dir() for marker in MARKERS):
            return folder.resolve()
    raise UserMistake(
        Finding(
            "carpeta de trabajo",
            "el cuaderno se ejecuta desde la carpeta del proyecto "
            "(la que contiene notebooks/, params/, expectations/ y reports/)",
            named or "una carpeta sin esas subcarpetas",
            "Cambie a la carpeta del proyecto o indíquela en la variable GSI_PROJECT.",
        )
    )
