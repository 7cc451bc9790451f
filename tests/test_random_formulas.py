"""Whatever the formula: no value cut off in silence, no false fact, no endless work."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import numpy as np
import pytest
from contradicted import contradictions, known
from drawn import numbers
from formulas import SPANS, text_by_lot
from mpmath import mpf
from sampled import WHOLE, sampled
from scaled import Array, drawn

from actviz import figure
from actviz.catalogue.curve import Curve, parse_curves
from actviz.check.exact.values import exact_derivative
from actviz.cli import run
from actviz.errors import UsageError
from actviz.figure.curves import compose
from actviz.formula.allowance import Allowance, allowed
from actviz.properties import record

COUNT, OF_COMMANDS, OF_VALUES = 10_000, 200, 600
QUICK = 200  # of the first in a quick run
NEAR, FAINT = 1e-3, 1e-300  # of a value and its conditioning, and beside it
SEEN = 1000  # of which a quick run takes its lot: these were all seen to hold
SECONDS = 20.0  # of the processor: twice what it may be, since other work slows it down
BYTES = 2**30
SHARE = 1 if WHOLE in os.environ else 6  # of the places, one in so many
DENSE = 3001 // SHARE  # places in a picture
ENOUGH = 100_000  # steps of balls for their values
# How many times less pictures and facts may take here, so that many run out of it, and are many:
LESS, LEAST = 10, 40  # one in four the former, the others the latter
PIXEL = 72 / 200  # in the units of an SVG
AT_FIRST = 100 * 2**20  # bytes: about what a process has that has imported all
SAID = ("cut off above", "cut off below", "not proven that all of")


def case(i: int) -> tuple[str, str, int]:
    """A formula, a range and an order."""
    rng = Random(i)
    text = text_by_lot(rng, rng.choice((1, 2, 2, 2, 3, 3, 4, 5)))
    return text, rng.choice(SPANS), rng.choice((0, 0, 0, 1, 2))


@contextmanager
def bounded(what: str) -> Iterator[None]:
    """Hold what is done inside to its time, and to the memory of a process that does only that."""
    begun, before = time.process_time(), peak()
    kept = resident() - AT_FIRST  # by other tests
    yield
    assert time.process_time() - begun < SECONDS, what
    assert peak() <= max(before, BYTES + kept), what


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:  # of a system that does not tell
        return AT_FIRST


def values(curve: Curve, order: int, x: Array) -> Array:
    with allowed(Allowance(ENOUGH, plain=False)):
        return np.asarray(curve.activation.derivative(x, order))


def outside(curve: Curve, order: int, lo: float, hi: float, i: int) -> list[float]:
    """Places at which a picture leaves out a value by more than a pixel, and does not say so."""
    try:
        picture = figure.plot(curve, (order,), lo, hi, figure.Options(title="f"))
        curves = drawn(figure.render(picture, "svg"))
    except UsageError:
        return []
    if any(words in picture.words[1] for words in SAID):
        return []
    t = np.random.default_rng(i).random(DENSE)
    x = np.unique(np.clip(lo * (1 - t) + hi * t, lo, hi))
    y = values(curve, order, x)
    if not curves:
        return x[np.isfinite(y)].tolist()
    _, top, _, bottom = curves[0].panel.box
    least, most = curves[0].panel.ylim
    pixel = (most - least) / (bottom - top) * PIXEL
    beyond = np.where(np.isfinite(y), np.maximum(y - most, least - y), -np.inf)
    worst = float(x[np.argmax(beyond)])
    if beyond.max() <= pixel:
        return []
    true = exact_derivative(
        curve.activation.definition, worst, dict(curve.activation.parameters), order
    )
    return [worst] if true == true and max(true - most, least - true) > mpf(pixel) else []


@pytest.fixture
def hurried(i: int, monkeypatch: pytest.MonkeyPatch) -> None:
    less = LEAST if i % 4 else LESS
    for room in (compose, record):
        monkeypatch.setattr(room, "WORK", room.WORK // less)
        monkeypatch.setattr(room, "BOUNDS", room.BOUNDS / less)


# Of the others those in which something was wrong, or took long.
WRONG = (
    1089, 1650, 1987, 2132, 3058, 4558, 4646, 5158, 5557, 5675, 5694, 5975, 6732, 7085, 7106, 7296,
    7398, 7445, 7912, 8163, 8903, 9762,
)  # fmt: skip
CASES = [
    *WRONG,
    *sampled(range(COUNT if WHOLE in os.environ else SEEN), (QUICK - len(WRONG)) / SEEN),
]


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("i", list(dict.fromkeys(CASES)))
def test_no_picture_and_no_fact_is_wrong(i: int) -> None:
    text, span, order = case(i)
    [curve] = parse_curves([f"f={text}"])  # it may be a number
    lo, hi = map(float, span.split(":"))
    with bounded(text):
        assert outside(curve, order, lo, hi, i) == [], (text, span, order)
    with bounded(text):
        found = known(f"f={text}")
        if found is not None:
            far = filter(np.isfinite, numbers(Random(i), 400 // SHARE))
            x = np.unique([*np.linspace(-9.7, 9.3, 801 // SHARE), *far])
            assert contradictions(curve.activation, found, x) == [], text


@pytest.mark.parametrize("i", sampled(range(OF_VALUES), 0.02))
def test_without_digits_to_spare_a_value_is_near_or_is_none(i: int) -> None:
    """Where float64 has decided on the wrong side of a step, or has no digit left, it is NaN."""
    rng = Random(i)
    [curve] = parse_curves(["f=" + text_by_lot(rng, rng.choice((1, 2, 2, 3, 4)))])
    x = np.array([*(rng.uniform(-10, 10) for _ in range(40)), *numbers(rng, 20)])
    x = x[np.isfinite(x)]
    with allowed(Allowance(0)):
        rough = np.asarray(curve.activation.derivative(x, 0))
    y, slope = values(curve, 0, x), values(curve, 1, x)
    with np.errstate(all="ignore"):
        off = np.abs(rough - y) > NEAR * (np.abs(y) + np.abs(x * slope)) + FAINT
    assert x[off & np.isfinite(y) & np.isfinite(slope)].tolist() == [], curve.label


def test_a_step_that_only_rounding_has_decided_is_none() -> None:
    [curve] = parse_curves(["floor(erf(log_sigmoid(3.12e-6*x)*x))"])
    x = np.array([-10.0, -5.0, 5.0, 10.0])
    with allowed(Allowance(0)):
        rough = np.asarray(curve.activation.derivative(x, 0))
    np.testing.assert_array_equal(rough, [np.nan, 0, -1, np.nan])
    np.testing.assert_array_equal(values(curve, 0, x), [0, 0, -1, -1])


@pytest.mark.parametrize("i", sampled(range(OF_COMMANDS), 0.005))
@pytest.mark.usefixtures("empty_folder")
def test_no_command_takes_long(i: int) -> None:
    text, span, _ = case(i)
    for command in (
        ("plot", text, f"--range={span}", "-dd", "-o", "a.svg"),
        ("info", text),
        ("table", text, f"--range={span}", "-dd"),
        ("check", text),
    ):
        with bounded(" ".join(command)):
            assert run(command) in (0, 1, 2)
