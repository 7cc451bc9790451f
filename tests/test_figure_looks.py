"""What was wrong with figures that were looked at one by one, each as a rule of structure."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from onsheet import (
    areas,
    box,
    circles,
    dense,
    faults,
    lines,
    misplaced,
    overlap,
    strokes,
    texts,
    words,
)

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.errors import UsageError
from actviz.figure.canvas import theme
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.shapes import Circles, Stroke
from actviz.figure.canvas.space import WORD
from actviz.figure.canvas.strokes import flattened
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import signed_log_ticks


def plotted(text: str, *orders: int, lo: float = -6.0, hi: float = 6.0, **asked: object) -> Picture:
    options = figure.Options(**asked)  # type: ignore[arg-type]
    return figure.plot(*parse_curves([text]), orders or (0,), lo, hi, options)


def compared(
    names: str, *orders: int, layout: str | None = None, diff: bool = False, **asked: object
) -> Picture:
    options = figure.Options(**asked)  # type: ignore[arg-type]
    curves = parse_curves(names.split())
    return figure.compare(curves, orders or (0,), -6.0, 6.0, options, layout=layout, diff=diff)


# A line that a curve tends to: curve, orders, its name, and whether that is above the line.
NAMED = (
    ("silu", (0,), "y = x", True),
    ("gelu", (0, 1), "y = x", True),
    ("elu", (0,), "y = −1", False),
    ("arctid", (0,), "y = −x + 2.47", True),
    ("acon_c", (0, 1), "y = 1.2x", True),
)


@pytest.mark.parametrize(("text", "orders", "name", "above"), NAMED)
def test_an_asymptote_is_named_on_the_side_without_the_curve(
    text: str, orders: tuple[int, ...], name: str, above: bool
) -> None:
    picture = plotted(text, *orders)
    [label] = [each for each in words(picture) if each.label.text == name]
    [line] = lines(picture, label.name.removeprefix("name-"))
    left, low, right, high = box(label)
    middle = (left + right) / 2
    assert line[:, 0].min() - 1 <= right and left <= line[:, 0].max() + 1, (
        "it is at the dotted part"
    )
    level = np.interp(middle, *line[np.argsort(line[:, 0])].T)
    assert bool((low + high) / 2 > level) is above


def test_no_asymptote_is_drawn_where_another_curve_lies_on_it() -> None:
    assert any(s.name.startswith("asymptote") for s in compared("gelu silu softplus").shapes)
    assert not any(
        s.name.startswith("asymptote") for s in compared("gelu silu softplus relu").shapes
    )


def test_an_asymptote_is_drawn_on_both_sides_of_what_covers_it() -> None:
    picture = plotted("x*x*x/(x*x - 4)")
    drawn = [path for s in picture.shapes if s.name.startswith("asymptote") for path in s.paths]
    ends = [(path[:, 0].min(), path[:, 0].max()) for path in drawn]
    [middle] = {line[0, 0] for line in lines(picture, "axis-y")}
    assert any(left < middle - 50 for left, _ in ends)
    assert any(right > middle + 50 for _, right in ends)


@pytest.mark.parametrize("names", ["sigmoid tanh relu gelu", "sigmoid softsign"])
def test_texts_in_a_line_do_not_read_as_one(names: str) -> None:
    picture = compared(names, 0, 1, layout="grid", annotate=True)
    said = [each for each in words(picture) if each.name.startswith(("name-", "note-"))]
    for i, each in enumerate(said):
        for other in said[i + 1 :]:
            (x0, y0, x1, y1), (a0, b0, a1, b1) = box(each), box(other)
            beside = min(y1, b1) > max(y0, b0)
            assert not beside or max(x0, a0) - min(x1, a1) >= WORD - 2.5, (each, other)


def test_notes_in_a_grid_have_room_and_zones_hold_their_words() -> None:
    picture = compared("sigmoid tanh relu elu gelu silu mish softsign", 0, 1, annotate=True)
    assert not any("saturated" in note for note in picture.notes)
    zones = [
        outline for i in (0, 1) for each in areas(picture, f"zone-{i}") for outline in each.outlines
    ]
    for word in words(picture, "name-zone"):
        left, low, right, high = box(word)
        (x0, y0), (x1, y1) = min(
            ((zone.min(axis=0), zone.max(axis=0)) for zone in zones),
            key=lambda ends: abs(ends[0] + ends[1] - [left + right, low + high]).sum(),
        )
        assert x0 <= left and right <= x1 and y0 <= low and high <= y1, word.label.text
    assert faults(picture) == misplaced(picture) == []


@pytest.mark.parametrize("text", ["hardswish", "smooth_step"])
def test_lines_of_a_heading_are_apart(text: str) -> None:
    picture = plotted(text, 0, 1, 2, formula=True)
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    for each in words(picture):
        if each.name.startswith("title-"):
            rows.setdefault(each.name.split("-")[1], []).append(box(each))
    ends = [(min(b[1] for b in row), max(b[3] for b in row)) for row in rows.values()]
    assert len(ends) >= 2
    for (low, _), (_, high) in pairwise(ends):
        assert low - high > 3.0


@pytest.mark.parametrize(("text", "solid"), [("sin(50*x)", True), ("sin(3*x)", False)])
def test_dashes_are_left_out_where_strokes_are_side_by_side(text: str, solid: bool) -> None:
    picture = plotted(text, 1)
    drawn = strokes(picture, "curve-0-1") + strokes(picture, "curve-0-1-band")
    assert {bool(stroke.dash) for stroke in drawn} == {not solid}


@pytest.mark.parametrize("text", ["sin(1/x)", "sin(50*x)", "1/x", "exp(x)"])
def test_every_axis_has_its_name(text: str) -> None:
    picture = plotted(text, 0, 1, lo=-1.0, hi=1.0)
    panels = {each.inside for each in words(picture, "tick-x")}
    assert {each.inside for each in words(picture, "label-y")} == panels


def test_a_number_keeps_clear_of_a_marked_point() -> None:
    picture = plotted("silu", marks=(-2.0,))
    [dot] = circles(picture, "marked--2")
    x, y = dot.centres[0]
    here = (x - dot.size / 2, y - dot.size / 2, x + dot.size / 2, y + dot.size / 2)
    assert all(overlap(box(each), here) < 0 for each in words(picture, "tick-x"))
    assert "(−2, −0.2384), slope −0.09078" in texts(picture), "there is room beyond the tick"


@pytest.mark.parametrize(
    ("limits", "most", "labels"),
    [
        ((-20.0, 200.0), 12, ("−10", "−1", "0", "1", "10", "10²")),
        ((0.0, 2e5), 12, ("0", "1", "10", "10²", "10³", "10⁴", "10⁵")),
        ((-2.0, 2e5), 16, ("−1", "0", "1", "10", "10²", "10³", "10⁴", "10⁵")),
    ],
)
def test_every_power_of_ten_has_its_number(
    limits: tuple[float, float], most: int, labels: tuple[str, ...]
) -> None:
    assert signed_log_ticks(1.0, *limits, most).labels == labels


@pytest.mark.parametrize("text", ["x**3", "sinh(x)"])
def test_a_scale_of_signed_powers_has_powers_to_show(text: str) -> None:
    for orders in ((0,), (0, 1)):
        shown = texts(plotted(text, *orders, scale="symlog"), "tick-y")
        assert {"10", "10²", "−10"} <= set(shown)


@pytest.mark.parametrize("text", ["abs(sin(3*x))", "sinc(x)", "tan(x)"])
def test_multiples_of_pi_are_enough_to_read_a_place_by(text: str) -> None:
    shown = texts(plotted(text), "tick-x")
    assert sum("π" in number for number in shown) >= 3


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK])
@pytest.mark.parametrize("count", [2, 3, 4, 6])
def test_every_shade_of_a_family_can_be_read(look: theme.Theme, count: int) -> None:
    for colour in look.curves:
        shades = theme.shades(colour, count, look)
        assert len(set(shades)) == count
        assert min(theme.contrast(shade, look) for shade in shades) >= 3.0


@pytest.mark.parametrize("text", ["relu", "hardshrink", "prelu"])
def test_nothing_is_seen_through_an_open_circle_but_what_is_under_the_picture(
    text: str,
) -> None:
    picture = plotted(text, 0, 1, transparent=True, grid=True)
    opened = [(c, each) for c in circles(picture, "curve-0-1-limit") for each in c.centres]
    assert opened
    for circle, centre in opened:
        for shape in picture.ordered():
            if isinstance(shape, Stroke):
                for path in flattened(shape):
                    assert np.hypot(*(dense(path) - centre).T).min() > circle.size / 2 - 0.01
    assert misplaced(picture) == []
    assert misplaced(plotted(text, 0, 1, theme="auto")) == []


def test_panels_side_by_side_are_apart() -> None:
    picture = compared("sigmoid tanh relu", 0, layout="grid", annotate=True)
    names = [box(each) for each in words(picture, "label-x")]
    numbers = [box(each) for each in words(picture, "tick-x")]
    for name in names:
        right = [number for number in numbers if number[0] > name[0] and number[2] > name[2]]
        assert all(number[0] - name[2] > 3.0 for number in right)


def test_what_a_sum_is_of_does_not_touch_its_sign() -> None:
    assert r"\sum_{j}\,e" in Label(r"\sum_{j} e^{x}", 10, "", ("DejaVu Sans",), math=True).shown


@pytest.mark.parametrize("text", ["sin(x)/x", "x*x/x", "(x - 1)**3/(x - 1)", "(x + 1)**2/(x + 1)"])
def test_what_is_not_taken_at_a_hole_is_no_extremum_and_no_zero(text: str) -> None:
    picture = plotted(text, 0, 1, 2, annotate=True)
    drawn = [shape for shape in picture.shapes if isinstance(shape, Circles)]
    open_at = [at for each in drawn if each.name.endswith("-limit") for at in each.centres]
    dots = [at for each in drawn if each.name.startswith("point-") for at in each.centres]
    assert open_at
    assert all(np.hypot(*(dot - at)) > 1 for dot in dots for at in open_at)
    assert not any(t.startswith(("max 1 at 0", "min 0 at", "zero")) for t in texts(picture))


def test_extrema_that_lie_symmetrically_are_told_together() -> None:
    for text in ("sin(x)/x", "sinc(x)", "gaussian", "cos(x)"):
        dots: dict[str, set[float]] = {}
        picture = plotted(text, 0, 1, 2, annotate=True)
        for circle in picture.shapes:
            if isinstance(circle, Circles) and circle.name.startswith("point-"):
                dots.setdefault(circle.name[:15], set()).update(circle.centres[:, 0].round(1))
        [middle] = {round(lines(picture, "axis-y")[0][0, 0], 1)}
        for places in dots.values():
            assert all(any(abs(2 * middle - x - y) < 0.3 for y in places) for x in places)


def test_a_value_of_its_own_is_told() -> None:
    assert "has a value of its own at x = 0" in plotted("where(abs(x) <= 0, 5, x*x)").words[1]
    assert "of its own" not in plotted("relu").words[1]


def test_a_curve_without_values_is_told() -> None:
    picture = plotted("sqrt(-1 - x*x)")
    assert picture.notes == ["f(x) has no value for x from -6 to 6."]
    assert "f(x) has no value there." in picture.words[1]


@pytest.mark.parametrize(("order", "panels"), [((0,), 2), ((1,), 1), ((0, 1), 2)])
def test_a_stack_has_the_orders_that_were_asked_for(order: tuple[int, ...], panels: int) -> None:
    picture = compared("relu elu", *order, layout="stack")
    assert len({each.inside for each in words(picture, "tick-x")}) == panels
    assert any("--layout stack" in note for note in picture.notes) is (panels == 1)


@pytest.mark.parametrize("size", [0.0, -3.0])
def test_a_size_of_type_that_is_none_is_refused(size: float) -> None:
    with pytest.raises(UsageError, match="font size"):
        figure.Options(font_size=size)


def test_a_theme_of_which_a_style_leaves_nothing_is_told() -> None:
    for theme_, told in (("dark", True), ("auto", True), ("light", False), ("print", False)):
        notes = figure.Options(style=Path("seaborn-v0_8"), theme=theme_).look.unfollowed
        assert any(f"--theme {theme_}" in note for note in notes) is told


def test_a_tangent_that_is_not_drawn_is_told() -> None:
    assert any(
        "no tangent on a log scale" in n for n in plotted("exp(x)", scale="log", marks=(1.0,)).notes
    )


@pytest.mark.parametrize("axes", [None, "box"])
def test_names_of_panels_keep_clear_of_what_is_over_and_under_them(axes: str | None) -> None:
    names = ["smooth_step", "log_sqnl", "elu", "tanh"]
    for hi in (6.0, 1e8):
        options = figure.Options(axes=axes, size=(6.0, 4.0))
        picture = figure.compare(parse_curves(names), (0,), -hi, hi, options, layout="grid")
        assert faults(picture) == []


def test_the_dot_of_a_note_hides_no_number() -> None:
    picture = compared("gelu_10 eswish", 0, 1, 2, annotate=True, size=(12.0, 4.0))
    assert faults(picture) == []
    logish = figure.Options(annotate=True, size=(6.0, 4.0))
    assert faults(figure.plot(*parse_curves(["logish"]), (1,), -40.0, 40.0, logish)) == []


def test_whole_numbers_are_limits_of_a_range_too() -> None:
    picture = figure.compare(parse_curves(["tanh", "hardswish"]), (0, 1), 0, 1e-6)
    assert words(picture, "tick-x")


def test_a_note_keeps_clear_of_the_names_of_other_panels() -> None:
    names = ["srelu", "celu", "aranda_ordaz", "swoosh_l", "hard_sigmoid_keras2", "mish", "relu"]
    options = figure.Options(annotate=True)
    assert faults(figure.compare(parse_curves(names), (0, 1, 2), -1.0, 8.0, options)) == []
