"""The oracle PyTorch: its own function under the name in the catalogue, and its autograd."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from actviz.catalogue.curve import Curve
from actviz.check.result import Result

NAME = "torch"
INSTALL = "pip install torch"


def installed() -> bool:
    """Whether torch can be imported; it is not imported."""
    return find_spec("torch") is not None


def check(curve: Curve, orders: tuple[int, ...]) -> Iterator[Result]:
    """The value and every order of a curve against PyTorch's."""
    from actviz.check import framework

    return framework.check(curve, orders, "torch")
