"""Measure actviz against its peers: ratios, growth and memory, into results.json.

Every pair runs actviz and its peer in turn on the same machine, so that both meet the same
disturbances; told are the medians of the seconds and the median of the ratios of the pairs.
A ratio below 1 means that actviz is the faster one. What a ratio should be at most is its mark.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import actviz
from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import activation_of, load

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PYTHON = sys.executable
ACTVIZ = str(Path(PYTHON).parent / "actviz")
LIBRARIES = ("numpy", "matplotlib", "pandas", "scipy", "torch")
ROWS, MANY = 1_000_000, 10_000_000
ELEMENTS = 10_000_000
CHECKED = (
    "relu leaky_relu prelu relu6 threshold hardtanh hardsigmoid hardswish hardshrink softshrink "
    "tanhshrink sigmoid tanh log_sigmoid softplus softsign silu mish elu celu selu gelu gelu_tanh"
)
TABLE = f"table silu -d --points {ROWS} -o"
MAKE = f"make -s -B -j2 -f {HERE}/peers/figures.mk PYTHON={PYTHON} PEERS={HERE}/peers"


@dataclass(frozen=True)
class Pair:
    """Two ways to one result, and the peer: their command lines, how many runs, and the mark."""

    what: str
    against: str
    ours: str
    peer: str
    runs: int
    mark: float | None = None


def swishes(count: int) -> str:
    """So many figures in one call."""
    curves = " ".join(f"swish:beta={1 + i / 8}" for i in range(count))
    return f"plot {curves} -d -o a/{{name}}.svg"


PAIRS = (
    Pair("a figure as SVG", "a pyplot script", "plot silu -d -o a.svg", "figure.py b.svg", 5, 1.05),
    Pair("a figure as PNG", "a pyplot script", "plot silu -d -o a.png", "figure.py b.png", 5, 1.05),
    Pair("a figure as PDF", "a pyplot script", "plot silu -d -o a.pdf", "figure.py b.pdf", 3),
    Pair("24 figures in one call", "a pyplot loop in one process",
         swishes(24), "figures.py b 24", 3, 0.6),
    Pair("200 figures in one call", "a pyplot loop in one process",
         swishes(200), "figures.py b 200", 1, 0.5),
    Pair("24 figures in one call", "a pyplot script each under make -j2",
         swishes(24), f"{MAKE} COUNT=24", 1, 0.15),
    Pair("--version", "import typer", "--version", "import_typer.py", 15, 1.25),
    Pair("--help", "import typer", "--help", "import_typer.py", 15, 1.25),
    Pair("list", "an empty Typer program", "list", "nothing.py", 7),
    Pair(f"{ROWS:,} rows as CSV", "numpy.savetxt", f"{TABLE} a.csv", f"savetxt.py b.csv {ROWS}",
         3, 1.0),
    Pair(f"{ROWS:,} rows as CSV", "pandas.to_csv", f"{TABLE} a.csv", f"to_csv.py b.csv {ROWS}",
         2, 1.0),
    Pair(f"{ROWS:,} rows as npy", "numpy.save", f"{TABLE} a.npy", f"save.py b.npy {ROWS}", 5, 1.0),
    Pair(f"{MANY:,} rows as npy", "numpy.save", f"table silu -d --points {MANY} -o a.npy",
         f"save.py b.npy {MANY}", 3, 1.0),
    Pair("check of 23 functions", "torch.autograd.gradcheck",
         f"check {CHECKED} --oracle difference", f"gradcheck.py {CHECKED}", 1),
)  # fmt: skip

# What grows: the command, and how often what it counts.
GROWTH: dict[str, tuple[Callable[[int], str], tuple[int, ...]]] = {
    "figures": (lambda n: swishes(n), (1, 4, 16, 64)),
    "rows": (lambda n: f"table silu -d --points {n} -o a.csv", (10**3, 10**4, 10**5, 10**6, 10**7)),
}
# Logits as they come and as they may be, and how many of them; scipy has the first three functions.
LOGITS: dict[str, Callable[[Any, int], Any]] = {
    "of spread 3": lambda rng, n: rng.normal(scale=3, size=n),
    "of spread 1000": lambda rng, n: rng.normal(scale=1000, size=n),
    "about -800": lambda rng, n: rng.normal(-800, size=n),
    "half of them masked": lambda rng, n: np.where(
        rng.random(n) < 0.5, -np.inf, rng.normal(size=n)
    ),
    "of all sizes": lambda rng, n: np.ldexp(rng.uniform(-1, 1, n), rng.integers(-1000, 1000, n)),
}
VECTORS = {
    "softmax": 2.0,
    "log_softmax": 2.0,
    "logsumexp": None,
    "sparsemax": None,
    "entmax15": None,
}
LENGTHS = (10**4, 10**5, 10**6, 10**7)
HELD = (10**3, 10**7)  # rows, whose memory is told
POINTS = (10**2, 10**3, 10**4, 10**5, 10**6, 10**7)

Measured = dict[str, Any]


def seconds(task: Callable[[], object]) -> float:
    """The seconds one run of a task takes."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def compare(ours: Callable[[], object], peer: Callable[[], object], runs: int) -> Measured:
    """Run both in turn; if they are run several times, once before that is not counted."""
    if runs > 1:
        ours(), peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(runs)]
    return {
        "ours": median(a for a, _ in pairs),
        "peer": median(b for _, b in pairs),
        "ratio": median(a / b for a, b in pairs),
    }


def words(command: str) -> list[str]:
    """A command of actviz, of make or of a peer, as the words that start it."""
    first, *rest = command.split()
    match first:
        case "make":
            return [first, *rest]
        case script if script.endswith(".py"):
            return [PYTHON, str(HERE / "peers" / script), *rest]
    return [ACTVIZ, first, *rest]


def process(command: str, folder: str) -> Callable[[], object]:
    """A task that runs a command, which must succeed."""
    return partial(
        subprocess.run, words(command), cwd=folder, stdout=subprocess.DEVNULL, check=True
    )


def peak(command: Sequence[str], folder: str) -> int:
    """The most memory that a command has, in bytes."""
    small = [PYTHON, "-I", "-S", str(HERE / "peak.py"), *command]
    return int(subprocess.run(small, cwd=folder, stdout=subprocess.PIPE, check=True).stdout)


def whole_processes(folder: str) -> Iterator[Measured]:
    """The rows of the command line."""
    for name in ("a", "b"):
        (Path(folder) / name).mkdir()
    for pair in PAIRS:
        found = compare(process(pair.ours, folder), process(pair.peer, folder), pair.runs)
        yield {"what": pair.what, "against": pair.against, "mark": pair.mark} | found


def torch_functions() -> list[Activation]:
    """The catalogue's functions of one number that PyTorch has too and computes something for."""
    every = [
        activation_of(entry)
        for entry in load().entries.values()
        if "torch" in entry.frameworks and entry.name != "identity"
    ]
    return [each for each in every if each.elementwise]


def against_torch(elements: int, runs: int = 3) -> Iterator[Measured]:
    """Values and gradients of many float64 numbers, on one thread."""
    import torch

    from actviz.check.oracles.frameworks import function

    torch.set_num_threads(1)
    x = np.random.default_rng(0).normal(scale=3, size=elements)
    plain = torch.from_numpy(x)
    leaf = plain.clone().requires_grad_()
    for ours in torch_functions():
        assert ours.entry is not None
        theirs = function(ours.entry.frameworks["torch"], ours.parameters, "torch")
        yield {
            "name": ours.name,
            "value": compare(partial(ours.value, x), partial(theirs, plain), runs),
            "gradient": compare(
                partial(ours.derivative, x), partial(_gradient, theirs, leaf), runs
            ),
        }


def _gradient(function: Callable[[Any], Any], x: Any) -> object:
    import torch

    return torch.autograd.grad(function(x).sum(), x)


def of_vectors(runs: int = 9) -> Iterator[Measured]:
    """Functions of one long vector: seconds as it grows, and against scipy at a million logits."""
    import scipy.special

    for name, mark in VECTORS.items():
        ours, theirs = actviz.get(name).value, getattr(scipy.special, name, None)
        for what, draw in LOGITS.items():
            x = draw(np.random.default_rng(0), LENGTHS[-1])
            took = [min(seconds(partial(ours, x[:n])) for _ in range(runs)) for n in LENGTHS]
            one = x[:ROWS]
            against = theirs and compare(partial(ours, one), partial(theirs, one), runs)
            yield {"name": name, "logits": what, "mark": mark, "seconds": took, "scipy": against}


def growth(folder: str) -> Iterator[Measured]:
    """Seconds as the count grows."""
    for what, (command, counts) in GROWTH.items():
        for count in counts:
            took = seconds(process(command(count), folder))
            yield {"what": what, "count": count, "seconds": took}
    silu = actviz.get("silu")
    for count in POINTS:
        x = np.linspace(-6, 6, count)
        took = min(seconds(partial(silu.value, x)) for _ in range(5))
        yield {"what": "points", "count": count, "seconds": took}


def geometric_mean(ratios: list[float]) -> float:
    """The mean of ratios, in which 2 and 1/2 make 1."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def machine() -> str:
    """What the numbers were measured with."""
    libraries = (f"{name} {version(name)}" for name in LIBRARIES)
    python = f"Python {platform.python_version()}"
    return ", ".join((f"{os.cpu_count()} cores of {_processor()}", python, *libraries))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def measured_pairs() -> list[Measured]:
    """The pairs, each ratio shown as it comes."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for row in whole_processes(folder):
            found.append(row)
            mark = f" (mark {row['mark']:g})" if row["mark"] else ""
            print(f"{row['ratio']:6.2f}  {row['what']}; {row['against']}{mark}", flush=True)
    return found


def measured_torch() -> list[Measured]:
    """The functions of PyTorch, each pair of ratios shown as it comes, and their means."""
    found = []
    for row in against_torch(ELEMENTS):
        found.append(row)
        ratios = f"{row['value']['ratio']:6.2f} {row['gradient']['ratio']:6.2f}"
        print(f"{ratios}  {row['name']}, value and gradient; torch", flush=True)
    for what in ("value", "gradient"):
        mean = geometric_mean([row[what]["ratio"] for row in found])
        print(f"{mean:6.2f}  {what}, geometric mean; torch")
    return found


def measured_vectors() -> list[Measured]:
    """Functions of a vector, each shown as it comes."""
    found = []
    for row in of_vectors():
        found.append(row)
        times = " ".join(f"{took:9.5f}" for took in row["seconds"])
        ratio = f"{row['scipy']['ratio']:6.2f}" if row["scipy"] else " " * 6
        print(f"{ratio} {times} s  {row['name']}, logits {row['logits']}; scipy", flush=True)
    return found


def measured_growth() -> list[Measured]:
    """Time against count, shown as it comes."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a", "b"):
            (Path(folder) / name).mkdir()
        for row in growth(folder):
            found.append(row)
            print(f"{row['seconds']:9.4f} s  {row['count']:,} {row['what']}", flush=True)
    return found


def measured_memory() -> list[Measured]:
    """The memory of a short table and of a long one, shown as it comes."""
    found = []
    command, _ = GROWTH["rows"]
    with tempfile.TemporaryDirectory() as folder:
        for count in HELD:
            found.append({"count": count, "bytes": peak(words(command(count)), folder)})
            print(f"{found[-1]['bytes'] / 1e6:9.1f} MB  {count:,} rows", flush=True)
    return found


PARTS = {
    "pairs": measured_pairs,
    "torch": measured_torch,
    "vectors": measured_vectors,
    "growth": measured_growth,
    "memory": measured_memory,
}


def main(parts: Sequence[str]) -> None:
    """Measure these parts, or all, and put them into the results."""
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for part in parts or PARTS:
        results |= {"machine": machine(), part: PARTS[part]()}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
