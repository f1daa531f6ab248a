"""Commissaries, schools and libraries: where they are, and points that cannot be theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import DIVIPOLA

from gsi.contract import tables
from gsi.ground.errors import UserMistake
from gsi.inputs import located
from gsi.inputs.readers import public_places, read_all

HEAD = (
    "c_digo_dane_municipio,municipio,comisarias_ley_2126_100_000,existencia_de_comisarias,"
    "nombre_comisaria,telefono_de_contacto,horario_de_atenci_n,longitud_de_ubicaci_n_de,"
    "latitud_de_ubicaci_n_de_la,coordenadas_de_ubicaci_n,fuente\n"
)


def commissaries(folder: Path, *points: str, name: str = "comisarias.csv") -> Path:
    path = folder / name
    rows = [f"73001,IBAGUE,4,3,Comisaría {n},3001234567,De 8 a 5,{point},Directorio\n"
            for n, point in enumerate(points, 1)]  # fmt: skip
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def square(code: str, x: float, y: float) -> dict[str, Any]:
    ring = [[x - 0.2, y - 0.2], [x + 0.2, y - 0.2], [x + 0.2, y + 0.2], [x - 0.2, y - 0.2]]
    return {"type": "Feature", "properties": {"municipio": code},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("-75.232,4.443,Null", (-75.232, 4.443)),
        ("4.443,-75.232,Null", (-75.232, 4.443)),  # in the other order
        ('"-75,232,250",4443149,Null', (-75.23225, 4.443149)),  # their dot was lost
        ('"4.443, ","-75.232",N/A', (-75.232, 4.443)),
        ("""3614674,"-76,387,812","3°36'52.8""N 76°23'16.1""W\"""", (-76.387806, 3.614667)),
        ("Null,Null,Null", None),
        ("-75.232,48.85,Null", None),  # not in Colombia
        ("-75.232,1212345,Null", None),  # 1.21 or 12.1
    ],
)
def test_a_point_however_it_is_written(
    written: str, point: tuple[float, float] | None, tmp_path: Path
) -> None:
    places, services = public_places.read(commissaries(tmp_path, written))
    (row,) = places.data.to_dict("records")
    assert (row["tipo"], row["municipio"], row["periodo"]) == ("comisaria_familia", "73001", 2021)
    if point is None:
        assert pd.isna(row["lon"]) and pd.isna(row["lat"])
    else:
        assert (row["lon"], row["lat"]) == pytest.approx(point, abs=1e-5)
    assert services.data["procedimiento"].tolist() == ["De 8 a 5"]
    for part in (places, services):
        assert not part.data.map(lambda cell: "3001234567" in str(cell)).any(axis=None)


def test_points_are_tested_against_the_municipality(tmp_path: Path) -> None:
    """In its place, swapped within the box of the country, and in another department."""
    (tmp_path / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    document = {"type": "FeatureCollection", "features": [square("73001", -75.2, 4.4)]}
    (tmp_path / "limites.geojson").write_text(json.dumps(document), encoding="utf-8")
    commissaries(tmp_path, "-75.19,4.41,Null", "-72.38,5.34,Null", "Null,Null,Null")
    found = read_all(tmp_path).tables
    table = tables.conform("escenarios", found["escenarios"])
    made = located.placed(table, found).set_index("nombre")
    assert made.loc["Comisaría 1", ["lon", "lat"]].tolist() == [-75.19, 4.41]
    assert made.loc["Comisaría 2", ["lon", "lat"]].isna().all()
    assert "lejos de su municipio" in made.at["Comisaría 2", "nota"]
    assert "lejos" not in made.at["Comisaría 3", "nota"]  # it had no point
    own = table.assign(origen=None)
    pd.testing.assert_frame_equal(located.placed(own, found), own)  # people's: told to them


def test_swapped_coordinates_of_a_place_are_put_in_order() -> None:
    """Where both orders are in the box (none in Colombia is), the municipality decides."""
    table = pd.DataFrame({"municipio": ["73001"], "lon": [4.4], "lat": [-75.2], "origen": ["x"],
                          "nota": [None]})  # fmt: skip
    points = pd.DataFrame({"municipio": ["73001"], "lon": [-75.2], "lat": [4.4]})
    made = located.placed(table, {"divipola": points})
    assert made.loc[0, ["lon", "lat"]].tolist() == [-75.2, 4.4]
    assert made.at[0, "nota"] == located.SWAPPED


def test_schools_are_those_of_the_last_year_with_their_students(tmp_path: Path) -> None:
    path = tmp_path / "sedes.csv"
    path.write_text(
        "a_o,secretaria,cod_dane_municipio,codigo_dane,nombre_establecimiento,codigo_dane_sede,"
        "nombre_sede,coordenada_x_sede,coordenada_y_sede,total_matricula,rector\n"
        "2018,Tolima,73067,1,IE UNO,11,SEDE A,-75.38,3.59,90,ANA PEREZ\n"
        "2019,Tolima,73067,1,IE UNO,11,SEDE A,-75.38,3.59,95,ANA PEREZ\n"
        "2019,Tolima,73067,1,IE UNO,12,SEDE B,0,0,,ANA PEREZ\n",
        encoding="utf-8",
    )
    (part,) = public_places.read(path)
    rows = part.data.set_index("nombre")
    assert rows["periodo"].tolist() == [2019, 2019] and rows.at["SEDE A", "atendidos"] == 95
    assert rows.at["SEDE A", "nota"] == public_places.ROUGH
    assert pd.isna(rows.at["SEDE B", "lon"]) and pd.isna(rows.at["SEDE B", "nota"])
    assert not part.data.map(lambda cell: "PEREZ" in str(cell)).any(axis=None)
    assert [item.rows for item in part.set_aside] == [1]


def test_a_list_of_culture_needs_its_year_in_the_name(tmp_path: Path) -> None:
    text = (
        "divipola,tipo_lugar,departamento,municipio,nombre_del_lugar,latitud,longitud\n"
        "73067,Biblioteca,Tolima,Ataco,Biblioteca Municipal,3.59,-75.38\n"
        "73067,Museo,Tolima,Ataco,Museo,3.59,-75.38\n"
    )
    path = tmp_path / "te39.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserMistake, match="no dice de qué año es"):
        public_places.read(path)
    (part,) = public_places.read(path.rename(tmp_path / "te39-2026.csv"))
    (row,) = part.data.to_dict("records")
    assert (row["tipo"], row["periodo"], row["lon"]) == ("biblioteca", 2026, -75.38)
    assert [item.rows for item in part.set_aside] == [1]


@pytest.mark.real
def test_the_published_lists(real_data: Path, real_management: Path, tmp_path: Path) -> None:
    """42 of 42 municipalities of Valle; two points that fall in Casanare and near Jamundí."""
    for path in (
        real_data / "dane" / "divipola_gdxc-w37w.csv",
        real_data / "dane" / "mgn2018_municipios.geojson",
        real_management / "minjusticia" / "comisarias_familia_7tuu-upb2_valle_del_cauca.csv",
        real_management / "men" / "upkm-vdjb_establecimientos_Uraba_2016.csv",
    ):
        (tmp_path / path.name).symlink_to(path)
    reading = read_all(tmp_path)
    assert not reading.faulty
    table = tables.conform("escenarios", reading.tables["escenarios"])
    made = located.placed(table, reading.tables)
    offices = made[made["tipo"] == "comisaria_familia"]
    assert (len(offices), offices["municipio"].nunique()) == (60, 42)
    away = offices[offices["nota"].str.contains("lejos de su municipio")]
    assert sorted(away["municipio"]) == ["76834", "76892"]
    assert int(offices["lon"].notna().sum()) == 55 - 2
    schools = made[made["tipo"] == "colegio"]["municipio"].value_counts()
    assert (schools["05837"], schools["05045"]) == (53, 41)
