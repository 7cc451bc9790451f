"""A picture as the bytes of a file, the same bytes every time."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, BinaryIO

from actviz.errors import UsageError
from actviz.figure.canvas.options import FORMATS

if TYPE_CHECKING:
    from actviz.figure.canvas.picture import Picture

# What reaches a drawn figure from matplotlib's settings, apart from what the artists are given.
SETTINGS: dict[str, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "actviz",
    "svg.id": None,
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "mathtext.fontset": "dejavusans",
    "text.usetex": False,
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "path.simplify": False,
    "path.sketch": None,
    "path.effects": [],
    "agg.path.chunksize": 0,
}
LAYOUT_TABLES = ("GDEF", "GPOS", "GSUB", "MATH", "kern")
POINTS = 72.0  # per inch, and the unit of an SVG and a PDF
_ID = re.compile(r'(\bid="|xlink:href="#|url\(#)')
_MARK = re.compile(r'(<path id="[^"]*" d="[^"]*" style=")stroke: #[0-9a-f]{6}; ')


@contextmanager
def settings() -> Iterator[None]:
    """matplotlib's own defaults and ours, whatever the user's matplotlibrc says."""
    import matplotlib

    parameters: Any = matplotlib.rcParams
    kept = dict(dict.items(parameters))
    try:
        dict.update(parameters, _complete_settings())
        yield
    finally:
        dict.update(parameters, kept)


@cache
def _complete_settings() -> dict[str, Any]:
    """All of them, read as a plain dictionary: matplotlib's own functions for it import pyplot."""
    import matplotlib

    defaults: Any = matplotlib.rcParamsDefault
    kept = {"backend", "backend_fallback", "interactive", "toolbar"}
    return {k: v for k, v in dict.items(defaults) if k not in kept} | SETTINGS


def render(
    picture: Picture, format: str, title: str | None = None, description: str | None = None
) -> bytes:
    """The bytes of a picture as "png", "svg" or "pdf".

    title, description: what it shows, in words; those of the picture itself if None.

    Raises UsageError for another format.
    """
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}; figures can be {', '.join(FORMATS)}.")
    title = picture.words[0] if title is None else title
    description = picture.words[1] if description is None else description
    write = {"png": _png, "svg": _svg, "pdf": _pdf}[format]
    stream = io.BytesIO()
    with settings():
        write(picture, stream, title, description)
    return stream.getvalue()


def _png(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    from matplotlib.backends.backend_agg import RendererAgg
    from PIL import Image, PngImagePlugin

    width, height = (round(length * picture.dpi) for length in picture.size)
    create: Any = RendererAgg
    renderer = create(width, height, picture.dpi)
    renderer.mathtext_parser = _parser()
    picture.draw(renderer, picture.dpi)
    image = Image.frombuffer("RGBA", (width, height), renderer.buffer_rgba(), "raw", "RGBA", 0, 1)
    if image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    words = PngImagePlugin.PngInfo()
    for key, text in (("Title", title), ("Description", description)):
        if text:
            words.add_itxt(key, text)
    image.save(stream, "png", dpi=(picture.dpi, picture.dpi), pnginfo=words)


def _pdf(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    from matplotlib.backends.backend_pdf import PdfFile, RendererPdf

    unsaid = {"Creator": None, "Producer": None, "CreationDate": None}
    words = {"Title": title or None, "Subject": description or None}
    open_file: Any = PdfFile
    file = open_file(stream, metadata=unsaid | words)
    width, height = picture.size
    file.newPage(width, height)
    create: Any = RendererPdf
    renderer = create(file, POINTS, height, width)
    picture.draw(renderer, POINTS)
    renderer.finalize()
    with _glyphs_alone():
        file.finalize()
    file.close()


@contextmanager
def _glyphs_alone() -> Iterator[None]:
    """Embed fonts without the tables that lay out text: in a PDF every glyph has its place already.

    To cut them down to the glyphs in use takes longer than all else that a figure needs.
    """
    from fontTools.subset import Options

    options: Any = Options
    kept = options._drop_tables_default
    options._drop_tables_default = [*kept, *LAYOUT_TABLES]
    try:
        yield
    finally:
        options._drop_tables_default = kept


def _svg(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    from matplotlib.backends.backend_svg import RendererSVG
    from matplotlib.textpath import text_to_path

    text = io.StringIO()
    unsaid = {"Date": None, "Creator": None, "Format": None, "Type": None}
    width, height = (length * POINTS for length in picture.size)
    create: Any = RendererSVG
    renderer = create(width, height, text, image_dpi=POINTS, metadata=unsaid)
    # Every renderer parses mathematics anew unless it is given the parser that measured it.
    renderer._text2path = text_to_path
    picture.draw(renderer, POINTS, paper=not picture.recolour)
    renderer.finalize()
    stream.write(_accessible(text.getvalue(), title, description, picture.recolour).encode())


def forget_fonts() -> None:
    """Let go of the fonts that parsed mathematics holds; for a process that has just been forked.

    It shares the place in their files with the process it comes from, and both would read at it.
    matplotlib itself lets go of all others.
    """
    from matplotlib.mathtext import MathTextParser

    parser: Any = MathTextParser
    parser._parse_cached.cache_clear()


@cache
def _parser() -> Any:
    """One parser of mathematics for all pictures, since it remembers what it has parsed."""
    from matplotlib.mathtext import MathTextParser

    return MathTextParser("path")


def _accessible(svg: str, title: str, description: str, recolour: Mapping[str, str]) -> str:
    """The SVG with a role and its words, and with ids that no other figure on a page has."""
    mark = "a" + hashlib.sha256((svg + title + description).encode()).hexdigest()[:9] + "-"
    svg = _ID.sub(lambda found: found[1] + mark, svg)
    words = ""
    labels = []
    for tag, text in (("title", title), ("desc", description)):
        if text:
            words += f' <{tag} id="{mark}{tag}">{escape(text, quote=False)}</{tag}>\n'
            labels.append(mark + tag)
    labelled = f' aria-labelledby="{" ".join(labels)}"' if labels else ""
    # Colours reach a mark from where it is used; no rule reaches into where it is defined.
    svg = _MARK.sub(r"\1", svg)
    # matplotlib's own rule would reach every other drawing on a page.
    svg = svg.replace("*{stroke-linejoin", f"#{mark}figure *{{stroke-linejoin", 1)
    head, tag, rest = svg.partition("<svg ")
    opening, end, body = rest.partition(">\n")
    style = _dark_style(mark, recolour)
    return f'{head}{tag}id="{mark}figure" role="img"{labelled} {opening}{end}{words}{style}{body}'


def _dark_style(mark: str, recolour: Mapping[str, str]) -> str:
    """A style sheet that swaps the colours for a reader who prefers dark pages."""
    rules = [
        f'  #{mark}figure [style*="{what}: {light.lower()}"] {{ {what}: {dark} !important }}\n'
        for light, dark in recolour.items()
        for what in ("fill", "stroke")
    ]
    if not rules:
        return ""
    sheet = "".join(rules)
    return f" <style>\n @media (prefers-color-scheme: dark) {{\n{sheet} }}\n </style>\n"
