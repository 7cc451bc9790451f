"""Texts that are measured before they are drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from actviz.figure.canvas.settings import Math, math_settings
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.ticks import SUPERSCRIPTS
from actviz.figure.canvas.typeset import Extent, faces, measured

ASCENT, DESCENT = 0.93, 0.24  # of the size: the least that a line is high
# Times: faces of mathematics are smaller than the other text of their size; STIX is what we have.
MATH = {"stix": 1.14, "stixsans": 1.1, "cm": 1.14}
USUAL = "stix"


RAISED = re.compile(f"[{''.join(map(chr, SUPERSCRIPTS.values()))}]+")
SUM = re.compile(r"(\\sum_\{\w+\}) ")  # what follows would touch its sign
LOWERED = {raised: plain for plain, raised in SUPERSCRIPTS.items()}
# As pandoc has it: no space beside the signs within, no digit behind them: $5 and $6 is none.
MATHEMATICS = re.compile(r"(?<!\\)\$(?!\s)((?:[^$\\]|\\.)+?)(?<!\s)\$(?!\d)")
SPACED = r"\1\\,"
SIGN = re.compile(r"(?<!\\)\$")


def _raised(found: re.Match[str]) -> str:
    """Small raised digits, which faces of mathematics lack, as an exponent."""
    return f"^{{{found[0].translate(LOWERED)}}}"


@dataclass(frozen=True)
class Label:
    """A text with its look: plain text, or mathematics in mathtext without its dollar signs.

    Plain text may have mathematics between dollar signs in it; of a \\$ only the sign is seen.
    upright: running upwards.
    """

    text: str
    size: float
    colour: str
    font: tuple[str, ...]
    math: bool = False
    upright: bool = False

    @property
    def type_size(self) -> float:
        """The size of its type, which looks as large as other text of the size."""
        if not self.math:
            return self.size
        return self.size * MATH.get(dict(math_settings()).get("mathtext.fontset", USUAL), 1.0)

    @property
    def parsed(self) -> bool:
        """Whether there is mathematics in it."""
        return self.math or MATHEMATICS.search(self.text) is not None

    @property
    def shown(self) -> str:
        """The text as it is typeset, mathematics between dollar signs."""
        if self.math:
            return f"${SUM.sub(SPACED, RAISED.sub(_raised, self.text))}$"
        if not self.parsed:
            return self.text.replace(r"\$", "$")
        parts = MATHEMATICS.split(self.text)
        return "".join(
            f"${part}$" if i % 2 else SIGN.sub(r"\\$", part) for i, part in enumerate(parts)
        )

    @property
    def ink(self) -> Extent:
        """Where its ink is, from where its baseline begins, in points."""
        return _ink(self.text, self.size, self.font, self.math, math_settings())

    @property
    def faces(self) -> tuple[str, ...]:
        """Its fonts, with others of this machine for characters that these lack."""
        return self.font if self.parsed else faces(self.shown, self.font)

    @property
    def extent(self) -> tuple[float, float, float]:
        """Width, height above the baseline and depth below it, in points: of a line at least."""
        if not self.text:
            return 0.0, 0.0, 0.0
        left, right, top, bottom = self.ink
        return right - left, max(top, ASCENT * self.size), max(-bottom, DESCENT * self.size)

    @property
    def middle(self) -> float:
        """How high above the baseline the middle of a digit is."""
        zero = replace(self, text="0", math=False).ink
        return zero.top / 2 + zero.bottom / 2

    def box(self, x: float, y: float, across: float = 0.0, up: float = 0.0) -> Box:
        """The box of the text at (x, y).

        across, up: which share of the box is left of and below the point.
        """
        width, above, below = self.extent
        if self.upright:
            width, above, below = above + below, width, 0.0
        x0, y0 = x - across * width, y - up * (above + below)
        return Box(x0, y0, x0 + width, y0 + above + below, up if self.upright else across)


@lru_cache(maxsize=4096)
def _ink(text: str, size: float, font: tuple[str, ...], math: bool, _: Math) -> Extent:
    """That of a label, which is asked for dozens of times; the last is what else it depends on."""
    label = Label(text, size, "", font, math)
    return measured(label.shown, label.type_size, label.faces, label.parsed)
