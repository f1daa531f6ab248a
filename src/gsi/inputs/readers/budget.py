"""What the files of CUIPO share, whoever publishes them: whose a budget is, kinds of validity and
of money, and rows of ``inversion``.

CUIPO is a tree of accounts with its leaves: only leaves are read, of investment alone (account 2.3
of the execution, 2.99 of the programming), and they must add up to their branch. Figures accumulate
within the year.
"""

from __future__ import annotations

import re

import pandas as pd

from gsi.ground.locale import fold

EXECUTION, PROGRAMMING = "2.3", "2.99"
# What CUIPO writes where there is nothing to say.
NOTHING = frozenset({"", "no definido", "no aplica", "0", "nan"})
KINDS = {
    "vigencia actual": "actual",
    "reservas": "reservas",
    "cuentas por pagar": "cuentas_por_pagar",
}
# Municipalities whose entity does not carry their code: CGN gave it before they had one.
YOUNG = {
    "norosi": "13490",
    "guachene": "19300",
    "san jose de ure": "23682",
    "tuchin": "23815",
    "nuevo belen de bajira": "27493",
    "covenas": "70221",
}
_TOWN_HALL = re.compile(r"21\d\d(\d{5})")
_GOVERNMENT = re.compile(r"11\d\d(\d\d)000")
# Name of a financing source, as compared → the class of the contract; the first that fits.
FUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"distint[ao]s? (del|al) sgp|distint[ao]s? de subvenciones", "otro"),
        (r"\bsgp\b|sistema general de participaciones", "sgp"),
        (r"\bsgr\b|regalias", "sgr"),
        (r"cofinancia|convenio|aportes nacion|transferencias (corrientes|de capital)"
         r"|otras transferencias", "cofinanciacion"),
        (r"contribuciones sociales|seguridad social|fonpet|credito|donacion|terceros|reintegros",
         "otro"),
        (r"\bicld\b|libre destinacion|destinacion especifica por acto|estampilla|impuesto|sobretasa"
         r"|\btasas?\b|contribucion|multas|venta de bienes|explotacion|licencias|balance",
         "propios"),
    )
)  # fmt: skip


def owner(entity: str, name: str) -> str | None:
    """The code of a town hall's municipality or of a government's department, by the entity's nine
    digits; None for any other entity (a hospital, a company)."""
    for pattern in (_TOWN_HALL, _GOVERNMENT):
        found = pattern.fullmatch(entity)
        if found:
            return found[1]
    return None if entity.startswith(("21", "11")) else YOUNG.get(fold(name).strip())


def kind_of_validity(text: str) -> str:
    """``VIGENCIA ACTUAL`` → ``actual``; ``VIGENCIAS FUTURAS - VIGENCIA ACTUAL`` is future."""
    plain = fold(text).strip()
    if "futura" in plain:
        return "vigencias_futuras"
    return next((kind for words, kind in KINDS.items() if plain.startswith(words)), "otra")


def fund(text: str) -> str:
    """The class of a financing source."""
    plain = fold(text)
    return next((kind for pattern, kind in FUNDS if pattern.search(plain)), "otro")


def rows(data: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Rows of ``inversion``, alike ones added up.

    ``data``: municipio, vigencia, corte, tipo_vigencia (as published), linea, bpin,
    fuente_publicada and the amounts, some of apropiado, comprometido, obligado, pagado.
    """
    amounts = [name for name in ("apropiado", "comprometido", "obligado", "pagado") if name in data]
    data = data.copy()
    data["tipo_vigencia"] = _each(data["tipo_vigencia"], kind_of_validity)
    for name in ("bpin", "fuente_publicada"):
        data[name] = _each(data[name], lambda text: None if fold(text) in NOTHING else text)
    by = ["municipio", "vigencia", "corte", "tipo_vigencia", "linea", "bpin", "fuente_publicada"]
    whole = data.groupby(by, dropna=False, sort=True)[amounts].sum().reset_index()
    for name in ("bpin", "fuente_publicada"):
        whole[name] = whole[name].astype("str")
    whole["fuente"] = _each(whole["fuente_publicada"], fund)
    whole["entidad"] = whole["municipio"].str.len().map({5: "Alcaldía", 2: "Gobernación"})
    whole["programa"] = whole["producto"] = pd.Series(None, index=whole.index, dtype="str")
    whole["origen"] = origin
    return whole


def _each(values: pd.Series, of: object) -> pd.Series:
    """``of`` applied once a distinct text; missing stays missing."""
    assert callable(of)
    known = {text: of(text) for text in values.dropna().unique()}
    return values.map(known).astype("str")
