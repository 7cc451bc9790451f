"""Gradients and forms of code for torch and jax, where these are installed."""

import pytest
from verdicts import curve

from actviz import check
from actviz.check.result import Report


def found(report: Report) -> tuple[bool, set[str]]:
    return report.ok, {result.code for result in report.results}


def failures(report: Report) -> set[str]:
    return {result.code for result in report.results if result.status == "fail"}


def test_functions_of_torch_with_gradients_of_their_own():
    torch = pytest.importorskip("torch")

    class Right(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.tanh(x)

        @staticmethod
        def backward(ctx, g):
            return g / torch.cosh(ctx.saved_tensors[0]) ** 2

    class Wrong(Right):
        @staticmethod
        def backward(ctx, g):
            return g * (1 - torch.tanh(ctx.saved_tensors[0]))

    within = (-300.0, 300.0)  # where cosh does not overflow
    assert found(check.code(curve("tanh"), Right, within=within))[0]
    report = check.code(curve("tanh"), Wrong, within=within)
    assert {r.order for r in report.results if r.status == "fail"} == {1}

    class Forgetful(Right):
        @staticmethod
        def backward(ctx, g):
            return 1 / torch.cosh(ctx.saved_tensors[0]) ** 2

    failed = failures(check.code(curve("tanh"), Forgetful, within=within))
    assert failed == {"upstream"}

    def cut(x):
        return torch.from_numpy(x.detach().numpy()).tanh()

    report = check.code(curve("tanh"), cut, within=within)
    assert any(r.message.startswith("it is 0 everywhere") for r in report.results)


def test_forms_of_torch():
    torch = pytest.importorskip("torch")

    def tutorial(x):
        e = torch.exp(x - x.max())
        return e / e.sum()

    def backward(grad, out):
        return grad * out * (1 - out)

    def in_place(x):
        x.clamp_(min=0)

    for name, code, gradient in (
        ("softmax", tutorial, None),
        ("sigmoid", None, backward),
        ("relu", in_place, None),
        ("prelu", torch.nn.PReLU(), None),  # its parameter is of float32
    ):
        ok, codes = found(check.code(curve(name), code, gradient))
        assert ok and "called-as" in codes, name


def test_functions_of_jax_with_gradients_of_their_own():
    jax = pytest.importorskip("jax")

    def made(slope):
        softplus = jax.custom_vjp(lambda x: jax.numpy.logaddexp(x, 0.0))
        softplus.defvjp(lambda x: (softplus(x), x), lambda x, g: (g * slope(x),))
        return softplus

    assert found(check.code(curve("softplus"), made(jax.nn.sigmoid)))[0]
    wrong = check.code(curve("softplus"), made(lambda x: jax.nn.sigmoid(-x)))
    assert {r.order for r in wrong.results if r.status == "fail"} == {1}

    forgetful = jax.custom_vjp(lambda x: jax.numpy.logaddexp(x, 0.0))
    forgetful.defvjp(lambda x: (forgetful(x), x), lambda x, g: (jax.nn.sigmoid(x),))
    assert failures(check.code(curve("softplus"), forgetful)) == {"upstream"}

    def tutorial(x):
        e = jax.numpy.exp(x - x.max())
        return e / e.sum()

    assert "called-as" in found(check.code(curve("softmax"), tutorial))[1]
