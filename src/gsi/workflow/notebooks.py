"""One notebook, executed by Papermill, saved whole and free of clocks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gsi.errors import Finding, TerritoryFailed, UserMistake
from gsi.files import replacing
from gsi.kernels import ENGINE, Kernel, kernel_name

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


def execute(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, Any],
    kernel: Kernel = "auto",
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run ``notebook`` with ``parameters`` in a fresh kernel and save it executed in ``output``.

    ``environment`` is the kernel's, in place of this process'. The bytes saved do not depend on
    ``kernel``. The executed notebook is saved when a cell fails too. Raises
    :class:`TerritoryFailed` naming notebook and cell, :class:`UserMistake` when the notebook does
    not declare a parameter.
    """
    # Here, not above: they take a second, which an order that runs nothing need not wait.
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError
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
                kernel_name=kernel_name(kernel),
                engine_name=ENGINE,
                progress_bar=False,
                log_output=False,
                # The kernel's advice about its transport is not for the person at the terminal.
                extra_arguments=["--IPKernelApp.log_level=50"],
                environment=dict(os.environ if environment is None else environment),
            )
        except PapermillExecutionError as error:
            failure = error
        except DeadKernelError:
            raise TerritoryFailed(
                Finding(
                    notebook.name,
                    "el cuaderno debe ejecutarse hasta el final",
                    "su proceso terminó antes (por ejemplo, por falta de memoria)",
                    "Cierre otros programas o use --jobs 1, y repita la ejecución.",
                )
            ) from None
        _settle(temporary, nbformat.read(notebook, as_version=4).metadata.get("kernelspec"))
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


def _settle(path: Path, kernelspec: Any) -> None:
    """Drop durations, start times, machine paths and the kernel used: same inputs, same bytes."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    if kernelspec is not None:
        notebook.metadata.kernelspec = kernelspec
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
    # Papermill gives its injected cell a random id.
    for position, cell in enumerate(notebook.cells):
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = f"parametros-{position}"
    nbformat.write(notebook, path)
