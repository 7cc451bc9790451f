"""The cases of a large sweep that are run: all of them with `--whole`, else a share by lot."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Sequence
from typing import TypeVar

SEED, WHOLE = "TESTS_SEED", "TESTS_WHOLE"  # set by conftest.py before the tests are collected

Case = TypeVar("Case")


def sampled(cases: Sequence[Case], share: float) -> list[Case]:
    """Of these cases that share, at least one, in their order; the same in all workers of a run.

    The lot is drawn by the seed that is told at the end of the run.
    """
    if WHOLE in os.environ:
        return list(cases)
    count = math.ceil(share * len(cases))
    chosen = random.Random(int(os.environ[SEED])).sample(range(len(cases)), count)
    return [cases[i] for i in sorted(chosen)]
