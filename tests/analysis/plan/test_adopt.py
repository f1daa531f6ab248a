"""A plan edited by people becomes a version, whole and without loss, or is refused with reasons."""

from __future__ import annotations

import shutil
from pathlib import Path

import example_department as example
import openpyxl
import pandas as pd
import pytest
from builders import make_context
from paths import ROOT

from gsi.analysis.plan import form
from gsi.analysis.plan.adjustments import adjusted
from gsi.analysis.plan.adopt import FOLDER, adopt, completed, next_version, write_plan
from gsi.analysis.results import Column, Section, Table
from gsi.contract import tables, versions
from gsi.ground.errors import UserMistake
from gsi.ground.project import Project
from gsi.inputs import forms, store
from gsi.inputs.store import Store

HERE = Path(__file__).parent
DAY = pd.Timestamp("2025-02-10")


def folder(root: Path) -> Project:
    """A folder of inputs with the example's places and plan, and nothing else."""
    for name in ("params", "expectations"):
        (root / name).symlink_to(ROOT / name)
    raw = root / "raw"
    raw.mkdir()
    for name in ("divipola.csv", "plan-de-accion.xlsx"):
        shutil.copyfile(ROOT / "data" / "raw" / "ejemplo" / name, raw / name)
    return Project(root, raw, root / "processed", root / "out")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return folder(tmp_path)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same inputs, read once for all tests."""
    return store.prepare(folder(tmp_path_factory.mktemp("prepared")))


def in_force(prepared: Store) -> pd.DataFrame:
    """The plan of ``00`` as the form to adjust brings it, with day and record written."""
    place = prepared.territories.resolve("00")
    context = make_context({"plan_accion": prepared.data(place).versions()}, "00")
    return form.to_adjust(context).assign(fecha_adopcion=DAY, acta="Acta 02 de 2025")


def save(project: Project, prepared: Store, plan: pd.DataFrame, name: str = "plan.xlsx") -> Path:
    path = project.root / name
    write_plan(path, plan, prepared.territories.resolve("00"), title="Plan")
    return path


def refused(project: Project, prepared: Store, path: Path) -> list[str]:
    with pytest.raises(UserMistake) as mistake:
        adopt(project, prepared, path)
    assert mistake.value.exit_code == 2
    assert not (project.raw / FOLDER).exists()  # nothing half done
    return [str(finding) for finding in mistake.value.findings]


def edited_by_hand(plan: pd.DataFrame) -> pd.DataFrame:
    """What was done to the form that LibreOffice saved as xlsx and as ods."""
    plan = plan.set_index("accion")
    plan.loc["A02", ["meta", "motivo_ajuste"]] = [
        5500.5, "El invierno cerró las vías del sur; «se corrige» la meta."
    ]  # fmt: skip
    plan.loc["A08", ["estado", "motivo_ajuste"]] = ["retirada", "No hay predios disponibles."]
    plan.loc["A10", ["presupuesto", "motivo_ajuste"]] = [125_000_000.0, "Más mesas."]
    new = plan.loc["A08"].to_dict() | {
        "descripcion": "Abrir ludotecas móviles = una por zona", "indicador": "Ludotecas en uso",
        "tipo_meta": "acumulado", "linea_base": 0.0, "meta": 4.0, "unidad": "ludotecas",
        "corresponsables": "ICBF;SENA", "presupuesto": 90_000_000.0, "estado": "vigente",
        "inicio": pd.Timestamp("2025-03-01"), "fin": pd.Timestamp("2026-12-15"),
        "motivo_ajuste": "Reemplaza los espacios fijos de A08.",
    }  # fmt: skip
    plan.loc["A15"] = pd.Series(new)
    return tables.conform("plan_accion", plan.reset_index())


@pytest.mark.parametrize("name", ["plan-libreoffice.xlsx", "plan-libreoffice.ods"])
def test_a_plan_edited_in_libreoffice_comes_back_without_loss(
    project: Project, prepared: Store, name: str
) -> None:
    path = project.root / name
    shutil.copyfile(HERE / name, path)
    before = path.read_bytes()
    done = adopt(project, prepared, path)
    wanted = edited_by_hand(in_force(prepared))
    pd.testing.assert_frame_equal(done.plan, wanted)
    assert path.read_bytes() == before
    # What is kept is what was adopted, also once the whole folder is read again.
    pd.testing.assert_frame_equal(forms.read(done.path)["plan_accion"], wanted)
    again = store.prepare(project).data(done.place)
    pd.testing.assert_frame_equal(
        again.versions().query("version == 3").reset_index(drop=True), wanted
    )
    assert set(again.own("plan_accion")["accion"]) == set(wanted["accion"]) - {"A08"}
    assert {(row.accion, row.change) for row in done.changed.itertuples()} == {
        ("A02", "changed"), ("A08", "withdrawn"), ("A10", "changed"), ("A15", "added"),
    }  # fmt: skip
    assert done.path.stat().st_mode & 0o222 == 0


def test_both_formats_keep_the_same_bytes(project: Project, prepared: Store) -> None:
    kept = []
    for suffix in ("xlsx", "ods"):
        path = project.root / f"plan.{suffix}"
        shutil.copyfile(HERE / f"plan-libreoffice.{suffix}", path)
        done = adopt(project, prepared, path)
        kept.append(done.path.read_bytes())
        shutil.rmtree(done.path.parent)
    assert kept[0] == kept[1]


def test_everything_wrong_is_told_at_once(project: Project, prepared: Store) -> None:
    plan = in_force(prepared).set_index("accion")
    plan = plan.drop(index="A14")  # vanished; the weights lose its 7 points
    plan.loc["A01", "meta"] = 12.0  # a change without a reason
    plan.loc["A02", "presupuesto"] = float("nan")
    plan.loc["A03", "fin"] = pd.Timestamp("2023-01-01")
    plan.loc["A05", "objetivo"] = "todos_jugando"  # not of its right
    plan.loc["A06", "meta"] = 30.0  # a reduction that rises
    plan.loc["A08", "meta"] = 10.0  # a capacity that falls
    plan.loc["A09", "estado"] = "retirada"  # without a reason
    plan.loc["A10", "acta"] = "Acta 03 de 2025"
    plan.loc["A11", "version"] = 7
    plan.loc["A02":"A06", "motivo_ajuste"] = "Se revisó."
    plan.loc["A08", "motivo_ajuste"] = "Se revisó."
    plan["fecha_adopcion"] = pd.Timestamp("2024-08-15")  # that of the version before
    path = save(project, prepared, plan.reset_index())
    found = refused(project, prepared, path)
    sheet = "plan.xlsx, hoja Plan de acción"
    wanted = [
        ("fila 6, columna Motivo del ajuste", "la acción A01 cambia Meta (antes 11; ahora 12)"),
        ("fila 7, columna Presupuesto", "debe tener un valor"),
        ("fila 8, columna", "no puede terminar antes de empezar"),
        ("fila 10, columna", "debe pertenecer a la categoría de derechos"),
        ("fila 11, columna", "la meta no puede ser mayor que la línea de base"),
        ("fila 13, columna", "la meta no puede ser menor que la línea de base"),
        ("fila 14, columna Motivo del ajuste", "la acción A09 se retira del plan"),
        ("fila 15, columna Acta", "es la misma en todo el plan"),
        ("fila 16, columna Versión", "la versión que sigue es la 3"),
        ("fila 6, columna Fecha de adopción", "es posterior a la de la versión anterior"),
        ("columna Ponderador", "suman 100. Se recibió: 86,00"),
        ("", "una acción adoptada no se borra del plan. Se recibió: faltan A14"),
    ]
    for where, what in wanted:
        place = f"{sheet}, {where}" if where else f"{sheet}:"
        assert sum(t.startswith(place) and what in t for t in found) == 1, (place, what, found)
    assert len(found) == len(wanted), found


def test_day_and_record_are_asked_for_and_one_cell_is_enough(
    project: Project, prepared: Store
) -> None:
    plan = in_force(prepared)
    plan.loc[0, ["responsable", "motivo_ajuste"]] = ["Planeación", "Cambió la entidad."]
    empty = plan.assign(fecha_adopcion=pd.NaT, acta=None)
    found = refused(project, prepared, save(project, prepared, empty))
    assert ["Fecha de adopción" in found[0], "Acta de adopción" in found[1]] == [True, True]
    empty.loc[3, ["fecha_adopcion", "acta"]] = [DAY, "Acta 9"]
    done = adopt(project, prepared, save(project, prepared, empty))
    assert (done.plan["fecha_adopcion"] == DAY).all() and (done.plan["acta"] == "Acta 9").all()


def test_the_same_plan_is_no_new_version(project: Project, prepared: Store) -> None:
    (found,) = refused(project, prepared, save(project, prepared, in_force(prepared)))
    assert "cambia algo frente a la versión 2" in found


def test_an_action_needs_a_reason_to_join_and_cannot_leave_before_joining(
    project: Project, prepared: Store
) -> None:
    plan = in_force(prepared)
    more = plan.iloc[[0, 1]].assign(accion=["N1", "N2"], estado=["vigente", "retirada"])
    plan = pd.concat([plan, more.assign(ponderador=0.0)], ignore_index=True)
    found = refused(project, prepared, save(project, prepared, plan))
    assert len(found) == 2
    assert "la acción N1 se agrega al plan" in found[0]
    assert "solo se retira una acción que está en el plan vigente" in found[1]


def test_a_plan_is_of_one_territory(project: Project, prepared: Store) -> None:
    plan = in_force(prepared)
    plan.loc[0, "municipio"] = "00001"
    assert any("de un solo territorio" in text for text in refused(
        project, prepared, save(project, prepared, plan)))  # fmt: skip


def test_codes_of_actions_are_not_shared_with_another_territory(
    project: Project, prepared: Store
) -> None:
    plan = in_force(prepared).assign(municipio="00001", version=1)
    found = refused(project, prepared, save(project, prepared, plan))
    assert len(found) == len(plan)
    assert all("ya es de una acción de otro territorio" in text for text in found)


def test_files_that_are_no_plan_or_stand_in_the_wrong_place(
    project: Project, prepared: Store
) -> None:
    assert "debe existir" in refused(project, prepared, project.root / "no.xlsx")[0]
    inside = project.raw / "plan-de-accion.xlsx"
    assert "fuera de la carpeta de datos" in refused(project, prepared, inside)[0]
    book = openpyxl.Workbook()
    book.save(project.root / "otro.xlsx")
    assert any(
        "Plan de acción" in t for t in refused(project, prepared, project.root / "otro.xlsx")
    )


def test_an_adopted_version_is_never_written_again(project: Project, prepared: Store) -> None:
    plan = in_force(prepared)
    plan.loc[0, ["responsable", "motivo_ajuste"]] = ["Planeación", "Cambió la entidad."]
    path = save(project, prepared, plan)
    kept = adopt(project, prepared, path).path
    before = kept.read_bytes()
    with pytest.raises(UserMistake, match="no se vuelve a escribir"):
        adopt(project, prepared, path)  # over data that do not know the new version yet
    assert kept.read_bytes() == before


def test_the_proposal_is_a_form_to_fill_and_adopt(project: Project) -> None:
    (project.raw / "plan-de-accion.xlsx").unlink()
    prepared = store.prepare(project)
    actions = pd.DataFrame(
        {
            "order": [1, 2, 3], "key": [1, 2, 3],
            "right": ["ciudadania", "desarrollo", "existencia"],
            "contributes": ["todos_registrados", "todos_afectos", "todos_saludables"],
            "action": ["Registrar", "Formar", "Vacunar"],
            "product": ["Niños registrados", "Docentes formados", "Vacunas"],
            "product_unit": ["niños", "docentes", "dosis"],
            "outcome": ["Registro", "Embarazo", "Vacunación"],
            "unit": ["%", "por mil", "%"], "kind": ["capacidad", "reduccion", "capacidad"],
            "baseline": [81.256, 60, 70], "target": [90.0, 50.0, 85.0],
            "target_year": [2027, 2027, 2027], "sector": ["Gobierno", "Salud", "Salud"],
            "partners": ["Salud, Educación", "", "Educación"], "funding": ["SGP", "SGP", "SGR"],
            "evidence": ["Falta registro.", "Hay brecha.", "Hay brecha."], "cited": ["", "", ""],
        }
    )  # fmt: skip
    proposal = Section("proposal", {}, {"actions": Table(actions, {"order": Column("Orden")})})
    plan = form.proposed(make_context({}, "00"), proposal)
    assert list(plan["accion"]) == ["00-2025-01", "00-2025-02", "00-2025-03"]
    assert plan["ponderador"].sum() == 100 and plan["linea_base"].iloc[0] == 81.26
    assert str(plan["inicio"].iloc[0].date()) == "2025-01-01"
    path = save(project, prepared, plan, "propuesta.xlsx")
    found = refused(project, prepared, path)
    assert sum("Presupuesto" in text for text in found) == 3 and len(found) == 5  # day and record
    filled = plan.assign(presupuesto=1e6, fecha_adopcion=DAY, acta="Acta 1")
    done = adopt(project, prepared, save(project, prepared, filled, "lleno.xlsx"))
    assert done.version == 1 and done.changed.empty
    assert done.path.name == "plan-de-accion-00-v01.xlsx"
    empty = form.proposed(make_context({}, "00"), Section("proposal"))
    assert empty.empty
    # With a plan in force, its actions come first and what is proposed weighs nothing yet.
    again = form.proposed(make_context({"plan_accion": done.plan}, "00"), proposal)
    assert list(again["accion"]) == [f"00-2025-0{n}" for n in range(1, 7)]
    assert list(again["ponderador"])[3:] == [0, 0, 0] and set(again["version"]) == {2}
    assert again["motivo_ajuste"].isna().tolist() == [True] * 3 + [False] * 3


@pytest.mark.parametrize("actions", [1, 3, 7, 12, 13])
def test_equal_weights_add_up_to_exactly_a_hundred(actions: int) -> None:
    weights = form.equal_weights(actions)
    assert round(sum(weights), 10) == 100 and max(weights) - min(weights) < 0.0101


def test_versions_of_the_plan() -> None:
    plan = tables.conform("plan_accion", example.tables()["plan_accion"])
    assert next_version(plan) == 3 and next_version(plan.iloc[:0]) == 1
    first = versions.at(plan, pd.Timestamp("2024-06-30"))
    assert set(first["version"]) == {1} and set(
        versions.at(plan, pd.Timestamp("2024-08-15"))["version"]
    ) == {2}
    assert set(versions.at(plan, pd.Timestamp("2020-01-01"))["version"]) == {1}
    assert len(versions.in_force(plan)) == 14
    later = completed(first.assign(fecha_adopcion=DAY), plan)
    assert set(later["version"]) == {3}
    gone = pd.concat([plan, later.iloc[1:]], ignore_index=True)
    log = adjusted(gone)
    assert set(log[log["change"] == "withdrawn"]["accion"]) == {"A01"}
    assert log[log["change"] == "withdrawn"]["reason"].item() == "sin motivo escrito"
