"""Where the arrays are made that somebody's code is given: here, or on a device of its framework.

A process judges one piece of code: what was asked for holds for all of its arrays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from actviz.errors import UsageError

CHOSEN: ContextVar[str] = ContextVar("device", default="")  # such as cuda or cuda:1; "" for none
HAVING: tuple[Literal["torch", "jax", "cupy"], ...] = ("torch", "jax", "cupy")  # with devices


@contextmanager
def on(device: str) -> Iterator[None]:
    """With the device for all that this process does meanwhile."""
    before = CHOSEN.get()
    CHOSEN.set(device)
    try:
        yield
    finally:
        CHOSEN.set(before)


def of_torch() -> Any:
    """The device for torch, which takes None for its own choice."""
    import torch

    return torch.device(CHOSEN.get()) if CHOSEN.get() else None


def to_jax(array: Any) -> Any:
    """An array of jax on the device."""
    if not CHOSEN.get():
        return array
    import jax

    platform, number = _parts()
    return jax.device_put(array, jax.devices(platform)[number])


def to_cupy(array: Any) -> Any:
    """An array of numpy as one of CuPy, on the device of that number."""
    import cupy

    platform, number = _parts() if CHOSEN.get() else ("cuda", 0)
    if platform != "cuda":
        raise UsageError(f"CuPy has devices called cuda, and none called {platform}.")
    with cupy.cuda.Device(number):
        return cupy.asarray(array)


def _parts() -> tuple[str, int]:
    """What comes before the colon, and the number behind it."""
    platform, _, number = CHOSEN.get().partition(":")
    if number and not (number.isascii() and number.isdigit()):
        raise UsageError(f"--device is a name such as cuda or cuda:1, not {CHOSEN.get()!r}.")
    return platform, int(number or 0)
