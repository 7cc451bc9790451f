"""Measure actviz against its peers and write the ratios to results.md.

Every row runs actviz and its peer in turn on the same machine, so that both meet the same
disturbances; told are the medians of the seconds and the median of the ratios of the pairs.
A ratio below 1 means that actviz is the faster one.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np

import actviz

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
ROWS = 1_000_000
ELEMENTS = 10_000_000
CHECKED = (
    "relu leaky_relu prelu relu6 threshold hardtanh hardsigmoid hardswish hardshrink softshrink "
    "tanhshrink sigmoid tanh log_sigmoid softplus softsign silu mish elu celu selu gelu gelu_tanh"
)
SWISHES = " ".join(f"swish:beta={1 + i / 8}" for i in range(24))


@dataclass(frozen=True)
class Pair:
    """Two ways to one result: told as `what`, ours and the peer's command lines, how many runs."""

    what: str
    ours: str
    peer: str
    runs: int


PROCESSES = (
    Pair("one figure, SVG; pyplot script", "plot silu -d -o a.svg", "figure.py b.svg", 9),
    Pair("one figure, PNG; pyplot script", "plot silu -d -o a.png", "figure.py b.png", 9),
    Pair("24 figures; pyplot loop", f"plot {SWISHES} -d -o a/{{name}}.svg", "figures.py b 24", 3),
    Pair("--version; Typer doing nothing", "--version", "nothing.py", 15),
    Pair("--help; Typer doing nothing", "--help", "nothing.py --help", 15),
    Pair("list; Typer doing nothing", "list", "nothing.py", 15),
    Pair(f"{ROWS:,} rows, CSV; numpy.savetxt", f"table silu -d --points {ROWS} -o a.csv",
         f"savetxt.py b.csv {ROWS}", 3),
    Pair(f"{ROWS:,} rows, CSV; pandas.to_csv", f"table silu -d --points {ROWS} -o a.csv",
         f"to_csv.py b.csv {ROWS}", 3),
    Pair(f"{ROWS:,} rows, npy; numpy.save", f"table silu -d --points {ROWS} -o a.npy",
         f"save.py b.npy {ROWS}", 5),
    Pair("check of 23 functions; torch gradcheck", f"check {CHECKED} --oracle difference",
         f"gradcheck.py {CHECKED}", 3),
)  # fmt: skip

# The formulas of the textbooks in numpy: value and derivative.
TEXTBOOK: dict[str, tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]] = {
    "relu": (lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "softplus": (lambda x: np.log(1 + np.exp(x)), lambda x: 1 / (1 + np.exp(-x))),
    "elu": (lambda x: np.where(x > 0, x, np.exp(x) - 1), lambda x: np.where(x > 0, 1, np.exp(x))),
    "silu": (
        lambda x: x / (1 + np.exp(-x)),
        lambda x: (1 + x * (1 - 1 / (1 + np.exp(-x)))) / (1 + np.exp(-x)),
    ),
}

Row = tuple[str, float, float, float]


def seconds(task: Callable[[], object]) -> float:
    """The seconds one run of a task takes."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def compare(what: str, ours: Callable[[], object], peer: Callable[[], object], runs: int) -> Row:
    """Run both in turn, after one run each that is not counted."""
    ours(), peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(runs)]
    return (
        what,
        median(a for a, _ in pairs),
        median(b for _, b in pairs),
        median(a / b for a, b in pairs),
    )


def process(command: list[str], folder: str) -> Callable[[], object]:
    """A task that runs a command in a folder and lets none fail."""
    return lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True)


def whole_processes() -> Iterable[Row]:
    """The rows of the command line."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a", "b"):
            (Path(folder) / name).mkdir()
        for pair in PROCESSES:
            script, *arguments = pair.peer.split()
            ours = [str(BIN / "actviz"), *pair.ours.split()]
            peer = [sys.executable, str(HERE / "peers" / script), *arguments]
            yield compare(pair.what, process(ours, folder), process(peer, folder), pair.runs)


def evaluations() -> Iterable[Row]:
    """The rows of the Python interface: ten million values at once."""
    x = np.random.default_rng(0).normal(scale=3, size=ELEMENTS)
    for name, (value, derivative) in TEXTBOOK.items():
        function = actviz.get(name)
        rows = ((name, function.value, value), (f"{name}'", function.derivative, derivative))
        for what, ours, peer in rows:
            what = f"{what}, {ELEMENTS:,} values; numpy formula"
            yield compare(what, partial(ours, x), partial(peer, x), 3)


def machine() -> str:
    """What the numbers were measured with."""
    python = f"Python {platform.python_version()}"
    libraries = (f"{name} {version(name)}" for name in ("numpy", "matplotlib", "pandas", "torch"))
    return ", ".join((f"{os.cpu_count()} cores", platform.machine(), python, *libraries))


def main() -> None:
    """Measure every row, showing each as it comes, and write the table."""
    lines = [
        f"Measured by `make bench` on {machine()}. Ratio: actviz / peer, below 1 is faster.\n",
        "| what; against what | actviz s | peer s | ratio |",
        "|---|--:|--:|--:|",
    ]
    for rows in (whole_processes(), evaluations()):
        for what, ours, peer, ratio in rows:
            lines.append(f"| {what} | {ours:.3f} | {peer:.3f} | {ratio:.2f} |")
            print(lines[-1], flush=True)
    (HERE / "results.md").write_text("# actviz and its peers\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
