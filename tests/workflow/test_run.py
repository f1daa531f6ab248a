"""The main job, end to end: both reports in three formats, the same bytes again, a manifest."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from paths import ROOT
from runs import checkout, gsi

from gsi.files import sha256

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("example")]
REPORTS = [
    f"{name}.{ending}"
    for name in ("linea-base", "plan-de-accion")
    for ending in ("html", "pdf", "docx")
]
RESULTS = Path("data") / "processed" / "00" / "2018-2024"


def output(root: Path) -> Path:
    return root / "reports" / "_output" / "00"


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_both_reports_in_three_formats(example: Path) -> None:
    for name in REPORTS:
        assert (output(example) / name).stat().st_size > 10_000, name


def test_a_second_run_elsewhere_gives_the_same_bytes(example: Path, tmp_path: Path) -> None:
    other = checkout(tmp_path / "otra carpeta")
    told = gsi(other, "run", "00", "--jobs", "1", PYTHONHASHSEED="7")
    assert told.returncode == 0, told.stderr
    first, second = content(output(example)), content(output(other))
    assert [name for name in first if first[name] != second.get(name)] == []
    assert first.keys() == second.keys()
    first, second = content(example / RESULTS), content(other / RESULTS)
    assert [name for name in first if first[name] != second.get(name)] == []
    assert first.keys() == second.keys()


def test_no_machine_path_in_any_result(example: Path) -> None:
    wanted = [str(example).encode(), str(ROOT).encode()]
    for folder in (output(example), example / RESULTS):
        for name, data in content(folder).items():
            assert not any(path in data for path in wanted), name


def test_executed_notebooks_say_nothing_on_the_error_stream(example: Path) -> None:
    paths = sorted((example / RESULTS / "notebooks").glob("*.ipynb"))
    assert len(paths) == 9
    for path in paths:
        for cell in nbformat.read(path, as_version=4).cells:
            for item in cell.get("outputs", []):
                assert item.get("name") != "stderr", f"{path.name}: {item['text'][:300]}"


def test_the_manifest_holds_what_anyone_can_check(example: Path) -> None:
    manifest = json.loads((example / RESULTS / "manifest.json").read_text(encoding="utf-8"))
    for name, value in manifest["outputs"].items():
        assert sha256(output(example) / name) == value
    for name, value in manifest["results"].items():
        assert sha256(example / RESULTS / name) == value
    for name, value in manifest["inputs"].items():
        assert sha256(example / "data" / "raw" / name) == value
    for name, value in manifest["notebooks"].items():
        assert sha256(example / "notebooks" / name) == value
    assert set(manifest["outputs"]) >= set(REPORTS)
    assert manifest["libraries"]["pandas"]
    assert manifest["parameters"]["years"] == {"baseline": 2018, "follow_up": 2024}
    assert manifest["engine"]


def test_status_says_what_is_stale_and_why(example: Path, tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "copia"
    shutil.copytree(example, root)
    assert "al día" in gsi(root, "status").stdout
    with (root / "data" / "raw" / "ejemplo" / "divipola.csv").open("a") as stream:
        stream.write("\n")
    assert "datos de entrada distintos" in " ".join(gsi(root, "status").stdout.split())
    (output(root) / "linea-base.pdf").unlink()
    assert "linea-base.pdf" in " ".join(gsi(root, "status").stdout.split())


def test_run_all_in_jupyter_gives_the_same_results(example: Path, tmp_path: Path) -> None:
    """Each notebook as committed, without Papermill, in the order of its number."""
    import os

    from nbclient import NotebookClient

    root = checkout(tmp_path / "jupyter")
    os.environ["GSI_PROJECT"] = str(root)
    try:
        for path in sorted((root / "notebooks").glob("[0-9]*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            NotebookClient(
                notebook,
                kernel_name="python3",
                resources={"metadata": {"path": str(root / "notebooks")}},
                extra_arguments=["--IPKernelApp.log_level=50"],
            ).execute()
    finally:
        del os.environ["GSI_PROJECT"]
    here, there = content(root / RESULTS), content(example / RESULTS)
    kept = {name for name in there if not name.startswith(("notebooks/", "informe/"))}
    kept -= {"manifest.json", "attachments/calidad.html"}
    assert kept == set(here)
    assert [name for name in sorted(kept) if here[name] != there[name]] == []


def test_a_failed_territory_keeps_the_last_good_report(example: Path, tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "copia"
    shutil.copytree(example, root)
    before = content(output(root))
    path = root / "notebooks" / "07_linea_base.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("1 / 0", id="falla"))
    nbformat.write(notebook, path)
    told = gsi(root, "run", "00")
    assert told.returncode == 1
    assert "07_linea_base.ipynb" in told.stderr
    assert "ZeroDivisionError" in told.stderr
    assert "Traceback" not in told.stderr
    assert content(output(root)) == before
    kept = root / RESULTS.with_name(RESULTS.name + ".fallida")
    assert (kept / "07_linea_base.ipynb").is_file()
    hidden = [path for path in (root / RESULTS).parent.iterdir() if path.name.startswith(".")]
    assert hidden == []


def test_critical_data_stops_a_territory_with_its_reason(tmp_path: Path) -> None:
    root = checkout(tmp_path / "critica")
    path = root / "data" / "raw" / "ejemplo" / "poblacion.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    told = gsi(root, "run", "00")
    assert told.returncode == 1
    assert re.search(r"poblaci[oó]n", told.stderr)
    assert not output(root).exists()
    checked = gsi(root, "check", "00")
    assert checked.returncode == 1
    assert (output(root) / "calidad.html").is_file()
