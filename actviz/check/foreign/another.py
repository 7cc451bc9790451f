"""Code that computes another function: one of the catalogue, or this one with other numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from actviz.catalogue.lookup import activation_of
from actviz.check import points
from actviz.check.claim import sides
from actviz.check.foreign.case import Case
from actviz.formula.arrays import Array
from actviz.formula.derivative import differentiate
from actviz.formula.evaluate import CONSTANTS, evaluate
from actviz.formula.expression import Apply, Name, Node, Number, to_text, walk, write_number

FITTED_POINTS = 60  # points that a constant is fitted at,
FITTING_STEPS = 12  # and how often it is improved
DIGITS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 17)  # of a number that somebody wrote, the fewest first
SAME = 1e-12  # so near are the values of one function
MOST_PLACES = 6  # of a number in a formula that are tried one by one
FITTED = "fitted"  # a name that no formula has


def another_side(case: Case) -> str | None:
    """Wrong at jumps alone, where the value is that of the other side."""
    jumps = case.failing.x
    if case.order or not np.isin(jumps, points.switches_of(case.activation)).all():
        return None
    for x, got in zip(jumps.tolist(), case.failing.got.tolist(), strict=True):
        either = np.array(sides(case.activation, 0, x))
        if not (np.abs(got - either) <= case.found.within.at(either, np.zeros(2))).any():
            return None
    places = " and ".join(f"x = {x:.6g}" for x in jumps.tolist())
    return f"at the jump {places} it has the value of the other side, as with >= in place of >"


def another_function(case: Case) -> str | None:
    """The numbers are those of another entry of the catalogue, and of no other."""
    if not case.really_different:
        return None
    found = dict[str, Array]()
    for name, entry in case.catalogue.entries.items():
        other = activation_of(entry)
        if not other.elementwise or other.definition is case.activation.definition:
            continue
        numbers = np.asarray(other.derivative(case.centre.x, case.order))
        if case.matches(numbers) and not any(_same(numbers, each) for each in found.values()):
            found[name] = numbers
            if not case.short:
                break
    return (
        f"it matches {next(iter(found))}, not {case.activation.name}" if len(found) == 1 else None
    )


def _same(one: Array, two: Array) -> bool:
    """Whether two entries are one function, for these parameters."""
    return bool(np.allclose(one, two, SAME, SAME, equal_nan=True))


def another_order(case: Case) -> str | None:
    """A derivative that is the value, or the reverse sign."""
    if not case.really_different:
        return None
    if case.order and not case.found.got.any():
        return "it is 0 everywhere, as if cut off from x by no_grad, detach or numpy"
    if case.matches(-case.true(case.centre.x)):
        return "its sign is reversed"
    for order, what in ((0, "the function itself"), (1, "the derivative"), (2, "f''")):
        numbers = np.asarray(case.activation.derivative(case.centre.x, order))
        if order != case.order and case.matches(numbers):
            return f"it is {what}" + (", not its derivative" if case.order else "")
    return None


def another_parameter(case: Case) -> str | None:
    """Parameters of other values: one, or all at once."""
    if not case.really_different:
        return None
    node, given = case.activation.numeric_tree(case.order), dict(case.activation.parameters)
    tried = [(name,) for name in given] + ([tuple(given)] if len(given) > 1 else [])
    for names in tried:
        if fitted := _fitted(case, node, names, given):
            told = [f"{name} = {write_number(value)}" for name, value in fitted.items()]
            meant = [f"{name} = {write_number(given[name])}" for name in fitted]
            if len(fitted) == 1:
                return f"it looks like {told[0]}, not {write_number(given[names[0]])}"
            return f"it looks like {' and '.join(told)}, not {' and '.join(meant)}"
    return None


def another_constant(case: Case) -> str | None:
    """A constant of the formula of another value, everywhere or in one place.

    Of several that would explain the numbers it is the one that is written with fewest digits.
    """
    if not case.really_different:
        return None
    node, told = case.activation.tree(case.order), list[str]()
    for constant in _constants(node):
        value = float(evaluate(constant, np.zeros(1), {})[0])
        parameters = {**case.activation.parameters, FITTED: value}
        for varied, where in _varied(node, constant):
            if fitted := _fitted(case, varied, (FITTED,), parameters):
                told.append(f"{write_number(fitted[FITTED])} in place of {_written_out(constant)}")
                told[-1] += f" in the formula{where}"
    return min((f"it looks like {each}" for each in told), key=_digits, default=None)


def _constants(node: Node) -> list[Node]:
    """The numbers of a formula, the longest first, and what is worked out from numbers alone."""
    numbers = {part for part in walk(node) if isinstance(part, Number)}
    varying = (part for part in walk(node) if isinstance(part, Apply) and _varies(part))
    inside = (each for part in varying for each in part.arguments)
    worked_out = (each for each in inside if isinstance(each, Apply) and not _varies(each))
    longest = sorted(numbers, key=lambda number: -len(repr(number.value)))
    return [*longest, *dict.fromkeys(worked_out)]


def _varies(node: Node) -> bool:
    """Whether a part of a formula is made of more than constants."""
    return any(isinstance(part, Name) and part.id not in CONSTANTS for part in walk(node))


def _written_out(constant: Node) -> str:
    text = to_text(constant)
    value = float(evaluate(constant, np.zeros(1), {})[0])
    return text if isinstance(constant, Number) else f"{text} = {write_number(value)}"


def _digits(sentence: str) -> int:
    """How long the number is that a sentence begins with."""
    return len(sentence.split(" in place of ")[0])


def constant_factor(case: Case) -> str | None:
    """The function times a number."""
    centre = case.centre
    with np.errstate(all="ignore"):
        ratios = centre.got / centre.expected
    large = np.isfinite(ratios) & (np.abs(centre.expected) > 4 * case.rounding)
    if case.matches(centre.expected) or np.count_nonzero(large) < FITTED_POINTS:
        return None
    factor = float(np.median(ratios[large]))
    for short in _shortened(factor):
        if short and case.matches(short * centre.expected):
            return f"it is {write_number(short)} times what it should be"
    return None


def _varied(node: Node, number: Node) -> Iterator[tuple[Node, str]]:
    """The formula with a name for a constant, everywhere and in each place of several."""
    count = _count(node, number)
    yield _replaced(node, number, range(count)), ""
    for place in range(count if 1 < count <= MOST_PLACES else 0):
        yield _replaced(node, number, [place]), f" in one of {count} places"


def _count(node: Node, number: Node) -> int:
    """How often a constant is written in a formula."""
    if isinstance(node, Apply) and node != number:
        return sum(_count(each, number) for each in node.arguments)
    return int(node == number)


def _replaced(node: Node, number: Node, places: Sequence[int]) -> Node:
    """The formula with a name in these of the places at which the constant is written."""
    before = 0

    def at(part: Node) -> Node:
        nonlocal before
        if part != number:
            if isinstance(part, Apply):
                return Apply(part.head, tuple(at(each) for each in part.arguments))
            return part
        before += 1
        return Name(FITTED) if before - 1 in places else part

    return at(node)


def _fitted(
    case: Case, node: Node, names: Sequence[str], parameters: Mapping[str, float]
) -> dict[str, float] | None:
    """Values of names with which the formula gives the code's numbers, by Gauss and Newton."""
    step = max(1, case.centre.x.size // FITTED_POINTS)
    x, got = case.centre.x[::step], case.centre.got[::step]
    slopes = [differentiate(node, name) for name in names]
    values = np.array([parameters[name] for name in names])
    for _ in range(FITTING_STEPS):
        known = {**parameters, **dict(zip(names, values.tolist(), strict=True))}
        with np.errstate(all="ignore"):
            residual = got - evaluate(node, x, known)
            columns = np.stack([evaluate(each, x, known) for each in slopes], axis=1)
        good = np.isfinite(residual) & np.isfinite(columns).all(axis=1)
        if np.count_nonzero(good) <= len(names) or not columns[good].any(axis=0).all():
            return None
        values = values + np.linalg.lstsq(columns[good], residual[good], rcond=None)[0]
        if not np.isfinite(values).all():
            return None
    return _written(case, node, dict(zip(names, values.tolist(), strict=True)), parameters)


def _written(
    case: Case, node: Node, fitted: dict[str, float], parameters: Mapping[str, float]
) -> dict[str, float] | None:
    """The fitted values with as few digits as they need; None if they do not explain the code."""

    def explains(values: Mapping[str, float]) -> bool:
        numbers: Array = evaluate(node, case.centre.x, {**parameters, **values})
        return case.matches(numbers, 16)

    if not explains(fitted):
        return None
    for name in fitted:
        shorter = ({**fitted, name: short} for short in _shortened(fitted[name]))
        fitted = next((each for each in shorter if explains(each)), fitted)
    changed = {name: value for name, value in fitted.items() if value != parameters[name]}
    return changed or None


def _shortened(value: float) -> list[float]:
    return [float(f"{value:.{digits}g}") for digits in DIGITS]
