"""The title of a figure: the name and the formulas of a curve, made to fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from actviz.catalogue.curve import Curve
from actviz.figure.canvas.called import unnamed, value_of
from actviz.figure.canvas.canvas import BETWEEN, EDGE, Canvas
from actviz.figure.canvas.fitting import fit_beside, fit_formula, fit_text
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import ASCENT, DESCENT, Label
from actviz.formula.expression import Apply, Name, X, free_names, rebuild
from actviz.formula.latex import cases_of, symbol, to_latex
from actviz.formula.parsing import parse
from actviz.formula.primitives import PRIMITIVES

Line = tuple[Label, ...]
PRIMES = ("", "\N{PRIME}", "\N{DOUBLE PRIME}", "\N{TRIPLE PRIME}", "⁽⁴⁾")
MOST_CASES = 3  # branches behind a brace
LEAST_SPACE = 0.02  # em: what two widths may differ by and count as one
AFTER_NAME = 12.0  # points between the name, the formula and what its parameters are
TALL, LEADING = 1.2, 6.0  # times as high as a line: what is; points between it and another
INDENT = 3.0  # points from the edge of what is drawn to the title


def function(order: int, name: str = "f", arguments: Sequence[str] = ("x",)) -> str:
    """f(x), f′(x), f″(x), f‴(x), f⁽⁴⁾(x) as mathematics.

    >>> function(1), function(4), function(0, arguments=("a", "b"))
    ('f′(x)', 'f^{(4)}(x)', 'f(a, b)')
    """
    primes = "^{(4)}" if order == 4 else PRIMES[order]
    return f"{name}{primes}({', '.join(arguments)})"


def function_in_words(order: int) -> str:
    """The same as plain text."""
    return f"f{PRIMES[order]}(x)"


def title_of(
    curve: Curve,
    orders: Sequence[int],
    colours: Sequence[str],
    width: float,
    label: Label,
    given: Sequence[str] = (),
    varied: Collection[str] = (),
) -> tuple[Line, ...]:
    """The name and the formula, and under them the formulas of derivatives in their colours.

    label: the look; width: the room in points; given: more to be said after the formula; varied:
    the parameters of which no value is said.
    """
    name = replace(label, text="" if unnamed(curve) else curve.label)
    taken = name.extent[0] + AFTER_NAME if name.text else 0.0
    formulas = [*_formulas(curve, varied), *given]
    braced = _braced(curve, label)
    lines: list[Line] = []
    for first in (*((braced,) if braced else ()), formulas[0]):
        beside = fit_beside([first, *formulas[1:]], width - taken, AFTER_NAME, label)
        if beside:
            lines = [(name, *beside) if name.text else tuple(beside)]
            break
    if not lines:
        lines = [*((line,) for line in fit_text(name.text, width, label))]
        below = braced and fit_beside([braced, *formulas[1:]], width, AFTER_NAME, label)
        if below:
            lines.append(tuple(below))
        else:
            formula = r",\quad ".join(formulas)
            lines += [(each,) for each in fit_formula(formula, _plain_formula(curve), width, label)]
    for order, colour in zip(orders, colours, strict=True):
        own = replace(label, colour=colour, size=label.size * 0.9)
        text = f"{function(order)} = {curve.activation.latex(order)}"
        plain = f"{function_in_words(order)} = {curve.activation.derivative_formula(order)}"
        lines += [(line,) for line in fit_formula(text, plain, width, own)]
    return tuple(lines)


def _braced(curve: Curve, label: Label) -> str:
    """f(x) = with the branches of a function behind a brace; "" if it has none, or many."""
    rows = cases_of(curve.activation.printed())
    if not 2 <= len(rows) <= MOST_CASES:
        return ""
    subject = function(0, arguments=[symbol(name) for name in curve.activation.arguments])
    said = [(v, rf"\mathrm{{if}}\;\;{held}" if held else r"\mathrm{otherwise}") for v, held in rows]
    values, holds = zip(*said, strict=True)
    lines = [
        rf"{value}{_space(value, values, label)}\quad {held}{_space(held, holds, label)}"
        for value, held in said
    ]
    *above, stacked = lines
    for line in reversed(above):
        stacked = rf"\genfrac{{}}{{}}{{0}}{{0}}{{{line}}}{{{stacked}}}"
    return rf"{subject.replace(' ', '')} = \left\{{{stacked}\right."


def _space(text: str, others: Sequence[str], label: Label) -> str:
    """What makes a text as wide as the widest of these."""
    widths = [replace(label, text=each, math=True).extent[0] for each in (text, *others)]
    em = replace(label, math=True).type_size
    lacking = (max(widths) - widths[0]) / em
    return rf"\hspace{{{lacking:.3f}}}" if lacking > LEAST_SPACE else ""


def _formulas(curve: Curve, varied: Collection[str]) -> list[str]:
    """f(x) = ... and what a primitive stands for, and then the values of the parameters."""
    activation = curve.activation
    name = "f_i" if activation.vector else "f"
    subject = function(0, name, arguments=[symbol(name) for name in activation.arguments])
    parts = [subject.replace(" ", ""), activation.latex(0)]
    match activation.printed():
        case Apply(head, (argument,)) if argument is X and _stands_for(head):
            definition = parse(_stands_for(head))
            parts.append(to_latex(rebuild(definition, {Name("u"): X})))
    free = free_names(activation.printed())
    values = [
        rf"{symbol(name)} = {value_of(value)}"
        for name, value in activation.parameters.items()
        if name in free and name not in varied
    ]
    return [each.replace(r"\frac", r"\dfrac") for each in (" = ".join(parts), *values)]


def _stands_for(head: str) -> str:
    """What a primitive is written out; "" for another function."""
    return PRIMITIVES[head].stands_for if head in PRIMITIVES else ""


def _plain_formula(curve: Curve) -> str:
    activation = curve.activation
    free = free_names(activation.printed())
    values = [f"{k} = {v:.5g}" for k, v in activation.parameters.items() if k in free]
    subject = function(0, arguments=activation.arguments)
    return ", ".join([f"{subject} = {activation.formula}", *values])


def room(width: float) -> float:
    """How much of the width of a sheet its title may take."""
    return width - 2 * (EDGE + INDENT)


def title_height(lines: Sequence[Line]) -> float:
    """How high these lines of a title are."""
    reach = sum(sum(max(each.extent[i] for each in line) for i in (1, 2)) for line in lines)
    return reach + sum(_after(lines, i) for i in range(len(lines)))


def _after(lines: Sequence[Line], i: int) -> float:
    """The points between a line and the next, more where a fraction stands there."""
    deep = any(each.extent[2] > TALL * DESCENT * each.type_size for each in lines[i])
    below = [each for line in lines[i + 1 : i + 2] for each in line]
    high = any(each.extent[1] > TALL * ASCENT * each.type_size for each in below)
    return LEADING if below and (deep or high) else 1.0


def write_title(canvas: Canvas, lines: Sequence[Line]) -> float:
    """Write the title's lines from the top; returns how far down they reach."""
    top = canvas.height - EDGE
    for i, line in enumerate(lines, 1):
        baseline = top - max(label.extent[1] for label in line)
        left = EDGE + INDENT
        for j, label in enumerate(line, 1):
            width, above, below = label.extent
            box = Box(left, baseline - below, left + width, baseline + above)
            after = f"title-{i}-{j - 1}" if j > 1 else ""
            canvas.write(label, box, f"title-{i}-{j}", after=after)
            left += width + AFTER_NAME
        top = baseline - max(label.extent[2] for label in line) - _after(lines, i - 1)
    return top - (BETWEEN if lines else 0.0)


def write_heading(canvas: Canvas, title: str, caption: str) -> float:
    """A title in words, and under it how to read the figure; returns how far down they reach."""
    look, width = canvas.look, room(canvas.width)
    lines = fit_text(title, width, canvas.label("", look.title_size)) if title else []
    lines += fit_text(caption, width, canvas.label("", look.tick_size))
    return write_title(canvas, [(line,) for line in lines])
