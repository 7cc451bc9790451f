"""How code is named: parameters, classes, dictionaries; and what a name may not hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from verdicts import curve, failures

from actviz import check
from actviz.check.foreign import loading, naming
from actviz.check.referee import parameters_of
from actviz.errors import UsageError

CODE = """
import numpy as np

def elu(x, alpha=1.0): return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
def bare(x, alpha): return elu(x, alpha)
def spelled(x, *, negative_slope=0.01): return np.where(x > 0, x, negative_slope * x)
def make(alpha): return lambda x: elu(x, alpha)
def slope(x, alpha=1.0): return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))

class Elu:
    def __init__(self, alpha=1.0): self.alpha = alpha
    def __call__(self, x): return elu(x, self.alpha)
    def gradient(self, x): return slope(x, self.alpha)

class Layer:
    def __init__(self, alpha=1.0): self.alpha = alpha
    def forward(self, x):
        self.x = x
        return elu(x, self.alpha)
    def backward(self, g): return g * slope(self.x, self.alpha)

class Wrong(Layer):
    def backward(self, g): return g * np.where(self.x > 0, 1.0, 0.5)

class Static:
    @staticmethod
    def forward(x): return elu(x)
    @staticmethod
    def derivative(x): return slope(x)

class Needy:
    def __init__(self, alpha): self.alpha = alpha
    def __call__(self, x): return elu(x, self.alpha)

class Raising:
    def __init__(self, alpha=1.0): raise ValueError("no way")

class Silent: pass

TABLE = {"elu": elu, "Elu": Elu, 3: {"deep": [Elu(0.25)]}}
number = 3
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("named") / "somebody.py"
    path.write_text(CODE)
    return str(path)


# the curve, the code, and the orders for which the code has something
RIGHT = (
    ("elu", "elu", {0}),
    ("elu:alpha=0.2", "elu(alpha=0.2)", {0}),
    ("elu:alpha=0.2", "elu(0.2)", {0}),
    ("elu:alpha=0.2", "bare(0.2)", {0}),
    ("elu:alpha=0.2", "make(0.2)", {0}),
    ("elu:alpha=0.2", "make(alpha=+0.2)", {0}),
    ("elu:alpha=0.2", "elu", {0}),
    ("elu", "bare", {0}),
    ("elu:alpha=0.2", "bare", {0}),
    ("leaky_relu:alpha=0.3", "spelled", {0}),
    ("elu:alpha=0.2", "Elu(0.2)", {0, 1}),
    ("elu:alpha=0.2", "Elu(alpha=0.2)", {0, 1}),
    ("elu:alpha=0.2", "Elu", {0, 1}),
    ("elu:alpha=0.2", "Layer", {0, 1}),
    ("elu", "Layer", {0, 1}),
    ("elu", "Static", {0, 1}),
    ("elu", "Needy", {0}),
    ("elu:alpha=0.2", "Needy", {0}),
    ("elu:alpha=0.2", "Layer(0.2).forward", {0}),
    ("elu", 'TABLE["elu"]', {0}),
    ("elu:alpha=0.2", 'TABLE["elu"]', {0}),
    ("elu:alpha=0.2", "TABLE['elu'](alpha=0.2)", {0}),
    ("elu:alpha=0.5", 'TABLE["Elu"](0.5)', {0, 1}),
    ("elu:alpha=0.25", 'TABLE[3]["deep"][-1]', {0, 1}),
)


@pytest.mark.parametrize(("text", "name", "orders"), RIGHT)
def test_code_is_found_and_given_its_parameters(
    code: str, text: str, name: str, orders: set[int]
) -> None:
    spec = f"{code}:{name}"
    loaded = loading.load(spec, loading.find(spec), "float64", parameters_of(curve(text)))
    function, x = curve(text).activation, np.linspace(-3, 3, 61)
    np.testing.assert_allclose(loaded.code.value(x), function(x), rtol=1e-15)
    assert (loaded.slope is not None) == (1 in orders)
    if loaded.slope is not None:
        np.testing.assert_allclose(loaded.slope(x), function.derivative(x), rtol=1e-15)


@pytest.mark.parametrize("name", ["Elu(0.2).gradient", "slope(0.2)", "slope"])
def test_a_gradient_is_named_likewise(code: str, name: str) -> None:
    report = check.code(curve("elu:alpha=0.2"), f"{code}:Elu", f"{code}:{name}")
    assert failures(report) == []
    assert any(r.order == 1 and r.status == "pass" for r in report.results)


# the curve and the code, which is that of another parameter, or whose step backwards is wrong
WRONG = (
    ("elu", "elu(alpha=0.2)", 0),
    ("elu:alpha=0.3", "elu(alpha=0.2)", 0),
    ("elu:alpha=0.3", "Elu(0.2)", 0),
    ("elu:alpha=0.3", "Static", 0),
    ("elu", "Wrong", 1),
)


@pytest.mark.parametrize(("text", "name", "order"), WRONG)
def test_what_is_named_is_what_is_judged(code: str, text: str, name: str, order: int) -> None:
    report = check.code(curve(text), f"{code}:{name}")
    assert order in {r.order for r in report.results if r.status == "fail"}
    assert order == 0 or 0 not in {r.order for r in report.results if r.status == "fail"}


REFUSED = (
    ("elu(alpha=x)", "'x' in .* is no plain value"),
    ("elu(alpha=__import__('os'))", "is no plain value"),
    ("elu(**TABLE)", "is no plain value|is no name, attribute"),
    ("elu(*[1])", "is no plain value"),
    ("elu or 1", "is no name, attribute, call or subscript"),
    ("lambda x: x", "is no name, attribute, call or subscript"),
    ("[elu][0]", "is no name, attribute, call or subscript"),
    ("(elu", "is no name, attribute, call or subscript"),
    ("elu; import os", "is no name, attribute, call or subscript"),
    ("elu" + 400 * ".x" + 400 * "()", "is no name, attribute, call or subscript"),
    ("Elu(0.2).gradeint", "There is no 'gradeint'.*mean gradient"),
    ('TABLE["eluu"]', "There is no 'eluu'.*mean elu"),
    ("number(3)", "cannot be called"),
    ("number", "is a int and cannot be called"),
    ("Silent", "is a Silent and cannot be called"),
    ("Raising(0.2)", "raised ValueError: no way"),
    ("Elu(beta=0.2)", "raised TypeError"),
    ("elu(beta=0.2)", "cannot be evaluated"),
    ("number[0]", "raised TypeError"),
)


@pytest.mark.parametrize(("name", "told"), REFUSED)
def test_what_is_no_name_of_code_is_refused(code: str, name: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        loading.load(f"{code}:{name}", loading.find(f"{code}:{name}"))


def test_nothing_of_a_name_is_run(code: str, tmp_path: Path) -> None:
    for name in (
        f"elu(open('{tmp_path}/x', 'w'))",
        f"elu([open('{tmp_path}/x', 'w')])",
        f"TABLE[open('{tmp_path}/x', 'w')]",
    ):
        with pytest.raises(UsageError, match="no plain value"):
            loading.load(f"{code}:{name}", loading.find(f"{code}:{name}"))
    assert not (tmp_path / "x").exists()


# a name of code, and its place and what is there
SPLIT = (
    ("a.b:c.d", "a.b", "c.d"),
    ("a/b c.py:f", "a/b c.py", "f"),
    ("C:\\x\\y.py:f", "C:\\x\\y.py", "f"),
    ("a(1).py:f(b=':')", "a(1).py", "f(b=':')"),
    ("m:T['a:b'](1)", "m", "T['a:b'](1)"),
    ("./lib.so:double f(double)", "./lib.so", "double f(double)"),
    ("lib.so.6:f", "lib.so.6", "f"),
)


@pytest.mark.parametrize(("spec", "place", "path"), SPLIT)
def test_a_name_has_a_place(spec: str, place: str, path: str) -> None:
    assert naming.split(spec) == (place, path)


def test_a_callable_of_this_process_is_given_parameters_too() -> None:
    def elu(x: np.ndarray, alpha: float = 1.0) -> np.ndarray:
        return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))

    class Layer:
        def __init__(self, alpha: float = 1.0) -> None:
            self.alpha = alpha

        def forward(self, x: np.ndarray) -> np.ndarray:
            return elu(x, self.alpha)

        def derivative(self, x: np.ndarray) -> np.ndarray:
            return np.where(x > 0, 1.0, self.alpha * np.exp(np.minimum(x, 0)))

    codes: tuple[tuple[Callable[..., object], set[int]], ...] = ((elu, {0}), (Layer, {0, 1}))
    for each, orders in codes:
        report = check.code(curve("elu:alpha=0.2"), each)
        assert failures(report) == []
        assert {r.order for r in report.results if r.status == "pass"} == orders
