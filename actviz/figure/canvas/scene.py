"""What is asked of a figure of functions: which of them, over which range, with which look."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from actviz.catalogue.curve import Curve
from actviz.errors import UsageError
from actviz.figure.canvas.colours import Places
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Theme

Size = tuple[float, float]  # inches

NARROWEST_SHARE = 1e-12  # of the larger end: the least a range must span
NARROWEST_RANGE, WIDEST_RANGE = 1e-290, 1e305  # what it must span at least, and at most


@dataclass(frozen=True)
class Scene:
    """The derivatives of these orders of curves on [lo, hi].

    layout, diff: how several curves are shown; places: the colours and dashes that they have by
    their names, if others stand beside this figure; see figure.compare.
    """

    curves: tuple[Curve, ...]
    orders: tuple[int, ...]
    lo: float
    hi: float
    options: Options
    layout: str | None = None
    diff: bool = False
    places: Places | None = None

    def __post_init__(self) -> None:
        """Raises UsageError for a range in which a picture cannot tell one float from the next."""
        span, size = self.hi - self.lo, max(abs(self.lo), abs(self.hi))
        if not max(NARROWEST_SHARE * size, NARROWEST_RANGE) <= span <= WIDEST_RANGE:
            what = "wide" if span > WIDEST_RANGE else "narrow"
            raise UsageError(f"the range {self.lo!r}:{self.hi!r} is too {what} for a figure.")

    @property
    def look(self) -> Theme:
        return self.options.look

    @property
    def unit(self) -> float:
        """How many points a unit of the drawing is."""
        return self.options.unit

    @cached_property
    def title_look(self) -> Label:
        """A title without its text."""
        return Label("", self.look.title_size, self.look.ink, self.look.font)

    def size(self, usual: Size) -> Size:
        """The size of the sheet: what was asked for, or what is usual for what is drawn."""
        return self.options.size or usual


def columns_for(count: int) -> int:
    """Two columns for up to four curves, otherwise three, so that no row is nearly empty."""
    return count if count < 3 else 2 if count == 4 else 3 if count < 13 else 4
