"""Names of frameworks mean what they mean there, with the defaults that they have there."""

from __future__ import annotations

import pytest

import actviz
from actviz.errors import UsageError

E1, E2 = 0.36787944117144233, 0.1353352832366127  # exp(-1), exp(-2)
# a framework's name: its value at -1, or of two halves at (1, 2), as its documentation has it
AT_HOME = {
    "keras:leaky_relu": -0.2,
    "keras:LeakyReLU": -0.3,
    "keras.layers.LeakyReLU": -0.3,
    "tf:leaky_relu": -0.2,
    "torch:leaky_relu": -0.01,
    "nn.LeakyReLU": -0.01,
    "torch.nn.functional.leaky_relu": -0.01,
    "pytorch:elu": E1 - 1,
    "F.elu": E1 - 1,
    "flax:elu": E1 - 1,
    "flax:PReLU": -0.01,
    "keras:PReLU": 0.0,
    "hf:gelu_new": -0.15880800939172324,
    "jax.nn.gelu": -0.15880800939172324,
    "jax:gelu": -0.15880800939172324,
    "torch:gelu": -0.15865525393145707,
    "tfa:lisht": 0.7615941559557649,
    "paddle:swiglu": 2 / (1 + E1),
    "swiglu": 2 / (1 + E2),
}


@pytest.mark.parametrize("name", AT_HOME)
def test_names_mean_what_they_mean_at_home(name: str) -> None:
    function = actviz.get(name)
    got = function.at(1.0, 2.0) if function.gated else function(-1.0)
    assert got == pytest.approx(AT_HOME[name], rel=4e-16, abs=0)


@pytest.mark.parametrize("name", ["nosuch:relu", "nosuch.relu", "torch:nosuch", "torch.nosuch"])
def test_what_no_framework_has_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        actviz.get(name)
    said = "There is no framework 'nosuch'" if name[0] == "n" else "torch has no function 'nosuch'"
    assert said in str(caught.value)
