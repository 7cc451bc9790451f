"""The end circles of a curve where its limits and its value are not one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from actviz.sampling.scan import Scan
from actviz.sampling.view import JUMP, View


class Mark(NamedTuple):
    """An end circle at a jump: filled where the value is taken, open at a limit that is not."""

    x: float
    y: float
    taken: bool


def marks(scanned: Scan, view: View) -> tuple[Mark, ...]:
    """The end circles where the limits and the value are not one, at the ends of the range too."""
    found: list[Mark] = []
    for switch, value in zip(scanned.switches, scanned.values.tolist(), strict=True):
        first = int(np.searchsorted(scanned.x, switch))
        limits = scanned.y[first : first + 2].tolist()
        found += [Mark(switch, y, taken) for y, taken in _ends(limits, value, view)]
    ends = np.array([scanned.lo, scanned.hi])
    for end, limit, value in zip(ends, scanned.y[[0, -1]], scanned.at(ends), strict=True):
        if np.isfinite([limit, value]).all() and view.apart(limit, value):
            found += [Mark(end, float(value), True), Mark(end, float(limit), False)]
    return tuple(mark for mark in found if view.holds(mark.y))


def _ends(limits: list[float], value: float, view: View) -> list[tuple[float, bool]]:
    """The heights to mark at one switch, each with whether it is the value there."""
    known = [y for y in (*limits, value) if np.isfinite(y)]
    if not known or (len(known) == 3 and np.ptp(view.up(np.array(known))) <= JUMP):
        return []
    ends = [(value, True)] if np.isfinite(value) else []
    for y in limits:
        if np.isfinite(y) and all(view.apart(y, other) for other, _ in ends):
            ends.append((y, False))
    return ends
