"""Files published beside the reports: tables for who wants to work with the numbers."""

from __future__ import annotations

from pathlib import Path

from gsi.ground.files import write_text
from gsi.report.workbook import Workbook

FOLDER = "attachments"


def attachments(workbook: Workbook, results: Path) -> list[Path]:
    """What the notebooks left in ``attachments/``, and the data quality page."""
    from gsi.report import quality_page

    page = results / FOLDER / "calidad.html"
    threshold = workbook.context.params.disclosure.threshold
    place, left_out = workbook.territory, workbook.left_out
    write_text(page, quality_page.page(*workbook.quality, place, threshold, left_out))
    return sorted(path for path in (results / FOLDER).iterdir() if path.is_file())
