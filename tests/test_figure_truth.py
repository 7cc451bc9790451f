"""What is drawn is held against the mathematics, by the scales that an SVG tells."""

from dataclasses import replace

import pytest
from onsheet import texts
from sampled import sampled
from scaled import drawn

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.sampling import refine, scan


def svg(text: str, orders: tuple[int, ...] = (0,), lo: float = -6.0, hi: float = 6.0) -> bytes:
    picture = figure.plot(*parse_curves([text]), orders, lo, hi, figure.Options())
    return figure.render(picture, "svg")


def test_an_svg_tells_its_scales_and_its_curves() -> None:
    value, slope = drawn(svg("relu", (0, 1)))
    assert (value.curve, value.order, slope.curve, slope.order) == ("relu", 0, "relu", 1)
    assert value.panel is slope.panel and value.panel.scales == ("linear", "linear")
    assert value.panel.xlim == (-6.0, 6.0)
    (line,) = value.lines
    panel = value.panel
    assert panel.x(line[:, 0]) == pytest.approx([-6, 0, 6], abs=1e-3)
    assert panel.y(line[:, 1]) == pytest.approx([0, 0, 6], abs=1e-3)


def test_every_panel_has_its_own_scales_and_differences_tell_from_what() -> None:
    curves = parse_curves(["gelu", "tanh", "x**3"])
    grid = figure.compare(curves, (0, 1), -3, 3, figure.Options(), layout="grid")
    found = drawn(figure.render(grid, "svg"))
    assert {each.panel.box for each in found} == {found[i].panel.box for i in (0, 2, 5)}
    assert [each.curve for each in found] == ["gelu"] * 3 + ["tanh"] * 2 + ["gelu"] + ["f"] * 2
    curves = parse_curves(["gelu", "gelu_tanh", "tanh"])
    apart = figure.compare(curves, (0,), -3, 3, figure.Options(), diff=True)
    text = figure.render(apart, "svg").decode()
    assert 'data-curve="tanh" data-order="0" data-minus="gelu"' in text
    assert 'data-yscale="symlog" data-ythreshold="' in text


def test_names_of_curves_are_escaped() -> None:
    [curve] = parse_curves(["sin"])
    picture = figure.plot(replace(curve, label='a<b & "c"'), (0,), -1, 1, figure.Options())
    [found] = drawn(figure.render(picture, "svg"))
    assert found.curve == 'a<b & "c"'


# formula, order: what the words of its picture tell, on -6:6
TOLD = {
    ("exp(-1e6*(x-0.3)**2)", 0): ["a maximum of 1 at x = 0.3,"],
    ("exp(-1e10*(x-1.2345)**2)", 0): ["a maximum of 1 at x = 1.235,"],
    ("tanh(x)+exp(-1e20*(x-1.7)**2)", 0): ["a maximum of 1.935 at x = 1.7,"],
    ("(x**2-3*x)/x", 0): ["has a hole at x = 0"],
    ("atan(tan(x))", 0): ["jumps at x = −1.571", "jumps at x = 4.712"],
    ("exp(x)", 0): ["is cut off above 6.48, where it goes up to 403.4"],
    ("1/x", 0): ["is unbounded at x = 0", "is cut off below −4.63, where it is unbounded"],
    ("tan(x)", 0): ["is cut off above 11, where it is unbounded"],
    ("log1p(0.166*x)/x", 1): ["is cut off below −6.48, where it goes down to −6.763"],
    ("tan(1e3*x)", 0): ["is cut off above 9.6, where it goes beyond"],
    ("sin(1/x)", 0): ["has no limit at x = 0"],
    ("floor(x)", 0): ["jumps at 11 places"],
    ("(1+2*x)**(1/x)", 0): ["It is not proven that all of f(x) is drawn."],
}
SILENT = {"exp(-x**2)/cos(x)": "tends", "atan(tan(x))": "tends", "(x**2-3*x)/x": "jumps"}
WHOLE = {"x**3-x": 210.0, "x**3-3*x": 198.0, "exp(-1e10*(x-1.2345)**2)": 1.0}


def words(text: str, order: int = 0) -> str:
    return figure.plot(*parse_curves([text]), (order,), -6, 6, figure.Options()).words[1]


@pytest.mark.parametrize(("text", "order"), sampled([*TOLD], 0.5))
def test_words_tell_what_is_there_what_is_cut_and_what_is_not_proven(text: str, order: int) -> None:
    told = words(text, order)
    assert [each for each in TOLD[text, order] if each not in told] == []


@pytest.mark.parametrize("text", SILENT)
def test_words_tell_nothing_that_is_not(text: str) -> None:
    assert SILENT[text] not in words(text)


@pytest.mark.parametrize("text", WHOLE)
def test_limits_show_all_of_what_does_not_run_away(text: str) -> None:
    (curve,) = drawn(svg(text))
    assert WHOLE[text] <= curve.panel.ylim[1] <= 1.2 * WHOLE[text]
    assert "cut off" not in words(text)


def test_both_ends_of_a_jump_are_decided_at_the_very_root() -> None:
    [curve] = parse_curves(["where(x*x > 2, x, 0)"])
    found = refine(scan(curve, 0, -6.0, 6.0), 430.0).marks
    assert sorted((round(m.x, 3), round(m.y, 3), m.taken) for m in found) == [
        (-1.414, -1.414, False),
        (-1.414, 0.0, True),
        (1.414, 0.0, True),
        (1.414, 1.414, False),
    ]


# The curves, the range, and what is said of their difference and written into the picture.
FARTHEST = (
    ("gelu gelu_tanh", (-6, 6), "by at most 4.7324×10⁻⁴, at x = ±2.699", "4.7324×10⁻⁴ at 2.699"),
    ("relu softplus", (-6, 6), "by at most 0.69315, at x = 0", "0.69315 at 0"),
    ("x exp(x)", (0, 1), "by at most 1.7183, at x = 1", "1.7183 at 1"),
    ("zero=0 exp(-1e8*(x-0.3123)**2)", (0, 1), "by at most 1, at x = 0.3123", "1 at 0.3123"),
)


@pytest.mark.parametrize(("names", "span", "words", "note"), FARTHEST)
def test_a_difference_tells_how_large_it_is(
    names: str, span: tuple[float, float], words: str, note: str
) -> None:
    options = figure.Options(annotate=True)
    picture = figure.compare(parse_curves(names.split()), (0,), *span, options, diff=True)
    assert words in figure.render(picture, "svg").decode()
    assert any(note in text for text in texts(picture))
