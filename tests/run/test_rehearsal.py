"""``gsi sources --changes``: what a run would say, before it says it."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from runs import checkout, gsi

from gsi.analysis.flips import REPEATED, TOLD, flips

SECTIONS = Path("data", "processed", "00", "2018-2024", "sections")


def content(root: Path) -> dict[str, bytes]:
    """Results and reports; what is prepared aside."""
    found = {}
    for folder in (root / "data" / "processed", root / "reports"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "_base" not in path.parts:
                found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def test_every_table_of_verdicts_is_compared_or_says_again_what_another_does(
    example: Path,
) -> None:
    import pandas as pd

    verdicts = re.compile(r"verdict|estado|^state|status|tendencia|certeza|alert")
    compared = {(told.section, told.table) for told in TOLD}
    forgotten, there = set(), set()
    for path in sorted((example / SECTIONS).glob("*.parquet")):
        section, table, _ = path.name.split(".")
        columns = list(pd.read_parquet(path).columns)
        there.add((section, table))
        if any(map(verdicts.search, columns)):
            forgotten.add((section, table))
        for told in TOLD:
            if (told.section, told.table) == (section, table):
                wanted = {*told.key, *told.name, *filter(None, [told.verdict])}
                assert wanted <= set(columns), (section, table)
    assert forgotten - compared - REPEATED == set()
    # What the example has none of: what was frozen, and figures of one municipality alone.
    assert compared - there <= {("change", "revisions"), ("information", "living")}


def worse(root: Path) -> tuple[str, str]:
    """The department's net coverage of the follow-up falls to a third."""
    path = root / "data" / "raw" / "ejemplo" / "indicadores.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    changed = [
        row
        for row in rows
        if row["indicador"] == "cobertura_neta_media" and row["periodo"] == "2024"
        and row["municipio"].startswith("00")
    ]  # fmt: skip
    for row in changed:
        for name in ("valor", "numerador"):
            if row[name]:
                row[name] = str(round(float(row[name]) / 3, 2 if name == "valor" else 0))
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.DictWriter(file, list(rows[0]))
        write.writeheader()
        write.writerows(rows)
    return path.name, str(len(changed))


@pytest.fixture
def mine(example: Path, tmp_path: Path) -> Path:
    """The example's checkout and its run, to change."""
    root = tmp_path / "mía"
    shutil.copytree(example, root)
    return root


@pytest.mark.slow
def test_what_would_be_told_otherwise_is_what_the_run_then_tells(mine: Path) -> None:
    before = mine.parent / "antes"
    shutil.copytree(mine / SECTIONS, before)
    file, _ = worse(mine)
    left = content(mine)
    told = gsi(mine, "sources", "00", "--changes", COLUMNS="300")
    assert told.returncode == 0, told.stdout + told.stderr
    assert content(mine) == left  # nothing is published, nor kept
    assert f"Archivos que cambiaron: ejemplo/{file}." in told.stdout
    assert "Indicadores sociales" in told.stdout and "~" in told.stdout
    assert "No se publicó nada." in told.stdout
    assert gsi(mine, "run", "00", "--formats", "html").returncode == 0
    real = flips(before, mine / SECTIONS)
    assert real, "the change must flip something"
    lines = re.findall(r"(?m)^  (.*: .* → .*)$", told.stdout.partition("Lo que sería otro")[2])
    assert lines == [f"{flip.name}: {flip.before} → {flip.after}" for flip in real]
    stands = gsi(mine, "sources", "00", "--changes", COLUMNS="300")
    assert "Nada de lo que lee el informe cambió" in stands.stdout
    assert "Los archivos son los mismos." in stands.stdout


@pytest.mark.slow
def test_rows_that_are_not_kept_any_more_are_said(mine: Path) -> None:
    manifest = mine / "data" / "processed" / "00" / "2018-2024" / "manifest.json"
    found = json.loads(manifest.read_text("utf-8"))
    found["inputs"]["ejemplo/otro.csv"] = "0" * 64
    manifest.write_text(json.dumps(found), "utf-8")
    told = gsi(mine, "sources", "00", "--changes", COLUMNS="300")
    assert told.returncode == 0, told.stderr
    assert "Archivos que ya no están: ejemplo/otro.csv." in told.stdout
    assert "Las filas de entonces ya no se guardan" in told.stdout


def test_without_a_run_or_a_territory_it_is_a_mistake(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    for arguments, said in (
        (["00"], "00 Ejemplo todavía no tiene"),
        ([], "ningún territorio"),
    ):
        told = gsi(root, "sources", *arguments, "--changes", COLUMNS="300")
        assert told.returncode == 2
        assert said in told.stderr and "Traceback" not in told.stderr


def test_the_sources_of_the_example_are_nobody_s(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    assert "que es de ejemplo" in gsi(root, "sources", "00", COLUMNS="300").stderr
    every = gsi(root, "sources", COLUMNS="300")
    assert every.returncode == 0
    assert "plan-indicativo" in every.stdout and "no está" in every.stdout
