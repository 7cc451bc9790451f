"""What functions are, worked out apart from actviz: formulas by hand, by mpmath in 80 digits.

A number is a Jet: a value with its first and second derivative, carried through every formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import mpmath
from mpmath import mpf

mpmath.mp.dps = 80
FAR = mpf(10) ** 60


class Jet(NamedTuple):
    """A number as x varies: its value and its first two derivatives."""

    value: Any
    first: Any = mpf(0)
    second: Any = mpf(0)

    def __add__(self, other: Any) -> Jet:
        other = jet(other)
        return Jet(self.value + other.value, self.first + other.first, self.second + other.second)

    def __neg__(self) -> Jet:
        return Jet(-self.value, -self.first, -self.second)

    def __sub__(self, other: Any) -> Jet:
        return self + -jet(other)

    def __rsub__(self, other: Any) -> Jet:
        return -self + other

    def __mul__(self, other: Any) -> Jet:
        u, v = self, jet(other)
        second = u.second * v.value + 2 * u.first * v.first + u.value * v.second
        return Jet(u.value * v.value, u.first * v.value + u.value * v.first, second)

    def __truediv__(self, other: Any) -> Jet:
        return self * power(jet(other), -1)

    def __rtruediv__(self, other: Any) -> Jet:
        return jet(other) / self

    __radd__, __rmul__ = __add__, __mul__


def jet(number: Any) -> Jet:
    return number if isinstance(number, Jet) else Jet(mpf(number))


def through(u: Jet, value: Any, first: Any, second: Any) -> Jet:
    """A function of u, whose value and derivatives are these, by the chain rule."""
    return Jet(value, first * u.first, second * u.first**2 + first * u.second)


def power(u: Jet, n: Any) -> Jet:
    if u.value == 0 and n > 2:
        return through(u, mpf(0), mpf(0), mpf(0))
    v, n = u.value, mpf(n)
    return through(u, v**n, n * v ** (n - 1) if v or n >= 1 else mpf(0), n * (n - 1) * v ** (n - 2))


def square(u: Jet) -> Jet:
    return u * u


def exp(u: Jet) -> Jet:
    e = mpmath.exp(u.value)
    return through(u, e, e, e)


def expm1(u: Jet) -> Jet:
    e = mpmath.exp(u.value)
    return through(u, mpmath.expm1(u.value), e, e)


def sqrt(u: Jet) -> Jet:
    return power(u, mpf(1) / 2)


def log(u: Jet) -> Jet:
    return through(u, mpmath.log(u.value), 1 / u.value, -1 / u.value**2)


def sigmoid(u: Jet) -> Jet:
    e = mpmath.exp(-abs(u.value))
    value = (1 if u.value >= 0 else e) / (1 + e)
    first = e / (1 + e) ** 2
    return through(u, value, first, -first * mpmath.tanh(u.value / 2))


def tanh(u: Jet) -> Jet:
    value, e = mpmath.tanh(u.value), mpmath.exp(-2 * abs(u.value))
    first = 4 * e / (1 + e) ** 2
    return through(u, value, first, -2 * value * first)


def softplus(u: Jet) -> Jet:
    e = mpmath.exp(-abs(u.value))
    slope = sigmoid(Jet(u.value, mpf(1)))
    return through(u, max(u.value, 0) + mpmath.log1p(e), slope.value, slope.first)


def normal(u: Jet) -> Jet:
    """The distribution function of the normal distribution."""
    density = mpmath.exp(-(u.value**2) / 2) / mpmath.sqrt(2 * mpmath.pi)
    return through(u, _erfc(-u.value / mpmath.sqrt(2)) / 2, density, -u.value * density)


def erf(u: Jet) -> Jet:
    density = 2 * mpmath.exp(-(u.value**2)) / mpmath.sqrt(mpmath.pi)
    value = mpmath.erf(u.value) if abs(u.value) < FAR else mpmath.sign(u.value)
    return through(u, value, density, -2 * u.value * density)


def _erfc(v: Any) -> Any:
    """Far out by what it tends to there, as mpmath counts digits in floats."""
    if abs(v) < FAR:
        return mpmath.erfc(v)
    return mpf(2) if v < 0 else mpmath.exp(-(v**2)) / (v * mpmath.sqrt(mpmath.pi))


def sin(u: Jet) -> Jet:
    value = mpmath.sin(u.value)
    return through(u, value, mpmath.cos(u.value), -value)


def cos(u: Jet) -> Jet:
    value = mpmath.cos(u.value)
    return through(u, value, -mpmath.sin(u.value), -value)


def atan(u: Jet) -> Jet:
    slope = 1 / (1 + u.value**2)
    return through(u, mpmath.atan(u.value), slope, -2 * u.value * slope**2)


def asinh(u: Jet) -> Jet:
    slope = 1 / mpmath.sqrt(1 + u.value**2)
    return through(u, mpmath.asinh(u.value), slope, -u.value * slope**3)


def absolute(u: Jet) -> Jet:
    return u if u.value > 0 else -u


def clip(u: Jet, low: float, high: float) -> Jet:
    return jet(low) if u.value <= low else jet(high) if u.value >= high else u


def gelu_tanh(x: Jet) -> Jet:
    inner = mpmath.sqrt(2 / mpmath.pi) * (x + mpf("0.044715") * x * x * x)
    return x * sigmoid(2 * inner)


def leaky(x: Jet, alpha: Any) -> Jet:
    return x if x.value > 0 else mpf(alpha) * x


def elu(x: Jet, alpha: Any = 1) -> Jet:
    return x if x.value > 0 else mpf(alpha) * expm1(x)


def xielu(x: Jet) -> Jet:
    bent = 0.8 * x * x if x.value > 0 else mpf("0.8") * (expm1(x) - x)
    return bent + 0.5 * x


def softshrink(x: Jet, lambd: float = 0.5) -> Jet:
    return x - lambd if x.value > lambd else x + lambd if x.value < -lambd else jet(0)


def sparse_plus(x: Jet) -> Jet:
    return x if x.value >= 1 else jet(0) if x.value <= -1 else (x + 1) * (x + 1) / 4


SELU = mpf("1.6732632423543772848170429916717"), mpf("1.0507009873554804934193349852946")
Function = Callable[..., Jet]
Kinks = Callable[..., Sequence[Any]]


class Known(NamedTuple):
    """A function, with its parameters as they are by default, and where it has kinks or jumps."""

    function: Function
    kinks: Kinks = lambda **_: ()


def at(*places: float) -> Kinks:
    return lambda **_: places


# fmt: off
KNOWN = {
    "identity":       Known(lambda x: x),
    "relu":           Known(lambda x: x if x.value > 0 else jet(0), at(0)),
    "leaky_relu":     Known(lambda x, alpha=0.01: leaky(x, alpha), at(0)),
    "prelu":          Known(lambda x, alpha=0.25: leaky(x, alpha), at(0)),
    "relu6":          Known(lambda x: clip(x, 0, 6), at(0, 6)),
    "relu_n":         Known(lambda x, n=1: clip(x, 0, n), lambda n=1: (0, n)),
    "relu_squared":   Known(lambda x: x * x if x.value > 0 else jet(0), at(0)),
    "threshold":      Known(lambda x, threshold=0, value=0.5:
                            x if x.value > threshold else jet(value),
                            lambda threshold=0, value=0.5: (threshold,)),
    "thresholded_relu": Known(lambda x, theta=1: x if x.value > theta else jet(0),
                              lambda theta=1: (theta,)),
    "hardtanh":       Known(lambda x, min_val=-1, max_val=1: clip(x, min_val, max_val),
                            lambda min_val=-1, max_val=1: (min_val, max_val)),
    "hardsigmoid":    Known(lambda x: clip(x + 3, 0, 6) / 6, at(-3, 3)),
    "hardswish":      Known(lambda x: x * clip(x + 3, 0, 6) / 6, at(-3, 3)),
    "hard_sigmoid_keras2": Known(lambda x: clip(x / 5 + mpf(1) / 2, 0, 1), at(-2.5, 2.5)),
    "x*clip(0.2*x + 0.5, 0, 1)": Known(lambda x: x * clip(x / 5 + mpf(1) / 2, 0, 1),
                                       at(-2.5, 2.5)),
    "hard_mish":      Known(lambda x: x * clip(x + 2, 0, 2) / 2, at(-2, 0)),
    "hardshrink":     Known(lambda x, lambd=0.5: x if abs(x.value) > lambd else jet(0),
                            lambda lambd=0.5: (-lambd, lambd)),
    "softshrink":     Known(softshrink, lambda lambd=0.5: (-lambd, lambd)),
    "tanhshrink":     Known(lambda x: x - tanh(x)),
    "sigmoid":        Known(sigmoid),
    "tanh":           Known(tanh),
    "log_sigmoid":    Known(lambda x: -softplus(-x)),
    "softplus":       Known(lambda x, beta=1: softplus(beta * x) / beta),
    "sqrt(softplus(x))": Known(lambda x: sqrt(softplus(x))),
    "softsign":       Known(lambda x: x / (1 + absolute(x)), at(0)),
    "silu":           Known(lambda x: x * sigmoid(x)),
    "swish":          Known(lambda x, beta=1: x * sigmoid(beta * x)),
    "quick_gelu":     Known(lambda x: x * sigmoid(mpf("1.702") * x)),
    "mish":           Known(lambda x: x * tanh(softplus(x))),
    "elu":            Known(elu, at(0)),
    "celu":           Known(lambda x, alpha=1: x if x.value > 0 else alpha * expm1(x / alpha),
                            at(0)),
    "selu":           Known(lambda x: SELU[1] * elu(x, SELU[0]), at(0)),
    "gelu":           Known(lambda x: x * normal(x)),
    "gelu_10":        Known(lambda x: clip(x * normal(x), -10, 10), at(10)),
    "gelu_tanh":      Known(gelu_tanh),
    "probit":         Known(normal),
    "laplace":        Known(lambda x: normal((x - mpf("0.707107")) / mpf("0.282095"))),
    "erf":            Known(erf),
    "derf":           Known(lambda x, alpha=0.5: erf(alpha * x)),
    "dyt":            Known(lambda x, alpha=0.5: tanh(alpha * x)),
    "squareplus":     Known(lambda x, b=4: 2 * b / (sqrt(x * x + b) - x) / 4
                            if x.value < 0 else (x + sqrt(x * x + b)) / 2),
    "sparse_plus":    Known(sparse_plus, at(-1, 1)),
    "sparse_sigmoid": Known(lambda x: clip((x + 1) / 2, 0, 1), at(-1, 1)),
    "exponential":    Known(exp),
    "xielu":          Known(xielu, at(0)),
    "pflu":           Known(lambda x: x / 2 * (1 / (1 - x / sqrt(1 + x * x)) / (1 + x * x)
                            if x.value < 0 else 1 + x / sqrt(1 + x * x))),
    "bent_identity":  Known(lambda x: x + x * x / (sqrt(x * x + 1) + 1) / 2),
    "elish":          Known(lambda x: (x if x.value > 0 else expm1(x)) * sigmoid(x), at(0)),
    "2*sigmoid(x) - 1": Known(lambda x: tanh(x / 2)),
    "arctan":         Known(atan),
    "asinh":          Known(asinh),
    "sine":           Known(sin),
    "cosine":         Known(cos),
    "square":         Known(square),
    "abs":            Known(absolute, at(0)),
    "sign":           Known(lambda x: jet(mpmath.sign(x.value)), at(0)),
    "step":           Known(lambda x: jet(1 if x.value >= 0 else 0), at(0)),
}
# fmt: on


def sums(vector: Sequence[Jet]) -> Jet:
    total = jet(0)
    for each in vector:
        total = total + each
    return total


def softmax(vector: Sequence[Jet]) -> Jet:
    """The first output; every exponent is that of a difference, so that none overflows."""
    return 1 / sums([exp(each - vector[0]) for each in vector])


def logsumexp(vector: Sequence[Jet]) -> Jet:
    top = max(vector, key=lambda each: each.value)
    others = sums([exp(each - top) for each in vector if each is not top])
    small = mpmath.log1p(others.value)
    grown = 1 / (1 + others.value)
    return top + through(others, small, grown, -(grown**2))


def sparsemax(vector: Sequence[Jet]) -> Jet:
    """The first output, from differences alone, of which none rounds the numbers away."""
    ordered = sorted(vector, key=lambda each: each.value, reverse=True)
    for count in range(len(ordered), 0, -1):
        kept = ordered[:count]
        if 1 + sum(kept[-1].value - each.value for each in kept) > 0:
            break
    first = (1 + sums([vector[0] - each for each in kept])) / count
    return first if first.value > 0 else jet(0)


SPARSE = (0.0, 2.0)  # where it switches beside 1 and -0.5
VECTORS = {
    "softmax": softmax,
    "softmin": lambda vector: softmax([-each for each in vector]),
    "log_softmax": lambda vector: vector[0] - logsumexp(vector),
    "logsumexp": logsumexp,
    "sparsemax": sparsemax,
}
PAIRS: dict[str, Callable[[Jet, Jet], Jet]] = {
    "glu": lambda a, b: a * sigmoid(b),
    "swiglu": lambda a, b: a * (b * sigmoid(b)),
    "geglu": lambda a, b: a * (b * normal(b)),
}


class Truth(NamedTuple):
    """A function as it is typed for actviz, as one of x."""

    function: Callable[[Jet], Jet]
    kinks: Sequence[float]
    others: Sequence[Callable[[mpf], Jet]] = ()

    def at(self, x: float) -> Jet:
        return self.function(Jet(mpf(x), mpf(1)))

    def rounding(self, x: float) -> mpf:
        """What rounding the other numbers of a vector makes of the value: the sum of |l y'|."""
        return sum((abs(of_other(mpf(x)).first) for of_other in self.others), mpf(0))


def known(text: str, others: Sequence[float] = (), second: bool = False) -> Truth:
    """The truth of `NAME`, `NAME:p=v,...`, or a formula of the table.

    others: of a function of a vector the numbers that stay as the first one varies; second: of its
    outputs the second, not the first.
    """
    name, _, given = text.partition(":")
    parameters = {key: float(value) for key, value in re.findall(r"(\w+)=([^,]+)", given)}
    if name in VECTORS:
        function = VECTORS[name]

        def along(x: Jet, given: Sequence[Jet]) -> Jet:
            one, *more = given
            return function([one, x, *more] if second else [x, one, *more])

        def of_other(place: int) -> Callable[[mpf], Jet]:
            """The value as another number varies, relative to its size."""
            seeded = [Jet(mpf(z), mpf(z if i == place else 0)) for i, z in enumerate(others)]
            return lambda x: along(Jet(x), seeded)

        varied = [of_other(place) for place in range(len(others))]
        kinks = SPARSE if name == "sparsemax" else ()
        return Truth(lambda x: along(x, [*map(jet, others)]), kinks, varied)
    if name in PAIRS and "a" in parameters:
        return Truth(lambda x: PAIRS[name](jet(parameters["a"]), x), ())
    if name in PAIRS:
        return Truth(lambda x: PAIRS[name](x, jet(parameters["b"])), ())
    function, kinks = KNOWN[name]
    return Truth(lambda x: function(x, **parameters), tuple(kinks(**parameters)))


def several(line: str) -> bool:
    """Whether it is a function of more numbers than x."""
    name = line.split(":")[0].removesuffix("[2]")
    return name in VECTORS or name in PAIRS
