"""A formula read at a point as a power series whose coefficients are balls.

A ball is a number with a bound of its error, and Arb computes with them. The series is one in a
small t that is added to what is differentiated by; its arithmetic does the rest, and no rule of
derivatives is used. Where the balls are too wide to decide a branch, Unknown is raised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cmp_to_key
from typing import Any

from flint import arb, arb_series, ctx

from actviz.formula.expression import Apply, Name, Node, Number, rebuild
from actviz.formula.parsing import parse
from actviz.formula.primitives import PRIMITIVES

LARGEST_WHOLE = 2**20  # exponent by which a series is multiplied out
OUT_OF_EXP = 2.0**60  # beyond this a number is as good as infinite to exp
FROM_EXP = arb(2) ** 6000  # beyond this it comes from an exp itself; FROM_TWO: from exp(exp(x))
FROM_TWO = arb(2) ** (arb(2) ** 130)
FAR_OUT = 2.0**30  # where erfc is its asymptotic series: 13 terms are right to 2^-700

Term = tuple[Any, int]  # a component, and how often there is one like it


class Undefined(Exception):
    """The formula has no value here."""


class Unknown(Exception):
    """The balls are too wide to tell, or the point is one that no contract speaks of."""


@contextmanager
def setting(name: str, value: int) -> Iterator[None]:
    """Set what Arb computes with, prec or cap, and set it back."""
    before = getattr(ctx, name)
    setattr(ctx, name, value)
    try:
        yield
    finally:
        setattr(ctx, name, before)


def coefficient(u: Any, k: int) -> Any:
    """One coefficient of a series; those that it has not are 0."""
    return u[k] if k < u.length() else arb(0)


def sign_of(ball: Any) -> int:
    """The sign of a number; raises Unknown where the ball has both."""
    if ball.is_zero():
        return 0
    if ball > 0:
        return 1
    if ball < 0:
        return -1
    raise Unknown


def constant(value: Any) -> Any:
    """A number as a series."""
    return arb_series([arb(value)])


class Reading:
    """The parts of a formula at one point, each read once.

    given: the numbers of all names, as balls. direction: how fast each grows with t, by name and
    component. order: the last coefficient that is asked for. side: -1 or 1 to decide branches a
    little to the left or right, 0 at the point. counts: how often a vector has each component, if
    not once. spread: how far apart exp keeps what is beyond its range; no value may depend on it
    where cut_off is true.
    """

    def __init__(
        self,
        given: Mapping[str, Sequence[Any]],
        direction: Mapping[tuple[str, int], float],
        order: int,
        side: int,
        counts: Sequence[int],
        spread: int,
    ) -> None:
        self.given, self.direction, self.order = given, direction, order
        self.cap = order + 6  # more than is asked for: ties are told apart by what comes next
        self.side, self.spread = side, spread
        self.cut_off = False
        self.counts = counts or [1] * max(map(len, given.values()))
        self.known: dict[tuple[Node, int], Any] = {}

    def coefficient(self, node: Node, i: int, order: int) -> Any:
        """That of component i."""
        with setting("cap", self.cap):
            return coefficient(self.read(node, i), order)

    def read(self, node: Node, i: int) -> Any:
        """The series of a part of the formula, for component i; -1 for all together."""
        if (node, i) not in self.known:
            self.known[node, i] = self._read(node, i)
        return self.known[node, i]

    def _read(self, node: Node, i: int) -> Any:
        match node:
            case Number(value):
                return constant(value)
            case Name("pi"):
                return constant(arb.pi())
            case Name("e"):
                return constant(arb.const_e())
            case Name(name):
                j = i if len(self.given[name]) > 1 else 0
                return arb_series([self.given[name][j], arb(self.direction.get((name, j), 0.0))])
            case Apply("where", (Apply(relation, (left, right)), then, otherwise)):
                sign = self.sign(difference(self.read(left, i), self.read(right, i)))
                return self.read(then if _HOLDS[relation](sign) else otherwise, i)
            case Apply("**", (Apply("abs", (u,)), v)) if self.at_a_cusp(u, v, i):
                return self.power(self.read(u, i), self.read(v, i))
            case Apply("log", (Apply("sum", (Apply("exp", (u,)),)),)):
                return self._once(node, i, lambda: self._log_of_exps(self._all(u)))
            case Apply("sum" | "tau1" | "tau2" as head, (u,)):
                return self._once(node, i, lambda: _OF_ALL[head](self._all(u)))
            case Apply("others", (u,)):
                return total([(v, n - (j == i)) for j, (v, n) in enumerate(self._all(u))])
            case Apply("excess1" | "excess2" as head, (u,)):
                return self.read(u, i) - self.read(Apply("tau" + head[-1], (u,)), i)
            case Apply("spherical_jn", (Number(n), u)):
                return spherical_jn(int(n), self.read(u, i))
            case Apply("exprel" | "log1prel" as head, (Number(n), u)):
                return self.relative(head, int(n), self.read(u, i))
            case Apply(head, arguments) if head in _FUNCTIONS:
                return _FUNCTIONS[head](self, *(self.read(a, i) for a in arguments))
            case Apply(head, arguments):  # by its definition
                names = map(Name, PRIMITIVES[head].arguments)
                given = dict(zip(names, arguments, strict=True))
                return self.read(rebuild(parse(PRIMITIVES[head].definition), given), i)
        raise TypeError(node)

    def _once(self, node: Node, i: int, compute: Callable[[], Any]) -> Any:
        """What is the same for all components."""
        return compute() if i == -1 else self.read(node, -1)

    def _all(self, node: Node) -> list[Term]:
        return [(self.read(node, j), count) for j, count in enumerate(self.counts)]

    def sign(self, u: Any) -> int:
        """The sign of a series at t = 0, or a little to the side of it."""
        for k in range(u.length() if self.side else 1):
            if sign := sign_of(coefficient(u, k)):
                return sign * self.side**k if k else sign
        return 0

    def divide(self, u: Any, v: Any) -> Any:
        if sign_of(coefficient(v, 0)) == 0:
            raise Unknown
        return u / v

    def power(self, u: Any, v: Any) -> Any:
        exponent = coefficient(v, 0)
        if v.length() <= 1 and exponent.is_exact() and exponent.is_integer():
            n = int(exponent.unique_fmpz())
            if abs(n) <= LARGEST_WHOLE:
                return u**n if n >= 0 else self.divide(constant(1), u**-n)
            if sign_of(coefficient(u, 0)) < 0:  # multiplied out it has no end
                size = self.exp(v * (-u).log())
                return -size if n % 2 else size
        sign = sign_of(coefficient(u, 0))
        if sign < 0:
            steady = v.length() <= 1 or not self.order  # a slope by an exponent is a logarithm
            raise Unknown if steady and exponent.contains_integer() else Undefined
        if sign > 0:
            return self.exp(v * u.log())
        if sign_of(exponent) <= 0:
            raise Unknown
        if u.length() == 0:
            return u
        known = math.ceil(float(exponent.lower()))  # as many derivatives are 0 there
        return arb_series([0 if k < known else arb.nan() for k in range(ctx.cap)])

    def at_a_cusp(self, u: Node, v: Node, i: int) -> bool:
        """Whether abs(u)**v is at a 0 of u where a derivative of it has none."""
        whole = coefficient(self.read(v, i), 0).contains_integer()
        return not whole and bool(coefficient(self.read(u, i), 0).is_zero())

    def sqrt(self, u: Any) -> Any:
        return u.sqrt() if sign_of(coefficient(u, 0)) > 0 else self.power(u, constant(0.5))

    def log(self, u: Any) -> Any:
        sign = sign_of(coefficient(u, 0))
        if sign <= 0:
            raise Undefined if sign else Unknown
        found = u.log()
        if self.cut_off and abs(coefficient(found, 0)) > OUT_OF_EXP:
            raise Unknown  # as large as the number that stood for one beyond exp's range
        return found

    def exp(self, u: Any) -> Any:
        start = coefficient(u, 0)
        if abs(start) > OUT_OF_EXP:
            self.cut_off = True
            u = arb_series([sign_of(start) * self._drawn_in(abs(start)), *u.coeffs()[1:]])
        return u.exp()

    def _drawn_in(self, size: Any) -> Any:
        """A number beyond exp's range as one that exp is held of; larger ones stay larger."""
        if size < FROM_EXP:
            return arb(2) ** self.spread * size.log()
        if size < FROM_TWO:
            return arb(2) ** (2 * self.spread) * size.log().log()
        return arb(2) ** (2 * self.spread + 60)

    def even(self, of: Callable[[Any], Any], u: Any) -> Any:
        return of(-u) if coefficient(u, 0) < 0 else of(u)

    def odd(self, of: Callable[[Any], Any], u: Any) -> Any:
        return -of(-u) if coefficient(u, 0) < 0 else of(u)

    def erfc(self, u: Any) -> Any:
        """Far out by its asymptotic series, so that it goes with exp, which may be cut off."""
        start = coefficient(u, 0)
        if not abs(start) > FAR_OUT:
            return u.erfc()
        if start < 0:
            return 2 - self.erfc(-u)
        first = self.divide(self.exp(-u * u), u * arb.pi().sqrt())
        term = sum_ = constant(1)
        for m in range(1, 27, 2):
            term = self.divide(term * -m, 2 * u * u)
            sum_ = sum_ + term
        return first * (sum_ + sum_ * arb(0, abs(coefficient(term, 0)).upper()))

    def softplus(self, u: Any) -> Any:
        if coefficient(u, 0) < 0:
            return (1 + self.exp(u)).log()
        return u + (1 + self.exp(-u)).log()

    def relative(self, head: str, n: int, u: Any) -> Any:
        """The n-th derivative of (exp(u) - 1)/u or of log(1 + u)/u."""
        start = coefficient(u, 0)
        with setting("cap", ctx.cap + n + 1):
            s = arb_series([start, 1])
            above = self.exp(s) - 1 if head == "exprel" else self.log(1 + s)
            outer = arb_series(above.coeffs()[1:]) if start.is_zero() else self.divide(above, s)
            for _ in range(n):
                outer = outer.derivative()
        return composed([coefficient(outer, k) for k in range(ctx.cap)], u)

    def _log_of_exps(self, terms: list[Term]) -> Any:
        """With the largest as a factor before the sum, that exp has its range."""
        top, _ = max(terms, key=_by_size)
        return top + self.log(total([(self.exp(u - top), count) for u, count in terms]))

    def floor(self, u: Any) -> Any:
        whole = coefficient(u, 0).floor()
        if not whole.is_exact():
            raise Unknown
        return constant(whole - (self.sign(u - whole) < 0))


def difference(u: Any, v: Any) -> Any:
    """Exactly nothing of a part less itself, be it by a branch that is that part."""
    return arb_series([]) if u is v else u - v


def composed(coefficients: Sequence[Any], u: Any) -> Any:
    """A power series in what u is more than its first coefficient."""
    growth, result = arb_series([0, *u.coeffs()[1:]]), arb_series([])
    for each in reversed(coefficients):
        result = result * growth + each
    return result


def spherical_jn(n: int, u: Any) -> Any:
    """By sines and the recurrence, or as a hypergeometric function of u^2 near 0."""
    if abs(coefficient(u, 0)) > 1:
        last, here = u.cos() / u, u.sin() / u
        for k in range(n):
            last, here = here, here * (2 * k + 1) / u - last
        return here
    w, a = u * u / -4, arb(n) + arb(1.5)
    start = coefficient(w, 0)
    terms = [start.hypgeom_0f1(a + k) / (a.rising(k) * arb(k).fac()) for k in range(ctx.cap)]
    return u**n / math.prod(range(1, 2 * n + 2, 2)) * composed(terms, w)


def total(terms: Sequence[Term]) -> Any:
    """The sum of series."""
    return sum((u * count for u, count in terms), arb_series([]))


_by_size = cmp_to_key(lambda one, other: sign_of(coefficient(one[0] - other[0], 0)))


def tau1(terms: list[Term]) -> Any:
    """The t at which the sum of what is above it is 1."""
    count, whole = 0, constant(0)
    for u, n in sorted(terms, key=_by_size, reverse=True):
        if sign_of(coefficient(1 + count * u - whole, 0)) <= 0:
            break
        count, whole = count + n, whole + n * u
    return (whole - 1) / count


def tau2(terms: list[Term]) -> Any:
    """The t at which the sum of squares of what is above it is 1."""
    count, whole, squares, tau = 0, constant(0), constant(0), None
    for u, n in sorted(terms, key=_by_size, reverse=True):
        if tau is not None and sign_of(coefficient(u - tau, 0)) <= 0:
            break
        count, whole, squares = count + n, whole + n * u, squares + n * u * u
        mean = whole / count
        tau = mean - ((1 - squares + mean * whole) / count).sqrt()
    return tau


_OF_ALL: dict[str, Callable[[list[Term]], Any]] = {"sum": total, "tau1": tau1, "tau2": tau2}

_HOLDS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}

# What a formula is made of, r being the reading. At a tie a selection takes what the formula does.
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": lambda r, u, v: u + v,
    "-": lambda r, u, v: difference(u, v),
    "*": lambda r, u, v: u * v,
    "/": Reading.divide,
    "**": Reading.power,
    "neg": lambda r, u: -u,
    "abs": lambda r, u: u * r.sign(u),
    "sign": lambda r, u: constant(r.sign(u)),
    "max": lambda r, u, v: u if r.sign(difference(u, v)) > 0 else v,
    "min": lambda r, u, v: u if r.sign(difference(u, v)) < 0 else v,
    "exp": Reading.exp,
    "expm1": lambda r, u: r.exp(u) - 1,
    "log": Reading.log,
    "log1p": lambda r, u: r.log(1 + u),
    "sqrt": Reading.sqrt,
    "floor": Reading.floor,
    "hypot": lambda r, u, v: r.sqrt(u * u + v * v),
    "unit": lambda r, u, v: r.divide(u, r.sqrt(u * u + v * v)),
    "sin": lambda r, u: u.sin(),
    "cos": lambda r, u: u.cos(),
    "tan": lambda r, u: r.divide(u.sin(), u.cos()),
    "sinc": lambda r, u: spherical_jn(0, u),
    "atan": lambda r, u: u.atan(),
    "sinh": lambda r, u: (r.exp(u) - r.exp(-u)) / 2,
    "cosh": lambda r, u: (r.exp(u) + r.exp(-u)) / 2,
    "asinh": lambda r, u: r.odd(lambda v: (v + (v * v + 1).sqrt()).log(), u),
    "tanh": lambda r, u: r.odd(lambda v: r.divide(1 - r.exp(-2 * v), 1 + r.exp(-2 * v)), u),
    "sech": lambda r, u: r.divide(constant(2), r.exp(u) + r.exp(-u)),
    "log_cosh": lambda r, u: r.even(lambda v: v + ((1 + r.exp(-2 * v)) / 2).log(), u),
    "tanhshrink": lambda r, u: u - _FUNCTIONS["tanh"](r, u),
    "sigmoid": lambda r, u: r.divide(constant(1), 1 + r.exp(-u)),
    "softplus": Reading.softplus,
    "log_sigmoid": lambda r, u: -r.softplus(-u),
    "erf": lambda r, u: 1 - r.erfc(u) if abs(coefficient(u, 0)) > FAR_OUT else u.erf(),
    "erfc": Reading.erfc,
    "Phi": lambda r, u: r.erfc(-u / arb(2).sqrt()) / 2,
    "phi": lambda r, u: r.exp(-u * u / 2) / (2 * arb.pi()).sqrt(),
}
