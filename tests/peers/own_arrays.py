"""Functions of libraries whose arrays are their own, as functions of numpy's arrays."""

from __future__ import annotations

import functools
import importlib
from typing import Any

import numpy as np


def _model(operator: str, opset: int, dtype: str, attributes: tuple[tuple[str, Any], ...]) -> Any:
    from onnx import helper

    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    x, y = (helper.make_tensor_value_info(name, kind, None) for name in "xy")
    node = helper.make_node(operator, ["x"], ["y"], **dict(attributes))
    graph = helper.make_graph([node], "graph", [x], [y])
    opsets = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


@functools.lru_cache
def _evaluator(*of: Any) -> Any:
    from onnx.reference import ReferenceEvaluator

    return ReferenceEvaluator(_model(*of))


@functools.lru_cache
def _session(*of: Any) -> Any:
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(_model(*of).SerializeToString(), settings)


def _run(made: Any, x: Any, operator: str, opset: int, attributes: dict[str, Any]) -> Any:
    x = np.asarray(x)
    ready = made(operator, opset, str(x.dtype), tuple(attributes.items()))
    return ready.run(None, {"x": x})[0]


def reference(x: Any, operator: str, opset: int = 22, **attributes: Any) -> Any:
    """An operator of ONNX by its reference implementation."""
    return _run(_evaluator, x, operator, opset, attributes)


def runtime(x: Any, operator: str, opset: int = 22, **attributes: Any) -> Any:
    """An operator of ONNX by onnxruntime."""
    return _run(_session, x, operator, opset, attributes)


def tinygrad(x: Any, method: str, *given: Any) -> Any:
    """A method of a Tensor of tinygrad."""
    from tinygrad import Tensor

    return getattr(Tensor(np.ascontiguousarray(x)), method)(*given).numpy()


def paddle(x: Any, name: str, **given: Any) -> Any:
    """A function of paddle.nn.functional."""
    import paddle as library

    function = getattr(library.nn.functional, name)
    return function(library.to_tensor(np.asarray(x)), **given).numpy()


def paddle_slope(x: Any, name: str, **given: Any) -> Any:
    """Its derivative, by its autograd."""
    import paddle as library

    at = library.to_tensor(np.asarray(x), stop_gradient=False)
    getattr(library.nn.functional, name)(at, **given).sum().backward()
    return at.grad.numpy()


def mlx(x: Any, name: str, *given: Any) -> Any:
    """A function of mlx.nn."""
    core, nn = importlib.import_module("mlx.core"), importlib.import_module("mlx.nn")
    return np.array(getattr(nn, name)(core.array(np.asarray(x)), *given))


def mlx_slope(x: Any, name: str, *given: Any) -> Any:
    """Its derivative, by its autograd."""
    core, nn = importlib.import_module("mlx.core"), importlib.import_module("mlx.nn")
    slope = core.grad(lambda at: getattr(nn, name)(at, *given).sum())
    return np.array(slope(core.array(np.asarray(x))))


def autograd(x: Any, name: str) -> Any:
    """The derivative of a function of this module, by the autograd of that name."""
    from autograd import elementwise_grad

    return elementwise_grad(globals()[name])(np.asarray(x))


def logistic(x: Any) -> Any:
    """As people write it for autograd."""
    import autograd.numpy as anp

    return 1 / (1 + anp.exp(-x))


def softplus(x: Any) -> Any:
    import autograd.numpy as anp

    return anp.logaddexp(0.0, x)


def tanh(x: Any) -> Any:
    import autograd.numpy as anp

    return anp.tanh(x)


def gelu(x: Any) -> Any:
    from autograd.scipy.special import erf

    return 0.5 * x * (1 + erf(x / 2**0.5))


def silu(x: Any) -> Any:
    return x * logistic(x)


def relu(x: Any) -> Any:
    import autograd.numpy as anp

    return anp.maximum(x, 0)
