"""What is asked of enclosures, with answers that were planted: on mesh points and off them."""

from __future__ import annotations

import math
import os
import random
from functools import cache
from typing import Any

import numpy as np
import pytest
from points import PARTLY
from sampled import SEED, sampled

import actviz
from actviz import figure
from actviz.catalogue.activation import Activation, from_formula
from actviz.catalogue.kind import Kind
from actviz.catalogue.lookup import load
from actviz.check.exact.values import exact_value
from actviz.formula.enclosure.breaks import Breaks, breaks
from actviz.formula.enclosure.breaks import Kind as Broken
from actviz.formula.enclosure.extremes import extremes, largest_difference
from actviz.formula.enclosure.holes import beside_hole, near_hole
from actviz.formula.enclosure.mesh import Subject, subject
from actviz.formula.enclosure.zeros import Zero, signs, zeros
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import to_text
from actviz.formula.parsing import parse

NAMES = [name for name in load().entries if actviz.get(name).kind is Kind.NUMBER]
ON_MESH = (0.0, 0.5, -1.25, 4.0, -7.5)
OFF_MESH = (0.3, 1.2345, -0.7123, 5.9, math.pi, 1e-3, -3.14159)


def of(f: Activation, highest: int = 2) -> Subject:
    return subject(f.stable or f.definition, f.parameters, highest, f.first_derivative)


@cache
def typed(text: str) -> Subject:
    return of(from_formula(text))


# --- extremes ----------------------------------------------------------------------------------

PEAKS = [
    (shape, place, exponent, base)
    for shape in ("exp(-1e{n}*(x - {c})**2)", "1/(1 + 1e{n}*(x - {c})**2)", "sech(1e{m}*(x - {c}))",
                  "max(0, 1 - 1e{m}*abs(x - {c}))")
    for place in ON_MESH + OFF_MESH
    for exponent in range(2, 29, 2)
    for base in ("0", "x", "tanh(x)", "sin(x)")
]  # fmt: skip


@pytest.mark.parametrize(("shape", "place", "exponent", "base"), sampled(PEAKS, 0.01))
def test_no_peak_is_missed(shape: str, place: float, exponent: int, base: str) -> None:
    peak = shape.format(n=exponent, m=exponent // 2, c=f"({place!r})")
    f, lower, upper = typed(f"{peak} + {base}"), place - 3.7, place + 4.1
    found = extremes(f, lower, upper)
    at = float(evaluate(f.trees[0], np.array(place), f.parameters))
    assert found.proved
    assert found.greatest.bound >= at
    assert found.least.bound <= at <= found.greatest.value + 2e-3 * (found.greatest.bound + 12)


@pytest.mark.parametrize("name", sampled([name for name in NAMES if name not in PARTLY], 0.15))
def test_extremes_of_the_catalogue(name: str) -> None:
    f = actviz.get(name)
    found = extremes(of(f), -5.0, 5.0)
    assert found.proved
    y = f(np.linspace(-5, 5, 20_001))
    slack = 1e-13 * np.abs(y).max()
    assert found.least.bound - slack <= y.min() and y.max() <= found.greatest.bound + slack
    gap = 1.001e-3 * (y.max() - y.min()) + slack
    for side in (found.least, found.greatest):
        assert side.x is not None and abs(side.value - side.bound) <= gap
        assert abs(f(side.x) - side.value) <= slack


EXTREMES = {
    # formula: least and greatest on -5:5
    "1/x": (-math.inf, math.inf), "1/x**4": (0.0016, math.inf),
    "where(x > 0, 1/x, x)": (-5, math.inf),
    "(x**2 - 3*x)/x": (-8, 2), "(exp(x) - 1)/x": (0.19865241060018290, 29.482631820515323),
    "(1 - cos(x))/x**2": (0.028653512581470952, 0.5), "sin(x)/x": (-0.2172336282112217, 1),
    "sin(1/x)": (-1, 1),
    "atan(tan(x))": (-math.pi / 2, math.pi / 2), "floor(50*x)": (-250, 250), "abs(x)/x": (-1, 1),
    "sqrt(1 - x**2)": (0, 1), "where(x*x > 2, x, 0)": (-5, 5), "sin(x**3)": (-1, 1),
    "1/((x - pi/10)**2 + 1e-20)": (0.03541040287187149, 1e20), "3": (3, 3), "0*x": (0, 0),
    "tanh(x) + exp(-1e20*(x - 1.7)**2)": (-0.999909204262595, 1.9354090706031905),
    "exp(1/x)": (0, math.inf), "log(x)": (-744.4400719213812, 1.6094379124341003),
}  # fmt: skip


@pytest.mark.parametrize("text", EXTREMES)
def test_extremes(text: str) -> None:
    least, most = EXTREMES[text]
    found = extremes(typed(text), -5.0, 5.0)
    assert found.proved or text == "log(x)"  # which is unbounded, and at no float below -745
    span = most - least if math.isfinite(most - least) else 1.0
    for side, expected in ((found.least, least), (found.greatest, most)):
        assert side.value == expected or abs(side.value - expected) <= 1.001e-3 * span + 1e-15


def test_a_point_is_an_interval() -> None:
    found = extremes(typed("x**2"), 3.0, 3.0)
    assert found.proved and (found.least.bound, found.greatest.value) == (9.0, 9.0)


def test_nowhere_is_no_value() -> None:
    found = extremes(typed("log(x)"), -3.0, -2.0)
    assert not found.proved and found.least.x is None and math.isnan(found.greatest.value)


DIFFERENCES = {
    # two formulas: the largest difference on -6:6
    ("gelu", "gelu_tanh"): 4.732359e-4,
    ("relu", "softplus"): math.log(2),
    ("silu", "swish"): 0.0,
    ("tanh", "bipolar_sigmoid"): None,
    ("sigmoid", "hardsigmoid"): None,
}


@pytest.mark.parametrize(("first", "second"), DIFFERENCES)
def test_largest_difference(first: str, second: str) -> None:
    f, g = actviz.get(first), actviz.get(second)
    found = largest_difference(
        (f.stable or f.definition, f.parameters),
        (g.stable or g.definition, g.parameters),
        -6.0,
        6.0,
    )
    x = np.linspace(-6, 6, 240_001)
    dense = np.abs(f(x) - g(x)).max()
    assert found.proved and dense <= found.bound + 1e-15
    assert dense >= found.bound * (1 - 1e-5) - 1e-15
    expected = DIFFERENCES[first, second]
    assert expected is None or found.bound == pytest.approx(expected, rel=2e-6, abs=1e-15)


def test_parameters_of_the_same_name_stay_apart() -> None:
    node = parse("a*x")
    found = largest_difference((node, {"a": 2.0}), (node, {"a": 3.0}), 0.0, 4.0)
    assert (found.x, found.difference, found.bound) == (4.0, 4.0, 4.0)


# --- zeros and signs ---------------------------------------------------------------------------


def planted(rng: random.Random) -> tuple[str, list[float]]:
    """A product with zeros at known floats, on mesh points and off, and factors without any."""
    places = [*ON_MESH, *OFF_MESH, *(rng.uniform(-8, 8) for _ in range(12))]
    roots = sorted(rng.sample(places, rng.randint(1, 4)))
    terms = {
        "linear": "(x - ({r!r}))", "odd": "(x - ({r!r}))**3", "even": "(x - ({r!r}))**2",
        "tanh": "tanh(x - ({r!r}))", "kink": "abs(x - ({r!r}))", "root": "cbrt(x - ({r!r}))",
        "shrink": "tanhshrink(x - ({r!r}))",
    }  # fmt: skip
    chosen = [terms[rng.choice(list(terms))].format(r=r) for r in roots]
    others = rng.sample(["exp(x)", "(1 + x**2)", "sech(x)", "sigmoid(x)", "(x - 20)"], 2)
    return "*".join(rng.sample([*chosen, *others], len(chosen) + 2)), roots


@pytest.mark.parametrize("number", sampled(range(400), 0.015))
def test_planted_zeros(number: int) -> None:
    text, roots = planted(random.Random(f"{os.environ.get(SEED)} {number}"))
    found = zeros(typed(text), -8.0, 8.0)
    assert found.proved, text
    assert [zero.lower <= r <= zero.upper for zero, r in zip(found.places, roots, strict=True)] == [
        True
    ] * len(roots), text
    assert all(zero.single and zero.upper - zero.lower < 1e-13 for zero in found.places)


ZEROS: dict[str, list[float | tuple[float, float]]] = {
    # on -8:8; a pair is a flat stretch. What was missed once: zeros at vertices and ends of domains
    "x**8*exp(-x)/(1 + x**4)": [0.0], "log(x)*exp(-x)": [1.0], "sqrt(1 - x**2)": [-1.0, 1.0],
    "x - atan(x)": [0.0], "tanh(x) - x": [0.0], "x**3 - 2*x": [-math.sqrt(2), 0.0, math.sqrt(2)],
    "max(x, 0)**6": [(-8.0, 0.0)], "floor(x)": [(0.0, 1.0)], "1/x": [], "exp(x)": [],
    "tan(x)": [k * math.pi for k in range(-2, 3)], "where(x > 0.3, 1, -1)": [],
    "max(0, 1 - 1e12*abs(x - 0.77))": [(-8.0, 0.769999999999), (0.770000000001, 8.0)],
    "exp(-1e10*(x - 1.2345)**2) - 0.5": [1.2344916744538883, 1.2345083255461113],
    "(x**2 - 3*x)/x": [3.0], "x*exp(x) - 0.1": [0.09127652716086226], "log(x)": [1.0],
    "1/x + 1/(x - 1)": [0.5], "acosh(x)": [1.0], "0.1*x - 0.3": [3.0], "x**0.5": [0.0],
}  # fmt: skip


@pytest.mark.parametrize("text", ZEROS)
def test_zeros(text: str) -> None:
    found = zeros(typed(text), -8.0, 8.0)
    assert found.proved
    assert len(found.places) == len(ZEROS[text]), found.places
    for zero, expected in zip(found.places, ZEROS[text], strict=True):
        ends = expected if isinstance(expected, tuple) else (expected, expected)
        assert zero.flat == isinstance(expected, tuple)
        assert (zero.lower, zero.upper) == pytest.approx(ends, abs=2e-14)


UNDECIDED = ("(x**2 - 2)**2", "cos(x) - 1", "sin(x)**2 + cos(x)**2 - 1", "x*sin(1/x)")


@pytest.mark.parametrize("text", UNDECIDED)
def test_what_rounding_hides_is_not_proven(text: str) -> None:
    found = zeros(typed(text), -8.0, 8.0, budget=1000)
    assert not found.proved
    assert any(not zero.single and not zero.flat for zero in found.places)


@pytest.mark.parametrize("name", sampled(NAMES, 0.03))
def test_zeros_of_the_catalogue_miss_none(name: str) -> None:
    """Every change of sign between samples lies in a place that is told."""
    f = actviz.get(name)
    for order in (0, 1):
        asked = Subject(of(f, order + 2).trees[order:], of(f, order + 2).parameters)
        found = zeros(asked, -6.0, 6.0)
        assert_all_told(found.places, lambda x, order=order: f.derivative(x, order=order))


def assert_all_told(places: tuple[Zero, ...], f: Any) -> None:
    x = np.linspace(-6, 6, 3001)
    y = np.where(np.abs(f(x)) < 1e-12, 0.0, f(x))
    told = np.array([(zero.lower, zero.upper) for zero in places]).reshape(-1, 2)
    for i in np.flatnonzero(y[:-1] * y[1:] < 0):
        inside = (told[:, 0] <= x[i + 1]) & (told[:, 1] >= x[i])
        assert inside.any() or jumps(f, x[i], x[i + 1]), (x[i], x[i + 1])


def jumps(f: Any, low: float, high: float) -> bool:
    """Whether a change of sign is a jump: no less on the shortest stretch."""
    for _ in range(40):
        middle = low / 2 + high / 2
        low, high = (middle, high) if f(middle) * f(low) > 0 else (low, middle)
    return abs(f(high) - f(low)) > 1e-6


SIGNS = {
    # on -8:8: may be negative, may be positive, may be 0
    "x": (True, True, True), "x**2": (False, True, True), "x**2 + 1": (False, True, False),
    "-exp(x)": (True, False, False), "x - x": (False, False, True), "sqrt(x)": (False, True, True),
    "x - sin(x)": (True, True, True), "exp(x) - x": (False, True, False),
    "1/x": (True, True, False), "1/x**2": (False, True, False), "max(x, 0)": (False, True, True),
    "tanhshrink(x)*x": (False, True, True),
}  # fmt: skip


@pytest.mark.parametrize("text", SIGNS)
def test_signs(text: str) -> None:
    negative, positive, zero = SIGNS[text]
    found = signs(typed(text), -8.0, 8.0)
    assert found.proved
    assert (found.negative is not None, found.positive is not None) == (negative, positive)
    assert found.zero == zero


# --- breaks ------------------------------------------------------------------------------------


def kinds(found: Breaks) -> list[str]:
    return [each.kind.value for each in found.places]


POLES = [
    (f"({top})/({bottom})**{order}", place)
    for top in ("1", "x + 9", "exp(x)", "cos(x/9)")
    for bottom, place in (("x", 0.0), ("x - 0.3", 0.3), ("x - pi", math.pi), ("sin(x)", 0.0),
                          ("x**2 - 2", math.sqrt(2)), ("x - 0.5", 0.5), ("exp(x) - 2", math.log(2)))
    for order in (1, 2, 3, 4)
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), sampled(POLES, 0.03))
def test_poles(text: str, place: float) -> None:
    found = breaks(typed(text), -1.3, 3.2)
    near = [each for each in found.places if each.lower <= place <= each.upper]
    assert len(near) == 1
    assert near[0].kind is Broken.POLE
    assert near[0].upper - near[0].lower < 1e-13


JUMPS = {
    # formula: how many on -8:8
    "floor(50*x)": 800, "floor(x)": 16, "round(x)": 16, "sign(sin(x))": 5, "atan(tan(x))": 6,
    "mod(x, 0.3)": 53, "floor(x**2)": 128, "where(x*x > 2, x, 0)": 2, "sign(x)": 1, "abs(x)/x": 1,
    "where(x > 1, x, 0)": 1, "floor(exp(x/2))": 54, "where(sin(5*x) > 0.3, 1, 0)": 25,
    "ceil(x)": 16, "max(x, 0)": 0, "abs(x)": 0, "where(x > 0, x, expm1(x))": 0,
    "where(x > 2, 4, x**2)": 0,    "clip(x, -1, 2)": 0, "sqrt(abs(x))": 0, "tanh(x)": 0,
}  # fmt: skip


@pytest.mark.parametrize("text", JUMPS)
def test_jumps(text: str) -> None:
    found = breaks(typed(text), -8.0, 8.0)
    assert found.proved and kinds(found) == ["jump"] * JUMPS[text]
    y = evaluate(parse(text), np.linspace(-7.999, 7.9973, 200_001), {})
    leaps = np.count_nonzero(np.abs(np.diff(y)) > 0.1)
    assert leaps == len([each for each in found.places if abs(each.lower) < 7.99])


OTHERS = {
    # formula: the breaks on -8:8
    "(x**2 - 3*x)/x": [("hole", 0.0, 0.0)], "(exp(x) - 1)/x": [("hole", 0.0, 0.0)],
    "(1 - cos(x))/x**2": [("hole", 0.0, 0.0)], "(x**2 - 1)/(x - 1)": [("hole", 1.0, 1.0)],
    "sqrt(1 - x**2)": [("gap", -8.0, -1.0), ("gap", 1.0, 8.0)],
    "log(x)*exp(-x)": [("gap", -8.0, 0.0)], "acosh(x)": [("gap", -8.0, 1.0)],
    "x**x": [("gap", -8.0, 0.0)], "sin(1/x)": [("wild", 0.0, 0.0)],
    "where(x > 0, 1/x, x)": [("pole", 0.0, 0.0)], "exp(1/x)": [("pole", 0.0, 0.0)],
    "x**-3": [("pole", 0.0, 0.0)], "where(x > 0.1, x**2, 0.01)": [("seam", 0.1, 0.1)],
    "1/(x**2 + 1e-300)": [], "log(x**2)": [("pole", 0.0, 0.0)],
    "sqrt(-1 - x**2)": [("gap", -8.0, 8.0)],
}  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_other_breaks(text: str) -> None:
    found = breaks(typed(text), -8.0, 8.0)
    told = [(each.kind.value, each.lower, each.upper) for each in found.places]
    assert told == OTHERS[text]
    assert found.proved == all(kind != "doubt" for kind, _, _ in told)


FILLED = {
    # a quotient that has no value at 0: what it and its derivatives tend to there (Taylor's series)
    "sin(x)/x": (1, 0, -1 / 3), "(1 - cos(x))/x**2": (1 / 2, 0, -1 / 12),
    "(x - sin(x))/x**3": (1 / 6, 0, -1 / 60), "x/(exp(x) - 1)": (1, -1 / 2, 1 / 6),
    "(exp(x) - 1)/x": (1, 1 / 2, 1 / 3), "log(1 + x**2)/x**2": (1, 0, -1),
    "tan(x)/x": (1, 0, 2 / 3), "(x**2 - 3*x)/x": (-3, 1, 0),
}  # fmt: skip


@pytest.mark.parametrize("text", FILLED)
def test_bounds_close_beside_a_hole(text: str) -> None:
    width = 2.0**-10
    for order, limit in enumerate(FILLED[text]):
        tree = actviz.parse_curves([text])[0].activation.tree(order)
        low, high = beside_hole(tree, {}, np.array([-width, 0.0]), np.array([0.0, width]))
        if np.isfinite(low).all():
            assert (low <= limit).all() and (limit <= high).all()
            assert (high - low <= 8 * width).all()
        else:  # nothing is left of the quotient
            assert "/x" not in to_text(tree)


# a quotient, and its holes
QUOTIENTS = {
    **dict.fromkeys(FILLED, (0.0,)), "log1p(x)/x": (0.0,), "tanh(x)/x": (0.0,),
    "sin(x - 2)/(x - 2)": (2.0,), "sin(3*x)/(x*(1 + x**2))": (0.0,), "(sqrt(1 + x) - 1)/x": (0.0,),
    "(x**3 - x)/(x**2 - 1)": (1.0, -1.0), "expm1(2*x + 1)/(2*x + 1)": (-0.5,),
}  # fmt: skip


@pytest.mark.parametrize("text", QUOTIENTS)
def test_bounds_near_a_hole_hold_and_close(text: str) -> None:
    rng, places = random.Random(text), QUOTIENTS[text]
    activation = actviz.parse_curves([text])[0].activation
    for order in (0, 1, 2):
        tree, used = activation.tree(order), 0
        for place in (place for place in places for _ in range(12)):
            ends = sorted(10.0 ** -rng.uniform(0.5, 9) for _ in range(2))
            side = rng.choice((1, -1))
            lower, upper = sorted(place + side * end for end in ends)
            low, high = near_hole(tree, {}, np.array([lower]), np.array([upper]))
            true = exact_value(tree, rng.uniform(lower, upper), {})
            assert low[0] <= true <= high[0], (order, lower, upper)
            used += bool(np.isfinite(low[0]) and high[0] - low[0] <= 40 * abs(upper - place) + 1)
        assert used or "/x" not in to_text(tree) or "exp(x) - 1" in text


@pytest.mark.parametrize(
    "text", sampled(["sin(x)/x", "log1p(x)/x", "(1 - cos(x))/x**2", "erf(x)/x"], 0.5)
)
def test_slopes_of_what_has_a_hole_are_drawn_proven(text: str) -> None:
    picture = figure.plot(*actviz.parse_curves([text]), (1, 2), -0.9, 6.0, figure.Options())
    assert "not proven that" not in picture.words[1]


def test_limits_on_both_sides_of_a_jump() -> None:
    (place,) = breaks(typed("where(x > 1, x + 1, x**2)"), -3.0, 3.0).places
    assert (place.left, place.here, place.right) == ((1.0, 1.0), (1.0, 1.0), (2.0, 2.0))


def test_a_budget_ends_every_question() -> None:
    wild = typed("sin(1/x)*tan(1/(x - 0.3)) + floor(sin(x**7)*30)")
    assert not extremes(wild, -8.0, 8.0, gap=1e-9, budget=500).proved
    assert not zeros(wild, -8.0, 8.0, budget=500).proved
    assert not breaks(wild, -8.0, 8.0, budget=500).proved
