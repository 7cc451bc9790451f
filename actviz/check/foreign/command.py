"""A program that reads numbers from standard input and writes one for each, as a function."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from actviz.errors import UsageError

DIGITS = {"float64": 17, "float32": 9, "float16": 5, "bfloat16": 4}  # that tell every number
BITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}
ENOUGH = 64  # numbers, of which one at least has all its digits


@dataclass(frozen=True)
class Command:
    """A command line, without a shell; raw: whether numbers go as bytes, and not as lines."""

    line: str
    raw: bool = False

    def function(self, dtype: str) -> Callable[[Any], Any]:
        """What it does as a function of arrays of numpy, a run for each call.

        Raises UsageError for a line that is none.
        """
        try:
            words = shlex.split(self.line)
        except ValueError as error:
            raise UsageError(f"--command {self.line!r}: {error}.") from None
        if not words:
            raise UsageError("--command needs a program.")
        return lambda x: self._numbers(words, x, dtype)

    def _numbers(self, words: Sequence[str], x: Any, dtype: str) -> Any:
        from actviz.recorded.arrays import ENCODINGS

        numbers, encoding = x.ravel().astype("f8"), ENCODINGS[dtype]
        if self.raw:
            return self._raw(words, numbers, encoding).astype(x.dtype).reshape(x.shape)
        lines = "".join(f"{each!r}\n" for each in numbers.tolist())
        written = self._run(words, lines.encode())
        return self._read(written, dtype, numbers.size).astype(x.dtype).reshape(x.shape)

    def _raw(self, words: Sequence[str], numbers: Any, encoding: Any) -> Any:
        import numpy as np

        bits = encoding.encode(numbers)
        content = self._run(words, bits.tobytes())
        if len(content) != bits.nbytes:
            raise UsageError(
                f"{self.line!r} wrote {len(content):,} bytes for {bits.nbytes:,} ({bits.size:,} "
                "numbers)."
            )
        return encoding.decode(np.frombuffer(content, dtype=encoding.bits))

    def _run(self, words: Sequence[str], content: bytes) -> bytes:
        try:
            done = subprocess.run(words, input=content, stdout=subprocess.PIPE, check=False)
        except OSError as error:
            raise UsageError(f"{self.line!r} cannot be run: {error.strerror}.") from None
        if done.returncode:
            raise RuntimeError(f"exit code {done.returncode}")
        return done.stdout

    def _read(self, content: bytes, dtype: str, count: int) -> Any:
        """The numbers of a text, one a line or between white space."""
        import numpy as np

        from actviz.recorded.text import column_of

        words = content.decode("utf-8", "replace").split()
        if len(words) != count:
            raise UsageError(f"{self.line!r} wrote {len(words):,} numbers for {count:,}.")
        written = column_of(words, repr(self.line))
        eps = 2.0 ** -BITS[dtype]
        short = (written.slack > eps * np.abs(written.values)) & (written.values != 0)
        if count >= ENOUGH and short.any():
            raise UsageError(
                f"{self.line!r} writes too few digits to be judged in {dtype}: write "
                f"%.{DIGITS[dtype]}g, or bytes with --raw."
            )
        return written.values
