"""Key 3: Tanahashi's steps, by hand and over the planted offer."""

from __future__ import annotations

import pandas as pd
import pytest
from analysis.keys.worlds import NAMES, context, rows, world
from builders import make_context
from example_department import truth

from gsi.analysis.keys.cascade import ACCEPTABLE, STEPS
from gsi.analysis.keys.persons import persons
from gsi.analysis.keys.services import services


def shares(section):  # type: ignore[no-untyped-def]
    return section.tables["cascade"].data.set_index("step")["share"]


def test_offer_is_counted_by_hand() -> None:
    seen = persons(context())
    target = seen[seen["vulnerable"].fillna(False).astype(bool)]
    need = target.groupby("municipio")["peso"].sum()
    offer = world()["servicios"]
    offer = offer[offer["periodo"] == 2024]
    for step, part in (("available", offer), ("accessible", offer[offer["oportunidad"] <= 30])):
        total = 0.0
        for code, people_here in need.items():
            total += min(people_here, float(part.loc[part["municipio"] == code, "cupos"].sum()))
        assert shares(services(context()))[step] == pytest.approx(total / need.sum() * 100)


def test_contact_is_what_undercoverage_leaves_and_effective_is_inside_it() -> None:
    section = services(context())
    found = shares(section)
    assert found["contact"] == pytest.approx(100 - section.facts["undercoverage"].value)
    assert found["effective"] < found["contact"]
    seen = persons(context())
    target = seen[seen["vulnerable"].fillna(False).astype(bool)]
    good = world()["atenciones"]
    pleased = set(good.loc[good["satisfaccion"] >= 4, "persona"])
    share = target.loc[target["persona"].isin(pleased), "peso"].sum() / target["peso"].sum()
    assert found["effective"] == pytest.approx(share * 100)


def test_the_step_that_no_table_gives_is_a_named_gap() -> None:
    section = services(context())
    assert ACCEPTABLE in section.gaps
    line = section.tables["cascade"].data.set_index("step").loc["acceptable"]
    assert pd.isna(line["share"])
    assert line["share_text"] == "sin dato"
    assert list(section.tables["cascade"].data["step"]) == list(STEPS)


def test_where_waits_are_long_few_get_the_place_in_time() -> None:
    # In the priority municipalities every service takes 24 to 55 days.
    late = services(context(truth.PRIORITY[1])).facts
    assert late["cascade_accessible"].value < late["cascade_available"].value / 2
    assert services(context(truth.CAPITAL)).facts["cascade_accessible"].value > 50


def test_without_an_offer_its_steps_are_not_zero() -> None:
    drawn = {key: table for key, table in world().items() if key != "servicios"}
    found = shares(services(make_context(drawn, "00", names=NAMES)))
    assert found[["available", "accessible"]].isna().all()
    assert found["contact"] > 0
    # Places are not people: a part of those who received is said to be fewer, and nothing else.
    assert services(make_context(drawn, "00", names=NAMES)).facts["cascade_received"].value


def test_without_ratings_nothing_is_called_effective() -> None:
    attended = world()["atenciones"].assign(satisfaccion=pd.NA)
    drawn = world() | {"atenciones": attended.astype(world()["atenciones"].dtypes.to_dict())}
    assert pd.isna(shares(services(make_context(drawn, "00", names=NAMES)))["effective"])


def test_few_people_are_withheld_in_every_step_that_shows_them() -> None:
    homes = [
        {"hogar": f"h{n}", "municipio": "73001", "corte": 2024, "peso": 10.0, "upm": f"u{n % 9}"}
        for n in range(40)
    ]
    members = [
        {"persona": f"p{n}", "hogar": f"h{n}", "corte": 2024, "edad": 30,
         "identificada_vulnerable": 1}
        for n in range(40)
    ]  # fmt: skip
    attended = [
        {"persona": f"p{n}", "municipio": "73001", "fecha": "2023-02-01", "servicio": "A",
         "satisfaccion": 5 if n < 4 else 2}
        for n in range(25)
    ]  # fmt: skip
    drawn = {
        "hogares": rows("hogares", *homes),
        "personas": rows("personas", *members),
        "atenciones": rows("atenciones", *attended),
    }
    table = services(make_context(drawn, "73001")).tables["cascade"].data.set_index("step")
    assert table.at["effective", "share_text"] == "reservado"
    # Undercoverage is told by its own decision, so contact is too.
    assert table.at["contact", "share"] == pytest.approx(25 / 40 * 100)
