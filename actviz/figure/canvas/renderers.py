"""matplotlib's renderers and its private names, and fontTools': no other module here names any.

The documented way to a file is `Figure.savefig`. It has the same renderers draw, but the import of
a Figure takes four times as long as all there is to do for one picture, and to save it five times
as long as it takes here. Beside each other use stands what it would cost to do without. `make
test-versions` draws with the oldest and the newest matplotlib that is allowed, and so meets a name
that has gone.
"""

from __future__ import annotations

import importlib
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from actviz.figure.canvas.artists import path_of
from actviz.figure.canvas.comments import comment
from actviz.figure.canvas.opaque import opaque
from actviz.figure.canvas.picture import POINTS, Picture
from actviz.figure.canvas.shapes import Area, Circles, Shape, Stroke, Words
from actviz.figure.canvas.strokes import dashed
from actviz.figure.canvas.typeset import GLYPHS, outlines, properties

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.path import Path
    from numpy.typing import NDArray

LAYOUT_TABLES = ("GDEF", "GPOS", "GSUB", "MATH", "kern")  # of a font: what lays out text
UNSAID_PDF = {"Creator": None, "Producer": None, "CreationDate": None}
RENDERERS = {"png": "backend_agg", "pdf": "backend_pdf", "eps": "backend_ps"}


def load(formats: Iterable[str]) -> None:
    """Load what draws these formats, without the lists of what properties each artist has.

    These are text that only people read, and signatures, and take a tenth of the time of a figure
    as PNG. They stay away from classes that are loaded here: it is for a process that only draws.
    """
    with _undescribed():
        for each in sorted(set(formats) & set(RENDERERS)):
            importlib.import_module(f"matplotlib.backends.{RENDERERS[each]}")


@contextmanager
def _undescribed() -> Iterator[None]:
    """Classes of artists that are made meanwhile do not list their properties."""
    from matplotlib import artist

    module: Any = artist
    texts, signatures = module.kwdoc, module.Artist._update_set_signature_and_docstring
    module.kwdoc = lambda _: ""
    module.Artist._update_set_signature_and_docstring = lambda: None
    try:
        yield
    finally:
        module.kwdoc = texts
        module.Artist._update_set_signature_and_docstring = classmethod(signatures.__func__)


def raster(picture: Picture) -> tuple[tuple[int, int], NDArray[Any]]:
    """The width and height in pixels, and the red, green, blue and opacity of each pixel."""
    from matplotlib.backends.backend_agg import RendererAgg

    width, height = (round(length * picture.dpi) for length in picture.size)
    create: Any = RendererAgg
    renderer = create(width, height, picture.dpi)
    renderer.mathtext_parser = _raster_parser()
    _draw(picture, renderer, picture.dpi)
    return (width, height), renderer.buffer_rgba()


@cache
def _raster_parser() -> Any:
    """One parser of mathematics for all pictures, of the kind that the renderer has by itself.

    It remembers what it has parsed. Without, a PNG takes nearly twice as long to write.
    """
    from matplotlib.backends.backend_agg import RendererAgg

    create: Any = RendererAgg
    return create(1, 1, POINTS).mathtext_parser


def pdf(picture: Picture, stream: BinaryIO, words: Mapping[str, str | None]) -> None:
    """Write one page with these metadata."""
    from matplotlib.backends.backend_pdf import PdfFile, RendererPdf

    open_file: Any = PdfFile
    file = open_file(stream, metadata={**UNSAID_PDF, **words})
    width, height = picture.size
    file.newPage(width, height)
    create: Any = RendererPdf
    renderer = create(file, POINTS, height, width)
    _draw(picture, renderer, POINTS)
    renderer.finalize()
    with _glyphs_alone():
        file.finalize()
    file.close()


@contextmanager
def _glyphs_alone() -> Iterator[None]:
    """Embed fonts without the tables that lay out text: in a PDF every glyph has its place already.

    To cut them down to the glyphs in use takes as long as all else there is to do for a PDF, and
    matplotlib hands no option on to fontTools.
    """
    from fontTools.subset import Options

    options: Any = Options
    kept = options._drop_tables_default
    options._drop_tables_default = [*kept, *LAYOUT_TABLES]
    try:
        yield
    finally:
        options._drop_tables_default = kept


def eps(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    """Write PostScript to be put into a page, with these words as comments; nothing is translucent.

    Texts are outlines: what embeds fonts is another in every version of matplotlib.
    """
    from matplotlib.backends import backend_ps

    width, height = picture.size
    body = io.StringIO()
    create: Any = backend_ps.RendererPS
    _draw(opaque(picture), create(width, height, body), POINTS, {**_DRAWN, Words: _draw_outlined})
    right, top = width * POINTS, height * POINTS
    lines = [
        "%!PS-Adobe-3.0 EPSF-3.0",
        *[*comment(title, "%%Title: ")][:1],
        f"%%BoundingBox: 0 0 {math.ceil(right)} {math.ceil(top)}",
        f"%%HiResBoundingBox: 0 0 {right:.3f} {top:.3f}",
        "%%DocumentData: Clean8Bit",
        "%%LanguageLevel: 2",
        "%%EndComments",
        *comment(description),
        f"{len(backend_ps._psDefs)} dict begin",
        *backend_ps._psDefs,
        f"0 0 {right:.3f} {top:.3f} rectclip",
        body.getvalue() + "end",
        "showpage",
        "%%EOF\n",
    ]
    stream.write("\n".join(lines).encode())


def _draw(
    picture: Picture, renderer: Any, dpi: float, drawn: Mapping[type[Shape], Any] | None = None
) -> None:
    """Draw with a renderer whose unit is that fraction of an inch; drawn: how, shape by shape."""
    height = picture.size[1] * dpi if renderer.flipy() else 0.0
    for shape in picture.ordered():
        (drawn or _DRAWN)[type(shape)](shape, renderer, dpi / POINTS, height)


def _draw_stroke(stroke: Stroke, renderer: Any, unit: float, height: float) -> None:
    for paths, dash in dashed(stroke):
        gc = _context(renderer, stroke.colour, stroke.width, stroke.opacity)
        if dash:
            gc.set_dashes(0, list(dash))
        gc.set_capstyle("butt")
        gc.set_joinstyle("round" if stroke.rounded or stroke.dash else "miter")
        _draw_path(renderer, gc, path_of(paths, curved=stroke.curved), unit)


def _draw_area(area: Area, renderer: Any, unit: float, height: float) -> None:
    gc = _context(renderer, area.colour, 0.0, area.opacity)
    _draw_path(renderer, gc, path_of(area.outlines, closed=True), unit, area.colour)


def _draw_circles(circles: Circles, renderer: Any, unit: float, height: float) -> None:
    from matplotlib.path import Path

    gc = _context(renderer, circles.edge, circles.width)
    for x, y in circles.centres.tolist():
        circle = Path.circle((x, y), circles.size / 2)
        _draw_path(renderer, gc, circle, unit, circles.face)


def _draw_words(words: Words, renderer: Any, unit: float, height: float) -> None:
    label = words.label
    angle = 90.0 if label.upright else 0.0
    if words.halo:
        _draw_halo(words, renderer, unit)
    x, y = words.x * unit, words.y * unit
    gc = _context(renderer, label.colour, 1.0)
    renderer.draw_text(
        gc, x, height - y if height else y, label.shown,
        properties(label.faces, label.type_size), angle, ismath=label.parsed,
    )  # fmt: skip


_DRAWN: dict[type[Shape], Any] = {
    Stroke: _draw_stroke,
    Area: _draw_area,
    Circles: _draw_circles,
    Words: _draw_words,
}


def _draw_outlined(words: Words, renderer: Any, unit: float, height: float) -> None:
    """A text as the outlines of its letters."""
    if words.halo:
        _draw_halo(words, renderer, unit)
    colour = words.label.colour
    _draw_path(renderer, _context(renderer, colour, 0.0), _outlined(words), unit, colour)


def _draw_halo(words: Words, renderer: Any, unit: float) -> None:
    gc = _context(renderer, words.halo, words.around)
    gc.set_joinstyle("round")
    _draw_path(renderer, gc, _outlined(words), unit)


def _context(renderer: Any, colour: str, width: float, opacity: float = 1.0) -> Any:
    gc = renderer.new_gc()
    gc.set_foreground(colour)
    gc.set_alpha(opacity)
    gc.set_linewidth(width)
    return gc


def _draw_path(renderer: Any, gc: Any, path: Path, unit: float, face: str = "") -> None:
    from matplotlib.colors import to_rgba
    from matplotlib.transforms import Affine2D

    inside = to_rgba(face, gc.get_alpha()) if face else None
    renderer.draw_path(gc, path, Affine2D().scale(unit), inside)


def _outlined(words: Words) -> Path:
    """The outlines of a text where it stands, in points."""
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    label = words.label
    found = outlines(label.shown, label.faces, label.parsed)
    parts = [
        Affine2D().scale(scale).translate(x, y).transform_path(Path(*GLYPHS[name]))
        for name, x, y, scale in found.glyphs
    ]
    parts += [Path([(a, b), (c, b), (c, d), (a, d), (a, b)]) for a, b, c, d in found.bars]
    place = Affine2D().scale(label.type_size / 100).rotate_deg(90.0 if label.upright else 0.0)
    return place.translate(words.x, words.y).transform_path(Path.make_compound_path(*parts))


def open_window(figure: Figure, toolkit: str) -> Any:
    """The manager of a window in one of matplotlib's toolkits, or whatever error that ends in.

    pyplot would do this, and take the user's backend, settings and all open figures into it.
    """
    backend = importlib.import_module(f"matplotlib.backends.backend_{toolkit}")
    return backend.FigureCanvas.new_manager(figure, 1)


def forget_fonts() -> None:
    """Let go of the fonts that parsed mathematics holds; for a process that has just been forked.

    It shares the place in their files with the process it comes from, and both would read at it.
    matplotlib itself lets go of all others.
    """
    from matplotlib.mathtext import MathTextParser

    parser: Any = MathTextParser
    parser._parse_cached.cache_clear()
