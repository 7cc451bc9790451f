"""The plot area in pixels, and how closely what is drawn there keeps to the curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from actviz.formula.arrays import Array
from actviz.sampling.scan import Scan

TOLERANCE = 0.1  # pixels a chord may leave the samples in thinning
JUMP = 0.5  # pixels: a smaller step is not seen, and is drawn as a vertex

Limits = tuple[float, float]


class Pixels(NamedTuple):
    """Where a plot area stands among pixels: how far it is across, and from where in a pixel on."""

    across: float
    start: float

    def edges(self, lo: float, hi: float) -> Array:
        """Where the columns of pixels begin and end, from lo to hi."""
        inner = (np.arange(1.0, np.ceil(self.start + self.across)) - self.start) / self.across
        inner = lo * (1 - inner) + hi * inner
        return np.unique(np.concatenate([[lo, hi], inner[(inner > lo) & (inner < hi)]]))


class View(NamedTuple):
    """The plot area in pixels: x from 0, y from 0 to height inside the limits.

    pixels: where it stands, if its columns are the very pixels; else they are those of the scan.
    limits: of y, in the units of the function; ylo and yhi are these on the scale.
    """

    lo: float
    hi: float
    width: float
    ylo: float
    yhi: float
    height: float
    warp: Callable[[Array], Array] | None
    edges: Array
    limits: Limits
    pixels: Pixels | None = None

    @classmethod
    def of(
        cls,
        scanned: Scan,
        height: float,
        ylim: Limits | None,
        warp: Callable[[Array], Array] | None,
    ) -> View:
        limits = ylim or _extent(scanned.y)
        ylo, yhi = limits if warp is None else warp(np.array(limits)).tolist()
        lo, hi, width = scanned.lo, scanned.hi, scanned.width
        return cls(lo, hi, width, float(ylo), float(yhi), height, warp, scanned.edges, limits)

    def among(self, pixels: Pixels) -> View:
        """The same with columns that are the very pixels."""
        edges = pixels.edges(self.lo, self.hi)
        return self._replace(width=pixels.across, edges=edges, pixels=pixels)

    def across(self, x: Array) -> Array:
        """Pixels from the left edge; halved so that the widest ranges do not overflow."""
        return np.asarray((x / 2 - self.lo / 2) / (self.hi / 2 - self.lo / 2) * self.width)

    def up(self, y: Array) -> Array:
        """Pixels from the lower edge, held within one height of the view."""
        with np.errstate(all="ignore"):
            warped = y if self.warp is None else self.warp(y)
            t = (warped / 2 - self.ylo / 2) / (self.yhi / 2 - self.ylo / 2)
        return np.asarray(np.minimum(np.maximum(t, -1.0), 2.0) * self.height)

    def steepness(self, slopes: Array) -> Array:
        """Slopes in pixels up per pixel across; not known on another scale than the linear."""
        if self.warp is not None:
            return np.full(slopes.shape, np.nan)
        with np.errstate(all="ignore"):
            wide = self.width / (self.hi / 2 - self.lo / 2)
            return np.asarray(slopes * (self.height / (self.yhi / 2 - self.ylo / 2) / wide))

    def shown(self, y: Array) -> Array:
        """Pixels from the lower edge, what is outside on the nearer edge."""
        return np.asarray(np.minimum(np.maximum(self.up(y), 0.0), self.height))

    def holds(self, y: float) -> bool:
        """Whether y is inside the limits, give or take a tenth of a pixel."""
        at = float(self.up(np.array([y]))[0])
        return -TOLERANCE <= at <= self.height + TOLERANCE

    def apart(self, a: float, b: float) -> bool:
        """Whether two heights are seen to differ."""
        up = self.up(np.array([a, b]))
        return bool(abs(up[1] - up[0]) > JUMP)


def _extent(y: Array) -> Limits:
    """The least and greatest finite value, apart from each other."""
    finite = y[np.isfinite(y)]
    if not finite.size:
        return -1.0, 1.0
    lo, hi = float(finite.min()), float(finite.max())
    return (lo, hi) if hi > lo else (lo - 1.0, hi + 1.0)
