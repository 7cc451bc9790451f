"""The functions on the page of the gallery as the tests make it: a share of them, or all."""

from __future__ import annotations

from sampled import sampled

import actviz

# What the tests name, and one of each kind.
NEEDED = frozenset(
    "crelu elu gaussian gelu gelu_tanh hardswish quick_gelu relu sigmoid silu smish softmax"
    " softplus step tanh tanhexp".split()
)
EVERY = list(actviz.load().entries)
CHOSEN = {*NEEDED, EVERY[-1], *sampled(EVERY, 0.012)}
NAMES = [name for name in EVERY if name in CHOSEN]
