"""PyTorch and JAX beside actviz, where they are installed: what deviates is known and theirs."""

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from sampled import sampled

import actviz
from actviz import check
from actviz.check.claim import ordinary
from actviz.check.looking import inputs
from actviz.check.oracles import frameworks
from actviz.errors import UsageError
from actviz.info import atlas

sys.path.insert(0, str(Path(__file__).parent / "atlas"))
import survey

BOTH = ("torch", "jax")
CATALOGUE = actviz.load()

# What torch 2.13.0 and jax 0.10.2 get wrong in float64: name, order, region, and the relative error
# to three digits, as the survey has published it; or that it is infinite, noise, or a convention.
DEVIATIONS = {
    "torch": (
        ("hardsigmoid", 1, "centre", 2.98e-8),
        ("hardsigmoid", 1, "subnormal inputs", 2.98e-8),
        ("hardswish", 0, "right tail", "inf"),
        ("tanhshrink", 0, "centre", 1),
        ("tanhshrink", 1, "centre", 1),
        ("sigmoid", 1, "right tail", 1),
        ("tanh", 1, "left tail", 1),
        ("tanh", 1, "right tail", 1),
        ("softplus", 0, "right tail", 1.03e-10),
        ("softplus", 1, "right tail", 2.06e-9),
        ("softsign", 1, "left tail", "noise"),
        ("softsign", 1, "right tail", "noise"),
        ("gelu", 0, "left tail", 1),
        ("gelu", 1, "left tail", 1.43e-2),
        ("gelu_tanh", 0, "left tail", 1),
        ("gelu_tanh", 1, "left tail", "inf"),
        ("gelu_tanh", 1, "right tail", "inf"),
    ),
    "jax": (
        ("leaky_relu", 1, "convention", "1"),
        ("hardtanh", 1, "convention", "1"),
        ("sparse_sigmoid", 1, "convention", "0.25"),
        ("abs", 1, "convention", "1"),
        ("sigmoid", 1, "right tail", 1),
        ("tanh", 1, "left tail", 90.3),
        ("tanh", 1, "right tail", 89.8),
        ("softsign", 1, "left tail", "inf"),
        ("softsign", 1, "right tail", "inf"),
        ("elu", 1, "left tail", 1),
        ("celu", 1, "left tail", 1),
        ("selu", 1, "left tail", 1),
        ("gelu_tanh", 0, "left tail", 88.6),
        ("gelu_tanh", 1, "left tail", "inf"),
        ("gelu_tanh", 1, "right tail", "inf"),
        ("squareplus", 0, "left tail", "inf"),
        ("squareplus", 0, "right tail", "inf"),
        ("squareplus", 1, "left tail", "inf"),
        ("squareplus", 1, "right tail", "inf"),
        ("sparse_plus", 1, "left tail", "inf"),
        ("sparse_plus", 1, "right tail", "inf"),
    ),
}
TIER_ONE = (
    "identity relu leaky_relu prelu rrelu relu6 threshold hardtanh hardsigmoid hardswish "
    "hardshrink softshrink tanhshrink sigmoid tanh log_sigmoid softplus softsign silu mish elu "
    "celu selu gelu gelu_tanh squareplus sparse_plus sparse_sigmoid abs"
).split()
# Their value at -inf, where the limit is 0 or -1.
NOT_A_NUMBER_AT_INFINITY = {
    "torch": {"silu", "mish", "gelu", "gelu_tanh", "hardswish", "softsign"},
    "jax": {"silu", "mish", "gelu", "gelu_tanh", "hardswish", "softsign", "squareplus"},
}
# Points at which they return these very numbers.
RETURNED = {
    "torch": (
        ("gelu", 0, -20.0, 0.0),
        ("sigmoid", 1, 40.0, 0.0),
        ("tanh", 1, 20.0, 0.0),
        ("hardsigmoid", 1, 1.0, 0.1666666716337204),
        ("softplus", 0, 20.1, 20.1),
        ("relu", 1, 0.0, 0.0),
        ("hardswish", 1, 3.0, 1.0),
    ),
    "jax": (
        ("elu", 1, -40.0, 0.0),
        ("sigmoid", 1, 40.0, 0.0),
        ("leaky_relu", 1, 0.0, 1.0),
        ("softplus", 0, 20.1, 20.10000000186501),
    ),
}


@pytest.fixture(scope="module", params=BOTH)
def framework(request):
    if not find_spec(request.param):
        pytest.skip(f"{request.param} is not installed")
    return request.param


@pytest.fixture(scope="module")
def listed(framework):
    return [
        curve
        for curve in check.whole_catalogue(CATALOGUE)
        if framework in CATALOGUE.entries[curve.label].frameworks
    ]


@pytest.fixture(scope="module")
def results(framework, listed):
    return check.curves(listed, orders=(1,), oracles=[framework]).results


def test_every_function_that_they_have_is_compared(listed, results):
    """One of two numbers along all of its lines: glu as glu:a=-0.875 and so on."""
    compared = {r.curve for r in results if r.status == "pass"}
    assert compared == {line.label for curve in listed for line in ordinary(curve)}
    assert len(listed) >= 25


def test_actviz_is_right_wherever_they_differ(results):
    assert [f"{r.curve} {r.order} {r.message}" for r in results if r.status == "fail"] == []


def test_the_deviations_are_those_known(framework, results):
    found = {
        (r.curve, r.order, r.code if r.code == "convention" else r.message.split(":")[0])
        for r in results
        if r.code in ("framework-deviates", "convention")
        and not r.message.startswith("special")
        and r.curve in TIER_ONE
    }
    assert found == {deviation[:3] for deviation in DEVIATIONS[framework]}


def test_the_deviations_are_as_large_as_published(framework, monkeypatch):
    """Where the survey has seen the worst the oracle sees that, and nothing worse elsewhere."""
    sized = [each for each in DEVIATIONS[framework] if not isinstance(each[-1], str)]
    for name in dict.fromkeys(name for name, *_ in sized):
        places = [row.x for row in published(framework, name)]
        monkeypatch.setattr(
            frameworks,
            "inputs",
            lambda *given, x=places, **more: np.union1d(inputs(*given, **more), x),
        )
        results = check.curves(actviz.parse_curves([name]), (1,), [framework]).results
        for _, order, region, size in (each for each in sized if each[0] == name):
            worst = surveyed(framework, name, order, region)
            assert float(f"{worst:.3g}") == size, (name, order, region, worst)
            (result,) = (r for r in results if r.order == order and region in r.message)
            assert result.message.rsplit(" ", 1)[1] == f"{worst:.2g}", result


def published(framework, name):
    """The stretches of a function in float64 that have been published."""
    asked = framework, "cpu", "float64"
    return [
        row
        for row in atlas.known(name)
        if (row.framework, row.device, row.dtype) == asked and not row.single
    ]


def surveyed(framework, name, order, region):
    """The largest relative error that has been published of a region."""
    return max(
        row.relative
        for row in published(framework, name)
        if row.order == order
        and (row.lower < 0 or region != "left tail")
        and (row.upper > 0 or region != "right tail")
    )


def test_the_limits_that_they_miss(framework, results):
    missed = {
        r.curve
        for r in results
        if r.message == "special values" and r.order == 0 and r.x == float("-inf")
    }
    assert missed & set(TIER_ONE) == NOT_A_NUMBER_AT_INFINITY[framework]


def test_they_are_called_as_the_catalogue_says(framework):
    import numpy as np

    from actviz.check.foreign.calling import Foreign
    from actviz.check.oracles.frameworks import function

    for name, order, x, expected in RETURNED[framework]:
        entry = CATALOGUE.entries[name]
        called = function(entry.frameworks[framework], entry.parameters, framework)
        got = Foreign(name, called, framework, "float64").derivative(np.array([x]), order)
        assert abs(got[0]) == expected, name


AGAINST = {
    "torch": ("torch.nn.functional:relu", "torch.nn:ReLU", "torch:relu"),
    "jax": ("jax.nn:relu", "jax:nn.relu"),
}


def test_their_functions_as_somebodys_code(framework):
    (relu,) = actviz.parse_curves(["relu"])
    for spec in AGAINST[framework]:
        for dtype in ("float64", "float32", "bfloat16", "float16"):
            report = check.code(relu, spec, dtype=dtype)
            assert report.ok and {r.order for r in report.results} == {0, 1}, (spec, dtype)


def test_their_gelu_as_somebodys_code(framework):
    (gelu,) = actviz.parse_curves(["gelu"])
    where = {"torch": "torch.nn.functional:gelu", "jax": "jax.nn:gelu"}[framework]
    found = {r.code: r.message for r in check.code(gelu, where).results if r.status == "fail"}
    if framework == "torch":
        assert "1 + erf cancels, use erfc" in found["loses-tail"]
    else:
        assert found["other-function"] == "it matches gelu_tanh, not gelu"


CODE = {
    "torch": "import torch\ndef silu(x): return x * torch.sigmoid(x)\ndef f(x, y): return x",
    "jax": "import jax\ndef silu(x): return x * jax.nn.sigmoid(x)\ndef f(x, y): return x",
}


def test_code_over_their_arrays_is_differentiated(framework, tmp_path):
    (silu,) = actviz.parse_curves(["silu"])
    (tmp_path / "mine.py").write_text(CODE[framework])
    report = check.code(silu, f"{tmp_path}/mine.py:silu", dtype="float32")
    derivative = {r.message.split(":")[0]: r.status for r in report.results if r.order == 1}
    assert derivative["centre"] == "pass"
    with pytest.raises(UsageError, match="cannot be evaluated"):
        check.code(silu, f"{tmp_path}/mine.py:f")


@pytest.mark.parametrize("name", BOTH)
def test_a_framework_that_is_not_there_is_not_told_and_cannot_be_required(name, monkeypatch):
    monkeypatch.setattr("actviz.check.libraries.installed", lambda library: library != name)
    monkeypatch.setattr("actviz.check.libraries.imported", lambda library: False)
    curves = actviz.parse_curves(["relu"])
    absent = [r for r in check.curves(curves, orders=(1,)).results if r.oracle == name]
    assert absent == []
    with pytest.raises(UsageError, match=f"{name} is not installed: pip install {name}"):
        check.curves(curves, oracles=[name])


LINES = {line.label: line for each in check.whole_catalogue(CATALOGUE) for line in ordinary(each)}
PUBLISHED = [row for name in CATALOGUE.entries for row in atlas.known(name) if row.device == "cpu"]


@pytest.mark.parametrize("row", sampled(PUBLISHED, 0.05), ids=str)
def test_what_is_published_of_them_is_seen_again(row):
    if not find_spec(row.framework.partition(".")[0]):
        pytest.skip(f"{row.framework} is not installed")
    subject = survey.subject(LINES[row.curve], row.framework, row.device, row.dtype)
    if row.single:
        np.testing.assert_equal(subject.alone([row.x], row.order), [row.gives])
    else:
        for x in (row.lower, row.x, row.upper):
            assert survey.seen(subject, row.order, row.fault, np.array([x]), all=x == row.x), x


@pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed")
def test_without_a_gpu_that_is_said_and_nothing_is_written(monkeypatch, capsys):
    before = survey.FILE.read_bytes()
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["survey.py", "cuda"])
    assert survey.main() == 0
    assert "there is no GPU here" in capsys.readouterr().out
    assert survey.FILE.read_bytes() == before


JACOBIANS = [
    name
    for name, entry in CATALOGUE.entries.items()
    if "torch" in entry.frameworks and not actviz.get(name).elementwise
]


@pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed")
@pytest.mark.parametrize("name", JACOBIANS)
def test_jacobians_are_those_of_torch(name):
    import torch

    from actviz.check.oracles.frameworks import function

    theirs = function(CATALOGUE.entries[name].frameworks["torch"], {}, "torch")
    for x in ([0.3, -1.2, 2.0, 0.7], [20.0, 1e4, 9998.5, -1e4]):
        got = actviz.get(name).jacobian(x)
        expected = torch.autograd.functional.jacobian(theirs, torch.tensor(x, dtype=torch.float64))
        rows = np.broadcast_to(expected.numpy(), got.shape)  # logsumexp is one number for all rows
        np.testing.assert_allclose(got, rows, rtol=1e-12, atol=1e-15)


def test_there_are_jacobians_to_compare():
    assert {"softmax", "log_softmax", "glu"} <= set(JACOBIANS)
