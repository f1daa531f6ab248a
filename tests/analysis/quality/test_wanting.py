"""What official sources a territory lacks: one list for the report and for ``gsi sources``."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd
import pytest
from builders import make_context
from paths import ROOT
from prose import faults

from gsi.analysis.quality import wanting
from gsi.analysis.quality.section import section
from gsi.analysis.quality.wanting import Standing
from gsi.contract.params.sources import load_sources
from gsi.inputs.quality import Verdicts
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import SourceRecord

SOURCES = load_sources(ROOT / "params")
KNOWN = {source.id: source for source in SOURCES.sources}


def record(
    source: str, table: str, years: str = "2018", places: tuple[str, ...] = (),
    indicators: tuple[str, ...] = (),
) -> SourceRecord:  # fmt: skip
    return SourceRecord(
        source, "P", "T", f"{source}-{table}-{years}.csv", "0" * 64, table, 9, 9, years=years,
        places=places, indicators=indicators,
    )  # fmt: skip


def figures(**values: float | None) -> pd.DataFrame:
    """A figure an indicator of Ataco, of 2018."""
    rows = pd.DataFrame(
        {
            "municipio": "73067", "indicador": list(values), "periodo": 2018,
            "valor": pd.Series(list(values.values()), dtype="float64"),
        }
    )  # fmt: skip
    return indicator_rows(rows, fuente="f", serie="s")


def standings(
    records: list[SourceRecord],
    rows: Mapping[str, int],
    table: pd.DataFrame | None = None,
    code: str = "73067",
) -> list[Standing]:
    given = {"indicadores": table if table is not None else figures()}
    context = make_context(given, code, names={"73067": "Ataco", "73001": "Ibagué"})
    verdicts = Verdicts((), {name: {code: count} for name, count in rows.items()})
    return wanting.standings(
        SOURCES, records, verdicts, context.catalogue, context.territory, context.data
    )


def missing(found: list[Standing]) -> list[str]:
    return [one.source.id for one in found if not one.there and one.gains]


def test_what_opens_most_tables_comes_first_then_what_gives_most_indicators() -> None:
    ids = missing(standings([], {"indicadores": 5}))
    assert ids[:2] == ["seguimiento-pdt", "reps"]  # three tables; two
    one_table = [KNOWN[name] for name in ids if len(KNOWN[name].fills) == 1]
    of_indicators = [source for source in one_table if source.fills == ("indicadores",)]
    # Sixteen of the census, nine of MEN, three small-area estimates, then two and one.
    assert [source.id for source in of_indicators][:3] == ["ipm-censo", "educacion", "pobreza-sae"]
    assert ids.index("plan-indicativo") < ids.index("ipm-censo")


def test_what_is_there_is_not_missing_and_says_its_years() -> None:
    found = standings([record("men_estadisticas", "indicadores", "2011-2024")], {"indicadores": 5})
    (there,) = [one for one in found if one.there]
    assert (there.source.id, there.years, there.last) == ("educacion", "2011-2024", 2024)
    assert wanting.vintage(there, 2024) == "al corte de 2024"
    assert wanting.vintage(there, 2025) == "1 año antes del corte de 2025"
    assert wanting.vintage(there, 2030) == "6 años antes del corte de 2030"
    assert wanting.vintage(there, 2022) == "después del corte de 2022"
    assert "educacion" not in missing(found)


def test_a_table_with_rows_is_not_opened_again() -> None:
    found = standings([], {"indicadores": 5, "inversion": 12, "servicios": 3})
    filled = {one.source.id: one.filled() for one in found}
    assert filled["seguimiento-pdt"] == "Avance del plan de desarrollo"
    assert filled["cuipo-ejecucion"] == "" and "cuipo-ejecucion" not in missing(found)


def test_an_indicator_with_a_figure_is_not_given_again() -> None:
    table = figures(nbi=12.0, nbi_miseria=None, irca=3.0)
    found = standings([], {"indicadores": 5}, table)
    given = {one.source.id: one.gives for one in found}
    assert given["irca"] == ()
    assert given["nbi"] == ("Personas en miseria por necesidades básicas insatisfechas",)


def test_the_plan_of_a_neighbour_or_of_the_department_is_not_the_municipality_s() -> None:
    rows = {"indicadores": 5}
    for places in (("73001",), ("73",)):
        found = standings([record("dnp_sispt", "plan_desarrollo", "2024", places)], rows)
        assert "plan-indicativo" in missing(found), places
    found = standings([record("dnp_sispt", "plan_desarrollo", "2024", ("73067",))], rows)
    assert "plan-indicativo" not in missing(found)
    # A budget of the department's municipalities, kept by department where they are many.
    found = standings([record("cgr_cuipo", "inversion", "2022", ("73",))], rows)
    assert "cuipo-ejecucion" not in missing(found)


def test_a_file_of_one_indicator_does_not_stand_for_its_reader_s_others() -> None:
    one = record("eevv_procuraduria", "indicadores", "2005-2023", indicators=("bajo_peso",))
    found = standings([one], {"indicadores": 5})
    assert [each.source.id for each in found if each.there] == ["bajo-peso"]
    assert "mortalidad-infantil" in missing(found)


def test_nobody_publishes_anything_of_the_example() -> None:
    context = make_context({}, "00")
    told = section(context, Verdicts((), {}), [])
    assert "wanting" not in told.tables
    assert not told.facts["has_wanting"].value


def test_the_report_has_the_list_of_the_order() -> None:
    context = make_context({"indicadores": figures(irca=3.0)}, "73067", names={"73067": "Ataco"})
    verdicts = Verdicts((), {"indicadores": {"73067": 1}})
    told = section(context, verdicts, [])
    found = wanting.standings(
        SOURCES, [], verdicts, context.catalogue, context.territory, context.data
    )
    assert told.tables["wanting"].data["source"].tolist() == missing(found)
    assert told.facts["wanting"].value == len(missing(found))
    cells = told.tables["wanting"].cells()
    assert cells["Quién lo tiene"][0].startswith("La oficina de Planeación")
    assert cells["Qué llenaría"][0] == "Avance del plan de desarrollo; inversión social; servicios"


def test_every_source_gives_something_that_the_workbook_has() -> None:
    catalogue = make_context({}, "00").catalogue
    for source in SOURCES.sources:
        if source.fills == ("indicadores",) and source.id != "terridata":
            assert wanting.indicators_of(source, catalogue), source.id


@pytest.mark.parametrize("source", SOURCES.sources, ids=lambda source: source.id)
def test_the_words_of_a_source_are_those_of_a_report(source: object) -> None:
    page = (ROOT / "reports" / "_metodo.qmd").read_text(encoding="utf-8")
    said = frozenset(re.findall(r"(?m)^([A-ZÁÉÍÓÚÑ]{2,}): ", page.partition("**Siglas.**")[2]))
    one = KNOWN[source.id]  # type: ignore[attr-defined]
    assert faults(f"{one.title}. {one.holder}. {one.section}.", said) == []
