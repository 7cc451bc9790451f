"""Kinds of functions: what each is, what messages say of it, and who asks for one of a number."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

import actviz
from actviz import figure, info
from actviz.catalogue.calls import Typed
from actviz.catalogue.kind import SENTENCES, Kind, described, refusal, require_number
from actviz.check import byhand
from actviz.check.claim import first_component
from actviz.formula.parsing import parse
from actviz.properties import depth, properties

KINDS = {
    # what is typed: its kind, and what it is called
    "relu": (Kind.NUMBER, "a function of a number"),
    "c=1": (Kind.NUMBER, "a function of a number"),
    "glu:b=1": (Kind.NUMBER, "a function of a number"),
    "crelu": (Kind.OUTPUTS, "a function of a number with 2 outputs"),
    "concat(x, -x, x**2)": (Kind.OUTPUTS, "a function of a number with 3 outputs"),
    "softmax": (Kind.VECTOR, "a function of a vector"),
    "x/sum(abs(x))": (Kind.VECTOR, "a function of a vector"),
    "concat(x, sum(x))": (Kind.VECTOR, "a function of a vector"),
    "swiglu": (Kind.PAIR, "a function of a and b"),
}


@pytest.mark.parametrize("text", KINDS)
def test_what_a_function_is(text: str) -> None:
    [curve] = actviz.parse_curves([text])
    kind, words = KINDS[text]
    assert curve.activation.kind is kind is pickle.loads(pickle.dumps(curve.activation)).kind
    assert described(curve.activation) == words
    readings = [curve.activation.elementwise, curve.activation.vector, curve.activation.gated]
    assert readings == [kind is each for each in (Kind.NUMBER, Kind.VECTOR, Kind.PAIR)]


def test_every_kind_has_a_sentence_and_an_example() -> None:
    assert set(SENTENCES) == set(Kind) == {kind for kind, _ in KINDS.values()}


# What takes one number only: told of any other kind in the same words.
ONE_NUMBER: dict[str, Callable[[actviz.Curve], Any]] = {
    "its properties": lambda curve: properties(curve.activation),
    "its properties are": lambda curve: depth(curve.activation, [1]),
    "it has no properties": lambda curve: info.write_properties([curve], "csv"),
    "it has no preview": lambda curve: figure.preview([curve], [0], -6, 6),
    "--derivative needs one of x": lambda curve: list(
        byhand.verdicts(curve, Typed(parse("1")), 1, ())
    ),
}
# And what takes some other kind, too, or in its parts.
OTHERWISE: dict[str, tuple[str, Callable[[actviz.Curve], Any]]] = {
    "cannot be drawn among others; plot draws": (
        "crelu",
        lambda curve: figure.compare([curve, curve], [0], -6, 6),
    ),
    "it cannot be drawn with softmax, a function of a vector": (
        "glu",
        lambda curve: figure.compare([curve, *actviz.parse_curves(["softmax"])], [0], -6, 6),
    ),
    "derivatives are drawn up to the second": (
        "glu",
        lambda curve: figure.plot(curve, [3], -6, 6),
    ),
    "one output is needed here": ("glu", lambda curve: first_component(curve.activation)),
    "one output is needed": ("crelu", lambda curve: first_component(curve.activation)),
    "its derivatives are partial ones": ("glu", lambda curve: curve.activation.tree(1)),
    "it has no partial derivatives": ("relu", lambda curve: curve.activation.partial("x")),
    "one of two arguments can be fixed": ("relu", lambda curve: curve.activation.fix(x=1)),
    "one of two arguments": ("glu", lambda curve: curve.activation.fix(c=1)),
    "its Jacobian is a diagonal": ("relu", lambda curve: curve.activation.jacobian([1.0])),
    "it has no components": ("glu", lambda curve: curve.activation.slice([1.0], 0)),
    "has components of its own": (
        "concat(x, sum(x))",
        lambda curve: curve.activation.slice([1.0], 0),
    ),
}
REFUSED = [
    (why, text, call)
    for why, call in ONE_NUMBER.items()
    for text, (kind, _) in KINDS.items()
    if kind is not Kind.NUMBER
] + [(why, text, call) for why, (text, call) in OTHERWISE.items()]


@pytest.mark.parametrize(
    ("why", "text", "call"), REFUSED, ids=[f"{why[:40]}-{text[:40]}" for why, text, _ in REFUSED]
)
def test_it_is_refused_in_one_sentence(
    why: str, text: str, call: Callable[[actviz.Curve], Any]
) -> None:
    [curve] = actviz.parse_curves([text])
    with pytest.raises(actviz.UsageError) as caught:
        call(curve)
    message = str(caught.value)
    assert (
        message.startswith(f"{curve.label} is {described(curve.activation)}: ") and why in message
    )
    advised = message.endswith(f" Fix one, as in {text}:b=1.")
    assert advised == (curve.activation.kind is Kind.PAIR) and "\n" not in message


def test_a_function_of_one_number_is_not_refused() -> None:
    require_number(actviz.get("relu"), "it is one")
    assert str(refusal(actviz.get("crelu"), "no", "mine")).startswith("mine is a function of a nu")
