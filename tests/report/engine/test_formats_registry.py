"""A format of the reports is one entry of the registry, and nothing else knows the formats."""

from __future__ import annotations

import ast
import zipfile
from pathlib import Path

import pytest
import yaml
from documents import HEADER, TERRITORY, style_into
from paths import ROOT

from gsi.ground.errors import UserMistake
from gsi.report.engine.formats import FORMATS, OutputFormat
from gsi.report.engine.rendering import render


def test_a_new_format_is_one_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "proyecto"
    style_into(folder)
    (folder / "_territorio.yml").write_text(TERRITORY, encoding="utf-8")
    options = yaml.safe_load((folder / "_quarto.yml").read_text(encoding="utf-8"))
    options["format"]["epub"] = {"toc-depth": 1}
    (folder / "_quarto.yml").write_text(yaml.safe_dump(options, allow_unicode=True))
    (folder / "informe.qmd").write_text(HEADER + "# Uno\n\nLa frase única.\n", encoding="utf-8")
    with pytest.raises(UserMistake, match="epub"):
        render(folder, ["informe.qmd"], ["epub"], tmp_path / "antes", "embedded")
    entry = OutputFormat(quarto="epub", writer="epub3", draft="epub")
    monkeypatch.setitem(FORMATS, "epub", entry)
    (made,) = render(folder, ["informe.qmd"], ["epub"], tmp_path / "salida", "embedded")
    assert made.name == "informe.epub"
    with zipfile.ZipFile(made) as book:
        pages = [book.read(name).decode() for name in book.namelist() if name.endswith("xhtml")]
    assert any("La frase única." in page for page in pages)


def test_nothing_else_lists_the_formats() -> None:
    """A second list would have to be found when a format is added."""
    names = set(FORMATS)
    for path in sorted((ROOT / "src" / "gsi").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Tuple | ast.List | ast.Set):
                listed = {item.value for item in node.elts if isinstance(item, ast.Constant)}
            elif isinstance(node, ast.Dict):
                listed = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            else:
                continue
            assert path.name == "formats.py" or not names <= listed, path
