"""The shortest decimal digits that read back as the same float are those of repr."""

import math
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from actviz.table.shortest import shortest


def shortened(values):
    rows = shortest(np.array(values, dtype=np.float64))
    return [bytes(row).replace(b"\0", b"").decode() for row in rows]


HARD = [
    0.0,
    *(10.0**k for k in range(-323, 309)),
    *(2.0**k for k in range(-1074, 1024)),
    *(math.nextafter(2.0**k, 0) for k in range(-1074, 1024)),
    *(math.nextafter(2.0**k, math.inf) for k in range(-1074, 1023)),
    *(float(f"{digits}e{k}") for digits in (3, 25, 123456, 99999) for k in range(-324, 300)),
    *(i * 5e-324 for i in range(1000)),
    *range(1000),
    9007199254740993.0,
    123456789012345678.0,
    9999999999999998.0,
    sys.float_info.max,
]


def test_shortest_is_repr_at_the_hard_numbers():
    for sign in (1, -1):
        values = [sign * value for value in map(float, HARD)]
        assert shortened(values) == list(map(repr, values))


def test_shortest_is_repr_of_random_bits():
    numbers = np.random.default_rng(0).integers(0, 2**64, 50_000, dtype=np.uint64)
    values = [value for value in numbers.view(np.float64).tolist() if math.isfinite(value)]
    assert shortened(values) == list(map(repr, values))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_shortest_is_repr(values):
    assert shortened(values) == list(map(repr, values))
