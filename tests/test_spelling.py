"""Formulas of other languages: each is answered with the line to type, and that can be read."""

from __future__ import annotations

import pytest
from refused import refused

import actviz
from actviz.errors import UsageError

MEANT = {
    "2x": "2*x",
    "2(x + 1)": "2*(x + 1)",
    "(x + 1)(x - 1)": "(x + 1)*(x - 1)",
    "x(x + 1)": "x*(x + 1)",
    "0.5x(1 + tanh(x))": "0.5*x*(1 + tanh(x))",
    "|x|": "abs(x)",
    "max(|x|, 1) - |x - |x||": "max(abs(x), 1) - abs(x - abs(x))",
    "σ(x)": "sigmoid(x)",
    "x·Φ(x)": "x*Phi(x)",
    "x²": "x**2",
    "x⁻¹²": "x**-12",
    "x^2": "x**2",
    "sin x": "sin(x)",
    "sin 2x + cos x": "sin(2*x) + cos(x)",
    "√x": "sqrt(x)",
    "tanh(√(2/π)(x + 0.044715x³))": "tanh(sqrt(2/pi)*(x + 0.044715*x**3))",
    "ln(1 + e^x)": "log(1 + e**x)",
    "np.tanh(x)": "tanh(x)",
    "np.maximum(x, 0)": "max(x, 0)",
    "torch.nn.functional.relu(x)": "relu(x)",
    "F.gelu(x)": "gelu(x)",
    "pow(x, 2)": "x**2",
    "x > 0 ? x : 0": "where(x > 0, x, 0)",
    "x > 1 ? 1 : x < 0 ? 0 : x": "where(x > 1, 1, where(x < 0, 0, x))",
    "lambda z: 2*z": "2*x",
    "e^{-x²}": "e**(-x**2)",
    "½(x + |x|)": "0.5*(x + abs(x))",
    "x ≤ 0 ? 0 : 1": "where(x <= 0, 0, 1)",
    "silu = x·σ(x)": "silu=x*sigmoid(x)",
    "a x² + b:a=2,b=3": "a*x**2 + b:a=2,b=3",
    "f(x) = 2x": "f(x)=2*x",
}


@pytest.mark.parametrize("typed", MEANT)
def test_the_line_to_type_is_told(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        actviz.parse_curves([typed])
    meant = MEANT[typed]
    assert f"Did you mean {meant!r}?" in str(caught.value)
    assert actviz.parse_curves([meant])


# What no change makes a formula, or what was no mistake of spelling, is not guessed at.
OTHERS = (
    "2xx(",
    "x!",
    "max(x, 0",
    "rleu",
    "sin(x) +",
    "x ? 1",
    "f(x) = ",
    "a*x",
    "()",
    "|x",
    "x" * 9000,
)


@pytest.mark.parametrize("typed", OTHERS, ids=lambda text: text[:20])
def test_nothing_is_guessed_where_nothing_is_known(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        actviz.parse_curves([typed])
    assert "Did you mean '" not in str(caught.value)


NUMBERS = {
    "pi/2": 1.5707963267948966, "-pi": -3.141592653589793, "sqrt(2)": 1.4142135623730951,
    "1/e": 0.36787944117144233, "max(1, 2)": 2.0, "2**-3": 0.125, "1/3": 1 / 3,
}  # fmt: skip


def test_numbers_may_be_formulas(capsys: pytest.CaptureFixture[str]) -> None:
    from actviz.cli import run

    assert run(["table", "identity", f"--at={','.join(NUMBERS)}"]) == 0
    rows = capsys.readouterr().out.split()[1:]
    assert [float(row.split(",")[0]) for row in rows] == list(NUMBERS.values())
    assert run(["table", "identity", "--range=-2*pi:sqrt(4)*pi", "--points", "2"]) == 0
    first, last = (row.split(",")[0] for row in capsys.readouterr().out.split()[1:])
    assert float(last) == -float(first) == 6.283185307179586


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("typed", ["x/2", "a", "pi/0", "1,5(", "0x10", "1_0", "relu(1)", "()"])
def test_what_is_no_number(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is not a number" in refused(["table", "relu", f"--range=0:{typed}"], capsys)
