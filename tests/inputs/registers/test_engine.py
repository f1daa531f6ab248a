"""The register engine against the in-memory measures, the official sample, and itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from gsi.contract.params.registers import RegisterSettings
from gsi.ground.errors import UserMistake
from gsi.inputs import registers
from gsi.measure.breakdown import breakdown
from gsi.measure.decomposition import Breakdown
from gsi.measure.poverty import Scheme

UNITS = {"a": 3, "b": 2, "c": 1}
SCHEME = Scheme.of(UNITS, Fraction(1, 3))


def people(n: int = 3000) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    home = rng.integers(0, n // 3, n)
    place = np.array(["05001", "05002", "05004"])[home % 3]
    frame = pd.DataFrame({name: rng.integers(0, 2, n) for name in UNITS})
    return frame.assign(
        municipio=place, home=home, weight=rng.uniform(0.2, 900, n), stratum=home % 2,
        sex=rng.choice(["h", "m"], n),
    )  # fmt: skip


def declared(**changes: object) -> RegisterSettings:
    base: dict[str, object] = {
        "file": "registro",
        "cut": 2022,
        "municipality": "municipio",
        "weight": "weight",
        "household": ["home"],
        "stratum": ["stratum"],
        "groups": {"sexo": "sex"},
        "privations": {name: {"column": name} for name in UNITS},
    }
    return RegisterSettings.model_validate(base | changes)


def saved(frame: pd.DataFrame, folder: Path, kind: str = "parquet") -> Path:
    path = folder / f"registro.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path, index=False)
    return path


def assert_same(found: Breakdown, expected: Breakdown) -> None:
    names = {"municipio": "municipio", "sex": "sexo", "": ""}
    for mine, other in (
        (found.measures, expected.measures),
        (found.indicators, expected.indicators),
    ):
        other = other.assign(group=other["group"].map(names))
        assert mine["value"].astype(str).tolist() == other["value"].astype(str).tolist()
        numbers = list(mine.select_dtypes("number").columns)
        pd.testing.assert_frame_equal(
            mine[numbers], other[numbers], check_dtype=False, rtol=1e-12, atol=1e-14
        )


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize("units", [["home"], []])
def test_the_same_as_in_memory(tmp_path: Path, kind: str, units: list[str]) -> None:
    frame = people()
    found = registers.breakdown(saved(frame, tmp_path, kind), declared(household=units), SCHEME)
    expected = breakdown(
        frame, SCHEME, frame["weight"], frame[["municipio", "sex"]],
        stratum=frame["stratum"], psu=frame["home"] if units else None,
    )  # fmt: skip
    assert_same(found, expected)


def test_threads_and_memory_do_not_move_a_bit(tmp_path: Path) -> None:
    path = saved(people(40_000), tmp_path)
    first = registers.breakdown(path, declared(threads=1, memory="500MB"), SCHEME)
    second = registers.breakdown(path, declared(threads=4), SCHEME)
    pd.testing.assert_frame_equal(first.measures, second.measures, check_exact=True)
    pd.testing.assert_frame_equal(first.indicators, second.indicators, check_exact=True)


@pytest.mark.real
def test_the_official_sample(real_data: Path) -> None:
    (path,) = (real_data / "dnp").glob("Vista_DNP-SISBEN_PERSONAS*.csv")
    units = {f"I{i}": 10 if i in (1, 2, 7, 8, 9, 10) else 5 if i < 7 else 4 for i in range(1, 16)}
    settings = declared(
        municipality="cod_mpio", weight="FEX", household=["llave", "HOGAR"], stratum=["ZONA"],
        psu=["llave"], groups={"oficial": "H_5"},
        privations={name: {"column": name} for name in units},
    )  # fmt: skip
    found = registers.breakdown(path, settings, Scheme.of(units, Fraction(1, 3))).measures
    whole = found[found["group"] == ""].iloc[0]
    assert (whole["H"], whole["M0"]) == pytest.approx((0.105918, 0.042292), abs=5e-7)
    # The official flag of every row: nobody poor among its zeros, everybody among its ones.
    flag = found[found["group"] == "oficial"].set_index("value")
    assert flag["H"].to_dict() == {"0": 0.0, "1": 1.0}
    assert flag["rows"].sum() == whole["rows"] == 3759


MEMBERS = pd.DataFrame(
    [
        # home, age, attends, years, people, rooms
        (1, 8, "2", 2, 6, 1), (1, 40, "9", 4, 6, 1),
        (2, 10, "1", 4, 3, 2), (2, 35, "9", 11, 3, 2), (2, 60, "9", 9, 3, 2),
        (3, 12, None, 5, 2, 2), (3, 50, "9", 11, 2, 2),
        (4, 70, "9", None, 1, 1),
        (5, 3, "9", None, 1, 3),
    ],
    columns=["home", "age", "attends", "years", "people", "rooms"],
).assign(municipio="5001")  # fmt: skip

RULES = {
    "a": {"any_member": [
        {"column": "age", "at_least": 6, "at_most": 16}, {"column": "attends", "values": [2]}]},
    "b": {"mean": "years", "among": [{"column": "age", "at_least": 15}], "below": 9},
    "c": {"any_member": [{"column": "people", "per": "rooms", "at_least": 3}]},
}  # fmt: skip


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_deprivations_by_declared_rules(tmp_path: Path, kind: str) -> None:
    """By hand: home 1 lacks all three; 2 none (mean 10); 3 does not say whether the child attends;
    4 does not say the years of an adult; 5 has nobody of 15 or more, so it is not deprived."""
    settings = declared(
        weight=None, stratum=[], groups={"hogar": "home"}, privations=RULES, household=["home"]
    )
    found = registers.breakdown(saved(MEMBERS, tmp_path, kind), settings, SCHEME)
    assert found.incomplete == 3
    table = found.measures.set_index(["group", "value"])
    assert table.loc["hogar"]["H"].to_dict() == {"1": 1.0, "2": 0.0, "5": 0.0}
    assert table.loc[("hogar", "1"), "A"] == 1
    assert set(table.loc["municipio"].index) == {"05001"}
    assert table.loc[("", ""), "M0"] == pytest.approx(2 / 6)


def test_mistakes_of_a_register_are_told_together(tmp_path: Path) -> None:
    frame = people(30).assign(weight=lambda d: d["weight"].where(d.index > 2, -1))
    frame["a"] = frame["a"].astype(str).where(frame.index != 7, "sí")
    with pytest.raises(UserMistake) as caught:
        registers.breakdown(saved(frame, tmp_path, "csv"), declared(), SCHEME)
    told = sorted(f"{f.where} {f.received}" for f in caught.value.findings)
    assert told == [
        "registro.csv, columna a 1 filas con otro valor",
        "registro.csv, columna weight 3 filas con otro valor",
    ]
    with pytest.raises(UserMistake) as caught:
        registers.breakdown(saved(frame, tmp_path, "csv"), declared(psu=["dwelling"]), SCHEME)
    assert "columna dwelling" in str(caught.value)
    broken = tmp_path / "registro.parquet"
    broken.write_text("nada")
    with pytest.raises(UserMistake, match="no se puede leer"):
        registers.breakdown(broken, declared(), SCHEME)


@pytest.mark.parametrize("value", ["1e309", "nan", "inf", "-Infinity", "no sabe"])
def test_what_is_no_finite_number_is_told_and_decides_nothing(tmp_path: Path, value: str) -> None:
    """Read as infinite, the rooms of a home would end its overcrowding, and years its mean."""
    frame = MEMBERS.astype(object).astype({"people": str})
    frame.loc[0, "people"] = value
    settings = declared(weight=None, stratum=[], groups={}, privations=RULES, household=["home"])
    with pytest.raises(UserMistake) as caught:
        registers.breakdown(saved(frame, tmp_path, "csv"), settings, SCHEME)
    (told,) = caught.value.findings
    assert told.where.endswith("columna people") and told.received == "1 filas con otro valor"


def test_an_infinite_number_of_a_parquet_file_is_told(tmp_path: Path) -> None:
    frame = MEMBERS.assign(years=MEMBERS["years"].astype(float).replace(11, np.inf))
    settings = declared(weight=None, stratum=[], groups={}, privations=RULES, household=["home"])
    with pytest.raises(UserMistake, match="columna years"):
        registers.breakdown(saved(frame, tmp_path), settings, SCHEME)


def test_names_and_values_are_data_never_sql(tmp_path: Path) -> None:
    odd = 'x" FROM source; DROP VIEW source; --'
    frame = people(30).rename(columns={"a": odd}).assign(sex="'; DROP TABLE cells; --")
    settings = declared(
        privations={
            "a": {"column": odd},
            "b": {"any_member": [{"column": "sex", "values": ["'; DROP TABLE cells; --"]}]},
            "c": {"column": "c"},
        }
    )
    found = registers.breakdown(saved(frame, tmp_path), settings, SCHEME)
    rows = found.indicators[(found.indicators["group"] == "")].set_index("indicator")
    assert rows.loc["b", "headcount"] == 1


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"column": "a", "mean": "b", "below": 1},
        {"mean": "b"},
        {"any_member": []},
        {"any_member": [{"column": "a"}]},
        {"any_member": [{"column": "a", "values": [1], "at_least": 2}]},
        {"column": "a", "among": [{"column": "a", "at_least": 2}]},
    ],
)
def test_a_rule_says_one_thing(rule: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        declared(privations={"a": rule})
