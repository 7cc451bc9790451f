"""How many processes can run at once here."""

from __future__ import annotations

import os


def cores() -> int:
    """The cores that this process may use; 1 where that is not known."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
