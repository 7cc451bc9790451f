"""What is at the ends of curves: circles that hide none, arrowheads where they are cut, lines."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from onsheet import NUMBERS, areas, box, circles, lines, misplaced, overlap, texts, words
from sampled import sampled

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.shapes import Circles, Stroke
from actviz.figure.canvas.strokes import flattened


def plotted(
    text: str, orders: tuple[int, ...] = (0, 1), lo: float = -6.0, hi: float = 6.0, **asked: object
) -> Picture:
    options = figure.Options(**asked)  # type: ignore[arg-type]
    return figure.plot(*parse_curves([text]), orders, lo, hi, options)


def discs(picture: Picture) -> list[tuple[float, float, float, bool, str]]:
    """Every circle from the bottom up: place, outer diameter, whether it is full, its name."""
    return [
        (x, y, each.size + each.width, each.face == each.edge, each.name)
        for each in picture.ordered()
        if isinstance(each, Circles)
        for x, y in each.centres.tolist()
    ]


def hidden(picture: Picture) -> list[str]:
    """The circles of which nothing is seen, or but a crescent."""
    found = discs(picture)
    return [
        name
        for i, (x, y, size, _, name) in enumerate(found)
        for u, v, over, _, _ in found[i + 1 :]
        if np.hypot(x - u, y - v) < 1 and over > size - 2.0
    ]


JUMPING = ("hardshrink", "relu", "step", "sign(sin(3*x))", "threshold", "hardtanh", "softshrink")


@pytest.mark.parametrize("name", sampled(JUMPING, 0.2))
@pytest.mark.parametrize("orders", [(0, 1), (0, 1, 2), (0, 1, 2, 3, 4)], ids=len)
def test_every_circle_is_seen(name: str, orders: tuple[int, ...]) -> None:
    assert hidden(plotted(name, orders)) == []
    assert hidden(figure.compare(parse_curves([name, "relu", "elu"]), orders, -6.0, 6.0)) == []


COVERING = product(JUMPING, ((0, 1), (0, 1, 2), (0, 1, 2, 3, 4)), (1.0, 2.0, 6.0))


@pytest.mark.parametrize(
    ("name", "orders", "reach"),
    [("hardshrink", (0, 1), 1.0), ("hardshrink", (0, 1), 2.0), *sampled([*COVERING], 1 / 12)],
)
def test_no_circle_covers_a_number(name: str, orders: tuple[int, ...], reach: float) -> None:
    picture = plotted(name, orders, -reach, reach)
    numbers = [(each, box(each)) for each in words(picture) if each.name in NUMBERS]
    for x, y, size, _, circle in discs(picture):
        around = (x - size / 2, y - size / 2, x + size / 2, y + size / 2)
        for each, its in numbers:
            assert overlap(around, its) <= 0, (circle, each.label.text)
    assert misplaced(picture) == []


def test_the_value_of_f_lies_on_top() -> None:
    """hardshrink and its derivative are both 0 at -0.5 and 0.5."""
    picture = plotted("hardshrink")
    full = [(name, size) for _, _, size, is_full, name in discs(picture) if is_full]
    assert [name for name, _ in full] == ["curve-0-0-taken"] * 2
    [ring] = circles(picture, "curve-0-1-taken")
    assert ring.size > full[0][1] and ring.width > circles(picture, "curve-0-0-limit")[0].width
    assert discs(picture)[-1][-1].startswith("curve-0-0")


@pytest.mark.parametrize("asked", [{"transparent": True}, {"theme": "auto"}], ids=str)
def test_without_paper_circles_are_truly_open(asked: dict[str, object]) -> None:
    picture = plotted("hardshrink", (0, 1, 2), **asked)
    opened = [each for each in picture.shapes if isinstance(each, Circles) and not each.face]
    assert any(each.name.endswith("limit") for each in opened)
    strokes = [s for s in picture.shapes if isinstance(s, Stroke) and s.name.startswith("curve")]
    for each in opened:
        if each.name.endswith("taken"):
            continue
        for stroke in strokes:
            for path in flattened(stroke):
                for place in each.centres:
                    assert np.hypot(*(path - place).T).min() >= each.size / 2 - 1e-6


# formula, orders, range, limits of y, how many arrowheads f has, and f'
HEADS = (
    ("gelu", (-6, 6), None, 0, 0),
    ("relu", (-6, 6), (0.0, 6.0), 0, 0),
    ("relu", (-6, 6), (-1.0, 4.0), 1, 0),
    ("1/x", (-6, 6), None, 2, 2),
    ("log(x)", (-6, 6), None, 1, 1),
    ("exp(x)", (-6, 8), None, 1, 1),
    ("tan(x)", (-6, 6), None, 8, 8),
    ("tan(100*x)", (-6, 6), None, 0, 0),
    ("sqrt(x)", (-6, 6), None, 0, 1),
)


@pytest.mark.parametrize(("text", "span", "ylim", "of_f", "of_slope"), sampled(HEADS, 0.4))
def test_a_curve_that_is_cut_ends_in_an_arrowhead(
    text: str, span: tuple[float, float], ylim: object, of_f: int, of_slope: int
) -> None:
    picture = plotted(text, (0, 1), *map(float, span), ylim=ylim)
    found = [len(areas(picture, f"curve-0-{order}-head")) for order in (0, 1)]
    assert found == [of_f, of_slope]
    for order in (0, 1):
        ends = [path[i] for path in lines(picture, f"curve-0-{order}") for i in (0, -1)]
        for head in areas(picture, f"curve-0-{order}-head"):
            middle = head.outlines[0].mean(axis=0)
            assert min(np.hypot(*(end - middle)) for end in ends) < 3


# formula, orders, range, and the lines that it tends to
LINES = (
    ("gelu", (0,), (-6, 6), ["y = x"]),
    ("gelu", (0,), (-4, 4), ["y = x"]),
    ("softsign", (0, 1), (-6, 6), ["y = 1", "y = −1"]),
    ("softsign", (0, 1, 2), (-6, 6), ["y = 1", "y = −1"]),
    ("arctid", (0,), (-6, 6), ["y = −x + 2.47"]),
    ("1 - exp(-x**2)", (0,), (-6, 6), ["y = 1"]),
    ("relu", (0, 1), (-6, 6), []),
    ("hardshrink", (0, 1), (-6, 6), []),
    ("hardswish", (0,), (-6, 6), []),
    ("srelu", (0,), (-6, 6), []),
    ("elu", (0,), (-6, 6), ["y = −1"]),
    ("x + 1/x", (0,), (1, 20), ["y = x"]),
    ("exp(x)", (0,), (-6, 6), []),
)


@pytest.mark.parametrize(("text", "orders", "span", "expected"), LINES)
def test_asymptotes_are_drawn_once_and_where_they_are_seen(
    text: str, orders: tuple[int, ...], span: tuple[float, float], expected: list[str]
) -> None:
    picture = plotted(text, orders, *map(float, span))
    drawn = [s for s in picture.shapes if isinstance(s, Stroke) and s.name.startswith("asymptote")]
    named = {t for t in texts(picture) if t.startswith("y =")}
    assert named <= set(expected)
    assert len(drawn) == len(expected)
    for each in drawn:
        [path] = each.paths
        for other in drawn:
            if other is not each:
                assert not np.allclose(path, other.paths[0], atol=1.0)


@pytest.mark.parametrize("width", [5e-3, 1e-3, 1e-5, 1e-9])
@pytest.mark.parametrize("at", [0.0, 2.0, -3.14159])
def test_a_pulse_narrower_than_a_pixel_is_a_spike(width: float, at: float) -> None:
    picture = plotted(f"where(abs(x - ({at})) < {width}, 1, 0)", (0,))
    [told] = [data for name, data in picture.told.items() if name.startswith("panel")]
    height = float(told["box"].split()[3]) - float(told["box"].split()[1])
    tall = [np.ptp(path[:, 1]) for path in lines(picture, "curve-0-0")]
    assert max(tall) > 0.8 * height


def test_a_legend_has_the_curves_in_their_order() -> None:
    names = ["hardtanh", "hardsigmoid", "hardswish", "hardshrink", "softshrink"]
    picture = figure.compare(parse_curves(names), (1,), -6.0, 6.0)
    written = [text for text in texts(picture) if text in names]
    assert written == names
