"""What a territory reads, when, and what it shares with its department."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from builders import make_context
from paths import ROOT

from gsi.analysis.context import Context
from gsi.contract.territory import Territory
from gsi.ground import files
from gsi.ground.kept import Kept
from gsi.inputs.data import Data
from gsi.inputs.store import Store
from gsi.report.workbook import Drawing

PLACES = pd.DataFrame(
    {
        "municipio": ["73067", "73616", "05001"],
        "nombre": ["ATACO", "RIOBLANCO", "MEDELLÍN"],
        "departamento": ["73", "73", "05"],
        "nombre_departamento": ["TOLIMA", "TOLIMA", "ANTIOQUIA"],
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    files.write_arrow(PLACES, tmp_path / "divipola.arrow")
    for owner, codes in (("73", ["73067", "CO"]), ("CO", ["CO"])):
        rows = pd.DataFrame({"municipio": codes, "valor": 1.5})
        files.write_arrow(rows, tmp_path / "indicadores" / f"{owner}.arrow")
    broken = tmp_path / "poblacion" / "73.arrow"
    broken.parent.mkdir()
    broken.write_bytes(b"no es Arrow")
    return Store(tmp_path)


def test_a_table_is_read_when_it_is_asked_for(store: Store) -> None:
    data = store.data(store.territories.resolve("73067"))
    assert data.names == {"73067": "Ataco", "73616": "Rioblanco"}
    assert list(data.department("indicadores")["municipio"]) == ["73067", "CO"]
    assert list(data.own("indicadores")["municipio"]) == ["73067"]
    elsewhere = store.data(store.territories.resolve("05001"))
    assert list(elsewhere.department("indicadores")["municipio"]) == ["CO"]
    assert data.department("actores").empty
    assert data.disagreements().empty
    with pytest.raises(pa.ArrowInvalid, match="too small"):
        data.department("poblacion")


def test_territories_are_the_same_when_they_are_remembered(store: Store) -> None:
    first = list(store.territories)
    (store.folder / "divipola.arrow").unlink()
    assert list(Store(store.folder).territories) == first


def context_of(code: str, kept: Kept, read: list[str]) -> Context:
    names = {"73067": "Ataco", "73616": "Rioblanco"}
    context = make_context({}, code, names=names)
    data = Data({}, context.territory, names, lambda table, scope: read.append(f"{table}.{scope}"))
    return replace(context, data=data, kept=kept)


def test_what_is_shared_is_computed_once_a_department_and_counts_as_read(tmp_path: Path) -> None:
    kept, read, computed = Kept(tmp_path), list[str](), list[str]()

    def compute(context: Context, number: int) -> int:
        computed.append(context.territory.code)
        return number

    first, second = (context_of(code, kept, read) for code in ("73067", "73616"))
    for context in (first, second):
        assert context.shared("algo", compute, ("limites",), 3) == 3
    assert computed == ["73067"]
    assert read == ["limites.department"] * 2
    assert second.shared("algo", compute, ("limites",), 4) == 4
    assert first.shared("otra", compute, ("limites",), 3) == 3
    other = Territory("05001", "Medellín", "municipality", "05", "Antioquia")
    settings = second.params.model_copy(update={"seed": second.params.seed + 1})
    for changed in (
        replace(second, territory=other),
        replace(second, params=settings),
        replace(second, years=replace(second.years, follow_up=2030)),
        replace(second, catalogue=second.catalogue[1:]),
    ):
        before = len(computed)
        changed.shared("algo", compute, ("limites",), 3)
        assert len(computed) == before + 1


def test_what_one_process_keeps_another_finds(tmp_path: Path) -> None:
    """Parameters hold sets of names, whose order is another in each process."""
    code = (
        "import sys; from pathlib import Path; from gsi.contract import params;"
        "from gsi.ground.kept import Kept;"
        "settings = params.load(Path(sys.argv[1]))[0];"
        "Kept(Path(sys.argv[2]))('algo', lambda _settings: 1, settings)"
    )
    for seed in ("1", "2"):
        order = [sys.executable, "-c", code, str(ROOT / "params"), str(tmp_path)]
        subprocess.run(order, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    assert len(list(tmp_path.iterdir())) == 1


def test_a_drawing_is_told_without_its_bytes() -> None:
    drawing = Drawing("mapa", "Un título", "Un texto", b"\x89PNG")
    assert repr(drawing) == "Drawing(name='mapa', title='Un título', alt='Un texto')"


def test_a_notebook_shows_a_drawing_with_its_title_and_alternative_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two amounts of money in a title are no formula."""
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **more: shown.append(data | more))
    Drawing("mapa", "De $1 a $2", "Un texto", b"\x89PNG")._ipython_display_()
    title, picture = shown
    assert title["text/markdown"] == r"**De \$1 a \$2**" and title["text/plain"] == "De $1 a $2"
    assert picture["image/png"] == b"\x89PNG"
    assert picture["metadata"] == {"image/png": {"alt": "Un texto"}}
