"""Domains of parameters: each is free or has one, inside it computes, outside it is refused."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from points import excess
from sampled import SEED, sampled

import actviz
from actviz.catalogue.domain import COMPARISONS, condition
from actviz.check.points import judged_by_sides
from actviz.errors import UsageError
from actviz.formula.derivative import differentiate
from actviz.formula.expression import Name, Node, X, rebuild

ENTRIES = {name: entry for name, entry in actviz.load().entries.items() if entry.parameters}
BOUNDED = [
    (name, p)
    for name, entry in ENTRIES.items()
    for p in {p: 0 for text in entry.domain for p in condition(text, entry.parameters).parameters}
]
# The parameters that may be any number.
FREE = """
    leaky_relu.alpha prelu.alpha keras_relu.negative_slope threshold.threshold threshold.value
    thresholded_relu.theta hardshrink.lambd elu.alpha selu.alpha selu.scale squareplus.b
    swish.beta sine.omega star_relu.scale star_relu.bias laplace.mu eswish.beta isru.alpha
    isrlu.alpha sine_relu.epsilon xielu.alpha_p xielu.alpha_n xielu.beta aria2.alpha aria2.beta
    srelu.a_r srelu.a_l soft_exponential.alpha dyt.alpha nlrelu.beta acon_c.p1 acon_c.p2
    acon_c.beta snake_beta.alpha stan.beta hosc.beta hosc.omega derf.alpha smu.alpha smu.mu
    bounded_leaky_relu.alpha tent.delta penalized_tanh.alpha serlu.alpha serlu.scale
    flatten_t_swish.threshold ptelu.alpha ptelu.beta sign_relu.alpha erf_relu.alpha delu.n
    hexpo.a hexpo.c soft_plus_plus.alpha resp.alpha abslu.alpha siglin.alpha sgelu.alpha
    sinlu.alpha sinlu.beta wave.alpha vlu.alpha vlu.beta delay_relu.a displaced_relu.a mlrelu.a
    li_relu.a dprelu.a dprelu.b dual_line.a dual_line.b dual_line.m lelelu.a arelu.a arelu.b
    shilu.a shilu.b sloped_relu.a flexible_relu.b rprelu.a rprelu.b rprelu.c pilu.a pilu.b
    pilu.c lisa.a_r lisa.a_l leaky_tanh_larq.alpha sv_hardtanh.a hat.a lsptlu.a
    pan.a mmelu.a mmelu.b mmelu.c hard_swish_adaptive.b talu.a aqulu.b blu.a reblu.a app_relu.a
    polyrelu.a1 polyrelu.a2 polyrelu.a3 prenu.a sara.a sara.b ls_relu.a ls_relu.b
    log_tailed_relu.alpha catalytic.a rand_softplus.a crrelu.epsilon nelu.alpha triple.a
    value_rescale.epsilon spocu.alpha spocu.beta multiquadric.a multiquadric.b
    inverse_multiquadric.a inverse_multiquadric.b saha_bora.alpha saha_bora.k gra.a gra.b gra.c
    chpaf.a0 chpaf.a1 chpaf.a2 chpaf.a3 assf.a shifted_scaled_sigmoid.a shifted_scaled_sigmoid.b
    variant_sigmoid.a variant_sigmoid.b variant_sigmoid.c psf.m scaled_tanh.a scaled_tanh.b
    sigmoid_algebraic.a triple_state_sigmoid.a triple_state_sigmoid.b tanh_linear.a
    bipolar_sigmoid_linear.a msaf.a msaf.b1 msaf.b2 sym_msaf.a p_sig_ramp.a p_sig_ramp.b
    rootsig.a soft_tanh.a scaled_softsign.a scaled_softsign.b stac_tanh.b tanhlu_shen.a
    tanhlu_shen.b tanhlu_shen.c laplace_cdf.alpha rsign.a scaled_shifted_sine.a
    piecewise_mexican_hat.a prbf.a arbf.a gauss_inr.scale bbfire.b e_tanh.a evolved_tanh_relu.a
    naf.a naf.b naf.c naf.d xatlu.alpha xgelu.alpha xsilu.alpha ahaf.a ahaf.b leaf.a leaf.b
    leaf.c leaf.d acon_b.a acon_b.b triple_state_swish.a triple_state_swish.b p_logish.a
    p_logish.b lau.a lau.b p_sechsig.a p_tanhsig.a coslu.a coslu.b pats.a psgu.a tbsrelul.a
    erfact.a erfact.b pserf.a pserf.b swim.a ssilu.a pstanh.a pstanh.b aptx.alpha aptx.beta
    aptx.gamma rmaf.a rmaf.b rmaf.c p_swish.a p_swish.b p_swish.c sc_mish.a pfpm.p b_silu.alpha
    swish_t.alpha swish_t.beta eis1.delta eis1.theta eis3.delta eis3.theta tanhsoft.alpha
    tanhsoft.beta tanhsoft.gamma tanhsoft.delta tanhsoft1.alpha tanhsoft2.beta tanhsoft2.gamma
    tanhsoft3.alpha telu_mercioni.alpha falu.a falu.b pelu.a mpelu.alpha mpelu.beta sh_elu.a
    sh_elu.b p_felu.a p_felu.b edelu.a edelu.c preu.a preu.b lselu.scale lselu.alpha lselu.c
    lpselu.a lpselu.b lpselu.c lpselu_rp.a lpselu_rp.b lpselu_rp.c lpselu_rp.m s_selu.a s_selu.b
    s_selu.c diff_elu.a diff_elu.b polu.a pdelu.a pfplus.a pfplus.b eacu.a eacu.b hard_srelue.a
    p_e2_relu.a p_e2_relu.b p_e2_id.a mixed_lrelu_elu.a gated_prelu_pelu.a s2l.a elus2l.a
    elus2l.b parametric_softplus.a parametric_softplus.b uaf.a uaf.b uaf.c uaf.d uaf.k
    smu_1.alpha smu_1.mu gln.a gln.b sinp.a sincos.a sincos.b sincos.c sincos.d css.a css.b
    css.c css.d finer.omega spder.omega comb_h_sine.a ssinh.a ssinh.b sexp.a sexp.b
    softshrink_plus.a hardshrink_plus.a pan_plus.a srelu_plus.a srelu_plus.t
    melu_plus_component.b melu_plus_component.c arctan_surrogate.alpha
    arctan_surrogate_grad.alpha erf_surrogate.alpha erf_surrogate_grad.alpha
    fast_sigmoid_surrogate.slope superspike_grad.alpha sigmoid_surrogate_grad.alpha
    triangle_surrogate_grad.alpha rect_surrogate.alpha nonzero_sign_log_abs.alpha heavi_tanh.k
    heavi_circ.alpha piecewise_leaky_relu_surrogate.c s2nn_surrogate.alpha s2nn_surrogate.beta
    swish_sign.beta derf_shifted.alpha derf_shifted.s sqmax.c
    swiglu.beta clamped_swiglu.limit clamped_swiglu.alpha
    clamped_swiglu_plain.limit paired_relu.a1 paired_relu.b1 paired_relu.a2 paired_relu.b2
""".split()
# What else is given, then values just inside the domain, and values outside of it.
EDGES: dict[tuple[str, str], tuple[dict[str, float], list[float], list[float]]] = {
    ("rrelu", "lower"): ({"upper": 0.5}, [0.5, -1e6], [math.nextafter(0.5, 1), 1.0]),
    ("rrelu", "upper"): ({"lower": 0.5}, [0.5, 1e6], [math.nextafter(0.5, 0), -1.0]),
    ("keras_relu", "threshold"): ({"max_value": 1.0}, [1.0, -3.0], [math.nextafter(1, 2), 6.0]),
    ("keras_relu", "max_value"): ({"threshold": 1.0}, [1.0, 9.0], [math.nextafter(1, 0), 0.0]),
    ("hardtanh", "min_val"): ({"max_val": 1.0}, [1.0, -5.0], [math.nextafter(1, 2), 3.0]),
    ("hardtanh", "max_val"): ({"min_val": 1.0}, [1.0, 5.0], [math.nextafter(1, 0), -3.0]),
    ("srelu", "t_l"): ({"t_r": 0.5}, [0.5, -5.0], [math.nextafter(0.5, 1), 3.0]),
    ("srelu", "t_r"): ({"t_l": 0.5}, [0.5, 5.0], [math.nextafter(0.5, 0), -3.0]),
    ("softshrink", "lambd"): ({}, [0.0, -0.0, 1e300], [-5e-324, -1.0]),
    ("relu_n", "n"): ({}, [0.0, 5e-324], [-5e-324, -1.0]),
    ("bounded_leaky_relu", "beta"): ({}, [0.0, 5e-324], [-5e-324, -1.0]),
    ("repu", "p"): ({}, [1e-300, 1e3], [0.0, -1.0]),
    ("smooth_step", "alpha"): ({}, [1e-300, 1e300], [0.0, -1.0]),
    ("olrelu", "l"): ({"u": 0.5}, [math.nextafter(0.5, 0), -1e6], [0.5, 1.0]),
    ("olrelu", "u"): ({"l": 0.5}, [math.nextafter(0.5, 1), 1e6], [0.5, -1.0]),
    ("n_activation", "a"): ({"b": 0.5}, [0.5, -1e6], [math.nextafter(0.5, 1), 1.0]),
    ("n_activation", "b"): ({"a": 0.5}, [0.5, 1e6], [math.nextafter(0.5, 0), -1.0]),
    ("smelu", "beta"): ({}, [1e-300, 1e300], [0.0, -1.0]),
    ("aqulu", "a"): ({}, [1e-300, 1e300], [0.0, -1.0]),
    ("app_relu", "b"): ({}, [1e-300, 1e3], [0.0, -1.0]),
    ("softsign_rrelu", "l"): ({"u": 0.5}, [0.5, -1e6], [math.nextafter(0.5, 1), 1.0]),
    ("softsign_rrelu", "u"): ({"l": 0.5}, [0.5, 1e6], [math.nextafter(0.5, 0), -1.0]),
    ("eplaf", "d"): ({}, [1e-300, 1e3], [0.0, -1.0]),
    ("ssaf", "a"): ({}, [1e-300, 1e300], [0.0, -1.0]),
    ("stac_tanh", "a"): ({}, [0.0, 5e-324, 1e300], [-5e-324, -1.0]),
    ("reltanh", "a"): ({"b": 0.5}, [0.5, -5.0], [math.nextafter(0.5, 1), 1.0]),
    ("reltanh", "b"): ({"a": 0.5}, [0.5, 5.0], [math.nextafter(0.5, 0), -1.0]),
    ("piecewise_linear_sigmoid", "x_min"): ({"x_max": 1}, [math.nextafter(1, 0), -1e6], [1, 2]),
    ("piecewise_linear_sigmoid", "x_max"): ({"x_min": 1}, [math.nextafter(1, 2), 1e6], [1, -2]),
    ("ssilu", "b"): ({}, [math.nextafter(1, 0), 0.0, 1e300], [1.0]),
    ("pdelu", "t"): ({}, [0.999, 0.0, -1e3], [1.0, 2.0]),
    ("eis2", "beta"): ({}, [1e-300, 1e300], [0.0, -1.0]),
    ("eis2", "gamma"): ({}, [0.0, 1e300], [-5e-324, -1.0]),
    ("grelu", "a"): ({}, [1e-300, 1e300, 0.999], [0.0, -1.0, 1.0]),
    ("piecewise_quadratic_surrogate", "alpha"): ({}, [1e-300, 1e300], [0.0, -1.0]),
    ("piecewise_leaky_relu_surrogate", "w"): ({}, [1e-300, 1e300], [0.0, -1.0]),
}
EDGES |= {(name, p): ({}, [1e-300, 1e300], [0.0, -1.0]) for name, p in BOUNDED if p == "epsilon"}
NOT_ZERO = ({}, [1e-300, -1e-300, 1e300, -1e300], [0.0, -0.0])
X_TRIED = np.array([-1e3, -2.0, -0.5, -1e-9, 0.0, 1e-9, 0.3, 1.0, 7.0, 1e3, 1e7])


def test_every_parameter_is_free_or_has_a_domain() -> None:
    every = [f"{name}.{p}" for name, entry in ENTRIES.items() for p in entry.parameters]
    assert sorted(every) == sorted([*FREE, *(f"{name}.{p}" for name, p in BOUNDED)])
    assert set(EDGES) <= set(BOUNDED)
    for name, p in set(BOUNDED) - set(EDGES):
        assert f"{p} != 0" in ENTRIES[name].domain


def computes(name: str, parameters: dict[str, float]) -> bool:
    """Whether there is a value and a derivative by each parameter, at one point at least."""
    function = actviz.get(name, **parameters)
    if not function.elementwise:
        return bool(np.isfinite(function([0.5, 0.25])).all())
    slopes = (function.derivative(X_TRIED, wrt=p) for p in function.parameters)
    return not any(np.isnan(each).all() for each in (function(X_TRIED), *slopes))


@pytest.mark.parametrize(("name", "parameter"), sampled(BOUNDED, 0.15))
def test_just_inside_computes_and_outside_is_refused(name: str, parameter: str) -> None:
    others, inside, outside = EDGES.get((name, parameter), NOT_ZERO)
    for value in inside:
        assert computes(name, {**others, parameter: value}), value
    for value in outside:
        with pytest.raises(UsageError, match=f"^{name} has no .*{parameter} = .*: .*{parameter}"):
            actviz.get(name, **{**others, parameter: value})


@pytest.mark.parametrize("which", sampled(FREE, 0.05))
def test_what_is_free_computes_for_any_number(which: str) -> None:
    name, parameter = which.split(".")
    for value in (0.0, -0.0, 1e-9, -1e-9, 1e6, -1e6, -1.0, 2.0, 1e-300):
        assert computes(name, {parameter: value}), value


@pytest.mark.parametrize("name", ["celu", "elu", "x*b:b", "swiglu", "repu"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, None, "one"], ids=str)
def test_no_parameter_is_anything_but_a_finite_number(name: str, value: Any) -> None:
    text, _, parameter = name.partition(":")
    known = parameter or next(iter(ENTRIES[name].parameters))
    with pytest.raises(UsageError, match=f"The parameter {known} of .* must be a finite number"):
        actviz.get(text, **{known: value})


def test_an_argument_that_is_fixed_is_a_finite_number() -> None:
    with pytest.raises(UsageError, match="must be a finite number"):
        actviz.get("swiglu", b=math.nan)
    with pytest.raises(UsageError, match="must be a finite number"):
        actviz.get("glu").fix(b=math.inf)


REFUSALS = {
    "celu:alpha=0": "celu has no alpha = 0: alpha != 0.",
    "celu:alpha=1|0": "celu has no alpha = 0: alpha != 0.",
    "celu:alpha=1 - 1": "celu has no alpha = 0: alpha != 0.",
    "torch:celu:alpha=0": "celu has no alpha = 0: alpha != 0.",
    "a label=hardtanh:min=2": "hardtanh has no min_val = 2 with max_val = 1: min_val <= max_val.",
    "hardtanh:max_val=-2": "hardtanh has no min_val = -1 with max_val = -2: min_val <= max_val.",
    "softmax:T=0": "softmax has no tau = 0: tau != 0.",
    "repu:p=-0.5": "repu has no p = -0.5: p > 0.",
}


@pytest.mark.parametrize("curve", REFUSALS)
def test_one_message_whatever_the_door(curve: str) -> None:
    with pytest.raises(UsageError) as caught:
        actviz.parse_curves([curve])
    assert str(caught.value) == REFUSALS[curve]


def test_typed_formulas_have_no_domain() -> None:
    assert math.isnan(actviz.get("x/b", b=0)(0.0))


def test_domains_are_told(call: Any) -> None:
    assert "domain                b != 0, d != 0\n" in call("info", "hexpo").out
    assert (
        '"domain": [\n    "b != 0",\n    "d != 0"\n  ]'
        in call("info", "hexpo", "--format", "json").out
    )
    assert "domain" not in call("info", "elu").out
    listed = call("list", "hexpo", "--columns", "domain", "--format", "csv").out
    assert listed.splitlines() == ["name,domain", 'hexpo,"b != 0, d != 0"']


@pytest.mark.parametrize("comparison", COMPARISONS)
def test_conditions(comparison: str) -> None:
    for left, right in ((1.0, 2.0), (2.0, 1.0), (1.0, 1.0), (0.0, -0.0)):
        expected = eval(f"{left} {comparison} {right}")
        assert condition(f"a {comparison} {right}", ["a"]).holds({"a": left}) == expected
        two = condition(f"a {comparison} b", ["a", "b"])
        assert two.holds({"a": left, "b": right}) == expected
        assert two.parameters == ("a", "b")


MINE = '[f]\nformula = "a*x + b"\nparameters = { a = 1, b = 2 }\n'
WRONG = {
    'domain = "a != 0"': "'domain' must be a list of texts",
    'domain = ["a"]': "The condition 'a' does not compare",
    'domain = ["a != "]': "'a != ' does not compare",
    'domain = ["a == 1"]': "'a == 1' does not compare",
    'domain = ["c != 0"]': "'c != 0' does not compare",
    'domain = ["0 < a"]': "'0 < a' does not compare",
    'domain = ["a < c"]': "'a < c' does not compare",
    'domain = ["a < nan"]': "'a < nan' does not compare",
    'domain = ["a < inf"]': "'a < inf' does not compare",
    'domain = ["a < x"]': "'a < x' does not compare",
    'domain = ["a < b + 1"]': "'a < b + 1' does not compare",
    'domain = ["a < b < 3"]': "'a < b < 3' does not compare",
    'domain = ["b < a"]': "f has no b = 2 with a = 1: b < a.",
    'domain = ["a > 1"]': "f has no a = 1: a > 1.",
    'domain = ["a > 0"]\ndefaults = { keras = { a = -1 } }': "f has no a = -1: a > 0.",
}


@pytest.mark.parametrize("field", WRONG)
def test_wrong_domains_of_files_are_refused(tmp_path: Path, field: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE + field)
    with pytest.raises(UsageError) as caught:
        actviz.load([path])
    assert WRONG[field] in str(caught.value)


def test_a_domain_of_a_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE + 'domain = ["a < b", "a != -1.5"]')
    catalogue = actviz.load([path])
    assert actviz.parse_curves(["f:a=1.5"], catalogue)[0].activation(1.0) == 3.5
    for word in ("f:a=2", "f:b=1", "f:a=-1.5"):
        with pytest.raises(UsageError, match="f has no "):
            actviz.parse_curves([word], catalogue)


# --- inside the domain the bound holds ---------------------------------------------------------

HARD = (0.0, -1.0, 1.0, 2.0, -2.0, 0.5, 1e-9, -1e-9, 1e-5, 1e3, -1e-3, 1e6, -1e6)
SETS = 2  # of random parameters, of each function
PROMISED = 16.0


def random_sets(name: str) -> Iterator[dict[str, float]]:
    entry, lot = ENTRIES[name], random.Random(f"{os.environ[SEED]} {name}")
    found = 0
    while found < SETS:
        given = {p: _number(lot) if lot.random() < 0.8 else v for p, v in entry.parameters.items()}
        try:
            actviz.get(name, **given)
        except UsageError:
            continue
        found += 1
        yield given


def _number(lot: random.Random) -> float:
    return lot.choice(HARD) if lot.random() < 0.5 else lot.uniform(-4, 4)


def _points(parameters: dict[str, float], lot: random.Random) -> list[float]:
    """Of every size, and where a parameter makes something happen."""
    sizes = (0.0, 1e-300, 1e-20, 1e-9, 1e-4, 0.1, 0.7, 2.5, 8.0, 30.0, 50.0, 700.0, 1e9, 1e100)
    points = [lot.choice((1, -1)) * size for size in lot.sample(sizes, 6)]
    points += [lot.choice((1, -1)) * 10.0 ** lot.uniform(-3, 3) for _ in range(4)]
    for value in filter(None, parameters.values()):
        points += [value, -value, lot.uniform(-40, 40) / value, lot.uniform(-3, 3) * value]
    return points


def _by(definition: Node, wrt: str, order: int, x: float, parameters: dict[str, float]) -> Any:
    """The exact derivative by x or a parameter."""
    from actviz.check.exact import exact_derivative

    others = {**parameters, "x": x}
    names: dict[Node, Node] = {X: Name("held"), Name(wrt): X}
    node = rebuild(definition, names) if wrt != "x" else definition
    at = others.pop(wrt)
    return exact_derivative(node, at, {**others, "held": x} if wrt != "x" else others, order)


ELEMENTWISE = [name for name in ENTRIES if actviz.get(name).elementwise]


@pytest.mark.parametrize("name", sampled(ELEMENTWISE, 0.04))
def test_within_the_bound_by_x_and_by_every_parameter(name: str) -> None:
    pytest.importorskip("mpmath", reason="the reference of this test")
    lot = random.Random(f"{name} {os.environ[SEED]}")
    wrong = []
    for given in random_sets(name):
        function = actviz.get(name, **given)
        points = _points(given, lot)
        for wrt in ("x", *given):
            for order in (0, 1, 2) if wrt == "x" else (1, 2):
                values = function.derivative(np.array(points), order=order, wrt=wrt)
                for x, value in zip(points, values.tolist(), strict=True):
                    units = _units(function, wrt, order, x, value)
                    if not units <= PROMISED and not (wrt == "x" and _alone(function, order, x)):
                        wrong.append((given, wrt, order, x, value, units))
    assert not wrong, wrong[:5]


def _alone(function: actviz.Activation, order: int, x: float) -> bool:
    """Whether the formula takes a branch there alone, whose derivative is then its, by contract."""
    return judged_by_sides(function, order, np.array([x])).size > 0


def _units(function: actviz.Activation, wrt: str, order: int, x: float, value: float) -> float:
    definition, parameters = function.definition, dict(function.parameters)
    if (function.name, wrt) == ("repu", "p") and x <= 0:
        return abs(value)  # 0**p has no derivative by p in what the reference knows
    if function.name == "aranda_ordaz" and parameters["alpha"] == -1 and 0 < x < 1e-30:
        return 0.0 if value != value else np.inf  # so little beyond its edge, which is 0
    true = _by(definition, wrt, order, x, parameters)
    if true != true:
        return 0.0
    units = excess(value, true, 0.0, x)
    if units > PROMISED:
        for _ in range(order):
            definition = differentiate(definition, wrt)
        units = excess(value, true, _by(definition, "x", 1, x, parameters), x)
    return units
