"""Formulas as LaTeX: every one can be drawn, brackets are where they must be, braces balance."""

from __future__ import annotations

import re

import pytest
from formulas import names, numbers, trees
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import sampled

import actviz
from actviz.formula.expression import Node
from actviz.formula.latex import symbol, to_latex
from actviz.formula.parsing import parse
from actviz.formula.primitives import PRIMITIVES

mathtext = pytest.importorskip("matplotlib.mathtext")
TOO_LONG_TO_DRAW = 400  # characters: a third derivative takes seconds, and fits no figure
DRAWN = mathtext.MathTextParser("path")


def draw(text: str) -> float:
    """Lay the formula out as a figure would; its width. Raises ValueError for what cannot be."""
    return float(DRAWN.parse(f"${text}$", dpi=72).width)


def check_balance(text: str) -> None:
    assert text.isascii() and "$" not in text and "\n" not in text
    depth = 0
    for character in re.sub(r"\\[{}]", "", text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\left") == text.count(r"\right")
    assert re.findall(r"\\begin\{cases\}", text) == [r"\begin{cases}"] * text.count(r"\end{cases}")
    assert text.count("(") == text.count(")")


@pytest.mark.parametrize("name", sampled(list(actviz.load().entries), 0.06))
def test_every_function_can_be_drawn(name: str) -> None:
    function = actviz.get(name)
    higher = [] if function.gated else [function.tree(order) for order in (3, 4)]
    for formula in (*function.formulas.values(), *higher):
        text = to_latex(formula)
        assert formula in higher or len(text) > TOO_LONG_TO_DRAW or draw(text) > 0
        for cases in (False, True):
            check_balance(to_latex(formula, cases))


@settings(max_examples=40)
@given(trees(st.one_of(names("alpha", "max_val", "b2"), numbers(), numbers(any_float=True))))
def test_any_formula_can_be_drawn(tree: Node) -> None:
    text = to_latex(tree)
    check_balance(text)
    check_balance(to_latex(tree, cases=True))
    assert draw(text) > 0
    assert r"\begin" not in text


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_primitive_can_be_drawn(name: str) -> None:
    written = {"condition": "x > 0", "n": "8", "u": "x + 1", "v": "2*x", "w": "-x"}
    arguments = [written[argument] for argument in PRIMITIVES[name].arguments]
    tree = parse(f"{name}({', '.join(arguments)})")
    assert draw(to_latex(tree)) > 0
    assert "{u}" not in to_latex(tree) and "{v}" not in to_latex(tree)


WRITTEN = {
    "sinc(x)**2": r"\mathrm{sinc}^{2}(x)",
    "2*spherical_jn(3, x/2)": r"2\,j_{3}\left(\frac{x}{2}\right)",
    "x*log1p(-expm1(-exp(x)))": r"x\,\log(2 - e^{-e^{x}})",
    "x*sigmoid(beta*x)": r"x\,\sigma(\beta\,x)",
    "(x + 1)*(x - 1)": r"\left(x + 1\right)\,\left(x - 1\right)",
    "x - (y - z)": r"x - \left(y - z\right)",
    "x - (y + z)": r"x - \left(y + z\right)",
    "x + (y - z)": "x + y - z",
    "x - y + z": "x - y + z",
    "a - -b": r"a - \left(-b\right)",
    "a + -b": "a -b",
    "-(x + 1)": r"-\left(x + 1\right)",
    "-x**2": "-x^{2}",
    "(-x)**2": r"\left(-x\right)^{2}",
    "(x**2)**3": r"\left(x^{2}\right)^{3}",
    "x**y**z": "x^{y^{z}}",
    "(x + 1)**2": r"\left(x + 1\right)^{2}",
    "2*3": r"2 \cdot 3",
    "x*2": r"x \cdot 2",
    "2*x": r"2\,x",
    "x*-2": r"x \left(-2\right)",
    "1e-06*x": r"10^{-6}\,x",
    "2.5e20*x": r"2.5 \cdot 10^{20}\,x",
    "tanh(x)**2": r"\tanh^{2}(x)",
    "tanh(x)**-1": r"\tanh(x)^{-1}",  # tanh^{-1} would be the inverse function
    "x/(y + 1)": r"\frac{x}{y + 1}",
    "exp(-x**2)": "e^{-x^{2}}",
    "expm1(x)*x": r"\left(e^{x} - 1\right)\,x",
    "alpha*expm1(x)": r"\alpha\,\left(e^{x} - 1\right)",
    "x - tanhshrink(x)": r"x - \left(x - \tanh(x)\right)",
    "abs(x + 1)": "|x + 1|",
    "sqrt(x + 1)": r"\sqrt{x + 1}",
    "log1p(x)": r"\log(1 + x)",
    "Phi(x) + phi(x)": r"\Phi(x) + \varphi(x)",
    "max(x, 0)": r"\max(x, 0)",
    "e**x + pi": r"\mathrm{e}^{x} + \pi",
    "where(x > 0, x, alpha*x)": r"x\;\mathrm{if}\;x > 0\;\mathrm{else}\;\alpha\,x",
    "where(x > -1, where(x < 1, 1, 0), 0)": r"1\;\mathrm{if}\;-1 < x < 1\;\mathrm{else}\;0",
    "1 + where(x > 0, 1, 0)": r"1 + \left(1\;\mathrm{if}\;x > 0\;\mathrm{else}\;0\right)",
    "where(x <= 0, 1, 0)": r"1\;\mathrm{if}\;x \leq 0\;\mathrm{else}\;0",
}


@pytest.mark.parametrize("formula", WRITTEN)
def test_written(formula: str) -> None:
    assert to_latex(parse(formula)) == WRITTEN[formula]


CASES = {
    "where(x > 0, x, alpha*x)": ("", r"x & \text{if } x > 0 \\ \alpha\,x & \text{otherwise}", ""),
    "where(x > 1, 1, where(x < -1, -1, x))": (
        "",
        r"1 & \text{if } x > 1 \\ -1 & \text{if } x < -1 \\ x & \text{otherwise}",
        "",
    ),
    "where(x > -1, where(x < 1, 1, 0), 0)": (
        "",
        r"1 & \text{if } -1 < x < 1 \\ 0 & \text{otherwise}",
        "",
    ),
    "where(x > 0, 1, 0)*2": (
        r"\left(",
        r"1 & \text{if } x > 0 \\ 0 & \text{otherwise}",
        r"\right) \cdot 2",
    ),
}


@pytest.mark.parametrize("formula", CASES)
def test_cases(formula: str) -> None:
    before, rows, after = CASES[formula]
    expected = rf"{before}\begin{{cases}} {rows} \end{{cases}}{after}"
    assert to_latex(parse(formula), cases=True) == expected
    assert to_latex(parse("x + 1"), cases=True) == "x + 1"


SYMBOLS = {
    "x": "x",
    "b": "b",
    "alpha": r"\alpha",
    "lambd": r"\lambda",
    "lambda_": r"\lambda",
    "e": r"\mathrm{e}",
    "pi": r"\pi",
    "scale": r"\mathrm{scale}",
    "max_val": r"\mathrm{max}_{\mathrm{val}}",
    "alpha_p": r"\alpha_{p}",
    "x1": "x_{1}",
    "beta_1": r"\beta_{1}",
    "t_r": "t_{r}",
    "a_b_c": "a_{b,c}",
    "omega_0": r"\omega_{0}",
    "p12": "p_{12}",
    "E": "E",
    "Omega": r"\mathrm{Omega}",
    "a_e": "a_{e}",
}


@pytest.mark.parametrize("name", SYMBOLS)
def test_symbols(name: str) -> None:
    assert symbol(name) == SYMBOLS[name]
    assert draw(symbol(name)) > 0


@settings(max_examples=30)
@given(st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,6}(_[A-Za-z0-9]{1,5}){0,3}_?", fullmatch=True))
def test_any_parameter_name_can_be_drawn(name: str) -> None:
    check_balance(symbol(name))
    assert draw(symbol(name)) > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x*x", "x^{2}"),
        ("-x*x", "-x^{2}"),
        ("exp(-1000*x*x)", r"e^{-1000\,x^{2}}"),
        ("a*x*x*b*b", r"a\,x^{2}\,b^{2}"),
        ("x**2*x", "x^{3}"),
        ("x*y*x", r"x\,y\,x"),
        ("2*2*x", r"2 \cdot 2\,x"),
        ("x**0.5*x", r"x^{0.5}\,x"),
    ],
)
def test_a_factor_that_follows_itself_is_a_power(text: str, expected: str) -> None:
    assert to_latex(parse(text)) == expected
