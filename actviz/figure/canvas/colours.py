"""Which colour and dash each curve has by its name, and what the colours are on dark pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actviz.figure.canvas import theme
from actviz.figure.canvas.theme import Theme

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve


@dataclass(frozen=True)
class Places:
    """Which colours and dashes curves have, the same in all figures of a list.

    colours are by function, or family, whose members share a hue; dashes by function and label.
    """

    colours: Mapping[str, int]
    dashes: Mapping[str, int]

    def dash(self, curve: Curve) -> int:
        return self.dashes[_own(curve)]


def places_of(figures: Sequence[Sequence[Curve]]) -> Places:
    """Places for the curves of figures, each by itself or all of a list.

    A function has its own colour unless another has it that came before and stands beside it in
    some figure. What was assigned stays as figures with new functions follow.
    """
    return Places(
        theme.assigned([[_hue(curve) for curve in each] for each in figures], theme.home),
        theme.assigned([[_own(curve) for curve in each] for each in figures], lambda _: 0),
    )


def colours_of(curves: Sequence[Curve], look: Theme, places: Places | None = None) -> list[str]:
    """A colour for each curve by its function's name; the members of a family share a hue."""
    by_hue = (places or places_of([curves])).colours
    hues = [_hue(curve) for curve in curves]
    colours: dict[int, str] = {}
    for hue in dict.fromkeys(hues):
        members = [i for i, each in enumerate(hues) if each == hue]
        colour = look.curves[by_hue[hue] % len(look.curves)]
        colours |= dict(zip(members, theme.shades(colour, len(members), look), strict=True))
    return [colours[i] for i in range(len(curves))]


def recolour(look: Theme, curves: Sequence[Curve], places: Places | None = None) -> dict[str, str]:
    """The colours on a dark page by those of a light one; {} for a look that has no other."""
    found = theme.on_dark_pages(look)
    if not found:
        return {}
    light, dark = (colours_of(curves, each, places) for each in (theme.LIGHT, theme.DARK))
    return found | dict(zip(light, dark, strict=True))


def _hue(curve: Curve) -> str:
    """What shares a hue: a family, or the curves of a function."""
    return curve.family or _function(curve)


def _own(curve: Curve) -> str:
    """What has a dash of its own."""
    return f"{_function(curve)} {curve.label}"


def _function(curve: Curve) -> str:
    activation = curve.activation
    return activation.name if activation.entry is not None else activation.formula
