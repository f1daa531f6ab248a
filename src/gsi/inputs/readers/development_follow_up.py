"""DNP's «Informe de seguimiento al PDT»: what SisPT, CUIPO and PIIP say of each product.

Two sheets, headings in row 7: money by product (CUIPO) and physical targets by indicator of product
(PIIP), a column a year. Where the explanation says that nothing was found, nothing is known: that
is not zero. The workbook names its territory only by its name; the code is that of the projects
(BPIN) or of the file's name, and the name must be that of the code.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.contract.divipola import is_department
from gsi.contract.vocabulary import Following
from gsi.ground.errors import Finding
from gsi.ground.locale import fold
from gsi.inputs.readers import grids
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.plans import MONEY, QUANTITY, code_in_name, locate, mga, rows_below, said
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Named, Part

SOURCE = "dnp_seguimiento_pdt"
CODES = "Consecutivos IP (SisPT)"
COMMON = {
    "codigos_sispt": CODES,
    "sector": "Sector (MGA)",
    "programa": "Código Programa (MGA)",
    "programa_nombre": "Programa (MGA)",
    "producto": "Código Producto (MGA)",
    "producto_nombre": "Producto (MGA)",
    "bpin": "Códigos BPIN Asociados",
}
PHYSICAL = {
    "indicador": "Código Indicador Producto (MGA)",
    "indicador_nombre": "Indicador Producto (MGA)",
    "acumulacion": "Acumulativo",
    "unidad": "Unidad de Medida",
    "meta_cuatrienio": "Meta del Cuatrenio (SisPT)",
}
# Column of the table → what its heading begins with, before the year.
OF_YEAR = {
    "programado": "programado",
    "ejecutado": "ejecucion fisica",
    "comprometido": "compromisos",
    "obligado": "obligaciones",
    "pagado": "pagos",
    "explicacion": "explicacion del valor",
}
UNREPORTED = "no se encontro ejecucion"
_YEAR = re.compile(r"\b(20\d\d)\b")
_QUARTER = re.compile(r"(20\d\d) (primer|segundo|tercer|cuarto) trimestre")
_ENDS = {"primer": (3, 31), "segundo": (6, 30), "tercer": (9, 30), "cuarto": (12, 31)}
_DAY = re.compile(r"(\d{1,2}) de ([a-z]+) de (20\d\d)")
_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
_ACCUMULATES = {"si": "acumulativo", "no": "no_acumulativo"}
_PEOPLE = re.compile(
    r"^(?:ninos|ninas|adolescentes|jovenes|personas|familias|hogares|mujeres|madres|beneficiari|"
    r"estudiantes|usuarios|adultos mayores|victimas|poblacion)"
)
_ATTENDED = re.compile(r"atendid|beneficia|asistid|orientad|apoyad|acompanad|capacitad")
# So many times as many attended as programmed: what was programmed is not people.
_OTHER_UNIT = 10
_PROJECT = re.compile(r"20\d\d(\d{5})\d{4}")


def claims(peek: Peek) -> bool:
    """The headings of its detail sheets."""
    return peek.headed(CODES, COMMON["producto"], "Explicación del valor")


@dataclass(frozen=True)
class _Summary:
    """What the first sheet says: the territory's name, the last cut of execution, and of SisPT."""

    name: str
    cuts: Mapping[int, dt.date]
    sispt: dt.date | None


def read(path: Path) -> tuple[Part, ...]:
    """Tables ``avance_plan_desarrollo``; ``inversion`` (money of CUIPO by product, without the
    financing source, which the report does not have); ``servicios`` (people to attend and attended,
    of the indicators that count them)."""
    problems = Problems(path.name)
    money = _sheet(path, ("Obligaciones",), {}, "financiero", problems)
    targets = _sheet(path, (PHYSICAL["indicador"],), PHYSICAL, "fisico", problems)
    problems.stop()
    data = pd.concat([money, targets], ignore_index=True)
    summary = _summary(path)
    code = _code(path, data["bpin"].dropna(), summary.name, problems)
    problems.stop()
    data["municipio"] = code
    data["corte"] = [
        pd.Timestamp(summary.cuts.get(year) or dt.date(year, 12, 31)) for year in data["periodo"]
    ]
    data["fecha_informe"] = pd.NaT if summary.sispt is None else pd.Timestamp(summary.sispt)
    # A year without execution of its own is only programmed, and the plan says so.
    held = set(data.loc[data["explicacion"].notna(), "periodo"])
    data = data[data["periodo"].isin(held)]
    data["origen"] = SOURCE
    data = data.sort_values(
        ["seguimiento", "producto", "indicador", "codigos_sispt", "periodo"], ignore_index=True
    )
    years = tuple(sorted(int(year) for year in held))
    named = _named(path, code, summary.name)
    notes = tuple(
        f"La ejecución de {year} llega hasta el {cut:%d-%m-%Y}."
        for year, cut in sorted(summary.cuts.items())
        if (cut.month, cut.day) != (12, 31)
    )
    rows = int((data["periodo"] == years[0]).sum()) if years else 0
    given = {"avance_plan_desarrollo": data, "inversion": _spent(data, code)}
    served = _served(data, code)
    if is_department(code):
        # A service is of a municipality, and the report of a department does not say of which.
        notes += (
            f"Filas de personas atendidas que no dicen el municipio: {len(served)}, "
            "no se leen como servicios.",
        )
    else:
        given["servicios"] = served
    return tuple(
        Part(table, part, rows, rows, years=years, notes=notes, named=named)
        for table, part in given.items()
    )


def _sheet(
    path: Path,
    headings: Sequence[str],
    own: Mapping[str, str],
    kind: str,
    problems: Problems,
) -> pd.DataFrame:
    """One detail sheet: a row a product (or indicator) and year."""
    what = f"informe de seguimiento al PDT (hoja de seguimiento {kind})"
    sheet, header, body, first = rows_below(path, (CODES, *headings), what)
    wanted = {**COMMON, **own}
    found = locate(header, wanted, problems, sheet)
    labels = [label(cell or "") for cell in header]
    years = _columns_of_years(labels)
    if not years:
        problems.add("debe traer lo programado y lo ejecutado de algún año", "ninguno", sheet=sheet)
    if problems.findings:
        return pd.DataFrame()
    base = pd.DataFrame(
        {name: pd.Series([said(row[at]) for row in body], dtype="str")
         for name, at in found.items()}
    )  # fmt: skip
    base["seguimiento"] = kind
    base["codigos_sispt"] = base["codigos_sispt"].str.replace(r"\s*[,;]\s*", ";", regex=True)
    if "indicador" not in base:
        base["indicador"] = pd.Series(None, index=base.index, dtype="str")
    mga(base, problems, sheet, first, wanted)
    if "acumulacion" in base:
        said_of = base["acumulacion"].map(lambda text: label(text), na_action="ignore")
        base["acumulacion"] = said_of.map(_ACCUMULATES)
        base["meta_cuatrienio"] = problems.numbers(
            base["meta_cuatrienio"], dots="decimal", within=QUANTITY, sheet=sheet,
            column=wanted["meta_cuatrienio"], first_row=first,
        )  # fmt: skip
    parts = []
    for year, columns in sorted(years.items()):
        part = base.assign(periodo=year)
        for name, position in columns.items():
            cells = pd.Series([row[position] for row in body], dtype="object")
            if name == "explicacion":
                part[name] = pd.Series([said(cell) for cell in cells], dtype="str")
                continue
            physical = name == "ejecutado" or (name == "programado" and kind == "fisico")
            part[name] = problems.numbers(
                cells, dots="decimal", within=QUANTITY if physical else MONEY, sheet=sheet,
                column=str(header[position]), first_row=first,
            )  # fmt: skip
        parts.append(_reported(part))
    return pd.concat(parts, ignore_index=True)


def _columns_of_years(labels: Sequence[str]) -> dict[int, dict[str, int]]:
    """Year → column of the table → its position."""
    found: dict[int, dict[str, int]] = {}
    for position, text in enumerate(labels):
        year = _YEAR.search(text)
        name = next((name for name, start in OF_YEAR.items() if text.startswith(start)), None)
        if year and name and "como" not in text:  # «Obligaciones como % de lo programado (2024)»
            found.setdefault(int(year[1]), {})[name] = position
    return found


def _reported(part: pd.DataFrame) -> pd.DataFrame:
    """Whether anything was reported of each row; what was not is unknown."""
    for name in ("ejecutado", "comprometido", "obligado", "pagado"):
        if name not in part:
            part[name] = float("nan")
    if "explicacion" not in part:
        part["explicacion"] = pd.Series(None, index=part.index, dtype="str")
    told = part["explicacion"].map(fold, na_action="ignore").fillna("")
    given = part[["ejecutado", "comprometido", "obligado", "pagado"]].notna().any(axis="columns")
    known = given & ~told.str.contains(UNREPORTED).astype(bool)
    for name in ("ejecutado", "comprometido", "obligado", "pagado"):
        part[name] = part[name].where(known)
    return part.assign(reportado=known.astype("int64"))


def _summary(path: Path) -> _Summary:
    """The first sheet's cells that say something; a sheet of another shape says nothing."""
    name, cuts, sispt = "", {}, None
    (rows, *_) = grids.sheets(path, 40).values()
    cells = [text for row in rows for cell in row if (text := said(cell))]
    for at, text in enumerate(cells):
        quarter = _QUARTER.search(label(text))
        if quarter:
            cuts[int(quarter[1])] = dt.date(int(quarter[1]), *_ENDS[quarter[2]])
        if "informacion de sispt al" in label(text):
            sispt = _day(" ".join(cells[at : at + 2]))
    for row in rows[:10]:
        texts = [text for cell in row[:6] if (text := said(cell))]
        # «Chía, Cundinamarca»; a department's own name stands alone on its line.
        placed = next((text for text in texts if re.fullmatch(r"[^:\d]{3,40}, [^:\d]{4,60}", text)),
                      None)  # fmt: skip
        if placed:
            name = placed.rsplit(", ", 1)[0]
    return _Summary(name, cuts, sispt)


def _day(text: str) -> dt.date | None:
    found = _DAY.search(fold(text))
    if found is None or found[2] not in _MONTHS:
        return None
    try:
        return dt.date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    except ValueError:
        return None


def _code(path: Path, projects: Iterable[str], name: str, problems: Problems) -> str:
    """The territory's code: that of the file's name, else the one of most of its projects.

    The projects of a department carry ``004`` before its two digits (2024 00425 0055).
    """
    owners: Counter[str] = Counter(
        owner[3:] if owner.startswith("004") else owner
        for text in projects
        for owner in _PROJECT.findall(text)
    )
    most = owners.most_common(1)
    by_project = most[0][0] if most and most[0][1] > owners.total() / 2 else None
    by_name = code_in_name(path)
    if by_project and (by_name is None or by_name == by_project):
        return by_project
    if by_name and not by_project:
        return by_name
    problems.add(
        "el archivo debe decir de qué municipio o departamento es, en su nombre (por ejemplo "
        "DNP_Seguimiento_PDT_25175.xlsx) y en los códigos BPIN de sus proyectos",
        f"{by_name or 'sin código'} en el nombre del archivo, {by_project or 'sin código'} en los "
        f"BPIN{f', «{name}» en el resumen' if name else ''}",
        "Póngale al archivo el código DIVIPOLA de la entidad.",
    )
    return ""


def _named(path: Path, code: str, name: str) -> tuple[Named, ...]:
    if not name or len(code) != 5:
        return ()
    finding = Finding(
        f"{path.name}, hoja Resumen",
        "el nombre del municipio debe ser el de su código",
        f"«{name}», con el código {code}",
        "Póngale al archivo el código DIVIPOLA de la entidad, o descárguelo de nuevo.",
    )
    return (Named(code, fold(name).replace(" ", "_"), finding),)


def _spent(data: pd.DataFrame, code: str) -> pd.DataFrame:
    """Rows of ``inversion``: what CUIPO has of each product, where it has it."""
    rows = data[(data["seguimiento"] == Following.FINANCIAL) & (data["reportado"] == 1)]
    columns: dict[str, Any] = {
        "municipio": code,
        "entidad": "Gobernación" if is_department(code) else "Alcaldía",
        "sector": rows["sector"],
        "linea": rows["producto_nombre"],
        "vigencia": rows["periodo"],
        "corte": rows["corte"],
        "programa": rows["programa"],
        "producto": rows["producto"],
        "bpin": rows["bpin"],
        "comprometido": rows["comprometido"],
        "obligado": rows["obligado"],
        "pagado": rows["pagado"],
        "tipo_vigencia": None,
        "fuente_publicada": None,
        "nota": "Del informe de seguimiento del DNP, que no trae la fuente de financiación. "
        "Consecutivos: " + rows["codigos_sispt"].str.replace(";", ", "),
        "origen": SOURCE,
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def _served(data: pd.DataFrame, code: str) -> pd.DataFrame:
    """Rows of ``servicios``: a year of an indicator that counts people attended."""
    names = data["indicador_nombre"].map(fold, na_action="ignore").fillna("")
    people = names.str.contains(_PEOPLE).astype(bool) & names.str.contains(_ATTENDED).astype(bool)
    known = (data["seguimiento"] == Following.PHYSICAL) & (data["reportado"] == 1)
    whole = (data[["programado", "ejecutado"]].fillna(0) % 1 == 0).all(axis="columns")
    rows = data[known & people & whole & (data["unidad"].map(label, na_action="ignore")
                                          == "numero")]  # fmt: skip
    columns: dict[str, Any] = {
        "servicio": code + "-" + rows["indicador"] + "-" + rows["codigos_sispt"].str.replace(
            ";", "-"
        ),
        "nombre": rows["indicador_nombre"],
        "sector": rows["sector"],
        "entidad": "Gobernación" if is_department(code) else "Alcaldía",
        "municipio": code,
        "cupos": rows["programado"].where(rows["ejecutado"] <= _OTHER_UNIT * rows["programado"]),
        "cupos_usados": rows["ejecutado"],
        "periodo": rows["periodo"],
        "nota": "Del seguimiento al plan de desarrollo: los cupos son las personas programadas y "
        "los usados, las atendidas, hasta el " + rows["corte"].dt.strftime("%d-%m-%Y") + ".",
        "origen": SOURCE,
    }  # fmt: skip
    return pd.DataFrame(columns).reset_index(drop=True)


READER = Reader(
    source=SOURCE,
    publisher="Departamento Nacional de Planeación (DNP)",
    title="Informe de seguimiento al plan de desarrollo territorial (PDT)",
    kinds=("xlsx", "xls"),
    name=re.compile(r"seguimiento pdt|seguimiento al pdt"),
    contents="las hojas «Detalle seguimiento financiero» y «Detalle seguimiento físico»",
    claims=claims,
    read=read,
)
