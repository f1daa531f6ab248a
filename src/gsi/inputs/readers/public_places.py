"""Places of service that publishers list one by one: family commissaries, schools, libraries and
houses of culture.

A point is kept where it can be in Colombia; whether it is in its municipality is seen when all
files are read (:mod:`gsi.inputs.located`). Names and telephones of people are never read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from gsi.contract import geography
from gsi.ground import frames
from gsi.ground.locale import fold
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import PEOPLE, YEARS, code
from gsi.inputs.readers.peek import Peek, kind_of, peek
from gsi.inputs.readers.plans import said
from gsi.inputs.readers.problems import Problems, label, spellings
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part, set_aside

NO_POINT = "Sin punto que pueda estar en Colombia."
ROUGH = "Punto aproximado: la fuente lo da con dos decimales (1 km)."
_DMS = re.compile(r"""(\d{1,3})°\s*(\d{1,2})['’]\s*([\d.,]+)["”]?\s*([NSEWO])""", re.IGNORECASE)
_YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_EMPTY = {"null", "n/a", "na", "none", "sin dato", "0"}
_DIGITS = 8  # of a coordinate whose dot was lost


@dataclass(frozen=True)
class Layout:
    """A list's columns: own name → published headings. ``kinds``: what its kind column says → the
    contract's; one kind for all without that column. ``least``: the year that a list without date
    cannot be before, and why (Spanish); 0: the file's name must have it."""

    source: str
    columns: Mapping[str, tuple[str, ...]]
    kind: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    least: int = 0
    why: str = ""
    optional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rough: bool = False


LAYOUTS = (
    Layout(
        "minjusticia_comisarias",
        {
            "municipio": ("c_digo_dane_municipio", "Código DANE Municipio"),
            "nombre": ("nombre_comisaria", "Nombre Comisaría"),
            "ley": ("comisarias_ley_2126",),
        },
        kind="comisaria_familia",
        owner="Comisaría de familia",
        least=2021,
        why="El directorio no dice su fecha: es posterior a la Ley 2126 de 2021.",
        optional={
            "lon": ("longitud_de_ubicaci_n",),
            "lat": ("latitud_de_ubicaci_n",),
            "dms": ("coordenadas_de_ubicaci_n",),
            "horario": ("horario_de_atenci_n", "Horario de Atención"),
        },
    ),
    Layout(
        "men_establecimientos",
        {
            "periodo": ("a_o", "año"),
            "municipio": ("cod_dane_municipio", "codigomunicipio"),
            "escenario": ("codigo_dane_sede", "codigo_dane", "codigoestablecimiento"),
            "nombre": ("nombre_sede", "nombre_establecimiento", "nombreestablecimiento"),
            "entidad": ("secretaria",),
        },
        kind="colegio",
        optional={
            "atendidos": ("total_matricula",),
            "lon": ("coordenada_x_sede",),
            "lat": ("coordenada_y_sede",),
        },
        rough=True,
    ),
    Layout(
        "mincultura_espacios",
        {
            "municipio": ("divipola",),
            "tipo": ("tipo_lugar",),
            "nombre": ("nombre_del_lugar",),
        },
        kinds={"biblioteca": "biblioteca", "casa de cultura": "casa_cultura",
               "casa de la cultura": "casa_cultura"},
        owner="Entidad cultural",
        optional={"lon": ("longitud",), "lat": ("latitud",)},
    ),
)  # fmt: skip


def _layout(seen: Peek) -> Layout | None:
    return next(
        (
            one
            for one in LAYOUTS
            if all(any(seen.headed(name) for name in names) for names in one.columns.values())
        ),
        None,
    )


def claims(seen: Peek) -> bool:
    """The columns of one of the lists."""
    return _layout(seen) is not None


def read(path: Path) -> tuple[Part, ...]:
    """Tables ``escenarios`` and, where the list says when they attend, ``servicios``."""
    kind = kind_of(path)
    layout = _layout(peek(path, kind)) if kind else None
    if layout is None:
        raise grids.unreadable(path, "lista de lugares de atención")
    problems = Problems(path.name)
    raw = grids.table(path, problems, *layout.columns.values())
    data = _columns(raw, layout)
    data["municipio"] = frames.each(data["municipio"], code)
    unplaced = data["municipio"].isna() | data["nombre"].isna()
    year = pd.Series(float(_year(path, layout, problems)), index=data.index)
    if "periodo" in data:
        year = problems.numbers(data["periodo"], whole=True, within=YEARS, column="año")
    attended = pd.Series(float("nan"), index=data.index)
    if "atendidos" in data:
        attended = problems.numbers(data["atendidos"], whole=True, within=PEOPLE, dots="decimal",
                                    column="total_matricula")  # fmt: skip
    problems.stop()
    kinds = pd.Series(layout.kind, index=data.index)
    if "tipo" in data:
        kinds = frames.each(data["tipo"], fold).map(layout.kinds)
    other = kinds.isna() & ~unplaced
    earlier = year < year.max()  # a list of every year: the last one
    data = data.assign(periodo=year, atendidos=attended, tipo=kinds)
    kept = data[~unplaced & ~other & ~earlier].reset_index(drop=True)
    points = [_point(row) for row in kept.to_dict("records")]
    kept["lon"] = [point[0] if point else float("nan") for point in points]
    kept["lat"] = [point[1] if point else float("nan") for point in points]
    if "escenario" not in kept:
        # No code of their own: the municipality's, in the order of their names.
        kept = kept.sort_values(["municipio", "tipo", "nombre"], ignore_index=True)
        within = kept.groupby(["municipio", "tipo"]).cumcount() + 1
        kept["escenario"] = kept["tipo"] + "-" + kept["municipio"] + "-" + within.astype("str")
    kept = kept.drop_duplicates("escenario", ignore_index=True)
    located = kept["lon"].notna()
    notes = pd.Series(layout.why, index=kept.index, dtype="str")
    if layout.rough:
        notes = notes.where(~located, ROUGH)
    places = pd.DataFrame(
        {
            "escenario": layout.source + "-" + kept["escenario"],
            "nombre": kept["nombre"],
            "tipo": kept["tipo"],
            "municipio": kept["municipio"],
            "entidad": kept.get("entidad", layout.owner),
            "lon": kept["lon"],
            "lat": kept["lat"],
            "atendidos": kept["atendidos"],
            "periodo": kept["periodo"].astype("int64"),
            "origen": layout.source,
            "nota": notes.replace("", None),
        }
    )
    aside = set_aside(
        [
            ("Sin nombre o sin código de municipio", int(unplaced.sum())),
            ("Lugares de otra clase", int((other & ~earlier).sum())),
            ("Años anteriores al último de la lista", int(earlier.sum())),
        ]
    )
    told = [f"Lugares sin un punto que pueda estar en Colombia: {int((~located).sum())}."]
    years = tuple(sorted(int(one) for one in places["periodo"].unique()))
    made = [Part("escenarios", places, len(raw), len(places), aside, years, tuple(told))]
    if "horario" in kept:
        made.append(_services(kept, layout, len(raw), years))
    return tuple(made)


def _columns(raw: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    labels = [label(name) for name in raw.columns]
    data = pd.DataFrame(index=raw.index)
    for name, headings in {**layout.columns, **layout.optional}.items():
        starts = tuple(text for heading in headings for text in spellings(heading))
        exact = next((labels.index(text) for text in starts if text in labels), None)
        at = exact if exact is not None else next(
            (place for place, text in enumerate(labels) if text.startswith(starts)), None
        )  # fmt: skip
        if at is not None:
            cells = frames.each(raw.iloc[:, at], said)
            data[name] = cells.where(~cells.str.lower().isin(_EMPTY))
    return data


def _year(path: Path, layout: Layout, problems: Problems) -> int:
    """The year of a list that has no column for it: the one in the file's name, or the least."""
    if "periodo" in layout.columns:
        return 0
    found = _YEAR_IN_NAME.findall(path.stem)
    if not found and not layout.least:
        problems.add(
            "la lista no dice de qué año es", path.name,
            "Póngale al nombre del archivo el año en que la descargó (por ejemplo "
            "espacios-cultura-2026.csv).",
        )  # fmt: skip
    return max([int(year) for year in found], default=layout.least)


def _services(kept: pd.DataFrame, layout: Layout, rows: int, years: tuple[int, ...]) -> Part:
    told = kept[kept["horario"].notna()]
    services = pd.DataFrame(
        {
            "servicio": layout.source + "-" + told["escenario"],
            "nombre": "Atención de " + told["nombre"],
            "sector": "justicia",
            "entidad": layout.owner,
            "municipio": told["municipio"],
            "procedimiento": told["horario"],
            "periodo": told["periodo"].astype("int64"),
            "origen": layout.source,
            "nota": layout.why or None,
        }
    ).reset_index(drop=True)
    return Part("servicios", services, rows, len(services), (), years)


def _point(row: Mapping[object, object]) -> tuple[float, float] | None:
    """Longitude and latitude in degrees: of the degrees, minutes and seconds where they are
    written, else of the two numbers, in either order and with the dot that some lost."""
    written = {mark.upper(): _degrees(*parts) for *parts, mark in _DMS.findall(
        str(row.get("dms") or ""))}  # fmt: skip
    west = written.get("W", written.get("O"))
    if west is not None and "N" in written and geography.inside(-west, written["N"]):
        return -west, written["N"]
    first, second = (_restored(row.get(name)) for name in ("lon", "lat"))
    for lon, lat in ((first, second), (second, first)):
        found = [(x, y) for x in lon for y in lat if geography.inside(x, y)]
        if len(found) == 1:
            return found[0]
    return None


def _degrees(whole: str, minutes: str, seconds: str) -> float:
    return int(whole) + int(minutes) / 60 + float(seconds.replace(",", ".")) / 3600


def _restored(cell: object) -> list[float]:
    """What a coordinate can be: ``-76.38``, ``4.67,``, ``-76,387,812`` and ``3614674`` (their dot
    was lost after the first one or two digits)."""
    text = str(cell or "").strip(" ,;°")
    if re.fullmatch(r"-?\d{1,2}[.,]\d{1,16}", text):
        return [float(text.replace(",", "."))]
    text = re.sub(r"\.0+$", "", text)  # 3,525,076.00
    sign, digits = (-1 if text.startswith("-") else 1), re.sub(r"\D", "", text)
    if not 3 <= len(digits) <= _DIGITS:
        return []
    return [sign * float(f"{digits[:at]}.{digits[at:]}") for at in (1, 2)]


def _reader(source: str, publisher: str, title: str, name: str, contents: str) -> Reader:
    def mine(seen: Peek) -> bool:
        found = _layout(seen)
        return found is not None and found.source == source

    return Reader(source, publisher, title, ("csv", "xlsx", "xls"), re.compile(name), contents,
                  mine, read)  # fmt: skip


READERS = (
    _reader(
        "minjusticia_comisarias", "Ministerio de Justicia y del Derecho",
        "Directorio de comisarías de familia, Ley 2126 (datos.gov.co 7tuu-upb2)",
        r"7tuu upb2|comisarias? (de )?familia",
        "el código DANE, el nombre de la comisaría y las que pide la Ley 2126",
    ),
    _reader(
        "men_establecimientos", "Ministerio de Educación Nacional (establecimientos)",
        "Establecimientos y sedes educativas (datos.gov.co cfw5-qzt5, x5ay-984n, upkm-vdjb)",
        r"cfw5 qzt5|x5ay 984n|upkm vdjb",
        "el año, los códigos DANE de municipio y establecimiento, el nombre y la secretaría",
    ),
    _reader(
        "mincultura_espacios", "Ministerio de las Culturas",
        "Espacios de cultura: bibliotecas y casas de cultura (datos.gov.co te39-v28f)",
        r"te39 v28f",
        "las columnas divipola, tipo_lugar y nombre_del_lugar",
    ),
)  # fmt: skip
