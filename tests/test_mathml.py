"""Formulas as MathML: every one is well-formed, and says what its LaTeX says, in its order."""

from __future__ import annotations

import re
from itertools import accumulate
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from formulas import names, numbers, trees
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import sampled

import actviz
from actviz.formula.expression import Node
from actviz.formula.latex import symbol, to_latex
from actviz.formula.mathml import to_mathml
from actviz.formula.parsing import parse
from actviz.formula.primitives import PRIMITIVES

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
CHILDREN = {
    "mroot": 2,
    "mfrac": 2,
    "msup": 2,
    "msub": 2,
    "munder": 2,
    "msqrt": 1,
    "math": 1,
    "mtd": 1,
}
LEAVES = {"mi", "mn", "mo", "mtext"}
INVISIBLE = {"\u2061": "", "\u2062": ""}
# How LaTeX's signs read in MathML; every other command is its own name, or a Greek letter.
SIGNS = {"leq": "≤", "geq": "≥", "ne": "≠", "cdot": "⋅", "sum": "∑", "epsilon": "ϵ"}
SIGNS |= {"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉"}


def read(latex: str) -> Element:
    return ElementTree.fromstring(to_mathml(latex))


def check_structure(root: Element) -> None:
    assert root.tag == f"{NAMESPACE}math"
    for element in root.iter():
        tag = element.tag.removeprefix(NAMESPACE)
        assert tag in LEAVES | CHILDREN.keys() | {"mrow", "mtable", "mtr"}
        assert (len(element) == 0) == (tag in LEAVES)
        assert bool((element.text or "").strip("\n ")) == (tag in LEAVES)
        assert len(element) == CHILDREN.get(tag, len(element)), tag
        if tag == "mrow":
            assert len(element) > 1


def words(root: Element) -> list[str]:
    """What is to be read of MathML, mark by mark."""
    found = ["".join(INVISIBLE.get(c, c) for c in text) for text in root.itertext()]
    return " ".join(found).replace("\u00a0", " ").replace("\u2212", "-").split()


def marks(latex: str) -> list[str]:
    """The same of LaTeX: its letters, numbers and signs, without what only places them."""
    text = degrees_last(latex)
    text = re.sub(r"\\(frac|sqrt|left|right|mathrm|text|begin\{cases\}|end\{cases\})", " ", text)
    text = text.replace("\\begin{cases}", "{").replace(r"\,", " ").replace("\\\\", " ")
    text = re.sub(r"[{}^_&]", " ", text)
    named = re.sub(r"\\([A-Za-z]+)", lambda found: f" {SIGNS.get(found[1], found[1])} ", text)
    return re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?|\S", named)


def degrees_last(latex: str) -> str:
    """A root's degree behind what it is the root of, as MathML has it."""
    before, root, after = latex.rpartition(r"\sqrt[3]")
    if not root:
        return latex
    depth = list(accumulate({"{": 1, "}": -1}.get(character, 0) for character in after))
    end = depth.index(0) + 1
    return degrees_last(f"{before} {after[:end]} 3 {after[end:]}")


def spelt(text: list[str]) -> str:
    """Joined, and Greek letters by their names."""
    import unicodedata

    def letter(character: str) -> str:
        name = unicodedata.name(character, "")
        greek = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", name)
        if greek is None:
            return {"ϵ": "ϵ", "ϕ": "phi"}.get(character, character)
        spelling = greek[2].lower().replace("lamda", "lambda")
        return spelling.title() if greek[1] == "CAPITAL" else spelling

    return "".join(letter(c) for c in "".join(text)).replace("varphi", "phi").replace("{", "")


def check(latex: str) -> None:
    root = read(latex)
    check_structure(root)
    assert spelt(words(root)) == spelt(marks(latex))


@pytest.mark.parametrize("name", sampled([*actviz.load().entries], 0.2))
def test_every_function_and_its_derivatives(name: str) -> None:
    function = actviz.get(name)
    for formula in function.formulas.values():
        check(to_latex(formula, cases=True))
    assert function.mathml() == to_mathml(function.latex(cases=True))


@settings(max_examples=100)
@given(trees(st.one_of(names("alpha", "max_val", "b2"), numbers(), numbers(any_float=True))))
def test_any_formula(tree: Node) -> None:
    check(to_latex(tree, cases=True))


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_primitive(name: str) -> None:
    written = {"condition": "x > 0", "n": "8", "u": "x + 1", "v": "2*x", "w": "-x"}
    arguments = [written[argument] for argument in PRIMITIVES[name].arguments]
    check(to_latex(parse(f"{name}({', '.join(arguments)})"), cases=True))


@settings(max_examples=50)
@given(st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,6}(_[A-Za-z0-9]{1,5}){0,3}_?", fullmatch=True))
def test_any_parameter_name(name: str) -> None:
    check_structure(read(symbol(name)))


# Without what all have in common; ⁡ and ⁢ stand for applied to, and times.
WRITTEN = {
    "x": "<mi>x</mi>",
    "-x**2": "<mrow>-<msup><mi>x</mi><mn>2</mn></msup></mrow>",
    "x - -2": "<mrow><mi>x</mi><mo>−</mo>(-<mn>2</mn>)</mrow>",
    "x/(x + 1)": "<mfrac><mi>x</mi><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow></mfrac>",
    "sqrt(x)": "<msqrt><mi>x</mi></msqrt>",
    "beta*x": "<mrow><mi>β</mi>⁢<mi>x</mi></mrow>",
    "sigmoid(x)": "<mrow><mi>σ</mi>⁡(<mi>x</mi>)</mrow>",
    "sigma*-2": "<mrow><mi>σ</mi>×(-<mn>2</mn>)</mrow>",
    "Phi(x)": '<mrow><mi mathvariant="normal">Φ</mi>⁡(<mi>x</mi>)</mrow>',
    "tanh(x)**2": "<mrow><msup><mi>tanh</mi><mn>2</mn></msup>⁡(<mi>x</mi>)</mrow>",
    "max_val": "<msub><mi>max</mi><mi>val</mi></msub>",
    "log_cosh(x)": "<mrow><mi>log</mi>⁡<mi>cosh</mi>⁡(<mi>x</mi>)</mrow>",
    "abs(abs(x) - 1)": "<mrow>[<mrow><mrow>[<mi>x</mi>]</mrow><mo>−</mo><mn>1</mn></mrow>]</mrow>",
    "exp(-x)": "<msup><mi>e</mi><mrow>-<mi>x</mi></mrow></msup>",
    "sum(x)": "<mrow><munder><mo>∑</mo><mi>j</mi></munder><msub><mi>x</mi><mi>j</mi></msub></mrow>",
    "where(x > 0, x, 0)": (
        '<mrow><mo>{</mo><mtable columnalign="left" class="cases">'
        "<mtr><mtd><mi>x</mi></mtd><mtd><mrow><mtext>if\u00a0</mtext><mi>x</mi><mo>&gt;</mo>"
        "<mn>0</mn></mrow></mtd></mtr>"
        "<mtr><mtd><mn>0</mn></mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>"
    ),
}
SHORT = {
    "⁡": "<mo>&#x2061;</mo>",
    "⁢": '<mo rspace="0.17em">&#x2062;</mo>',
    "×": "<mo>&#x2062;</mo>",
    "(": "<mrow><mo>(</mo>",
    ")": "<mo>)</mo></mrow>",
    "[": '<mo form="prefix" stretchy="true">|</mo>',
    "]": '<mo form="postfix" stretchy="true">|</mo>',
    "-": '<mo form="prefix">−</mo>',
}


@pytest.mark.parametrize("formula", WRITTEN)
def test_written(formula: str) -> None:
    expected = re.sub(r"[⁡⁢×()\[\]-]", lambda found: SHORT[found[0]], WRITTEN[formula])
    written = to_mathml(to_latex(parse(formula), cases=True), display=False)
    assert written == f'<math xmlns="{NAMESPACE[1:-1]}">{expected}</math>'


def test_what_stands_on_the_left() -> None:
    derivative = to_mathml(r"f''(x) = 0", display=False)
    assert "<msup><mi>f</mi><mo>″</mo></msup><mo>&#x2061;</mo><mrow><mo>(</mo>" in derivative
    partial = to_mathml(r"\frac{\partial f_{i}}{\partial x_{i}} = 0", display=False)
    assert "<mrow><mi>∂</mi><msub><mi>x</mi><mi>i</mi></msub></mrow></mfrac><mo>=</mo>" in partial


NOT_OURS = ("", "x}", "{x", r"\frac{1}", r"\foo", "^{2}", r"\left(x", "(x", "|x", "#", "x$",
            r"\begin{cases} x \end{cases}", r"\begin{cases} x & y", "'''''")  # fmt: skip


@pytest.mark.parametrize("latex", NOT_OURS)
def test_anything_else_is_refused(latex: str) -> None:
    with pytest.raises(ValueError):
        to_mathml(latex)
