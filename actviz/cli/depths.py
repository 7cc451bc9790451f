"""The vanishing gradient on the command line: what --depth and --seed ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any

from actviz.cli.look import LOOKS
from actviz.cli.reading import joint_name, read_count
from actviz.cli.screen import Job
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve
    from actviz.figure import Options

# What a picture without x and f(x) can follow of the look.
FOLLOWED = {"theme", "style", "size", "dpi", "transparent", "grid", "title", "legend"}


def read_depths(depth: str) -> tuple[int, ...]:
    """The numbers of layers of --depth, each once.

    >>> read_depths("1,5,10,5")
    (1, 5, 10)
    """
    depths = [read_count("--depth", part) for part in depth.split(",")]
    return tuple(dict.fromkeys(n for n in depths if n is not None))


def read_seed(seed: str | None) -> int:
    """The seed, 0 if none is given."""
    value = read_count("--seed", seed) or 0
    if value < 0:
        raise UsageError(f"--seed takes a number of at least 0, not {seed!r}.")
    return value


def vanishing(
    curves: Sequence[Curve], depth: str, seed: str | None, look: Options, others: Mapping[str, Any]
) -> Job:
    """The figure of the vanishing gradient; others are options that it does not take."""
    from actviz import figure

    for name in (*(name for name, value in others.items() if value), *_not_followed(look)):
        raise UsageError(f"--depth takes no {name}.")
    draw = partial(figure.vanishing, curves, read_depths(depth), read_seed(seed), look)
    return Job("compare", joint_name(curves), curves, (), (0.0, 0.0), draw)


def _not_followed(look: Options) -> list[str]:
    """The options of the look that were given and would change nothing."""
    changed = {each.name for each in fields(look) if getattr(look, each.name) != each.default}
    return [row.name for row in LOOKS if row.field in changed - FOLLOWED]
