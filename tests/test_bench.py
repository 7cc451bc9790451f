"""The measurements are told in full, as they were taken; and the measuring works."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from actviz import figure

BENCH = Path(__file__).parent / "bench"
sys.path.insert(0, str(BENCH))

import bench  # noqa: E402
import report  # noqa: E402

RESULTS = json.loads(bench.RESULTS.read_text())


def test_the_readme_shows_the_results() -> None:
    [shown] = report.MARKED.findall(report.README.read_text())
    assert shown == report.table(RESULTS)


def test_every_pair_and_function_was_measured_against_its_mark() -> None:
    measured = [(row["what"], row["against"], row["mark"]) for row in RESULTS["pairs"]]
    assert measured == [(pair.what, pair.against, pair.mark) for pair in bench.PAIRS]
    assert {row["name"] for row in RESULTS["torch"]} <= {a.name for a in bench.torch_functions()}
    vectors = [(row["name"], row["logits"], row["mark"]) for row in RESULTS["vectors"]]
    assert vectors == [(name, what, mark) for name, mark in bench.VECTORS.items()
                       for what in bench.LOGITS]  # fmt: skip
    grown = {what: [r["count"] for r in RESULTS["growth"] if r["what"] == what]
             for what in report.NAMES}  # fmt: skip
    asked = {what: list(counts) for what, (_, counts) in bench.GROWTH.items()}
    assert grown == asked | {"points": list(bench.POINTS)}


def test_a_ratio_over_its_mark_is_bold() -> None:
    row = {"what": "a", "against": "b", "ratio": 1.3, "mark": 1.25}
    assert report._row(row) == "| a | b | **1.30** | 1.25 |"
    assert report._row(row | {"mark": 1.3}) == "| a | b | 1.30 | 1.3 |"
    assert report._row(row | {"mark": None}) == "| a | b | 1.30 |  |"


def test_pairs_are_run_in_turn() -> None:
    order: list[str] = []
    found = bench.compare(lambda: order.append("ours"), lambda: order.append("peer"), 2)
    assert order == ["ours", "peer"] * 3
    assert set(found) == {"ours", "peer", "ratio"}
    assert bench.geometric_mean([0.5, 2.0]) == pytest.approx(1)


@pytest.mark.parametrize("pair", bench.PAIRS, ids=lambda pair: f"{pair.what}, {pair.against}")
def test_peers_exist(pair: bench.Pair) -> None:
    [script] = [word for word in pair.peer.split() if word.endswith((".py", ".mk"))]
    assert (BENCH / "peers" / Path(script).name).is_file()


def test_growth_is_drawn() -> None:
    assert figure.render(report.picture(RESULTS["growth"]), "svg").startswith(b"<?xml")


def test_memory_is_that_of_the_command_and_not_of_who_measures(tmp_path: Path) -> None:
    held = b"x" * 400_000_000  # a parent's memory must not be told as its child's
    start, small, large = (
        bench.peak([sys.executable, "-I", "-S", "-c", f"b'x' * {size}"], str(tmp_path))
        for size in (0, 10_000_000, 200_000_000)
    )
    assert start < 40_000_000 < len(held)
    assert small - start == pytest.approx(10_000_000, rel=0.2)
    assert large - start == pytest.approx(200_000_000, rel=0.05)


def test_the_memory_that_is_told_is_of_short_and_long_tables_and_not_one_number() -> None:
    assert [row["count"] for row in RESULTS["memory"]] == list(bench.HELD)
    short, long = (row["bytes"] for row in RESULTS["memory"])
    assert 10e6 < short < long < 100e6


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        bench.peak([sys.executable, "-c", "raise SystemExit(3)"], str(tmp_path))
