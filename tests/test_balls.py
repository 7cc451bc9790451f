"""Balls hold the true value: functions against mpmath, formulas that cancel to almost nothing."""

import inspect
import math
import os
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from sampled import SEED, sampled

import actviz
from actviz.formula.balls import functions, numbers, series, values
from actviz.formula.balls.numbers import Ball, Undefined, Unknown
from actviz.formula.derivative import differentiate
from actviz.formula.evaluate import CONSTANTS, evaluate
from actviz.formula.parsing import parse
from actviz.formula.program import program
from actviz.formula.wide import values as wide

DEEP = 9000  # bits of the values that balls are held against


def of_order(function, n):
    return lambda u, bits: function(Ball(n, 0, 0), u, bits)


def bessel(n):
    return lambda u: mpmath.sqrt(mpmath.pi / 2 / u) * mpmath.besselj(n + mpmath.mpf(1) / 2, u)


def quotient(slopes, n):
    """The nth derivative of g(u)/u by Leibniz' rule."""

    def value(u):
        shares = (
            (-1) ** (n - k) * math.perm(n, n - k) / mpmath.mpf(u) ** (n - k + 1) * slopes(k, u)
            for k in range(n + 1)
        )
        return mpmath.fsum(shares)

    return value


def of_expm1(k, u):
    return mpmath.expm1(u) if k == 0 else mpmath.exp(u)


def of_log1p(k, u):
    return mpmath.log1p(u) if k == 0 else (-1) ** (k - 1) * math.factorial(k - 1) / (1 + u) ** k


# name: the function of balls, that of mpmath, and the exponents of its arguments
FUNCTIONS = {
    "exp": (functions.exp, mpmath.exp, (-60, 9)),
    "log": (functions.log, mpmath.log, (-60, 60)),
    "sqrt": (numbers.square_root, mpmath.sqrt, (-60, 60)),
    "sin": (functions.sin, mpmath.sin, (-60, 60)),
    "cos": (functions.cos, mpmath.cos, (-60, 60)),
    "atan": (functions.atan, mpmath.atan, (-60, 60)),
    "erf": (functions.erf, mpmath.erf, (-60, 5)),
    "erfc": (functions.erfc, mpmath.erfc, (-60, 5)),
    "tanhshrink": (functions.tanhshrink, lambda u: u - mpmath.tanh(u), (-60, 6)),
    "sinc": (series.sinc, lambda u: mpmath.sin(u) / u, (-60, 20)),
    **{f"j{n}": (of_order(series.spherical_jn, n), bessel(n), (-20, 6)) for n in (1, 2, 5)},
    **{
        f"exprel {n}": (of_order(series.exprel, n), quotient(of_expm1, n), (-60, 6))
        for n in (0, 1, 3)
    },
    **{
        f"log1prel {n}": (of_order(series.log1prel, n), quotient(of_log1p, n), (-60, 6))
        for n in (0, 1, 3)
    },
}
POSITIVE = {"log", "sqrt", *(name for name in FUNCTIONS if name.startswith(("j", "log1prel")))}


def exact(middle, exponent):
    return mpmath.ldexp(mpmath.mpf(middle), exponent)


def holds(found, true):
    return abs(exact(found.middle, found.exponent) - true) <= exact(found.radius, found.exponent)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_true_value_lies_inside(name):
    own, reference, exponents = FUNCTIONS[name]
    for case in sampled(range(400), 0.015):
        chance = random.Random(f"{os.environ[SEED]} {name} {case}")
        bits = chance.choice((160, 160, 480, 1440))
        x = math.ldexp(chance.uniform(0.5, 1), chance.randint(*exponents))
        x *= 1 if name in POSITIVE else chance.choice((-1, 1))
        u = numbers.ball(x)
        wider = Ball(u.middle << 80, chance.randrange(1, 1 << 20), u.exponent - 80)
        with mpmath.workprec(DEEP):
            found = own(u, bits)
            assert holds(found, reference(mpmath.mpf(x))), (x, bits)
            lost = found.radius.bit_length() + bits - found.size.bit_length()
            assert lost < 100 or found.exact, (x, bits, lost)
            found = own(wider, bits)
            for share in (-1, 1, chance.uniform(-1, 1)):
                within = wider.middle + mpmath.mpf(share) * wider.radius
                assert holds(found, reference(exact(within, wider.exponent))), (x, bits, share)


@pytest.mark.parametrize(
    ("function", "u", "reason"),
    [
        (functions.log, Ball(-1, 0, 0), Undefined),
        (functions.log, Ball(0, 0, 0), Unknown),
        (functions.log, Ball(1, 2, 0), Unknown),
        (numbers.square_root, Ball(-1, 0, 0), Undefined),
        (numbers.square_root, Ball(1, 2, 0), Unknown),
        (functions.exp, Ball(1, 0, 5000), Unknown),
        (functions.sin, Ball(1, 0, 5000), Unknown),
    ],
)
def test_what_cannot_be_told_is_said(function, u, reason):
    with pytest.raises(reason):
        function(u, 160)


# x, the formula, the order and the true value: by hand from the first terms of the series
CANCELLED = [
    ("x - sin(x)", 0, 1e-100, 1e-300 / 6),
    ("tan(x) - x", 0, 1e-80, 1e-240 / 3),
    ("1 - cos(x)", 0, 1e-150, 5e-301),
    ("(1 - cos(x))/x**2", 0, 1e-100, 0.5),
    ("(1 - cos(x))/x**2", 1, 1e-100, -1e-100 / 12),
    ("(1 - cos(x))/x**2", 2, 5.8e-99, -1 / 12),
    ("(exp(x) - 1)/x", 0, 5e-324, 1.0),
    ("(exp(x) - 1)/x", 1, 8.25e-36, 0.5),
    ("sin(x)/x", 2, 1e-200, -1 / 3),
    ("x*exp(x)/(exp(x) - 1) - 1 - x/2", 0, 1e-30, 1e-60 / 12),
    ("sqrt(x**2 + 1) - x", 0, 1e80, 5e-81),
    ("log(x + 1) - log(x)", 0, 1e200, 1e-200),
    ("erfc(x)*exp(x**2)", 1, 1e105, -1e-210 / math.sqrt(math.pi)),
    ("log(x + sqrt(x**2 + 1))", 1, -1e103, 1e-103),
    ("cosh(x)**2 - sinh(x)**2", 0, 39.3, 1.0),
    ("cosh(x)**2 - sinh(x)**2 - 1", 0, 39.3, 0.0),
    ("log(cosh(x))", 2, 221.8, 4 * math.exp(-2 * 221.8)),
    ("(x - 1)**3 - x**3 + 3*x**2 - 3*x + 1", 0, 0.1, 0.0),
    ("2**x - exp(x*log(2))", 0, 3.7, 0.0),
]


@pytest.mark.parametrize(("formula", "order", "x", "true"), CANCELLED)
def test_what_cancels_keeps_its_digits(formula, order, x, true):
    node = parse(formula)
    for _ in range(order):
        node = differentiate(node)
    (found,) = evaluate(node, np.array([x]), {})
    assert found == pytest.approx(true, rel=1e-13, abs=0)


EDGES = [
    2**160 - 1,
    2**160 - 2**107,
    2**160 - 2**106 - 1,
    2**53 - 1,
    2**64 - 1,
    1,
    2**200 + 1,
    2**5000,
]


@pytest.mark.parametrize("middle", EDGES)
def test_balls_are_rounded_to_the_nearest_float(middle):
    for top in (1024, 1023, 1, -1021, -1073, -1074):
        for sign in (-1, 1):
            ball = Ball(sign * middle, 0, top - middle.bit_length())
            try:
                true = float(Fraction(middle) * Fraction(2) ** ball.exponent)
            except OverflowError:
                true = math.inf
            assert numbers.to_float(ball) == pytest.approx(sign * true, rel=0, abs=5e-324)


def test_nothing_is_added_to_the_smallest_of_numbers():
    least, nothing = Ball(3, 1, -(10**40)), Ball(0, 0, -(10**41))
    for u, v in ((least, nothing), (nothing, least), (least, Ball(0, 0, 0))):
        assert numbers.add(u, v, 100) == least


def test_a_budget_ends_the_work():
    parts = program(parse("x - sin(x)")).parts
    budget = values.Budget(parts, 1, 10**9)
    asked = 0
    while not math.isnan(values.evaluate(parts, np.array([1e-300]), {}, budget)[0]):
        asked += 1
    assert 1 <= asked < values.WORK


# A sum that cancels, of which wide numbers know nothing but that it is small, and what is larger:
# the order of the derivative, and whether they do know the whole.
BESIDE = [
    ("(1 + x) - 1 + exp(x)", 0, True),
    ("(exp(x) - 1 - x) + 1", 0, True),
    ("((1 + x) - 1)/(2 + x) + cos(x)", 0, True),
    ("((1 + x) - 1)**3 + 1 + x**2", 0, True),
    ("where(x > 0, (1 + x) - 1, x) + 1", 0, True),
    ("1/(1 + ((1 + x) - 1)**2)", 0, True),
    ("((1 + x) - 1 - x)*1e30 + 1", 0, False),
    ("((1 + x) - 1 - x)/1e-40 + 1", 0, False),
    ("elish", 4, True),
    ("tsilu", 4, True),
    ("tanhsig", 3, True),
]


@pytest.mark.parametrize(("formula", "order", "known"), BESIDE)
def test_what_wide_numbers_say_they_know_is_so(formula, order, known):
    parts = program(actviz.get(formula).numeric_tree(order)).parts
    chance = np.random.default_rng([*map(ord, os.environ[SEED])])
    x = np.concatenate(
        [10.0 ** chance.uniform(-320, 0, 20), -(10.0 ** chance.uniform(-320, 0, 20))]
    )
    with np.errstate(all="ignore"):
        found, short = wide.evaluate(parts, x, CONSTANTS)
    assert short.sum() == (0 if known else x.size)
    for each, value in zip(x[~short], found[~short].tolist(), strict=True):
        budget = values.Budget(parts, 10**9, 10**12)
        (true,) = values.evaluate(parts, np.array(each), CONSTANTS, budget)
        assert value == pytest.approx(true, rel=2.0**-51, abs=5e-324), each


@pytest.mark.parametrize("name", sorted(values._OWN))
@pytest.mark.parametrize("exponent", [1 << 40, -(1 << 40)])
@pytest.mark.parametrize("middle", [0, 1, -1, 5, -5])
def test_a_number_of_any_size_known_or_not_ends_at_once(name, exponent, middle):
    """An error of 2**(2**40) must not be written out in digits."""
    u = Ball(middle, 2, exponent)
    taken = len(inspect.signature(values._OWN[name]).parameters) - 1
    orders = [Ball(1, 0, 0)] if name in ("spherical_jn", "exprel", "log1prel") else [u]
    given = [*orders, u] if taken == 2 else [u]
    try:
        found = values._OWN[name](*given, 160)
    except (Unknown, Undefined):
        return
    assert isinstance(found, Ball | bool) or found in (-1, 0, 1)
