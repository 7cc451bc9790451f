"""The run of a check: which oracles are asked about which curves, and what is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from types import ModuleType

from actviz.catalogue.curve import Curve
from actviz.catalogue.lookup import Catalogue, activation_of
from actviz.check.claim import elementwise, ordinary
from actviz.check.result import ErrorSeries, Report, Result
from actviz.errors import UsageError, suggest

# An oracle is a module with INSTALL (a command), installed() and check(curve, orders), which
# yields Results. To add one: a file and a line here.
ORACLES = {
    "difference": "actviz.check.oracles.difference",
    "mpmath": "actviz.check.oracles.fifty_digits",
    "torch": "actviz.check.oracles.torch",
    "jax": "actviz.check.oracles.jax",
}
FRAMEWORKS = frozenset({"torch", "jax"})  # slow to import: only when named or there already
FIELDS = "actviz.check.oracles.fields"  # always asked: it speaks only of entries with two formulas

Progress = Callable[[int, int, str], None]


def run(
    curves: Sequence[Curve],
    orders: tuple[int, ...] | None = None,
    oracles: Sequence[str] = (),
    derivative: str | None = None,
    equals: Curve | None = None,
    against: str | None = None,
    against_derivative: str | None = None,
    dtype: str = "float64",
    rtol: float | None = None,
    atol: float | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check curves; or one derivative by hand, one equality, or somebody's code.

    orders: of the derivatives, (1, 2) if not given; of code 0 and 1.
    oracles: those named are required. If none is named, those run that are installed; torch and
    jax only if the program has imported them already.
    derivative: a formula said to be the derivative of the one curve, of the one order given or 1.
    equals: a curve that every curve is said to be equal to.
    against: code for the one curve, as `module:callable` or `path/to/file.py:callable`, with its
    gradient in against_derivative, called with arrays of the dtype. Its errors may be rtol times
    |y| + |x y'| (32 eps of the dtype if not given) plus atol.
    progress: called with (done, total, label) after each curve.

    Raises UsageError for an oracle that is unknown or missing, for a wrong formula, and for code
    that cannot be found or called.

    >>> import actviz
    >>> run(actviz.parse_curves(["relu"]), orders=(1,), oracles=["difference"]).ok
    True
    """
    chosen = _chosen(oracles)
    _exclusive(derivative=derivative, equals=equals, against=against)
    if derivative is not None:
        return _by_hand(_only(curves, "--derivative"), derivative, orders or (1,), chosen)
    if equals is not None:
        from actviz.check import equality

        return Report(tuple(equality.check(curve, equals) for curve in curves))
    if against is not None:
        curve = _only(curves, "--against")
        return _against(curve, against, against_derivative, dtype, rtol, atol, orders or (1,))
    if against_derivative is not None:
        raise UsageError("--against-derivative needs --against, the code of the function itself.")
    results: list[Result] = []
    for done, curve in enumerate(curves, 1):
        for each in ordinary(curve):
            results += _checked(each, orders or (1, 2), chosen, bool(oracles))
        if progress:
            progress(done, len(curves), curve.label)
    return Report(tuple(results))


def _exclusive(**given: object) -> None:
    """Of what can be checked instead of the curves themselves, one at a time."""
    named = [f"--{name}" for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise UsageError(f"Give one of {' and '.join(named)} at a time.")


def _by_hand(
    curve: Curve, derivative: str, orders: tuple[int, ...], chosen: dict[str, ModuleType]
) -> Report:
    from actviz.check import byhand

    if len(orders) > 1 or not orders[0]:
        raise UsageError("--derivative is of one order from 1 to 4.")
    running = tuple(name for name in chosen if chosen[name].installed())
    return Report(tuple(byhand.check(curve, derivative, orders[0], running)))


def _against(
    curve: Curve,
    against: str,
    against_derivative: str | None,
    dtype: str,
    rtol: float | None,
    atol: float | None,
    orders: tuple[int, ...],
) -> Report:
    from actviz.check.foreign import calling, trial

    for option, value in (("--rtol", rtol), ("--atol", atol)):
        if value is not None and not 0 <= value < float("inf"):
            raise UsageError(f"{option} must be a finite number from 0 on, not {value!r}.")
    elementwise(curve.activation)  # refuses what cannot be tried along one number
    code = calling.load(against, dtype)
    slope = calling.load(against_derivative, dtype) if against_derivative else None
    return trial.report(trial.trial(curve, code, slope, rtol, atol), orders)


def error_series(curves: Sequence[Curve], orders: tuple[int, ...] = (0,)) -> list[ErrorSeries]:
    """The errors of actviz's own numbers over x, against 50 digits, for a figure.

    Raises UsageError without mpmath.
    """
    from actviz.check.oracles import fifty_digits

    if not fifty_digits.installed():
        raise UsageError(f"A figure of errors needs mpmath: {fifty_digits.INSTALL}")
    return [fifty_digits.series(curve, order) for curve in curves for order in orders]


def whole_catalogue(catalogue: Catalogue) -> tuple[Curve, ...]:
    """Every entry with its defaults, as curves."""
    entries = catalogue.entries.values()
    return tuple(Curve(activation_of(entry), entry.name, entry.name) for entry in entries)


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
