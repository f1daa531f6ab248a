"""A section survives being saved, and says itself in es-CO."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from gsi.analysis import results
from gsi.analysis.results import Column, Gap, Section, Table


def example() -> Section:
    data = pd.DataFrame(
        {
            "nombre": ["Ataco", None],
            "valor": [64.04, float("nan")],
            "n": pd.array([19330, None], "Int64"),
            "near": [["Honda", "Íquira"], []],
            "hidden": [1, 2],
        }
    )
    columns = {
        "nombre": Column("Municipio"),
        "valor": Column("IPM (%)", "percent", 1),
        "n": Column("Personas", "count"),
        "near": Column("Vecinos", "names"),
    }
    return Section(
        "priority",
        {
            "share": results.percent(62.06),
            "people": results.count(1330187),
            "none": results.decimal(None),
            "nan": results.decimal(float("nan")),
            "places": results.names(["Ataco", "Coyaima"]),
            "nobody": results.names([]),
            "due": results.date(dt.date(2024, 6, 30)),
            "year": results.year(2018),
            "money": results.money(1_500_000),
            "found": results.flag(False),
            "word": results.text("sur"),
        },
        {"ranking": Table(data, columns)},
        [Gap("formacion", "sin ella no se sabe quién se formó")],
    )


def test_no_estimated_probability_is_written_as_certain() -> None:
    written = {
        value: str(results.probability(value)) for value in (0, 0.4, 1.2, 80, 98.6, 99.6, 100)
    }
    space = "\N{NO-BREAK SPACE}"
    assert list(written.values()) == [
        f"menos de 1{space}%",
        f"menos de 1{space}%",
        f"1{space}%",
        f"80{space}%",
        f"99{space}%",
        f"más de 99{space}%",
        f"más de 99{space}%",
    ]
    assert str(results.probability(None)) == "sin dato"
    assert Column("Probabilidad", "probability").write(100.0) == f"más de 99{space}%"


def test_facts_are_written_in_spanish() -> None:
    facts = example().facts
    assert str(facts["share"]) == "62,1\N{NO-BREAK SPACE}%"
    assert str(facts["people"]) == "1.330.187"
    assert str(facts["none"]) == str(facts["nan"]) == str(facts["nobody"]) == "sin dato"
    assert str(facts["places"]) == "Ataco y Coyaima"
    assert str(facts["due"]) == "30 de junio de 2024"
    assert str(facts["year"]) == "2018"
    assert str(facts["money"]) == "$1.500.000"


def test_save_and_load_give_the_same_words(tmp_path: Path) -> None:
    before = example()
    before.save(tmp_path)
    after = Section.load(tmp_path, "priority")
    assert {k: str(v) for k, v in after.facts.items()} == {
        k: str(v) for k, v in sorted(before.facts.items())
    }
    pd.testing.assert_frame_equal(
        after.tables["ranking"].written(), before.tables["ranking"].written()
    )
    assert list(after.gaps) == list(before.gaps)
    assert after.available


def test_a_saved_table_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    section = example()
    section.save(tmp_path)
    (name,) = section.tables
    after = Section.load(tmp_path, section.name)
    assert list(after.tables) == [name] and name in after.tables and "otra" not in after.tables
    assert after.tables[name] is after.tables[name]
    unread = Section.load(tmp_path, section.name)
    for path in tmp_path.glob("*.parquet"):
        path.unlink()
    assert after.show(name).equals(section.show(name))
    assert unread.facts and len(unread.tables) == 1
    with pytest.raises(FileNotFoundError):
        unread.show(name)


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in example().save(tmp_path / "a")]
    second = [path.read_bytes() for path in example().save(tmp_path / "b")]
    assert first == second


def test_tables_show_missing_cells_by_name_and_hide_the_rest() -> None:
    written = example().tables["ranking"].written()
    assert list(written.columns) == ["Municipio", "IPM (%)", "Personas", "Vecinos"]
    assert written.iloc[1].tolist() == ["sin dato"] * 4
    assert written.iloc[0].tolist() == [
        "Ataco",
        "64,0\N{NO-BREAK SPACE}%",
        "19.330",
        "Honda e Íquira",
    ]


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="absent"):
        Table(pd.DataFrame({"a": [1]}), {"b": Column("B")})


def test_a_section_of_gaps_is_not_available() -> None:
    empty = Section("training", gaps=[Gap("formacion", "sin ella no se sabe")])
    assert not empty.available
    assert empty.show("coverage") == ["Falta formacion: sin ella no se sabe"]
    assert next(iter(example().show("ranking").columns)) == "Municipio"  # type: ignore[union-attr]
