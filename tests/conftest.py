"""Where the official files and the independent results are, for the tests that need them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from paths import ROOT

# The same examples each time, however busy the machine: a test that failed once fails again.
settings.register_profile("gsi", deadline=None, derandomize=True)
settings.load_profile("gsi")


def _folder(variable: str, default: str) -> Path:
    folder = Path(os.environ.get(variable) or ROOT.parent / "shared" / default)
    if not folder.is_dir():
        pytest.skip(f"{variable} is not set and {default} is not beside the project")
    return folder


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With ``GSI_SKIP_IS_FAILURE`` a skipped test fails the run: there, everything must be had."""
    told = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GSI_SKIP_IS_FAILURE") and told and told.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The official files as published."""
    return _folder("GSI_REAL_DATA", "data")


@pytest.fixture(scope="session")
def real_management() -> Path:
    """The official files of management (plans, budgets, places) as published."""
    return _folder("GSI_REAL_MANAGEMENT", "gestion")


@pytest.fixture(scope="session")
def cases() -> Path:
    """Small inputs with a fault that people met, and what is right of each."""
    return _folder("GSI_CASES", "casos")


@pytest.fixture(scope="session")
def oracles() -> Path:
    """Independent results to test against."""
    return _folder("GSI_ORACLES", "oracles")


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The checkout under test."""
    return ROOT
