"""What is behind a failure: frequent faults named, where the numbers prove them.

Each diagnosis is a function in a table; it gets a Case and says a sentence, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import Catalogue, activation_of
from actviz.check.accuracy import TAIL, Accuracy
from actviz.check.dtypes import Format
from actviz.formula.arrays import Array, Truths
from actviz.formula.derivative import differentiate
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Apply, Name, Node, Number, rebuild, walk, write_number

PROOF = 4.0  # times the tolerance: so near, two functions are the same
GROSS = 1e3  # times the tolerance: a fault beyond rounding
TRIED = 1500  # points in the centre
FITTED_POINTS = 60  # points that a constant is fitted at,
FITTING_STEPS = 12  # and how often it is improved
SHORT = 6  # significant digits of a constant that somebody wrote


@dataclass(frozen=True)
class Case:
    """One order of the code, which has failed somewhere: its errors, and `at`, the code itself.

    None: there is no code, but only what it has given.
    """

    activation: Activation
    found: Accuracy
    at: Callable[[Array], Array] | None
    catalogue: Catalogue

    @property
    def order(self) -> int:
        return self.found.order

    @property
    def format(self) -> Format:
        return self.found.format

    @cached_property
    def failing(self) -> Accuracy:
        return self.found.where(self.found.excess > 1)

    @cached_property
    def centre(self) -> Accuracy:
        """Some of the ordinary points, on which other functions are tried."""
        x = np.abs(self.found.x)
        ordinary = np.flatnonzero((x <= 2 * TAIL) & (x >= 2.0**-10))
        return self.found.where(ordinary[:: max(1, ordinary.size // TRIED)])

    def true(self, x: Array) -> Array:
        return np.asarray(self.activation.derivative(x, self.order))


def diagnose(case: Case) -> Iterator[tuple[str, str]]:
    """Codes and sentences for the faults that the numbers prove.

    A wrong function explains everything; only if there is none are tails and overflows looked at.
    """
    for code, fault in _WHOLE:
        if sentence := fault(case):
            yield code, sentence
            return
    for code, fault in _PARTS:
        if sentence := fault(case):
            yield code, sentence


# --- another function, another constant --------------------------------------------------------


def _matches(case: Case, numbers: Array, within: float = PROOF) -> bool:
    """Whether the code's numbers in the centre are these."""
    centre = case.centre
    with np.errstate(all="ignore"):
        off = np.abs(centre.got - numbers)
        near = (off <= within * centre.tolerance + _rounding(case)) | (centre.got == numbers)
    return bool(near.mean() > 0.995)


def _rounding(case: Case) -> Array:
    """What sums of numbers of size 1 and x lose."""
    return np.asarray(16 * case.format.eps * np.maximum(1, np.abs(case.centre.x)))


def _really_different(case: Case) -> bool:
    """Whether the code misses the function in the centre by more than lost digits."""
    gross = (case.centre.excess > GROSS) & (case.centre.error > 4 * _rounding(case))
    return bool(np.count_nonzero(gross) > 0.05 * gross.size)


def _another_function(case: Case) -> str | None:
    """The numbers are those of another entry of the catalogue."""
    if not _really_different(case):
        return None
    for name, entry in case.catalogue.entries.items():
        other = activation_of(entry)
        if not other.elementwise or other.definition is case.activation.definition:
            continue
        if _matches(case, np.asarray(other.derivative(case.centre.x, case.order))):
            return f"it matches {name}, not {case.activation.name}"
    return None


def _another_order(case: Case) -> str | None:
    """A derivative that is the value, or the reverse sign."""
    if not _really_different(case):
        return None
    numbers = case.true(case.centre.x)
    if _matches(case, -numbers):
        return "its sign is reversed"
    for order, what in ((0, "the function itself"), (1, "the derivative"), (2, "f''")):
        numbers = np.asarray(case.activation.derivative(case.centre.x, order))
        if order != case.order and _matches(case, numbers):
            return f"it is {what}" + (", not its derivative" if case.order else "")
    return None


def _another_parameter(case: Case) -> str | None:
    """A parameter of another value."""
    if not _really_different(case):
        return None
    node = case.activation.numeric_tree(case.order)
    for name, value in case.activation.parameters.items():
        fitted = _fitted(case, node, name, dict(case.activation.parameters))
        if fitted is not None:
            return f"it looks like {name} = {write_number(fitted)}, not {write_number(value)}"
    return None


def _another_constant(case: Case) -> str | None:
    """A number in the formula of another value."""
    if not _really_different(case):
        return None
    node = case.activation.tree(case.order)
    numbers = {part for part in walk(node) if isinstance(part, Number)}
    for number in sorted(numbers, key=lambda number: -len(repr(number.value))):
        varied = rebuild(node, {number: Name("constant")})
        parameters = {**case.activation.parameters, "constant": number.value}
        fitted = _fitted(case, varied, "constant", parameters)
        if fitted is not None:
            wanted = write_number(number.value)
            return f"it looks like {write_number(fitted)} in place of {wanted} in the formula"
    return None


def _fitted(case: Case, node: Node, name: str, parameters: dict[str, float]) -> float | None:
    """The value of a name with which the formula gives the code's numbers, by Gauss and Newton."""
    step = max(1, case.centre.x.size // FITTED_POINTS)
    x, got = case.centre.x[::step], case.centre.got[::step]
    slope = differentiate(node, name)
    value = parameters[name]
    for _ in range(FITTING_STEPS):
        values = {**parameters, name: value}
        with np.errstate(all="ignore"):
            residual, steepness = got - evaluate(node, x, values), evaluate(slope, x, values)
            good = np.isfinite(residual) & np.isfinite(steepness)
            power = float((steepness[good] ** 2).sum())
            change = float((residual[good] * steepness[good]).sum()) / power if power else np.nan
        value += change
        if not np.isfinite(value):
            return None
    for short in (float(f"{value:.{SHORT}g}"), value):
        if short != parameters[name]:
            numbers = evaluate(node, case.centre.x, {**parameters, name: short})
            if _matches(case, numbers, 4 * PROOF):
                return short
    return None


# --- tails, overflows, special values ----------------------------------------------------------


def _overflow(case: Case) -> str | None:
    """NaN or infinity at a finite x where the true number is in range."""
    told = []
    for sign, word in ((1, "beyond"), (-1, "below")):
        bad = ~np.isfinite(case.failing.got) & (np.sign(case.failing.x) == sign)
        if bad.any():
            nearest, y = _edge(case, case.failing.x[bad], lambda x, y: ~np.isfinite(y))
            what = "is NaN" if np.isnan(y) else "overflows"
            told.append(f"it {what} {word} x = {nearest:.6g}")
    return " and ".join(told) or None


def _edge(case: Case, bad: Array, is_bad: Callable[[Array, Array], Truths]) -> tuple[float, float]:
    """The point nearest to 0 of a stretch of bad points, and what is there.

    To all digits that are shown, if the code can be asked; else the nearest there is.
    """
    found = case.found
    worse = float(bad[np.abs(bad).argmin()])
    there = float(found.got[found.x == worse][0])
    if case.at is None:
        return worse, there
    inner = found.x[(np.abs(found.x) < abs(worse)) & (np.sign(found.x) == np.sign(worse))]
    better = float(inner[np.abs(inner).argmax()]) if inner.size else 0.0
    for _ in range(60):
        middle = case.format.rounded(np.array([(better + worse) / 2]))
        if middle[0] in (better, worse):
            break
        y = case.at(middle)
        if is_bad(middle, y)[0]:
            worse, there = float(middle[0]), float(y[0])
        else:
            better = float(middle[0])
    return worse, there


def _cut(case: Case) -> str | None:
    """From some point on it is x, a constant or 0, long before the function is."""
    right = case.failing.where(case.failing.x > TAIL)
    if case.order == 0 and right.x.size and (right.got == right.x).all():
        start, _ = _edge(case, right.x, lambda x, y: (y == x) & (case.true(x) != x))
        return f"it is cut to x beyond x = {start:.6g}, off by up to {right.error.max():.2g}"
    return None


def _saturated(case: Case) -> str | None:
    """A derivative worked out from a value that has reached its limit to the last bit."""
    if case.order != 1:
        return None
    for tail in (
        case.failing.where(case.failing.x > TAIL),
        case.failing.where(case.failing.x < -TAIL),
    ):
        zero = tail.where((tail.got == 0) & (tail.expected != 0))
        if not zero.x.size:
            continue
        values = np.asarray(case.activation(zero.x))
        if (values == values[0]).mean() > 0.9 and values[0] != 0:
            start, _ = _edge(case, zero.x, lambda x, y: y == 0)
            size = float(np.abs(case.true(np.array([start])))[0])
            relation = ">=" if start > 0 else "<="
            return (
                f"it is the derivative of the saturated branch: 0 for x {relation} {start:.4g}, "
                f"where it is {size:.2g}; work it out from f(x) and f(-x) or sech"
            )
    return None


def _tails(case: Case) -> str | None:
    """Digits lost where a small result comes out of a difference of large numbers."""
    if _saturated(case) or _cut(case):
        return None
    told = []
    for name, sign in (("left", -1), ("right", 1)):
        inside = (sign * case.failing.x > 1) & np.isfinite(case.failing.got)
        tail = case.failing.where(inside)
        if tail.x.size and _cancelled(case, tail) and np.abs(tail.expected).max() < 0.5:
            relation = "<=" if sign < 0 else ">="
            sentence = f"it loses the {name} tail"
            zero = tail.x[(tail.got == 0)]
            if zero.size:
                start, _ = _edge(case, zero, lambda x, y: y == 0)
                sentence += f": 0 for x {relation} {start:.4g}"
            told.append(sentence + _remedy(case))
    return " and ".join(told) or None


def _cancelled(case: Case, tail: Accuracy) -> bool:
    """Whether the errors are rounding errors of numbers of size 1 and x."""
    with np.errstate(over="ignore"):
        size = case.format.eps * np.maximum(1, np.abs(tail.x)) ** (1 + case.order)
        return bool((tail.error <= np.maximum(4 * size, np.abs(tail.expected))).all())


def _near_zero(case: Case) -> str | None:
    """Digits lost at small x."""
    near = case.failing.where(np.abs(case.failing.x) < 0.1)
    tiny = np.abs(case.found.x) < 2.0 ** (case.format.least_exponent // 4)
    if near.x.size < 3 or not np.isfinite(near.got).all() or case.true(np.zeros(1))[0] != 0:
        return None
    if (near.error <= 4 * case.format.eps).all() and near.relative.max() > 100 * case.format.eps:
        whole = case.found.where(tiny)
        lost = " up to all of them" if (whole.got == 0).any() else ""
        return f"it loses digits near 0{lost}{_remedy(case)}"
    return None


# What a formula contains, and what to write instead.
_REMEDIES = {
    "Phi": "1 + erf cancels, use erfc",
    "erfc": "1 + erf cancels, use erfc",
    "expm1": "exp(x) - 1 cancels, use expm1",
    "softplus": "log(1 + exp(x)) loses exp(x), use log1p or logaddexp",
    "log_sigmoid": "log(1 + exp(-x)) loses exp(-x), use log1p or logaddexp",
    "tanhshrink": "x - tanh(x) cancels, use a series near 0",
    "tanh": "1 + tanh cancels, use a sigmoid of twice the argument",
    "sqrt": "the sum with a square root cancels, use its conjugate",
}


def _remedy(case: Case) -> str:
    heads = [part.head for part in walk(case.activation.definition) if isinstance(part, Apply)]
    remedies = [text for head, text in _REMEDIES.items() if head in heads]
    return f": {remedies[0]}" if remedies else ""


_WHOLE: tuple[tuple[str, Callable[[Case], str | None]], ...] = (
    ("other-function", _another_order),
    ("other-parameter", _another_parameter),
    ("other-function", _another_function),
    ("other-constant", _another_constant),
)
_PARTS: tuple[tuple[str, Callable[[Case], str | None]], ...] = (
    ("overflow", _overflow),
    ("cut", _cut),
    ("saturated", _saturated),
    ("loses-tail", _tails),
    ("loses-zero", _near_zero),
)
