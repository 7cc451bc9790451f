"""What is drawn is held against the mathematics, by the scales that an SVG tells."""

from dataclasses import replace

import pytest
from scaled import drawn

from actviz import figure
from actviz.catalogue.curve import parse_curves


def svg(text: str, orders: tuple[int, ...] = (0,), lo: float = -6.0, hi: float = 6.0) -> bytes:
    picture = figure.plot(*parse_curves([text]), orders, lo, hi, figure.Options())
    return figure.render(picture, "svg")


def test_an_svg_tells_its_scales_and_its_curves() -> None:
    value, slope = drawn(svg("relu", (0, 1)))
    assert (value.curve, value.order, slope.curve, slope.order) == ("relu", 0, "relu", 1)
    assert value.panel is slope.panel and value.panel.scales == ("linear", "linear")
    assert value.panel.xlim == (-6.0, 6.0)
    (line,) = value.lines
    panel = value.panel
    assert panel.x(line[:, 0]) == pytest.approx([-6, 0, 6], abs=1e-3)
    assert panel.y(line[:, 1]) == pytest.approx([0, 0, 6], abs=1e-3)


def test_every_panel_has_its_own_scales_and_differences_tell_from_what() -> None:
    curves = parse_curves(["gelu", "tanh", "x**3"])
    grid = figure.compare(curves, (0, 1), -3, 3, figure.Options(), layout="grid")
    found = drawn(figure.render(grid, "svg"))
    assert {each.panel.box for each in found} == {found[i].panel.box for i in (0, 2, 5)}
    assert [each.curve for each in found] == ["gelu"] * 3 + ["tanh"] * 2 + ["gelu"] + ["f"] * 2
    curves = parse_curves(["gelu", "gelu_tanh", "tanh"])
    apart = figure.compare(curves, (0,), -3, 3, figure.Options(), diff=True)
    text = figure.render(apart, "svg").decode()
    assert 'data-curve="tanh" data-order="0" data-minus="gelu"' in text
    assert 'data-yscale="symlog" data-ythreshold="' in text


def test_names_of_curves_are_escaped() -> None:
    [curve] = parse_curves(["sin"])
    picture = figure.plot(replace(curve, label='a<b & "c"'), (0,), -1, 1, figure.Options())
    [found] = drawn(figure.render(picture, "svg"))
    assert found.curve == 'a<b & "c"'
