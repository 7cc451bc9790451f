"""Parts of sentences that say what a figure shows, for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

from actviz.catalogue.curve import Curve
from actviz.figure.canvas.ticks import number

ORDINALS = ("function", "first derivative", "second derivative", "third derivative",
            "fourth derivative")  # fmt: skip


def formula_of(curve: Curve) -> str:
    activation = curve.activation
    values = [f"{name} = {number(value, 6)}" for name, value in activation.parameters.items()]
    subject = f"f({', '.join(activation.arguments)})"
    name = "" if curve.label == "f" else f"{curve.label}, "
    return f"{name}{subject} = {activation.formula}" + (f" with {listed(values)}" if values else "")


def listed(parts: Sequence[str]) -> str:
    """The parts with commas and an "and".

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), *parts[-1:]])
