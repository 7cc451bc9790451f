"""What is judged by which function, from which options, and who says so in the report."""

import inspect
from pathlib import Path

import pytest
from conftest import Call

import actviz
from actviz import check
from actviz.cli.judging import JUDGEMENTS
from actviz.cli.options import options_of

CODE = "def relu(x): return 0*x"


def curve(text: str) -> actviz.Curve:
    return actviz.parse_curves([text])[0]


def test_every_source_of_a_result_is_in_the_table(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(CODE)
    (tmp_path / "recorded.csv").write_text("x,y\n1,1\n")
    relu, gelu = curve("relu"), curve("gelu")
    reports = (
        check.curves([curve("squareplus")]),
        check.derivative(relu, "where(x >= 0, 1, 0)"),
        check.derivative(gelu, gelu.activation.derivative_formula(), oracles=["difference"]),
        check.equal([relu], gelu),
        check.code(relu, f"{tmp_path}/code.py:relu"),
        check.data(relu, f"{tmp_path}/recorded.csv"),
    )
    found = {result.oracle for report in reports for result in report.results}
    frameworks = {name for name, row in check.SOURCES.items() if row.asked.startswith("if named")}
    assert found == set(check.SOURCES) - frameworks


def test_oracles_are_those_that_can_be_asked() -> None:
    assert {"difference", "mpmath", "torch", "jax"} <= set(check.ORACLES) < set(check.SOURCES)
    for source in check.SOURCES.values():
        assert (source.asked == "never") == (not source.file), source
        assert bool(source.library) == bool(source.package) and source.says, source


@pytest.mark.parametrize("option", JUDGEMENTS)
def test_a_judgement_takes_options_of_the_command_by_names_that_there_are(option: str) -> None:
    judgement = JUDGEMENTS[option]
    assert set(judgement.takes) - {"progress"} <= set(options_of("check"))
    assert not option or option in judgement.takes
    parameters = inspect.signature(judgement.function).parameters
    named = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    assert named or set(judgement.takes.values()) < set(parameters)


@pytest.mark.parametrize("option", [key for key in JUDGEMENTS if key])
def test_what_is_let_through_beside_a_judgement_reaches_it(option: str) -> None:
    rows = options_of("check")
    beside = {"orders", "oracle"} & set(rows[option].takes.split())
    both = {
        key
        for key, row in rows.items()
        if row.about in rows[option].takes.split() and rows[option].about in row.takes.split()
    }
    let_through = both | {
        key
        for key, row in rows.items()
        if row.about in beside or f"--{option}" in row.needs.split()
    }
    assert let_through == (set(JUDGEMENTS[option].takes) & set(rows)) - {option}


# The options, and a word of the message.
REFUSED = (
    ("relu --derivative x --against code.py:relu", "either --derivative or --against"),
    ("relu --derivative x --equals elu", "either --derivative or --equals"),
    ("relu elu --derivative x", "--derivative needs exactly one curve, not 2"),
    ("relu elu --against code.py:relu", "--against needs exactly one curve, not 2"),
    ("relu --derivative x --order 1,2", "one order from 1 to 4"),
    ("relu --derivative x --order 0", "one order from 1 to 4"),
    ("relu --against-derivative code.py:relu --order 2", "alone is of order 1"),
    ("relu --against-derivative code.py:relu --data a.csv", "--data takes no --against-derivative"),
    ("glu --against code.py:f --against-derivative code.py:g", "of one number or of a vector"),
    ("relu --dtype float32", "--against"),
    ("relu --rtol 1", "--against"),
    ("relu --against code.py:relu --rtol inf", "finite"),
    ("relu elu --data a.csv", "--data needs exactly one curve, not 2"),
    ("relu --data a.csv --order 0,1", "one order from 0 to 4"),
    ("relu --data a.csv --against code.py:relu", "either --against or --data"),
    ("relu --data a.csv --oracle mpmath", "--data takes no --oracle"),
    ("relu --inputs a.npy", "--data"),
    ("relu --write-inputs a.npy --order 1", "--write-inputs takes no --order"),
    ("relu --write-inputs -", "takes a file"),
    ("relu --write-inputs a.txt", "none of .npy, .csv, .bin"),
    ("softmax --data a.csv", "cannot be read"),
    ("relu --oracle mpmat", "Did you mean mpmath?"),
    ("relu --equals elu --oracle mpmath", "--equals takes no --oracle"),
    ("relu --against code.py:relu --oracle mpmath", "--against takes no --oracle"),
)


@pytest.mark.parametrize(("words", "told"), REFUSED)
def test_options_that_do_not_go_together_are_refused(call: Call, words: str, told: str) -> None:
    done = call("check", *words.split())
    assert (done.code, done.out) == (2, "")
    assert told in done.err
