"""What figures hold: broken lines at jumps, words, the same bytes every time, clear refusals."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from onsheet import lines, strokes
from pictures import BEGINS
from PIL import Image
from sampled import sampled

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.catalogue.lookup import load
from actviz.errors import UsageError
from actviz.figure.canvas import theme
from actviz.figure.canvas.title import function
from actviz.figure.curves import limits
from actviz.sampling import scan

SVG = "{http://www.w3.org/2000/svg}"
NAMES = tuple(name for name, entry in load().entries.items() if not entry.fixable)

HOSTILE = """\
lines.linewidth: 9
axes.facecolor: red
savefig.facecolor: yellow
savefig.bbox: tight
font.size: 30
font.family: serif
svg.fonttype: none
svg.hashsalt: other
path.simplify: True
path.sketch: 3, 90, 2
text.color: green
text.hinting: none
mathtext.fontset: stix
axes.unicode_minus: False
lines.scale_dashes: False
figure.dpi: 33
lines.linewidth: banana
no.such.key: 1
"""

LIGHT = tuple(name for name in figure.FORMATS if name != "pdf")  # need no Figure of matplotlib

SCRIPT = """\
import hashlib
from actviz import figure
from actviz.catalogue.curve import parse_curves
if {others}:
    figure.render(figure.plot(*parse_curves(["hardshrink"]), (0, 1, 2), -2, 2), "png")
for format in figure.FORMATS:
    picture = figure.plot(*parse_curves(["elu:alpha=0.5"]), (0, 1), -6, 6)
    print(hashlib.sha256(figure.render(picture, format)).hexdigest())
"""


def curves(*texts):
    return parse_curves(texts)


def plotted(text, orders=(0, 1), span=(-6.0, 6.0), **options):
    return figure.plot(*curves(text), orders, *span, figure.Options(**options))


def svg_of(picture):
    return figure.render(picture, "svg").decode()


def group(svg, name):
    """The path data of the group whose id ends in that name."""
    root = ElementTree.fromstring(svg)
    for each in root.iter(SVG + "g"):
        if each.get("id", "").endswith("-" + name):
            return [path.get("d") for path in each.iter(SVG + "path")]
    return None


@pytest.mark.parametrize("name", sampled(NAMES, 1 / 50))
def test_every_function_is_drawn_at_orders_0_to_2_without_a_warning(name):
    picture = plotted(name, (0, 1, 2), title=name)
    for format, begins in BEGINS.items():
        assert figure.render(picture, format).startswith(begins), format


def test_every_format_is_drawn():
    assert set(BEGINS) == set(figure.FORMATS)


@pytest.mark.parametrize(
    ("text", "order"),
    [("relu", 1), ("hardtanh", 1), ("hardshrink", 0), ("threshold", 0), ("step", 0), ("1/x", 0),
     ("where(x*x > 2, x, 0)", 0), ("sign(sin(3*x))", 0)],
)  # fmt: skip
def test_no_segment_slopes_across_a_jump(text, order):
    found = lines(plotted(text), f"curve-0-{order}")
    assert len(found) > 1
    for line in found:
        across, up = np.abs(np.diff(line, axis=0)).T
        assert not ((across < 2) & (up > 20)).any()


def test_the_derivative_of_relu_is_two_flat_lines():
    left, right = group(svg_of(plotted("relu")), "curve-0-1")
    for data in (left, right):
        assert re.fullmatch(r"M \S+ (\S+) L \S+ \1", data)


def test_coinciding_curves_are_both_seen():
    """The dashed one is over the solid one, in another colour."""
    svg = svg_of(plotted("exponential"))
    assert svg.index('-curve-0-0"') < svg.index('-curve-0-1"')
    solid, dashed = (
        re.search(rf'-curve-0-{k}">\s*<path[^>]*style="([^"]*)', svg)[1] for k in (0, 1)
    )
    assert "dasharray" not in solid and "dasharray" in dashed
    colours = {re.search("stroke: (#......)", style)[1] for style in (solid, dashed)}
    assert len(colours) == 2


def test_a_band_has_no_dashes_and_lies_under_what_is_lower():
    [curve] = parse_curves(["sin(50*x)"])
    picture = figure.plot(curve, (0, 1), -100.0, 100.0, figure.Options())
    layers = {each.name: each.layer for each in picture.shapes}
    assert layers["curve-0-1-band"] < layers["curve-0-0"] and "curve-0-1" not in layers
    [band] = strokes(picture, "curve-0-1-band")
    assert not band.dash


def test_an_svg_says_what_it_shows():
    root = ElementTree.fromstring(svg_of(plotted("silu")))
    assert root.get("role") == "img"
    title, words = root.find(SVG + "title"), root.find(SVG + "desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"
    for fact in (
        "silu",
        "x*sigmoid(x)",
        "from −6 to 6",
        "minimum of −0.2785 at x = −1.278",
        "y = x",
    ):
        assert fact in words.text
    assert "kink at x = 0" in plotted("relu").words[1]
    assert "jumps at x = −0.5" in plotted("hardshrink").words[1]
    title, words = plotted("softmax").words
    assert title == "softmax: function and first derivative" and words.count("f(x) =") == 3


def test_png_and_pdf_say_it_too(tmp_path):
    picture = plotted("silu")
    path = tmp_path / "silu.png"
    path.write_bytes(figure.render(picture, "png"))
    with Image.open(path) as image:
        assert image.size == (960, 640) and image.text["Description"] == picture.words[1]
    assert b"/Title" in figure.render(picture, "pdf")


def test_ids_differ_between_figures():
    first, second = (svg_of(plotted(name)) for name in ("silu", "gelu"))
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (first, second)]
    assert ids[0] and not ids[0] & ids[1]
    for svg, known in ((first, ids[0]), (second, ids[1])):
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= known
        assert "*{" not in svg.replace("figure *{", "")  # a rule that would reach the whole page


def test_the_auto_theme_has_a_dark_colour_for_every_colour():
    svg = svg_of(plotted("hardshrink", theme="auto", annotate=True, grid=True))
    style, rest = svg.split("</style>", 1)
    assert "prefers-color-scheme: dark" in style
    for what, colour in set(re.findall(r"(fill|stroke): (#[0-9a-f]{6})", rest)):
        assert f'[style*="{what}: {colour}"]' in style, (what, colour)


@pytest.mark.parametrize("layout", figure.LAYOUTS)
def test_the_auto_theme_knows_the_shades_of_a_family(layout):
    picture = figure.compare(
        curves("elu:alpha=0.5|1|2"), (0,), -6, 6, figure.Options(theme="auto"), layout=layout
    )
    style, rest = svg_of(picture).split("</style>", 1)
    assert all(f": {c}" in style for c in set(re.findall(r"stroke: (#[0-9a-f]{6})", rest)))


def run(folder, others=False, **variables):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(others=others)],
        cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


def test_the_same_bytes_anywhere(tmp_path):
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    (hostile / "matplotlibrc").write_text(HOSTILE)
    usual = run(tmp_path, PYTHONHASHSEED="1")
    assert len(usual) == len(figure.FORMATS)
    assert run(hostile, others=True, PYTHONHASHSEED="2", LC_ALL="C", TZ="Asia/Tokyo") == usual


def test_drawing_leaves_the_settings_of_matplotlib_alone():
    import matplotlib

    before = dict(matplotlib.rcParams.items())
    figure.render(plotted("silu"), "svg")
    assert dict(matplotlib.rcParams.items()) == before


def test_a_figure_imports_neither_pyplot_nor_matplotlib_figure():
    script = SCRIPT.format(others=False).replace("figure.FORMATS", str(LIGHT)) + (
        "import sys; assert not {'matplotlib.pyplot', 'matplotlib.figure'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_matplotlib_figure_is_there_for_the_asking():
    from matplotlib.figure import Figure

    drawn = plotted("silu").to_figure()
    assert isinstance(drawn, Figure) and drawn.get_size_inches().tolist() == [4.8, 3.2]


def test_colours_belong_to_names():
    some = theme.slots(["relu", "gelu", "tanh"])
    assert theme.slots(["relu", "gelu", "tanh", "mish", "elu"])[:3] == some
    assert len(set(theme.slots(["a", "b", "c", "d", "e", "f"]))) == 6


def test_six_curves_have_six_dashes():
    names = ("relu", "leaky_relu", "elu", "gelu", "silu", "mish")
    svg = svg_of(figure.compare(curves(*names), (0,), -6, 6))
    styles = re.findall(r'"a[0-9a-f]+-curve-\d-0">\s*<path[^>]*style="([^"]*)', svg)
    dashes = {(re.search("dasharray: ([^;]*)", style) or [""])[0] for style in styles}
    assert len(styles) == len(dashes) == 6


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [("silu", (-6, 6), (-0.2785, 5.985)), ("sigmoid", (-6, 6), (0, 0.9975)),
     ("exponential", (-6, 6), (0, 6)), ("relu", (2, 9), (0, 9)),
     ("sigmoid", (3, 9), (0.9526, 0.9999)), ("x*0", (-6, 6), (-1, 1)),
     ("x*0 + 5", (-6, 6), (0, 5))],
)  # fmt: skip
def test_limits_show_the_shape(text, span, expected):
    [curve] = curves(text)
    chosen = limits.choose([scan(curve, 0, *map(float, span))])
    assert chosen == pytest.approx(expected, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("text", ["1/x", "tan(x)"])
def test_poles_do_not_flatten_the_rest(text):
    lo, hi = limits.choose([scan(*curves(text), 0, -6.0, 6.0)])
    assert -13 < lo < -1 and 1 < hi < 13


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: figure.Options(theme="drak"), "unknown theme 'drak'.*mean dark"),
        (lambda: figure.Options(axes="middle"), "unknown axes 'middle'"),
        (lambda: figure.Options(ylim=(1.0, 1.0)), "must be finite and ascend"),
        (lambda: figure.Options(size=(0.1, 3.0)), "size 0.1 is not between"),
        (lambda: figure.Options(dpi=5), "dpi 5 is not between"),
        (lambda: figure.Options(hlines=(float("nan"),)), "not a finite number"),
        (lambda: figure.parse_size("6by4"), "WIDTHxHEIGHT"),
        (lambda: plotted("relu", span=(-1e308, 1e308)), "too wide"),
        (lambda: plotted("relu", span=(1e15, 1e15 + 4)), "too narrow"),
        (lambda: figure.render(plotted("relu"), "gif"), "unknown format 'gif'"),
        (lambda: figure.compare(curves("relu"), (0,), -6, 6, layout="pile"), "unknown layout"),
        (lambda: figure.compare(curves("relu"), (0,), -6, 6, diff=True), "two curves"),
        (
            lambda: figure.compare(curves("relu"), (0,), -6, 6, figure.Options(fixed=(0.0,))),
            "--fixed with numbers alone is for functions of a vector",
        ),
        (
            lambda: figure.compare(curves(*["x"] * 7), (0,), -6, 6, layout="overlay"),
            "--layout grid",
        ),
        (lambda: plotted("relu", style=Path("none.mplstyle")), "cannot read the style"),
        (lambda: plotted("relu", vector=True), "--vector is for functions of a vector"),
        (lambda: plotted("crelu", fixed=(0.0, 1.0)), "--fixed with numbers alone is for"),
        (
            lambda: figure.compare(curves("relu", "elu"), (0,), -6, 6, diff=True, layout="grid"),
            "--diff takes no --layout grid",
        ),
        (lambda: figure.compare(curves(*["x"] * 8), (0,), -6, 6, diff=True), "most is 6.\\.$"),
    ],
)
def test_refusals(make, message):
    with pytest.raises(UsageError, match=message):
        make()


def test_a_style_sheet_replaces_colours_and_width(tmp_path):
    style = tmp_path / "own.mplstyle"
    style.write_text("lines.linewidth: 3\naxes.prop_cycle: cycler('color', ['00ff00', 'ff00ff'])\n")
    svg = svg_of(plotted("silu", style=style))
    assert "stroke: #00ff00; stroke-width: 3" in svg and "stroke: #ff00ff" in svg


def test_names_of_functions():
    assert [function(k) for k in range(3)] == ["f(x)", "f′(x)", "f″(x)"]


def test_more_than_six_curves_are_a_grid() -> None:
    names = ("relu", "elu", "gelu", "silu", "mish", "softplus", "tanh")
    unsaid = figure.compare(curves(*names), (0,), -6, 6)
    asked = figure.compare(curves(*names), (0,), -6, 6, layout="grid")
    assert figure.render(unsaid, "svg") == figure.render(asked, "svg")


def test_a_forked_process_reads_no_font_of_its_parent() -> None:
    """Parsed mathematics holds open fonts, whose place in the file a fork would share."""
    from matplotlib.mathtext import MathTextParser

    figure.render(figure.plot(*curves("silu"), (0, 1), -6, 6), "svg")
    assert MathTextParser._parse_cached.cache_info().currsize > 0
    figure.forget_fonts()
    assert MathTextParser._parse_cached.cache_info().currsize == 0
