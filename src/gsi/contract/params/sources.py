"""The sources that the workbook knows how to ask for: ``params/sources.yml``.

What each is, who publishes it, under which licence, where it is and what it must look like, how
often it changes, which tables it fills. Those that nobody can download carry the steps to get them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, model_validator

from gsi.contract import tables
from gsi.contract.params import finding_of, read_yaml
from gsi.contract.params.base import Strict
from gsi.ground.errors import UserMistake

FILE = "sources.yml"
_HERE = {"127.0.0.1", "localhost"}


def _safe(address: str) -> str:
    parts = urlsplit(address)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    ):
        raise ValueError("debe ser una dirección https")
    return address


Web = Annotated[str, AfterValidator(_safe)]


class Limits(Strict):
    """How gently a publisher is asked: ``pause`` seconds between two requests, ``page`` rows in
    one, ``tries`` of a request, ``timeout`` seconds without an answer, ``patience``: the longest
    wait in seconds, whoever asks for it."""

    pause: float = Field(ge=0)
    page: int = Field(ge=1, le=50_000)
    tries: int = Field(ge=1, le=10)
    timeout: float = Field(gt=0)
    patience: float = Field(ge=0)


class Socrata(Strict):
    """A data set of a Socrata portal, asked for by its API.

    ``columns``: heading that is written → the field of the API, or those it may be called, the
    first that there is. Only these are asked for: no column of a person. ``where``: in SoQL;
    ``{department}`` is the two digits asked for, ``{plain}`` the same without the zero that some
    data sets take away. ``least``: fewer rows are not the data set.
    """

    how: Literal["socrata"]
    dataset: str = Field(pattern=r"^[a-z0-9]{4}-[a-z0-9]{4}$")
    columns: dict[str, tuple[str, ...]] = Field(min_length=1)
    where: str | None = None
    least: int = Field(ge=1)


def asked_for(where: str | None, department: str) -> str:
    """A condition for a department; empty where there is none."""
    return (where or "").format(department=department, plain=str(int(department)))


class Address(Strict):
    """A file at an address. ``least``: the fewest bytes that it can have. What else it must look
    like its reader knows."""

    how: Literal["file"]
    address: Web
    least: int = Field(ge=1)


class Service(Strict):
    """A layer of an ArcGIS service, as GeoJSON. ``code``: the property with the municipality's
    code, compared without case; ``where``: which polygons, as in :class:`Socrata`; ``least``: the
    fewest of them."""

    how: Literal["arcgis"]
    address: Web
    where: str | None = None
    code: str
    least: int = Field(ge=1)


class ByHand(Strict):
    """What cannot be downloaded by a program: the steps to get it."""

    how: Literal["by_hand"]
    steps: tuple[str, ...] = Field(min_length=1)
    login: bool = False


class Source(Strict):
    """A source; ``reader`` is that of the reader that takes it, which may take several.

    ``scope``: whether the file is the country's, the department's or the entity's own.
    ``file``: where it goes, below the input folder; ``{department}`` as in ``where``. ``size``: in
    bytes, about. ``holder``: who has it, for those who ask. ``fills``: tables; ``indicators``: of
    its reader's, where the reader takes several files; ``section``: of the reports, where what it
    gives is shown.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    reader: str
    publisher: str = Field(min_length=1)
    title: str = Field(min_length=1)
    holder: str = Field(min_length=1)
    page: Web
    licence: str = Field(min_length=1)
    licence_page: Web | None = None
    refresh: str = Field(min_length=1)
    scope: Literal["country", "department", "entity"]
    size: int | None = Field(default=None, ge=1)
    file: str | None = Field(default=None, pattern=r"^[a-z0-9_]+/[A-Za-z0-9_.{}-]+$")
    fills: tuple[str, ...] = Field(min_length=1)
    indicators: tuple[str, ...] = ()
    section: str = Field(min_length=1)
    obtain: Socrata | Address | Service | ByHand = Field(discriminator="how")

    @property
    def fetched(self) -> bool:
        """Whether it can be downloaded."""
        return self.obtain.how != "by_hand"

    def path(self, department: str) -> str:
        """Where its file goes, below the input folder."""
        if self.file is None:
            raise ValueError(f"{self.id} is not downloaded")
        return self.file.format(department=department)

    @model_validator(mode="after")
    def _coherent(self) -> Source:
        problems = []
        strange = [name for name in self.fills if name not in tables.names()]
        if strange:
            problems.append(f"fills nombra tablas que no existen: {', '.join(strange)}")
        if self.fetched != (self.file is not None):
            problems.append("file va con lo que se descarga, y solo con ello")
        if self.fetched and self.size is None:
            problems.append("lo que se descarga dice su tamaño (size)")
        asked = getattr(self.obtain, "where", None)
        ours = "{department}" in (asked or ""), "{department}" in (self.file or "")
        if self.fetched and ours != ((self.scope == "department"),) * 2:
            problems.append("scope: department va con {department} en where y en file")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class Sources(Strict):
    """Every source, in the order in which they are asked for. ``portal``: of the data sets."""

    portal: Web
    limits: Limits
    sources: tuple[Source, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> Sources:
        for what in ("id", "file"):
            found = [getattr(source, what) for source in self.sources if getattr(source, what)]
            twice = sorted({name for name in found if found.count(name) > 1})
            if twice:
                raise ValueError(f"fuentes con el mismo {what}: {', '.join(twice)}")
        return self


def load_sources(folder: Path) -> Sources:
    """Read ``sources.yml``; :class:`UserMistake` with every finding at once."""
    document = read_yaml(folder / FILE)
    try:
        return Sources.model_validate(document)
    except ValidationError as error:
        raise UserMistake(
            [finding_of(f"params/{FILE}", dict(item), Source) for item in error.errors()]
        ) from None
