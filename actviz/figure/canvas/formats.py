"""The formats of figures: a picture as the bytes of a file, the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from actviz.errors import UsageError
from actviz.figure.canvas.settings import settings

if TYPE_CHECKING:
    from actviz.figure.canvas.picture import Picture


def _png(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    from PIL import Image, PngImagePlugin

    from actviz.figure.canvas import renderers

    size, pixels = renderers.raster(picture)
    image = Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1)
    if image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    words = PngImagePlugin.PngInfo()
    for key, text in (("Title", title), ("Description", description)):
        if text:
            words.add_itxt(key, text)
    image.save(stream, "png", dpi=(picture.dpi, picture.dpi), pnginfo=words)


def _svg(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    from actviz.figure.canvas.svg import svg

    stream.write(svg(picture, title, description).encode())


def _pdf(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    from actviz.figure.canvas import renderers

    renderers.pdf(picture, stream, {"Title": title or None, "Subject": description or None})


def _eps(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    from actviz.figure.canvas import renderers

    renderers.eps(picture, stream, title, description)


def _tikz(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    from actviz.figure.canvas import tikz

    stream.write(tikz.document(picture, title, description).encode())


def _tikz_fragment(picture: Picture, stream: BinaryIO, title: str, description: str) -> None:
    from actviz.figure.canvas import tikz

    stream.write(tikz.fragment(picture, title, description).encode())


@dataclass(frozen=True)
class Format:
    """How a picture, its title and its description are written, and what such a file is like.

    binary: whether it is no text, and so nothing for a terminal; meant: whether the suffix alone
    asks for it.
    """

    suffix: str
    binary: bool
    write: Callable[[Picture, BinaryIO, str, str], None]
    meant: bool = True


FORMATS = {
    "png": Format(".png", True, _png),
    "svg": Format(".svg", False, _svg),
    "pdf": Format(".pdf", True, _pdf),
    "eps": Format(".eps", False, _eps),
    "tikz": Format(".tex", False, _tikz),
    "tikz-fragment": Format(".tex", False, _tikz_fragment, meant=False),
}
SUFFIXES = {each.suffix: name for name, each in FORMATS.items() if each.meant}
BINARY = frozenset(name for name, each in FORMATS.items() if each.binary)


def render(
    picture: Picture, format: str, title: str | None = None, description: str | None = None
) -> bytes:
    """The bytes of a picture in one of the FORMATS.

    title, description: what it shows, in words; those of the picture itself if None.

    Raises UsageError for another format.
    """
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}; figures can be {', '.join(FORMATS)}.")
    title = picture.words[0] if title is None else title
    description = picture.words[1] if description is None else description
    stream = io.BytesIO()
    with settings(picture.math):
        FORMATS[format].write(picture, stream, title, description)
    return stream.getvalue()
