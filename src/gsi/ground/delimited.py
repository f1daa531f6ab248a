"""How a CSV is written: its encoding and separator, as Excel, LibreOffice and programs save it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass

SAMPLE = 65536
# In this order where nothing tells.
SEPARATORS = ";,\t|"
TEXT = "un archivo de texto UTF-8, UTF-16 o Windows-1252"
_SETTING = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_LINES = 30


@dataclass(frozen=True)
class Dialect:
    """``skip``: lines before the table that are a setting of Excel (``sep=;``), not data; Excel
    does not show them, so rows are counted after them."""

    encoding: str
    separator: str
    skip: int


def dialect_of(sample: bytes, *, whole: bool) -> Dialect:
    """The dialect of a file's first bytes; ``whole`` when they are all of them.

    Raises ``ValueError`` when the bytes are no text.
    """
    encoding = _encoding(sample, whole)
    text = sample.decode(encoding, errors="strict" if whole else "ignore")
    first = text.split("\n", 1)[0].strip("\r")
    setting = _SETTING.fullmatch(first)
    if setting:
        return Dialect(encoding, setting[1], 1)
    return Dialect(encoding, _separator(text), 0)


def _encoding(sample: bytes, whole: bool) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in sample:
        raise ValueError("NUL bytes and no mark of UTF-16")
    try:
        sample.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Only the sample's end may have cut a character in two.
        return "utf-8-sig" if not whole and error.start >= len(sample) - 3 else "cp1252"
    return "utf-8-sig"


def _separator(text: str) -> str:
    """The mark that cuts most of the first lines in the same number of columns, the most columns
    where several do: decimal commas do not cut the headings as they cut the numbers."""
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]

    def regular(mark: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark))
        del widths[1]
        return max(((times, width) for width, times in widths.items()), default=(0, 0))

    return max(SEPARATORS, key=regular)
