"""The picture of the vanishing gradient: what is where, and nothing on top of anything else."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import Call
from onsheet import areas, faults, lines, texts

import actviz
from actviz import figure
from actviz.cli.options import options_of
from actviz.errors import UsageError
from actviz.figure import Options
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.shapes import Area
from actviz.figure.canvas.space import Box
from actviz.figure.charts.decades import ROW
from actviz.figure.charts.vanishing import choose_decades
from actviz.properties import Depth, depth

SETS = (
    ("identity",),
    ("relu",),
    ("sigmoid", "tanh", "relu"),
    ("elu:alpha=0.5|1|2", "square", "leaky_relu", "relu"),
    ("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "selu"),
    ("relu6", "hardtanh", "hardswish", "a rather long label=softsign", "exp(x)"),
)
DEPTHS = ((1,), (20,), (1, 5, 10, 20), tuple(range(1, 31)))


def drawn(*words: str, depths: tuple[int, ...] = (1, 5, 10, 20), **options: object) -> Picture:
    curves = actviz.parse_curves(words)
    return figure.vanishing(curves, depths, options=Options(**options))  # type: ignore[arg-type]


def line(picture: Picture, name: str) -> np.ndarray:
    """The points of the line of that name: an array of shape (points, 2)."""
    return np.concatenate(lines(picture, name))


def shades(picture: Picture, name: str) -> list[Area]:
    return areas(picture, f"zone-quartiles-{name}")


@pytest.mark.parametrize("words", SETS, ids=" ".join)
def test_no_text_touches_anything(words: tuple[str, ...]) -> None:
    assert faults(drawn(*words)) == []


@pytest.mark.parametrize("depths", DEPTHS, ids=str)
def test_no_text_touches_anything_at_any_depths(depths: tuple[int, ...]) -> None:
    assert faults(drawn("sigmoid", "relu", depths=depths)) == []


@pytest.mark.parametrize("options", [{"size": (3, 3)}, {"size": (9, 5)}, {"grid": True},
                                     {"legend": False}, {"title": ""}, {"title": "Mine " * 40},
                                     {"theme": "dark"}, {"theme": "print"}, {"preset": "slide"},
                                     {"font_size": 12.0}])  # fmt: skip
def test_no_text_touches_anything_however_it_looks(options: dict[str, object]) -> None:
    assert faults(drawn(*SETS[2], **options)) == []


def test_sizes_are_on_one_logarithmic_scale() -> None:
    picture = drawn("sigmoid", "tanh")
    [first, *_] = line(picture, "median-0-0")  # 1 at depth 0
    places, logs = [], []
    for j, name in enumerate(("sigmoid", "tanh")):
        rows = depth(actviz.get(name), (1, 5, 10, 20))
        for i, half in enumerate((rows[:4], rows[4:])):
            for kind in ("median", "rms"):
                heights = line(picture, f"{kind}-{i}-{j}")[:, 1]
                assert heights[0] == first[1]
                places += heights[1:].tolist()
                logs += [np.log10(getattr(row, kind)) for row in half]
    unit = (places[3] - first[1]) / logs[3]
    assert np.allclose(places, first[1] + unit * np.array(logs))
    x = line(picture, "median-0-0")[:, 0]
    assert np.allclose((x - x[0]) / (x[-1] - x[0]), [0, 0.05, 0.25, 0.5, 1])


def test_a_median_of_0_is_in_the_row_of_0() -> None:
    picture = drawn("relu", "sigmoid")
    for half in "01":
        relu, sigmoid = line(picture, f"median-{half}-0"), line(picture, f"median-{half}-1")
        assert len(set(relu[1:, 1])) == 1
        assert relu[1, 1] < sigmoid[:, 1].min() - 5
    assert "0" in texts(picture)
    assert any("50 % of paths end per layer" in text for text in texts(picture))
    assert any("50 % of" in text for text in texts(drawn("relu", depths=(100,))))
    level = line(picture, "rms-1-0")[:, 1]
    assert np.ptp(level) < 1e-6  # the gain of relu keeps the root mean square
    without = drawn("sigmoid", "tanh")
    assert "0" not in texts(without)
    assert not any("paths end" in text for text in texts(without))


def test_there_is_no_band_down_to_0() -> None:
    picture = drawn("relu", "sigmoid")
    [bar] = shades(picture, "0-0")  # from 0 to 1 at n = 1; all quartiles are 0 further down
    across = np.ptp(bar.outlines[0][:, 0])
    assert 0 < across < 6
    [band] = shades(picture, "0-1")
    assert np.ptp(band.outlines[0][:, 0]) > 150


def test_small_sizes_are_not_called_0() -> None:
    assert "<10⁻³⁰⁰" in texts(drawn("0.001*x", depths=(10, 120)))


@pytest.mark.parametrize("words", SETS, ids=" ".join)
def test_the_scale_holds_everything(words: tuple[str, ...]) -> None:
    rows = [r for c in actviz.parse_curves(words) for r in depth(c.activation, (1, 5, 10, 20))]
    decades = choose_decades(rows)
    sizes = np.array([[row.q25, row.median, row.q75, row.rms] for row in rows])
    area = Box(0, 0, 100, 100)
    places = decades.up(area, sizes)
    assert (places[sizes > 0] > ROW + 1 if decades.zero else places > -1e-6).all()
    assert (places[sizes == 0] == ROW).all()
    assert places.max() <= 100
    assert decades.zero == any(row.q25 == 0 for row in rows)


def test_overflow_has_a_row() -> None:
    row = Depth(1000, 1.0, 1e-3, 1.0, 1e300, float("inf"), 0.0)
    assert choose_decades([row]).infinite


def test_the_words_tell_the_numbers() -> None:
    title, words = drawn("relu", "tanh", depths=(1, 10)).words
    assert title == "The product of up to 10 derivatives of relu and tanh"
    for told in (
        "relu without gain: median 0 and 0 at n = 1 and 10;",
        "root mean square 0.0313 at n = 10. With a gain of 1.41:",
        "50 % of paths end in each layer.",
        "tanh without gain: median 0.654 and",
    ):
        assert told in words
    assert "at n = 30;" in drawn("tanh", depths=tuple(range(1, 31))).words[1]


def test_too_many_curves_are_refused() -> None:
    with pytest.raises(UsageError, match="7 curves cannot be told apart"):
        drawn(*(f"f{i}=x" for i in range(7)))


SCRIPT = """\
import hashlib
from actviz import figure
from actviz.catalogue.curve import parse_curves
curves = parse_curves(["sigmoid", "relu"])
picture = figure.vanishing(curves, [1, 7], 3, figure.Options(theme="auto"))
for format in figure.FORMATS:
    print(hashlib.sha256(figure.render(picture, format)).hexdigest())
"""


def test_the_same_bytes_every_time() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as here:
        exec(SCRIPT, {})
    there = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True)
    assert there.stdout.decode() == here.getvalue()


# --- from the command line ---


def test_compare_draws_it(call: Call) -> None:
    command = ("compare", "sigmoid", "tanh", "--depth", "1,5", "--theme", "auto")
    done = call(*command, "-o", "v.svg")
    assert (done.code, done.out, done.err) == (0, "v.svg\n", "")
    svg = Path("v.svg").read_text()
    assert "The product of up to 5 derivatives of sigmoid and tanh</title>" in svg
    assert "prefers-color-scheme" in svg
    told = call(*command, "--print-alt", "-o", "v.svg")
    assert "tanh without gain: median 0.654" in told.out


REFUSED = (
    ("--layout grid", "--depth takes no --layout."),
    ("--diff", "--depth takes no --diff."),
    ("-d", "--depth takes no -d."),
    ("--order 1", "--depth takes no --order."),
    ("--range 0:1", "--depth takes no --range."),
    ("--preview", "--preview writes no file and takes no --depth."),
    ("--seed x", "--seed takes a whole number, not 'x'."),
)
LOOK_VALUES = {"SIZE": "6x4", "A:B": "0:1", "V,V": "0,2", "WHERE": "box", "KIND": "pi"}


@pytest.mark.parametrize(("words", "told"), REFUSED)
def test_what_it_does_not_take(call: Call, words: str, told: str) -> None:
    done = call("compare", "relu", "tanh", "--depth", "5", *words.split())
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_every_look_is_followed_or_refused(call: Call) -> None:
    followed = {"--theme", "--style", "--size", "--dpi", "--transparent", "--grid", "--title",
                "--no-title", "--no-legend", "--preset", "--font", "--font-size",
                "--svg-text"}  # fmt: skip
    looks = {row.name: row for row in options_of("compare").values() if row.panel == "Look"}
    refused = set()
    for row in looks.values():
        if row.name not in followed:
            value = [LOOK_VALUES.get(row.metavar, "1")] if row.metavar else []
            done = call("compare", "relu", "tanh", "--depth", "5", row.name, *value)
            assert done.code == 2
            refused |= {row.name} if f"--depth takes no {row.name}." in done.err else set()
    assert refused == looks.keys() - followed


def test_a_seed_is_for_depths(call: Call) -> None:
    assert "--seed is for --depth" in call("compare", "relu", "tanh", "--seed", "1").err
