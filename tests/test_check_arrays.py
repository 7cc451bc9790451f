"""Other arrays: what code does in short ones, strided ones and matrices, and on other devices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from verdicts import curve, failures

from actviz import check

Array = np.ndarray


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def blocks(x: Array) -> Array:
    """What is left of blocks of 8 is forgotten, in short arrays only."""
    y = relu(x)
    if 1 < x.size < 64:
        y[x.size // 8 * 8 :] = 0
    return y


def shortest(x: Array) -> Array:
    return np.asarray(x, dtype=x.dtype) if x.size == 1 else relu(x)


def infinite(x: Array) -> Array:
    """NaN at inf in arrays of three, as PyTorch's gelu has it."""
    return np.where(np.isinf(x) & (x.size == 3), np.nan, relu(x))


def contiguous(x: Array) -> Array:
    """The bytes as they lie, whatever the strides."""
    base = x if x.base is None or x.flags.c_contiguous else x.base
    return relu(np.asarray(base).reshape(-1)[: x.size].reshape(x.shape))


def rows(x: Array) -> Array:
    return relu(x) if x.ndim == 1 else relu(x) / x.shape[-1]


def one_row(x: Array) -> Array:
    if x.ndim != 1 or x.size < 3 or not x.flags.c_contiguous:
        raise ValueError("one long array, please")
    return relu(x)


def rounding(x: Array) -> Array:
    """Other digits in short arrays, all of them right."""
    y = np.tanh(x)
    return y if x.size > 100 else np.where(y == 0, y, np.nextafter(y, 0))


# the function, the words of the arrays in which it is wrong, and the severity
WRONG = (
    (blocks, {"of 3 numbers", "of 17 numbers"}, "wrong"),
    (shortest, {"of 1 number"}, "wrong"),
    (infinite, {"of 3 numbers"}, "special"),
    (contiguous, {"with a stride of two"}, "wrong"),
    (rows, {"of two dimensions"}, "wrong"),
)


@pytest.mark.parametrize(("function", "arrays", "severity"), WRONG)
def test_what_is_wrong_in_other_arrays_is_found(
    function: Callable[[Array], Array], arrays: set[str], severity: str
) -> None:
    report = check.code(curve("relu"), function)
    told = [r for r in report.results if r.code == "other-arrays"]
    assert {r.message.removeprefix("in arrays ").partition(";")[0] for r in told} == arrays
    assert severity in {r.severity for r in told} <= {severity, "special"}
    assert report.ok == (severity == "special")
    assert all(r.oracle != "diagnosis" for r in report.results)


@pytest.mark.parametrize(("text", "function"), [("relu", relu), ("relu", one_row)])
def test_nobody_is_accused_of_other_arrays(text: str, function: Callable[[Array], Array]) -> None:
    report = check.code(curve(text), function)
    assert failures(report) == []
    assert "other-arrays" not in {r.code for r in report.results}


def test_other_digits_that_are_right_are_no_fault() -> None:
    report = check.code(curve("tanh"), rounding)
    assert report.ok and "other-arrays" not in {r.code for r in report.results}


def test_wrong_code_is_not_accused_twice() -> None:
    report = check.code(curve("elu"), relu)
    assert not report.ok and "other-arrays" not in {r.code for r in report.results}
