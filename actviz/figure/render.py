"""A figure as the bytes of a file, the same bytes every time."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
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
_ID = re.compile(r'(\bid="|xlink:href="#|url\(#)')


@contextmanager
def settings() -> Iterator[None]:
    """matplotlib's own defaults and ours, whatever the user's matplotlibrc says."""
    import matplotlib

    parameters: Any = matplotlib.rcParams
    kept = parameters.copy()
    try:
        matplotlib.rcdefaults()
        parameters.update(SETTINGS)
        yield
    finally:
        dict.update(parameters, kept)


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
    with settings():
        match format:
            case "png":
                return _png(figure, title, description)
            case "svg":
                return _svg(figure, title, description)
            case "pdf":
                return _pdf(figure, title, description)
    raise UsageError(f"unknown format {format!r}; figures can be {', '.join(FORMATS)}.")


def _png(figure: Figure, title: str, description: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    stream = io.BytesIO()
    words = {"Title": title, "Description": description}
    metadata: dict[str, Any] = {"Software": None} | {k: v for k, v in words.items() if v}
    canvas: Any = FigureCanvasAgg(figure)
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
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    stream = io.StringIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(stream, metadata=metadata)
    return _accessible(stream.getvalue(), title, description).encode()


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
