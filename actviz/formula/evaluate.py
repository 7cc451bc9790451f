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
from functools import lru_cache
from typing import Any

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.breaks import spelled
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, walk
from actviz.formula.kernels import PARTS, kernel, where
from actviz.formula.primitives import OF_VECTOR, ROUNDING, STEPS
from actviz.formula.shifted import shifted

BLOCK = 8192  # points: the buffers of a formula stay in the second-level cache
OF_ROW = OF_VECTOR | {"pick", "beside", "top", "beneath"}  # these look at all of a row
CANCELS = 2.0**-7  # a value so much smaller than its scale is looked at closely
# What makes more of the rounding of its arguments than a few times as much: where the first of
# these two, from its value and arguments, is much smaller than the second.
Scale = Callable[..., tuple[Any, Any]]
AMPLIFIES: dict[str, Scale] = {
    "+":   lambda value, u, v: (value, u),
    "-":   lambda value, u, v: (value, u),
    "log": lambda value, u: (value, 1.0),
    "exp": lambda value, u: (1.0, u),
    "sin": lambda value, u: (value, u),
    "cos": lambda value, u: (value, u),
    "tan": lambda value, u: (value, u),
}  # fmt: skip
AMPLIFIES |= {each: lambda value, u, v: ((u - v) * 2.0**41, u) for each in COMPARISONS}
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
    with np.errstate(all="call", call=flags):
        slots = _prepared(program, constants)
        always = flags.raised
        for start in range(0, len(rows), count):
            given, found = rows[start : start + count], values[start : start + count]
            flags.raised = always
            cancelled = _run(program, slots, given, found)
            raised = flags.raised  # before the sums of squares raise it
            finite = _all_finite(given)
            if raised or not finite or not _all_finite(found):
                _repair(node, given, constants, found, cancelled)
            elif cancelled is not None:
                few = found[cancelled]
                _repair(node, given[cancelled], constants, few, np.ones(few.shape, dtype=bool))
                found[cancelled] = few
            if not finite:
                unknown = np.isnan(given)
                found[unknown.any(axis=-1) if program.reduces else unknown] = np.nan
    return values.reshape(x.shape)


def _rows(x: Array, program: Program) -> tuple[int, ...]:
    """The shape in which the first axis can be cut into blocks."""
    if program.reduces and x.size:
        return -1, (x.shape or (1,))[-1]
    return (x.size,)


def plain(node: Node, x: Array, parameters: Mapping[str, float]) -> Array:
    """The values as float64 arithmetic has them, step by step as the formula is written.

    >>> from actviz.formula.parsing import parse
    >>> plain(parse("1 - tanh(x)**2"), np.array([20.0]), {}).tolist()
    [0.0]
    """
    program = _program(node)
    values = np.empty_like(x)
    with np.errstate(all="ignore"):
        _run(program, _prepared(program, {**CONSTANTS, **parameters}), x, values)
    return values


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
    scale: Scale | None


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
    rounded, reduces = _rounded(parts), any(map(_reduces, parts))
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
            risky = not reduces and part in varying and _may_cancel(part, rounded)
            scale = AMPLIFIES[part.head] if risky else None
            step = Step(kernel(part.head), arguments, i, tuple(free), part.head in STEPS, scale)
            (steps if part in varying else before).append(step)
    return Program(parts, tuple(before), tuple(steps), reduces)


def _rounded(parts: Sequence[Node]) -> set[Node]:
    """The parts that are not exactly a number that was given, in which arguments come first."""
    rounded: set[Node] = set()
    for part in parts:
        if isinstance(part, Apply) and not (
            part.head not in ROUNDING and rounded.isdisjoint(part.arguments)
        ):
            rounded.add(part)
    return rounded


def _may_cancel(part: Apply, rounded: set[Node]) -> bool:
    """Whether a value may be the rounding of its arguments more than anything else."""
    return part.head in AMPLIFIES and not rounded.isdisjoint(part.arguments)


def _varying(parts: Sequence[Node]) -> set[Node]:
    """The parts that x goes into, of parts in which arguments come first."""
    varying: set[Node] = {X}
    for part in parts:
        if isinstance(part, Apply) and (_reduces(part) or not varying.isdisjoint(part.arguments)):
            varying.add(part)
    return varying


def _reduces(part: Node) -> bool:
    return isinstance(part, Apply) and part.head in OF_ROW


@lru_cache(maxsize=512)
def _lowered(node: Node) -> Node:
    """The tree with what kernels share as parts: exp(-|x|) of both sigmoid(-x) and softplus(x)."""
    done: dict[Node, Node] = {}
    node = shifted(node)
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


def _run(program: Program, prepared: Sequence[Any], x: Array, values: Array) -> Truths | None:
    """One block, into values; and where a sum of it cancels, if it does anywhere."""
    slots = _filled(program, prepared, x)
    cancelled: Truths | None = None
    for step in program.steps[:-1]:
        slots[step.slot] = step.kernel(*(slots[i] for i in step.arguments))
        if step.scale:
            pair = step.scale(slots[step.slot], *(slots[i] for i in step.arguments))
            cancelled = _cancelled(*pair, cancelled)
        for i in step.free:
            slots[i] = None
    for step in program.steps[-1:]:
        arguments = (slots[i] for i in step.arguments)
        if isinstance(step.kernel, np.ufunc):
            step.kernel(*arguments, out=values)
        else:
            values[...] = step.kernel(*arguments)
        if step.scale:
            pair = step.scale(values, *(slots[i] for i in step.arguments))
            cancelled = _cancelled(*pair, cancelled)
    if not program.steps:  # a constant, or x itself
        values[...] = slots[-1]
    return cancelled


def _cancelled(value: Any, scale: Any, before: Truths | None) -> Truths | None:
    """Where a value is much smaller than its scale, added to where one was before."""
    here: Truths = np.abs(value) < np.abs(scale) * CANCELS
    if not here.any():
        return before
    return here if before is None else here | before


def _all_finite(values: Array) -> bool:
    """Told by the sum of squares, at half the cost of looking at each, unless that overflows."""
    flat = values.reshape(-1)
    return math.isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all())


class _Flags:
    """Remembers that numpy reported an overflow, an underflow, a division by 0 or no number."""

    raised = False

    def __call__(self, kind: str, flag: int) -> None:
        self.raised = True


def _repair(
    node: Node,
    x: Array,
    constants: Mapping[str, float],
    values: Array,
    cancelled: Truths | None,
) -> None:
    """Compute again, with wide numbers, the points at which float64 may not have been enough."""
    from actviz.formula import soundness
    from actviz.formula.wide import values as wide

    parts = _program(node).parts
    with np.errstate(all="ignore"):
        if _program(node).reduces:
            _repair_rows(node, x, constants, values)
            return
        if not np.isfinite(x).any():
            undecided = soundness.undecided(node, x, constants)
        else:
            seen = np.zeros(x.shape, dtype=bool) if cancelled is None else cancelled
            doubtful, undecided = soundness.doubtful(node, x, constants, seen)
            if doubtful.any():
                values[doubtful] = wide.evaluate(parts, x[doubtful], constants)
        for sign in (1.0, -1.0):
            here = x == sign * np.inf
            here &= np.isnan(values) | undecided | (here.any() and _tips(node, sign, constants))
            if here.any():
                values[here] = wide.limit(parts, sign, constants)


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


def _repair_rows(node: Node, x: Array, constants: Mapping[str, float], values: Array) -> None:
    """Compute the rows again that are in doubt; where one component is infinite, its limit."""
    from actviz.formula import soundness
    from actviz.formula.wide import values as wide

    parts = _program(node).parts
    finite = np.asarray(np.isfinite(x).all(axis=-1))
    if shifted(node) is node:
        doubtful = finite & soundness.rows_in_doubt(node, x, constants)
    else:
        doubtful = finite & ~np.isfinite(values).all(axis=-1)
    if doubtful.any():
        values[doubtful] = wide.evaluate(parts, x[doubtful], constants)
    unknown = np.isnan(values).any(axis=-1) & (np.isinf(x).sum(axis=-1) == 1)
    for i in np.flatnonzero(unknown & ~np.isnan(x).any(axis=-1)):
        values[i] = wide.limit_of_row(parts, x[i], constants)
