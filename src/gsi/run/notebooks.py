"""One notebook, executed by Papermill, saved whole and free of clocks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from gsi.ground.errors import Finding, TerritoryFailed, UserMistake
from gsi.ground.files import replacing
from gsi.run.kernels import ENGINE, Kernel, NotStarted, kernel_name

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

# The kernel's advice about its transport is not for the person at the terminal, and nobody looks
# up what a run typed: no data base of it.
_TRIES = 3  # to start a kernel
_QUIET = ("--IPKernelApp.log_level=50", "--HistoryManager.enabled=False")


def in_order(folder: Path) -> list[Path]:
    """The notebooks by their number."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def title(notebook: Path) -> str:
    """What a notebook does, for the progress line."""
    return TITLES.get(notebook.stem, notebook.stem)


def execute_all(notebooks: Sequence[Path], run: Callable[[Path], None], at_once: int = 1) -> None:
    """``run`` each notebook once those it builds on have ended, at most ``at_once`` at a time.

    A notebook names them in its metadata (``gsi.after``: file names without extension); one that
    says nothing builds on all those before it. Raises :class:`TerritoryFailed` with the findings of
    every notebook that failed, after those under way have ended; no other is started then.
    """
    order: TopologicalSorter[Path] = TopologicalSorter(_builds_on(notebooks))
    order.prepare()
    findings: list[Finding] = []
    running: dict[Future[None], Path] = {}
    with ThreadPoolExecutor(at_once, "notebook") as threads:
        try:
            while order.is_active() and (running or not findings):
                if not findings:
                    running |= {threads.submit(run, path): path for path in order.get_ready()}
                ended, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in sorted(ended, key=lambda future: running[future].name):
                    order.done(running.pop(future))
                    try:
                        future.result()
                    except TerritoryFailed as failure:
                        findings += failure.findings
                if findings:
                    running = {
                        future: path for future, path in running.items() if not future.cancel()
                    }
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    if findings:
        raise TerritoryFailed(sorted(findings))


def _started(execute: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """``execute`` once more, and once more, while its kernel does not even start.

    Where it opens ports, they are chosen before; another process may be given one meanwhile.
    """
    for _ in range(_TRIES - 1):
        with suppress(NotStarted):
            execute(*arguments, **options)
            return
    execute(*arguments, **options)


def _builds_on(notebooks: Sequence[Path]) -> dict[Path, list[Path]]:
    """Notebook → those among ``notebooks`` that must have ended before it starts."""
    known = {path.stem: path for path in notebooks}
    graph = {}
    for place, path in enumerate(notebooks):
        declared = _source(path).after
        if declared is None:
            graph[path] = list(notebooks[:place])
            continue
        later = [name for name in declared if known.get(name) not in notebooks[:place]]
        if later:
            raise UserMistake(
                Finding(
                    f"{path.name}, metadatos gsi.after",
                    "un cuaderno se apoya en otros de número menor",
                    ", ".join(later),
                    "Corrija los nombres, o quite gsi.after para que espere a todos.",
                )
            )
        graph[path] = [known[name] for name in declared]
    return graph


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

    source = _source(notebook)
    unknown = sorted(set(parameters) - source.parameters)
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
            _started(
                papermill.execute_notebook,
                str(notebook),
                str(temporary),
                parameters=dict(parameters),
                # The kernel's working folder; Papermill's own 'cwd' would move this whole process.
                working_folder=str(notebook.parent),
                kernel_name=kernel_name(kernel),
                engine_name=ENGINE,
                progress_bar=False,
                log_output=False,
                extra_arguments=list(_QUIET),
                environment=dict(os.environ if environment is None else environment),
                # When each message came is not kept.
                record_timing=False,
                finish=partial(_settle, kernelspec=source.kernelspec),
            )
            with temporary.open("a", encoding="utf-8") as file:
                file.write("\n")  # as nbformat ends a file, and Papermill does not
        except PapermillExecutionError as error:
            failure = error
            # Papermill has put its marks around the cell that failed.
            executed = nbformat.read(temporary, as_version=4)
            _settle(executed, source.kernelspec)
            nbformat.write(executed, temporary)
        except (DeadKernelError, NotStarted):
            raise TerritoryFailed(
                Finding(
                    notebook.name,
                    "el cuaderno debe ejecutarse hasta el final",
                    "su proceso terminó antes (por ejemplo, por falta de memoria)",
                    "Cierre otros programas o use --jobs 1, y repita la ejecución.",
                )
            ) from None
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


def _settle(notebook: Any, kernelspec: Any) -> None:
    """Drop durations, start times, machine paths and the kernel used: same inputs, same bytes."""
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


@dataclass(frozen=True)
class _Source:
    """What a notebook says of itself."""

    parameters: frozenset[str]  # declared in its cell 'parameters'
    kernelspec: Any
    after: list[str] | None  # the notebooks it builds on, without extension; None: not said


def _source(notebook: Path) -> _Source:
    """``notebook``'s own words, read once for as long as its text is the same."""
    return _parse(notebook.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _parse(text: str) -> _Source:
    import nbformat
    import papermill

    parsed = nbformat.reads(text, as_version=4)
    metadata = parsed.metadata
    return _Source(
        frozenset(papermill.inspect_notebook(parsed)),
        metadata.get("kernelspec"),
        metadata.get("gsi", {}).get("after"),
    )
