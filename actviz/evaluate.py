"""Values of a formula: a tree and numbers in, float64 arrays out.

A tree is turned into a list of steps, shared subtrees once, and the steps run over blocks that fit
the cache. float64 loses nothing here but its range: where a step overflows or is undefined
(x**2/(1 + x**2) at 1e200, x*sigmoid(x) at -inf), those points alone are computed again with
exponents of any size (:mod:`actviz.wide`). So a finite x gives NaN only where the formula is
undefined, and +-inf gives the limit. NaN in, NaN out. No numpy warning gets through.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from actviz.expression import Apply, Name, Node, Number, X, walk
from actviz.kernels import Array, kernel
from actviz.primitives import REDUCTIONS

BLOCK = 8192  # points: the buffers of a formula stay in the second-level cache
CONSTANTS = {"pi": math.pi, "e": math.e}


def evaluate(node: Node, x: Array, parameters: Mapping[str, float]) -> Array:
    """The formula's values at x, a float64 array of any shape; the same shape comes back.

    A reduction (sum, others) runs over the last axis.

    Raises KeyError for a name without a value.

    >>> from actviz.expression import parse
    >>> evaluate(parse("x**2/(1 + x**2)"), np.array([1.0, 1e200, np.inf]), {})
    array([0.5, 1. , 1. ])
    """
    program = _program(node)
    constants = {**CONSTANTS, **parameters}
    x = np.asarray(x, dtype=np.float64)
    if program.reduces:
        return _block(program, np.atleast_1d(x), constants).reshape(x.shape)
    if x.size <= BLOCK:
        return _block(program, x, constants)
    flat = np.ascontiguousarray(x).ravel()
    result = np.empty_like(flat)
    for start in range(0, flat.size, BLOCK):
        part = slice(start, start + BLOCK)
        result[part] = _block(program, flat[part], constants)
    return result.reshape(x.shape)


def trace(node: Node, x: float, parameters: Mapping[str, float]) -> dict[Node, float]:
    """The value of every part of the formula at one point, in plain float64 arithmetic."""
    program = _program(node)
    slots = _fill(program, np.array([x]), {**CONSTANTS, **parameters})
    with np.errstate(all="ignore"):
        for step in program.steps:
            slots[step.slot] = step.kernel(*(slots[i] for i in step.arguments))
    return {part: float(np.ravel(slots[i])[0]) for i, part in enumerate(program.parts)}


@dataclass(frozen=True)
class Step:
    """One operation: kernel, where its arguments are, where its result goes, what is then free."""

    kernel: Callable[..., Any]
    arguments: tuple[int, ...]
    slot: int
    free: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """A tree as steps over slots; slot i holds the value of parts[i]."""

    parts: tuple[Node, ...]
    steps: tuple[Step, ...]
    reduces: bool


@lru_cache(maxsize=512)
def _program(node: Node) -> Program:
    parts = tuple(walk(node))
    slots = {part: i for i, part in enumerate(parts)}
    last_use = {
        slots[argument]: i
        for i, part in enumerate(parts)
        if isinstance(part, Apply)
        for argument in part.arguments
    }
    steps = []
    for i, part in enumerate(parts):
        if isinstance(part, Apply):
            arguments = tuple(slots[argument] for argument in part.arguments)
            free = tuple({a for a in arguments if last_use[a] == i})
            steps.append(Step(kernel(part.head), arguments, i, free))
    reduces = any(isinstance(part, Apply) and part.head in (*REDUCTIONS, "pick") for part in parts)
    return Program(parts, tuple(steps), reduces)


def _fill(program: Program, x: Array, constants: Mapping[str, float]) -> list[Any]:
    """The slots with x, numbers and names in them."""
    slots: list[Any] = []
    for part in program.parts:
        match part:
            case Number(value):
                slots.append(np.float64(value))
            case Name(name):
                slots.append(x if part is X else np.float64(constants[name]))
            case _:
                slots.append(None)
    return slots


def _block(program: Program, x: Array, constants: Mapping[str, float]) -> Array:
    """One block: the fast run, then whatever it could not do."""
    flags = _Flags()
    with np.errstate(all="call", under="ignore", call=flags):
        slots = _fill(program, x, constants)
        for step in program.steps:
            slots[step.slot] = step.kernel(*(slots[i] for i in step.arguments))
            for i in step.free:
                slots[i] = None
    values: Array = np.asarray(slots[-1])
    if not program.steps or np.shape(values) != x.shape:  # a constant, or x itself
        values = np.array(np.broadcast_to(values, x.shape), dtype=np.float64)
    undefined = np.isnan(x)
    if flags.raised or not np.isfinite(values).all():
        with np.errstate(all="ignore"):
            _repair(program, x, constants, values)
    if undefined.any():
        values[undefined] = np.nan
    return values


class _Flags:
    """Remembers that numpy reported an overflow, a division by zero or an invalid operation."""

    raised = False

    def __call__(self, kind: str, flag: int) -> None:
        self.raised = True


def _repair(program: Program, x: Array, constants: Mapping[str, float], values: Array) -> None:
    """Compute again, with a wide exponent, the points at which a step left the finite numbers."""
    from actviz import wide

    if program.reduces:
        if np.isfinite(x).all():
            values[...] = wide.evaluate(program.parts, x, constants)
        return
    finite = np.isfinite(x)
    good, decided = _soundness(program, x, constants)
    doubtful = finite & ~good
    if doubtful.any():
        values[doubtful] = wide.evaluate(program.parts, x[doubtful], constants)
    for sign in (1.0, -1.0):
        here = (x == sign * np.inf) & (np.isnan(values) | ~decided)
        if here.any():
            values[here] = wide.limit(program.parts, sign, constants)


def _soundness(program: Program, x: Array, constants: Mapping[str, float]) -> tuple[Any, Any]:
    """Where every step is finite, and where no comparison meets a NaN (which is never greater)."""
    slots = _fill(program, x, constants)
    good, decided = np.ones(x.shape, dtype=bool), np.ones(x.shape, dtype=bool)
    for step in program.steps:
        arguments = [slots[i] for i in step.arguments]
        slots[step.slot] = step.kernel(*arguments)
        good &= np.isfinite(slots[step.slot])
        if np.asarray(slots[step.slot]).dtype == bool:
            decided &= ~np.isnan(arguments[0]) & ~np.isnan(arguments[1])
    return good, decided
