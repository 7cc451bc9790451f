"""Figures of actviz as parts of a page: an SVG file in, what a page needs of it out.

On a page of a hundred figures a letter's outline is written once, not in every figure; a colour is
a variable that is one thing on a light page and another on a dark one; and ids are the page's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_DARK = re.compile(r'\[style\*="fill: (#\w{6})"\] \{ fill: (#\w{6})')
_LONG = re.compile(r"-?\d+\.\d{3,}")
_FIRST = re.compile(r"^M(-?\d+)")  # x of where a line begins
_WORDS = re.compile(
    r"(axis|arrow|ticks|tick|label|name|title|heading|scale)\b"
)  # not of a small picture
MARGIN = 6  # around a thumbnail, in points of the figure


@dataclass(frozen=True)
class Drawing:
    """A figure: its words, its markup, and the outlines and colours that the markup refers to."""

    title: str
    description: str
    width: float
    height: float
    markup: str
    outlines: dict[str, str]  # id -> markup
    colours: dict[str, str]  # on a light page -> on a dark one
    thumbnail: str  # an <svg> without any words


def read(path: Path) -> Drawing:
    """Take a figure that `--theme auto` has drawn apart."""
    root = ElementTree.parse(path).getroot()
    mark = root.attrib["id"].removesuffix("figure")
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    outlines: dict[str, str] = {}
    told = {f"{_SVG}{tag}" for tag in ("title", "desc", "style", "metadata")}
    body = [part for part in root if part.tag not in told]
    parts = [part for each in body for part in _innermost(each)]
    return Drawing(
        title=_text(root, "title"),
        description=_text(root, "desc"),
        width=width,
        height=height,
        markup="".join(_written(part, mark, outlines) for part in body),
        outlines=outlines,
        colours={light: dark.lower() for light, dark in _DARK.findall(_text(root, "style"))},
        thumbnail=_thumbnail(parts, mark) or _small(parts, mark, (width, height)),
    )


def palette(drawings: Iterable[Drawing]) -> str:
    """The colours of the figures as custom properties that follow the page's colour scheme."""
    pairs = sorted({pair for drawing in drawings for pair in drawing.colours.items()})
    lights = [light for light, _ in pairs]
    if len(set(lights)) < len(lights):
        raise ValueError("a colour of the light theme has two in the dark one")
    return "\n".join(f"  --{light[1:]}: light-dark({light}, {dark});" for light, dark in pairs)


def outlines(drawings: Iterable[Drawing]) -> str:
    """The outlines of all letters and marks, each once."""
    every: dict[str, str] = {}
    for drawing in drawings:
        for name, markup in drawing.outlines.items():
            if every.setdefault(name, markup) != markup:
                raise ValueError(f"two figures draw {name} each in its own way")
    return "\n".join(every[name] for name in sorted(every))


def _innermost(element: Element) -> list[Element]:
    """The groups that have a name and none with a name in them, in their order."""
    inner = [part for child in element for part in _innermost(child)]
    return inner or ([element] if element.tag == f"{_SVG}g" and "id" in element.attrib else [])


def _text(root: Element, tag: str) -> str:
    found = root.find(f"{_SVG}{tag}")
    return "" if found is None else found.text or ""


def _written(element: Element, mark: str, outlines: dict[str, str]) -> str:
    """The element as markup of a page; what it defines goes to the outlines."""
    tag = element.tag.removeprefix(_SVG)
    if tag == "defs":
        for defined in element:
            if defined.tag == f"{_SVG}style":  # lines have round joins, which the page says, too
                continue
            name = defined.attrib["id"].removeprefix(mark)
            markup = _written(defined, mark, outlines)
            outlines[name] = re.sub(r"^<\w+", rf'\g<0> id="{name}"', markup)
        return ""
    opening = f"<{tag}{_attributes(element, mark)}"
    inner = "".join(_written(child, mark, outlines) for child in element)
    if opening == "<g":
        return inner
    return f"{opening}>{inner}</{tag}>" if inner else f"{opening}/>"


def _attributes(element: Element, mark: str) -> str:
    written = ""
    for name, value in element.attrib.items():
        match name:
            case "id":
                continue
            case _ if name.startswith("data-"):  # which a page has no use for
                continue
            case "d":
                value = _path(value, 2)
            case "style":
                value = _COLOUR.sub(lambda found: f"var(--{found[0][1:]})", value)
            case "transform" | "x" | "y":
                value = _LONG.sub(lambda found: _short(found[0], 4), value)
            case _ if name == _HREF:
                name, value = "href", value.replace(f"#{mark}", "#")
            case _:
                value = value.replace(f"url(#{mark}", "url(#")
        written += f' {name}="{escape(value)}"'
    return written


def _path(data: str, digits: int) -> str:
    """The path with so many decimals, which is finer than a screen, and no needless space."""
    short = re.sub(r"-?\d+\.\d+", lambda found: _short(found[0], digits), data)
    short = re.sub(r"\s*([A-Za-z])\s*", r"\1", short).strip()
    if re.search("[QC]", short):  # the outline of a letter
        return short
    return short.replace("L", " ")  # after M and its point lines follow unsaid


def _short(number: str, digits: int) -> str:
    return f"{round(float(number), digits) + 0.0:g}"


def _name(part: Element, mark: str) -> str:
    """The name of a group, without what makes it the only one of that name."""
    return re.sub(r"^\d+-", "", part.attrib["id"].removeprefix(mark))


def _thumbnail(body: list[Element], mark: str) -> str:
    """The axes and curves of the (upper) panel, small; "" if it has none."""
    groups = [(_name(part, mark), part) for part in body]
    axes = [part for name, part in groups if name in ("axis-x", "axis-y")]
    panels = len(axes) // 2
    curves = [
        (name, part)
        for name, part in groups
        if re.fullmatch(r"curve-\d+-0" if panels > 1 else r"curve-\d+-\d+", name)
    ]
    if not curves or not panels:
        return ""
    (left, _, right, _), (_, bottom, _, top) = (_ends(axis) for axis in axes[:2])
    box = (left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN)
    lines = "".join(f'<path class="axis" d="{_data(axis)}"/>' for axis in axes[:2])
    # The function last, so that it lies above its derivative.
    for name, part in sorted(curves, key=lambda pair: pair[0], reverse=True):
        order = "derivative" if name.endswith("-1") else "function"
        lines += "".join(f'<path class="{order}" d="{_data(path)}"/>' for path in _paths(part))
    view = " ".join(f"{round(length)}" for length in box)
    return f'<svg class="thumbnail" viewBox="{view}" aria-hidden="true">{lines}</svg>'


def _small(body: list[Element], mark: str, size: tuple[float, float]) -> str:
    """The first panel of a figure that is not of curves, such as one of areas, without words."""
    frame = next((part for part in body if _name(part, mark) == "frame"), None)
    left, bottom, right, top = _corners(frame) if frame is not None else (0.0, size[1], size[0], 0)
    parts = [
        part
        for part in body
        if not _WORDS.match(_name(part, mark))
        and any(left <= float(x) <= right for x in _FIRST.findall(_data(part)))
    ]
    markup = "".join(_written(part, mark, {}) for part in parts)
    box = " ".join(f"{round(length)}" for length in (left, top, right - left, bottom - top))
    return f'<svg class="thumbnail areas" viewBox="{box}" aria-hidden="true">{markup}</svg>'


def _corners(frame: Element) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a rectangle, drawn from its lower left corner."""
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", _paths(frame)[0].attrib["d"])]
    return min(numbers[::2]), max(numbers[1::2]), max(numbers[::2]), min(numbers[1::2])


def _paths(part: Element) -> list[Element]:
    """The lines of a group, without the outlines of the marks on them."""
    return [path for path in part.iter(f"{_SVG}path") if "id" not in path.attrib]


def _data(part: Element) -> str:
    return "".join(_path(path.attrib["d"], 0) for path in _paths(part))


def _ends(axis: Element) -> tuple[float, float, float, float]:
    """The first and the last point of an axis."""
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", _paths(axis)[0].attrib["d"])]
    return numbers[0], numbers[1], numbers[-2], numbers[-1]
