"""The command as a person types it: help in Spanish, one clear message a mistake, exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inputs.readers.made_files import DIVIPOLA
from paths import ROOT
from runs import checkout as copy_of
from runs import gsi


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of one's own, to damage."""
    return copy_of(tmp_path)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy for every order that must write nothing."""
    return copy_of(tmp_path_factory.mktemp("intacta"))


def outputs(root: Path) -> list[Path]:
    """Everything a run may leave, the prepared inputs aside."""
    left = [path for path in (root / "reports").rglob("*") if "_output" in path.parts]
    processed = root / "data" / "processed"
    if processed.is_dir():
        left += [path for path in processed.iterdir() if path.name != "_base"]
    return left


@pytest.mark.parametrize(
    "order",
    [
        [],
        ["run"],
        ["check"],
        ["status"],
        ["territories"],
        ["forms"],
        ["forms", "make"],
        ["forms", "check"],
        ["baseline"],
        ["baseline", "freeze"],
    ],
)
def test_help_is_in_spanish(order: list[str]) -> None:
    told = gsi(ROOT, *order, "--help")
    assert told.returncode == 0
    assert "Uso: gsi" in told.stdout
    for word in ("Usage", "Options", "OPTIONS", "COMMAND", "Commands", "Show this", "Arguments"):
        assert word not in told.stdout


def test_every_command_and_option_is_in_the_docs() -> None:
    from gsi.cli import cli

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    for name, command in orders(cli, "gsi"):
        assert name in text
        for parameter in command.params:
            if parameter.param_type_name == "option" and "--help" not in parameter.opts:
                assert any(option in text for option in parameter.opts), parameter.opts


def orders(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command below a group, with the words a person types."""
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from orders(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "73999"], ["73999", "DIVIPOLA"]),
        (["run", "00", "--raw", "no-existe"], ["--raw", "no-existe"]),
        (["run", "00", "--formats", "html,odt"], ["--formats", "odt"]),
        (["run", "00", "--baseline", "2024", "--follow-up", "2018"], ["posterior", "2024"]),
        (["run", "00", "--baseline", "18"], ["--baseline", "1985"]),
        (["run", "00", "--engine", "word"], ["--engine", "word"]),
        (["run", "00", "--jobs", "0"], ["--jobs"]),
        (["run", "00", "--formatos", "html"], ["No existe la opción"]),
        (["run"], ["Falta el argumento"]),
        (["corre"], ["No existe la orden"]),
        (["check", "atlantida"], ["atlantida"]),
        (["territories", "xyzw"], ["xyzw"]),
        (["forms", "00"], ["--to"]),
        (["forms", "73999", "--to", "formularios"], ["73999", "DIVIPOLA"]),
        (["forms", "--to", "params/defaults.yml", "00"], ["--to", "params/defaults.yml"]),
        (["forms", "check"], ["Falta el argumento"]),
        (
            ["forms", "check", "no-existe.xlsx", "params/defaults.yml"],
            ["no-existe.xlsx", "defaults.yml", "un formulario es un archivo"],
        ),
    ],
)
def test_mistakes_give_one_message_and_write_nothing(
    pristine: Path, arguments: list[str], words: list[str]
) -> None:
    told = gsi(pristine, *arguments)
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    for word in words:
        assert word in told.stderr
    assert outputs(pristine) == []


def test_a_parameter_file_with_an_unknown_key(checkout: Path) -> None:
    (checkout / "params" / "00.yml").write_text("years:\n  basline: 2019\n", encoding="utf-8")
    told = gsi(checkout, "run", "00")
    assert told.returncode == 2
    assert "params/00.yml, parámetro years.basline" in told.stderr
    assert "¿Quiso decir 'baseline'?" in told.stderr
    assert outputs(checkout) == []


def test_a_form_with_a_wrong_date_is_set_aside_and_told(checkout: Path) -> None:
    form = checkout / "data" / "raw" / "compromisos_extra.csv"
    form.write_text(
        "compromiso,municipio,instancia,sesion_fecha,descripcion,responsable,vence,estado\n"
        "X-1,00001,consejo,31/02/2024,Revisar,Salud,2024-12-31,pendiente\n"
        "X-2,00001,consejo,30/02/2024,Revisar,Salud,2024-12-31,pendiente\n",
        encoding="utf-8",
    )
    (checkout / "data" / "raw" / "acta.pdf").write_bytes(b"%PDF")
    words = ["compromisos_extra.csv", "filas 2 y 3", "31/02/2024", "30/02/2024", "dd/mm/aaaa"]
    told = gsi(checkout, "check", "00")
    assert told.returncode == 0, told.stderr
    assert all(word in told.stderr for word in words)
    assert told.stderr.count("debe ser una fecha que exista") == 1
    assert "acta.pdf: formato que el cuaderno no lee" in told.stdout
    page = (checkout / "reports" / "_output" / "00" / "calidad.html").read_text(encoding="utf-8")
    for word in ("compromisos_extra.csv", "filas 2 y 3", "dd/mm/aaaa", "acta.pdf"):
        assert word in page
    assert "31/02/2024" not in page  # a report shows no cell
    # Remembered: told by every order, read by none.
    again = gsi(checkout, "territories")
    assert again.returncode == 0
    assert all(word in again.stderr for word in words)


def test_strict_writes_nothing_where_a_file_has_mistakes(checkout: Path) -> None:
    good = gsi(checkout, "territories", "--strict")
    assert good.returncode == 0, good.stderr
    (checkout / "data" / "raw" / "libro.xlsx").write_bytes(b"not a workbook")
    told = gsi(checkout, "run", "00", "--strict")
    assert told.returncode == 2
    assert "libro.xlsx" in told.stderr
    assert "--strict" in told.stderr
    assert outputs(checkout) == []


def test_nothing_but_the_divipola_is_no_rule_that_holds(pristine: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    (raw / "compromisos.csv").write_text("compromiso,municipio,instancia\n", encoding="utf-8")
    told = gsi(pristine, "check", "Tolima", "--raw", str(raw), "--out", str(tmp_path / "salida"))
    assert told.returncode == 0, told.stderr
    assert "todas las reglas se cumplen" not in told.stdout
    assert "no se leyó información de este territorio" in told.stdout
    page = (tmp_path / "salida" / "73" / "calidad.html").read_text(encoding="utf-8")
    assert "Todas las reglas se cumplen" not in page


def test_inputs_without_divipola(pristine: Path, tmp_path: Path) -> None:
    told = gsi(pristine, "run", "73", "--raw", str(tmp_path))
    assert told.returncode == 2
    assert "DIVIPOLA" in told.stderr
    assert outputs(pristine) == []


def test_territories_lists_and_status_starts_empty(pristine: Path) -> None:
    listed = gsi(pristine, "territories")
    assert listed.returncode == 0
    assert "00001" in listed.stdout
    status = gsi(pristine, "status")
    assert status.returncode == 0
    assert "Todavía no hay informes" in status.stdout


def test_territories_reads_the_divipola_alone(pristine: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    # By its headings: the name says nothing.
    (raw / "codigos.csv").write_text(DIVIPOLA, encoding="utf-8")
    (raw / "libro.xlsx").write_bytes(b"not a workbook")
    base = pristine / "data" / "processed" / "_base"
    before = set(base.glob("[!.]*"))
    listed = gsi(pristine, "territories", "ataco", "--raw", str(raw))
    assert listed.returncode == 0, listed.stderr
    assert "73067" in listed.stdout
    assert "libro.xlsx" not in listed.stderr  # nobody opened it
    assert set(base.glob("[!.]*")) == before
    # Once prepared, the order tells what every other tells.
    out = str(tmp_path / "salida")
    assert gsi(pristine, "check", "73067", "--raw", str(raw), "--out", out).returncode == 0
    again = gsi(pristine, "territories", "ataco", "--raw", str(raw))
    assert "libro.xlsx" in again.stderr


def test_forms_are_made_filled_badly_and_checked(pristine: Path, tmp_path: Path) -> None:
    import openpyxl

    folder = tmp_path / "formularios"
    made = gsi(pristine, "forms", "00003", "--to", str(folder))
    assert made.returncode == 0, made.stderr
    assert len(list(folder.iterdir())) == 7
    form = folder / "00003-2-formacion.xlsx"
    book = openpyxl.load_workbook(form)
    assert "00003-01" in {cell.value for row in book["Listas"].iter_rows() for cell in row} | {
        cell.value
        for row in openpyxl.load_workbook(folder / "00003-1-territorio.xlsx")["Listas"].iter_rows()
        for cell in row
    }
    good = gsi(pristine, "forms", "check", str(form))
    assert good.returncode == 0, good.stderr
    assert "Por corregir: 0." in good.stdout
    book["Formación"]["B6"] = "F-1"
    book.save(form)
    told = gsi(pristine, "forms", "check", str(form))
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert "hoja Formación, fila 6, columna Nombre del curso" in told.stderr
    assert (folder / "00003-2-formacion.revisado.xlsx").is_file()
    assert outputs(pristine) == []


def test_forms_with_data_are_never_replaced_by_blank_ones(pristine: Path, tmp_path: Path) -> None:
    import openpyxl

    folder = tmp_path / "formularios"
    assert gsi(pristine, "forms", "00003", "--to", str(folder)).returncode == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert gsi(pristine, "forms", "00003", "--to", str(folder)).returncode == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    form = folder / "00003-2-formacion.xlsx"
    book = openpyxl.load_workbook(form)
    book["Formación"]["B6"] = "F-1"
    book.save(form)
    filled = form.read_bytes()
    told = gsi(pristine, "forms", "make", "00003", "--to", str(folder))
    assert told.returncode == 2
    assert "00003-2-formacion.xlsx" in told.stderr
    assert form.read_bytes() == filled


def test_marked_copies_are_not_checked_again(pristine: Path, tmp_path: Path) -> None:
    copy = tmp_path / "formacion.revisado.xlsx"
    copy.write_bytes(b"")
    told = gsi(pristine, "forms", "check", str(copy))
    assert told.returncode == 2
    assert "solo copias marcadas" in told.stderr
