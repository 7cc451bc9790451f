"""Points that are marked, with their tangents; letters of panels; what is noted in their stead."""

from __future__ import annotations

import math

import numpy as np
import pytest
from onsheet import areas, circles, faults, lines, misplaced, texts

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.errors import UsageError
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.ticks import number
from actviz.figure.canvas.title import PRIMES


def plotted(text: str, orders: tuple[int, ...] = (0,), **asked: object) -> Picture:
    options = figure.Options(**asked)  # type: ignore[arg-type]
    return figure.plot(*parse_curves([text]), orders, -6.0, 6.0, options)


def units(picture: Picture, points: np.ndarray) -> np.ndarray:
    """Points of the sheet in the units of the function."""
    [told] = [data for name, data in picture.told.items() if name.startswith("panel")]
    left, top, right, bottom = map(float, told["box"].split())
    (lo, hi), (ylo, yhi) = (tuple(map(float, told[k].split())) for k in ("xlim", "ylim"))
    height = picture.size[1] * 72
    x = lo + (points[:, 0] - left) / (right - left) * (hi - lo)
    y = ylo + (points[:, 1] - (height - bottom)) / (bottom - top) * (yhi - ylo)
    return np.column_stack([x, y])


@pytest.mark.parametrize("text", ["gelu", "tanh", "exp(x)", "x**3/20", "-2*x + 1", "softsign"])
@pytest.mark.parametrize("at", [-1.25, 0.5, 1.0])
def test_a_tangent_touches_its_point_with_its_slope(text: str, at: float) -> None:
    picture = plotted(text, (0, 1), marks=(at,))
    function = parse_curves([text])[0].activation
    y, slope = float(function(at)), float(function.derivative(at))
    [dot] = circles(picture, f"marked-{at:g}")
    assert units(picture, dot.centres)[0] == pytest.approx((at, y), abs=0.01)
    [path] = lines(picture, f"tangent-{at:g}")
    (x0, y0), (x1, y1) = units(picture, path)
    assert x0 < at < x1
    assert (y1 - y0) / (x1 - x0) == pytest.approx(slope, rel=0.01, abs=0.005)
    assert y0 + slope * (at - x0) == pytest.approx(y, abs=0.02)
    found = [t for t in texts(picture) if t.startswith(f"({at:g}".replace("-", "−"))]
    assert misplaced(picture) == faults(picture) == []
    if not found:
        assert picture.notes == [f"there is no room for the numbers of --mark {at:g} of f(x)."]
        return
    [said] = found
    assert float(said.partition(", ")[2].partition(")")[0].replace("−", "-")) == pytest.approx(
        y, rel=1e-3
    )
    assert float(said.rpartition(" ")[2].replace("−", "-")) == pytest.approx(slope, rel=1e-3)


# formula, where, and what is noted
UNMARKED = (
    ("relu", 0.0, "f(x) has no tangent there"),
    ("step", 0.0, "f(x) has no tangent there"),
    ("log(x)", -1.0, "f(x) has no value there"),
    ("gelu", 7.0, "is not seen: x goes from -6 to 6"),
    ("1/x", 0.0, "f(x) has no value there"),
    ("exp(x)", 5.0, "is not seen: f(x) is 148.4 there"),
)


@pytest.mark.parametrize(("text", "at", "note"), UNMARKED)
def test_what_cannot_be_marked_is_noted(text: str, at: float, note: str) -> None:
    picture = plotted(text, marks=(at,))
    assert any(note in each and f"--mark {at:g}" in each for each in picture.notes)
    assert lines(picture, f"tangent-{at:g}") == []


def test_every_curve_is_marked_in_its_own_colour() -> None:
    options = figure.Options(marks=(1.0,))
    picture = figure.compare(parse_curves(["sigmoid", "tanh"]), (0,), -6.0, 6.0, options)
    drawn = circles(picture, "marked-1")
    assert len({each.edge for each in drawn}) == len(drawn) == 2
    assert faults(picture) == []


@pytest.mark.parametrize("layout", ["grid", "stack"])
def test_panels_have_letters(layout: str) -> None:
    options = figure.Options(letters=True)
    curves = parse_curves(["relu", "gelu", "silu"])
    picture = figure.compare(curves, (0,), -6.0, 6.0, options, layout=layout)
    letters = [text[:3] for text in texts(picture, "heading")]
    assert letters == [f"({letter})" for letter in "abc"[: len(letters)]]
    assert len(letters) == (3 if layout == "grid" else 2)
    assert faults(picture) == []
    assert plotted("relu", letters=True).notes == [
        "--letters are for several panels, and there is one."
    ]


def test_what_is_no_place() -> None:
    with pytest.raises(UsageError, match="not a finite number"):
        figure.Options(marks=(math.inf,))
    for asked in ({"marks": (1.0,)}, {"letters": True}):
        with pytest.raises(UsageError, match="is for curves"):
            plotted("swiglu", **asked)


ANNOTATED = ("silu", "gelu", "tanh", "gaussian", "sin(x)", "x*exp(-x**2)", "mish", "sinc")


@pytest.mark.parametrize("text", ANNOTATED)
def test_of_a_symmetric_pair_both_are_noted_or_none(text: str) -> None:
    picture = plotted(text, (0, 1, 2), annotate=True)
    assert faults(picture) == misplaced(picture) == []
    notes = [t for t in texts(picture) if t.startswith(("max", "min"))]
    for order, slope in ((0, 1), (1, 2), (2, 3)):
        for note in notes:
            where = note.rpartition(" at ")[2]
            other = note.replace(where, where.removeprefix("−") if "−" in where else f"−{where}")
            function = parse_curves([text])[0].activation
            if "π" in where:
                continue
            at = float(where.replace("−", "-"))
            y = function.derivative(np.array([at, -at]), order)
            steep = function.derivative(np.array([at, -at]), slope)
            told = float(note.split()[1].replace("−", "-"))
            if (
                at
                and abs(y[0] - y[1]) < 1e-9
                and abs(steep).max() < 1e-3
                and abs(told - y[0]) < 1e-3
            ):
                assert other in notes, (note, notes)


def test_extrema_of_f_come_before_those_of_its_derivatives() -> None:
    picture = plotted("silu", (0, 1, 2), annotate=True)
    assert "min −0.278 at −1.28" in texts(picture)
    assert all("f(x)" not in note for note in picture.notes)
    assert any("f″(x)" in note for note in picture.notes)


def test_what_is_not_annotated_is_noted() -> None:
    [note] = plotted("sin(3*x)", annotate=True).notes
    assert "f(x) has more than 6 extrema, of which none is noted" in note
    curves = parse_curves(["sigmoid", "tanh"])
    options = figure.Options(annotate=True)
    over = figure.compare(curves, (0,), -6.0, 6.0, options)
    assert any("only if it is alone in its panel" in note for note in over.notes)
    assert areas(over, "zone-0") == []
    beside = figure.compare(curves, (0,), -6.0, 6.0, options, layout="grid")
    assert not any("alone" in note for note in beside.notes)
    widths = sorted(round(float(np.ptp(z.outlines[0][:, 0]))) for z in areas(beside, "zone-0"))
    assert len(widths) == 2 and widths[0] < widths[1]  # each panel has its own function's


def test_an_odd_pair_of_extrema_is_not_called_by_one_of_them() -> None:
    notes = plotted("gelu", (0, 3), annotate=True).notes
    assert all("extrema of f‴(x)" in note for note in notes if " and " in note)


def test_a_slope_beyond_the_orders_there_are_is_not_said_to_be_none() -> None:
    [note] = plotted("tanh", (4,), marks=(1.0,)).notes
    assert "would be a derivative of a higher order" in note


def test_a_zero_is_not_taken_for_a_tick() -> None:
    notes = texts(plotted("x**2 - 1", (0,), annotate=True))
    assert {"zero at \N{MINUS SIGN}1", "zero at 1"} <= set(notes)


@pytest.mark.parametrize("size", [(4 / 2.54, 3 / 2.54), (2.0, 1.4)])
def test_a_small_sheet_has_no_notes_and_says_so(size: tuple[float, float]) -> None:
    picture = plotted("gelu", (0, 1, 2), annotate=True, size=size)
    assert "there is no room to annotate anything." in picture.notes
    assert not [each for each in picture.shapes if each.name.startswith(("note", "zone", "point"))]
    assert faults(picture) == misplaced(picture) == []


# What --mark and --annotate do not mark, and what is told of it.
UNMARKED = (
    ("softmax", {"vector": True, "marks": (1.0,)}, "--mark is for curves, and --vector draws"),
    ("softmax", {"vector": True, "annotate": True}, "--annotate is for curves, and --vector draws"),
    ("relu", {"formula": True}, "--formula is for derivatives, and there is none."),
)


@pytest.mark.parametrize(("text", "asked", "told"), UNMARKED)
def test_what_has_no_effect_is_told(text: str, asked: dict[str, object], told: str) -> None:
    [note] = plotted(text, (0,), **asked).notes
    assert note.startswith(told)


def test_differences_are_not_marked_and_that_is_told() -> None:
    curves, options = parse_curves(["gelu", "silu"]), figure.Options(marks=(1.0,))
    [note] = figure.compare(curves, (0,), -6.0, 6.0, options, diff=True).notes
    assert note == "--mark is for functions, and not for their differences."


def test_every_component_is_marked() -> None:
    picture = plotted("softmax", (0, 1), marks=(1.0,))
    notes, untold = texts(picture, "note-marked-1"), picture.notes
    assert len(circles(picture, "marked-1")) == len(notes) + len(untold) == 6
    softmax = parse_curves(["softmax"])[0].activation
    for order in (0, 1):
        for i in range(3):
            part = softmax.slice((0.0, 1.0), i)
            y, slope = (float(part.derivative(np.array([1.0]), order + k)[0]) for k in (0, 1))
            name = f"component {i + 1}{PRIMES[order]}"
            lacks = f"there is no room for the numbers of --mark 1 of {name}."
            assert lacks in untold or f"(1, {number(y, 4)}), slope {number(slope, 4)}" in notes
    assert faults(picture) == misplaced(picture) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [("leaky_relu", ["slope 0.01"]), ("leaky_relu:alpha=0.25", ["slope 0.25"]), ("relu", []),
     ("gelu", []), ("tanh", []), ("2*x + 1", ["slope 2"] * 2)],
)  # fmt: skip
def test_the_slope_of_a_straight_part_is_told(text: str, told: list[str]) -> None:
    picture = plotted(text, (0, 1), annotate=True)
    assert [each for each in texts(picture) if each.startswith("slope")] == told
    assert faults(picture) == misplaced(picture) == []
