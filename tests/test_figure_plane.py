"""Contours of functions of two variables: every line and area where the function says it is."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from onsheet import lines as drawn_lines
from onsheet import texts, words
from planes import GATED, HI, LO, PIXEL, WRTS, curve, mapped, plotted
from sampled import sampled

from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.shapes import Stroke
from actviz.figure.canvas.theme import LIGHT, PRINT
from actviz.figure.planes.levels import choose_levels
from actviz.figure.planes.shading import layers


def test_there_are_functions_of_two_variables() -> None:
    assert set(GATED) >= {"glu", "reglu", "geglu", "swiglu", "bilinear", "gtu", "maxout"}


# -- levels


@pytest.mark.parametrize(
    ("values", "above", "below"),
    [
        (np.linspace(-6, 6, 101), (1, 2, 3, 4, 5), (-1, -2, -3, -4, -5)),
        (np.linspace(0, 1, 101), (0.2, 0.4, 0.6, 0.8), ()),
        (np.linspace(-0.5, 1, 101), (0.2, 0.4, 0.6, 0.8), (-0.2, -0.4)),
        (np.linspace(-6e-300, 6e-300, 101), (1e-300, 2e-300, 3e-300, 4e-300, 5e-300), None),
        (np.geomspace(1e-3, 36, 1000), (0.5, 1, 2, 5, 10, 20), ()),
        (-np.geomspace(1e-3, 36, 1000), (), (-0.5, -1, -2, -5, -10, -20)),
        (np.linspace(1000, 1001, 101), (1000.2, 1000.4, 1000.6, 1000.8), ()),
        (np.array([0.0, 1.0] * 50), (1,), ()),  # plateaus
        (np.array([-1.0, 1.0, 3.0] * 50), (1, 3), (-1,)),
        (np.zeros(9), (), ()),
        (np.array([np.nan, np.inf, 0.0]), (), ()),
    ],
)
def test_levels(
    values: np.ndarray, above: tuple[float, ...], below: tuple[float, ...] | None
) -> None:
    levels = choose_levels(values)
    assert levels.above == pytest.approx(above)
    assert levels.below == pytest.approx(tuple(-v for v in above) if below is None else below)


@pytest.mark.parametrize("span", [(LO, HI), (-1.0, 8.0), (0.0, 1e-9), (-1e5, 1e5), (2.0, 9.0)])
def test_levels_are_round_and_among_the_values(span: tuple[float, float]) -> None:
    for name in sampled(GATED, 0.1):
        for wrt in WRTS[:3]:
            shown = mapped(name, wrt, *span)
            levels = shown.levels
            for level in (*levels.above, *levels.below):
                assert levels.lowest <= level <= levels.highest, (name, wrt)
                if levels.reaches_zero and not levels.plateaus:
                    assert re.fullmatch(r"-?\d\.\d0*e.*", f"{level:.9e}"), (name, wrt, level)
            assert len(levels.above) <= 7 and len(levels.below) <= 7


# -- lines


def in_units(picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    """How many units a point is, and where the origin is in points: by the ticks at -6 and 6."""
    upright, level = ([t[0] for t in drawn_lines(picture, f"{name}-major-ticks")] for name in "xy")
    x0, x1 = min(t[0] for t in upright), max(t[0] for t in upright)
    y0, y1 = min(t[1] for t in level), max(t[1] for t in level)
    return (HI - LO) / np.array([x1 - x0, y1 - y0]), np.array([x0 + x1, y0 + y1]) / 2


@pytest.mark.parametrize("wrt", WRTS[:3], ids="".join)
@pytest.mark.parametrize("name", GATED)
def test_lines_are_within_a_quarter_of_a_pixel(name: str, wrt: tuple[str, ...]) -> None:
    """So are their middles; a distance is the error of the value over the slope there."""
    activation, shown = curve(name).activation, mapped(name, wrt)
    levels = () if shown.levels.plateaus else (*shown.levels.above, *shown.levels.below)
    lines = [(at, line) for at in levels for part in shown.parts for line in part.lines(at)]
    if not wrt:  # as they are drawn
        picture = plotted(name)
        unit, origin = in_units(picture)
        drawn = [(at, line) for at in levels for line in drawn_lines(picture, f"level-{at:g}")]
        lines = [(at, (line - origin) * unit) for at, line in drawn]
    assert lines or shown.levels.plateaus
    for level, line in lines:
        a, b = np.concatenate([line, (line[1:] + line[:-1]) / 2]).T
        slope = np.hypot(*(activation.at(a, b, (*wrt, by)) for by in "ab"))
        off = np.abs(activation.at(a, b, wrt) - level)[slope > 1e-3] / slope[slope > 1e-3]
        assert off.max(initial=0.0) <= PIXEL / 4, level


ZEROS = (
    ("glu", (), [((0, LO), (0, HI))]),
    ("gtu", (), [((0, LO), (0, HI))]),
    ("bilinear", (), [((0, LO), (0, HI)), ((LO, 0), (HI, 0))]),
    ("swiglu", (), [((0, LO), (0, HI)), ((LO, 0), (HI, 0))]),
    ("geglu", (), [((0, LO), (0, HI)), ((LO, 0), (HI, 0))]),
    ("maxout", (), [((0, LO), (0, 0)), ((LO, 0), (0, 0))]),
    ("reglu", (), [((0, 0), (0, HI)), ((LO, 0), (HI, 0))]),
    ("reglu", ("a",), [((LO, 0), (HI, 0))]),
    ("reglu", ("b",), [((0, 0), (0, HI)), ((LO, 0), (HI, 0))]),
    ("swiglu", ("a",), [((LO, 0), (HI, 0))]),
    ("maxout", ("a",), [((LO, LO), (HI, HI))]),
)


@pytest.mark.parametrize(("name", "wrt", "expected"), ZEROS, ids=str)
def test_the_zero_line_is_where_the_function_is_0(
    name: str, wrt: tuple[str, ...], expected: list[tuple[tuple[float, float], ...]]
) -> None:
    shown = mapped(name, wrt)
    lines = [*shown.zeros, *shown.edges.borders]
    total = 0.0
    for line in lines:
        for start, end in pairwise(line):
            assert any(on_segment(point, ends) for ends in expected for point in (start,)), start
            assert any(all(on_segment(p, ends) for p in (start, end)) for ends in expected)
            total += math.dist(start, end)
    assert total == pytest.approx(sum(math.dist(*ends) for ends in expected), rel=1e-9)


def on_segment(point: np.ndarray, ends: tuple[tuple[float, float], ...]) -> bool:
    (a0, b0), (a1, b1) = ends
    along = math.dist(point, ends[0]) + math.dist(point, ends[1])
    return math.isclose(along, math.hypot(a1 - a0, b1 - b0), rel_tol=1e-9)


def test_the_zero_line_is_drawn_there_and_stands_out() -> None:
    picture = plotted("swiglu")
    lines = drawn_lines(picture, "zero")
    [left], [top] = (
        {p[k] for line in lines for p in line if np.ptp(line[:, k]) == 0} for k in (0, 1)
    )
    [zero] = (each for each in words(picture, "tick-x") if each.label.text == "0")
    assert left == pytest.approx(zero.x, abs=4)
    widths = {each.name: each.width for each in picture.shapes if isinstance(each, Stroke)}
    assert all(widths["zero"] >= 2 * w for n, w in widths.items() if n.startswith("level"))
    assert top > 0


def test_a_kink_is_a_corner() -> None:
    shown = mapped("maxout")
    for level in (2.0, -3.0):
        ends = [tuple(end) for part in shown.parts for v in part.lines(level) for end in v[[0, -1]]]
        assert sum(np.allclose(end, (level, level), atol=1e-9) for end in ends) == 2
    [kink] = shown.edges.kinks
    assert kink.tolist() == [[LO, LO], [HI, HI]]


def test_nothing_is_drawn_where_reglu_is_0() -> None:
    shown = mapped("reglu")
    for layer in layers(shown.levels, LIGHT):
        for outline in layer.outlines(shown.parts):
            assert outline[:, 1].min() >= 0
    assert "f = 0" in texts(plotted("reglu"), "name-zero")


def test_no_line_runs_along_a_jump() -> None:
    shown = mapped("reglu", ("b",))
    for level in (*shown.levels.above, *shown.levels.below):
        [line] = [line for part in shown.parts for line in part.lines(level)]
        assert np.ptp(line[:, 0]) <= 1e-9 and line[:, 1].min() == 0 and line[:, 1].max() == HI


def test_values_too_small_for_a_float_are_not_taken_for_zeros() -> None:
    shown = mapped("swiglu", (), -1e4, 1e4)
    for line in shown.zeros:
        assert np.all((np.abs(line) <= 1e-9).any(axis=1))


# -- areas


@pytest.mark.parametrize("look", [LIGHT, PRINT], ids=["two colours", "one"])
@pytest.mark.parametrize("name", GATED)
def test_a_layer_is_all_that_is_beyond_its_level(name: str, look: object) -> None:
    from matplotlib.path import Path

    points = np.random.default_rng(7).uniform(LO, HI, (400, 2))
    for wrt in WRTS[:3]:
        shown = mapped(name, wrt)
        values = curve(name).activation.at(*points.T, wrt)
        for layer in layers(shown.levels, look):  # type: ignore[arg-type]
            inside = np.zeros(len(points), dtype=int)
            for outline in layer.outlines(shown.parts):
                inside += Path(outline).contains_points(points)
            far = np.abs(values - layer.level) > 1e-3 * shown.largest
            expected = values > layer.level if layer.above else values < layer.level
            assert np.array_equal((inside % 2 == 1)[far], expected[far]), (wrt, layer)


def test_colours_grow_stronger_away_from_0() -> None:
    for look in (LIGHT, PRINT):
        for name in ("swiglu", "maxout"):
            stacks: dict[tuple[str, bool], list[float]] = {}
            for layer in layers(mapped(name).levels, look):
                under = stacks.setdefault((layer.colour, layer.above), [0.0])
                under.append(1 - (1 - under[-1]) * (1 - layer.opacity))
            for opacities in stacks.values():
                assert opacities == sorted(set(opacities)) and opacities[-1] < 0.9
