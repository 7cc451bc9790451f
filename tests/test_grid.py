"""The x values of tables: exact points, and a clear refusal of every wrong request."""

import io
import math
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actviz.errors import UsageError
from actviz.table import grid

FINITE = st.floats(allow_nan=False, allow_infinity=False)

RANGES = {
    "-6:6": (-6.0, 6.0),
    "0:1e3": (0.0, 1000.0),
    " -1.5 : +2. ": (-1.5, 2.0),
    ".5:1E1": (0.5, 10.0),
    "-1.7e308:1.7e308": (-1.7e308, 1.7e308),
}

WRONG_RANGES = {
    "6:-6": "reversed. Did you mean -6:6?",
    "3:3": "empty: both ends are 3",
    "0:-0": "empty",
    ":5": "no lower end",
    "5:": "no upper end",
    ":": "no lower end",
    "-6,6": "Did you mean -6:6?",
    "-6..6": "Did you mean -6:6?",
    "6": "not two numbers A:B",
    "": "not two numbers A:B",
    "1:2:3": "not two numbers A:B",
    "a:b": "'a' is not a number",
    "0:1_0": "'1_0' is not a number",
    "0:0x10": "'0x10' is not a number",
    "0:٣": "is not a number",
    "nan:1": "not finite",
    "-inf:inf": "not finite",
    "0:1e999": "beyond the largest float64",
    "9" * 100_000 + "x:1": "is not a number",
}

WRONG_SPACINGS = [
    ({"step": 0.0}, "step 0 is not a number above 0"),
    ({"step": -0.5}, "step -0.5 is not"),
    ({"step": math.nan}, "step nan is not"),
    ({"step": math.inf}, "step inf is not"),
    ({"step": 12.5}, "larger than the range: 12"),
    ({"step": 1e-6}, "12,000,001 points are too many; at most 10,000,000"),
    ({"step": 5e-324}, "too many"),
    ({"points": 0}, "0 points make no table"),
    ({"points": -3}, "-3 points make no table"),
    ({"points": 1}, "--at X"),
    ({"points": 10_000_001}, "10,000,001 points are too many"),
    ({"step": 1.0, "points": 3}, "cannot both be given"),
]

# lo, hi -> the default table: number of rows, second point
DEFAULTS = [
    (-6, 6, 13, -5),
    (-10, 10, 21, -9),
    (0, 1, 21, 0.05),
    (-1.5, 2.3, 39, -1.4),
    (0, 30, 16, 2),
    (1e-300, 3e-300, 21, 1.1e-300),
    (0, math.pi, 21, math.pi / 20),
    (-1e308, 1e308, 21, -9e307),
    (1, 1000, 21, 50.95),
]

NUMBERS = {
    "0.1,0.4,0.7,1": [0.1, 0.4, 0.7, 1.0],
    " 1 2\t3 , 4,": [1, 2, 3, 4],
    "inf,-Infinity,1e-400": [math.inf, -math.inf, 0.0],
    "-0": [-0.0],
}

WRONG_NUMBERS = {
    "": "holds no number",
    " ": "holds no number",
    ",": "holds no number",
    "1,,2": "nothing beside a comma",
    ",1": "nothing beside a comma",
    "1;2": "'1;2' is not a number",
    "one": "'one' is not a number",
    "1e999": "beyond the largest float64",
    "1_0": "'1_0' is not a number",
}


@pytest.mark.parametrize("text", RANGES)
def test_range_is_read(text):
    assert grid.parse_range(text) == RANGES[text]


@pytest.mark.parametrize("text", WRONG_RANGES, ids=lambda text: text[:20])
def test_wrong_range_is_refused_in_one_clear_message(text):
    with pytest.raises(UsageError) as refusal:
        grid.parse_range(text)
    assert WRONG_RANGES[text] in str(refusal.value)
    assert len(str(refusal.value)) < 160


@pytest.mark.parametrize(("spacing", "message"), WRONG_SPACINGS)
def test_wrong_spacing_is_refused(spacing, message):
    with pytest.raises(UsageError) as refusal:
        grid.ranged(-6, 6, **spacing)
    assert message in str(refusal.value)


@pytest.mark.parametrize(("lo", "hi"), [(6, -6), (1, 1), (math.nan, 1), (0, math.inf)])
def test_wrong_ends_are_refused_from_python_too(lo, hi):
    with pytest.raises(UsageError):
        grid.ranged(lo, hi)


@pytest.mark.parametrize(("lo", "hi", "rows", "second"), DEFAULTS)
def test_default_spacing(lo, hi, rows, second):
    x = grid.ranged(lo, hi).values()
    assert (len(x), x[0], x[-1]) == (rows, lo, hi)
    assert x[1] == pytest.approx(second, rel=1e-15)
    assert (0 in x) or lo > 0 or (lo, hi) == (0, math.pi)


def test_a_decimal_step_gives_decimals_of_as_few_digits():
    x = grid.ranged(-6, 6, step=0.1).values().tolist()
    assert x == [round(i / 10, 1) for i in range(-60, 61)]
    assert math.copysign(1, x[60]) == 1
    assert all(len(repr(value)) <= 4 for value in x)


def test_a_step_that_does_not_divide_the_range_ends_inside_it():
    assert grid.ranged(0, 1, step=0.3).values().tolist() == [0, 0.3, 0.6, 0.9]


def test_a_rounded_step_that_means_to_divide_the_range_meets_its_end():
    for parts in (3, 7, 8, 1000, 99_999):
        x = grid.ranged(0, 2 * math.pi, step=2 * math.pi / parts).values()
        assert (len(x), x[-1]) == (parts + 1, 2 * math.pi)


def test_the_points_of_a_range_are_those_of_linspace():
    x = grid.ranged(-10, 10, points=100).values()
    assert np.abs(x - np.linspace(-10, 10, 100)).max() < 2e-15
    slopes = 1 / (2 * np.cosh(x[:3] / 2)) ** 2
    assert [f"{slope:.4e}" for slope in slopes] == ["4.5396e-05", "5.5558e-05", "6.7994e-05"]


@given(st.tuples(FINITE, FINITE).filter(lambda ends: ends[0] < ends[1]), st.integers(2, 60))
def test_every_point_is_the_exact_one_rounded_once(ends, points):
    lo, hi = (Fraction(repr(end)) for end in ends)
    x = grid.ranged(*ends, points=points).values().tolist()
    exact = [lo + (hi - lo) * i / (points - 1) for i in range(points)]
    assert x == [value.numerator / value.denominator for value in exact]
    assert (x[0], x[-1]) == ends


@given(st.integers(1, 50), st.integers(1, 60))
def test_blocks_are_the_whole_in_order(size, points):
    even = grid.ranged(-1, 1, points=points + 1)
    blocks = list(even.blocks(size))
    assert max(map(len, blocks)) <= size
    assert np.array_equal(np.concatenate(blocks), even.values())
    assert sum(map(len, blocks)) == len(even)


def test_ten_million_points_need_the_memory_of_a_block():
    even = grid.ranged(-6, 6, points=10_000_000)
    tracemalloc.start()
    last = [block[-1] for block in even.blocks()][-1]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last == 6
    assert peak < 2_000_000


@pytest.mark.parametrize("text", NUMBERS)
def test_listed_numbers(text):
    listed = grid.listed(grid.parse_numbers(text))
    assert listed.values().tolist() == NUMBERS[text]
    assert listed.values().dtype == np.float64


@pytest.mark.parametrize("text", WRONG_NUMBERS)
def test_wrong_numbers_are_refused(text):
    with pytest.raises(UsageError) as refusal:
        grid.parse_numbers(text)
    assert WRONG_NUMBERS[text] in str(refusal.value)


def test_numbers_of_a_stream():
    assert grid.read_numbers(io.StringIO("1,2\n\n  3\n4,\n5 nan")).tolist()[:5] == [1, 2, 3, 4, 5]


def test_a_mistake_in_a_stream_is_told_with_its_line():
    with pytest.raises(UsageError, match="line 3: 'x' is not a number"):
        grid.read_numbers(io.StringIO("1\n2\n3 x\n"))
    with pytest.raises(UsageError, match="line 1: 'x' is not a number"):
        grid.read_numbers(io.StringIO("x\n1\n"))


def test_a_stream_that_is_not_text_is_refused():
    with pytest.raises(UsageError, match="is not text"):
        grid.read_numbers(io.TextIOWrapper(io.BytesIO(b"1 \xff\n"), encoding="utf-8"))


def test_too_many_or_no_values_are_refused(monkeypatch):
    monkeypatch.setattr(grid, "MOST_POINTS", 3)
    for make in (grid.listed, lambda values: grid.read_numbers(map(str, values))):
        assert len(make([1, 2, 3])) == 3
        with pytest.raises(UsageError, match="too many"):
            make([1, 2, 3, 4])
        with pytest.raises(UsageError, match="no"):
            make([])
