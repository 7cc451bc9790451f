"""Every number of a format: none is left out, a fault at a single one is found, none is made up."""

import math
from itertools import pairwise

import numpy as np
import pytest
from sampled import sampled

import actviz
from actviz import check
from actviz.check.dtypes import DTYPES
from actviz.check.foreign.every import BLOCK, blocks
from actviz.check.straight import lines
from actviz.check.tolerance import Asked
from actviz.errors import UsageError

CODE = """
import math, os, time
import numpy as np

single = np.float32

def sigmoid(x):
    t = np.exp(-np.abs(x))
    return np.where(x >= 0, single(1), t) / (1 + t)

def gelu(x):
    erfc = np.vectorize(math.erfc, otypes=[np.float64])
    return (0.5 * x.astype(float) * erfc(x / -math.sqrt(2))).astype(x.dtype)

def square(x): return x * x
def of_output(y): return y * (1 - y)

def planted(f, place):
    def wrong(x):
        y = f(x)
        y[x == single(place)] += single(0.001)
        return y
    return wrong

sigmoid_7 = planted(sigmoid, -7.3456789)
sigmoid_far = planted(sigmoid, 1234567.875)
sigmoid_tiny = planted(sigmoid, 1.0001e-38)
gelu_2 = planted(gelu, 2.3456789)

def slope(x): return sigmoid(x) * sigmoid(-x)
slope_3 = planted(slope, 3.25000024)

def raising(x):
    if (x == single(0.75)).any():
        raise ValueError("no way")
    return sigmoid(x)
def ending(x):
    if (x == single(0.75)).any() and x.size > 100000:
        os._exit(0)
    return sigmoid(x)
def hanging(x):
    if (x == single(0.75)).any() and x.size > 100000:
        time.sleep(30)
    return sigmoid(x)
def flushing(x): return np.where(np.abs(x) < np.finfo(x.dtype).tiny, single(0), x)
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    path = tmp_path_factory.mktemp("exhaustive") / "somebody.py"
    path.write_text(CODE)
    return str(path)


def run(code, curve, name, slope=None, **options):
    (one,) = actviz.parse_curves([curve])
    options = {"dtype": "float32", "every": True} | options
    return check.code(one, f"{code}:{name}", slope and f"{code}:{slope}", **options)


def everywhere(report, order=0):
    """What is said of all numbers."""
    (told,) = (r for r in report.results if "numbers of float32" in r.message
               and "looked" not in r.message and r.order == order)  # fmt: skip
    return told


# The curve, the code, the only number at which it is wrong, and a range with that in it.
PLANTED = (
    ("sigmoid", "sigmoid_7", -7.3456789, (-7.5, -7.25)),
    ("sigmoid", "sigmoid_far", 1234567.875, (1.2e6, 1.3e6)),
    ("sigmoid", "sigmoid_tiny", 1.0001e-38, (1e-38, 1.01e-38)),
    ("gelu", "gelu_2", 2.3456789, (2.34, 2.36)),
)


@pytest.mark.parametrize(("curve", "name", "place", "within"), PLANTED)
def test_a_fault_at_a_single_number_is_found(code, curve, name, place, within):
    told = everywhere(run(code, curve, name, within=within))
    assert told.status == "fail" and told.x == np.float32(place)
    assert told.message.startswith("1 of ")


def test_so_is_one_of_a_derivative(code):
    report = run(code, "sigmoid", "sigmoid", "slope_3", within=(3.2, 3.3))
    assert everywhere(report).status == "pass"
    assert everywhere(report, 1).x == np.float32(3.25000024)


# Right code where it is hard to say so: subnormals, overflows, lines, flushed results.
RIGHT = (
    ("sigmoid", "sigmoid", (-89.0, -87.0)),
    ("sigmoid", "sigmoid", (-3.5e38, -3.2e38)),
    ("sigmoid", "sigmoid", (1e30, 1.01e30)),
    ("x**2", "square", (1.844e19, 1.846e19)),
    ("x", "flushing", (1.17e-38, 1.18e-38)),
)


@pytest.mark.parametrize(("curve", "name", "within"), RIGHT)
def test_right_code_is_accused_nowhere(code, curve, name, within):
    report = run(code, curve, name, within=within)
    assert report.ok and everywhere(report).status == "pass"
    assert (everywhere(report).code == "flushed") == (name == "flushing")


def test_the_count_is_that_of_all_numbers(code):
    told = everywhere(run(code, "sigmoid", "sigmoid", within=(1.0, 1.125)))
    assert told.message == f"every one of {2**20 + 1:,} numbers of float32 from 1 to 1.125 " \
        "is within the tolerance"  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_are_those_of_their_bits(dtype):
    form = DTYPES[dtype]
    for x in (0.0, 2.0**form.least_exponent, 0.5, 1.0, 1.5, form.largest):
        bits = form.bits_of(x)
        assert form.numbers(bits, 1)[0] == x
        assert form.numbers(bits | form.negative, 1)[0] == -x
    one = form.numbers(form.bits_of(1.0), 3)
    assert np.array_equal(one, 1 + np.arange(3) * form.eps)


# Two ends, and how many numbers of float32 lie between them, the ends included, 0 counted twice.
COUNTS = (
    (None, 2 * (255 << 23)),
    ((-math.inf, math.inf), 2 * (255 << 23)),
    ((1.0, 2.0), (1 << 23) + 1),
    ((-2.0, -1.0), (1 << 23) + 1),
    ((0.0, 0.0), 2),
    ((1.0, 1.0), 1),
    ((1 + 1e-9, 1 + 2e-7), 1),
    ((1 + 1e-9, 1 + 2e-9), 0),
    ((-1.5e-45, 1.5e-45), 4),
    ((1e39, 1e40), 0),
)


@pytest.mark.parametrize(("within", "count"), COUNTS)
def test_blocks_hold_every_number_of_a_range_once(within, count):
    form = DTYPES["float32"]
    found = blocks(form, within)
    assert sum(block.count for block in found) == count
    assert max((block.count for block in found), default=0) <= BLOCK
    spans = sorted((block.first, block.first + block.count) for block in found)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    for block in found[:: max(1, len(found) // 50)]:
        x = form.numbers(block.first, block.count)
        assert (x.min(), x.max()) == (block.lower, block.upper)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_all_numbers_of_small_formats_are_in_blocks(dtype):
    form = DTYPES[dtype]
    found = [form.numbers(block.first, block.count) for block in blocks(form, None)]
    assert np.array_equal(np.unique(np.concatenate(found)), np.unique(form.numbers(0, 65536)[
        np.isfinite(form.numbers(0, 65536))]))  # fmt: skip


# Of these there are lines nearly everywhere far out, on the sides given; of others there are none.
STRAIGHT = {"sigmoid": "both", "silu": "both", "gelu": "both", "mish": "both", "tanh": "both",
            "elu": "both", "relu": "both", "snake": "", "square": "", "softsign": ""}  # fmt: skip


@pytest.mark.parametrize("name", sampled([*STRAIGHT], 0.2))
@pytest.mark.parametrize("order", [0, 1])
def test_lines_are_the_function_to_far_more_digits_than_are_asked(name, order):
    form = DTYPES["float32"]
    ends = np.array(
        [(b.lower, b.upper) for b in blocks(form, None) if min(abs(b.lower), abs(b.upper)) >= 64]
    )
    ends, within = ends[::101], Asked().of(form)
    activation = actviz.get(name)
    found = lines(activation, order, ends[:, 0], ends[:, 1], within)
    if not order and STRAIGHT[name]:
        assert found.there.mean() > 0.9
    for cell in np.flatnonzero(found.there)[::7].tolist():
        x = np.linspace(*ends[cell], 9)
        y = found.at(cell, x)
        true = activation.derivative(x, order)
        assert (np.abs(y - true) <= 2.0**-11 * within.at(true, np.zeros(1))).all(), (
            name,
            ends[cell],
        )


ENDS = (("raising", "raises", "no way"), ("ending", "ends", "ended its process"))


@pytest.mark.parametrize(("name", "finding", "words"), ENDS)
def test_code_that_gives_up_at_a_number_fails(code, name, finding, words):
    report = run(code, "sigmoid", name, within=(0.5, 1.0))
    told = [r for r in report.results if r.code == finding or words in r.message]
    assert not report.ok and any(words in r.message for r in told)


def test_code_that_hangs_at_a_number_is_ended(code):
    report = run(code, "sigmoid", "hanging", within=(0.5, 1.0), timeout=3.0)
    assert not report.ok and "timeout" in {r.code for r in report.results}


def test_callables_of_this_process_are_called_in_it():
    (sigmoid,) = actviz.parse_curves(["sigmoid"])
    asked = []

    def judged(x):
        asked.append(x.size)
        return 1 / (1 + np.exp(-x))

    report = check.code(sigmoid, judged, dtype="float32", every=True, within=(1.0, 1.125))
    assert report.ok and sum(asked) > 2**20


def test_what_is_done_is_told_meanwhile(code):
    told = []
    run(code, "sigmoid", "sigmoid", within=(1.0, 1.125), progress=lambda *each: told.append(each))
    assert [done for done, _, _ in told] == [1, 2, 3, 4, 5] and told[-1][1] == 5


def test_more_numbers_than_can_be_looked_at_are_refused(code, call):
    with pytest.raises(UsageError, match="at most: give a smaller --range"):
        run(code, "sigmoid", "sigmoid", dtype="float64")
    done = call("check", "sigmoid", "--exhaustive", "--oracle", "difference")
    assert done.code == 2 and "--exhaustive is for --against" in done.err
    near = run(code, "sigmoid", "sigmoid", dtype="float64", within=(1.0, 1 + 2.0**-34))
    assert f"every one of {2**18 + 1:,} numbers of float64" in " ".join(
        r.message for r in near.results
    )


def test_of_small_formats_every_number_is_looked_at_anyway(code, call):
    done = call("check", "sigmoid", "--against", f"{code}:sigmoid", "--dtype", "float16",
                "--exhaustive")  # fmt: skip
    assert "looked at all 63,487 numbers of float16" in done.out


def test_so_is_a_gradient_of_the_output(code):
    report = run(code, "sigmoid", "sigmoid", "of_output", within=(1.0, 1.125))
    assert report.ok and everywhere(report, 1).message.startswith("every one of")
