"""Which forms a territory has not filled in, why each matters, and which comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gsi.analysis.results import Column, Fact, Table, count, flag, text
from gsi.contract import tables
from gsi.inputs.quality.verdicts import Verdicts

if TYPE_CHECKING:
    from gsi.contract.params.forms import FormsSettings
    from gsi.contract.territory import Territory


def missing_forms(
    verdicts: Verdicts, territory: Territory, settings: FormsSettings
) -> tuple[dict[str, Fact], Table]:
    """Facts on the forms of ``settings`` and the table of those with no row, in their order.

    Facts: how many there are and are missing (counts), none filled in or some missing (exclusive
    flags), and the first: its title, why it matters, its workbook and who fills it in. A form whose
    rows belong to the whole department counts for its municipalities, except a plan, which is of
    who adopted it.
    """
    absent = [table for table in settings.order if not _reported(verdicts, table, territory)]
    total = len(settings.order)
    facts = {
        "forms_total": count(total),
        "forms_missing": count(len(absent)),
        "forms_none": flag(len(absent) == total),
        "forms_asked": flag(bool(absent)),
    }
    if absent:
        first = tables.schema(absent[0])
        book = settings.book_of(absent[0])
        facts |= {
            "form_first": text(first.title),
            "form_first_why": text(first.purpose),
            "form_first_file": text(f"{territory.code}-{book.file}.xlsx"),
            "form_first_team": text(book.team),
        }
    columns = {
        "order": Column("Orden", "count"),
        "title": Column("Formulario"),
        "purpose": Column("Por qué importa"),
        "file": Column("Libro"),
    }
    rows = [
        {
            "order": position,
            "title": tables.schema(table).title,
            "purpose": tables.schema(table).purpose,
            "file": settings.book_of(table).file,
        }
        for position, table in enumerate(absent, start=1)
    ]
    return facts, Table(pd.DataFrame(rows, columns=list(columns)), columns)


def _reported(verdicts: Verdicts, table: str, territory: Territory) -> bool:
    above = 0
    if not tables.schema(table).one_owner:
        above = verdicts.reported(table, territory.department)
    return bool(verdicts.reported_within(table, [territory.code]) or above)
