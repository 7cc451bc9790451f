"""Scales of y: linear unless something else is asked for or must be, smooth, and told."""

from __future__ import annotations

import numpy as np
import pytest
from onsheet import faults, lines, misplaced, texts
from sampled import sampled
from scaled import drawn

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.errors import UsageError
from actviz.figure.canvas.frame import Scale
from actviz.figure.canvas.picture import Picture


def plotted(
    text: str, orders: tuple[int, ...] = (0,), lo: float = -6.0, hi: float = 6.0, **asked: object
) -> Picture:
    options = figure.Options(**asked)  # type: ignore[arg-type]
    return figure.plot(*parse_curves([text]), orders, lo, hi, options)


def scale_of(picture: Picture) -> tuple[str, str]:
    [told] = [data for name, data in picture.told.items() if name.startswith("panel")]
    return told["yscale"], told.get("ythreshold", "")


# Curves, and the scale of their differences: that of gelu_tanh would be a quarter of a pixel high
# beside that of silu.
DIFFERENCES = (
    (("gelu", "gelu_tanh"), "linear"),
    (("gelu", "silu", "mish"), "linear"),
    (("gelu", "quick_gelu", "silu"), "linear"),
    (("gelu", "gelu_tanh", "quick_gelu", "silu"), "symlog"),
)


@pytest.mark.parametrize(("names", "kind"), sampled(DIFFERENCES, 0.5))
def test_differences_are_linear_unless_some_could_not_be_seen(
    names: tuple[str, ...], kind: str
) -> None:
    shown = figure.compare(parse_curves(names), (0,), -6.0, 6.0, diff=True)
    assert scale_of(shown)[0] == kind
    assert any("scale)" in text for text in texts(shown, "label-y")) == (kind != "linear")
    assert ("The scale of y is log" in shown.words[1]) == (kind != "linear")
    for asked in figure.SCALES[::2]:
        options = figure.Options(scale=asked)
        again = figure.compare(parse_curves(names), (0,), -6.0, 6.0, options, diff=True)
        assert scale_of(again)[0] == asked
    assert faults(shown) == misplaced(shown) == []


@pytest.mark.parametrize("text", ["sigmoid", "exp(x)", "gaussian", "softplus"])
def test_powers_of_ten_are_where_they_are(text: str) -> None:
    shown = plotted(text, (0, 1), scale="log")
    assert faults(shown) == misplaced(shown) == []
    [curve, _] = drawn(figure.render(shown, "svg"))
    box, xlim, ylim = curve.panel.box, curve.panel.xlim, np.log10(curve.panel.ylim)
    value = parse_curves([text])[0].activation
    for line in curve.lines:
        x = xlim[0] + (line[:, 0] - box[0]) / (box[2] - box[0]) * (xlim[1] - xlim[0])
        up = (box[3] - line[:, 1]) / (box[3] - box[1]) * (ylim[1] - ylim[0]) + ylim[0]
        pixel = (ylim[1] - ylim[0]) / (box[3] - box[1]) * 72 / 200
        slopes = np.abs(value.derivative(x, 1) / value(x)) * np.ptp(xlim) / (box[2] - box[0])
        assert (np.abs(up - np.log10(value(x))) <= pixel * (1 + slopes)).all()


def test_signed_powers_have_no_corner() -> None:
    """The slope of the scale itself changes nowhere at once."""
    for threshold in (1e-9, 1.0, 1e4):
        scale = Scale("symlog", threshold)
        y = np.linspace(-5, 5, 2001) * threshold
        slopes = np.diff(scale.warp(y)) / np.diff(y) * threshold
        assert np.abs(np.diff(slopes)).max() < 0.01
        assert np.allclose(scale.unwarp(scale.warp(y)), y, rtol=1e-12)


def test_what_is_not_positive_is_cut() -> None:
    shown = plotted("tanh", scale="log")
    assert "is cut off below" in shown.words[1]
    assert min(path[:, 0].min() for path in lines(shown, "curve-0-0")) > 100


@pytest.mark.parametrize(
    ("text", "asked", "message"),
    [
        ("-exp(x)", {"scale": "log"}, "shows positive values, and there is none"),
        ("exp(x)", {"scale": "log", "ylim": (-1.0, 3.0)}, "has no place for the -1 of --ylim"),
        ("exp(x)", {"scale": "log", "equal": True}, "--equal needs a linear scale"),
        ("exp(x)", {"scale": "lgo"}, "unknown scale 'lgo'.*log"),
        ("swiglu", {"scale": "log"}, "--scale is for curves"),
    ],
)
def test_refusals(text: str, asked: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plotted(text, **asked)  # type: ignore[arg-type]
