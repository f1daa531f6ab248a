"""A file at an address, brought whole: what a cut left is gone on from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from gsi.ground.files import write_text
from gsi.inputs.fetch.client import Client, FetchFailed, Passing, page_instead

Told = Callable[[int, int | None], None]
"""How much there is, of how much."""


@dataclass(frozen=True)
class Mark:
    """What tells one version of a file at an address from another."""

    etag: str = ""
    modified: str = ""

    @classmethod
    def of(cls, response: httpx.Response) -> Mark:
        """As the server says it."""
        headers = response.headers
        return cls(headers.get("etag", ""), headers.get("last-modified", ""))

    @property
    def condition(self) -> str:
        """For ``If-Range``, which takes no weak tag."""
        strong = self.etag if not self.etag.startswith("W/") else ""
        return strong or self.modified

    def unchanged(self) -> dict[str, str]:
        """Headers that ask for the file only if it is another."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in found.items() if value}


def download(
    client: Client, address: str, part: Path, told: Told, known: Mark | None = None
) -> Mark | None:
    """Bring the file at ``address`` to ``part``; None where it is still the one ``known``.

    What is in ``part`` from before is gone on from, if the server still has that version.
    """

    def ask() -> Mark | None:
        begun = _begun(part, address)
        start = part.stat().st_size if begun else 0
        headers = {"Accept-Encoding": "identity"}
        if begun and start:
            headers |= {"Range": f"bytes={start}-", "If-Range": begun.condition}
        elif known is not None:
            headers |= known.unchanged()
        with client.stream(address, headers=headers, also=(206, 304, 416)) as response:
            if response.status_code == 304:
                return None
            mark = Mark.of(response)
            going_on = response.status_code == 206 and _from(response) == start and mark == begun
            if response.status_code != 200 and not going_on:
                _forget(part)
                raise Passing("el servidor no continuó la descarga donde quedó")
            if "text/html" in response.headers.get("content-type", ""):
                raise FetchFailed(page_instead(address))
            start = start if going_on else 0
            length = response.headers.get("content-length", "")
            total = start + int(length) if length.isdigit() else None
            _begin(part, address, mark)
            with part.open("ab" if going_on else "wb") as file:
                for chunk in response.iter_raw():
                    file.write(chunk)
                    start += len(chunk)
                    told(start, total)
        if total is not None and start != total:
            raise Passing(f"llegaron {start} de {total} bytes")
        return mark

    return client.tried(ask)


def _from(response: httpx.Response) -> int | None:
    """The first byte of a part of a file: ``Content-Range: bytes 500-999/1000``."""
    unit, _, span = response.headers.get("content-range", "").partition(" ")
    first = span.partition("-")[0]
    return int(first) if unit == "bytes" and first.isdigit() else None


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _begin(part: Path, address: str, mark: Mark) -> None:
    told = {"address": address, "etag": mark.etag, "modified": mark.modified}
    write_text(_note(part), json.dumps(told))


def _begun(part: Path, address: str) -> Mark | None:
    """The version that ``part`` is of; None where it is not known, or cannot be gone on from."""
    try:
        told: Mapping[str, str] = json.loads(_note(part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not part.is_file() or told.get("address") != address:
        return None
    mark = Mark(told.get("etag", ""), told.get("modified", ""))
    return mark if mark.condition else None


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)
