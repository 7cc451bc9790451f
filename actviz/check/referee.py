"""The run of a check: which oracles are asked about which curves, and what is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from types import ModuleType

from actviz.catalogue import Catalogue
from actviz.check.result import Report, Result
from actviz.curve import Curve
from actviz.errors import UsageError, suggest

# An oracle is a module with INSTALL (a command), installed() and check(curve, orders), which
# yields Results. To add one: a file and a line here.
ORACLES = {
    "difference": "actviz.check.oracle_difference",
    "mpmath": "actviz.check.oracle_mpmath",
    "torch": "actviz.check.oracle_torch",
    "jax": "actviz.check.oracle_jax",
}
FRAMEWORKS = frozenset({"torch", "jax"})  # slow to import: only when named or there already
FIELDS = "actviz.check.oracle_formula"  # always asked: it speaks only of entries with two formulas

Progress = Callable[[int, int, str], None]


def run(
    curves: Sequence[Curve],
    orders: tuple[int, ...] = (1, 2),
    oracles: Sequence[str] = (),
    derivative: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check curves against oracles.

    Named oracles are required. If none is named, those run that are installed; torch and jax only
    if the program has imported them already. `derivative` is a formula said to be the derivative
    of the one curve. `progress` is called with (done, total, label) after each curve.

    Raises UsageError for an oracle that is unknown or missing, and for a wrong formula.

    >>> import actviz
    >>> run(actviz.parse_curves(["relu"]), orders=(1,), oracles=["difference"]).ok
    True
    """
    chosen = _chosen(oracles)
    if derivative is not None:
        from actviz.check import byhand

        curve, order = _only(curves, "--derivative"), _single(orders)
        running = tuple(name for name in chosen if chosen[name].installed())
        return Report(tuple(byhand.check(curve, derivative, order, running)))
    results: list[Result] = []
    for done, curve in enumerate(curves, 1):
        results += _checked(curve, orders, chosen, bool(oracles))
        if progress:
            progress(done, len(curves), curve.label)
    return Report(tuple(results))


def whole_catalogue(catalogue: Catalogue) -> tuple[Curve, ...]:
    """Every entry with its defaults, as curves."""
    return tuple(Curve(entry.activation(), name, name) for name, entry in catalogue.entries.items())


def _chosen(names: Sequence[str]) -> dict[str, ModuleType]:
    """The oracles to ask, those named being there."""
    for name in names:
        if name not in ORACLES:
            known = ", ".join(ORACLES)
            raise UsageError(f"There is no oracle {name!r} ({known}).{suggest(name, ORACLES)}")
    found = {name: import_module(ORACLES[name]) for name in names or ORACLES}
    for name in names:
        if not found[name].installed():
            raise UsageError(f"The oracle {name} is not installed: {found[name].INSTALL}")
    return found


def _checked(
    curve: Curve, orders: tuple[int, ...], chosen: dict[str, ModuleType], named: bool
) -> Iterator[Result]:
    """The answers of every oracle, or why it was not asked."""
    yield from import_module(FIELDS).check(curve, orders)
    for name, oracle in chosen.items():
        if not oracle.installed():
            reason, message = "not-installed", oracle.INSTALL
        elif name in FRAMEWORKS and not named and name not in sys.modules:
            reason, message = "not-asked", f"--oracle {name}"
        else:
            yield from oracle.check(curve, orders)
            continue
        for order in orders:
            yield Result(curve.label, order, name, "not run", reason, message=message)


def _only(curves: Sequence[Curve], option: str) -> Curve:
    if len(curves) != 1:
        raise UsageError(f"{option} needs exactly one curve, not {len(curves)}.")
    return curves[0]


def _single(orders: tuple[int, ...]) -> int:
    """The order that a derivative by hand is of: the one asked for, else the first."""
    return orders[0] if len(orders) == 1 and orders[0] else 1
