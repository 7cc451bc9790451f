"""Somebody's code: right code passes, wrong code fails with the name of its fault."""

import json
import sys
import types
from operator import attrgetter

import numpy as np
import pytest
from sampled import sampled

import actviz
from actviz import check
from actviz.check.dtypes import DTYPES
from actviz.check.foreign import loading
from actviz.check.looking import inputs
from actviz.errors import UsageError

CODE = """
import math
import numpy as np

erf = np.vectorize(math.erf)
erfc = np.vectorize(math.erfc)

def sigmoid(x):
    t = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, t) / (1 + t)

def relu(x): return np.maximum(x, 0)
def relu_step(x): return (x > 0).astype(x.dtype)
def relu_where(x): return np.where(x > 0, x, 0)
def relu_single(x): return np.maximum(x.astype(np.float32), 0)
def relu_scalar(x): return max(x, 0.0) if x == x else x
def gelu(x): return np.where(x == -np.inf, -0.0, 0.5 * x * erfc(-x * math.sqrt(0.5)))
def gelu_erf(x): return 0.5 * x * (1 + erf(x / math.sqrt(2)))
def gelu_tanh(x): return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
def gelu_off(x): return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.04715 * x**3)))
def leaky(x): return np.where(x > 0, x, 0.01 * x)
def leaky_ties(x): return np.where(x >= 0, 1.0, 0.01)
def leaky_steep(x): return np.where(x > 0, x, 0.2 * x)
def softplus(x): return np.logaddexp(x, 0)
def softplus_log(x): return np.log(1 + np.exp(x))
def softplus_cut(x): return np.where(x > 20, x, np.log1p(np.exp(np.minimum(x, 20))))
def sigmoid_slope(x): return sigmoid(x) * (1 - sigmoid(x))
def sigmoid_right_slope(x): return sigmoid(x) * sigmoid(-x)
def tanh(x): return np.tanh(x)
def tanh_slope(x): return 1 - np.tanh(x)**2
def elu(x): return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
def elu_exp(x): return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
def silu(x): return x * sigmoid(x)
def silu_right(x): return np.where(x == -np.inf, -0.0, x * sigmoid(x))
def negated(x): return -np.tanh(x)
def softmax(x):
    t = np.exp(x - x.max(axis=-1, keepdims=True))
    return t / t.sum(axis=-1, keepdims=True)
def short(x): return x[:1]
def raising(x): raise ValueError("no way")
def at_places(x): return math.sqrt(x)
def chatty(x):
    print("hello")
    return np.maximum(x, 0)

class Layers:
    class inner:
        relu = staticmethod(relu)

class Relu:
    def __call__(self, x): return np.maximum(x, 0)

class Needy:
    def __init__(self, x): pass

number = 3
"""


@pytest.fixture(scope="module")
def code():
    module = types.ModuleType("somebody")
    exec(CODE, vars(module))
    return module


def run(code, curve, name, slope=None, **options):
    """Judge a callable of this process: one of its own has tests of its own."""
    (one,) = actviz.parse_curves([curve])
    function, gradient = (each and attrgetter(each)(code) for each in (name, slope))
    return check.code(one, function, gradient, **options)


def failed(report):
    return [
        f"{r.order} {r.code} {r.x!r} => {r.got!r} != {r.expected!r} {r.message}"
        for r in report.results
        if r.status == "fail"
    ]


RIGHT = (
    ("relu", "relu", "relu_step"),
    ("relu", "relu_scalar", None),
    ("relu", "Layers.inner.relu", None),
    ("relu", "Relu", None),
    ("relu", "chatty", None),
    ("gelu", "gelu", None),
    ("leaky_relu", "leaky", None),
    ("leaky_relu:alpha=0.2", "leaky_steep", None),
    ("softplus", "softplus", "sigmoid"),
    ("sigmoid", "sigmoid", "sigmoid_right_slope"),
    ("tanh", "tanh", None),
    ("elu", "elu", None),
    ("silu", "silu_right", None),
    ("softmax", "softmax", None),
)


@pytest.mark.parametrize(("curve", "name", "slope"), RIGHT)
def test_right_code_passes(code, curve, name, slope):
    assert failed(run(code, curve, name, slope)) == []


# curve, code, its gradient, code of a finding, words of it
WRONG = (
    ("gelu", "gelu_erf", None, "loses-tail", "loses the left tail: 0 for x <= -8.3"),
    ("gelu", "gelu_erf", None, "loses-tail", "1 + erf cancels, use erfc"),
    ("gelu", "gelu_tanh", None, "other-function", "it matches gelu_tanh, not gelu"),
    ("gelu_tanh", "gelu_off", None, "other-constant", "0.04715 in place of 0.044715"),
    ("leaky_relu", "leaky_steep", None, "other-parameter", "it looks like alpha = 0.2, not 0.01"),
    ("softplus", "softplus_log", None, "overflow", "it is infinite beyond x = 709.78"),
    ("softplus", "softplus_log", None, "loses-tail", "loses the left tail: 0 for x <= -36.7"),
    ("softplus", "softplus_cut", None, "cut", "it is cut to x beyond x = 20"),
    ("relu", "relu_where", None, "nan-wrong", "it is swallowed"),
    ("relu", "relu_single", None, "dtype-wrong", "returns float32 for float64"),
    ("sigmoid", "sigmoid", "sigmoid_slope", "saturated", "0 for x >= 36.7"),
    ("tanh", "tanh", "tanh_slope", "saturated", "0 for x >= 18.9"),
    ("elu", "elu_exp", None, "loses-zero", "exp(x) - 1 cancels, use expm1"),
    ("silu", "silu", None, "infinity-wrong", "the limit at -inf is missed"),
    ("tanh", "negated", None, "other-function", "its sign is reversed"),
    ("sigmoid", "sigmoid", "sigmoid", "other-function", "it is the function itself"),
    ("softsign", "tanh", None, "other-function", "it matches tanh, not softsign"),
)


@pytest.mark.parametrize(("curve", "name", "slope", "finding", "words"), sampled(WRONG, 0.25))
def test_wrong_code_fails_with_its_diagnosis(code, curve, name, slope, finding, words):
    report = run(code, curve, name, slope)
    told = [r for r in report.judged(strict=True).results if r.code == finding]
    assert any(words in r.message and r.status == "fail" for r in told), failed(report)
    assert report.ok == all(r.severity == "special" for r in report.results if r.severity)


def test_no_diagnosis_of_code_that_only_misses_a_special_value(code):
    for curve, name in (("silu", "silu"), ("relu", "relu_where")):
        assert not [r for r in run(code, curve, name).results if r.oracle == "diagnosis"]


def test_each_region_has_its_worst_error(code):
    results = [r for r in run(code, "gelu", "gelu_erf").results if r.oracle == "against"]
    regions = {r.message.split(":")[0]: r for r in results if r.x is not None}
    assert set(regions) == {
        "left tail",
        "centre",
        "right tail",
        "subnormal inputs",
        "special values",
    }
    assert regions["left tail"].status == "fail" and "ULP" in regions["left tail"].message
    assert regions["right tail"].status == "pass"


def test_another_convention_at_a_kink_is_no_failure(code):
    report = run(code, "leaky_relu", "leaky", "leaky_ties")
    (convention,) = (r for r in report.results if r.code == "convention")
    assert report.ok and (convention.got, convention.expected) == (1.0, 0.01)


def test_without_gradient_the_derivative_is_not_run(code):
    statuses = {r.order: r.status for r in run(code, "relu", "relu").results}
    assert statuses == {0: "pass", 1: "not run"}


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_smaller_formats_are_held_to_their_own_eps(code, dtype):
    assert failed(run(code, "relu", "relu", "relu_step", dtype=dtype)) == []
    assert failed(run(code, "tanh", "tanh", dtype=dtype)) == []
    assert not run(code, "gelu", "gelu_tanh", dtype=dtype).judged(strict=True).ok


def test_tolerances_can_be_changed(code):
    assert not run(code, "gelu", "gelu_erf").ok
    report = run(code, "gelu", "gelu_erf", rtol=1e-9, atol=1e-15)
    assert report.ok
    assert {(r.code, r.severity) for r in report.results if r.severity} == {
        ("infinity-wrong", "special")
    }
    assert run(code, "leaky_relu:alpha=0.0100000001", "leaky", rtol=1e-7).ok


def test_errors_over_x_are_there_for_a_figure(code):
    (series,) = run(code, "gelu", "gelu_erf").errors
    assert series.order == 0 and series.eps == 2.0**-52 and series.label == "gelu_erf"
    assert len(series.x) == len(series.error) and list(series.x) == sorted(series.x)
    assert (
        max(error for x, error in zip(series.x, series.error, strict=True) if -20 < x < -10) > 1e-3
    )


REFUSED = (
    ("short", {}, "shape"),
    ("raising", {}, "ValueError: no way"),
    ("Needy", {}, "needs arguments"),
    ("number", {}, "cannot be called"),
    ("relu", {"dtype": "float23"}, "no dtype 'float23'"),
    ("relu", {"rtol": -1.0}, "--rtol"),
)


@pytest.mark.parametrize(("name", "options", "told"), REFUSED)
def test_what_cannot_be_called_is_told(code, name, options, told):
    with pytest.raises(UsageError, match=told):
        run(code, "relu", name, **options)


PLACES = (
    ("nowhere.py:f", "no file 'nowhere.py'"),
    ("no_such_module:f", "cannot be imported: ModuleNotFoundError"),
    ("justaname", "not of the form module:callable"),
    (":f", "not of the form module:callable"),
    ("numpy:", "not of the form module:callable"),
    ("numpy:nothing", "There is no 'nothing'"),
    ("numpy:thanh", "mean tanh"),
    ("numpy:pi", "cannot be called"),
    ("./lib.c:f", "no module, no .py file, and no library"),
)


@pytest.mark.parametrize(("spec", "told"), PLACES)
def test_what_cannot_be_found_is_told(spec, told):
    with pytest.raises(UsageError, match=told):
        loading.load(spec, loading.find(spec))


def test_code_is_found_by_module_from_the_current_folder(code, monkeypatch, tmp_path):
    (tmp_path / "package_of_somebody").mkdir()
    (tmp_path / "package_of_somebody" / "layers.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    path = list(sys.path)
    spec = "package_of_somebody.layers:relu"
    assert loading.load(spec, loading.find(spec)).code.kind == "numpy"
    assert sys.path == path


def test_what_code_prints_does_not_reach_standard_output(code, capsys):
    run(code, "relu", "chatty")
    told = capsys.readouterr()
    assert told.out == "" and "hello" in told.err


@pytest.mark.parametrize("name", DTYPES)
def test_inputs_cover_the_format(name):
    form = DTYPES[name]
    x = inputs(form, np.array([0.5]))
    assert (np.diff(x) > 0).all() and np.isfinite(x).all() and (form.rounded(x) == x).all()
    if form.bits <= 11:
        assert x.size > 63000
    else:
        exponents = np.unique(np.frexp(np.abs(x[x != 0]))[1])
        assert exponents.size == -2 * form.least_exponent + form.bits + 1  # every power of two
        half = np.flatnonzero(x == 0.5)[0]
        assert x[half + 1] == 0.5 + form.ulp(np.array(0.5)) and x[half - 1] < 0.5


def test_code_for_single_numbers_is_noticed(code):
    report = run(code, "relu", "relu_scalar")
    assert report.ok and "scalar-only" in {r.code for r in report.results}


EQUAL = (
    ("2*sigmoid(2*x) - 1", "tanh"),
    ("where(x >= 0, x, 0)", "relu"),
    ("x*Phi(x)", "gelu"),
    ("log(1 + exp(x))", "softplus"),
    ("(1 + tanh(x/2))/2", "sigmoid"),
    ("swish:beta=1", "silu"),
)
UNEQUAL = (
    ("(exp(x)-exp(-x))/(exp(x)-exp(-x))", "tanh", "differ by 2"),
    ("gelu_tanh", "gelu", "they differ by at most 4.7324e-4, at x = +-2.699 (proven"),
    ("quick_gelu", "gelu", "they differ by at most 0.020335, at x = +-2.27 (proven"),
    ("elu:alpha=2", "celu:alpha=2", "differ"),
    ("x**2", "abs", "may differ by more beyond"),
)


@pytest.mark.parametrize("exactly", [True, False])
@pytest.mark.parametrize(("one", "two"), EQUAL)
def test_equal_formulas_are_equal(one, two, exactly, monkeypatch):
    monkeypatch.setattr("actviz.check.libraries.installed", lambda name: exactly)
    first, second = (actviz.parse_curves([text])[0] for text in (one, two))
    result, *written = check.equal([first], second).results
    assert all((r.oracle, r.status) == ("float64", "pass") for r in written)
    assert result.status == "pass" and result.message == "equal for every float64, proven exactly"


@pytest.mark.parametrize("exactly", [True, False])
@pytest.mark.parametrize(("one", "two", "told"), UNEQUAL)
def test_unequal_formulas_tell_by_how_much(one, two, told, exactly, monkeypatch):
    monkeypatch.setattr("actviz.check.libraries.installed", lambda name: exactly)
    first, second = (actviz.parse_curves([text])[0] for text in (one, two))
    (result,) = check.equal([first], second).results
    assert (result.status, result.code) == ("fail", "not-equal") and told in result.message


# What is asked, the verdict, and what it says.
RANGES = (
    ("gelu --equals gelu_tanh --range -6:6 --atol 5e-4", 0, "at most 4.7324e-4"),
    ("gelu --equals gelu_tanh --range -6:6 --atol 4e-4", 1, "at most 4.7324e-4"),
    ("gelu --equals gelu_tanh --range 3:6", 1, "proven from 3 to 6"),
    ("max(x,0) --equals x --range 0:5", 0, "for every float64 from 0 to 5, proven exactly"),
    ("max(x,0) --equals x --range -1e-300:5", 1, "at most 1e-300, at x = -1e-300"),
    ("0.1*x --equals x/10", 0, "proven to 2e-16"),
    ("sin(3*x) --equals 3*sin(x)-4*sin(x)**3", 0, "not proven between them"),
    ("exp(-1e8*(x-0.3123)**2) --equals 0 --range 0:1", 1, "at most 1, at x = 0.3123"),
    ("x --equals 2*x", 1, "may differ by more beyond"),
    ("x/x --equals 1", 1, "one of the two has no value there"),
    ("tanh --derivative 1-tanh(x)**2", 0, "for every float64, proven exactly"),
    ("x**2 --derivative 2*x --range 1:2", 0, "for every float64 from 1 to 2, proven exactly"),
    ("abs(x) --derivative 1 --range 1:2", 0, "for every float64 from 1 to 2, proven exactly"),
    ("abs(x) --derivative 1 --range -1:2", 1, "formula-wrong"),
)


@pytest.mark.parametrize("exactly", [True, False])
@pytest.mark.parametrize(("words", "code", "told"), sampled(RANGES, 0.1))
def test_verdicts_in_a_range(words, code, told, exactly, call, monkeypatch):
    monkeypatch.setattr("actviz.check.libraries.installed", lambda name: exactly)
    done = call("check", *words.split())
    assert done.code == code and told in " ".join(done.out.split())
    plain = call("check", *words.split(), "--format", "json")
    result = json.loads(plain.out)["results"][0]
    if "--equals" in words and told.startswith("at most"):
        assert result["largest"]["proved"] and len(result["largest"]["at"]) in (1, 2)


@pytest.mark.parametrize("atol", ["-1", "nan", "inf"])
def test_a_tolerance_that_is_none_is_refused(atol, call):
    done = call("check", "relu", "--equals", "elu", f"--atol={atol}")
    assert (done.code, done.out) == (2, "") and "--atol" in done.err
