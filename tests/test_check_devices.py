"""Code on a device, with what stands in for the frameworks where there is none: arrays that know
where they are, and refuse to be read or to meet others anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Call
from sampled import sampled

STAND_IN = '''
import sys
import numpy as np

class device:
    def __init__(self, name):
        if name.split(":")[0] not in KNOWN:
            raise RuntimeError(f"there is no device type {name!r}")
        self.name = name

HERE = "cpu"
KNOWN = ("cpu", "fake")

class Array:
    """Numbers somewhere."""
    requires_grad = False
    def __init__(self, a, where): self.a, self.where = np.asarray(a), where
    shape = property(lambda self: self.a.shape)
    dtype = property(lambda self: self.a.dtype)
    def _with(self, other, operation):
        if isinstance(other, Array) and other.where != self.where:
            raise RuntimeError("the arrays are on different devices")
        return Array(operation(self.a, other.a if isinstance(other, Array) else other), self.where)
    def __eq__(self, other): return self._with(other, np.equal)
    def __ne__(self, other): return self._with(other, np.not_equal)
    def __or__(self, other): return self._with(other, np.logical_or)
    def __and__(self, other): return self._with(other, np.logical_and)
    def __mul__(self, other): return self._with(other, np.multiply)
    def __rmul__(self, other): return self._with(other, np.multiply)
    def __getitem__(self, place): return Array(self.a[place], self.where)
    def reshape(self, *shape): return Array(self.a.reshape(*shape), self.where)
    def all(self): return bool(self.a.all())
    def clone(self): return Array(self.a.copy(), self.where)
    copy = clone
    def detach(self): return self
    def cpu(self): return Array(self.a, HERE)
    def to(self, what):
        if isinstance(what, device): return Array(self.a, what.name)
        return Array(self.a.astype(what), self.where)
    def is_floating_point(self): return True
    def numpy(self):
        if self.where != HERE: raise TypeError("it is not in the memory of the processor")
        return self.a
    def __array__(self, *given, **named): return self.numpy()

def relu(x): return Array(np.where(x.a < 0, 0, x.a), x.where)
def stack(arrays, axis): return Array(np.stack([e.a for e in arrays], axis), arrays[0].where)
Array.__module__ = __name__
'''
TORCH = """
float64, float32, float16 = np.dtype("f8"), np.dtype("f4"), np.dtype("f2")
def tensor(x, dtype, device=None): return Array(x.astype(dtype), device.name if device else HERE)
class nn:
    class Module:
        training = True
        def __init__(self): self.weights = []
        def parameters(self): return self.weights
        def buffers(self): return []
        def eval(self):
            self.training = False
            return self
        def to(self, what):
            self.weights = [each.to(what) for each in self.weights]
            return self
        def __call__(self, x): return self.forward(x)
class autograd:
    class Function: pass
"""
CUPY = """
class cuda:
    class Device:
        chosen = []
        def __init__(self, number): self.number = number
        def __enter__(self): cuda.Device.chosen.append(self.number)
        def __exit__(self, *given): cuda.Device.chosen.pop()
def asarray(x): return Array(x, f"cuda:{cuda.Device.chosen[-1]}")
def asnumpy(x): return x.cpu().a
"""
JAX = """
class config:
    update = staticmethod(lambda name, value: None)
def devices(platform):
    if platform != "fake": raise RuntimeError(f"Unknown backend {platform}")
    return ["fake:0", "fake:1"]
def device_put(x, where): return Array(x.a, where)
class numpy:
    asarray = staticmethod(lambda x, dtype: Array(x.astype(dtype), HERE))
    stack = staticmethod(stack)
sys.modules["jax.numpy"] = numpy
Array.__array__ = lambda self, *given, **named: self.a  # jax brings its arrays by itself
"""
CODE = """
import {library} as library

def there(x):
    if x.where != {where!r}: raise RuntimeError(f"it is on {{x.where}}")
    return library.relu(x)

def wrong(x):
    return library.Array((x.a > 0) * x.a * 1.5, x.where)

if {library!r} == "torch":
    class Layer(library.nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = [library.Array([1.0], "cpu")]
        def forward(self, x):
            if self.training: raise RuntimeError("it is trained")
            return self.weights[0] * library.relu(x)
"""
LIBRARIES = {"torch": TORCH, "cupy": CUPY, "jax": JAX}


def written(library: str, where: str) -> None:
    """What stands in for a framework, and code that uses it."""
    Path(f"{library}.py").write_text(STAND_IN + LIBRARIES[library])
    Path("mine.py").write_text(CODE.format(library=library, where=where))


# the framework, the device that is asked for, and where its arrays are
PLACES = (
    ("torch", "", "cpu"),
    ("torch", "cpu", "cpu"),
    ("torch", "fake", "fake"),
    ("torch", "fake:1", "fake:1"),
    ("jax", "fake", "fake:0"),
    ("jax", "fake:1", "fake:1"),
    ("cupy", "", "cuda:0"),
    ("cupy", "cuda", "cuda:0"),
    ("cupy", "cuda:1", "cuda:1"),
)


@pytest.mark.parametrize(("library", "device", "where"), sampled(PLACES, 0.25))
def test_arrays_are_made_there_and_results_are_brought_back(
    library: str, device: str, where: str, call: Call
) -> None:
    written(library, where)
    asked = ("--device", device) if device else ()
    words = ("--against", "mine.py:there", "--dtype", "float32", "--order", "0", *asked)
    done = call("check", "relu", *words, "--format", "concise")
    assert done.code == 0 and " 0 failed" in done.out, done
    wrong = call("check", "relu", *words[:1], "mine.py:wrong", *words[2:])
    assert wrong.code == 1 and "FAIL" in wrong.out, wrong


@pytest.mark.parametrize("device", ["", "fake"])
def test_a_module_goes_there_with_its_parameters_and_is_not_trained(
    device: str, call: Call
) -> None:
    written("torch", device or "cpu")
    asked = ("--device", device) if device else ()
    done = call("check", "relu", "--against", "mine.py:Layer", "--order", "0", *asked)
    assert done.code == 0, done


# what is asked, and words of the refusal
REFUSED = (
    ("torch", "mine.py:there --device none", "there is no device type 'none'"),
    ("jax", "mine.py:there --device none", "Unknown backend none"),
    ("cupy", "mine.py:there --device fake", "none called fake"),
    ("cupy", "mine.py:there --device cuda:x", "a name such as cuda or cuda:1"),
    ("torch", "numpy:tanh --device cpu", "imports none of these"),
    ("torch", "libm.so.6:tanhf --device cpu", "is a library"),
)


@pytest.mark.parametrize(("library", "words", "told"), REFUSED)
def test_what_is_on_no_device_is_refused(library: str, words: str, told: str, call: Call) -> None:
    written(library, "fake")
    done = call("check", "tanh", "--against", *words.split())
    assert (done.code, done.out) == (2, "") and told in done.err, done
