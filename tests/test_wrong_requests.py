"""Wrong requests: each is refused at once, with one message that helps, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from refused import refused

from actviz import __version__
from actviz.cli import run

pytestmark = pytest.mark.usefixtures("empty_folder")

# Each request is wrong in one way; the message must hold the words beside it.
WRONG = (
    # names and parameters
    ("plot rlu", "relu"),
    ("plot rlu elu", "relu"),
    ("plot relu rlu", "relu"),
    ("table gelu_tahn --at 1", "gelu_tanh"),
    ("info Leaky--Relu", "leaky_relu"),
    ("plot elu:aplha=1", "alpha"),
    ("plot relu:alpha=1", "alpha"),
    ("plot elu:alpha", "alpha"),
    ("plot elu:alpha=", "alpha"),
    ("plot elu:alpha=one", "one"),
    ("plot elu:alpha=inf", "inf"),
    ("plot elu:alpha=1e999", "1e999"),
    ("plot elu:alpha=x", "x"),
    ("plot elu:alpha=1,alpha=2", "twice"),
    ("plot elu:=1", "=1"),
    ("plot a*x", "a*x:a=1"),
    ("plot a*x:b=1", "a"),
    ("plot a*x:a=1,b=1", "b"),
    ("plot relu(x,1)", "relu(x) takes 1 argument at most, not 2"),
    ("plot =relu", ""),
    ("list nothing_like_this", "nothing_like_this"),
    ("list sgmoid", "sigmoid"),
    ("list relu --columns gian", "gain"),
    ("list relu --columns ,", "column"),
    ("info relu elu", "one curve"),
    # ranges and points
    ("plot relu --range 6:-6", "reversed"),
    ("plot relu --range 1:1", "empty"),
    ("plot relu --range 0:-0", "empty"),
    ("plot relu --range -inf:inf", "finite"),
    ("plot relu --range 0:nan", "finite"),
    ("plot relu --range 0:1e999", "1e999"),
    ("plot relu --range 1", "A:B"),
    ("plot relu --range :", "A:B"),
    ("plot relu --range 1:", "A:B"),
    ("plot relu --range 1:2:3", "A:B"),
    ("plot relu --range -6,6", "-6:6"),
    ("plot relu --range a:b", "number"),
    ("table relu --points 0", "0 points"),
    ("table relu --points 1", "1 point"),
    ("table relu --points -5", "-5"),
    ("table relu --points 2.5", "2.5"),
    ("table relu --points many", "many"),
    ("table relu --points 99999999999999999999999", "points"),
    ("table relu --points 10000001", "10,000,000"),
    ("table relu --step 0", "step"),
    ("table relu --step -1", "step"),
    ("table relu --step nan", "step"),
    ("table relu --step inf", "step"),
    ("table relu --step 100", "larger"),
    ("table relu --step 1e-300", "10,000,000"),
    ("table relu --step 1 --points 3", "both"),
    ("table relu --at 1 --range 0:1", "not both"),
    ("table relu --at 1 --step 1", "not both"),
    ("table relu --at 1 --points 2", "not both"),
    ("table relu --at 1,,2", "comma"),
    ("table relu --at one", "one"),
    ("table relu --at 1;2", "1;2"),
    ("table relu --at 0x10", "0x10"),
    ("table relu --at 1e999", "1e999"),
    # orders
    ("plot relu --order 5", "5"),
    ("plot relu --order -1", "-1"),
    ("plot relu --order 1.5", "1.5"),
    ("plot relu --order 0-2", "0-2"),
    ("plot relu --order ,", "''"),
    ("plot relu --order one", "one"),
    ("plot relu --order 1 -d", "not both"),
    ("plot relu -ddddd", "4"),
    # words in the wrong place
    ("plot elu alpha=0.5", "Did you mean 'elu:alpha=0.5'?"),
    ("plot relu hardtanh:min_val=-2 max_val=3", "Did you mean 'hardtanh:min_val=-2,max_val=3'?"),
    ("compare my=elu alpha=0.5 relu", "'my=elu:alpha=0.5'"),
    ("table gelu --at 1 2 3", "Did you mean --at=1,2,3?"),
    ("plot relu -d 2", "Did you mean -dd?"),
    ("plot relu -d=2", "Did you mean -dd?"),
    ("plot relu --order 0 1", "Did you mean --order=0,1?"),
    ("plot relu --range -5 5", "Did you mean --range=-5:5?"),
    ("plot relu --ylim 0 2", "Did you mean --ylim=0:2?"),
    ("compare relu elu --depth 1 5", "Did you mean --depth=1,5?"),
    ("plot 3", "'0*x + 3' or 'c=3'"),
    ("plot relu pi", "'0*x + pi' or 'name=pi'"),
    ("plot relu out.svg", "Did you mean -o out.svg?"),
    ("plot relu ../figures/out.pdf", "Did you mean -o ../figures/out.pdf?"),
    ("plot relu,gelu", "separated by spaces: relu gelu"),
    ("compare relu;gelu;Leaky-ReLU", "separated by spaces: relu gelu Leaky-ReLU"),
    # options of other programs, of other commands, and twice
    ("plot elu --alpha 0.5", "Did you mean 'elu:alpha=0.5'?"),
    ("plot elu --alpha=0.5", "Did you mean 'elu:alpha=0.5'?"),
    ("plot relu --grad", "Did you mean -d?"),
    ("plot relu --second", "Did you mean -dd?"),
    ("plot relu --derivative", "Did you mean -d? It is for check."),
    ("check relu --deriv", "Did you mean --derivative? It is for plot and compare and table."),
    ("plot relu --fontsize 12", "--font-size"),
    ("plot relu --dark", "--theme dark"),
    ("table relu --range 0:1 --range=0:2", "--range is given twice: '0:1' and '0:2'"),
    ("table relu --at 1 --at 1", "--at is given twice"),
    ("plot elu:alpha=1|2 -o f.png", "in one figure with compare"),
    ("plot relu gelu -o {nam}.svg", "unknown field {nam}"),
    # formats and places
    ("plot relu --format jpg", "png"),
    ("plot relu --format pgn", "png"),
    ("plot relu -o relu.jpg", "png"),
    ("plot relu -o relu", "suffix"),
    ("plot relu -o .", "folder"),
    ("plot relu -o missing/", "mkdir -p missing"),
    ("plot relu -o missing/relu.png", "mkdir -p missing"),
    ("plot relu elu -o both.png", "{name}"),
    ("plot relu elu -o - --format svg", "-"),
    ("plot relu RELU -o {ext}.svg", "{name}"),
    ("plot relu -o {nmae}.svg", "{name}"),
    ("plot relu -o -", "--format"),
    ("table relu --format cvs", "csv"),
    ("table relu --format xlsx", "csv"),
    ("table relu -o relu.xlsx", ".csv"),
    ("table relu -o missing/relu.csv", "mkdir -p missing"),
    ("list --format yaml", "json"),
    ("list -o missing/list.json", "mkdir -p missing"),
    ("info relu --format xml", "json"),
    ("check relu --format xml", "junit"),
    ("check relu -o missing/check.txt", "mkdir -p missing"),
    # choices
    ("compare relu elu --layout gird", "grid"),
    ("compare relu elu --layout GIRD", "grid"),
    ("plot relu --theme drak", "dark"),
    ("plot relu --axes centre", "center"),
    ("plot relu --ticks tau", "pi"),
    ("plot relu --size 6", "6x4"),
    ("plot relu --size 0x0", "size"),
    ("plot relu --size 1e9x1e9", "size"),
    ("plot relu --dpi 0", "dpi"),
    ("plot relu --dpi 100000", "dpi"),
    ("plot relu --ylim 1:0", "reversed"),
    ("plot relu --hline high", "high"),
    ("plot relu --points 5", "--vector"),
    ("plot relu --print-alt -o - --format svg", "--print-alt"),
    ("plot relu --preview -o relu.svg", "-o"),
    ("plot relu --preview --theme dark", "takes no --theme"),
    ("plot relu --preview --show", "--show"),
    ("plot softmax --preview", "vector"),
    ("compare relu elu --preview --diff", "--diff"),
    ("compare relu elu --preview --layout grid", "--layout"),
    ("plot relu --show --format svg", "--format"),
    ("plot relu --jobs 0", "--jobs"),
    ("plot relu --jobs many", "--jobs"),
    ("plot relu --saturation 0.1", "--annotate"),
    ("plot relu --style missing.mplstyle", "missing.mplstyle"),
    ("check relu --oracle scipy", "mpmath"),
    ("check relu --oracle mpmth", "mpmath"),
    ("check relu elu --derivative 1", "one curve"),
    ("check relu --against nowhere", "module:callable"),
    ("check relu --against no_such_module:f", "no_such_module"),
    ("check relu --against math:no_such_name", "no_such_name"),
    ("check relu --against math:sin --dtype float63", "float64"),
    ("check relu --against math:sin --rtol much", "much"),
    ("check relu --dtype float32", "--against"),
    ("check relu --rtol 1e-3", "--against"),
    ("check relu --equals elu --against math:sin", ""),
    ("check relu --derivative 1 --against math:sin", ""),
    # catalogues
    ("list --catalogue missing.toml", "missing.toml"),
    ("list --catalogue .", "."),
    ("list --catalogue broken.toml", "broken.toml"),
    ("list --catalogue unknown.toml", "formla"),
    ("list --catalogue binary.toml", "binary.toml"),
    # the command line itself
    ("plto relu", "plot"),
    ("relu", "actviz plot relu"),
    ("elu:alpha=2", "actviz plot elu:alpha=2"),
    ("cat relu", "compare"),
    ("x**2", "actviz plot 'x**2'"),
    ("torch:relu", "actviz plot torch:relu"),
    ("plot", "actviz plot relu"),
    ("compare", "actviz compare relu"),
    ("table --at 1", "actviz table relu"),
    ("info", "actviz info relu"),
    ("plot relu --rnage 0:1", "--range"),
    ("plot relu --no-such-option", "--no-such-option"),
    ("plot relu --range", "--range"),
    ("plot relu -o", "-o"),
    ("plot relu -z", "-z"),
    ("plot -x", "-- '-x**2'"),
    ("plot relu --grid=yes", "--grid"),
    ("--no-such-option", "--no-such-option"),
    ("help plot", "--help"),
    ("draw relu", "plot"),
    ("plot relu -range 0:1", "--range"),
    ("plot relu -output=a.svg", "--output"),
    ("plot relu -6:6", "--range -6:6"),
    ("plot relu --xlim -6:6", "--range"),
    ("plot relu --figsize 6x4", "--size"),
    ("plot figures.toml", "'figures.toml' is a file: a list of figures goes after --from"),
    ("table relu --from figures.toml", "It is for plot and compare."),
    ("table relu --xlim -6:6", "--range"),
    ("--catalogue mine.toml list", "after the command"),
    ("-d plot relu", "after the command"),
    ("check relu -d", "plot and compare and table"),
    ("info relu --range 0:1", "plot and compare and table"),
    ("plot relu --layout grid", "compare"),
)


@pytest.mark.parametrize(("request_", "words"), WRONG, ids=lambda text: text)
def test_a_wrong_request_is_refused(
    request_: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.toml").write_text("[relu\n")
    Path("unknown.toml").write_text('[mine]\nformla = "x"\n')
    Path("binary.toml").write_bytes(bytes(range(256)))
    assert words in refused(request_.split(), capsys)


@pytest.mark.parametrize("option", ["-V", "-v", "--version"])
def test_the_version(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([option]) == 0
    assert capsys.readouterr().out == f"actviz {__version__}\n"


def test_nothing_is_guessed_that_is_not_near(capsys: pytest.CaptureFixture[str]) -> None:
    """Two edits at most, and no more than a third of the word."""
    assert "Did you mean" not in refused(["list", "nosuch"], capsys)
    assert "Did you mean" not in refused(["plot", "nosuchfunction"], capsys)
    assert "Did you mean hardswish" in refused(["plot", "hrdswsh"], capsys)


def test_what_was_asked_for_as_a_constant_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["table", "c=3", "0*x + 1", "relu", "beta=2", "--at", "-1"]) == 0
    assert capsys.readouterr().out.split() == ["x,c,f,relu,beta", "-1.0,3.0,1.0,0.0,2.0"]


def test_equals_signs_of_short_options() -> None:
    assert run(["plot", "relu", "-o=a.svg", "-o", "b.svg"]) == 0
    assert Path("a.svg").read_bytes() == Path("b.svg").read_bytes()
