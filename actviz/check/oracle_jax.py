"""The oracle jax: the framework's own function and its autograd."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from actviz.check.result import Result
from actviz.curve import Curve

NAME = "jax"
INSTALL = "pip install jax"


def installed() -> bool:
    return find_spec("jax") is not None


def check(curve: Curve, orders: tuple[int, ...]) -> Iterator[Result]:
    yield Result(curve.label, 0, NAME, "not run", "not-applicable", message="not yet compared")
