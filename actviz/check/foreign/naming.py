"""CODE as it is typed: a place, a colon, and what is there, in a part of Python's grammar.

That is names, attributes, calls and subscripts, with nothing but plain values between the brackets:
`layers:Elu(0.2).gradient`, `activations:ACT2FN["gelu"]`, `mine:elu(alpha=0.2)`. It is parsed by
`ast` and followed step by step.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from actviz.errors import UsageError, suggest

LONGEST = 1000  # characters
PLACE = re.compile(r"(.+?\.(?:py|so(?:\.\d+)*|dylib|dll)):(.+)", re.DOTALL)
BRACKET = re.compile(r"[(\[]")
FORMS = "module:callable or path/to/file.py:callable"

Follow = Callable[[Callable[[], Any], str], Any]


class Parameter(NamedTuple):
    """A parameter that code may take: by which names, its value, and whether it was asked for."""

    names: Sequence[str]
    value: float
    asked: bool


def split(spec: str) -> tuple[str, str]:
    """The place and what is there; UsageError if there is no colon between two of them."""
    if found := PLACE.fullmatch(spec):
        return found[1], found[2].strip()
    place, colon, _ = BRACKET.split(spec, maxsplit=1)[0].rpartition(":")
    path = spec[len(place) + 1 :].strip()
    if not (place and colon and path):
        raise UsageError(f"{spec!r} is not of the form {FORMS}.")
    return place, path


def resolve(module: Any, path: str, spec: str, quietly: Follow) -> Any:
    """What a path leads to from a module, of which what it names last is not called but bound.

    quietly: calls what is somebody's, and tells what that raises as a UsageError.
    Raises UsageError for what is no path, and for what is not there.
    """
    return _Path(module, spec, quietly).follow(_tree(path, spec), last=True)


def _tree(path: str, spec: str) -> ast.expr:
    try:
        if len(path) > LONGEST:
            raise ValueError
        return ast.parse(path, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        _refuse(path, spec)


def _refuse(path: str, spec: str) -> NoReturn:
    raise UsageError(
        f"{path!r} in {spec!r} is no name, attribute, call or subscript with plain values, as in "
        "Class(0.2).gradient."
    )


class _Path(NamedTuple):
    """The way from a module to what is in it."""

    module: Any
    spec: str
    quietly: Follow

    def follow(self, node: ast.expr, last: bool = False) -> Any:
        """What a part of the path is; last: whether it is all of it."""
        match node:
            case ast.Name(id=name):
                return self.attribute(self.module, name)
            case ast.Attribute(value=value, attr=name):
                return self.attribute(self.follow(value), name)
            case ast.Subscript(value=value, slice=key):
                return self.item(self.follow(value), self.literal(key))
            case ast.Call(func=function, args=args, keywords=keywords):
                given = [self.literal(each) for each in args]
                named = {each.arg or "": self.literal(each.value) for each in keywords}
                if "" in named:
                    _refuse(ast.unparse(node), self.spec)
                return self.called(self.follow(function), given, named, last)
        _refuse(ast.unparse(node), self.spec)

    def literal(self, node: ast.expr) -> Any:
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            raise UsageError(
                f"{ast.unparse(node)!r} in {self.spec!r} is no plain value: numbers, texts, True, "
                "False, None and lists of them are."
            ) from None

    def attribute(self, found: Any, name: str) -> Any:
        there = self.quietly(lambda: hasattr(found, name), f"{name!r} in {self.spec!r}")
        if not there:
            known = [each for each in dir(found) if not each.startswith("_")]
            raise UsageError(f"There is no {name!r} for {self.spec!r}.{suggest(name, known)}")
        return getattr(found, name)

    def item(self, found: Any, key: Any) -> Any:
        if isinstance(found, Mapping) and key not in found:
            known = [each for each in found if isinstance(each, str)]
            hint = suggest(str(key), known)
            raise UsageError(f"There is no {key!r} for {self.spec!r}.{hint}")
        return self.quietly(lambda: found[key], f"[{key!r}] in {self.spec!r}")

    def called(self, found: Any, given: Sequence[Any], named: Mapping[str, Any], last: bool) -> Any:
        """A class or a factory called; a function of x and these as one of x."""
        if not callable(found):
            raise UsageError(f"A {type(found).__name__} in {self.spec!r} cannot be called.")
        if inspect.isclass(found) or not last:
            return self.quietly(lambda: found(*given, **named), f"{self.spec!r}")
        if _complete(found, given, named):
            made = _or_none(lambda: found(*given, **named))
            if callable(made):
                return made
        return bound(found, given, named)


def _complete(function: Any, given: Sequence[Any], named: Mapping[str, Any]) -> bool:
    """Whether a function lacks nothing but these."""
    try:
        inspect.signature(function).bind(*given, **named)
    except (TypeError, ValueError):
        return False
    return True


def _or_none(call: Callable[[], Any]) -> Any:
    """The result of a call that may well be meant for something else."""
    try:
        return call()
    except (Exception, SystemExit):
        return None


def bound(function: Any, given: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """A function of x and these as one of x: what is given by position comes after x."""
    if given:
        names = [*_by_position(function)][1 : len(given) + 1]
        if len(names) < len(given):
            return lambda x: function(x, *given, **named)
        named = {**dict(zip(names, given, strict=True)), **named}
    made = functools.partial(function, **named)
    made.__module__ = getattr(function, "__module__", "")  # tells of which framework it is
    return made


def _by_position(function: Any) -> Iterable[str]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [each.name for each in _signature(function) if each.kind is kind]


def _signature(function: Any) -> Sequence[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []


def with_parameters(function: Any, parameters: Sequence[Parameter]) -> tuple[Any, str]:
    """A function, or an object of a class, with those parameters that it takes; and these in words.

    One that nobody has asked for is given only where there is no default. The first argument is x,
    unless it is a class.
    """
    class_ = inspect.isclass(function)
    takes = _signature(function)[0 if class_ else 1 :]
    named = {
        each.name: parameter.value
        for each in takes
        for parameter in parameters
        if each.name in parameter.names and (parameter.asked or each.default is each.empty)
        if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    }
    if not named:
        return function, ""
    words = ", ".join(f"{name}={value!r}" for name, value in named.items())
    return (function(**named) if class_ else bound(function, (), named)), f"({words})"
