"""Files of recorded values: what is read, what text leaves open, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import Call
from verdicts import curve

from actviz import check, recorded
from actviz.check.dtypes import DTYPES
from actviz.errors import UsageError
from actviz.recorded.arrays import ENCODINGS
from actviz.recorded.writing import WRITERS, written

X = np.array([-1.5, -0.0, 0.25, 3.0, np.inf, np.nan])
Y = np.array([0.5, 0.0, np.nan, -7.0, np.inf, 1.0])
PAIRS = np.column_stack([X, Y])


def saved(path: Path, content: object) -> str:
    """A file of that name with an array, arrays by name, bytes or a text in it."""
    match content:
        case str():
            path.write_text(content)
        case bytes():
            path.write_bytes(content)
        case dict():
            np.savez(path, **content)
        case _:
            np.save(path, content, allow_pickle=True)
    return str(path)


def lines(*numbers: np.ndarray, header: str = "x,y", between: str = ",") -> str:
    rows = [between.join(map(str, row)) for row in zip(*(n.tolist() for n in numbers), strict=True)]
    return "\n".join([header, *rows, ""])


RECORDS = np.array([*map(tuple, PAIRS)], dtype=[("X", "<f8"), ("y", ">f4")])
# the name of a file, what is in it, and the dtype that it is held in
READ = (
    ("a.npy", PAIRS, "float64"),
    ("a.npy", PAIRS.astype("f2"), "float16"),
    ("a.npy", PAIRS.astype(">f4"), "float32"),
    ("a.npy", np.asfortranarray(PAIRS), "float64"),
    ("a.npy", RECORDS, "float32"),
    ("a.npz", {"x": X, "y": Y.astype("f4")}, "float32"),
    ("a.npz", {"Y": Y, "x": X.reshape(-1, 1), "other": X}, "float64"),
    ("a.csv", lines(X, Y), ""),
    ("a.CSV", "\ufeff" + lines(X, Y), ""),
    ("a.csv", "\n\n# " + lines(X, Y, header="x, y"), ""),
    ("a.csv", lines(X, Y, header="X;anything", between=" ; "), ""),
    ("a.csv", lines(X, X, Y, header="x,other,y"), ""),
    ("a.tsv", lines(X, Y, header="x\ty", between="\t").replace("nan", ""), ""),
    ("a.csv", lines(X, Y).replace("0.25", "0x1p-2").replace("\n", "\r\n"), ""),
    ("a.bin", PAIRS.astype("<f4").tobytes(), "float32"),
    ("a.bin", written(PAIRS.ravel(), "bfloat16", ".bin"), "bfloat16"),
)


@pytest.mark.parametrize(("name", "content", "dtype"), READ)
def test_x_and_y_are_read(tmp_path: Path, name: str, content: object, dtype: str) -> None:
    read = recorded.read(saved(tmp_path / name, content), dtype=dtype if "bin" in name else "")
    np.testing.assert_array_equal(read.x, X)
    np.testing.assert_array_equal(read.y, Y)
    assert read.dtype == dtype and read.x.dtype == read.y.dtype == np.float64


ALONE = (
    ("y.npy", Y),
    ("y.npy", Y.reshape(1, -1)),
    ("y.npy", Y.reshape(-1, 1, 1)),
    ("y.npz", {"out": Y}),
    ("y.csv", lines(Y, header="value")),
    ("y.bin", written(Y, "float16", ".bin")),
)


@pytest.mark.parametrize(("name", "content"), ALONE)
@pytest.mark.parametrize("suffix", WRITERS)
def test_y_alone_has_its_x_beside_it(
    tmp_path: Path, name: str, content: object, suffix: str
) -> None:
    beside = saved(tmp_path / f"x{suffix}", written(X, "float16", suffix))
    read = recorded.read(saved(tmp_path / name, content), beside, "float16")
    np.testing.assert_array_equal(read.x, X)
    np.testing.assert_array_equal(read.y, Y)


OBJECTS = np.array([1.0, "a"], dtype=object)
LONG = b"\x93NUMPY\x01\x00\x76\x00" + (
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }".ljust(0x75) + b"\n"
)
# the name of a file, what is in it, what is asked beside it, and words of the refusal
REFUSED = (
    ("a.npy", OBJECTS, {}, "holds Python objects"),
    ("a.npz", {"x": OBJECTS, "y": Y[:2]}, {}, "holds Python objects"),
    ("a.npy", np.zeros((4, 3)), {}, r"has the shape \(4, 3\)"),
    ("a.npy", np.zeros((2, 9)), {}, "transpose it"),
    ("a.npy", np.zeros((0, 2)), {}, "holds no numbers"),
    ("a.npy", np.array(["1", "2"]), {}, "holds <U1"),
    ("a.npy", PAIRS.astype(complex), {}, "holds complex128"),
    ("a.npy", PAIRS > 0, {}, "holds bool"),
    ("a.npy", np.ones((4, 2), "u2"), {"dtype": "bfloat16"}, "cannot be told"),
    ("a.npy", np.zeros(4, "V2"), {}, "is it --dtype bfloat16"),
    ("a.npy", Y, {}, "holds y alone"),
    ("a.npy", b"no array", {}, "not a whole file of numpy's"),
    ("a.npy", LONG, {}, "not a whole file of numpy's"),
    ("a.npz", b"no archive", {}, "not a whole file of numpy's"),
    ("a.npz", {"a": X, "b": Y}, {}, "has the columns a, b, and none is called x"),
    ("a.npz", {"x": X, "y": Y[1:]}, {}, "there must be one for each"),
    ("a.npy", PAIRS, {"inputs": "x.npy"}, "--inputs is for a file of y alone"),
    ("a.npy", Y[1:], {"inputs": "x.npy"}, "there must be one for each"),
    ("a.npy", Y, {"inputs": "a.npz"}, "cannot be read"),
    ("a.bin", b"123", {"dtype": "float16"}, "no whole number of float16"),
    ("a.bin", b"123456", {"dtype": "float16"}, "no pairs of x and y"),
    ("a.bin", b"1234", {}, "--dtype says which"),
    ("a.csv", lines(X, Y, header="").strip(), {}, "has no header"),
    ("a.csv", lines(X, Y, header="nan,inf"), {}, "has no header"),
    ("a.csv", lines(X, Y, header="t,v"), {}, "has the columns t, v, and none is called x"),
    ("a.csv", lines(X, X, Y, header="x,v,w"), {}, "none is called y"),
    ("a.csv", lines(X, Y, header="x,x"), {}, "two columns called 'x'"),
    ("a.csv", "x,y\n1,2\n3\n", {}, "line 3: 1 columns, where the header has 2"),
    ("a.csv", "x,y\n1,two\n", {}, "line 2: 'two' is not a number"),
    ("a.csv", "x,y\n1_0,2\n", {}, "line 2: '1_0' is not a number"),
    ("a.csv", "x;y\n1;0,5\n", {}, "line 2: '0,5' is not a number"),
    ("a.csv", "x,y\n" + 999 * "1" + ",2\n", {}, "is not a number"),
    ("a.csv", "x\n1\n", {}, "none is called y"),
    ("a.csv", "x,y\n", {}, "holds no numbers"),
    ("a.csv", "", {}, "holds no numbers"),
    ("a.csv", b"x,y\n\xff\xfe", {}, "is not text"),
    ("a.csv", "x,y\n1,\0\n", {}, "is not text"),
    ("a.xlsx", "", {}, "is none of the files that are read: .csv"),
)


@pytest.mark.parametrize(("name", "content", "asked", "told"), REFUSED)
def test_what_is_no_recording_is_refused(
    tmp_path: Path,
    name: str,
    content: object,
    asked: dict[str, str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", X)
    saved(Path(name), content)
    with pytest.raises(UsageError, match=told):
        recorded.read(name, **asked)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for suffix in (".csv", ".npy", ".npz", ".bin"):
        with pytest.raises(UsageError, match="No such file"):
            recorded.read(f"{tmp_path}/none{suffix}", dtype="float32")


# how numbers are written, and how far they may then be from what they were, relative or absolute
WRITTEN = (
    ("%.17g", 0.0, 0.0),
    ("%g", 0.5e-5, 0.0),
    ("%f", 0.0, 0.5e-6),
    ("%.3f", 0.0, 0.5e-3),
    ("%e", 0.5e-6, 0.0),
    ("%.9g", 0.5e-8, 0.0),
)


@pytest.mark.parametrize(("form", "relative", "absolute"), WRITTEN)
def test_text_leaves_open_what_its_digits_do(
    tmp_path: Path, form: str, relative: float, absolute: float
) -> None:
    true = np.random.default_rng(1).normal(size=400) * 3
    text = "\n".join(["x,y", *(f"1,{form % y}" for y in true)])
    read = recorded.read(saved(tmp_path / "a.csv", text))
    assert (np.abs(read.y - true) <= read.slack_y + 1e-16 * np.abs(true)).all()
    assert (read.slack_y <= 1.001 * (relative * 10 * np.abs(true) + absolute) + 1e-300).all()
    assert not read.slack_x.any()


def test_whole_numbers_and_short_x_are_what_they_are(tmp_path: Path) -> None:
    read = recorded.read(saved(tmp_path / "a.csv", "x,y\n0.5,1\n0.25,2\n-1.125,-30\n"))
    assert not read.slack_x.any() and not read.slack_y.any()


def test_encodings_are_those_of_the_formats() -> None:
    assert ENCODINGS.keys() == DTYPES.keys()
    every = np.arange(65536, dtype="<u2")
    for dtype in ("float16", "bfloat16"):
        encoding = ENCODINGS[dtype]
        with np.errstate(invalid="ignore"):
            numbers = encoding.decode(every.view(encoding.bits))
            kept = np.isnan(numbers) | (encoding.encode(numbers).view("<u2") == every)
        assert kept.all() and (DTYPES[dtype].rounded(numbers) == numbers)[~np.isnan(numbers)].all()


def test_bfloat16_is_rounded_to_the_nearest_and_of_two_to_the_even() -> None:
    rounded = DTYPES["bfloat16"].rounded
    ulp = 2.0**-7
    given = [1 + ulp / 2, 1 + 1.5 * ulp, 1 + 0.51 * ulp, -1 - 0.49 * ulp, 3.4e38, -0.0, np.inf]
    got = [1, 1 + 2 * ulp, 1 + ulp, -1, np.inf, -0.0, np.inf]
    assert rounded(np.array(given)).tolist() == got
    assert np.signbit(rounded(np.array([-0.0, -1e-300]))).all()
    assert rounded(np.array([2.0**-133, 2.0**-135])).tolist() == [2.0**-133, 0.0]
    assert np.isnan(rounded(np.array([np.nan])))[0]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("suffix", WRITERS)
def test_inputs_are_written_and_read_the_same_every_time(
    call: Call, dtype: str, suffix: str
) -> None:
    for name in ("one", "two"):
        assert call("check", "abs", "--write-inputs", name + suffix, "--dtype", dtype)[:2] == (
            0,
            f"{name}{suffix}\n",
        )
    assert Path("one" + suffix).read_bytes() == Path("two" + suffix).read_bytes()
    np.save("y.npy", expected := check.inputs_to_record([curve("abs")], dtype))
    read = recorded.read("y.npy", f"one{suffix}", dtype)
    np.testing.assert_array_equal(read.x, read.y)
    if DTYPES[dtype].bits <= 11:
        assert read.x.size == 65536 and np.unique(read.x).size > 63000
        assert np.signbit(expected[expected == 0]).sum() == 1
    assert (DTYPES[dtype].rounded(read.x) == read.x)[~np.isnan(read.x)].all()
    assert np.isnan(read.x).any() and {np.inf, -np.inf} < set(read.x.tolist())


def test_inputs_have_the_switches_of_the_curves() -> None:
    x = check.inputs_to_record([curve("softshrink:lambd=0.3141")], "float32")
    assert np.isin(np.float32([0.3141, -0.3141]), x).all()
