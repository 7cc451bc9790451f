"""Code that computes the right function and loses digits: in tails, near 0, far out, or always."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from actviz.check.accuracy import TAIL, Accuracy
from actviz.check.dtypes import DTYPES, Format
from actviz.check.foreign.case import FEWEST, MOSTLY, Case, noisy
from actviz.formula.arrays import Array, Truths
from actviz.formula.expression import Apply, walk

ROUNDED = 4.0  # times eps and what it is of: so large are rounding errors
VANISHED = 0.5  # times the same: what is larger is not rounded to 0
WORSE = 100.0  # eps: relative errors that rounding makes only of what cancels
SMALLER = {"float64": ("float32", "bfloat16", "float16"), "float32": ("bfloat16", "float16")}
ALL = 1 / 4  # an error by which nothing is left of a derivative that should be 1
SOON = 16.0  # times 1/eps: there 1 is lost beside x
TWO = 2  # roundings, in units in the last place
FROM_X = "work it out from x"

Simple = tuple[str, float, Callable[[Array, Array], Truths]]  # words, a number of it, whether it is


def overflow(case: Case) -> str | None:
    """NaN or infinity at a finite x where the true number is in range."""
    told = []
    for sign, word in ((1, "beyond"), (-1, "below")):
        bad = ~np.isfinite(case.failing.got) & (np.sign(case.failing.x) == sign)
        if bad.any():
            start, y = case.edge(case.failing.x[bad], lambda x, y: ~np.isfinite(y))
            what = "is NaN" if np.isnan(y) else "is infinite"
            if np.isfinite(case.beyond(start).got).any():
                x, word = case.failing.x[bad], "at"
                told.append(f"it {what} {word} points from x = {x.min():.6g} to {x.max():.6g}")
            else:
                told.append(f"it {what} {word} x = {start:.6g}")
    return " and ".join(told) or None


def smaller_format(case: Case) -> str | None:
    """All digits are there that a smaller format has, and no more."""
    centre = case.centre
    if np.count_nonzero(centre.excess > 1) < len(centre.x) / 2 or centre.x.size < FEWEST:
        return None
    for name in SMALLER.get(case.format.name, ()):
        small = DTYPES[name]
        with np.errstate(all="ignore"):
            size = small.allowed * small.eps * (centre.scale + small.normal)
            within = (centre.error <= size).mean() > MOSTLY
            held = (small.rounded(centre.got) == centre.got).mean() > MOSTLY
        if within and held:
            return f"its results are numbers of {name}: it is computed in {name} inside"
        if within and noisy(centre) and _as_large(centre, small):
            return f"its errors are those of {name}: some of it is computed in {name}"
    return None


def _as_large(centre: Accuracy, small: Format) -> bool:
    """Whether most errors are as large as the rounding of a smaller format makes them."""
    return bool(np.median(centre.error / (small.eps * centre.scale)) > 1 / 64)


def cut(case: Case) -> str | None:
    """From some point on it is x, a constant, or x times one, long before the function is."""
    told = list[str]()
    for sign, word in ((1, "beyond"), (-1, "below")):
        side = case.failing.where((sign * case.failing.x > 1) & np.isfinite(case.failing.got))
        if side.x.size < 3:
            continue
        told += _cut(case, side, word)
    return " and ".join(told) or None


def _cut(case: Case, side: Accuracy, word: str) -> Iterator[str]:
    """What all numbers of a side are from where on, if they fail."""
    made = (each for each in _simple(case, side) if each[2](side.x, side.got).all())
    what, number, cut_to = next(made, ("", 0.0, None))
    if cut_to is None:
        return
    start, _ = case.edge(side.x, lambda x, y: cut_to(x, y) & (y != case.true(x)))
    beyond = case.beyond(start)
    fine = number % (case.format.eps / 4) != 0  # sums of numbers of size 1 leave none so fine
    if cut_to(beyond.x, beyond.got).all() and (fine or _gross(case, start)):
        yield f"it is cut to {what} {word} x = {start:.6g}, off by up to {side.error.max():.2g}"


def _simple(case: Case, side: Accuracy) -> Iterator[Simple]:
    """What all numbers of a side may be, by the one that is farthest out."""
    there = int(np.abs(side.x).argmax())
    last, factor = float(side.got[there]), float(side.got[there] / side.x[there])
    multiple = f"{factor:.6g}" if f"{factor:.6g}" != "1" else f"{factor:.10g}"

    def multiplied(x: Array, y: Array) -> Truths:
        return np.asarray(np.abs(y - factor * x) <= TWO * case.format.ulp(factor * x))

    yield "x", last, lambda x, y: np.asarray(y == x)
    yield f"{last:.6g}", last, lambda x, y: np.asarray(y == last)
    yield f"{multiple}*x", factor, multiplied


def _gross(case: Case, start: float) -> bool:
    """Whether a step is made there that no rounding makes."""
    near = case.failing.where(np.abs(case.failing.x - start) <= np.abs(start))
    size = case.format.eps * np.maximum(1, np.abs(near.x)) ** (1 + case.order)
    return bool((near.error > VANISHED * size).any())


def saturated(case: Case) -> str | None:
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
        values = case.format.rounded(np.asarray(case.activation(zero.x)))
        if (values == values[0]).mean() > 0.9 and values[0] != 0:
            start, _ = case.edge(zero.x, lambda x, y: y == 0)
            size = float(np.abs(case.true(np.array([start])))[0])
            if size > ROUNDED * case.format.eps * max(1.0, abs(float(values[0]))):
                continue  # the value has not reached its limit yet
            relation = ">=" if start > 0 else "<="
            return (
                f"it is worked out from f(x), which has reached its limit: 0 for x {relation} "
                f"{start:.4g}, where it is {size:.2g}: {_remedy(case, _OF_VALUES) or FROM_X}"
            )
    return None


def tails(case: Case) -> str | None:
    """Digits lost where a small result comes out of a difference of large numbers."""
    if saturated(case) or cut(case):
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
                start, _ = case.edge(zero, lambda x, y: y == 0)
                sentence += f": 0 for x {relation} {start:.4g}"
            told.append(_with_remedy(case, sentence))
    return " and ".join(told) or None


def _cancelled(case: Case, tail: Accuracy) -> bool:
    """Whether the errors are rounding errors of numbers of size 1 and x, and nothing else."""
    with np.errstate(over="ignore"):
        size = case.format.eps * np.maximum(1, np.abs(tail.x)) ** (1 + case.order)
        rounding = bool((tail.error <= ROUNDED * size).all())
        none = bool((tail.error <= VANISHED * size)[tail.got == 0].all())
    rest = tail.where(tail.got != 0)
    growing = bool(tail.relative.max() > WORSE * case.format.eps)
    return rounding and none and growing and (noisy(rest) or rest.x.size < FEWEST)


def near_zero(case: Case) -> str | None:
    """Digits lost at small x."""
    near = case.failing.where(np.abs(case.failing.x) < 0.1)
    tiny = np.abs(case.found.x) < 2.0 ** (case.format.least_exponent // 4)
    if near.x.size < 3 or not np.isfinite(near.got).all() or case.true(np.zeros(1))[0] != 0:
        return None
    if not noisy(near.where(near.got != 0)):
        return None
    if (
        near.error <= ROUNDED * case.format.eps
    ).all() and near.relative.max() > WORSE * case.format.eps:
        whole = case.found.where(tiny)
        lost = " up to all of them" if (whole.got == 0).any() else ""
        return _with_remedy(case, f"it loses digits near 0{lost}")
    return None


def far_out(case: Case) -> str | None:
    """A derivative in which 1 is lost beside numbers of size x: f + s*(1 - f) beyond 1/eps."""
    eps = case.format.eps
    for word, sign in (("beyond", 1), ("below", -1)):
        side = case.failing.where(sign * case.failing.x > 1)
        gone = side.where(side.error > ALL)
        if case.order != 1 or gone.x.size < 3:
            continue
        with np.errstate(all="ignore"):
            value = np.abs(np.asarray(case.activation(gone.x)))
            grows = (value >= ALL * np.abs(gone.x)).all() and (np.abs(gone.expected) >= ALL).all()
            lost = (side.error <= ROUNDED * eps * np.abs(side.x)).all()
        if grows and lost and np.abs(gone.x).min() <= SOON / eps:
            start, _ = case.edge(gone.x, lambda x, y: np.abs(y - case.true(x)) > ALL)
            return (
                f"1 is lost beside numbers of size x {word} x = {start:.6g}, as in f + s*(1 - f): "
                "use s*(1 + x*sigmoid(-x))"
            )
    return None


def beside_one(case: Case) -> str | None:
    """A derivative in which x multiplies a small number that was rounded as if it were 1."""
    if case.order != 1 or far_out(case):
        return None
    for sign in (1, -1):
        side = case.failing.where((sign * case.failing.x > TAIL) & (case.failing.relative > 0))
        if side.x.size < 3 or not (noisy(side) or side.x.size < FEWEST):
            continue
        size = case.format.eps * np.abs(side.x)
        rounding = ((side.error <= size) & (np.abs(side.expected) >= ALL)).all()
        if rounding and (side.error > size / ROUNDED).any() and _right_later(case, side):
            low, high = np.sort(np.abs(side.x))[[0, -1]]
            return (
                f"x multiplies what was rounded beside 1, from |x| = {low:.4g} to {high:.4g}, as "
                f"in x*(1 - s): {_remedy(case, _BESIDE_ONE) or FROM_X}"
            )
    return None


def _right_later(case: Case, side: Accuracy) -> bool:
    """Whether all is right far out, where the small number is rounded to 0."""
    last = float(side.x[np.abs(side.x).argmax()])
    return not (case.beyond(2 * last).excess > 1).any()


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


# The same of a derivative that is worked out from the value.
_OF_VALUES = {
    "sigmoid": "s*(1 - s) cancels, use sigmoid(x)*sigmoid(-x)",
    "tanh": "1 - tanh(x)**2 cancels, use sech(x)**2",
    "expm1": "expm1(x) + 1 cancels, use exp(x)",
}


# The same of one in which x multiplies what the value lacks to 1.
_BESIDE_ONE = {"sigmoid": "1 - s is sigmoid(-x)"}


def _remedy(case: Case, remedies: Mapping[str, str] = _REMEDIES) -> str:
    """What to write instead, if what the formula contains tells it."""
    heads = {part.head for part in walk(case.activation.definition) if isinstance(part, Apply)}
    return next((text for head, text in remedies.items() if head in heads), "")


def _with_remedy(case: Case, sentence: str) -> str:
    return ": ".join(filter(None, (sentence, _remedy(case))))
