"""actviz: activation functions and their derivatives, exact, drawn, tabulated and checked.

>>> import actviz
>>> elu = actviz.get("elu", alpha=0.5)
>>> elu(-1.0)
-0.31606027941427883
>>> elu.derivative_formula()
'where(x > 0, 1, alpha*exp(x))'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from actviz.errors import FormulaError, UsageError

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation
    from actviz.catalogue.curve import Curve, parse_curves
    from actviz.catalogue.entry import Entry
    from actviz.catalogue.lookup import Catalogue, get, load

__all__ = [
    "Activation",
    "Catalogue",
    "Curve",
    "Entry",
    "FormulaError",
    "UsageError",
    "get",
    "load",
    "parse_curves",
]
__version__ = "0.1.0"

# Where the names lie that are loaded when they are first asked for: the catalogue's reader and the
# algebra cost as much as all of `actviz --version`.
_LATE = {
    "Activation":   "actviz.catalogue.activation",
    "Catalogue":    "actviz.catalogue.lookup",
    "Curve":        "actviz.catalogue.curve",
    "Entry":        "actviz.catalogue.entry",
    "get":          "actviz.catalogue.lookup",
    "load":         "actviz.catalogue.lookup",
    "parse_curves": "actviz.catalogue.curve",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """The public name, from the module that it lies in."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_LATE[name]), name)
    return value


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
