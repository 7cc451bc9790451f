"""Names of output files, and files that are there whole or not at all."""

import io
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from actviz import files
from actviz.errors import UsageError

SUFFIXES = {".png": "png", ".svg": "svg", ".md": "markdown", ".markdown": "markdown"}

# output, --format -> format
FORMATS = [
    (None, None, "png"),
    (None, "svg", "svg"),
    (None, "SVG", "svg"),
    ("out/", None, "png"),
    ("out/{name}.{ext}", None, "png"),
    ("out/{name}.{ext}", "svg", "svg"),
    ("out/{name}.svg", None, "svg"),
    ("a.SVG", None, "svg"),
    ("a.md", None, "markdown"),
    ("v1.2/a.markdown", None, "markdown"),
    ("a.svg", "png", "png"),
    ("a", "svg", "svg"),
    ("-", "svg", "svg"),
]

WRONG_FORMATS = [
    (None, "jpg", "unknown format 'jpg': it is none of png, svg, markdown"),
    (None, "pgn", "Did you mean png?"),
    ("a.jpg", None, "unknown suffix of 'a.jpg': it is none of .png, .svg, .md, .markdown"),
    ("a.sgv", None, "Did you mean .svg?"),
    ("a", None, "'a' has no suffix"),
    ("v1.2/{name}", None, "has no suffix"),
    ("-", None, "needs --format: png, svg, markdown"),
    (".", None, "is a folder; write"),
]

# output, names -> paths
PATHS = [
    (None, ["relu", "elu"], ["relu.svg", "elu.svg"]),
    ("figures/", ["relu", "elu"], ["figures/relu.svg", "figures/elu.svg"]),
    ("figures/{name}.{ext}", ["relu"], ["figures/relu.svg"]),
    ("figures/{name}_{name}.svg", ["a", "b"], ["figures/a_a.svg", "figures/b_b.svg"]),
    ("{name}/relu.svg", ["figures"], ["figures/relu.svg"]),
    ("one.svg", ["relu"], ["one.svg"]),
    ("a{b.svg", ["relu"], ["a{b.svg"]),
    ("-", ["relu"], ["-"]),
]

WRONG_PATHS = [
    ("one.svg", ["a", "b"], "one file for 2 results; give a folder, such as one/"),
    ("-", ["a", "b"], "- takes one result, not 2"),
    ("figures/x.{ext}", ["a", "b"], "one file for 2 results"),
    ("missing/", ["a"], "no folder 'missing'; make it first: mkdir -p missing"),
    ("missing/a.svg", ["a"], "no folder 'missing'"),
    ("{name}/a.svg", ["figures", "b"], "no folder 'b'"),
    ("figures", ["a"], "'figures' is a folder; write figures/ to put files into it"),
    ("file.svg/", ["a"], "'file.svg' is a file, not a folder"),
    ("file.svg/a.svg", ["a"], "'file.svg' is a file, not a folder"),
    ("{nam}.svg", ["a"], "unknown field {nam}"),
    ("{nam}.svg", ["a"], "Did you mean name?"),
    ("{name.__class__}.svg", ["a"], "unknown field {name.__class__}"),
    ("{}.svg", ["a"], "unknown field {}"),
    ("", ["a"], "is not the name of a file"),
    ("a\0.svg", ["a"], "is not the name of a file"),
    (None, ["same", "same"], "'same' and 'same' would both be written to 'same.svg'"),
    ("figures/{name}.svg", ["a", "../figures/a"], "would both be written"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures").mkdir()
    (tmp_path / "file.svg").write_bytes(b"old")
    return tmp_path


@pytest.mark.parametrize(("output", "asked", "expected"), FORMATS)
def test_format(output, asked, expected):
    assert files.choose_format(output, asked, SUFFIXES, "png") == expected


@pytest.mark.parametrize(("output", "asked", "message"), WRONG_FORMATS)
def test_wrong_format(output, asked, message):
    with pytest.raises(UsageError) as refusal:
        files.choose_format(output, asked, SUFFIXES, "png")
    assert message in str(refusal.value)


def test_format_of_standard_output_may_have_a_default():
    assert files.choose_format("-", None, SUFFIXES, "png", piped="markdown") == "markdown"


def test_a_format_that_no_suffix_means_is_asked_for() -> None:
    formats = ("png", "svg", "markdown", "part")
    assert files.choose_format("a.md", "part", SUFFIXES, "png", formats=formats) == "part"
    with pytest.raises(UsageError, match="it is none of png, svg, markdown, part"):
        files.choose_format("-", "whole", SUFFIXES, "png", formats=formats)


@pytest.mark.parametrize(("output", "names", "expected"), PATHS)
def test_paths(output, names, expected):
    assert files.output_paths(output, names, "svg") == list(map(Path, expected))


@pytest.mark.parametrize(("output", "names", "message"), WRONG_PATHS)
def test_wrong_paths(folder, output, names, message):
    before = sorted(folder.rglob("*"))
    with pytest.raises(UsageError) as refusal:
        files.output_paths(output, names, "svg")
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert sorted(folder.rglob("*")) == before


def test_what_may_not_be_written_is_refused_before_the_work(monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as for anyone but root
    for output in ("file.svg", "figures/"):
        with pytest.raises(UsageError, match="no permission to write to"):
            files.output_paths(output, ["a"], "svg")
    with pytest.raises(UsageError, match="no permission to write to"):
        files.write_atomically(Path("file.svg"), b"new")
    assert Path("file.svg").read_bytes() == b"old"


@pytest.mark.parametrize("content", [b"new", lambda stream: stream.write(b"new") and None])
@pytest.mark.parametrize("name", ["file.svg", "other.svg", "figures/" + "long" * 62 + ".svg"])
def test_written_whole(folder, content, name, temporary):
    files.write_atomically(Path(name), content)
    assert Path(name).read_bytes() == b"new"
    assert not leftovers(folder)


@pytest.mark.parametrize("fresh", [b"old", b"new", b"ol", b"older", b""])
def test_a_file_of_the_same_bytes_keeps_its_time(folder, fresh, temporary):
    os.utime("file.svg", (10, 10))
    for content in (fresh, lambda stream: stream.write(fresh) and None):
        files.write(Path("file.svg"), content, if_changed=True)
        assert Path("file.svg").read_bytes() == fresh
        assert (Path("file.svg").stat().st_mtime == 10) == (fresh == b"old")
    files.write(Path("file.svg"), fresh)
    assert Path("file.svg").stat().st_mtime > 10
    files.write(Path("other.svg"), fresh, if_changed=True)
    assert Path("other.svg").read_bytes() == fresh
    assert not leftovers(folder)
    with pytest.raises(UsageError, match="--if-changed is about files"):
        files.check_if_changed(files.STANDARD_OUTPUT, True)


def leftovers(folder):
    return [path for path in folder.rglob("*") if path.name.startswith(".actviz-")]


def fails_half_way(stream):
    stream.write(b"half of the new")
    stream.flush()
    raise RuntimeError("out of ink")


@pytest.mark.parametrize("name", ["file.svg", "other.svg"])
def test_a_failure_leaves_things_as_they_were(folder, name, temporary):
    before = {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}
    with pytest.raises(RuntimeError, match="out of ink"):
        files.write_atomically(Path(name), fails_half_way)
    assert {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")} == before


def test_a_reader_never_sees_a_part_of_a_file(folder):
    versions = [bytes([65 + i]) * 200_000 for i in range(4)]
    files.write_atomically(Path("file.svg"), versions[0])
    seen, done = set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add(Path("file.svg").read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(60):
        files.write_atomically(Path("file.svg"), versions[i % 4])
    done.set()
    reader.join()
    assert seen <= set(versions)


SLOW = """
import sys, time
from pathlib import Path
from actviz.files import write_atomically

def slow(stream):
    stream.write(b"half")
    stream.flush()
    print("writing", flush=True)
    time.sleep(60)

write_atomically(Path("file.svg"), slow)
"""


@pytest.fixture(params=["unnamed", "named"])
def temporary(request, monkeypatch):
    """Whether temporary files can do without a name."""
    if request.param == "unnamed" and not hasattr(os, "O_TMPFILE"):
        pytest.skip("no files without a name here")
    if request.param == "named":
        monkeypatch.setattr(files, "_unnamed", lambda folder: None)
    return request.param


def stopped_while_writing(number, temporary):
    """A process that writes half of file.svg and is then sent a signal."""
    code = SLOW if temporary == "unnamed" else f"import os\ndel os.O_TMPFILE\n{SLOW}"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Path(files.__file__).parents[1])},
        preexec_fn=lambda: (
            signal.signal(number, signal.SIG_DFL)
            if number != signal.SIGINT
            else signal.signal(number, signal.default_int_handler)
        ),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_stop_leaves_things_as_they_were(folder, number, temporary):
    with stopped_while_writing(number, temporary) as process:
        assert process.stdout.readline() == b"writing\n"
        assert bool(leftovers(folder)) == (temporary == "named")
        process.send_signal(number)
        assert process.wait(timeout=10) in (128 + number, -number, 1)
    assert Path("file.svg").read_bytes() == b"old"
    assert not leftovers(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks files in another way")
def test_what_a_killed_process_leaves_is_cleared_up_and_nothing_else(folder, temporary):
    with stopped_while_writing(signal.SIGTERM, temporary) as process:
        assert process.stdout.readline() == b"writing\n"
        alive = leftovers(folder)
        files._sweep.cache_clear()
        files.write_atomically(Path("other.svg"), b"new")
        assert leftovers(folder) == alive  # it may still be written to
        process.kill()
    assert Path("file.svg").read_bytes() == b"old"
    assert bool(leftovers(folder)) == (temporary == "named")
    Path(".actviz-fresh.tmp").touch()  # as if made just now, by a process that will lock it next
    Path(".actviz-old.tmp").touch()
    os.utime(".actviz-old.tmp", (10, 10))
    Path(".actviz-keep.toml").touch()
    files._sweep.cache_clear()
    files.write_atomically(Path("file.svg"), b"new")
    kept = [".actviz-fresh.tmp", ".actviz-keep.toml"]
    assert sorted(path.name for path in leftovers(folder)) == kept


def test_without_a_list_of_open_files_a_copy_is_named(folder, monkeypatch):
    """Where /proc is missing a file without a name cannot be given one."""

    def fails(*arguments, **options):
        raise FileNotFoundError

    monkeypatch.setattr(os, "link", fails)
    Path("file.svg").chmod(0o604)
    files.write_atomically(Path("file.svg"), b"new")
    assert Path("file.svg").read_bytes() == b"new"
    assert stat.S_IMODE(Path("file.svg").stat().st_mode) == 0o604
    assert not leftovers(folder)


def test_handlers_of_signals_are_given_back(folder):
    before = [signal.getsignal(getattr(signal, name)) for name in files.STOPPING]
    files.write_atomically(Path("file.svg"), b"new")
    with pytest.raises(RuntimeError):
        files.write_atomically(Path("file.svg"), fails_half_way)
    assert [signal.getsignal(getattr(signal, name)) for name in files.STOPPING] == before


def test_another_thread_writes_too(folder):
    thread = threading.Thread(target=files.write_atomically, args=(Path("file.svg"), b"new"))
    thread.start()
    thread.join()
    assert Path("file.svg").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_permissions(folder, temporary):
    old_umask = os.umask(0o027)
    try:
        files.write_atomically(Path("fresh.svg"), b"new")
        Path("file.svg").chmod(0o604)
        files.write_atomically(Path("file.svg"), b"new")
    finally:
        os.umask(old_umask)
    assert stat.S_IMODE(Path("fresh.svg").stat().st_mode) == 0o640
    assert stat.S_IMODE(Path("file.svg").stat().st_mode) == 0o604


def test_a_symbolic_link_stays_one(folder):
    for name, target in {"link.svg": "file.svg", "dangling.svg": "figures/fresh.svg"}.items():
        Path(name).symlink_to(target)
        files.write_atomically(Path(name), b"new")
        assert Path(name).is_symlink()
        assert Path(target).read_bytes() == b"new"
        assert not Path(target).is_symlink()
    Path("astray.svg").symlink_to("missing/a.svg")
    with pytest.raises(UsageError, match="there is no folder"):
        files.write_atomically(Path("astray.svg"), b"new")


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices here")
def test_a_device_is_written_to_and_stays_a_device():
    assert files.choose_format("/dev/null", None, SUFFIXES, "png") == "png"
    assert files.output_paths("/dev/null", ["a"], "svg") == [Path("/dev/null")]
    files.write_atomically(Path("/dev/null"), b"new")
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_written_to():
    os.mkfifo("pipe.svg")
    received = []
    reader = threading.Thread(target=lambda: received.append(Path("pipe.svg").read_bytes()))
    reader.start()
    files.write_atomically(Path("pipe.svg"), b"new")
    reader.join(timeout=10)
    assert received == [b"new"]
    assert stat.S_ISFIFO(Path("pipe.svg").stat().st_mode)


class Terminal(io.TextIOWrapper):
    def isatty(self):
        return True


@pytest.mark.parametrize("stream", [io.TextIOWrapper, Terminal])
@pytest.mark.parametrize("binary", [False, True])
def test_standard_output(monkeypatch, stream, binary):
    received = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", stream(received))
    print("before", end=" ")
    if binary and stream is Terminal:
        with pytest.raises(UsageError, match="garble the terminal"):
            files.write(files.STANDARD_OUTPUT, b"\x00\xff", binary=True)
        return
    files.write(files.STANDARD_OUTPUT, b"\x00\xff", binary=binary)
    assert received.getvalue() == b"before \x00\xff"


def test_write_takes_a_path_too():
    files.write(Path("new.svg"), b"new", binary=True)
    assert Path("new.svg").read_bytes() == b"new"
