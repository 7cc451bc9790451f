"""How far numbers may be from the true ones: what correct code needs in a format, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.check.dtypes import Format
    from actviz.formula.arrays import Array


@dataclass(frozen=True)
class Tolerance:
    """Errors may be relative * (|y| + |x y'|) + ulp units in the last place of y + absolute.

    |x y'| is what rounding x makes of the result. Below the smallest normal number |y| counts as
    that, so that the steps there are allowed as many as those above.
    """

    format: Format
    relative: float
    absolute: float = 0.0
    ulp: float = 0.0

    @property
    def purely_relative(self) -> bool:
        """Whether it is one number wherever y and x are."""
        return bool(self.relative) and not (self.absolute or self.ulp)

    def at(self, y: Array, steepness: Array) -> Array:
        """What errors of numbers may be that should be y, steepness being |x y'|."""
        import numpy as np  # a process that calls judged code is started before that

        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(y), self.format.normal) + steepness
            allowed = self.relative * size + self.absolute
            if self.ulp:
                finite = np.where(np.isfinite(y), y, self.format.largest)
                allowed = allowed + self.ulp * self.format.ulp(finite)
        return np.where(np.isfinite(allowed), allowed, self.format.largest)


@dataclass(frozen=True)
class Asked:
    """A tolerance as somebody asks for it, whatever the format; nothing asked: the usual one.

    Raises UsageError for what is negative or not finite, and for two relative ones.
    """

    rtol: float | None = None
    atol: float = 0.0
    ulp: float | None = None

    def __post_init__(self) -> None:
        for option, value in {"--rtol": self.rtol, "--atol": self.atol, "--ulp": self.ulp}.items():
            if value is not None and not 0 <= value < float("inf"):
                raise UsageError(f"{option} must be a finite number from 0 on, not {value!r}.")
        if self.rtol is not None and self.ulp is not None:
            raise UsageError("Give either --rtol or --ulp, not both.")

    def of(self, format: Format) -> Tolerance:
        """What it is in a format."""
        if self.ulp is not None:
            return Tolerance(format, 0.0, self.atol, self.ulp)
        usual = format.allowed * format.eps
        return Tolerance(format, usual if self.rtol is None else self.rtol, self.atol)
