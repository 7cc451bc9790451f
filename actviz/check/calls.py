"""`actviz.check(...)`: the package as a function, which judges a curve or somebody's code."""

from __future__ import annotations

from collections.abc import Collection
from types import ModuleType
from typing import TYPE_CHECKING, Any, Unpack

from actviz.check.foreign.boundary import Code
from actviz.check.referee import ORDERS, Terms, code, curves
from actviz.check.result import Report
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation
    from actviz.catalogue.curve import Curve


class Wanted(Terms, total=False):
    """How somebody's code is judged; see `actviz.check.code`."""

    dtype: str
    device: str
    timeout: float


def judged(
    curve: str | Curve | Activation,
    against: Code | None = None,
    gradient: Code | None = None,
    orders: tuple[int, ...] | None = None,
    **wanted: Unpack[Wanted],
) -> Report:
    """The verdict on a curve, or on whether somebody's code computes it.

    curve: as it is typed (a name, "elu:alpha=0.5", a formula in x), or as `actviz.get` or
    `actviz.parse_curves` give it.
    against: a function of your own, or where it is, as "module:callable" or "file.py:callable";
    gradient: the same for its derivative. A function is called in this process, a named one in a
    process of its own; see `actviz.check.code`. Without either the curve itself is held against
    the oracles.
    orders: of the derivatives, 0 to 4; 1 and 2 of a curve, 1 of code.
    wanted: how code is judged, such as dtype="float32", rtol=1e-6 or timeout=10; see
    `actviz.check.code`.

    A Report has `ok`, `results` and `judged(strict=..., ignore=...)`; `actviz.check.text` writes
    it. Raises UsageError for a wrong request, as the command line does.

    >>> import actviz, numpy
    >>> actviz.check("tanh", against=numpy.tanh, dtype="float32").ok
    True
    >>> actviz.check("sigmoid", against=numpy.tanh).ok
    False
    """
    one = _one(curve)
    if against is not None or gradient is not None:
        return code(one, against, gradient, orders or (1,), **wanted)
    if wanted:
        raise UsageError(f"{', '.join(wanted)}: for code, and there is none to judge.")
    return curves([one], orders or ORDERS)


def _one(curve: str | Curve | Activation) -> Curve:
    """The one curve that is asked about."""
    from actviz.catalogue.activation import Activation
    from actviz.catalogue.curve import Curve, parse_curves

    if isinstance(curve, Activation):
        return Curve(curve, curve.name, curve.name)
    if not isinstance(curve, str):
        return curve
    found = parse_curves([curve])
    if len(found) != 1:
        raise UsageError(f"One curve is judged, and {curve!r} are {len(found)}.")
    return found[0]


class CallablePackage(ModuleType):
    """A package that is a function too: `actviz.check(...)` beside `actviz.check.code(...)`."""

    def __call__(
        self,
        curve: str | Curve | Activation,
        against: Code | None = None,
        *,
        strict: bool = False,
        ignore: Collection[str] = (),
        **more: Any,
    ) -> Report:
        """See `judged`; strict and ignore are as for `Report.judged`."""
        return judged(curve, against, **more).judged(strict, ignore)
