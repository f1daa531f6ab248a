"""``gsi baseline`` as a person types it, on the example, end to end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from runs import checkout, gsi

pytestmark = pytest.mark.slow
FOLDER = Path("data") / "processed" / "00" / "linea-base-2018"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose baseline is frozen."""
    made = checkout(tmp_path_factory.mktemp("congelada"))
    told = gsi(made, "baseline", "freeze", "00")
    assert told.returncode == 0, told.stderr
    return made


def revise(root: Path) -> None:
    """The publisher corrects the net coverage of a municipality in 2018."""
    path = root / "data" / "raw" / "ejemplo" / "indicadores.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = table["indicador"].eq("cobertura_neta") & table["periodo"].eq("2018")
    rows &= table["municipio"].eq("00003")
    assert rows.sum() == 1
    table.loc[rows, "valor"] = "55.0"
    table.loc[rows, ["numerador", "denominador"]] = ""
    table.to_csv(path, index=False)


def test_the_same_inputs_give_the_same_seal(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "otra"
    shutil.copytree(root, other)
    shutil.rmtree(other / FOLDER)
    assert gsi(other, "baseline", "freeze", "00", PYTHONHASHSEED="5").returncode == 0
    for name in ("linea-base.json", "linea-base.sha256"):
        assert (root / FOLDER / name).read_bytes() == (other / FOLDER / name).read_bytes()
    text = (root / FOLDER / "linea-base.json").read_text(encoding="utf-8")
    assert str(root) not in text


def test_it_is_not_replaced_in_silence(root: Path) -> None:
    before = (root / FOLDER / "linea-base.json").read_bytes()
    told = gsi(root, "baseline", "freeze", "00")
    assert told.returncode == 2
    assert "no se reemplaza en silencio" in told.stderr and "--supersede" in told.stderr
    assert (root / FOLDER / "linea-base.json").read_bytes() == before
    assert gsi(root, "baseline", "freeze", "00", "--supersede").returncode == 2


def test_a_changed_file_is_a_revision_with_the_figures_it_moves(root: Path, tmp_path: Path) -> None:
    here = tmp_path / "revisada"
    shutil.copytree(root, here)
    revise(here)
    told = gsi(here, "baseline", "show", "00", COLUMNS="200")
    assert told.returncode == 0, told.stderr
    assert "Cobertura neta" in told.stdout and "indicadores.csv" in told.stdout
    run = gsi(here, "run", "00", "--jobs", "1", "--formats", "html")
    assert run.returncode == 0, run.stderr
    sections = here / "data" / "processed" / "00" / "2018-2024" / "sections"
    moved = pd.read_parquet(sections / "frozen.revisions.parquet").set_index("key")
    row = moved.loc["indicator.cobertura_neta.00003"]
    assert (row["frozen"], row["now"]) == (94.71, 55.0)
    assert row["cause"] == "La fuente cambió: indicadores.csv."
    # Households and other indicators did not move: one figure was revised.
    assert list(moved.index) == ["indicator.cobertura_neta.00003"]
    published = here / "reports" / "_output" / "00" / "2018-2024"
    page = (published / "linea-base.html").read_text(encoding="utf-8")
    assert "Cifras revisadas" in page and "No es un cambio en la vida de la gente" in page
    manifest = json.loads((sections.parent / "manifest.json").read_text(encoding="utf-8"))
    seal = (here / FOLDER / "linea-base.sha256").read_text(encoding="utf-8").split()[0]
    assert manifest["frozen"] == {"00": seal}
    assert (here / FOLDER / "linea-base.json").read_bytes() == (
        root / FOLDER / "linea-base.json"
    ).read_bytes()
    assert "al día" in gsi(here, "status").stdout

    told = gsi(here, "baseline", "freeze", "00", "--supersede", "--reason", "El MEN corrigió 2018")
    assert told.returncode == 0, told.stderr
    assert "ninguna orden los reemplaza" in told.stdout
    new = json.loads((here / FOLDER / "linea-base.json").read_text(encoding="utf-8"))
    assert (new["replaces"], new["reason"]) == (seal, "El MEN corrigió 2018")
    verified = gsi(here, "baseline", "verify", "00").stdout
    assert "vigente" in verified and "sustituida" in verified
    assert "otra línea de base congelada" in " ".join(gsi(here, "status").stdout.split())

    # The reports frozen with it stay; the next run's lie beside them, and are up to date.
    plan = published / "plan-de-accion.html"
    before = plan.read_bytes()
    run = gsi(here, "run", "00", "--jobs", "1", "--formats", "html")
    assert run.returncode == 0, run.stderr
    assert "linea-base.html: es de la línea de base congelada" in run.stdout
    assert (published / "linea-base.html").read_text(encoding="utf-8") == page
    newer = (published / "linea-base-2.html").read_text(encoding="utf-8")
    assert "El MEN corrigió 2018" in newer and "Cifras revisadas" not in newer
    assert plan.read_bytes() != before and not (published / "plan-de-accion-2.html").exists()
    assert "al día" in gsi(here, "status").stdout


def test_an_altered_seal_stops_everything(root: Path, tmp_path: Path) -> None:
    here = tmp_path / "alterada"
    shutil.copytree(root, here)
    path = here / FOLDER / "linea-base.json"
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8").replace("0", "1", 1), encoding="utf-8")
    for order in (["baseline", "verify"], ["run", "00"]):
        told = gsi(here, *order)
        assert told.returncode == 2 and "no se puede modificar" in told.stderr
        assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"living_conditions": {"variables": {"ninos_6": {"cuts": [1, 2]}}}}, "puntajes distintos"),
        ({"person_register": {
            "file": "registros/no.csv", "cut": 2024, "municipality": "m",
            "privations": {"p_agua": {"column": "a"}}}}, "registros/no.csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_told_before_anything_runs(
    root: Path, tmp_path: Path, parameters: dict[str, object], words: str
) -> None:
    here = tmp_path / "otros"
    shutil.copytree(root, here)
    (here / "params" / "00.yml").write_text(yaml.safe_dump({"plan": parameters}), encoding="utf-8")
    told = gsi(here, "run", "00", "--jobs", "1", "--formats", "html")
    assert told.returncode == 1
    assert words in " ".join(told.stderr.split())
    assert not (here / "data" / "processed" / "00" / "2018-2024").exists()
