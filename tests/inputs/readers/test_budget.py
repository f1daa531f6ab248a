"""CUIPO: only leaves, only the last period of a year, and only what adds up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import write_xlsx

from gsi.contract import mga, tables
from gsi.ground.errors import UserMistake
from gsi.inputs import programmes
from gsi.inputs.readers import budget, budget_chip, budget_national, merge
from gsi.inputs.readers.grids import csv_header
from gsi.inputs.readers.peek import peek

HEAD = ["VIGENCIA GASTO", "SECCION PRESUPUESTAL", "CODIGO", "NOMBRE", "PRODUCTO MGA", "CPC",
        "DETALLE SECTORIAL", "FUENTES DE FINANCIACION", "BPIN", "SITUACION DE FONDOS",
        "POLITICA PUBLICA", "TERCEROS", "COMPROMISOS(Pesos)", "OBLIGACIONES(Pesos)",
        "PAGOS(Pesos)"]  # fmt: skip
CARE = "Servicio de atención integral a la primera infancia 4102001"


def chip(
    path: Path,
    *,
    entity: str = "217373067 - Ataco ",
    period: str = "01-12-2025 al 31-12-2025",
    branch: int = 300,
) -> Path:
    """An execution of two leaves (100 and 200) in the current year and one (50) of reserves."""
    blank = "  "
    rows: list[list[Any]] = [[], [], [entity], ["MUNICIPIOS "], [period], [], [], [], [], [], []]
    rows += [
        HEAD,
        ["VIGENCIA ACTUAL ", "ADMINISTRACION CENTRAL ", "2 ", "GASTOS ", *[blank] * 8, "900 ",
         "900 ", "900 "],
        ["\xa0", "\xa0", "2.3 ", "INVERSION ", *[blank] * 8, f"{branch} ", f"{branch} ", "0 "],
        ["\xa0", "\xa0", "2.3.2.02 ", "SERVICIOS ", CARE, blank, blank, "SGP-EDUCACION-CALIDAD ",
         "2025730670001 ", blank, blank, "PEREZ JUAN ", "100 ", "100 ", "0 "],
        ["\xa0", "\xa0", "2.3.2.02 ", "SERVICIOS ", "NO APLICA ", blank, blank, "ESTAMPILLAS ",
         "NO APLICA ", blank, blank, "NO APLICA ", "200 ", "200 ", "0 "],
        ["RESERVAS ", "ADMINISTRACION CENTRAL ", "2.3 ", "INVERSION ", *[blank] * 8, "50 ", "50 ",
         "0 "],
        ["\xa0", "\xa0", "2.3.2 ", "SERVICIOS ", CARE, blank, blank, "R.B. SGP-SALUD ",
         "2025730670001 ", blank, blank, "NO APLICA ", "50 ", "50 ", "0 "],
    ]  # fmt: skip
    return write_xlsx(path, {"reporte pag 1": rows})


def test_chip_gives_the_leaves_of_investment_by_validity(tmp_path: Path) -> None:
    part = budget_chip.read(chip(tmp_path / "ejec.xlsx"))
    found = tables.conform("inversion", part.data)
    assert found.groupby("tipo_vigencia")["obligado"].sum().to_dict() == {
        "actual": 300, "reservas": 50,
    }  # fmt: skip
    assert set(found["municipio"]) == {"73067"}
    assert set(found["corte"]) == {pd.Timestamp(2025, 12, 31)}
    assert found.set_index("fuente_publicada")["fuente"].to_dict() == {
        "SGP-EDUCACION-CALIDAD": "sgp", "ESTAMPILLAS": "propios", "R.B. SGP-SALUD": "sgp",
    }  # fmt: skip
    assert "900 pesos" in " ".join(part.notes)
    assert not found.map(lambda cell: "PEREZ" in str(cell)).any(axis=None)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"branch": 400}, "deben sumar esa cuenta"),
        ({"entity": "923272423 - Hospital San Rafael"}, "debe estar la entidad"),
        ({"period": "diciembre"}, "debe estar el periodo"),
    ],
)
def test_a_report_that_cannot_be_trusted_is_told(
    tmp_path: Path, change: dict[str, Any], rule: str
) -> None:
    with pytest.raises(UserMistake, match=rule):
        budget_chip.read(chip(tmp_path / "ejec.xlsx", **change))


OVCF = ("PERIODO", "CODIGO_ENTIDAD", "NOMBRE_ENTIDAD", "CUENTA", "VIGENCIA_DEL_GASTO",
        "PROGRAMATICO_MGA", "BPIN", "FUENTES_FINANCIACION", "TERCEROS", "COMPROMISOS",
        "OBLIGACIONES", "PAGOS")  # fmt: skip
API = ("periodo", "codigo_entidad", "nombre_entidad", "cuenta", "nom_vigencia_del_gasto",
       "nom_programatico_mga", "bpin", "nom_fuentes_financiacion", "terceros", "compromisos",
       "obligaciones", "pagos")  # fmt: skip
NONE = "NO DEFINIDO"
ROWS = (
    ("20240901", "217373067", "Ataco", "2.3", NONE, "", NONE, "70.5"),
    ("20240901", "217373067", "Ataco", "2.3.2", CARE, "1", "SGP-SALUD", "70.5"),
    ("20241201", "217373067", "Ataco", "2", NONE, "", NONE, "9000.25"),
    ("20241201", "217373067", "Ataco", "2.1.1", "NO APLICA", "", "SGP-SALUD", "5.25"),
    ("20241201", "217373067", "Ataco", "2.3", NONE, "", NONE, "1234567.25"),
    ("20241201", "217373067", "Ataco", "2.3.2", CARE, "1", "SGP-SALUD", "1234000.25"),
    ("20241201", "217373067", "Ataco", "2.3.2", CARE, "1", "SGP-SALUD", "567"),
    ("20241201", "217373001", "Ibague", "2.3", NONE, "", NONE, "12"),
    ("20241201", "217373001", "Ibague", "2.3.2", CARE, "1", "SGP-SALUD", "9"),
    ("20241201", "117373000", "Tolima", "2.3.2", CARE, "1", "SGR", "7"),
    ("20241201", "820000001", "Hospital", "2.3.2", CARE, "1", "SGP-SALUD", "3"),
)


def colombian(text: str) -> str:
    whole, _, part = text.partition(".")
    return f"{int(whole):,}".replace(",", ".") + (f",{part}" if part else "")


def national(path: Path, head: tuple[str, ...], mark: str, money: Any = str) -> Path:
    lines = [mark.join(head)]
    for period, code, name, account, product, project, source, amount in ROWS:
        cells = [period, code, name, account, "VIGENCIA ACTUAL", product, project, source, "PEREZ"]
        lines.append(mark.join([*cells, *[money(amount)] * 3]))
    path.write_text("\n".join(lines) + "\n", encoding="cp1252")
    return path


@pytest.mark.parametrize(
    ("head", "mark", "money"),
    [(OVCF, ",", str), (API, ",", str), (OVCF, ";", colombian), (API, "|", str)],
)
def test_the_same_budget_in_every_writing(
    tmp_path: Path, head: tuple[str, ...], mark: str, money: Any
) -> None:
    path = national(tmp_path / "cuipo.csv", head, mark, money)
    assert budget_national.claims(peek(path, "csv"))
    assert len(csv_header(path)) == len(head)
    part = budget_national.read(path)
    found = tables.conform("inversion", part.data)
    assert found.set_index("municipio")["obligado"].to_dict() == {"73067": 1234567.25, "73": 7}
    assert set(found["corte"]) == {pd.Timestamp(2024, 12, 31)}  # September is in December
    aside = {item.reason.split(" (")[0]: item.rows for item in part.set_aside}
    assert aside["Entidades cuyo detalle no suma su cuenta 2.3"] == 1  # Ibagué
    assert aside["Entidades que no son alcaldía ni gobernación"] == 1
    assert not found.map(lambda cell: "PEREZ" in str(cell)).any(axis=None)


def test_an_amount_that_is_no_number_is_told(tmp_path: Path) -> None:
    path = national(tmp_path / "c.csv", OVCF, ";", lambda text: "mucho" if text == "567" else text)
    with pytest.raises(UserMistake, match="mucho"):
        budget_national.read(path)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SGP-PROPOSITO GENERAL-CULTURA", "sgp"),
        ("R.F. SGP - SALUD-SALUD PUBLICA", "sgp"),
        ("R.F. DISTINTOS AL SGP", "otro"),
        ("PARTICIPACIONES DISTINTAS DEL SGP CON DESTINACION ESPECIFICA LEGAL", "otro"),
        ("INGRESOS CORRIENTES DE LIBRE DESTINACION", "propios"),
        ("R.B. ESTAMPILLAS", "propios"),
        ("APORTES NACION - ALIMENTACION ESCOLAR", "cofinanciacion"),
        ("TRANSFERENCIAS DE CAPITAL DE OTRAS ENTIDADES DEL GOBIERNO GENERAL", "cofinanciacion"),
        ("SISTEMA GENERAL DE REGALIAS", "sgr"),
        ("CONTRIBUCIONES SOCIALES - SALUD", "otro"),
        ("RECURSOS DE CREDITO INTERNO", "otro"),
    ],
)
def test_classes_of_money(text: str, kind: str) -> None:
    assert budget.fund(text) == kind


def test_whose_a_budget_is() -> None:
    assert budget.owner("219105091", "Betania") == "05091"
    assert budget.owner("117373000", "Tolima") == "73"
    assert budget.owner("923271489", "Norosí") == "13490"
    assert budget.owner("923271489", "Hospital") is None


def lines(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {"municipio": "73067", "vigencia": 2024, "corte": pd.Timestamp(2024, 12, 31),
            "tipo_vigencia": "actual", "entidad": "Alcaldía", "origen": "cgr_cuipo"}  # fmt: skip
    return tables.conform("inversion", pd.DataFrame([base | row for row in rows]))


CHILDHOOD = "DESARROLLO INTEGRAL DE LA PRIMERA INFANCIA A LA JUVENTUD"
SPORT = "fomento a la recreacion, la actividad fisica y el deporte"
CATCH_ALL = "ESCENARIOS COMUNITARIOS PROTECTORES DE DERECHOS4102042"


@pytest.fixture(scope="module")
def catalogue(project_root: Path) -> mga.Catalogue:
    return mga.load(project_root / "params")


def test_the_programme_is_that_of_the_projects_appropriation(catalogue: mga.Catalogue) -> None:
    made = programmes.completed(
        lines(
            {"linea": SPORT, "bpin": "1", "apropiado": 10.0},
            {"linea": CHILDHOOD, "bpin": "2", "apropiado": 10.0},
            {"linea": SPORT, "bpin": "2", "apropiado": 10.0},
            {"linea": CATCH_ALL, "bpin": "1", "obligado": 1.0},
            {"linea": CATCH_ALL, "bpin": "2", "obligado": 2.0},
            {"linea": "COSAS", "bpin": "2", "obligado": 3.0},
        ),
        catalogue,
    )
    found = made[made["obligado"].notna()].set_index("obligado")
    assert found["programa"].fillna("").to_dict() == {1: "4301", 2: "4102", 3: ""}
    assert found.loc[3, "nota"] == programmes.SEVERAL
    assert set(made["sector"].dropna()) == {"Deporte y Recreación",
                                            "Inclusión social y reconciliación"}  # fmt: skip


@pytest.mark.parametrize("funded", [True, False])
def test_a_catch_all_product_is_no_spending_on_childhood(
    catalogue: mga.Catalogue, funded: bool
) -> None:
    """Carmen del Darién, Riosucio, Sipí: thousands of millions in 4102042, nothing in 4102."""
    made = programmes.completed(
        lines(
            {"linea": CHILDHOOD if funded else SPORT, "bpin": "7", "apropiado": 5.0},
            {"linea": CATCH_ALL, "bpin": "", "obligado": 2264.0},
        ),
        catalogue,
    )
    (row,) = made[made["obligado"].notna()].to_dict("records")
    assert row["producto"] == "4102042"
    assert (row["programa"] == "4102") is funded
    assert funded or "no hay apropiación" in row["nota"]


def test_one_cut_and_one_publisher_of_a_year(catalogue: mga.Catalogue) -> None:
    made = programmes.completed(
        lines(
            {"linea": "A", "obligado": 1.0, "corte": pd.Timestamp(2024, 9, 30)},
            {"linea": "A", "obligado": 2.0},
            {"linea": "A", "obligado": 3.0, "origen": "cgn_chip_cuipo"},
            {"linea": "A", "obligado": 4.0, "vigencia": 2023, "corte": pd.Timestamp(2023, 12, 31)},
            {"linea": "De un formulario", "obligado": 5.0, "origen": None},
        ),
        catalogue,
    )
    assert sorted(made["obligado"]) == [3, 4, 5]


@pytest.mark.real
def test_a_published_report_of_chip(real_management: Path, catalogue: mga.Catalogue) -> None:
    """Betania at the end of 2025: leaves are account 2.3; projects are programmed."""
    folder = real_management / "cgn" / "05091"
    parts = [budget_chip.read(folder / f"cuipo_{name}_gas.xlsx") for name in ("ejec", "prog")]
    executed, programmed = (part.data for part in parts)
    assert executed.groupby("tipo_vigencia")["obligado"].sum().to_dict() == {
        "actual": 18_126_509_985, "reservas": 1_615_012_748,
    }  # fmt: skip
    assert (parts[0].rows_kept, parts[1].rows_kept) == (254, 68)
    assert "21.922.457.174 pesos" in " ".join(parts[0].notes)
    assert "30.857.005.669 pesos" in " ".join(parts[1].notes)
    now = programmed[programmed["tipo_vigencia"] == "actual"]
    assert now["apropiado"].sum() == 26_271_376_805
    made = programmes.completed(pd.concat([executed, programmed], ignore_index=True), catalogue)
    spent = made[made["obligado"].notna()]
    known = spent.loc[spent["programa"].notna(), "obligado"].sum() / spent["obligado"].sum()
    assert known > 0.914  # what has exactly one programme by its project


@pytest.mark.real
def test_the_published_budgets_of_tolima(real_management: Path) -> None:
    folder = real_management / "cgr"
    name = "OVCF_CUIPO_{}_gastos_73_2021T4_2022T4_2023T3.csv.gz"
    found = budget_national.read(folder / name.format("ejecucion"))
    spent = found.data.groupby(["municipio", "vigencia"])["obligado"].sum() / 1e6
    assert round(spent["73024", 2021], 2) == 7_875.86  # Alpujarra, account 2.3
    assert round(spent["73024", 2022], 2) == 9_177.42
    assert found.data["municipio"].nunique() == 34
    assert [item.reason for item in found.set_aside if "no suma" in item.reason] == []
    planned = budget_national.read(folder / name.format("programacion"))
    assert planned.data["municipio"].nunique() == 34


def test_what_one_file_does_not_say_is_no_difference_from_another() -> None:
    """The programming has no obligations, and the execution no appropriation."""
    executed = lines({"linea": "A", "obligado": 1.0}).drop(columns=["apropiado"])
    programmed = lines({"linea": "A", "apropiado": 9.0}).drop(columns=["obligado"])
    files = [("e.xlsx", executed), ("p.xlsx", programmed)]
    assert merge.disagreeing("inversion", files) == {}
    other = [("e.xlsx", executed), ("f.xlsx", executed.assign(obligado=2.0))]
    assert set(merge.disagreeing("inversion", other)) == {0, 1}
