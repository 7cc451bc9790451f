"""The referee: the catalogue passes, wrong derivatives are caught, reports say so."""

import builtins
import io
import json
import math
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from sampled import sampled
from verdicts import curve, failures

import actviz
from actviz import check
from actviz.catalogue.curve import Curve
from actviz.catalogue.lookup import activation_of
from actviz.check.equality import equality
from actviz.check.points import HARD
from actviz.errors import FormulaError, UsageError
from actviz.formula.parsing import parse

CATALOGUE = actviz.load()


@pytest.mark.parametrize("name", sampled(list(CATALOGUE.entries), 0.02))
def test_every_entry_passes_every_order_by_difference(name):
    report = check.curves([curve(name)], orders=(1, 2, 3, 4), oracles=["difference"])
    assert failures(report) == []
    assert {r.order for r in report.results if r.oracle == "difference"} == {1, 2, 3, 4}


@pytest.mark.parametrize(
    "name", sampled(list(CATALOGUE.entries)[::15], 0.2)
)  # the catalogue's do all
def test_entries_are_right_to_their_last_digits(name):
    assert failures(check.curves([curve(name)], oracles=["mpmath"])) == []


@pytest.fixture
def fewer_points(monkeypatch):
    """A third of the hard points is enough to tell right from wrong, in a third of the time."""
    monkeypatch.setattr("actviz.check.points.HARD", HARD[::3])


FORMULAS = (
    "x*(1 + erf(x/sqrt(2)))/2",
    "x/(1 + exp(-x))",
    "log(1 + exp(x))",
    "abs(sin(x))",
    "sin(1/x)",
    "where(x > 1, x**2, 2*x - 1)",
    "min(x, x**3)",
    "1/(x - 2)",
    "sqrt(x)",
    "a*tanh(b*x):a=1.7159,b=2/3",
    "tanh(100*x)",
    "(x + 1e6) - 1e6",
    "log(abs(x))",
)


@pytest.mark.usefixtures("fewer_points")
@pytest.mark.parametrize("text", sampled(FORMULAS, 0.4))
@pytest.mark.parametrize("oracle", ["difference", "mpmath"])
def test_typed_formulas_pass_though_they_lose_digits(text, oracle):
    assert failures(check.curves([curve(text)], oracles=[oracle])) == []


def test_lost_digits_of_a_typed_formula_are_told():
    report = check.curves([curve("1 - tanh(x)")], oracles=["mpmath"])
    ours, written = (r for r in report.results if r.order == 0)
    assert (ours.oracle, ours.code) == ("mpmath", "agrees")  # with twice the digits
    assert (written.oracle, written.code) == ("float64", "loses-accuracy")
    assert "1 - tanh(x) loses digits in float64" in written.message


# Twenty derivatives as they go wrong by hand: a sign, a factor, a branch, another function's.
WRONG = (
    ("relu", "where(x < 0, 1, 0)"),
    ("relu", "where(x > 0.01, 1, 0)"),
    ("relu", "1"),
    ("leaky_relu", "where(x>0,0.01,0)"),
    ("leaky_relu", "where(x > 0, 1, 0.0100001)"),
    ("sigmoid", "sigmoid(x)*(1 + sigmoid(x))"),
    ("sigmoid", "sigmoid(x)"),
    ("sigmoid", "exp(x)/(1 + exp(x))**2*1.000001"),
    ("tanh", "1 - tanh(x)"),
    ("tanh", "1 + tanh(x)**2"),
    ("silu", "sigmoid(x)*sigmoid(-x)"),
    ("silu", "sigmoid(x)*(1 + x*sigmoid(x))"),
    ("gelu", "Phi(x)"),
    ("gelu", "Phi(x) - x*phi(x)"),
    ("softplus", "sigmoid(-x)"),
    ("elu", "where(x > 0, 1, exp(x) - 1)"),
    ("celu:alpha=2", "where(x > 0, 1, alpha*exp(x/alpha))"),
    ("hardswish", "where(x > -3, where(x < 3, (2*x + 3)/3, 1), 0)"),
    ("mish", "tanh(softplus(x)) + x*sech(softplus(x))**2"),
    ("softsign", "1/(1 + x**2)"),
    ("hardtanh", "where(x > -1, where(x < 1, 1, 0.001), 0)"),
)
RIGHT = (
    ("relu", "where(x > 0, 1, 0)"),
    ("sigmoid", "sigmoid(x)*(1 - sigmoid(x))"),
    ("tanh", "1 - tanh(x)**2"),
    ("tanh", "4/(exp(x) + exp(-x))**2"),
    ("silu", "x*sigmoid(x) + sigmoid(x)*(1 - x*sigmoid(x))"),
    ("gelu", "(1 + erf(x/sqrt(2)))/2 + x*exp(-x**2/2)/sqrt(2*pi)"),
    ("elu:alpha=0.5", "where(x > 0, 1, alpha*exp(x))"),
    (
        "elu:alpha=0.5",
        "where(x > 0, 1, max(x, alpha*expm1(x)) - max(x, alpha*expm1(x)) + exp(x)/2)",
    ),
    ("softplus:beta=2", "1/(1 + exp(-beta*x))"),
    ("hardswish", "where(x > -3, where(x < 3, (2*x + 3)/6, 1), 0)"),
    ("softsign", "(1 + abs(x))**-2"),
    ("leaky_relu", "(1 + alpha)/2 + (1 - alpha)/2*sign(x)"),
    ("squareplus", "(1 + x/sqrt(x**2 + b))/2"),
)


@pytest.mark.usefixtures("fewer_points")
@pytest.mark.parametrize("oracle", ["difference", "mpmath"])
@pytest.mark.parametrize(("name", "derivative"), WRONG)
def test_planted_wrong_derivatives_are_caught(name, derivative, oracle):
    report = check.derivative(curve(name), derivative, oracles=[oracle])
    (result,) = (r for r in report.results if r.status == "fail")
    assert result.code == "formula-wrong" and result.x is not None
    assert result.error > result.tolerance
    assert report.exit_code == 1


@pytest.mark.usefixtures("fewer_points")
@pytest.mark.parametrize("oracle", ["difference", "mpmath"])
@pytest.mark.parametrize(("name", "derivative"), RIGHT)
def test_right_derivatives_in_any_form_pass(name, derivative, oracle):
    assert failures(check.derivative(curve(name), derivative, oracles=[oracle])) == []


def test_a_second_derivative_by_hand():
    right = "sigmoid(x)*(1 - sigmoid(x))*(1 - 2*sigmoid(x))"
    assert check.derivative(curve("sigmoid"), right, order=2).ok
    assert not check.derivative(curve("sigmoid"), right, order=1).ok


@pytest.mark.parametrize(
    ("name", "derivative", "told"),
    (
        ("sigmoid", "sigmoid(x)*(1 - sigmoid(x))", "is 0 for x >= 36.74"),
        ("tanh", "1 - tanh(x)**2", "is 0 for x <= -19 and for x >= 19"),
    ),
)
def test_lost_digits_of_a_derivative_by_hand_are_told(name, derivative, told):
    results = check.derivative(curve(name), derivative).results
    (digits,) = (r for r in results if r.oracle == "float64")
    assert (digits.status, digits.code) == ("pass", "loses-accuracy")
    assert told in digits.message


def test_another_convention_at_a_kink_is_told_and_no_failure():
    report = check.derivative(curve("relu"), "where(x >= 0, 1, 0)")
    (convention,) = (r for r in report.results if r.oracle == "convention")
    assert report.ok and (convention.x, convention.got, convention.expected) == (0.0, 1.0, 0.0)
    beyond = check.derivative(curve("relu"), "where(x > 0, 1, where(x < 0, 0, 7))")
    assert [r.code for r in beyond.results if r.status == "fail"] == ["breakpoint-wrong"]


# What an entry may get wrong although its formula is right: name, field, text, code of the finding.
PLANTED = (
    ("squareplus", "stable", "(x + sqrt(x**2 + 1.000001*b))/2", "fields-disagree"),
    ("squareplus", "stable", "where(x > 0, (x + sqrt(x**2 + b))/2, b/(sqrt(x**2 + b) - x))", ""),
    ("softsign", "first_derivative", "1/(1 + abs(x))", "fields-disagree"),
    ("silu", "first_derivative", "sigmoid(x)*(1 + x*sigmoid(x))", "fields-disagree"),
    ("elu", "stable", "where(x > 0, x, alpha*(exp(x) - 1.000001))", "fields-disagree"),
)


@pytest.mark.parametrize("oracle", ["difference", "mpmath"])
@pytest.mark.parametrize(("name", "field", "text", "code"), PLANTED)
def test_a_wrong_field_of_an_entry_is_caught(name, field, text, code, oracle):
    right = curve(name)
    wrong = replace(right, activation=replace(right.activation, **{field: parse(text)}))
    report = check.curves([wrong], oracles=[oracle])
    assert (code or "fields-disagree") in [r.code for r in report.results if r.status == "fail"]
    if oracle == "mpmath":
        assert any(r.oracle == "mpmath" and r.status == "fail" for r in report.results)


@pytest.mark.parametrize("oracle", ["difference", "mpmath"])
def test_a_wrong_derivative_at_nothing_but_the_kink_is_caught(oracle):
    relu = curve("relu")
    seven = parse("where(x > 0, 1, where(x < 0, 0, 7))")
    wrong = replace(relu, activation=replace(relu.activation, first_derivative=seven))
    results = check.curves([wrong], orders=(1,), oracles=[oracle]).results
    (failed,) = (r for r in results if r.status == "fail")
    assert (failed.oracle, failed.x, failed.got) == (oracle, 0.0, 7.0)


def test_an_entry_that_cancels_fails_with_a_hint(monkeypatch):
    monkeypatch.setattr("actviz.formula.balls.values.evaluate", lambda *_: None)  # beyond a budget
    entry = actviz.Entry("naive", "(x - sin(x))/(x**3 + 1e-60)")
    naive = Curve(activation_of(entry), "naive", "naive")
    report = check.curves([naive], orders=(1,), oracles=["mpmath"])
    failed = [r for r in report.results if r.status == "fail"]
    assert [r.code for r in failed] == ["loses-accuracy"] * 2
    assert "stable cures that" in failed[0].message


def test_a_vector_function_is_checked_by_its_first_component():
    report = check.curves([curve("softmax")], oracles=["difference", "mpmath"])
    assert report.ok and {r.status for r in report.results} == {"pass"}


# --- oracles that are not there, and wrong requests -------------------------------------------


@pytest.fixture
def without_mpmath(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest):
        if name.split(".")[0] == "mpmath":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr("actviz.check.libraries.installed", lambda name: name != "mpmath")


@pytest.mark.usefixtures("without_mpmath")
def test_without_mpmath_it_is_not_run_and_difference_decides():
    report = check.curves([curve("squareplus")])
    absent = [r for r in report.results if r.oracle == "mpmath"]
    assert {r.status for r in absent} == {"not run"} and {r.code for r in absent} == {
        "not-installed"
    }
    assert {r.status for r in report.results if r.oracle in ("difference", "formula")} == {"pass"}
    assert report.ok
    assert not check.derivative(curve("leaky_relu"), "where(x>0,0.01,0)").ok
    with pytest.raises(UsageError, match=r"mpmath is not installed: pip install"):
        check.curves([curve("relu")], oracles=["mpmath"])


REFUSED = (
    (lambda: check.curves([curve("relu")], oracles=["mpmat"]), UsageError, "mean mpmath"),
    (lambda: check.derivative(curve("relu"), "where(x>0,1"), FormulaError, "closed"),
    (lambda: check.derivative(curve("relu"), "s*(1-s)"), UsageError, "has the name s"),
    (lambda: check.derivative(curve("softmax"), "x"), UsageError, "a vector"),
    (lambda: check.derivative(curve("relu"), "x", order=0), UsageError, "from 1 to 4"),
    (lambda: check.derivative(curve("relu"), "x", order=5), UsageError, "from 1 to 4"),
    (
        lambda: check.write(check.Report(()), "yaml", io.StringIO()),
        UsageError,
        "unknown format 'yaml'",
    ),
)


@pytest.mark.parametrize(("request_", "kind", "told"), REFUSED)
def test_wrong_requests_are_refused_in_words(request_, kind, told):
    with pytest.raises(kind, match=told):
        request_()


def test_progress_is_told_after_each_curve():
    seen = []
    curves = [curve("relu"), curve("elu")]
    check.curves(curves, oracles=["difference"], progress=lambda *told: seen.append(told))
    assert seen == [(1, 2, "relu"), (2, 2, "elu")]


def test_errors_of_our_own_numbers_over_x():
    (series,) = check.error_series([curve("gelu")], (1,))
    assert (series.label, series.order, series.eps) == ("gelu", 1, 2.0**-52)
    assert list(series.x) == sorted(series.x) and len(series.x) == len(series.error) > 100
    assert 0 < max(series.error) <= 16 * series.eps


def test_the_whole_catalogue_is_every_entry():
    assert [c.label for c in check.whole_catalogue(CATALOGUE)] == list(CATALOGUE.entries)


# --- reports ----------------------------------------------------------------------------------

MADE = check.Report(
    (
        check.Result("relu", 1, "difference", "pass", "agrees", 0.5, 1.0, 1.0, 0.0, 1e-9),
        check.Result(
            "a,b:c",
            2,
            "mpmath",
            "fail",
            "derivative-wrong",
            -1.0,
            math.nan,
            math.inf,
            math.inf,
            1e-16,
            "50% off\nhere",
        ),
        check.Result("relu", 1, "torch", "not run", "not-installed", message="pip install torch"),
        check.Result(
            "tanh", 1, "float64", "pass", "loses-accuracy", 19.0, 0.0, 1e-16, 1e-16, 1e-25
        ),
    )
)


def written(format: str, colour: bool = False) -> str:
    stream = io.StringIO()
    check.write(MADE, format, stream, colour)
    return stream.getvalue()


def test_json_has_the_promised_shape():
    found = json.loads(written("json"))
    assert found["ok"] is False
    promised = {"curve", "order", "oracle", "status", "x", "got", "expected", "error", "tolerance"}
    assert all(promised <= set(result) for result in found["results"])
    assert found["results"][0]["tolerance"] == 1e-9
    assert found["results"][1]["got"] is None and found["results"][1]["expected"] == "Infinity"
    assert all(result["code"] in check.CODES for result in found["results"])


def test_junit_is_xml_with_the_right_counts():
    suite = ElementTree.fromstring(written("junit"))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "1")
    assert suite[1][0].get("type") == "derivative-wrong"


def test_github_annotations_are_escaped():
    first, second, last = written("github").splitlines()
    assert first.startswith("::error title=actviz a%2Cb%3Ac f'' (mpmath)%3A derivative-wrong::")
    assert first.endswith("50%25 off%0Ahere") and second.startswith("::warning title=")
    assert last == "2 passed, 1 failed, 1 not run"


def test_concise_tells_failures_and_notes_only():
    lines = written("concise").splitlines()
    assert [line.split(":")[0] for line in lines] == ["fail", "here", "note", "torch", lines[-1]]


def test_full_tells_the_worst_point_and_what_was_not_run():
    text = written("full")
    assert "x = 0.5: got 1.0, expected 1.0, error 0, tolerance 1e-09" in text
    assert "torch: not run, not installed: pip install torch" in text
    assert "\x1b" not in text and "\x1b[1;31mFAIL" in written("full", colour=True)


def test_a_report_without_failures_is_ok():
    report = check.Report(MADE.results[2:])
    assert (report.ok, report.exit_code) == (True, 0)
    assert (MADE.ok, MADE.exit_code) == (False, 1)


def test_what_no_digits_settle_is_not_taken_for_undefined() -> None:
    one, other = actviz.parse_curves(["cosh(x) - sinh(x)", "exp(-x)"])
    found = equality(one, other)
    assert found.status == "pass" and "not proven" in found.message
    assert "not judged at" in found.message


def test_a_difference_far_out_is_told_there() -> None:
    found = equality(*actviz.parse_curves(["x", "where(x > 1e308, 0, x)"]))
    assert found.status == "fail" and found.error == 1.7e308
    assert "at x = 1.7e+308, and may differ by more beyond" in found.message
