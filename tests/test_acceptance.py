"""Numbers that anyone can check by other means: anchors, tails, conventions at the breakpoints."""

from __future__ import annotations

import math

import numpy as np
import pytest

import actviz

EPS = 2.0**-52

# f(1), f'(1), f(-1.5), f'(-1.5) of the textbook formulas, worked out apart from this project, to 60
# digits; derivatives by differences. At a kink at 1 the slope is that of the branch taken.
ANCHORS = {
    "identity": (1, 1, -1.5, 1),
    "relu": (1, 1, 0, 0),
    "leaky_relu": (1, 1, -0.015, 0.01),
    "prelu": (1, 1, -0.375, 0.25),
    "rrelu": (1, 1, -0.34375, 0.22916666666666666),
    "relu6": (1, 1, 0, 0),
    "hardtanh": (1, 0, -1, 0),
    "hardsigmoid": (0.6666666666666666, 0.16666666666666666, 0.25, 0.16666666666666666),
    "hardswish": (0.6666666666666666, 0.8333333333333334, -0.375, 0),
    "hardshrink": (1, 1, -1.5, 1),
    "softshrink": (0.5, 1, -1, 1),
    "tanhshrink": (0.23840584404423512, 0.580025658385974, -0.5948517463551336, 0.8192933610763514),
    "sigmoid": (0.7310585786300049, 0.19661193324148185, 0.18242552380635635, 0.14914645207033286),
    "tanh": (0.7615941559557649, 0.4199743416140261, -0.9051482536448664, 0.18070663892364852),
    "log_sigmoid": (
        -0.3132616875182228,
        0.2689414213699951,
        -1.7014132779827524,
        0.8175744761936437,
    ),
    "softplus": (1.3132616875182228, 0.7310585786300049, 0.2014132779827524, 0.18242552380635635),
    "softsign": (0.5, 0.25, -0.6, 0.16),
    "silu": (0.7310585786300049, 0.9276705118714867, -0.2736382857095345, -0.041294154299142946),
    "mish": (0.8650983882673103, 1.0490362200997922, -0.29809974216680674, -0.06409781589225864),
    "elu": (1, 1, -0.7768698398515702, 0.22313016014842982),
    "celu": (1, 1, -0.7768698398515702, 0.22313016014842982),
    "selu": (1.0507009873554805, 1.0507009873554805, -1.3658143533672527, 0.39228498748012414),
    "gelu": (0.8413447460685429, 1.0833154705876864, -0.1002108019032871, -0.12746919222997952),
    "gelu_tanh": (
        0.8411919906082767,
        1.0829640838457826,
        -0.10042842301976708,
        -0.12771079315143308,
    ),
    "squareplus": (1.618033988749895, 0.7236067977499789, 0.5, 0.2),
    "sparse_plus": (1, 0.9999999999999999, 0, 0),
    "sparse_sigmoid": (1, 0, 0, 0),
    "exponential": (2.718281828459045, 2.718281828459045, 0.22313016014842982, 0.22313016014842982),
    "swish": (0.7310585786300049, 0.9276705118714867, -0.2736382857095345, -0.041294154299142946),
    "quick_gelu": (
        0.8457957659328214,
        1.067779606556334,
        -0.10833780155292343,
        -0.09884806462410292,
    ),
    "hard_sigmoid_keras2": (0.7, 0.2, 0.2, 0.2),
    "relu_squared": (1, 2, 0, 0),
    "lisht": (0.7615941559557649, 1.181568497569791, 1.3577223804672998, -1.1762082120303392),
    "arctan": (0.7853981633974483, 0.5, -0.982793723247329, 0.3076923076923077),
    "gaussian": (0.36787944117144233, -0.7357588823428847, 0.10539922456186435, 0.316197673685593),
    "sine": (0.8414709848078965, 0.5403023058681398, -0.9974949866040544, 0.0707372016677029),
    "step": (1, 0, 0, 0),
    "sign": (1, 0, -1, 0),
    "abs": (1, 1, 1.5, -1),
    "keras_relu": (0, 0.1, -0.25, 0.1),
    "threshold": (1, 1, 0.5, 0),
    "thresholded_relu": (0, 0, 0, 0),
    "star_relu": (0.4472, 1.7888, -0.4472, 0),
    "laplace": (
        0.8504296492845703,
        0.8249457674635579,
        2.5588489030161158e-15,
        7.209465830070695e-14,
    ),
    "hard_mish": (1, 1, -0.375, -0.5),
    "snake": (1.7080734182735713, 1.9092974268256817, -0.5050037516997773, 0.8588799919401328),
    "tanhexp": (0.9913289158005998, 1.0382654356632588, -0.32924917377017077, -0.0990701716273249),
    "serf": (0.9367219154717153, 1.083749404456944, -0.3363515085255326, -0.0722581951350012),
    "logish": (0.5487331165400282, 0.6623121344130598, -0.25135178612784453, -0.02163617581756109),
    "smish": (0.4995701060309371, 0.5848031753801016, -0.2490253444568243, -0.017972369183847745),
    "phish": (0.6865206717033414, 1.259258042460639, 0.14981504714317975, 0.08941976461737837),
    "eswish": (1.0965878679450074, 1.39150576780723, -0.4104574285643018, -0.06194123144871442),
    "isru": (0.7071067811865476, 0.3535533905932738, -0.8320502943378437, 0.17067698345391666),
    "isrlu": (1, 1, -0.8320502943378437, 0.17067698345391666),
    "bent_identity": (
        1.2071067811865475,
        1.3535533905932737,
        -1.0986121811340026,
        0.5839748528310782,
    ),
    "sine_relu": (1, 1, -0.0026705804706793936, -0.0023168944623408786),
    "xielu": (1.3, 2.1, -0.17149587188125615, -0.12149587188125614),
    "aria2": (0.8266350157987176, 0.29561192798701935, 0.01032816109819755, 0.02951501711939086),
    "pflu": (0.8535533905932737, 1.0303300858899107, -0.12596227924661724, -0.044032884759359334),
    "fpflu": (1, 1, -0.2519245584932345, -0.08806576951871867),
    "sqnl": (0.75, 0.5, -0.9375, 0.25),
    "dsilu": (0.9276705118714867, 0.3023661188100153, -0.041294154299142946, 0.1561975849635367),
    "srelu": (0.52, 0.2, -0.51, 0.1),
    "relu_n": (1, 0, 0, 0),
    "shifted_relu": (1, 1, -1, 0),
    "lecun_tanh": (0.999997255922479, 0.7554124359024466, -1.306819412204497, 0.4804226485170049),
    "erf": (0.8427007929497149, 0.4151074974205947, -0.9661051464753108, 0.11893028922362937),
    "elliott": (0.75, 0.125, 0.2, 0.08),
    "bipolar_sigmoid": (
        0.46211715726000974,
        0.3932238664829637,
        -0.6351489523872873,
        0.2982929041406657,
    ),
    "elish": (0.7310585786300049, 0.9276705118714867, -0.14172088746428285, -0.07516274399223588),
    "hard_elish": (1, 1, 0, 0),
    "soft_exponential": (
        1.7974425414002564,
        1.6487212707001282,
        -0.5552668945179706,
        0.4723665527410147,
    ),
    "dyt": (0.46211715726000974, 0.3932238664829637, -0.6351489523872873, 0.2982929041406657),
    "golu": (0.6922006275553464, 0.9468470075989288, -0.016971429570689436, -0.06474638403451145),
    "loglog": (0.6922006275553464, 0.2546463800435825, 0.011314286380459624, 0.05070711360998072),
    "cloglog": (0.9340119641546875, 0.17937407873401717, 0.19998928699564641, 0.17850651851312094),
    "nlrelu": (0.6931471805599453, 0.5, 0, 0),
    "cosine": (0.5403023058681398, -0.8414709848078965, 0.0707372016677029, 0.9974949866040544),
    "gcu": (0.5403023058681398, -0.3011686789397568, -0.10610580250155437, -1.4255052782383788),
    "symlog": (0.6931471805599453, 0.5, -0.9162907318741551, 0.4),
    "symexp": (1.718281828459045, 2.718281828459045, -3.481689070338065, 4.4816890703380645),
    "asinh": (0.881373587019543, 0.7071067811865476, -1.1947632172871092, 0.5547001962252291),
    "square": (1, 2, 2.25, -3),
    "cube": (1, 3, -3.375, 6.75),
    "softclip": (
        0.8627136335858345,
        0.49330714907571516,
        0.00010984096582653448,
        0.000549051997639413,
    ),
    "acon_c": (0.9252861161546294, 1.1520036704071293, -0.41582976680136563, 0.03191741099785385),
    "gelu_10": (0.8413447460685429, 1.0833154705876864, -0.1002108019032871, -0.12746919222997952),
}


def test_every_function_has_an_anchor() -> None:
    """Functions of a vector have theirs in the tests of activations and Jacobians."""
    entries = actviz.load().entries
    assert {name for name in entries if not actviz.get(name).vector} == set(ANCHORS)


@pytest.mark.parametrize("name", ANCHORS)
def test_anchors(name: str) -> None:
    function = actviz.get(name)
    for x, order, expected in zip((1, 1, -1.5, -1.5), (0, 1, 0, 1), ANCHORS[name], strict=True):
        bound = 16 * EPS * (abs(expected) + abs(x * function.derivative(x, order=order + 1)))
        assert abs(function.derivative(x, order=order) - expected) <= bound


# To as many digits as the acceptance gives.
DIGITS = (
    # name, order, x, expected, half a unit of the last digit
    ("sigmoid", 0, 0.1, 0.52497919, 5e-9),
    ("sigmoid", 0, 0.4, 0.59868766, 5e-9),
    ("sigmoid", 0, 0.7, 0.66818777, 5e-9),
    ("sigmoid", 0, 1.0, 0.73105858, 5e-9),
    ("sigmoid", 1, 0.1, 0.24937604, 5e-9),
    ("sigmoid", 1, 0.4, 0.24026075, 5e-9),
    ("sigmoid", 1, 0.7, 0.22171287, 5e-9),
    ("sigmoid", 1, 1.0, 0.19661193, 5e-9),
    ("sigmoid", 1, -10.0, 4.5396e-05, 5e-10),
    ("sigmoid", 1, -10 + 20 / 99, 5.5558e-05, 5e-10),
    ("sigmoid", 1, -10 + 40 / 99, 6.7994e-05, 5e-10),
    ("tanhshrink", 0, 1e-8, 3.3333333e-25, 5e-33),
    ("gelu", 0, 1.0, 0.841344746068543, 5e-16),
    ("gelu_tanh", 0, 1.0, 0.8411919906082768, 2e-16),
)


@pytest.mark.parametrize(("name", "order", "x", "expected", "half"), DIGITS)
def test_digits(name: str, order: int, x: float, expected: float, half: float) -> None:
    assert abs(actviz.get(name).derivative(x, order=order) - expected) <= half


TAILS = (
    # name, parameters, order, x, the true value to 17 digits
    ("gelu", {}, 0, -20.0, -5.507248237212467390e-88),
    ("gelu", {}, 1, -20.0, -1.101436048313346404e-86),
    ("gelu", {}, 0, -10.0, -7.619853024160526066e-23),
    ("gelu", {}, 1, -10.0, -7.618400096464814086e-22),
    ("gelu", {}, 0, -6.0, -5.919525870226188844e-09),
    ("gelu", {}, 1, -6.0, -3.546870945390201478e-08),
    ("gelu_tanh", {}, 0, -10.0, -1.204092348209810214e-37),
    ("gelu_tanh", {}, 1, -10.0, -2.757638063854041144e-36),
    ("gelu_tanh", {}, 0, -20.0, -3.375450956311061950e-261),
    ("gelu_tanh", {}, 1, -20.0, -2.942432872494585213e-259),
    ("gelu_tanh", {}, 0, -6.0, -8.439646700762303472e-11),
    ("gelu_tanh", {}, 1, -6.0, -7.709973930953701028e-10),
    ("sigmoid", {}, 1, 20.0, 2.061153613941849344e-09),
    ("sigmoid", {}, 1, 40.0, 4.248354255291588959e-18),
    ("sigmoid", {}, 1, 100.0, 3.720075976020835963e-44),
    ("tanh", {}, 1, 20.0, 1.699341702116635584e-17),
    ("tanh", {}, 1, -40.0, 7.219405551381660689e-35),
    ("tanh", {}, 1, 100.0, 5.535586106946950123e-87),
    ("tanhshrink", {}, 0, 1e-8, 3.333333333333333409e-25),
    ("tanhshrink", {}, 1, 1e-8, 9.999999999999999752e-17),
    ("tanhshrink", {}, 0, -0.001, -3.333332000000539890e-10),
    ("tanhshrink", {}, 1, 0.001, 9.999993333337111525e-07),
    ("softplus", {}, 0, 20.1, 20.10000000186501),
    ("squareplus", {}, 0, -1000.0, 9.999990000019999950e-04),
    ("squareplus", {}, 1, -1000.0, 9.999970000099999650e-07),
    ("squareplus", {"b": 1.0}, 0, -1000.0, 2.499999375000312500e-04),
    ("squareplus", {"b": 1.0}, 1, -1000.0, 2.499998125001562499e-07),
    ("elu", {}, 1, -40.0, 4.248354255291588995e-18),
    ("elu", {}, 1, -100.0, 3.720075976020835963e-44),
    ("celu", {"alpha": 0.5}, 1, -20.0, 4.248354255291588995e-18),
    ("selu", {}, 1, -100.0, 6.540263121344393167e-44),
)


@pytest.mark.parametrize(("name", "parameters", "order", "x", "expected"), TAILS)
def test_tails(
    name: str, parameters: dict[str, float], order: int, x: float, expected: float
) -> None:
    function = actviz.get(name, **parameters)
    bound = 16 * EPS * (abs(expected) + abs(x * function.derivative(x, order=order + 1)))
    assert abs(function.derivative(x, order=order) - expected) <= bound


# The derivative at the breakpoints, as PyTorch has it.
CONVENTION = (
    ("relu", 0.0, 0.0),
    ("leaky_relu", 0.0, 0.01),
    ("prelu", 0.0, 0.25),
    ("rrelu", 0.0, 11 / 48),
    ("relu6", 0.0, 0.0),
    ("relu6", 6.0, 0.0),
    ("threshold", 0.0, 0.0),
    ("hardtanh", -1.0, 0.0),
    ("hardtanh", 1.0, 0.0),
    ("hardsigmoid", -3.0, 0.0),
    ("hardsigmoid", 3.0, 0.0),
    ("hardswish", -3.0, 0.0),
    ("hardswish", 3.0, 1.0),
    ("hardshrink", -0.5, 0.0),
    ("hardshrink", 0.5, 0.0),
    ("softshrink", -0.5, 0.0),
    ("softshrink", 0.5, 0.0),
    ("elu", 0.0, 1.0),
    ("elu:alpha=2", 0.0, 2.0),
    ("celu", 0.0, 1.0),
    ("celu:alpha=2", 0.0, 1.0),
    ("selu", 0.0, 1.7580993408473766),
    ("abs", 0.0, 0.0),
    ("sign", 0.0, 0.0),
    ("sparse_plus", -1.0, 0.0),
    ("sparse_plus", 1.0, 1.0),
    ("thresholded_relu", 1.0, 0.0),
    ("softshrink:lambd=0", 0.0, 0.0),
    ("hardshrink:lambd=0", 0.0, 0.0),
    ("relu_squared", 0.0, 0.0),
    ("softsign", 0.0, 1.0),
    ("step", 0.0, 0.0),
)


@pytest.mark.parametrize(("curve", "x", "slope"), CONVENTION)
def test_convention_at_breakpoints(curve: str, x: float, slope: float) -> None:
    (parsed,) = actviz.parse_curves([curve])
    assert parsed.activation.derivative(x) == pytest.approx(slope, rel=2 * EPS, abs=0)


# Values at the breakpoints themselves, and a few that tell namesakes apart.
VALUES = (
    ("threshold", 0.0, 0.5),
    ("hardshrink", 0.5, 0.0),
    ("step", 0.0, 1.0),
    ("sign", 0.0, 0.0),
    ("thresholded_relu", 1.0, 0.0),
    ("keras_relu", -2.0, -0.3),
    ("keras_relu", 0.0, -0.1),
    ("keras_relu", 1.0, 0.0),
    ("keras_relu", 1.5, 1.5),
    ("elu:alpha=2", -1.0, -1.2642411176571153),
    ("celu:alpha=2", -1.0, -0.7869386805747332),
    ("hard_sigmoid", 1.0, 0.6666666666666666),
    ("keras2_hard_sigmoid", 1.0, 0.7),
    ("leaky_relu", -1.0, -0.01),
    ("leaky_relu:alpha=2", -1.0, -2.0),
    ("leaky_relu:alpha=2", 1.0, 1.0),
    ("rrelu", -1.0, -11 / 48),
)


@pytest.mark.parametrize(("curve", "x", "value"), VALUES)
def test_values_that_tell_namesakes_apart(curve: str, x: float, value: float) -> None:
    (parsed,) = actviz.parse_curves([curve])
    assert parsed.activation(x) == pytest.approx(value, rel=2 * EPS, abs=0)


def test_differences_between_the_gelus() -> None:
    x = np.linspace(-6, 6, 120_001)
    gelu = actviz.get("gelu")(x)
    for name, largest, place in (("gelu_tanh", 4.732e-4, 2.699), ("quick_gelu", 2.033e-2, 2.270)):
        difference = np.abs(actviz.get(name)(x) - gelu)
        assert difference.max() == pytest.approx(largest, rel=5e-4)
        assert abs(x[difference.argmax()]) == pytest.approx(place, abs=2e-3)


EXTREMES = (
    # name, minimum, where (by the reference)
    ("silu", -0.27846454, -1.27845),
    ("mish", -0.30884341, -1.19245),
    ("gelu", -0.16997121, -0.7518),
    ("gelu_tanh", -0.17004075, -0.75245),
    ("hardswish", -0.375, -1.5),
    ("quick_gelu", -0.16361019, -0.75115),
)


@pytest.mark.parametrize(("name", "minimum", "place"), EXTREMES)
def test_minima(name: str, minimum: float, place: float) -> None:
    x = np.linspace(-3, 0, 300_001)
    y = actviz.get(name)(x)
    assert y.min() == pytest.approx(minimum, abs=1e-8)
    assert x[y.argmin()] == pytest.approx(place, abs=2e-4)


def test_softmax_of_the_tutorial() -> None:
    """The tutorial rounded the logits to four digits as well."""
    got = actviz.get("softmax")([-0.0027, 1.0101, -0.9370])
    np.testing.assert_allclose(got, [0.2412, 0.6641, 0.0947], atol=6e-5)
    assert math.fsum(got) == pytest.approx(1, abs=2 * EPS)
