"""What the table says breaks, against a search that knows only values and slopes to 50 digits.

Wherever a primitive or its slope jumps, or a domain ends, the search narrows that down to a place;
one that no breakpoint tells is a gap in the column `breaks`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from sampled import sampled
from test_primitives import FORMULAS

from actviz.check.exact import exact_derivatives
from actviz.formula import breaks, switches
from actviz.formula.breakpoints import breakpoints
from actviz.formula.derivative import differentiate
from actviz.formula.expression import Node
from actviz.formula.parsing import parse
from actviz.formula.primitives import AS_DEFINED, BREAKS

mpmath = pytest.importorskip("mpmath", reason="the reference of these tests")

REACH, CELLS = 2.7, 80
HALVINGS = 60
ROUGH = 0.1  # of the size of a value or slope; a smooth one is below that when looked at closely
JUMP = 1e-6  # of a value or slope between points 2**-64 apart
ALSO = (("/", "1/x"), ("**", "x**0.5"), ("**", "x**-1"), ("where", "where(x > 1, x, 2*x)"))
LONG = {"spherical_jn(2, x)", "spherical_jn(8, x)"}  # flat at 0; the first order stands for them
CASES = [*ALSO, *(case for case in FORMULAS if case[0] != "where" and case[1] not in LONG)]


Point = tuple[Any, list[Any]]  # x, with value, slope and curvature


def series(tree: Node, x: Any) -> list[Any]:
    """Value, slope and curvature."""
    return exact_derivatives(tree, x, {}, 2)


def rough(start: Point, end: Point) -> bool:
    """Whether value or slope is off the tangents from both ends, or a domain ends between them."""
    (a, left), (b, right) = start, end
    if mpmath.isnan(left[0]) or mpmath.isnan(right[0]):
        return not (mpmath.isnan(left[0]) and mpmath.isnan(right[0]))
    for k in (0, 1):
        change, size = right[k] - left[k], k + abs(left[k]) + abs(right[k])
        if min(abs(change - (b - a) * tangent[k + 1]) for tangent in (left, right)) > ROUGH * size:
            return True
    return False


def found(formula: str) -> Iterator[tuple[float, int]]:
    """The places at which a formula jumps, ends (both 0) or kinks (1)."""
    tree = parse(formula)
    with mpmath.workdps(60):
        step = mpmath.mpf(2 * REACH) / CELLS
        grid = [-REACH + step * (i + mpmath.mpf(1) / math.e) for i in range(CELLS)]
        cells = list(pairwise((x, series(tree, x)) for x in grid))
        for _ in range(HALVINGS):
            cells = [half for cell in cells if rough(*cell) for half in halves(tree, *cell)]
        for (a, left), (_, right) in (cell for cell in cells if rough(*cell)):
            value, slope = (abs(right[k] - left[k]) for k in (0, 1))
            if not value <= JUMP:  # NaN at the end of a domain
                yield float(a), 0
            elif not slope <= JUMP:
                yield float(a), 1


def halves(tree: Node, start: Point, end: Point) -> tuple[tuple[Point, Point], ...]:
    middle = (start[0] + end[0]) / 2
    between = middle, series(tree, middle)
    return (start, between), (between, end)


def told(formula: str) -> list[tuple[float, int]]:
    trees = [parse(formula)]
    for _ in range(4):
        trees.append(differentiate(trees[-1]))
    return [(p.x, p.order) for p in breakpoints(trees.__getitem__, {}, -REACH, REACH)]


def untold(formula: str) -> list[tuple[float, int]]:
    """What the search finds and no breakpoint is told of."""
    known = told(formula)
    return [
        (x, order)
        for x, order in found(formula)
        if not any(abs(x - place) < 1e-9 and kind <= order for place, kind in known)
    ]


@pytest.mark.parametrize(("name", "formula"), sampled(CASES, 0.1), ids=str)
def test_everything_that_jumps_or_kinks_is_told(name: str, formula: str) -> None:
    assert untold(formula) == []


@pytest.fixture
def fresh_tables() -> Iterator[None]:
    """What was read from the column is read again, before and after."""
    forget()
    yield
    forget()


def forget() -> None:
    for each in (*vars(breaks).values(), *vars(switches).values()):
        if hasattr(each, "cache_clear"):
            each.cache_clear()


@pytest.mark.usefixtures("fresh_tables")
@pytest.mark.parametrize("name", sampled([*BREAKS], 0.25))
def test_every_entry_of_the_column_is_needed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the search above finds something, so it would find an entry that is not there."""
    monkeypatch.delitem(BREAKS, name)
    assert any(untold(formula) for head, formula in CASES if head == name)


@pytest.mark.parametrize("name", BREAKS)
def test_entries_are_read_whole(name: str) -> None:
    """What a search cannot show: an edge of a domain is told as one, a step as one."""
    relations = [relation for relation, _ in breaks._column(name)]
    assert BREAKS[name] == AS_DEFINED or len(relations) == len(BREAKS[name].split(";"))
    assert set(relations) <= {"=", "<", "<=", ">", ">=", "whole"}
