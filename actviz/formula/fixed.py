"""The parts of a formula that no x goes into, told once, and well where float64 loses digits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from actviz.formula.allowance import Allowance, allowed
from actviz.formula.arrays import NORMAL
from actviz.formula.expression import COMPARISONS, ONE, ZERO, Apply, Node, Number, rebuild, walk
from actviz.formula.primitives import PERIODS
from actviz.formula.program import AMPLIFIES, Program, prepared, program

Given = tuple[tuple[str, float], ...]
WORK = 20_000_000  # steps of balls for each
STRICT = 3.0  # eps that float64 may err in one: what is made of it errs too
MOST_STEPS = 4  # of harmless ones, which together err no more than that
HARMLESS = frozenset({"+", "-", "*", "/", "neg", "abs", "sqrt", "cbrt", *AMPLIFIES}) - COMPARISONS
UNDEFINED = Apply("sqrt", (Number(-1.0),))
LARGE = 2.0**1000  # beyond that a wave of wide numbers is none


class Fixed(NamedTuple):
    """A formula as float64 is to take it, and as what has more digits is."""

    plain: Node
    exact: Node


@lru_cache(maxsize=256)
def fixed(node: Node, given: Given) -> Fixed:
    """The formula with numbers for those parts of which float64 is not enough.

    given: the value of every name but x. 1 - cos(1e-5) has 9 digits; parts that no float64 is stay.

    >>> from actviz.formula.parsing import parse
    >>> from actviz.formula.expression import to_text
    >>> to_text(fixed(parse("x*(1 - cos(1e-5))"), ()).plain)
    'x*(1*4.999999999958334e-11)'
    """
    whole, constants = program(node), dict(given)
    used = {len(whole.parts) - 1, *(i for step in whole.steps for i in step.arguments)}
    asked = [step.slot for step in whole.before if step.slot in used]
    if not asked:
        return Fixed(node, node)
    told, turned = dict[Node, Node](), dict[Node, Node]()
    with np.errstate(all="ignore"):
        slots = prepared(whole, constants)
        for i in asked:
            if not _harmless(whole, i, slots):
                part = whole.parts[i]
                wild = _turns(whole, part, slots)
                number = _told(part, slots[i], constants) or (UNDEFINED if wild else None)
                if number is not None:
                    told[part] = number
                    if wild:
                        turned[part] = _whole(part, constants) or number
    return Fixed(rebuild(node, told), rebuild(node, turned))


def _turns(whole: Program, part: Node, slots: Sequence[Any]) -> bool:
    """Whether it has waves of numbers that are too large for wide ones to tell them."""
    return any(
        isinstance(each, Apply)
        and each.head in PERIODS
        and not abs(slots[whole.parts.index(each.arguments[-1])]) < LARGE
        for each in walk(part)
    )


def _whole(part: Node, constants: dict[str, float]) -> Node | None:
    """The number that a part is, with twice the digits."""
    from actviz.formula.balls import values as balls

    if isinstance(part, Apply) and part.head in COMPARISONS:
        return None
    found = balls.pair(tuple(walk(part)), constants)
    return None if found is None else Apply("+", (Number(found[0]), Number(found[1])))


def _harmless(whole: Program, slot: int, slots: Sequence[Any]) -> bool:
    """Whether a part is made in so few and such steps that float64 is seen to be enough."""
    below = set(walk(whole.parts[slot]))
    steps = [step for step in whole.before if whole.parts[step.slot] in below]
    for step in steps:
        part, value = whole.parts[step.slot], slots[step.slot]
        assert isinstance(part, Apply)
        if part.head not in HARMLESS or not NORMAL <= abs(value) < np.inf:
            return False
        if step.scale:
            size, scale = step.scale(value, *(slots[i] for i in step.arguments))
            if not abs(size) >= abs(scale):
                return False
    return len(steps) <= MOST_STEPS


def _told(part: Node, plain: float, constants: dict[str, float]) -> Node | None:
    """The number that a part is, where that may be another than float64 makes of it."""
    from actviz.formula import precise, soundness

    compares = isinstance(part, Apply) and part.head in COMPARISONS
    asked = Apply("where", (part, ONE, ZERO)) if compares else part
    here, closely = np.zeros(1), np.ones(1, dtype=bool)
    if not soundness.doubtful(asked, here, constants, closely, allowed=STRICT)[0].any():
        return None
    with allowed(Allowance(WORK)):  # of its own: it must not depend on who asks
        value = float(precise.evaluate(tuple(walk(asked)), here, constants)[0])
    if compares:
        return Apply(">", (UNDEFINED if np.isnan(value) else Number(value), ZERO))
    if np.isnan(value):
        return UNDEFINED
    if not any(NORMAL <= abs(v) < np.inf for v in (plain, value)):
        return None
    return Apply("*", (ONE, Number(value)))  # which counts as rounded
