"""Implementations called without actviz: found by their text, with arrays in and float64 out."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import sysconfig
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

Array = Any
HERE = Path(__file__).parent


def spec(text: str) -> str:
    """What actviz is told: a file of a package or of ours stands where it is."""
    place, path = text.split(":", 1)
    if not place.endswith(".py"):
        return text
    ours = HERE / place
    found = ours if ours.is_file() else Path(sysconfig.get_paths()["purelib"]) / place
    return f"{found}:{path}"


def found(text: str) -> Any:
    """The callable of a text; a call that ends it gives all arguments but the first."""
    place, path = spec(text).split(":", 1)
    if place.endswith(".py"):
        made = importlib.util.spec_from_file_location(Path(place).stem, place)
        assert made and made.loader
        module = importlib.util.module_from_spec(made)
        made.loader.exec_module(module)
    else:
        module = importlib.import_module(place)
    tree = ast.parse(path, mode="eval").body
    if not isinstance(tree, ast.Call):
        called = eval(path, vars(module))
        return _instance(called, (), {}) if inspect.isclass(called) else called
    function = eval(ast.unparse(tree.func), vars(module))
    given = [ast.literal_eval(each) for each in tree.args]
    named = {str(each.arg): ast.literal_eval(each.value) for each in tree.keywords}
    if inspect.isclass(function):
        return _instance(function, given, named)
    return lambda x: function(x, *given, **named)


def _instance(kind: Any, given: Sequence[Any], named: dict[str, Any]) -> Any:
    if hasattr(kind, "apply") and hasattr(kind, "backward"):
        return kind.apply
    made = kind(*given, **named)
    return made.eval() if hasattr(made, "eval") else made


def in_format(function: Any, arrays: str, dtype: str) -> Any:
    """A module of torch with its parameters in the format."""
    if arrays != "torch" or not hasattr(function, "parameters"):
        return function
    import torch

    return function.to(getattr(torch, dtype))


def values(function: Any, arrays: str, dtype: str, x: Array) -> Array:
    """The numbers of a function of one array, in float64; x of shape (n,) or (n, k)."""
    return _plain(_shaped(function, _array(arrays, dtype, x), x.shape))


def slopes(function: Any, arrays: str, dtype: str, x: Array) -> Array:
    """Its derivatives by the framework; None if there is none."""
    if arrays == "torch":
        import torch

        at = _array(arrays, dtype, x).requires_grad_()
        result = _shaped(function, at, x.shape)
        if not result.requires_grad:
            return np.zeros(x.shape)
        return _plain(torch.autograd.grad(result.sum(), at)[0])
    if arrays == "jax":
        import jax

        return _plain(jax.grad(lambda at: function(at).sum())(_array(arrays, dtype, x)))
    return None


def gradients(function: Any, arrays: str, dtype: str, takes: str, x: Array, y: Array) -> Array:
    """What a gradient gives that takes x, the output y and the upstream gradient g, which is 1."""
    given = {"x": x, "y": y, "g": np.ones(x.shape)}
    made = [_array(arrays, dtype, given[each]) for each in takes.split()]
    last = made[-1]
    result = function(*made)
    return _plain(last if result is None else result)


def _array(arrays: str, dtype: str, x: Array) -> Any:
    if arrays == "torch":
        import torch

        return torch.tensor(np.asarray(x), dtype=getattr(torch, dtype))
    if arrays == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        return jax.numpy.asarray(x, dtype=dtype)
    return np.asarray(x, dtype=dtype)


def _plain(result: Any) -> Array:
    if hasattr(result, "detach"):
        result = result.detach().double().numpy()
    return np.asarray(result).astype(np.float64)


def _shaped(function: Callable[..., Any], x: Any, shape: tuple[int, ...]) -> Any:
    """The result in the first form that the function takes; of vectors along the last axis."""
    said, named = [], [partial(_named, name=name) for name in ("dim", "axis")]
    for form in (_plainly, _as_column) if len(shape) == 1 else (*named, _plainly):
        try:
            result = form(function, x)
            if tuple(result.shape) in (shape, shape[:1], (*shape[:1], 1), (shape[0], 1)):
                return result
            said.append(f"{tuple(result.shape)}")
        except Exception as error:
            said.append(repr(error))
    raise TypeError("; ".join(said))


def _plainly(function: Callable[..., Any], x: Any) -> Any:
    given = x.clone() if hasattr(x, "clone") else x.copy()
    result = function(given)
    return given if result is None else result


def _as_column(function: Callable[..., Any], x: Any) -> Any:
    column = x.reshape((-1, 1))
    column = column.clone() if hasattr(column, "clone") else column.copy()
    result = function(column)
    return (column if result is None else result).reshape(x.shape)


def _named(function: Callable[..., Any], x: Any, name: str) -> Any:
    return function(x, **{name: -1})


def of_vectors(
    function: Any,
    arrays: str,
    dtype: str,
    x: Array,
    others: Sequence[float],
    place: int,
    order: int,
) -> Array:
    """An output of a function of a vector, or its derivative by the first number."""
    rows = np.stack([x, *(np.full_like(x, each) for each in others)], -1)
    if not order:
        found = values(function, arrays, dtype, rows)
        return found.reshape(len(x), -1)[:, place if found.size > len(x) else 0]
    if arrays == "torch":
        import torch

        at = _array(arrays, dtype, rows).requires_grad_()
        result = _shaped(function, at, rows.shape).reshape(len(x), -1)
        return _plain(torch.autograd.grad(result[:, place].sum(), at)[0])[:, 0]
    import jax

    def summed(at: Any) -> Any:
        result = _shaped(function, at, rows.shape).reshape(len(x), -1)
        return result[:, place].sum()

    return _plain(jax.grad(summed)(_array(arrays, dtype, rows)))[:, 0]


def of_pairs(function: Any, arrays: str, dtype: str, x: Array, given: str) -> Array:
    """A gated function of halves along the last axis, one of them given as in a=-0.875."""
    name, value = given.split("=")
    fixed = np.full_like(x, float(value))
    a, b = (fixed, x) if name == "a" else (x, fixed)
    return _plain(function(_array(arrays, dtype, np.stack([a, b], -1))))[..., 0]
