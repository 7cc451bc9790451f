"""Which functions `list` finds, by words, by what they are like, and in which order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from refused import refused

import actviz
from actviz.catalogue.lookup import load
from actviz.cli import run
from actviz.info import conditions, selected, sorted_by
from actviz.properties import Properties

OWN = """
[steep]
formula = "3*x + sin(x)"
[hump]
formula = "exp(-x**2)"
[bent]
formula = "max(x, 0.5*x)"
[wall]
formula = "where(x > 0, 1, 0)"
[pair]
formula = "a*b"
arguments = ["a", "b"]
"""
NAMES = ("steep", "hump", "bent", "wall", "pair")
# conditions: those of the above that meet them
MET = {
    "monotone": {"steep", "bent", "wall"},
    "increasing": {"steep", "bent", "wall"},
    "decreasing": set(),
    "not monotone": {"hump"},
    "odd": {"steep"},
    "even": {"hump"},
    "convex": {"bent"},
    "not convex": {"steep", "hump", "wall"},
    "bounded": {"hump", "wall"},
    "smooth": {"steep", "hump"},
    "not smooth, monotone": {"bent", "wall"},
    "saturating": {"hump", "wall"},
    "lipschitz": {"steep", "hump", "bent"},
    "lipschitz < 2": {"hump", "bent"},
    "lipschitz = 4": {"steep"},
    "lipschitz >= 1": {"steep", "bent", "wall"},
    "range_upper <= 1, range_lower >= 0": {"hump", "wall"},
    "range_upper > 1e300": {"steep", "bent"},
    "range_lower > -inf": {"hump", "wall"},
    "gain < 1/2": {"steep"},  # one over the root of the mean of (3*z + sin(z))**2, over 9
}


@pytest.fixture
def own() -> Path:
    path = Path("own.toml")
    path.write_text(OWN)
    return path


pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.mark.parametrize("asked", MET)
def test_conditions(own: Path, asked: str) -> None:
    entries = [load([own]).entries[name] for name in NAMES]
    found, unknown = selected(entries, conditions(asked))
    assert {entry.name for entry in found} == MET[asked]
    assert unknown == []


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "softplus", "gaussian", "hardtanh"])
def test_conditions_agree_with_values(name: str) -> None:
    function, x = actviz.get(name), np.arange(-800, 801) / 100
    y, entry = function(x), load().entries[name]

    def met(asked: str) -> bool:
        return bool(selected([entry], conditions(asked))[0])

    assert met("monotone") == bool((np.diff(y) >= 0).all() or (np.diff(y) <= 0).all())
    assert met("odd") == np.array_equal(y, -y[::-1])
    assert met("even") == np.array_equal(y, y[::-1])
    assert met("bounded") == bool(np.abs(function(np.array([-1e9, 1e9]))).max() < 10)


def test_what_is_not_proven_is_told(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What nobody knows is neither found nor passed over in silence."""
    command = ["list", "--catalogue", str(own), "--names", "steep", "--where", "odd, lipschitz < 9"]
    assert run(command) == 0
    assert capsys.readouterr() == ("steep\n", "")
    monkeypatch.setattr(Properties, "proved_of", lambda self, name: name == "parity")
    assert run(command) == 2
    message = capsys.readouterr().err
    assert message.startswith("Not known of 1: steep\n") and "Nothing in the catalogue" in message


def test_words_are_looked_for_in_papers_and_notes(capsys: pytest.CaptureFixture[str]) -> None:
    for words, first in (
        (["Hendrycks", "gelu_tanh"], "gelu_tanh"), (["relu"], "relu"), (["elu"], "elu"),
        (["Leaky-ReLU"], "leaky_relu"), (["gelu"], "gelu"), (["Misra"], "mish"),
    ):  # fmt: skip
        assert run(["list", *words, "--names"]) == 0
        names = capsys.readouterr().out.split()
        assert names[0] == first and len(set(names)) == len(names)
    assert run(["list", "1606.08415", "--names"]) == 0
    assert {"gelu", "gelu_tanh", "quick_gelu"} <= set(capsys.readouterr().out.split())


def test_the_order_of_a_column(own: Path) -> None:
    entries = [load([own]).entries[name] for name in NAMES]
    for column, wanted in (
        ("lipschitz", ["hump", "bent", "steep", "wall", "pair"]),
        ("-lipschitz", ["wall", "steep", "bent", "hump", "pair"]),
        ("name", ["bent", "hump", "pair", "steep", "wall"]),
    ):
        assert [entry.name for entry in sorted_by(entries, column)] == wanted


REFUSED = {
    "--where=nice": "'nice' is no condition",
    "--where=smoth": "Did you mean smooth?",
    "--where=gian < 1": "There is no number 'gian' to compare. Did you mean gain?",
    "--where=gain < a": "'a' in 'gain < a' is not a number",
    "--where=monotone,": "'' is no condition",
    "--sort=gian": "Did you mean gain?",
    "--sort=range": "--sort takes a column of numbers or words, not 'range'",
}


@pytest.mark.parametrize("option", REFUSED)
def test_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert REFUSED[option] in refused(["list", "elu", option], capsys)
