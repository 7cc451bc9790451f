"""Values of a formula: a tree and numbers in, float64 arrays out.

A tree is turned into a list of steps, shared subtrees once, and the steps run over blocks that fit
the cache; what depends on no x is computed before. float64 loses nothing here but its range: where
a step overflows or is undefined (x**2/(1 + x**2) at 1e200, x*sigmoid(x) at -inf), those points
alone are computed again with exponents of any size (:mod:`actviz.formula.wide`). So a finite x
gives NaN only where the formula is undefined, and +-inf gives the limit. NaN in, NaN out. No numpy
warning gets through.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.breaks import spelled
from actviz.formula.expression import Apply, Name, Node, Number, X, walk
from actviz.formula.kernels import PARTS, kernel, where
from actviz.formula.primitives import OF_VECTOR, STEPS

BLOCK = 8192  # points: the buffers of a formula stay in the second-level cache
SMALLEST_NORMAL = 2.0**-1022
CONSTANTS = {"pi": math.pi, "e": math.e}


def evaluate(node: Node, x: Array, parameters: Mapping[str, float]) -> Array:
    """The formula's values at x, a float64 array of any shape; the same shape comes back.

    A function of the whole vector (sum, others, tau1) runs over the last axis.

    Raises KeyError for a name without a value.

    >>> from actviz.formula.parsing import parse
    >>> evaluate(parse("x**2/(1 + x**2)"), np.array([1.0, 1e200, np.inf]), {})
    array([0.5, 1. , 1. ])
    """
    program = _program(_lowered(node))
    constants = {**CONSTANTS, **parameters}
    x = np.asarray(x, dtype=np.float64)
    rows = np.ascontiguousarray(x).reshape(_rows(x, program))
    values = np.empty_like(rows)
    count = max(1, BLOCK // math.prod(rows.shape[1:]))
    flags = _Flags()
    with np.errstate(all="call", under="ignore", call=flags):
        slots = _prepared(program, constants)
        always = flags.raised
        for start in range(0, len(rows), count):
            given, found = rows[start : start + count], values[start : start + count]
            flags.raised = always
            _run(program, slots, given, found)
            raised = flags.raised  # before the sums of squares raise it
            finite = _all_finite(given)
            if raised or not finite or not _all_finite(found):
                _repair(node, given, constants, found)
            if not finite:
                found[np.isnan(given)] = np.nan
    return values.reshape(x.shape)


def _rows(x: Array, program: Program) -> tuple[int, ...]:
    """The shape in which the first axis can be cut into blocks."""
    if program.reduces and x.size:
        return -1, (x.shape or (1,))[-1]
    return (x.size,)


def trace(node: Node, x: float, parameters: Mapping[str, float]) -> dict[Node, float]:
    """The value of every part of the formula at one point, in plain float64 arithmetic."""
    program = _program(node)
    with np.errstate(all="ignore"):
        slots = _prepared(program, {**CONSTANTS, **parameters})
        slots = _filled(program, slots, np.array([x]))
        for step in program.steps:
            slots[step.slot] = step.kernel(*(slots[i] for i in step.arguments))
    return {part: float(np.ravel(slots[i])[0]) for i, part in enumerate(program.parts)}


@dataclass(frozen=True)
class Step:
    """One operation: kernel, where its arguments are, where its result goes, what is then free.

    steps: whether it is floor or its kin.
    """

    kernel: Callable[..., Any]
    arguments: tuple[int, ...]
    slot: int
    free: tuple[int, ...]
    steps: bool


@dataclass(frozen=True)
class Program:
    """A tree as steps over slots; slot i holds the value of parts[i].

    before: the steps that no x goes into; steps: those to be run for every block.
    """

    parts: tuple[Node, ...]
    before: tuple[Step, ...]
    steps: tuple[Step, ...]
    reduces: bool


@lru_cache(maxsize=512)
def _program(node: Node) -> Program:
    parts = tuple(walk(node))
    slots = {part: i for i, part in enumerate(parts)}
    varying = _varying(parts)
    last_use = {
        slots[argument]: i
        for i, part in enumerate(parts)
        if isinstance(part, Apply)
        for argument in part.arguments
    }
    before: list[Step] = []
    steps: list[Step] = []
    for i, part in enumerate(parts):
        if isinstance(part, Apply):
            arguments = tuple(slots[argument] for argument in part.arguments)
            free = {a for a in arguments if last_use[a] == i and parts[a] in varying}
            step = Step(kernel(part.head), arguments, i, tuple(free), part.head in STEPS)
            (steps if part in varying else before).append(step)
    return Program(parts, tuple(before), tuple(steps), any(map(_reduces, parts)))


def _varying(parts: Sequence[Node]) -> set[Node]:
    """The parts that x goes into, of parts in which arguments come first."""
    varying: set[Node] = {X}
    for part in parts:
        if isinstance(part, Apply) and (_reduces(part) or not varying.isdisjoint(part.arguments)):
            varying.add(part)
    return varying


def _reduces(part: Node) -> bool:
    return isinstance(part, Apply) and (part.head in OF_VECTOR or part.head == "pick")


@lru_cache(maxsize=512)
def _lowered(node: Node) -> Node:
    """The tree with what kernels share as parts: exp(-|x|) of both sigmoid(-x) and softplus(x)."""
    done: dict[Node, Node] = {}
    for part in walk(node):
        match part:
            case Apply(head, (u,)) if head in OF_VECTOR:
                done[part] = Apply(head, (_everywhere(done[u]),))
            case Apply(head, arguments):
                done[part] = _with_part(head, tuple(done[argument] for argument in arguments))
            case _:
                done[part] = part
    return done[node]


def _everywhere(node: Node) -> Node:
    """The formula with a value for every component: sum(1) counts them."""
    if X in walk(node):
        return node
    return Apply("where", (Apply(">=", (X, X)), node, node))


def _with_part(head: str, arguments: tuple[Node, ...]) -> Node:
    shared = (Apply(PARTS[head], (_unsigned(arguments[0]),)),) if head in PARTS else ()
    return Apply(head, (*arguments, *shared))


def _unsigned(node: Node) -> Node:
    """The formula without the signs that only change its sign."""
    match node:
        case Number(value):
            return Number(abs(value))
        case Apply("neg", (u,)):
            return _unsigned(u)
        case Apply("*" | "/" as head, (u, v)):
            return Apply(head, (_unsigned(u), _unsigned(v)))
    return node


def _prepared(program: Program, constants: Mapping[str, float]) -> list[Any]:
    """The slots with all in them that no x goes into."""
    slots: list[Any] = [None] * len(program.parts)
    for i, part in enumerate(program.parts):
        match part:
            case Number(value):
                slots[i] = np.float64(value)
            case Name(name) if part is not X:
                slots[i] = np.float64(constants[name])
    for step in program.before:
        first, *rest = (slots[i] for i in step.arguments)
        slots[step.slot] = np.ravel(step.kernel(np.atleast_1d(first), *rest))[0]
    return slots


def _filled(program: Program, prepared: Sequence[Any], x: Array) -> list[Any]:
    """The slots with x in them too."""
    return [x if part is X else slot for part, slot in zip(program.parts, prepared, strict=True)]


def _run(program: Program, prepared: Sequence[Any], x: Array, values: Array) -> None:
    """One block, into values."""
    slots = _filled(program, prepared, x)
    for step in program.steps[:-1]:
        slots[step.slot] = step.kernel(*(slots[i] for i in step.arguments))
        for i in step.free:
            slots[i] = None
    for step in program.steps[-1:]:
        arguments = (slots[i] for i in step.arguments)
        if isinstance(step.kernel, np.ufunc):
            step.kernel(*arguments, out=values)
        else:
            values[...] = step.kernel(*arguments)
    if not program.steps:  # a constant, or x itself
        values[...] = slots[-1]


def _all_finite(values: Array) -> bool:
    """Told by the sum of squares, at half the cost of looking at each, unless that overflows."""
    flat = values.reshape(-1)
    return math.isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all())


class _Flags:
    """Remembers that numpy reported an overflow, a division by zero or an invalid operation."""

    raised = False

    def __call__(self, kind: str, flag: int) -> None:
        self.raised = True


def _repair(node: Node, x: Array, constants: Mapping[str, float], values: Array) -> None:
    """Compute again, with a wide exponent, the points at which a step left the finite numbers."""
    from actviz.formula import wide

    program = _program(node)
    with np.errstate(all="ignore"):
        if program.reduces:
            if np.isfinite(x).all():
                values[...] = wide.evaluate(program.parts, x, constants)
            return
        good, decided = _soundness(program, x, constants)
        doubtful = np.isfinite(x) & ~good
        if doubtful.any():
            values[doubtful] = wide.evaluate(program.parts, x[doubtful], constants)
        for sign in (1.0, -1.0):
            here = x == sign * np.inf
            here &= np.isnan(values) | ~decided | (here.any() and _tips(node, sign, constants))
            if here.any():
                values[here] = wide.limit(program.parts, sign, constants)


def _tips(node: Node, sign: float, constants: Mapping[str, float]) -> bool:
    """Whether what is approached at sign*inf is a switch, as by sign(1/x), or may be a step's."""
    program = _program(spelled(node))
    slots = _filled(program, _prepared(program, constants), np.array([sign * np.inf]))
    tied = set[int]()
    for step in program.steps:
        first, *others = arguments = [slots[i] for i in step.arguments]
        value = slots[step.slot] = step.kernel(*arguments)
        if value.dtype == bool and first == others[0]:
            tied.add(step.slot)
        if step.arguments[0] in tied and step.kernel is where and others[0] != others[1]:
            return True
        if step.steps and np.isfinite(first):
            return True
    return False


def _soundness(program: Program, x: Array, constants: Mapping[str, float]) -> tuple[Any, Any]:
    """Where float64 was enough, and where no comparison meets a NaN (which is never greater).

    It was if every step is finite; or every step but those of branches not taken, if none of the
    others is so small that it may have lost its digits.
    """
    slots = _filled(program, _prepared(program, constants), x)
    taken: list[Any] = [slot is None or np.isfinite(slot) for slot in slots]
    good, decided = np.ones(x.shape, dtype=bool), np.ones(x.shape, dtype=bool)
    for step in program.steps:
        arguments = [slots[i] for i in step.arguments]
        value = slots[step.slot] = step.kernel(*arguments)
        good &= np.isfinite(value)
        relies = [taken[i] for i in step.arguments]
        if value.dtype == bool:
            decided &= ~np.isnan(arguments[0]) & ~np.isnan(arguments[1])
        else:
            relies.append(np.isfinite(value) & (np.abs(value) >= SMALLEST_NORMAL))
        if step.kernel is where:
            relies[1:3] = [np.where(arguments[0], *relies[1:3])]
        taken[step.slot] = reduce(np.logical_and, relies)
    return good | taken[-1], decided
