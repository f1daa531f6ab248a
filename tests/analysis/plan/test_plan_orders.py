"""``gsi plan`` as a person types it, before any run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from paths import ROOT
from runs import gsi


def test_orders_without_a_plan_or_a_report_say_what_to_do(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copyfile(ROOT / "data/raw/ejemplo/divipola.csv", raw / "divipola.csv")
    root = tmp_path / "proyecto"
    for name in ("notebooks", "params", "expectations", "reports"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("_output"))
    told = gsi(root, "plan", "status", "00", "--raw", str(raw))
    assert told.returncode == 0 and "gsi plan propose 00" in told.stdout
    told = gsi(root, "plan", "propose", "00", "--raw", str(raw))
    assert told.returncode == 2 and "gsi run" in told.stderr
    told = gsi(root, "plan", "propose", "00", "--raw", str(raw), "--adjust")
    assert told.returncode == 2 and "debe haber uno adoptado" in told.stderr


@pytest.mark.parametrize("order", [[], ["propose"], ["adopt"], ["status"]])
def test_help_is_in_spanish(order: list[str]) -> None:
    told = gsi(ROOT, "plan", *order, "--help")
    assert told.returncode == 0 and "Uso: gsi plan" in told.stdout
    assert not any(word in told.stdout for word in ("Usage", "Options", "Commands", "Show this"))
