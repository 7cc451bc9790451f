"""The kinds of function there are, what messages call each, and the one refusal of a wrong one."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation


class Kind(Enum):
    """What a function takes and gives."""

    NUMBER = "number"  # of one number, with one output: relu
    OUTPUTS = "outputs"  # of one number, with several outputs: crelu
    VECTOR = "vector"  # of a whole vector: softmax
    PAIR = "pair"  # of two numbers, the halves of a vector: glu


# What a message calls it, and what it advises where a function of another kind is needed.
SENTENCES: dict[Kind, tuple[str, str]] = {
    Kind.NUMBER: ("a function of a number", ""),
    Kind.OUTPUTS: ("a function of a number with {outputs} outputs", ""),
    Kind.VECTOR: ("a function of a vector", ""),
    Kind.PAIR: ("a function of {first} and {last}", " Fix one, as in {name}:{last}=1."),
}


def described(activation: Activation) -> str:
    """What it is a function of, in words.

    >>> import actviz
    >>> described(actviz.get("glu")), described(actviz.get("crelu"))
    ('a function of a and b', 'a function of a number with 2 outputs')
    """
    return _filled(SENTENCES[activation.kind][0], activation)


def refusal(activation: Activation, why: str, label: str = "") -> UsageError:
    """The error that says what it is, why it is refused, and what to type instead.

    label: what the user calls it, if that is not its name.

    >>> import actviz
    >>> print(refusal(actviz.get("glu"), "it has no preview"))
    glu is a function of a and b: it has no preview. Fix one, as in glu:b=1.
    """
    advice = _filled(SENTENCES[activation.kind][1], activation)
    return UsageError(f"{label or activation.name} is {described(activation)}: {why}.{advice}")


def require_number(activation: Activation, why: str, label: str = "") -> None:
    """Refuse what is no function of one number with one output."""
    if activation.kind is not Kind.NUMBER:
        raise refusal(activation, why, label)


def _filled(sentence: str, activation: Activation) -> str:
    return sentence.format(
        name=activation.name,
        first=activation.arguments[0],
        last=activation.arguments[-1],
        outputs=len(activation.outputs),
    )
