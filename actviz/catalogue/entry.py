"""One entry of the catalogue: what its file says of a function, each field held to its form."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from actviz.catalogue import domain
from actviz.errors import UsageError, suggest
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.expression import CONSTANTS, Apply, Name, free_names, walk
from actviz.formula.parsing import parse


@dataclass(frozen=True)
class Entry:
    """One function of the catalogue, as its file says it.

    written: its formula as the file has it, if that calls other functions, which formula does not.
    """

    name: str
    formula: str
    arguments: tuple[str, ...] = ("x",)
    stable: str = ""
    stable_orders: int = MAXIMUM_ORDER
    derivative: str = ""
    parametric: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    ours: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    parameter_aliases: Mapping[str, str] = field(default_factory=dict)
    frameworks: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    paper: str = ""
    note: str = ""
    written: str = ""

    @property
    def fixable(self) -> tuple[str, ...]:
        """The arguments that may be given a value: those of a function of more than one number."""
        return self.arguments if len(self.arguments) > 1 else ()

    def parameter(self, given: str) -> str:
        """The own name of a parameter or fixable argument, from that or from another spelling."""
        name = self.parameter_aliases.get(given, given)
        if name in self.parameters or name in self.fixable:
            return name
        known = ", ".join((*self.parameters, *self.fixable))
        hint = suggest(given, [*self.parameters, *self.fixable, *self.parameter_aliases])
        has = f"its parameters are {known}" if known else "it takes none"
        raise UsageError(f"{self.name} has no parameter {given!r}: {has}.{hint}")


def normalised(name: str) -> str:
    """A name as it is looked up: lower case, underscores for hyphens and spaces."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def _order(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAXIMUM_ORDER


def _list(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _table(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(of, value.values()))


# What a field of Entry must be in a file: by its type, how that is said, and whether it is so.
_FORMS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "str": ("text", _text),
    "int": (f"an order, 0 to {MAXIMUM_ORDER}", _order),
    "tuple[str, ...]": ("a list of texts", _list),
    "Mapping[str, float]": ("a table of numbers", _table(_number)),
    "Mapping[str, str]": ("a table of texts", _table(_text)),
    "Mapping[str, Mapping[str, float]]": ("a table of tables of numbers", _table(_table(_number))),
}
_FIELDS = {
    each.name: _FORMS[str(each.type)]
    for each in fields(Entry)
    if each.name not in ("name", "written")
}


def formed(name: str, table: Any) -> dict[str, Any]:
    """What a file has under a name, if it is a table with the fields of an entry.

    Raises UsageError for a field that there is not, or that is not of its form.
    """
    if not isinstance(table, dict):
        raise UsageError(f"{name!r} stands outside an entry: an entry begins with [name].")
    for key, value in table.items():
        if key not in _FIELDS:
            raise UsageError(f"There is no field {key!r}.{suggest(key, _FIELDS)}")
        form, is_so = _FIELDS[key]
        if not is_so(value):
            raise UsageError(f"The field {key!r} must be {form}.")
    if "formula" not in table:
        raise UsageError("The field 'formula' is missing.")
    return table


def entry_of(name: str, table: Mapping[str, Any]) -> Entry:
    """The entry of a table whose fields have their forms."""
    given: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in table.items()
    }
    given["parameters"] = {k: float(v) for k, v in table.get("parameters", {}).items()}
    return Entry(name, **given)


def checked(entry: Entry) -> Entry:
    """The entry, if its formulas can be read and their names are its parameters, no more or fewer.

    Raises UsageError, FormulaError for a formula.
    """
    if not normalised(entry.name).replace("_", "").isalnum() or not entry.name.isascii():
        raise UsageError("A name consists of letters, digits and underscores.")
    for text in (entry.formula, entry.stable, entry.derivative, entry.parametric):
        missing = free_names(parse(text)) - {*entry.parameters, *entry.arguments} if text else ()
        if missing:
            raise UsageError(f"The parameter {min(missing)!r} of {text!r} has no default.")
    if entry.stable_orders < MAXIMUM_ORDER and not entry.stable:
        raise UsageError("The field 'stable_orders' is for an entry with a field 'stable'.")
    _check_outputs(entry)
    _check_arguments(entry)
    if unused := set(entry.parameters) - free_names(parse(entry.formula)):
        raise UsageError(f"The formula has no parameter {min(unused)!r}.")
    if other := set(entry.ours) - set(entry.parameters):
        raise UsageError(f"{min(other)!r} is said to be ours, and is no parameter.")
    for spelling, parameter in entry.parameter_aliases.items():
        if parameter not in entry.parameters:
            raise UsageError(f"{spelling!r} is said to spell {parameter!r}, which is no parameter.")
    for differing in ({}, *entry.defaults.values()):
        domain.checked(entry.name, {**entry.parameters, **differing}, entry.domain)
    return entry


def _check_outputs(entry: Entry) -> None:
    """Several outputs are functions of x, computed and differentiated by their formulas alone."""
    several = _joined(entry.formula)
    for name in ("stable", "derivative", "parametric"):
        text = getattr(entry, name)
        if text and (several or _joined(text)):
            raise UsageError(f"The field {name!r} is for a formula with one output.")
    if several and entry.fixable:
        raise UsageError("The field 'arguments' is for a formula with one output.")


def _joined(text: str) -> bool:
    node = parse(text)
    return isinstance(node, Apply) and node.head == "concat"


def _check_arguments(entry: Entry) -> None:
    """An entry is a function of x, or of two arguments that its formula has."""
    if entry.arguments == ("x",):
        return
    names = {part.id for part in walk(parse(entry.formula)) if isinstance(part, Name)}
    if len(set(entry.arguments)) != 2 or not set(entry.arguments) <= names - CONSTANTS:
        raise UsageError("The field 'arguments' names the two numbers that the formula is of.")
    if "x" in names or set(entry.arguments) & set(entry.parameters):
        raise UsageError("A formula with arguments of its own has no x and no parameter like them.")
    for name in ("derivative", "parametric"):
        if getattr(entry, name):
            raise UsageError(f"A formula of two arguments has no field {name!r}.")
