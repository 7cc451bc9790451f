"""Where a result goes and how it gets there: names of output files, and writing them whole."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeAlias

from actviz.errors import UsageError, suggest

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

Content: TypeAlias = bytes | Callable[[BinaryIO], None]

STANDARD_OUTPUT = Path("-")
FIELDS = ("name", "ext")  # of a template
TEMPORARY = ".actviz-"  # what the names of temporary files begin with
STOPPING = [s for s in ("SIGTERM", "SIGHUP", "SIGXCPU") if hasattr(signal, s)]

_FIELD = re.compile(r"\{([^{}]*)\}")


def choose_format(
    output: str | None,
    format: str | None,
    suffixes: Mapping[str, str],
    default: str,
    piped: str | None = None,
    formats: Collection[str] = (),
) -> str:
    """The format of a result: the one asked for, else by the suffix of the output's name.

    suffixes: suffix with its dot -> format; several suffixes may mean one format.
    default: where the name has no suffix to go by (no output given, a folder, '{name}.{ext}', a
    device or pipe).
    piped: the format on '-'; None if it must be asked for.
    formats: all that can be asked for, if there are some that no suffix means.

    Raises UsageError if the format or the suffix is unknown, or there is neither.

    >>> choose_format("a.SVG", None, {".png": "png", ".svg": "svg"}, "png")
    'svg'
    """
    formats = list(formats or dict.fromkeys(suffixes.values()))
    if format is not None:
        return known_format(format, formats)
    if output is None or _is_folder(output) or output.endswith("{ext}"):
        return default
    if output == "-":
        if piped is None:
            raise UsageError(f"writing to - needs --format: {', '.join(formats)}.")
        return piped
    if Path(output).is_dir():
        _refuse_folder(output)
    if _is_special(Path(output)):
        return default
    suffix = Path(output).suffix.lower()
    if not suffix:
        raise UsageError(
            f"{output!r} has no suffix to tell the format by: end it in {', '.join(suffixes)}, "
            "or give --format; a folder is written with / at its end."
        )
    return suffixes[_known(suffix, list(suffixes), f"unknown suffix of {output!r}: it is none of")]


def known_format(format: str, formats: Sequence[str]) -> str:
    """The format of that name, whatever its case; UsageError if there is none."""
    return _known(format.lower(), formats, f"unknown format {format!r}: it is none of")


def output_paths(
    output: str | None, names: Sequence[str], suffix: str, otherwise: str = ""
) -> list[Path]:
    """One path for each name, in order; Path('-') stands for standard output.

    output: None (NAME.suffix in the current folder), '-', a file, a folder ending in '/', or a
    template with {name} and {ext}. suffix: of the format, without its dot; otherwise: what else
    can be done with several names and one file.

    Raises UsageError if several names would land on one path, a folder does not exist, a path is
    a folder, or a file could not be written.

    >>> [path.as_posix() for path in output_paths("./{name}.{ext}", ["relu", "elu"], "svg")]
    ['relu.svg', 'elu.svg']
    """
    if output == "-":
        if len(names) > 1:
            raise UsageError(f"- takes one result, not {len(names)}; name a folder, such as out/.")
        return [STANDARD_OUTPUT]
    if output is not None and (not output.strip() or "\0" in output):
        raise UsageError(f"{output!r} is not the name of a file.")
    template = _template(output)
    _check_fields(template)
    if len(names) > 1 and "{name}" not in template:
        raise UsageError(
            f"{output!r} is one file for {len(names)} results; give a folder, such as "
            f"{Path(template).stem}/, or a template, such as {{name}}.{suffix}{otherwise}."
        )
    paths = [_filled(template, name, suffix) for name in names]
    check_distinct(paths, names, "give one of them a label: LABEL=CURVE.")
    for path in paths:
        check_writable(path)
    return paths


def check_distinct(paths: Sequence[Path], names: Sequence[str], advice: str) -> None:
    """Raise UsageError, with the advice, if the results of two names would land on one path."""
    seen: dict[str, str] = {}
    for path, name in zip(paths, names, strict=True):
        place = _place(path)
        if place in seen:
            raise UsageError(
                f"{seen[place]!r} and {name!r} would both be written to {str(path)!r}; {advice}"
            )
        seen[place] = name


def check_once(paths: Sequence[Path]) -> None:
    """Raise UsageError if one result would be written to a path more than once."""
    places = [_place(path) for path in paths]
    for i, place in enumerate(places):
        if place in places[:i]:
            raise UsageError(f"the output {str(paths[i])!r} is given more than once.")


def _place(path: Path) -> str:
    """The same for all names of a file."""
    return os.path.normcase(os.path.realpath(path))


def check_writable(path: Path) -> None:
    """Raise UsageError for what cannot be written to, before any work is done for it."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        _refuse_folder(str(path))
    if not target.parent.is_dir() and not _is_special(path):
        raise UsageError(_missing_folder(target.parent if path.is_symlink() else path.parent))
    place = next(p for p in (path, target.parent) if p.exists())
    if not os.access(place, os.W_OK):
        raise UsageError(f"cannot write {str(path)!r}: no permission to write to {str(place)!r}.")


def check_if_changed(path: Path, if_changed: bool) -> None:
    """Raise UsageError if what may be left alone is no file."""
    if if_changed and path == STANDARD_OUTPUT:
        raise UsageError("--if-changed is about files, and - is none.")


def write(path: Path, content: Content, binary: bool = False, if_changed: bool = False) -> None:
    """Write to standard output if the path is Path('-'), else atomically to the file.

    if_changed: leave a file alone, and its time, that holds these bytes already.

    Raises UsageError if binary content would go to a terminal.
    """
    if path == STANDARD_OUTPUT:
        write_standard_output(content, binary)
    else:
        write_atomically(path, content, if_changed)


def write_standard_output(content: Content, binary: bool = False) -> None:
    """Write nothing but the content to standard output.

    Raises UsageError if it is binary and standard output is a terminal.
    """
    if binary and sys.stdout.isatty():
        raise UsageError(
            "this format is not text and would garble the terminal; "
            "send it to a file with -o, or into a pipe."
        )
    sys.stdout.flush()
    _fill(sys.stdout.buffer, content)
    sys.stdout.buffer.flush()


def write_atomically(path: Path, content: Content, if_changed: bool = False) -> None:
    """Write a file that is there whole or not at all.

    content: the bytes, or a function that writes them to the binary stream it is given.

    The bytes go to a temporary file in the same folder, are brought to the disk and then take the
    place of the file at once. Whatever happens before that, the old file stays as it was and the
    temporary one goes: it has no name until it is whole where the system can do that; else an
    exception or a signal to stop removes it, and what SIGKILL leaves goes when the next process
    writes to the folder. A new file has the permissions of the umask, an old one keeps its own. A
    symbolic link stays and the file it points to is replaced; what is no regular file, such as
    /dev/null or a named pipe, is written to as it is.

    if_changed: leave a file alone, and its time, that holds these bytes already.

    Raises UsageError if the file cannot be written to; an OSError such as a full disk and what
    the function raises pass through.
    """
    target = Path(os.path.realpath(path))
    check_writable(path)
    if _is_special(path):
        with path.open("wb") as stream:
            _fill(stream, content)
        return
    _sweep(target.parent)
    temporary = target.with_name(f"{TEMPORARY}{os.urandom(8).hex()}.tmp")
    with _stopped_by_exception():
        try:
            with _unnamed(target.parent) or _created(temporary, path) as stream:
                _fill(stream, content)
                stream.flush()
                if if_changed and _holds_same_bytes(target, stream):
                    return
                os.fsync(stream.fileno())
                if not temporary.exists():
                    _give_name(stream, temporary)
                _take_permissions(temporary, target)
                os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)


def _fill(stream: BinaryIO, content: Content) -> None:
    if isinstance(content, bytes):
        stream.write(content)
    else:
        content(stream)


def _holds_same_bytes(target: Path, stream: BinaryIO) -> bool:
    """Whether the target is a file that holds what has been written to the stream."""
    stream.seek(0)
    if not target.is_file() or target.stat().st_size != os.fstat(stream.fileno()).st_size:
        return False
    with target.open("rb") as old:
        pieces = (iter(partial(each.read, 1 << 20), b"") for each in (old, stream))
        return all(a == b for a, b in zip(*pieces, strict=True))


def _unnamed(folder: Path) -> BinaryIO | None:
    """A file without a name, which goes with its process; None if the system has no such thing."""
    if not hasattr(os, "O_TMPFILE"):
        return None
    try:
        number = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o666)
    except OSError:
        return None
    return _locked(os.fdopen(number, "w+b"))


def _created(temporary: Path, path: Path) -> BinaryIO:
    try:
        return _locked(temporary.open("x+b"))
    except OSError as error:
        raise UsageError(f"cannot write {str(path)!r}: {error.strerror}.") from error


def _give_name(stream: BinaryIO, temporary: Path) -> None:
    """Let a file without a name have one; where /proc is missing, a copy of it."""
    number = stream.fileno()
    try:
        os.link(f"/proc/self/fd/{number}", temporary, src_dir_fd=number, follow_symlinks=True)
    except OSError:
        stream.seek(0)
        with _locked(temporary.open("xb")) as copy:
            shutil.copyfileobj(stream, copy)
            copy.flush()
            os.fsync(copy.fileno())


def _locked(stream: BinaryIO) -> BinaryIO:
    """The stream, its file marked as that of a living process."""
    if fcntl is not None:
        with suppress(OSError):  # a file system without locks: nothing is swept there
            fcntl.flock(stream, fcntl.LOCK_EX)
    return stream


@cache
def _sweep(folder: Path) -> None:
    """Remove the temporary files that killed processes have left: those that nobody locks.

    An empty one may have been made just now and not be locked yet, so it is left for a minute.
    """
    for path in folder.glob(f"{TEMPORARY}*.tmp") if fcntl is not None else ():
        with suppress(OSError), path.open("rb") as stream:
            found = path.stat()
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if found.st_size or found.st_mtime < time.time() - 60:
                path.unlink()


def _take_permissions(temporary: Path, target: Path) -> None:
    """Give the new file the mode and, where allowed, the owner of the one it replaces."""
    with suppress(FileNotFoundError):
        old = target.stat()
        if hasattr(os, "chown"):
            with suppress(PermissionError):
                os.chown(temporary, old.st_uid, old.st_gid)
        os.chmod(temporary, stat.S_IMODE(old.st_mode))


@contextmanager
def _stopped_by_exception() -> Iterator[None]:
    """Let the signals that end a process raise SystemExit instead, so that files are removed.

    Only the main thread may set handlers, and a handler that somebody else set stays.
    """
    set_here: list[signal.Signals] = []

    def stop(number: int, frame: object) -> NoReturn:
        for each in set_here:  # a second signal must not disturb the clearing up
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    if threading.current_thread() is threading.main_thread():
        for name in STOPPING:
            number = signal.Signals[name]
            if signal.getsignal(number) is signal.SIG_DFL:
                set_here.append(number)
                signal.signal(number, stop)
    try:
        yield
    finally:
        for number in set_here:
            signal.signal(number, signal.SIG_DFL)


def _known(word: str, known: Sequence[str], complaint: str) -> str:
    if word not in known:
        raise UsageError(f"{complaint} {', '.join(known)}.{suggest(word, known)}")
    return word


def _is_special(path: Path) -> bool:
    """Whether the path is something that must not be replaced: a device, a pipe, a socket."""
    return path.exists() and not path.is_file()


def _is_folder(output: str) -> bool:
    return output.endswith(("/", os.sep))


def _template(output: str | None) -> str:
    if output is None:
        return "{name}.{ext}"
    if not _is_folder(output):
        return output
    if not Path(output).is_dir() and "{" not in output:
        raise UsageError(_missing_folder(Path(output)))
    return output + "{name}.{ext}"


def _check_fields(template: str) -> None:
    for field in _FIELD.findall(template):
        if field not in FIELDS:
            raise UsageError(
                f"unknown field {{{field}}} in {template!r}; there are {{name}} and {{ext}}."
                f"{suggest(field, FIELDS)}"
            )


def _filled(template: str, name: str, suffix: str) -> Path:
    fields = dict(zip(FIELDS, (name, suffix), strict=True))
    return Path(_FIELD.sub(lambda match: fields[match[1]], template))


def _missing_folder(folder: Path) -> str:
    if folder.exists():
        return f"{str(folder)!r} is a file, not a folder."
    return f"there is no folder {str(folder)!r}; make it first: mkdir -p {folder}"


def _refuse_folder(output: str) -> NoReturn:
    raise UsageError(f"{output!r} is a folder; write {output.rstrip('/')}/ to put files into it.")
