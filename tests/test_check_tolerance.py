"""The tolerance of each format: right code of every function passes, every other function fails."""

import functools
import math

import numpy as np
import pytest
from sampled import sampled

import actviz
from actviz import check
from actviz.catalogue.activation import from_formula
from actviz.catalogue.lookup import activation_of, load
from actviz.check.accuracy import Accuracy, beside, measure, truth_at
from actviz.check.dtypes import DTYPES
from actviz.check.exact.truth import truth
from actviz.check.looking import inputs
from actviz.check.points import switches_of
from actviz.check.tolerance import Asked
from actviz.errors import UsageError

FUNCTIONS = {
    name: activation_of(entry)
    for name, entry in load().entries.items()
    if activation_of(entry).elementwise
}
OTHERS = sampled(list(FUNCTIONS), 0.3)  # that each is taken for
SAME = 1e-13  # relative: nearer numbers are those of one function
# Pairs that are nearer to each other than bfloat16 tells.
NEARLY = (
    {"pdelu", "elu"},
    {"pdelu", "celu"},
    {"m_qrelu", "abs"},
    {"gated_prelu_pelu", "tanh_lu"},
)
MUTATED = 40  # of so many inputs one is looked at, as are all of MODERATE
MODERATE = 2.0 ** np.arange(-12, 5)
EXACT = 12  # points at which 50 digits are rounded to the format


def points(name: str) -> np.ndarray:
    """Some of the inputs, of every size, and more of those of usual size."""
    form = DTYPES[name]
    x = inputs(form, np.array([-6.0, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 6]))
    usual = x[(np.abs(x) < 12) & (np.abs(x) > 2.0**-6)]
    steps = [x[::MUTATED], usual[:: max(1, usual.size // 1500)], MODERATE, -MODERATE]
    return np.unique(form.rounded(np.concatenate(steps)))


@functools.cache
def numbers(name: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The others at these points: their true numbers, and these rounded to the format."""
    x, found = points(name), {}
    for each in OTHERS:
        true = np.asarray(FUNCTIONS[each](x))
        found[each] = true, DTYPES[name].rounded(true)
    return found


def fails(found: Accuracy) -> np.ndarray:
    return (found.excess > 1) & ~found.tiny


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_other_function_fails(dtype):
    """With 32 eps, 231 pairs of different functions pass for each other in bfloat16."""
    x, survivors, within = points(dtype), [], Asked().of(DTYPES[dtype])
    for name in sampled(list(FUNCTIONS), 0.04):
        with np.errstate(all="ignore"):
            true = truth_at(FUNCTIONS[name], 0, x, within)
            scale = true.scale + 1e-300
            for other, (values, rounded) in numbers(dtype).items():
                same = (values == true.expected) | (np.abs(values - true.expected) <= SAME * scale)
                same |= np.isnan(values) & np.isnan(true.expected)
                if same.mean() > 0.999 or (dtype == "bfloat16" and {name, other} in NEARLY):
                    continue
                off = np.abs(rounded - true.expected)
                known = np.isfinite(true.expected) & (np.abs(true.expected) < within.format.largest)
                if not ((off > true.tolerance) & (off >= within.format.tiny) & known).any():
                    survivors.append(f"{other} passes for {name}")
    assert not survivors, survivors


@pytest.mark.parametrize("dtype", DTYPES)
def test_correctly_rounded_numbers_pass_and_those_two_ulp_off(dtype):
    form, accused = DTYPES[dtype], []
    for name in sampled(list(FUNCTIONS), 0.04):
        activation, x = FUNCTIONS[name], points(dtype)
        known = truth_at(activation, 0, x, Asked().of(form))
        rounded = form.rounded(known.expected)
        for ulps in (-2, 0, 2):
            with np.errstate(all="ignore"):
                off = rounded + ulps * form.ulp(np.where(np.isfinite(rounded), rounded, 0.0))
                off = np.where(np.abs(off) > form.largest, np.copysign(np.inf, off), off)
            found = beside(activation, known, np.where(np.isfinite(rounded), off, rounded))
            if (bad := found.excess > 1).any():
                at, got = found.x[bad][0], found.got[bad][0]
                accused.append(f"{name} {ulps:+} ulp: {at!r} => {got!r} != {found.expected[bad]}")
    assert not accused, accused


@pytest.mark.parametrize("dtype", DTYPES)
def test_fifty_digits_rounded_to_the_format_pass(dtype):
    pytest.importorskip("mpmath")
    form, accused, random = DTYPES[dtype], [], np.random.default_rng(7)
    for name in sampled(list(FUNCTIONS), 0.04):
        activation = FUNCTIONS[name]
        places = inputs(form, switches_of(activation))
        places = np.unique(random.choice(places, EXACT))
        exact = np.array([float(truth(activation, x, 0)[0]) for x in places.tolist()])
        known = truth_at(activation, 0, places, Asked().of(form))
        found = beside(activation, known, form.rounded(exact))
        for at in found.x[found.excess > 1].tolist():
            accused.append(f"{name} at {at!r}")
    assert not accused, accused


# What the tables of the issue name: numbers that passed for those of another function in bfloat16.
PASSED = (
    ("tanh", "erf(x)"),
    ("sigmoid", "0.8*sigmoid(x)"),
    ("mish", "x*sigmoid(x)"),
    ("silu", "where(x < -5, 0, x*sigmoid(x))"),
    ("sigmoid", "1.05*sigmoid(x)"),
    ("gelu", "x*sigmoid(1.702*x)"),
    ("softplus", "1.06*softplus(x)"),
)


@pytest.mark.parametrize(("name", "formula"), PASSED)
@pytest.mark.parametrize("dtype", DTYPES)
def test_wrong_functions_fail_in_every_format(name, formula, dtype):
    form, wrong = DTYPES[dtype], from_formula(formula)
    x = inputs(form, np.array([0.0]))[:: 1 if form.bits <= 11 else 7]
    known = truth_at(FUNCTIONS[name], 0, x, Asked().of(form))
    assert fails(beside(FUNCTIONS[name], known, form.rounded(wrong(x)))).any()


def judged(dtype: str, y: float, got: float, **options) -> bool:
    """Whether a constant passes for another."""
    within = Asked(**options).of(DTYPES[dtype])
    one = np.array([1.0])
    found = beside(from_formula(repr(y)), truth_at(from_formula(repr(y)), 0, one, within), one)
    found = beside(from_formula(repr(y)), found, np.array([got]))
    return not fails(found).any()


# dtype, the true number, the code's, what is asked, whether it passes
SIZES = (
    ("float64", 1.0, 1 + 8 * 2.0**-52, {}, True),
    ("float64", 1.0, 1 + 9 * 2.0**-52, {}, False),
    ("float32", 1.0, 1 + 8 * 2.0**-23, {}, True),
    ("float32", 1.0, 1 + 9 * 2.0**-23, {}, False),
    ("float16", 1.0, 1 + 4 * 2.0**-10, {}, True),
    ("float16", 1.0, 1 + 5 * 2.0**-10, {}, False),
    ("bfloat16", 1.0, 1 + 4 * 2.0**-7, {}, True),
    ("bfloat16", 1.0, 1 + 5 * 2.0**-7, {}, False),
    ("float32", 1.0, 1 + 2.0**-23, {"ulp": 1}, True),
    ("float32", 1.0, 1 + 2 * 2.0**-23, {"ulp": 1}, False),
    ("float32", 1.0 + 2.0**-25, 1.0, {"ulp": 0.5}, True),
    ("float32", 1.0 + 2.0**-24 + 2.0**-30, 1.0, {"ulp": 0.5}, False),
    ("float64", 1.0, 1 + 2.0**-52, {"ulp": 0}, False),
    ("float64", 1.0, 1 + 2.0**-52, {"ulp": 0, "atol": 1e-15}, True),
    ("float32", 1.0, 1.1, {"rtol": 0.2}, True),
    ("float32", 3e38, math.inf, {}, False),
    ("float16", 65504.0, math.inf, {}, True),
)


@pytest.mark.parametrize(("dtype", "y", "got", "asked", "passes"), SIZES)
def test_the_tolerance_is_what_it_says(dtype, y, got, asked, passes):
    assert judged(dtype, y, got, **asked) == passes


@pytest.mark.parametrize("asked", [{"rtol": 1.0, "ulp": 1.0}, {"ulp": -1.0}, {"ulp": math.nan}])
def test_what_is_no_tolerance_is_refused(asked):
    with pytest.raises(UsageError, match="--ulp"):
        check.code(actviz.parse_curves(["tanh"])[0], "numpy:tanh", **asked)


CODE = """
import numpy as np

def flushing(x):
    y = np.tanh(x)
    return np.where(np.abs(y) < np.finfo(y.dtype).tiny, 0 * y, y)
def wrong_when_tiny(x):
    return np.where(np.abs(x) < np.finfo(x.dtype).tiny, 0.5 * x, np.tanh(x))
def two(x): return np.where(x >= 0, x.dtype.type(1.1), x.dtype.type(0.1))
def of_two(x): return two(x) * x
def sixth(x): return np.where(np.abs(x) <= 3, x.dtype.type(1) / x.dtype.type(6), x.dtype.type(0))
def nan_far_out(x): return np.where(np.abs(x) > 1e155, np.nan, np.where(x > 0, 1, 0))
def zero(x): return np.where(x > 0, x.dtype.type(1.1), np.where(x < 0, x.dtype.type(0.1), 2))
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    path = tmp_path_factory.mktemp("tolerance") / "somebody.py"
    path.write_text(CODE)
    return str(path)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_is_smaller_than_all_normal_numbers_is_told_apart(code, dtype):
    curve = actviz.parse_curves(["tanh"])[0]
    told = {}
    for name in ("flushing", "wrong_when_tiny"):
        report = check.code(curve, f"{code}:{name}", dtype=dtype)
        assert report.ok
        told[name] = {r.code for r in report.results if r.code != "agrees" and r.x is not None}
    assert told["flushing"] == {"flushed"} and told["wrong_when_tiny"] == {"tolerance-exceeded"}


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_the_value_of_a_side_at_a_kink_is_no_fault_for_its_rounding(code, dtype):
    curve = actviz.parse_curves(["where(x > 0, 1.1*x, 0.1*x)"])[0]
    ties = check.code(curve, f"{code}:of_two", f"{code}:two", dtype=dtype)
    assert ties.ok and "convention" in {r.code for r in ties.results}
    wrong = check.code(curve, f"{code}:of_two", f"{code}:zero", dtype=dtype)
    assert "breakpoint-wrong" in {r.code for r in wrong.results if r.status == "fail"}


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_the_slope_of_a_side_at_a_kink_may_be_rounded(code, dtype):
    """1/6 is rounded up in float32, and 0 on the other side has nothing to be rounded."""
    curve = actviz.parse_curves(["hardsigmoid"])[0]
    assert check.code(curve, gradient=f"{code}:sixth", dtype=dtype).ok


def test_nan_is_wrong_however_large_x_is(code):
    """x**2 overflows there, and with it what rounding makes of numbers of that size."""
    curve = actviz.parse_curves(["gelu_tanh"])[0]
    report = check.code(curve, gradient=f"{code}:nan_far_out")
    found = {r.part: r.severity for r in report.results if r.code == "nan-wrong"}
    assert found.items() >= {"left tail": "wrong", "right tail": "wrong"}.items()


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "gelu"])
def test_a_tolerance_below_our_own_errors_is_held_by_more_digits(name):
    """Numbers that are ours, so that none seems to be off: those that are by half a unit fail."""
    function, format = actviz.get(name), DTYPES["float64"]
    x = np.unique(np.random.default_rng(5).uniform(-9, 9, 400))
    got = function(x)
    true = [truth(function, each, 0)[0] for each in x.tolist()]
    off = np.array([float(abs(y - t)) for y, t in zip(got.tolist(), true, strict=True)])
    found = measure(function, 0, x, got, Asked(ulp=0.5).of(format))
    np.testing.assert_array_equal(found.excess > 1, off > 0.5 * format.ulp(np.array(true, float)))
    assert (found.excess > 1).any()
