"""Verdicts and decisions that two folders of sections tell otherwise."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gsi.analysis.flips import ABSENT, TOLD, Flip, flips
from gsi.analysis.results import Column, Section, Table


def saved(folder: Path, section: str, **tables: list[dict[str, object]]) -> None:
    made = {}
    for name, rows in tables.items():
        data = pd.DataFrame(rows)
        made[name] = Table(data, {data.columns[0]: Column("Algo")})
    folder.mkdir(exist_ok=True)
    Section(section, {}, made).save(folder)


def test_what_is_told_otherwise_comes_and_goes(tmp_path: Path) -> None:
    before, after = tmp_path / "antes", tmp_path / "después"
    ranking = [("73067", "Ataco", "prioritario"), ("73001", "Ibagué", "no prioritario")]
    rows = [{"municipio": c, "name": n, "status": s} for c, n, s in ranking]
    saved(before, "priority", ranking=rows)
    saved(after, "priority", ranking=[{**rows[0], "status": "por confirmar"}, rows[1]])
    decision = {"decision": "dinero", "text": "Asignar $ 3", "evidence": "e"}
    saved(before, "proposal", decisions=[decision])
    other = {"decision": "jornadas", "text": "Hacer jornadas", "evidence": "e"}
    saved(after, "proposal", decisions=[{**decision, "text": "Asignar $ 4"}, other])
    saved(before, "keys", states=[{"key": 1, "label": "1. Información", "state": "incipiente"}])
    assert flips(before, after) == [
        # The same decision with another amount is the same decision.
        Flip("Decisiones que se piden", "Hacer jornadas", ABSENT, "sí"),
        Flip("Territorios prioritarios", "Ataco", "prioritario", "por confirmar"),
        Flip("Las cinco claves", "1. Información", "incipiente", ABSENT),
    ]
    assert flips(before, before) == []


def test_each_column_of_verdicts_is_told_once() -> None:
    assert len({(one.section, one.table, one.verdict) for one in TOLD}) == len(TOLD)
