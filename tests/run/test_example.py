"""The main job, end to end: both reports in three formats, every part of the mission in them, the
same bytes again, a manifest. One file, so that one worker runs the example once."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from documents import pdf_pages
from headline_rules_plan import RULES
from headlines import Report, alter, problems
from paths import ROOT
from proposals import problems as wrong_proposals
from prose import faults_beside, faults_drawn, faults_of
from quarto_project import hold_against_quarto
from runs import checkout, gsi

from gsi.analysis.results import Section
from gsi.contract import tables
from gsi.contract.territory import Territory
from gsi.ground.files import sha256
from gsi.inputs import forms

REPORTS = [
    f"{name}.{ending}"
    for name in ("linea-base", "plan-de-accion")
    for ending in ("html", "pdf", "docx")
]
CUT = "2018-2024"
RESULTS = Path("data") / "processed" / "00" / CUT
# A department of which everything is reported has them all.
FIGURES = {"00": 30, "00001": 20}


def output(root: Path) -> Path:
    return root / "reports" / "_output" / "00" / CUT


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_both_reports_in_three_formats(example: Path) -> None:
    for name in REPORTS:
        assert (output(example) / name).stat().st_size > 10_000, name


def test_what_decides_fits_on_the_first_page(example: Path) -> None:
    first, second = pdf_pages(output(example) / "linea-base.pdf")[:2]
    assert "Lo que este consejo decide" in first
    assert "Cuánto se puede confiar" in first
    assert "Página 1 de" in first
    assert "se proponen en este orden" in " ".join(second.split())


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


@pytest.fixture(scope="module")
def municipality(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's checkout in which one of its municipalities has been run too."""
    root = shutil.copytree(example, tmp_path_factory.mktemp("municipio") / "copia")
    told = gsi(root, "run", "00001", "--formats", "html")
    assert told.returncode == 0, told.stderr
    return root


@pytest.mark.parametrize("name", ["linea-base", "plan-de-accion"])
@pytest.mark.parametrize("code", ["00", "00001"])
def test_nothing_is_written_as_no_one_would(municipality: Path, code: str, name: str) -> None:
    page = municipality / "reports" / "_output" / code / CUT / f"{name}.html"
    assert faults_of(page) == []
    assert faults_beside(page.parent) == []


@pytest.mark.parametrize("code", ["00", "00001"])
def test_no_figure_says_what_no_one_would(municipality: Path, code: str) -> None:
    """Of all of them: the words drawn, the titles and what is said of each picture."""
    figures = municipality / "data" / "processed" / code / CUT / "figures"
    page = municipality / "reports" / "_output" / code / CUT / "linea-base.html"
    assert len(list(figures.glob("*.png"))) >= FIGURES[code]
    assert faults_drawn(figures, page) == []


@pytest.mark.parametrize("name", ["linea-base", "plan-de-accion"])
@pytest.mark.parametrize("code", ["00", "00001"])
def test_every_number_of_a_headline_is_its_tables(municipality: Path, code: str, name: str) -> None:
    report = Report(municipality, code)
    assert problems(report, report.page(name), RULES) == []


@pytest.mark.parametrize("code", ["00", "00001"])
def test_every_proposed_action_holds_against_the_inputs(municipality: Path, code: str) -> None:
    assert wrong_proposals(Report(municipality, code)) == []


@pytest.mark.parametrize("name", ["linea-base", "plan-de-accion"])
def test_one_altered_digit_of_a_headline_is_found(example: Path, name: str) -> None:
    report = Report(example, "00")
    page = report.page(name)
    altered = [alter(page, seed) for seed in range(20)]
    assert len({sentence for _, sentence in altered}) >= 15
    assert [said for other, said in altered if not problems(report, other, RULES)] == []


def test_a_headline_number_without_a_rule_is_found(example: Path) -> None:
    report = Report(example, "00")
    page = report.page("linea-base")
    new = page.replace("<strong>Cinco hechos</strong>", "Hechos nuevos: 3.456", 1)
    assert new != page
    assert problems(report, new, RULES) == [
        "headline number without a rule: '3.456' in Hechos nuevos: 3.456"
    ]


def test_the_staged_projects_hold_against_quarto(
    example: Path, municipality: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A department's and a municipality's, with all their facts and parts."""
    hold_against_quarto(example / RESULTS / "informe", tmp_path / "00", monkeypatch)
    staged = municipality / "data" / "processed" / "00001" / "2018-2024" / "informe"
    hold_against_quarto(staged, tmp_path / "00001", monkeypatch)


def test_status_says_what_is_stale_and_why(example: Path, tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "copia"
    shutil.copytree(example, root)
    assert "al día" in gsi(root, "status").stdout
    path = root / "data" / "raw" / "ejemplo" / "divipola.csv"
    path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
    assert "al día" in gsi(root, "status").stdout, "an empty line is no row"
    path.write_text(path.read_text("utf-8").replace("-80.0131", "-80.0132"), encoding="utf-8")
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
    assert told.stderr.count("ZeroDivisionError") == 1
    assert "Con error: 1 (00)." in told.stdout
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
    # The page of the order belongs to no cut.
    assert (output(root).parent / "calidad.html").is_file()


# mission row → (report, anchor of its section, words that only a filled section shows)
ROWS = {
    "F2 decisions": ("linea-base", "sec-decisiones", r"Sustento|Evidencia"),
    "F2 commitments": ("linea-base", "sec-gobierno", r"vencid"),
    "F3": ("linea-base", "sec-inversion", r"\$"),
    "F4": ("linea-base", "fig-concept-map", r"."),
    "C1": ("linea-base", "sec-territorios", r"probabilidad|prioritari"),
    "C2": ("linea-base", "sec-poblaciones", r"0 a 17"),
    "C3": ("linea-base", "sec-derechos", r"Ciudadanía"),
    "C4": ("linea-base", "sec-escenarios", r"cupos"),
    "C5": ("linea-base", "sec-lectura", r"votos"),
    "C6": ("linea-base", "sec-pagina", r"Producto del cruce de distintas variables sociales"),
    "K1": ("linea-base", "sec-clave1", r"ICV"),
    "K2": ("linea-base", "sec-clave2", r"cursos|Cursos"),
    "K3": ("linea-base", "sec-clave3", r"ruta|Ruta"),
    "K4": ("linea-base", "sec-clave4", r"jornadas"),
    "K5": ("linea-base", "sec-clave5", r"condici"),
    "P1": ("linea-base", "sec-linea-base", r"Fuente"),
    "P2 follow-up": ("plan-de-accion", "sec-seguimiento", r"avance|Avance"),
    "P2 change": ("plan-de-accion", "sec-no-comparable", r"no comparable"),
}


def text_of(page: str) -> str:
    body = re.sub(r"<style.*?</style>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_mission_is_filled_for_the_example(example: Path, row: str) -> None:
    report, anchor, words = ROWS[row]
    page = (example / "reports" / "_output" / "00" / CUT / f"{report}.html").read_text(
        encoding="utf-8"
    )
    start = page.find(f'id="{anchor}"')
    assert start > 0, f"{row}: no {anchor}"
    level = re.match(r'[^>]*class="level(\d)"', page[start:])
    ends = [page.find(f"<h{n}", start + 400) for n in range(1, int(level[1]) + 1 if level else 7)]
    end = min((place for place in ends if place > 0), default=len(page))
    assert re.search(words, text_of(page[start:end])), row


def test_a_municipality_without_enough_data_is_named_in_the_text(example: Path) -> None:
    import pandas as pd

    ranking = pd.read_parquet(example / RESULTS / "sections" / "priority.ranking.parquet")
    apart = ranking.loc[ranking["status"] == "no clasificable", "name"].tolist()
    assert len(apart) == 1
    page = text_of((output(example) / "linea-base.html").read_text(encoding="utf-8"))
    assert f"Municipios sin datos suficientes: 1 ({apart[0]}). No clasificar no quiere" in page


def test_the_example_says_it_is_fictional(example: Path) -> None:
    for name in ("linea-base", "plan-de-accion"):
        page = (example / "reports" / "_output" / "00" / CUT / f"{name}.html").read_text("utf-8")
        assert "ficticios" in text_of(page)[:1500]


def test_no_request_leaves_the_page(example: Path) -> None:
    for path in (example / "reports" / "_output" / "00" / CUT).glob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href)=["'](https?:)?//""", page), path.name
        assert "<script" not in page


def test_propose_edit_adopt_and_follow_up(example: Path, tmp_path: Path) -> None:
    after_run = shutil.copytree(example, tmp_path / "proyecto", symlinks=True)
    form = tmp_path / "plan.xlsx"
    told = gsi(after_run, "plan", "propose", "Ejemplo", "--to", str(form))
    assert told.returncode == 0 and "Acciones" not in told.stderr, told.stderr
    rows = forms.read(form)["plan_accion"]
    section = Section.load(after_run / "data/processed/00/2018-2024/sections", "proposal")
    proposed = section.tables["actions"].data
    assert rows["accion"].tolist()[:2] == ["A01", "A02"]
    assert rows["indicador"].tolist()[14:] == proposed["outcome"].tolist()
    assert rows["linea_base"].tolist()[14:] == pytest.approx(
        proposed["baseline"].astype(float).round(2).tolist(), nan_ok=True
    )

    told = gsi(after_run, "plan", "adopt", str(form))
    assert told.returncode == 2 and "Traceback" not in told.stderr
    missing = sum("Presupuesto" in line for line in told.stderr.splitlines())
    assert missing == len(proposed) and "acta en que el consejo" in told.stderr
    assert not (after_run / "data/raw/planes").exists()

    rows = rows.iloc[:14].assign(fecha_adopcion=pd.Timestamp("2025-02-10"), acta="Acta 2")
    rows.loc[0, ["responsable", "motivo_ajuste"]] = ["Planeación", "Cambió quien responde."]
    place = Territory("00", "Ejemplo", "department", "00", "Ejemplo")
    forms.write_form(
        form, {"plan_accion": tables.conform("plan_accion", rows)},
        forms.Place.of(place, [place], ()), title="Plan", example=False,
    )  # fmt: skip
    told = gsi(after_run, "plan", "adopt", str(form))
    assert told.returncode == 0, told.stderr
    assert "versión 3" in told.stdout and "Cambió quien responde." in told.stdout
    assert (after_run / "data/raw/planes/plan-de-accion-00-v03.xlsx").is_file()

    told = gsi(after_run, "plan", "status", "00", "--follow-up", "2025")
    assert told.returncode == 0, told.stderr
    for words in ("10 de febrero de 2025", "Acta 05 de 2024", "dinero sin avance", "71,3"):
        assert words in told.stdout
    told = gsi(after_run, "status")
    assert "desactualizado" in told.stdout and "plan-de-accion-00-v03.xlsx" in told.stdout
