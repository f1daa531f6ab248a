"""DNP's follow-up of the plan de desarrollo: what was reported, and what was not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import DIVIPOLA
from inputs.readers.made_plans import NOT_FOUND, follow_up

from gsi.contract import tables
from gsi.ground.errors import UserMistake
from gsi.inputs.readers import development_follow_up, read_all

NAME = "DNP_Seguimiento_PDT_73067.xlsx"


def read(path: Path) -> dict[str, pd.DataFrame]:
    parts = development_follow_up.read(path)
    return {part.table: tables.conform(part.table, part.data) for part in parts}


def physical(found: dict[str, pd.DataFrame], year: int) -> pd.Series:
    rows = found["avance_plan_desarrollo"]
    (row,) = rows[(rows["seguimiento"] == "fisico") & (rows["periodo"] == year)].to_dict("records")
    return pd.Series(row)


def test_money_and_targets_of_each_year(tmp_path: Path) -> None:
    found = read(follow_up(tmp_path / NAME))
    progress = found["avance_plan_desarrollo"]
    assert len(progress) == 4  # two kinds of follow-up, two years with execution
    row = physical(found, 2025)
    assert (row["programado"], row["ejecutado"], row["reportado"]) == (800, 421, 1)
    assert (row["municipio"], row["codigos_sispt"]) == ("73067", "IP-1;IP-2")
    assert row["corte"] == pd.Timestamp(2025, 9, 30)
    assert physical(found, 2024)["corte"] == pd.Timestamp(2024, 12, 31)
    assert row["fecha_informe"] == pd.Timestamp(2025, 12, 31)
    (spent,) = found["inversion"].to_dict("records")
    assert (spent["vigencia"], spent["comprometido"], spent["obligado"], spent["pagado"]) == (
        2024, 9e8, 8e8, 7e8,
    )  # fmt: skip
    assert pd.isna(spent["apropiado"]) and pd.isna(spent["fuente"])
    served = found["servicios"].set_index("periodo")
    assert served["cupos_usados"].to_dict() == {2024: 800, 2025: 421}


@pytest.mark.parametrize("cell", [" ", 0, 421])
def test_without_a_report_nothing_is_known(tmp_path: Path, cell: Any) -> None:
    """Even where a cell has a number: the explanation says that nothing was found."""
    found = read(follow_up(tmp_path / NAME, executed=cell, told=NOT_FOUND.format("PIIP")))
    row = physical(found, 2025)
    assert row["reportado"] == 0
    assert pd.isna(row["ejecutado"])
    assert found["servicios"]["periodo"].tolist() == [2024]


def test_a_reported_zero_is_zero(tmp_path: Path) -> None:
    row = physical(read(follow_up(tmp_path / NAME, executed=0, told="No se ejecutó")), 2025)
    assert (row["reportado"], row["ejecutado"]) == (1, 0)


def test_what_is_not_programmed_in_people_is_no_offer_of_places(tmp_path: Path) -> None:
    served = read(follow_up(tmp_path / NAME, executed=8001, told="Por encima"))["servicios"]
    row = served[served["periodo"] == 2025].iloc[0]
    assert (pd.isna(row["cupos"]), row["cupos_usados"]) == (True, 8001)


@pytest.mark.parametrize(
    ("quarter", "day"),
    [
        ("2025 - primer trimestre", (3, 31)),
        ("2025 - Cuarto trimestre", (12, 31)),
        ("sin corte", (12, 31)),
    ],
)
def test_the_cut_is_the_one_of_the_summary(
    tmp_path: Path, quarter: str, day: tuple[int, int]
) -> None:
    row = physical(read(follow_up(tmp_path / NAME, quarter=quarter)), 2025)
    assert row["corte"] == pd.Timestamp(2025, *day)


def test_the_code_is_that_of_the_projects_or_of_the_name(tmp_path: Path) -> None:
    by_project = read(follow_up(tmp_path / "seguimiento pdt.xlsx"))
    by_name = read(follow_up(tmp_path / NAME, project="0"))
    department = read(follow_up(tmp_path / "s.xlsx", project="2024004730060", name="Tolima"))
    owners = [
        found["avance_plan_desarrollo"]["municipio"].unique().tolist()
        for found in (by_project, by_name, department)
    ]
    assert owners == [["73067"], ["73067"], ["73"]]
    with pytest.raises(UserMistake, match="debe decir de qué municipio"):
        development_follow_up.read(follow_up(tmp_path / "seguimiento 73001.xlsx"))


def test_a_departments_report_gives_no_service_of_a_municipality(tmp_path: Path) -> None:
    """Cundinamarca had no report at all: its 40 services carried the code 25."""
    parts = development_follow_up.read(
        follow_up(tmp_path / "s.xlsx", project="2024004730060", name="Tolima")
    )
    assert [part.table for part in parts] == ["avance_plan_desarrollo", "inversion"]
    assert all(any("no se leen como servicios" in note for note in part.notes) for part in parts)


def test_the_name_must_be_the_codes(tmp_path: Path) -> None:
    (tmp_path / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    follow_up(tmp_path / NAME, name="Ibagué, Tolima")
    found = read_all(tmp_path)
    assert "avance_plan_desarrollo" not in found.tables
    assert "el de su código" in found.faulty[0].findings[0].rule


def test_a_later_report_stands_beside_the_earlier_one(tmp_path: Path) -> None:
    """What a report of another day says of a year is no contradiction of the first."""
    (tmp_path / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    follow_up(tmp_path / NAME)
    follow_up(tmp_path / f"b-{NAME}", executed=500, sispt="31 de marzo de 2026")
    found = read_all(tmp_path)
    rows = found.tables["avance_plan_desarrollo"]
    year = rows[(rows["seguimiento"] == "fisico") & (rows["periodo"] == 2025)]
    assert sorted(year["ejecutado"]) == [421, 500]


@pytest.mark.real
def test_what_a_published_report_says(real_management: Path) -> None:
    folder = real_management / "dnp" / "seguimiento"
    found = read(folder / "DNP_Seguimiento_PDT_25175.xlsx")
    progress = found["avance_plan_desarrollo"]
    mine = progress[progress["codigos_sispt"] == "IP-268"].set_index(["seguimiento", "periodo"])
    assert mine.loc[("fisico", 2024), ["programado", "ejecutado"]].tolist() == [800, 800]
    assert mine.loc[("fisico", 2025), "ejecutado"] == 421
    assert mine.loc[("financiero", 2024), ["programado", "obligado"]].tolist() == [
        1_193_453_675, 916_887_000,
    ]  # fmt: skip
    year = progress[(progress["seguimiento"] == "financiero") & (progress["periodo"] == 2024)]
    assert round(year["programado"].sum() / 1e6) == 340_898
    told = progress["explicacion"].str.contains("No se encontró ejecución")
    assert progress.loc[told, ["ejecutado", "obligado"]].isna().all(axis=None)
    assert (progress.loc[told, "reportado"] == 0).all()


@pytest.mark.real
def test_every_published_report_and_the_damaged_one(real_management: Path) -> None:
    for path in sorted((real_management / "dnp" / "seguimiento").glob("*.xlsx")):
        rows = read(path)["avance_plan_desarrollo"]
        code = path.stem.rsplit("_", 1)[1]
        assert set(rows["municipio"]) == {code}
    damaged = real_management / "danados" / "DNP_Seguimiento_PDT_25899_danado_en_origen.xlsx"
    with pytest.raises(UserMistake, match="dañado"):
        development_follow_up.read(damaged)
