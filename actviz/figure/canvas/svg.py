"""A picture as SVG: texts as outlines that are defined once, at most three decimals, its words."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from itertools import takewhile

import numpy as np

from actviz.figure.canvas.picture import POINTS, Picture, short
from actviz.figure.canvas.shapes import SHARPEST, Area, Circles, Shape, Stroke, Words
from actviz.figure.canvas.strokes import dashed, straight
from actviz.figure.canvas.theme import Dash
from actviz.figure.canvas.typeset import GLYPHS, characters, outlines
from actviz.formula.arrays import Array

FINER = 64  # the outlines of glyphs are whole numbers of such parts
ANCHORS = {0.0: "start", 0.5: "middle", 1.0: "end"}
LETTERS = {1: "L", 3: "C"}  # of a path, by how many places they take
SIZED = "Size"  # in the names of fonts of brackets that are as high as what is in them
MARK = "\N{NULL}"  # where an id has what no other figure on a page has
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(picture: Picture, title: str, description: str) -> str:
    """The text of an SVG, without its paper if its colours follow the reader's."""
    body = "\n".join(_Writer(picture).lines())
    mark = "a" + hashlib.sha256((body + title + description).encode()).hexdigest()[:9] + "-"
    width, height = (short(length * POINTS) for length in picture.size)
    told = [(tag, text) for tag, text in (("title", title), ("desc", description)) if text]
    words = [f'<{tag} id="{mark}{tag}">{escape(text, quote=False)}</{tag}>' for tag, text in told]
    labelled = f' aria-labelledby="{" ".join(mark + tag for tag, _ in told)}"' if told else ""
    opening = (
        f'<svg {SPACES} id="{mark}figure" role="img"{labelled} '
        f'width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}" '
        f'version="1.1" stroke-miterlimit="{SHARPEST:g}">'
    )
    style = [_dark_style(mark, picture)] if picture.recolour else []
    lines = [opening, *words, *style, body.replace(MARK, mark), "</svg>\n"]
    return HEAD + "\n".join(lines)


def _dark_style(mark: str, picture: Picture) -> str:
    """A style sheet that swaps the colours for a reader who prefers dark pages."""
    rules = "\n".join(
        f'#{mark}figure [style*="{what}: {light.lower()}"] {{ {what}: {dark} !important }}'
        for light, dark in picture.recolour.items()
        for what in ("fill", "stroke")
    )
    return f"<style>\n@media (prefers-color-scheme: dark) {{\n{rules}\n}}\n</style>"


Glyphs = tuple[str, float, float, float]
Bar = tuple[float, float, float, float]


class _Writer:
    """Writes the shapes of a picture, each in a group of its own name."""

    def __init__(self, picture: Picture) -> None:
        self.picture, self.height = picture, picture.size[1] * POINTS
        self.used: dict[str, None] = {}
        self.names: Counter[str] = Counter()

    def lines(self) -> Iterator[str]:
        opened: tuple[str, ...] = ()
        drawn: list[str] = []
        for shape in self.picture.ordered(paper=not self.picture.recolour):
            drawn += [*self._regrouped(opened, shape.inside), *self._shape(shape)]
            opened = shape.inside
        drawn += self._regrouped(opened, ())
        if self.used:
            yield "<defs>"
            for name in self.used:
                yield f'<path id="{MARK}{name}" d="{_glyph(name)}" transform="scale({1 / FINER})"/>'
            yield "</defs>"
        yield from drawn

    def _regrouped(self, opened: tuple[str, ...], wanted: tuple[str, ...]) -> Iterator[str]:
        """Close the groups that a shape is not in, and open those that it is in."""
        pairs = zip(opened, wanted, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        yield from ["</g>"] * len(opened[kept:])
        for name in wanted[kept:]:
            data = self.picture.told.get(name, {}).items()
            told = "".join(f' data-{key}="{escape(value)}"' for key, value in data)
            yield f'<g id="{self._id(name)}"{told}>'

    def _id(self, name: str) -> str:
        """The name, with a number in front of it if it is not the first of that name."""
        self.names[name] += 1
        count = self.names[name]
        return f"{MARK}{name}" if count == 1 else f"{MARK}{count}-{name}"

    def _shape(self, shape: Shape) -> Iterator[str]:
        yield f'<g id="{self._id(shape.name)}">'
        match shape:
            case Stroke():
                for paths, dash in dashed(shape):
                    data = " ".join(map(self._curve if shape.curved else self._line, paths))
                    yield f'<path d="{data}" {_stroke(shape, dash)}/>'
            case Area():
                data = " ".join(f"{self._line(outline[:-1])} Z" for outline in shape.outlines)
                yield f'<path d="{data}" {_style(fill=shape.colour, fill_opacity=shape.opacity)}/>'
            case Circles():
                look = _style(
                    fill=shape.face or "none", stroke=shape.edge, stroke_width=shape.width
                )
                radius = short(shape.size / 2)
                for x, y in shape.centres.tolist():
                    yield f'<circle cx="{short(x)}" cy="{self._down(y)}" r="{radius}" {look}/>'
            case Words() if self.picture.text:
                yield from self._text(shape)
            case Words():
                yield from self._words(shape)
        yield "</g>"

    def _words(self, words: Words) -> Iterator[str]:
        label = words.label
        found = outlines(label.shown, label.faces, label.parsed)
        yield from self._outlined(words, found.glyphs, found.bars)

    def _outlined(
        self, words: Words, glyphs: Sequence[Glyphs], bars: Sequence[Bar]
    ) -> Iterator[str]:
        """These glyphs and lines of a text, in its place and size."""
        label = words.label
        uses = [_use(*glyph) for glyph in glyphs]
        uses += [
            f'<path d="M {short(a)} {short(b)} H {short(c)} V {short(d)} H {short(a)} Z"/>'
            for a, b, c, d in bars
        ]
        self.used.update(dict.fromkeys(name for name, *_ in glyphs))
        size = f"{label.type_size / 100:.6g}"
        turned = "rotate(-90) " if label.upright else ""
        place = f"translate({short(words.x)} {self._down(words.y)}) {turned}"
        placed = f'transform="{place}scale({size} -{size})"'
        if words.halo:
            width = words.around * 100 / label.type_size
            look = _style(
                fill=words.halo, stroke=words.halo, stroke_width=width, stroke_linejoin="round"
            )
            yield f"<g {placed} {look}>{''.join(uses)}</g>"
        yield f"<g {placed} {_style(fill=label.colour)}>{''.join(uses)}</g>"

    def _text(self, words: Words) -> Iterator[str]:
        """The text as text, which a reader can select and a program can find."""
        label = words.label
        left, right, *_ = label.ink
        anchored = not (label.parsed or label.upright)
        x = words.x + (left + words.anchor * (right - left) if anchored else 0.0)
        place = f'x="{short(x)}" y="{self._down(words.y)}"'
        if label.upright:
            place += f' transform="rotate(-90 {short(x)} {self._down(words.y)})"'
        anchor = ANCHORS[words.anchor] if anchored else "start"
        look = {
            "font-family": _families(label.faces), "font-size": f"{short(label.type_size)}px",
            "text-anchor": anchor,
        }  # fmt: skip
        told = "; ".join(f"{key}: {value}" for key, value in look.items())
        inner = escape(label.shown) if not label.parsed else self._characters(words)
        if words.halo:
            told += f"; stroke: {words.halo.lower()}; stroke-width: {short(words.around)}"
            told += "; stroke-linejoin: round; paint-order: stroke"
        yield f'<text {place} style="fill: {label.colour.lower()}; {told}">{inner}</text>'
        if label.parsed:
            yield from self._drawn_parts(words)

    def _characters(self, words: Words) -> str:
        """Those of a text with mathematics, each in its place."""
        label, parts = words.label, []
        size = label.type_size / 100
        for each in characters(label.shown, label.font):
            if SIZED in each.family:
                continue
            x, y = words.x + each.x * size, words.y + each.y * size
            style = "; font-style: italic" if each.slanted else ""
            parts.append(
                f'<tspan x="{short(x)}" y="{self._down(y)}" '
                f'style="font-family: {_families((each.family,))}; '
                f'font-size: {short(label.type_size * each.scale)}px{style}">'
                f"{escape(each.text)}</tspan>"
            )
        return "".join(parts)

    def _drawn_parts(self, words: Words) -> Iterator[str]:
        """What no font of a reader has: brackets as high as what is in them, lines of fractions."""
        label = words.label
        found = outlines(label.shown, label.faces, label.parsed)
        known = characters(label.shown, label.font)
        pairs = zip(found.glyphs, known, strict=True)
        high = [glyph for glyph, each in pairs if SIZED in each.family]
        if high or found.bars:
            yield from self._outlined(replace(words, halo=""), high, found.bars)

    def _down(self, y: float) -> str:
        return short(self.height - y)

    def _line(self, path: Array) -> str:
        """M x y L x y ..."""
        return f"M {' L '.join(self._points(path))}"

    def _curve(self, path: Array) -> str:
        """M x y C x y x y x y ..., and L where it is straight."""
        first, *others = self._points(path)
        pulls = zip(others[::3], others[1::3], others[2::3], straight(path), strict=True)
        data = [f"L {end}" if line else f"C {one} {two} {end}" for one, two, end, line in pulls]
        return " ".join([f"M {first}", *data])

    def _points(self, path: Array) -> list[str]:
        flipped = np.column_stack([path[:, 0], self.height - path[:, 1]])
        return [f"{short(x)} {short(y)}" for x, y in flipped.tolist()]


def _families(font: Sequence[str]) -> str:
    """What a reader's machine is asked for: the font, one that looks like it, and any."""
    first = font[0]
    serif = "STIX" in first or "Serif" in first
    names = [*font, *(("STIX Two Text", "Times New Roman") if serif else ("Verdana", "Arial"))]
    quoted = ", ".join(f"'{escape(name, quote=True)}'" for name in dict.fromkeys(names))
    return f"{quoted}, {'serif' if serif else 'sans-serif'}"


def _stroke(shape: Stroke, dash: Dash) -> str:
    look: dict[str, str | float] = {
        "fill": "none",
        "stroke": shape.colour,
        "stroke_width": shape.width,
        "stroke_opacity": shape.opacity,
    }
    if dash:
        look["stroke_dasharray"] = ", ".join(map(short, dash))
    if shape.rounded or shape.dash:
        look["stroke_linejoin"] = "round"
    return _style(**look)


def _style(**look: str | float) -> str:
    """The look as CSS; what is opaque is left out."""
    rules = [
        f"{key.replace('_', '-')}: {value.lower() if isinstance(value, str) else short(value)}"
        for key, value in look.items()
        if not (key.endswith("opacity") and value == 1)
    ]
    return f'style="{"; ".join(rules)}"'


def _use(name: str, x: float, y: float, scale: float) -> str:
    """A glyph where it stands in its text."""
    href = f'xlink:href="#{MARK}{name}"'
    if scale == 1:
        place = "".join(f' {k}="{short(v)}"' for k, v in (("x", x), ("y", y)) if v)
        return f"<use {href}{place}/>"
    return f'<use {href} transform="translate({short(x)} {short(y)}) scale({scale:.6g})"/>'


@cache
def _glyph(name: str) -> str:
    """The outline of a glyph, in whole numbers."""
    glyph = GLYPHS[name]
    vertices, codes = np.rint(glyph.points * FINER).astype(int).tolist(), glyph.codes
    letters = {1: ("M", 1), 2: ("L", 1), 3: ("Q", 2), 4: ("C", 3), 79: ("Z", 1)}
    parts, i = [], 0
    while i < len(codes):
        letter, count = letters[codes[i]]
        points = vertices[i : i + count] if letter != "Z" else []
        parts.append(letter + " ".join(f"{x} {y}" for x, y in points))
        i += count
    return "".join(parts)
