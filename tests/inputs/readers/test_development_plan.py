"""SisPT's plan indicativo: what is programmed, year by year."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import DIVIPOLA
from inputs.readers.made_plans import PRODUCTS, sispt

from gsi.contract import tables
from gsi.ground.errors import UserMistake
from gsi.inputs.readers import development_plan, read_all

ALL = development_plan.OPTIONAL.values()


def plan(path: Path) -> pd.DataFrame:
    part = development_plan.read(path)
    return tables.conform("plan_desarrollo", part.data)


def test_a_row_a_product_and_year(tmp_path: Path) -> None:
    found = plan(sispt(tmp_path / "plan.xlsx"))
    assert len(found) == 2 * 4
    row = found[(found["codigo_sispt"] == "IP-1") & (found["periodo"] == 2025)].iloc[0]
    assert (row["municipio"], row["linea"]) == ("73067", "VIDA PLENA")
    assert row["sector"] == "Inclusión social y reconciliación"
    assert (row["programa"], row["producto"], row["indicador"]) == ("4102", "4102001", "410200100")
    assert (row["acumulacion"], row["principal"]) == ("no_acumulativo", 1)
    assert (row["meta_cuatrienio"], row["programado"]) == (800, 800)
    assert row[["recursos", "recursos_propios", "recursos_sgp", "recursos_otros"]].tolist() == [
        350,
        100,
        200,
        50,
    ]
    assert found["origen"].eq("dnp_sispt").all()


def test_the_same_plan_of_other_years_and_without_later_columns(tmp_path: Path) -> None:
    """The same fact from two vintages: programmes, targets and totals are the same."""
    whole = plan(sispt(tmp_path / "plan.xlsx"))
    older = plan(
        sispt(
            tmp_path / "sispt-73067.xlsx",
            years=(2020, 2021, 2022, 2023),
            drop=tuple(ALL) + tuple(f"{fund} {year}" for fund in
                                    ("Recursos propios", "SGP educación", "SGP salud", "Crédito",
                                     "Otros") for year in range(2020, 2024)),
        )
    )  # fmt: skip
    assert sorted(older["periodo"].unique()) == [2020, 2021, 2022, 2023]
    same = ["municipio", "programa", "indicador", "meta_cuatrienio", "programado", "recursos"]
    assert older[same].equals(whole[same])
    assert older[["recursos_sgp", "acumulacion", "principal"]].isna().all(axis=None)


@pytest.mark.parametrize(("code", "owner"), [("5001", "05001"), (25, "25"), ("25000", "25")])
def test_the_owner_is_a_municipality_or_a_department(tmp_path: Path, code: Any, owner: str) -> None:
    assert plan(sispt(tmp_path / "p.xlsx", code=code))["municipio"].unique().tolist() == [owner]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"total": 1.0}, "suman su total"),
        ({"code": "Ataco"}, "debe ser el código DANE"),
        ({"drop": ("Total 2026",)}, "(2026)"),
        ({"drop": ("Meta del cuatrienio",)}, ""),
        ({"drop": ("Código DANE",)}, "debe decir de quién es"),
        ({"products": (PRODUCTS[0], PRODUCTS[0])}, "una sola vez"),
        ({"products": ({**PRODUCTS[0], "Código del producto (MGA)": "4003017"},)}, "empieza por"),
        ({"products": ({**PRODUCTS[0], "Tipo de acumulación": "Mixto"},)}, "una de estas"),
        ({"products": ({**PRODUCTS[0], "physical": "muchos"},)}, "debe ser un número"),
        ({"products": ({**PRODUCTS[0], "physical": -3},)}, "debe estar entre"),
    ],
)
def test_a_plan_with_a_fault_is_set_aside_and_told(
    tmp_path: Path, change: dict[str, Any], rule: str
) -> None:
    (tmp_path / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    sispt(tmp_path / "SisPT plan indicativo.xlsx", **change)
    found = read_all(tmp_path)
    assert "plan_desarrollo" not in found.tables
    (file,) = found.faulty
    assert file.file == "SisPT plan indicativo.xlsx"
    assert any(rule in finding.rule for finding in file.findings)
    assert all("SisPT plan indicativo.xlsx" in finding.where for finding in file.findings)


def test_rows_below_a_blank_one_are_not_lost_in_silence(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = sispt(tmp_path / "plan.xlsx")
    book = load_workbook(path)
    book["Plan indicativo - Productos"].insert_rows(4)
    book.save(path)
    with pytest.raises(UserMistake) as caught:
        development_plan.read(path)
    assert "fila 4" in caught.value.findings[0].where


@pytest.mark.real
@pytest.mark.parametrize(
    ("code", "products", "millions", "early"),
    [
        ("25", 385, 2_968_988, 7),
        ("25126", 339, 112_283, 26),
        ("25175", 276, 340_898, 5),
        ("25200", 117, 18_079, 6),
        ("25758", 421, 149_370, 38),
        ("25799", 331, 99_880, 24),
    ],
)
def test_the_totals_of_published_plans(
    real_management: Path, code: str, products: int, millions: int, early: int
) -> None:
    """Totals of 2024 and rows of programme 4102 as counted by others from the same files."""
    found = plan(real_management / "dnp" / "sispt" / f"SisPT_plan_indicativo_{code}.xlsx")
    year = found[found["periodo"] == 2024]
    assert len(year) == products
    assert round(year["recursos"].sum() / 1e6) == millions
    assert int((year["programa"] == "4102").sum()) == early
    assert set(found["municipio"]) == {code}
