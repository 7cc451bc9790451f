"""matplotlib's style sheets: which one is meant, and what the figures here follow of it."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from actviz.errors import UsageError, suggest
from actviz.figure.canvas.theme import MOST_CURVES, Theme, mixed

# What of a theme is which key of matplotlib; the first that is given counts.
COLOURS = {
    "background": ("axes.facecolor", "figure.facecolor"),
    "ink":        ("text.color", "axes.labelcolor"),
    "axis":       ("axes.edgecolor", "xtick.color"),
    "grid":       ("grid.color",),
}  # fmt: skip
FOLLOWED = {
    *(key for keys in COLOURS.values() for key in keys), "axes.prop_cycle", "axes.grid",
    "lines.linewidth", "font.family", "font.size",
}  # fmt: skip
MATH = "mathtext."
PALER = {"faint": 0.4, "reference": 0.65, "grid": 0.83, "zone": 0.92}  # shares of paper in ink
GENERIC = ("serif", "sans-serif", "cursive", "fantasy", "monospace")
TYPE = 10.0  # points: the size of type for which all lengths of a figure are told
MOST_TOLD = 24  # keys that are not followed, of which more are but counted
SUFFIX = ".mplstyle"
UNKNOWN = re.compile(r"Bad key (\S+)")
HARMLESS = re.compile(r"Bad key |Duplicate key ")


@dataclass(frozen=True)
class Style:
    """What a style sheet says: its keys, as matplotlib reads them; unknown are others."""

    name: str
    given: dict[str, Any] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def font_size(self) -> float | None:
        """The size of type, in points, if it says one."""
        return self.given.get("font.size")

    @property
    def grid(self) -> bool:
        return bool(self.given.get("axes.grid", False))

    def applied(self, theme: Theme) -> Theme:
        """The theme with the colours, line width, fonts and mathematics of the style sheet."""
        from actviz.figure.canvas.typeset import installed

        changes = _between(theme, self._colours())
        if "lines.linewidth" in self.given:  # which grows with type of another size than its own
            unit = (self.font_size or TYPE) / TYPE
            changes["line_width"] = float(self.given["lines.linewidth"]) / unit
        fonts = self._fonts()
        if here := installed(fonts):
            changes["font"] = tuple(here)
        math = {key: value for key, value in self.given.items() if key.startswith(MATH)}
        return replace(
            theme, **changes, math=tuple(sorted(math.items())),
            unfollowed=tuple(self._unfollowed(bool(here) or not fonts)),
        )  # fmt: skip

    def _colours(self) -> dict[str, Any]:
        from matplotlib.colors import to_hex

        changes: dict[str, Any] = {
            part: to_hex(self.given[key]).upper()
            for part, keys in COLOURS.items()
            for key in reversed(keys)
            if key in self.given
        }
        if cycle := self._cycle().get("color"):
            colours = [to_hex(colour).upper() for colour in cycle]
            changes["curves"] = tuple((colours * MOST_CURVES)[: max(MOST_CURVES, len(colours))])
        return changes

    def _cycle(self) -> dict[str, list[Any]]:
        cycle = self.given.get("axes.prop_cycle")
        return {} if cycle is None else dict(cycle.by_key())

    def _fonts(self) -> list[str]:
        """The families that it asks for, the generic ones by their members."""
        import matplotlib

        usual: Any = matplotlib.rcParamsDefault
        asked = {key for key in self.given if key.startswith("font.")}
        if "font.family" not in asked and "font.sans-serif" not in asked:
            return []
        families: list[str] = []
        for family in self.given.get("font.family", ["sans-serif"]):
            if family in GENERIC:
                families += self.given.get(f"font.{family}", usual[f"font.{family}"])
            else:
                families.append(family)
        return families

    def _unfollowed(self, fonts: bool) -> Iterator[str]:
        """What is to be noted of the keys that figures here do not follow."""
        lists = {f"font.{generic}" for generic in GENERIC}
        known = FOLLOWED | lists
        keys = [key for key in self.given if key not in known and not key.startswith((MATH, "_"))]
        keys += self.unknown
        keys += [f"{each} of axes.prop_cycle" for each in self._cycle() if each != "color"]
        if keys:
            more = f" and {len(keys) - MOST_TOLD} more" if len(keys) > MOST_TOLD else ""
            yield f"--style {self.name} says what is not followed here: " + (
                f"{', '.join(sorted(keys)[:MOST_TOLD])}{more}."
            )
        if not fonts:
            yield f"--style {self.name} names no font that is installed here."


def _between(theme: Theme, colours: dict[str, Any]) -> dict[str, Any]:
    """The colours, and on other paper than the theme's those that are between it and the ink."""
    if "background" not in colours:
        return colours
    ink, paper = colours.get("ink", theme.ink), colours["background"]
    return {part: mixed(ink, paper, share) for part, share in PALER.items()} | colours


def read_style(style: Path) -> Style:
    """The style sheet of a file, or of matplotlib by its name.

    Raises UsageError for one that is not there or cannot be read.
    """
    file = _file(style)
    try:
        stamp = file.stat().st_mtime_ns
    except OSError as error:
        raise UsageError(f"cannot read the style {str(style)!r}: {error.strerror}.") from None
    return _read(style, file, stamp)


@lru_cache(maxsize=8)
def _read(style: Path, file: Path, stamp: int) -> Style:
    from matplotlib import rc_params_from_file

    read: Any = rc_params_from_file
    complaints: list[str] = []
    try:
        with _heard(complaints):
            given = dict(read(file, use_default_template=False))
    except OSError as error:
        raise UsageError(f"cannot read the style {str(style)!r}: {error.strerror}.") from None
    except (ValueError, UnicodeError) as error:
        complaints.append(str(error))
    unknown = [found[1] for each in complaints if (found := UNKNOWN.match(each))]
    if wrong := [each for each in complaints if not HARMLESS.match(each)]:
        said = wrong[0].splitlines()[-1].rpartition("): ")[2]
        raise UsageError(f"cannot read the style {str(style)!r}: {said.rstrip('.')}.")
    return Style(str(style), given, tuple(unknown))


@contextmanager
def _heard(complaints: list[str]) -> Iterator[None]:
    """Take what matplotlib would log of a style sheet."""

    def hear(record: logging.LogRecord) -> bool:
        complaints.append(record.getMessage().strip())
        return False

    logger = logging.getLogger("matplotlib")
    logger.addFilter(hear)
    try:
        yield
    finally:
        logger.removeFilter(hear)


def is_name(text: str) -> bool:
    """Whether a style is called by its name, and not by a path, which has a dot or a slash in it.

    >>> is_name("ggplot"), is_name("own.mplstyle"), is_name("./own")
    (True, False, False)
    """
    return not set(text) & {".", "/", os.sep}


def _file(style: Path) -> Path:
    """Where a style sheet is."""
    if not is_name(str(style)):
        return style
    known = _library()
    if str(style) in known:
        return known[str(style)]
    if style.exists():
        return style
    raise UsageError(
        f"there is no style {str(style)!r}: name one of matplotlib's, or a file."
        f"{suggest(str(style), _shown(list(known)))}"
    )


def _library() -> dict[str, Path]:
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "stylelib"
    return {file.stem: file for file in sorted(folder.glob(f"*{SUFFIX}"))}


def _shown(names: Sequence[str]) -> list[str]:
    return [name for name in names if not name.startswith("_")]
