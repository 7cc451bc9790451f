"""Whether a formula has a value at every number."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from actviz.formula.breaks import relations
from actviz.formula.expression import COMPARISONS, Apply, Node, walk
from actviz.formula.primitives import OF_VECTOR


@lru_cache(maxsize=512)
def total(node: Node, parameters: tuple[tuple[str, float], ...]) -> bool:
    """Whether a formula surely has a value at every finite number.

    >>> from actviz.formula.parsing import parse
    >>> total(parse("1/(1 + x**2)"), ()), total(parse("1/x"), ())
    (True, False)
    """
    if not relations(node):
        return True
    if any(isinstance(part, Apply) and part.head in OF_VECTOR for part in walk(node)):
        return COMPARISONS.isdisjoint(relations(node))  # cells of rows are not enclosed
    from actviz.formula.enclosure.bounds import compiled, run
    from actviz.formula.enclosure.cells import LARGEST

    ends = np.array([-LARGEST, -1.0, 0.0, 1.0, LARGEST])
    lower, upper = np.append(ends[:-1], ends), np.append(ends[1:], ends)
    (part,) = run(compiled([node], dict(parameters)), lower, upper)
    return bool(part.defined.all())
