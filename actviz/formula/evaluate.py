"""Values of a formula: a tree and numbers in, float64 arrays out.

A tree is turned into a list of steps, shared subtrees once, and the steps run over blocks that fit
the cache; what depends on no x is computed before. Where a step overflows or is undefined
(x**2/(1 + x**2) at 1e200, x*sigmoid(x) at -inf), or makes so much of its rounding that the bound of
the error is in doubt (:mod:`actviz.formula.soundness`), those points alone are computed again with
more digits and exponents of any size (:mod:`actviz.formula.precise`). So a finite x gives NaN only
where the formula is undefined, or where no digits settle it, and +-inf gives the limit. NaN in, NaN
out. No numpy warning gets through.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from actviz.formula.allowance import exhausted
from actviz.formula.arrays import BLOCK, Array, Indices, Truths, all_finite
from actviz.formula.breaks import spelled
from actviz.formula.expression import Node, X
from actviz.formula.fixed import Fixed, fixed
from actviz.formula.kernels import where
from actviz.formula.program import Program, Step, lowered, prepared, program
from actviz.formula.shifted import shifted

CONSTANTS = {"pi": math.pi, "e": math.e}
SMALL = 2.0**-4  # a component whose slope does not cover what cancels in it
MOST_LIMITS = 1000  # of different rows with infinite components, which take a while


def evaluate(
    node: Node, x: Array, parameters: Mapping[str, float], *, closely: bool = False
) -> Array:
    """The formula's values at x, a float64 array of any shape; the same shape comes back.

    A function of the whole vector (sum, others, tau1) runs over the last axis. What cancels among
    components is covered by its slopes unless these are small, or closely says that they are not
    what it is held against.

    Raises KeyError for a name without a value.

    >>> from actviz.formula.parsing import parse
    >>> evaluate(parse("x**2/(1 + x**2)"), np.array([1.0, 1e200, np.inf]), {})
    array([0.5, 1. , 1. ])
    """
    constants = {**CONSTANTS, **parameters}
    forms = fixed(node, tuple(constants.items()))
    steps = program(lowered(forms.plain))
    x = np.asarray(x, dtype=np.float64)
    rows = np.ascontiguousarray(x).reshape(_rows(x, steps))
    values = np.empty_like(rows)
    count = max(1, BLOCK // math.prod(rows.shape[1:]))
    flags, few = _Flags(), _Few(forms, constants, rows, values)
    with np.errstate(all="call", call=flags):
        slots = prepared(steps, constants)
        always = flags.raised
        for start in range(0, len(rows), count):
            given, found = rows[start : start + count], values[start : start + count]
            flags.raised = always
            cancelled = _run(steps, slots, given, found, flags)
            if cancelled is not None and steps.reduces and not closely:
                cancelled = cancelled & (np.abs(given) < SMALL)
            raised = flags.raised  # before the sums of squares raise it
            finite = all_finite(given)
            if raised or not finite or not all_finite(found):
                _repair(forms, given, constants, found, cancelled)
            elif cancelled is not None and cancelled.any():
                few.add(start, cancelled)
            if not finite:
                unknown = np.isnan(given)
                found[unknown.any(axis=-1) if steps.reduces else unknown] = np.nan
        few.repair()
    return values.reshape(x.shape)


def _rows(x: Array, steps: Program) -> tuple[int, ...]:
    """The shape in which the first axis can be cut into blocks."""
    if steps.reduces and x.size:
        return -1, (x.shape or (1,))[-1]
    return (x.size,)


def plain(node: Node, x: Array, parameters: Mapping[str, float]) -> Array:
    """The values as float64 arithmetic has them, step by step as the formula is written.

    >>> from actviz.formula.parsing import parse
    >>> plain(parse("1 - tanh(x)**2"), np.array([20.0]), {}).tolist()
    [0.0]
    """
    steps = program(node)
    values = np.empty_like(x)
    with np.errstate(all="ignore"):
        _run(steps, prepared(steps, {**CONSTANTS, **parameters}), x, values, _Flags())
    return values


def trace(node: Node, x: float, parameters: Mapping[str, float]) -> dict[Node, float]:
    """The value of every part of the formula at one point, in plain float64 arithmetic."""
    whole = program(node)
    with np.errstate(all="ignore"):
        slots = prepared(whole, {**CONSTANTS, **parameters})
        slots = _filled(whole, slots, np.array([x]))
        for step in whole.steps:
            slots[step.slot] = step.kernel(*(slots[i] for i in step.arguments))
    return {part: float(np.ravel(slots[i])[0]) for i, part in enumerate(whole.parts)}


def _filled(whole: Program, prepared: Sequence[Any], x: Array) -> list[Any]:
    """The slots with x in them too."""
    return [x if part is X else slot for part, slot in zip(whole.parts, prepared, strict=True)]


def _run(
    whole: Program,
    prepared: Sequence[Any],
    x: Array,
    values: Array,
    flags: _Flags,
) -> Truths | None:
    """One block, into values; and where a step of it cancels, if one does."""
    slots = _filled(whole, prepared, x)
    cancelled: Truths | None = None
    for step in whole.steps[:-1]:
        slots[step.slot] = step.kernel(*(slots[i] for i in step.arguments))
        if step.scale:
            cancelled = _cancelled(step, slots, cancelled, flags)
        for i in step.free:
            slots[i] = None
    for step in whole.steps[-1:]:
        arguments = (slots[i] for i in step.arguments)
        if isinstance(step.kernel, np.ufunc):
            step.kernel(*arguments, out=values)
        else:
            values[...] = step.kernel(*arguments)
        slots[step.slot] = values
        if step.scale:
            cancelled = _cancelled(step, slots, cancelled, flags)
    if not whole.steps:  # a constant, or x itself
        values[...] = slots[-1]
    return None if cancelled is None else np.broadcast_to(cancelled, x.shape)


def _cancelled(
    step: Step, slots: Sequence[Any], before: Truths | None, flags: _Flags
) -> Truths | None:
    """Where a value is much smaller than its scale and counts, added to where one was before."""
    assert step.scale is not None
    raised = flags.raised
    value, scale = step.scale(slots[step.slot], *(slots[i] for i in step.arguments))
    here: Truths = np.abs(value) < np.abs(scale) * step.cancels
    flags.raised = raised
    if not here.any():
        return before
    for condition, holds in step.guards:
        here = here & (slots[condition] if holds else ~slots[condition])
    return here if before is None else here | before


class _Few:
    """Points of all blocks that are to be looked at closely, together: each walk has its price."""

    def __init__(
        self, forms: Fixed, constants: Mapping[str, float], x: Array, values: Array
    ) -> None:
        self.forms, self.constants, self.x, self.values = forms, constants, x, values
        self.places: list[Indices] = []
        self.count = 0

    def add(self, start: int, which: Truths) -> None:
        """Those of a block that begins at start."""
        places = np.flatnonzero(which if which.ndim == 1 else which.any(axis=-1)) + start
        self.places.append(places)
        self.count += len(places)
        if self.count > BLOCK:
            self.repair()

    def repair(self) -> None:
        if self.count:
            places = np.concatenate(self.places)
            found = self.values[places]
            seen = np.ones(found.shape, dtype=bool)
            _repair(self.forms, self.x[places], self.constants, found, seen)
            self.values[places] = found
        self.places, self.count = [], 0


class _Flags:
    """Remembers that numpy reported an overflow, an underflow, a division by 0 or no number."""

    raised = False

    def __call__(self, kind: str, flag: int) -> None:
        self.raised = True


def _repair(
    forms: Fixed,
    x: Array,
    constants: Mapping[str, float],
    values: Array,
    cancelled: Truths | None,
) -> None:
    """Compute again, with wide numbers, the points at which float64 may not have been enough."""
    from actviz.formula import precise, soundness

    node = forms.exact
    whole = program(node)
    with np.errstate(all="ignore"):
        if whole.reduces:
            if not exhausted():
                _repair_rows(forms, x, constants, values, cancelled)
            return
        seen = np.zeros(x.shape, dtype=bool) if cancelled is None else cancelled
        if exhausted():
            values[soundness.worthless(forms.plain, x, constants, seen)] = np.nan
            return
        if not np.isfinite(x).any():
            undecided = soundness.undecided(forms.plain, x, constants)
        else:
            doubtful, undecided = soundness.doubtful(forms.plain, x, constants, seen)
            if doubtful.any():
                at, rough = x[doubtful], values[doubtful]
                found = precise.evaluate(whole.parts, at, constants)
                if exhausted():
                    rough[soundness.worthless(forms.plain, at, constants, seen[doubtful])] = np.nan
                values[doubtful] = _settled(found, rough)
        for sign in (1.0, -1.0):
            here = x == sign * np.inf
            here &= (
                np.isnan(values) | undecided | seen | (here.any() and _tips(node, sign, constants))
            )
            if here.any():
                values[here] = precise.limit(whole.parts, sign, constants)


def _settled(found: Array, plain: Array) -> Array:
    """What was found, or where the allowance of digits did not last, what float64 makes of it."""
    return np.where(np.isnan(found), plain, found) if exhausted() else found


def _tips(node: Node, sign: float, constants: Mapping[str, float]) -> bool:
    """Whether what is approached at sign*inf is a switch, as by sign(1/x), or may be a step's."""
    whole = program(spelled(node))
    slots = _filled(whole, prepared(whole, constants), np.array([sign * np.inf]))
    tied = set[int]()
    for step in whole.steps:
        first, *others = arguments = [slots[i] for i in step.arguments]
        value = slots[step.slot] = step.kernel(*arguments)
        if value.dtype == bool and first == others[0]:
            tied.add(step.slot)
        if step.arguments[0] in tied and step.kernel is where and others[0] != others[1]:
            return True
        if step.steps and np.isfinite(first):
            return True
    return False


def _repair_rows(
    forms: Fixed,
    x: Array,
    constants: Mapping[str, float],
    values: Array,
    cancelled: Truths | None,
) -> None:
    """Compute the rows again that are in doubt; where components are infinite, their limit."""
    from actviz.formula import precise, soundness

    node = forms.exact
    parts = program(node).parts
    finite: Truths = np.asarray(np.isfinite(x).all(axis=-1))
    doubtful: Any
    if shifted(node) is node:
        doubtful = finite & soundness.rows_in_doubt(forms.plain, x, constants)
    else:
        doubtful = finite & ~np.isfinite(values).all(axis=-1)
    if cancelled is not None:
        doubtful = doubtful | finite & cancelled.any(axis=-1)
    if doubtful.any():
        found = precise.evaluate(parts, x[doubtful], constants)
        values[doubtful] = _settled(found, values[doubtful])
    unknown = np.isnan(values).any(axis=-1) & np.isinf(x).any(axis=-1)
    known: dict[bytes, Array] = {}  # rows that are masked whole are alike
    for i in np.flatnonzero(unknown & ~np.isnan(x).any(axis=-1)):
        row = x[i].tobytes()
        if row not in known and len(known) < MOST_LIMITS:
            known[row] = precise.limit_of_row(
                program(shifted(node)).parts, x[i], constants, partial(_at, node, constants)
            )
        values[i] = known.get(row, np.nan)
    if cancelled is not None:
        masked = np.isinf(x).any(axis=-1) & cancelled.any(axis=-1) & ~np.isnan(values).any(axis=-1)
        for i in np.flatnonzero(masked)[:MOST_LIMITS]:
            values[i] = _masked(parts, x[i], constants, values[i])


def _masked(
    parts: Sequence[Node], row: Array, constants: Mapping[str, float], found: Array
) -> Array:
    """A row with infinite components that cancels: with large ones for these, if that settles."""
    from actviz.formula import precise

    near, far = (
        precise.evaluate(parts, np.clip(row, -e, e)[None], constants)[0] for e in (1e200, 1e300)
    )
    return np.where(near == far, far, found)


def _at(node: Node, constants: Mapping[str, float], row: Array) -> Array:
    return evaluate(node, row, constants)
