"""A curve over a range as pieces that never cross a jump: few vertices, each where it is needed.

The curve is scanned at every half pixel, refined where a chord leaves it, cut where it breaks, and
thinned to the vertices that keep it within a fraction of a pixel, and joined by cubics. Both are
held, pixel column by pixel column, against the proven bounds of the formula. Nothing is random, so
the same request gives the same vertices.
"""

from actviz.sampling.breaks import breakpoints_of
from actviz.sampling.cubic import Cubic
from actviz.sampling.marks import Mark
from actviz.sampling.pieces import Piece, Samples, refine
from actviz.sampling.proof import look
from actviz.sampling.scan import Scan, scan
from actviz.sampling.view import Pixels

__all__ = [
    "Cubic",
    "Mark",
    "Piece",
    "Pixels",
    "Samples",
    "Scan",
    "breakpoints_of",
    "look",
    "refine",
    "scan",
]
