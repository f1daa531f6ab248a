"""What is imported without its costly part."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gsi.ground.imports import ADDRESSES, without


def test_a_module_is_absent_inside_and_back_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "costly_part.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with without("costly_part"):
        try:
            import costly_part
        except ImportError:
            found = False
        else:
            found = bool(costly_part)
    assert not found
    import costly_part

    with without("costly_part"):  # imported already: left as it is
        assert sys.modules["costly_part"] is costly_part


def test_the_validation_goes_without_the_grammar_of_addresses() -> None:
    code = (
        "import sys\n"
        "from importlib import import_module\n"
        "import_module('gsi.inputs.quality.validate')._context()\n"
        f"assert 'jsonschema' in sys.modules and {ADDRESSES!r} not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
