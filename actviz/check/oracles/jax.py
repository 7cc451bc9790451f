"""The oracle JAX: its own function under the name in the catalogue, and its autograd."""

from __future__ import annotations

from collections.abc import Iterator

from actviz.catalogue.curve import Curve
from actviz.check import libraries
from actviz.check.result import Result

NAME = "jax"
INSTALL = "pip install jax"


def installed() -> bool:
    """Whether jax can be imported; it is not imported."""
    return libraries.installed(NAME)


def check(curve: Curve, orders: tuple[int, ...]) -> Iterator[Result]:
    """The value and every order of a curve against JAX's."""
    from actviz.check.oracles import frameworks

    return frameworks.check(curve, orders, "jax")
