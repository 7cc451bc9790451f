"""Where formulas switch and what breaks there: exact places, one-sided limits, nothing missed."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from sampled import sampled

import actviz
from actviz.catalogue.activation import from_formula
from actviz.formula.breakpoints import Breakpoint, breakpoints, one_sided
from actviz.formula.derivative import differentiate
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Node, to_text
from actviz.formula.parsing import parse
from actviz.formula.switches import switches
from actviz.properties import properties

ROOT = math.sqrt(2)


def found(
    formula: str, lower: float = -6.0, upper: float = 6.0, **parameters: float
) -> list[tuple[float, int, bool]]:
    points = actviz.get(formula, **parameters).breakpoints(lower, upper)
    return [(p.x, p.order, p.pole) for p in points]


# The lowest order whose one-sided limits differ, by formula: places, orders, poles ("!" is a pole).
FORMULAS = {
    "max(x, 0)": "0:1",
    "min(x, 3)": "3:1",
    "abs(x)": "0:1",
    "sign(x)": "0:0",
    "x": "",
    "3": "",
    "clip(x, -1, 2)": "-1:1 2:1",
    "clip(x, 2, -1)": "",
    "max(x, 0)**2": "0:2",
    "max(x, 0)**3": "0:3",
    "max(x, 0)**4": "0:4",
    "max(x, 0)**5": "",
    "abs(x)*x": "0:2",
    "sign(x)*x": "0:1",
    "abs(x**2)": "",
    "where(x > 0, x, x)": "",
    "where(x > 0, x**2, -x**2)": "0:2",
    "where(x > 0.1, 1, 0)": "0.1:0",
    "where(3*x > 1, 1, 0)": f"{1 / 3!r}:0",
    "where(2 - x >= 0, 1, 0)": "2:0",
    "where(x/6 + 0.5 > 0, x, 0)": "-3:0",
    "max(x**2 - 2, 0)": f"-{math.nextafter(ROOT, 0)!r}:1 {ROOT!r}:1",
    "where(exp(x) > 2, 1, 0)": f"{math.log(2)!r}:0",
    "abs(sin(x))": f"{-math.pi!r}:1 0:1 {math.pi!r}:1",
    "abs(exp(x) - 1)": "0:1",
    "abs(cosh(x) - 1)": "",
    "abs(exp(x - 1) - 1)": "1:1",
    "abs(tanh(x))": "0:1",
    "abs(sigmoid(x) - 0.5)": "0:1",
    "max(cosh(x), 1)": "",
    "abs(max(x, 0))": "0:1",
    "abs(x**3 - x)": "-1:1 0:1 1:1",
    "abs(x - 3) + abs(x - 3.0000001)": "3:1 3.0000001:1",
    "abs(x - 1e-300)": "1e-300:1",
    "max(x, x)": "",
    "abs(0*x)": "",
    "max(x, 1e-8)": "1e-08:1",
    "min(max(x, -1), 1)*max(x, 0)": "0:2 1:1",
    "where(x > 6, 1, 0)": "6:0",
    "where(x >= -6, 1, 0)": "-6:0",
    "1/x": "0:0!",
    "1/x**2": "0:0!",
    "1/(x - 1)/(x + 2)": "-2:0! 1:0!",
    "1/(3*x - 1)**2": f"{1 / 3!r}:0!",
    "log(x)": "0:0!",
    "log(abs(x))": "0:0!",
    "log(x) + abs(x + 3)": "0:0!",
    "log(4 - x**2)": "-2:0! 2:0!",
    "where(x > 0, 1/x, 0)": "0:0!",
    "tan(x)": " ".join(f"{n * math.pi / 2!r}:0!" for n in (-3, -1, 1, 3)),
    "1/(exp(x) - 1)": "0:0!",
    "exp(1/x)": "0:0!",
    "x**-0.5": "0:0!",
    "x**2/(x*(x - 1))": "0:0 1:0!",
    "1/(1 + x**2)": "",
    "1/(x**2 + 1e-9)": "",
    "1/exp(x)": "",
    "x/(1 + abs(x))": "0:2",
    # not defined there, or on one side only: f itself breaks
    "sin(x)/x": "0:0",
    "(x**2 - 1)/(x - 1)": "1:0",
    "sqrt(x)": "0:0",
    "sqrt(x - 1)": "1:0",
    "x**0.5": "0:0",
    "sqrt(4 - x**2)": "-2:0 2:0",
    "atan(1/x)": "0:0",
    "x/(exp(x) - 1)": "0:0",
    # an infinite slope is a kink, a bump with all derivatives 0 at its ends is none
    "abs(x)**0.5": "0:1",
    "sqrt(x**2)": "0:1",
    "where(abs(x) < 1, exp(-1/(1 - x**2)), 0)": "",
    # steps: at whole numbers exactly, whatever stands inside
    "floor(x)": " ".join(f"{n}:0" for n in range(-6, 7)),
    "ceil(x/3)": "-6:0 -3:0 0:0 3:0 6:0",
    "round(x/2)": "-5:0 -3:0 -1:0 1:0 3:0 5:0",
    "mod(x, 2.5)": "-5:0 -2.5:0 0:0 2.5:0 5:0",
    "mod(x, -4)": "-4:0 0:0 4:0",
    "mod(x, x + 20)": "0:0",
    "x - floor(x/5)": "-5:0 0:0 5:0",
    "x*floor(x/5)": "-5:0 0:1 5:0",
    "floor(0.3*x)": f"{-10 / 3!r}:0 0:0 {10 / 3!r}:0",
    "floor(x/0.6 + 0.5)*0": "",
    "floor(floor(x)/2)": "-6:0 -4:0 -2:0 0:0 2:0 4:0 6:0",
    "floor(1.5*floor(x/2))": "-6:0 -4:0 -2:0 0:0 2:0 4:0 6:0",
    "floor(exp(x)/100)": f"{math.log(100)!r}:0 {math.log(200)!r}:0 {math.log(300)!r}:0 "
    f"{math.log(400)!r}:0",
    "round(exp(x)/100)": f"{math.log(50)!r}:0 {math.log(150)!r}:0 {math.log(250)!r}:0 "
    f"{math.log(350)!r}:0",
    "mod(x, 0*x)": "",
    "floor(1/x)": "",  # without end around 0, so none are told
    # domains, and an infinite slope
    "log2(x)": "0:0!",
    "log10(1 - x)": "1:0!",
    "asin(x/2)": "-2:0 2:0",
    "acos(x)": "-1:0 1:0",
    "acosh(x)": "1:0",
    "atanh(x)": "-1:0! 1:0!",
    "exp2(x)": "",
    "cbrt(x)": "0:1",
    "cbrt(x - 2)**2": "2:1",
    "cbrt(x)**3": "",
    # both arguments are 0 at once, and what is compared are two numbers
    "hypot(x, 2*x)": "0:1",
    "unit(x, 2*x)": "0:0",
    "hypot(x, 1)": "",
    "clip(-1, 0, x)": "0:1",
    "exp(-1/x**2)": "",
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_of_a_formula(formula: str) -> None:
    expected = []
    for word in FORMULAS[formula].split():
        place, order = word.rstrip("!").split(":")
        expected.append((float(place), int(order), word.endswith("!")))
    got = found(formula)
    assert [(order, pole) for _, order, pole in got] == [
        (order, pole) for _, order, pole in expected
    ]
    for (x, *_), (place, *_) in zip(got, expected, strict=True):
        assert abs(x - place) <= 2 * math.ulp(place)  # where the rounded formula switches
        assert x == place or formula not in SOLVED


SOLVED = {
    name for name in FORMULAS if not any(w in name for w in ("sin", "exp", "tan", "x**2 - 2"))
}


BREAKING = tomllib.loads((Path(__file__).parent / "kinks.toml").read_text("ascii"))
KINKS, SMOOTHER = BREAKING["kinks"], BREAKING["smoother"]
ELEMENTWISE = [name for name in actviz.load().entries if actviz.get(name).elementwise]


@pytest.mark.parametrize("name", sampled(ELEMENTWISE, 0.2))
def test_kinks_and_jumps_of_the_catalogue(name: str) -> None:
    points = actviz.get(name).breakpoints(-50, 50)
    broken = [f"{p.x:g}{'P' if p.pole else 'J' * (p.order == 0)}" for p in points if p.order <= 1]
    higher = [f"{p.x:g}:{p.order}" for p in points if p.order > 1]
    assert broken == KINKS.get(name, "").split()
    assert higher == SMOOTHER.get(name, "").split()


def test_kinks_are_of_functions_that_there_are() -> None:
    assert {*KINKS, *SMOOTHER} <= set(ELEMENTWISE)


SEAMS = (
    # name, parameters, order of the break at its only switch
    ("elu", {"alpha": 1.0}, 2),
    ("elu", {"alpha": 0.5}, 1),
    ("elu", {"alpha": 0.0}, 1),
    ("elu", {"alpha": -1.0}, 1),
    ("celu", {"alpha": 1.0}, 2),
    ("celu", {"alpha": 3.0}, 2),
    ("leaky_relu", {"alpha": 1.0}, None),
    ("leaky_relu", {"alpha": -1.0}, 1),
    ("leaky_relu", {"alpha": 1e-300}, 1),
    ("sparse_plus", {}, 2),
    ("threshold", {"threshold": 1.0, "value": 1.0}, 1),
    ("threshold", {"threshold": 1.0, "value": 2.0}, 0),
    ("softshrink", {"lambd": 0.0}, None),
    ("hardshrink", {"lambd": 0.0}, None),
    ("relu_squared", {}, 2),
)


@pytest.mark.parametrize(("name", "parameters", "order"), SEAMS)
def test_seams(name: str, parameters: dict[str, float], order: int | None) -> None:
    points = actviz.get(name, **parameters).breakpoints(-6, 6)
    assert {p.order for p in points} == ({order} if order is not None else set())


RANGES = (
    # formula, range, places
    ("max(x, 0)", (0.0, 6.0), [0.0]),
    ("max(x, 0)", (-6.0, 0.0), [0.0]),
    ("max(x, 0)", (-1e-9, 1e-9), [0.0]),
    ("max(x, 0)", (1e-9, 1.0), []),
    ("max(x, 0)", (5e-324, 1.0), []),
    ("max(x, 0)", (-1e300, 1e300), [0.0]),
    ("max(x, 0)", (-1.7e308, 1.7e308), [0.0]),
    ("max(x - 1e6, 0)", (-1e7, 1e7), [1e6]),
    ("max(x - 1e6, 0)", (1e6, 1e6 + 1e-9), [1e6]),
    ("max(x - 1e300, 0)", (-1.7e308, 1.7e308), [1e300]),
    ("clip(x, -1, 1)", (-1.0, 1.0), [-1.0, 1.0]),
    ("clip(x, -1, 1)", (math.nextafter(-1, 0), 1 - 2**-53), []),
    ("max(x**2 - 2, 0)", (1.41421356, 1.41421357), [ROOT]),
    ("max(x**2 - 2, 0)", (0.0, 1e6), [ROOT]),
    ("max(x**2 - 2, 0)", (-0.0, 1e300), [ROOT]),
    ("1/(x - 1e-9)", (0.0, 1.0), [1e-9]),
    ("where(x > 1e-9, 1, 0)", (-1e6, 1e6), [1e-9]),
    ("abs(x**2 - 1e-16)", (0.0, 6.0), [1e-8]),
    ("floor(1000*x)", (0.0, 0.0025), [0.0, 0.001, 0.002]),
    ("floor(x)", (1e9, 1e9 + 2), [1e9, 1e9 + 1, 1e9 + 2]),
    ("floor(x)", (-1e9, 1e9), []),  # too many to be told
)


@pytest.mark.parametrize(("formula", "limits", "places"), RANGES)
def test_ranges_of_any_size_and_their_ends(
    formula: str, limits: tuple[float, float], places: list[float]
) -> None:
    got = [x for x, _, _ in found(formula, *limits)]
    assert len(got) == len(places)
    assert all(abs(x - place) <= 2 * math.ulp(place) for x, place in zip(got, places, strict=True))


def nth(text: str) -> tuple[Node, ...]:
    trees = [parse(text)]
    for _ in range(4):
        trees.append(differentiate(trees[-1]))
    return tuple(trees)


DENSE = (
    "clip(x, -1.3, 2.7)",
    "abs(x**3 - 2*x)",
    "where(x*exp(x) > 1, x, 1/2)",
    "max(sin(3*x), cos(x))",
    "min(abs(x), 1)*sign(x - 0.3)",
    "where(x**2 > 2, tanh(x), max(x, -0.7))",
)


@pytest.mark.parametrize("formula", DENSE)
def test_nothing_is_missed(formula: str) -> None:
    """A dense scan of the slopes: wherever they jump, a breakpoint is told, and nowhere else."""
    slope = parse(formula), differentiate(parse(formula))
    x = np.linspace(-4, 4, 400_001)
    step = x[1] - x[0]
    leaps = np.zeros(x.size - 1, dtype=bool)
    for tree in slope:
        y = evaluate(tree, x, {})
        leaps |= np.abs(np.diff(y)) > 0.02 * (1 + np.abs(y[1:]).clip(max=1))
    told = np.array(
        [p.x for p in breakpoints(nth(formula).__getitem__, {}, -4.0, 4.0) if p.order <= 1]
    )
    scanned = x[:-1][leaps] + step / 2
    assert all(np.abs(told - place).min() <= step for place in scanned)
    assert all(np.abs(scanned - place).min() <= 2 * step for place in told)


def test_switches_include_what_turns_out_smooth() -> None:
    assert switches(parse("where(x > 1, x, x) + abs(x**2)"), {}, -6, 6) == (0.0, 1.0)
    assert switches(parse("where(x > t, 1, 0)"), {"t": 2.5}, -6, 6) == (2.5,)
    assert switches(parse("where(x > t, 1, 0)"), {"t": 7.0}, -6, 6) == ()


ONE_SIDED = (
    # formula, x, from the left, from the right
    ("where(x > 0, 1, 0)", 0.0, 0, 1),
    ("where(x >= 2, x, -x)", 2.0, -2, 2),
    ("sign(x)", 0.0, -1, 1),
    ("1/x", 0.0, -math.inf, math.inf),
    ("1/x**2", 0.0, math.inf, math.inf),
    ("log(x)", 0.0, math.nan, -math.inf),
    ("tan(x)", math.pi / 2, math.inf, -math.inf),
    ("sin(x)/x", 0.0, 1, 1),
    ("x/abs(x)", 0.0, -1, 1),
    ("(x**2 - 1)/(x - 1)", 1.0, 2, 2),
    ("exp(1/x)", 0.0, 0, math.inf),
    ("atan(1/x)", 0.0, -math.pi / 2, math.pi / 2),
    ("sqrt(x)", 0.0, math.nan, 0),
    ("max(x, 0)/x", 0.0, 0, 1),
    ("abs(exp(x) - 1)/(exp(x) - 1)", 0.0, -1, 1),
    ("x*log(abs(x))", 0.0, 0, 0),
    ("where(x > 1e-50, 1, 0)", 0.0, 0, 0),
    ("clip(x, 0, 0)", 0.0, 0, 0),
    ("where(x > 1e10, 2, 1)", 1e10, 1, 2),
    ("where(x < -1e300, 2, 1)", -1e300, 2, 1),
    ("x**3", 2.0, 8, 8),
    ("floor(x)", 2.0, 1, 2),
    ("ceil(x)", 2.0, 2, 3),
    ("round(x)", 2.5, 2, 3),
    ("round(x)", 3.5, 3, 4),
    ("mod(x, 1)", -3.0, 1, 0),
    ("mod(x, -1)", 3.0, 0, -1),
    ("floor(x + 1)", 0.0, 0, 1),
    ("floor(cos(x))", 0.0, 0, 0),
    ("cbrt(x - 3)", 3.0, 0, 0),
    ("1/cbrt(x)", 0.0, -math.inf, math.inf),
    ("unit(x, 2*x)", 0.0, -(0.2**0.5), 0.2**0.5),
)


@pytest.mark.parametrize(("formula", "x", "left", "right"), ONE_SIDED)
def test_one_sided_limits(formula: str, x: float, left: float, right: float) -> None:
    for side, expected in (("left", left), ("right", right)):
        got = one_sided(parse(formula), x, side, {})
        assert got == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True), side


def test_a_breakpoint_is_plain_data() -> None:
    point = Breakpoint(1.0, 2, False)
    assert point == Breakpoint(1.0, 2, False) and hash(point) == hash(Breakpoint(1.0, 2, False))
    assert actviz.get("softmax").breakpoints(-6, 6) == ()


# formula: what it is where it takes no branch at one number alone; None if it takes none so
LONE = {
    "abs(x)*sign(x)": "x",
    "exp(abs(x)*sign(x))": "exp(x)",
    "abs(2*x - 1)*sign(2*x - 1)": "2*x - 1",
    "abs(x - 1)*sign(x - 1) + abs(x)*sign(x)": "2*x - 1",
    "where(x > 0, x, where(x < 0, x, 0))": "x",
    "where(abs(x) > 0, sin(x), 0)": "sin(x)",
    "max(x, 0) - max(-x, 0)": "x",
    "where(x > 1, x**2, where(x < 1, 2*x - 1, 1))": "where(x < 1, 2*x - 1, x**2)",
    "abs(x)": None,
    "sign(x)": None,
    "x*abs(x)": None,
    "x*abs(x)*sign(x)": None,  # whose slopes are right as they are
    "where(x > 0, x, where(x < 0, x, 1))": None,  # not continuous
}


@pytest.mark.parametrize("formula", LONE)
def test_a_branch_at_one_number_alone(formula: str) -> None:
    """The derivative there is that of the branch, the function's facts are those of both sides."""
    f, expected = from_formula(formula), LONE[formula]
    assert to_text(f.settled) == (expected or to_text(parse(formula)))
    if expected is not None:
        found, same = properties(f), properties(from_formula(expected))
        assert (found.smoothness, found.lipschitz) == (same.smoothness, same.lipschitz)
        one, other = found.derivative_range, same.derivative_range
        assert (one.lower, one.upper) == (other.lower, other.upper)
