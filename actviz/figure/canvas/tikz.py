"""A picture as TikZ: its lines in points, its texts in the font of the document they stand in."""

from __future__ import annotations

from collections.abc import Iterator

from actviz.figure.canvas import tex
from actviz.figure.canvas.comments import comment
from actviz.figure.canvas.mathtext import typeset
from actviz.figure.canvas.picture import POINTS, Picture, short
from actviz.figure.canvas.shapes import SHARPEST, Area, Circles, Shape, Stroke, Words
from actviz.figure.canvas.strokes import dashed, parts
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Dash
from actviz.formula.arrays import Array

PER_LINE = 5  # points of a path in a line of the file
LEADING = 1.2  # of the size: from one baseline to the next
WIDER = 1.2  # times as wide as here: what a text may be in the font of a document
AROUND = 1 / 3  # of the width of a halo: the paper around a text that a curve gives way to
ANCHORS = ("base west", "base", "base east")  # of a text, by halves of it left of its place

PACKAGES = r"""\usepackage{amsmath, amssymb}
\usepackage{tikz}"""
DOCUMENT = rf"""\documentclass{{standalone}}
{PACKAGES}
\usepackage{{lmodern}}
\begin{{document}}
"""
NEEDED = "\n".join(
    f"% {line}" for line in ("In the preamble of the document:", *PACKAGES.split("\n"))
)


def document(picture: Picture, title: str, description: str) -> str:
    """A document that is nothing but the picture."""
    return f"{_head(title, description)}{DOCUMENT}{_drawn(picture)}\n\\end{{document}}\n"


def fragment(picture: Picture, title: str, description: str) -> str:
    r"""The picture alone, for \input in a document."""
    return f"{_head(title, description)}{NEEDED}\n{_drawn(picture)}%\n"


def _head(title: str, description: str) -> str:
    return "".join(f"{line}\n" for words in (title, description) for line in comment(words))


def _drawn(picture: Picture) -> str:
    return "\n".join(_Writer(picture).lines())


class _Writer:
    """Writes the shapes of a picture, each after a comment with its name.

    written, followed: the texts by name, and the names of those that another stands behind.
    colours, looks: the names of colours by their hexadecimal digits, and those of the styles of
    texts by their colour and size.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture, self.shapes = picture, picture.ordered()
        self.written = {each.name: each for each in self.shapes if isinstance(each, Words)}
        self.followed = {each.after for each in self.written.values()}
        self.colours: dict[str, str] = {}
        self.looks: dict[tuple[str, str], str] = {}

    def lines(self) -> Iterator[str]:
        drawn = [line for shape in self.shapes for line in self._shape(shape)]
        width, height = (short(length * POINTS) for length in self.picture.size)
        yield r"\begin{tikzpicture}["
        yield f"  x=1bp, y=1bp, line cap=butt, line join=miter, miter limit={SHARPEST:g},"
        yield "  every node/.style={inner sep=0pt, outer sep=0pt},"
        yield "  paper/.style 2 args={fill=#1, inner sep=#2, outer sep=-#2, rounded corners=#2},"
        for (colour, size), name in self.looks.items():
            leading = short(float(size) * LEADING)
            font = rf"\fontsize{{{size}}}{{{leading}}}\selectfont"
            yield f"  {name}/.style={{text={colour}, font={font}}},"
        yield "]"
        for digits, name in self.colours.items():
            yield rf"\definecolor{{{name}}}{{HTML}}{{{digits}}}"
        for command, definition in tex.DEFINED.items():
            if any(command in line for line in drawn):
                yield definition
        yield rf"\path[use as bounding box] (0,0) rectangle ({width},{height});"
        yield from drawn
        yield r"\end{tikzpicture}"

    def _shape(self, shape: Shape) -> Iterator[str]:
        yield from comment(shape.name)
        match shape:
            case Stroke():
                for paths, dash in dashed(shape):
                    lines = "\n".join(map(_curve if shape.curved else _path, paths))
                    yield rf"\draw[{', '.join(self._stroke(shape, dash))}]" + f"\n{lines};"
            case Area():
                look = [self._colour(shape.colour), *_opacity(shape.opacity)]
                lines = "\n".join(_path(path[:-1], " -- cycle") for path in shape.outlines)
                yield rf"\fill[{', '.join(look)}]" + f"\n{lines};"
            case Circles():
                yield from self._circles(shape)
            case Words() if shape.label.text:
                yield self._words(shape)

    def _stroke(self, stroke: Stroke, dash: Dash) -> Iterator[str]:
        yield self._colour(stroke.colour)
        yield f"line width={short(stroke.width)}bp"
        if dash:
            lengths = [f"{short(length)}bp" for length in dash]
            pairs = zip(lengths[::2], lengths[1::2], strict=True)
            yield f"dash pattern={' '.join(f'on {ink} off {gap}' for ink, gap in pairs)}"
        if stroke.rounded or stroke.dash:
            yield "line join=round"
        yield from _opacity(stroke.opacity)

    def _circles(self, circles: Circles) -> Iterator[str]:
        look = [f"draw={self._colour(circles.edge)}", f"line width={short(circles.width)}bp"]
        if circles.face:
            look.append(f"fill={self._colour(circles.face)}")
        yield rf"\begin{{scope}}[{', '.join(look)}]"
        verb = r"\filldraw" if circles.face else r"\draw"
        for x, y in circles.centres.tolist():
            yield f"{verb} ({short(x)},{short(y)}) circle[radius={short(circles.size / 2)}];"
        yield r"\end{scope}"

    def _words(self, words: Words) -> str:
        label = words.label
        side = round(2 * words.anchor)
        look = [self._look(label), f"anchor={ANCHORS[side]}"]
        look += ["rotate=90"] if label.upright else []
        if words.halo:
            look.append(f"paper={{{self._colour(words.halo)}}}{{{short(words.around * AROUND)}bp}}")
        shown = typeset(label)
        left, right, *_ = label.ink
        room = self.picture.size[0] * POINTS - words.x - left - label.size / 2
        if side == 0 and not label.upright and WIDER * (right - left) > room:
            shown = rf"\actvizfit{{{short(room)}bp}}{{{shown}}}"
        name = f" ({words.name})" if words.name in self.followed else ""
        return rf"\node[{', '.join(look)}]{name} at ({self._place(words, side / 2)}) {{{shown}}};"

    def _place(self, words: Words, share: float) -> str:
        """Where a text has its anchor, that share of it from the left; or behind another text."""
        left, right, *_ = words.label.ink
        if words.after:
            before = self.written[words.after]
            gap = words.x + left - before.x - before.label.ink.right
            return f"[xshift={short(gap)}bp]{words.after}.base east"
        along = left + share * (right - left)
        x, y = (0.0, along) if words.label.upright else (along, 0.0)
        return f"{short(words.x + x)},{short(words.y + y)}"

    def _colour(self, colour: str) -> str:
        digits = colour.removeprefix("#").upper()
        return self.colours.setdefault(digits, f"colour{len(self.colours) + 1}")

    def _look(self, label: Label) -> str:
        look = self._colour(label.colour), short(label.size)
        return self.looks.setdefault(look, f"text{len(self.looks) + 1}")


def _opacity(opacity: float) -> list[str]:
    return [f"opacity={short(opacity)}"] if opacity != 1 else []


def _path(points: Array, end: str = "") -> str:
    places = list(map(_at, points))
    rows = [" -- ".join(places[i : i + PER_LINE]) for i in range(0, len(places), PER_LINE)]
    return " --\n".join(rows) + end


def _curve(path: Array) -> str:
    """A line of the text for each cubic or straight part."""
    rows = [_at(path[0])]
    for part in parts(path):
        *pulls, end = map(_at, part)
        rows.append(f".. controls {' and '.join(pulls)} .. {end}" if pulls else f"-- {end}")
    return "\n".join(rows)


def _at(place: Array) -> str:
    x, y = place.tolist()
    return f"({short(x)},{short(y)})"
