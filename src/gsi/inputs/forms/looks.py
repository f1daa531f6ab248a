"""How a form looks: calm colours that hold in grey print, nothing told by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.hyperlink import Hyperlink

INK, BLUE, PALE, SAND, GREY, RULE = "1F2A37", "0B4F79", "DCE9F2", "F4F1EA", "5B6672", "B9C2CB"
MISTAKE, ADVICE = "F9D5C4", "FFF3C4"


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)


def _font(**asked: object) -> Font:
    return Font(name="Calibri", **{"size": 11, **asked})


_line = Side(style="thin", color=RULE)
TITLE = {"font": _font(bold=True, size=16, color=BLUE), "alignment": Alignment(vertical="center")}
HELP = {"font": _font(size=11, color=INK), "alignment": Alignment(vertical="center")}
LEGEND = {"font": _font(size=10, color=GREY), "alignment": Alignment(vertical="center")}
REQUIRED = {
    "font": _font(bold=True, color="FFFFFF"),
    "fill": _fill(BLUE),
    "alignment": Alignment(wrap_text=True, vertical="center", horizontal="left"),
    "border": Border(left=Side(style="thin", color="FFFFFF"), bottom=_line),
}
OPTIONAL = {**REQUIRED, "font": _font(bold=True, color=INK), "fill": _fill(PALE)}
EXAMPLE = {
    "font": _font(italic=True, color=GREY),
    "fill": _fill(SAND),
    "alignment": Alignment(wrap_text=True, vertical="top"),
    "border": Border(bottom=_line),
}
MARKER = {
    "font": _font(bold=True, size=9, color=GREY),
    "alignment": Alignment(horizontal="right", vertical="top"),
}
HEADING = {**REQUIRED, "font": _font(bold=True, size=12, color="FFFFFF")}
BODY = {"font": _font(color=INK), "alignment": Alignment(wrap_text=True, vertical="top")}
BOLD = {**BODY, "font": _font(bold=True, color=INK)}
WARNING = {**BODY, "fill": _fill(ADVICE)}
LINK = _font(bold=True, underline="single", color=BLUE)
CELL = {
    "alignment": Alignment(wrap_text=True, vertical="top"),
    "border": Border(_line, _line, _line, _line),
}
CENTRED = {**CELL, "alignment": Alignment(horizontal="center", vertical="top")}
LOCKED = {"protection": Protection(locked=True), "border": Border()}
UNLOCKED = Protection(locked=False)
MARKED = {"Error": _fill(MISTAKE), "Aviso": _fill(ADVICE)}


def link(cell: Any, sheet: str, target: str) -> None:
    """Make a cell go to another of the same workbook."""
    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{target}")
    cell.font = LINK


def dress(cell: Any, look: Mapping[str, Any]) -> None:
    """Give a cell the styles of one of the looks above."""
    for attribute, value in look.items():
        setattr(cell, attribute, value)
