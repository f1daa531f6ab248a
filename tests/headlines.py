"""The numbers of headlines, each worked out again from the table that it speaks of.

A headline is what is read first and alone: page 1, the titles of figures, the captions of tables
and the decisions with their evidence. :func:`problems` takes every numeral of every headline and
holds it against its rule
(:mod:`headline_rules`, :mod:`headline_rules_plan`); a numeral without a rule is a problem too, so
that no headline comes without its check.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from lxml import html

from gsi.ground import locale

# A numeral as Colombia writes it; the sign of money and of percent stay outside.
NUMERAL = "\N{MINUS SIGN}?" + r"\d+(?:\.\d{3})*(?:,\d+)?"
LABEL = re.compile(r"^\s*(?:Tabla|Figura)\s\d+:\s+")
# Digits that are no figures of the territory: ages that name a group, laws, official names.
CONSTANTS = [
    r"\b0 a 17\b(?= años| y de 18 a 26)",
    r"\b18 a 26\b",
    r"de 14 a 28\b",
    r"Ley 1622 de 2013",
    r"madres de 15 a 19 años",
    r"niñas de 10 a 14 años",
    r"(?:menores de|hasta los) 5 años",
    r"menos de 18 años",
    r"por cada 100 niñas y niños",
    r"de cada 10 casos",
    r"puntos de 100",
    r"puntos \(0-100\)",  # a unit
    r"\bIP-\d+\b",  # a plan de desarrollo's own code of a target
    r"más de 100\s%, ",  # the name of an alert
]
Expected = Mapping[str, float | str]


@dataclass
class Report:
    """The tables of one territory's run in the checkout ``root``."""

    root: Path
    code: str
    cut: str = "2018-2024"
    _tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def results(self) -> Path:
        return self.root / "data" / "processed" / self.code / self.cut

    def page(self, name: str) -> str:
        """A report without its pictures and style: they are no words, and nearly all its bytes."""
        path = self.root / "reports" / "_output" / self.code / self.cut / f"{name}.html"
        text = re.sub(r'src="data:[^"]*"', "", path.read_text(encoding="utf-8"))
        return re.sub(r"<style.*?</style>", "", text, flags=re.S)

    def table(self, name: str) -> pd.DataFrame:
        """A section's table, as the run left it."""
        if name not in self._tables:
            path = self.results / "sections" / f"{name}.parquet"
            self._tables[name] = pd.read_parquet(path)
        return self._tables[name]

    def prepared(self, name: str) -> pd.DataFrame:
        """The rows of an input table of the territory's department, as they were read."""
        folder = self.root / "data" / "processed" / "_base"
        found = folder.glob(f"*/{name}/{self.code[:2]}.arrow")
        return pd.read_feather(max(found, key=lambda path: path.stat().st_mtime_ns))

    @cached_property
    def parameters(self) -> dict[str, Any]:
        manifest = json.loads((self.results / "manifest.json").read_text(encoding="utf-8"))
        return dict(manifest["parameters"])

    @property
    def years(self) -> tuple[int, int]:
        first, last = self.cut.split("-")
        return int(first), int(last)

    @cached_property
    def names(self) -> list[str]:
        """Names of indicators, which may hold digits, the longest first."""
        found = set(self.table("baseline.indicators")["name"])
        return sorted((name for name in found if re.search(r"\d", name)), key=len, reverse=True)


class Document:
    """One rendered report, of its page's text."""

    def __init__(self, text: str) -> None:
        self.root = html.fromstring(text)

    def headlines(self) -> Iterator[html.HtmlElement]:
        for element in self.root.get_element_by_id("sec-pagina").iter("p", "li"):
            if element.tag != "p" or element.getparent().tag != "li":
                yield element
        yield from self.root.iter("figcaption")
        yield from self.root.iter("caption")
        yield from self.root.xpath('//table[@id="tbl-proposal-decisions"]//tbody//td')

    def label(self, anchor: str) -> str:
        """``Tabla 3``, ``Figura 2`` or ``Sección 4.1``: what a reference to ``anchor`` must say."""
        target = self.root.get_element_by_id(anchor)
        if anchor.startswith("sec-"):
            (number,) = target.xpath("(.//*[@class='header-section-number'])[1]/text()")
            return f"Sección {number}"
        (title,) = target.xpath(".//*[self::caption or self::figcaption]")
        return _plain(title.text_content()).partition(":")[0]

    def rows(self, anchor: str) -> int:
        return len(self.root.xpath(f'//table[@id="{anchor}"]/tbody/tr'))


def area_of(rows: pd.DataFrame, own: pd.Series) -> str:
    """The area whose reference stands beside a total: that of the one zone that has a figure, where
    it is all that the total holds. ``rows``: of one indicator, every area; ``own``: its row."""
    same = ["municipio", "periodo", "serie"]
    beside = rows[(rows[same] == own[same]).all(axis=1)].set_index("area")["valor"].dropna()
    zones = beside.drop("total")
    alone = len(zones) == 1 and zones.iloc[0] == own["valor"]
    return str(zones.index[0]) if alone else "total"


def _plain(text: str) -> str:
    return " ".join(text.split())


def words(element: html.HtmlElement) -> str:
    """The sentence without its own number and without its references to other numbers."""
    parts = [element.text or ""]
    for node in element.iterdescendants():
        reference = "quarto-xref" in (node.get("class") or "")
        parts += ["" if reference else node.text or "", node.tail or ""]
    return LABEL.sub("", _plain("".join(parts)))


@dataclass(frozen=True)
class Rule:
    """The sentence, with its numbers named, and how each is worked out from tables."""

    pattern: re.Pattern[str]
    work_out: Callable[[Report, Document, re.Match[str]], Expected]


def problems(report: Report, page: str, rules: list[Rule]) -> list[str]:
    """What is wrong with the headlines of a page; nothing if each number is its table's."""
    document = Document(page)
    found: list[str] = []
    for reference in document.root.xpath('//a[contains(@class, "quarto-xref")]'):
        said, meant = _plain(reference.text_content()), document.label(reference.get("href")[1:])
        if said != meant:
            found.append(f"a reference says {said!r}, its target is {meant!r}")
    for element in document.headlines():
        found += _sentence(report, document, words(element), rules)
    return found


def _sentence(report: Report, document: Document, text: str, rules: list[Rule]) -> list[str]:
    found = []
    covered = [
        match.span()
        for pattern in [*CONSTANTS, *map(re.escape, report.names), *_years(report)]
        for match in re.finditer(pattern, text)
    ]
    if not re.search(r"\d", text):
        return []
    for rule in rules:
        for match in rule.pattern.finditer(text):
            named = {name for name, value in match.groupdict().items() if value is not None}
            for name, value in rule.work_out(report, document, match).items():
                if name not in named:
                    continue
                if not agrees(match[name], value):
                    found.append(f"{match[name]!r} ({name}) is {value!r} in its table: {text}")
                covered.append(match.span(name))
    for match in re.finditer(r"\d+(?:[.,]\d+)*", text):
        if not any(start <= match.start() and match.end() <= end for start, end in covered):
            found.append(f"headline number without a rule: {match[0]!r} in {text}")
    return found


def _years(report: Report) -> list[str]:
    """The years of the two cuts."""
    return [rf"(?<![\d.,$]){year}(?![\d%])(?!,\d|\.\d)" for year in report.years]


def agrees(written: str, value: float | str) -> bool:
    """Whether a numeral is the value, rounded to the decimals it is written with."""
    if isinstance(value, str):
        return written == value
    if written.startswith("más de "):
        bound = float(written.removeprefix("más de ").replace(".", "").replace(",", "."))
        return bound < value
    if re.fullmatch(r"(19|20)\d\d", written) and float(written) == value:
        return True
    decimals = len(written.partition(",")[2])
    return written == locale.number(value, decimals)


def alter(page: str, seed: int) -> tuple[str, str]:
    """The page with one digit of one headline changed, and the sentence it then says."""
    document, rng = Document(page), random.Random(seed)
    places = []
    for element in document.headlines():
        for node in element.iter():
            own = "quarto-xref" not in (node.get("class") or "")
            parts = [("text", node.text)] * own + [("tail", node.tail)] * (node is not element)
            for part, content in parts:
                start = len(label[0]) if (label := LABEL.match(content or "")) else 0
                places += [
                    (element, node, part, start + digit.start())
                    for digit in re.finditer(r"\d", (content or "")[start:])
                ]
    element, node, part, at = rng.choice(places)
    content = getattr(node, part)
    other = rng.choice([digit for digit in "0123456789" if digit != content[at]])
    setattr(node, part, content[:at] + other + content[at + 1 :])
    return html.tostring(document.root, encoding="unicode"), words(element)
