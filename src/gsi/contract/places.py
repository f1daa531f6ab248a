"""How the places of the DIVIPOLA are named in a sentence.

A department that has any that is no municipality (:mod:`gsi.contract.divipola`) is told as one of
'territorios'; where all are municipalities they are called so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from gsi.contract.divipola import AREA, CAPITAL_DISTRICT, ISLAND, MUNICIPALITY
from gsi.contract.territory import Territory
from gsi.ground.locale import contracted, enumeration, fold, number

DISTRICT = "Distrito Capital"
_PLURAL = {MUNICIPALITY: "municipios", AREA: "áreas no municipalizadas", ISLAND: "islas"}
_ARTICLE = {MUNICIPALITY: "el", AREA: "el", ISLAND: "la"}


def one(kinds: Mapping[str, str]) -> str:
    """The noun for any of these places (code → kind): ``municipio``, or ``territorio`` where some
    is none."""
    return MUNICIPALITY if set(kinds.values()) <= {MUNICIPALITY} else "territorio"


def many(kinds: Mapping[str, str]) -> str:
    """Like :func:`one`, of several."""
    return f"{one(kinds)}s"


def counted(size: int, kinds: Mapping[str, str]) -> str:
    """``1 municipio``, ``47 municipios``; ``6 territorios`` where some is no municipality."""
    return f"{number(size)} {one(kinds) if size == 1 else many(kinds)}"


def composition(kinds: Mapping[str, str], names: Mapping[str, str]) -> str:
    """``47 municipios``; ``3 municipios y 3 áreas no municipalizadas``; ``1 municipio y la isla de
    San Andrés``. ``kinds``, ``names``: code → kind, name."""
    sizes = Counter(kinds.values())
    parts = []
    for kind in sorted(sizes, key=lambda kind: (kind != MUNICIPALITY, kind)):
        alone = next(names[code] for code in kinds if kinds[code] == kind)
        if kind == ISLAND and sizes[kind] == 1:
            parts.append(f"la isla de {alone}")
        else:
            word = kind if sizes[kind] == 1 else _PLURAL.get(kind, f"de tipo «{kind}»")
            parts.append(f"{number(sizes[kind])} {word}")
    return enumeration(parts)


def governed(kinds: Mapping[str, str]) -> list[str]:
    """The codes of those with a mayor and a council, who ought to have a plan of their own."""
    return [code for code, kind in kinds.items() if kind == MUNICIPALITY]


def kind_of(place: Territory) -> str:
    """``departamento``, ``Distrito Capital``, or the kind of a place with five digits."""
    if place.department == CAPITAL_DISTRICT:
        return DISTRICT
    return "departamento" if place.is_department else place.kind


def the(place: Territory) -> str:
    """``el departamento``, ``el Distrito Capital``, ``el municipio``, ``la isla``."""
    kind = kind_of(place)
    return f"{_ARTICLE.get(kind, 'el')} {kind}"


def with_article(name: str) -> str:
    """``el Archipiélago de San Andrés…``; other names go without."""
    return f"el {name}" if fold(name).startswith("archipielago ") else name


def whole(place: Territory) -> str:
    """``el departamento de Tolima``; ``Bogotá, D.C.`` and a municipality by their name alone."""
    name = with_article(place.name)
    if place.is_department and kind_of(place) != DISTRICT:
        return f"{the(place)} {contracted('de', name)}"
    return name


def full(place: Territory) -> str:
    """``Tolima``; ``Ataco, Tolima``."""
    return place.name if place.is_department else f"{place.name}, {place.department_name}"


def words(place: Territory, kinds: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """What the reports' sentences need: ``nombre``, ``completo`` (with its department's),
    ``departamento``, ``en_texto`` and ``del_nombre`` (the name in a sentence), ``con_su_tipo``
    (:func:`whole`),
    ``el_departamento`` and ``del_departamento`` (its department's), ``un_tipo``, ``el_tipo``,
    ``del_tipo`` (what it is), ``lugar``, ``lugares``, ``Lugares`` (what a department consists of),
    ``tiene`` (all of them)."""
    name, owner = with_article(place.name), with_article(place.department_name)
    kind, several = kind_of(place), many(kinds)
    return {
        "nombre": place.name,
        "completo": full(place),
        "departamento": place.department_name,
        "con_su_tipo": whole(place),
        "en_texto": name,
        "del_nombre": contracted("de", name),
        "el_departamento": owner,
        "del_departamento": contracted("de", owner),
        "un_tipo": f"{'una' if _ARTICLE.get(kind) == 'la' else 'un'} {kind}",
        "el_tipo": the(place),
        "del_tipo": contracted("de", the(place)),
        "lugar": one(kinds),
        "lugares": several,
        "Lugares": several.capitalize(),
        "tiene": composition(kinds, names),
    }
