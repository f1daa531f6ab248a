"""A file is found by its content; its name only breaks ties and tells a damaged official file."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from inputs.readers.made_files import DIVIPOLA

from gsi.inputs.readers.catalog import READERS, UNREAD
from gsi.inputs.readers.peek import kind_of, peek
from gsi.inputs.readers.registry import Reader, match, namesake


def _found(path: Path) -> str | None:
    kind = kind_of(path)
    assert kind is not None
    reader = match(peek(path, kind), READERS)
    return reader.source if reader else None


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("dane/divipola_gdxc-w37w.csv", "divipola"),
        ("dane/mgn2018_municipios.geojson", "mgn_2018"),
        ("dane/anexo-censal-pobreza-municipal-2018.xlsx", "dane_ipm_2018"),
        ("dane/estimaciones-pobreza-alimentaria-fies-modelo-sae-2022-y-2024.xlsx", "dane_sae"),
        (
            "dane/epico_poblacion_municipal_edad_simple_2012_2024.csv.gz",
            "dane_proyecciones_epico",
        ),
        ("men/MEN_POR_MUNICIPIO_20260406.csv", "men_estadisticas"),
        ("dane/nacimientos_cuadro7_2017.xls", "dane_eevv_cuadro7"),
        ("dane/nacimientos_mujer_edad_municipio_1998_2021.csv.gz", "eevv_ramaral"),
        ("dane/CNPV-2018-NBI.xlsx", "dane_nbi_2018"),
        ("icbf/Educacion_Inicial.csv", "icbf_educacion_inicial"),
        ("ins/ya1-8-mortalidad-menores.xlsx", "eevv_procuraduria"),
        ("ins/ya10-2-reclutamiento-menores.xlsx", "cnmh_reclutamiento"),
        ("ins/irca_calidad_agua.xlsx", "ins_irca"),
        ("medicina_legal/ya8-3-violencia-intrafamiliar.xlsx", "medicina_legal"),
    ],
)
def test_a_renamed_file_is_found_by_its_content(
    real_data: Path, tmp_path: Path, file: str, source: str
) -> None:
    suffix = "".join(Path(file).suffixes[-2:]) if file.endswith(".gz") else Path(file).suffix
    renamed = tmp_path / f"descarga (1){suffix}"
    shutil.copy(real_data / file, renamed)
    assert _found(renamed) == source


@pytest.mark.real
def test_each_official_file_has_at_most_one_owner(real_data: Path) -> None:
    for path in sorted(real_data.rglob("*")):
        kind = kind_of(path) if path.is_file() else None
        if kind is None:
            continue
        seen = peek(path, kind)
        owners = [r.source for r in READERS if kind in r.kinds and r.claims(seen)]
        owners = owners or [next(u.title for u in UNREAD if u.claims(seen))]
        assert len(owners) == 1, f"{path.name}: {owners}"


@pytest.mark.real
def test_every_official_file_that_is_read_bears_its_readers_name(real_data: Path) -> None:
    for path in sorted(real_data.rglob("*")):
        kind = kind_of(path) if path.is_file() else None
        reader = match(seen, READERS) if kind and (seen := peek(path, kind)) else None
        if reader:
            assert namesake(seen, [reader]) is reader, path.name


def test_a_semicolon_file_of_excel_is_found(tmp_path: Path) -> None:
    path = tmp_path / "DIVIPOLA_2024 (1).csv"
    path.write_text(DIVIPOLA.replace(",", ";"), encoding="cp1252")
    assert _found(path) == "divipola"


def test_two_contents_are_told_apart_by_the_name(tmp_path: Path) -> None:
    path = tmp_path / "segunda.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    first, second = (
        Reader(n, "", "", ("csv",), re.compile(n), "", lambda p: p.headed("a"), lambda p: None)  # type: ignore[arg-type,return-value]
        for n in ("primera", "segunda")
    )
    assert match(peek(path, "csv"), [first, second]) is second


def test_sources_are_named_once() -> None:
    names = [reader.source for reader in READERS]
    assert len(names) == len(set(names))
