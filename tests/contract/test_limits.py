"""What a department's own catalogue says an indicator can be holds for its figures."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from paths import ROOT

from gsi.contract import limits
from gsi.contract.tables import conform
from gsi.ground.errors import UserMistake
from gsi.ground.project import Project
from gsi.inputs import forms, quality, store

OWN = """
indicators:
  - {id: huertas, name: Uno, right: desarrollo, objective: todos_jugando, group: infancia,
     unit: "casos", direction: higher, source: Alcaldía, series: propia, years: "2024",
     bounds: [0, 40]}
"""
FORM = "municipio,indicador,periodo,valor,area,serie\n{code},huertas,2024,{value},total,propia\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose department 73 declares an indicator of its own."""
    for name in ("params", "expectations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "params" / "indicators-73.yml").write_text(OWN, encoding="utf-8")
    (tmp_path / "raw").mkdir()
    monkeypatch.setenv("GSI_PROJECT", str(tmp_path))
    return Project(tmp_path, tmp_path / "raw", tmp_path / "processed", tmp_path / "out")


def test_the_bounds_are_of_the_department_that_wrote_them(project: Project) -> None:
    assert limits.of("huertas", "73067") == limits.of("huertas", "73") == (0, 40)
    assert limits.of("ipm_censo", "73067") == (0, 100)
    assert limits.of("huertas", "05001") == limits.of("huertas") == limits.ANY


@pytest.mark.parametrize(("code", "wrong"), [("73067", True), ("05001", False)])
def test_a_form_and_the_rules_of_quality_hold_it(project: Project, code: str, wrong: bool) -> None:
    path = project.raw / "indicadores.csv"
    path.write_text(FORM.format(code=code, value=41), encoding="utf-8")
    if wrong:
        with pytest.raises(UserMistake, match="debe estar entre 0 y 40"):
            forms.read(path)
    else:
        assert forms.read(path)["indicadores"]["valor"].tolist() == [41]
    rows = pd.DataFrame(
        [{"municipio": code, "indicador": "huertas", "periodo": 2024, "valor": 41.0,
          "area": "total", "serie": "propia", "fuente": "formulario:x"}]
    )  # fmt: skip
    found = quality.validate({"indicadores": conform("indicadores", rows)}).failed()
    beyond = [verdict for verdict in found if verdict.column == "fuera_de_limites"]
    assert bool(beyond) == wrong


def test_the_prepared_tables_hang_on_every_catalogue(project: Project) -> None:
    before = store._key(project, {})
    path = project.params / "indicators-73.yml"
    path.write_text(OWN.replace("40", "50"), encoding="utf-8")
    assert store._key(project, {}) != before
