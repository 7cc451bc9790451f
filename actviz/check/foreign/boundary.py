"""Somebody's code in a process of its own, with a time limit, as a function of float64 arrays.

What it does to its process does nothing here: it may end it, crash, hang, print, or change numpy.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from actviz.check.dtypes import known_dtype
from actviz.check.foreign.command import Command
from actviz.check.foreign.devices import on
from actviz.check.others import PROBE
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.check.foreign.adapting import Of
    from actviz.check.foreign.calling import Kind
    from actviz.check.foreign.naming import Parameter
    from actviz.check.foreign.serving import Arrays, Message, Words
    from actviz.formula.arrays import Array, Integers

TIMEOUT = 60.0  # seconds for a whole judgement
LONGEST = 10.0**6
LATE = 2  # seconds later the process ends by itself
GRACE = 1.0  # seconds to end for a process that says nothing any more
BROKEN = "broke the connection to the process that judges it"


class Ended(Exception):
    """The code can be asked nothing more; `code` is a key of result.CODES, the text says why."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


class Channel(Protocol):
    """A way to somebody's code."""

    def ask(self, question: str, words: Words, arrays: Arrays = ()) -> Message:
        """The answer; UsageError if the question is refused, Ended if nobody answers any more."""

    def renew(self) -> None:
        """Let the time that it has begin anew."""


class Process:
    """A process that answers as `serving` says, until it is closed or its time is over."""

    def __init__(self, seconds: float) -> None:
        self._asked, self._answered, self._late = 0, 0, False
        self._seconds = seconds
        path = [os.path.abspath(each) for each in sys.path]  # '' is this folder
        begin = f"import sys; sys.path[:] = {path!r}; sys.dont_write_bytecode = True; "
        begin += f"from actviz.check.foreign.serving import main; main({int(seconds) + LATE})"
        command, pipe = [sys.executable, "-c", begin], subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True)
        assert self._process.stdin and self._process.stdout
        self._questions, self._answers = self._process.stdin, self._process.stdout
        self._timer = self._alarm()

    def send(self, question: str, words: Words, arrays: Arrays = ()) -> None:
        """Ask without waiting; a process that has ended is found when its answer is awaited."""
        from actviz.check.foreign.serving import write

        self._asked += 1
        with suppress(OSError):
            identified = {**words, "question": question, "id": self._asked}
            write(self._questions, identified, arrays)

    def receive(self) -> Message:
        """The answer to the first question that has none yet; raises as `ask` does."""
        from actviz.check.foreign.serving import Unreadable, read

        self._answered += 1
        try:
            words, arrays = read(self._answers)
        except (EOFError, OSError):
            raise self._ended() from None
        except Unreadable:
            words, arrays = {}, ()
        if "refused" in words:
            raise UsageError(str(words["refused"]))
        if "ended" in words:
            raise Ended("ends", str(words["ended"]))
        if words.get("id") != self._answered:
            raise Ended("ends", BROKEN)
        return words, arrays

    def ask(self, question: str, words: Words, arrays: Arrays = ()) -> Message:
        """See Channel."""
        self.send(question, words, arrays)
        return self.receive()

    def renew(self) -> None:
        """Let the time begin anew, for code that is asked for a part of very much."""
        self._timer.cancel()
        self._timer = self._alarm()

    def _alarm(self) -> threading.Timer:
        timer = threading.Timer(self._seconds, self._expire)
        timer.daemon = True
        timer.start()
        return timer

    def close(self) -> None:
        """End the process and all that it has started."""
        self._timer.cancel()
        self._kill()
        for stream in (self._questions, self._answers):
            with suppress(OSError):
                stream.close()
        self._process.wait()

    def _expire(self) -> None:
        self._late = True
        self._kill()

    def _kill(self) -> None:
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def _ended(self) -> Ended:
        """How it came to an end, in words."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        code = self._process.poll()
        self._kill()  # all that it has started too
        if self._late:
            return Ended("timeout", f"was not done within {self._timer.interval:g} s (--timeout)")
        if code is None:
            return Ended("ends", BROKEN)
        if code < 0:
            with suppress(ValueError):
                return Ended("ends", f"crashed ({signal.Signals(-code).name})")
        return Ended("ends", f"ended its process (exit code {code})")


class Here:
    """A callable of this process, which is called in it."""

    def __init__(self) -> None:
        from actviz.check.foreign.serving import Service

        self.service = Service()

    def ask(self, question: str, words: Words, arrays: Arrays = ()) -> Message:
        """See Channel."""
        return self.service.answer(question, words, arrays)

    def renew(self) -> None:
        """There is no limit."""


class Tried(NamedTuple):
    """A way in which a gradient may be called, as `gradients.Way`, and the numbers that it gave."""

    numbers: Array
    words: str
    once: bool
    of_output: bool
    diagonal: bool


@dataclass(frozen=True)
class Callee:
    """Somebody's callable, wherever it is; what it is called with, and what it has been seen to do.

    words: how it is called, if that is not the usual way.
    raised: what it raised, by the order and the bits of x.
    seen: codes of what else it does, with words.
    outputs: of a gradient that takes what the function gives at x, that.
    """

    channel: Channel
    number: int
    name: str
    kind: Kind
    dtype: str
    differentiable: bool
    words: str = ""
    raised: dict[int, dict[int, str]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    outputs: Callable[[Array], Array] | None = None

    @classmethod
    def of(cls, channel: Channel, words: Words, dtype: str) -> Callee:
        """What an answer tells of a callable."""
        names = ("number", "name", "kind", "differentiable", "words")
        return cls(channel, dtype=dtype, **{name: words[name] for name in names})

    def value(self, x: Array) -> Array:
        """The results in float64, NaN where it raises, for inputs that the dtype holds exactly.

        Raises UsageError if it returns another shape, Ended if it is no more.
        """
        return self.derivative(x, 0)

    def derivative(self, x: Array, order: int) -> Array:
        """Derivatives by the framework's autograd, as `value`."""
        self._tell(x)
        words, (numbers, which) = self.channel.ask("numbers", self._asked(order=order), (x,))
        self.seen.update(words["seen"])
        there = which >= 0
        texts = [words["raised"][i] for i in which[there].tolist()]
        raised = zip(written(x[there]).tolist(), texts, strict=True)
        self.raised.setdefault(order, {}).update(raised)
        return numbers

    def stretch(self, first: int, count: int, order: int) -> tuple[Array, str]:
        """The results for so many numbers of the dtype by their bits, and what it raised first.

        In float64, or in float32 if that holds them; raises as `value`. It has its time for each
        such stretch.
        """
        self.channel.renew()
        if self.outputs is not None:
            self._tell(known_dtype(self.dtype).numbers(first, count))
        asked = self._asked(order=order, first=first, count=count)
        words, (numbers,) = self.channel.ask("stretch", asked)
        self.seen.update(words["seen"])
        return numbers, words.get("raised", "")

    def arranged(self, x: Array, order: int, how: str) -> Array | None:
        """The same in arrays of another kind, a key of ARRANGEMENTS; None if it takes none."""
        _, arrays = self.channel.ask("arranged", self._asked(order=order, how=how), (x,))
        return arrays[0] if arrays else None

    def chained(self, x: Array, g: Array) -> Array | None:
        """Derivatives for an upstream gradient, as they come back; None if it takes none."""
        _, arrays = self.channel.ask("chained", self._asked(), (x, g))
        return arrays[0] if arrays else None

    def component(self, which: int) -> Callee:
        """A component of a function of vectors, as the first number varies."""
        words, _ = self.channel.ask("component", self._asked(which=which))
        return Callee.of(self.channel, words, self.dtype)

    def line(self, arguments: Sequence[str], given: Mapping[str, float]) -> Callee:
        """A function of pairs along the line on which one of the two is given."""
        asked = self._asked(arguments=list(arguments), given=dict(given))
        words, _ = self.channel.ask("line", asked)
        return Callee.of(self.channel, words, self.dtype)

    def slope(self) -> Callee | None:
        """The derivative that its object has beside it, such as a method called gradient."""
        if self.differentiable:
            return None
        words, _ = self.channel.ask("slope", self._asked())
        return Callee.of(self.channel, words, self.dtype) if words["number"] >= 0 else None

    def ways(self, x: Array, y: Array, vector: bool) -> list[Tried]:
        """The ways in which a gradient may be called, and what it gives at x in each.

        y: the outputs there, of vectors whose first number is x.
        """
        words, numbers = self.channel.ask("ways", self._asked(vector=vector), (x, y))
        return [Tried(each, *told) for told, each in zip(words["ways"], numbers, strict=True)]

    def in_way(
        self, way: int, component: int | None, outputs: Callable[[Array], Array] | None
    ) -> Callee:
        """A gradient as a function of x alone, called in one of the ways; see outputs.

        component: of a vector, the output that is differentiated; None for a function of a number.
        """
        vector = component is not None
        asked = self._asked(way=way, vector=vector, component=component or 0)
        words, _ = self.channel.ask("in_way", asked)
        return replace(Callee.of(self.channel, words, self.dtype), outputs=outputs)

    def _tell(self, x: Array) -> None:
        """What the function gives at x, to a gradient that takes it."""
        if self.outputs is not None:
            self.channel.ask("outputs", self._asked(), (x, self.outputs(x)))

    def returned(self) -> str:
        """The dtype that comes back, such as 'float32'."""
        if self.outputs is not None:
            from numpy import array

            self._tell(array(PROBE))
        words, _ = self.channel.ask("returned", self._asked())
        return str(words["dtype"])

    def _asked(self, **more: Any) -> Mapping[str, Any]:
        return {"number": self.number, **more}


def written(x: Array) -> Integers:
    """Numbers as their bits, which tell NaN and both zeros from all others."""
    return x.view("int64")


Code = str | Command | Callable[..., Any]
BEGINNING = {"find": "loaded", "load": "called for the first time"}  # what is asked of all code


@contextmanager
def opened(
    codes: Sequence[Code],
    dtype: str,
    of: Sequence[Of],
    seconds: float,
    parameters: Sequence[Parameter] = (),
    device: str = "",
) -> Iterator[list[Callee]]:
    """The callables that somebody's code stands for, as long as they are judged.

    of: what each is a function of; parameters: of the function that it should be, for code that
    takes them; device: on which its arrays are, "" for the usual one.
    Named ones are loaded by one process of their own; those of this process are called in it.
    Raises UsageError for what cannot be found or called, or ends, or takes too long.
    """
    named = [code for code in codes if isinstance(code, str | Command)]
    process = Process(seconds) if named else None
    try:
        for code, kind in zip(codes, of, strict=True):
            if process is None or not isinstance(code, str | Command):
                continue
            words = {"dtype": dtype, "of": kind, "parameters": parameters, "device": device}
            for question in BEGINNING:
                process.send(question, {**_named(code), **words})
        import_module("actviz.check.foreign.trials")  # meanwhile
        with on(device):
            yield [
                _judged(code, process, dtype, kind, parameters)
                for code, kind in zip(codes, of, strict=True)
            ]
    finally:
        if process is not None:
            process.close()


def _named(code: str | Command) -> Words:
    """What is told of code, for a process to load it."""
    return {"code": code} if isinstance(code, str) else {"code": code.line, "raw": code.raw}


def _judged(
    code: Code, process: Process | None, dtype: str, of: Of, parameters: Sequence[Parameter]
) -> Callee:
    if not isinstance(code, str | Command):
        here = Here()
        return Callee.of(here, here.service.take(code, dtype, of, parameters), dtype)
    assert process is not None
    for when in BEGINNING.values():
        try:
            words, _ = process.receive()
        except Ended as end:
            name = _named(code)["code"]
            raise UsageError(f"{name!r} cannot be judged: it {end} when it was {when}.") from None
    return Callee.of(process, words, dtype)
