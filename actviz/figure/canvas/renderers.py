"""matplotlib's renderers and its private names, and fontTools': no other module here names any.

The documented way to a file is `Figure.savefig`. It has the same renderers draw the same artists,
but the import of a Figure takes four times as long as all there is to do for one picture, and to
save it five times as long as it takes here. Beside each other use stands what it would cost to do
without. `make test-versions` draws with the oldest and the newest matplotlib that is allowed, and
so meets a name that has gone.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any, BinaryIO

from actviz.figure.canvas.picture import PAPER, POINTS, Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

LAYOUT_TABLES = ("GDEF", "GPOS", "GSUB", "MATH", "kern")  # of a font: what lays out text
UNSAID = {"Creator": None, "Date": None, "Format": None, "Type": None}  # in an SVG
UNSAID_PDF = {"Creator": None, "Producer": None, "CreationDate": None}


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


def svg(picture: Picture) -> str:
    """The text of an SVG, without its paper if its colours follow the reader's."""
    from matplotlib.backends.backend_svg import RendererSVG
    from matplotlib.textpath import text_to_path

    text = io.StringIO()
    width, height = (length * POINTS for length in picture.size)
    create: Any = RendererSVG
    renderer = create(width, height, text, image_dpi=POINTS, metadata=UNSAID)
    # The parser that measured the mathematics knows it already; a new one takes twice as long as
    # all else there is to write.
    renderer._text2path = text_to_path
    _draw(picture, renderer, POINTS, paper=not picture.recolour)
    renderer.finalize()
    return text.getvalue()


def _draw(picture: Picture, renderer: Any, dpi: float, paper: bool = True) -> None:
    """Draw with a renderer whose unit is that fraction of an inch; paper: with a background.

    An artist draws itself only if it has a figure to ask, and a Figure is what is not made here. It
    is let go again for Picture.to_figure, since no artist can change its figure.
    """
    picture.scale(dpi)
    sheet: Any = _Sheet(dpi)
    opened: tuple[str, ...] = ()
    for artist in picture.ordered():
        opened = _regroup(renderer, opened, picture.inside.get(artist, ()))
        artist._parent_figure = sheet  # type: ignore[attr-defined]
        if paper or artist.get_gid() != PAPER:
            artist.draw(renderer)
        artist._parent_figure = None  # type: ignore[attr-defined]
    _regroup(renderer, opened, ())


def _regroup(renderer: Any, opened: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Close the groups that an artist is not in, and open those that it is in."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(opened, wanted, strict=False))
    kept = sum(1 for _ in same)
    for _ in opened[kept:]:
        renderer.close_group("g")
    for name in wanted[kept:]:
        renderer.open_group("g", gid=name)
    return wanted


@dataclass
class _Sheet:
    """What an artist asks its figure for while it is drawn."""

    dpi: float

    def get_figure(self, root: bool = False) -> _Sheet:
        return self


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
