"""Lists of figures: the options of the command line as entries of a TOML file."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from conftest import Call

import actviz
from actviz.cli import drawing, run
from actviz.cli.options import options_of

MINE = '[mine]\nformula = "x * (a + tanh(x))"\nparameters = { a = 0.1 }\n'

# The same figure as an entry and as a command line.
SAME = (
    ("plot", '[f]\ncurves = "silu"', "silu"),
    ("plot", "[silu]", "silu"),
    ("plot", '[f]\ncurves = ["-x**2"]\nrange = [-3, 3]', "--range -3:3 -- -x**2"),
    ("plot", "[relu]\nderiv = true", "relu -d"),
    ("plot", "[relu]\nderiv = 2", "relu -dd"),
    ("plot", "[elu]\norder = 1", "elu --order 1"),
    ("plot", "[elu]\norder = [0, 2]\nhline = [1, 2.5]\nvline = 0.5",
     "elu --order 0,2 --hline 1 --hline 2.5 --vline 0.5"),
    ("plot", '[f]\ncurves = "elu"\nrange = "-2:1e1"\nylim = [-1.5, 4]\nsize = [3, 2.5]',
     "elu --range -2:1e1 --ylim -1.5:4 --size 3x2.5"),
    ("plot", '[f]\ncurves = "mish"\nannotate = true\nsaturation = 0.05\nno-legend = true',
     "mish --annotate --saturation 0.05 --no-legend"),
    ("plot", '[softmax]\nfixed = [0, 2, -1]\ntitle = "A title"\ntheme = "Dark"',
     "softmax --fixed 0,2,-1 --title 'A title' --theme dark"),
    ("compare", '[f]\ncurves = ["gelu", "gelu_tanh"]\ndiff = true\nrange = [-4, 4]',
     "gelu gelu_tanh --diff --range -4:4"),
    ("compare", '[f]\ncurves = "elu:alpha=0.5|1|2"\nlayout = "stack"\ngrid = true',
     "'elu:alpha=0.5|1|2' --layout stack --grid"),
    ("compare", '[f]\ncurves = ["relu", "mine:a=1"]\ncatalogue = "mine.toml"',
     "relu mine:a=1 --catalogue mine.toml"),
)  # fmt: skip


def write_list(text: str, file: str = "list.toml") -> None:
    Path(file).write_text(text)
    Path("mine.toml").write_text(MINE)


@pytest.mark.parametrize(("command", "text", "words"), SAME, ids=lambda text: text)
def test_an_entry_is_the_command_line_of_its_options(
    call: Call, command: str, text: str, words: str
) -> None:
    write_list(f'output = "entry.svg"\n{text}\n')
    assert call(command, "--from", "list.toml") == (0, "entry.svg\n", "")
    assert call(command, "-o", "typed.svg", *shlex.split(words)) == (0, "typed.svg\n", "")
    assert Path("entry.svg").read_bytes() == Path("typed.svg").read_bytes()


def test_every_option_of_a_figure_can_be_in_a_list() -> None:
    """Those of the run cannot: they are for the whole list."""
    of_the_run = {"from", "print-alt", "preview", "show", "jobs", "if-changed", "depfile"}
    for name in ("plot", "compare"):
        rows = options_of(name)
        assert {key for key, row in rows.items() if row.run} == of_the_run
        assert {"deriv", "theme", "output", "catalogue", "hline"} < rows.keys() - of_the_run


# A list; what the two figures are called; and that they are made by these command lines.
DEFAULTS = (
    ('deriv = true\nrange = [-3, 3]\n[relu]\n[elu]\nrange = [0, 1]',
     ("relu -d --range -3:3", "elu -d --range 0:1")),
    ('annotate = true\nno-legend = true\n[relu]\nannotate = false\n[elu]\nno-legend = false',
     ("relu --no-legend", "elu --annotate")),
    ('deriv = true\n[relu]\norder = [0, 2]\n[elu]\nderiv = 0', ("relu --order 0,2", "elu")),
    ('no-title = true\n[relu]\ntitle = "A"\n[elu]', ("relu --title A", "elu --no-title")),
    ('hline = [1, 2]\n[relu]\nhline = []\n[elu]\nhline = 3', ("relu", "elu --hline 3")),
    ('annotate = true\nsaturation = 0.2\n[relu]\nannotate = false\n[elu]',
     ("relu", "elu --annotate --saturation 0.2")),
)  # fmt: skip


@pytest.mark.parametrize(("text", "typed"), DEFAULTS, ids=lambda text: str(text))
def test_defaults_are_shared_and_overruled(call: Call, text: str, typed: tuple[str, str]) -> None:
    write_list('output = "{name}.svg"\n' + text)
    assert call("plot", "--from", "list.toml") == (0, "relu.svg\nelu.svg\n", "")
    for name, words in zip(("relu", "elu"), typed, strict=True):
        assert call("plot", "-o", "typed.svg", *words.split()).code == 0
        assert Path(f"{name}.svg").read_bytes() == Path("typed.svg").read_bytes(), words


def test_what_is_typed_beside_a_list_is_for_all_of_it(call: Call) -> None:
    write_list('order = 1\noutput = "{name}.svg"\n[relu]\n[elu]\ntheme = "print"\n')
    done = call("plot", "--from", "list.toml", "--theme", "dark", "-d", "-o", "dark-{name}.svg")
    assert done == (0, "dark-relu.svg\ndark-elu.svg\n", "")
    assert call("plot", "elu", "-d", "--theme", "dark", "-o", "typed.svg").code == 0
    assert Path("dark-elu.svg").read_bytes() == Path("typed.svg").read_bytes()
    assert not Path("relu.svg").exists()


def test_entries_are_picked_by_name(call: Call) -> None:
    write_list('[relu]\n[wide]\ncurves = "relu"\nrange = [-20, 20]\n[elu]\n')
    assert call("plot", "--from", "list.toml", "elu", "wide", "elu") == (
        0,
        "elu.png\nwide.png\n",
        "",
    )
    assert not Path("relu.png").exists()
    done = call("plot", "--from", "list.toml", "wide", "-o", "-", "--format", "svg")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("<?xml")
    done = call("plot", "--from", "list.toml", "wide", "--preview")
    assert (done.code, done.err) == (0, "")
    assert "relu" in done.out


def test_an_entry_of_several_curves(call: Call) -> None:
    """One figure for each in plot, called by its curve; one of all in compare, by the entry."""
    write_list('output = "{name}.svg"\n[elus]\ncurves = ["elu:alpha=1|2", "my elu=elu"]\n')
    done = call("plot", "--from", "list.toml")
    assert done == (0, "elu_alpha_1.svg\nelu_alpha_2.svg\nmy_elu.svg\n", "")
    assert call("compare", "--from", "list.toml") == (0, "elus.svg\n", "")


def test_all_functions(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the command line and in a list, those of one's own included."""
    drawn: list[str] = []
    monkeypatch.setattr(
        drawing,
        "write_figures",
        lambda figures, *_: drawn.extend(str(f.targets[0][0]) for f in figures),
    )
    names = [*actviz.load().entries, "mine"]
    write_list('all = true\ncatalogue = "mine.toml"\noutput = "{name}.svg"\n[functions]\n')
    assert call("plot", "--from", "list.toml").code == 0
    assert call("plot", "--all", "--catalogue", "mine.toml", "-o", "{name}.svg").code == 0
    assert drawn == 2 * [f"{name}.svg" for name in names]
    assert "not both" in call("plot", "--all", "relu").err
    write_list('all = true\n[a]\ncurves = "relu"\n')
    assert call("plot", "--from", "list.toml").code == 0
    assert drawn[-1] == "a.png"


def test_paths_in_a_list_begin_at_its_folder(call: Call) -> None:
    Path("book/build").mkdir(parents=True)
    write_list('catalogue = "../mine.toml"\noutput = "build/"\n[mine]\n[b]\ncurves = "relu"\n'
               'output = "{name}.svg"\n', "book/list.toml")  # fmt: skip
    done = call("plot", "--from", "book/list.toml")
    assert done == (0, "book/build/mine.png\nbook/b.svg\n", "")
    write_list("[relu]\n", "book/list.toml")
    assert call("plot", "--from", "book/list.toml") == (0, "book/relu.png\n", "")
    absolute = Path("book/list.toml").absolute()
    assert call("plot", "--from", str(absolute)) == (0, f"{absolute.parent}/relu.png\n", "")
    assert call("plot", "--from", "book/list.toml", "-o", "{name}.svg") == (0, "relu.svg\n", "")


def test_what_a_list_says_for_all_may_show_in_some(call: Call) -> None:
    write_list('theme = "auto"\ndpi = 100\n[relu]\n[elu]\noutput = "elu.svg"\n')
    assert call("plot", "--from", "list.toml") == (0, "relu.png\nelu.svg\n", "")
    assert call("plot", "--from", "list.toml", "relu", "-o", "a.png") == (0, "a.png\n", "")
    done = call("plot", "--from", "list.toml", "--svg-text", "-o", "{name}.png")
    assert done == (2, "", "Error: In list.toml, [relu]: --svg-text is for svg, not for png.\n")


def test_a_list_from_standard_input(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"[relu]\n[elu]\n")))
    assert call("plot", "--from", "-") == (0, "relu.png\nelu.png\n", "")


# A list, and what is said about it; nothing is written.
WRONG = (
    ("", "has no entry: a figure begins with [NAME]"),
    ('theme = "auto"', "has no entry"),
    ('svg-text = true\n[relu]\n[elu]', "[relu]: --svg-text is for svg, not for png"),
    ('[relu]\noutput = "a.svg"\n[elu]\ntheme = "auto"', "[elu]: --theme auto is for svg"),
    ("theme =", "is not TOML"),
    ('them = "auto"\n[relu]', "list.toml: There is no option 'them'. Did you mean theme?"),
    ('[relu]\ncurve = "relu"', "In list.toml, [relu]: There is no option 'curve'. Did you mean cu"),
    ("[relu]\nno_title = true", "Did you mean no-title"),
    ("jobs = 4\n[relu]", "'jobs' is for all figures of a run: give --jobs on the command line"),
    ('[relu]\ndepfile = "a.d"', "[relu]: 'depfile' is for all figures of a run"),
    ("[[figures]]\na = 1", "[[figures]] is no entry"),
    ("[relu]\ntheme = 3", "In list.toml, [relu]: 'theme' must be text in quotes, not 3."),
    ("theme = 1979-05-27\n[relu]", "list.toml: 'theme' must be text in quotes, not a date"),
    ('[relu]\nannotate = "yes"', "'annotate' must be true or false, not 'yes'"),
    ("[relu]\ndpi = [1]", "'dpi' must be a number, not a list"),
    ("[relu]\ndpi = true", "'dpi' must be a number, not true"),
    ("[relu]\nrange = true", "'range' must be numbers, as [1, 2] or 'A:B', not true"),
    ("[relu]\nrange = [1, [2]]", "'range' must be numbers, as [1, 2] or 'A:B', not a list"),
    ("[relu]\nderiv = -1", "'deriv' must be true, or how many"),
    ("[relu]\nderiv = 9", "In list.toml, [relu]: -d can be given 4 times at most"),
    ('[relu]\nderiv = true\norder = "1"', "[relu]: Give either -d or --order, not both."),
    ('[relu]\ntitle = "a"\nno-title = true', "[relu]: Give either --title or --no-title, not both"),
    ("[relu]\ncurves = [3]", "'curves' must be text in quotes, not"),
    ("[relu]\ncurves = []", "[relu]: plot needs a curve"),
    ('[sliu]', "[sliu]: There is no function 'sliu' in the catalogue. Did you mean silu"),
    ('[f]\ncurves = "x*(1"', "x*(1\n    ^"),
    ('[a]\ncurves = "relu"\nall = true', "[a]: Give either --all or curves such as 'relu'"),
    ("[relu]\nlayout = \"grid\"", "In list.toml, [relu]: 'layout' is for compare."),
    ("[relu]\nstep = {a = 1}", "[relu]: 'step' is for table."),
    ("[relu.more]\nderiv = 1", "There is no option 'more'"),
    ('[relu]\noutput = "nowhere/a.svg"', "[relu]: there is no folder 'nowhere'"),
    ('[relu]\noutput = "a.jpg"', "[relu]: unknown suffix of 'a.jpg'"),
    ('[relu]\noutput = "a.svg"\n[elu]\noutput = "./a.svg"',
     "'relu' and 'elu' would both be written to 'a.svg'; give one of them an output of its own"),
    ('[a]\ncurves = "relu"\n[b]\ncurves = ["elu", "a=elu"]', "would both be written to 'a.png'"),
    ('output = "one.svg"\n[relu]\n[elu]', "'relu' and 'elu' would both be written to 'one.svg'"),
    ('[relu]\noutput = ["a.svg", "./a.svg"]', "the output 'a.svg' is given more than once."),
    ('output = "-"\nformat = "svg"\n[relu]\n[elu]', "would both be written to '-'"),
    ('[""]\ncurves = "relu"', "In list.toml, [''] is no name for a file."),
    ('["a\\nb"]\ncurves = "relu"', r"In list.toml, ['a\nb'] is no name for a file."),
    ('[relu]\n[elu]\nannotate = "no"', "[elu]: 'annotate' must be"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "words"), WRONG, ids=lambda text: text)
def test_a_wrong_list_is_refused(call: Call, text: str, words: str) -> None:
    write_list(text)
    done = call("plot", "--from", "list.toml")
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert done.err.startswith("Error: ")
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["list.toml", "mine.toml"]


# What is typed beside a list of relu.svg and elu.svg, and what is said about it.
WRONG_BESIDE = (
    ("rleu", "list.toml has no entry 'rleu'. Did you mean relu?"),
    ("--all", "--all is for curves; beside --from, every entry is drawn"),
    ("-o one.svg", "would both be written to 'one.svg'"),
    ("--format pdf", "The output is '{name}.svg', which is no place for pdf"),
    ("--preview --theme dark", "--preview writes no file and takes no --theme"),
    ("--preview --jobs 2", "takes no --jobs"),
    ("--show --depfile a.d", "--show writes no file and takes no --depfile"),
    ("--jobs none", "--jobs takes a whole number"),
    ("relu -o - --format svg --if-changed", "--if-changed is about files, and - is none"),
    ("relu -o - --format svg --depfile a.d", "--depfile is about files, and - is none"),
    ("--depfile -", "--depfile is about files, and - is none"),
    ("--depfile nowhere/a.d", "there is no folder 'nowhere'"),
    ("--depfile relu.svg", "--depfile 'relu.svg' would take the place of another file"),
    ("--depfile list.toml", "--depfile 'list.toml' would take the place of another file"),
    ("--depfile a.d -o 'a={name}.svg'", "make has no way to write the name 'a=relu.svg'"),
)  # fmt: skip


@pytest.mark.parametrize(("words", "told"), WRONG_BESIDE, ids=lambda text: text)
def test_what_makes_no_sense_beside_a_list_is_refused(call: Call, words: str, told: str) -> None:
    write_list('output = "{name}.svg"\n[relu]\n[elu]\n')
    done = call("plot", "--from", "list.toml", *shlex.split(words))
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["list.toml", "mine.toml"]


def test_a_list_that_is_not_there(call: Call) -> None:
    assert call("plot", "--from", "a.toml").err == (
        "Error: The list a.toml cannot be read: No such file or directory.\n"
    )
    Path("folder").mkdir()
    assert call("compare", "--from", "folder").code == 2


def test_a_preview_shows_all_that_an_entry_says_or_nothing(call: Call) -> None:
    write_list('theme = "dark"\n[f]\ncurves = ["relu", "elu"]\n[g]\ncurves = "relu"\ndiff = true\n')
    assert call("compare", "--from", "list.toml", "f", "--preview").code == 0
    done = call("compare", "--from", "list.toml", "--preview")
    assert done == (
        2,
        "",
        "Error: In list.toml, [g]: --preview writes no file and takes no --diff.\n",
    )


def test_one_of_several_entries_fails(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told at the end, the others are written, and there is no rule for make."""
    from actviz import figure
    from actviz.errors import UsageError

    plot = figure.plot

    def fails(curve: actviz.Curve, *rest: object) -> object:
        if curve.label.startswith("elu"):
            raise UsageError("This one cannot be drawn.")
        return plot(curve, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(figure, "plot", fails)
    write_list('[a]\ncurves = "elu"\n[b]\ncurves = ["relu", "elu:alpha=2"]\n')
    done = call("plot", "--from", "list.toml", "--depfile", "a.d")
    assert done == (
        1,
        "relu.png\n",
        "Error: a: This one cannot be drawn.\nError: b: elu: This one cannot be drawn.\n",
    )
    assert not Path("a.d").exists()


def test_a_long_list_is_read_quickly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """5,000 entries, of which one is drawn and one is wrong."""
    import time

    monkeypatch.chdir(tmp_path)
    lines = [f'[f{i}]\ncurves = "swish:beta={1 + i}"\nhline = 1\n' for i in range(5000)]
    write_list("".join(lines))
    start = time.process_time()
    assert run(["plot", "--from", "list.toml", "f17"]) == 0
    write_list("".join([*lines, "[broken]\nthem = 1\n"]))
    assert run(["plot", "--from", "list.toml"]) == 2
    assert time.process_time() - start < 4
