"""Gradients of the input, of the output, with an upstream gradient: called as they are written."""

import math

import numpy as np
import pytest
from sampled import sampled
from verdicts import curve

from actviz import check
from actviz.check.result import Report
from actviz.errors import UsageError


def sigmoid(x):
    return np.where(x > 0, 1, np.exp(np.minimum(x, 0))) / (1 + np.exp(-np.abs(x)))


def slope(x):
    return sigmoid(x) * sigmoid(-x)


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def jacobian(s):
    return np.diag(s) - np.outer(s, s)


def of_x(x):
    return slope(x)


def of_y(y):
    return y * (1 - y)


def tutorial(x):
    return x * (1 - x)


def forward_and_gradient(x):
    return sigmoid(x), slope(x)


def into(x, out):
    out[:] = slope(x)


def input_first(x, g):
    return g * slope(x)


def upstream_first(dA, Z):
    return dA * slope(Z)


def cached(dA, cache):
    return dA * cache * (1 - cache)


def of_both(x, y):
    return y * (1 - y) + 0 * np.sign(x)


def of_all(x, y, grad):
    return grad * y * (1 - y) + 0 * np.sign(x)


def single(x):
    return math.exp(-abs(x)) / (1 + math.exp(-abs(x))) ** 2


def single_of_y(y, grad):
    return grad * y * (1 - y)


def tanh_of_y(y):
    return 1 - y**2


def elu_of_y(y):
    return np.where(y > 0, 1.0, y + 1)


def relu_of_y(out, grad):
    return grad * (out > 0)


def changes_the_last(Z, delta):
    delta *= Z
    delta *= 1 - Z


def zeroes_the_last(Z, delta):
    delta[Z == 0] = 0


def vector_step(grad, s):
    return s * (grad - (grad * s).sum())


def stacked(grad, s):
    return s * (grad - (grad * s).sum(axis=1, keepdims=True))


def diagonal(s):
    return s * (1 - s)


def sparse_jacobian(x):
    """Where x is next to 0 beside 1 rounding of the sums decides whether it counts."""
    s = np.sort(x - x.max())[::-1]
    count = np.flatnonzero(1 + np.arange(1, 1 + x.size) * s > np.cumsum(s))[-1] + 1
    kept = (x - x.max() >= s[count - 1]).astype(x.dtype)
    return np.diag(kept) - np.outer(kept, kept) / count


# A curve, a right gradient of it, and how that is called.
RIGHT = (
    ("sigmoid", of_x, ""),
    ("sigmoid", of_y, "with the output"),
    ("sigmoid", tutorial, "with the output"),  # whatever it is called
    ("sigmoid", forward_and_gradient, "the second of the two"),
    ("sigmoid", into, "an array for the results"),
    ("sigmoid", input_first, "with x and the upstream gradient"),
    ("sigmoid", upstream_first, "with the upstream gradient and x"),
    ("sigmoid", cached, "with the upstream gradient and the output"),
    ("sigmoid", of_both, "with x and the output"),
    ("sigmoid", of_all, "with x, the output and the upstream gradient"),
    ("sigmoid", single, ""),
    ("tanh", tanh_of_y, "with the output"),
    ("elu", elu_of_y, "with the output"),
    ("relu", relu_of_y, "with the output and the upstream gradient"),
    ("sigmoid", changes_the_last, "with the output and the upstream gradient; it changes the last"),
    ("relu", zeroes_the_last, "with the output and the upstream gradient; it changes the last"),
    ("softmax", jacobian, "with the output; it is called with one vector at a time"),
    ("softmax", vector_step, "with the upstream gradient and the output"),
    ("softmax", stacked, "with the upstream gradient and the output"),
    ("sparsemax", sparse_jacobian, "it is called with one vector at a time"),
    ("softmax", diagonal, "it gives the diagonal of the Jacobian alone"),
)


def named(each: object) -> str | None:
    return getattr(each, "__name__", None)


def words(report: Report) -> list[str]:
    return [r.message for r in report.results if r.code == "called-as"]


@pytest.mark.parametrize(("name", "code", "told"), sampled(RIGHT, 0.25), ids=named)
def test_a_gradient_is_called_as_it_is_written(name, code, told):
    report = check.code(curve(name), gradient=code)
    assert report.ok, [r for r in report.results if r.status == "fail"]
    assert {r.order for r in report.results} == {1}
    assert [told in each for each in words(report)] == [True] * bool(told), words(report)


def tanh_of_x(x):
    return 1 - np.tanh(x) ** 2


def test_arrays_are_not_taken_apart_where_single_numbers_have_more_digits():
    """In float32 its slope is 0 beyond 9, and the numbers of Python would be right to 19."""
    report = check.code(curve("tanh"), gradient=tanh_of_x, dtype="float32")
    assert "scalar-only" not in {r.code for r in report.results}
    (right,) = (r for r in report.results if r.part == "right tail")
    assert right.status == "fail" and abs(right.x) < 12


def forgets(x, g):
    return slope(x)


def plus(y):
    return y * (1 + y)


def saturated(x):
    return sigmoid(x) * (1 - sigmoid(x))


def jacobian_plus(s):
    return np.diag(s) + np.outer(s, s)


def no_others(s):
    return np.diag(s * (1 - s))


# A curve, a wrong gradient of it, and the codes of a finding.
WRONG = (
    ("sigmoid", forgets, "upstream"),
    ("sigmoid", plus, "tolerance-exceeded"),
    ("sigmoid", saturated, "saturated"),  # it takes x and could do better
    ("tanh", of_y, "tolerance-exceeded"),
    ("softmax", jacobian_plus, "tolerance-exceeded"),
    ("softmax", no_others, "tolerance-exceeded"),  # right in the first column's first row
)


@pytest.mark.parametrize(("name", "code", "finding"), sampled(WRONG, 0.25), ids=named)
def test_a_wrong_gradient_fails_however_it_is_called(name, code, finding):
    report = check.code(curve(name), gradient=code)
    assert finding in {result.code for result in report.results if result.status == "fail"}


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_what_takes_the_output_is_not_accused_of_its_rounding(dtype):
    for code, name in ((of_y, "sigmoid"), (tanh_of_y, "tanh")):
        report = check.code(curve(name), gradient=code, dtype=dtype)
        assert report.ok, [r for r in report.results if r.status == "fail"]


def test_a_gradient_of_the_output_at_every_number(tmp_path):
    (tmp_path / "slopes.py").write_text(
        "def right(y): return y*(1 - y)\ndef wrong(y): return y*y\n"
    )
    for name, ok in (("right", True), ("wrong", False)):
        where = {"dtype": "float32", "every": True, "within": (17.0, 17.01)}
        report = check.code(curve("sigmoid"), gradient=f"{tmp_path / 'slopes.py'}:{name}", **where)
        assert report.ok == ok
        assert any("numbers of float32 from 17 to 17.01" in r.message for r in report.results)


def test_a_gradient_beside_a_function_and_alone():
    both = check.code(curve("sigmoid"), sigmoid, cached)
    assert both.ok and {r.order for r in both.results} == {0, 1}
    for code, options, told in (
        (of_x, {"orders": (2,)}, "alone is of order 1"),
        (lambda g: g, {}, "cannot be evaluated"),
        (None, {}, "no code to judge"),
    ):
        with pytest.raises(UsageError, match=told):
            check.code(curve("sigmoid"), gradient=code, **options)
    with pytest.raises(UsageError, match="functions of one number or of a vector"):
        check.code(curve("glu"), gradient=of_x)


class Layer:
    """A layer of a tutorial."""

    def forward(self, x):
        self.out = sigmoid(x)
        self.x = x
        return self.out

    def backward(self, grad):
        return grad * slope(self.x)


class Forgetful(Layer):
    def backward(self, grad):
        return slope(self.x)


class Squaring(Layer):
    def backward(self, grad):
        return grad * grad * slope(self.x)


@pytest.mark.parametrize("layer", [Forgetful, Squaring])
def test_a_step_backwards_multiplies_by_the_upstream_gradient(layer):
    """That of 1 tells nothing of it."""
    assert check.code(curve("sigmoid"), Layer).ok
    failed = [r for r in check.code(curve("sigmoid"), layer).results if r.status == "fail"]
    assert [(r.order, r.code) for r in failed] == [(1, "upstream")]
    assert "comes back for 2" in failed[0].message
