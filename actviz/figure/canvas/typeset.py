"""matplotlib's way to set text, and its private names: how long a text is, what it looks like."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

import numpy as np

from actviz.errors import UsageError, suggest
from actviz.figure.canvas.settings import Math, math_settings
from actviz.formula.arrays import Array
from actviz.late import put_off

NAMES_OF_GLYPHS = "fontTools.agl"  # thousands of them, for what TeX has typeset
BEYOND = 0x2C00  # what is before it, Latin, Greek and signs, is in DejaVu Sans
CLOSED = 79  # the code of a point that says nothing but that an outline ends


class Glyph(NamedTuple):
    """An outline: its points, and the code that matplotlib's paths have for each."""

    points: Array
    codes: tuple[int, ...]


class Outlines(NamedTuple):
    """A text as outlines, in hundredths of its size from where its baseline begins.

    glyphs: the name, place and scale of each; bars: left, bottom, right and top of the lines of
    fractions and roots.
    """

    glyphs: tuple[tuple[str, float, float, float], ...]
    bars: tuple[tuple[float, float, float, float], ...]


GLYPHS: dict[str, Glyph] = {}  # the outline of each that was asked for, in the same unit


def load() -> None:
    """Load what sets text, without names of glyphs, which take a fortieth of a figure's time."""
    with put_off(NAMES_OF_GLYPHS):
        import matplotlib.textpath  # noqa: F401


@cache
def _texts() -> Any:
    """What measures texts and knows their outlines, as matplotlib's own does.

    That parses mathematics by a way that imports all that there is for a raster picture, which
    takes a fifth of the time of a figure.
    """
    from matplotlib.ft2font import LoadFlags
    from matplotlib.mathtext import MathTextParser
    from matplotlib.textpath import TextToPath

    inherited: Any = MathTextParser

    class Parser(inherited):  # type: ignore[misc]
        def parse(self, text: str, dpi: float = 72, prop: Any = None) -> Any:
            return self._parse_cached(text, dpi, prop.copy(), True, LoadFlags.NO_HINTING)

    create: Any = TextToPath
    made = create()
    made.mathtext_parser = Parser("path")
    return made


class Extent(NamedTuple):
    """The ink of a text, from where its baseline begins, in points."""

    left: float
    right: float
    top: float
    bottom: float


def measured(text: str, size: float, font: tuple[str, ...], parsed: bool) -> Extent:
    """Where the ink of a text is; nowhere if there is none."""
    found = outlines(text, font, parsed)
    corners = [np.array([[a, b], [c, d]]) for a, b, c, d in found.bars]
    for name, x, y, scale in found.glyphs:
        glyph = GLYPHS[name]
        points = glyph.points[np.array(glyph.codes) != CLOSED] if glyph.codes else glyph.points
        if len(points):
            ends = np.array([points.min(axis=0), points.max(axis=0)])
            corners.append(ends * scale + [x, y])
    if not corners:
        return Extent(0.0, 0.0, 0.0, 0.0)
    every = np.concatenate(corners) * size / 100
    (left, bottom), (right, top) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    return Extent(left, right, top, bottom)


MISSING: dict[str, str] = {}  # of texts: the characters that no font here has


@contextmanager
def _noticing(text: str) -> Iterator[None]:
    """Note the characters for which mathtext has no glyph, which it would tell on its own."""

    def notice(record: logging.LogRecord) -> bool:
        character = next((a for a in record.args or () if isinstance(a, str) and len(a) == 1), "")
        MISSING[text] = MISSING.get(text, "") + character
        return False

    logger = logging.getLogger("matplotlib.mathtext")
    logger.filters.insert(0, notice)  # before what keeps it unsaid
    try:
        yield
    finally:
        logger.removeFilter(notice)


@lru_cache(maxsize=1024)
def faces(text: str, family: tuple[str, ...]) -> tuple[str, ...]:
    """The family, and fonts of this machine for what it lacks; what all lack is in MISSING."""
    if all(ord(character) < BEYOND for character in text):
        return family
    lacking = _lacking(text, family)
    if not lacking:
        return family
    for name in _fonts_with(lacking):
        family = (*family, name)
    if lacking := _lacking(text, family):
        MISSING[text] = "".join(sorted(lacking))
    return family


def _lacking(text: str, family: tuple[str, ...]) -> set[str]:
    from matplotlib.font_manager import findfont, get_font

    fonts = [get_font(findfont(properties((name,), 10.0))) for name in family]
    return {c for c in text if not any(font.get_char_index(ord(c)) for font in fonts)}


def _fonts_with(characters: set[str]) -> Iterator[str]:
    """Installed fonts that together have as many of the characters as any have."""
    from matplotlib.font_manager import fontManager, get_font

    manager, left = cast(Any, fontManager), set(characters)
    for entry in sorted(manager.ttflist, key=lambda each: (each.name, each.fname)):
        if not left:
            return
        if entry.style == "normal" and "Last Resort" not in entry.name:
            here = {c for c in left if get_font(entry.fname).get_char_index(ord(c))}
            if here:
                left -= here
                yield entry.name


class Untypeset(UsageError, ValueError):
    """Mathematics that mathtext cannot read."""


def outlines(text: str, font: tuple[str, ...], parsed: bool) -> Outlines:
    """What a text looks like; its glyphs are in GLYPHS from then on.

    parsed: whether there is mathematics between dollar signs in it.

    Raises Untypeset for mathematics that mathtext cannot read.
    """
    return _outlines(text, font, parsed, math_settings())


@lru_cache(maxsize=4096)
def _outlines(text: str, font: tuple[str, ...], parsed: bool, math: Math) -> Outlines:
    of = _texts()
    look = properties(font, of.FONT_SCALE)
    if parsed:
        try:
            with _noticing(text):
                glyphs, found, bars = of.get_glyphs_mathtext(look, text)
        except ValueError:
            raise Untypeset(
                f"'{text}' has mathematics that cannot be typeset; "
                r"a dollar sign itself is written \$."
            ) from None
    else:
        glyphs, found, bars = of.get_glyphs_with_font(of._get_font(look), text)
    for name, (points, codes) in found.items():
        if name not in GLYPHS:
            every = np.asarray(points, dtype=np.float64).reshape(-1, 2)
            GLYPHS[name] = Glyph(every, tuple(map(int, codes)))
    return Outlines(
        tuple((name, float(x), float(y), float(scale)) for name, x, y, scale in glyphs),
        tuple((float(a), float(b), float(c), float(d)) for ((a, b), _, (c, d), *_), _ in bars),
    )


def properties(family: tuple[str, ...], size: float) -> Any:
    """A font as matplotlib asks for it."""
    return _properties(family, size, math_settings())


@lru_cache(maxsize=256)
def _properties(family: tuple[str, ...], size: float, math: Math) -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=list(family), size=size)


class Character(NamedTuple):
    """One character of a text, where it stands in hundredths of the size of the text, its font."""

    text: str
    x: float
    y: float
    scale: float
    family: str
    slanted: bool


def characters(text: str, font: tuple[str, ...]) -> tuple[Character, ...]:
    """The characters of a text with mathematics, each in its place."""
    return _characters(text, font, math_settings())


@lru_cache(maxsize=1024)
def _characters(text: str, font: tuple[str, ...], math: Math) -> tuple[Character, ...]:
    of = _texts()
    found = of.mathtext_parser.parse(text, of.DPI, properties(font, of.FONT_SCALE))
    return tuple(
        Character(
            chr(glyph[2]), float(glyph[-2]), float(glyph[-1]), glyph[1] / of.FONT_SCALE,
            glyph[0].family_name, "italic" in glyph[0].style_name.lower(),
        )
        for glyph in found.glyphs
    )  # fmt: skip


def installed(families: Sequence[str]) -> list[str]:
    """Those of the families that are here."""
    from matplotlib.font_manager import fontManager

    known = {font.name for font in cast(Any, fontManager).ttflist}
    return [family for family in families if family in known]


def refuse_unknown_font(family: str) -> None:
    """Raise UsageError for a family of fonts that is not here."""
    from matplotlib.font_manager import FontProperties, fontManager

    manager: Any = fontManager
    try:
        manager.findfont(FontProperties(family=[family]), fallback_to_default=False)
    except ValueError:
        known = sorted({font.name for font in manager.ttflist})
        raise UsageError(f"no font {family!r} is installed here.{suggest(family, known)}") from None
