"""From what a person types to a territory: a DIVIPOLA code or a name, accents and case ignored."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

import pandas as pd

from gsi.contract.divipola import MUNICIPALITY
from gsi.contract.territory import Territory
from gsi.contract.vocabulary import Level
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.locale import fold

LOWER = {"de", "del", "la", "las", "los", "el", "y", "e", "en"}
CANDIDATES = 12


def proper_name(name: str) -> str:
    """``SAN JOSÉ DEL FRAGUA`` → ``San José del Fragua``; mixed case is left as it came."""
    if name != name.upper():
        return name
    words = [
        word.lower() if position and word.lower() in LOWER else _capital(word)
        for position, word in enumerate(name.split())
    ]
    return " ".join(words)


def _capital(word: str) -> str:
    if re.fullmatch(r"([^\W\d_]\.)+", word):  # D.C.
        return word
    return re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), word)


class Territories:
    """The territories named in the DIVIPOLA table of a set of inputs."""

    def __init__(self, divipola: pd.DataFrame) -> None:
        """``divipola``: municipio, nombre, departamento, nombre_departamento, tipo; str. Without a
        ``tipo`` a place is a municipality."""
        self._all: dict[str, Territory] = {}
        ordered = divipola.sort_values("municipio")
        columns = ["municipio", "nombre", "departamento", "nombre_departamento", "tipo"]
        rows = ordered.reindex(columns=columns).fillna({"tipo": MUNICIPALITY})
        for code, name, department, department_name, kind in rows.itertuples(index=False):
            owner = proper_name(department_name)
            self._all.setdefault(
                department, Territory(department, owner, Level.DEPARTMENT, department, owner)
            )
            self._all[code] = Territory(
                code, proper_name(name), Level.MUNICIPALITY, department, owner, kind
            )

    def __iter__(self) -> Iterator[Territory]:
        return iter(sorted(self._all.values(), key=lambda place: place.code))

    def municipalities(self, department: str) -> list[Territory]:
        """The department's municipalities by code."""
        return [
            place
            for code, place in sorted(self._all.items())
            if not place.is_department and place.department == department
        ]

    def search(self, text: str) -> list[Territory]:
        """Territories whose code starts with ``text`` or whose name contains it."""
        wanted = fold(text)
        return [
            place
            for code, place in sorted(self._all.items())
            if code.startswith(wanted) or wanted in fold(_full(place))
        ]

    def resolve(self, text: str) -> Territory:
        """The one territory meant; :class:`UserMistake` lists the candidates otherwise.

        A code must exist. A name must equal one territory's name; 'Armenia, Quindío' tells two
        municipalities of one name apart.
        """
        wanted = fold(text)
        if re.fullmatch(r"\d+", wanted):
            if wanted in self._all:
                return self._all[wanted]
            raise UserMistake(self._unknown_code(wanted))
        exact = [place for place in self._all.values() if wanted in _spellings(place)]
        if len(exact) == 1:
            return exact[0]
        if exact:
            raise UserMistake(
                Finding(
                    "territorio",
                    "el nombre debe señalar un solo territorio",
                    f"{text!r}, que puede ser {_listed(exact)}",
                    "Use el código DIVIPOLA, o el nombre seguido del departamento.",
                )
            )
        raise UserMistake(self._unknown_name(text, wanted))

    def _unknown_code(self, code: str) -> Finding:
        near = difflib.get_close_matches(code, list(self._all), n=3, cutoff=0.7)
        hint = f" Códigos parecidos: {_listed([self._all[c] for c in near])}." if near else ""
        return Finding(
            "territorio",
            "el código debe estar en la tabla DIVIPOLA de los datos de entrada "
            "(2 dígitos para departamento, 5 para municipio)",
            code,
            f"Busque el código con 'gsi territories TEXTO'; si usa otra carpeta de datos, "
            f"indíquela con --raw.{hint}",
        )

    def _unknown_name(self, text: str, wanted: str) -> Finding:
        within = [p for p in self._all.values() if wanted and wanted in fold(p.name)]
        # 'San' means San Luis before Casanare.
        words = [p for p in within if re.search(rf"\b{re.escape(wanted)}", fold(p.name))]
        partial = words or within
        if partial:
            received = f"{text!r}, que aparece en {_listed(partial)}"
            remedy = "Escriba el nombre completo o el código DIVIPOLA."
        else:
            by_name = {fold(place.name): place for place in self._all.values()}
            near = difflib.get_close_matches(wanted, list(by_name), n=3, cutoff=0.75)
            received = repr(text)
            remedy = (
                f"¿Quiso decir {_listed([by_name[n] for n in near])}?"
                if near
                else "Busque con 'gsi territories TEXTO'; si usa otra carpeta de datos, "
                "indíquela con --raw."
            )
        return Finding("territorio", "el nombre debe ser el de un territorio", received, remedy)


def _full(place: Territory) -> str:
    if place.is_department:
        return place.name
    return f"{place.name}, {place.department_name}"


def _spellings(place: Territory) -> set[str]:
    """Ways of writing one place: plain, with its department, without 'D.C.' or punctuation."""
    names = {place.name, place.name.split(",")[0]}
    if not place.is_department:
        names |= {
            f"{name}{gap}{place.department_name}" for name in set(names) for gap in (", ", " ")
        }
        names |= {f"{place.name} ({place.department_name})"}
    folded = {fold(name) for name in names}
    return folded | {" ".join(re.sub(r"[^\w\s]", " ", name).split()) for name in folded}


def _listed(places: list[Territory]) -> str:
    shown = sorted(places, key=lambda place: (place.level, place.code))
    text = "; ".join(f"{place.code} {_full(place)}" for place in shown[:CANDIDATES])
    rest = len(shown) - CANDIDATES
    return f"{text} y {rest} más" if rest > 0 else text
