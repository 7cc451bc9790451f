"""Somebody's code at every number of a format: in blocks, on all cores.

A block passes where its numbers are so near to those of our float64 kernels that no error of these
matters; all other points are judged as any are, by more digits where that decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np

from actviz.check.accuracy import RARELY, Accuracy, joined, most_telling
from actviz.check.claim import Claim, first_component
from actviz.check.dtypes import Format
from actviz.check.straight import Lines, lines
from actviz.check.tolerance import Tolerance
from actviz.errors import UsageError
from actviz.formula.arrays import Array, Indices

if TYPE_CHECKING:
    from actviz.check.foreign.trial import Trial

BLOCK = 1 << 18  # numbers that are judged at once
MOST = 1 << 32  # numbers that are looked at
SURE = 1 - 2.0**-10  # of the tolerance: larger errors are looked at closely
SHORT = 24  # bits of formats so short that our float64 kernels are right beside them
FAR = 64.0  # beyond it lines stand for a function
KEPT = 16  # of the points of a block that fail, those that are told
ENOUGH = 1 << 24  # failing points, after which no more are looked at

Progress = Callable[[int, int, str], None]


def silent(done: int, total: int, what: str) -> None:
    """A bar that nobody sees."""


@dataclass(frozen=True)
class Block:
    """So many numbers of a format, by their bits, from the one with the smallest magnitude on."""

    first: int
    count: int
    lower: float
    upper: float


@dataclass
class Seen:
    """What was found at every number: how many there are, how many fail, and some that do.

    grave: how many of those that fail are not tiny; place: where they are, from and to; ulps: the
    largest error of all.
    """

    count: int = 0
    failing: int = 0
    grave: int = 0
    lowest: float = math.inf
    highest: float = -math.inf
    raised: str = ""
    complete: bool = True
    points: list[Accuracy] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        """Count in what was found elsewhere."""
        self.count += other.count
        self.failing += other.failing
        self.grave += other.grave
        self.lowest = min(self.lowest, other.lowest)
        self.highest = max(self.highest, other.highest)
        self.raised = self.raised or other.raised
        self.points += other.points


def blocks(format: Format, within: tuple[float, float] | None) -> list[Block]:
    """All finite numbers of a format in a range; UsageError if they are too many."""
    lowest, highest = within or (-math.inf, math.inf)
    found = list[Block]()
    for sign, (near, far) in ((-1, (-highest, -lowest)), (1, (lowest, highest))):
        if far < 0 or (near > format.largest):
            continue
        first, last = (_bits(format, end, up) for end, up in ((near, True), (far, False)))
        base = format.negative if sign < 0 else 0
        if last < first:
            continue
        _check_count(last - first + 1, format, within)
        for start in range(first - first % BLOCK, last + 1, BLOCK):
            begin, end = max(start, first), min(start + BLOCK - 1, last)
            ends = sorted(sign * float(format.numbers(bits, 1)[0]) for bits in (begin, end))
            found.append(Block(base + begin, end - begin + 1, ends[0], ends[1]))
    _check_count(sum(block.count for block in found), format, within)
    return found


def _bits(format: Format, end: float, up: bool) -> int:
    """The bits of the first number from an end on (up), or of the last one up to it."""
    inside = abs(min(max(end, 0.0), format.largest))  # -0.0 has other bits
    near = float(format.rounded(np.array([inside]))[0])
    bits = format.bits_of(min(near, format.largest))
    if up and near < inside:
        return bits + 1
    return bits - 1 if not up and near > inside else bits


def _check_count(count: int, format: Format, within: tuple[float, float] | None) -> None:
    if count > MOST:
        place = "" if within is None else " in that range"
        raise UsageError(
            f"{format.name} has {count:,} numbers{place}, and --exhaustive looks at {MOST:,} at "
            "most: give a smaller --range, or --dtype float32."
        )


def every(
    trials: Sequence[Trial],
    order: int,
    within: tuple[float, float] | None,
    progress: Progress,
) -> Seen:
    """What is found at every number; each of the trials has the code in a process of its own.

    Raises Ended if one of these is no more.
    """
    first = trials[0]
    todo = blocks(first.format, within)
    ends = np.array([[block.lower, block.upper] for block in todo]).reshape(-1, 2)
    straight = _lines(first, order, ends)
    free, seen = SimpleQueue["Trial"](), Seen()
    for trial in trials:
        free.put(trial)

    def work(place: int) -> Seen:
        trial = free.get()
        try:
            return _judged(trial, order, todo[place], straight, place)
        finally:
            free.put(trial)

    executor = ThreadPoolExecutor(len(trials))
    try:
        futures = [executor.submit(work, place) for place in range(len(todo))]
        for done, part in enumerate(_results(futures), 1):
            seen.add(part)
            _thin(seen)
            progress(done, len(todo), f"{seen.failing:,} beyond the tolerance")
            if seen.grave > ENOUGH and done < len(todo):
                seen.complete = False
                break
    finally:
        executor.shutdown(cancel_futures=True)
    return seen


def _results(futures: Sequence[Future[Seen]]) -> Iterator[Seen]:
    """What the blocks gave, as it comes; each is forgotten then."""
    for future in as_completed(futures):
        yield future.result()


def _thin(seen: Seen) -> None:
    """Keep the points that tell most."""
    if len(seen.points) > 2 * KEPT:
        seen.points = [most_telling(joined(seen.points), KEPT * KEPT)]


def _lines(trial: Trial, order: int, ends: Array) -> Lines | None:
    """Lines for the blocks, if any of them is far out."""
    if trial.format.bits > SHORT or not (np.abs(ends) >= FAR).all(axis=1).any():
        return None
    function = first_component(trial.activation)
    return lines(function, order, ends[:, 0], ends[:, 1], trial.within)


def _judged(trial: Trial, order: int, block: Block, straight: Lines | None, place: int) -> Seen:
    """What is found in a block."""
    got, raised = trial.stretch(order, block.first, block.count)
    x = trial.format.numbers(block.first, block.count)
    expected = None
    if straight is not None and min(abs(block.lower), abs(block.upper)) >= FAR:
        expected = straight.at(place, x)
    if expected is None:
        expected = Claim.of(trial.activation, order).at(x)
    doubtful = _doubtful(expected, got, trial.within)
    seen = Seen(block.count, raised=raised)
    if not doubtful.size:
        return seen
    wrong = trial.measured(x[doubtful], order, got[doubtful].astype(float))
    wrong = wrong.where(wrong.excess > 1)
    if wrong.x.size:
        seen.failing, seen.grave = wrong.x.size, int(np.count_nonzero(~wrong.tiny))
        seen.lowest, seen.highest = float(wrong.x.min()), float(wrong.x.max())
        seen.points = [most_telling(wrong, KEPT)]
    return seen


def _doubtful(expected: Array, got: Array, within: Tolerance) -> Indices:
    """The points that are not surely right.

    Sure are those that are off by less than the tolerance without what rounding x makes of it. That
    is as much larger than what our numbers may be off as eps is larger than that of float64.
    """
    sure = within.at(expected, np.zeros(1)) * (SURE if within.format.bits <= SHORT else RARELY)
    largest = within.format.largest / SURE
    with np.errstate(all="ignore"):
        right = np.abs(got - expected) <= sure
        if right.all():
            return np.empty(0, dtype=np.intp)
        right |= (got == expected) | np.isnan(expected)
        right |= np.isinf(got) & (got * expected > 0) & (np.abs(expected) > largest)
    return np.flatnonzero(~right)
