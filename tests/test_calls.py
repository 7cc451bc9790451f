"""Catalogue functions called in formulas: what they mean, how they are printed, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from refused import refused
from sampled import sampled

import actviz
from actviz.catalogue.activation import from_formula
from actviz.catalogue.lookup import load
from actviz.cli import run
from actviz.errors import FormulaError, UsageError
from actviz.formula.expression import to_text
from actviz.formula.parsing import parse
from actviz.formula.total import total

KNOWN = load()
X = np.array([-1e300, -40.0, -3.5, -1.0, -1e-3, 0.0, 1e-9, 0.5, 2.0, 6.0, 1e5])
FUNCTIONS = [name for name in KNOWN.entries if actviz.get(name).elementwise]

# formula: the same without calls
EQUAL = {
    "relu(2*x)": "max(2*x, 0)",
    "relu(x) - relu(x - 1)": "max(x, 0) - max(x - 1, 0)",
    "gelu(x) - silu(x)": "x*Phi(x) - x*sigmoid(x)",
    "elu(x, 0.5)": "where(x > 0, x, 0.5*expm1(x))",
    "elu(x, alpha=0.5)": "where(x > 0, x, 0.5*expm1(x))",
    "elu(x, alpha=1/2)": "where(x > 0, x, 1/2*expm1(x))",
    "LeakyReLU(x, negative_slope=0.2)": "where(x > 0, x, 0.2*x)",
    "hardtanh(x, -2, 2)": "clip(x, -2, 2)",
    "relu(gelu(x))": "max(x*Phi(x), 0)",
    "swiglu(x, 2)": "x*2*sigmoid(1*2)",
    "softplus(x)": "softplus(x)",
    "silu'(x)": "sigmoid(x)*(1 + x*sigmoid(-x))",
    "tanh(softsign(x))": "tanh(x/(1 + abs(x)))",
}


@pytest.mark.parametrize("text", EQUAL)
def test_a_call_is_the_formula_of_the_entry(text: str) -> None:
    called, plain = actviz.get(text), actviz.get(EQUAL[text])
    assert to_text(called.definition) == to_text(plain.definition)
    for order in range(3):
        got, wanted = called.derivative(X, order), plain.derivative(X, order)
        np.testing.assert_allclose(got, wanted, rtol=16 * np.finfo(float).eps, atol=5e-324)


@pytest.mark.parametrize("name", sampled(FUNCTIONS, 0.2))
def test_a_call_of_x_is_the_function(name: str) -> None:
    """With all the digits of its stable form; also by any other of its names."""
    entry = KNOWN.entries[name]
    function, called = actviz.get(name), actviz.get(f"{name}(x)")
    if entry.stable:
        assert called.stable is not None and called.stable_orders == entry.stable_orders
    np.testing.assert_array_equal(called.value(X), function.value(X))
    for alias in entry.aliases:
        if alias.replace("-", "_").isidentifier():
            other = actviz.get(f"{alias.replace('-', '_')}(x)")
            np.testing.assert_array_equal(other.value(X), called.value(X))


# Where the slope is infinite or 0/0, its derivative by itself says else.
SINGULAR = ("sqrt_signed", "ssaf", "spder", "m_arcsinh")


@pytest.mark.parametrize("name", sampled(FUNCTIONS, 0.2))
def test_a_derivative_is_a_function_by_itself(name: str) -> None:
    function = actviz.get(name)
    if not total(function.definition, tuple(function.parameters.items())):
        for text in (f"{name}'", f"1 + {name}'(x)"):
            with pytest.raises(UsageError, match="may have no value somewhere"):
                actviz.get(text)
        return
    derived = actviz.get(f"{name}'")
    assert derived.name == f"{name}'" and derived.definition is function.tree(1)
    both = derived.value(X) + function.derivative(X)
    x = X[np.isfinite(both)] if name in SINGULAR else X
    np.testing.assert_array_equal(derived.value(x), function.derivative(x))
    called = actviz.get(f"{name}'(x)")
    assert called.formula == f"{name}'(x)"


# formula: as it is printed, and its LaTeX
PRINTED = {
    "relu( 2*x )": ("relu(2*x)", r"\mathrm{relu}(2\,x)"),
    "leaky_relu(x, alpha = .2)": (
        "leaky_relu(x, alpha=0.2)", r"\mathrm{leaky\_relu}(x, \alpha = 0.2)"
    ),
    "softplus(x, beta=2)": ("softplus(x, beta=2)", r"\mathrm{softplus}(x, \beta = 2)"),
    "gelu''(x)/2": ("gelu''(x)/2", r"\frac{\mathrm{gelu}''(x)}{2}"),
    "where(0 < x < 1, relu(x), 0)": (
        "where(0 < x, where(x < 1, relu(x), 0), 0)",
        r"\mathrm{relu}(x)\;\mathrm{if}\;0 < x\;\mathrm{and}\;x < 1\;\mathrm{else}\;0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", PRINTED)
def test_what_was_typed_is_printed(text: str) -> None:
    function = actviz.get(text)
    assert (function.formula, function.latex()) == PRINTED[text]
    assert function.mathml().startswith("<math")
    again = actviz.get(function.formula)
    assert again.definition is function.definition and again.written is function.written
    assert "relu(" not in function.derivative_formula() and parse(function.derivative_formula())


def test_parameters_of_a_formula_go_into_calls() -> None:
    function = actviz.get("elu(x, a) + celu(x, alpha=2*a)", a=0.5)
    assert function(-1.0) == pytest.approx(0.5 * np.expm1(-1) + np.expm1(-1), rel=1e-15)
    with pytest.raises(UsageError, match="celu has no alpha = 0: alpha != 0"):
        actviz.get("elu(x, a) + celu(x, alpha=2*a)", a=0.0)
    with pytest.raises(UsageError, match="needs a value for the parameter a"):
        actviz.get("elu(x, a)")


REFUSED = {
    # formula: the column of the caret, and what the message says
    "elu(x, x)": (0, "alpha of elu may not depend on x"),
    "1 + elu()": (4, "elu(x, alpha) is not told its x"),
    "elu(alpha=2)": (0, "written 'elu:alpha=2'"),
    "elu(x, 1, 2)": (0, "takes 2 arguments at most, not 3"),
    "relu(x, 1)": (0, "relu(x) takes 1 argument at most, not 2"),
    "elu(x, 1, alpha=2)": (0, "told its alpha twice"),
    "elu(x, beta=2)": (0, "elu has no parameter 'beta'"),
    "swiglu(x)": (0, "not told its b"),
    "LeakyReLU(0.2)": (0, "Did you mean 'leaky_relu:alpha=0.2'"),
    "2*nosuch(x)": (2, "There is no function nosuch"),
    "1 + crelu(x)": (4, "crelu has several outputs"),
    "gelu + silu": (0, "Did you mean 'gelu(x) + silu(x)'"),
    "swish-1": (0, "Did you mean 'swish(x)-1'"),
    "relu(gelu)": (5, "Did you mean 'relu(gelu(x))'"),
    "gelu'''''(x)": (0, "order of a derivative is 0 to 4, not 5"),
    "swiglu'(x, 1)": (0, "one of two"),
    "elu(alpha=1, x)": (14, "stands before what is given by its name"),
    "gelu'(x) + *": (11, "missing"),
    "gelu''(x) + si(x)": (12, "There is no function si"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused_at_its_place(text: str) -> None:
    place, said = REFUSED[text]
    with pytest.raises(FormulaError) as caught:
        actviz.get(text)
    assert said in caught.value.message
    assert caught.value.position == place


# --- in files, on the command line ---------------------------------------------------------------

OWN = """
[mine]
formula = "k*yours(x) + gelu'(x)"
parameters = { k = 2.0 }
[yours]
aliases = ["theirs"]
formula = "relu(x)*steep(x, a=0.5)"
[steep]
formula = "gelu_tanh(a*x) + 1"
parameters = { a = 1.0 }
[late]
formula = "theirs(x) + Mine(x, k=0)"
"""


@pytest.mark.usefixtures("empty_folder")
def test_entries_of_a_file_call_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.toml").write_text(OWN)
    known = load([Path("own.toml")])
    mine, late = (actviz.parse_curves([name], known)[0].activation for name in ("mine", "late"))
    plain = "2*(max(x, 0)*(gelu_tanh(0.5*x) + 1)) + gelu'(x)"
    np.testing.assert_allclose(mine.value(X), actviz.get(plain).value(X), rtol=4e-15)
    other = "max(x, 0)*(gelu_tanh(0.5*x) + 1) + gelu'(x)"
    np.testing.assert_allclose(late.value(X), actviz.get(other).value(X), rtol=4e-15)
    assert mine.formula == "k*yours(x) + gelu'(x)"
    assert mine.stable_orders == KNOWN.entries["gelu_tanh"].stable_orders
    assert run(["table", "mine(2*x)", "--catalogue", "own.toml", "--at", "1"]) == 0
    (_, row), (value,) = capsys.readouterr().out.split(), [mine(2.0)]
    assert row == f"1.0,{value!r}"


CYCLES = {
    '[a]\nformula = "a(x)"': "[a]: A function may not call itself: a -> a.",
    '[a]\nformula = "b(x)"\n[b]\nformula = "1 + c(x)"\n[c]\nformula = "A(2*x)"': (
        "[a]: A function may not call itself: a -> b -> c -> a."
    ),
    '[a]\nformula = "x*nosuch(x)"': "[a]: There is no function nosuch",
    '[a]\nformula = "x"\nwritten = "x"': "[a]: There is no field 'written'",
}


@pytest.mark.parametrize("text", CYCLES)
@pytest.mark.usefixtures("empty_folder")
def test_a_file_that_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.toml").write_text(text)
    assert CYCLES[text] in refused(["table", "a", "--catalogue", "own.toml"], capsys)


@pytest.mark.usefixtures("empty_folder")
def test_in_every_place_of_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    derivative = "sigmoid(x) + silu(x)*sigmoid(-x)"
    assert run(["check", "silu", "--derivative", derivative]) == 0
    assert run(["check", "silu", "--derivative", "gelu'(x)"]) == 1
    assert run(["check", "relu(x) - relu(x - 1)", "--equals", "clip(x, 0, 1)"]) == 0
    capsys.readouterr()
    assert run(["plot", "gelu'", "relu(x) - relu(x - 1)", "-o", "./{name}.svg"]) == 0
    assert sorted(path.name for path in Path().glob("*.svg")) == [
        "gelu_d1.svg",
        "relu_of_x_end_minus_relu_of_x_minus_1.svg",
    ]
    assert r"relu(x) - relu(x - 1)" in Path("relu_of_x_end_minus_relu_of_x_minus_1.svg").read_text()


# --- functions of two numbers, typed -------------------------------------------------------------


def test_a_typed_function_of_two_numbers() -> None:
    [gate] = actviz.parse_curves(["g(a, b) = k*a*silu(min(b, 7)):k=2"])
    assert gate.label == "g" and gate.activation.gated and gate.activation.arguments == ("a", "b")
    plain = from_formula("2*a*min(b, 7)*sigmoid(min(b, 7))", "g", None, ("a", "b"))
    a, b = np.array([1.0, -2.0, 3.0]), np.array([0.5, 9.0, -4.0])
    for wrt in ((), ("a",), ("b",), ("a", "b")):
        got, wanted = gate.activation.at(a, b, wrt), plain.at(a, b, wrt)
        np.testing.assert_allclose(got, wanted, rtol=4e-15)
    [fixed] = actviz.parse_curves(["g(a, b) = a*silu(b):b=3"])
    assert fixed.activation.elementwise and fixed.activation(2.0) == 2 * actviz.get("silu")(3.0)


DEFINED = {
    "f(x) = x**2": "x**2",
    "f(x)=relu(x)": "max(x, 0)",
}


@pytest.mark.parametrize("text", DEFINED)
def test_a_typed_function_of_x(text: str) -> None:
    [curve] = actviz.parse_curves([text])
    assert curve.label == "f" and to_text(curve.activation.definition) == DEFINED[text]


NOT_DEFINED = {
    "f(t) = t**2": "is one of x",
    "f(a, b, c) = a": "of x, or of two numbers",
    "f(a, a) = a": "of x, or of two numbers",
    "f(x, b) = x*b": "x cannot be one of the two",
    "f(a, e) = a*e": "e cannot be one of the two",
    "f(a, b) = a": "has no b",
    "f(a, b) = a*b*x": "has an x",
    "f(a, b) = relu + a*b": "relu is a function of x",
}


@pytest.mark.parametrize("text", NOT_DEFINED)
def test_what_is_no_function_of_two_numbers(text: str) -> None:
    with pytest.raises(UsageError, match=NOT_DEFINED[text]):
        actviz.parse_curves([text])
