"""Bounds of all values of formulas on many cells at once: the natural form, part by part.

A formula and its derivatives are one list of steps, what they share once. Beside the cells
themselves their ends are evaluated with what was decided inside the cell: which branch a where
takes, which step floor is on. That gives the limits from inside at a switch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.enclosure import cells, rules
from actviz.formula.enclosure.cells import Part
from actviz.formula.enclosure.factors import gathered
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.parsing import parse
from actviz.formula.primitives import ARGUMENTS, PRIMITIVES, STEPS
from actviz.formula.terms import line

_BETWEEN = {
    "pi": (math.pi, math.nextafter(math.pi, math.inf)),
    "e": (math.e, math.nextafter(math.e, math.inf)),
}


class Choice(NamedTuple):
    """A comparison on n cells: where it holds everywhere inside, where nowhere."""

    yes: Truths
    no: Truths
    defined: Truths
    continuous: Truths


Value: TypeAlias = "Part | Choice"


class Step(NamedTuple):
    """One operation: its rule, where its arguments are, where its result goes.

    decides: whether it is a comparison or a step; whole: the exponent of a whole power.
    """

    rule: Callable[..., Any]
    arguments: tuple[int, ...]
    slot: int
    part: Apply
    decides: bool
    whole: int | None


class Program(NamedTuple):
    """Formulas as steps over slots; `known` are the slots that no x goes into."""

    known: tuple[Value | None, ...]
    steps: tuple[Step, ...]
    x: int | None
    results: tuple[int, ...]


def run(program: Program, lower: Array, upper: Array, shared: int = 0) -> list[Part]:
    """Each formula on the cells; `shared` cells come first, then their lower and upper ends.

    What is decided on one of these is taken as decided at its ends.
    """
    slots = filled(program, lower, upper, shared)
    return [broadcast(slots[i], lower.size) for i in program.results]


def filled(program: Program, lower: Array, upper: Array, shared: int = 0) -> list[Any]:
    """Every part of the formulas on the cells: a Part or a Choice in each slot that is used."""
    slots: list[Any] = list(program.known)
    with np.errstate(all="ignore"):
        if program.x is not None:
            slots[program.x] = cells.variable(lower, upper)
        for step in program.steps:
            value = step.rule(*(slots[i] for i in step.arguments))
            slots[step.slot] = _at_ends(value, shared) if step.decides and shared else value
    return slots


def broadcast(part: Part, size: int) -> Part:
    if part.ends.shape[1] == size:
        return part
    shapes = ((2, size), (2, size), (size,), (size,))
    return Part(*(np.broadcast_to(each, shape) for each, shape in zip(part, shapes, strict=True)))


def _at_ends(value: Value, shared: int) -> Value:
    """What is decided inside the first cells, at their ends too."""
    groups = [slice(k * shared, (k + 1) * shared) for k in (0, 1, 2)]
    inside, *beside = groups
    if isinstance(value, Choice):
        yes, no = value.yes.copy(), value.no.copy()
        decided = yes[inside] | no[inside]
        for group in beside:
            yes[group] = np.where(decided, yes[inside], yes[group])
            no[group] = np.where(decided, no[inside], no[group])
        return Choice(yes, no, value.defined, value.continuous)
    steady = value.continuous[inside] & (value.ends[0, inside] == value.ends[1, inside])
    ends, continuous = value.ends.copy(), value.continuous.copy()
    for group in beside:
        ends[:, group] = np.where(steady, ends[:, inside], ends[:, group])
        continuous[group] |= steady
    return value._replace(ends=ends, continuous=continuous)


def compiled(trees: Sequence[Node], parameters: Mapping[str, float]) -> Program:
    """The formulas as a program, parameters at their values.

    Raises KeyError for a name without a value, and for a function of a whole vector.
    """
    return _compiled(tuple(trees), tuple(parameters.items()))


@lru_cache(maxsize=256)
def _compiled(trees: tuple[Node, ...], parameters: tuple[tuple[str, float], ...]) -> Program:
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    roots = [gathered(_spelled(rebuild(tree, values))) for tree in trees]
    building = _Building({}, [], [])
    with np.errstate(all="ignore"):
        for root in roots:
            for part in walk(root):
                building.add(part)
    results = tuple(building.slots[root] for root in roots)
    return Program(
        tuple(building.known),
        tuple(_needed(building.steps, results)),
        building.slots.get(X),
        results,
    )


def _needed(steps: Sequence[Step], results: Sequence[int]) -> list[Step]:
    """The steps that a result depends on, in their order."""
    wanted, kept = set(results), []
    for step in reversed(steps):
        if step.slot in wanted:
            wanted.update(step.arguments)
            kept.append(step)
    return kept[::-1]


class _Building(NamedTuple):
    """A program as it grows."""

    slots: dict[Node, int]
    known: list[Value | None]
    steps: list[Step]

    def add(self, part: Node) -> None:
        if part in self.slots:
            return
        match part:
            case Number(value):
                self._put(part, cells.constant(value, value))
            case Name(name):
                self._put(part, None if part is X else cells.constant(*_BETWEEN[name]))
            case Apply("where", (condition, a, b)) if (
                choice := self._value(condition)
            ) is not None:
                self.slots[part] = self.slots[a if choice.yes[0] else b]
            case Apply(head, arguments):
                self._apply(part, head, arguments)

    def _value(self, node: Node) -> Any:
        return self.known[self.slots[node]]

    def _put(self, part: Node, value: Value | None) -> None:
        self.slots[part] = len(self.known)
        self.known.append(value)

    def _apply(self, part: Node, head: str, arguments: tuple[Node, ...]) -> None:
        rule, used = self._rule(head, arguments)
        places = tuple(self.slots[each] for each in used)
        fixed = [self.known[i] for i in places]
        if all(each is not None for each in fixed):
            value = rule(*fixed)
            if not isinstance(value, Choice) or value.yes[0] or value.no[0]:
                self._put(part, value)
                return
        self._put(part, None)
        decides = head in COMPARISONS or head in STEPS
        whole = rule.keywords["n"] if isinstance(rule, partial) and "n" in rule.keywords else None
        self.steps.append(
            Step(rule, places, self.slots[part], Apply(head, arguments), decides, whole)
        )

    def _rule(self, head: str, arguments: tuple[Node, ...]) -> tuple[Callable[..., Any], Any]:
        """The rule of an operator or primitive, and the parts that it takes."""
        match head, arguments:
            case "**", (u, v) if (n := self._whole(v)) is not None:
                return partial(cells.whole_power, n=n), (u,)
            case "where", (Apply(_, (p, q)), _, _):
                return partial(_where, _sides(arguments)), (*arguments, p, q)
            case (("<" | "<="), (p, q)):
                return _COMPARED[head], (q, p)
            case _, (u,) if head in STEPS and u is not X and (turns := line(u)) and turns[0]:
                return rules.of_line(head, *turns), (u, X)
        if head in _OPERATORS:
            return _OPERATORS[head], arguments
        return rules.rule(head), arguments

    def _whole(self, node: Node) -> int | None:
        """The whole number that a part is, if it is one."""
        value = self._value(node)
        if value is None or value.ends[0, 0] != value.ends[1, 0]:
            return None
        number = float(value.ends[0, 0])
        return int(number) if number.is_integer() else None


def _spelled(node: Node) -> Node:
    """The formula with what encloses by its definition written so."""
    done: dict[Node, Node] = {}
    for part in walk(node):
        match part:
            case Apply(head, arguments):
                inner = tuple(done[each] for each in arguments)
                spelled = head in PRIMITIVES and head != "where" and rules.by_definition(head)
                done[part] = defined(head, inner) if spelled else Apply(head, inner)
            case _:
                done[part] = part
    return done[node]


def defined(head: str, arguments: tuple[Node, ...]) -> Node:
    """A primitive by its definition in the table."""
    names = map(Name, ARGUMENTS[head])
    return rebuild(parse(PRIMITIVES[head].definition), dict(zip(names, arguments, strict=True)))


# --- comparisons and branches ------------------------------------------------------------------


def _above(u: Part, v: Part) -> Choice:
    """u > v."""
    apart = u.apart[0] | v.apart[1]
    yes = (u.ends[0] > v.ends[1]) | ((u.ends[0] == v.ends[1]) & apart)
    return Choice(yes, u.ends[1] <= v.ends[0], *cells.both(u, v))


def _not_below(u: Part, v: Part) -> Choice:
    """u >= v."""
    apart = u.apart[1] | v.apart[0]
    no = (u.ends[1] < v.ends[0]) | ((u.ends[1] == v.ends[0]) & apart)
    return Choice(u.ends[0] >= v.ends[1], no, *cells.both(u, v))


class Side(NamedTuple):
    """What a branch is where it is taken: a side of the condition, or minus that side.

    other: which side it is compared with there; larger: whether it is not below that.
    """

    other: int
    larger: bool
    negated: bool


def _sides(arguments: tuple[Node, ...]) -> tuple[Side | None, Side | None]:
    """What the branches of a where are, if they are sides of its condition."""
    condition, a, b = arguments
    assert isinstance(condition, Apply)
    larger = 0 if condition.head in (">", ">=") else 1
    places = {}
    for i, side in enumerate(condition.arguments):
        places[side], places[Apply("neg", (side,))] = (i, False), (i, True)

    def known(branch: Node, upper: int) -> Side | None:
        place = places.get(branch)
        return None if place is None else Side(1 - place[0], place[0] == upper, place[1])

    return known(a, larger), known(b, 1 - larger)


def _restricted(branch: Part, side: Side | None, sides: tuple[Part, Part]) -> Array:
    """The ends of a branch, which is on its side of the condition where it is taken."""
    if side is None:
        return branch.ends
    low, high = branch.ends
    bound = sides[side.other].ends[0 if side.larger else 1]
    bound = -bound if side.negated else bound
    if side.larger != side.negated:
        low = np.maximum(low, bound)
    else:
        high = np.minimum(high, bound)
    return np.stack(np.broadcast_arrays(low, high))


def _where(known: Any, choice: Choice, a: Part, b: Part, p: Part, q: Part) -> Part:
    """One branch where the condition is decided, else what both may give."""
    yes, no = choice.yes, choice.no
    decided = yes | no
    ends = np.where(yes, a.ends, b.ends)
    apart = np.where(yes, a.apart, b.apart)
    defined = np.where(yes, a.defined, b.defined) & choice.defined
    continuous = np.where(yes, a.continuous, b.continuous) & choice.continuous
    if not decided.all():
        first, second = (
            _restricted(u, side, (p, q)) for u, side in zip((a, b), known, strict=True)
        )
        hull = np.stack([np.fmin(first[0], second[0]), np.fmax(first[1], second[1])])
        nowhere = np.isnan(p.ends[0]) | np.isnan(q.ends[0])  # and nothing to compare
        ends = np.where(decided, ends, np.where(nowhere, np.nan, hull))
        apart, continuous = apart & decided, continuous & decided
        defined = np.where(decided, defined, a.defined & b.defined & choice.defined)
    return Part(ends, apart, defined, continuous)


_COMPARED = {">": _above, "<": _above, ">=": _not_below, "<=": _not_below}
_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": cells.add,
    "-": cells.subtract,
    "*": cells.multiply,
    "/": cells.divide,
    "neg": cells.negate,
    "**": cells.power,
    **_COMPARED,
}
