"""What is asked of somebody's code, by name, and the process that answers it.

Questions and answers are words, as JSON, and arrays, as their bytes: nothing that runs when it is
read.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import IO, TYPE_CHECKING, Any

# as they are before the code is loaded
from numpy import ascontiguousarray, dtype, float32, frombuffer, full, int32, ndarray

from actviz.check.dtypes import known_dtype
from actviz.check.foreign.adapting import Of, adapted, component, line
from actviz.check.foreign.arranging import arranged
from actviz.check.foreign.attempt import attempt
from actviz.check.foreign.calling import Foreign, quietly, told
from actviz.check.foreign.devices import CHOSEN
from actviz.check.foreign.gradients import Slope, Way, tried
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.check.foreign.loading import Loaded

DTYPES = ("float64", "float32", "float16", "int64", "int32", "uint32", "uint16")  # that may cross
MOST_TEXTS = 1000  # of what it raised: of more the kind alone is told
LENGTH = 8  # bytes that say how long the words are
LONGEST = 1 << 30  # bytes of words

Words = Mapping[str, Any]
Arrays = Sequence[ndarray[Any, Any]]
Message = tuple[Words, Arrays]


class Service:
    """Callables by number, and the answers to what is asked of them."""

    def __init__(self) -> None:
        self._callables: list[Foreign] = []
        self._slopes: dict[int, Callable[..., Any]] = {}
        self._programs: set[int] = set()
        self._found: list[Any] = []
        self._ways: dict[int, list[Way]] = {}

    def answer(self, question: str, words: Words, arrays: Arrays) -> Message:
        """The answer to a question of the table; UsageError as it says."""
        return QUESTIONS[question](self, words, arrays)

    def keep(self, foreign: Foreign) -> Words:
        """What is told of a callable, its number among it."""
        self._callables.append(foreign)
        return {
            "number": len(self._callables) - 1,
            "name": foreign.name,
            "kind": foreign.kind,
            "differentiable": foreign.differentiable,
            "words": foreign.words,
        }

    def take(self, function: Callable[..., Any], format: str, of: Of, parameters: Any) -> Words:
        """Keep a callable of this process."""
        from actviz.check.foreign.loading import taken

        name = getattr(function, "__qualname__", None) or type(function).__name__
        return self._loaded(taken(name, function, format, parameters, of))

    def _loaded(self, loaded: Loaded) -> Words:
        told = self.keep(loaded.code)
        if loaded.slope is not None:
            self._slopes[told["number"]] = loaded.slope
        return told

    def _find(self, words: Words, arrays: Arrays) -> Message:
        """A command is a program; anything else is loaded. Nothing of it is called yet."""
        from actviz.check.foreign.command import Command
        from actviz.check.foreign.loading import find

        code, dtype = words["code"], words["dtype"]
        CHOSEN.set(words.get("device", ""))
        program = "raw" in words
        found = Command(code, words["raw"]).function(dtype) if program else find(code, dtype)
        self._found.append(found)
        return {}, ()

    def _load(self, words: Words, arrays: Arrays) -> Message:
        """The callable that was found first and has not been asked for."""
        from actviz.check.foreign.loading import load, of_arrays
        from actviz.check.foreign.naming import Parameter

        code, dtype, of = words["code"], words["dtype"], words.get("of", "number")
        found = self._found.pop(0)
        if "raw" in words:
            told = self.keep(of_arrays(code, found, dtype, of))
            self._programs.add(told["number"])
            return told, ()
        parameters = [Parameter(*each) for each in words.get("parameters", ())]
        return self._loaded(load(code, found, dtype, parameters, of)), ()

    def _slope(self, words: Words, arrays: Arrays) -> Message:
        """The derivative that the object of a callable has, if it has one that can be called."""
        number = words["number"]
        if number not in self._slopes:
            return {"number": -1}, ()
        value = self._callables[number]
        try:
            return self.keep(adapted(value.name, self._slopes[number], value.dtype)), ()
        except UsageError:
            return {"number": -1}, ()

    def _component(self, words: Words, arrays: Arrays) -> Message:
        return self.keep(component(self._callables[words["number"]], words["which"])), ()

    def _line(self, words: Words, arrays: Arrays) -> Message:
        foreign = self._callables[words["number"]]
        return self.keep(line(foreign, words["arguments"], words["given"])), ()

    def _arranged(self, words: Words, arrays: Arrays) -> Message:
        """A program takes no arrays, and is not run for every few numbers."""
        number = words["number"]
        if number in self._programs:
            return {}, ()
        foreign, (x,) = self._callables[number], arrays
        found = arranged(foreign, x, words["order"], words["how"])
        return {}, () if found is None else (found,)

    def _ways_of(self, words: Words, arrays: Arrays) -> Message:
        """In which ways a gradient may be called, and what it gives at the first of the arrays."""
        number, (x, y) = words["number"], arrays
        found = list(tried(self._callables[number], words["vector"], x, y))
        self._ways[number] = [way for way, _ in found]
        told = [[way.words, way.once, "y" in way.roles, way.diagonal] for way, _ in found]
        return {"ways": told}, [numbers for _, numbers in found]

    def _in_way(self, words: Words, arrays: Arrays) -> Message:
        """A gradient as a function of x alone, called in one of its ways."""
        foreign = self._callables[words["number"]]
        way = self._ways[words["number"]][words["way"]]
        slope = Slope(foreign.function, way, foreign.dtype, words["vector"], words["component"])
        told = "; ".join(filter(None, (foreign.words, way.words)))
        return self.keep(replace(foreign, function=slope, kind=way.kind, words=told)), ()

    def _outputs(self, words: Words, arrays: Arrays) -> Message:
        """Take note of the outputs at the x at which a gradient will be asked."""
        slope = self._callables[words["number"]].function
        assert isinstance(slope, Slope)
        slope.tell(*arrays)
        return {}, ()

    def _chained(self, words: Words, arrays: Arrays) -> Message:
        """What comes back for an upstream gradient, if the callable takes one and can do so."""
        x, g = arrays
        try:
            with quietly():
                found = self._callables[words["number"]].chained(x, g)
        except (Exception, SystemExit):
            found = None
        return {}, () if found is None else (found,)

    def _returned(self, words: Words, arrays: Arrays) -> Message:
        return {"dtype": self._callables[words["number"]].returned()}, ()

    def _numbers(self, words: Words, arrays: Arrays) -> Message:
        """What it raised is told as texts, and an array of which of them was raised where."""
        found = attempt(self._callables[words["number"]], arrays[0], words["order"])
        which, texts = full(found.numbers.shape, -1, int32), dict[str, int]()
        for place, text in found.raised.items():
            known = text if text in texts or len(texts) < MOST_TEXTS else text.split(":")[0]
            which[place] = texts.setdefault(known, len(texts))
        return {"raised": list(texts), "seen": found.seen}, (found.numbers, which)

    def _stretch(self, words: Words, arrays: Arrays) -> Message:
        """The same for numbers given by their bits, in few bytes if the results allow that."""
        foreign = self._callables[words["number"]]
        x = known_dtype(foreign.dtype).numbers(words["first"], words["count"])
        found = attempt(foreign, x, words["order"])
        answer: dict[str, Any] = {"seen": found.seen}
        if found.raised:
            place = min(found.raised)
            answer |= {"raised": found.raised[place], "place": place}
        short = found.numbers.astype(float32)
        same = (short == found.numbers) | (found.numbers != found.numbers)
        return answer, (short if same.all() else found.numbers,)


# A row: what is asked, and who answers.
QUESTIONS: dict[str, Callable[[Service, Words, Arrays], Message]] = {
    "find": Service._find,
    "load": Service._load,
    "slope": Service._slope,
    "component": Service._component,
    "line": Service._line,
    "arranged": Service._arranged,
    "ways": Service._ways_of,
    "in_way": Service._in_way,
    "outputs": Service._outputs,
    "chained": Service._chained,
    "returned": Service._returned,
    "numbers": Service._numbers,
    "stretch": Service._stretch,
}


RENEWING = ("stretch",)  # for each of which there is as much time


# --- words and arrays as bytes ------------------------------------------------------------------


class Unreadable(ValueError):
    """Bytes that are no message."""


def write(stream: IO[bytes], words: Words, arrays: Arrays) -> None:
    """Write a message; OSError if nobody reads it."""
    shapes = [[str(each.dtype), *each.shape] for each in arrays]
    text = json.dumps({"words": words, "arrays": shapes}).encode()
    stream.write(len(text).to_bytes(LENGTH, "little") + text)
    for each in arrays:
        stream.write(ascontiguousarray(each).data)
    stream.flush()


def read(stream: IO[bytes]) -> Message:
    """Read a message; EOFError at the end of the stream, Unreadable for what is none."""
    length = int.from_bytes(_bytes(stream, LENGTH), "little")
    if length > LONGEST:
        raise Unreadable
    try:
        message = json.loads(_bytes(stream, length))
        words, shapes = message["words"], message["arrays"]
        forms = [(dtype(name), tuple(shape)) for name, *shape in shapes if name in DTYPES]
        sizes = [form.itemsize * prod(shape) for form, shape in forms]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unreadable from error
    if len(forms) != len(shapes) or not isinstance(words, dict) or min(sizes, default=0) < 0:
        raise Unreadable
    held = [_bytes(stream, size) for size in sizes]
    return words, [
        frombuffer(each, form).reshape(shape)
        for each, (form, shape) in zip(held, forms, strict=True)
    ]


def _bytes(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


# --- the process --------------------------------------------------------------------------------


def main(seconds: int) -> None:
    """Answer what comes by standard input, in order, until it ends or the time is over.

    What the code prints goes to standard error, and it reads nothing. It ends without the handlers
    that the code may have left, and so does every copy of this process that the code makes.
    """
    questions, answers = _apart()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for who asks, and who ends this process
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)  # if who asks is no more
    service, process, end = Service(), os.getpid(), os._exit
    while os.getpid() == process:
        try:
            words, arrays = read(questions)
        except (EOFError, OSError):
            break
        if words.get("question") in RENEWING and hasattr(signal, "alarm"):
            signal.alarm(seconds)
        message = _answered(service, words, arrays)
        if os.getpid() == process:
            write(answers, *message)
    end(0)


def _answered(service: Service, words: Words, arrays: Arrays) -> Message:
    """The answer with the number of the question, or why there is none."""
    try:
        answer, numbers = service.answer(words["question"], words, arrays)
        return {**answer, "id": words["id"]}, numbers
    except UsageError as error:
        return {"refused": str(error), "id": words["id"]}, ()
    except BaseException as error:  # KeyboardInterrupt and GeneratorExit: the code's own
        return {"ended": f"raised {told(error)}", "id": words["id"]}, ()


def _apart() -> tuple[IO[bytes], IO[bytes]]:
    """The standard streams for us alone; in their places nothing, and standard error."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # there is no standard error
        os.dup2(nothing, 1)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    return questions, answers
