"""The exact reading of a tree: 50 digits and more, by mpmath, however badly the formula cancels.

Intervals are evaluated at growing precision until the answer is enclosed to 50 digits, so that a
result is either right or NaN. Numbers and parameters are exactly their float64 values; pi and e
are exact. Derivatives come from Taylor arithmetic, without a rule of `actviz.formula.derivative`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from actviz.check.exact import beside, interval, taylor
from actviz.check.exact.beside import Direction
from actviz.check.exact.interval import Interval, Undecided, Undefined, point
from actviz.check.exact.taylor import Series
from actviz.formula.allowance import current
from actviz.formula.expression import Apply, Name, Node, Number, X, walk
from actviz.formula.parsing import parse
from actviz.formula.price import price
from actviz.formula.primitives import PRIMITIVES

Side = Literal["left", "right"] | None

PRECISIONS = (256, 512, 1024, 2048, 4096, 8192)  # bits, tried in turn
RELATIVE = -170  # settled when the enclosure is narrower than 2**-170 of the number (51 digits),
ABSOLUTE = -1330  # or narrower than 1e-400, far below the smallest float,
BEYOND = 1100  # or all above 2**1100, far beyond the largest float
RESULT = 300  # bits of the numbers handed out
FURTHER = (4, 12, 28)  # coefficients beyond the order, for what ties or vanishes: tried in turn
DEAR = 512  # bits with which a number takes twice as long
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


@dataclass(frozen=True)
class Known:
    """Derivatives to 50 digits; NaN is undefined, or if that is not settled what no digits told.

    Limits that are NaN are never settled: poles may cancel in a formula, as in cos(x)/x - 1/x.
    """

    numbers: list[Any]
    settled: bool


def known(
    node: Node, x: float, parameters: Mapping[str, float], orders: tuple[int, ...], side: Side
) -> Known:
    """The derivatives of some orders, and whether those that are NaN are surely undefined.

    It takes steps from the allowance that holds, and takes them even if none are left.
    """
    import mpmath

    if x != x or abs(x) == float("inf"):
        return Known([mpmath.nan] * len(orders), True)
    found, settled = _coefficients(node, x, parameters, orders, side)
    settled &= side is None or len(found) == len(orders)
    return Known([_number(found.get(order), order) for order in orders], settled)


def _derivatives(
    node: Node, x: float, parameters: Mapping[str, float], orders: tuple[int, ...], side: Side
) -> list[Any]:
    return known(node, x, parameters, orders, side).numbers


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
) -> tuple[dict[int, Interval], bool]:
    """The Taylor coefficients, enclosed to 50 digits, and whether those missing do not exist."""
    found: dict[int, Interval] = {}
    highest, names = max(orders), {name: point(value) for name, value in parameters.items()}
    for precision in PRECISIONS:
        place = _Place(node, x, names, highest, precision == PRECISIONS[-1])
        with interval.context().workprec(precision):
            try:
                given = place.from_side(SIDES[side]) if side else place.at_point()
            except Undefined:
                lower = orders[:-1]  # what a logarithm has at 0: a value, but no slope
                rest, sure = (
                    _coefficients(node, x, parameters, lower, side) if lower else ({}, True)
                )
                return found | rest, sure and not place.settle
            except Undecided:
                continue
        left = [k for k in orders if k not in found and k in given]
        found |= {k: given[k] for k in left if _settled(given[k])}
        if all(k in found for k in left):
            return found, not place.settle
    return found, False


def _settled(a: Interval) -> bool:
    ctx = interval.context()
    if a.exact or (a.sign and min(abs(a.low), abs(a.high)) > ctx.ldexp(1, BEYOND)):
        return True
    width = a.high - a.low
    return bool(
        width < ctx.ldexp(1, ABSOLUTE) or width < ctx.ldexp(min(abs(a.low), abs(a.high)), RELATIVE)
    )


@dataclass(frozen=True)
class _Place:
    """A formula at a number, read at one precision, to the derivative of an order."""

    node: Node
    x: float
    parameters: Mapping[str, Interval]
    order: int
    settle: bool

    def at_point(self) -> dict[int, Interval]:
        """What both sides agree on, beyond that what the branch taken says."""
        here, tied = self._series(0, 0)
        known = dict(enumerate(here))
        if self.order and (tied or len(here) <= self.order):
            agreed = self._agreed()
            if agreed and self._same(agreed[0], here[0]):
                known |= enumerate(agreed)
        return known

    def from_side(self, sign: int) -> dict[int, Interval]:
        """The limits from a side: as many as can be told."""
        return dict(enumerate(self._beside(sign)))

    def _agreed(self) -> list[Interval]:
        """The derivatives that exist: those that both sides agree on, with all before them."""
        agreed: list[Interval] = []
        try:
            left, right = (self._beside(sign) for sign in (-1, 1))
        except Undefined:
            return agreed
        for a, b in zip(left, right, strict=False):
            if not self._same(a, b):
                break
            agreed.append(a)
        return agreed

    def _beside(self, sign: int) -> Series:
        series: Series = ()
        for further in FURTHER:
            try:
                series, _ = self._series(sign, further)
            except Undefined:
                if further == FURTHER[-1]:
                    raise
            if len(series) > self.order:
                break
        return series[: self.order + 1]

    def _same(self, a: Interval, b: Interval) -> bool:
        """Whether they are equal, to 50 digits."""
        overlap = not _apart(a, b)
        if overlap and not (self.settle or (_settled(a) and _settled(b))):
            raise Undecided
        return overlap

    def _series(self, sign: int, further: int) -> tuple[Series, bool]:
        """The coefficients, fewer where something vanishes; and whether there is a switch."""
        length, towards = self.order + 1 + further, Direction(sign, self.settle)
        names = {**self.parameters, **{name: interval.constant(name) for name in ("pi", "e")}}
        alone = _Reading({n: (value,) for n, value in names.items()}, 1, Direction(0, self.settle))
        series = {name: taylor.constant(value, length) for name, value in names.items()}
        series["x"] = taylor.variable(point(self.x), length)
        reading = _Reading(series, length, towards, (_varying(self.node), alone))
        return reading.read(self.node), towards.tied


@lru_cache(maxsize=512)
def _varying(node: Node) -> frozenset[Node]:
    """The parts that have x in them."""
    found: set[Node] = {X}
    for part in walk(node):
        if isinstance(part, Apply) and not found.isdisjoint(part.arguments):
            found.add(part)
    return frozenset(found)


def _apart(a: Interval, b: Interval) -> bool:
    return bool(a.high < b.low or b.high < a.low)


@cache
def _definition(head: str) -> Node:
    return parse(PRIMITIVES[head].definition)


class _Reading:
    """One pass over a tree: what the names stand for, and what is known of the subtrees.

    `alone` reads the parts that do not vary: a root of 0 is no root of what vanishes.
    """

    def __init__(
        self,
        names: Mapping[str, Series],
        length: int,
        towards: Direction,
        alone: tuple[frozenset[Node], _Reading] | None = None,
    ) -> None:
        self.names, self.length, self.towards, self.alone = names, length, towards, alone
        self.known: dict[Node, Series] = {}
        bits = interval.context().prec
        self.dear = 4 * max(1, bits // DEAR) + length**2 * (taylor.DEARER + bits) // (
            2 * taylor.DEARER
        )

    def read(self, node: Node) -> Series:
        if node not in self.known:
            if self.alone and node not in self.alone[0]:
                self.known[node] = taylor.constant(self.alone[1].read(node)[0], self.length)
            else:
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
                series = [self.read(argument) for argument in arguments]
                current().left -= price((node,)) * self.dear
                return self._apply(head, series)
        raise TypeError(node)

    def _holds(self, condition: Node) -> bool:
        match condition:
            case Apply(head, (a, b)) if head in beside.COMPARISONS:
                difference = taylor.subtract(self.read(a), self.read(b))
                return beside.COMPARISONS[head](self.towards.sign_of(difference))
        raise TypeError(condition)

    def _apply(self, head: str, arguments: list[Series]) -> Series:
        if head in taylor.OPERATORS:
            return taylor.OPERATORS[head](*arguments)
        if head in beside.DIRECTED:
            return beside.DIRECTED[head](*arguments, self.towards)
        if head in taylor.FUNCTIONS:
            return taylor.FUNCTIONS[head](*arguments)
        inner = dict(zip(PRIMITIVES[head].arguments, arguments, strict=True))
        constants = {name: self.names[name] for name in ("pi", "e")}
        whole = _Reading(constants | inner, self.length, self.towards)
        whole.dear = 0  # it is in the price of the head
        return whole.read(_definition(head))
