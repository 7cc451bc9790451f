"""Bounds of all values on a cell: no value outside, against 50 digits and against other balls."""

from __future__ import annotations

import math
import os
import statistics
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from formulas import names, numbers, trees
from hypothesis import given, settings
from hypothesis import strategies as st
from points import SMALLEST_NORMAL
from sampled import SEED, WHOLE, sampled
from test_primitives import FORMULAS, HARD

import actviz
from actviz.catalogue.activation import Activation, from_formula
from actviz.catalogue.kind import Kind
from actviz.catalogue.lookup import load
from actviz.check.exact import exact_derivatives, exact_value
from actviz.formula.breakpoints import takes_alone
from actviz.formula.enclosure.bounds import compiled, run
from actviz.formula.enclosure.cut import Bounds, enclose, values
from actviz.formula.enclosure.orders import orders
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Apply, Name, Node, Number, X, to_text, walk
from actviz.formula.kernels import kernel
from actviz.formula.parsing import parse
from actviz.formula.primitives import ENCLOSING, OF_ORDER, OF_VECTOR, PRIMITIVES
from actviz.formula.terms import line as straight

mpmath = pytest.importorskip("mpmath", reason="the reference of these tests")

ORDERS = 3
REPEATED = 20  # cells that each point is put into
POINTS = 120 if WHOLE in os.environ else 5  # of each of some 225 formulas, in 3 orders
FAITHFUL = mpmath.mpf(2) ** -160  # the 50 digits are right to this
TOO_SMALL = mpmath.mpf(10) ** -380  # below, they may be 0
NEAR = 5.0
LARGEST = float(np.finfo(np.float64).max)

FUNCTIONS: dict[str, Activation] = {
    **{text: from_formula(text) for _, text in FORMULAS},
    **{name: actviz.get(name) for name in load().entries},
    "hardtanh:5": actviz.get("hardtanh", min_val=0.3, max_val=5),
    "x**x": from_formula("x**x"),
    "x**0.3": from_formula("x**0.3"),
    "(1 + 2*x)**(1/x)": from_formula("(1 + 2*x)**(1/x)"),
    "(x**2 - 3*x)/x": from_formula("(x**2 - 3*x)/x"),
    "x*x*x - x": from_formula("x*x*x - x"),
    "x/(x**2 - 2)": from_formula("x/(x**2 - 2)"),
    "x**-3": from_formula("x**-3"),
    "x**100": from_formula("x**100"),
    "sqrt(1 - x**2)": from_formula("sqrt(1 - x**2)"),
    "log(x)*exp(-x)": from_formula("log(x)*exp(-x)"),
    "atan(tan(x))": from_formula("atan(tan(x))"),
    "where(x*x > 2, x, floor(3*x))": from_formula("where(x*x > 2, x, floor(3*x))"),
    "sin(1/x)": from_formula("sin(1/x)"),
}
FUNCTIONS = {name: f for name, f in FUNCTIONS.items() if f.kind is Kind.NUMBER}


def of(f: Activation, highest: int) -> tuple[tuple[Node, ...], dict[str, float]]:
    """The formulas that values are computed from, of orders 0 up to the highest."""
    return orders(f.stable or f.definition, f.parameters, highest, f.first_derivative)


SLOW = {name for head, name in FORMULAS if head in OF_ORDER}  # to work out with 50 digits


@cache
def generator(salt: str) -> np.random.Generator:
    return np.random.default_rng([int(os.environ[SEED]), *salt.encode()])


def points(rng: np.random.Generator, count: int) -> Any:
    """From all of float64, from where most happens, and whole and half numbers."""
    everywhere = np.exp2(rng.uniform(-1074, 990, count))
    size = np.where(rng.random(count) < 0.3, everywhere, np.exp2(rng.uniform(-12, 8, count)))
    x = size * rng.choice([-1.0, 1.0], count)
    return np.where(rng.random(count) < 0.15, np.round(2 * np.clip(x, -50, 50)) / 2, x) + 0.0


def cells_around(rng: np.random.Generator, x: Any) -> tuple[Any, Any]:
    """Cells of all widths, the point inside; some are the point alone."""
    below, above = (
        np.abs(x) * np.exp2(rng.uniform(-60, 4, x.size)) * (rng.random(x.size) < 0.95)
        for _ in range(2)
    )
    lower, upper = np.maximum(x - below, -LARGEST), np.minimum(x + above, LARGEST)
    alone = (lower == x) | (upper == x)
    return np.where(alone, x, lower), np.where(alone, x, upper)


def outside(bounds: Bounds, i: int, x: float, y: Any) -> bool:
    """Whether a value inside the cell is out of bounds, or is a bound that is said to be none."""
    slack = abs(y) * FAITHFUL + TOO_SMALL
    if not bounds.lower[i] <= y + slack or not y - slack <= bounds.upper[i]:
        return True
    none = y == 0 and (x == 0 or 1 / NEAR <= abs(x) <= NEAR)  # else it may be exp(-exp(x))
    return none and bool(
        (bounds.lower[i] == 0 and bounds.above[i]) or (bounds.upper[i] == 0 and bounds.below[i])
    )


def test_a_constant_that_is_no_float_is_enclosed() -> None:
    """What swoosh_r is at 0 lies between two floats; its form for digits writes it in two parts."""
    f = FUNCTIONS["swoosh_r"]
    formulas, parameters = of(f, 0)
    x = -np.exp2(np.arange(-400.0, -60.0, 20.0))
    (bounds,) = enclose(formulas, parameters, x, x)
    true = [exact_value(f.definition, each, f.parameters) for each in x.tolist()]
    assert [x[i] for i, y in enumerate(true) if outside(bounds, i, x[i], y)] == []


@pytest.mark.parametrize("name", sampled([*FUNCTIONS], 0.075))
def test_no_value_is_outside(name: str) -> None:
    f, rng = FUNCTIONS[name], generator(name)
    formulas, parameters = of(f, ORDERS - 1)
    x = points(rng, POINTS if name not in SLOW else POINTS // 3)
    exact = [exact_derivatives(f.definition, float(each), f.parameters, ORDERS - 1) for each in x]
    index = np.repeat(np.arange(x.size), REPEATED)
    lower, upper = cells_around(rng, x[index])
    wrong = []
    for order, bounds in enumerate(enclose(formulas, parameters, lower, upper)):
        there = ~np.isnan(evaluate(formulas[order], x, parameters))
        for i, k in enumerate(index):
            y = exact[k][order]
            if mpmath.isfinite(y):
                bad = outside(bounds, i, x[k], y)
            else:  # of what is too far out for 50 digits NaN is said, too
                bad = bounds.defined[i] and not there[k]
            if bad:
                wrong.append(f"{order}: {x[k]!r} in {lower[i]!r}:{upper[i]!r} => {y}")
    assert not wrong, "\n".join(wrong[:8])


@settings(max_examples=2000 if WHOLE in os.environ else 100)
@given(trees(st.one_of(names(), numbers()), size=7))
def test_no_value_of_a_random_formula_is_outside(tree: Node) -> None:
    formulas, parameters = orders(tree, {}, 1)
    rng = np.random.default_rng(len(to_text(tree)))
    x = points(rng, 8)
    x = x[np.abs(x) < 1e3]
    # at a branch there alone the formula of the derivative has the branch's, by contract
    x = x[[not takes_alone(tree, float(each), {}) for each in x]]
    exact = [exact_derivatives(tree, float(each), {}, 1) for each in x]
    index = np.repeat(np.arange(x.size), REPEATED)
    for order, bounds in enumerate(enclose(formulas, parameters, *cells_around(rng, x[index]))):
        assert (np.isnan(bounds.lower) == np.isnan(bounds.upper)).all()
        for i, k in enumerate(index):
            y = exact[k][order]
            if mpmath.isfinite(y) and not (order and np.isnan(bounds.lower[i])):
                assert not outside(bounds, i, x[k], y), (to_text(tree), order, x[k])


def test_every_primitive_encloses() -> None:
    assert set(ENCLOSING) == set(PRIMITIVES) - OF_VECTOR - {"where"}


@pytest.mark.parametrize("name", sampled([n for n, line in ENCLOSING.items() if line.errs], 0.2))
def test_kernels_err_no_more_than_the_table_says(name: str) -> None:
    """On the processor at hand; at hard points and at random ones."""
    rng, count = generator(name), 2000 if WHOLE in os.environ else 30 if name in OF_ORDER else 150
    x = np.concatenate([points(rng, count), rng.uniform(-2, 2, count), HARD.get(name, [])])
    shapes = [(Number(n), X) for n in (0.0, 1.0, 8.0)] if name in OF_ORDER else [(X,)]
    shapes = [(X, Number(v)) for v in (0.001, 1.0)] if name in ("hypot", "unit") else shapes
    for arguments in shapes:
        tree = Apply(name, arguments)
        given = (
            np.full(x.shape, a.value) if isinstance(a, Number) else x.copy() for a in arguments
        )
        with np.errstate(all="ignore"):
            got = kernel(name)(*given)
        assert not (far := [row for row in zip(x, got, strict=True) if errs(tree, *row)]), far[:5]


def errs(tree: Apply, x: float, got: float) -> bool:
    """Whether a kernel's value is further off than its line of the table says."""
    line, y = ENCLOSING[tree.head], exact_value(tree, float(x), {})
    if not mpmath.isfinite(y) or not math.isfinite(got) or abs(y) > LARGEST:
        return False
    size = abs(y) + (min(1.0, 2 / abs(x)) if line.kind == "bessel" and abs(x) > 1 else 0)
    if abs(y) < SMALLEST_NORMAL and 0 in (line.least, line.most):  # it may be 0
        return bool(abs(got - y) > SMALLEST_NORMAL)
    return bool(abs(got - y) > line.errs * (size * mpmath.mpf(2) ** -52 + mpmath.mpf(5e-324)))


EXACT = {
    # formula: cell, bounds; what is exact comes out exactly, what is no value is told
    "x - atan(x)": (0, 1, "(0", 0.21460183660255172),
    "exp(x) - 1": (0, 0, "[0", 0.0),
    "x**2 - 3*x": (3, 3, "[0", 0.0),
    "x*x": (-1, 1, "[0", 1.0),
    "abs(x)": (-1, 1, "[0", 1.0),
    "1/x": (0, 2, "(0.5", math.inf),
    "log(x)": (0, 1, "(-inf", 0.0),
    "where(x > 0, 1 + x, x)": (0, 1, "(1", 2.0),
    "floor(x)": (1, 2, "[1", 1.0),
    "x*exp(x)*x": (-1, 1, "[0", math.e),
    "sqrt(1 - x**2)": (-1, 1, "(0", 1.0),
    "x**3 - x": (1, 1, "[0", 0.0),
    "cos(x)": (-1, 1, "(0.5403023058681398", 1.0),
}


@pytest.mark.parametrize("text", EXACT)
def test_bounds_are_tight(text: str) -> None:
    lower, upper, least, most = EXACT[text]
    found, *_ = enclose(
        *of(from_formula(text), 2), np.array([float(lower)]), np.array([float(upper)])
    )
    assert found.lower[0] == pytest.approx(float(least[1:]), abs=2e-15)
    assert found.upper[0] == pytest.approx(most, abs=2e-15)
    if float(least[1:]) == 0:
        assert found.lower[0] == 0 and found.above[0] == (least[0] == "(")
    assert found.defined[0] and found.continuous[0]


UNDEFINED = {
    "1/x": (-1, 1), "log(x)": (-1, 1), "sqrt(1 - x**2)": (0, 2), "tan(x)": (1, 2),
    "asin(x)": (0.5, 1.5), "x**0.5": (-1, 1), "x**x": (-1, 1), "unit(x, x)": (-1, 1),
}  # fmt: skip
NOWHERE = {
    "log(x)": (-2, -1), "sqrt(1 - x**2)": (1, 2), "asin(x)": (1, 2), "1/(0*x)": (1, 2),
    "acosh(x)": (0, 1), "x**0.5": (-2, -1), "log(-x**2)": (0, 1),
}  # fmt: skip
BROKEN = {
    "sign(x)": (-1, 1), "floor(x)": (0.5, 1.5), "round(x)": (0, 1), "mod(x, 1)": (0.5, 1.5),
    "where(x > 0, 1, 0)": (-1, 1), "atan(tan(x))": (1, 2),
}  # fmt: skip


@pytest.mark.parametrize(("text", "cell"), [*UNDEFINED.items(), *NOWHERE.items(), *BROKEN.items()])
def test_decorations(text: str, cell: tuple[float, float]) -> None:
    (part,) = run(compiled([parse(text)], {}), *(np.array([float(end)]) for end in cell))
    assert not part.continuous[0]
    assert np.isnan(part.ends[:, 0]).all() == (NOWHERE.get(text) == cell)
    assert part.defined[0] == (BROKEN.get(text) == cell and text != "atan(tan(x))")


@pytest.mark.parametrize("head", ["floor", "ceil", "round"])
@pytest.mark.parametrize(
    "line", ["x/0.1", "0.1*x", "x*3", "(x - 0.3)/0.7 + 5", "2 - x/3", "-1.1*x", "1e-3*x + 1e5"]
)
def test_steps_of_straight_lines_are_told_at_every_float(head: str, line: str) -> None:
    """Also where the line is within rounding of a step: as its numbers are, nothing is rounded."""
    tree = parse(f"{head}({line})")
    start, end = np.float64(-3.0), np.float64(4.0)
    whole = np.array([k / 2 for k in range(-60, 60)])
    slope, rest = map(float, straight(parse(line)) or (math.nan, math.nan))
    near = (np.rint(rest) + whole - rest) / slope
    x = np.unique([*near, *np.nextafter(near, start), *np.nextafter(near, end)])
    bounds = enclose([tree], {}, x, x)[0]
    true = [float(exact_value(tree, float(each), {})) for each in x]
    np.testing.assert_array_equal(bounds.lower, true)
    np.testing.assert_array_equal(bounds.upper, true)


def test_points() -> None:
    (lower, upper), (low, high) = values([parse("x**2"), parse("2*x")], {}, np.array([3.0, 0.3]))
    assert lower[0] == upper[0] == 9 and low[0] == high[0] == 6
    assert Fraction(lower[1]) < Fraction(0.3) ** 2 < Fraction(upper[1])
    assert upper[1] == np.nextafter(lower[1], 1)


# --- against the balls of python-flint ---------------------------------------------------------

BALLS = {
    "exp": "exp", "expm1": "expm1", "log": "log", "log1p": "log1p", "sqrt": "sqrt", "sin": "sin",
    "cos": "cos", "tan": "tan", "sinc": "sinc", "asin": "asin", "acos": "acos", "atan": "atan",
    "sinh": "sinh", "cosh": "cosh", "asinh": "asinh", "acosh": "acosh", "atanh": "atanh",
    "tanh": "tanh", "sech": "sech", "erf": "erf", "erfc": "erfc", "floor": "floor",
    "ceil": "ceil", "abs": "__abs__", "neg": "__neg__", "+": "__add__", "-": "__sub__",
    "*": "__mul__", "/": "__truediv__", "**": "__pow__", "min": "min", "max": "max",
}  # fmt: skip


def ball(tree: Node, x: Any, parameters: Any) -> Any:
    """The same formula by python-flint; None where it has no number."""
    flint = pytest.importorskip("flint", reason="its balls are what is compared with")
    known: dict[Node, Any] = {X: x, Name("pi"): flint.arb.pi(), Name("e"): flint.arb.const_e()}
    known |= {Name(name): flint.arb(value) for name, value in parameters.items()}
    for part in walk(tree):
        match part:
            case Number(value):
                known[part] = flint.arb(value)
            case Apply("where", (Apply(sign, (p, q)), a, b)):
                larger, smaller = (p, q) if sign in (">", ">=") else (q, p)
                yes, no = known[larger] > known[smaller], known[larger] < known[smaller]
                known[part] = known[a] if yes else known[b] if no else known[a].union(known[b])
            case Apply(head, arguments) if head in BALLS:
                first, *rest = (known[each] for each in arguments)
                known[part] = getattr(first, BALLS[head])(*rest)
            case Apply(head, arguments) if head in PRIMITIVES:
                named = dict(zip(map(Name, PRIMITIVES[head].arguments), arguments, strict=True))
                inner = {name.id: known[each] for name, each in named.items()}
                known[part] = ball(parse(PRIMITIVES[head].definition), x, inner)
            case Apply():
                known[part] = None  # a comparison
    return known[tree]


BY_BALLS = [
    name
    for name, f in FUNCTIONS.items()
    if not {p.head for p in walk(f.definition) if isinstance(p, Apply)} & OF_ORDER
]


def test_never_disjoint_from_balls(record_property: Any) -> None:
    flint = pytest.importorskip("flint", reason="its balls are what is compared with")
    rng, ratios = generator("balls"), []
    for name in BY_BALLS:
        f = FUNCTIONS[name]
        x = np.exp2(rng.uniform(-5, 4, 20)) * rng.choice([-1.0, 1.0], 20)
        lower, upper = x, x + np.exp2(rng.uniform(-20, -3, 20))
        bounds = enclose(*of(f, 1), lower, upper)[0]
        for i in range(x.size):
            theirs = ball(
                f.definition, flint.arb(lower[i]).union(flint.arb(upper[i])), f.parameters
            )
            if not theirs.is_finite() or np.isnan(bounds.lower[i]):
                continue
            low, high = float(theirs.lower()), float(theirs.upper())
            assert low <= bounds.upper[i] and bounds.lower[i] <= high, (name, lower[i], upper[i])
            if low < high and np.isfinite(bounds.upper[i] - bounds.lower[i]):
                ratios.append((bounds.upper[i] - bounds.lower[i]) / (high - low))
    assert len(ratios) > 1000
    record_property("median of our width over theirs", float(statistics.median(ratios)))
    print(f"median of our width over that of {len(ratios)} balls: {statistics.median(ratios):.3f}")
    assert statistics.median(ratios) < 1.001
