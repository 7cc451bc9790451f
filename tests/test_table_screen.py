"""Tables on a terminal: points in line, no number cut, colour where it may be, names as typed."""

import io
import itertools
import math
import re

import pytest
from tables import LABELS, SIGMOID, curve, written

from actviz import table
from actviz.table import grid, on_screen


class Screen(io.BytesIO):
    def isatty(self):
        return True


def drawn(columns, monkeypatch, width=80, **environment):
    names = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TERM", "COLUMNS", "LINES")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm-256color", "COLUMNS": str(width)} | environment).items():
        monkeypatch.setenv(name, value)
    screen = Screen()
    table.write(columns, "rich", screen)
    return screen.getvalue().decode()


def test_numbers_stand_with_their_points_in_line(monkeypatch):
    columns = table.Columns([curve("x", "f")], [0], grid.listed([-1000, 0.5, 1e-9, 12, math.nan]))
    _, _, *lines = drawn(columns, monkeypatch, NO_COLOR="1").splitlines()
    cells = ["-1000", "0.5", "1e-09", "12", "nan"]
    assert [line.split() for line in lines] == [[cell, cell] for cell in cells]
    points = [re.search(r"[.e]|\s|$", line.lstrip()).start() for line in lines]
    indents = [len(line) - len(line.lstrip()) for line in lines]
    assert len({indent + point for indent, point in zip(indents, points, strict=True)}) == 1


@pytest.mark.parametrize("count", [on_screen.LONGEST, on_screen.LONGEST + 1, 10_000_000])
def test_a_terminal_is_told_of_rows_left_out(monkeypatch, count):
    columns = table.Columns([SIGMOID], [0], grid.ranged(-6, 6, points=count))
    lines = drawn(columns, monkeypatch, NO_COLOR="1").splitlines()
    if count <= on_screen.LONGEST:
        assert len(lines) == count + 2
        return
    assert len(lines) == 2 + 2 * on_screen.EDGE + 2
    assert lines[2 + on_screen.EDGE].split() == ["…", "…"]
    assert lines[-1] == f"{count - 40:,} rows are not shown; -o table.csv writes them all."


@pytest.mark.parametrize("width", [10, 40, 80, 200])
def test_no_number_is_cut_in_a_narrow_terminal(monkeypatch, width):
    curves = [curve(f"sin(x) + {i}", f"curve {i}") for i in range(8)]
    columns = table.Columns(curves, [0, 1], grid.listed([1, 2]))
    text = drawn(columns, monkeypatch, width, NO_COLOR="1")
    for name, order, i in itertools.product(["curve"], [0, 1], range(8)):
        assert f"{name} {i}" + "_d1" * order in text
        assert f"{math.sin(1) + i:.6g}" in text
    assert width < 40 or max(map(len, text.splitlines())) <= width
    assert text.count("\n\n") == 0


def test_colour_only_on_a_terminal_that_may_have_it(monkeypatch):
    columns = table.Columns([SIGMOID], [0], grid.listed([1]))
    assert "\x1b[1m" in drawn(columns, monkeypatch)
    assert "\x1b" not in drawn(columns, monkeypatch, NO_COLOR="1")
    assert "\x1b" not in drawn(columns, monkeypatch, TERM="dumb")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert b"\x1b" not in written(columns, "rich")


def test_a_drawn_table_is_whole_outside_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    curves = [curve(f"x + {i}", f"curve {i}") for i in range(30)]
    columns = table.Columns(curves, [0], grid.ranged(0, 2099, step=1))
    lines = written(columns, "rich").decode().splitlines()
    heads = [line for line in lines if "curve 29" in line]
    assert len(heads) == 3  # one for each 1000 rows
    assert [line.split()[0] for line in lines if line.split()[0].isdigit()] == [
        str(i) for i in range(2100)
    ]


@pytest.mark.parametrize("label", LABELS)
def test_labels_are_no_markup_on_a_terminal(label):
    shown = written(table.Columns([curve("x", label)], [0], grid.listed([1])), "rich").decode()
    assert label.replace("\t", "?") in shown
