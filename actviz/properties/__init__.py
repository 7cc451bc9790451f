"""What a function is like, computed from its formula: range, limits, zeros, shape, moments, cost.

`properties` gives everything as one record, `ROWS` is the table of how each of them is written,
`depth` is the vanishing gradient as numbers. All are of functions of one number; a function of a
vector is refused with a UsageError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from actviz.late import late
from actviz.properties.rows import ROWS, Row, duration, plain

if TYPE_CHECKING:
    from actviz.properties.cost import nanoseconds, operations
    from actviz.properties.extent import Extent
    from actviz.properties.record import Properties, properties
    from actviz.properties.roots import Roots, Stretch
    from actviz.properties.vanishing import Depth, depth

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

# a help page names the properties, and must not wait for numpy
__getattr__, __dir__ = late(
    globals(),
    {
        "cost": "nanoseconds operations",
        "vanishing": "Depth depth",
        "extent": "Extent",
        "record": "Properties properties",
        "roots": "Roots Stretch",
    },
)
