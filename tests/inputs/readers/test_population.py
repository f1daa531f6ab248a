"""Population by single age."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gsi.ground.errors import UserMistake
from gsi.inputs.indicators import unification
from gsi.inputs.readers.population import OLDEST, REVISED, SEXES, UNKNOWN, WHOLE, edition, read
from gsi.inputs.records import Reading

HEADER = ["dpmp", "ano", *(f"{column}_{a}" for column in SEXES.values() for a in range(OLDEST + 1))]


@pytest.mark.real
@pytest.mark.parametrize(
    ("code", "everyone", "under_18", "strategy", "law"),
    [
        ("73001", 529_635, 133_899, 82_587, 135_328),
        ("73067", 19_330, 7_201, 2_650, 4_672),
        ("73", 1_330_187, 371_547, 189_717, 319_638),
    ],
)
def test_people_of_2018(
    reading: Reading, code: str, everyone: int, under_18: int, strategy: int, law: int
) -> None:
    table = reading.tables["poblacion"]
    people = table[(table["periodo"] == 2018) & table["municipio"].str.startswith(code)]
    age, count = people["edad"], people["personas"]
    assert count.sum() == everyone
    assert count[age <= 17].sum() == under_18
    assert count[age.between(18, 26)].sum() == strategy
    assert count[age.between(14, 28)].sum() == law


@pytest.mark.real
def test_rows_and_types(reading: Reading) -> None:
    table = reading.tables["poblacion"]
    assert len(table) == 1121 * 13 * 172
    assert table.memory_usage(deep=True).sum() < 60e6
    assert sorted(table["periodo"].unique()) == list(range(2012, 2025))
    assert set(table["edad"]) == set(range(86))
    assert not table.duplicated(["municipio", "periodo", "sexo", "edad", "area"]).any()


def _write(path: Path, row: list[object], header: list[str] | None = None) -> Path:
    lines = [",".join(header or HEADER), ",".join(map(str, row))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_cells_go_to_their_sex_and_age(tmp_path: Path) -> None:
    counts = list(range(172))
    table = read(_write(tmp_path / "p.csv", ["5001", 2018, *counts])).data
    assert table["personas"].tolist() == counts
    assert table.loc[87, ["municipio", "sexo", "edad"]].tolist() == ["05001", "mujer", 1]


def test_a_lost_age_and_a_wrong_count_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="columna mujeres_85"):
        read(_write(tmp_path / "p.csv", ["73067", 2018, *[1] * 171], HEADER[:-1]))
    with pytest.raises(UserMistake, match="columna hombres_0"):
        read(_write(tmp_path / "p.csv", ["73067", 2018, "1.5", *[1] * 171]))
    with pytest.raises(UserMistake, match="fila 2"):
        read(_write(tmp_path / "p.csv", ["73067", 2018, -1, *[1] * 171]))


@pytest.mark.real
def test_the_edition_of_the_population_is_known_by_the_people_of_the_country(
    real_data: Path, oracles: Path
) -> None:
    """The revision's departments are DANE's of 30 July 2025; ours are those of the edition before,
    which is DANE's own until 2017 and another from 2018 on (Vaupés 2024: 47,961 and 43,775)."""
    raw = pd.read_csv(oracles / "official" / "poblacion_departamento.csv", dtype={1: "str"})
    official = raw.groupby("anio")["poblacion_total"].sum()
    assert official[official.index >= 2019].to_dict() == REVISED
    (path,) = real_data.rglob("epico*")
    table = read(path).data
    ours = table.groupby("periodo")["personas"].sum()
    assert set(table["fuente"]) == {"dane_proyecciones_epico"}
    assert (ours[ours.index <= 2017] == official[official.index <= 2017]).all()
    assert (ours[ours.index >= 2019] != official.loc[2019:2024]).all()
    assert edition(ours.to_dict(), 1_121) == "dane_proyecciones_epico"
    assert edition(official.to_dict(), 1_121) == "dane_proyecciones_2025"
    vaupes = table[
        table["municipio"].astype("str").str.startswith("97") & (table["periodo"] == 2024)
    ]
    assert vaupes["personas"].sum() == 47_961


def test_an_edition_that_nobody_knows_is_called_so() -> None:
    assert edition({2024: 52_000_000}, WHOLE) == UNKNOWN
    assert edition(REVISED | {2024: 52_695_952}, WHOLE) == UNKNOWN  # years of two editions
    # An extract has no total of the country to be known by.
    assert edition({2024: 1_330_187}, 47) == "dane_proyecciones_epico"
    assert set(unification.EDITIONS) <= set(unification.TITLES)
