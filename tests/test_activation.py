"""The Python interface: formulas with parameters, functions of vectors, and what is refused."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest

import actviz
from actviz.catalogue.activation import Activation, from_formula
from actviz.errors import FormulaError, UsageError
from actviz.formula.parsing import parse

X = (-2.0, -0.5, 0.0, 0.5, 3.0)


def test_the_example_of_the_design() -> None:
    elu = actviz.get("elu", alpha=0.5)
    assert elu(-1.0) == elu.value(-1.0) == 0.5 * math.expm1(-1.0)
    assert elu.derivative(-1.0) == elu.derivative(-1.0, order=2) == 0.5 * math.exp(-1.0)
    assert elu.formula == "where(x > 0, x, alpha*expm1(x))"
    assert elu.derivative_formula() == "where(x > 0, 1, alpha*exp(x))"
    assert r"\alpha" in elu.latex(order=1)
    assert dict(elu.parameters) == {"alpha": 0.5} and elu.name == "elu" and not elu.vector


REFUSED = (
    # call, words of the message
    (lambda: actviz.get("rleu"), "Did you mean relu"),
    (lambda: actviz.get("elu", alhpa=1), "Did you mean alpha"),
    (lambda: actviz.get("relu", alpha=1), "takes none"),
    (lambda: actviz.get("a*x"), "needs a value for the parameter a"),
    (lambda: actviz.get("a*x + b"), "parameters a, b"),
    (lambda: actviz.get("a*x", a=1, b=2), "no parameter b"),
    (lambda: actviz.get("x +"), "missing"),
    (lambda: actviz.get("relu").derivative(1.0, order=5), "0 to 4"),
    (lambda: actviz.get("relu").derivative(1.0, order=-1), "0 to 4"),
    (lambda: actviz.get("relu").derivative(1.0, order=1.5), "0 to 4"),
    (lambda: actviz.get("relu").derivative(1.0, side="up"), "left"),
    (lambda: actviz.get("relu").derivative(1.0, wrt="alpha"), "no parameter"),
    (lambda: actviz.get("relu").derivative_formula(7), "0 to 4"),
    (
        lambda: actviz.get("relu").slice([0.0], 0),
        "relu is a function of a number: it has no components",
    ),
)


@pytest.mark.parametrize(("call", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_refused(call: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        call()
    assert words in str(caught.value)


def test_a_refused_formula_is_a_formula_error() -> None:
    with pytest.raises(FormulaError) as caught:
        actviz.get("x*sni(x)")
    assert caught.value.position == 2


def test_softmax() -> None:
    softmax = actviz.get("softmax")
    assert softmax.vector
    p = softmax([-0.0027, 1.0101, -0.9370])
    np.testing.assert_allclose(p, [0.2412, 0.6641, 0.0947], atol=6e-5)  # of logits with 4 digits
    np.testing.assert_allclose(
        softmax.derivative([-0.0027, 1.0101, -0.9370]), p * (1 - p), rtol=1e-14
    )
    assert softmax([1000.0, -1000.0]).tolist() == [1.0, 0.0]
    assert softmax.derivative([1000.0, -1000.0]).tolist() == [0.0, 0.0]
    assert softmax.derivative([50.0, 0.0])[0] == pytest.approx(math.exp(-50), rel=1e-14)
    assert softmax([[1.0, 1.0], [2.0, 2.0]]).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_slices_of_softmax() -> None:
    softmax = actviz.get("softmax")
    first, second = softmax.slice([0.0, 2.0], 0), softmax.slice([0.0, 2.0], 1)
    for x in (-800.0, -1.0, 0.0, 3.0, 800.0):
        whole = softmax([x, 0.0, 2.0])
        np.testing.assert_allclose([first(x), second(x)], whole[:2], rtol=1e-14, atol=1e-300)
    assert first.derivative(0.5) == pytest.approx(first(0.5) * (1 - first(0.5)), rel=1e-12)
    assert second.derivative(0.5) == pytest.approx(-first(0.5) * second(0.5), rel=1e-12)
    assert not first.vector


def test_activations_travel_between_processes() -> None:
    for function in (actviz.get("squareplus", b=2), actviz.get("a*x", a=3), actviz.get("softmax")):
        copy = pickle.loads(pickle.dumps(function))
        assert copy.definition is function.definition and dict(copy.parameters) == dict(
            function.parameters
        )
        assert np.array_equal(copy(X), function(X))


def test_parameters_by_names_that_arguments_have() -> None:
    names = dict.fromkeys(("name", "text", "entry", "self", "order", "formula"), 1)
    assert from_formula("name + text + entry + self + order + formula + x", **names)(1.0) == 7.0
    assert actviz.get("name*x", name=2)(3.0) == 6.0


def test_parameters_are_floats() -> None:
    function = actviz.get("max(x, n)", n=2)
    assert isinstance(function.parameters["n"], float)
    assert [p.x for p in function.breakpoints(-6, 6)] == [2.0]
    with pytest.raises((TypeError, ValueError)):
        actviz.get("elu", alpha="much")


def test_trees_by_order() -> None:
    function = Activation("f", parse("x**3"))
    assert [function.derivative_formula(n) for n in range(5)] == ["x**3", "3*x**2", "6*x", "6", "0"]
    assert actviz.get("gelu_tanh").tree() is not actviz.get("gelu_tanh").numeric_tree()
