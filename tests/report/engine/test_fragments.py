"""Pipe tables and figures for the reports: alignment, widths, long tables."""

from __future__ import annotations

import pytest

from gsi.report.engine.fragments import RULE, figure, pipe_table, text_widths


def rules(table: str) -> list[str]:
    return table.split("\n")[1].strip("|").split("|")


def test_alignment_and_relative_widths_are_in_the_rule() -> None:
    data = {"Municipio": ["Ataco"], "IPM (%)": ["64,0"]}
    first, second = rules(pipe_table(data, ["left", "right"], [3, 1]))
    assert first.startswith(":") and not first.endswith(":")
    assert second.endswith(":") and not second.startswith(":")
    assert len(first) == 3 * len(second) == RULE * 3 / 4


def test_every_table_says_its_widths_whatever_its_cells() -> None:
    table = pipe_table({"a": ["1"], "b": ["2"]}, ["left", "right"])
    assert len(table.split("\n")[1]) > 72  # below this Pandoc ignores relative widths


def test_a_column_has_room_for_its_longest_word_and_text() -> None:
    data = {"n": ["1", "2"], "Descripción": ["una explicación bastante larga", "b"]}
    narrow, wide = text_widths(data)
    assert 0 < narrow < wide


def test_one_line_a_row() -> None:
    data = {"a": [f"fila\n{n}" for n in range(300)], "b": ["x | y"] * 300}
    lines = pipe_table(data, ["left", "left"]).rstrip("\n").split("\n")
    assert len(lines) == 302
    assert lines[2] == r"| fila 0 | x \| y |"


def test_an_empty_table_keeps_its_heading() -> None:
    assert pipe_table({"a": [], "b": []}, ["left", "right"]).startswith("| a | b |\n")


def test_wrong_lengths_are_refused() -> None:
    data = {"a": ["1"], "b": ["2"]}
    with pytest.raises(ValueError, match="alignments"):
        pipe_table(data, ["left"])
    with pytest.raises(ValueError, match="widths"):
        pipe_table(data, ["left", "right"], [1, 0])


def test_a_figure_carries_title_and_alternative_text() -> None:
    text = figure("fig-a", "_generado/a.png", "El 64 % [sur]", 'Mapa "A"')
    assert text == '![El 64\u00a0% \\[sur\\]](_generado/a.png){#fig-a fig-alt="Mapa \\"A\\""}\n'
