"""What a user types for one curve: NAME, NAME:param=value, a formula, with a LABEL= in front."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from actviz.catalogue.activation import Activation, from_formula
from actviz.catalogue.calls import typed
from actviz.catalogue.entry import normalised
from actviz.catalogue.lookup import Catalogue, load, named_or_formula
from actviz.catalogue.numbers import constant
from actviz.errors import FormulaError, UsageError
from actviz.formula.expression import CONSTANTS, X, free_names, walk, write_number
from actviz.formula.parsing import MAXIMUM_LENGTH
from actviz.formula.primitives import PRIMITIVES
from actviz.formula.spelling import meant

MAXIMUM_MEMBERS = 24  # of a family such as elu:alpha=0.5|1|2


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve: the activation, and what it is called.

    label names it in legends and columns, stem in file names; family is the common part of the
    curves of one word such as elu:alpha=0.5|1|2, or '' for a curve by itself. open names the
    parameters that stand at their defaults because nobody gave them: elu is what it is for all of
    them, torch:elu only with those of that framework. name is the label without the parameters in
    it, or '' for the label itself; given are the parameters to be told beside the name. typed is
    whether it is a formula that nobody has named.
    """

    activation: Activation
    label: str
    text: str
    family: str = ""
    open: tuple[str, ...] = ()
    name: str = ""
    given: tuple[tuple[str, float], ...] = ()
    typed: bool = False

    @property
    def base(self) -> str:
        """The label without the parameters in it."""
        return self.name or self.label

    @property
    def stem(self) -> str:
        """The label as part of a file name, gelu_d1 for gelu', or what a formula says."""
        if self.typed:
            index = re.search(r"_\d+$", self.label)
            return named(self.activation.formula, self.given) + (index[0] if index else "")
        primed = re.sub(r"(?<=\w)'+", lambda primes: f"_d{len(primes[0])}", self.label)
        return re.sub(r"[^A-Za-z0-9._-]+", "_", primed).strip("._") or "f"

    @property
    def outputs(self) -> tuple[Curve, ...]:
        """Itself, or of a function with several outputs a curve for each: crelu_1, crelu_2."""
        activations = self.activation.outputs
        if len(activations) == 1:
            return (self,)
        return tuple(
            replace(
                self, activation=each, label=f"{self.label}_{i}", family=self.label,
                name=f"{self.base}_{i}",
            )
            for i, each in enumerate(activations, 1)
        )  # fmt: skip


_BARE = re.compile(r"\s*(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|pi|e)\s*", re.IGNORECASE)
_IN_FRAMEWORK = re.compile(r"(\s*\w+:[\w -]+)(?::(.*))?", re.DOTALL)  # torch:elu:alpha=2
_PARTS = re.compile(  # a label, a body, and parameters
    r"(\s*(?:[A-Za-z0-9 _.'-]*|\w+\s*\([\w\s,]*\)\s*)=(?!=))?(.*?)(:\s*\w+\s*=[^:?]*)?", re.DOTALL
)
_DEFINED = re.compile(r"\s*([A-Za-z]\w*)\s*\(([\w\s,]*)\)\s*=(?!=)(.*)", re.DOTALL | re.ASCII)
_LABELLED = re.compile(r"\s*([A-Za-z0-9 _.'-]*)=(?!=)(.*)", re.DOTALL)


_IN_NAMES = {
    "**": "_pow_", "*": "_", "/": "_over_", "+": "_plus_", "-": "_minus_", "(": "_of_",
    ")": "_end_", "<=": "_le_", ">=": "_ge_", "<": "_lt_", ">": "_gt_", ",": "_and_", "'": "_d",
    " ": "",
}  # fmt: skip
_SIGNS = re.compile(r"\*\*|<=|>=|[-+*/(),<>=' ]")
LONGEST_STEM = 60


def named(formula: str, given: Sequence[tuple[str, float]] = ()) -> str:
    """A formula as part of a file name: short, safe, and another one for another formula.

    >>> named("x**2"), named("x*sigmoid(b*x)", [("b", 2.0)])
    ('x_pow_2', 'x_sigmoid_of_b_x_b_2')
    """
    whole = f"{formula}:{_written(dict(given))}"
    signs = _SIGNS.sub(lambda sign: _IN_NAMES.get(sign[0], "_"), formula).removesuffix("_end_")
    words = "_".join([signs, *(f"{name}_{write_number(value)}" for name, value in given)])
    stem = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9._-]+", "_", words)).strip("_.")
    if len(stem) <= LONGEST_STEM:
        return stem or "f"
    return f"{stem[: LONGEST_STEM - 10]}_{crc32(whole.encode()):08x}"


def parse_curves(
    texts: Sequence[str], catalogue: Catalogue | None = None, *, constants: bool = False
) -> tuple[Curve, ...]:
    """The curves that the words of a command line ask for, with labels that differ.

    A number alone is a curve only with `constants`; elsewhere it is a word that went astray.

    Raises UsageError (FormulaError for a formula) that says what is wrong with which word.

    >>> [curve.label for curve in parse_curves(["relu", "x**2", "my elu=elu:alpha=2", "x**3"])]
    ['relu', 'f', 'my elu', 'f2']
    """
    known = catalogue or load()
    curves = [curve for text in texts for curve in _curves(text, known, constants)]
    return tuple(_distinct(curves))


def _curves(text: str, catalogue: Catalogue, constants: bool) -> list[Curve]:
    """One curve, or the members of a family; what is written as elsewhere is answered so."""
    try:
        return _members(text, catalogue, constants)
    except UsageError as error:
        if not (better := _meant(text, catalogue)):
            raise
        message = error.message if isinstance(error, FormulaError) else str(error)
        message = f"{message.partition(' Did you mean')[0]} Did you mean {better!r}?"
        if isinstance(error, FormulaError):
            raise FormulaError(message, error.text, error.position) from None
        raise UsageError(message) from None


def _meant(text: str, catalogue: Catalogue) -> str:
    """The curve in the language of formulas; "" if that cannot be read either."""
    if len(text) > MAXIMUM_LENGTH:
        return ""
    label, body, parameters = _PARTS.fullmatch(text).groups("")  # type: ignore[union-attr]
    functions = {*PRIMITIVES, *catalogue.names}
    better = meant(body, functions)
    if better == body.strip():
        return ""
    try:
        formula = typed(better, catalogue.known).definition
    except UsageError:
        return ""
    if not free_names(formula).isdisjoint(functions) or (X not in walk(formula) and not label):
        return ""
    return f"{label.removesuffix('=').rstrip()}{label[-1:]}{better}{parameters}"


def _members(text: str, catalogue: Catalogue, constants: bool) -> list[Curve]:
    """One curve, or the members of a family."""
    label, arguments, body, given = _taken_apart(text, catalogue)
    bare = not label and not constants and _BARE.fullmatch(body)
    if bare and normalised(body) not in catalogue.names:
        raise UsageError(
            f"{text!r} is one number, not a function of x. As a constant it is written "
            f"{'0*x + ' + body.strip()!r} or {'name=' + body.strip()!r}."
        )
    values = {name: _values(words, text) for name, words in given.items()}
    members = list(itertools.product(*values.values()))
    if len(members) > MAXIMUM_MEMBERS:
        raise UsageError(f"{text!r} stands for {len(members)} curves; at most {MAXIMUM_MEMBERS}.")
    curves = []
    for member in members:
        parameters = dict(zip(values, member, strict=True))
        activation = (
            from_formula(body.strip(), label, catalogue.known, arguments, **parameters)
            if arguments
            else named_or_formula(body, catalogue, parameters)
        )
        name = label or activation.name
        if len(members) > 1:
            varied = {n: v for n, v in parameters.items() if len(values[n]) > 1}
            curve = Curve(activation, f"{name}:{_written(varied)}", text, family=name)
        else:
            curve = Curve(activation, label or name + _fixed(activation), text)
        unsaid = () if ":" in body else _open(activation, parameters)
        alone = label and len(members) == 1
        told = () if alone else tuple(_canonical(activation, parameters).items())
        unnamed = not label and activation.name == "f"
        curves.append(replace(curve, open=unsaid, name=name, given=told, typed=unnamed))
    return curves


def _canonical(activation: Activation, given: Mapping[str, float]) -> dict[str, float]:
    """Parameters by the names that the entry has for them."""
    entry = activation.entry
    return {entry.parameter(name) if entry else name: value for name, value in given.items()}


def _open(activation: Activation, given: Mapping[str, float]) -> tuple[str, ...]:
    """The parameters that have not been given, by whatever spelling."""
    entry = activation.entry
    if entry is None:
        return ()
    named = {entry.parameter(name) for name in given}
    return tuple(name for name in entry.parameters if name not in named)


def _fixed(activation: Activation) -> str:
    """:b=1 for a slice of a function of a and b, which is not the function itself."""
    names = activation.entry.fixable if activation.entry else ()
    given = {n: v for n, v in activation.parameters.items() if n in names}
    return f":{_written(given)}" if given else ""


def fixed(curves: Sequence[Curve], given: Mapping[str, float]) -> tuple[Curve, ...]:
    """The curves with these arguments of functions of two fixed, as swiglu:b=1 is.

    Raises UsageError if there is none of them to fix.
    """
    known = {name for curve in curves for name in curve.activation.arguments}
    for name in given:
        if name not in known - {"x"}:
            labels = ", ".join(curve.label for curve in curves)
            raise UsageError(f"There is no argument {name!r} to fix in {labels}.")
    return tuple(_distinct([_at(curve, given) for curve in curves]))


def _at(curve: Curve, given: Mapping[str, float]) -> Curve:
    here = {name: v for name, v in given.items() if name in curve.activation.arguments}
    if not here:
        return curve
    return replace(
        curve, activation=curve.activation.fix(**here), label=f"{curve.label}:{_written(here)}",
        name=curve.base, given=(*curve.given, *here.items()),
    )  # fmt: skip


def _taken_apart(
    text: str, catalogue: Catalogue
) -> tuple[str, tuple[str, ...], str, dict[str, str]]:
    """Label ('' if none), what it is said to be of, name or formula, and parameters as typed."""
    label, rest = "", text
    arguments: tuple[str, ...] = ()
    if defined := _DEFINED.fullmatch(text):
        label, rest = defined[1], defined[3]
        arguments = _arguments(defined[2], text)
    elif labelled := _LABELLED.fullmatch(text):
        label, rest = labelled[1].strip(), labelled[2]
        if not label:
            raise UsageError(f"The label of {text!r} is empty.")
        _refuse_parameter_as_label(label, rest, catalogue)
    body, colon, tail = rest.partition(":")
    if (dotted := _IN_FRAMEWORK.fullmatch(rest)) and normalised(body) not in catalogue.names:
        body, colon, tail = dotted[1], dotted[2] and ":", dotted[2] or ""
    if not body.strip():
        raise UsageError(f"{text!r} names no function and no formula.")
    if colon and not tail.strip():
        raise UsageError(f"{text!r} ends in a colon: parameters follow it, as in {body}:alpha=1.")
    given: dict[str, str] = {}
    for part in tail.split(",") if colon else ():
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value):
            raise UsageError(
                f"{part.strip()!r} in {text!r} is not of the form parameter=value."
                f"{_first_parameter(body, part.strip(), catalogue)}"
            )
        if ":" in value:
            raise UsageError(f"Parameters are separated by commas, not colons, in {text!r}.")
        if name in given:
            raise UsageError(f"The parameter {name} is given twice in {text!r}.")
        given[name] = value
    return label, arguments, body, given


def _arguments(words: str, text: str) -> tuple[str, ...]:
    """x, or the two numbers that a function is said to be of, as in f(a, b) = a*b."""
    names = tuple(word.strip() for word in words.split(","))
    if names == ("x",):
        return names
    if len(names) == 1:
        raise UsageError(
            f"A function of one number is one of x, as in {'f(x) = x**2'!r}: {text!r}."
        )
    if len(names) != 2 or len(set(names)) < 2 or not all(map(str.isidentifier, names)):
        raise UsageError(f"A function is one of x, or of two numbers: {text!r}.")
    if taken := [name for name in names if name == "x" or name in CONSTANTS or name in PRIMITIVES]:
        raise UsageError(
            f"{taken[0]} cannot be one of the two numbers of {text!r}: it has a value."
        )
    return names


def _first_parameter(body: str, value: str, catalogue: Catalogue) -> str:
    """What to write for elu:2."""
    entry = catalogue.known(body)
    if entry is None or not entry.parameters or any(map(str.isalpha, value)):
        return ""
    return f" Did you mean {body.strip() + ':' + next(iter(entry.parameters)) + '=' + value!r}?"


def _refuse_parameter_as_label(label: str, body: str, catalogue: Catalogue) -> None:
    """'elu alpha=2' would be the constant 2, labelled 'elu alpha'."""
    name, _, parameter = label.partition(" ")
    entry = catalogue.entries.get(catalogue.names.get(normalised(name), ""))
    if entry and parameter.strip() in {*entry.parameters, *entry.parameter_aliases}:
        meant = f"{name}:{parameter.strip()}={body.strip()}"
        raise UsageError(f"Parameters follow a colon. Did you mean {meant!r}?")


def _values(words: str, text: str) -> list[float]:
    values = [_value(word.strip(), text) for word in words.split("|")]
    if len(set(values)) < len(values):
        raise UsageError(f"A value stands twice in {text!r}.")
    return values


def _value(word: str, text: str) -> float:
    """A parameter's value: a number, or a formula without x such as 1/3 or sqrt(2)."""
    if not word:
        raise UsageError(f"A value is missing in {text!r}.")
    try:
        value: float | None = float(word)
    except ValueError:
        value = constant(word)
    if value is None:
        raise UsageError(f"The value {word!r} in {text!r} is not a number.")
    if not math.isfinite(value):
        raise UsageError(f"The value {word!r} in {text!r} is not a finite number.")
    return value


def _written(parameters: Mapping[str, float]) -> str:
    return ",".join(f"{name}={write_number(value)}" for name, value in parameters.items())


def _distinct(curves: Sequence[Curve]) -> list[Curve]:
    """The curves with labels made different: by their parameters, else by a number."""
    functions = Counter((curve.label, curve.activation.name) for curve in curves)
    repeated = {label for (label, _), n in functions.items() if n > 1}
    named: list[Curve] = []
    for curve in curves:
        if curve.label in repeated and curve.activation.entry and curve.activation.parameters:
            parameters = curve.activation.parameters
            curve = replace(
                curve, label=f"{curve.label}:{_written(parameters)}", name=curve.label,
                given=tuple(parameters.items()),
            )  # fmt: skip
        named.append(curve)
    taken: set[str] = set()
    distinct = []
    for curve in named:
        label, number = curve.label, 2
        while label in taken:
            between = "_" if curve.label[-1].isdigit() else ""
            label, number = f"{curve.label}{between}{number}", number + 1
        taken.add(label)
        name = curve.name if label == curve.label else label
        distinct.append(replace(curve, label=label, name=name))
    return distinct
