"""Properties: ranges of the literature, facts, closed forms, brute force, odd parameters."""

from __future__ import annotations

import json
import math
from functools import cache
from statistics import NormalDist

import numpy as np
import pytest

import actviz
from actviz.catalogue.activation import Activation, from_formula
from actviz.catalogue.lookup import activation_of
from actviz.errors import UsageError
from actviz.properties import (
    ROWS,
    Depth,
    Properties,
    depth,
    nanoseconds,
    operations,
    plain,
    properties,
)

NAMES = [n for n, entry in actviz.load().entries.items() if activation_of(entry).elementwise]
VECTORS = [n for n, entry in actviz.load().entries.items() if activation_of(entry).vector]

# The range of f and of f', with the 8 digits that others have measured on a grid, and brackets
# for what is taken and what is only approached.
# fmt: off
RANGES = {
    "identity":             ("(-inf, inf)", "[1, 1]"),
    "relu":                 ("[0, inf)", "[0, 1]"),
    "leaky_relu":           ("(-inf, inf)", "[0.01, 1]"),
    "prelu":                ("(-inf, inf)", "[0.25, 1]"),
    "rrelu":                ("(-inf, inf)", "[0.22916667, 1]"),
    "relu6":                ("[0, 6]", "[0, 1]"),
    "keras_relu":           ("(-inf, 6]", "[0, 1]"),
    "threshold":            ("(0, inf)", "[0, 1]"),
    "thresholded_relu":     ("[0, inf)", "[0, 1]"),
    "hardtanh":             ("[-1, 1]", "[0, 1]"),
    "hardsigmoid":          ("[0, 1]", "[0, 0.16666667]"),
    "hardswish":            ("[-0.375, inf)", "(-0.5, 1.5)"),
    "hardshrink":           ("(-inf, inf)", "[0, 1]"),
    "softshrink":           ("(-inf, inf)", "[0, 1]"),
    "tanhshrink":           ("(-inf, inf)", "[0, 1)"),
    "sigmoid":              ("(0, 1)", "(0, 0.25]"),
    "tanh":                 ("(-1, 1)", "(0, 1]"),
    "log_sigmoid":          ("(-inf, 0)", "(0, 1)"),
    "softplus":             ("(0, inf)", "(0, 1)"),
    "softsign":             ("(-1, 1)", "(0, 1]"),
    "silu":                 ("[-0.27846454, inf)", "[-0.09983932, 1.0998393]"),
    "mish":                 ("[-0.30884341, inf)", "[-0.11252612, 1.0884982]"),
    "elu":                  ("(-1, inf)", "(0, 1]"),
    "celu":                 ("(-1, inf)", "(0, 1]"),
    "selu":                 ("(-1.7580993, inf)", "(0, 1.7580993]"),
    "gelu":                 ("[-0.16997121, inf)", "[-0.12890415, 1.1289041]"),
    "gelu_tanh":            ("[-0.17004075, inf)", "[-0.12899307, 1.1289931]"),
    "squareplus":           ("(0, inf)", "(0, 1)"),
    "sparse_plus":          ("[0, inf)", "[0, 1]"),
    "sparse_sigmoid":       ("[0, 1]", "[0, 0.5]"),
    "exponential":          ("(0, inf)", "(0, inf)"),
    "swish":                ("[-0.27846454, inf)", "[-0.09983932, 1.0998393]"),
    "quick_gelu":           ("[-0.16361019, inf)", "[-0.09983932, 1.0998393]"),
    "relu_squared":         ("[0, inf)", "[0, inf)"),
    "star_relu":            ("[-0.4472, inf)", "[0, inf)"),
    "laplace":              ("(0, 1)", "(0, 1.4142125]"),
    "hard_sigmoid_keras2":  ("[0, 1]", "[0, 0.2]"),
    "hard_mish":            ("[-0.5, inf)", "(-1, 1]"),
    "snake":                ("(-inf, inf)", "[0, 2]"),
    "tanhexp":              ("[-0.35328578, inf)", "[-0.13157004, 1.0619753]"),
    "serf":                 ("[-0.34843746, inf)", "[-0.12696859, 1.0861254]"),
    "logish":               ("[-0.25276882, inf)", "[-0.089828786, 0.74631118]"),
    "smish":                ("[-0.24999366, inf)", "[-0.089153205, 0.63688422]"),
    "phish":                ("[0, inf)", "[-0.21842427, 1.2983067]"),
    "eswish":               ("[-0.41769681, inf)", "[-0.14975898, 1.649759]"),
    "isru":                 ("(-1, 1)", "(0, 1]"),
    "isrlu":                ("(-1, inf)", "(0, 1]"),
    "bent_identity":        ("(-inf, inf)", "(0.5, 1.5)"),
    "sine_relu":            ("[-0.0035355339, inf)", "[-0.0035355339, 1]"),
    "xielu":                ("[-0.20575122, inf)", "(-0.3, inf)"),
    "aria2":                ("(0, 1)", "(0, 0.5577096]"),
    "pflu":                 ("[-0.15014155, inf)", "[-0.044331054, 1.0443311]"),
    "fpflu":                ("[-0.30028311, inf)", "[-0.088662108, 1]"),
    "sqnl":                 ("[-1, 1]", "[0, 1]"),
    "dsilu":                ("[-0.09983932, 1.0998393]", "[-0.036914373, 0.5]"),
    "srelu":                ("(-inf, inf)", "[0.1, 1]"),
    "relu_n":               ("[0, 1]", "[0, 1]"),
    "shifted_relu":         ("[-1, inf)", "[0, 1]"),
    "lecun_tanh":           ("(-1.7159, 1.7159)", "(0, 1.1439333]"),
    "arctan":               ("(-1.5707963, 1.5707963)", "(0, 1]"),
    "erf":                  ("(-1, 1)", "(0, 1.1283792]"),
    "elliott":              ("(0, 1)", "(0, 0.5]"),
    "bipolar_sigmoid":      ("(-1, 1)", "(0, 0.5]"),
    "lisht":                ("[0, inf)", "[-1.1996786, 1.1996786]"),
    "elish":                ("[-0.17157288, inf)", "[-0.078546848, 1.0998393]"),
    "hard_elish":           ("[-0.099673152, inf)", "(-0.31606028, 1.5)"),
    "soft_exponential":     ("(-1.5, inf)", "(0, inf)"),
    "dyt":                  ("(-1, 1)", "(0, 0.5]"),
    "golu":                 ("[-0.097260131, inf)", "[-0.11487831, 1.1133973]"),
    "loglog":               ("(0, 1)", "(0, 0.36787944]"),
    "cloglog":              ("(0, 1)", "(0, 0.36787944]"),
    "nlrelu":               ("[0, inf)", "[0, 1)"),
    "step":                 ("[0, 1]", "[0, 0]"),
    "sign":                 ("[-1, 1]", "[0, 0]"),
    "gaussian":             ("(0, 1]", "[-0.85776388, 0.85776388]"),
    "sine":                 ("[-1, 1]", "[-1, 1]"),
    "cosine":               ("[-1, 1]", "[-1, 1]"),
    "gcu":                  ("(-inf, inf)", "(-inf, inf)"),
    "symlog":               ("(-inf, inf)", "(0, 1]"),
    "symexp":               ("(-inf, inf)", "[1, inf)"),
    "asinh":                ("(-inf, inf)", "(0, 1]"),
    "abs":                  ("[0, inf)", "[-1, 1]"),
    "square":               ("[0, inf)", "(-inf, inf)"),
    "cube":                 ("(-inf, inf)", "[0, inf)"),
    "softclip":             ("(0, 1)", "(0, 0.84828364]"),
    "acon_c":               ("(-inf, inf)", "[-0.0098232521, 1.3098233]"),
    "gelu_10":              ("[-0.16997121, 10]", "[-0.12890415, 1.1289041]"),
    "sinc":                ("[-0.21723363, 1]", "[-0.43618182, 0.43618182]"),
    "probit":              ("(0, 1)", "(0, 0.39894228]"),
    "log_cosh":            ("[0, inf)", "(-1, 1)"),
    "shifted_softplus":    ("(-0.69314718, inf)", "(0, 1)"),
    "swoosh_l":            ("[-0.076230628, inf)", "(-0.08, 0.92)"),
    "swoosh_r":            ("[-0.11449232, inf)", "(-0.08, 0.92)"),
    "double_swish":        ("[-0.12002824, inf)", "[-0.043637524, 1.1989925]"),
    "snake_beta":          ("(-inf, inf)", "[0, 2]"),
    "stan":                ("[-0.23227056, inf)", "[-1.0347648, 1.6837105]"),
    "hosc":                ("[-0.9993293, 0.9993293]", "[-4, 4]"),
    "derf":                ("(-1, 1)", "(0, 0.56418958]"),
    "smu":                 ("(-inf, inf)", "[0.15332189, 1.0966781]"),
    "repu":                ("[0, inf)", "[0, inf)"),
    "bounded_leaky_relu":  ("(-inf, inf)", "[0.001, 1]"),
    "tent":                ("[0, 1]", "[-1, 1]"),
    "elliot2sig":          ("(-1, 1)", "[0, 0.64951905]"),
    "penalized_tanh":      ("(-0.25, 1)", "(0, 1)"),
    "srs":                 ("[-2.4624844, 2)", "[-0.45605238, 1.1679788]"),
    "serlu":               ("[-1.1524205, inf)", "[-0.42395181, 3.1326037]"),
    "flatten_t_swish":     ("[-0.2, inf)", "[0, 1.0998393]"),
    "reu":                 ("[-0.36787944, inf)", "[-0.13533528, 1]"),
    "ptelu":               ("(-1, inf)", "(0, 1]"),
    "tanh_lu":             ("(-1, inf)", "(0, 1]"),
    "sign_relu":           ("(-1, inf)", "(0, 1]"),
    "erf_relu":            ("(-1, inf)", "(0, 1.1283792]"),
    "delu":                ("[-0.27846454, inf)", "[-0.09983932, 2)"),
    "hexpo":               ("(-1, 1)", "(0, 1]"),
    "bi_firing":           ("[0, inf)", "[-1, 1]"),
    "aranda_ordaz":        ("(0, 1)", "(0, 0.19245009]"),
    "soft_plus_plus":      ("(-inf, inf)", "(0.5, 1.5)"),
    "resp":                ("(0, inf)", "(0, 1.7]"),
    "abslu":               ("[0, inf)", "[-0.5, 1]"),
    "soft_modulus_q":      ("[0, inf)", "[-1.3333333, 1.3333333]"),
    "soft_modulus_t":      ("[0, inf)", "[-1.1996786, 1.1996786]"),
    "sqlu":                ("[-1, inf)", "[0, 1]"),
    "sqreu":               ("[-0.5, inf)", "(-1, 1]"),
    "squish":              ("[-0.5, inf)", "(-1, inf)"),
    "log_sqnl":            ("[0, 1]", "[0, 0.5]"),
    "smooth_step":         ("[0, 1]", "[0, 1.5]"),
    "modified_elliott":    ("(-0.5, 1.5)", "(0, 1]"),
    "siglin":              ("(-inf, inf)", "(0.1, 0.35]"),
    "sgelu":               ("[0, inf)", "[-1.2578083, 1.2578083]"),
    "lalu":                ("[-0.18393972, inf)", "[-0.067667642, 1.0676676]"),
    "colu":                ("[-0.37715857, inf)", "[-0.23369181, 1.0828346]"),
    "gish":                ("[-0.27815946, inf)", "[-0.099804507, 0.75270457]"),
    "loglogish":           ("[-0.31218252, inf)", "[-0.11339728, 1.1148783]"),
    "self_arctan":         ("[0, inf)", "(-1.5707963, 1.5707963)"),
    "tsrelu":              ("[-0.27424288, inf)", "[-0.098796944, 0.81261939]"),
    "tbsrelu":             ("[0, inf)", "[-0.88909635, 0.88909635]"),
    "double_silu":         ("(-inf, inf)", "[0.41092448, 1.1376513]"),
    "tsilu":               ("[-0.27148339, 1)", "[-0.096043272, 0.67660038]"),
    "swat":                ("(-inf, inf)", "[0.17078363, 0.82921637]"),
    "tanhsig":             ("[-0.47491607, inf)", "[-0.18361788, 1.3898425]"),
    "sinlu":               ("[-0.49737055, inf)", "[-0.23586427, 2.0079707]"),
    "eanaf":               ("[-0.15718495, inf)", "[-0.056951058, 1.1636645]"),
    "rehsec":              ("[-0.66274342, 0.66274342]", "[-0.25114787, 1]"),
    "wave":                ("[-0.13533528, 1]", "[-1.3803332, 1.3803332]"),
    "ncu":                 ("(-inf, inf)", "(-inf, 1]"),
    "squ":                 ("[-0.25, inf)", "(-inf, inf)"),
    "ssu":                 ("[-0.68245957, 3.1415927]", "[-1.3703056, 1.3703056]"),
    "dsu":                 ("[-1.6364081, 1.6364081]", "[-0.61118392, 1]"),
    "asu":                 ("(-inf, inf)", "(-inf, inf)"),
    "vlu":                 ("[-1, inf)", "[-1, 2]"),
    "minsin":              ("(-inf, 1]", "[-1, 1]"),
    "maxsig":              ("(0, inf)", "(0, 1]"),
    "arctid":              ("(-inf, inf)", "[-1.8238986, -0.17610144]"),
    "cosid":               ("(-inf, inf)", "[-2, 0]"),
    "hyper_sinh":          ("(-inf, inf)", "[0, inf)"),
}
# fmt: on

INF, NAN = math.inf, math.nan


@cache
def of(text: str) -> Properties:
    """The properties of a curve as it is typed."""
    return properties(curve(text))


def curve(text: str) -> Activation:
    return actviz.parse_curves([text])[0].activation


def close(got: float, expected: float, tolerance: float = 1e-10) -> bool:
    if not math.isfinite(expected):
        return got == expected or (math.isnan(got) and math.isnan(expected))
    return abs(got - expected) <= tolerance * max(1.0, abs(expected))


@pytest.mark.parametrize("name", RANGES)
def test_ranges(name: str) -> None:
    found = of(name)
    for extent, text in zip((found.range, found.derivative_range), RANGES[name], strict=True):
        lower, upper = map(float, text[1:-1].split(","))
        assert close(extent.lower, lower, 1e-7), (extent, text)
        assert close(extent.upper, upper, 1e-7), (extent, text)
        assert (extent.lower_attained, extent.upper_attained) == (text[0] == "[", text[-1] == "]")


# Facts as the literature states them: (curve, what, value, tolerance).
FACTS = (
    ("sigmoid", lambda p: p.derivative_range.upper_at, 0.0, 0),
    ("tanh", lambda p: p.derivative_range.upper_at, 0.0, 0),
    ("silu", lambda p: p.range.lower, -0.27846454, 5e-9),
    ("silu", lambda p: p.range.lower_at, -1.27846, 5e-6),
    ("gelu", lambda p: p.derivative_range.lower, -0.12890415, 5e-9),
    ("gelu", lambda p: p.derivative_range.lower_at, -math.sqrt(2), 1e-9),
    ("gelu", lambda p: p.derivative_range.upper, 1.1289041, 5e-8),
    ("gelu", lambda p: p.derivative_range.upper_at, math.sqrt(2), 1e-9),
    ("gelu", lambda p: p.lipschitz, 1.1289, 5e-5),
    ("mish", lambda p: p.range.lower, -0.30884341, 5e-9),
    ("mish", lambda p: p.range.lower_at, -1.19243, 5e-6),
    ("selu", lambda p: p.mean, 0.0, 1e-8),
    ("selu", lambda p: p.second_moment - p.mean**2, 1.0, 1e-8),
    ("selu", lambda p: p.gain, 1.0, 1e-8),
    ("relu", lambda p: p.gain, math.sqrt(2), 1e-12),
    ("relu", lambda p: p.derivative_gain, math.sqrt(2), 1e-12),
    ("tanh", lambda p: p.gain, 1.5925, 5e-5),
    ("hardswish", lambda p: p.derivative_range.lower_at, -3.0, 0),
    ("hardswish", lambda p: p.derivative_range.upper_at, 3.0, 0),
    ("gaussian", lambda p: p.derivative_range.upper_at, -math.sqrt(0.5), 1e-9),
    ("sine", lambda p: p.range.upper_at, math.pi / 2, 1e-7),
    ("sigmoid", lambda p: p.flat[1], math.log(49 + math.sqrt(2400)), 1e-13),
    ("sigmoid", lambda p: p.flat[0], -math.log(49 + math.sqrt(2400)), 1e-13),
    ("tanh", lambda p: p.flat[1], math.acosh(10), 1e-13),
    ("softsign", lambda p: p.flat[1], 9.0, 1e-13),
    ("symlog", lambda p: p.flat[0], -99.0, 1e-13),
    ("elu", lambda p: p.flat[0], math.log(0.01), 1e-13),
    ("relu", lambda p: p.flat[0], 0.0, 0),
    ("sinc", lambda p: p.range.lower_at, 4.493409457909064, 1e-9),
    ("sinc", lambda p: math.floor(p.flat[1] / math.pi), 31, 0),
    ("bounded_leaky_relu:alpha=0.1,beta=6", lambda p: p.lipschitz, 1.0, 0),
    ("lalu", lambda p: p.derivative_range.upper, 1 + math.exp(-2) / 2, 1e-13),
    ("rehsec", lambda p: p.range.upper_at, 1.1996786402577338, 1e-9),
    ("smooth_step", lambda p: p.derivative_range.upper, 1.5, 1e-15),
    ("serlu", lambda p: p.mean, 0.0, 1e-5),
    ("serlu", lambda p: p.second_moment - p.mean**2, 1.0, 1e-5),
    ("relu", lambda p: p.flat[1], NAN, 0),
    ("sine", lambda p: p.flat[1], NAN, 0),
    ("step", lambda p: p.flat[0], INF, 0),
    ("step", lambda p: p.lipschitz, INF, 0),
    ("exponential", lambda p: p.lipschitz, INF, 0),
    ("sine:omega=30", lambda p: p.lipschitz, 30.0, 1e-13),
    ("tanh", lambda p: p.limits[0], -1.0, 0),
    ("sine", lambda p: p.limits[1], NAN, 0),
)


@pytest.mark.parametrize("i", range(len(FACTS)), ids=lambda i: f"{FACTS[i][0]}-{i}")
def test_facts(i: int) -> None:
    text, what, expected, tolerance = FACTS[i]
    assert close(what(of(text)), expected, tolerance), what(of(text))


# Means under N(0, 1) in closed form: E f, E f^2, E f'^2; None for what has none.
E, PI, ROOT = math.e, math.pi, math.sqrt
EULER_LOG_2 = float(np.euler_gamma) + math.log(2)
BEYOND = E**2 * (1 + math.erf(ROOT(2)))  # E exp(2|z|)
MOMENTS = {
    "identity": (0, 1, 1),
    "relu": (1 / ROOT(2 * PI), 1 / 2, 1 / 2),
    "leaky_relu:alpha=0.2": (0.8 / ROOT(2 * PI), 0.52, 0.52),
    "abs": (ROOT(2 / PI), 1, 1),
    "sign": (0, 1, 0),
    "step": (1 / 2, 1 / 2, 0),
    "square": (1, 3, 4),
    "cube": (0, 15, 27),
    "relu_squared": (1 / 2, 3 / 2, 2),
    "exponential": (ROOT(E), E**2, E**2),
    "symexp": (0, BEYOND - 2 * ROOT(E) * (1 + math.erf(ROOT(0.5))) + 1, BEYOND),
    "sine": (0, (1 - E**-2) / 2, (1 + E**-2) / 2),
    "sine:omega=30": (0, 1 / 2, 450),
    "cosine": (E**-0.5, (1 + E**-2) / 2, (1 - E**-2) / 2),
    "gaussian": (3**-0.5, 5**-0.5, 4 * 5**-1.5),
    "erf": (0, 2 / PI * math.asin(2 / 3), 4 / PI / ROOT(5)),
    "gelu": (1 / (2 * ROOT(PI)), 1 / 3 + 1 / (2 * ROOT(3) * PI), None),
    "sigmoid": (1 / 2, None, None),
    "log(abs(x))": (-EULER_LOG_2 / 2, EULER_LOG_2**2 / 4 + PI**2 / 8, INF),
    "sqrt(abs(x))": (2**0.25 * math.gamma(0.75) / ROOT(PI), ROOT(2 / PI), INF),
    "1/x": (NAN, INF, INF),
    "tan(x)": (NAN, INF, INF),
    "exp(x**2)": (NAN, INF, INF),
    "exp(x**2/5)": (ROOT(5 / 3), ROOT(5), 4 / 25 * 5**1.5),
    "log(x)": (NAN, NAN, NAN),
    "abs(sin(30*x))": (None, 1 / 2, 450),
    "sign(sin(x))": (0, 1, 0),
    "dyt:alpha=1e6": (0, None, None),
    "laplace:mu=3,sigma=1e-6": (math.erfc(3 / ROOT(2)) / 2, None, None),
}


@pytest.mark.parametrize("text", MOMENTS)
def test_moments_in_closed_form(text: str) -> None:
    found = of(text)
    got = (found.mean, found.second_moment, found.derivative_second_moment)
    for value, expected in zip(got, MOMENTS[text], strict=True):
        assert expected is None or close(value, expected), (got, MOMENTS[text])


def test_moments_against_mpmath() -> None:
    mpmath = pytest.importorskip("mpmath")
    exact = {
        "tanh": (mpmath.tanh, lambda x: mpmath.sech(x) ** 2),
        "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
        "arctan": (mpmath.atan, lambda x: 1 / (1 + x * x)),
    }
    for name, (f, slope) in exact.items():
        for got, g in ((of(name).second_moment, f), (of(name).derivative_second_moment, slope)):
            ends = [-12, -6, -3, 0, 3, 6, 12]
            assert close(got, float(mpmath.quad(lambda x, g=g: g(x) ** 2 * mpmath.npdf(x), ends)))


# --- every function, against plain sampling ----------------------------------------------------

RANDOM = np.random.default_rng(7)
SAMPLES = np.sort(np.concatenate([RANDOM.normal(0, 4, 3000), RANDOM.normal(0, 0.1, 500)]))


@pytest.mark.parametrize("name", NAMES)
def test_samples_lie_in_the_ranges(name: str) -> None:
    found, f = of(name), actviz.get(name)
    slopes = f.derivative(SAMPLES)
    for values, extent in ((f(SAMPLES), found.range), (slopes, found.derivative_range)):
        slack = 1e-14 * (1 + np.abs(values).max())
        assert extent.lower - slack <= values.min()
        assert values.max() <= extent.upper + slack


def verdict(first: str, second: str, both: str, is_first: object, is_second: object) -> str:
    match (bool(is_first), bool(is_second)):
        case (True, True):
            return both
        case (True, False):
            return first
        case (False, True):
            return second
    return "neither"


@pytest.mark.parametrize("name", NAMES)
def test_shape_is_that_of_samples(name: str) -> None:
    found, f, x = of(name), actviz.get(name), SAMPLES
    y = f(x)
    rises = np.diff(y)
    noise = 4e-16 * np.abs(y).max()
    monotone = verdict(
        "increasing", "decreasing", "constant", (rises >= -noise).all(), (rises <= noise).all()
    )
    assert found.monotone.removeprefix("strictly ") == monotone
    odd, even = np.allclose(f(-x), -y, 1e-12, 1e-14), np.allclose(f(-x), y, 1e-12, 1e-14)
    assert found.parity == verdict("odd", "even", "both", odd, even)
    if math.isfinite(found.lipschitz):
        assert (np.abs(rises) <= found.lipschitz * np.diff(x) * (1 + 1e-12) + noise).all()


@pytest.mark.parametrize("name", NAMES)
def test_convexity_is_that_of_chords(name: str) -> None:
    f, x = actviz.get(name), np.linspace(-9.03, 9.01, 800)
    y = f(x)
    bends = y[:-2] - 2 * y[1:-1] + y[2:]
    noise = 1e-14 * (1 + np.abs(y[1:-1]))
    shape = verdict("convex", "concave", "both", (bends >= -noise).all(), (bends <= noise).all())
    assert of(name).convexity == shape


@pytest.mark.parametrize("name", NAMES)
def test_roots_are_all_found(name: str) -> None:
    f = actviz.get(name)
    for roots, slope in ((of(name).zeros, 0.0), (of(name).fixed_points, 1.0)):
        for x in roots.points:
            assert abs(f(x) - slope * x) <= 1e-14 * (1 + abs(x) * (1 + abs(f.derivative(x))))
        x = SAMPLES[np.abs(SAMPLES) < min(9.0, roots.within)]
        for interval in roots.intervals:
            inside = x[(x > interval.lower) & (x < interval.upper)]
            assert np.allclose(f(inside), slope * inside, 1e-14, 0)
            x = x[(x < interval.lower) | (x > interval.upper)]
        sign = np.sign(f(x) - slope * x)
        crossed = x[:-1][(sign[:-1] * sign[1:] < 0) & (np.diff(x) < 0.5)]
        jumps = [p.x for p in of(name).breakpoints if p.order == 0]
        ends = [end for i in roots.intervals for end in (i.lower, i.upper)]
        known = np.array([*roots.points, *jumps, *ends])
        assert all(np.abs(known - at).min() < 0.5 for at in crossed)


@pytest.mark.parametrize("name", NAMES)
def test_saturation_and_limits_are_those_far_out(name: str) -> None:
    found, f = of(name), actviz.get(name)
    for i, sign in ((0, -1.0), (1, 1.0)):
        limit, how = found.limits[i], found.saturation[i]
        if how == "hard":
            assert f(sign * 1e5) == f(sign * 2e5) == limit
        elif how == "soft":
            assert close(f(sign * 1e5), limit, 1e-4)
        edge = found.flat[i]
        if math.isfinite(edge):
            step = 1e-6 * max(1.0, abs(edge)) * sign
            assert abs(f.derivative(edge + step)) < 0.01 <= abs(f.derivative(edge - step))
            beyond = edge + np.geomspace(1e-6, 1e5, 500) * sign
            assert (np.abs(f.derivative(beyond)) < 0.01).all()


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_written(name: str) -> None:
    found = of(name)
    texts = {row.name: row.text(found) for row in ROWS}
    assert all(texts.values())
    assert not any("nan" in text for name, text in texts.items() if name != "nanoseconds")
    assert texts.keys() <= plain(found).keys()
    assert json.loads(json.dumps(plain(found)))["name"] == name


# --- shapes, typed formulas, parameters at odd values ------------------------------------------

# curve: the text of some of its rows, by the name of the row
ROWS_OF = {
    "relu": {
        "range": "[0, inf)",
        "zeros": "x <= 0",
        "fixed_points": "x >= 0",
        "smoothness": "C0, f' breaks at 0",
        "saturation": "hard on the left, none on the right",
        "flat": "x < 0",
        "convexity": "convex",
        "monotone": "increasing",
        "bounded": "below",
    },
    "silu": {
        "range": "[-0.2784645, inf), min at -1.278465",
        "smoothness": "smooth",
        "zeros": "x = 0",
        "fixed_points": "x = 0",
        "saturation": "soft on the left, none on the right",
    },
    "hardswish": {
        "zeros": "x <= -3, x = 0",
        "fixed_points": "x = 0, x >= 3",
        "derivative_range": "(-0.5, 1.5), min approached at -3 and max approached at 3",
    },
    "relu6": {"fixed_points": "0 <= x <= 6", "smoothness": "C0, f' breaks at 0, 6"},
    "elu": {"smoothness": "C1, f'' breaks at 0", "fixed_points": "x >= 0"},
    "isrlu": {"smoothness": "C2, f''' breaks at 0"},
    "abs(x)**5": {"smoothness": "smooth", "convexity": "convex"},
    "abs(x)**3": {"smoothness": "C2, f''' breaks at 0"},
    "step": {
        "smoothness": "discontinuous, f breaks at 0",
        "zeros": "x < 0",
        "fixed_points": "x = 1",
        "flat": "everywhere",
        "monotone": "increasing",
        "range": "[0, 1]",
    },
    "hardshrink": {
        "zeros": "-0.5 <= x <= 0.5",
        "fixed_points": "x < -0.5, x = 0, x > 0.5",
        "parity": "odd",
    },
    "threshold": {"range": "(0, inf), min approached at 0", "monotone": "neither"},
    "identity": {"fixed_points": "every x", "convexity": "both", "bounded": "neither"},
    "gelu_10": {"fixed_points": "x = 0", "bounded": "both"},
    "sigmoid": {"fixed_points": "x = 0.6590461"},
    "sine": {
        "zeros": "x = -6.283185, x = -3.141593, x = 0, x = 3.141593, x = 6.283185, ...",
        "limits": "none at -inf, none at inf",
        "monotone": "neither",
        "saturation": "none on the left, none on the right",
    },
    "snake": {
        "monotone": "strictly increasing",
        "derivative_range": "[0, 2], min at -0.7853982 and max at 0.7853982",
    },
    "sine_relu": {"zeros": "x = -8.63938, x = -5.497787, x = -2.356194, ...", "flat": "x < 0"},
    "1/x": {
        "monotone": "neither",
        "fixed_points": "x = -1, x = 1",
        "lipschitz": "inf",
        "convexity": "neither",
        "parity": "odd",
    },
    "log(x)": {
        "monotone": "strictly increasing",
        "convexity": "concave",
        "zeros": "x = 1",
        "smoothness": "smooth inside its domain",
        "mean": "none",
    },
    "x**0.5": {
        "zeros": "x = 0",
        "fixed_points": "x = 0, x = 1",
        "range": "[0, inf), min at 0",
    },
    "tan(x)": {
        "monotone": "neither",
        "derivative_range": "[1, inf), min at 0",
        "range": "(-inf, inf)",
    },
    "sign(sin(x))": {"saturation": "none on the left, none on the right", "range": "[-1, 1]"},
    "abs(sin(30*x))": {
        "range": "[0, 1], min at 0 and max at 0.05235988",
        "lipschitz": "30",
        "parity": "even",
    },
    "sin(x)/x": {"range": "[-0.2172336, 1), min at 4.493409 and max approached at 0"},
    "log1p(abs(x))*sin(x)": {"range": "(-inf, inf)", "parity": "odd"},
    "x*sin(x)*exp(-x)": {"range": "(-inf, inf)", "limits": "none at -inf, 0 at inf"},
    "x**3 - x": {
        "zeros": "x = -1, x = 0, x = 1",
        "derivative_range": "[-1, inf), min at 0",
    },
    "3": {
        "monotone": "constant",
        "parity": "even",
        "fixed_points": "x = 3",
        "range": "[3, 3]",
        "operations": "0",
    },
    "0*x": {"zeros": "every x", "parity": "both", "gain": "inf"},
    "log(1 + exp(x))": {
        "range": "(0, inf)",
        "convexity": "convex",
        "monotone": "strictly increasing",
    },
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))": {
        "fixed_points": "x = 0",
        "range": "(-1, 1)",
        "derivative_range": "(0, 1], max at 0",
    },
    "prelu:alpha=0": {"range": "[0, inf)", "zeros": "x <= 0"},
    "prelu:alpha=2": {"convexity": "concave", "lipschitz": "2"},
    "prelu:alpha=-1": {"parity": "even", "range": "[0, inf), min at 0"},
    "prelu:alpha=1": {"convexity": "both", "parity": "odd", "smoothness": "smooth"},
    "elu:alpha=-1": {"monotone": "neither", "range": "[0, inf), min at 0"},
    "swish:beta=0": {"convexity": "both", "derivative_range": "[0.5, 0.5]"},
    "swish:beta=-3": {"range": "(-inf, 0.09282151], max at 0.4261548"},
    "squareplus:b=0": {"zeros": "x <= 0", "derivative_range": "[0, 1]"},
    "soft_exponential:alpha=-0.5": {"convexity": "concave", "zeros": "x = 0.5"},
    "relu_n:n=1e9": {"range": "[0, 1e+09]", "fixed_points": "0 <= x <= 1e+09"},
    "dyt:alpha=1e6": {
        "derivative_range": "(0, 1000000], max at 0",
        "fixed_points": "x = -1, x = 0, x = 1",
    },
    "laplace:mu=3,sigma=1e-6": {"derivative_range": "(0, 398942.3], max at 3"},
    "sine:omega=1000": {"range": "[-1, 1], min at -0.001570796 and max at 0.001570796"},
    "clip(x, 2, -2)": {"monotone": "constant"},
    "softclip:alpha=1e4": {"derivative_range": "(0, 1], max at 0.5"},
    "isru:alpha=-7": {"range": "(-inf, inf)", "monotone": "strictly increasing"},
    "max(sin(x), 0.5)": {"flat": "no tail", "range": "[0.5, 1], max at 1.570796"},
    "where(x > 1e8, 1, 0)": {"parity": "neither", "zeros": "x <= 1e+08"},
}


@pytest.mark.parametrize("text", ROWS_OF)
def test_rows(text: str) -> None:
    found = of(text)
    got = {row.name: row.text(found) for row in ROWS if row.name in ROWS_OF[text]}
    assert got == ROWS_OF[text]


def test_zero_centred() -> None:
    centred = {"tanh", "selu", "softsign", "identity", "sine"}
    others = {"relu", "sigmoid", "gelu", "elu", "silu"}
    assert {name for name in centred | others if of(name).zero_centred} == centred


@pytest.mark.parametrize("name", VECTORS)
def test_functions_of_a_vector_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="function of a vector"):
        properties(actviz.get(name))
    with pytest.raises(UsageError, match="function of a vector"):
        depth(actviz.get(name), [1])


def test_a_slice_of_a_vector_function_has_properties() -> None:
    found = properties(actviz.get("softmax").slice([0.0], 0))
    assert (found.range.lower, found.range.upper) == (0.0, 1.0)
    assert close(found.lipschitz, 0.25)


# --- cost and depth ----------------------------------------------------------------------------

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
