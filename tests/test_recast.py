"""What is computed in place of exponentials that are written out is the same function."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import lot, numbers
from judged import hold
from reference import Asked, by

import actviz
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Apply, Name, Node, X, rebuild, to_text, walk
from actviz.formula.parsing import parse
from actviz.formula.primitives import WRITTEN
from actviz.formula.recast import recast

U, A = Name("u"), Name("a")


@pytest.mark.parametrize(("written", "instead"), WRITTEN)
def test_a_form_is_what_is_said(written: str, instead: str) -> None:
    """By balls that share no rule with it, at numbers of all sizes, for u of both signs."""
    for u in ("x", "-2*x", "x**2 - 3"):
        places: dict[Node, Node] = {U: parse(u), A: parse("x + 1")}
        form, other = (rebuild(parse(text), places) for text in (written, instead))
        x = [each for each in numbers(lot(written, u), 12, []) if np.isfinite(each)]
        got = evaluate(other, np.array(x), {}).tolist()
        answers = ((Asked(form, {"x": [v]}, by("x")), y) for v, y in zip(x, got, strict=True))
        hold(f"{written} as {instead} with u = {u}", answers)


@pytest.mark.parametrize(("written", "instead"), WRITTEN)
def test_a_form_is_found_however_it_is_written(written: str, instead: str) -> None:
    for u in ("x", "-x", "3*x", "-0.5*x", "sin(x)", "x**2 - 3"):
        places: dict[Node, Node] = {U: parse(u), A: parse("x + 1")}
        form = rebuild(parse(written), places)
        assert recast(form) is not form, to_text(form)
        assert recast(_turned(form)) is not _turned(form), to_text(_turned(form))


def _turned(node: Node) -> Node:
    """With the terms of each sum, and the factors of each product, the other way round."""
    if not isinstance(node, Apply):
        return node
    arguments = tuple(map(_turned, node.arguments))
    return Apply(node.head, arguments[::-1] if node.head in "+*" else arguments)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1/(1 + exp(-x))", "sigmoid(x)"),
        ("x/(1 + exp(-1.702*x))", "x*sigmoid(1.702*x)"),
        ("x*tanh(log(1 + exp(x)))", "x*tanh(softplus(x))"),
        ("x*exp(x)/(1 + exp(x))", "x*sigmoid(x)"),
        ("(1 - exp(-2*x))/(1 + exp(-2*x))", "-tanh(-x)"),
        ("where(x > 0, x, exp(x) - 1)", "where(x > 0, x, expm1(x))"),
        ("(exp(x) - exp(-2*x))/(exp(x) + exp(-x))", "0.5*((exp(x) - exp(-2*x))*sech(x))"),
        ("exp(x)/sum(exp(x))", "exp(x)/sum(exp(x))"),  # softmax shifts its exponents itself
        ("(exp(x/x) - exp(-1))/(exp(x/x) + exp(-1))", "(exp(x/x) - exp(-1))/(exp(x/x) + exp(-1))"),
    ],
)
def test_what_is_found(text: str, found: str) -> None:
    assert recast(parse(text)) is parse(found) or to_text(recast(parse(text))) == found


def test_what_was_typed_is_what_is_printed() -> None:
    f = actviz.get("log(1 + exp(x))")
    assert to_text(f.definition) == "log(1 + exp(x))"
    assert X in set(walk(f.numeric_tree())) and to_text(f.numeric_tree()) == "softplus(x)"
    assert f(-800.0) == 0.0 and f(800.0) == 800.0
