"""The exact reading of a tree: 50 digits and more, by mpmath, however badly the formula cancels.

Intervals are evaluated at growing precision until the answer is enclosed to 50 digits, so that a
result is either right or NaN. Numbers and parameters are exactly their float64 values; pi and e
are exact. Derivatives come from Taylor arithmetic, without a rule of `actviz.formula.derivative`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from actviz.check.exact import interval, taylor
from actviz.check.exact.interval import Interval, Undecided, Undefined, point
from actviz.check.exact.taylor import Direction, Series
from actviz.formula.expression import Apply, Name, Node, Number
from actviz.formula.parsing import parse
from actviz.formula.primitives import PRIMITIVES

Side = Literal["left", "right"] | None

PRECISIONS = (256, 512, 1024, 2048, 4096, 8192)  # bits, tried in turn
RELATIVE = -170  # settled when the enclosure is narrower than 2**-170 of the number (51 digits),
ABSOLUTE = -1330  # or narrower than 1e-400, far below the smallest float,
BEYOND = 1100  # or all above 2**1100, far beyond the largest float
RESULT = 300  # bits of the numbers handed out
TIE_LENGTH = 5  # coefficients looked at to tell which branch begins beside a tie
SIDES: Mapping[Side, int] = {None: 0, "left": -1, "right": 1}


def exact_value(node: Node, x: float, parameters: Mapping[str, float], side: Side = None) -> Any:
    """The value of a tree at x to 50 digits, as an mpmath.mpf; NaN where it is undefined.

    `side` gives the limit from one side at a point where a branch switches. Raises ImportError
    without mpmath.

    >>> from actviz.formula.parsing import parse
    >>> float(exact_value(parse("1 - tanh(x)"), 20.0, {}))
    8.496708510583178e-18
    """
    return exact_derivative(node, x, parameters, 0, side)


def exact_derivative(
    node: Node, x: float, parameters: Mapping[str, float], order: int, side: Side = None
) -> Any:
    """The derivative by x of a tree at x to 50 digits, as an mpmath.mpf; NaN where there is none.

    At a branch switch it is that of the branch the formula takes there, or of the branch beside
    it if `side` says so.
    """
    return _derivatives(node, x, parameters, (order,), side)[0]


def exact_derivatives(
    node: Node, x: float, parameters: Mapping[str, float], order: int, side: Side = None
) -> list[Any]:
    """The value and the derivatives up to an order, in one pass; each as `exact_derivative`."""
    return _derivatives(node, x, parameters, tuple(range(order + 1)), side)


def _derivatives(
    node: Node, x: float, parameters: Mapping[str, float], orders: tuple[int, ...], side: Side
) -> list[Any]:
    import mpmath

    if x != x or abs(x) == float("inf"):
        return [mpmath.nan] * len(orders)
    found = _coefficients(node, x, parameters, orders, side)
    return [_number(found.get(order), order) for order in orders]


def _number(coefficient: Interval | None, order: int) -> Any:
    """The middle of an enclosed Taylor coefficient as a derivative, in the caller's mpmath."""
    import mpmath

    ctx = interval.context()
    if coefficient is None:
        return mpmath.nan
    with ctx.workprec(RESULT):
        middle = (coefficient.low + coefficient.high) / 2
        return mpmath.mp.make_mpf((middle * ctx.factorial(order))._mpf_)


def _coefficients(
    node: Node, x: float, parameters: Mapping[str, float], orders: tuple[int, ...], side: Side
) -> dict[int, Interval]:
    """The Taylor coefficients, enclosed to 50 digits; those that do not exist are missing."""
    found: dict[int, Interval] = {}
    highest = max(orders)
    for precision in PRECISIONS:
        direction = Direction(SIDES[side], precision == PRECISIONS[-1])
        with interval.context().workprec(precision):
            try:
                series = _series(node, x, parameters, highest, direction)
            except Undefined:
                lower = orders[:-1]  # what a root has at 0: a value, but no slope
                return found | (_coefficients(node, x, parameters, lower, side) if lower else {})
            except Undecided:
                continue
            found |= {k: series[k] for k in orders if k not in found and _settled(series[k])}
        if len(found) == len(orders):
            break
    return found


def _settled(a: Interval) -> bool:
    ctx = interval.context()
    if a.exact or (a.sign and min(abs(a.low), abs(a.high)) > ctx.ldexp(1, BEYOND)):
        return True
    width = a.high - a.low
    return bool(
        width < ctx.ldexp(1, ABSOLUTE) or width < ctx.ldexp(min(abs(a.low), abs(a.high)), RELATIVE)
    )


def _series(
    node: Node, x: float, parameters: Mapping[str, float], order: int, towards: Direction
) -> Series:
    length = order + 1 + (TIE_LENGTH - 1 if towards.sign else 0)
    names = {name: taylor.constant(point(value), length) for name, value in parameters.items()}
    names |= {name: taylor.constant(interval.constant(name), length) for name in ("pi", "e")}
    names["x"] = taylor.variable(point(x), length)
    return _Reading(names, length, towards).read(node)


@cache
def _definition(head: str) -> Node:
    return parse(PRIMITIVES[head].definition)


class _Reading:
    """One pass over a tree: what the names stand for, and what is known of the subtrees."""

    def __init__(self, names: Mapping[str, Series], length: int, towards: Direction) -> None:
        self.names, self.length, self.towards = names, length, towards
        self.known: dict[Node, Series] = {}

    def read(self, node: Node) -> Series:
        if node not in self.known:
            self.known[node] = self._read(node)
        return self.known[node]

    def _read(self, node: Node) -> Series:
        match node:
            case Number(value):
                return taylor.constant(point(value), self.length)
            case Name(name):
                return self.names[name]
            case Apply("where", (condition, then, otherwise)):
                return self.read(then if self._holds(condition) else otherwise)
            case Apply(head, arguments):
                return self._apply(head, [self.read(argument) for argument in arguments])
        raise TypeError(node)

    def _holds(self, condition: Node) -> bool:
        match condition:
            case Apply(head, (a, b)) if head in taylor.COMPARISONS:
                difference = taylor.subtract(self.read(a), self.read(b))
                return taylor.COMPARISONS[head](self.towards.sign_of(difference))
        raise TypeError(condition)

    def _apply(self, head: str, arguments: list[Series]) -> Series:
        if head in taylor.OPERATORS:
            return taylor.OPERATORS[head](*arguments)
        if head in taylor.STEPS:
            return taylor.STEPS[head](*arguments, self.towards)
        if head in taylor.FUNCTIONS:
            return taylor.FUNCTIONS[head](*arguments)
        inner = dict(zip(PRIMITIVES[head].arguments, arguments, strict=True))
        constants = {name: self.names[name] for name in ("pi", "e")}
        return _Reading(constants | inner, self.length, self.towards).read(_definition(head))
