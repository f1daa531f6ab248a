"""A checkout of one's own, whose sources are all on this machine, and a guard against others."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT

from gsi.contract.params.sources import Sources, load_sources
from gsi.ground.project import Project

from .publishers import Publishers, serving


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine that is asked for fails the test."""
    connect, look = socket.socket.connect, socket.getaddrinfo

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test asked for {address[0]}")
        connect(self, address)

    def looked(host: Any, *args: Any, **options: Any) -> Any:
        if host not in {"127.0.0.1", "::1", "localhost", b"127.0.0.1", None}:
            raise AssertionError(f"a test looked for {host}")
        return look(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", looked)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("GSI_SOCRATA_TOKEN", raising=False)


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Publishers]:
    """The publishers, with nothing published yet."""
    folder = tmp_path / "servidor"
    folder.mkdir()
    with serving(folder) as found:
        yield found


@pytest.fixture
def project(tmp_path: Path, published: Publishers, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A checkout without input files; each of its sources at ``<publishers>/<its host>/…``."""
    root = tmp_path / "proyecto"
    for name in ("expectations", "params"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("notebooks", "reports"):
        (root / name).mkdir()
    (root / "data" / "raw").mkdir(parents=True)
    settle(root, published.base)
    monkeypatch.setenv("GSI_PROJECT", str(root))
    return Project.find()


def settle(root: Path, base: str) -> None:
    """Write the sources of a checkout as they are, at another place, to be asked in a hurry."""
    text = (ROOT / "params" / "sources.yml").read_text(encoding="utf-8")
    text = re.sub(r"(portal|address): https://", rf"\1: {base}/", text)
    for name, value in (("pause", 0), ("page", 500), ("tries", 3), ("timeout", 8), ("patience", 2)):
        text = re.sub(rf"(?m)^  {name}: .*$", f"  {name}: {value}", text)
    text = re.sub(r"least: \d{5,}", "least: 1000", text)  # bytes: what is made for a test is small
    (root / "params" / "sources.yml").write_text(text, encoding="utf-8")


@pytest.fixture
def sources(project: Project) -> Sources:
    """What the checkout declares."""
    return load_sources(project.params)
