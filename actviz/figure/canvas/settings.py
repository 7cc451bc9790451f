"""matplotlib's settings while something is drawn: its own defaults and ours, not the user's."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias

# What reaches a drawn figure from matplotlib's settings, apart from what the artists are given.
SETTINGS: dict[str, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "actviz",
    "svg.id": None,
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "mathtext.fontset": "stix",
    "text.usetex": False,
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "path.simplify": False,
    "path.sketch": None,
    "path.effects": [],
    "agg.path.chunksize": 0,
}


# What a style sheet says of mathematics, by keys of matplotlib that begin with "mathtext.".
Math: TypeAlias = tuple[tuple[str, Any], ...]
_chosen: list[Math] = [()]


@contextmanager
def settings(math: Math = ()) -> Iterator[None]:
    """matplotlib's own defaults and ours, whatever the user's matplotlibrc says.

    math: what a style sheet says of mathematics.
    """
    import matplotlib

    parameters: Any = matplotlib.rcParams
    kept = dict(dict.items(parameters))
    logger = logging.getLogger("matplotlib.mathtext")
    logger.addFilter(_unsaid)
    try:
        dict.update(parameters, _complete_settings() | dict(math))
        _chosen.append(math)
        yield
    finally:
        _chosen.pop()
        logger.removeFilter(_unsaid)
        dict.update(parameters, kept)


def math_settings() -> Math:
    """What a style sheet says of mathematics while something is drawn."""
    return _chosen[-1]


def _unsaid(record: logging.LogRecord) -> bool:
    """No glyph that is lacking is told of by matplotlib; a note of the picture does."""
    return "does not have a glyph" not in str(record.msg)


@cache
def _complete_settings() -> dict[str, Any]:
    """All of them, read as a plain dictionary: matplotlib's own functions for it import pyplot."""
    import matplotlib

    defaults: Any = matplotlib.rcParamsDefault
    kept = {"backend", "backend_fallback", "interactive", "toolbar"}
    return {k: v for k, v in dict.items(defaults) if k not in kept} | SETTINGS
