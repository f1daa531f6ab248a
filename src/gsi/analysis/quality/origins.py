"""One verdict a source, with its parts named: what could be read of it and what its figures say.

A source is what a publisher puts out under one title, in one file or many. Its verdict is the same
wherever it is told:

- insufficient: no row of it could be used, or its table breaks a critical rule;
- not classifiable: none of the indicators that it stands for is
  (:mod:`gsi.analysis.quality.criteria`);
- with remarks: some of them are not, or have remarks, or its table breaks a rule, or rows of its
  files were set aside;
- complete.

A table's rules count for the source that fills it alone: which of several broke one is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.quality import criteria
from gsi.analysis.quality.criteria import COMPLETE, OBSERVED, UNUSABLE
from gsi.analysis.results import Column, Fact, Table, count, flag
from gsi.ground import frames
from gsi.inputs.indicators import unification
from gsi.inputs.quality.summary import INSUFFICIENT, SourceFile, TableVerdict

UNDATED = "sin fecha"  # codes, boundaries and routes are of no year


@dataclass
class Origin:
    """A source: its files and the judged indicators that it stands for (rows of
    :func:`gsi.analysis.quality.criteria.by_indicator`)."""

    title: str
    publisher: str
    files: list[SourceFile] = field(default_factory=list)
    indicators: list[dict[Any, Any]] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    """Verdicts of the tables that it fills alone."""

    def verdict(self) -> tuple[str, str]:
        """The verdict and its parts."""
        if self.files and not any(item.record.rows_kept for item in self.files):
            return INSUFFICIENT, "ninguna fila se pudo usar"
        if INSUFFICIENT in self.tables:
            return INSUFFICIENT, "incumple una regla crítica"
        whole = len(self.indicators)
        unusable = [row for row in self.indicators if row["verdict"] == UNUSABLE]
        observed = [row for row in self.indicators if row["verdict"] == OBSERVED]
        if whole and len(unusable) == whole:
            reasons = dict.fromkeys(str(row["why"]) for row in unusable)
            return UNUSABLE, next(iter(reasons)) if len(reasons) == 1 else "poca cobertura"
        parts = [
            f"indicadores {word}, {len(rows)} de {whole}"
            for rows, word in ((unusable, "no clasificables"), (observed, "con observaciones"))
            if rows
        ]
        if OBSERVED in self.tables:
            parts.append("incumple alguna regla")
        if any(item.record.set_aside for item in self.files):
            parts.append("filas apartadas")
        return (OBSERVED, "; ".join(parts)) if parts else (COMPLETE, "")

    def told(self) -> str:
        """The verdict as a reader sees it: ``con observaciones: filas apartadas``."""
        return ": ".join(filter(None, self.verdict()))


def origins(
    sources: Sequence[SourceFile], judged: pd.DataFrame, tables: Sequence[TableVerdict]
) -> list[Origin]:
    """The sources of a territory, in the order of their files; then those of indicators whose file
    is not known. ``tables``: the verdict of each table by its rules."""
    found: dict[tuple[str, str], Origin] = {}
    by_id: dict[str, Origin] = {}
    for item in sources:
        key = item.record.title, item.record.publisher
        origin = found.setdefault(key, Origin(*key))
        origin.files.append(item)
        by_id.setdefault(item.record.source, origin)
    for row in frames.records(judged):
        source = str(row["source"])
        if source not in by_id:
            label = unification.title(source)
            label = label[:1].upper() + label[1:]
            by_id[source] = found.setdefault((label, ""), Origin(label, ""))
        by_id[source].indicators.append(row)
    filled: dict[str, list[Origin]] = {}
    for origin in found.values():
        for name in dict.fromkeys(item.record.table for item in origin.files):
            filled.setdefault(name, []).append(origin)
    for table in tables:
        alone = filled.get(table.table, [])
        if len(alone) == 1:
            alone[0].tables.append(table.verdict)
    return list(found.values())


def facts(found: Sequence[Origin]) -> dict[str, Fact]:
    """How many sources there are and how many of each verdict."""
    verdicts = [origin.verdict()[0] for origin in found if origin.files]
    held = [{item.record.file for item in origin.files} for origin in found]
    return {
        "files_shared": flag(sum(map(len, held)) > len(set().union(*held))),
        "origins": count(len(verdicts)),
        "origins_remarked": count(verdicts.count(OBSERVED)),
        "has_origins_remarked": flag(OBSERVED in verdicts),
        "origins_unusable": count(verdicts.count(UNUSABLE)),
        "has_origins_unusable": flag(UNUSABLE in verdicts),
    }


def sources_table(found: Sequence[Origin]) -> Table:
    """A row a source that has a file: who publishes it, its files, years and verdict."""
    rows = [
        {
            "title": origin.title,
            "publisher": origin.publisher,
            "files": len({item.record.file for item in origin.files}),
            "years": ", ".join(sorted({i.record.years for i in origin.files if i.record.years}))
            or UNDATED,
            "verdict": origin.verdict()[0],
            "told": origin.told(),
        }
        for origin in found
        if origin.files
    ]
    columns = {
        "title": Column("Fuente"),
        "publisher": Column("Quién la publica"),
        "files": Column("Archivos", "count"),
        "years": Column("Años"),
        "told": Column("Valoración"),
    }
    return Table(pd.DataFrame(rows, columns=[*columns, "verdict"]), columns)


def questions(found: Sequence[Origin]) -> Table:
    """The five questions of each source, over the indicators it stands for, and its verdict."""
    rows = [
        {
            "label": origin.title,
            "indicators": len(origin.indicators),
            "coverage": _mean(origin.indicators, "coverage"),
            "oldest": min(row["period"] for row in origin.indicators),
            "disagreement": criteria.differing(_mean(origin.indicators, "disagreement")),
            "implausible": _mean(origin.indicators, "implausible"),
            "comparable": sum(bool(row["comparable"]) for row in origin.indicators),
            "verdict": origin.told(),
        }
        for origin in found
        if origin.indicators
    ]
    columns = {
        "label": Column("Fuente"),
        "indicators": Column("Indicadores", "count"),
        "coverage": Column(
            "Con cifra escrita y que se puede usar, en el año usado (% de municipios)",
            "decimal",
            0,
        ),
        "oldest": Column("Dato más antiguo", "year"),
        "disagreement": Column("Otra fuente da otro valor (% de los que dan dos)"),
        "implausible": Column("Imposibles (%)", "decimal", 1),
        "comparable": Column("Indicadores que se repiten", "count"),
        "verdict": Column("Valoración"),
    }
    return Table(pd.DataFrame(rows, columns=list(columns)), columns)


def _mean(rows: Sequence[dict[Any, Any]], name: str) -> float:
    """Of the values that there are."""
    known = [row[name] for row in rows if not np.isnan(row[name])]
    return float(np.mean(known)) if known else float("nan")
