"""What curves are called in a picture: names with the letters of their parameters, and formulas."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from actviz.catalogue.curve import Curve
from actviz.figure.canvas.fitting import LEAST_SHARE, SHRUNK, fit_line
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import MINUS, number
from actviz.formula.latex import symbol


class Called(NamedTuple):
    """A name: mathematics, or plain text with mathematics between dollar signs in it."""

    text: str
    math: bool = False

    @property
    def inline(self) -> str:
        """As a part of a plain text."""
        return f"${self.text}$" if self.math else self.text


class Names(NamedTuple):
    """What the curves of a picture are called.

    family: the one of which all curves are members, in its own words, if there is one; varied: the
    parameters that tell its members apart.
    """

    each: tuple[Called, ...]
    family: Curve | None = None
    varied: frozenset[str] = frozenset()


def unnamed(curve: Curve) -> bool:
    """Whether it is a formula that nobody has given a name."""
    return curve.activation.entry is None and curve.base.rstrip("0123456789") == "f"


def names_of(curves: Sequence[Curve], said: bool) -> Names:
    """What these are called together; said: whether it is said elsewhere what family it is."""
    one = len(curves) > 1 and said and all(each.given for each in curves)
    if one and len({(each.base, each.activation.name) for each in curves}) == 1:
        values = [dict(each.given) for each in curves]
        varied = frozenset(
            n for v in values for n in v if len({other.get(n) for other in values}) > 1
        )
        if all(varied <= v.keys() for v in values):
            each = tuple(Called(_written(v, varied), math=True) for v in values)
            return Names(each, replace(curves[0], label=curves[0].base), varied)
    return Names(tuple(map(called, curves)))


def called(curve: Curve) -> Called:
    """What a curve is called beside any others.

    >>> from actviz.catalogue.curve import parse_curves
    >>> [called(each).inline for each in parse_curves(["relu", "elu:alpha=2", "x**2"])]
    ['relu', 'elu, $\\\\alpha = \\\\mathrm{2}$', '$x^{2}$']
    """
    values = _written(dict(curve.given))
    if unnamed(curve):
        formula = curve.activation.latex(0).replace(r"\frac", r"\dfrac")
        return Called(", ".join(filter(None, (formula, values))), math=True)
    name = curve.base.replace("$", r"\$")
    return Called(f"{name}, ${values}$" if values else name)


def one_line(curve: Curve, name: Called, width: float, label: Label) -> Label:
    """A name on one line no wider than that: smaller if it must be, and in the end shortened."""
    for share in (*SHRUNK, LEAST_SHARE):
        sized = replace(label, text=name.text, math=name.math, size=label.size * share)
        if sized.extent[0] <= width:
            return sized
    text = curve.activation.formula if unnamed(curve) else curve.label
    return fit_line(text, width, replace(label, size=label.size * SHRUNK[-1]))


def _written(values: dict[str, float], only: Collection[str] | None = None) -> str:
    """Parameters by their letters, as mathematics."""
    told = [name for name in values if only is None or name in only]
    return r",\;".join(rf"{symbol(name)} = {value_of(values[name])}" for name in told)


def value_of(given: float) -> str:
    """A parameter's value in mathematics, its digits upright."""
    return rf"\mathrm{{{number(given, 5)}}}".replace(MINUS, "-")
