"""Derivatives by rules: exact against Taylor arithmetic, short to read, quick for any formula."""

from __future__ import annotations

from cProfile import Profile

import pytest
from formulas import names, numbers, trees
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sampled import sampled

from actviz.check.exact import exact_derivatives, exact_value
from actviz.errors import UsageError
from actviz.formula.algebra import build, simplify
from actviz.formula.derivative import MAXIMUM_NODES, MAXIMUM_WRITTEN, differentiate
from actviz.formula.expression import Apply, Name, Node, Number, X, rebuild, to_text, walk
from actviz.formula.latex import to_latex
from actviz.formula.parsing import parse
from actviz.formula.primitives import OF_VECTOR, PRIMITIVES
from actviz.formula.terms import linear_root

mpmath = pytest.importorskip("mpmath", reason="the reference of these tests")

PARAMETERS = {"a": 0.75}
# On and off the places where random formulas switch.
POINTS = (0.3, -0.3, 1.7, -1.7, 0.011, -5.2, 3.3, 0.0, 1.0, -1.0, 2.0, 0.5)


def nth(node: Node, order: int) -> Node:
    for _ in range(order):
        node = differentiate(node)
    return node


def _same(got: object, expected: object) -> bool:
    """To 40 digits, and both undefined or neither."""
    if expected != expected or got != got:
        return got != got and expected != expected
    if got == expected:  # both infinite
        return True
    return abs(got - expected) <= mpmath.mpf(10) ** -40 * abs(expected) + mpmath.mpf(10) ** -390  # type: ignore[operator]


def wrong(tree: Node, x: float, order: int = 2) -> list[str]:
    """Where a simplified tree or its derivatives differ from the tree's own Taylor coefficients."""
    exact = exact_derivatives(tree, x, PARAMETERS, order)
    readings = {"simplified": (simplify(tree), exact[0])}
    readings |= {f"order {n}": (nth(tree, n), exact[n]) for n in range(1, order + 1)}
    return [
        f"{to_text(tree)} at {x!r}, {label}: {to_text(read)} => {got} != {expected}"
        for label, (read, expected) in readings.items()
        if expected == expected and not _same(got := exact_value(read, x, PARAMETERS), expected)
    ]


@settings(max_examples=150)
@given(trees(st.one_of(names("a"), numbers()), size=6), st.sampled_from(POINTS))
def test_rules_and_algebra_keep_every_digit(tree: Node, x: float) -> None:
    """Numbers are dyadic, so the coefficients that the algebra adds up are exact as well."""
    assume(sum(1 for _ in walk(tree)) < 14)
    assume(
        exact_derivatives(tree, x, PARAMETERS, 0)[0] == exact_derivatives(tree, x, PARAMETERS, 0)[0]
    )
    assume(not _root_of_zero(tree, x))
    assert not wrong(tree, x)


def _root_of_zero(tree: Node, x: float) -> bool:
    """Whether a root or an angle is taken at 0, where a rule meets 0/0 though the whole is smooth.

    (x**1.5)**0.5 has a derivative at 0 only as a limit.
    """
    for part in walk(tree):
        match part:
            case Apply("**", (_, Number(n))) if n.is_integer() and n > 0:
                continue
            case Apply("sqrt" | "hypot" | "unit" | "**", arguments):
                values = [exact_value(argument, x, PARAMETERS) for argument in arguments]
                if part.head in ("hypot", "unit"):
                    values = [abs(values[0]) + abs(values[1])]
                if not values[0]:
                    return True
    return False


@settings(max_examples=50)
@given(
    trees(st.one_of(names(), numbers()), unary=("exp", "tanh", "sigmoid", "softplus", "sin", "Phi"),
          binary=(), branches=False, size=5),
    st.sampled_from((0.3, -1.7, 2.5)),
)  # fmt: skip
def test_to_order_3(tree: Node, x: float) -> None:
    assume(sum(1 for _ in walk(tree)) < 10)
    assume(not _root_of_zero(tree, x))
    try:
        assert not wrong(tree, x, order=3)
    except UsageError:
        assume(False)


RULES = [
    (name, part)
    for name, primitive in PRIMITIVES.items()
    if name not in OF_VECTOR
    for part in range(len(primitive.arguments))
    if not (name == "where" and part == 0) and primitive.arguments[part] != "n"
]


@pytest.mark.parametrize(("name", "part"), sampled(RULES, 0.25))
def test_every_rule_by_every_argument(name: str, part: int) -> None:
    """With arguments that themselves depend on x, on both sides of every branch, to order 3.

    Less for the Bessel functions: beyond, their coefficients are fifths, which float64 rounds.
    """
    order = {"sinc": 2, "spherical_jn": 1}.get(name, 3)
    inner = [parse(text) for text in ("x + x**2/4", "1.5 - x", "3 + x/2")]
    count = len(PRIMITIVES[name].arguments)
    for moving in (inner[part], parse("2*x"), X):
        arguments: list[Node] = [Number(value) for value in (0.5, 0.25, 2.0)][:count]
        arguments[part] = moving
        if name == "where":
            arguments[0] = Apply(">", (X, Number(0.5)))
        if PRIMITIVES[name].arguments[0] == "n":
            arguments[0] = Number(1.0)
        tree = Apply(name, tuple(arguments))
        for x in (0.125, 0.5, 0.75, 1.5, 3.0, -0.25, -3.0):
            assert not wrong(tree, x, order)


@pytest.mark.parametrize("name", [p.name for p in PRIMITIVES.values() if len(p.arguments) > 1
                                  and p.arguments[0] not in ("n", "condition")])  # fmt: skip
def test_all_arguments_at_once(name: str) -> None:
    arguments = tuple(map(parse, ("x**2 - 1", "1 - x", "1 + x/2")))[
        : len(PRIMITIVES[name].arguments)
    ]
    for x in (-3.0, -2.0, -0.5, 0.0, 0.25, 1.5, 4.0, *([1.0] * (name not in ("hypot", "unit")))):
        assert not wrong(Apply(name, arguments), x)


# formula, x, first derivative: that of the branch taken (at a tie max and min take the second)
AT_SWITCHES = (
    ("max(x, 0)", 0.0, 0), ("max(0, x)", 0.0, 1), ("min(x, 6)", 6.0, 0), ("min(6, x)", 6.0, 1),
    ("min(max(x, 0), 6)", 0.0, 0), ("min(max(x, 0), 6)", 6.0, 0), ("max(x, -x)", 0.0, -1),
    ("clip(x, -1, 1)", -1.0, 0), ("clip(x, -1, 1)", 1.0, 0), ("clip(x, 1, -1)", 0.0, 0),
    ("clip(1, x, 3)", 1.0, 1), ("clip(5, 0, x)", 5.0, 1), ("clip(0, 2, x)", 1.0, 1),
    ("clip(x, x, x)", 1.0, 1), ("clip(4, x, 2)", 3.0, 0), ("clip(1, 4, x)", -5.0, 1),
    ("abs(x)", 0.0, 0), ("abs(x)*x", 0.0, 0), ("sign(x)", 0.0, 0), ("sign(x)*x", 0.0, 0),
    ("where(x > 0, x, 0.25*x)", 0.0, 0.25), ("where(x >= 0, x, 0.25*x)", 0.0, 1),
    ("where(x < 0, 2*x, 3*x)", 0.0, 3), ("where(x <= 0, 2*x, 3*x)", 0.0, 2),
    ("x*clip(x + 3, 0, 6)/6", 3.0, 1), ("x*clip(x + 3, 0, 6)/6", -3.0, 0),
    ("max(x, 0)**2", 0.0, 0), ("where(abs(x) > 1, x, 0)", 1.0, 0),
    ("where(-x > -1, x, 5*x)", 1.0, 5), ("where(2*x + 1 >= 3, x, 5*x)", 1.0, 1),
    ("clip(0.2*x + 0.5, 0, 1)", 2.5, 0), ("clip(0.2*x + 0.5, 0, 1)", -2.5, 0),
)  # fmt: skip


@pytest.mark.parametrize(("formula", "x", "slope"), AT_SWITCHES)
def test_at_switches_the_branch_taken_counts(formula: str, x: float, slope: float) -> None:
    assert float(exact_value(differentiate(parse(formula)), x, {})) == slope


READABLE = {
    # formula: first derivative, second derivative
    "x": ("1", "0"),
    "3": ("0", "0"),
    "x**2": ("2*x", "2"),
    "x**3 - 2*x + 1": ("3*x**2 - 2", "6*x"),
    "-x": ("-1", "0"),
    "1/x": ("-1/x**2", "2/x**3"),
    "sqrt(x)": ("1/(2*sqrt(x))", "-1/(4*x**1.5)"),
    "sin(2*x)": ("2*cos(2*x)", "-4*sin(2*x)"),
    "exp(-x)": ("-exp(-x)", "exp(-x)"),
    "exp(-x**2)": ("-2*x*exp(-x**2)", "exp(-x**2)*(4*x**2 - 2)"),
    "sigmoid(x)": ("sigmoid(x)*sigmoid(-x)", "-sigmoid(x)*sigmoid(-x)*tanh(x/2)"),
    "tanh(x)": ("sech(x)**2", "-2*sech(x)**2*tanh(x)"),
    "softplus(beta*x)/beta": ("sigmoid(beta*x)", "beta*sigmoid(beta*x)*sigmoid(-beta*x)"),
    "x*sigmoid(x)": (
        "sigmoid(x)*(1 + x*sigmoid(-x))",
        "sigmoid(x)*sigmoid(-x)*(2 - x*tanh(x/2))",
    ),
    "x*Phi(x)": ("Phi(x) + x*phi(x)", "phi(x)*(2 - x**2)"),
    "max(x, 0)": ("where(x > 0, 1, 0)", "0"),
    "max(x, 0)**2": ("where(x > 0, 2*x, 0)", "where(x > 0, 2, 0)"),
    "where(x > 0, x, alpha*x)": ("where(x > 0, 1, alpha)", "0"),
    "where(x > 0, x, alpha*expm1(x))": (
        "where(x > 0, 1, alpha*exp(x))",
        "where(x > 0, 0, alpha*exp(x))",
    ),
    "clip(x, lower, upper)": ("where(x > lower, where(x < upper, 1, 0), 0)", "0"),
    "atan(x)": ("1/(1 + x**2)", "-2*x/(1 + x**2)**2"),
    "abs(x)": ("sign(x)", "0"),
    "log(x)": ("1/x", "-1/x**2"),
    "e**x": ("e**x", "e**x"),
    "2**x": ("2**x*log(2)", "2**x*log(2)**2"),
    "clip(x, -1, 1)**2": (
        "where(x > -1, where(x < 1, 2*clip(x, -1, 1), 0), 0)",
        "where(x > -1, where(x < 1, 2, 0), 0)",
    ),
    "max(-1, min(1, x))": ("where(x < -1, 0, where(x > 1, 0, 1))", "0"),
    "max(0, min(1, x/6 + 0.5))": ("where(x < -3, 0, where(x > 3, 0, 1/6))", "0"),
    "1/(1 + x**2)": ("-2*x/(1 + x**2)**2", "(6*x**2 - 2)/(1 + x**2)**3"),
    "x/(1 + abs(x))": ("1/(1 + abs(x))**2", "-2*sign(x)/(1 + abs(x))**3"),
    "log(1 + exp(x))": ("exp(x)/(1 + exp(x))", "exp(x)/(1 + exp(x))**2"),
    "x/sqrt(1 + x**2)": ("1/(1 + x**2)**1.5", "-3*x/(1 + x**2)**2.5"),
}


@pytest.mark.parametrize("formula", READABLE)
def test_readable(formula: str) -> None:
    tree = parse(formula)
    assert (to_text(nth(tree, 1)), to_text(nth(tree, 2))) == READABLE[formula]


BY_PARAMETERS = (
    # formula, parameter, derivative
    ("where(x > 0, x, alpha*x)", "alpha", "where(x > 0, 0, x)"),
    ("where(x > 0, x, alpha*expm1(x))", "alpha", "where(x > 0, 0, expm1(x))"),
    ("x*sigmoid(beta*x)", "beta", "x**2*sigmoid(beta*x)*sigmoid(-beta*x)"),
    ("clip(x, lower, upper)", "lower", None),
    ("softplus(beta*x)/beta", "beta", None),
    ("where(x > 0, x, alpha*expm1(x/alpha))", "alpha", None),
    ("(x + sqrt(x**2 + b))/2", "b", None),
    ("x**p", "p", None),
    ("min(max(x, 0), n)", "n", None),
    ("where(x > t, x - t, 0)", "t", None),
    ("x", "alpha", "0"),
)


@pytest.mark.parametrize(("formula", "parameter", "expected"), BY_PARAMETERS)
def test_by_a_parameter(formula: str, parameter: str, expected: str | None) -> None:
    """The same as renaming: the parameter becomes the variable and x a parameter."""
    tree = parse(formula)
    derivative = differentiate(tree, parameter)
    assert expected is None or to_text(derivative) == expected
    values = {
        "alpha": 0.5,
        "beta": 2.0,
        "lower": -1.0,
        "upper": 3.0,
        "b": 4.0,
        "p": 2.5,
        "n": 6.0,
        "t": 1.0,
    }
    swapped = rebuild(tree, {X: Name("fixed"), Name(parameter): X})
    for x in (0.25, 1.75, 7.0):
        got = exact_value(derivative, x, values)
        expected_value = exact_derivatives(swapped, values[parameter], values | {"fixed": x}, 1)[1]
        assert _same(got, expected_value)


def test_of_a_vector_function() -> None:
    """p*(1 - p) is p times the sum of the others: no cancellation where p is near 1."""
    assert to_text(differentiate(parse("exp(x)/sum(exp(x))"))) == (
        "exp(x)*others(exp(x))/sum(exp(x))**2"
    )
    assert to_text(differentiate(parse("x - log(sum(exp(x)))"))) == "others(exp(x))/sum(exp(x))"
    assert differentiate(parse("others(x)")) is Number(0.0)


LINEAR = {
    "x": 0.0, "x - 3": 3.0, "3 - x": 3.0, "0.2*x + 0.5": -2.5, "x/6 + 0.5": -3.0,
    "2*(x + 1) - x": -2.0, "0.1*x - 0.3": 3.0, "-(x + 1)/2": -1.0, "x**2": None,
    "x*x": None, "1/x": None, "3": None,
    "x + a": None, "0*x": None, "x - x": None, "exp(x)": None, "1e-300*x - 1e-300": 1.0,
}  # fmt: skip


@pytest.mark.parametrize("formula", LINEAR)
def test_root_of_a_linear_formula(formula: str) -> None:
    assert linear_root(parse(formula)) == LINEAR[formula]


HOSTILE = (
    "sin(" * 40 + "x" + ")" * 40,
    "x**x**x**x**x**x",
    "*".join(["sin(x)"] * 40),
    "*".join(f"sin({n}*x)" for n in range(1, 40)),
    "/".join(f"(x+{n})" for n in range(1, 45)),
    "+".join(f"x**{n}" for n in range(1, 45)),
    "*".join(["(x+1)"] * 49),
    "*".join(f"(x+{n})" for n in range(1, 45)),
    "*".join(f"(x**2+a*x+{n})" for n in range(1, 20)),
    "(1+x)**64*(1-x)**64*(2+x)**64",
    "(((((1+x)**2+1)**2+1)**2+1)**2+1)**2",
    "1/(1+1/(1+1/(1+1/(1+1/(1+1/(1+1/(1+1/x)))))))",
    "max(" * 24 + "x" + "".join(f",{n}*x)" for n in range(24)),
    "where(x>0," * 24 + "x" + ",0)" * 24,
    "where(x>0,x,1)*" * 20 + "x",
    "hypot(" * 24 + "x" + ",x)" * 24,
    "unit(" * 24 + "x" + ",x)" * 24,
    "clip(" * 24 + "x" + ",x,x)" * 24,
    "sigmoid(" * 20 + "x" + ")" * 20 + "*tanh(tanh(tanh(x)))",
    "exp(x)/(1+exp(x))*" * 14 + "x",
    "(x+1/x)**60",
    "x**1e300*x**1e300",
    "1e308*x*1e308*x",
    "5e-324*x*5e-324*x",
    "((((((2*x)**64)**64)**64)**64)**64)**64",
    "x**(((((64**64)**64)**64)**64)**64)",
    "2**2**2**2**2**2**2*x",
    "(1e300*x)**64",
    "x**0.1*x**0.3*x**0.7",
    "0/0*x",
    "x/0",
    "0**-1*x",
    "sqrt(-1)*x",
    "log(0)*x",
)


WORK = 4_000_000  # calls of Python functions: some two seconds


@pytest.mark.parametrize("formula", sampled(HOSTILE, 0.1), ids=lambda text: text[:30])
def test_hostile_formulas_end_soon(formula: str) -> None:
    """Up to the highest order with no more than so much work, or a refusal."""
    profile = Profile(builtins=False)
    profile.runcall(_differentiated, formula)
    assert sum(entry.callcount for entry in profile.getstats()) < WORK


def _differentiated(formula: str) -> None:
    build.cache_clear()
    differentiate.cache_clear()
    tree = parse(formula)
    try:
        for _ in range(4):
            tree = differentiate(tree)
            assert sum(1 for _ in walk(tree)) <= MAXIMUM_NODES
            assert len(to_text(tree)) < 10 * MAXIMUM_WRITTEN and to_latex(tree)
    except UsageError as error:
        assert "too large" in str(error) or "beyond the range" in str(error)


def test_a_selection_of_two_numbers_is_compared() -> None:
    """min(1, 0) was swapped again and again, as either is a number."""
    slope = differentiate(parse("clip(min(1, 0), 2, x)"))
    taken = "where(min(1, 0) > 2, where(x > min(1, 0), 0, 1), where(x > 2, 0, 1))"
    assert to_text(slope) == taken
