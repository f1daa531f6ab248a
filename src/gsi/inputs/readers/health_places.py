"""Institutions of health in the REPS (MinSalud): lists of IPS, and of the sites of providers.

The first five digits of a site's code, with the zero that spreadsheets take away, are its
municipality; names fail in a quarter of the rows. Natural persons are never read: «Profesional
Independiente», and whoever is identified by a personal document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gsi.ground import frames
from gsi.ground.locale import fold
from gsi.inputs.readers import grids
from gsi.inputs.readers.peek import Peek, kind_of, peek
from gsi.inputs.readers.plans import said
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part, set_aside

SOURCE = "minsalud_reps"
_CUT = re.compile(r"([a-z]{3})\w*\s+(\d{1,2})\s+(20\d\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPANISH = {"ene": "jan", "abr": "apr", "ago": "aug", "dic": "dec"}
_ISO = re.compile(r"(20\d\d)-(\d{2})-(\d{2})")
# What says that a row is of a person: the class of provider, a personal document, the kind.
_PERSON = {
    "clase": ".*independiente.*",
    "documento": "cc|ce|ti|pa|pt|pe|rc",
    "persona": "natural.*",
}


@dataclass(frozen=True)
class Layout:
    """A list's columns: own name → published headings, any of them. ``digits``: of a site's code
    with its zero. ``optional``: those that tell a person from an institution, or a provider."""

    digits: int
    columns: Mapping[str, tuple[str, ...]]
    optional: Mapping[str, tuple[str, ...]]


LAYOUTS = (
    Layout(  # sites of providers, datos.gov.co c36g-9fc2
        12,
        {
            "codigo": ("codigohabilitacionsede",),
            "nombre": ("nombresede",),
            "entidad": ("nombreprestador",),
            "proveedor": ("codigoprestador",),
            "naturaleza": ("naturalezajuridica",),
            "clase": ("claseprestador", "claseprestadordesc"),
            "corte": ("fechacorte", "fecha corte reps"),
        },
        {"documento": ("tipoid", "tipoidentificacion"), "municipio": ("municipiosede",)},
    ),
    Layout(  # IPS by level of complexity, datos.gov.co ugc5-acjp
        10,
        {
            "codigo": ("codigo habilitacion",),
            "nombre": ("nombre prestador",),
            "naturaleza": ("naju nombre",),
            "clase": ("clpr nombre",),
            "corte": ("fecha corte reps",),
        },
        {"persona": ("clase persona",), "documento": ("tido codigo",)},
    ),
    Layout(  # IPS with the code of their municipality
        10,
        {
            "codigo": ("codigohabilitacion",),
            "nombre": ("nombre",),
            "naturaleza": ("najunombre",),
            "municipio": ("idmpio",),
            "corte": ("fecha corte reps",),
        },
        {"documento": ("tipoid", "tido codigo")},
    ),
)


def _layout(seen: Peek) -> Layout | None:
    headings = [set(row) for rows in seen.sheets.values() for row in rows]
    return next(
        (
            layout
            for layout in LAYOUTS
            if any(
                all(labels & {label(one) for one in names} for names in layout.columns.values())
                for labels in headings
            )
        ),
        None,
    )


def claims(seen: Peek) -> bool:
    """The columns of one of the lists."""
    return _layout(seen) is not None


def read(path: Path) -> tuple[Part, ...]:
    """Tables ``escenarios`` (a site) and ``actores`` (a provider)."""
    problems = Problems(path.name)
    kind = kind_of(path)
    layout = _layout(peek(path, kind)) if kind else None
    if layout is None:
        raise grids.unreadable(path, "lista del REPS")
    raw = grids.table(path, problems, *layout.columns.values())
    labels = [label(name) for name in raw.columns]
    data = pd.DataFrame(index=raw.index)
    for name, names in {**layout.columns, **layout.optional}.items():
        at = next((labels.index(label(one)) for one in names if label(one) in labels), None)
        if at is not None:
            data[name] = frames.each(raw.iloc[:, at], said)
    person = _persons(data)
    data["codigo"] = data["codigo"].str.zfill(layout.digits)
    coded = data["codigo"].str.fullmatch(rf"\d{{{layout.digits}}}").fillna(False).astype(bool)
    place = data["codigo"].str[:5].where(coded)
    told = data["municipio"].str.zfill(5) if "municipio" in data else place
    elsewhere = coded & told.notna() & (told != place)
    cuts = {text: _cut(text) for text in data["corte"].dropna().unique()}
    for text in [text for text, cut in cuts.items() if cut is None]:
        problems.add("debe traer la fecha de corte del REPS", text)
    if not cuts:
        problems.add("debe traer la fecha de corte del REPS", "vacía")
    problems.stop()
    keep = coded & ~person & ~elsewhere & data["nombre"].notna() & data["corte"].notna()
    kept = data[keep].assign(municipio=place[keep]).drop_duplicates("codigo")
    kept = kept.sort_values("codigo", ignore_index=True)
    kept["fecha"] = pd.to_datetime(kept["corte"].map(cuts))
    nota = "Corte del REPS: " + kept["fecha"].dt.strftime("%Y-%m-%d") + "."
    owner = kept["entidad"] if "entidad" in kept else kept["nombre"]
    places = pd.DataFrame(
        {
            "escenario": "reps-" + kept["codigo"],
            "nombre": kept["nombre"],
            "tipo": "ips",
            "municipio": kept["municipio"],
            "entidad": owner.fillna(kept["nombre"]),
            "periodo": kept["fecha"].dt.year,
            "origen": SOURCE,
            "nota": nota,
        }
    )
    years = tuple(sorted(int(year) for year in places["periodo"].unique()))
    aside = set_aside(
        [
            ("Personas naturales: no se leen", int(person.sum())),
            ("Código de habilitación que no lo es", int((~coded & ~person).sum())),
            ("Municipio distinto del que dice el código de la sede", int((elsewhere
                                                                         & ~person).sum())),
        ]
    )  # fmt: skip
    notes = tuple(sorted(set(nota)))
    actors = _actors(kept, owner, nota)
    return (
        Part("escenarios", places, len(raw), len(places), aside, years, notes),
        Part("actores", actors, len(raw), len(places), aside, years, notes),
    )


def _persons(data: pd.DataFrame) -> pd.Series:
    """Rows of natural persons, by class, document or kind of person."""
    found = pd.Series(False, index=data.index)
    for name, says in _PERSON.items():
        if name in data:
            words = data[name].map(lambda text: fold(str(text)), na_action="ignore")
            found |= words.str.fullmatch(says).fillna(False).astype(bool)
    return found


def _actors(kept: pd.DataFrame, owner: pd.Series, nota: pd.Series) -> pd.DataFrame:
    code = kept["proveedor"].str.zfill(10) if "proveedor" in kept else kept["codigo"]
    kind = frames.each(kept["naturaleza"], lambda text: "entidad" if fold(str(text)) == "publica"
                else "privado")  # fmt: skip
    rows = pd.DataFrame(
        {
            "actor": "reps-" + code,
            "nombre": owner.fillna(kept["nombre"]),
            "tipo": kind,
            "sector": "salud",
            "municipio": kept["municipio"],
            "origen": SOURCE,
            "nota": nota,
        }
    )
    # A provider's sites in other municipalities are of the provider there.
    rows["actor"] = rows["actor"] + "-" + rows["municipio"]
    return rows.drop_duplicates("actor", ignore_index=True)


def _cut(text: str) -> pd.Timestamp | None:
    """``Fecha corte REPS: Mar 6 2021 9:12PM`` → that day."""
    plain = fold(text)
    iso, words = _ISO.search(plain), _CUT.search(plain)
    try:
        if iso:
            return pd.Timestamp(int(iso[1]), int(iso[2]), int(iso[3]))
        if words:
            month = _MONTHS.index(_SPANISH.get(words[1], words[1])) + 1
            return pd.Timestamp(int(words[3]), month, int(words[2]))
    except ValueError:
        return None
    return None


READER = Reader(
    source=SOURCE,
    publisher="Ministerio de Salud y Protección Social (REPS)",
    title="Instituciones prestadoras de servicios de salud y sus sedes, REPS",
    kinds=("csv", "xlsx", "xls"),
    name=re.compile(r"\breps\b|ugc5 acjp|c36g 9fc2"),
    contents="el código de habilitación, el nombre, la naturaleza jurídica y la fecha de corte",
    claims=claims,
    read=read,
)
