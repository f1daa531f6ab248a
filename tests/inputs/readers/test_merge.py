"""Two files of one source."""

from __future__ import annotations

import pandas as pd

from gsi.inputs.readers.merge import concat, disagreeing, once, same_source
from gsi.inputs.readers.rows import indicator_rows


def _rows(year: int, *values: float) -> pd.DataFrame:
    data = pd.DataFrame(
        {
            "municipio": [f"7300{i}" for i in range(len(values))],
            "indicador": "desercion",
            "periodo": year,
            "valor": values,
        }
    )
    return indicator_rows(data, fuente="men", serie="men")


def test_different_years_add_up() -> None:
    files = [("a.csv", _rows(2023, 1, 2)), ("b.csv", _rows(2024, 3))]
    assert disagreeing("indicadores", files) == {}
    table, notes = same_source("indicadores", files)
    assert table["valor"].tolist() == [1, 2, 3]
    assert not notes


def test_equal_rows_count_once_and_it_is_said() -> None:
    files = [("a.csv", _rows(2023, 1, 2)), ("b.csv", _rows(2023, 1, 2, 4))]
    assert disagreeing("indicadores", files) == {}
    table, notes = same_source("indicadores", files)
    assert table["valor"].tolist() == [1, 2, 4]
    assert notes == ["2 filas iguales a las de a.csv: se cuentan una vez."]


def test_two_versions_of_a_figure_are_the_persons_to_choose() -> None:
    files = [("a.csv", _rows(2023, 1, 2)), ("c.csv", _rows(2024, 5)), ("b.csv", _rows(2023, 1, 9))]
    wrong = disagreeing("indicadores", files)
    assert sorted(wrong) == [0, 2]
    assert wrong[0] == wrong[2]
    (finding,) = wrong[0]
    assert finding.where == "a.csv y b.csv"
    assert finding.received.startswith("1 fila distinta; por ejemplo 73001, desercion, 2023")


def test_categories_are_united() -> None:
    first = pd.DataFrame({"sexo": pd.Categorical(["mujer"])})
    second = pd.DataFrame({"sexo": ["hombre"]})
    joined = concat([first, second])
    assert joined["sexo"].tolist() == ["mujer", "hombre"]
    assert isinstance(joined["sexo"].dtype, pd.CategoricalDtype)


def test_rows_that_a_file_repeats_count_once_and_it_is_said() -> None:
    twice = pd.concat([_rows(2023, 1, 2), _rows(2023, 1)], ignore_index=True)
    table, notes, findings = once(twice, "a.csv")
    assert table["valor"].tolist() == [1, 2]
    assert notes == ["1 fila repetida en el archivo: se cuenta una vez."]
    assert not findings
    assert once(_rows(2023, 1, 2), "a.csv")[1:] == ([], [])


def test_two_values_of_one_fact_in_a_file_are_a_finding() -> None:
    twice = pd.concat([_rows(2023, 1, 2), _rows(2023, 7)], ignore_index=True)
    (finding,) = once(twice, "a.csv")[2]
    assert finding.where == "a.csv"
    assert "73000, desercion, 2023, total, men" in finding.received
