"""The register in the line: only aggregates, small counts withheld, mistakes told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from analysis.keys.worlds import context

from gsi.analysis.keys.registers import register
from gsi.contract.params import Parameters
from gsi.ground.errors import UserMistake
from gsi.measure import poverty
from gsi.measure.poverty import Scheme
from gsi.measure.survey import Design


def names() -> list[str]:
    return list(context("00").params.plan.poverty.privations)


def people(n: int = 4000) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    homes = rng.integers(0, 900, n)
    flags = {name: (rng.random(900) < 0.3).astype(int)[homes] for name in names()}
    places = np.array(["00001", "00002", "00003", "00004"])[homes % 4]
    return pd.DataFrame(
        flags | {"municipio": places, "hogar": homes, "sexo": rng.choice(list("hm"), n)}
    )


def declared(**changes: object) -> dict[str, object]:
    return {
        "file": "registros/r.parquet", "cut": 2024, "municipality": "municipio",
        "household": ["hogar"], "groups": {"sexo": "sexo"},
        "privations": {name: {"column": name} for name in names()},
    } | changes  # fmt: skip


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "registros").mkdir()
    people().to_parquet(tmp_path / "registros" / "r.parquet", index=False)
    return tmp_path


def test_the_department_and_its_groups(raw: Path) -> None:
    here = context("00", plan__person_register=declared())
    section = register(here, raw)
    data = people()
    settings = here.params.plan.poverty
    scheme = Scheme.of({k: p.weight for k, p in settings.privations.items()}, settings.k)
    who = poverty.identify(data, scheme)
    found = poverty.measures(who, Design.of(np.ones(len(data)), psu=data["hogar"]))
    assert section.facts["people"].value == 4000
    assert section.facts["h"].value == pytest.approx(found["H"].value * 100)
    assert section.facts["m0_low"].value == pytest.approx(found["M0"].low * 100)
    table = section.tables["groups"].data
    shares = table.groupby("group")["contribution"].sum()
    assert shares.to_dict() == pytest.approx({"municipio": 100, "sexo": 100})
    assert section.tables["privations"].data["share"].sum() == pytest.approx(100)


def test_a_municipality_reads_its_own_row(raw: Path) -> None:
    whole = register(context("00", plan__person_register=declared()), raw)
    own = register(context("00002", plan__person_register=declared()), raw)
    row = whole.tables["groups"].data.set_index("value").loc["00002"]
    assert own.facts["h"].value == pytest.approx(row["H"])
    assert own.facts["people"].value == row["people"]
    other = register(context("00010", plan__person_register=declared()), raw)
    assert other.facts["exists"].value and not other.facts["any"].value


def test_few_people_are_withheld_and_cannot_be_given_back(raw: Path) -> None:
    data = people()
    here = data["municipio"] == "00003"
    data.loc[here, names()] = 0
    poor = data.index[here][:4]
    data.loc[poor, names()] = 1
    data["hogar"] = np.where(here, 5000 + data.index, data["hogar"])
    data.to_parquet(raw / "registros" / "r.parquet", index=False)
    table = register(context("00", plan__person_register=declared()), raw).tables["groups"].data
    places = table[table["group"] == "municipio"].set_index("value")
    assert places.loc["00003", "h_text"] == "reservado"
    # One withheld alone would be the total minus the others.
    assert places["people"].isna().sum() >= 2
    own = register(context("00003", plan__person_register=declared()), raw)
    assert own.facts["h"].missing and not own.facts["shown"].value
    assert own.tables["privations"].data["headcount"].isna().all()


def test_no_register_is_no_section(tmp_path: Path) -> None:
    section = register(context("00"), tmp_path)
    assert not section.facts["exists"].value and not section.tables


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"file": "registros/otro.parquet"}, "subcarpeta registros"),
        ({"file": "../fuera.parquet"}, "subcarpeta registros"),
        ({"privations": {"p_agua": {"column": "p_agua"}}}, "faltan p_bajo_logro"),
    ],
)
def test_mistakes_of_the_declaration(raw: Path, changes: dict[str, object], words: str) -> None:
    (raw.parent / "fuera.parquet").write_bytes(b"")
    with pytest.raises(UserMistake, match=words):
        register(context("00", plan__person_register=declared(**changes)), raw)


def test_the_parameters_hold_it() -> None:
    settings = context("00", plan__person_register=declared()).params
    assert Parameters.model_validate(settings.model_dump(mode="json")) == settings
