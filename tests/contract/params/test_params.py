"""Parameters: defaults, a territory's file over them, and mistakes told all at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from paths import ROOT

from gsi.contract import params
from gsi.ground.errors import UserMistake


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "params" / "defaults.yml", tmp_path)
    return tmp_path


def test_defaults_stand_alone(folder: Path) -> None:
    settings, overrides = params.load(folder, "73")
    assert settings.years.baseline < settings.years.follow_up
    assert overrides == []


def test_a_territory_overrides_and_the_difference_is_known(folder: Path) -> None:
    (folder / "73.yml").write_text("years:\n  baseline: 2020\ndisclosure:\n  threshold: 10\n")
    (folder / "73067.yml").write_text("years:\n  baseline: 2021\n")
    settings, overrides = params.load(folder, "73", "73067")
    assert settings.years.baseline == 2021
    assert [(change.path, change.default, change.value) for change in overrides] == [
        ("years.baseline", 2018, 2021)
    ]
    department, _ = params.load(folder, "73", "73")
    assert department.years.baseline == 2020


def test_every_mistake_is_told_at_once_in_spanish(folder: Path) -> None:
    (folder / "73.yml").write_text(
        "years:\n  basline: 2020\n  follow_up: dos mil\ndisclosure:\n  threshold: -1\nnuevo: 1\n"
    )
    with pytest.raises(UserMistake) as caught:
        params.load(folder, "73")
    text = str(caught.value)
    assert len(caught.value.findings) == 4
    assert caught.value.exit_code == 2
    assert "params/73.yml, parámetro years.basline: el parámetro no existe" in text
    assert "¿Quiso decir 'baseline'?" in text
    assert "debe ser un número entero" in text
    assert "mayor o igual que 0" in text
    assert "parámetro nuevo" in text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"years: [1", "YAML válido"),
        (b"- 1\n- 2\n", "nombre: valor"),
        ("años: 1".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read(folder: Path, content: bytes, words: str) -> None:
    (folder / "73.yml").write_bytes(content)
    with pytest.raises(UserMistake, match=words):
        params.load(folder, "73")


def test_an_empty_file_changes_nothing(folder: Path) -> None:
    (folder / "73.yml").write_text("# nada todavía\n")
    assert params.load(folder, "73")[1] == []


def test_every_parameter_is_explained_in_the_defaults() -> None:
    """Each top-level group and each leaf stands under or beside a comment that says what it is."""
    lines = (ROOT / "params" / "defaults.yml").read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if line and not line.startswith((" ", "#", "-")) and not before.startswith("#")
    ]
    assert bare == [], "group without a comment above it"


def test_an_override_says_what_it_changes(folder: Path) -> None:
    """Its comment in the defaults; one under the same comment as another shares it."""
    (folder / "73.yml").write_text("priority:\n  group_share: 0.3\n  possible: 0.4\n")
    _, overrides = params.load(folder, "73")
    said = {change.path: change.meaning for change in overrides}
    assert said["priority.group_share"].startswith("Parte de los municipios clasificables que")
    assert "está 'por confirmar'" in said["priority.possible"]
