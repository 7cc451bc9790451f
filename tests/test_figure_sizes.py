"""Sizes, type and presets: everything in a figure grows and shrinks together."""

from __future__ import annotations

import re

import numpy as np
import pytest
from conftest import Call
from onsheet import faults, misplaced, strokes, texts, words

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.errors import UsageError
from actviz.figure.canvas.options import PRESETS, TYPE
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.shapes import Circles, Stroke, Words


def plotted(text: str, orders: tuple[int, ...] = (0, 1), **asked: object) -> Picture:
    options = figure.Options(**asked)  # type: ignore[arg-type]
    return figure.plot(*parse_curves([text]), orders, -6.0, 6.0, options)


@pytest.mark.parametrize(
    ("text", "inches"),
    [("6x4", (6, 4)), ("6X4in", (6, 4)), ("8 x 5 cm", (8 / 2.54, 5 / 2.54)),
     ("80mmx50mm", (8 / 2.54, 5 / 2.54)), ("360x216pt", (5, 3))],
)  # fmt: skip
def test_sizes_have_units(text: str, inches: tuple[float, float]) -> None:
    assert figure.parse_size(text) == pytest.approx(inches, abs=1e-8)


@pytest.mark.parametrize("text", ["8x5km", "8", "x", "8x5x2", "cm"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(UsageError, match="15x10cm"):
        figure.parse_size(text)


def test_twice_the_type_on_twice_the_sheet_is_the_same_figure_twice_as_large() -> None:
    small = plotted("hardshrink", (0, 1, 2), annotate=True, grid=True)
    large = plotted(
        "hardshrink", (0, 1, 2), annotate=True, grid=True, size=(9.6, 6.4), font_size=2 * TYPE
    )
    for one, other in zip(small.ordered(), large.ordered(), strict=True):
        assert one.name == other.name
        match one, other:
            case Stroke(), Stroke():
                assert other.width == 2 * one.width
            case Circles(), Circles():
                assert other.size == 2 * one.size
                assert np.allclose(other.centres, 2 * one.centres, atol=1.0)
            case Words(), Words():
                assert other.label.size == 2 * one.label.size
                assert (other.x, other.y) == pytest.approx((2 * one.x, 2 * one.y), abs=1.0)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", ["gelu", "hardshrink", "tanh"])
def test_presets(preset: str, name: str) -> None:
    shown, said = plotted(name, preset=preset), PRESETS[preset]
    assert shown.size == said.size
    for size in {each.label.size for each in words(shown)}:
        assert min(abs(size - share * said.type) for share in (0.85, 0.9, 1.0, 1.1)) < 1e-9
    curve = next(s for s in shown.ordered() if isinstance(s, Stroke) and s.name == "curve-0-0")
    assert curve.width == pytest.approx(said.line)
    assert any(each.startswith(name) for each in texts(shown)) == said.title
    assert faults(shown) == misplaced(shown) == []


def test_what_is_asked_for_beside_a_preset_has_the_last_word() -> None:
    shown = plotted("gelu", preset="column", size=(4.0, 3.0), font_size=12.0, title="mine")
    assert shown.size == (4.0, 3.0) and "mine" in texts(shown)
    assert {w.label.size for w in shown.ordered() if isinstance(w, Words)} >= {12.0}


def test_a_font_is_used_or_refused() -> None:
    shown = plotted("gelu", font="DejaVu Serif")
    assert {each.label.font[0] for each in words(shown)} == {"DejaVu Serif"}
    assert figure.render(shown, "svg").count(b"DejaVuSerif") > 3
    with pytest.raises(UsageError, match=r"no font 'DejaVu Serf' is installed.*DejaVu Serif"):
        figure.Options(font="DejaVu Serf")


@pytest.mark.parametrize("size", [0.5, 100.0, float("nan")])
def test_type_that_is_no_type(size: float) -> None:
    with pytest.raises(UsageError, match="font size"):
        figure.Options(font_size=size)


def test_the_scales_that_an_svg_tells_are_those_of_its_lines() -> None:
    from scaled import drawn

    for size in (8.0, 20.0):
        [curve] = drawn(figure.render(plotted("gelu", (0,), font_size=size), "svg"))
        gelu = parse_curves(["gelu"])[0].activation
        for line in curve.lines:
            down = curve.panel.down(gelu(curve.panel.x(line[:, 0])))
            assert np.abs(down - line[:, 1]).max() < 0.36
    assert strokes(plotted("gelu", font_size=8.0), "axis-x")


# What is drawn on a sheet that is too small, and what is noted.
SMALL = (
    (("gelu",), (0, 1), {}, (2.0, 1.2), ["there is no room for the title."]),
    (("relu", "gelu", "silu", "mish", "elu", "tanh"), (0,), {}, (2.0, 1.5),
     ["there is no room for the names of the curves."]),
    (("gelu",), (0,), {}, (4.8, 3.2), []),
)  # fmt: skip


@pytest.mark.parametrize(("names", "orders", "asked", "size", "notes"), SMALL)
def test_a_small_sheet_leaves_out_the_legend_then_the_title(
    names: tuple[str, ...],
    orders: tuple[int, ...],
    asked: dict[str, object],
    size: tuple[float, float],
    notes: list[str],
) -> None:
    options = figure.Options(size=size, **asked)  # type: ignore[arg-type]
    curves = parse_curves(names)
    draw = figure.plot if len(curves) == 1 else figure.compare
    shown = draw(curves[0] if len(curves) == 1 else curves, orders, -6.0, 6.0, options)  # type: ignore[arg-type,operator]
    assert shown.notes == notes
    assert faults(shown) == []


@pytest.mark.parametrize("layout", ["overlay", "stack", "grid"])
@pytest.mark.parametrize("font_size", [8.0, 10.0, 24.0])
def test_a_sheet_without_room_is_refused_with_a_size_that_works(
    layout: str, font_size: float
) -> None:
    curves = parse_curves(["relu", "gelu_tanh", "elu"])
    size = (1.0, 1.0)
    for attempt in range(2):
        options = figure.Options(size=size, font_size=font_size)
        try:
            figure.compare(curves, (0,), -6.0, 6.0, options, layout=layout)
        except UsageError as error:
            assert not attempt, error
            found = re.search(r"leave no room for the plot; ([\d.]+)x([\d.]+) would do", str(error))
            assert found is not None, error
            size = float(found[1]), float(found[2])


# What is asked for and not to be seen.
UNSEEN = (
    ({"hlines": (9.0, 1.0)}, ["--hline 9 is not seen: y goes from -0.48 to 6.48."]),
    ({"vlines": (-7.0,)}, ["--vline -7 is not seen: x goes from -6 to 6."]),
    ({"ylim": (8.0, 9.0)}, ["--ylim 8:9 shows no curve: values go from 0 to 6."]),
    ({"hlines": (1.0,), "vlines": (0.5,), "ylim": (0.0, 2.0)}, []),
)


@pytest.mark.parametrize(("asked", "notes"), UNSEEN)
def test_what_has_no_effect_is_noted(asked: dict[str, object], notes: list[str]) -> None:
    assert plotted("relu", (0,), **asked).notes == notes


def test_notes_go_to_standard_error(call: Call) -> None:
    done = call("plot", "relu", "gelu", "--hline", "9", "-o", "{name}.svg")
    assert (done.code, done.out) == (0, "relu.svg\ngelu.svg\n")
    assert [line.split(" is ")[0] for line in done.err.splitlines()] == [
        "relu: --hline 9",
        "gelu: --hline 9",
    ]


@pytest.mark.parametrize("size", [16.0, 20.0])
def test_large_type_leaves_room_for_the_names(size: float) -> None:
    shown = plotted("sigmoid", (0, 1, 2), font_size=size)
    assert shown.notes == faults(shown) == misplaced(shown) == []
    assert {"f(x)", "f′(x)", "f″(x)"} <= set(texts(shown))
    assert plotted("sigmoid", (0, 1, 2), font_size=size, size=(4.8, 3.2)).size == (4.8, 3.2)


def test_six_curves_are_told_apart_without_colour() -> None:
    names = ("relu", "leaky_relu", "elu", "softplus", "selu", "gelu")
    options = figure.Options(theme="print")
    shown = figure.compare(parse_curves(names), (0,), -6.0, 6.0, options)
    drawn = [strokes(shown, f"curve-{i}-0")[0] for i in range(6)]
    assert len({each.colour for each in drawn}) == 1
    for i, one in enumerate(drawn):
        for other in drawn[i + 1 :]:
            thick, thin = sorted((one.width, other.width), reverse=True)
            if thick < 1.5 * thin:  # neither is much thicker: then the dash is another
                ink = [max(each.dash, default=99) * each.width for each in (one, other)]
                parts = [len(each.dash) for each in (one, other)]
                assert max(ink) > 2 * min(ink) or parts[0] != parts[1]
