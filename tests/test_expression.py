"""The language: what it accepts, tree and text as the same thing, what it refuses and where."""

from __future__ import annotations

import copy
import gc
import pickle
import time

import pytest
from formulas import names, numbers, trees
from hypothesis import assume, given
from hypothesis import strategies as st

from actviz.errors import FormulaError
from actviz.formula.expression import (
    Apply,
    Name,
    Node,
    Number,
    X,
    free_names,
    rebuild,
    to_text,
    walk,
)
from actviz.formula.parsing import MAXIMUM_LENGTH, parse
from actviz.formula.primitives import PRIMITIVES

# typed, and as it is written back
WRITTEN = {
    "x*sigmoid( 1.702*x )": "x*sigmoid(1.702*x)",
    "x**2": "x**2",
    "-x**2": "-x**2",
    "(-x)**2": "(-x)**2",
    "x**-2": "x**-2",
    "x**-y**2": "x**-y**2",
    "2**x**3": "2**x**3",
    "(2**x)**3": "(2**x)**3",
    "a - (b - c)": "a - (b - c)",
    "a - b - c": "a - b - c",
    "a - (b + c)": "a - (b + c)",
    "(a + b) + c": "a + b + c",
    "a + (b + c)": "a + (b + c)",
    "a/(b*c)": "a/(b*c)",
    "a/b*c": "a/b*c",
    "a*(b/c)": "a*(b/c)",
    "a*-b": "a*-b",
    "-a*b": "-a*b",
    "-(a*b)": "-(a*b)",
    "a - -b": "a - -b",
    "a--1": "a - -1",
    "--x": "--x",
    "+x": "x",
    "-0.0*x": "0*x",
    "1e3": "1000",
    "1_000": "1000",
    ".5*x": "0.5*x",
    "5.*x": "5*x",
    "1E-6*x": "1e-06*x",
    "1e16*x": "1e+16*x",
    "5e-324": "5e-324",
    "where( x>0,x , alpha*x)": "where(x > 0, x, alpha*x)",
    "where(x + 1 <= 2*x, 1, 0)": "where(x + 1 <= 2*x, 1, 0)",
    "where((x) >= (y), 1, 0)": "where(x >= y, 1, 0)",
    "\n x \t+\n1 ": "x + 1",
    "clip(x, -1, 1)": "clip(x, -1, 1)",
    "((((x))))": "x",
    "x*(y*z)": "x*(y*z)",
    "-1**2": "-1**2",
    "(-1)**2": "(-1)**2",
    "Phi(x) + phi(x)": "Phi(x) + phi(x)",
    "pi*e": "pi*e",
}


@pytest.mark.parametrize("typed", WRITTEN)
def test_written_back(typed: str) -> None:
    tree = parse(typed)
    assert to_text(tree) == WRITTEN[typed]
    assert parse(to_text(tree)) is tree


def test_minus_binds_looser_than_a_power() -> None:
    """As in mathematics and in Python: -x**2 is -(x**2), and 2**-x has the sign in the exponent."""
    square = Apply("**", (X, Number(2.0)))
    assert parse("-x**2") is Apply("neg", (square,))
    assert parse("-1**2") is Apply("neg", (Apply("**", (Number(1.0), Number(2.0))),))
    assert parse("2**-x") is Apply("**", (Number(2.0), Apply("neg", (X,))))


def _typeable(tree: Node) -> bool:
    """-2 is read as a number, so the negative of a number cannot be typed; nor anything large."""
    parts = list(walk(tree))
    signed = any(
        isinstance(part, Apply) and part.head == "neg" and isinstance(part.arguments[0], Number)
        for part in parts
    )
    return not signed and len(to_text(tree)) <= MAXIMUM_LENGTH


@given(trees(st.one_of(names("a", "alpha", "max_val"), numbers(), numbers(any_float=True))))
def test_tree_to_text_to_tree_is_the_identity(tree: Node) -> None:
    assume(_typeable(tree))
    assert parse(to_text(tree)) is tree


@given(trees(st.one_of(names("a"), numbers())))
def test_nodes_are_shared_copied_and_pickled_as_themselves(tree: Node) -> None:
    assert pickle.loads(pickle.dumps(tree)) is tree
    assert copy.copy(tree) is tree
    assert copy.deepcopy(tree) is tree
    assert rebuild(tree, {}) is tree
    parts = list(walk(tree))
    assert len(set(parts)) == len(parts) and parts[-1] is tree
    for part in parts:
        if isinstance(part, Apply):
            assert all(parts.index(argument) < parts.index(part) for argument in part.arguments)


def test_equal_subtrees_are_one_object() -> None:
    left, right = parse("tanh(x + 1)*tanh(x + 1)").arguments  # type: ignore[attr-defined]
    assert left is right
    assert Number(0.0) is Number(-0.0)
    assert Number(2.0) is not Name("2.0")
    assert len({parse("x*y"), parse("x * y"), parse("(x)*(y)")}) == 1
    assert parse("x*y") is not parse("y*x")


def test_nodes_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        X.id = "y"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        X.other = 1  # type: ignore[attr-defined]


def test_forgotten_formulas_leave_no_trace() -> None:
    parse("x*0.123456789 + 987.654321")
    gc.collect()
    known = type(X)._known
    assert not any(key[0] is Number and key[1] == 987.654321 for key in list(known))


def test_free_names() -> None:
    assert free_names(parse("where(x > t, alpha*x + pi, e**beta)")) == {"t", "alpha", "beta"}
    assert free_names(parse("x")) == frozenset()


def test_replacing_a_part() -> None:
    tree = parse("x*tanh(x)")
    assert rebuild(tree, {X: parse("y + 1")}) is parse("(y + 1)*tanh(y + 1)")


def balanced(part: str, depth: int) -> str:
    """The larger of two, of two, and so on."""
    return f"max({balanced(part, depth - 1)}, {balanced(part, depth - 1)})" if depth else part


REFUSED = {
    # typed: the column of the caret, and a word of the message
    "": (0, "empty"),
    "   ": (0, "empty"),
    "x +": (3, "missing"),
    "x + * 2": (4, "missing"),
    "2x": (0, "*"),
    "(x": (0, "not closed"),
    "x)": (1, "never opened"),
    "x^2": (1, "**"),
    "x²": (1, "**2"),
    "−x": (0, "minus"),
    "π*x": (0, "pi"),
    "x > 0": (0, "where"),
    "where(x, 1, 0)": (6, "comparison"),
    "where(x == 0, 1, 0)": (6, "<"),
    "where(0 < x == 1, 1, 0)": (6, "<"),
    "where(x > 0 and x, 1, 0)": (16, "comparison"),
    "where(not x, 1, 0)": (10, "comparison"),
    "1 if x else 0": (5, "comparison"),
    "gelu'(x)": (4, "meaning"),
    "where(x > 0, 1)": (0, "3 arguments"),
    "max(x)": (0, "2 arguments"),
    "max(x, 0, 1)": (0, "2 arguments"),
    "sin()": (0, "1 argument,"),
    "  3 + sni(x)": (6, "sin"),
    "relu(x)": (0, "max(x, 0)"),
    "ln(x)": (0, "log"),
    "arctan(x)": (0, "atan"),
    "x(2)": (0, "product"),
    "sin": (0, "sin(u)"),
    "sin*x": (0, "sin(u)"),
    "tanh(u=x)": (0, "by place"),
    "spherical_jn(9, x)": (13, "whole number, 0 to 8"),
    "spherical_jn(-1, x)": (13, "whole number"),
    "2*spherical_jn(0.5, x)": (15, "whole number"),
    "spherical_jn(n, x)": (13, "whole number"),
    "spherical_jn(x, 1)": (13, "whole number"),
    "spherical_jn(x)": (0, "2 arguments"),
    "tanh(*x)": (5, "starred"),
    "x.real": (0, "attribute"),
    "x and 1": (0, "where"),
    "not x > 0": (0, "where"),
    "x // 2": (0, "floor(a/b)"),
    "x % 2": (0, "mod(a, b)"),
    "x @ x": (0, "operator"),
    "x | 1": (0, "operator"),
    "x, 1": (0, "comma"),
    "1j*x": (0, "real number"),
    "1e999": (0, "too large"),
    "1" + "0" * 400: (0, "too large"),
    "True": (0, "real number"),
    "None": (0, "real number"),
    "__import__": (0, "name"),
    "_x": (0, "name"),
    "a = 1": (2, "="),
    "x; x": (1, "no meaning"),
    "x # comment": (2, "no meaning"),
    "lambda: 1": (6, "no meaning"),
    "where(x => 0, 1, 0)": (8, "relation"),
    "where(x=0, 1, 0)": (7, "relation"),
    "05*x": (0, "begin with 0"),
    "max(1,, x)": (6, "missing"),
    "x y": (2, "expected"),
    "(x := 1)": (3, "no meaning"),
    "x" * (MAXIMUM_LENGTH + 1): (MAXIMUM_LENGTH, "too long"),
    balanced("+".join(["x"] * 40), 4): (0, "too large"),
    "+".join(["x"] * 51): (0, "deep"),
    "sin(" * 55 + "x" + ")" * 55: (0, "deep"),
    "(" * 240 + "x" + ")" * 240: (0, "deep"),
    "-" * 300 + "x": (0, "deep"),
    "x**" * 100 + "x": (0, ""),
}


@pytest.mark.parametrize("typed", REFUSED, ids=lambda text: ascii(text)[:40])
def test_refused_with_a_caret(typed: str) -> None:
    place, word = REFUSED[typed]
    start = time.perf_counter()
    with pytest.raises(FormulaError) as caught:
        parse(typed)
    assert time.perf_counter() - start < 1
    error = caught.value
    assert word in error.message
    message, shown, caret = str(error).split("\n")
    assert message == error.message and message.endswith((".", "?"))
    assert caret.strip() == "^" and len(caret) <= 70 and shown.isprintable()
    if "too l" not in message and "deep" not in message:
        assert error.position == place
    assert isinstance(pickle.loads(pickle.dumps(error)), FormulaError)


SEVERAL = {
    # conditions: the same with one comparison in each where
    "where(0 < x < 1, x, 2)": "where(0 < x, where(x < 1, x, 2), 2)",
    "where(x > 0 and x < 1, x, 2)": "where(x > 0, where(x < 1, x, 2), 2)",
    "where(x < 0 or x > 1, x, 2)": "where(x < 0, x, where(x > 1, x, 2))",
    "where(not x > 0, x, 2)": "where(x > 0, 2, x)",
    "where(not (x > 0 or x < -1), x, 2)": "where(x > 0, 2, where(x < -1, 2, x))",
    "x if x > 0 else 2": "where(x > 0, x, 2)",
    "x if x > 1 else 2 if x > 0 else 3": "where(x > 1, x, where(x > 0, 2, 3))",
    "where(-1 <= x <= 1 or x > 2, x, 0)": "where(-1 <= x, where(x <= 1, x, where(x > 2, x, 0)), "
    "where(x > 2, x, 0))",
}


@pytest.mark.parametrize("typed", SEVERAL)
def test_several_comparisons(typed: str) -> None:
    assert parse(typed) is parse(SEVERAL[typed])


def test_the_limits_themselves_are_allowed() -> None:
    assert len(list(walk(parse("x*1" + " " * (MAXIMUM_LENGTH - 3))))) == 3
    assert parse("+".join(["x"] * 50))
    assert parse(balanced("+".join(["x"] * 31), 4))
    assert parse("sin(" * 48 + "x" + ")" * 48)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_primitive_takes_exactly_its_arguments(name: str) -> None:
    special = {"condition": "x > 0", "n": "2"}
    arguments = [special.get(argument, "x") for argument in PRIMITIVES[name].arguments]
    assert to_text(parse(f"{name}({', '.join(arguments)})")) == f"{name}({', '.join(arguments)})"
    with pytest.raises(FormulaError, match="argument"):
        parse(f"{name}({', '.join([*arguments, 'x'])})")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = parse(text)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)
    else:
        assert parse(to_text(tree)) is tree


@given(st.text("x0123456789.+-*/()<>=, eabsinw_", max_size=40))
def test_nearly_formulas_are_read_or_refused(text: str) -> None:
    try:
        tree = parse(text)
    except FormulaError:
        return
    assert parse(to_text(tree)) is tree
