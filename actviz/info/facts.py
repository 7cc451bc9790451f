"""Everything about a curve as data: from its formula, and from its entry in the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from actviz.expression import write_number
from actviz.info.extent import WIDEST, extent

if TYPE_CHECKING:
    from actviz.activation import Activation
    from actviz.breakpoints import Breakpoint
    from actviz.curve import Curve
    from actviz.entry import Entry

Facts = dict[str, Any]

MANY = 24  # breakpoints; if there are more up to WIDEST, as of sign(sin(x)), those near 0 do
NEAREST = 10.0


def facts(curve: Curve) -> Facts:
    """Everything about a curve, as numbers, texts, lists and dicts.

    Keys that do not apply (the breakpoints of softmax, the paper of a typed formula) are left out.
    """
    activation = curve.activation
    found: Facts = {
        "name": activation.name,
        "label": curve.label,
        "formula": activation.formula,
        "derivative": activation.derivative_formula(1),
        "second_derivative": activation.derivative_formula(2),
        "latex": [activation.latex(order, cases=True) for order in range(3)],
        "parameters": dict(activation.parameters),
    }
    if not activation.vector:
        reach, breakpoints = find_breakpoints(activation)
        found["range"] = extent(activation, 0, breakpoints)
        found["derivative_range"] = extent(activation, 1, breakpoints)
        found["limits"] = {"-inf": activation.limit(0, -1), "inf": activation.limit(0, 1)}
        found["breakpoints"] = [describe_breakpoint(activation, b) for b in breakpoints]
        found["breakpoints_within"] = reach if breakpoints else None
    if activation.entry is not None:
        found |= entry_facts(activation.entry, activation.parameters)
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def find_breakpoints(activation: Activation) -> tuple[float, tuple[Breakpoint, ...]]:
    """The breakpoints from -reach to reach, and the reach: the widest with at most MANY."""
    found = NEAREST, activation.breakpoints(-NEAREST, NEAREST)
    for reach in (100.0, WIDEST):
        wider = activation.breakpoints(-reach, reach)
        if len(wider) > MANY:
            return found
        found = reach, wider
    return found


def entry_facts(entry: Entry, given: Mapping[str, float]) -> Facts:
    """What the catalogue says beyond the formula."""
    changed = {n: v for n, v in entry.parameters.items() if given.get(n) != v}
    return {
        "defaults": changed,
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


def describe_breakpoint(activation: Activation, point: Breakpoint) -> Facts:
    """A breakpoint: what breaks there, the value and derivative taken, and the one-sided limits.

    The limits are those of the lowest order that breaks: of f at a jump, of f' at a kink.
    """
    left = activation.derivative(point.x, point.order, side="left")
    right = activation.derivative(point.x, point.order, side="right")
    return {
        "x": point.x,
        "kind": _kind(point),
        "order": point.order,
        "value": float(activation.value(point.x)),
        "derivative": float(activation.derivative(point.x, 1)),
        "left": float(left),
        "right": float(right),
    }


def _kind(point: Breakpoint) -> str:
    """The name of what breaks: a seam is smooth to the eye, its second derivative jumps or a
    higher one."""
    if point.pole:
        return "pole"
    return ("jump", "kink", "seam", "seam", "seam")[point.order]
