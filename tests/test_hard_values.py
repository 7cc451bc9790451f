"""Values at the edges of float64, each known to 17 digits: masked logits, tails, multiple zeros."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import actviz

INF, NAN = math.inf, math.nan
EPS = 2.0**-52
GATED = ("glu", "reglu", "geglu", "swiglu", "bilinear", "maxout")

# what, with its parameters; x; order; true value
NUMBERS: list[tuple[str, float, int, float]] = [
    # underflow on the way
    ("exp(-x)*1e300", 800, 0, 3.6678745841776874e-48),
    ("sqrt(exp(-x))", 745, 0, 1.6799853363859867e-162),
    ("sqrt(exp(-x))", 800, 0, 1.9151695967140057e-174),
    ("log(softplus(x))", -800, 0, -800),
    ("log(sigmoid(x))", -800, 0, -800),
    ("exp(-x)*exp(x)", 1e5, 0, 1),
    ("1/(1/exp(x))", -740, 0, math.exp(-740)),
    ("gelu", 37.98125, 4, -4.6325268849399124e-308),
    # a little lost in each of many sums
    ("double_silu", -0.00467919522198788, 4, -0.057397070331390892),
    ("double_silu", 0.0007186631371088117, 4, -0.063286388635620471),
    # exponents of any size
    ("sigmoid(-x)*exp(x)", 1e18, 0, 1),
    ("asinh(sinh(x))", 1.2e308, 0, 1.2e308),
    ("loglog", -1.7e308, 2, 0),
    ("golu", -1.7e308, 2, 0),
    ("cloglog", 1.7e308, 2, 0),
    ("gish", 1.7e308, 2, 0),
    ("colu", 1.7e308, 2, 0),
    ("tanhexp", 1.7e308, 2, 0),
    # tiny arguments of what goes on in wide numbers
    ("x**2*expm1(x**-2)", 1e200, 0, 1),
    ("x**2*expm1(x**-2)", INF, 0, 1),
    ("x**2*sin(x**-2)", 1e200, 0, 1),
    ("x**2*tanh(x**-2)", 1e200, 0, 1),
    ("x**2*atan(x**-2)", 1e200, 0, 1),
    ("x**2*log1p(x**-2)", 1e200, 0, 1),
    ("x**2*sinh(x**-2)", 1e200, 0, 1),
    ("x**2*asinh(x**-2)", 1e200, 0, 1),
    ("x**2*erf(x**-2)", 1e200, 0, 2 / math.sqrt(math.pi)),
    ("log_sigmoid((x**3)**-2)", -9.6e307, 0, -math.log(2)),
    ("softplus(1/x/1e200)*x**2/(1 + x**2)", 1e160, 0, math.log(2)),
    ("log_cosh(1/x/1e200)*x**5*1e20/(1 + x**2)", 1e200, 0, 5e-181),
    # no number becomes a plausible one
    ("cos(log(x))", -1, 0, NAN),
    ("sin(sqrt(x))", -1, 0, NAN),
    ("min(sqrt(x), 1)", -1, 0, NAN),
    ("min(1, sqrt(x))", -1, 0, NAN),
    ("max(sqrt(x), 0)", -1, 0, NAN),
    ("max(0, sqrt(x))", -1, 0, NAN),
    ("where(sqrt(x) > 0, 1, 2)", -1, 0, NAN),
    ("where(x > 0, sqrt(x), 2)", -1, 0, 2),
    ("abs(sqrt(x))", -1, 0, NAN),
    ("sign(log(x))", -1, 0, NAN),
    ("0*log(x)", -1, 0, NAN),
    ("sigmoid(log(x))", -1, 0, NAN),
    # cancellation at multiple zeros
    ("snake", -0.7853981633974562, 1, 1.2330678111317855e-28),
    ("snake", -0.7853981633974483, 1, 1.8746997283273223e-33),
    # a switch that is less than an ulp away: 10*Phi(10) is 10 - 7.6e-23
    ("gelu_10", 10, 1, 1),
    ("gelu_10", 10, 0, 10),
    ("gelu_10", 10.000000000000002, 1, 0),
    # naive formulas
    ("1 - tanh(x)**2", 18, 0, 9.2780913209742733e-16),
    ("x/2*(1 + erf(x/sqrt(2)))", -8.5, 0, -8.0576045988728206e-17),
    ("log(1 + exp(x))", -30, 0, 9.3576229688397368e-14),
    ("sqrt(x**2 + 1) - x", 1e7, 0, 4.9999999999999875e-08),
    ("(1 - cos(x))/x**2", 1e-5, 0, 0.49999999999583333),
    # a rounded argument in a tail
    ("sigmoid(x - 700)", 1e-9, 0, 9.8596765536194474e-305),
    ("softplus(x - 300)", 1e-9, 0, 5.148200227560214e-131),
    ("sech(x - 300)", 1e-9, 0, 1.0296400455120428e-130),
    ("erfc(x + 20)", 0.1, 0, 9.7359771404294329e-178),
    # exponents that float64 has not
    ("x**0.3", 1e300, 1, 2.9999999999999768e-211),
    ("x**2.7", 1e100, 3, 3.2130000000001328e-30),
    ("x**(1/3)", 1e300, 0, 1e100),
    ("x**pi", 1e90, 0, 5.5378198424986617e282),
    # turns far out
    ("cos(pi*x)", 1e34, 0, 1),
    ("sin(pi*x)", 1e292, 0, 0),
    ("sin(pi*x)", 1e34, 1, math.pi),
    # a step or switch that rounding must not decide
    ("floor(x/49*49)", 49, 0, 49),
    ("floor(x*3)", 1 / 3, 0, 0),
    ("where(x*x > 2, 1, 0)", 2**0.5, 0, 1),
    ("where(x*x - 2 > 0, 1, 0)", 1.414213562373095, 0, 0),
    ("sign(x*x - 2)", 2**0.5, 0, 1),
    ("max(where(x > 0, x, x*exp(x)), x - x**3)", 5.1959424754483134e-220, 2, 0),
    ("max(sqrt(4*x**2 + 1), 2*x)", 2.1396313166492586e93, 2, 5.1044995153044879e-281),
    ("max(sqrt(1 + sin(x)), sqrt(sin(x) + 1)) - 1", 2, 0, 0.38177329067603622),
    ("where(max(tanh(x), 0) - tanh(x) > 0, 1, 2)", 0.3, 0, 2),
    # products of numbers that float64 has not
    ("bent_identity(serlu(2*x, 2.90427, 1.07862))", 58.26025294781651, 2, 1.1719611145779983e-6),
    ("pserf''(tanh(x), 1.25, 0.85)*(x/3)", 712.1807142224615, 1, 0.00030441148479721468),
    # a wave that is within its own limit, and a sum that is within its own
    ("pi*sinc(x - 1 - pi) - x/3", 6.134993620799513e-07, 1, -0.077606492526227915),
    # an extremum of a product that is far down
    ("exp(-x**2)*cos(x)", 23.583143310296634, 0, 6.123967820682658e-244),
    ("sigmoid_algebraic", 0, 3, -1.625),
    # 1/0 is the infinity that both sides go to, or nothing
    ("1/x", 0, 0, NAN),
    ("1/x", -0.0, 0, NAN),
    ("1/x**2", 0, 0, INF),
    ("-1/abs(x - 1)", 1, 0, -INF),
    ("1/sqrt(x)", 0, 0, NAN),
    ("1/sin(x)**2", 0, 0, INF),
    ("1/floor(x)", 0.5, 0, NAN),
    ("exp(1/x)", 0, 0, NAN),
    ("exp(-1/x**2)", 0, 0, 0),
    ("atan(1/x**2)", 0, 0, math.pi / 2),
    ("sigmoid(1/x)", 0, 0, NAN),
    ("where(x > 0, 1/x, 5)", 0, 0, 5),
    # at infinity
    ("sin(x**2)", INF, 0, NAN),
    ("sin(x**2)", INF, 2, NAN),
    ("x**(-0.5)", -INF, 0, NAN),
    ("x**x", -INF, 0, NAN),
    ("(1 + x)**(1/3)", -INF, 0, NAN),
    ("sqrt(x + 1) - sqrt(x)", INF, 0, 0),
    ("(x + 1)**3 - x**3", INF, 1, INF),
    ("phi(x)/Phi(x)", -INF, 0, INF),
    ("phi(x)/Phi(x)", -INF, 1, -1),
    ("erfc(x)*exp(x**2)", INF, 0, 0),
    ("asinh(x) - log(2*x)", INF, 0, 0),
    ("x*cos(x)*(1 - tanh(5000*sin(x))**2)", -INF, 0, NAN),
    # what selects or steps underflows
    ("abs(x*sin(x))", 1e-300, 1, 2e-300),
    ("sign(x**3)", 1e-200, 0, 1.0),
    ("sign(exp(-x))", 800.0, 0, 1.0),
    ("floor(-x**2)", 1e-200, 0, -1.0),
    ("ceil(x**4)", 1e-100, 0, 1.0),
    ("mod(-x**2, 1)", 1e-200, 0, 1.0),
    ("where(exp(-x) > exp(-2*x), 1, 2)", 800.0, 0, 1.0),
    ("abs(x)**0.5*sign(x**5)", 1e-80, 0, 1e-40),
    # a slope on the way is below the smallest number
    ("asinh(x) - log(2*x)", 3.8568466263600454e70, 2, 6.7789399039972251e-283),
    ("x/(x**2 + 1)**2 - 1/(x**3 + x)", 2.654685778058293e50, 0, -7.5846297305866617e-253),
    ("1/x**1.5 - x/(x + 1)**2.5", 2.8641452827263295e90, 0, 1.8007457547891657e-226),
    ("x/hypot(1, x)**3 - 1/x**2", 8.72880278391543e67, 0, -2.5838811516305055e-272),
    # what no x goes into cancels, grows, turns or underflows
    ("abs(x)**((-3 - asinh(-3))*cbrt(-3))", 2.5003784781620893e180, 0, 2.6022871111290014e307),
    ("x*Phi(exp(5.65e225))", 1, 0, 1),
    # what decides within its own rounding is not decided by it
    ("x*sign(sin(pi))", 1, 0, NAN),
    ("x*ceil(sin(pi))", 1, 0, NAN),
    ("sign(sin(pi*x))", 1, 0, NAN),
    ("x*sign(pi - 3.141592653589793)", 2, 0, 2),
    ("x*sign(e - 2.718281828459045)", 2, 0, 2),
    ("abs(x)**cbrt(2)", -2.771628064600188e-223, 0, 3.9392809580245713e-281),
    ("abs(x)**(10*0.1)**-1", 6.002818236488371e243, 0, 6.0028182364881840e243),
    ("x*(1 - cos(1e-5))", 1, 0, 4.9999999999583334e-11),
    ("x*(exp(1e-10) - 1)", 1, 0, 1.0000000000500000e-10),
    ("x**(exp(1e-10) - 1)", 1e300, 0, 1.0000000690775552),
    ("x*(sqrt(2) - 1.4142135623730951)", 1, 0, -9.6672933134529135e-17),
    ("x*exp(pi*30.1)", 1, 0, 1.1687678337138073e41),
    ("x*sin(1e10*pi/3)", 1, 0, -math.sqrt(0.75)),
    ("x*sin(pi)", 1, 0, 0),
    ("x*(1e-200**2*1e300)", 1, 1, 1e-100),
    ("x*log(1 + 1e-10)", 1, 0, 9.9999999995000000e-11),
    ("x*where(sqrt(2)**2 > 2, 1, 3)", 1, 0, 3),
    ("x**2 - (1 - cos(1e-10))*2e20", 0, 0, -1),
]


def units(got: float, true: float, slope: float) -> float:
    """The error in eps(|y| + |x y'|)."""
    return abs(got - true) / (EPS * (abs(true) + slope))


@pytest.mark.parametrize(("what", "x", "order", "true"), NUMBERS, ids=lambda v: str(v))
def test_numbers(what: str, x: float, order: int, true: float) -> None:
    function = actviz.get(what)
    got = function.derivative(x, order)
    if math.isnan(true):
        assert math.isnan(got)
        return
    if got != true and units(got, true, 0.0) > 16:
        slope = abs(x * function.derivative(x, order + 1))
        assert units(got, true, slope) <= 16, (got, true)


def test_what_exp_makes_of_more_than_any_number_is_no_infinity_that_is_known() -> None:
    got = actviz.get("sech(exp(x**3))*exp(x**3)")(np.array([1e200, 1e10, -1e200]))
    assert not np.isinf(got).any()
    assert actviz.get("exp(exp(exp(x)))")(1e10) == INF


VECTORS: list[tuple[str, list[float], list[float]]] = [
    ("softmax", [1000, -INF], [1, 0]),
    ("softmax", [-744, -745], [0.73105857863000488, 0.26894142136999512]),
    ("softmax", [-700, -750], [1, 1.9287498479639178e-22]),
    ("softmax", [INF, 0], [1, 0]),
    ("softmax", [INF, INF], [NAN, NAN]),
    ("softmax", [-INF, -INF], [NAN, NAN]),
    ("softmax", [0, NAN], [NAN, NAN]),
    ("softmax", [1e308, -1e308], [1, 0]),
    ("log_softmax", [1000, 999, -INF], [-0.31326168751822283, -1.3132616875182228, -INF]),
    ("log_softmax", [1, 2, 3000], [-2999, -2998, 0]),
    ("log_softmax", [INF, 0], [0, -INF]),
    ("log_softmax", [0, -800], [-2.0 * 0, -800]),
    ("logsumexp", [1e-10], [1e-10]),
    ("logsumexp", [1e-20], [1e-20]),
    ("logsumexp", [-744, -745], [-743.68673831248178] * 2),
    ("logsumexp", [INF, 0], [INF] * 2),
    ("softmin", [744, 745], [0.73105857863000488, 0.26894142136999512]),
    ("sparsemax", [INF, 0], [1, 0]),
    ("sparsemax", [-INF, 0], [0, 1]),
    ("sparsemax", [INF, INF], [NAN, NAN]),
    ("sparsemax", [NAN, 0], [NAN, NAN]),
    ("entmax15", [INF, 0], [1, 0]),
    ("entmax15", [NAN, 0], [NAN, NAN]),
    ("swiglu", [1e300, -1e10], [0]),
    ("swiglu", [1, -INF], [0]),
    ("geglu", [1, -INF], [0]),
    ("glu", [-1e200, -746], [-1.0382848095158282e-124]),
    ("maxout", [1, NAN], [NAN]),
]


@pytest.mark.parametrize(("name", "x", "true"), VECTORS, ids=lambda v: str(v))
def test_vectors(name: str, x: list[float], true: list[float]) -> None:
    np.testing.assert_allclose(actviz.get(name)(x), true, rtol=4 * EPS)


SLOPES: list[tuple[str, list[float], list[float]]] = [
    ("softmax", [1e17, 1e17], [0.25, 0.25]),
    ("softmax", [1000, -INF, 999], [0.19661193324148185, 0, 0.19661193324148185]),
    ("softmax", [INF, 0], [0, 0]),
    ("log_softmax", [1000, 999, -INF], [0.26894142136999512, 0.73105857863000488, 1]),
    ("logsumexp", [-744, -745], [0.73105857863000488, 0.26894142136999512]),
    ("sparsemax", [NAN, 0], [NAN, NAN]),
    ("entmax15", [NAN, 0], [NAN, NAN]),
]


@pytest.mark.parametrize(("name", "x", "true"), SLOPES, ids=lambda v: str(v))
def test_slopes_of_vectors(name: str, x: list[float], true: list[float]) -> None:
    np.testing.assert_allclose(actviz.get(name).derivative(x), true, rtol=4 * EPS)


def test_a_row_is_what_it_is_alone() -> None:
    rows = np.array([[1000, 1000, -3], [0, -INF, 2], [NAN, 0, 1], [-744, -745, -800], [INF, 1, 2]])
    for name in ("softmax", "log_softmax", "logsumexp", "softmin", "sparsemax", "entmax15"):
        function = actviz.get(name)
        for order in (0, 1, 2):
            together = function.derivative(rows, order)
            alone = [function.derivative(row, order) for row in rows]
            np.testing.assert_array_equal(together, alone)


# name, wrt, a, b, true value
PAIRS: list[tuple[str, str, float, float, float]] = [
    *((name, wrt, 1.0, NAN, NAN) for name in GATED for wrt in ("", "a", "aa", "ab", "b")),
    *((name, wrt, NAN, 1.0, NAN) for name in GATED for wrt in ("", "bb", "b")),
    ("geglu", "b", 2.541073235206183e151, INF, 2.541073235206183e151),
    ("swiglu", "b", -4.956e-135, INF, -4.956e-135),
    ("swiglu", "", 1.0, -INF, 0.0),
    ("geglu", "", 1.0, -INF, 0.0),
]


@pytest.mark.parametrize(("name", "wrt", "a", "b", "true"), PAIRS, ids=lambda v: str(v))
def test_pairs(name: str, wrt: str, a: float, b: float, true: float) -> None:
    np.testing.assert_allclose(actviz.get(name).at(a, b, tuple(wrt)), true, rtol=1e-15)


def test_jacobians_of_masked_logits() -> None:
    p, q = 0.73105857863000488, 0.26894142136999512
    softmax = [[p * q, -p * q, 0], [-p * q, p * q, 0], [0, 0, 0]]
    log_softmax = [[q, -q, 0], [-p, p, 0], [-p, -q, 1]]
    for name, true in (("softmax", softmax), ("log_softmax", log_softmax)):
        got = actviz.get(name).jacobian([1000, 999, -INF])
        np.testing.assert_allclose(got, true, rtol=4 * EPS)


SIDES: list[tuple[str, float, int, str, float]] = [
    ("hardtanh", 1.0000000000000002, 1, "left", 0),
    ("hardtanh", 1.0, 1, "left", 1),
    ("hardtanh", 1.0, 1, "right", 0),
    ("hardtanh", 0.9999999999999999, 1, "right", 1),
    ("relu", 1e-70, 1, "left", 1),
    ("relu", -1e-70, 1, "right", 0),
    ("relu", 0.0, 1, "left", 0),
    ("relu", 0.0, 1, "right", 1),
    ("relu", 5e-324, 1, "left", 1),
    ("hardswish", 3.0000000000000004, 1, "left", 1),
    ("sign(x)", 1e-300, 0, "left", 1),
    ("hardshrink", -0.49999999999999994, 0, "left", 0),
    ("hardshrink", 0.5000000000000001, 0, "left", 0.50000000000000011),
    ("hardshrink", 0.5, 0, "right", 0.5),
    ("gelu_10", 10.000000000000002, 1, "left", 0),
    ("tent", -1.0000000000000002, 0, "right", 0),
    ("bi_firing", 1.0000000000000004, 2, "left", 0),
    ("soft_modulus_q", 1.0000000000000002, 2, "left", 0),
    ("maxsig", 0.6590460684074068, 1, "left", 1),
    ("where(x*x > 2, 1, 0)", 2**0.5, 0, "left", 1),
]


@pytest.mark.parametrize(("what", "x", "order", "side", "true"), SIDES, ids=lambda v: str(v))
def test_sides(what: str, x: float, order: int, side: str, true: float) -> None:
    assert actviz.get(what).derivative(x, order, side=side) == true


BY_PARAMETER: list[tuple[str, dict[str, float], str, float, float]] = [
    ("repu", {}, "p", -1, 0),
    ("repu", {}, "p", 0, 0),
    ("softplus", {}, "beta", 50, -9.8366242246159807e-21),
    ("celu", {}, "alpha", -1e-9, -4.9999999966666673e-19),
    ("squareplus", {"b": 0}, "b", 2, 0.125),
    ("saha_bora", {}, "alpha", 0, 0),
    ("saha_bora", {}, "alpha", 1, 0),
    ("catalytic", {}, "a", INF, INF),
    ("gra", {}, "c", -1, 0),
]


@pytest.mark.parametrize(("name", "given", "wrt", "x", "true"), BY_PARAMETER, ids=lambda v: str(v))
def test_by_a_parameter(
    name: str, given: dict[str, float], wrt: str, x: float, true: float
) -> None:
    got = actviz.get(name, **given).derivative(x, wrt=wrt)
    assert got == true or abs(got - true) <= 64 * EPS * abs(true), got


PARAMETERS: list[tuple[str, dict[str, float], float, float]] = [
    ("squareplus", {"b": -1}, 5, 4.9494897427831781),
    ("softclip", {"alpha": -1}, 50, 3.3141358153995462e-22),
    ("softclip", {"alpha": 1e-8}, 0, 0.49999999875),
    ("soft_exponential", {"alpha": -1e-9}, 0, -1e-9),
]


@pytest.mark.parametrize(("name", "given", "x", "true"), PARAMETERS, ids=lambda v: str(v))
def test_parameters_of_any_sign_and_size(
    name: str, given: dict[str, float], x: float, true: float
) -> None:
    got = actviz.get(name, **given)(x)
    assert got == pytest.approx(true, rel=64 * EPS)


ARRAYS: dict[str, Any] = {
    "big-endian": np.array([0.5, -1.0], dtype=">f4"),
    "half, big-endian": np.array([0.5, -1.0], dtype=">f2"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_small_floats_keep_their_type(name: str) -> None:
    assert actviz.get("relu")(ARRAYS[name]).dtype == ARRAYS[name].dtype


def test_a_mask_is_kept() -> None:
    masked = np.ma.array([1.0, -2.0, 3.0], mask=[False, True, False])
    got = actviz.get("relu")(masked)
    assert isinstance(got, np.ma.MaskedArray)
    assert got.mask.tolist() == [False, True, False]
    assert got.compressed().tolist() == [1.0, 3.0]


def test_strange_numbers_are_taken_in_silence() -> None:
    with np.errstate(all="raise"):
        signalling = np.array([0x7F800001], dtype=np.uint32).view(np.float32)
        assert np.isnan(actviz.get("relu")(signalling)).all()
        assert actviz.get("relu")(np.array([np.longdouble("1e4000")]))[0] == np.inf


@pytest.mark.parametrize("x", [None, 10**400, "1", [1, None]], ids=str)
def test_what_is_no_number_is_refused(x: Any) -> None:
    with pytest.raises(actviz.UsageError, match="x must be"):
        actviz.get("relu")(x)


def test_a_number_that_float64_has_not_is_refused() -> None:
    with pytest.raises(actviz.FormulaError, match="too small"):
        actviz.get("x + 1e-400")
