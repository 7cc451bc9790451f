"""The colour of each curve in a figure of several, and what the colours are on dark pages."""

from __future__ import annotations

from collections.abc import Sequence

from actviz.catalogue.curve import Curve
from actviz.figure.canvas import theme
from actviz.figure.canvas.theme import Theme


def colours_of(curves: Sequence[Curve], look: Theme) -> list[str]:
    """A colour for each curve by its function's name; the members of a family share a hue."""
    families = [curve.family or _home(curve) for curve in curves]
    places = dict(zip(families, theme.slots(families), strict=True))
    colours: dict[int, str] = {}
    for family, place in places.items():
        members = [i for i, each in enumerate(families) if each == family]
        tints = theme.shades(look.curves[place % len(look.curves)], len(members), look)
        colours |= dict(zip(members, tints, strict=True))
    return [colours[i] for i in range(len(curves))]


def _home(curve: Curve) -> str:
    activation = curve.activation
    return activation.name if activation.entry is not None else activation.formula


def recolour(look: Theme, curves: Sequence[Curve]) -> dict[str, str]:
    """The colours on a dark page by those of a light one; {} for a look that has no other."""
    found = theme.on_dark_pages(look)
    if not found:
        return {}
    pairs = zip(colours_of(curves, theme.LIGHT), colours_of(curves, theme.DARK), strict=True)
    return found | dict(pairs)
