"""Where somebody's code is looked at: everywhere, in a range, at random points by a seed."""

import numpy as np
import pytest
from sampled import sampled

import actviz
from actviz import check
from actviz.check.dtypes import DTYPES
from actviz.check.looking import CELLS, Looking, inputs
from actviz.check.points import switches_of

NONE = np.empty(0)

CODE = """
import numpy as np

def tanh(x): return np.tanh(x)
def outside(x): return np.where(np.abs(x) > 2, 5, np.tanh(x))
def at_ends(x): return np.where(np.isfinite(x), np.tanh(x), 7)
def narrow(x): return np.where((x > 3.0001) & (x < 3.0039), 0, x)
def far(x): return np.where((x > 1001) & (x < 1020), 0, x)
def beyond(x): return np.where(x > 5000.5, 2 * x, x)
def raising(x):
    if np.abs(x[np.isfinite(x)]).max() > 3:
        raise ValueError("only up to 3")
    return np.tanh(x)
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    path = tmp_path_factory.mktemp("looking") / "somebody.py"
    path.write_text(CODE)
    return str(path)


def run(code, curve, name, **options):
    (one,) = actviz.parse_curves([curve])
    return check.code(one, f"{code}:{name}", **options)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("seed", [0, 1, 2**60])
def test_every_cell_has_a_point(dtype, seed):
    x = inputs(DTYPES[dtype], NONE, seed)
    for exponent in (-16, -3, 0, 1, 9, 10):
        for sign in (-1, 1):
            within = sign * x[(sign * x >= 2.0**exponent) & (sign * x < 2.0 ** (exponent + 1))]
            cells = np.floor((within * 2.0**-exponent - 1) * CELLS)
            assert np.unique(cells).size >= CELLS - 8  # rounded to the format, into another cell


def test_other_seeds_look_elsewhere_and_the_same_at_the_same_points():
    first, again, other = (inputs(DTYPES["float64"], NONE, seed) for seed in (3, 3, 4))
    assert np.array_equal(first, again) and np.intersect1d(first, other).size < 1000


# What hid between points that lay evenly, and a switch so far out that nobody looked for it.
HIDDEN = (("x", "narrow"), ("x", "far"), ("where(x > 5000, 2*x, x)", "beyond"))


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("curve", "name"), sampled(HIDDEN, 0.2))
def test_narrow_faults_are_seen(code, curve, name, dtype, seed):
    assert not run(code, curve, name, dtype=dtype, seed=seed).ok


# A formula, and a switch of it that is farther out than the usual ones.
FAR = (
    ("where(x > 5000, x, 0)", 5000.0),
    ("clip(x, -3000, 1e6)", -3000.0),
    ("clip(x, -3000, 1e6)", 1e6),
    ("max(2*x - 1e5, 0)", 5e4),
    ("where(x > a, 1, 0):a=1e8", 1e8),
)


@pytest.mark.parametrize(("formula", "place"), FAR)
def test_numbers_of_a_formula_are_switches_however_large(formula, place):
    assert place in switches_of(actviz.parse_curves([formula])[0].activation)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("within", [(-1.0, 1.0), (0.5, 0.51), (-1e300, -4.0), (0.0, 1e-30)])
def test_a_range_is_filled_and_not_left(dtype, within):
    form = DTYPES[dtype]
    x = Looking(within).inputs(form, np.array([0.0, 0.505, 3.0]))
    assert within[0] <= x.min() and x.max() <= within[1] and (form.rounded(x) == x).all()
    if dtype == "float64" and within[1] - within[0] < 10:
        assert x[0] == within[0] and x[-1] == within[1] and x.size > 20000


def test_a_range_of_few_numbers_is_looked_at_whole():
    x = Looking((1.0, 1.0 + 100 * 2.0**-23)).inputs(DTYPES["float32"], NONE)
    assert np.array_equal(x, 1 + np.arange(101) * 2.0**-23)


@pytest.mark.parametrize("dtype", sampled(["float64", "float32", "float16"], 0.3))
def test_only_what_is_in_the_range_is_judged(code, dtype):
    for name in ("outside", "at_ends"):
        assert not run(code, "tanh", name, dtype=dtype).judged(strict=True).ok
        assert run(code, "tanh", name, dtype=dtype, within=(-1.0, 2.0)).judged(strict=True).ok
    assert run(code, "tanh", "raising", dtype=dtype, within=(-3.0, 3.0)).ok
    assert not run(code, "tanh", "outside", dtype=dtype, within=(1.0, 2.5)).ok


def test_what_was_looked_at_is_told(code, call):
    words = {
        "--dtype float16": "looked at all 63,487 numbers of float16",
        "--dtype float16 --range 0:1": "looked at all 15,361 numbers of float16 from 0 to 1",
        "--seed 5": "numbers of float64, drawn by --seed 5",
        "--range 0:1": "numbers of float64 from 0 to 1, drawn by --seed 0",
    }
    for options, told in words.items():
        done = call("check", "tanh", "--against", f"{code}:tanh", *options.split())
        assert done.code == 0 and told in done.out


def test_recorded_values_are_judged_in_a_range(call, tmp_path):
    path = tmp_path / "recorded.csv"
    path.write_text("x,y\n-2,7\n0.5,0.5\n1,1\n")
    assert call("check", "relu", "--data", str(path)).code == 1
    done = call("check", "relu", "--data", str(path), "--range", "0:1")
    assert done.code == 0 and "2 points" in done.out


# What is asked for in vain, and what is said.
REFUSED = (
    ("--dtype float16 --range 1.0001:1.0002", "No float16 lies between"),
    ("--data DATA --range 5:6", "has no x from"),
    ("--data DATA --seed 1", "--data takes no --seed"),
    ("--range 0:1 --oracle mpmath", "--range is for"),
    ("--seed -1", "at least 0"),
)


@pytest.mark.parametrize(("options", "told"), REFUSED)
def test_what_cannot_be_looked_at_is_told(options, told, code, call, tmp_path):
    path = tmp_path / "recorded.csv"
    path.write_text("x,y\n0.5,0.5\n")
    words = options.replace("DATA", str(path)).split()
    against = [] if {"--data", "--oracle"} & {*words} else ["--against", f"{code}:tanh"]
    done = call("check", "relu", *against, *words)
    assert (done.code, done.out) == (2, "") and told in done.err
