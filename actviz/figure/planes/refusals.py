"""What cannot be drawn of functions of two variables, refused before anything is drawn."""

from __future__ import annotations

from actviz.catalogue.kind import described, refusal
from actviz.errors import UsageError
from actviz.figure.canvas.scene import Scene
from actviz.figure.canvas.silent import refuse_silent

HIGHEST = 2  # order that is drawn


def refuse_plot(scene: Scene) -> None:
    """Raise UsageError for derivatives beyond the second, or an option that only curves have."""
    [curve] = scene.curves
    refuse_silent(curve, scene.options)
    if max(scene.orders) > HIGHEST:
        why = "its derivatives are drawn up to the second"
        raise refusal(curve.activation, why, curve.label)


def refuse_compare(scene: Scene) -> None:
    """Raise UsageError for what cannot be compared.

    That is one function of one variable among them, derivatives, another layout than a grid, and an
    option that only curves have.
    """
    for curve in scene.curves:
        if not curve.activation.gated:
            gated = next(each for each in scene.curves if each.activation.gated)
            why = f"it cannot be drawn with {curve.label}, {described(curve.activation)}"
            raise refusal(gated.activation, why, gated.label)
    refuse_silent(scene.curves[0], scene.options)
    if scene.layout not in (None, "grid"):
        raise UsageError(
            f"functions of two variables are a grid; --layout {scene.layout} is for curves."
        )
    if scene.diff and len(scene.curves) < 2:
        raise UsageError("a difference needs two functions or more.")
    if scene.orders != (0,):
        raise UsageError(
            "functions of two variables are compared without derivatives; "
            "plot draws those of each of them."
        )
