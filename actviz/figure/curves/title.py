"""The title of a figure: the name and the formulas of a curve, made to fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap

from actviz.catalogue.curve import Curve
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import MINUS, number
from actviz.formula.expression import Apply, Name, X, free_names, rebuild
from actviz.formula.latex import symbol, to_latex
from actviz.formula.parsing import parse
from actviz.formula.primitives import PRIMITIVES

Line = tuple[Label, ...]
PRIMES = ("", "\N{PRIME}", "\N{DOUBLE PRIME}", "\N{TRIPLE PRIME}", "\N{QUADRUPLE PRIME}")
AFTER_NAME = 12.0  # points between the name and the formula
SHRUNK = (1.0, 0.9, 0.8)  # of the size: what is tried before a formula is wrapped
SMALLEST = 0.72
MOST_LINES = 3


def function(order: int, name: str = "f", arguments: Sequence[str] = ("x",)) -> str:
    """f(x), f′(x), f″(x) ...

    >>> function(1), function(0, arguments=("a", "b"))
    ('f′(x)', 'f(a, b)')
    """
    return f"{name}{PRIMES[order]}({', '.join(arguments)})"


def title_of(
    curve: Curve,
    orders: Sequence[int],
    colours: Sequence[str],
    width: float,
    label: Label,
    given: Sequence[str] = (),
) -> tuple[Line, ...]:
    """The name and the formula, and under them the formulas of derivatives in their colours.

    label: the look; width: the room in points; given: more to be said after the formula.
    """
    unnamed = curve.activation.entry is None and curve.label.rstrip("0123456789") == "f"
    name = replace(label, text="" if unnamed else curve.label)
    taken = name.extent[0] + AFTER_NAME if name.text else 0.0
    formula = r",\quad ".join([_formula(curve), *given])
    beside = _first_fit(formula, width - taken, label, SHRUNK[:2])
    if beside:
        lines: list[Line] = [(name, beside) if name.text else (beside,)]
    else:
        lines = [(line,) for line in fit_formula(formula, _plain_formula(curve), width, label)]
        lines = [*((line,) for line in fit_text(name.text, width, label)), *lines]
    for order, colour in zip(orders, colours, strict=True):
        own = replace(label, colour=colour, size=label.size * 0.9)
        text = f"{function(order)} = {curve.activation.latex(order)}"
        plain = f"{function(order)} = {curve.activation.derivative_formula(order)}"
        lines += [(line,) for line in fit_formula(text, plain, width, own)]
    return tuple(lines)


def fit_formula(formula: str, plain: str, width: float, label: Label) -> list[Label]:
    """A formula in mathtext as lines no wider than width.

    It shrinks a little, then wraps between its parts, and in the end stands as plain text.
    """
    formula = formula.replace(r"\frac", r"\dfrac")
    whole = _first_fit(formula, width, label, SHRUNK)
    if whole:
        return [whole]
    for share in (SHRUNK[1], SHRUNK[2], SMALLEST):
        look = replace(label, size=label.size * share, math=True)
        lines = [replace(look, text=part) for part in _wrapped(look, formula, width)]
        if lines and len(lines) <= MOST_LINES:
            return lines
    return fit_text(plain, width, label)


def fit_text(text: str, width: float, label: Label) -> list[Label]:
    """Plain text as lines no wider than width, shortened if it must be."""
    lines: list[Label] = []
    for share in (1.0, 0.85, SMALLEST):
        look = replace(label, size=label.size * share, math=False)
        for characters in range(max(len(text), 1), 0, -1):
            lines = [replace(look, text=part) for part in wrap(text, characters)]
            if all(_fits(line, width) for line in lines):
                break
        if len(lines) <= MOST_LINES:
            return lines
    last = lines[MOST_LINES - 1]
    return [*lines[: MOST_LINES - 1], replace(last, text=last.text[:-1] + "…")]


def _formula(curve: Curve) -> str:
    """f(x) = ..., what a primitive stands for, and the values of the parameters."""
    activation = curve.activation
    subject = function(0, arguments=[symbol(name) for name in activation.arguments])
    parts = [subject.replace(" ", ""), activation.latex(0)]
    match activation.tree(0):
        case Apply(head, (argument,)) if argument is X and PRIMITIVES[head].definition:
            definition = parse(PRIMITIVES[head].definition)
            parts.append(to_latex(rebuild(definition, {Name("u"): X})))
    free = free_names(activation.definition)
    values = [
        rf"{symbol(name)} = {_value(value)}"
        for name, value in activation.parameters.items()
        if name in free
    ]
    return r",\quad ".join([" = ".join(parts), *values]).replace(r"\frac", r"\dfrac")


def _value(value: float) -> str:
    return rf"\mathrm{{{number(value, 5)}}}".replace(MINUS, "-")


def _plain_formula(curve: Curve) -> str:
    activation = curve.activation
    free = free_names(activation.definition)
    values = [f"{k} = {v:.5g}" for k, v in activation.parameters.items() if k in free]
    subject = function(0, arguments=activation.arguments)
    return ", ".join([f"{subject} = {activation.formula}", *values])


def _first_fit(formula: str, width: float, label: Label, shares: Sequence[float]) -> Label | None:
    """The formula on one line at the first of these sizes that fits."""
    sized = (replace(label, text=formula, size=label.size * s, math=True) for s in shares)
    return next((line for line in sized if _fits(line, width)), None)


def _fits(label: Label, width: float) -> bool:
    try:
        return label.extent[0] <= width
    except ValueError:  # mathtext does not know something in the formula
        return False


def _wrapped(look: Label, text: str, width: float) -> list[str]:
    """The formula broken between its parts, each line as long as fits; [] if a part is too long."""
    lines: list[str] = []
    rest = text
    while rest:
        places = [i for i in _breaks(rest) if _fits(replace(look, text=rest[:i]), width)]
        if not places:
            return []
        lines.append(rest[: places[-1]])
        rest = rest[places[-1] :].removeprefix(r"\;").removeprefix(r"\quad").strip()
    return lines


def _breaks(text: str) -> list[int]:
    """Where a formula may be broken: at an outer sum, condition or comma, and at its end."""
    depth, places, i = 0, [], 0
    while i < len(text):
        if text[i] in "{([":
            depth += 1
        elif text[i] in "})]":
            depth -= 1
        elif depth == 0 and text.startswith((r"\;\mathrm", r"\quad", " + ", " - "), i):
            places.append(i)
        i += 2 if text[i] == "\\" else 1
    return [*places, len(text)]
