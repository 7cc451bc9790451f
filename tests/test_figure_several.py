"""Several curves in one figure: their names, grids, vectors, and their colours in lists."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from conftest import Call
from onsheet import faults, misplaced, strokes, texts, words

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.figure.canvas import theme
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.shapes import Stroke


def compared(*names: str, orders: tuple[int, ...] = (0,), **asked: object) -> Picture:
    own = {key: asked.pop(key) for key in ("layout", "diff", "places") if key in asked}
    options = figure.Options(**asked)  # type: ignore[arg-type]
    return figure.compare(parse_curves(names), orders, -6.0, 6.0, options, **own)  # type: ignore[arg-type]


EIGHT = ("relu", "leaky_relu", "elu", "softplus", "selu", "gelu", "silu", "mish")


def luminance(colour: str) -> float:
    return sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) / 3


@pytest.mark.parametrize("look", ["light", "dark", "print"])
@pytest.mark.parametrize("orders", [(0,), (0, 1)])
def test_colours_of_a_grid_are_those_of_orders(look: str, orders: tuple[int, ...]) -> None:
    picture = compared(*EIGHT, orders=orders, theme=look, layout="grid")
    for order in orders:
        drawn = [strokes(picture, f"curve-{i}-{order}")[0] for i in range(8)]
        assert {each.colour for each in drawn} == {theme.THEMES[look].curves[order]}
        assert len({each.dash for each in drawn}) == 1
    ink = theme.THEMES[look].ink
    assert {each.label.colour for each in words(picture, "heading")} == {ink}
    assert faults(picture) == misplaced(picture) == []


@pytest.mark.parametrize("look", ["light", "dark", "print"])
def test_the_reference_is_named_once_and_is_fainter_than_the_axes(look: str) -> None:
    picture = compared(*EIGHT, layout="grid", theme=look)
    assert [each for each in texts(picture) if "grey" in each] == ["grey: relu"]
    drawn, axes = strokes(picture, "reference"), strokes(picture, "axis-x")
    assert len(drawn) == 7 and drawn[0].layer < axes[0].layer
    paper = luminance(theme.THEMES[look].background)
    reference, axis = (abs(luminance(s[0].colour) - paper) for s in (drawn, axes))
    assert reference < 0.6 * axis
    assert "grey: relu" not in texts(compared(*EIGHT, layout="grid", legend=False))


def test_every_panel_of_a_grid_has_numbers_to_read_values_by() -> None:
    for names in (EIGHT, ("x**2", "relu"), ("sigmoid", "tanh", "x/10"), ("elu:alpha=1|2|3|4",)):
        picture = compared(*names, layout="grid")
        for panel in {each.inside for each in words(picture, "tick-x")}:
            for axis in ("x", "y"):
                shown = [w for w in words(picture, f"tick-{axis}") if w.inside == panel]
                assert len([w for w in shown if w.label.text != "0"]) >= 2
        assert faults(picture) == misplaced(picture) == []


FORMULAS = ("relu", "x**2", "x*sigmoid(2*x)", "where(x > 0, x, k*(exp(x) - 1)):k=0.5")


def test_a_panel_of_a_formula_is_headed_by_it() -> None:
    picture = compared(*FORMULAS, layout="grid")
    shown = texts(picture, "heading")
    assert shown[:2] == ["relu", "x^{2}"]
    assert shown[3].endswith(r"k = \mathrm{0.5}") and "f2" not in "".join(shown)
    long = "+".join(f"sin({k}*x)/{k}" for k in range(1, 18))
    [_, heading] = words(compared("relu", long, layout="grid"), "heading")
    assert heading.label.text.endswith("…") and not heading.label.math


def test_a_formula_among_others_is_named_by_itself_or_by_a_letter_that_the_title_explains() -> None:
    assert {"x^{2}", "silu"} <= set(texts(compared("x**2", "silu")))
    long = "log(1 + exp(x))*tanh(x)/(1 + exp(-x)) - x*erf(x)"
    picture = compared("x**2/6", long, "silu")
    assert "f_{2}" in texts(picture)
    [said] = texts(picture, "title-1-1")
    assert said.startswith("f_{2}(x) = ")
    assert faults(picture) == misplaced(picture) == []


@pytest.mark.parametrize("layout", figure.LAYOUTS)
def test_a_family_is_named_once_and_its_members_by_their_parameter(layout: str) -> None:
    picture = compared("elu:alpha=0.5|1|2", layout=layout)
    shown = texts(picture)
    for value in ("0.5", "1", "2"):
        assert rf"\alpha = \mathrm{{{value}}}" in shown
    assert shown.count("elu") == 1
    assert not [each for each in shown if each.startswith("\\alpha") and "," in each]
    assert faults(picture) == misplaced(picture) == []
    apart = texts(compared("elu:alpha=0.5", "elu:alpha=1", layout=layout))
    assert apart.count("elu") == 1


def test_beside_others_every_member_of_a_family_has_its_name() -> None:
    shown = texts(compared("elu:alpha=0.5|1", "relu", "leaky_relu:alpha=0.1"))
    for name in (r"elu, $\alpha = \mathrm{0.5}$", "relu", r"leaky_relu, $\alpha = \mathrm{0.1}$"):
        assert name in shown
    titled = texts(compared("elu:alpha=0.5|1", title=""))
    assert r"elu, $\alpha = \mathrm{0.5}$" in titled  # where no title names the family
    assert "my own" in texts(compared("my own=elu:alpha=0.5", "relu"))
    assert [
        t for t in texts(compared("hardtanh:max_val=1|2")) if r"\mathrm{max}_{\mathrm{val}}" in t
    ]


def test_softmax_stands_beside_others_as_its_first_component() -> None:
    picture = compared("softmax:tau=0.5|1|2", "sigmoid")
    assert r"softmax, $\tau = \mathrm{0.5}$" in texts(picture)
    [said] = texts(picture, "title-1-1")
    assert said.startswith("softmax: the first component, $x_1 = x, x_2 =")
    assert faults(picture) == misplaced(picture) == []
    alike = compared("softmax", "sigmoid", fixed=(0.0,), diff=True)
    for path in strokes(alike, "curve-1-0")[0].paths:  # softmax of x and 0 is sigmoid
        assert np.ptp(path[:, 1]) < 0.1


def test_formulas_of_components_are_of_what_is_drawn_and_in_their_colours() -> None:
    [curve] = parse_curves(["softmax"])
    picture = figure.plot(curve, (0, 1), -6.0, 6.0, figure.Options(formula=True))
    titles = [each.label for each in words(picture) if each.name.startswith("title")]
    for i in (1, 2, 3):
        [line] = [each for each in titles if f"partial f_{i}" in each.text]
        [drawn] = {s.colour for s in strokes(picture, f"curve-{i - 1}-0")}
        assert line.colour == drawn
    assert not [each for each in titles if "′" in each.text]
    assert any(each.text.startswith("f_i(x)") for each in titles)
    assert faults(picture) == misplaced(picture) == [] == picture.notes


# -- colours and dashes in lists


def looks(svg: str) -> dict[str, tuple[str, str]]:
    """Colour and dash of each curve of an SVG, by its name."""
    found = {}
    for name, path in re.findall(r'data-curve="([^"]+)".*?<path([^>]*)>', svg, re.DOTALL):
        colour = re.search(r"stroke: (#\w+)", path)
        dash = re.search(r"stroke-dasharray: ([\d., ]+)", path)
        assert colour
        count = len(dash[1].split(",")) if dash else 0
        found[name] = colour[1], f"{count} {dash[1].split(',')[0] if dash else ''}"[:1]
    return found


LIST = """
output = "{name}.svg"
[first]
curves = ["gelu", "relu"]
[second]
curves = ["relu", "silu", "gelu"]
[third]
curves = ["silu", "relu"]
[wrong]
curves = ["rleu"]
"""


def test_a_function_has_one_colour_and_one_dash_in_all_figures_of_a_list(call: Call) -> None:
    Path("list.toml").write_text(LIST.replace('[wrong]\ncurves = ["rleu"]\n', ""))
    assert call("compare", "--from", "list.toml").code == 0
    written = {name: Path(f"{name}.svg").read_text() for name in ("first", "second", "third")}
    every: dict[str, set[tuple[str, str]]] = {}
    for svg in written.values():
        for name, look in looks(svg).items():
            every.setdefault(name, set()).add(look)
    assert {len(found) for found in every.values()} == {1} and len(every) == 3
    assert len({colour for found in every.values() for colour, _ in found}) == 3
    Path("list.toml").write_text(LIST)  # the same if one is drawn, whatever is wrong with others
    for name, svg in written.items():
        assert call("compare", "--from", "list.toml", name).code == 0
        assert Path(f"{name}.svg").read_text() == svg
    assert call("compare", "--from", "list.toml").code == 2


def test_places_stay_as_figures_follow() -> None:
    figures = [parse_curves(names) for names in (["gelu", "relu"], ["relu", "silu"], ["x**2"])]
    before = figure.places_of(figures[:1])
    after = figure.places_of(figures)
    for kind in ("colours", "dashes"):
        known = getattr(before, kind)
        assert {name: getattr(after, kind)[name] for name in known} == known


def test_six_curves_have_colours_and_dashes_of_their_own_in_a_list() -> None:
    groups = [parse_curves(EIGHT[i : i + 6]) for i in range(3)]
    places = figure.places_of(groups)
    for group in groups:
        picture = compared(*(each.label for each in group), places=places)
        drawn = [
            s for s in picture.ordered() if isinstance(s, Stroke) and s.name.startswith("curve")
        ]
        assert len({each.colour for each in drawn}) == len(drawn) == 6


def test_the_reference_hides_no_circle_of_the_curves() -> None:
    picture = compared("hardshrink", "softshrink", "relu", orders=(0, 1), layout="grid")
    assert not [each for each in picture.shapes if each.name.startswith("reference-")]
