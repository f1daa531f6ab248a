"""The public sample of Sisbén IV: privations as given, the official flag and figures from them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from paths import ROOT

from gsi.contract.params import load
from gsi.ground.errors import UserMistake
from gsi.inputs.readers import sisben
from gsi.measure import poverty
from gsi.measure.poverty import Scheme
from gsi.measure.survey import Design


def sample(real_data: Path) -> Path:
    (path,) = (real_data / "dnp").glob("Vista_DNP-SISBEN_PERSONAS*.csv")
    return path


def scheme() -> Scheme:
    settings = load(ROOT / "params")[0].plan.poverty
    return Scheme.of({name: item.weight for name, item in settings.privations.items()}, settings.k)


@pytest.mark.real
def test_households_give_the_official_flag_and_figures(real_data: Path) -> None:
    homes = sisben.read(sample(real_data)).data
    assert (len(homes), int(homes["personas"].sum())) == (1577, 3759)
    who = poverty.identify(homes, scheme())
    assert who.complete.all()
    design = Design.of(
        homes["peso"] * homes["personas"], stratum=homes["estrato"], psu=homes["upm"]
    )
    found = poverty.measures(who, design)
    assert (found["H"].value, found["M0"].value) == pytest.approx((0.105918, 0.042292), abs=5e-7)
    people = pd.read_csv(sample(real_data), dtype=str)
    official = people.groupby(["llave", "HOGAR"])["H_5"].first().eq("1").sum()
    assert int(who.poor.sum()) == official
    assert Fraction(1, 3) == scheme().cutoff


@pytest.mark.real
def test_no_identifier_of_the_file_is_kept(real_data: Path) -> None:
    homes = sisben.read(sample(real_data)).data
    raw = pd.read_csv(sample(real_data), dtype=str)
    assert not set(homes["hogar"]) & set(raw["llave"])
    assert homes["hogar"].is_unique and homes["upm"].nunique() == raw["llave"].nunique()


def made(folder: Path, **changes: str) -> Path:
    columns = ["cod_mpio", "llave", "HOGAR", "ZONA", "CORTE", "FEX", "H_5", "PER001"]
    row = dict(zip(columns, ["5001", "01", "1", "1", "SIV_2022", "1.842,5", "0", "1"], strict=True))
    row |= dict.fromkeys(sisben.PRIVATIONS, "0") | {"I9": ""}
    frame = pd.DataFrame([row, row | changes])
    path = folder / "Vista_DNP-SISBEN_PERSONAS.csv"
    frame.to_csv(path, index=False)
    return path


def test_colombian_numbers_missing_privations_and_codes(tmp_path: Path) -> None:
    (home,) = sisben.read(made(tmp_path)).data.to_dict("records")
    assert (home["municipio"], home["area"], home["corte"]) == ("05001", "cabecera", 2022)
    assert (home["peso"], home["personas"]) == (1842.5, 2)
    assert home["p_agua"] == 0 and pd.isna(home["p_aseguramiento"])


def test_a_person_twice_is_told(tmp_path: Path) -> None:
    path = made(tmp_path)
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.assign(ORDEN=["1", "2"]).to_csv(path, index=False)
    assert sisben.read(path).data["personas"].tolist() == [2]
    frame.assign(ORDEN=["1", "1"]).to_csv(path, index=False)
    with pytest.raises(UserMistake, match="fila 3, columna ORDEN: una persona está una sola vez"):
        sisben.read(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"I3": "2"}, ["columna I3", "0, 1 o vacía", "fila 3"]),
        ({"FEX": "-1"}, ["columna FEX", "mayor que cero"]),
        ({"CORTE": "abril"}, ["columna CORTE", "SIV_2022"]),
        ({"I1": "1"}, ["privaciones", "1 hogares"]),
        ({"cod_mpio": "x"}, ["columna cod_mpio", "DIVIPOLA"]),
    ],
)
def test_mistakes_are_told(tmp_path: Path, changes: dict[str, str], words: list[str]) -> None:
    with pytest.raises(UserMistake) as caught:
        sisben.read(made(tmp_path, **changes))
    for word in words:
        assert word in str(caught.value)
