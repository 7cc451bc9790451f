"""Work spread over processes that inherit all that has been loaded.

Each worker has a connection of its own. That of a worker which dies breaks, so that only what it
was at is lost; and when this process dies, however it does, the workers' ends break and they end.
"""

from __future__ import annotations

import os
import signal
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from actviz.errors import UsageError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

ENDING = frozenset({signal.SIGINT, signal.SIGTERM})
AHEAD = 2  # what a worker is asked for at once, so that it need not wait for its next work


@dataclass(eq=False)
class Worker:
    """A process, the connection to it, and the numbers that it has been asked for."""

    process: BaseProcess
    connection: Connection[Any, Any]
    asked: deque[int] = field(default_factory=deque)

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.process.terminate()
        self.process.join()
        self.connection.close()


def available() -> bool:
    """Whether a process can inherit what has been loaded here."""
    return hasattr(os, "fork")


def spread(
    work: Callable[[int], Any], numbers: Sequence[int], count: int, begin: Callable[[], None]
) -> Iterator[Any]:
    """The result of the work for each of the numbers, in order, by so many processes.

    begin: what a process does first. A result that is lost with its process is a UsageError.
    """
    waiting, results = deque(numbers), dict[int, Any]()
    workers: list[Worker] = []
    with _ended_by_exception():
        try:
            for number in numbers:
                while number not in results:
                    while waiting and len(workers) < count:
                        workers.append(_started(work, begin, workers))
                    _ask(workers, waiting)
                    _take_answers(workers, waiting, results)
                yield results.pop(number)
        finally:
            for worker in workers:
                worker.end()


def _ask(workers: list[Worker], waiting: deque[int]) -> None:
    """Let every worker have enough to do."""
    for worker in workers * AHEAD:
        if waiting and len(worker.asked) < AHEAD:
            worker.asked.append(waiting.popleft())
            with suppress(OSError):  # one that has died is found when its answer is awaited
                worker.connection.send(worker.asked[-1])


def _take_answers(workers: list[Worker], waiting: deque[int], results: dict[int, Any]) -> None:
    """Take the answers that are there; what a dead worker had not begun is for the others."""
    from multiprocessing.connection import wait

    ready = wait([worker.connection for worker in workers])
    for worker in [each for each in workers if each.connection in ready]:
        try:
            answer = worker.connection.recv()
            results[worker.asked.popleft()] = answer
        except (EOFError, OSError):
            worker.end()
            workers.remove(worker)
            if worker.asked:
                lost = worker.asked.popleft()
                results[lost] = UsageError("The process that drew it has ended.")
            waiting.extendleft(reversed(worker.asked))


def _started(
    work: Callable[[int], Any], begin: Callable[[], None], others: Sequence[Worker]
) -> Worker:
    from multiprocessing import get_context

    context = get_context("fork")
    ours, theirs = context.Pipe()
    inherited = [ours, *(worker.connection for worker in others)]
    process = context.Process(target=_serve, args=(work, begin, theirs, inherited), daemon=True)
    with warnings.catch_warnings(), _uninterrupted():
        warnings.simplefilter("ignore", DeprecationWarning)  # numpy's threads are asleep
        process.start()
    theirs.close()
    return Worker(process, ours)


def _serve(
    work: Callable[[int], Any],
    begin: Callable[[], None],
    connection: Connection[Any, Any],
    inherited: Sequence[Connection[Any, Any]],
) -> None:
    """In a worker: do what is asked for until the connection breaks.

    Ctrl-C is for the process that started it, which ends it; SIGTERM is not.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    for each in inherited:  # an end that stays open here would never break
        each.close()
    begin()
    with suppress(EOFError, OSError):
        while True:
            connection.send(work(connection.recv()))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold signals back while a process is made: in its first moments it would take them as this
    one does, raise SystemExit, and go on as a second copy of this program."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _ended_by_exception() -> Iterator[None]:
    """Let SIGTERM raise SystemExit, so that the workers are ended too."""

    def end(number: int, frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
