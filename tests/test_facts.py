"""Facts are proven, marked, or unknown: what was told wrongly once, and the whole catalogue."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from described import NAMES, curve, of
from mpmath import mpf
from sampled import sampled

import actviz
from actviz import info
from actviz.check.exact.values import exact_derivatives
from actviz.formula.expression import Node
from actviz.properties import ROWS, Properties
from actviz.properties.record import FACTS

WROTE = {row.name: row.text for row in ROWS}
SHARE = 0.97  # of the facts of functions of one number at their defaults

# --- what was told wrongly once ------------------------------------------------------------------

TOLD = {
    # formula: what is told of it, as text
    "1/x": {"range": "within (-inf, inf), without 0", "zeros": "none", "monotone": "neither"},
    "-1/x": {"range": "within (-inf, inf), without 0", "zeros": "none"},
    "atan(tan(x))": {
        "monotone": "neither", "lipschitz": "inf", "fixed_points": "unknown",
        "smoothness": "discontinuous, f breaks at -7.853982, -4.712389, -1.570796, 1.570796, "
        "4.712389, ...",
        "range": "within [-1.570796, 1.570796], min at -1.570796 and max at 1.570796 (to rounding)",
    },
    "exp(-x**2)/cos(x)": {"limits": "none at -inf, none at inf", "zeros": "none"},
    "tan(x)/x**2": {"limits": "none at -inf, none at inf"},
    "1/(x*sin(x))": {"limits": "none at -inf, none at inf", "zeros": "none"},
    "x**x": {"range": "unknown", "bounded": "unknown"},
    "(100*x)**12 + x": {"range": "[-0.00481156, inf), min at -0.005248974"},
    # rounding is what it is at a place, however large values are elsewhere
    "where(-1.03e111*x >= 1000*x - 5.86e27, x + 380000, -1.03e111*x)": {
        "range": "within (-inf, 380000], max at 0 (to rounding)"
    },
    "1e20*tanh(x)**2 + 1/(1+(x-3)**2)": {"range": "[0.1, 1e+20), min at 0"},
    "where(x<0, 1e20*exp(x), exp(-x))": {
        "range": "within (0, 1e+20), max approached at 0",
        "derivative_range": "within [-1, 1e+20), min at 0 and max approached at 0",
    },
    "where(x<0, -1e20*exp(x), exp(-x)*x)": {
        "range": "within (-1e+20, 0.3678794], min approached at 0 and max at 1"
    },
    "where(x > 3e-19, 2 - x, abs(x)/x**2)": {"fixed_points": "x = 1"},
    "cbrt(clip(1.5*x - 1e-15, 0.25, 3e-6))": {"parity": "even"},
    "mod(x, 1)": {
        "range": "within [0, 1), min at 0 and max approached at 0", "bounded": "both",
        "limits": "none at -inf, none at inf",
    },
    "x - floor(x)": {"range": "within [0, 1), min at 0 and max approached at 0"},
    "round(x) - x": {"range": "within [-0.5, 0.5], min at 0.5 and max at -0.5"},
    "(exp(x)-2)**70": {"limits": "1.180592e+21 at -inf, inf at inf"},  # 2**70
    "sin(3*x)/(x*(1+x**2))": {"limits": "0 at -inf, 0 at inf"},
    "sin(2e-13*x*log(abs(2e-13*x)))": {"range": "unknown"},  # its waves are not seen far out
    "erf(expm1(max(0,1-1e30*abs(x))))": {"lipschitz": "1.348123e+30"},
    "(x - floor(x))*(1 - mod(x, 1))": {"range": "[0, 0.25], min at 0 and max at 0.5"},
    "exp(-mod(2*x, 3))": {"range": "within (0.04978707, 1], min approached at 0 and max at 0"},
    "sin(x) + cos(2*x)": {"limits": "none at -inf, none at inf"},
    "floor(2*x) - 2*floor(x)": {"range": "within [0, 1]", "limits": "none at -inf, none at inf"},
    "repu:p=5": {"zeros": "x <= 0", "monotone": "increasing", "range": "[0, inf)"},
    "repu:p=6": {"zeros": "x <= 0", "monotone": "increasing", "range": "[0, inf)"},
    "repu:p=7": {"zeros": "x <= 0", "monotone": "increasing", "range": "[0, inf)"},
    "tanh(x)+exp(-1e20*(x-1.7)**2)": {"monotone": "neither"},
    "exp(-1e28*(x-0.7123)**2)": {
        "range": "(0, 1], max at 0.7123", "monotone": "neither", "smoothness": "smooth",
        "zeros": "none", "convexity": "neither",
    },
    "max(0,1-1e12*abs(x-0.77))": {
        "range": "[0, 1], max at 0.77", "zeros": "x <= 0.77, x >= 0.77",
        "fixed_points": "x = 0, x = 0.77, x = 0.77", "lipschitz": "1e+12",
    },
    "log(x)": {
        "range": "(-inf, inf)", "derivative_range": "(0, inf)", "monotone": "strictly increasing",
        "convexity": "concave", "parity": "neither", "lipschitz": "inf",
    },
    "cbrt(x)": {"derivative_range": "within (0, inf)", "inflection_points": "x = 0"},
    "x**3": {"inflection_points": "x = 0", "monotone": "strictly increasing"},
    "sqrt(x)*exp(-x)": {"inflection_points": "x = 1.207107"},  # (1 + sqrt(2))/2
    "log(x)/(1 + x)": {"inflection_points": "x = 6.251015"},
    "sqrt(x) + x**2": {"inflection_points": "x = 0.25"},
    "x**1.5 - x**2": {"inflection_points": "x = 0.140625"},
    "acosh(x) + x**3": {"inflection_points": "x = 1.141426"},
    "0.01*x - 1/x": {"flat": "unknown"},  # it tends to 0.01
    "0.01*x": {"flat": "no tail"},
    "ssu": {"flat": "x < -311.0177, x > 317.3009"},  # of waves whose tops are beyond 308
    "asin(tanh(x))": {
        "flat": "x < -5.298292, x > 5.298292", "derivative_range": "(0, 1], max at 0",
        "derivative_second_moment": "0.6057055",
    },
    "abs(x)/x": {"derivative_range": "[0, 0]", "inflection_points": "none"},
    "exp(-1/x**2)": {"zeros": "x = 0", "range": "within [0, 1), min at 0 (to rounding)"},
    "1/0": {"range": "unknown", "monotone": "unknown", "zeros": "unknown", "smoothness": "unknown"},
    "min(x, x**2) + max(x, x**2)": {"smoothness": "smooth (to rounding)"},
    "where(x > 39, 1, 0)": {"zero_centred": "unknown"},
    "x**4": {"inflection_points": "none", "convexity": "convex"},
    "softsign": {"inflection_points": "x = 0"},
    "gelu": {"inflection_points": "x = -1.414214, x = 1.414214"},
    "sin(x)": {"range": "[-1, 1], min at -1.570796 and max at 1.570796", "lipschitz": "1"},
    "x - atan(x)": {"zeros": "x = 0", "monotone": "strictly increasing"},
}  # fmt: skip


@pytest.mark.parametrize("text", sampled(list(TOLD), 0.1))
def test_what_is_told(text: str) -> None:
    assert {name: WROTE[name](of(text)) for name in TOLD[text]} == TOLD[text]


def test_a_narrow_peak_is_no_pole() -> None:
    found = of("1/((x-pi/10)**2+1e-20)")
    assert found.smoothness == 4
    assert found.range is None or found.range.upper == pytest.approx(1e20, rel=1e-6)


# What float64 rounds to the edge of a domain, or to a whole number, far out.
SATURATING = (
    "asin(tanh(x))", "acos(tanh(x))", "atanh(tanh(x))", "Phi(x)/phi(x)", "log(1-tanh(x))",
    "sqrt(1-erf(x))", "1/exp(-x**2)", "1/(1-erf(x))", "max(tanh(x), 1)", "abs(1-tanh(x))",
    "ceil(sigmoid(x))", "where(exp(-x**2) > 0, 1, 0)", "sign(exp(-x**2))", "log(sigmoid(x))",
    "sqrt(1-sigmoid(x))", "acos(erf(x))", "floor(erf(x)/2 + 0.5)",
)  # fmt: skip


@pytest.mark.parametrize("text", sampled(SATURATING, 0.1))
def test_what_only_rounding_brings_to_an_edge_is_no_breakpoint(text: str) -> None:
    assert of(text).breakpoints == ()


# formula: kinds of its breakpoints, and how they are written
BREAKING = {
    "sin(1/x)": ("wild", "f breaks, its limits are not known; f has no value there"),
    "abs(x)/x": ("jump", "f jumps from -1 to 1; f has no value there"),
    "sin(x)/x": ("hole", "hole, the limit is 1; f has no value there"),
    "x*sin(1/x)": ("hole", "hole, the limit is 0; f has no value there"),
    "sqrt(x)": ("jump", "f begins at 0; f = 0 there"),
    "where(x > 0, sin(1/x), 1)": ("jump", "f jumps from 1 to what is not known; f = 1"),
    "1/x": ("pole", "pole from -inf to inf; f has no value there"),
    "log(abs(x))": ("pole", "pole from -inf to -inf; f = -inf there"),
}  # fmt: skip


@pytest.mark.parametrize("text", sampled(list(BREAKING), 0.2))
def test_what_breaks_at_0(text: str) -> None:
    facts = info.facts(actviz.parse_curves([text])[0])
    assert [(each["x"], each["kind"]) for each in info.record(facts)["breakpoints"]] == [
        (0.0, BREAKING[text][0])
    ]
    assert f"x = 0: {BREAKING[text][1]}" in info.write_facts(facts, "text")


# formula: whether all values between the ends of its range are taken, and of that of f'
FILLED = {
    "silu": (True, True), "relu": (True, False), "elu": (True, True), "log(x)": (True, True),
    "1/x": (False, False), "x + 1/x": (False, False), "1/(x**2-1)": (False, True),
    "exp(1/x)": (False, False), "x/(x-1)": (False, False), "x/(x**2-1)": (True, False),
    "log(abs(x))": (True, False), "sign(x)": (False, True), "floor(x)": (False, True),
    "abs(x)/x": (False, True), "(x**2-3*x)/x": (False, True), "sqrt(x**2-2)": (False, False),
    "where(x > 0, x, x - 1)": (False, True), "where(x > 0, x, 2*x)": (True, False),
    "asin(tanh(x))": (True, True), "sin(1/x)": (False, False),
}  # fmt: skip


@pytest.mark.parametrize("text", sampled(list(FILLED), 0.2))
def test_a_range_is_filled_or_told_as_within(text: str) -> None:
    for filled, name in zip(FILLED[text], ("range", "derivative_range"), strict=True):
        extent = getattr(of(text), name)
        assert extent is None or extent.filled is filled, (name, extent)
        assert extent is None or WROTE[name](of(text)).startswith("within ") is not filled


# --- how it is told ------------------------------------------------------------------------------


@cache
def unknown() -> info.Facts:
    """Of a function whose range is not known."""
    return info.facts(actviz.parse_curves(["x**x"])[0])


def test_json_says_of_each_fact_whether_it_is_proven() -> None:
    found = unknown()
    told = json.loads(info.write_facts(found, "json"))
    assert told["proved"].keys() == FACTS.keys() <= told.keys()
    assert set(told["proved"].values()) <= {True, False, "rounding"}
    assert told["range"] is None and told["proved"]["range"] is False
    assert "gain" not in told["proved"] and "mean" not in told["proved"]
    silu = json.loads(info.write_facts(info.facts(actviz.parse_curves(["silu"])[0]), "json"))
    assert set(silu["proved"].values()) == {True}


def test_text_marks_what_is_not_proven() -> None:
    text = info.write_facts(unknown(), "text")
    assert "range of f            unknown\n" in text
    assert "(not proven)" in text
    assert "(not proven)" not in info.write_facts(
        info.facts(actviz.parse_curves(["elu"])[0]), "text"
    )
    snake = info.write_facts(info.facts(actviz.parse_curves(["snake"])[0]), "text")
    assert "strictly increasing (to rounding)" in snake


def test_an_unknown_fact_is_an_empty_cell() -> None:
    curves = actviz.parse_curves(["x**x"])
    head, line = info.write_properties(curves, "csv", ("name", "range")).splitlines()
    assert len(head.split(",")) == 7 and line == "f,,,,,,"
    assert "unknown" in info.write_properties(curves, "markdown", ("name", "range"))


PARITIES = {
    "clip(x, -2, 2)": ("odd", True),
    "clip(x, -2, 2.0000001)": ("neither", True),
    "where(abs(x) > 2, x, 0)": ("odd", True),
    "where(x > 2, x, where(x < -2, x, 0))": ("odd", True),
    "where(x >= 2, x, where(x < -2, x, 0))": ("neither", True),  # at 2 alone
    "where(x > 0, log1p(x), -log1p(-x))": ("odd", True),
    "where(x > 0, expm1(x), exp(-x) - 1)": ("even", True),
    "where(x > 1e8, 1, 0)": ("neither", True),
    "where(x > 3, sqrt(x), where(x < -3, -sqrt(-x), 0))": ("odd", True),
}


@pytest.mark.parametrize("text", PARITIES)
def test_odd_and_even_piece_by_piece(text: str) -> None:
    found = of(text)
    assert (found.parity, found.proved["parity"]) == PARITIES[text]


def test_a_bound_that_is_none_proves_nothing() -> None:
    """Where log10 has no value nothing is compared; its least value is near -2.88612192."""
    found = of("where(log10(x/floor(769.0*x)) < x, x, log10(x/floor(769.0*x)))")
    assert found.proved["range"] is False or found.range.lower <= -2.8861219


# --- peaks however narrow ------------------------------------------------------------------------

# formula: its steepest slope
NARROW = {
    "exp(-1e4*(x-0.3)**2)": math.sqrt(2e4 / math.e),
    "exp(-1e6*(x-0.3)**2)": math.sqrt(2e6 / math.e),
    "exp(-1e6*x**2)": math.sqrt(2e6 / math.e),
    "exp(-1e10*(x-1.2345)**2)": math.sqrt(2e10 / math.e),
    "sech(1e5*(x-2.71))": 0.5e5,
}


@pytest.mark.parametrize("text", NARROW)
def test_of_a_narrow_peak_as_much_is_proven_as_of_a_wide_one(text: str) -> None:
    found = of(text)
    assert [name for name, proof in found.proved.items() if proof is False] == []
    assert found.limits == (0.0, 0.0) and found.parity == ("even" if "x**2" in text else "neither")
    assert found.lipschitz == pytest.approx(NARROW[text], rel=1e-9)
    assert found.inflection_points is not None and len(found.inflection_points.points) == 2


# --- the catalogue -------------------------------------------------------------------------------


def test_nearly_all_facts_of_the_catalogue_are_proven(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = sampled(NAMES, 0.02)
    proofs = Counter(str(proof) for name in names for proof in of(name).proved.values())
    total = sum(proofs.values())
    with capsys.disabled():
        print(f"\n{total} facts of {len(names)} functions: {dict(proofs)}")
    assert total == len(FACTS) * len(names)
    if len(names) == len(NAMES):  # of a few the share is a matter of luck
        assert proofs["True"] / total >= SHARE


@cache
def variants(name: str) -> tuple[str, ...]:
    """A function at its defaults, and at three values of each parameter that it may have."""
    entry, found = actviz.load().entries[name], [name]
    for parameter, value in entry.parameters.items():
        for factor in (0.5, 1.5, 3.0):
            text = f"{name}:{parameter}={value * factor or factor!r}"
            try:
                actviz.parse_curves([text])
            except actviz.UsageError:
                continue
            found.append(text)
    return tuple(found)


VARIANTS = [text for name in NAMES for text in variants(name)]
FAINT = mpf(2) ** -130  # of a value: a difference that 50 digits do not tell
POINTS = np.sort(np.append(np.linspace(-9.1, 8.7, 21), [-1e3, -50.0, 0.0, 40.0, 1e3]))


@pytest.mark.parametrize("text", sampled(VARIANTS, 0.005))
def test_no_proven_fact_is_contradicted_by_50_digits(text: str) -> None:
    found, f = of(text), curve(text)
    exact = [row for x in POINTS if (row := truth(f.definition, x, dict(f.parameters)))]
    slack = mpf(2) ** -44
    for order, name in enumerate(("range", "derivative_range")):
        extent = getattr(found, name)
        if found.proved[name] is False:
            continue
        size = max(1, *(abs(y[order]) for y in exact)) * slack
        assert all(extent.lower - size <= y[order] <= extent.upper + size for y in exact), name
    assert_shape(found, exact)
    assert_roots(found, exact)


def truth(node: Node, x: float, parameters: dict[str, float]) -> tuple[Any, ...] | None:
    """f, f', f'' and x, where all are numbers."""
    values = exact_derivatives(node, float(x), parameters, 2)
    return None if any(y != y for y in values) else (*values, mpf(float(x)))


def assert_shape(found: Properties, exact: list[tuple[Any, ...]]) -> None:
    values, slopes, bends = ([row[order] for row in exact] for order in range(3))
    rises = [b - a for a, b in pairwise(values)]
    noise = max(map(abs, values)) * mpf(2) ** -48
    if found.proved["monotone"] is not False:
        word = str(found.monotone)
        assert "increasing" not in word or (min(rises) >= -noise and min(slopes) >= -noise)
        assert "decreasing" not in word or (max(rises) <= noise and max(slopes) <= noise)
    if found.proved["convexity"] is not False and found.convexity in ("convex", "concave"):
        sign = 1 if found.convexity == "convex" else -1
        assert all(sign * bend >= -noise for bend in bends)
    if found.proved["lipschitz"] is not False:
        assert max(map(abs, slopes)) <= found.lipschitz + noise


def assert_roots(found: Properties, exact: list[tuple[Any, ...]]) -> None:
    """Between points of opposite signs there is a zero, or a place where the function breaks.

    A difference beyond the reference's digits has no sign: x/sqrt(1 + exp(-x)/4) - x at 1000.
    """
    for name, slope in (("zeros", 0), ("fixed_points", 1)):
        roots = getattr(found, name)
        if found.proved[name] is False or found.smoothness == -1:
            continue
        ends = [end for each in roots.intervals for end in (each.lower, each.upper)]
        places = [*roots.points, *ends]
        for a, b in pairwise(exact):
            inside = max(abs(a[3]), abs(b[3])) < roots.within
            left, right = (row[0] - slope * row[3] for row in (a, b))
            known = all(abs(y) > FAINT * abs(row[0]) for y, row in ((left, a), (right, b)))
            if left * right < 0 and inside and known:
                assert any(a[3] <= x <= b[3] for x in places), (name, a[3], b[3])


LARGE = (
    "1e308*x", "sin(1e308*x)", "x**(1e308)", "1e308*sin(x)+1e308*cos(x)", "exp(exp(x))",
    "(1e200*x)**(-3)", "abs(x)**1e-300", "log(1e-320*x)",
)  # fmt: skip


@pytest.mark.parametrize("text", sampled(list(LARGE), 0.15))
def test_what_overflows_warns_nobody(text: str) -> None:
    found = info.facts(actviz.parse_curves([text])[0])
    assert info.write_facts(found, "text") and info.record(found)


# --- a budget bounds every question --------------------------------------------------------------

WILD = (
    "sin(exp(x))", "sin(x**3)*exp(x)",
    "tanh(sin(50*x)*tanh(x**2)) + sin(x)/x", "cos(x)**40 - x**9*sin(x**2)",
)  # fmt: skip


@pytest.mark.parametrize("text", sampled(WILD, 1 / 4))
def test_no_info_takes_long(text: str) -> None:
    begun = time.process_time()
    try:
        info.write_facts(info.facts(actviz.parse_curves([text])[0]), "json")
    except actviz.UsageError as refused:
        assert "switches without end" in str(refused)
    assert time.process_time() - begun < 10


def test_breakpoints_are_those_that_are_no_switches_too() -> None:
    [typed] = actviz.parse_curves(["atan(tan(x))"])
    found = info.record(info.facts(typed))["breakpoints"]
    assert [each["x"] for each in found] == pytest.approx(
        [k * np.pi / 2 for k in (-5, -3, -1, 1, 3, 5)], abs=1e-12
    )
    assert {each["kind"] for each in found} == {"jump"}
    for each in found:
        assert (each["left"], each["right"]) == pytest.approx((np.pi / 2, -np.pi / 2), abs=1e-12)
