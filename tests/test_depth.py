"""What a value costs, and what is left of gradients deep down."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from described import close, of

import actviz
from actviz.catalogue.activation import from_formula
from actviz.errors import UsageError
from actviz.properties import (
    Depth,
    depth,
    nanoseconds,
    operations,
    properties,
)

OPERATIONS = {
    "relu": {"max": 1},
    "silu": {"*": 1, "sigmoid": 1},
    "identity": {},
    "gelu_tanh": {"*": 3, "**": 1, "+": 1, "sigmoid": 1},
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name: str) -> None:
    assert operations(actviz.get(name)) == OPERATIONS[name]
    assert of(name).cost == sum(OPERATIONS[name].values())


def test_time_is_measured_on_request_only() -> None:
    assert of("relu").nanoseconds is None
    measured = properties(actviz.get("relu"), measure=True).nanoseconds
    assert measured is not None and measured > 0
    assert nanoseconds(actviz.get("tanh")) > 0


def test_depth_of_a_straight_line() -> None:
    without, gained = halves(depth(from_formula("0.5*x"), [1, 4, 30]))
    for row in without:
        sizes = (row.q25, row.median, row.q75, row.rms)
        assert all(close(size * 2**row.depth, 1.0, 1e-12) for size in sizes)
    for row in gained:
        assert close(row.gain, 2.0)
        assert close(row.median, 1.0) and close(row.rms, 1.0)
    assert {row.zeros for row in (*without, *gained)} == {0}


def halves(rows: tuple[Depth, ...]) -> tuple[tuple[Depth, ...], tuple[Depth, ...]]:
    """The rows without a gain, and those with it."""
    assert {row.gain for row in rows[: len(rows) // 2]} == {1.0}
    return rows[: len(rows) // 2], rows[len(rows) // 2 :]


def test_relu_ends_half_of_the_paths_in_each_layer_and_its_gain_keeps_the_rest() -> None:
    without, gained = halves(depth(actviz.get("relu"), [1, 2, 5, 50]))
    for row in without:
        assert close(row.zeros, 1 - 0.5**row.depth)
        assert close(row.rms, 0.5 ** (row.depth / 2))
        assert row.median == 0
    assert all(close(row.rms, 1.0) for row in gained)
    assert [row.q75 for row in without] == [1, without[1].q75, 0, 0]


# f' falls with |x|: half of all |z| are below the third quartile of z, and so on
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softsign", "arctan"])
def test_the_quartiles_of_one_layer_are_those_of_its_derivative(name: str) -> None:
    f = actviz.get(name)
    for row in depth(f, [1]):
        z = [NormalDist().inv_cdf(p) for p in (0.875, 0.75, 0.625)]
        expected = row.gain * f.derivative(np.array(z))
        assert np.allclose((row.q25, row.median, row.q75), expected, rtol=1e-4)


def test_leaky_relu_is_the_binomial_distribution() -> None:
    # of ten layers four to six have slope 0.01 for the middle half of all paths
    [row] = halves(depth(actviz.get("leaky_relu"), [10]))[0]
    assert close(row.q25, 1e-12) and close(row.median, 1e-10)
    assert close(row.q75, 1e-8)


def test_the_exponential_is_the_lognormal_distribution() -> None:
    quarter = NormalDist().inv_cdf(0.75)
    without, gained = halves(depth(from_formula("exp(x)"), [1, 4, 25]))
    for row in without:
        logs = np.log([row.q25, row.median, row.q75]) / math.sqrt(row.depth)
        assert np.abs(logs - [-quarter, 0, quarter]).max() < 0.01
        assert close(row.rms, math.exp(row.depth))
    assert all(close(row.rms, 1.0) and close(row.gain, math.exp(-1)) for row in gained)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "selu"])
def test_deep_down_the_median_goes_with_the_mean_of_the_logarithm(name: str) -> None:
    f, n = actviz.get(name), 300
    z = np.linspace(-9, 9, 200_001)
    density = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    logs = np.log(f.derivative(z))
    mean = (density * logs).sum()
    spread = math.sqrt((density * (logs - mean) ** 2).sum())
    third = (density * (logs - mean) ** 3).sum()
    for row in depth(f, [n]):
        expected = n * (mean + math.log(row.gain)) - third / spread**2 / 6
        assert abs(math.log(row.median) - expected) < 4 * 1.26 * spread * math.sqrt(n / 1e5)


def test_depth_of_sigmoid_vanishes() -> None:
    rows, _ = halves(depth(actviz.get("sigmoid"), [1, 5, 10, 20]))
    assert [row.depth for row in rows] == [1, 5, 10, 20]
    assert all(row.q25 < row.median < row.q75 <= 0.25**row.depth for row in rows)
    assert rows[-1].median < 1.2e-14


def test_depth_is_seeded_and_in_the_order_asked_for() -> None:
    tanh = actviz.get("tanh")
    assert halves(depth(tanh, [3, 2], seed=4))[0] == halves(depth(tanh, [2, 3], seed=4))[0][::-1]
    assert depth(tanh, [3], seed=4) != depth(tanh, [3], seed=5)
    assert depth(actviz.get("2*tanh(x)"), [3])[0].median == pytest.approx(
        8 * depth(tanh, [3])[0].median
    )


@pytest.mark.parametrize("bad", [0, -1, 2.5, True, 1001])
def test_depth_refuses(bad: int) -> None:
    with pytest.raises(UsageError, match="A depth is a whole number from 1 to 1000"):
        depth(actviz.get("tanh"), [bad])


def test_depth_refuses_a_gain_that_there_is_not() -> None:
    with pytest.raises(UsageError, match="f has no gain"):
        depth(from_formula("0*x"), [1])
