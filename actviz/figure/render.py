"""A figure as the bytes of a file, the same bytes every time."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from actviz.errors import UsageError
from actviz.figure.options import FORMATS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
POINTS = 72  # per inch, and the unit of an SVG
_ID = re.compile(r'(\bid="|xlink:href="#|url\(#)')


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
    figure: Figure, format: str, title: str | None = None, description: str | None = None
) -> bytes:
    """The bytes of a figure as "png", "svg" or "pdf".

    title, description: what the figure shows, in words; those of the figure itself if None.

    Raises UsageError for another format.
    """
    words = getattr(figure, "words", ("", ""))
    title = words[0] if title is None else title
    description = words[1] if description is None else description
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}; figures can be {', '.join(FORMATS)}.")
    write = {"png": _png, "svg": _svg, "pdf": _pdf}[format]
    dpi = figure.dpi
    try:
        with settings():
            return write(figure, title, description)
    finally:
        figure.dpi = dpi


def _png(figure: Figure, title: str, description: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    stream = io.BytesIO()
    words = {"Title": title, "Description": description}
    metadata: dict[str, Any] = {"Software": None} | {k: v for k, v in words.items() if v}
    canvas: Any = FigureCanvasAgg(figure)
    canvas.get_renderer().mathtext_parser = _parser()
    canvas.print_png(stream, metadata=metadata)
    return stream.getvalue()


def _pdf(figure: Figure, title: str, description: str) -> bytes:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    stream = io.BytesIO()
    metadata = {"Creator": None, "Producer": None, "CreationDate": None}
    canvas: Any = FigureCanvasPdf(figure)
    canvas.print_pdf(
        stream, metadata={**metadata, "Title": title or None, "Subject": description or None}
    )
    return stream.getvalue()


def _svg(figure: Figure, title: str, description: str) -> bytes:
    from matplotlib.backends.backend_svg import RendererSVG
    from matplotlib.textpath import text_to_path

    stream = io.StringIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.dpi = POINTS
    width, height = figure.get_size_inches() * POINTS
    create: Any = RendererSVG
    renderer = create(width, height, stream, image_dpi=POINTS, metadata=metadata)
    # Every renderer parses mathematics anew unless it is given the parser that measured it.
    renderer._text2path = text_to_path
    figure.draw(renderer)
    renderer.finalize()
    return _accessible(stream.getvalue(), title, description).encode()


@cache
def _parser() -> Any:
    """One parser of mathematics for all pictures, since it remembers what it has parsed."""
    from matplotlib.mathtext import MathTextParser

    return MathTextParser("path")


def _accessible(svg: str, title: str, description: str) -> str:
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
    head, tag, rest = svg.partition("<svg ")
    opening, end, body = rest.partition(">\n")
    return f'{head}{tag}role="img"{labelled} {opening}{end}{words}{body}'
