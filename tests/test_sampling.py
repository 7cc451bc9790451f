"""Curves are sampled closely, with few vertices, and never across a jump."""

import numpy as np
import pytest
from points import PARTLY
from sampled import sampled

from actviz.catalogue.curve import parse_curves
from actviz.catalogue.lookup import load
from actviz.errors import UsageError
from actviz.sampling import refine, scan
from actviz.sampling.cubic import Cubic

WIDTH, HEIGHT = 860.0, 430.0  # pixels of the plot area of a usual figure

ELEMENTWISE = [name for name in load().entries if parse_curves([name])[0].activation.elementwise]

# formula: the x of the jumps that the curve has on [-6, 6]
JUMPS = {
    "hardshrink": (-0.5, 0.5),
    "threshold": (0.0,),
    "step": (0.0,),
    "where(x*x > 2, x, 0)": (-(2**0.5), 2**0.5),
    "sign(sin(3*x))": tuple(k * np.pi / 3 for k in range(-5, 6)),
    "relu": (),
    "floor(x)": tuple(range(-5, 6)),
    "mod(x, 2.5)": (-5.0, -2.5, 0.0, 2.5, 5.0),
    "floor(2*x)/4": tuple(k / 2 for k in range(-11, 12)),
}
JUMPS_OF_DERIVATIVE = {"relu": (0.0,), "hardtanh": (-1.0, 1.0), "relu6": (0.0,), "elu": ()}


def curve(text):
    return parse_curves([text])[0]


def sample(curve, order, lo, hi, width=900.0, height=540.0, ylim=None, reference=None):
    """What a figure draws of the curve in a plot area of width x height pixels."""
    return refine(scan(curve, order, lo, hi, width, reference), height, ylim)


def vertices(samples):
    return sum(len(piece.x) for piece in samples.pieces)


def worst_gap(samples, height, ylim):
    """How many pixels the polyline is away from the curve, densely evaluated."""
    worst = 0.0
    for piece in samples.pieces:
        x = np.linspace(piece.x[0], piece.x[-1], 4001)[1:-1]
        y = samples.scan.at(x)
        gap = np.abs(np.interp(x, piece.x, piece.y) - y) * height / (ylim[1] - ylim[0])
        worst = max(worst, float(np.nanmax(gap, initial=0.0)))
    return worst


def extent(samples):
    y = np.concatenate([piece.y for piece in samples.pieces])
    return float(y.min()), max(float(y.max()), float(y.min()) + 1e-9)


WAVY = ("sine_pi", "finer")  # so many tops have more vertices
NARROW = ("superspike_grad", "soft_modulus_t", "heavi_tanh")  # within a column of pixels


@pytest.mark.parametrize("order", [0, 1])
def test_the_catalogue_is_within_a_quarter_pixel_and_lean(order):
    bad = []
    for name in sampled([name for name in ELEMENTWISE if name not in PARTLY], 0.15):
        samples = sample(curve(name), order, -6.0, 6.0, WIDTH, HEIGHT)
        gap = worst_gap(samples, HEIGHT, extent(samples))
        few, near = 400 + 1000 * (name in WAVY), 0.25 + 0.25 * (name in NARROW)
        if gap > near or vertices(samples) > few:
            bad.append((name, round(gap, 3), vertices(samples)))
    assert bad == []


@pytest.mark.parametrize(
    ("text", "ylim"),
    [("sin(50*x)", None), ("exp(-1000*x*x)", None), ("1/x", (-4, 4)), ("tan(x)", (-6, 6)),
     ("sqrt(x)", None), ("log(x)", (-6, 2)), ("exponential", (-1, 8))],
)  # fmt: skip
def test_difficult_curves_are_within_a_quarter_pixel(text, ylim):
    samples = sample(curve(text), 0, -6.0, 6.0, WIDTH, HEIGHT, ylim)
    assert worst_gap(samples, HEIGHT, ylim or extent(samples)) <= 0.25


@pytest.mark.parametrize(
    ("order", "text", "places"),
    [(0, text, places) for text, places in JUMPS.items()]
    + [(1, text, places) for text, places in JUMPS_OF_DERIVATIVE.items()],
)
def test_pieces_end_at_jumps(order, text, places):
    samples = sample(curve(text), order, -6.0, 6.0, WIDTH, HEIGHT)
    ends = [piece.x[-1] for piece in samples.pieces[:-1]]
    starts = [piece.x[0] for piece in samples.pieces[1:]]
    assert np.allclose(ends, places, rtol=0, atol=1e-12) and ends == starts
    steep = [np.abs(np.diff(piece.y) / np.diff(piece.x)).max(initial=0) for piece in samples.pieces]
    assert max(steep) < 10


@pytest.mark.parametrize("text", ["1/x", "tan(x)", "1/(x*x - 1)", "1/x**2"])
def test_poles_are_gaps(text):
    samples = sample(curve(text), 0, -6.0, 6.0, WIDTH, HEIGHT, (-5.0, 5.0))
    assert samples.scan.poles
    for piece in samples.pieces:
        assert not any(piece.x[0] < pole < piece.x[-1] for pole in samples.scan.poles)
        assert piece.y.min() >= -5.01 and piece.y.max() <= 5.01


@pytest.mark.parametrize(
    ("text", "place"),
    [("where(x <= 0, 1, 1/x)", 0.0), ("where(x <= 2, 3, 1/(x - 2))", 2.0),
     ("where(x >= 0, log(x), x)", 0.0), ("where(x < 0, 1/x, x)", 0.0),
     ("where(x < 0.3, 1, (x - 0.3)**-2)", 0.3)],
)  # fmt: skip
@pytest.mark.parametrize("order", [0, 1])
def test_nothing_is_drawn_from_a_value_to_a_pole_beside_it(text, place, order):
    [curve] = parse_curves([text])
    for piece in refine(scan(curve, order, -3.0, 3.0), 540.0, (-5.0, 5.0)).pieces:
        assert piece.x[-1] <= place or piece.x[0] >= place


@pytest.mark.parametrize("width", [10.0, 51.0, 1000.0, 1001.0])
def test_kinks_are_vertices_at_any_size(width):
    for text, kinks in {"relu": [0.0], "relu6": [0.0, 6.0], "hardtanh": [-1.0, 1.0]}.items():
        [piece] = sample(curve(text), 0, -7.0, 7.0, width, width).pieces
        assert piece.x.tolist() == [-7.0, *kinks, 7.0]


def test_the_value_taken_is_filled_and_the_limit_not_taken_is_open():
    marks = sample(curve("relu"), 1, -6.0, 6.0).marks
    assert [(m.x, m.y, m.taken) for m in marks] == [(0.0, 0.0, True), (0.0, 1.0, False)]
    marks = sample(curve("sign"), 0, -6.0, 6.0).marks
    assert {(m.y, m.taken) for m in marks} == {(0.0, True), (-1.0, False), (1.0, False)}
    marks = sample(curve("where(x > 0, 1/x, 0)"), 0, -6.0, 6.0, ylim=(-3, 3)).marks
    assert [(m.y, m.taken) for m in marks] == [(0.0, True)]


@pytest.mark.parametrize(
    ("text", "place", "left", "taken", "right"),
    [("floor(x)", 2.0, 1.0, 2.0, 2.0), ("ceil(x)", 2.0, 2.0, 2.0, 3.0),
     ("mod(x, 1)", -3.0, 1.0, 0.0, 0.0), ("round(x)", 2.5, 2.0, 2.0, 3.0),
     ("round(x)", 3.5, 3.0, 4.0, 4.0)],
)  # fmt: skip
def test_a_step_is_filled_on_the_side_of_its_value(text, place, left, taken, right):
    marks = sample(curve(text), 0, -6.0, 6.0).marks
    here = {(m.y, m.taken) for m in marks if m.x == place}
    assert here == {(left, left == taken), (right, right == taken)}


HOLES = {
    # a function without a value at a place: what it, its slope and its curvature tend to there
    "(x**2 - 3*x)/x": (0.0, (-3, 1, 0)),
    "(x**2 - 1)/(x - 1)": (1.0, (2, 1, 0)),
    "sin(x)/x": (0.0, (1, 0, -1 / 3)),
    "(1 - cos(x))/x**2": (0.0, (1 / 2, 0, -1 / 12)),
}


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("text", HOLES)
def test_a_hole_is_one_of_the_derivatives_too(text, order):
    [curve] = parse_curves([text])
    place, limits = HOLES[text]
    [mark] = refine(scan(curve, order, -3.0, 3.0), 540.0).marks
    assert (mark.x, mark.taken) == (place, False)
    assert mark.y == pytest.approx(limits[order], abs=1e-12)


def test_steps_closer_than_pixels_fill_the_picture_and_too_many_are_refused():
    """Even points would all see the same value, as wheels stand still in a film."""
    step = 12.0 / (2 * WIDTH)
    samples = sample(curve(f"mod(x/{step / 2!r}, 1)"), 0, -3.0, 3.0, WIDTH, HEIGHT)
    x, y = (np.concatenate([getattr(piece, of) for piece in samples.pieces]) for of in "xy")
    for middle in np.linspace(-2.9, 2.9, 50):
        near = y[abs(x - middle) < 2 * step]
        assert near.min() < 1e-3 and near.max() > 0.999
    with pytest.raises(UsageError, match="steps over 2000 times from -6 to 6"):
        sample(curve("floor(1000*x)"), 0, -6.0, 6.0)


# formula, order: from where on [-6, 6] it fills the picture; it has waves beyond any digit there
DENSE = {("cos(exp(expm1(x)))", 1): 1.7, ("sin(exp(exp(x)))", 0): 2.0, ("cos(sinh(x)**9)", 2): 3.0}


@pytest.mark.parametrize(("text", "order"), sampled([*DENSE], 1 / 3), ids=str)
def test_waves_beyond_any_digit_fill_the_picture(text, order):
    samples = sample(curve(text), order, -6.0, 6.0, WIDTH, HEIGHT, (-1.0, 1.0))
    start = DENSE[text, order]
    (from_here, to_here), *_ = [each for each in samples.dense if each[1] > start]
    assert from_here < start and to_here == 6.0 and not samples.sure
    for middle in np.linspace(start + 0.1, 5.9, 40):
        y = [piece.y[abs(piece.x - middle) < 6 * 12.0 / WIDTH] for piece in samples.pieces]
        assert np.concatenate(y).min() < -0.9 and np.concatenate(y).max() > 0.9
    assert len(samples.pieces) < 1000


def test_an_undefined_part_is_left_out_up_to_its_edge():
    [piece] = sample(curve("sqrt(x)"), 0, -6.0, 6.0).pieces
    assert 0 <= piece.x[0] < 1e-6 and piece.x[-1] == 6.0


def test_the_same_request_gives_the_same_vertices():
    first, second = (sample(curve("mish"), 1, -6.0, 6.0) for _ in range(2))
    assert [p.x.tolist() for p in first.pieces] == [p.x.tolist() for p in second.pieces]


@pytest.mark.parametrize(
    "span", sampled([(0.0, 1e-9), (-1e6, 1e6), (5.0, 1e300), (1e15, 1e15 + 64)], 0.5)
)
def test_extreme_ranges(span):
    for name in ("silu", "relu", "sine", "exponential"):
        samples = sample(curve(name), 0, *span, WIDTH, HEIGHT)
        for piece in samples.pieces:
            assert np.isfinite(piece.y).all() and (np.diff(piece.x) > 0).all()


def test_differences_are_sampled_as_such():
    samples = sample(curve("gelu_tanh"), 0, -6.0, 6.0, reference=curve("gelu"))
    y = np.concatenate([piece.y for piece in samples.pieces])
    assert y.max() == pytest.approx(4.73e-4, rel=1e-2)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("text", ["gelu", "mish", "tanh", "softplus", "sin(x)", "x**3 - 4*x"])
def test_cubics_have_the_slopes_of_the_derivative(text: str, order: int) -> None:
    [curve] = parse_curves([text])
    scanned = scan(curve, order, -6.0, 6.0)
    found = refine(scanned, 540.0, (-8.0, 8.0))
    assert found.pieces
    for piece in found.pieces:
        cubic = piece.cubic
        assert cubic is not None
        slopes = curve.activation.derivative(-6.0 + 12.0 * cubic.x, order + 1) * 12.0 / 16.0
        bent = cubic.start != cubic.end
        np.testing.assert_allclose(cubic.start[bent], slopes[:-1][bent], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(cubic.end[bent], slopes[1:][bent], rtol=1e-9, atol=1e-9)


STEEP = [
    "sqrt(x)",
    "sqrt(1 - x*x)",
    "asin(x)",
    "cbrt(x)",
    "abs(x)**0.5",
    "x*log(abs(x))",
    "sin(1/x)",
]


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize(
    "text", sampled([*STEEP, "exp(-1000*x*x)", "1/x", "tan(x)", "atanh(x)"], 0.4)
)
def test_cubics_go_no_farther_than_the_curve(text: str, order: int) -> None:
    """Where it is as good as upright, a cubic through few samples would shoot beyond them."""
    found = refine(scan(curve(text), order, -6.0, 6.0), HEIGHT, (-3.0, 3.0))
    for piece in found.pieces:
        if (cubic := piece.cubic) is None:
            continue
        inside = cubic.x[:-1, None] + np.diff(cubic.x)[:, None] * np.linspace(0.01, 0.99, 99)
        heights = cubic.at(inside.ravel())[0] * HEIGHT
        lowest, highest = ((end + 3.0) / 6.0 * HEIGHT for end in (piece.y.min(), piece.y.max()))
        assert heights.max() <= highest + 0.2 and heights.min() >= lowest - 0.2
        bent = (cubic.start != cubic.end) & (np.diff(cubic.x) * 900.0 < 0.2)
        assert not bent.any(), "a renderer takes the points that pull it for its own"


def test_knots_may_coincide_where_they_are_placed():
    x, y = np.array([0.0, 1.0, 1.0]), np.array([0.0, 2.0, 3.0])
    cubic = Cubic(x, y, np.array([2.0, 1e7]), np.array([2.0, 1e7]))
    heights, slopes = cubic.at(np.array([0.5, 1.0]))
    assert heights.tolist() == [1.0, 3.0] and slopes.tolist() == [2.0, 1e7]
    for part in (cubic, cubic.within(0.25, 1.0)):
        assert np.isfinite(part.controls).all()
