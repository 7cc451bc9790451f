"""Random formulas of the language: for searches by hypothesis, and as text, by lot."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from actviz.catalogue.entry import Entry
from actviz.formula.expression import Apply, Name, Node, Number
from actviz.formula.primitives import OF_ORDER, OF_VECTOR, PRIMITIVES

# Sums and products of these are exact in float64, so an algebra over fractions loses nothing.
SIMPLE = (0.0, 1.0, 2.0, 3.0, 4.0, 0.5, 0.25, 1.5, -1.0, -2.0, -0.5)
UNARY = tuple(
    p.name for p in PRIMITIVES.values() if len(p.arguments) == 1 and p.name not in OF_VECTOR
)
BINARY = ("hypot", "unit", "min", "max", "mod")
OPERATORS = ("+", "-", "*", "/", "+", "-", "*")
COMPARISONS = ("<", "<=", ">", ">=")
POWERS = (2.0, 3.0, 0.5, -1.0, -2.0, 4.0, 1.5)


def numbers(any_float: bool = False) -> SearchStrategy[Node]:
    """Constants: simple ones, or any that float64 holds."""
    floats = st.floats(allow_nan=False, allow_infinity=False)
    return st.builds(Number, floats if any_float else st.sampled_from(SIMPLE))


def names(*parameters: str) -> SearchStrategy[Node]:
    return st.builds(Name, st.sampled_from(("x", "x", "x", *parameters)))


def trees(
    leaves: SearchStrategy[Node],
    unary: tuple[str, ...] = UNARY,
    binary: tuple[str, ...] = BINARY,
    branches: bool = True,
    size: int = 8,
) -> SearchStrategy[Node]:
    """Formulas over the leaves, up to about the given number of them."""

    def grown(parts: SearchStrategy[Node]) -> SearchStrategy[Node]:
        def apply(heads: tuple[str, ...], *arguments: SearchStrategy[Node]) -> SearchStrategy[Node]:
            return st.builds(Apply, st.sampled_from(heads), st.tuples(*arguments))

        choices = [
            apply(unary, parts),
            apply(OPERATORS, parts, parts),
            apply(("**",), parts, st.builds(Number, st.sampled_from(POWERS))),
            apply(("neg",), parts),
        ]
        if binary:
            choices.append(apply(binary, parts, parts))
        if branches:
            choices.append(apply(("clip",), parts, parts, parts))
            choices.append(apply(("where",), apply(COMPARISONS, parts, parts), parts, parts))
        return st.one_of(choices)

    return st.recursive(leaves, grown, max_leaves=size)


# --- as text, by lot: what is hard to look at ----------------------------------------------------

NUMBERS = (0.5, 1.0, 2.0, 3.0, 4.0, 0.25, 1.5, 10.0, 0.1, 30.0)
EXPONENTS = ("2", "3", "0.5", "-1", "-2", "7", "1.5", "(1/3)", "-0.5", "12")
WAVES = ("sin", "cos", "tan", "sinc")
# what waves quicken with, or towards
GROWING = ("exp({u})", "({u})**{k}", "1/({u})", "1/({u})**{k}", "sinh({u})", "({u})*({v})")
ELEMENTWISE = tuple(name for name in UNARY if name not in OF_ORDER)
# of each shape how often; u, v and w are smaller formulas, a and b numbers, k a whole one
SHAPES = {
    "{unary}({u})": 25, "({u}{operator}{v})": 30, "({u})**{exponent}": 10, "({u})**({v})": 4,
    "{wave}({growing})": 9, "{step}({a}*{u})": 5, "mod({u},{v})": 4, "{binary}({u},{v})": 4,
    "clip({u},{a},{v})": 3, "where({u}{comparison}{v},{w},{u})": 6,
}  # fmt: skip
SPANS = ("-6:6",) * 6 + ("-100:100", "0:1", "-1e4:1e4", "-0.01:0.01", "-1:1", "5:700", "-1e-8:1e-8")


def number_by_lot(rng: Random) -> str:
    """Most of them simple, some of any size."""
    wild = rng.choices((0, 6, 300), (50, 47, 3))[0]
    value = float(f"{10 ** rng.uniform(-wild, wild):.3g}") if wild else rng.choice(NUMBERS)
    return f"(-{value!r})" if rng.random() < 0.3 else repr(value)


def line_by_lot(rng: Random) -> str:
    shapes = ("x", "({a}*x)", "(x-{a})", "({a}*x+{b})", "{a}")
    shape = rng.choices(shapes, (50, 15, 10, 10, 15))[0]
    return shape.format(a=number_by_lot(rng), b=number_by_lot(rng))


def text_by_lot(rng: Random, size: int) -> str:
    """A formula in x as it is typed: powers of powers, quickening waves, steps, branches, poles."""
    if size <= 1:
        return line_by_lot(rng)
    cut = rng.randint(1, size - 1)
    (shape,) = rng.choices(tuple(SHAPES), tuple(SHAPES.values()))
    u = text_by_lot(rng, size - 1 if "{v}" not in shape else cut)
    growing = rng.choice(GROWING).format(u=u, v=line_by_lot(rng), k=rng.randint(2, 9))
    return shape.format(
        u=u,
        v=text_by_lot(rng, size - cut) if "{v}" in shape else "",
        w=line_by_lot(rng),
        a=number_by_lot(rng),
        unary=rng.choice(ELEMENTWISE),
        binary=rng.choice(("min", "max", "hypot", "unit")),
        operator=rng.choice("++--***/"),
        exponent=rng.choice(EXPONENTS),
        wave=rng.choice(WAVES),
        growing=growing,
        step=rng.choice(("floor", "ceil", "round", "sign")),
        comparison=rng.choice(COMPARISONS),
    )


def calls_by_lot(rng: Random, functions: Mapping[str, Entry], depth: int = 2) -> str:
    """A formula that calls catalogue functions, parameters by place and by name, as it is typed."""
    inner = rng.choice(("x", "x", "2*x", "x - 1", "-x", "x/3", "x**2", "tanh(x)", "x - x**3"))
    if depth <= 0:
        return inner
    name = rng.choice(list(functions))
    primes = rng.choice(("", "", "", "'", "''"))
    arguments = [calls_by_lot(rng, functions, depth - rng.choice((1, 2)))]
    given = list(functions[name].parameters.items())
    cut = rng.randint(0, len(given))
    arguments += [repr(value) for _, value in given[:cut]]
    arguments += [f"{key}={value!r}" for key, value in given[cut:] if rng.random() < 0.5]
    call = f"{name}{primes}({', '.join(arguments)})"
    other = calls_by_lot(rng, functions, depth - 2)
    return rng.choice(
        (call, call, f"{call} - {other}", f"{call}*({other})", f"max({call}, {other})")
    )


# --- differences, of which little is left far out ------------------------------------------------

LEAVES = ("x",) * 5 + ("1", "2", "0.5", "(x + 1)", "(2*x)", "(x - 3)", "0.1", "3")
SETTLING = (
    "sigmoid", "tanh", "softplus", "atan", "exp", "asinh", "erf", "Phi", "log1p", "expm1", "abs",
    "sqrt", "log_cosh", "sech", "sin", "cos", "tanhshrink", "cbrt",
)  # fmt: skip
ROOTS = ("sqrt({u}**2 + {a})", "log({u}**2 + {a})")


def difference_by_lot(rng: Random) -> str:
    """One formula less another, made of what grows, settles or dies away."""
    depths = rng.choice((2, 3, 3, 4)), rng.choice((1, 2, 3))
    return " - ".join(f"({_settling(rng, depth)})" for depth in depths)


def _settling(rng: Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(LEAVES)
    lot, u = rng.random(), _settling(rng, depth - 1)
    if lot < 0.35:
        return f"({u} {rng.choice('+-*-+/')} {_settling(rng, depth - 1)})"
    if lot < 0.45:
        return rng.choice(ROOTS).format(u=u, a=rng.choice(("1", "0.01", "4")))
    if lot < 0.9:
        return f"{rng.choice(SETTLING)}({u})"
    return f"({u})**{rng.choice(EXPONENTS)}"
