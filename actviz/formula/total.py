"""Whether a formula has a value at every number, and nothing in it is at an edge of its domain."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from actviz.formula.breaks import edges, relations
from actviz.formula.expression import COMPARISONS, Apply, Node, walk
from actviz.formula.primitives import OF_VECTOR

if TYPE_CHECKING:
    from actviz.formula.enclosure.cells import Part


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
    return bool(_everywhere([node], parameters)[0].defined.all())


@lru_cache(maxsize=512)
def edgeless(node: Node, parameters: tuple[tuple[str, float], ...]) -> bool:
    """Whether surely nothing in a formula is divided by 0, or at the end of its domain.

    >>> from actviz.formula.parsing import parse
    >>> edgeless(parse("sqrt(x**2 + 1)"), ()), edgeless(parse("sqrt(x**2)"), ())
    (True, False)
    """
    places = tuple(edges(node))
    if not places:
        return True
    ends = (part.ends for part in _everywhere(places, parameters))
    return all(bool(((lower > 0) | (upper < 0)).all()) for lower, upper in ends)


def _everywhere(nodes: Sequence[Node], parameters: tuple[tuple[str, float], ...]) -> Sequence[Part]:
    """Bounds of all values of formulas, on cells that hold all finite numbers."""
    from actviz.formula.enclosure.bounds import compiled, run
    from actviz.formula.enclosure.cells import LARGEST

    ends = np.array([-LARGEST, -1.0, 0.0, 1.0, LARGEST])
    lower, upper = np.append(ends[:-1], ends), np.append(ends[1:], ends)
    return run(compiled(nodes, dict(parameters)), lower, upper)
