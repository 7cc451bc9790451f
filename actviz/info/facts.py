"""Everything about a curve: what is computed from its formula, and what the catalogue adds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from actviz.formula.expression import to_text, write_number
from actviz.formula.latex import to_latex
from actviz.info.atlas import deviations

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation
    from actviz.catalogue.curve import Curve
    from actviz.catalogue.entry import Entry
    from actviz.formula.breakpoints import Breakpoint
    from actviz.properties import Properties


SAME = 2.0**-40  # of their size: limits that differ less are one


@dataclass(frozen=True)
class Facts:
    """A curve and its properties, which only a function of one number has.

    nanoseconds: the measured time of one value, None if it was not asked for.
    """

    curve: Curve
    properties: Properties | None
    nanoseconds: float | None = None

    @property
    def activation(self) -> Activation:
        """The function of the curve."""
        return self.curve.activation


def facts(curve: Curve, measure: bool = False) -> Facts:
    """What is to be told of a curve; with measure the time of a value, too."""
    from actviz.properties import nanoseconds, properties

    activation = curve.activation
    found = properties(activation) if activation.elementwise else None
    return Facts(curve, found, nanoseconds(activation) if measure else None)


def record(found: Facts) -> dict[str, Any]:
    """The facts as numbers, texts, lists and dicts.

    Keys that do not apply (the breakpoints of softmax, the paper of a typed formula) are left out;
    a fact that is not known is None. "proved" tells of each fact whether it is proven.
    """
    activation = found.activation
    told: dict[str, Any] = {
        "name": activation.name,
        "label": found.curve.label,
        "formula": activation.formula,
        **_derivatives(activation),
        "latex": [to_latex(formula, cases=True) for formula in activation.formulas.values()],
        "parameters": dict(activation.parameters),
    }
    facts: dict[str, Any] = {}
    if found.properties is not None:
        from actviz.properties import plain

        facts = plain(found.properties)
        told = {**facts, **told, "breakpoints": breakpoints(found)}
    told["nanoseconds"] = found.nanoseconds
    if activation.entry is not None:
        told |= entry_facts(activation.entry, activation.parameters)
        told["deviations"] = [one.record() for one in deviations(activation)]
    kept = facts.keys() - {"nanoseconds", "breakpoints"}  # of those None says that it is not known
    return {k: v for k, v in told.items() if k in kept or v not in (None, "", [], {})}


def _derivatives(activation: Activation) -> dict[str, Any]:
    """The formulas of the derivatives: of a function of two numbers the partial ones, by name."""
    if activation.gated:
        return {
            "partial_derivatives": {n: to_text(activation.partial(n)) for n in activation.arguments}
        }
    return {
        "derivative": activation.derivative_formula(1),
        "second_derivative": activation.derivative_formula(2),
    }


def breakpoints(found: Facts) -> list[dict[str, Any]]:
    """The breakpoints of a curve, in order."""
    points = found.properties.breakpoints if found.properties else ()
    return [describe_breakpoint(found.activation, point) for point in points]


def entry_facts(entry: Entry, given: Mapping[str, float]) -> dict[str, Any]:
    """What the catalogue says beyond the formula; defaults are those that are not in effect."""
    changed = {n: v for n, v in entry.parameters.items() if given.get(n) != v}
    return {
        "defaults": changed,
        "domain": list(entry.domain),
        "aliases": list(entry.aliases),
        "parameter_aliases": dict(entry.parameter_aliases),
        "frameworks": {k: _call(v, given) for k, v in entry.frameworks.items()},
        "other_defaults": {name: dict(values) for name, values in entry.defaults.items()},
        "paper": entry.paper,
        "note": entry.note,
    }


def _call(template: str, parameters: Mapping[str, float]) -> str:
    """The framework's call with the values of the parameters in place of their names.

    >>> _call("torch.nn.functional.elu(alpha=alpha)", {"alpha": 0.5})
    'torch.nn.functional.elu(alpha=0.5)'
    """
    name = re.compile(r"(?<==)[A-Za-z_]\w*(?=[,)])")
    return name.sub(
        lambda m: write_number(parameters[m[0]]) if m[0] in parameters else m[0], template
    )


def describe_breakpoint(activation: Activation, point: Breakpoint) -> dict[str, Any]:
    """A breakpoint: what breaks there, the value and derivative taken, and the one-sided limits.

    The limits are those of the lowest order that breaks: of f at a jump, of f' at a kink.
    """
    import numpy as np

    from actviz.catalogue.values import sided

    at = np.array([point.x])
    if point.left is not None and point.right is not None:
        left, right = point.left, point.right
    else:
        left, right = (sided(activation, point.order, at, side)[0] for side in ("left", "right"))
    value, left, right = float(activation.value(point.x)), float(left), float(right)
    return {
        "x": point.x,
        "kind": _kind(point, value, left, right),
        "order": point.order,
        "value": value,
        "derivative": float(activation.derivative(point.x, 1)),
        "left": left,
        "right": right,
    }


def _kind(point: Breakpoint, value: float, left: float, right: float) -> str:
    """The name of what breaks: at a seam it is the second derivative or a higher one.

    A hole has no value and the same limit from both sides; what is wild has no limit that is known.
    """
    if point.pole:
        return "pole"
    if point.order == 0 and math.isnan(value):
        if math.isnan(left) and math.isnan(right):
            return "wild"
        if abs(left - right) <= SAME * max(abs(left), abs(right)):
            return "hole"
    return ("jump", "kink", "seam", "seam", "seam")[point.order]
