"""actviz: activation functions and their derivatives, exact, drawn, tabulated and checked.

>>> import actviz
>>> elu = actviz.get("elu", alpha=0.5)
>>> elu(-1.0)
-0.31606027941427883
>>> elu.derivative_formula()
'where(x > 0, 1, alpha*exp(x))'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from actviz.errors import FormulaError, UsageError
from actviz.late import late

if TYPE_CHECKING:
    from actviz import check
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
    "check",
    "get",
    "load",
    "parse_curves",
]
__version__ = "0.1.0"

# the catalogue's reader and the algebra take longer to load than all of `actviz --version`
__getattr__, __dir__ = late(
    globals(),
    {
        "catalogue.activation": "Activation",
        "catalogue.curve": "Curve parse_curves",
        "catalogue.entry": "Entry",
        "catalogue.lookup": "Catalogue get load",
        "check": "",
    },
)
