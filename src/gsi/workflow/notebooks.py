"""One notebook, executed by Papermill, saved whole and free of clocks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from gsi.errors import Finding, TerritoryFailed, UserMistake
from gsi.files import replacing

TITLES = {
    "00_calidad": "calidad de la información",
    "01_comprension": "comprensión del territorio",
    "02_clave1_informacion": "clave 1, información",
    "03_clave2_formacion": "clave 2, formación",
    "04_clave3_servicios": "clave 3, servicios articulados",
    "05_clave4_atencion": "clave 4, atención",
    "06_clave5_convocatoria": "clave 5, convocatoria",
    "07_linea_base": "línea de base",
    "08_plan_de_accion": "plan de acción y seguimiento",
}


def in_order(folder: Path) -> list[Path]:
    """The notebooks by their number."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def title(notebook: Path) -> str:
    """What a notebook does, for the progress line."""
    return TITLES.get(notebook.stem, notebook.stem)


def execute(notebook: Path, output: Path, parameters: Mapping[str, Any]) -> None:
    """Run ``notebook`` with ``parameters`` in a fresh kernel and save it executed in ``output``.

    The executed notebook is saved when a cell fails too. Raises :class:`TerritoryFailed` naming
    notebook and cell, :class:`UserMistake` when the notebook does not declare a parameter.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    declared = papermill.inspect_notebook(str(notebook))
    unknown = sorted(set(parameters) - set(declared))
    if unknown:
        raise UserMistake(
            Finding(
                f"{notebook.name}, celda 'parameters'",
                "el cuaderno debe declarar cada parámetro que recibe",
                ", ".join(unknown),
                "Agregue el parámetro a la celda etiquetada 'parameters'.",
            )
        )
    failure: PapermillExecutionError | None = None
    with replacing(output) as temporary:
        try:
            papermill.execute_notebook(
                str(notebook),
                str(temporary),
                parameters=dict(parameters),
                cwd=str(notebook.parent),
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                # The notebook is written at the end; a save a cell is work nobody reads.
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                # The kernel's advice about its transport is not for the person at the terminal.
                extra_arguments=["--IPKernelApp.log_level=50"],
            )
        except PapermillExecutionError as error:
            failure = error
        _settle(temporary)
    if failure is not None:
        # The exception's own words may quote a row of data; its kind and the cell do not.
        raise TerritoryFailed(
            Finding(
                f"{notebook.name}, celda {failure.cell_index + 1}",
                "el cuaderno debe ejecutarse hasta el final",
                failure.ename,
                "Abra el cuaderno ejecutado para ver el error completo.",
            )
        )


def _settle(path: Path) -> None:
    """Drop durations, start times and machine paths: same inputs, same bytes."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
    # Papermill gives its injected cell a random id.
    for position, cell in enumerate(notebook.cells):
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = f"parametros-{position}"
    nbformat.write(notebook, path)
