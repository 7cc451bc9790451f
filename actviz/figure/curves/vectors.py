"""Functions of a vector: their components as one logit runs, or one vector as points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.errors import UsageError
from actviz.figure.canvas import theme
from actviz.figure.canvas.fitting import fit_formula
from actviz.figure.canvas.frame import Frame
from actviz.figure.canvas.scene import Scene, Size
from actviz.figure.canvas.ticks import number
from actviz.figure.canvas.title import PRIMES, Line
from actviz.figure.curves.framing import by_order, scaled, scanned, stacked, title_room, titled
from actviz.figure.curves.layout import SINGLE, Sheet
from actviz.figure.curves.traces import Plan, Trace
from actviz.formula.expression import Name, X, rebuild
from actviz.formula.latex import to_latex
from actviz.sampling import Scan

FIXED = (0.0, 1.0)  # the other logits of a function of a vector
FIRST = "x_1"  # the logit that runs


def components(scene: Scene) -> Sheet:
    """The components as the first logit runs over the range and the others stay."""
    [curve] = scene.curves
    fixed = scene.options.fixed or FIXED
    slices = [curve.activation.slice(fixed, i) for i in range(len(fixed) + 1)]
    if len({each.definition for each in slices}) == 1:
        slices = slices[:1]
    elif len(slices) > theme.MOST_CURVES:
        raise UsageError(f"at most {theme.MOST_CURVES - 1} fixed logits can be told apart.")
    size = stacked(scene)
    plans = []
    for order in scene.orders:
        scans = [scanned(scene, replace(curve, activation=each), order, size) for each in slices]
        traces = tuple(
            Trace(
                each, _component(i, len(slices)), scene.look.curves[i], scene.look.dashes[i],
                scene.look.weighted(i), f"curve-{i}-{order}", math=True, named=len(slices) > 1,
                told=f"component {i + 1}{PRIMES[order]}",
            )
            for i, each in enumerate(scans)
        )  # fmt: skip
        ylabel = _by_first(order).replace("f", "f_i" if len(slices) > 1 else "f")
        plans.append(Plan(traces, _frame_of_vector(scene, scans, ylabel, "x_1")))
    title = titled(scene, size, curve, fixed_logits(fixed))
    if scene.options.formula and scene.options.title is None:
        title = (*title, *_formulas(scene, slices, size))
    return Sheet(size, title, tuple(plans), strict_names=True)


def fixed_logits(fixed: Sequence[float]) -> list[str]:
    """What stays as the first logit runs, as mathematics."""
    return [rf"x_{i} = \mathrm{{{number(value)}}}" for i, value in enumerate(fixed, 2)]


def first_component(curve: Curve, fixed: Sequence[float]) -> Curve:
    """A function of a vector as that of its first logit; any other as it is."""
    if not curve.activation.vector:
        return curve
    return replace(curve, activation=curve.activation.slice(fixed, 0))


def _formulas(scene: Scene, slices: Sequence[Activation], size: Size) -> Iterator[Line]:
    """The formulas of what is drawn of derivatives, each in the colour of its component."""
    width = title_room(scene, size)
    for order in (order for order in scene.orders if order):
        for i, each in enumerate(slices):
            look = scene.title_look
            look = replace(look, colour=scene.look.curves[i], size=look.size * 0.9)
            power = f"^{order}" if order > 1 else ""
            name = _component(i, len(slices))
            subject = rf"\frac{{\partial{power} {name}}}{{\partial {FIRST}{power}}}"
            tree = to_latex(rebuild(each.tree(order), {X: Name(FIRST)}))
            plain = f"{name}{PRIMES[order]}(x) = {each.derivative_formula(order)}"
            for line in fit_formula(f"{subject} = {tree}", plain, width, look):
                yield (line,)


def _by_first(order: int) -> str:
    """The derivative of f by the first logit."""
    power = f"^{order}" if order > 1 else ""
    return rf"\partial{power} f\,/\,\partial x_1{power}" if order else "f"


def _component(i: int, count: int) -> str:
    return f"f_{i + 1}" if count > 1 else "f"


def _frame_of_vector(scene: Scene, scans: list[Scan], ylabel: str, xlabel: str) -> Frame:
    ylim, scale = scaled(scene, scans)
    pi = scene.options.ticks == "pi"
    return Frame((scene.lo, scene.hi), ylim, ylabel, xlabel=xlabel, scale=scale, pi=pi)


def points(scene: Scene) -> Sheet:
    """The range as one vector: a point for each of its components."""
    [curve], options = scene.curves, scene.options
    x = np.linspace(scene.lo, scene.hi, options.points)
    traces = []
    for order in scene.orders:
        y = np.broadcast_to(curve.activation.derivative(x, order), x.shape)
        each = Scan(curve, order, scene.lo, scene.hi, 0.0, given=(x, y))
        drawn = by_order(each, scene, named=len(scene.orders) > 1)
        label = "f_i" if order == 0 else r"\partial f_i\,/\,\partial x_i"
        traces.append(replace(drawn, label=label, points=True, told=drawn.label))
    ylabel = "y" if len(traces) > 1 else traces[0].label
    scans = [trace.scan for trace in traces]
    plan = Plan(tuple(traces), _frame_of_vector(scene, scans, ylabel, "x_i"))
    title = titled(scene, SINGLE, curve, [rf"n = {options.points}"])
    return Sheet(SINGLE, title, (plan,))
