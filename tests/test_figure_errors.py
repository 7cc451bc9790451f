"""The picture of a check's errors: what is shown, where, and nothing on top of anything else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from onsheet import circles, faults, lines, texts

from actviz import check, figure
from actviz.catalogue.curve import Curve, parse_curves
from actviz.errors import UsageError
from actviz.figure import Options
from actviz.figure.canvas.picture import Picture
from actviz.figure.charts.accuracy import choose_window

EPS = 2.0**-52
TOLERANCE = 32 * EPS
INF = float("inf")

X = (-1e300, -50.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 50.0, 1e300)
# Errors at X.
CASES = (
    ("right", (0.0, 0.0, EPS, EPS, 0.0, 0.0, EPS, EPS, 0.0)),
    ("a tail lost", (0.0, 1e-3, EPS, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    ("near 0", (0.0, 0.0, 0.0, 1e-3, 0.0, 1e-3, 0.0, 0.0, 0.0)),
    ("overflow", (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, INF)),
    ("all lost", (1.0,) * 9),
    ("all infinite", (INF,) * 9),
    ("huge", (0.0, 0.0, 1e250, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
)

NAIVE = """\
import math
import numpy as np

def gelu(x):
    return np.array([0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x.ravel()])

def softplus(x):
    with np.errstate(over="ignore"):
        return np.log(1 + np.exp(x))

def elu(x):
    with np.errstate(over="ignore"):
        return np.where(x > 0, x, np.exp(x) - 1)
"""


def curve(text: str) -> Curve:
    return parse_curves([text])[0]


def series(
    errors: tuple[float, ...],
    order: int = 0,
    label: str = "code.py:gelu",
    tolerance: float | None = TOLERANCE,
) -> check.ErrorSeries:
    return check.ErrorSeries(label, order, X, errors, EPS, tolerance)


def drawn(*found: check.ErrorSeries, **options: object) -> Picture:
    return figure.errors(found, curve("gelu"), Options(**options))  # type: ignore[arg-type]


@pytest.fixture
def naive(tmp_path: Path) -> str:
    (tmp_path / "naive.py").write_text(NAIVE)
    return str(tmp_path / "naive.py")


@pytest.mark.parametrize("errors", [row[1] for row in CASES], ids=[row[0] for row in CASES])
def test_no_text_touches_anything(errors: tuple[float, ...]) -> None:
    for orders in ((0,), (0, 1), (0, 1, 2, 3, 4)):
        for tolerance in (TOLERANCE, EPS, 1e-3, None):
            found = [series(errors, order, tolerance=tolerance) for order in orders]
            assert faults(drawn(*found)) == [], (orders, tolerance)


@pytest.mark.parametrize(("text", "kind"), [("gelu", "f8"), ("softplus", "f8"), ("elu", "f2")])
def test_the_figures_of_code(naive: str, text: str, kind: str) -> None:
    dtype = str(np.dtype(kind))
    report = check.code(curve(text), f"{naive}:{text}", dtype=dtype)
    picture = figure.errors(report.errors, curve(text))
    assert faults(picture) == []
    assert picture.words[0] == f"Error of naive.py:{text} as {text}"
    failing = [r for r in report.results if r.error is not None and r.status == "fail"]
    assert failing
    for one in report.errors:
        assert one.tolerance is not None
        beyond = {x for x, error in zip(one.x, one.error, strict=True) if error > one.tolerance}
        assert beyond
        assert f"{len(beyond)} of {len(one.x)} points beyond the tolerance" in picture.words[1]


def test_an_absolute_tolerance_is_no_line(naive: str) -> None:
    report = check.code(curve("gelu"), f"{naive}:gelu", atol=1e-3)
    picture = figure.errors(report.errors, curve("gelu"))
    assert "eps" in texts(picture)
    assert "tolerance" not in texts(picture)
    relative = check.code(curve("gelu"), f"{naive}:gelu").errors
    assert max(report.errors[0].error) == pytest.approx(max(relative[0].error), rel=0.1)


def test_what_fails_is_beyond_the_line(naive: str) -> None:
    for text, dtype in (("gelu", "float64"), ("softplus", "float32"), ("elu", "float16")):
        report = check.code(curve(text), f"{naive}:{text}", dtype=dtype)
        places = {r.x for r in report.results if r.oracle == "against" and r.error is not None}
        failing = {r.x for r in report.results if r.oracle == "against" and r.status == "fail"}
        [one] = report.errors
        assert one.tolerance is not None
        for x, error in zip(one.x, one.error, strict=True):
            if x in places:
                assert (error > one.tolerance) == (x in failing), (text, x)


def test_dots_are_at_their_errors_and_the_rest_at_the_edges() -> None:
    picture = drawn(series((0.0, 1e-3, EPS, 0.0, 0.0, 0.0, TOLERANCE, 1.0, INF)))
    [dots] = circles(picture, "errors-0")
    [tolerance], [eps] = (lines(picture, name) for name in ("bound-tolerance", "bound-eps"))
    x, y = dots.centres.T
    assert (np.diff(x) > 0).all()
    left, right = tolerance[:, 0]
    assert (x[0], x[-1]) == pytest.approx((left, right))
    assert y[0] == y.min() < eps[0, 1]  # 0
    assert y[-1] == y.max()  # infinity
    assert y[2] == pytest.approx(eps[0, 1])
    assert y[-3] == pytest.approx(tolerance[0, 1])
    assert {"0", "∞", "eps", "tolerance"} <= set(texts(picture))
    assert any("At the edges: errors 0 and ∞, |x| > 100." in text for text in texts(picture))


def test_small_errors_are_not_called_0() -> None:
    assert "<10⁻¹⁸" in texts(drawn(series((0.0, 1e-30, *(EPS,) * 7))))


def test_a_dot_is_the_worst_of_its_neighbours() -> None:
    x = tuple(np.linspace(1.0, 1.001, 101).tolist())
    errors = tuple(EPS * (1 + 9 * (i == 50)) for i in range(101))
    picture = drawn(check.ErrorSeries("m:f", 0, x, errors, EPS))
    [dots] = circles(picture, "errors-0")
    [eps] = lines(picture, "bound-eps")
    assert len(dots.centres) == 1
    assert dots.centres[0, 1] > eps[0, 1] + 5
    assert lines(picture, "bound-tolerance") == []


# Between which sizes of x the error is beyond the tolerance, and the window's powers of ten.
WINDOWS = (
    ((1e-3, 4e7), (-4, 8)),
    ((0.0, 1.5e-9), (-9, 2)),
    ((1.5e9, INF), (0, 10)),
    ((0.0, INF), (0, 2)),
    ((2.0, 1.0), (0, 2)),
)


def test_x_goes_as_far_as_something_happens() -> None:
    sizes = np.geomspace(1e-300, 1e300, 1201)
    x = (*(-sizes[::-1]).tolist(), 0.0, *sizes.tolist())
    for (least, most), powers in WINDOWS:
        errors = tuple(1e-3 if least <= abs(each) <= most else EPS for each in x)
        found = check.ErrorSeries("m:f", 0, x, errors, EPS, TOLERANCE)
        window = choose_window([found])
        assert (window.near, window.far) == powers, (least, most)
        assert window.across(np.array([-INF, 0.0, INF])).tolist() == [0.0, 0.5, 1.0]


def test_names_only_where_there_are_several() -> None:
    errors = CASES[0][1]
    assert not any("(x)" in text for text in texts(drawn(series(errors))))
    assert sum("(x)" in t for t in texts(drawn(series(errors), series(errors, 1)))) == 2


def test_our_own_errors() -> None:
    tanh = curve("tanh")
    picture = figure.errors(check.error_series([tanh], (0, 1)), tanh)
    assert picture.words[0] == "Error of tanh against 50 digits"
    assert picture.words[1].count("0 of ") == 2
    assert faults(picture) == []
    [dots] = circles(picture, "errors-0")
    assert len(dots.centres) > 80


def test_options_of_the_look() -> None:
    found = series(CASES[1][1]), series(CASES[1][1], 1)
    for theme in figure.THEMES:
        assert faults(drawn(*found, theme=theme)) == []
    assert faults(drawn(*found, size=(4.0, 2.6))) == []
    assert "mine" in texts(drawn(*found, title="mine"))
    assert b"prefers-color-scheme" in figure.render(drawn(*found, theme="auto"), "svg")


SCRIPT = """\
import hashlib
from actviz import check, figure
from actviz.catalogue.curve import parse_curves
found = check.ErrorSeries("m:f", 1, (-9.0, 0.5, 3.0), (1.0, 0.0, 2e-16), 2.0**-52, 1e-15)
for format in figure.FORMATS:
    data = figure.render(figure.errors([found], *parse_curves(["gelu"])), format)
    print(hashlib.sha256(data).hexdigest())
"""


def test_the_same_bytes_every_time() -> None:
    runs = {
        subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_words_of_what_is_exact_infinite_or_unnamed() -> None:
    exact = check.ErrorSeries("x**2", 1, X, (0.0,) * 9, EPS)
    overflow = series((INF,) * 9)
    words = figure.errors([exact, overflow], curve("x**2")).words
    assert words[0] == "Error of x**2 as x**2"
    assert "f′(x): exact everywhere." in words[1]
    assert "f(x): infinite at x = −1×10³⁰⁰; 9 of 9 points beyond" in words[1]


@pytest.mark.parametrize("tolerance", [1e-300, EPS, 1.0, 1e308])
def test_any_tolerance(tolerance: float) -> None:
    for _, errors in CASES:
        assert faults(drawn(series(errors, tolerance=tolerance))) == []


def test_nothing_to_draw_is_told() -> None:
    with pytest.raises(UsageError, match="no value anywhere"):
        figure.errors([check.ErrorSeries("f", 0, (), (), EPS)], curve("sqrt(-1 - x**2)"))


def test_svg_has_words() -> None:
    svg = figure.render(drawn(series(CASES[1][1])), "svg").decode()
    assert "<title" in svg
    assert "Error of code.py:gelu as gelu</title>" in svg
    assert "f(x): at most 0.001 at x = −50" in svg
    assert 'role="img"' in svg
