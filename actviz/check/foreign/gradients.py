"""Somebody's gradient as a function of x: what its arguments may be, and how it is called.

They are the input x, the output y, and the upstream gradient g: df(x), df(y), backward(g, x), ...
Names suggest which; who asks decides it by the numbers, and tells the outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

import numpy as np

from actviz.check.foreign.adapting import kinds
from actviz.check.foreign.calling import KINDS, Foreign, Kind, library_of, quietly
from actviz.check.foreign.forms import (
    EACH,
    LAST_CHANGED,
    NUMBERS,
    SECOND,
    VECTORS,
    Form,
    plain,
    required,
)
from actviz.check.others import LOGITS, UPSTREAM
from actviz.formula.arrays import Array

# What people call the three. What is in no row may be any of them.
NAMES = {
    "x": "x z input inputs inp v u t h pre preactivation logits input_ x_in",
    "y": "y s out output outputs result probs p sx fx activation activations act value softmax",
    "g": "g grad grads grad_output grad_out gradient grad_y dout dy dl_dy da dldy upstream ct "
    "cotangent delta gy ybar y_bar error dvalues d_out",
}
ROLES = {name: role for role, names in NAMES.items() for name in names.split()}
WORDS = {"x": "x", "y": "the output", "g": "the upstream gradient"}
MOST = 3  # arguments

# A vector at a time first: in a stack they may influence one another.
OF_VECTORS = tuple(sorted(VECTORS, key=lambda form: form is not EACH))
OF_NUMBERS = (NUMBERS[0], SECOND, *NUMBERS[2:], LAST_CHANGED)
Roles = tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """The kind of array, what its arguments are, and the form in which it takes them.

    once: the upstream gradient is 1 everywhere, as if there were none. diagonal: of a vector what
    comes back is the derivative of every output by its own number.
    """

    kind: Kind
    roles: Roles
    form: Form
    once: bool = False
    diagonal: bool = False

    @property
    def words(self) -> str:
        """How it is called, for people; '' if with x alone."""
        *most, last = (WORDS[role] for role in self.roles)
        arguments = f"{', '.join(most)} and {last}" if most else last
        called = "" if self.roles == ("x",) else f"it is called with {arguments}"
        only = "it gives the diagonal of the Jacobian alone" if self.diagonal else ""
        return "; ".join(filter(None, (called, self.form.words, only)))


def ways(function: Callable[..., Any], vector: bool) -> Iterator[Way]:
    """The ways in which it may be called, the likeliest first.

    Last those in which it is given no upstream gradient to speak of, though it takes one.
    """
    forms = OF_VECTORS if vector else OF_NUMBERS
    possible = sorted(_possible(function), key=lambda each: _unlike(function, each))
    for once in (False, True):
        for roles in possible if not once else [each for each in possible if "g" in each]:
            for kind in kinds(function):
                single = kind == "scalar"
                for form in NUMBERS[:1] * (not vector) if single else forms:
                    if form is not LAST_CHANGED or roles[-1] == "g":
                        yield Way(kind, roles, form, once)


def tried(foreign: Foreign, vector: bool, x: Array, y: Array) -> Iterator[tuple[Way, Array]]:
    """The ways that give numbers at x, where the outputs are y, and these numbers.

    With single numbers it is not called if it takes arrays: in those it rounds as the format does.
    """
    takes_arrays = False
    for way in ways(foreign.function, vector):
        if way.kind == "scalar" and takes_arrays:
            continue
        slope = Slope(foreign.function, way, foreign.dtype, vector)
        slope.tell(x, y)
        try:
            with quietly():
                called = replace(foreign, function=slope, kind=way.kind)
                numbers = called.numbers(x, 0)
        except (Exception, SystemExit):
            continue
        takes_arrays = takes_arrays or way.kind != "scalar"
        yield replace(way, diagonal=slope.diagonal), numbers


def _possible(function: Callable[..., Any]) -> Iterator[Roles]:
    """What the arguments may be: all of them, or all but a last one for the results."""
    names = required(function)
    count = min(len(names) or 1, MOST)
    for some in (count, *([count - 1] if names[-1:] == ["out"] and count > 1 else ())):
        for roles in permutations("xgy", some):
            called = [ROLES.get(name.lower().strip("_"), "") for name in names[:some]]
            fits = all(
                not name or (name == "g") == (role == "g")
                for name, role in zip(called, roles, strict=False)
            )
            if roles != ("g",) and fits:
                yield roles


def _unlike(function: Callable[..., Any], roles: Roles) -> int:
    """How many of the arguments are called by the name of another."""
    given = zip(required(function), roles, strict=False)
    return sum(ROLES.get(name.lower().strip("_"), role) != role for name, role in given)


@dataclass
class Slope:
    """A gradient as a function of x alone, called in a way.

    outputs: the x that it may be asked at and the outputs there, rows of numbers for a vector.
    component: of a vector, which output is differentiated by the first number.
    """

    function: Callable[..., Any]
    way: Way
    dtype: str
    vector: bool = False
    component: int = 0
    outputs: tuple[Any, Array] = field(default_factory=lambda: (np.empty(0), np.empty(0)))
    diagonal: bool = False

    def tell(self, x: Array, y: Array) -> None:
        """The outputs at x, in any order."""
        bits = x.view(np.int64)
        ordered = np.argsort(bits, kind="stable")
        self.outputs = bits[ordered], y[ordered]

    def __call__(self, x: Any) -> Any:
        """The derivatives at x: an array of the library, or a single number."""
        numbers = np.atleast_1d(plain(x))
        g = np.resize(UPSTREAM, numbers.shape) if not self.way.once else np.ones(numbers.shape)
        if self.vector:
            return self._of_vectors(numbers, g)
        arguments = {"x": numbers, "y": self._outputs(numbers), "g": g}
        if isinstance(x, float):
            found = self.function(*(float(arguments[role][0]) for role in self.way.roles))
            return found / float(g[0]) if "g" in self.way.roles else found
        found = self._called([arguments[role] for role in self.way.roles])
        return found / self._given(g) if "g" in self.way.roles else found

    def _of_vectors(self, x: Array, g: Array) -> Any:
        """The derivative of a component by the first number, from a Jacobian or a row of it."""
        rows = np.stack([x, *(np.full_like(x, logit) for logit in LOGITS)], axis=-1)
        upstream = np.zeros_like(rows)
        upstream[:, self.component] = g
        arguments = {"x": rows, "y": self._outputs(x), "g": upstream}
        found = self._called([arguments[role] for role in self.way.roles])
        if "g" in self.way.roles:
            return found[:, 0] / self._given(g)
        self.diagonal = len(found.shape) == 2
        return found[:, 0] if self.diagonal else found[:, self.component, 0]

    def _called(self, arrays: Sequence[Array]) -> Any:
        given = [self._given(each) for each in arrays]
        return self.way.form.call(self.function, library_of(self.way.kind), *given)

    def _given(self, x: Array) -> Any:
        return KINDS[self.way.kind].given(x, self.dtype)

    def _outputs(self, x: Array) -> Array:
        if "y" not in self.way.roles:
            return x
        known, outputs = self.outputs
        return np.asarray(outputs[np.searchsorted(known, x.view(np.int64))])
