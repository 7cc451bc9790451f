"""The catalogue of activation functions: loading, look-up by name or alias, did-you-mean.

The functions themselves are data, in catalogue.toml; a user's own file has the same form and comes
in by the same door.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from actviz.catalogue.activation import Activation, from_formula
from actviz.catalogue.entry import Entry
from actviz.errors import FormulaError, UsageError, suggest
from actviz.formula.expression import CONSTANTS, Name, free_names, parse, walk
from actviz.formula.primitives import PRIMITIVES


@dataclass(frozen=True)
class Catalogue:
    """Entries by name, in the order of their files; a later file may replace an earlier entry."""

    entries: Mapping[str, Entry]

    def find(self, name: str) -> Entry:
        """The entry of a name or alias; case does not count and - equals _.

        Raises UsageError, with what was probably meant.

        >>> load().find("Leaky-ReLU").name
        'leaky_relu'
        """
        names = self.names
        key = normalised(name)
        if key in names:
            return self.entries[names[key]]
        if name in PRIMITIVES and len(PRIMITIVES[name].arguments) == 1:
            raise UsageError(f"{name} is a function for formulas: write '{name}(x)'.")
        offered, broken = _offered()
        for entry in offered:
            if key in (normalised(known) for known in (entry.name, *entry.aliases)):
                return entry
        hint = suggest(key, self.entries) or suggest(key, names)
        raise UsageError(f"There is no function {name!r} in the catalogue.{hint}{broken}")

    def find_in(self, framework: str, name: str) -> Entry:
        """The entry of what a framework means by a name, with that framework's defaults.

        Raises UsageError for an unknown framework or a name that it does not have.

        >>> entry = load().find_in("keras", "leaky_relu")
        >>> entry.name, dict(entry.parameters)
        ('leaky_relu', {'alpha': 0.2})
        >>> load().find_in("jax", "gelu").name
        'gelu_tanh'
        """
        key = framework.strip().lower()
        calls = {e.name: e.frameworks[key] for e in self.entries.values() if key in e.frameworks}
        if not calls:
            known = sorted({name for e in self.entries.values() for name in e.frameworks})
            raise UsageError(
                f"There is no framework {framework!r}; there are {', '.join(known)}."
                f"{suggest(key, known)}"
            )
        plain = {entry: call for entry, call in calls.items() if not _special(call)}
        simplest_last = sorted(plain, key=lambda entry: -plain[entry].count("="))
        meant = {_called(plain[entry]): entry for entry in simplest_last}
        found = meant.get(_plain(name))
        if found is None:
            hint = suggest(_plain(name), meant)
            raise UsageError(f"{framework} has no function {name!r} in the catalogue.{hint}")
        entry = self.entries[found]
        return replace(entry, parameters={**entry.parameters, **entry.defaults.get(key, {})})

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every name and alias, normalised, with the name of its entry."""
        aliases = {normalised(a): e.name for e in self.entries.values() for a in e.aliases}
        return aliases | {normalised(name): name for name in self.entries}


def _called(call: str) -> str:
    """The function's own name in a call such as torch.nn.functional.elu(alpha=alpha)."""
    return _plain(call.partition("(")[0].rpartition(".")[2])


def _special(call: str) -> bool:
    """Whether the call must say more than parameters, as in gelu(approximate='tanh')."""
    arguments = call.partition("(")[2].rstrip(")").split(", ")
    values = [argument.partition("=")[2] for argument in arguments if argument]
    return any(not value.isidentifier() or value in ("True", "False") for value in values)


def _plain(name: str) -> str:
    return normalised(name).replace("_", "")


def normalised(name: str) -> str:
    """A name as it is looked up: lower case, underscores for hyphens and spaces."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def load(paths: Sequence[Path] = ()) -> Catalogue:
    """The built-in catalogue, with the entries of further files added.

    Raises UsageError, naming file and entry, for a file that cannot be read or is not well-formed.
    """
    entries = dict(_built_in())
    for path in paths:
        further = _read_file(path)
        replaced = {normalised(name) for name in further}
        entries = {n: e for n, e in entries.items() if normalised(n) not in replaced} | further
    return Catalogue(entries)


@lru_cache(maxsize=1)
def _built_in() -> Mapping[str, Entry]:
    text = files("actviz.catalogue").joinpath("catalogue.toml").read_text("ascii")
    return {name: _entry(name, table) for name, table in tomllib.loads(text).items()}


def read_toml(what: str, read: Callable[[], str]) -> dict[str, Any]:
    """The tables of a TOML file; UsageError, beginning with `what`, for one that has none."""
    try:
        return tomllib.loads(read())
    except OSError as error:
        raise UsageError(f"{what} cannot be read: {error.strerror}.") from None
    except RecursionError:
        raise UsageError(f"{what} is nested too deeply.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{what} is not TOML: {error}.") from None


def _read_file(path: Path) -> dict[str, Entry]:
    tables = read_toml(f"The catalogue {path}", lambda: path.read_text("utf-8"))
    entries = {}
    for name, table in tables.items():
        try:
            entries[name] = _checked(_entry(name, table))
        except UsageError as error:
            raise UsageError(f"In the catalogue {path}, [{name[:40]}]: {error}") from None
    return entries


def _offered() -> tuple[list[Entry], str]:
    """The entries that installed packages offer, and what is wrong with the files of the others.

    A package offers a file by an entry point of the group actviz.catalogues, such as
    ``mine = "my_package:activations.toml"``. Nothing of the package is imported.
    """
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    entries: list[Entry] = []
    broken = ""
    for point in entry_points(group="actviz.catalogues"):
        package, *folders = point.module.split(".")
        spec = find_spec(package)
        places = spec.submodule_search_locations if spec else None
        try:
            if not places:
                raise UsageError(f"There is no package {package!r}.")
            entries += _read_file(Path(places[0], *folders, point.attr)).values()
        except UsageError as error:
            broken += f"\n(What {point.name!r} offers under actviz.catalogues is broken: {error})"
    return entries, broken


# What a field must be, and how it is said when it is not.
_FIELDS: dict[str, str] = {
    "formula": "text",
    "stable": "text",
    "derivative": "text",
    "paper": "text",
    "note": "text",
    "arguments": "a list of texts",
    "aliases": "a list of texts",
    "parameters": "a table of numbers",
    "parameter_aliases": "a table of texts",
    "frameworks": "a table of texts",
    "defaults": "a table of tables of numbers",
}


def _entry(name: str, table: Any) -> Entry:
    if not isinstance(table, dict):
        raise UsageError(f"{name!r} stands outside an entry: an entry begins with [name].")
    for key, value in table.items():
        if key not in _FIELDS:
            raise UsageError(f"There is no field {key!r}.{suggest(key, _FIELDS)}")
        if not _is(value, _FIELDS[key]):
            raise UsageError(f"The field {key!r} must be {_FIELDS[key]}.")
    if "formula" not in table:
        raise UsageError("The field 'formula' is missing.")
    fields = dict(table)
    fields["aliases"] = tuple(fields.get("aliases", ()))
    fields["arguments"] = tuple(fields.get("arguments", ("x",)))
    fields["parameters"] = {k: float(v) for k, v in fields.get("parameters", {}).items()}
    return Entry(name, **fields)


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "number":
            return type(value) in (int, float) and abs(value) <= sys.float_info.max
        case "a list of texts":
            return isinstance(value, list) and all(isinstance(v, str) for v in value)
        case "a table of numbers":
            return isinstance(value, dict) and all(_is(v, "number") for v in value.values())
        case "a table of texts":
            return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    return isinstance(value, dict) and all(_is(v, "a table of numbers") for v in value.values())


def _checked(entry: Entry) -> Entry:
    """The entry, its formulas read and its parameters complete."""
    if not normalised(entry.name).replace("_", "").isalnum() or not entry.name.isascii():
        raise UsageError("A name consists of letters, digits and underscores.")
    for text in (entry.formula, entry.stable, entry.derivative):
        missing = free_names(parse(text)) - {*entry.parameters, *entry.arguments} if text else ()
        if missing:
            raise UsageError(f"The parameter {min(missing)!r} of {text!r} has no default.")
    _check_arguments(entry)
    if unused := set(entry.parameters) - free_names(parse(entry.formula)):
        raise UsageError(f"The formula has no parameter {min(unused)!r}.")
    for spelling, parameter in entry.parameter_aliases.items():
        if parameter not in entry.parameters:
            raise UsageError(f"{spelling!r} is said to spell {parameter!r}, which is no parameter.")
    return entry


def _check_arguments(entry: Entry) -> None:
    """An entry is a function of x, or of two arguments that its formula has."""
    if entry.arguments == ("x",):
        return
    names = {part.id for part in walk(parse(entry.formula)) if isinstance(part, Name)}
    if len(set(entry.arguments)) != 2 or not set(entry.arguments) <= names - CONSTANTS:
        raise UsageError("The field 'arguments' names the two numbers that the formula is of.")
    if "x" in names or set(entry.arguments) & set(entry.parameters):
        raise UsageError("A formula with arguments of its own has no x and no parameter like them.")
    if entry.derivative:
        raise UsageError("A formula of two arguments has no field 'derivative'.")


def activation_of(entry: Entry, /, **parameters: float) -> Activation:
    """The function of an entry, with the given parameters in place of its defaults.

    An argument of a function of two that is among them is fixed at its value.

    Raises UsageError for a parameter that it does not have.
    """
    own = [entry.parameter(given) for given in parameters]
    if len(set(own)) < len(own):
        raise UsageError(f"{' and '.join(parameters)} of {entry.name} are the same parameter.")
    values = dict(entry.parameters) | dict(zip(own, map(float, parameters.values()), strict=True))
    fixed = {name: values.pop(name) for name in entry.fixable if name in values}
    stable = parse(entry.stable) if entry.stable else None
    derivative = parse(entry.derivative) if entry.derivative else None
    definition = parse(entry.formula)
    whole = Activation(entry.name, definition, values, stable, derivative, entry, entry.arguments)
    return whole.fix(**fixed) if fixed else whole


def get(name: str, /, **parameters: float) -> Activation:
    """An activation by its name in the catalogue, or by a formula.

    Raises UsageError for an unknown name or parameter, FormulaError for a formula that is refused.

    >>> get("elu", alpha=0.5)(-1.0)
    -0.31606027941427883
    >>> get("x*sigmoid(b*x)", b=2).derivative(0.0)
    0.5
    """
    return named_or_formula(name, load(), parameters)


def named_or_formula(
    text: str, catalogue: Catalogue, parameters: Mapping[str, float]
) -> Activation:
    """The activation of a name (elu), a framework's name (torch:elu), or a formula."""
    framework, colon, name = text.partition(":")
    if colon:
        activation = activation_of(catalogue.find_in(framework, name), **parameters)
        return replace(activation, name=f"{framework.strip().lower()}:{normalised(name)}")
    if _is_name(text, catalogue, parameters):
        return activation_of(catalogue.find(text.strip()), **parameters)
    try:
        return from_formula(text.strip(), "f", **parameters)
    except FormulaError as error:
        raise _from_catalogue(error, catalogue) or error from None


def _from_catalogue(error: FormulaError, catalogue: Catalogue) -> FormulaError | None:
    """What to write for silu(x) and elu(alpha=2): the catalogue is not part of the formulas."""
    word = re.match(r"\w+(?=\s*\()", error.text[error.position :])
    entry = catalogue.entries.get(catalogue.names.get(normalised(word[0]), "")) if word else None
    if entry is None or word is None or word[0] in PRIMITIVES:
        return None
    parameters = ",".join(f"{name}={value:g}" for name, value in entry.parameters.items())
    meant = f"{entry.name}:{parameters}" if parameters else entry.name
    message = (
        f"There is no function {word[0]} in formulas: its formula is {entry.formula}. "
        f"By itself it is written {meant!r}."
    )
    return FormulaError(message, error.text, error.position)


def _is_name(text: str, catalogue: Catalogue, parameters: Mapping[str, float]) -> bool:
    """Whether a text is a name, known or misspelt; x - 1 is none though leaky-relu is one."""
    if normalised(text) in catalogue.names:
        return True
    if not all(word.isidentifier() for word in text.replace("-", " ").split()):
        return False
    try:
        return bool(free_names(parse(text)) - set(parameters))
    except UsageError:
        return True
