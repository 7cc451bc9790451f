"""What a function is like, computed from its formula: range, limits, zeros, shape, moments, cost.

`properties` gives everything as one record, `ROWS` is the table of how each of them is written,
`depth` is the vanishing gradient as numbers. All are of functions of one number; a function of a
vector is refused with a UsageError.
"""

from __future__ import annotations

from actviz.properties.cost import nanoseconds, operations
from actviz.properties.depth import Depth, depth
from actviz.properties.extent import Extent
from actviz.properties.record import Properties, properties
from actviz.properties.roots import Roots, Stretch
from actviz.properties.rows import ROWS, Row, duration, plain

__all__ = [
    "ROWS",
    "Depth",
    "Extent",
    "Properties",
    "Roots",
    "Row",
    "Stretch",
    "depth",
    "duration",
    "nanoseconds",
    "operations",
    "plain",
    "properties",
]
