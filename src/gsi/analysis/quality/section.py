"""The section ``quality`` of the reports: how far the information can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from gsi.analysis import later
from gsi.analysis.quality import criteria, origins, wanting
from gsi.analysis.quality.missing import missing_forms
from gsi.analysis.results import Column, Fact, Section, Table, count, flag, names, text, year
from gsi.contract.tables import schema
from gsi.contract.vocabulary import Severity
from gsi.inputs.quality import left_out as words
from gsi.inputs.quality.summary import (
    ABSENT,
    INSUFFICIENT,
    OBSERVED,
    SEVERITIES,
    Broken,
    SourceFile,
    TableVerdict,
    broken_rules,
    nothing_read,
    source_files,
    table_verdicts,
)
from gsi.inputs.quality.verdicts import Verdicts
from gsi.inputs.records import LeftOut

if TYPE_CHECKING:
    from gsi.analysis.context import Context
    from gsi.inputs.records import SourceRecord


def section(
    context: Context,
    verdicts: Verdicts,
    records: Sequence[SourceRecord],
    left_out: LeftOut | None = None,
) -> Section:
    """Facts: sources and tables reported, rules broken by severity (counts), how far the
    information can be trusted (``tables_published``: of those that nobody reported, the ones of
    which published files have rows; four exclusive flags, ``trust_none`` where nothing was read),
    indicators by verdict, the forms not filled in and the first to fill
    (:mod:`gsi.analysis.quality.missing`), the official sources that are not there
    (:mod:`gsi.analysis.quality.wanting`), how many files of the input folder were set aside for
    their mistakes (``faulty``) or are nobody's (``unread``), what is there for years after the
    follow-up (``later``, :mod:`gsi.analysis.later`). Tables: ``forms``, ``wanting``, ``tables``
    (verdict a table reported; ``remarked``, those with a remark), ``indicators`` and
    ``indicator_sources`` (five questions and a verdict each), ``sources`` (a row a file) and
    ``origins`` (a row a source, :mod:`gsi.analysis.quality.origins`), ``files``, ``set_aside``,
    ``faulty`` and ``unread`` (``left_out``), ``rules`` (broken in this territory), each absent when
    it would have no row.
    Counts of people below the disclosure threshold are withheld.
    """
    codes = [context.territory.code]
    threshold = context.params.disclosure.threshold
    broken = broken_rules(verdicts, codes, threshold)
    judged = table_verdicts(verdicts, codes, threshold)
    sources = source_files(verdicts, records, codes)
    absent = [item for item in judged if item.verdict == ABSENT]
    # Published rows of a table that people fill in stand in the sections of official sources; for
    # those of the form nobody reported anything.
    published = [
        item
        for item in judged
        if item not in absent
        and schema(item.table).mixed
        and not verdicts.reported_within(item.table, codes)
    ]
    missing = [item.title for item in judged if item in absent or item in published]
    severities = [item.severity for item in broken]
    insufficient = [item.title for item in judged if item.verdict == INSUFFICIENT]
    observed = [item.title for item in judged if item.verdict == OBSERVED]
    unverified = sum(not item.verified for item in broken)
    nothing = nothing_read(verdicts, codes)
    aside = left_out or LeftOut()
    facts = {
        "files_used": count(len({item.record.file for item in sources})),
        "tables_reported": count(len(judged) - len(missing)),
        "tables_total": count(len(judged)),
        "tables_missing": names(missing),
        "tables_published": names([item.title for item in published]),
        "published_only": count(len(published)),
        "has_published": flag(bool(published)),
        "tables_observed": names(observed),
        "tables_insufficient": names(insufficient),
        "critical": count(severities.count(Severity.CRITICAL)),
        "warnings": count(severities.count(Severity.WARNING)),
        "notes": count(severities.count(Severity.INFO) - unverified),
        "has_missing": flag(bool(missing)),
        "trust_insufficient": flag(bool(insufficient)),
        "trust_observed": flag(bool(observed) and not insufficient),
        "trust_full": flag(not observed and not insufficient and not nothing),
        "trust_none": flag(nothing and not insufficient and not observed),
        "has_remarked": flag(bool(observed or insufficient)),
        "all_rules_hold": flag(not broken and not nothing),
        "faulty_files": count(len(aside.faulty)),
        "faulty_names": names([file.file for file in aside.faulty]),
        "one_faulty": flag(len(aside.faulty) == 1),
        "many_faulty": flag(len(aside.faulty) > 1),
        "has_faulty": flag(bool(aside.faulty)),
        "has_unread": flag(bool(aside.ignored)),
        "has_rules": flag(bool(broken)),
        "has_sources": flag(bool(sources)),
        "has_set_aside": flag(any(item.record.set_aside for item in sources)),
    }
    if context.data.has("indicadores"):
        judged_indicators = criteria.by_indicator(context)
    else:
        judged_indicators = criteria.none()
    facts |= criteria.facts(judged_indicators, context.params.plan.quality.coverage)
    found = origins.origins(sources, judged_indicators, judged)
    facts |= origins.facts(found)
    facts |= _later(context)
    form_facts, forms = missing_forms(verdicts, context.territory, context.params.forms)
    facts |= form_facts
    wanting_facts, lacking = wanting.told(
        wanting.standings(
            wanting.declared(context.kept),
            records,
            verdicts,
            context.catalogue,
            context.territory,
            context.data,
        )
    )
    facts |= wanting_facts
    tables = {
        "forms": forms,
        "wanting": lacking,
        "indicators": criteria.indicator_table(judged_indicators),
        "indicator_sources": origins.questions(found),
        "tables": _tables([item for item in judged if item.verdict != ABSENT]),
        "remarked": _tables([item for item in judged if item.verdict in (OBSERVED, INSUFFICIENT)]),
        "sources": _sources(sources),
        "origins": origins.sources_table(found),
        "files": _files(sources),
        "set_aside": _set_aside(sources),
        "faulty": _faulty(aside),
        "unread": _unread(aside),
        "rules": _rules(broken),
    }
    return Section("quality", facts, {key: t for key, t in tables.items() if len(t.data)})


def _tables(judged: Sequence[TableVerdict]) -> Table:
    columns = {
        "title": Column("Información"),
        "rows": Column("Filas del territorio"),
        "verdict": Column("Valoración"),
        "why": Column("Por qué"),
    }
    data = pd.DataFrame([vars(item) for item in judged], columns=["table", *columns])
    return Table(data, columns)


def _sources(sources: Sequence[SourceFile]) -> Table:
    columns = {
        "title": Column("Fuente"),
        "publisher": Column("Quién la publica"),
        "years": Column("Años"),
        "reading": Column("Lectura"),
    }
    data = pd.DataFrame(
        [
            {
                "source": item.record.source,
                "table": item.record.table,
                "title": item.record.title,
                "publisher": item.record.publisher,
                "years": item.record.years or origins.UNDATED,
                "reason": item.reason,
                "reading": item.reading,
            }
            for item in sources
        ],
        columns=["source", "table", *columns, "reason"],
    )
    return Table(data, columns)


def _files(sources: Sequence[SourceFile]) -> Table:
    columns = {"file": Column("Archivo"), "title": Column("Fuente")}
    found = {(item.record.file, item.record.title) for item in sources}
    return Table(pd.DataFrame(sorted(found), columns=list(columns)), columns)


def _set_aside(sources: Sequence[SourceFile]) -> Table:
    columns = {
        "title": Column("Fuente"),
        "file": Column("Archivo"),
        "reason": Column("Por qué se apartaron filas"),
    }
    data = pd.DataFrame(
        [
            {
                "title": item.record.title,
                "file": Path(item.record.file).name,
                "reason": item.reason,
            }
            for item in sources
            if item.record.set_aside
        ],
        columns=list(columns),
    )
    return Table(data, columns)


def _later(context: Context) -> dict[str, Fact]:
    """What is there for other years than the asked ones; ``later_TABLE``: the years of a table."""
    found = later.after(context.data, context.years.follow_up)
    if not found:
        return {"has_later": flag(False)}
    return {
        "has_later": flag(True),
        "later": names(later.named(found)),
        "later_option": text(later.option(found)),
        "later_year": year(later.last(found)),
    } | {f"later_{name}": names([str(year) for year in years]) for name, years in found.items()}


def _faulty(left_out: LeftOut) -> Table:
    columns = {
        "file": Column("Archivo"),
        "problem": Column("Qué se encontró"),
        "remedy": Column("Qué hacer"),
    }
    return Table(pd.DataFrame(words.faulty_rows(left_out), columns=list(columns)), columns)


def _unread(left_out: LeftOut) -> Table:
    columns = {"file": Column("Archivo"), "reason": Column("Por qué no se lee")}
    return Table(pd.DataFrame(left_out.reasons(), columns=list(columns)), columns)


def _rules(broken: Sequence[Broken]) -> Table:
    columns = {
        "title": Column("Información"),
        "rule": Column("Regla"),
        "severity_label": Column("Gravedad"),
        "cases": Column("Filas que no la cumplen"),
        "total": Column("Filas del territorio"),
    }
    data = pd.DataFrame(
        [{**vars(item), "severity_label": SEVERITIES[item.severity]} for item in broken],
        columns=["table", *columns, "severity"],
    )
    return Table(data, columns)
