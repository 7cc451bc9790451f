"""Everything that has values against balls: numbers, sides, parameters, typed formulas.

What is drawn changes from run to run; a failure tells the seed that draws it again.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator

import numpy as np
import pytest
from drawn import about, breaks, lot, numbers, parameters, stepped
from formulas import calls_by_lot, number_by_lot, text_by_lot
from judged import hold, named
from points import PARTLY, VERTICAL
from reference import Asked, by, derivative
from sampled import WHOLE, sampled
from typed import NAIVE, bare

import actviz
from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import built_in
from actviz.errors import FormulaError, UsageError
from actviz.formula.evaluate import trace
from actviz.formula.expression import to_text
from actviz.formula.parsing import parse
from actviz.formula.total import total

MANY = 4 if WHOLE in os.environ else 1
SHARE = 0.008  # of the cases of each test of the catalogue
OF_TYPED = 0.02
FUNCTIONS = {name: actviz.get(name) for name in built_in()}
ELEMENTWISE = [name for name, f in FUNCTIONS.items() if not f.vector and not f.gated]
PARAMETRIC = [name for name in ELEMENTWISE if FUNCTIONS[name].parameters]
BREAKING = [name for name in ELEMENTWISE if any(map(breaks, FUNCTIONS[name].outputs))]
SWITCHING = [name for name in BREAKING if name not in (*PARTLY, *VERTICAL)]  # by one side

ORDERS = [(name, order) for name in ELEMENTWISE for order in range(5)]
ALONE = [name for name in PARAMETRIC if len(FUNCTIONS[name].outputs) == 1]
BY = [(name, wrt) for name in ALONE for wrt in FUNCTIONS[name].parameters]
TYPED = [(text, order) for text in [*bare(), *NAIVE] for order in range(3)]


def _answers(
    activation: Activation, x: list[float], order: int, side: str | None = None, wrt: str = "x"
) -> Iterator[tuple[Asked, float]]:
    """The values of a function of one number at all of these, computed together."""
    given = named(activation.parameters)
    got = activation.derivative(np.array(x), order, side=side, wrt=wrt)
    for v, y in zip(x, got.tolist(), strict=True):
        yield Asked(activation.definition, {**given, "x": [v]}, by(wrt), order, side=side), y


@pytest.mark.parametrize(("name", "order"), sampled(ORDERS, SHARE))
def test_numbers(name: str, order: int) -> None:
    rng = lot("numbers", name, order)
    for function in FUNCTIONS[name].outputs:
        x = numbers(rng, 8 * MANY, about(function, order, rng))
        hold(f"{name}, order {order}", _answers(function, x, order))


# As many numbers at once as a table has, of all sizes: what one of them costs is not to be wanting
# for another.
SIZES = np.logspace(-320, 308.2, 3000)
ALL_SIZES = np.concatenate([-SIZES[::-1], SIZES])


@pytest.mark.parametrize(("name", "order"), sampled(ORDERS, SHARE))
def test_many_numbers(name: str, order: int) -> None:
    rng = lot("many", name, order)
    for function in FUNCTIONS[name].outputs:
        y = function.derivative(ALL_SIZES, order)
        unknown = ALL_SIZES[np.isnan(y)].tolist()
        unknown = [] if name in PARTLY else unknown
        assert not unknown, f"{name}, order {order}: {len(unknown)}, such as {unknown[:4]}"
        at = rng.sample(np.flatnonzero(~np.isnan(y)).tolist(), 16 * MANY)
        asked = (
            Asked(function.definition, {**named(function.parameters), "x": [x]}, by("x"), order)
            for x in ALL_SIZES[at].tolist()
        )
        hold(f"{name}, order {order}", zip(asked, y[at].tolist(), strict=True))


@pytest.mark.parametrize("name", sampled(ALONE, SHARE))
def test_parameters(name: str) -> None:
    rng = lot("parameters", name)
    for _ in range(2 * MANY):
        function = actviz.get(name, **parameters(built_in()[name], rng))
        for order in range(3):
            x = numbers(rng, 8, about(function, order, rng))
            hold(f"{name}, order {order}", _answers(function, x, order))


@pytest.mark.parametrize(("name", "wrt"), sampled(BY, SHARE))
def test_derivatives_by_parameters(name: str, wrt: str) -> None:
    rng = lot("by", name, wrt)
    for k in range(MANY):
        given = parameters(built_in()[name], rng) if k else {}
        function = actviz.get(name, **given)
        for order in (1, 2):
            x = numbers(rng, 8, about(function, order, rng, wrt))
            hold(f"{name}, order {order} by {wrt}", _answers(function, x, order, wrt=wrt))


# Where a condition is solved for x, 0.2 is a fifth: clip(0.2*x + 0.5, 0, 1) switches at 2.5, and
# with the float64 0.2 an eighth of an ulp before.
SOLVED = {
    "hard_sigmoid_keras2": (-2.5, 2.5),
    "hard_swish_adaptive": (-2.5, 2.5),
    "aqulu": (4.5,),
}


@pytest.mark.parametrize("name", sampled(SWITCHING, SHARE))
def test_sides(name: str) -> None:
    rng = lot("sides", name)
    solved = SOLVED.get(name, ())
    for function in FUNCTIONS[name].outputs:
        near = [stepped(x, k) for x in breaks(function) for k in (-1, 0, 1)]
        near = [x for x in near if x not in solved]
        x = rng.sample(near, min(len(near), 6)) + numbers(rng, 3 * MANY, near)[3:]
        x = [each for each in x if each not in solved]
        for order in range(3):
            for side in ("left", "right"):
                hold(f"{name}, order {order}", _answers(function, x, order, side))


@pytest.mark.parametrize(("text", "order"), sampled(TYPED, OF_TYPED))
def test_typed_formulas(text: str, order: int) -> None:
    rng = lot("typed", text, order)
    function = actviz.get(text)
    x = numbers(rng, 4 + 2 * MANY, about(function, order, rng))
    hold(f"{text}, order {order}", _answers(function, x, order))


NEAR = 100.0  # where a value that is not known would be missed
CALLED = {
    name: built_in()[name]
    for name in ELEMENTWISE
    if len(FUNCTIONS[name].outputs) == 1
    and name not in VERTICAL  # a slope of it may be asked for
    and total(FUNCTIONS[name].definition, tuple(FUNCTIONS[name].parameters.items()))
}


@pytest.mark.parametrize("i", sampled(range(10_000), SHARE / 10))
def test_formulas_that_call_functions(i: int) -> None:
    rng = lot("calls", str(i))
    text = calls_by_lot(rng, CALLED)
    function = actviz.get(text)
    x = [*filter(math.isfinite, numbers(rng, 5)), *(rng.uniform(-8, 8) for _ in range(7))]
    for each, title in ((function, text), *_written_out(function, text)):
        for order in range(3):
            try:
                each.numeric_tree(order)
            except UsageError as refused:  # it says so
                assert order and "too large" in str(refused)
                break
            told = [  # what underflows twice, as exp(-exp(1e74)), has no sign that is known
                (asked, y)
                for asked, y in _answers(each, x, order)
                if not math.isnan(y) or abs(asked.given["x"][0]) <= NEAR
            ]
            hold(f"{title}, order {order}", iter(told))


def _written_out(function: Activation, text: str) -> Iterator[tuple[Activation, str]]:
    """The same formula without calls, unless nobody may type so large a one."""
    try:
        yield actviz.get(to_text(function.definition)), f"{text} expanded"
    except FormulaError as refused:
        assert "too l" in str(refused)


# What no x goes into is told once for all numbers, and no slope of x covers what it is off by.
CONSTANT = ("x*({})", "x + ({})", "abs(x)**({})", "({})", "tanh(x)/({})")


@pytest.mark.parametrize("i", sampled(range(500), OF_TYPED))
def test_constants(i: int) -> None:
    rng = lot("constants", str(i))
    constant = re.sub(r"\bx\b", number_by_lot(rng), text_by_lot(rng, rng.randint(2, 6)))
    if derivative(Asked(parse(constant), {"x": [1.0]}, by("x"))) is None:
        pytest.skip(f"{constant} has no true value that is known")
    whole = rng.choice(CONSTANT).format(constant)
    function = actviz.get(whole)
    beyond = not all(map(math.isfinite, trace(parse(constant), 1.0, {}).values()))
    for order in range(2):
        x = [each for each in numbers(rng, 4 * MANY, []) if each and math.isfinite(each)]
        answers = _answers(function, x, order)
        # what is no float64 on the way may be too large for its sine
        answers = (each for each in answers if not (beyond and math.isnan(each[1])))
        hold(f"{whole}, order {order}", answers, known=0)
