"""What a source counts under a code that is no longer one is counted where its people are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gsi.inputs.readers import early_education, former
from gsi.inputs.records import Part

BAJIRA, RIOSUCIO = "27086", "27615"


def rows(*records: dict[str, object]) -> pd.DataFrame:
    plain = {
        "indicador": "educacion_inicial", "periodo": 2018, "valor": None, "denominador": None,
        "area": "total", "fuente": "icbf", "serie": "s", "nota": None,
    }  # fmt: skip
    frame = pd.DataFrame([plain | record for record in records])
    numbers = ["valor", "numerador", "denominador"]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def test_counts_go_where_the_projections_have_the_people() -> None:
    table = rows(
        {"municipio": RIOSUCIO, "numerador": 1000},
        {"municipio": BAJIRA, "numerador": 197},
        {"municipio": BAJIRA, "numerador": 30, "periodo": 2023},
        {"municipio": "27001", "numerador": 5},
    )
    out = former.added_up(table, {RIOSUCIO, "27001"}).set_index(["municipio", "periodo"])
    assert out["numerador"].to_dict() == {
        (RIOSUCIO, 2018): 1197, ("27001", 2018): 5, (RIOSUCIO, 2023): 30,
    }  # fmt: skip
    assert out.loc[(RIOSUCIO, 2018), "nota"].startswith("Incluye 197 que la fuente cuenta en Belén")
    assert pd.isna(out.loc[("27001", 2018), "nota"])
    # A DIVIPOLA that has the code has its own people too.
    assert former.added_up(table, {BAJIRA, RIOSUCIO}) is table


def test_a_published_rate_of_the_smaller_place_is_made_again() -> None:
    table = rows(
        {"municipio": RIOSUCIO, "numerador": 30, "denominador": 500, "valor": 6.0},
        {"municipio": BAJIRA, "numerador": 3, "denominador": 25, "valor": 12.0},
    )
    (row,) = former.added_up(table, {RIOSUCIO}).to_dict("records")
    assert (row["numerador"], row["denominador"]) == (33, 525) and pd.isna(row["valor"])


@pytest.mark.real
def test_no_child_of_choco_is_dropped(real_data: Path) -> None:
    """ICBF, 2018: Chocó's total as the file itself adds up, 27086 included."""
    part = early_education.read(real_data / "icbf" / "Educacion_Inicial.csv")
    divipola = pd.read_csv(
        real_data / "dane" / "divipola_gdxc-w37w.csv", dtype="str", encoding_errors="replace"
    )
    known = set(divipola["cod_mpio"].str.zfill(5))
    assert BAJIRA not in known and RIOSUCIO in known
    raw = part.data[(part.data["periodo"] == 2018) & part.data["municipio"].str.startswith("27")]
    assert float(raw.loc[raw["municipio"] == BAJIRA, "numerador"].iloc[0]) == 197
    out: Part = former.joined(part, known)
    kept = out.data[out.data["municipio"].isin(known) & (out.data["periodo"] == 2018)]
    kept = kept[kept["municipio"].str.startswith("27")]
    assert kept["numerador"].sum() == raw["numerador"].sum()
    assert any("Belén de Bajirá (27086)" in note for note in out.notes)
