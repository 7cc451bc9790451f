"""The oracle PyTorch: its own function under the name in the catalogue, and its autograd."""

from __future__ import annotations

from collections.abc import Iterator

from actviz.catalogue.curve import Curve
from actviz.check import libraries
from actviz.check.result import Result

NAME = "torch"
INSTALL = "pip install torch"


def installed() -> bool:
    """Whether torch can be imported; it is not imported."""
    return libraries.installed(NAME)


def check(curve: Curve, orders: tuple[int, ...]) -> Iterator[Result]:
    """The value and every order of a curve against PyTorch's."""
    from actviz.check.oracles import frameworks

    return frameworks.check(curve, orders, "torch")
