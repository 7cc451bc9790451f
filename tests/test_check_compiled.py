"""Code in other languages: functions of a C library that is compiled here, and programs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Call
from sampled import sampled
from verdicts import curve, failures

from actviz import check
from actviz.check.foreign import compiled
from actviz.errors import UsageError

C = r"""
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
float relu(float x) { return x < 0 ? 0 : x; }
float silu(float x) { return x / (1 + expf(-x)); }
double gelu(double x) { return x == -INFINITY ? -0.0 : 0.5*x*erfc(-x*sqrt(0.5)); }
double quick(double x) { return x / (1 + exp(-1.702*x)); }
double slope(double x) {
    double bell = fabs(x) > 40 ? 0 : exp(-x*x/2)/sqrt(2*M_PI);
    return 0.5*erfc(-x*sqrt(0.5)) + (bell ? x*bell : 0);
}
void relu_array(const float* x, float* y, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = relu(x[i]);
}
int relu_first(int n, double* y, const double* x) {
    for (int i = 0; i < n; i++) y[i] = x[i] < 0 ? 0 : x[i];
    return 0;
}
void relu_in_place(double x[], long n) { for (long i = 0; i < n; i++) if (x[i] < 0) x[i] = 0; }
void relu_bits(const uint16_t* x, uint16_t* y, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) y[i] = x[i] >> 15 && (x[i] & 0x7fff) <= LIMIT ? 0 : x[i];
}
void all_but_one(const float* x, float* y, size_t n) {
    for (size_t i = 0; i + 1 < n; i++) y[i] = relu(x[i]);
}
float crash(float x) { if (x > 3) abort(); return x; }
"""
COMPILER = shutil.which("cc")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler, cc")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("compiled")
    (folder / "code.c").write_text(C)
    assert COMPILER is not None
    for name, limit in (("bfloat16", "0x7f80"), ("float16", "0x7c00")):
        words = [COMPILER, f"-DLIMIT={limit}", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o"]
        target = str(folder / f"{name}.so")
        subprocess.run([*words, target, str(folder / "code.c"), "-lm"], check=True)
    return str(folder / "bfloat16.so")


# the curve, what is called, the dtype that is asked for, and the one in which it is judged
RIGHT = (
    ("relu", "relu", "", "float32"),
    ("relu", "relu", "bfloat16", "bfloat16"),
    ("relu", "relu", "float16", "float16"),
    ("silu", "silu", "", "float32"),
    ("gelu", "double gelu(double)", "", "float64"),
    ("gelu", "extern double gelu ( double x ) ;", "float32", "float32"),
    ("relu", "void relu_array(const float*, float*, size_t)", "", "float32"),
    ("relu", "int relu_first(int n, double *y, const double *x)", "", "float64"),
    ("relu", "void relu_in_place(double x[], long n)", "", "float64"),
    ("relu", "void relu_bits(const uint16_t* __restrict x, uint16_t* y, uint32_t)", "bfloat16",
     "bfloat16"),
)  # fmt: skip


@needs_compiler
@pytest.mark.parametrize(("text", "name", "dtype", "judged"), sampled(RIGHT, 0.25))
def test_right_functions_of_c_pass(
    library: str, text: str, name: str, dtype: str, judged: str
) -> None:
    report = check.code(curve(text), f"{library}:{name}", dtype=dtype)
    assert failures(report) == []
    assert {r.code for r in report.results} <= {
        "agrees", "not-applicable", "called-as", "signed-zero", "infinity-wrong",
        "tolerance-exceeded", "flushed",
    }  # fmt: skip
    [series] = report.errors
    assert series.eps == check.DTYPES[judged].eps


@needs_compiler
def test_what_is_assumed_of_a_bare_name_is_told(library: str) -> None:
    report = check.code(curve("gelu"), f"{library}:gelu")  # which is a double f(double)
    assert not report.ok
    assert "no types are given: it is called as float gelu(float)" in {
        r.message for r in report.results
    }


@needs_compiler
def test_bits_are_those_of_the_format(library: str) -> None:
    name = "void relu_bits(const uint16_t*, uint16_t*, uint32_t)"
    other = library.replace("bfloat16.so", "float16.so")
    assert check.code(curve("relu"), f"{other}:{name}", dtype="float16").ok
    assert not check.code(curve("abs"), f"{other}:{name}", dtype="float16").ok
    with pytest.raises(UsageError, match="--dtype says whether float16 or bfloat16"):
        check.code(curve("relu"), f"{library}:{name}")


@needs_compiler
def test_a_derivative_may_be_c_too(library: str) -> None:
    value, slope = (f"{library}:double {name}(double)" for name in ("gelu", "slope"))
    assert failures(check.code(curve("gelu"), value, slope)) == []
    report = check.code(curve("gelu"), value, value)
    assert "it is the function itself, not its derivative" in {r.message for r in report.results}


# what is called, and the code of a finding
WRONG = (
    ("gelu", "double quick(double)", "other-function"),
    ("relu", "void all_but_one(const float*, float*, size_t)", "nan-wrong"),
    ("x", "crash", "ends"),
)


@needs_compiler
@pytest.mark.parametrize(("text", "name", "finding"), WRONG)
def test_wrong_functions_of_c_fail(library: str, text: str, name: str, finding: str) -> None:
    report = check.code(curve(text), f"{library}:{name}")
    assert finding in {r.code for r in report.results if r.status == "fail"}, report.results


UNKNOWN = (
    "float* f(float)", "double f(float)", "float f(float, float)", "void f(float)", "float f()",
    "void f(const float*, const float*, size_t)", "void f(const float*, double*, size_t)",
    "void f(const float*, float*)", "void f(float**, size_t)", "void f(float*, size_t, int)",
    "int f(int)", "char f(char)", "f(x)", "float f(float", "void f(struct s*, size_t)",
    "_Float16 f(_Float16)", "float f(float) { return 1; }", "",
)  # fmt: skip


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_cannot_be_called_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no function that can be called here|of the form"):
        check.code(curve("relu"), f"./lib.so:{text}")


@needs_compiler
def test_what_is_not_there_is_refused(library: str) -> None:
    for code, told in (
        ("./none.so:f", "cannot be loaded"),
        (f"{library}:nothing", "There is no function 'nothing'"),
    ):
        with pytest.raises(UsageError, match=told):
            check.code(curve("relu"), code)
    with pytest.raises(UsageError, match="cannot be judged in float64: it has float32"):
        check.code(curve("relu"), f"{library}:relu", dtype="float64")
    assert compiled.prototype("relu").type.sets == "float32"


PROGRAM = """
import sys, math
import numpy as np
kind, form = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "%.17g")
if kind == "raw":
    x = np.frombuffer(sys.stdin.buffer.read(), "<f4")
    sys.stdout.buffer.write(np.maximum(x, 0).astype("<f4").tobytes())
    sys.exit()
if kind == "rawer":
    sys.stdout.buffer.write(sys.stdin.buffer.read()[:8])
    sys.exit()
x = [float(line) for line in sys.stdin]
def relu(x): return x if x != x else max(x, 0.0)
def hexadecimal(x): return relu(x).hex()
if kind == "hex": print("\\n".join(map(hexadecimal, x)))
elif kind == "relu": print("\\n".join(form % relu(each) for each in x))
elif kind == "abs": print(" ".join(form % abs(each) for each in x))
elif kind == "short": print("\\n".join(form % each for each in x[1:]))
elif kind == "words": print("\\n".join("one" for each in x))
elif kind == "fails": sys.exit(3)
elif kind == "step": print("\\n".join("1" if each > 0 else "0" for each in x))
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("program") / "gelu program.py"
    path.write_text(PROGRAM)
    return f"{sys.executable} {str(path)!r}"


# what the program does, options, the exit code, and words of what is told
PROGRAMS = (
    ("relu", "relu", (), 0, ""),
    ("relu", "hex", (), 0, ""),
    ("relu", "relu %.9g", ("--dtype", "float32"), 0, ""),
    ("relu", "raw", ("--raw", "--dtype", "float32"), 0, ""),
    ("where(x > 0, 1, 0)", "step", (), 0, ""),
    ("relu", "abs", (), 1, "it matches abs, not relu"),
    ("relu", "relu %f", (), 2, "too few digits to be judged in float64: write %.17g"),
    (
        "relu",
        "relu %g",
        ("--dtype", "float32"),
        2,
        "too few digits to be judged in float32: write %.9g",
    ),
    ("relu", "short", (), 2, "wrote 2 numbers for 3"),
    ("relu", "words", (), 2, "'one' is not a number"),
    ("relu", "fails", (), 2, "exit code 3"),
    ("relu", "raw", ("--raw",), 1, "FAIL"),
    ("relu", "rawer", ("--raw",), 2, "wrote 8 bytes for 24 (3 numbers)"),
    (
        "relu",
        "raw",
        ("--raw", "--dtype", "float32", "--against-derivative", "numpy:exp"),
        1,
        "FAIL wrong",
    ),
    (
        "relu",
        "relu",
        ("--against-derivative", "numpy:abs", "--order", "0"),
        2,
        "--against-derivative is of order 1, which --order leaves out",
    ),
    ("crelu", "relu", (), 2, "code is judged that returns one of them, as 'max(x, 0)' or 'max(-x"),
)


@pytest.mark.parametrize(("text", "does", "options", "code", "told"), sampled(PROGRAMS, 0.1))
def test_programs_are_judged(
    program: str, text: str, does: str, options: tuple[str, ...], code: int, told: str, call: Call
) -> None:
    done = call("check", text, "--command", f"{program} {does}", *options)
    assert done.code == code and told in done.out + done.err, done


def test_what_is_no_program_is_refused(call: Call) -> None:
    for line, told in (
        ("./none", "cannot be run"),
        ("", "needs a program"),
        ("'", "No closing quotation"),
    ):
        done = call("check", "relu", "--command", line)
        assert (done.code, done.out) == (2, "") and told in done.err
    done = call("check", "relu", "--raw")
    assert done.code == 2 and "--raw is for --command" in done.err


def test_a_program_that_never_ends_is_ended(call: Call, tmp_path: Path) -> None:
    done = call("check", "relu", "--command", "sleep 60", "--timeout", "1")
    assert done.code == 2 and "within 1 s" in done.err
