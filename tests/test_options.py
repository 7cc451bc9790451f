"""The table of options: its columns agree with each other and with the code, and are what holds."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import fields
from itertools import combinations

import pytest
from conftest import Call

from actviz.cli.commands import COMMANDS
from actviz.cli.options import OPTIONS, Option, options_of, owners
from actviz.cli.pages import PAGES
from actviz.cli.reading import as_choice
from actviz.cli.reference import options_table
from actviz.cli.together import SENTENCES, check_together, refuses
from actviz.errors import UsageError
from actviz.figure import Options

ROWS = [(command, row) for command in PAGES for row in options_of(command).values()]
WORDS = [row for row in OPTIONS if row.values]


def names(row: Option | tuple[str, Option]) -> str:
    return row.name if isinstance(row, Option) else f"{row[0]} {row[1].name}"


def test_commands_and_pages_are_the_same() -> None:
    assert COMMANDS.keys() == PAGES.keys()
    assert {command for row in OPTIONS for command in row.commands.split()} == PAGES.keys()


def test_no_command_has_two_options_of_a_name() -> None:
    for command in PAGES:
        rows = [row for row in OPTIONS if command in row.commands.split()]
        every = [name for row in rows for name in row.names.split()]
        assert len(set(every)) == len(every)
        assert len({row.key for row in rows}) == len(rows)


@pytest.mark.parametrize("row", OPTIONS, ids=names)
def test_what_a_row_names_is_there(row: Option) -> None:
    for command in row.commands.split():
        rows = options_of(command).values()
        known = {each.name for each in rows}
        assert known.issuperset(row.rivals.split())
    anywhere = {each.name for each in OPTIONS}
    assert anywhere.issuperset(row.needs.split())
    assert {each.about for each in OPTIONS}.issuperset(row.takes.split())
    assert row.about or not row.takes
    assert not (row.counts and row.metavar) and not (row.repeats and not row.metavar)


@pytest.mark.parametrize("row", WORDS, ids=names)
def test_words_are_told_completed_and_read(row: Option, call: Call) -> None:
    words = row.words()
    assert len(words) > 1 and len(set(words)) == len(words)
    for command in row.commands.split():
        page = " ".join(call(command, "--help").out.split())
        assert " ".join(row.text().split()) in page
        assert all(word in row.text() for word in words)
    if row.read is as_choice:
        assert row.value({row.key: [words[0].upper()] if row.repeats else words[0].upper()})
        with pytest.raises(UsageError, match=f"^{row.name} is .* or {words[-1]}, not 'zz'"):
            row.value({row.key: ["zz"] if row.repeats else "zz"})


@pytest.mark.parametrize("row", [row for row in OPTIONS if row.default], ids=names)
def test_a_default_is_read_and_told(row: Option) -> None:
    assert row.value({}) == row.value({row.key: row.default})
    assert row.text().endswith(f"[{row.default}]")


def test_the_looks_are_the_fields_of_the_options_with_their_defaults() -> None:
    defaults = {field.name: field.default for field in fields(Options)}
    looks = [row for row in OPTIONS if row.field]
    assert {row.field for row in looks} | {"fixed"} == set(defaults)  # --fixed may fix a curve, too
    for row in looks:
        if row.default is not None:
            assert row.value({}) == defaults[row.field]
        if not row.metavar:
            assert row.sets != defaults[row.field]


# Every refusal of a combination; those of `table` and of figures of depths are in their own tests.
TOGETHER = (
    ("plot relu -d --order 1", "Give either -d or --order, not both."),
    ("plot relu --title a --no-title", "Give either --title or --no-title, not both."),
    ("plot relu -d --formula --title a", "Give either --formula or --title, not both."),
    ("plot relu --formula", "--formula is for -d or --order, which is not there."),
    ("plot relu --saturation 0.1", "--saturation is for --annotate, which is not there."),
    ("plot relu --points 3", "--points is for --vector, which is not there."),
    ("plot softmax --vector --fixed 0,1", "Give either --vector or --fixed, not both."),
    ("plot relu --preview -o a.svg", "--preview writes no file and takes no --output."),
    ("plot relu --preview --theme dark", "--preview writes no file and takes no --theme."),
    ("plot relu --preview --fixed 1", "--preview writes no file and takes no --fixed."),
    ("plot relu --preview --show", "Give either --preview or --show, not both."),
    ("plot relu --show --print-alt", "--show writes no file and takes no --print-alt."),
    ("compare relu elu --preview --depth 2", "--preview writes no file and takes no --depth."),
    ("compare relu elu --preview --diff", "--preview writes no file and takes no --diff."),
    ("compare relu elu --depth 2 --hline 1", "--depth takes no --hline."),
    ("compare relu elu --seed 1", "--seed is for --depth, which is not there."),
    ("compare relu elu --formula -d", "There is no option --formula. It is for plot."),
    ("compare relu elu --vector", "There is no option --vector. It is for plot."),
    ("table relu --at 1 --range 0:1", "Give either --at or --range, not both."),
    ("table relu --step 1 --points 3", "Give either --step or --points, not both."),
    ("table relu --depth 1 --properties", "Give either --depth or --properties, not both."),
    ("check relu --equals elu --derivative 1", "Give either --derivative or --equals, not both."),
    ("check relu --equals elu --oracle mpmath", "--equals takes no --oracle."),
    ("check relu --equals elu --order 1", "--equals takes no --order."),
    ("check relu --equals elu --figure a.svg", "--equals takes no --figure."),
    ("check relu --against a:b --oracle mpmath", "--against takes no --oracle."),
    ("check relu --derivative 1 --rtol 1", "--derivative takes no --rtol."),
    ("check relu --rtol 1", "--rtol is for --against or --against-derivative or --command "
     "or --data, which is not there."),
    ("check relu --against-derivative a:b --equals elu",
     "--equals takes no --against-derivative."),
    ("info relu --measure --format latex",
     "--measure is for text, json and markdown, not for latex."),
    ("plot relu --svg-text", "--svg-text is for svg, not for png."),
    ("plot relu --dpi 300 -o relu.{svg,pdf}", "--dpi is for png, not for svg and pdf."),
    ("plot relu --theme AUTO", "--theme auto is for svg, not for png."),
    ("compare relu elu --font STIXGeneral --format tikz",
     "--font is for png, svg, pdf and eps, not for tikz."),
    ("plot relu --show --svg-text", "--svg-text is for svg, not for a window."),
)  # fmt: skip


@pytest.mark.parametrize(("words", "told"), TOGETHER)
def test_what_does_not_go_together_is_refused(call: Call, words: str, told: str) -> None:
    assert call(*words.split()) == (2, "", f"Error: {told}\n")


@pytest.mark.parametrize("command", PAGES)
def test_every_pair_is_taken_or_refused_in_a_sentence_of_the_table(command: str) -> None:
    """And in the same words whichever is typed first; what an option needs beside it is given."""
    begun = [sentence.partition("{")[0] for sentence in SENTENCES.values()]
    rows = options_of(command)
    keys = {row.name: key for key, row in rows.items()}
    for one, other in combinations(rows.values(), 2):
        needed = [row.needs.split()[0] for row in (one, other) if row.needs]
        given = {keys[name] for name in (one.name, other.name, *needed) if name in keys}
        told = set()
        for order in (sorted(given), sorted(given, reverse=True)):
            try:
                check_together(command, dict.fromkeys(order, True))
                told.add("")
            except UsageError as error:
                told.add(str(error))
                assert any(str(error).startswith(begin or row.name)
                           for begin in begun for row in rows.values())  # fmt: skip
        assert len(told) == 1
        rivals = one.name in other.rivals.split() or other.name in one.rivals.split()
        assert told != {""} or not (rivals or refuses(one, other) or refuses(other, one))


def test_an_option_is_for_the_commands_that_have_it() -> None:
    assert owners("--depth") == ["compare", "table"]
    assert owners("-o") == list(PAGES)
    assert owners("--none") == []


def test_the_reference_has_a_row_for_every_option() -> None:
    lines = options_table().splitlines()[2:]
    assert len(lines) == len(OPTIONS)
    for line, row in zip(lines, OPTIONS, strict=True):
        assert line.count(" | ") == 3 and line.startswith("| `") and line.endswith(" |")
        assert row.name in line


# What stands on the command line so far, and what a shell offers.
COMPLETED = (
    ("actviz pl", ["plot"]),
    ("actviz plot leaky_r", ["leaky_relu"]),
    ("actviz plot relu --them", ["--theme"]),
    ("actviz plot relu --theme ", ["light", "dark", "print", "auto"]),
    ("actviz plot relu --format p", ["png", "pdf"]),
    ("actviz compare relu --layout g", ["grid"]),
    ("actviz table relu --format j", ["json", "jsonl"]),
    ("actviz table relu --properties --columns gain,smo", ["gain,smoothness"]),
    ("actviz check relu --oracle t", ["torch"]),
    ("actviz check relu --dtype b", ["bfloat16"]),
    ("actviz info relu --format m", ["markdown"]),
)


@pytest.mark.parametrize(("typed", "offered"), COMPLETED)
def test_words_are_completed(typed: str, offered: list[str]) -> None:
    at = str(len(typed.split(" ")) - 1)
    asked = {"_ACTVIZ_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": at}
    code = "import sys; sys.argv = ['actviz']; from actviz.cli import main; main()"
    environment = " ".join(f"{name}={shlex.quote(value)}" for name, value in asked.items())
    done = subprocess.run(
        f"{environment} {shlex.quote(sys.executable)} -c {shlex.quote(code)}",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == offered, done.stderr
