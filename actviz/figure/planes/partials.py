"""Partial derivatives of functions of two variables: their surfaces, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.figure.planes.contours import Function, Surface
from actviz.figure.planes.shading import Map
from actviz.formula.breaks import stepping, switching
from actviz.formula.expression import Apply, Name, Node
from actviz.formula.latex import symbol
from actviz.formula.switches import factors

Wrt = tuple[str, ...]  # the variables a partial derivative is by


def map_of(curve: Curve, wrt: Wrt, lo: float, hi: float, cells: int) -> Map:
    """The partial derivative by these variables over [lo, hi], on so many cells to a side."""
    return Map(surface_of(curve.activation, wrt, lo, hi), cells)


def surface_of(activation: Activation, wrt: Wrt, lo: float, hi: float) -> Surface:
    """The partial derivative as numbers, and where it switches and is 0 as its formula tells."""
    formula = activation.partial(*wrt)
    nodes = [factor for part in switching(formula) for factor in factors(part)]
    nodes += [_wave(part) for part in stepping(formula)]
    return Surface(
        lambda a, b: np.asarray(activation.at(a, b, wrt), dtype=np.float64),
        _functions(activation, nodes),
        _functions(activation, list(factors(formula))),
        lo,
        hi,
    )


def _wave(node: Node) -> Node:
    """What is 0 where a formula is a whole number."""
    return Apply("sin", (Apply("*", (Name("pi"), node)),))


def _functions(activation: Activation, formulas: Sequence[Node]) -> tuple[Function, ...]:
    """Formulas in the variables and parameters of an activation, as functions of two arrays."""
    made = (
        replace(activation, definition=formula, stable=None, first_derivative=None)
        for formula in dict.fromkeys(formulas)
    )
    return tuple(each.at for each in made)


def difference(surface: Surface, other: Surface) -> Surface:
    return replace(
        surface,
        value=lambda a, b: surface.value(a, b) - other.value(a, b),
        switches=(*surface.switches, *other.switches),
        factors=(*surface.factors, *other.factors),  # 0 with both, or nothing happens there
    )


def partial_name(wrt: Wrt) -> str:
    r"""What a partial derivative is called, in mathtext.

    >>> partial_name(()), partial_name(("a",))
    ('f', '\\partial f\\,/\\,\\partial a')
    >>> partial_name(("a", "b")), partial_name(("a", "a"))
    ('\\partial^2 f\\,/\\,\\partial a\\,\\partial b', '\\partial^2 f\\,/\\,\\partial a^2')
    """
    if not wrt:
        return "f"
    power = f"^{len(wrt)}" if len(wrt) > 1 else ""
    below = [
        rf"\partial {symbol(name)}" + (f"^{wrt.count(name)}" if wrt.count(name) > 1 else "")
        for name in dict.fromkeys(wrt)
    ]
    return rf"\partial{power} f\,/\," + r"\,".join(below)


def partial_text(wrt: Sequence[str]) -> str:
    """What a partial derivative is called.

    >>> partial_text(()), partial_text(("a",)), partial_text(("a", "b")), partial_text(("b", "b"))
    ('f', '∂f/∂a', '∂²f/∂a∂b', '∂²f/∂b²')
    """
    if not wrt:
        return "f"
    if len(wrt) == 1:
        return f"∂f/∂{wrt[0]}"
    below = f"∂{wrt[0]}²" if wrt[0] == wrt[1] else f"∂{wrt[0]}∂{wrt[1]}"
    return f"∂²f/{below}"
