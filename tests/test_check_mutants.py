"""Mutants: wrong derivatives and functions, made by rule from the catalogue, are all caught."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sampled import sampled

import actviz
from actviz.catalogue.calls import typed
from actviz.catalogue.curve import Curve
from actviz.catalogue.lookup import load
from actviz.check import byhand
from actviz.check.claim import Claim
from actviz.check.oracles import difference, fifty_digits
from actviz.check.points import HARD
from actviz.errors import UsageError
from actviz.formula.allowance import Allowance, allowed
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import COMPARISONS, Apply, Node, Number, rebuild, to_text, walk
from actviz.formula.parsing import parse

NAMES = (
    "relu leaky_relu relu6 hardtanh hardsigmoid hardswish softshrink hardshrink threshold elu celu "
    "selu sigmoid tanh softplus silu swish gelu gelu_tanh quick_gelu mish softsign tanhshrink "
    "squareplus log_sigmoid lisht gaussian"
).split()
BESIDE = [place + step for place in (-3, -1, -0.5, 0, 0.5, 1, 3, 6) for step in (3e-3, 6e-3, 9e-3)]
GRID = np.unique([*np.linspace(-8, 8, 1601) + 1e-4, *np.linspace(-60, 60, 1201), *BESIDE])

# A change counts when it is larger than what the oracle allows, and not only at a point.
COUNTS = {"difference": 1e-7, "mpmath": 1e-10}


def mutants(node: Node) -> Iterator[tuple[str, Node]]:
    """Every way in which a formula goes wrong at one place."""
    yield "sign", Apply("neg", (node,))
    yield "left tail lost", Apply("where", (parse_condition("x < -5"), Number(0.0), node))
    yield "factor", Apply("*", (Number(1.000001), node))
    for part in walk(node):
        for rule, wrong in _changed(part):
            yield rule, rebuild(node, {part: wrong})


def parse_condition(text: str) -> Node:
    where = parse(f"where({text}, 1, 0)")
    assert isinstance(where, Apply)
    return where.arguments[0]


def _changed(part: Node) -> Iterator[tuple[str, Node]]:
    match part:
        case Number(0.0):
            yield "saturated branch sloped", Number(0.001)
        case Number(value):
            yield "constant", Number(value * 1.000001)
        case Apply("*", (a, b)):
            yield "missing factor", a
            yield "missing factor", b
        case Apply("+", arguments):
            yield "sign inside", Apply("-", arguments)
        case Apply("-", arguments):
            yield "sign inside", Apply("+", arguments)
        case Apply("where", (condition, a, b)):
            yield "swapped branch", Apply("where", (condition, b, a))
        case Apply(head, (a, b)) if head in COMPARISONS:
            yield "breakpoint moved", Apply(head, (a, Apply("+", (b, Number(0.01)))))


def change(node: Node, wrong: Node, activation: actviz.Activation) -> float:
    """By how much a mutant differs, relative to the scale that differences have."""
    parameters = activation.parameters
    with allowed(Allowance(10_000)):  # the tails of what cancels are no matter here
        right, other = (evaluate(n, GRID, parameters) for n in (node, wrong))
    value = np.abs(activation.value(GRID)) / np.maximum(1, np.abs(GRID))
    off = np.abs(right - other) / (np.abs(right) + value + 1e-280)
    off = np.sort(np.where(np.isnan(off), 1.0, off))
    return float(off[-3])


@cache
def of_entry(name: str) -> list[tuple[str, str, float]]:
    """Mutants of a derivative: rule, formula, and how much it changes."""
    activation = actviz.get(name)
    node = activation.tree(1)
    others = [actviz.get(other).tree(1) for other in ("tanh", "silu") if other != name]
    wrong = [*mutants(node), *(("another function's", other) for other in others)]
    found = []
    for rule, mutant in wrong:
        try:
            text = to_text(mutant)
            parse(text)
            found.append((rule, text, change(node, mutant, activation)))
        except UsageError:
            continue  # too large to be typed
    return found


@pytest.fixture(autouse=True)
def fewer_points(monkeypatch):
    """A quarter of the hard points catches them all, in a quarter of the time."""
    monkeypatch.setattr("actviz.check.points.HARD", HARD[::4])


def survivors(oracle: str, name: str) -> list[str]:
    curve = actviz.parse_curves([name])[0]
    alive = []
    counted = [mutant for mutant in of_entry(name) if mutant[2] > COUNTS[oracle]]
    for rule, text, changed in sampled(counted, 0.3):
        verdict = next(iter(byhand.verdicts(curve, typed(text, load().known), 1, (oracle,))))
        if verdict.status != "fail":
            alive.append(f"{rule}: {text} (changed by {changed:.1e})")
    return alive


def test_there_are_enough_mutants_of_every_kind():
    made = [mutant for name in NAMES for mutant in of_entry(name)]
    counted = [rule for rule, _, changed in made if changed > COUNTS["difference"]]
    assert len(counted) >= 200
    assert set(counted) == {
        "sign", "sign inside", "factor", "constant", "missing factor", "swapped branch",
        "another function's", "saturated branch sloped", "left tail lost", "breakpoint moved",
    }  # fmt: skip


@pytest.mark.parametrize("name", sampled(NAMES, 0.1))
def test_wrong_derivatives_are_caught_by_difference(name):
    assert survivors("difference", name) == []


@pytest.mark.parametrize("name", sampled(NAMES, 0.2))
def test_wrong_derivatives_are_caught_by_mpmath(name):
    assert survivors("mpmath", name) == []


# Ways to write the same: none of them may be taken for a mutant.
FORMS = ("-(-({}))", "0.5*(2*({}))", "({}) + sin(x)**2 + cos(x)**2 - 1", "where(x < 1, {0}, {0})")


@pytest.mark.parametrize("oracle", ["difference", "mpmath"])
@pytest.mark.parametrize("name", sampled(NAMES[::2], 0.2))
def test_right_derivatives_in_other_forms_pass(name, oracle):
    curve = actviz.parse_curves([name])[0]
    derivative = curve.activation.derivative_formula()
    for form in FORMS:
        results = byhand.verdicts(curve, typed(form.format(derivative), load().known), 1, (oracle,))
        wrong = [r for r in results if r.status == "fail" and r.oracle != "float64"]
        assert wrong == [], form


@pytest.mark.parametrize("name", sampled(NAMES, 0.2))
def test_wrong_functions_are_caught(name):
    """The value mutated, the derivative right: by difference, and by mpmath always."""
    activation = actviz.get(name)
    alive = []
    for rule, wrong in mutants(activation.definition):
        changed = change(activation.definition, wrong, activation)
        mutated = replace(activation, stable=wrong, first_derivative=activation.tree(1))
        curve = Curve(mutated, name, name)
        if changed > COUNTS["mpmath"] and all(
            result.status != "fail" for result in fifty_digits.check(curve, (), "mpmath")
        ):
            alive.append(f"mpmath: {rule}: {to_text(wrong)}")
        slope = change_of_slope(activation, wrong)
        if slope > COUNTS["difference"]:
            claims = (Claim.of(mutated, order) for order in (1, 0))
            with allowed(Allowance(10_000)):  # the tails of what cancels are no matter here
                verdict = difference.judge(name, "difference", activation, *claims)
            if verdict.status != "fail":
                alive.append(f"difference: {rule}: {to_text(wrong)} ({slope:.1e})")
    assert alive == []


def change_of_slope(activation: actviz.Activation, wrong: Node) -> float:
    """By how much the derivative of a mutated function differs."""
    derivative = actviz.Activation("wrong", wrong, activation.parameters).tree(1)
    return change(activation.tree(1), derivative, activation)
