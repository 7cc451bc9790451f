"""Put the results of bench.py into the README beside it, and draw how time grows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from bench import LENGTHS, RESULTS, ROWS, geometric_mean

from actviz import figure
from actviz.figure.canvas import canvas as on
from actviz.figure.canvas import theme
from actviz.figure.canvas.canvas import Canvas, begin
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.charts.decades import Decades, draw_axes, draw_tick_lines, draw_ticks, power

HERE = Path(__file__).parent
README, GROWTH = HERE / "README.md", HERE / "growth.png"
MARKED = re.compile(r"(?<=<!-- bench -->\n).*?(?=<!-- /bench -->)", re.DOTALL)
SIZE = (5.6, 3.0)  # inches
NAMES = {"figures": "figures, SVG", "rows": "rows, CSV", "points": "values in Python"}


def table(results: dict[str, Any]) -> str:
    """The text between the markers."""
    return "\n".join(
        [
            "Ratios of seconds, actviz / peer, medians of runs in turn: below 1, actviz is the",
            "faster. The mark is what a ratio should be at most; bold ones are above it.",
            f"Measured by `make bench` on {results['machine']}.",
            "",
            "| what | peer | ratio | mark |",
            "|---|---|--:|--:|",
            *(_row(pair) for pair in results["pairs"]),
            "",
            *_against_torch(results["torch"]),
            "",
            *_of_vectors(results["vectors"]),
            "",
            _memory(results["memory"]),
            "",
            f"![{_words(results['growth'])}](growth.png)",
            "",
        ]
    )


def _row(pair: dict[str, Any]) -> str:
    mark = "" if pair["mark"] is None else f"{pair['mark']:g}"
    ratio = _ratio(pair["ratio"], pair["mark"])
    return f"| {pair['what']} | {pair['against']} | {ratio} | {mark} |"


def _ratio(ratio: float, mark: float | None) -> str:
    over = mark is not None and round(ratio, 2) > mark
    return f"**{ratio:.2f}**" if over else f"{ratio:.2f}"


def _against_torch(rows: list[dict[str, Any]]) -> list[str]:
    """Values and derivatives beside PyTorch's: the means, and every function."""
    means = [geometric_mean([r[what]["ratio"] for r in rows]) for what in ("value", "gradient")]
    return [
        "Ten million float64 values against PyTorch on one thread, and derivatives against its",
        f"autograd: geometric means {means[0]:.2f} and {means[1]:.2f}.",
        "",
        "<details><summary>Each function</summary>",
        "",
        "| function | value | derivative |",
        "|---|--:|--:|",
        *(
            f"| {r['name']} | {r['value']['ratio']:.2f} | {r['gradient']['ratio']:.2f} |"
            for r in rows
        ),
        "",
        "</details>",
    ]


def _of_vectors(rows: list[dict[str, Any]]) -> list[str]:
    """Functions of a long vector: beside scipy's, and how their time grows."""
    return [
        f"Functions of a vector of {ROWS:,} logits against scipy.special on one thread (mark 2 for",
        "softmax and log_softmax), and nanoseconds for each logit of vectors of growing length.",
        "",
        "| function | logits | ratio |" + "".join(f" {n:,} |" for n in LENGTHS),
        "|---|---|--:|" + "--:|" * len(LENGTHS),
        *(
            f"| {r['name']} | {r['logits']} |"
            f" {_ratio(r['scipy']['ratio'], r['mark']) if r['scipy'] else ''} |"
            + "".join(
                f" {took / n * 1e9:.1f} |" for n, took in zip(LENGTHS, r["seconds"], strict=True)
            )
            for r in rows
        ),
    ]


def _memory(held: list[dict[str, Any]]) -> str:
    told = ", ".join(f"{row['bytes'] / 1e6:.0f} MB for {row['count']:,} rows" for row in held)
    return f"Memory of a table: {told}."


def _words(grown: list[dict[str, Any]]) -> str:
    told = []
    for what, name in NAMES.items():
        last = [row for row in grown if row["what"] == what][-1]
        told.append(f"{last['count']:,} {name} in {last['seconds']:.2g} s")
    return f"Seconds against how many there are, on logarithmic scales: {'; '.join(told)}"


def picture(grown: list[dict[str, Any]]) -> Picture:
    """Seconds over count, both on logarithmic scales, a line for each thing that grows."""
    with settings():
        canvas = begin(SIZE, figure.Options(dpi=150), theme.LIGHT)
        area = Box(46, 32, canvas.width - 20, canvas.height - 30)
        counts, times = ([row[key] for row in grown] for key in ("count", "seconds"))
        across, up = _decades(counts), _decades(times)
        draw_axes(canvas, area, zero=False)
        draw_ticks(canvas, area, up, up.labels(area, ""))
        _draw_counts(canvas, area, across)
        _write(canvas, "seconds", area.x0 + 8, area.y1 + 18, 0.0)
        _write(canvas, "how many", area.x1 + 8, area.y0 - 15, 1.0)
        for place, (what, name) in enumerate(NAMES.items()):
            rows = [row for row in grown if row["what"] == what]
            x = _along(area, across, [row["count"] for row in rows])
            y = up.up(area, np.array([row["seconds"] for row in rows]))
            colour = canvas.look.curves[place]
            canvas.line(x, y, colour, 2.0, on.CURVE, what, theme.CURVE_DASHES[place])
            canvas.circles(x.tolist(), y.tolist(), colour, colour, 3.0, f"{what}-measured")
            _write(canvas, name, float(x[-1]) + 8, float(y[-1]) + 5, 1.0, colour)
    canvas.picture.words = ("Time against count", _words(grown))
    return canvas.picture


def _decades(values: Sequence[float]) -> Decades:
    low, high = (math.log10(bound(values)) for bound in (min, max))
    return Decades(math.floor(low), math.ceil(high), zero=False)


def _along(area: Box, decades: Decades, counts: Sequence[float]) -> Any:
    share = (np.log10(counts) - decades.low) / (decades.high - decades.low)
    return area.x0 + share * area.width


def _draw_counts(canvas: Canvas, area: Box, decades: Decades) -> None:
    exponents = range(decades.low, decades.high + 1)
    places = _along(area, decades, [10.0**p for p in exponents]).tolist()
    draw_tick_lines(canvas, [(x, area.y0 - 4, x, area.y0) for x in places])
    for x, p in zip(places, exponents, strict=True):
        label = canvas.label(power(p), canvas.look.tick_size)
        canvas.write(label, label.box(x, area.y0 - 5, 0.5, 1.0), "tick-x")


def _write(
    canvas: Canvas, text: str, x: float, y: float, share: float, colour: str = theme.LIGHT.ink
) -> None:
    label = Label(text, theme.LIGHT.label_size, colour, theme.LIGHT.font)
    canvas.write(label, label.box(x, y, share, 0.0 if colour != theme.LIGHT.ink else 1.0), text)


def main() -> None:
    """Fill the README and draw the picture."""
    results = json.loads(RESULTS.read_text())
    text = README.read_text()
    README.write_text(MARKED.sub(lambda _: table(results), text))
    GROWTH.write_bytes(figure.render(picture(results["growth"]), "png"))


if __name__ == "__main__":
    main()
