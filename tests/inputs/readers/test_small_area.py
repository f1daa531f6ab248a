"""Small-area estimates: what the error column is, what is usable, which year a sheet is."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from inputs.readers.made_files import write_xlsx

from gsi.ground.errors import UserMistake
from gsi.inputs.readers.small_area import Precision, precision, read
from gsi.inputs.records import SourceRecord

HEADER = [
    "Código Departamento",
    "Departamento",
    "Código Municipio",
    "Municipio",
    "Estimación Pobreza Multidimensional",
    "Error estandar",
    "Intervalo de Confianza Inferior",
    "Intervalo de Confianza Superior",
    "cvlog",
]


@pytest.mark.real
def test_plain_means_of_tolima(indicators: pd.DataFrame) -> None:
    rows = indicators[
        (indicators["indicador"] == "ipm_sae") & indicators["municipio"].str.startswith("73")
    ]
    means = rows.groupby("periodo")["valor"].agg(["mean", "count"])
    assert means["count"].to_dict() == {2022: 47, 2024: 47}
    assert means["mean"].round(1).to_dict() == {2022: 18.6, 2024: 13.8}


@pytest.mark.real
def test_series_are_not_the_censuss(indicators: pd.DataFrame) -> None:
    sae = indicators[indicators["fuente"] == "dane_sae"]
    assert set(sae["serie"]) == {"ipm_sae", "monetaria_sae", "fies_sae"}
    assert set(sae["periodo"]) == {2022, 2024}


@pytest.mark.real
def test_standard_error_and_variance_columns(value: Callable[..., Any]) -> None:
    # FIES 2024, Medellín: 0.0310271 is an error; the published interval is kept.
    arguments = ("05001", "inseguridad_alimentaria", 2024)
    assert value(*arguments, "error_estandar") == pytest.approx(3.10271191473077)
    assert value(*arguments, "inferior") == pytest.approx(21.9039257638809)
    # Multidimensional 2022, Medellín: 0.000142330628937345 is a variance.
    arguments = ("05001", "ipm_sae", 2022)
    error = 100 * math.sqrt(0.000142330628937345)
    assert value(*arguments, "error_estandar") == pytest.approx(error)
    assert value(*arguments, "superior") == pytest.approx(5.94358878778889 + 1.96 * error)
    assert "Intervalo del 95 % calculado" in value(*arguments, "nota")


@pytest.mark.real
def test_published_cvlog_confirms_every_converted_error(
    real_data: Path, indicators: pd.DataFrame
) -> None:
    """Over all rows, error / (p·−ln p) is the published cvlog: median ratio within 1 %."""
    book = pd.read_excel(
        next((real_data / "dane").glob("*sae*.xlsx")),
        sheet_name=None,
        dtype={"Código Municipio": str},
    )
    names = {
        "FIES": "inseguridad_alimentaria",
        "Monetaria": "pobreza_monetaria_sae",
        "Multidimensional": "ipm_sae",
    }
    for sheet, table in book.items():
        kind, year = sheet.split()
        cvlog = table.dropna(subset="Código Municipio").set_index("Código Municipio").iloc[:, -1]
        rows = indicators[
            (indicators["indicador"] == names[kind]) & (indicators["periodo"] == int(year))
        ].dropna(subset="valor")
        share = rows["valor"] / 100
        least = np.minimum(share, 1 - share)
        implied = rows["error_estandar"] / 100 / (-least * np.log(least))
        ratio = implied / rows["municipio"].map(cvlog)
        assert len(ratio) > 1000
        assert ratio.median() == pytest.approx(1, abs=0.01), sheet
        # The complement above a half: with p alone, those rows would be far from what is published.
        above = ratio[share > 0.5]
        if len(above) > 20:
            assert above.median() == pytest.approx(1, abs=0.01), sheet


@pytest.mark.real
def test_cvlog_above_a_half_is_that_of_the_complement(value: Callable[..., Any]) -> None:
    """Abejorral, FIES 2024: the issue's own computation gives the published .1382."""
    arguments = ("05002", "inseguridad_alimentaria", 2024)
    p, error = value(*arguments) / 100, value(*arguments, "error_estandar") / 100
    assert p == pytest.approx(1 - 0.4325, abs=1e-4)
    assert error / (-(1 - p) * math.log(1 - p)) == pytest.approx(0.1382, abs=1e-4)


@pytest.mark.real
def test_a_cvlog_above_30_percent_leaves_no_value(
    value: Callable[..., Any], record: Callable[[str], SourceRecord]
) -> None:
    # Coyaima, FIES 2022: cvlog 0.310077, share 0.517606.
    arguments = ("73217", "inseguridad_alimentaria", 2022)
    assert all(
        math.isnan(value(*arguments, name)) for name in ("valor", "error_estandar", "superior")
    )
    assert value(*arguments, "nota") == (
        "No utilizable: coeficiente de variación 31,0 %, mayor de 30 %; valor publicado 51,8 %."
    )
    aside = {part.reason: part.rows for part in record("dane_sae").set_aside}
    assert (
        aside[
            "Hoja FIES 2022: coeficiente de variación mayor de 30 %, sin calidad según el DANE; "
            "queda sin valor"
        ]
        == 74
    )


@pytest.mark.real
def test_a_share_above_one_is_not_a_percentage(record: Callable[[str], SourceRecord]) -> None:
    # FIES 2024, La Guadalupe: 1.000705.
    aside = {part.reason: part.rows for part in record("dane_sae").set_aside}
    assert aside["Hoja FIES 2024: estimación fuera de 0-100 %; queda sin valor"] == 1


@pytest.mark.real
def test_footers_are_no_rows_and_a_wrong_survey_year_is_said(
    indicators: pd.DataFrame, record: Callable[[str], SourceRecord]
) -> None:
    sae = indicators[indicators["fuente"] == "dane_sae"]
    assert sae["municipio"].str.fullmatch(r"\d{5}").all()
    notes = [note for note in record("dane_sae").notes if "el pie dice" in note]
    assert [note.split(":")[0] for note in notes] == [
        "Hoja FIES 2024",
        "Hoja Monetaria 2024",
        "Hoja Multidimensional 2024",
    ]


@pytest.mark.real
def test_rows_without_estimate_are_set_aside(record: Callable[[str], SourceRecord]) -> None:
    empty = [
        p for p in record("dane_sae").set_aside if p.reason.endswith("sin estimación publicada")
    ]
    assert sum(part.rows for part in empty) == 3


def test_a_sheet_mostly_above_a_half_is_judged_by_the_complement() -> None:
    draw = np.random.default_rng(3)
    p = pd.Series(draw.uniform(0.55, 0.9, 60))
    error = pd.Series(draw.uniform(0.01, 0.03, 60))
    cvlog = error / (-(1 - p) * np.log(1 - p))
    assert precision(p, error**2, 0.05 * error, cvlog) == Precision("variance", False)


def _sample(rows: int = 60, seed: int = 7) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Shares, their errors and the cvlog of those errors."""
    draw = np.random.default_rng(seed)
    p = pd.Series(draw.uniform(0.05, 0.7, rows))
    error = pd.Series(draw.uniform(0.01, 0.03, rows))
    return p, error, error / (-p * np.log(p))


@pytest.mark.parametrize(
    ("column", "half", "expected"),
    [
        ("error", "agrees", Precision("error", True)),
        ("variance", "agrees", Precision("variance", True)),
        ("error", "wrong", Precision("error", False)),
        ("variance", "wrong", Precision("variance", False)),
    ],
)
def test_precision_tells_the_column(column: str, half: str, expected: Precision) -> None:
    p, error, cvlog = _sample()
    published = error if column == "error" else error**2
    width = 1.96 * error * (1 if half == "agrees" else 0.05)
    assert precision(p, published, width, cvlog) == expected


def test_precision_refuses_when_no_witness_agrees() -> None:
    p, error, cvlog = _sample()
    assert precision(p, error * 7, 1.96 * error, cvlog) is None


def _rows(column: str = "variance", **changed: Any) -> list[list[Any]]:
    p, error, cvlog = _sample()
    published = error if column == "error" else error**2
    return [
        [
            "73",
            "Tolima",
            f"{73001 + i}",
            "M",
            p[i],
            published[i],
            p[i] - 0.001,
            p[i] + 0.001,
            cvlog[i],
        ]
        for i in range(len(p))
    ]


def test_the_year_is_the_sheets_title(tmp_path: Path) -> None:
    footer = [["Fuente: DANE - Encuesta Nacional de Calidad de Vida 2022"]]
    path = write_xlsx(
        tmp_path / "sae.xlsx", {"Multidimensional 2024": [HEADER, *_rows(), [], *footer]}
    )
    part = read(path)
    assert set(part.data["periodo"]) == {2024}
    assert part.years == (2024,)
    assert any("se toma el año del título, 2024" in note for note in part.notes)


def test_a_municipality_under_another_department_is_told(tmp_path: Path) -> None:
    rows = _rows()
    rows[4][0] = "70"
    with pytest.raises(UserMistake, match="73005 en el departamento 70"):
        read(write_xlsx(tmp_path / "sae.xlsx", {"Multidimensional 2024": [HEADER, *rows]}))


def test_a_sheet_without_year_and_a_lost_column_are_told_together(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "sae.xlsx",
        {
            "Multidimensional": [HEADER, *_rows()],
            "Multidimensional 2024": [HEADER[:-1], *[row[:-1] for row in _rows()]],
        },
    )
    with pytest.raises(UserMistake) as caught:
        read(path)
    assert [finding.where for finding in caught.value.findings] == [
        "sae.xlsx, hoja Multidimensional",
        "sae.xlsx, hoja Multidimensional 2024, columna cvlog",
    ]


def test_an_interval_past_zero_is_cut_and_said(tmp_path: Path) -> None:
    rows = _rows("error")
    rows[0][4:9] = [0.01, 0.012, 0.009, 0.011, 0.25]
    part = read(write_xlsx(tmp_path / "sae.xlsx", {"Multidimensional 2024": [HEADER, *rows]}))
    first = part.data.iloc[0]
    assert first["inferior"] == 0
    assert first["nota"].endswith("Intervalo recortado a 0-100 %.")
