"""A derivative that a person worked out: as it is written, for which parameters, and at kinks."""

import math

import pytest
from verdicts import curve

import actviz
from actviz import check
from actviz.check import settings
from actviz.check.result import Result

ORACLES = ("mpmath", "difference")


def judged(name: str, text: str, **options: object) -> list[Result]:
    return list(check.derivative(curve(name), text, **options).results)


# --- as float64 arithmetic has it --------------------------------------------------------------

# A function, a right derivative of it, whether it fails, and what is said of its float64 numbers.
WRITTEN = (
    ("sigmoid", "exp(-x)/(1 + exp(-x))**2", True, "is NaN for x <= -709.8, is 0 for x <= -354.9"),
    ("sigmoid", "exp(-x)/(1 + exp(-x))**2", True, "; sigmoid(x)*sigmoid(-x) does not"),
    ("softplus", "exp(beta*x)/(1 + exp(beta*x))", True, "is NaN for x >= 709.8"),
    ("x*abs(x)", "2*abs(x) + 0*exp(x)", True, "is NaN for x >= 709.8"),
    ("x/(1 + x**2)", "(1 - x**2)/(1 + x**2)**2", False, "is NaN for x <= -1.341e+154 and for"),
    ("gaussian", "-2*x*exp(-x**2)", False, "is NaN for x <= -8.988e+307"),
    ("tanh", "1 - tanh(x)**2", False, "(7 to 16 of 16) for x <= -10.02 and for x >= 10.02"),
    ("tanh", "1 - tanh(x)**2", False, "is 0 for x <= -19 and for x >= 19"),
    ("sigmoid", "sigmoid(x)*(1 - sigmoid(x))", False, "is 0 for x >= 36.7"),
    (
        "squareplus",
        "(1 + x/sqrt(x**2 + b))/2",
        False,
        "for x <= -1.342e+08 and for x >= 1.341e+154",
    ),
    ("elu", "where(x > 0, 1, alpha*exp(x))", False, ""),
    ("softsign", "1/(1 + abs(x))**2", False, ""),
    ("1/x", "-1/x**2", False, ""),
)


@pytest.mark.parametrize(("name", "text", "failed", "told"), WRITTEN)
def test_a_formula_is_judged_operation_by_operation(name, text, failed, told):
    (found,) = (r for r in judged(name, text) if r.oracle == "float64")
    code = "overflow" if failed else "loses-accuracy" if told else "agrees"
    assert (found.status, found.code) == ("fail" if failed else "pass", code), found
    assert told in found.message and bool(told) == bool(found.message), found
    if failed:
        assert not math.isfinite(found.got) and math.isfinite(found.expected)


def test_only_what_is_in_the_range_is_judged_as_written():
    text = "exp(-x)/(1 + exp(-x))**2"
    assert check.derivative(curve("sigmoid"), text, within=(-300.0, 5.0)).ok
    assert not check.derivative(curve("sigmoid"), text, within=(-720.0, -5.0)).ok
    assert check.derivative(curve("abs(x)"), "x/abs(x)", within=(-2.0, -1.0)).ok


def test_an_identity_that_overflows_as_written_is_one_all_the_same():
    one, other = actviz.parse_curves(["silu", "x*exp(x)/(1 + exp(x))"])
    report = check.equal([one], other)
    assert report.ok
    verdict, written = report.results
    assert verdict.oracle == "equality" and "proven exactly" in verdict.message
    assert (written.oracle, written.code) == ("float64", "loses-accuracy")
    assert "is NaN for x >= 709.8" in written.message


# --- parameters that nobody gave ----------------------------------------------------------------

# A function, a derivative, whether it fails, and for which values it is said to be right.
GENERAL = (
    ("elu", "where(x > 0, 1, exp(x))", True, "right only at alpha = 1; say elu:alpha=1"),
    ("elu:alpha=1", "where(x > 0, 1, exp(x))", False, "proven exactly"),
    ("torch:elu", "where(x > 0, 1, exp(x))", False, "proven exactly"),
    ("elu", "where(x > 0, 1, alpha*exp(x))", False, "so too at alpha = 0.6 and at alpha = 2.5"),
    ("elu", "where(x > 0, 1, exp(x)*min(alpha, 1))", True, "at alpha = 1 and 0.6, not at alpha"),
    ("leaky_relu:negative_slope=0.2", "where(x > 0, 1, 0.2)", False, ""),
    ("leaky_relu", "where(x > 0, 1, 0.2)", True, "right at alpha = 0.2, not at alpha = 0.01"),
    ("hardtanh", "where(x > -1, where(x < max_val, 1, 0), 0)", True, "right only at min_val = -1;"),
    ("hardtanh:max_val=1", "where(x > min_val, where(x < 1, 1, 0), 0)", False, "at min_val = -0.6"),
    ("hardtanh:max_val=1", "where(x > -1, where(x < 1, 1, 0), 0)", True,
     "say hardtanh:max_val=1,min_val=-1"),
    ("ptelu", "where(x > 0, 1, alpha*alpha*sech(beta*x)**2)", True,
     "right only at alpha = 1 and only at beta = 1"),
    ("ptelu", "where(x > 0, 1, alpha*beta*sech(beta*x)**2)", False, "alpha = 0.6, beta = 1.7"),
    ("rrelu", "where(x > 0, 1, (lower + upper)/2)", False, "at lower = 0.075, upper = 0.5667"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "failed", "told"), GENERAL)
@pytest.mark.parametrize("oracle", ORACLES)
def test_a_derivative_is_judged_at_several_values(name, text, failed, told, oracle):
    verdict = judged(name, text, oracles=[oracle])[0]
    assert (verdict.status, told in verdict.message) == ("fail" if failed else "pass", True), (
        verdict
    )
    if failed and "only" in told:
        assert verdict.code == "not-general" and abs(verdict.got - verdict.expected) > 1e-3


def test_every_parameter_of_the_catalogue_has_other_values():
    for name, entry in actviz.catalogue.lookup.load().entries.items():
        one = curve(name)
        assert one.open == tuple(entry.parameters), name
        for setting in settings.tried(one):
            assert all(setting[p] != one.activation.parameters[p] for p in one.open), name
        assert bool(one.open) == bool(settings.tried(one)), name


# --- kinks ---------------------------------------------------------------------------------------

# A function, a derivative that is another one at its switch, and the status of that place.
AT_A_SWITCH = (
    ("abs", "x/abs(x)", "pass"),
    ("relu", "max(x, 0)/x", "pass"),
    ("relu", "(1 + x/abs(x))/2", "pass"),
    ("relu", "where(x >= 0, 1, 0)", "pass"),
    ("sign(x)", "0/x", "pass"),
    ("relu", "where(x > 0, 1, where(x < 0, 0, 7))", "fail"),
    ("x*abs(x)", "where(x > 0, 2*x, where(x < 0, -2*x, 7))", "fail"),
    ("x*abs(x)", "2*abs(x) + 0*x/abs(x)", "fail"),
    ("softsign", "x/abs(x)*0 + 1/(1 + abs(x))**2", "fail"),
)


@pytest.mark.parametrize(("name", "text", "status"), AT_A_SWITCH)
@pytest.mark.parametrize("oracle", ORACLES)
def test_at_a_kink_the_value_is_a_convention_and_elsewhere_none(name, text, status, oracle):
    results = judged(name, text, oracles=[oracle])
    there = [r for r in results if r.x == 0.0 and r.code != "agrees"]
    codes = {"pass": {"convention"}, "fail": {"breakpoint-wrong", "formula-wrong"}}[status]
    assert [r.status for r in there] == [status] and there[0].code in codes, results
    assert all(r.status == "pass" for r in results if r not in there), results
