"""Colours, dashes and line widths.

The palettes were chosen so that any two of their colours stay apart for readers with any kind of
colour blindness, and against the background; since no six colours survive a grey-scale print, each
curve has a dash of its own as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from actviz.figure.canvas.settings import Math

Dash = tuple[float, ...]

# The least CIEDE2000 of two colours for usual, deutan, protan and tritan eyes (Machado 2009) is
# 28.5, 15.9, 12.2, 12.4 in the light palette and 22.4, 13.7, 14.0, 10.9 in the dark one; the least
# contrast with the page is 3.1 and 4.9.
# name          light      dark
PALETTE = (
    ("blue",      "#0072B2", "#56B4E9"),
    ("vermilion", "#D55E00", "#E69F00"),
    ("black",     "#111111", "#FFFFFF"),  # not pure black, which SVG leaves out as its default
    ("green",     "#009E73", "#009E73"),
    ("pink",      "#CC79A7", "#CC79A7"),
    ("wine",      "#882255", "#8C6BEF"),
)  # fmt: skip

MOST_CURVES = len(PALETTE)

# Curves often compared with each other have different colours here; all others go by their name.
HOMES = {
    "relu": "blue",      "leaky_relu": "vermilion", "elu": "green",      "softplus": "pink",
    "sigmoid": "vermilion", "tanh": "green",        "softsign": "wine",  "arctan": "pink",
    "gelu": "blue",      "gelu_tanh": "vermilion",  "silu": "green",     "mish": "pink",
    "quick_gelu": "wine", "hardswish": "black",     "hardsigmoid": "blue", "hardtanh": "wine",
    "selu": "black",     "prelu": "wine",           "swish": "green",    "relu6": "black",
}  # fmt: skip

DARKEST, LIGHTEST = -0.6, 0.3  # shares of ink and of background in the members of a family
LEGIBLE = 3.0  # the least contrast of these with the page, by which names in them are read

SOLID: Dash = ()
ORDER_DASHES: tuple[Dash, ...] = (SOLID, (5, 2), (1, 1.5), (7, 2, 1.5, 2), (3, 1.5))
CURVE_DASHES: tuple[Dash, ...] = (SOLID, (5, 2), (1, 1.5), (7, 2, 1.5, 2), (3, 1.5), (9, 3))
ORDER_WIDTHS = (2.0, 2.0, 1.5, 1.5, 1.5)

# Without colour a dash has to be told from the next one alone: the fifth and sixth are thin.
PLAIN_DASHES: tuple[Dash, ...] = (SOLID, (5, 2), (1, 1.5), (7, 2, 1.5, 2), SOLID, (14, 4))
PLAIN_WEIGHTS = (1.0, 1.0, 1.2, 1.0, 0.5, 0.5)


@dataclass(frozen=True)
class Theme:
    """What a figure is drawn with; lengths in points.

    dashes, weights: of several curves, the weights in line widths; math, unfollowed: what a style
    sheet says of mathematics, and what is to be noted of it.
    """

    curves: tuple[str, ...]
    background: str
    ink: str  # text
    axis: str
    faint: str  # asymptotes and lines
    reference: str  # the curve that others are held against
    grid: str
    zone: str
    dashes: tuple[Dash, ...] = CURVE_DASHES
    weights: tuple[float, ...] = (1.0,) * len(CURVE_DASHES)
    line_width: float = 2.0
    font: tuple[str, ...] = ("DejaVu Sans",)
    tick_size: float = 9.0
    label_size: float = 10.0
    title_size: float = 11.0
    math: Math = ()
    unfollowed: tuple[str, ...] = ()

    def weighted(self, place: int) -> float:
        """The width of the line of the curve in that place, of several."""
        return self.line_width * self.weights[place]


SINGLE = (
    "background",
    "ink",
    "axis",
    "faint",
    "reference",
    "grid",
    "zone",
)  # the other colours of a theme

LIGHT = Theme(
    curves=tuple(light for _, light, _ in PALETTE),
    background="#FFFFFF",
    ink="#222222",
    axis="#333333",
    faint="#777777",
    reference="#B5B5B5",
    grid="#DDDDDD",
    zone="#EFEFEF",
)
DARK = Theme(
    curves=tuple(dark for _, _, dark in PALETTE),
    background="#0D1117",
    ink="#E6EDF3",
    axis="#E6EDF2",
    faint="#8B949E",
    reference="#596068",
    grid="#30363D",
    zone="#1C2129",
)
PRINT = replace(
    LIGHT,
    curves=("#010101",) * MOST_CURVES,
    ink="#020202",
    axis="#030303",
    faint="#555555",
    dashes=PLAIN_DASHES,
    weights=PLAIN_WEIGHTS,
)
THEMES = {"light": LIGHT, "dark": DARK, "print": PRINT, "auto": LIGHT}


def on_dark_pages(look: Theme) -> dict[str, str]:
    """What each colour is on a dark page; {} if the look has colours other than the light theme's.

    Nobody but who chose them knows what the colours of a style sheet would be on a dark page: a
    black line is lost there, and so is pale ink if only the paper stays. Such a figure keeps all
    its colours, and its paper, for every reader.
    """
    if any(getattr(look, each) != getattr(LIGHT, each) for each in ("curves", *SINGLE)):
        return {}
    pairs = {getattr(LIGHT, each): getattr(DARK, each) for each in SINGLE}
    return pairs | dict(zip(LIGHT.curves, DARK.curves, strict=True))


def slots(names: list[str]) -> list[int]:
    """A place in the palette for each name: its own, or the next free one after it.

    Equal names share a place. A name appended to the list changes nothing for those before it.

    >>> slots(["relu", "gelu", "relu"])
    [0, 1, 0]
    """
    places = assigned([names], home)
    return [places[name] for name in names]


def home(name: str) -> int:
    """The place in the palette that a name has if no other has it."""
    order = [colour for colour, _, _ in PALETTE]
    return order.index(HOMES[name]) if name in HOMES else crc32(name.encode()) % MOST_CURVES


def assigned(groups: Sequence[Sequence[str]], home: Callable[[str], int]) -> dict[str, int]:
    """One of the places for each name: its own, or the next that no name beside it has.

    Names stand beside each other that are in some group together; what comes first is first served.

    >>> assigned([["a", "b"], ["c", "b"], ["a", "c"]], lambda name: 0)
    {'a': 0, 'b': 1, 'c': 2}
    """
    beside: dict[str, set[str]] = {}
    for group in groups:
        for name in group:
            beside.setdefault(name, set()).update(group)
    places: dict[str, int] = {}
    for name, others in beside.items():
        taken = {places[other] for other in others if other in places}
        turn = [(home(name) + step) % MOST_CURVES for step in range(MOST_CURVES)]
        places[name] = next((place for place in turn if place not in taken), turn[0])
    return places


def shades(colour: str, count: int, look: Theme) -> list[str]:
    """One hue in that many steps, from nearer the ink to nearer the background."""
    if count == 1:
        return [colour]
    tried = [LIGHTEST * (1 - i / 20) for i in range(21)]
    legible = (t for t in tried if contrast(mixed(colour, look.background, t), look) >= LEGIBLE)
    lightest = next(legible, 0.0)
    steps = [DARKEST + (lightest - DARKEST) * i / (count - 1) for i in range(count)]
    return [mixed(colour, look.ink if t < 0 else look.background, abs(t)) for t in steps]


def contrast(colour: str, look: Theme) -> float:
    """Of a colour with the background, from 1 to 21, as WCAG 2 has it."""
    lights = sorted(_luminance(each) + 0.05 for each in (colour, look.background))
    return lights[1] / lights[0]


def _luminance(colour: str) -> float:
    shares = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(colour: str, other: str, share: float) -> str:
    """The colour with that share of another."""
    channels = [
        round(int(colour[i : i + 2], 16) * (1 - share) + int(other[i : i + 2], 16) * share)
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{channel:02X}" for channel in channels)
