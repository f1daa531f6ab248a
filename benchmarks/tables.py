"""``python -m benchmarks tables``: whether reading and validating grow no faster than their rows.

Each is timed on a table and on one four times as long, in one run: four times the rows may take
``MOST`` times as long, and no more. Validation: people by age and sex of a country, a tenth of them
impossible. Reading: a form of people, each with an identifier of its own.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from gsi.inputs import forms, quality

TIMES = 4
MOST = 6.0
MUNICIPALITIES, REGISTERED = 1_000, 100_000  # of the long ones


def people(municipalities: int) -> dict[str, pd.DataFrame]:
    """The tables ``poblacion`` and ``divipola`` of so many municipalities, 13 years."""
    codes = [f"{10_000 + number:05d}" for number in range(municipalities)]
    index = pd.MultiIndex.from_product(
        [codes, range(2012, 2025), ["hombre", "mujer"], range(86)],
        names=["municipio", "periodo", "sexo", "edad"],
    )
    rows = index.to_frame(index=False).assign(area="total", personas=10.0, fuente="x")
    rows.loc[rows.index % 10 == 0, "personas"] = -1.0
    divipola = pd.DataFrame({"municipio": codes, "nombre": "Uno", "nombre_departamento": "Diez"})
    divipola = divipola.assign(departamento=divipola["municipio"].str[:2], lon=-75.5, lat=3.5)
    return {"poblacion": rows, "divipola": divipola}


def form(folder: Path, rows: int) -> Path:
    """A form ``personas`` of so many people."""
    number = np.arange(rows)
    data = pd.DataFrame(
        {
            "persona": 1_000_000_000 + number,
            "hogar": [f"H-{one // 4}" for one in number],
            "corte": 2024,
            "sexo": "Mujer",
            "edad": number % 90,
            "parentesco": "Otro",
        }
    )
    path = folder / str(rows) / "personas.csv"
    path.parent.mkdir()
    data.to_csv(path, sep=";", index=False)
    return path


def main(repeat: int = 3) -> bool:
    """Print how many times as long four times the rows take; False where it is more than that."""
    kept = True
    with tempfile.TemporaryDirectory() as temporary:
        country = people(MUNICIPALITIES), people(MUNICIPALITIES // TIMES)
        files = [form(Path(temporary), rows) for rows in (REGISTERED, REGISTERED // TIMES)]
        for name, long, short in (
            ("validar", lambda: quality.validate(country[0]), lambda: quality.validate(country[1])),
            ("leer un formulario", lambda: forms.read(files[0]), lambda: forms.read(files[1])),
        ):
            short()  # imports and caches
            ratio = statistics.median(_seconds(long) / _seconds(short) for _ in range(repeat))
            kept &= ratio <= MOST
            grew = f"{TIMES} veces las filas, {ratio:.1f} veces el tiempo"
            print(f"  {name}: {grew} (hasta {MOST:g})")
    return kept


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
