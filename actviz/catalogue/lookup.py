"""Look-up: a name or alias to its entry, an entry or a typed formula to its activation.

The functions themselves are data, in catalogue.toml; a user's own file has the same form and comes
in by the same door.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from actviz.catalogue.activation import Activation, from_formula
from actviz.catalogue.calls import named
from actviz.catalogue.domain import checked
from actviz.catalogue.entry import Entry, normalised
from actviz.catalogue.sources import built_in, names_of, offered, read_file
from actviz.errors import UsageError, suggest
from actviz.formula.expression import free_names
from actviz.formula.parsing import parse
from actviz.formula.primitives import PRIMITIVES

# Other names of frameworks, and what their modules are imported as.
OTHERWISE = {
    "pytorch": "torch", "tensorflow": "tf", "hf": "huggingface", "transformers": "huggingface",
    "nn": "torch", "f": "torch", "mx": "mlx", "linen": "flax", "tensorflow_addons": "tfa",
}  # fmt: skip


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
        elsewhere, broken = offered(self.known)
        for entry in elsewhere:
            if key in (normalised(known) for known in (entry.name, *entry.aliases)):
                return entry
        hint = suggest(key, self.entries) or suggest(key, names)
        raise UsageError(f"There is no function {name!r} in the catalogue.{hint}{broken}")

    def known(self, name: str) -> Entry | None:
        """The entry of a name or alias, if there is one."""
        return self.entries.get(self.names.get(normalised(name), ""))

    def find_in(self, framework: str, name: str) -> Entry:
        """The entry of what a framework means by a name, with that framework's defaults.

        A name is written as the framework does, so that keras:LeakyReLU is its layer.

        Raises UsageError for an unknown framework or a name that it does not have.

        >>> names = "leaky_relu", "LeakyReLU"
        >>> [load().find_in("keras", name).parameters["alpha"] for name in names]
        [0.2, 0.3]
        >>> load().find_in("jax", "gelu").name
        'gelu_tanh'
        """
        key = OTHERWISE.get(framework.strip().lower(), framework.strip().lower())
        calls = self._calls(key)
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
        own = [
            values
            for place, values in entry.defaults.items()
            if place.startswith(f"{key}.") and place.rpartition(".")[2] == name.strip()
        ]
        defaults = own[0] if own else entry.defaults.get(key, {})
        return replace(entry, parameters={**entry.parameters, **defaults})

    def _calls(self, framework: str) -> dict[str, str]:
        """What a framework calls the entries that it has; Flax has those of JAX too."""
        own = {
            name: entry.frameworks[framework]
            for name, entry in self.entries.items()
            if framework in entry.frameworks
        }
        return self._calls("jax") | own if framework == "flax" else own

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every name and alias, normalised, with the name of its entry."""
        return names_of(self.entries)


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


def load(paths: Sequence[Path] = ()) -> Catalogue:
    """The built-in catalogue, with the entries of further files added.

    Raises UsageError, naming file and entry, for a file that cannot be read or is not well-formed.
    """
    if not paths:
        return _brought()
    entries = dict(built_in())
    for path in paths:
        further = read_file(path, Catalogue(entries).known)
        replaced = {normalised(name) for name in further}
        entries = {n: e for n, e in entries.items() if normalised(n) not in replaced} | further
    return Catalogue(entries)


@lru_cache(maxsize=1)
def _brought() -> Catalogue:
    """What the package brings, its names looked up once for all who ask."""
    return Catalogue(built_in())


def activation_of(entry: Entry, /, **parameters: float) -> Activation:
    """The function of an entry, with the given parameters in place of its defaults.

    An argument of a function of two that is among them is fixed at its value.

    Raises UsageError for a parameter that it does not have, or not with this value.
    """
    own = [entry.parameter(given) for given in parameters]
    if len(set(own)) < len(own):
        raise UsageError(f"{' and '.join(parameters)} of {entry.name} are the same parameter.")
    given = dict(zip(own, parameters.values(), strict=True))
    values = checked(entry.name, {**entry.parameters, **given}, entry.domain)
    fixed = {name: values.pop(name) for name in entry.fixable if name in values}
    further = (entry.stable, entry.derivative, entry.parametric)
    stable, derivative, parametric = (parse(text) if text else None for text in further)
    whole = Activation(
        entry.name,
        parse(entry.formula),
        values,
        stable,
        derivative,
        entry,
        entry.arguments,
        parametric,
        entry.stable_orders,
        named(entry.written) if entry.written else None,
    )
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
    name = text.strip().rstrip("'")
    if order := len(text.strip()) - len(name):
        return named_or_formula(name, catalogue, parameters).derived(order)
    framework, colon, name = _in_framework(text)
    if colon:
        activation = activation_of(catalogue.find_in(framework, name), **parameters)
        return replace(activation, name=f"{framework.strip().lower()}:{name.strip()}")
    if _is_name(text, catalogue, parameters):
        return activation_of(catalogue.find(text.strip()), **parameters)
    return from_formula(text.strip(), "f", catalogue.known, **parameters)


def _in_framework(text: str) -> tuple[str, str, str]:
    """A framework, a colon and a name: of keras:elu, torch.nn.functional.elu and nn.ELU.

    >>> _in_framework("torch.nn.functional.elu"), _in_framework("nn.ELU")
    (('torch', ':', 'elu'), ('torch', ':', 'ELU'))
    """
    path = text.strip().split(".")
    if len(path) > 1 and all(part.isidentifier() for part in path):
        return OTHERWISE.get(path[0].lower(), path[0]), ":", path[-1]
    return text.partition(":")


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
