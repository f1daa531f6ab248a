"""Which of several sources stands, and how far the others are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from paths import ROOT

from gsi.contract.params.indicators import load_catalogue
from gsi.inputs import indicators
from gsi.inputs.indicators import unification
from gsi.inputs.readers import read_all

CATALOGUE = load_catalogue(ROOT / "params" / "indicators.yml")


def figure(value: float, source: str, period: int = 2018, **more: object) -> dict[str, object]:
    return {
        "municipio": "73001", "indicador": "cobertura_neta", "periodo": period, "valor": value,
        "area": "total", "fuente": source, "serie": "men", "nota": "",
    } | more  # fmt: skip


def unified(*rows: dict[str, object]) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.DataFrame(rows).reindex(columns=indicators.COLUMNS)
    return indicators.unify(frame, None, CATALOGUE)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("zeta_oficial", "formulario:alfa.csv"),  # official first, whatever the alphabet says
        ("men_estadisticas", "alfa_oficial"),  # what the catalogue prefers
    ],
)
def test_the_rule_decides(first: str, second: str) -> None:
    for rows in ([(90, first), (80, second)], [(80, second), (90, first)]):
        kept, differ = unified(*(figure(value, source) for value, source in rows))
        assert kept["fuente"].tolist() == [first]
        assert (differ["fuente_usada"].item(), differ["otro"].item()) == (first, 80)
        assert unification.size(differ).item() == pytest.approx(100 * 10 / 90)


def test_the_latest_vintage_stands_where_nothing_else_decides() -> None:
    rows = [figure(80, "alfa"), figure(90, "beta"), figure(91, "beta", 2022)]
    kept, differ = unified(*rows)
    assert kept.set_index("periodo")["fuente"].to_dict() == {2018: "beta", 2022: "beta"}
    assert differ["fuente_otra"].tolist() == ["alfa"]


def test_rounding_is_no_disagreement() -> None:
    _, found = unified(figure(90.0, "alfa"), figure(90.3, "beta"))
    assert found["que"].tolist() == [unification.SAME]


def people(source: str, size: int, period: int = 2018) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "municipio": "73001", "periodo": period, "sexo": ["hombre", "mujer"], "edad": 10,
            "area": "total", "personas": [size, size], "fuente": source,
        }
    )  # fmt: skip


def test_two_populations_are_never_added_up() -> None:
    both = pd.concat([people("formulario:a.csv", 300), people("dane", 500)], ignore_index=True)
    kept, differ = unification.population(both)
    assert kept["personas"].sum() == 1000 and set(kept["fuente"]) == {"dane"}
    row = differ.iloc[0]
    assert (row["usado"], row["otro"], row["que"]) == (1000, 600, "poblacion")
    assert unification.size(differ).item() == 40


def test_one_population_a_year_is_left_alone() -> None:
    both = pd.concat([people("a", 300), people("b", 500, 2019)], ignore_index=True)
    kept, differ = unification.population(both)
    assert kept is both and differ.empty


def compared_cases(folder: Path, department: str, year: int) -> dict[str, dict[str, int]]:
    """Light births of each municipality as each of both files has them, read here."""
    book = pd.read_excel(
        folder / "dane" / f"nacimientos_cuadro6a_{year}.xls", sheet_name=department, header=None,
        engine="calamine",
    )  # fmt: skip
    first = book.columns[(book == "Menos de 1.000").any()][0]
    # 999: of a municipality that is not known.
    place = book[0].astype("str")
    rows = book[place.str.match(r"\d{5} ") & ~place.str.match(r"\d\d999") & (book[1] == "Total")]
    sums = rows.loc[:, first : first + 3].astype("int64").sum(axis=1)
    cuadro = dict(zip(rows[0].str[:5], sums, strict=True))
    compiled = pd.read_excel(folder / "ins" / "ya1-6-bajo-peso.xlsx", engine="calamine")
    compiled = compiled[
        (compiled["anno"] == year) & (compiled["codmpio"] // 1000 == int(department))
    ]
    compiled = compiled[compiled["nacidos_vivos"].notna()]
    cases = (compiled["bajo_peso"].fillna(0) * compiled["nacidos_vivos"] / 100).round()
    codes = compiled["codmpio"].astype(int).astype(str).str.zfill(5)
    return {"cuadro": cuadro, "compilation": dict(zip(codes, cases.astype(int), strict=True))}


@pytest.mark.real
def test_what_violence_is_divided_by_is_no_population(real_data: Path) -> None:
    """Medicina Legal's file divides by the people of the ages with cases: in Ibagué, 2018, by
    157,362 for one kind of violence; in Ataco, 2019, by 2,316 of its 7,096 children."""
    reading = read_all(real_data)
    _, found = indicators.unify(
        reading.tables["indicadores"], reading.tables["poblacion"], CATALOGUE
    )
    assert not (found["fuente_otra"] == "medicina_legal").any()
    # What two sources do give is counted, alike or not: Vaupés' cuadro 6A, 6 places of 2 years.
    light = found[(found["indicador"] == "bajo_peso") & found["municipio"].str.startswith("97")]
    light = light[(light["municipio"].str.len() == 5) & (light["fuente_usada"].str.contains("6a"))]
    # Nine have another value there and the same light births, divided by all and not by those of
    # known weight: the sources do not disagree.
    assert light["que"].value_counts().to_dict() == {unification.CASES: 9, unification.SAME: 3}
    known = compared_cases(real_data, "97", 2018)
    assert known["cuadro"] == known["compilation"]


def test_every_source_of_the_workbook_is_read_by_its_name() -> None:
    """No identifier of ours reaches a reader, whichever source the catalogue prefers."""
    used = {name for i in CATALOGUE for name in i.preference}
    for name in sorted(used | {"dane_proyecciones_epico", "eevv_procuraduria", "medicina_legal"}):
        assert unification.title(name) not in (name, name.replace("_", " "))
    assert unification.title("formulario:poblacion.csv") == "formulario poblacion.csv"
    assert len(set(unification.TITLES.values())) == len(unification.TITLES)
