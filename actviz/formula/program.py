"""A formula as a list of steps: shared subtrees once, what depends on no x apart, what may cancel.

A step that may lose digits says by what it is seen (its scale), and in which branches it counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeGuard

import numpy as np

from actviz.formula.expression import COMPARISONS, CONSTANTS, Apply, Name, Node, Number, X, walk
from actviz.formula.kernels import PARTS, kernel
from actviz.formula.primitives import ARGUMENTS, OF_VECTOR, ROUNDING, STEPS, TURNED, WAVES
from actviz.formula.shifted import shifted

OF_ROW = OF_VECTOR | {"pick", "beside", "top", "beneath"}  # these look at all of a row
OF_SUMS, OF_OTHERS = 2.0**-2, 2.0**-4  # a value so much smaller than its scale is looked at closely
# Parts: of so many that round a sum which is half of its terms may be off by too much; and so may
# that of a wave which is within its own limit.
LONG = 64
NEAR = 2.0**32  # brings what is 2**-36 of its size apart to what counts as cancelled
# What makes more of the rounding of its arguments than a few times as much: where the first of
# these two, from its value and arguments, is much smaller than the second.
Scale = Callable[..., tuple[Any, Any]]
AMPLIFIES: dict[str, Scale] = {
    "+":   lambda value, u, v: (value, u),
    "-":   lambda value, u, v: (value, u),
    "**":  lambda value, u, v: (1.0, v * np.maximum(np.abs(np.log(np.abs(u))), 1.0)),
    "log": lambda value, u: (value, 1.0),
    "log2": lambda value, u: (value, 1.0),
    "log10": lambda value, u: (value, 1.0),
    "log1p": lambda value, u: (1 + u, 1.0),
    "log1prel": lambda value, n, u: (1 + u, 1.0),
    "atanh": lambda value, u: (1 - u * u, 1.0),
    "asin": lambda value, u: (1 - u * u, 1.0),
    "acos": lambda value, u: (1 - u * u, 1.0),
    "acosh": lambda value, u: (u - 1, 1.0),
    "exp": lambda value, u: (1.0, u),
    "expm1": lambda value, u: (1.0, u),
    "exp2": lambda value, u: (1.0, u),
    "exprel": lambda value, n, u: (1.0, u),
    "sinh": lambda value, u: (1.0, u),
    "cosh": lambda value, u: (1.0, u),
    "sech": lambda value, u, *_: (1.0, u),
    "sigmoid": lambda value, u, *_: (1.0, np.minimum(u, 0)),
    "softplus": lambda value, u, *_: (1.0, np.minimum(u, 0)),
    "log_sigmoid": lambda value, u, *_: (1.0, np.maximum(u, 0)),
    "phi": lambda value, u, *_: (1.0, u * u),
    "Phi": lambda value, u, *_: (1.0, np.minimum(u, 0) ** 2),
    "erfc": lambda value, u: (1.0, np.maximum(u, 0) ** 2),
    "sin": lambda value, u: (value, u),
    "cos": lambda value, u: (value, u),
    "tan": lambda value, u: (value, u * (1 + value * value)),
    "sinc": lambda value, u: (value, 1.0),
    "spherical_jn": lambda value, n, u: (value, 1.0),
}  # fmt: skip
GROWING = frozenset(AMPLIFIES) & {
    "exp", "expm1", "exp2", "exprel", "sinh", "cosh", "sech", "phi", "Phi", "erfc",
    "sigmoid", "softplus", "log_sigmoid",
}  # fmt: skip
AMPLIFIES |= {  # what decides: much nearer than anything rounded is off, if it is no wave far out
    each: lambda value, u, v: ((u - v) * NEAR, np.maximum(np.abs(u), 1.0)) for each in COMPARISONS
}
AMPLIFIES |= {  # a step is at a whole number, or at half of one
    each: lambda value, u: ((2 * u - np.rint(2 * u)) * NEAR, np.maximum(np.abs(u), 1.0))
    for each in STEPS
}
AMPLIFIES["sign"] = lambda value, u: (u * NEAR, 1.0)


def _turned(value: Any, *arguments: Any) -> tuple[Any, Any]:
    """Of a wave of what is a power of x, and rounded."""
    return TURNED, arguments[-1]


STRAIGHT = frozenset({"*", "/", "neg", "sqrt", "cbrt", "abs"})  # also ** of a number


@dataclass(frozen=True)
class Step:
    """One operation: kernel, where its arguments are, where its result goes, what is then free.

    steps: whether it is floor or its kin. scale: by what it is seen that it cancels, if it may, and
    cancels: how much smaller a value is then.
    guards: the conditions, by slot, of the branches that alone it is for, and whether each holds.
    """

    kernel: Callable[..., Any]
    arguments: tuple[int, ...]
    slot: int
    free: tuple[int, ...]
    steps: bool
    scale: Scale | None
    cancels: float
    guards: tuple[tuple[int, bool], ...] = ()


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
def program(node: Node) -> Program:
    """The steps of a tree as it stands."""
    parts = tuple(walk(node))
    slots = {part: i for i, part in enumerate(parts)}
    varying = _varying(parts)
    reduces = any(map(_reduces, parts))
    risks = _risks(parts, varying, sums_only=reduces)
    guards = _guards(parts, slots) if risks else {}
    risks |= _risks_of_constants(parts, varying)
    waves = any(part.head in WAVES and risks[part] is not _turned for part in risks)
    of_sums = 2 * OF_SUMS if waves or len(parts) >= LONG else OF_SUMS
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
            step = Step(
                kernel(part.head),
                arguments,
                i,
                tuple(free),
                part.head in STEPS,
                risks.get(part),
                of_sums if part.head in ("+", "-") else OF_OTHERS,
                guards.get(part, ()),
            )
            (steps if part in varying else before).append(step)
    return Program(parts, tuple(before), tuple(steps), reduces)


def prepared(whole: Program, constants: Mapping[str, float]) -> list[Any]:
    """The slots with all in them that no x goes into."""
    slots: list[Any] = [None] * len(whole.parts)
    for i, part in enumerate(whole.parts):
        match part:
            case Number(value):
                slots[i] = np.float64(value)
            case Name(name) if part is not X:
                slots[i] = np.float64(constants[name])
    for step in whole.before:
        first, *rest = (slots[i] for i in step.arguments)
        slots[step.slot] = np.ravel(step.kernel(np.atleast_1d(first), *rest))[0]
    return slots


def _risks(parts: Sequence[Node], varying: set[Node], *, sums_only: bool) -> dict[Apply, Scale]:
    """What may be the rounding of its arguments more than anything else, and how that is seen.

    The rounding of what is proportional to a power of x is no more than that of x itself, which
    the slope of the whole tells; but what a sum or a comparison makes of it may be.
    """
    rounded = _rounded(parts)
    crooked = (rounded & varying) - _straight(parts, varying)
    if len({_unsigned(_own(part)) for part in parts if part in varying and _grows(part)}) > 1:
        # of which one may cancel in the slope of the whole what another one is of it
        crooked |= {u for part in parts if _grows(part) for u in part.arguments if u in rounded}
    # where another factor is nearly 0 the whole may have an extremum, and no slope that covers it
    steep = any(_grows(part) and part in varying and _own(part) in rounded for part in parts)
    found: dict[Apply, Scale] = {}
    for part in parts:
        if not isinstance(part, Apply) or part not in varying or part.head not in AMPLIFIES:
            continue
        if sums_only and (part.head not in ("+", "-") or _of_one_sign(part)):
            continue
        if part.head in ("+", "-", "sign") or part.head in COMPARISONS or part.head in STEPS:
            risky = steep or not rounded.isdisjoint(part.arguments)
        elif part.head == "**":
            exponent = part.arguments[1]
            risky = exponent in rounded or _is_constant(exponent) or part.arguments[0] in crooked
        else:
            own = len(ARGUMENTS[part.head])  # beside them there may be what kernels share
            risky = not crooked.isdisjoint(part.arguments[:own]) or (steep and not _grows(part))
        if risky:
            found[part] = AMPLIFIES[part.head]
        elif part.head in WAVES and not rounded.isdisjoint(part.arguments):
            found[part] = _turned
    return found


def _risks_of_constants(parts: Sequence[Node], varying: set[Node]) -> dict[Apply, Scale]:
    """The same of the parts that no x goes into: of these no slope tells what rounding does."""
    rounded = _rounded(parts) | {part for part in parts if _is_constant(part)}
    return {
        part: AMPLIFIES[part.head]
        for part in parts
        if isinstance(part, Apply) and part not in varying and part.head in AMPLIFIES
        if not rounded.isdisjoint(part.arguments)
    }


def _grows(part: Node) -> TypeGuard[Apply]:
    """Whether it makes a larger relative error of a large argument."""
    return isinstance(part, Apply) and part.head in GROWING


def _own(part: Apply) -> Node:
    """What it is a function of, but for an order before it and what kernels share behind it."""
    return part.arguments[len(ARGUMENTS[part.head]) - 1]


def _of_one_sign(part: Apply) -> bool:
    """Whether the terms have one sign: u - max(u) less the log of a sum with 1 in it has."""
    match part:
        case Apply("-", (Apply("beside", _), Apply("log1p", (Apply("beneath", _),)))):
            return True
    return False


def _rounded(parts: Sequence[Node]) -> set[Node]:
    """The parts that are not exactly a number that was given, in which arguments come first."""
    rounded: set[Node] = set()
    for part in parts:
        if isinstance(part, Apply) and not (
            part.head not in ROUNDING and rounded.isdisjoint(part.arguments)
        ):
            rounded.add(part)
    return rounded


def _straight(parts: Sequence[Node], varying: set[Node]) -> set[Node]:
    """The parts that are a power of x but for a factor, and the constants.

    And sums of such powers that all have the sign of x: their slope is no less than theirs.
    """
    straight = set(parts) - varying | {X}
    alike: set[Node] = {X}
    for part in parts:
        match part:
            case Apply("**", (u, v)) if u in straight and not (isinstance(v, Apply) or v is X):
                straight.add(part)
                if u in alike and isinstance(v, Number) and v.value > 0 and v.value % 2 == 1:
                    alike.add(part)
            case Apply("+", (u, v)) if u in alike and v in alike:
                straight.add(part)
                alike.add(part)
            case Apply("*", (u, v)) if (u in alike and _above_0(v)) or (v in alike and _above_0(u)):
                straight.add(part)
                alike.add(part)
            case Apply(head, arguments) if head in STRAIGHT and straight.issuperset(arguments):
                straight.add(part)
    return straight


def _above_0(part: Node) -> bool:
    """Whether it is seen to be a positive number."""
    match part:
        case Number(value):
            return value > 0
        case Name(name):
            return name in CONSTANTS
        case Apply("*" | "/" | "+" | "sqrt" | "**", arguments):
            return all(map(_above_0, arguments))
    return False


def _is_constant(part: Node) -> bool:
    """Whether it is a number that float64 does not have, such as pi."""
    return isinstance(part, Name) and part.id in CONSTANTS


def _guards(
    parts: Sequence[Node], slots: dict[Node, int]
) -> dict[Node, tuple[tuple[int, bool], ...]]:
    """The branches that each part is for, where it is for nothing else."""
    found: dict[Node, tuple[tuple[int, bool], ...]] = {parts[-1]: ()}
    for part in reversed(parts):
        if not isinstance(part, Apply):
            continue
        own = found[part]
        for i, argument in enumerate(part.arguments):
            here = own
            if part.head == "where" and i:
                here = (*own, (slots[part.arguments[0]], i == 1))
            before = found.get(argument, here)
            common = tuple(a for a, b in zip(before, here, strict=False) if a == b)
            found[argument] = common
    return found


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
def lowered(node: Node) -> Node:
    """The tree with what kernels share as parts: exp(-|x|) of both sigmoid(-x) and softplus(x)."""
    done: dict[Node, Node] = {}
    node = shifted(node)
    parts = tuple(walk(node))
    varying = _varying(parts)
    asked = Counter(shared for part in parts if part in varying and (shared := _shared(part)))
    for part in parts:
        match part:
            case Apply(head, (u,)) if head in OF_VECTOR:
                done[part] = Apply(head, (_everywhere(done[u]),))
            case Apply(head, arguments):
                below = tuple(done[argument] for argument in arguments)
                shared = _shared(part)
                if shared and asked[shared] > 1 and part in varying:
                    below += (Apply(PARTS[head], (_unsigned(below[0]),)),)
                done[part] = Apply(head, below)
            case _:
                done[part] = part
    return done[node]


def _shared(part: Node) -> Node | None:
    """What it may share with other parts, written with their arguments."""
    match part:
        case Apply(head, (u,)) if head in PARTS:
            return Apply(PARTS[head], (_unsigned(u),))
    return None


def _everywhere(node: Node) -> Node:
    """The formula with a value for every component: sum(1) counts them."""
    if X in walk(node):
        return node
    return Apply("where", (Apply(">=", (X, X)), node, node))


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
