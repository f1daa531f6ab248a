"""Institutions of health and enrolment: whose they are, and who is never read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from inputs.readers.made_files import DIVIPOLA, write_xlsx

from gsi.contract import mga, tables
from gsi.ground.errors import UserMistake
from gsi.inputs import latest, programmes
from gsi.inputs.readers import enrolment, health_places, read_all

SITES = (
    "CodigoPrestador,NombrePrestador,CodigoHabilitacionSede,NombreSede,TipoIdentificacion,"
    "NaturalezaJuridica,MunicipioSede,ClasePrestadorDesc,FechaCorte\n"
)
CUT = "Fecha corte REPS: Mar 12 2026  3:11PM"
IPS = "Instituciones Prestadoras de Servicios de Salud - IPS"


def sites(path: Path, *rows: str, cut: str = CUT) -> Path:
    path.write_text(SITES + "".join(f"{row},{cut}\n" for row in rows), encoding="utf-8")
    return path


def places(path: Path) -> pd.DataFrame:
    return tables.conform("escenarios", health_places.read(path)[0].data)


def test_a_site_is_of_the_municipality_its_code_says(tmp_path: Path) -> None:
    """With the zero that a spreadsheet took away; another municipality beside it sets it aside."""
    path = sites(
        tmp_path / "sedes.csv",
        f"504500135,CLINICA SA,50450013501,SEDE UNO,NI,Privada,5045,{IPS}",
        f"7306700100,HOSPITAL,730670010001,HOSPITAL,NI,Pública,73067,{IPS}",
        f"7306700100,HOSPITAL,730670010002,PUESTO,NI,Pública,73001,{IPS}",
    )
    part, actors = health_places.read(path)
    assert part.data.set_index("escenario")["municipio"].to_dict() == {
        "reps-050450013501": "05045", "reps-730670010001": "73067",
    }  # fmt: skip
    assert [(item.rows, "Municipio distinto" in item.reason) for item in part.set_aside] == [
        (1, True)
    ]
    assert actors.data.set_index("actor")["tipo"].to_dict() == {
        "reps-0504500135-05045": "privado", "reps-7306700100-73067": "entidad",
    }  # fmt: skip
    assert set(part.data["periodo"]) == {2026}


@pytest.mark.parametrize(
    "row",
    [
        "7306700200,ANA PEREZ,730670020001,ANA PEREZ,CC,Privada,73067,Profesional Independiente",
        f"7306700200,ANA PEREZ,730670020001,ANA PEREZ,CE,Privada,73067,{IPS}",
        "7306700200,ANA PEREZ,730670020001,ANA PEREZ,,Privada,73067,Profesional Independiente",
    ],
)
def test_natural_persons_are_never_read(tmp_path: Path, row: str) -> None:
    path = sites(
        tmp_path / "s.csv", row, f"7306700100,HOSPITAL,730670010001,HOSPITAL,NI,Pública,73067,{IPS}"
    )
    parts = health_places.read(path)
    for part in parts:
        assert not part.data.map(lambda cell: "ANA" in str(cell)).any(axis=None)
        assert [(item.reason, item.rows) for item in part.set_aside] == [
            ("Personas naturales: no se leen", 1)
        ]


def test_of_two_lists_the_last_one_stands(tmp_path: Path) -> None:
    (tmp_path / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    row = "7306700100,HOSPITAL,730670010001,{},NI,Pública,73067," + IPS
    sites(tmp_path / "a.csv", row.format("NUEVO"), cut="Fecha corte REPS: Nov 30 2026 1:00PM")
    sites(tmp_path / "b.csv", row.format("VIEJO"))
    found = read_all(tmp_path)
    assert found.faulty == []
    made = latest.renewed("escenarios", found.tables["escenarios"])
    assert made["nombre"].tolist() == ["NUEVO"]
    assert len(latest.renewed("actores", found.tables["actores"])) == 1


def test_a_list_without_its_cut_is_told(tmp_path: Path) -> None:
    path = sites(tmp_path / "reps.csv", f"1,A,730670010001,A,NI,Pública,73067,{IPS}", cut="ayer")
    with pytest.raises(UserMistake, match="fecha de corte"):
        health_places.read(path)


def test_enrolment_is_places_used(tmp_path: Path) -> None:
    head = ["anno", "codmpio", "sector", "#_estudiantes"]
    path = write_xlsx(
        tmp_path / "ya2-7.xlsx",
        {"datos": [head, ["2024", 5001.0, "OFICIAL", 10], ["2024", 999.0, "OFICIAL", 3]]},
    )
    part = enrolment.read(path)
    (row,) = tables.conform("servicios", part.data).to_dict("records")
    assert (row["municipio"], row["cupos_usados"], row["periodo"]) == ("05001", 10, 2024)
    assert pd.isna(row["cupos"])
    assert [item.rows for item in part.set_aside] == [1]


@pytest.mark.real
def test_the_published_lists(real_management: Path) -> None:
    folder = real_management / "minsalud"
    found = places(folder / "REPS_IPS_corte20210306.csv.gz")
    tolima = found[found["municipio"].str.startswith("73")]
    assert (len(tolima), tolima["municipio"].nunique()) == (371, 47)
    levels = "ugc5-acjp_Listado_IPS_nivel_complejidad_corte20220616.csv.gz"
    assert int(places(folder / levels)["municipio"].str.startswith("73").sum()) == 384
    coast = places(folder / "c36g-9fc2_REPS_sedes_Uraba_corte20260312.csv")
    assert coast["municipio"].value_counts()[["05045", "05837"]].tolist() == [44, 36]
    part = enrolment.read(real_management / "procuraduria" / "ya2-7-matriculados-tipo.xlsx")
    ibague = part.data[(part.data["municipio"] == "73001") & (part.data["periodo"] == 2024)]
    assert sorted(ibague["cupos_usados"]) == [11_910, 35_858]


@pytest.mark.real
def test_tables_of_a_municipality_that_filled_nothing(
    real_data: Path, real_management: Path, project_root: Path, tmp_path: Path
) -> None:
    """From official files alone, with a source in each row."""
    wanted = ("divipola", "mgn", "proyecciones", "poblacion", "nudc", "men")
    for folder in (real_data, real_management):
        for path in folder.rglob("*"):
            small = folder is real_management or any(word in path.name.lower() for word in wanted)
            if path.is_file() and path.name != "README.md" and small:
                (tmp_path / path.name).symlink_to(path)
    found = read_all(tmp_path).tables
    found = {name: latest.renewed(name, table) for name, table in found.items()}
    catalogue = mga.load(project_root / "params")
    found["inversion"] = programmes.completed(found["inversion"], catalogue)
    for name in ("inversion", "escenarios", "actores", "servicios", "plan_desarrollo",
                 "avance_plan_desarrollo"):  # fmt: skip
        assert found[name]["origen"].notna().all(), name

    def given(code: str) -> set[str]:
        return {name for name, table in found.items() if (table["municipio"] == code).any()}

    base = {"divipola", "limites", "poblacion", "indicadores"}
    offer = {"inversion", "escenarios", "actores", "servicios"}
    assert given("25175") >= base | offer | {"plan_desarrollo", "avance_plan_desarrollo"}
    assert given("05091") >= base | offer
    assert given("73024") >= base | offer
