"""Who says a result, a row each: the oracles, which come to the same numbers on a way of their own.

Nothing heavy is imported before an oracle is asked, so that a help page can name them.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from actviz.check import libraries
from actviz.check.result import Result
from actviz.errors import UsageError, suggest

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve


Asked = Literal["always", "by default", "if named or imported", "never"]


@dataclass(frozen=True)
class Source:
    """What may stand in the field `oracle` of a Result.

    asked: when it is asked about a curve: always; by default, which is if none is named; only if
    it is named or the program has imported its library; or never, as it is no oracle.
    file: the module in this folder whose check(curve, orders, name) yields Results by that name.
    library: what must be importable for it; package: what pip installs for that.
    says: what it goes by, or is about.
    """

    name: str
    asked: Asked
    file: str
    library: str
    package: str
    says: str

    @property
    def install(self) -> str:
        """The command that installs what it needs."""
        return f"pip install {shlex.quote(self.package)}"

    @property
    def installed(self) -> bool:
        """Whether it can be asked."""
        return not self.library or libraries.installed(self.library)

    def results(self, curve: Curve, orders: tuple[int, ...], named: bool) -> Iterator[Result]:
        """What it says of a curve; why it cannot, unless it is one that nobody has asked for."""
        unasked = self.asked == "if named or imported" and not named
        if unasked and not libraries.imported(self.library):
            return
        if self.installed:
            module = import_module(f"{__name__}.{self.file}")
            yield from module.check(curve, orders, self.name)
            return
        for order in orders:
            absent = Result(curve.label, order, self.name, "not run", "not-installed")
            yield replace(absent, message=self.install)


# fmt: off
_ROWS: tuple[tuple[str, Asked, str, str, str, str], ...] = (
    # name         asked                   file            library   package           says
    ("formula",    "always",               "fields",       "",       "",               "an entry's other formulas"),
    ("difference", "by default",           "difference",   "",       "",               "differences of the values"),
    ("mpmath",     "by default",           "fifty_digits", "mpmath", "actviz[mpmath]", "the formula to 50 digits"),
    ("torch",      "if named or imported", "frameworks",   "torch",  "torch",          "PyTorch and its autograd"),
    ("jax",        "if named or imported", "frameworks",   "jax",    "jax",            "JAX and its autograd"),
    ("against",    "never",                "",             "",       "",               "the numbers of somebody's code"),
    ("data",       "never",                "",             "",       "",               "recorded values"),
    ("diagnosis",  "never",                "",             "",       "",               "what is behind its failures"),
    ("convention", "never",                "",             "",       "",               "what a derivative by hand takes at a kink"),
    ("float64",    "never",                "",             "",       "",               "the digits that such a derivative keeps"),
    ("equality",   "never",                "",             "",       "",               "two curves beside each other"),
)
# fmt: on

SOURCES = {row[0]: Source(*row) for row in _ROWS}


class Oracles(tuple[str, ...]):
    """The names of those that can be asked."""

    @property
    def unsaid(self) -> str:
        """Which are asked if none is named, as the help of --oracle says it.

        >>> ORACLES.unsaid
        'difference, and mpmath if it is installed'
        """
        rows = [SOURCES[name] for name in self if SOURCES[name].asked == "by default"]
        *most, last = (row.name + " if it is installed" * bool(row.library) for row in rows)
        return f"{', '.join(most)}, and {last}"


ORACLES = Oracles(row.name for row in SOURCES.values() if row.asked not in ("always", "never"))


def chosen(names: Sequence[str]) -> list[Source]:
    """Those to ask of the oracles: all of them, or those named.

    Raises UsageError for a name that is unknown, or whose library is not installed.
    """
    for name in names:
        if name not in ORACLES:
            known = ", ".join(ORACLES)
            raise UsageError(f"There is no oracle {name!r} ({known}).{suggest(name, ORACLES)}")
    for name in names:
        if not SOURCES[name].installed:
            raise UsageError(f"The oracle {name} is not installed: {SOURCES[name].install}")
    return [SOURCES[name] for name in dict.fromkeys(names or ORACLES)]
