"""Where values go wrong: numbers drawn by lot, most of them next to what is special.

What is drawn follows from the seed that is told at the end of a run, and with each failure.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sampled import SEED

from actviz.catalogue.activation import Activation
from actviz.catalogue.domain import condition
from actviz.catalogue.entry import Entry
from actviz.formula.allowance import Allowance, allowed
from actviz.formula.switches import switches

INF, NAN = math.inf, math.nan
ENOUGH = 1_000_000  # steps of balls to find where values change their sign
# Where exp, erf, tanh and their squares run out of digits or of range, and where sines are 0.
SPECIAL = (
    0.0, 0.5, 1.0, 2.0, 3.0, 6.0, 5.9, 8.3, 18.7, 26.6, 36.7, 37.5, 38.5, 354.9, 372.5, 708.4,
    709.78, 745.13, math.pi / 4, math.pi / 2, math.pi, 2 * math.pi, 1.0e154, 1.8e-154, 6.7e102,
)  # fmt: skip


def lot(*of: object) -> random.Random:
    """The lot of one case of this run."""
    return random.Random(f"{os.environ[SEED]} {of}")


def stepped(x: float, steps: int) -> float:
    """The float so many further up, or down."""
    return float(_float(_place(np.array([x])) + steps)[0])


def _place(x: Any) -> Any:
    """Floats as whole numbers in the same order."""
    bits = x.view(np.int64)
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _float(places: Any) -> Any:
    bits = np.where(places < 0, np.iinfo(np.int64).min - places, places)
    return bits.view(np.float64)


def sign_changes(function: Callable[[Any], Any], rng: random.Random, count: int = 6) -> list[float]:
    """Floats next to which the function changes its sign, found by cutting intervals in 64."""
    x = np.array(
        sorted([rng.uniform(-30, 30) for _ in range(100)] + [_any(rng) for _ in range(60)])
    )
    sign = np.sign(function(x))
    found = np.flatnonzero(sign[1:] * sign[:-1] < 0).tolist()
    places = _place(x)
    return [
        _change(function, int(places[i]), int(places[i + 1]), sign[i])
        for i in rng.sample(found, min(count, len(found)))
    ]


def _change(function: Callable[[Any], Any], left: int, right: int, sign: float) -> float:
    while right - left > 1:
        steps = min(64, right - left)
        places = np.array([left + (right - left) * k // steps for k in range(steps + 1)])
        other = np.flatnonzero(np.sign(function(_float(places))) != sign)
        last = int(other[other > 0][0]) if (other > 0).any() else steps
        left, right = int(places[last - 1]), int(places[last])
    return float(_float(np.array([left]))[0])


def _any(rng: random.Random) -> float:
    """Of all of float64."""
    return math.ldexp(rng.choice((-1, 1)) * rng.uniform(0.5, 1), rng.randint(-1073, 1024))


def _near(x: float, rng: random.Random) -> float:
    """The number itself, a few steps from it, or anywhere from one step to far away."""
    if x and rng.random() < 0.2:
        return x * rng.uniform(0.9, 1.1)
    steps = rng.choice((0, 0, 1, 2, 5, int(2 ** rng.uniform(0, 50))))
    return stepped(x, rng.choice((-1, 1)) * steps)


def numbers(rng: random.Random, count: int, special: Sequence[float] = ()) -> list[float]:
    """As many numbers, and both infinities and NaN."""
    draws: list[Callable[[], float]] = [
        lambda: _any(rng),
        lambda: math.ldexp(rng.choice((-1, 1)) * rng.uniform(0.5, 1), rng.randint(-30, 10)),
        lambda: rng.uniform(-10, 10),
        lambda: _near(rng.choice((-1, 1)) * rng.choice(SPECIAL), rng),
    ]
    if special:
        draws += [lambda: _near(rng.choice(special), rng)] * 3
    return [INF, -INF, NAN, *(rng.choice(draws)() for _ in range(count))]


def about(activation: Activation, order: int, rng: random.Random, wrt: str = "x") -> list[float]:
    """Where a derivative, its own derivative or a branch of the function changes.

    Where digits are lost far and wide that is wherever float64 has it change.
    """
    with np.errstate(all="ignore"), allowed(Allowance(ENOUGH)):
        zeros = sign_changes(lambda x: activation.derivative(x, order, wrt=wrt), rng)
        if order < 4:
            zeros += sign_changes(lambda x: activation.derivative(x, order + 1, wrt=wrt), rng)
    return [*zeros, *breaks(activation)]


def breaks(activation: Activation) -> list[float]:
    """Where a branch of the function switches."""
    return list(switches(activation.definition, activation.parameters, -12.0, 12.0))


def parameters(entry: Entry, rng: random.Random) -> dict[str, float]:
    """Values for all parameters, near and far from the defaults, within their domains."""
    for _ in range(100):
        given = {name: _parameter(default, rng) for name, default in entry.parameters.items()}
        if all(condition(text, list(given)).holds(given) for text in entry.domain):
            return given
    raise AssertionError(f"no parameters of {entry.name} found")


def _parameter(default: float, rng: random.Random) -> float:
    size = rng.choice((1.0, 2.0, 0.5, 3.0, abs(default) or 1.0))
    draws: tuple[Callable[[], float], ...] = (
        lambda: size,
        lambda: size * rng.uniform(0.5, 2),
        lambda: size * 2 ** rng.uniform(-30, 30),
        lambda: 0.0,
    )
    return rng.choice((1, 1, -1)) * rng.choices(draws, (3, 3, 2, 1))[0]()


def rows(rng: random.Random, count: int, length: int) -> list[list[float]]:
    """Vectors as logits come, of one length, and as they should not."""
    return [_row(rng, length) for _ in range(count)]


def _row(rng: random.Random, length: int) -> list[float]:
    size = rng.choice((1.0, 1.0, 10.0, 1e3, 1e17, 1e300, 1e-10, 1e-300))
    middle = rng.choice((0.0, 0.0, 0.0, 1.0, -744.0, 709.0, 1e4)) if size < 1e4 else 0.0
    row = [middle + size * rng.gauss(0, 1) for _ in range(length)]
    if rng.random() < 0.2:  # some are equal
        row = [rng.choice(row[: 1 + length // 2]) for _ in row]
    if rng.random() < 0.2:
        row = [rng.choice((v, _any(rng))) for v in row]
    if rng.random() < 0.3:  # masked, some or all
        row = [rng.choice((v, -INF)) for v in row]
    if rng.random() < 0.1:
        row[rng.randrange(length)] = rng.choice((INF, INF, NAN, -INF))
    return row


def pairs(rng: random.Random, count: int) -> list[tuple[float, float]]:
    """Two numbers each, of any size, at most one of them infinite."""
    drawn = zip(numbers(rng, count), reversed(numbers(rng, count)), strict=True)
    return [pair for pair in drawn if not all(map(math.isinf, pair))]
