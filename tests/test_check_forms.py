"""Code is called in the form that it takes: vectors, pairs, arrays that it changes, shapes."""

import math

import numpy as np
import pytest
from sampled import sampled
from verdicts import curve

from actviz import check
from actviz.check.result import Report
from actviz.errors import UsageError


def sums(x, axis=-1):
    return np.exp(x - x.max(axis=axis, keepdims=True)).sum(axis=axis, keepdims=True)


def tutorial(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def naive(x):
    return np.exp(x) / np.sum(np.exp(x))


def first_axis(x):
    e = np.exp(x - np.max(x))
    return e / e.sum(axis=0)


def columns(x):
    assert x.ndim == 2 and x.shape[0] == 3
    return np.exp(x - x.max(axis=0)) / sums(x, 0)


def rows(x):
    return np.exp(x - x.max(axis=1, keepdims=True)) / sums(x, 1)


def crowded(x):
    e = np.exp(x - x.max())
    return e / e.sum(axis=1, keepdims=True)


def along(x, axis):
    return np.exp(x - x.max(axis=axis, keepdims=True)) / sums(x, axis)


def changed(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    x[:] = e / e.sum(axis=1, keepdims=True)


def by_dim(x, dim=0):
    return along(x, dim)


def channels(x):
    assert x.ndim == 4
    return along(x, 1)


def lists(v):
    e = [math.exp(t - max(v)) for t in v]
    return [t / sum(e) for t in e]


def log_softmax(x):
    return x - x.max() - np.log(np.exp(x - x.max()).sum())


def logsumexp(x):
    return x.max() + np.log(np.exp(x - x.max()).sum())


def logsumexp_kept(x):
    return x.max(axis=-1, keepdims=True) + np.log(sums(x))


def sparsemax(z):
    z = z - z.max()
    s = np.sort(z)[::-1]
    k, c = np.arange(1, len(z) + 1), np.cumsum(s) - 1
    last = np.flatnonzero(~(s * k <= c))[-1]
    return np.maximum(z - c[last] / k[last], 0)


def mistaken(x):
    return np.array([tutorial(x)[0], *tutorial(x)[:0:-1]])


def split(x):
    a, b = np.split(x, 2, axis=-1)
    return a / (1 + np.exp(-b))


def halves(x):
    n = len(x) // 2
    return x[:n] / (1 + np.exp(-x[n:]))


def two(a, b):
    return a / (1 + np.exp(-b))


def product_first(a, b):
    return a * b / (1 + np.exp(-b))


def turned(x):
    b, a = np.split(x, 2, axis=-1)
    return a / (1 + np.exp(-b))


def in_place(x):
    x[x < 0] = 0


def into(x, out):
    np.maximum(x, 0, out=out)


def by_out(x, out=None):
    np.maximum(x, 0, out=out)


def with_gradient(x):
    return np.maximum(x, 0), (x > 0) * 1.0


def of_matrix(x):
    _, _ = x.shape
    return np.maximum(x, 0)


def of_images(x):
    _, _, _, _ = x.shape
    return np.maximum(x, 0)


def in_blocks(x):
    assert x.size % 128 == 0
    return np.maximum(x, 0)


def whole(x):
    return (x >= 0).astype(int)


def named(each: object) -> str | None:
    return getattr(each, "__name__", None)


# A curve, code of it, and how that is called.
FORMS = (
    ("softmax", tutorial, "one vector at a time"),
    ("softmax", first_axis, "one vector at a time"),
    ("softmax", columns, "vectors as columns"),
    ("softmax", rows, ""),
    ("softmax", crowded, "stacks of one row, as in a stack they influence one another"),
    ("softmax", changed, "a stack of vectors that it changes"),
    ("softmax", along, "a stack of vectors and axis=-1"),
    ("softmax", by_dim, "a stack of vectors and dim=-1"),
    ("softmax", channels, "the second of four axes"),
    ("softmax", lists, "one vector at a time"),
    ("logsumexp", logsumexp, "one vector at a time"),
    ("logsumexp", logsumexp_kept, ""),
    ("sparsemax", sparsemax, "one vector at a time"),
    ("glu", split, "the halves along the last axis"),
    ("glu", halves, "one vector at a time, of two halves"),
    ("glu", two, "two arrays"),
    ("swiglu", product_first, "two arrays"),
    ("relu", in_place, "an array that it changes"),
    ("relu", into, "an array for the results"),
    ("relu", by_out, "out=, an array for the results"),
    ("relu", with_gradient, "the first of the two"),
    ("relu", of_matrix, "arrays of shape (1, n)"),
    ("relu", of_images, "arrays of shape (1, 1, 1, n)"),
    ("relu", in_blocks, "multiples of 1024 numbers"),
)


@pytest.mark.parametrize(("name", "code", "told"), sampled(FORMS, 0.25), ids=named)
def test_right_code_passes_in_the_form_that_it_takes(name, code, told):
    report = check.code(curve(name), code)
    assert report.ok, [r for r in report.results if r.status == "fail"]
    words = [r.message for r in report.results if r.code == "called-as"]
    assert [told in each for each in words] == [True] * bool(told), words


# A curve, code of it that is wrong, and the code of a finding.
WRONG = (
    ("softmax", naive, "overflow"),
    ("softmax", mistaken, "tolerance-exceeded"),  # its first output is right
    ("log_softmax", log_softmax, "loses-tail"),
    ("softmin", tutorial, "tolerance-exceeded"),
    ("glu", turned, "exchanged"),
    ("swiglu", two, "tolerance-exceeded"),
)


@pytest.mark.parametrize(("name", "code", "finding"), sampled(WRONG, 0.25), ids=named)
def test_wrong_code_of_several_numbers_fails(name, code, finding):
    assert finding in failures(check.code(curve(name), code))


def failures(report: Report) -> set[str]:
    return {result.code for result in report.results if result.status == "fail"}


def test_whole_numbers_are_told_and_no_failure():
    report = check.code(curve("heaviside"), whole)
    assert report.ok and "whole-numbers" in {r.code for r in report.results}


def other_shape(x):
    return x[:1]


def raising(x):
    raise ValueError("no way")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("identity", other_shape),
        ("softmax", raising),
        ("glu", raising),
        ("relu", raising),
    ],
)
def test_what_takes_no_form_is_refused(name, code):
    with pytest.raises(UsageError, match="cannot be evaluated"):
        check.code(curve(name), code)


def naive_lists(v):
    e = [math.exp(t) for t in v]
    return [t / sum(e) for t in e]


def test_code_of_vectors_that_overflows_is_judged_all_the_same():
    report = check.code(curve("softmax"), naive_lists)
    failed = [r for r in report.results if r.status == "fail"]
    assert {r.code for r in failed} == {"raises"}
    assert all("OverflowError" in r.message and r.x > 709 for r in failed)


def test_what_neither_returns_nor_changes_anything_is_refused():
    with pytest.raises(UsageError, match="NoneType out"):
        check.code(curve("tanh"), lambda x: None)
    with pytest.raises(UsageError, match="dict out"):
        check.code(curve("tanh"), lambda x: {"y": x})
