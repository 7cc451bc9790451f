"""Which libraries are there, told without importing them."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def installed(library: str) -> bool:
    """Whether a library can be imported."""
    return find_spec(library) is not None


def imported(library: str) -> bool:
    """Whether the program has imported a library already."""
    return library in sys.modules
