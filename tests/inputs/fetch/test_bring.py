"""``gsi fetch`` against publishers on this machine, with every fault that they have."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from inputs.readers.made_files import nbi_book, write_xlsx

from gsi.cli import cli
from gsi.contract.params.sources import Socrata, Sources
from gsi.ground.errors import GsiError, UserMistake
from gsi.ground.files import sha256
from gsi.ground.project import PACKAGE, Project
from gsi.inputs import store
from gsi.inputs.fetch.bring import Brought, bring

from .conftest import settle
from .publishers import (
    DataSet,
    Publishers,
    cut,
    disguised_page,
    fewer,
    fine,
    moved,
    page,
    self_signed,
    serving,
    slow,
    status,
)

DIVIPOLA = "gdxc-w37w"
REPS = "c36g-9fc2"
NBI = "/www.dane.gov.co/files/censo2018/informacion-tecnica/CNPV-2018-NBI.xlsx"
DANE = "CNPV-2018-NBI"
HEADS = ("cod_dpto", "dpto", "cod_mpio", "nom_mpio", "tipo_municipio", "longitud", "latitud")


def municipalities(count: int = 1122) -> list[list[str]]:
    """Rows of a DIVIPOLA: two of Tolima, the rest of Antioquia and Bolívar."""
    rows = [
        ["73", "TOLIMA", "73001", "IBAGUÉ", "MUNICIPIO", "-75.19", "4.43"],
        ["73", "TOLIMA", "73067", "ATACO", "MUNICIPIO", "-75.38", "3.59"],
    ]
    for number in range(count - 2):
        owner = "05" if number < 900 else "13"
        code = f"{owner}{number % 900 + 1:03d}"
        rows.append([owner, "DEPTO", code, f"LUGAR {code}", "MUNICIPIO", "-75.5", "6.2"])
    return rows


def publish_divipola(published: Publishers, count: int = 1122) -> DataSet:
    published.sets[DIVIPOLA] = DataSet({name: name for name in HEADS}, municipalities(count))
    return published.sets[DIVIPOLA]


def publish_nbi(published: Publishers, folder: Path, value: float = 1.0) -> bytes:
    """A workbook as DANE's; ``value`` is the share of Ataco."""
    book = nbi_book()
    book["Municipios"][3][4] = value
    published.files[NBI] = write_xlsx(folder / "publicado.xlsx", book).read_bytes()
    return published.files[NBI]


def run(project: Project, *arguments: str) -> Result:
    """The order as a person types it, its mistakes told as ``main`` tells them."""

    def told() -> Result:
        return CliRunner().invoke(cli, ["fetch", *arguments])

    found = told()
    if isinstance(found.exception, GsiError):
        return Result(
            found.runner, found.stdout_bytes, found.stderr_bytes,
            (found.output + str(found.exception)).encode(), None, found.exception.exit_code, None,
        )  # fmt: skip
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


def only(sources: Sources, *names: str) -> list[Any]:
    return [source for source in sources.sources if source.id in names]


def bring_one(project: Project, sources: Sources, name: str, code: str = "73067") -> Brought:
    (found,) = bring(project, sources, only(sources, name), code)
    return found


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def written(project: Project) -> Sequence[Path]:
    return [path for path in project.raw.rglob("*") if path.is_file()]


# What comes when all is well


def test_a_data_set_comes_page_by_page_in_order_and_counted(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_divipola(published)
    found = bring_one(project, sources, "divipola")
    assert (found.state, found.rows) == ("new", 1122)
    path = project.raw / "dane" / "divipola.csv"
    assert rows_of(path) == [list(published.sets[DIVIPOLA].columns), *municipalities()]
    pages = published.requests(f"{DIVIPOLA}.csv")
    assert [one.query["$offset"] for one in pages] == ["0", "500", "1000"]
    assert all(one.query["$order"] == ":id" for one in pages)
    assert [one.query["$limit"] for one in pages] == ["500", "500", "122"]
    counts = [one for one in published.requests(f"{DIVIPOLA}.json") if "resource" in one.path]
    assert [one.query["$select"] for one in counts] == ["count(*)"] * 2


def test_a_file_is_noted_with_its_day_its_licence_and_its_hash(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    body = publish_nbi(published, tmp_path)
    publish_divipola(published)
    bring(project, sources, only(sources, "divipola", "nbi"), "73067")
    told = json.loads((project.raw / PACKAGE).read_text(encoding="utf-8"))
    assert told["profile"] == "data-package"
    nbi, divipola = told["resources"]
    for resource in told["resources"]:
        path = project.raw / resource["path"]
        assert resource["hash"] == f"sha256:{sha256(path)}"
        assert resource["bytes"] == path.stat().st_size
        assert resource["name"] == resource["name"].lower() and " " not in resource["name"]
        (day, zone) = resource["retrieved"].split("T")
        assert len(day) == 10 and zone.endswith("Z")
        assert resource["sources"][0]["path"].startswith(published.base)
        assert resource["licenses"][0].get("path") or resource["licenses"][0].get("name")
    assert divipola["rows"] == 1122
    assert divipola["licenses"][0]["title"] == published.sets[DIVIPOLA].licence
    assert divipola["licenses"][0]["name"] == "CC-BY-SA-4.0"
    fields = [field["name"] for field in divipola["schema"]["fields"]]
    assert fields == list(published.sets[DIVIPOLA].columns)
    assert (project.raw / nbi["path"]).read_bytes() == body
    assert nbi["format"] == "xlsx"


def test_what_is_noted_of_a_download_is_no_input(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_divipola(published)
    bring_one(project, sources, "divipola")
    assert set(store.hashes(project.raw)) == {"dane/divipola.csv"}
    prepared = store.prepare(project)
    assert prepared.left_out.ignored == () and prepared.left_out.faulty == ()
    note = project.raw / PACKAGE
    note.write_text(note.read_text("utf-8").replace('"retrieved": "20', '"retrieved": "19'))
    assert store.prepare(project).folder == prepared.folder


def test_no_column_of_a_person_is_asked_for(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_reps(published)
    found = bring_one(project, sources, "reps")
    assert found.state == "new"
    path = project.raw / found.path
    assert path.name == "reps_sedes_73.csv"
    text = path.read_text(encoding="utf-8")
    assert "HOSPITAL SAN JUAN" in text
    for gone in ("3001234567", "correo@", "PÉREZ", "GÓMEZ", "CARRERA 1", "52111222", "URABA"):
        assert gone not in text
    for one in published.requests(f"{REPS}.csv"):
        assert "telefono" not in one.query["$select"] and "numeroid" not in one.query["$select"]


PERSONAL = (
    "telefono",
    "tel_fono",
    "email",
    "correo",
    "direccion",
    "direcci_n",
    "rector",
    "gerente",
)


def test_no_source_names_a_column_of_a_person(sources: Sources) -> None:
    for source in sources.sources:
        if isinstance(source.obtain, Socrata):
            fields = [field for names in source.obtain.columns.values() for field in names]
            wrong = [f for f in fields for word in PERSONAL if word in f]
            assert wrong == [], source.id


def publish_reps(published: Publishers) -> None:
    heads = {
        "codigoprestador": "CodigoPrestador", "nombreprestador": "NombrePrestador",
        "codigohabilitacionsede": "CodigoHabilitacionSede", "nombresede": "NombreSede",
        "tipoid": "TipoID", "numeroidentificacion": "NumeroIdentificacion",
        "naturalezajuridica": "NaturalezaJuridica", "municipiosede": "MunicipioSede",
        "direcci_nsede": "DirecciónSede", "email_sede": "Email_Sede",
        "t_lefonosede": "TeléfonoSede", "claseprestador": "ClasePrestador",
        "fecha_corte_reps": "Fecha_corte_REPS",
    }  # fmt: skip
    cut_day = "Fecha corte REPS: Mar 12 2026  3:11PM"
    kind = "Instituciones Prestadoras de Servicios de Salud - IPS"

    def row(code: str, name: str, document: str | None, place: str, clase: str) -> list[str | None]:
        return [code[:10], name, code, name, document, "52111222", "Pública", place, "CARRERA 1",
                "correo@uno.co", "3001234567", clase, cut_day]  # fmt: skip

    published.sets[REPS] = DataSet(
        heads,
        [
            row("730670000101", "HOSPITAL SAN JUAN", "NI", "73067", kind),
            row("730010000201", "CLÍNICA", None, "73001", kind),
            row("730010000301", "ANA PÉREZ", "CC", "73001", "Profesional Independiente"),
            row("730010000401", "LUIS GÓMEZ", "CC", "73001", kind),
            row("050450135901", "CLINICA DE URABA", "NI", "05045", kind),
        ],
    )


def test_the_token_goes_to_the_portal_alone(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("GSI_SOCRATA_TOKEN", "clave")
    publish_divipola(published)
    publish_nbi(published, tmp_path)
    elsewhere = published.base.replace("127.0.0.1", "localhost")
    text = (project.params / "sources.yml").read_text("utf-8")
    text = text.replace(f"{published.base}/www.dane", f"{elsewhere}/www.dane")
    (project.params / "sources.yml").write_text(text, "utf-8")
    from gsi.contract.params.sources import load_sources

    bring(project, load_sources(project.params), only(sources, "divipola"), "73067")
    chosen = [one for one in load_sources(project.params).sources if one.id == "nbi"]
    bring(project, sources, chosen, "73067")
    assert {one.headers.get("x-app-token") for one in published.requests(DIVIPOLA)} == {"clave"}
    assert {one.headers.get("x-app-token") for one in published.requests(DANE)} == {None}
    assert all(one.headers["user-agent"].startswith("gsi/") for one in published.asked)


# What is there already


def test_what_has_not_changed_is_not_downloaded_again(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    publish_divipola(published)
    publish_nbi(published, tmp_path)
    chosen = only(sources, "divipola", "nbi")
    assert [one.state for one in bring(project, sources, chosen, "73")] == ["new", "new"]
    before = {path: path.stat().st_mtime_ns for path in written(project)}
    published.asked.clear()
    assert [one.state for one in bring(project, sources, chosen, "73")] == ["same", "same"]
    assert published.requests(f"{DIVIPOLA}.csv") == []
    assert {path: path.stat().st_mtime_ns for path in written(project)} == before


def test_what_has_changed_is_replaced(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    publish_nbi(published, tmp_path)
    bring_one(project, sources, "nbi")
    body = publish_nbi(published, tmp_path, 7.5)
    assert bring_one(project, sources, "nbi").state == "new"
    assert (project.raw / "dane" / "CNPV-2018-NBI.xlsx").read_bytes() == body
    old = publish_divipola(published)
    bring_one(project, sources, "divipola")
    old.updated += 1
    old.rows = municipalities(1123)
    assert bring_one(project, sources, "divipola").rows == 1123


def test_a_file_that_somebody_changed_stays(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_divipola(published)
    bring_one(project, sources, "divipola")
    path = project.raw / "dane" / "divipola.csv"
    path.write_text(path.read_text("utf-8").replace("ATACO", "Ataco"), "utf-8")
    assert bring_one(project, sources, "divipola").state == "edited"
    assert "Ataco" in path.read_text("utf-8")


def test_a_file_that_somebody_put_there_is_not_added_to(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    publish_divipola(published)
    publish_nbi(published, tmp_path)
    mine = project.raw / "bajado por mí.xlsx"
    mine.write_bytes(published.files[NBI])
    found = bring(project, sources, only(sources, "divipola", "nbi"), "73067")
    assert [(one.state, one.path) for one in found] == [
        ("new", "dane/divipola.csv"),
        ("other", "bajado por mí.xlsx"),
    ]
    assert published.requests(DANE) == []


def test_the_example_does_not_stand_for_the_country(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_divipola(published)
    head = ",".join(published.sets[DIVIPOLA].columns)
    line = "00,EJEMPLO,00001,UNO,MUNICIPIO,-80.1,5.2"
    (project.raw / "divipola.csv").write_text(f"{head}\n{line}\n", "utf-8")
    assert bring_one(project, sources, "divipola").state == "new"


# Faults that pass


@pytest.mark.parametrize(
    "fault",
    [
        status(429, Retry_After="1"),
        status(429),
        status(503),
        status(500),
        status(202),
        slow(9),
        cut(2000),
        fewer(3),
    ],
    ids=["429 con espera", "429", "503", "500", "202", "lento", "cortado", "filas de menos"],
)
def test_a_page_with_a_passing_fault_is_asked_for_again(
    fault: Any, project: Project, sources: Sources, published: Publishers
) -> None:
    publish_divipola(published)
    published.faults[f"{DIVIPOLA}.csv"] = [fine, fault]
    assert bring_one(project, sources, "divipola").rows == 1122
    assert rows_of(project.raw / "dane" / "divipola.csv")[1:] == municipalities()
    pages = [one.query["$offset"] for one in published.requests(f"{DIVIPOLA}.csv")]
    assert pages == ["0", "500", "500", "1000"]


def test_a_server_that_says_how_long_is_waited_for_so_long(
    project: Project, sources: Sources, published: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    waited: list[float] = []
    from gsi.inputs.fetch import bring as module

    real = module.Client

    def patient(limits: Any, **options: Any) -> Any:
        return real(limits, **options, sleep=waited.append)

    monkeypatch.setattr(module, "Client", patient)
    publish_divipola(published)
    published.faults[f"{DIVIPOLA}.csv"] = [status(429, Retry_After="2"), status(503)]
    assert bring_one(project, sources, "divipola").state == "new"
    asked, backed = [wait for wait in waited if wait > 0]
    assert asked == 2  # and not the tenth of a second of a first try
    assert 0 < backed < 2
    from email.utils import formatdate

    waited.clear()
    later = formatdate(time.time() + 2, usegmt=True)
    published.faults["api/views"] = [status(503, Retry_After=later)]
    published.sets[DIVIPOLA].updated += 1
    assert bring_one(project, sources, "divipola").state == "new"
    assert 0.5 < max(waited) <= 2


def test_a_cut_file_is_gone_on_from(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    body = publish_nbi(published, tmp_path)
    published.faults[DANE] = [cut(3000)]
    assert bring_one(project, sources, "nbi").state == "new"
    assert (project.raw / "dane" / "CNPV-2018-NBI.xlsx").read_bytes() == body
    first, second = published.requests(DANE)
    assert "range" not in first.headers
    assert second.headers["range"] == "bytes=3000-"


def test_an_order_goes_on_where_the_last_one_was_cut(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    body = publish_nbi(published, tmp_path)
    publish_divipola(published)
    published.faults[DANE] = [cut(2000), cut(500), cut(500)]
    published.faults[f"{DIVIPOLA}.csv"] = [fine, fine, *[status(503)] * 3]
    chosen = only(sources, "divipola", "nbi")
    found = bring(project, sources, chosen, "73067")
    assert [one.state for one in found] == ["failed", "failed"]
    assert written(project) == []
    published.asked.clear()
    assert [one.state for one in bring(project, sources, chosen, "73067")] == ["new", "new"]
    assert [one.query["$offset"] for one in published.requests(f"{DIVIPOLA}.csv")] == ["1000"]
    assert [one.headers.get("range") for one in published.requests(DANE)] == ["bytes=3000-"]
    assert (project.raw / "dane" / "CNPV-2018-NBI.xlsx").read_bytes() == body
    assert rows_of(project.raw / "dane" / "divipola.csv")[1:] == municipalities()


def test_a_file_that_changed_meanwhile_begins_again(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    publish_nbi(published, tmp_path)
    published.faults[DANE] = [cut(2000)] * 3
    assert bring_one(project, sources, "nbi").state == "failed"
    body = publish_nbi(published, tmp_path, 9.25)
    assert bring_one(project, sources, "nbi").state == "new"
    assert (project.raw / "dane" / "CNPV-2018-NBI.xlsx").read_bytes() == body


def test_a_server_without_ranges_sends_it_whole(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    body = publish_nbi(published, tmp_path)
    published.ranges = False
    published.faults[DANE] = [cut(2000)]
    assert bring_one(project, sources, "nbi").state == "new"
    assert (project.raw / "dane" / "CNPV-2018-NBI.xlsx").read_bytes() == body


def test_a_redirection_is_followed(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    body = publish_nbi(published, tmp_path)
    published.files["/otra/dirección.xlsx"] = published.files.pop(NBI)
    published.faults[DANE] = [moved("/otra/direcci%C3%B3n.xlsx")]
    assert bring_one(project, sources, "nbi").state == "new"
    assert (project.raw / "dane" / "CNPV-2018-NBI.xlsx").read_bytes() == body


# Faults that do not pass


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (page, "una página web en su lugar"),
        (disguised_page, "una página web en su lugar"),
        (status(404), "ya no está (404)"),
        (status(403), "la niega (403)"),
        (status(418), "respondió 418: no"),
        (status(429, Retry_After="3600"), "pide esperar 60 min"),
        (moved("http://127.0.0.2/otra.xlsx"), "debe seguir siendo segura"),
    ],
    ids=["página", "página con otro nombre", "404", "403", "otro", "una hora", "redirección"],
)
def test_what_does_not_pass_is_told_and_leaves_nothing(
    fault: Any, said: str, project: Project, sources: Sources, published: Publishers,
    tmp_path: Path,
) -> None:  # fmt: skip
    publish_nbi(published, tmp_path)
    published.faults[DANE] = [fault]
    found = bring_one(project, sources, "nbi")
    assert found.state == "failed"
    (finding,) = found.findings
    assert said in finding.received or said in finding.rule
    assert finding.where.startswith("nbi, ")
    assert len(published.requests(DANE)) == 1
    assert written(project) == []


@pytest.mark.parametrize("where", ["api/views", f"{DIVIPOLA}.json", f"{DIVIPOLA}.csv"])
def test_a_page_in_place_of_a_data_set_is_told(
    where: str, project: Project, sources: Sources, published: Publishers
) -> None:
    publish_divipola(published)
    published.faults[where] = [page, disguised_page]
    for _ in range(2):
        found = bring_one(project, sources, "divipola")
        assert found.findings[0].received == "una página web en su lugar"
        assert written(project) == []
    assert bring_one(project, sources, "divipola").state == "new"


def test_a_workbook_that_is_cut_without_saying_so_is_refused(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    body = publish_nbi(published, tmp_path)
    published.files[NBI] = body[:-1500]
    found = bring_one(project, sources, "nbi")
    assert "cortado" in found.findings[0].received
    assert written(project) == []
    published.files[NBI] = body
    assert bring_one(project, sources, "nbi").state == "new"


def test_a_workbook_with_a_changed_column_is_refused_and_the_last_one_stays(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    body = publish_nbi(published, tmp_path)
    bring_one(project, sources, "nbi")
    book = nbi_book()
    book["Municipios"][2][4] = "Población en NBI"
    published.files[NBI] = write_xlsx(tmp_path / "otro.xlsx", book).read_bytes()
    found = bring_one(project, sources, "nbi")
    assert found.state == "failed"
    assert "columna Prop de Personas en NBI" in found.findings[0].where
    assert (project.raw / "dane" / "CNPV-2018-NBI.xlsx").read_bytes() == body


def test_another_workbook_in_its_place_is_refused(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    other = write_xlsx(tmp_path / "otro.xlsx", {"Hoja": [[f"{i}", i] for i in range(300)]})
    published.files[NBI] = other.read_bytes()
    found = bring_one(project, sources, "nbi")
    assert "debe traer" in found.findings[0].rule


def test_a_data_set_with_a_changed_column_is_refused(
    project: Project, sources: Sources, published: Publishers
) -> None:
    names = [
        "cod_dpto",
        "departamento",
        "cod_mpio",
        "nom_mpio",
        "tipo_municipio",
        "longitud",
        "latitud",
    ]
    published.sets[DIVIPOLA] = DataSet({name: name for name in names}, municipalities())
    found = bring_one(project, sources, "divipola")
    (finding,) = found.findings
    assert finding.rule == "debe tener dpto (dpto)"
    assert "departamento" in finding.received
    assert published.requests(f"{DIVIPOLA}.csv") == []


@pytest.mark.parametrize("count", [1000, 41])
def test_a_data_set_that_is_not_whole_is_refused(
    count: int, project: Project, sources: Sources, published: Publishers
) -> None:
    publish_divipola(published, count)
    found = bring_one(project, sources, "divipola")
    assert found.findings[0].received == f"{count} filas"
    assert written(project) == []


def test_pages_that_stay_short_are_refused(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_divipola(published)
    published.faults[f"{DIVIPOLA}.csv"] = [fine, *[fewer(1)] * 3]
    found = bring_one(project, sources, "divipola")
    assert found.findings[0].received == (
        "de gdxc-w37w llegaron 499 de las 500 filas que se pidieron desde la 501"
    )
    assert written(project) == []


def test_a_data_set_that_grows_meanwhile_is_asked_for_again_and_then_refused(
    project: Project, sources: Sources, published: Publishers
) -> None:
    data_set = publish_divipola(published)

    def grow(_handler: Any) -> bool:
        data_set.rows = municipalities(len(data_set.rows) + 1)
        return False

    published.faults[f"{DIVIPOLA}.csv"] = [fine, fine, grow]
    assert bring_one(project, sources, "divipola").rows == 1123
    (project.raw / "dane" / "divipola.csv").unlink()
    published.faults[f"{DIVIPOLA}.csv"] = [fine, fine, grow, fine, fine, grow]
    found = bring_one(project, sources, "divipola")
    assert found.findings[0].rule == "no debe cambiar mientras se descarga"


@pytest.mark.parametrize(("code", "names"), [("05001", ["UNO", "DOS"]), ("73067", ["TRES"])])
def test_codes_without_their_zero_are_of_the_department(
    code: str, names: list[str], project: Project, sources: Sources, published: Publishers
) -> None:
    heads = ["c_digo_dane_municipio", "nombre_comisaria", "comisarias_ley_2126_100_000",
             "longitud_de_ubicaci_n_de", "latitud_de_ubicaci_n_de_la", "coordenadas_de_ubicaci_n",
             "horario_de_atenci_n", "telefono_de_contacto"]  # fmt: skip
    rows = [
        [place, name, "1", None, None, None, "8 a 5", "300"]
        for place, name in (
            ("5001", "UNO"),
            ("05002", "DOS"),
            ("73067", "TRES"),
            ("50001", "CUATRO"),
        )
    ]
    published.sets["7tuu-upb2"] = DataSet({name: name for name in heads}, rows)
    found = bring_one(project, sources, "comisarias", code)
    assert found.state == "new", found.findings
    assert [row[1] for row in rows_of(project.raw / found.path)[1:]] == names


def test_a_department_without_rows_is_told(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_reps(published)
    found = bring_one(project, sources, "reps", "97161")
    assert found.findings[0].received == "0 filas"


def test_a_certificate_of_nobody_is_refused_at_once(
    project: Project, sources: Sources, tmp_path: Path
) -> None:
    with serving(tmp_path, self_signed(tmp_path)) as published:
        settle(project.root, published.base)
        from gsi.contract.params.sources import load_sources

        (found,) = bring(
            project,
            load_sources(project.params),
            [one for one in load_sources(project.params).sources if one.id == "nbi"],
            "73067",
        )
        assert found.state == "failed"
        assert found.findings[0].rule == "el certificado del servidor debe ser válido"
        assert published.asked == []


def test_a_network_that_is_down_is_one_message(
    project: Project, sources: Sources, published: Publishers
) -> None:
    settle(project.root, "http://127.0.0.1:9")
    told = run(project, "73067")
    assert told.exit_code == 1
    assert told.output.count("el servidor debe responder") == 1
    assert "Traceback" not in told.output
    assert "no hubo conexión con el servidor" in told.output
    assert written(project) == []


def test_one_source_that_fails_stops_no_other(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    publish_divipola(published)
    publish_nbi(published, tmp_path)
    published.faults[f"{DIVIPOLA}.json"] = [status(403)]
    told = run(project, "73067", "--only", "divipola", "--only", "nbi")
    assert told.exit_code == 1
    assert (project.raw / "dane" / "CNPV-2018-NBI.xlsx").is_file()
    assert "Descargados: 1." in told.output and "Con error: 1." in told.output


# A layer of polygons

MGN = (
    "/geoportal.dane.gov.co/mparcgis/rest/services/MGN2025/Serv_CapasMGN_2025/FeatureServer/317/"
    "query"
)


def publish_mgn(published: Publishers) -> None:
    def square(code: str, name: str, x: float) -> dict[str, Any]:
        ring = [[x, 3.0], [x + 0.1, 3.0], [x + 0.1, 3.1], [x, 3.1], [x, 3.0]]
        return {
            "type": "Feature",
            "properties": {"dpto_ccdgo": code[:2], "mpio_cdpmp": code, "mpio_cnmbr": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    published.layers[MGN] = {
        "features": [
            square("73001", "IBAGUÉ", -75.2),
            square("73067", "ATACO", -75.4),
            square("05001", "MEDELLÍN", -75.6),
        ]
    }


def test_a_layer_is_of_the_department_and_counted(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_mgn(published)
    found = bring_one(project, sources, "mgn")
    assert (found.state, found.rows) == ("new", 2)
    query = published.requests("FeatureServer")[-1].query
    assert query["outSR"] == "4326" and query["f"] == "geojson"
    assert query["where"] == "dpto_ccdgo = '73'"


def test_a_layer_with_polygons_missing_is_refused(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_mgn(published)

    def one_less(handler: Any) -> bool:
        features = published.layers[MGN]["features"]
        handler.json({"type": "FeatureCollection", "features": features[:1]})
        return True

    published.faults["FeatureServer"] = [fine, *[one_less] * 3]
    found = bring_one(project, sources, "mgn")
    assert found.findings[0].received == "llegaron 1 de 2 polígonos"


# The order


def test_a_rehearsal_asks_nobody_and_says_what_of_whom_how_large_and_by_which_licence(
    project: Project, sources: Sources, published: Publishers
) -> None:
    told = run(project, "73067", "--dry-run")
    assert told.exit_code == 0
    assert published.asked == [] and written(project) == []
    for source in sources.sources:
        assert source.title in told.output and source.holder in told.output
        if source.fetched:
            assert source.licence in told.output and source.path("73") in told.output
        else:
            assert all(step in told.output for step in source.obtain.steps)  # type: ignore[union-attr]
    assert "3,1 MB" in told.output and "66 kB" in told.output


def test_what_cannot_be_downloaded_is_told_with_its_steps(
    project: Project, sources: Sources, published: Publishers
) -> None:
    told = run(project, "25175", "--only", "plan-indicativo")
    assert told.exit_code == 0
    assert "SisPT" in told.output and "exporte «Plan indicativo»" in told.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["73067", "--only", "nada"], "las fuentes son divipola"),
        (["Ataco"], "el territorio se dice con su código"),
        (["77"], "el territorio se dice con su código"),
        (["730"], "el territorio se dice con su código"),
    ],
)
def test_mistakes_in_what_is_asked(
    arguments: list[str], said: str, project: Project, published: Publishers
) -> None:
    told = run(project, *arguments)
    assert told.exit_code == 2
    assert said in told.output
    assert published.asked == []


def test_a_code_that_the_divipola_does_not_have_stops_there(
    project: Project, sources: Sources, published: Publishers
) -> None:
    publish_divipola(published)
    with pytest.raises(UserMistake, match="73999"):
        bring(project, sources, only(sources, "divipola", "nbi"), "73999")
    assert published.requests(DANE) == []


def test_a_name_is_enough_once_there_is_a_divipola(
    project: Project, sources: Sources, published: Publishers, tmp_path: Path
) -> None:
    publish_divipola(published)
    publish_nbi(published, tmp_path)
    assert run(project, "73", "--only", "divipola").exit_code == 0
    told = run(project, "ataco", "--only", "nbi")
    assert told.exit_code == 0, told.output
