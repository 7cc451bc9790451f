"""The words of a command line that stand for curves, and the labels the curves get."""

from __future__ import annotations

import pytest

from actviz.catalogue.curve import MAXIMUM_MEMBERS, Curve, parse_curves
from actviz.errors import FormulaError, UsageError

READ = {
    # word: label, formula, parameters
    "relu": ("relu", "max(x, 0)", {}),
    " ReLU ": ("relu", "max(x, 0)", {}),
    "gelu\n": ("gelu", "x*Phi(x)", {}),
    "Leaky-ReLU": ("leaky_relu", "where(x > 0, x, alpha*x)", {"alpha": 0.01}),
    "leaky relu": ("leaky_relu", "where(x > 0, x, alpha*x)", {"alpha": 0.01}),
    "hard swish": ("hardswish", "x*clip(x + 3, 0, 6)/6", {}),
    "sin": ("sine", "sin(omega*x)", {"omega": 1.0}),
    "leaky_relu:negative_slope=0.2": ("leaky_relu", "where(x > 0, x, alpha*x)", {"alpha": 0.2}),
    " elu : alpha = 2 ": ("elu", "where(x > 0, x, alpha*expm1(x))", {"alpha": 2.0}),
    "elu:alpha=-1": ("elu", "where(x > 0, x, alpha*expm1(x))", {"alpha": -1.0}),
    "elu:alpha=1e-3": ("elu", "where(x > 0, x, alpha*expm1(x))", {"alpha": 0.001}),
    "rrelu:upper=1/3,lower=1/8": (
        "rrelu",
        "where(x > 0, x, (lower + upper)/2*x)",
        {"lower": 0.125, "upper": 1 / 3},
    ),
    "elu:alpha=sqrt(2)": ("elu", "where(x > 0, x, alpha*expm1(x))", {"alpha": 2**0.5}),
    "x": ("f", "x", {}),
    "c=pi": ("c", "pi", {}),
    "0*x + pi": ("f", "0*x + pi", {}),
    "x-1": ("f", "x - 1", {}),
    "-x": ("f", "-x", {}),
    " - x": ("f", "-x", {}),
    "x\n+ 1": ("f", "x + 1", {}),
    "a-1:a=2": ("f", "a - 1", {"a": 2.0}),
    "where(x >= 0, x, a*x):a=0.2": ("f", "where(x >= 0, x, a*x)", {"a": 0.2}),
    "where(x<=0,1,2)": ("f", "where(x <= 0, 1, 2)", {}),
    "where(1>=x,1,2)": ("f", "where(1 >= x, 1, 2)", {}),
    "text*x + name + entry:name=1,text=2,entry=3": (
        "f",
        "text*x + name + entry",
        {"name": 1.0, "text": 2.0, "entry": 3.0},
    ),
    "quick gelu=x*sigmoid(1.702*x)": ("quick gelu", "x*sigmoid(1.702*x)", {}),
    "my elu=elu:alpha=2": ("my elu", "where(x > 0, x, alpha*expm1(x))", {"alpha": 2.0}),
    "a b.c'-_9 = relu": ("a b.c'-_9", "max(x, 0)", {}),
    "step at 1=where(x >= 1, 1, 0)": ("step at 1", "where(x >= 1, 1, 0)", {}),
    "f'=x": ("f'", "x", {}),
    "3=x": ("3", "x", {}),
    "relu=relu": ("relu", "max(x, 0)", {}),
    "minus=-x": ("minus", "-x", {}),
}


@pytest.mark.parametrize("word", READ)
def test_one_word(word: str) -> None:
    (curve,) = parse_curves([word])
    assert (curve.label, curve.activation.formula, dict(curve.activation.parameters)) == READ[word]
    assert curve.text == word and curve.family == ""


LABELS = (
    # words, labels
    (["relu", "x**2", "my elu=elu:alpha=2", "x**3"], ["relu", "f", "my elu", "f2"]),
    (["f2=x", "x**2", "x**3", "x**4"], ["f2", "f", "f3", "f4"]),
    (["elu:alpha=0.5", "elu:alpha=1"], ["elu:alpha=0.5", "elu:alpha=1"]),
    (["elu", "elu:alpha=2", "relu"], ["elu:alpha=1", "elu:alpha=2", "relu"]),
    (["elu", "elu"], ["elu:alpha=1", "elu:alpha=1_2"]),
    (["relu6", "relu6", "relu6"], ["relu6", "relu6_2", "relu6_3"]),
    (["relu", "relu"], ["relu", "relu2"]),
    (["a=relu", "a=elu"], ["a", "a2"]),
    (["elu:alpha=0.5|1|2"], ["elu:alpha=0.5", "elu:alpha=1", "elu:alpha=2"]),
    (["e=elu:alpha=0.5|1"], ["e:alpha=0.5", "e:alpha=1"]),
    (["a*x + b:a=1|2,b=3|4"], ["f:a=1,b=3", "f:a=1,b=4", "f:a=2,b=3", "f:a=2,b=4"]),
    (["a*x + b:a=1|2,b=3"], ["f:a=1", "f:a=2"]),
    (["hardtanh:min_val=-1|-2"], ["hardtanh:min_val=-1", "hardtanh:min_val=-2"]),
)


@pytest.mark.parametrize(("words", "labels"), LABELS)
def test_labels_differ(words: list[str], labels: list[str]) -> None:
    curves = parse_curves(words)
    assert [curve.label for curve in curves] == labels
    assert len({curve.stem for curve in curves}) == len(curves)


def test_a_family_knows_its_name() -> None:
    assert {curve.family for curve in parse_curves(["elu:alpha=1|2"])} == {"elu"}
    assert {curve.family for curve in parse_curves(["my elu=elu:alpha=1|2"])} == {"my elu"}


STEMS = {
    "my elu=elu": "my_elu",
    "elu:alpha=0.5|1": "elu_alpha_0.5",
    "..=x": "f",
    "a / b": None,
    "'=x": "f",
    "../../etc/passwd=x": None,
    "f=x**2": "f",
    "x**2": "x_pow_2",
    "x * sigmoid(1.702*x)": "x_sigmoid_of_1.702_x",
    "sigmoid(1.702)*x": "sigmoid_of_1.702_end_x",
    "x - 1/x": "x_minus_1_over_x",
    "gelu''(x)": "gelu_d_d_of_x",
    "a*x:a=-2": "a_x_a_-2",
    "gelu'": "gelu_d1",
    "a.b=x": "a.b",
    "-a=x": "-a",
}


@pytest.mark.parametrize("word", [word for word in STEMS if STEMS[word]])
def test_stems_are_safe_in_file_names(word: str) -> None:
    assert parse_curves([word])[0].stem == STEMS[word]


REFUSED = {
    # word: what the message says
    "": "names no function",
    "   ": "names no function",
    "a=": "names no function",
    "=relu": "label",
    " =x": "label",
    "rleu": "Did you mean relu",
    "rely": "Did you mean relu",
    "leakyrelu6": "Did you mean",
    "-relu": "Did you mean relu",
    "relu:": "ends in a colon",
    "relu:alpha=1": "takes none",
    "elu:alhpa=1": "Did you mean alpha",
    "elu:alpha": "parameter=value",
    "elu:alpha=": "parameter=value",
    "elu:=1": "parameter=value",
    "elu:alpha=1,": "parameter=value",
    "elu:,": "parameter=value",
    "elu:alpha=1,alpha=2": "twice",
    "leaky_relu:negative_slope=0.2,alpha=0.3": "same parameter",
    "elu:alpha=1|1": "twice",
    "elu:alpha=1|1.0": "twice",
    "elu:alpha=1|": "missing",
    "elu:alpha=|": "missing",
    "elu:alpha=nan": "finite",
    "elu:alpha=inf": "finite",
    "elu:alpha=1e999": "finite",
    "elu:alpha=1/0": "finite",
    "elu:alpha=x": "not a number",
    "elu:alpha=b": "not a number",
    "elu:alpha=True": "'True' in 'elu:alpha=True' is not a number",
    "elu:alpha=1;2": "'1;2' in 'elu:alpha=1;2' is not a number",
    "relu:a=1:b=2": "commas",
    "elu alpha=2": "elu:alpha=2",
    "leaky_relu negative_slope=0.2": "leaky_relu:negative_slope=0.2",
    "elu(alpha=2)": "'elu:alpha=2'",
    "pi": "written '0*x + pi' or 'name=pi'",
    "-0.5": "'-0.5' is one number",
    "x*y": "x*y:y=1",
    "x*y:z=1": "for the parameter y",
    "x:a=1": "no parameter a",
    "pi*x:pi=3": "no parameter pi",
    "a=b=relu": "=",
    "x**2=relu": "=",
    "max(x=1, 0)": "=",
    "a==1": "comparison",
    "é=relu": "no meaning",
    "[red]=relu": "no meaning",
    "$x$=relu": "no meaning",
    "x;y": "no meaning",
    "x > 0": "comparison",
    "1,000*x": "comma",
    "x(2)": "product",
    "elu:alpha=" + "|".join(map(str, range(1, MAXIMUM_MEMBERS + 2))): "at most",
    "a*x+b:a=1|2|3|4|5,b=1|2|3|4|5": "at most",
}


@pytest.mark.parametrize("word", REFUSED, ids=lambda word: ascii(word)[:40])
def test_refused(word: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_curves(["relu", word])
    assert REFUSED[word] in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_refused_formula_has_a_caret() -> None:
    with pytest.raises(FormulaError) as caught:
        parse_curves(["label=x*sigmoidd(x)"])
    assert str(caught.value).endswith("\n  x*sigmoidd(x)\n    ^")


def test_no_words_are_no_curves() -> None:
    assert parse_curves([]) == ()
    assert isinstance(parse_curves(["relu"])[0], Curve)
