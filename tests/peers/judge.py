"""Implementations of one source judged by actviz and apart from it: a line of JSON for each.

Run as `python judge.py SOURCE [TEXT]`; the sources are the tables of implementations.toml.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import calling
import mpmath
import numpy as np
import truth
from mpmath import mpf

import actviz
from actviz import check

TABLE = tomllib.loads((Path(__file__).parent / "implementations.toml").read_text())
LOGITS = (1.0, -0.5)  # of vectors the others, and a few more of gated functions
MISSED = 4.0  # times what is allowed: far from any doubt
DOUBT = 1e-6  # of what is allowed: of two ways to round
BESIDE = 4  # units in the last place from a kink: there rounding may choose the side
SMALLEST = {"float64": 2.0**-1022, "float32": 2.0**-126, "bfloat16": 2.0**-126}
LARGEST = {
    "float64": sys.float_info.max,
    "float32": (2 - 2.0**-23) * 2.0**127,
    "bfloat16": (2 - 2.0**-7) * 2.0**127,
}
BITS = {"float64": 52, "float32": 23, "bfloat16": 7}
ALLOWED = {"float64": 8, "float32": 8, "bfloat16": 4}  # eps, as DESIGN.md has it
TINY = {"float64": 1e-300, "float32": 1e-35, "bfloat16": 1e-35}

Array = Any


@dataclass(frozen=True)
class Implementation:
    """Somebody's function as text, the curve that it should be, and what its arrays are.

    takes: of a gradient what its arguments are, x, y and g, with spaces between.
    """

    text: str
    curve: str
    arrays: str
    takes: str = ""


def implementations(source: str) -> Iterator[Implementation]:
    table = TABLE[source]
    for text, curve in table.get("values", {}).items():
        yield Implementation(text, curve, table["arrays"])
    for text, (curve, takes) in table.get("gradients", {}).items():
        yield Implementation(text, curve, table["arrays"], takes)


# --- where it is looked at, and what is right there ----------------------------------------------


@cache
def inputs(dtype: str, few: bool) -> Array:
    """Numbers of every size, and many of usual size, drawn by the seed of the run of the tests."""
    random = np.random.default_rng(int(os.environ.get("TESTS_SEED", "0")))
    least, most = int(np.log2(SMALLEST[dtype])) - BITS[dtype], -int(np.log2(SMALLEST[dtype])) + 1
    exponents = np.arange(least, most, max(1, (most - least) // 500))
    sizes = np.ldexp(random.uniform(1, 2, exponents.shape), exponents)
    count = 100 if few else 800
    usual = [random.uniform(-end, end, count) for end in (1.5, 8.0, 30.0, 120.0)]
    x = rounded(np.concatenate([sizes, -sizes, *usual]), dtype)
    return np.unique(x[np.isfinite(x)])


def rounded(x: Array, dtype: str) -> Array:
    with np.errstate(all="ignore"):
        if dtype != "bfloat16":
            return x.astype(dtype).astype(np.float64)
        bits = x.astype(np.float32).view(np.uint32)
        return (bits & np.uint32(0xFFFF0000)).view(np.float32).astype(np.float64)


@cache
def truths(line: str, dtype: str) -> tuple[Array, Array]:
    """The inputs away from kinks, and what is true there, in float64.

    That is the value with two derivatives, and what rounding other numbers makes of the value.
    """
    known = of_line(line)
    x = inputs(dtype, truth.several(line))
    for kink in known.kinks:
        size = max(abs(kink), 1.0 if truth.several(line) else 0.0)
        near = BESIDE * size * 2.0 ** -BITS[dtype] if size else SMALLEST[dtype]  # or made 0
        x = x[abs(x - kink) > near]
    rows = [(*known.at(u), known.rounding(u)) for u in x.tolist()]
    return x, np.array([[float(each) for each in row] for row in rows]).T


def of_line(line: str) -> truth.Truth:
    return truth.known(line.removesuffix("[2]"), LOGITS, line.endswith("[2]"))


def allowed(y: Array, steepness: Array, dtype: str) -> Array:
    size = np.maximum(np.abs(y), SMALLEST[dtype]) + np.abs(steepness)
    return np.minimum(ALLOWED[dtype] * 2.0 ** -BITS[dtype] * size, LARGEST[dtype])


def off(got: Array, y: Array, within: Array, dtype: str) -> Array:
    """The errors, none where the number is out of range and an infinity came."""
    with np.errstate(all="ignore"):
        error = np.where(got == y, 0.0, np.abs(got - y))
        beyond = np.isinf(got) & (np.sign(got) == np.sign(y)) & (abs(y) + within > LARGEST[dtype])
    return np.where(beyond, 0.0, np.where(np.isnan(error), np.inf, error))


# --- the code without actviz ---------------------------------------------------------------------


def caller(made: Any, one: Implementation, line: str, order: int, dtype: str) -> Callable[..., Any]:
    """Its numbers along a line, as a function of float64 arrays."""
    name, _, given = line.partition(":")
    given = given.split(",")[0]
    value = calling.slopes if order else calling.values
    if one.takes:
        known = of_line(line)

        def gradient(x: Array) -> Array:
            y = rounded(np.array([float(known.at(u).value) for u in x.tolist()]), dtype)
            return calling.gradients(made, one.arrays, dtype, one.takes, x, y)

        return gradient
    if name in truth.PAIRS:
        return lambda x: calling.of_pairs(made, one.arrays, dtype, x, given)
    if name.removesuffix("[2]") in truth.VECTORS:
        place = int(name.endswith("[2]"))
        return lambda x: calling.of_vectors(made, one.arrays, dtype, x, LOGITS, place, order)
    return lambda x: value(made, one.arrays, dtype, x)


# --- the two verdicts ----------------------------------------------------------------------------


def judged(one: Implementation, dtype: str) -> dict[str, Any]:
    """What actviz accuses, what of it is false, and what it has missed."""
    made = calling.found(one.text)
    (curve,) = actviz.parse_curves([one.curve])
    codes = {"gradient": made} if one.takes else {"function": made}
    report = check.code(curve, orders=(1,), dtype=dtype, **codes)
    made = calling.in_format(calling.found(one.text), one.arrays, dtype)
    failing = [each for each in report.results if each.status == "fail"]
    told = [doubt for each in failing if (doubt := doubted(made, one, each, dtype))]
    told_of = (each for each in report.results if each.status != "not run")
    lines = {(each.curve, each.order) for each in told_of if each.oracle == "against"}
    missed, faults = [], 0
    for line, order in sorted(lines):
        worst, place, got, y = apart(made, one, _along(one, line), order, dtype)
        accused = any(each.curve == line and each.order == order for each in failing)
        faults += worst > MISSED
        if worst > MISSED and not accused:
            missed.append(f"{line} {order} at {place!r}: {got!r}, not {y!r} ({worst:.3g} times)")
    return {
        "text": one.text,
        "curve": one.curve,
        "dtype": dtype,
        "orders": sorted({order for _, order in lines}),
        "failed": [
            f"{e.curve} {e.order} {e.oracle} {e.severity} {e.code} x={e.x!r} {e.got!r} "
            f"not {e.expected!r}: {e.message}"
            for e in failing
        ],
        "faults": faults,
        "false": told,
        "missed": missed,
    }


def _along(one: Implementation, label: str) -> str:
    """The curve that a result is about: its label leaves out the parameters that were given."""
    return label if truth.several(label) else one.curve


def apart(
    made: Any, one: Implementation, line: str, order: int, dtype: str
) -> tuple[float, float, float, float]:
    """The worst error in units of what is allowed, where it is, the number and the true one."""
    if order and not one.takes and truth.several(line):
        return 0.0, 0.0, 0.0, 0.0  # what rounding the others makes of it is not worked out here
    x, known = truths(line, dtype)
    got = caller(made, one, line, order, dtype)(x)
    y, slope = known[order], known[order + 1]
    with np.errstate(all="ignore"):
        more = known[0] * known[2] / known[1] if "y" in one.takes else 0.0
        steepness = np.abs(x * slope) + np.abs(more) + (0 if order else known[3])
        within = allowed(y, np.nan_to_num(steepness), dtype)
        error = off(got, y, within, dtype)
        excess = np.where(error < TINY[dtype], 0.0, error / within)
    place = int(np.argmax(excess))
    return tuple(float(each[place]) for each in (excess, x, got, y))


def doubted(made: Any, one: Implementation, told: check.Result, dtype: str) -> str:
    """What is wrong with an accusation, if anything is."""
    what = f"{told.curve} {told.order} {told.code} at {told.x!r}: {told.got!r}"
    if told.x is None or not np.isfinite(told.x):
        return ""
    if told.code == "raises":
        return raised(caller(made, one, _along(one, told.curve), told.order, dtype), told, what)
    assert told.got is not None
    line = _along(one, told.curve)
    known = of_line(line)
    if told.order and told.x in known.kinks:  # a value is that of the formula, at a jump as well
        return beside_kink(known, told, dtype, what)
    true = known.at(told.x)
    y, slope = true[told.order], true[told.order + 1]
    steepness = abs(mpf(told.x) * slope) + (0 if told.order else known.rounding(told.x))
    within = ALLOWED[dtype] * mpf(2) ** -BITS[dtype] * (max(abs(y), SMALLEST[dtype]) + steepness)
    if abs(y) + within > LARGEST[dtype] and told.got == float(mpmath.sign(y)) * np.inf:
        return f"{what} is an overflow"
    if np.isfinite(told.got) and abs(mpf(told.got) - y) <= within * (1 - DOUBT):
        return f"{what} is within {float(within):.3g} of {float(y)!r}"
    assert told.expected is not None
    if abs(told.expected - y) > 1e-12 * (abs(y) + steepness) + 1e-307:
        return f"{what}: {told.expected!r} is said to be true, but {float(y)!r} is"
    if told.order and not one.takes and truth.several(line):
        return ""
    again = caller(made, one, line, told.order, dtype)(np.full(64, told.x))
    if not np.isclose(again, told.got, rtol=2.0 ** (2 - BITS[dtype]), equal_nan=True).any():
        return f"{what} does not come back: {again[0]!r}"
    return ""


def raised(call: Callable[[Array], Array], told: check.Result, what: str) -> str:
    """Whether code that is said to raise does not."""
    try:
        return f"{what} is not raised: {call(np.full(64, told.x))[0]!r}"
    except Exception:
        return ""


def beside_kink(known: truth.Truth, told: check.Result, dtype: str, what: str) -> str:
    """Whether a derivative at a kink lies between those of the two sides after all."""
    assert told.x is not None and told.got is not None
    step = mpf(2) ** -200 * max(1, abs(told.x))
    either = [known.at(told.x + side * step)[told.order] for side in (-1, 1)]
    either.append(known.at(told.x)[told.order])
    size = max(SMALLEST[dtype], *map(abs, either))
    within = ALLOWED[dtype] * 2.0 ** -BITS[dtype] * size
    inside = min(either) - within <= told.got <= max(either) + within
    return f"{what} is of one side" if inside else ""


def main(source: str, text: str = "") -> None:
    warnings.simplefilter("ignore")
    for one in implementations(source):
        for dtype in TABLE[source].get("dtypes", ["float32", "float64"]):
            if text in one.text:
                try:
                    found = judged(one, dtype)
                except Exception as error:
                    said = f"{type(error).__name__}: {error}"
                    found = {"text": one.text, "curve": one.curve, "dtype": dtype, "said": said}
                print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
