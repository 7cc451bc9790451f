"""Functions of a whole vector and gated ones against balls: masked rows, pairs, a million logits.

What is drawn changes from run to run; a failure tells the seed that draws it again.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterator
from itertools import chain

import numpy as np
import pytest
from drawn import INF, lot, pairs, parameters, rows
from judged import hold, named
from reference import Asked, by, by_both, derivative
from sampled import WHOLE, sampled

import actviz
from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import built_in

MANY = 8 if WHOLE in os.environ else 1
SHARE = 0.03  # of the cases of each test
FUNCTIONS = {name: actviz.get(name) for name in built_in()}
VECTORS = [name for name, f in FUNCTIONS.items() if f.vector]
GATED = [name for name, f in FUNCTIONS.items() if f.gated]

LENGTHS = (1, 2, 3, 5, 8, 1000)
ORDERS = [(name, order) for name in VECTORS for order in range(3)]
BY = [(name, wrt) for name in VECTORS for wrt in FUNCTIONS[name].parameters]


def _by(name: str) -> list[tuple[str, ...]]:
    """What a gated function is differentiated by: its arguments and its parameters."""
    wrt = ["a", "b", *FUNCTIONS[name].parameters]
    twice = [(one, other) for i, one in enumerate(wrt) for other in wrt[i:]]
    return [(), *((one,) for one in wrt), *twice]


def _row(function: Activation, row: list[float]) -> dict[str, list[float]]:
    return {"x": row, **named(function.parameters)}


def _no_limit(function: Activation, row: list[float], order: int) -> bool:
    """Whether one of several infinite components has none: then no component need have one."""
    far = [v for sign in (INF, -INF) for v in [sign] * min(2, row.count(sign))]
    given = _row(function, far + list(filter(math.isfinite, row)))
    values = (
        derivative(Asked(function.definition, given, by("x", i), each, i))
        for i in range(len(far))
        for each in {0, min(order, 1)}
    )
    return len(far) > 1 and any(y is not None and y.is_nan() for y in values)


def _answers(
    function: Activation, x: list[list[float]], order: int, rng: random.Random, wrt: str = "x"
) -> Iterator[tuple[Asked, float]]:
    """A few components of each row, the rows computed together."""
    got = function.derivative(np.array(x), order, wrt=wrt)
    for row, y in zip(x, got.tolist(), strict=True):
        for i in rng.sample(range(len(row)), min(3, len(row))):
            if not (math.isnan(y[i]) and _no_limit(function, row, order)):
                along = by("x", i) if wrt == "x" else by(wrt)
                yield Asked(function.definition, _row(function, row), along, order, i), y[i]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("name", "order"), sampled(ORDERS, SHARE))
def test_vectors(name: str, order: int, length: int) -> None:
    rng = lot("vectors", name, order, length)
    x = rows(rng, 10 * MANY if length < 100 else MANY, length)
    hold(f"{name}, order {order}", _answers(FUNCTIONS[name], x, order, rng))


@pytest.mark.parametrize("order", range(3))
@pytest.mark.parametrize(("name", "wrt"), BY)
def test_vectors_by_parameters(name: str, wrt: str, order: int) -> None:
    rng = lot("vectors by", name, wrt, order)
    for _ in range(2 * MANY):
        function = actviz.get(name, **parameters(built_in()[name], rng))
        x = rows(rng, 4, rng.randint(1, 5))
        hold(f"{name}, order {order} by {wrt}", _answers(function, x, order, rng, wrt))


@pytest.mark.parametrize("name", VECTORS)
def test_jacobians(name: str) -> None:
    rng = lot("jacobians", name)
    function = FUNCTIONS[name]
    for row in rows(rng, 3 * MANY, rng.randint(1, 4)):
        hold(
            name,
            (
                (Asked(function.definition, _row(function, row), by("x", j), 1, i), float(y))
                for (i, j), y in np.ndenumerate(function.jacobian(row))
                if not (math.isnan(y) and _no_limit(function, row, 1))
            ),
        )


LONG = [(*each, length) for each in ORDERS for length in (10**5, 10**6) if each[1] < 2]
LONG += [(name, order, 10**4) for name, order in ORDERS]  # a second derivative takes a while


@pytest.mark.parametrize(("name", "order", "length"), sampled(LONG, SHARE))
def test_long_vectors(name: str, order: int, length: int) -> None:
    rng = lot("long", name, order, length)
    drawn = rows(rng, 1, 1) + rows(rng, 2, rng.randint(2, 300))
    answers = (_of_many(FUNCTIONS[name], logits, order, length, rng) for logits in drawn)
    hold(f"{name}, order {order} of {length} logits", chain.from_iterable(answers))


def _of_many(
    function: Activation, logits: list[float], order: int, length: int, rng: random.Random
) -> Iterator[tuple[Asked, float]]:
    """Some components of a vector that has each logit many times, so that balls can sum it up."""
    chosen = np.random.default_rng(rng.getrandbits(64)).integers(len(logits), size=length)
    got = function.derivative(np.array(logits)[chosen], order)
    counts = np.bincount(chosen, minlength=len(logits)).tolist()
    for place in rng.sample(range(length), 3):
        i, y = int(chosen[place]), float(got[place])
        if not (math.isnan(y) and _no_limit(function, 2 * logits, order)):
            given = _row(function, [*logits, logits[i]])
            others = [count - (j == i) for j, count in enumerate(counts)]
            along = by("x", len(logits))
            yield (
                Asked(function.definition, given, along, order, len(logits), None, (*others, 1)),
                y,
            )


@pytest.mark.parametrize(
    ("name", "wrt"), sampled([(name, wrt) for name in GATED for wrt in _by(name)], 3 * SHARE)
)
def test_pairs(name: str, wrt: tuple[str, ...]) -> None:
    rng = lot("pairs", name, wrt)
    function = FUNCTIONS[name]
    if function.parameters:
        function = actviz.get(name, **parameters(built_in()[name], rng))
    drawn = pairs(rng, 10 * MANY)
    if len(wrt) == 2:  # infinity times what underflows even in balls is not known to them
        drawn = [each for each in drawn if not any(map(math.isinf, each))]
    got = function.at(*map(np.array, zip(*drawn, strict=True)), wrt=wrt)
    along = by_both(*wrt) if len(set(wrt)) == 2 else by(wrt[0] if wrt else "a")
    given = named(function.parameters)
    hold(
        f"{name} by {wrt}",
        (
            (Asked(function.definition, {"a": [a], "b": [b], **given}, along, len(wrt)), float(y))
            for (a, b), y in zip(drawn, got, strict=True)
        ),
    )
