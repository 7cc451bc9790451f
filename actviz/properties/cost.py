"""What a value costs: elementary operations of the formula, and measured time."""

from __future__ import annotations

from collections import Counter
from time import perf_counter_ns

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.formula.expression import Apply, Node, X, walk

POINTS = 8192  # one block of evaluate: what is measured stays in the cache
REPEATS = 30


def operations(activation: Activation, order: int = 0) -> dict[str, int]:
    """How many operations one value takes, by kind, those done most often first.

    Counted in the formula that values are computed from, a part that occurs twice once, and what
    has no x in it not at all. Both branches of a where count, as an array computes both.

    >>> import actviz
    >>> operations(actviz.get("silu"))
    {'*': 1, 'sigmoid': 1}
    """
    depends: set[Node] = {X}
    count: Counter[str] = Counter()
    for part in walk(activation.numeric_tree(order)):
        if isinstance(part, Apply) and not depends.isdisjoint(part.arguments):
            depends.add(part)
            count[part.head] += 1
    return dict(sorted(count.items(), key=lambda pair: (-pair[1], pair[0])))


def nanoseconds(activation: Activation, order: int = 0) -> float:
    """The measured time of one value in an array of them, in nanoseconds: the least of 30 runs."""
    x = np.linspace(-4.0, 4.0, POINTS)
    count = np.size(activation.derivative(x, order))  # this prepares the formula, too
    times = []
    for _ in range(REPEATS):
        start = perf_counter_ns()
        activation.derivative(x, order)
        times.append(perf_counter_ns() - start)
    return min(times) / count
