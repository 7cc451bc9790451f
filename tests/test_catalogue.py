"""The catalogue: what it says of every function, look-up, and the files that users add."""

from __future__ import annotations

import ast
import math
import re
import tomllib
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

import actviz
from actviz.catalogue.entry import checked, entry_of, formed, normalised
from actviz.catalogue.lookup import Catalogue, load
from actviz.catalogue.plain import plain_tables
from actviz.errors import UsageError
from actviz.formula.expression import free_names, to_text
from actviz.formula.parsing import parse

ENTRIES = load().entries

# What the first of the functions must have, by the reference: other names, parameters, defaults.
REFERENCE = {
    "identity": ("linear", {}),
    "relu": ("", {}),
    "leaky_relu": ("", {"alpha": 0.01}),
    "prelu": ("", {"alpha": 0.25}),
    "rrelu": ("", {"lower": 1 / 8, "upper": 1 / 3}),
    "relu6": ("", {}),
    "threshold": ("", {"threshold": 0.0, "value": 0.5}),
    "thresholded_relu": ("", {"theta": 1.0}),
    "hardtanh": ("hard_tanh", {"min_val": -1.0, "max_val": 1.0}),
    "hardsigmoid": ("hard_sigmoid", {}),
    "hardswish": ("hard_swish hard_silu", {}),
    "hardshrink": ("hard_shrink", {"lambd": 0.5}),
    "softshrink": ("soft_shrink", {"lambd": 0.5}),
    "tanhshrink": ("tanh_shrink", {}),
    "sigmoid": ("logistic", {}),
    "tanh": ("", {}),
    "log_sigmoid": ("logsigmoid LogSigmoid", {}),
    "softplus": ("", {"beta": 1.0}),
    "softsign": ("soft_sign", {}),
    "silu": ("sil", {}),
    "mish": ("", {}),
    "elu": ("", {"alpha": 1.0}),
    "celu": ("", {"alpha": 1.0}),
    "selu": ("", {"alpha": 1.6732632423543772848, "scale": 1.0507009873554804934}),
    "gelu": ("", {}),
    "gelu_tanh": ("gelu_new gelu_fast gelu_approx", {}),
    "squareplus": ("", {"b": 4.0}),
    "sparse_plus": ("", {}),
    "sparse_sigmoid": ("", {}),
    "exponential": ("exp", {}),
    "swish": ("", {"beta": 1.0}),
    "quick_gelu": ("", {}),
    "hard_sigmoid_keras2": ("", {}),
    "relu_squared": ("relu2 squared_relu", {}),
    "lisht": ("", {}),
    "arctan": ("atan", {}),
    "gaussian": ("", {}),
    "sine": ("sin", {"omega": 1.0}),
    "step": ("heaviside", {}),
    "sign": ("", {}),
    "abs": ("", {}),
}

# How the frameworks call them: PyTorch's class or function name, JAX's, Keras'.
IN_FRAMEWORKS = {
    "torch": (
        "relu leaky_relu prelu rrelu relu6 threshold hardtanh hardsigmoid hardswish "
        "hardshrink softshrink tanhshrink sigmoid tanh log_sigmoid softplus softsign silu "
        "mish elu celu selu gelu gelu_tanh identity"
    ),
    "jax": (
        "relu leaky_relu relu6 hardtanh hardsigmoid hardswish sigmoid tanh log_sigmoid "
        "softplus softsign silu mish elu celu selu gelu gelu_tanh squareplus sparse_plus "
        "sparse_sigmoid identity"
    ),
    "keras": (
        "relu leaky_relu relu6 threshold hardtanh hardsigmoid hardswish hardshrink "
        "softshrink tanhshrink sigmoid tanh log_sigmoid softplus softsign silu mish elu "
        "celu selu gelu gelu_tanh squareplus sparse_plus sparse_sigmoid exponential "
        "identity"
    ),
    "onnx": (
        "relu leaky_relu prelu relu6 thresholded_relu hardtanh hardswish hardshrink "
        "softshrink sigmoid tanh softplus softsign silu mish elu celu selu gelu gelu_tanh "
        "exponential arctan sine sign abs hard_sigmoid_keras2"
    ),
}

# Where the defaults of others differ, by the reference.
DEFAULTS = (
    ("leaky_relu", "keras", {"alpha": 0.2}),
    ("leaky_relu", "tf", {"alpha": 0.2}),
    ("leaky_relu", "keras.layers.LeakyReLU", {"alpha": 0.3}),
    ("leaky_relu", "darknet", {"alpha": 0.1}),
    ("prelu", "keras", {"alpha": 0.0}),
    ("prelu", "flax", {"alpha": 0.01}),
    ("selu", "mlx", {"alpha": 1.67326, "scale": 1.0507}),
    ("selu", "onnx", {"alpha": 1.67326319217681884765625, "scale": 1.05070102214813232421875}),
)


@pytest.mark.parametrize("name", REFERENCE)
def test_names_and_defaults(name: str) -> None:
    aliases, parameters = REFERENCE[name]
    entry = ENTRIES[name]
    assert dict(entry.parameters) == parameters
    for spelling in (name, name.upper(), name.replace("_", "-"), *aliases.split()):
        assert load().find(spelling) is entry


@pytest.mark.parametrize("framework", IN_FRAMEWORKS)
def test_every_framework_is_told(framework: str) -> None:
    has = {name for name, entry in ENTRIES.items() if framework in entry.frameworks}
    assert set(IN_FRAMEWORKS[framework].split()) <= has


@pytest.mark.parametrize(("name", "framework", "expected"), DEFAULTS)
def test_differing_defaults(name: str, framework: str, expected: dict[str, float]) -> None:
    assert dict(ENTRIES[name].defaults[framework]) == expected


SPELLINGS = (
    ("leaky_relu", "negative_slope", "alpha"),
    ("hardshrink", "threshold", "lambd"),
    ("swish", "alpha", "beta"),
    ("softshrink", "threshold", "lambd"),
    ("thresholded_relu", "alpha", "theta"),
    ("threshold", "default_value", "value"),
    ("hardtanh", "min", "min_val"),
)


@pytest.mark.parametrize(("name", "spelling", "parameter"), SPELLINGS)
def test_spellings_of_frameworks(name: str, spelling: str, parameter: str) -> None:
    value = 0.75 if name == "softshrink" else -0.75
    assert actviz.get(name, **{spelling: value}).parameters[parameter] == value


def test_the_file_is_read_as_tomllib_reads_it() -> None:
    text = Path(actviz.catalogue.__file__).with_name("catalogue.toml").read_text("ascii")
    tables = tomllib.loads(text)
    assert plain_tables(text) == tables
    assert {name: entry_of(name, formed(name, table)) for name, table in tables.items()} == ENTRIES


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_is_well_formed(name: str) -> None:
    entry = checked(ENTRIES[name])
    assert name == entry.name == normalised(name)
    assert to_text(parse(entry.formula)) == entry.formula, "written as it is printed"
    assert free_names(parse(entry.formula)) == {*entry.parameters, *entry.fixable}
    for text in filter(None, (entry.stable, entry.derivative, entry.parametric)):
        assert free_names(parse(text)) <= set(entry.parameters)
    assert bool(entry.ours) == bool(re.search(r"\bours\b", entry.note)), "the note says so too"
    assert not set(entry.parameter_aliases) & set(entry.parameters)
    assert set(entry.parameter_aliases.values()) <= set(entry.parameters)
    assert all(set(differing) <= set(entry.parameters) for differing in entry.defaults.values())
    assert not entry.note or (entry.note.endswith(".") and entry.note.isascii())
    assert entry.aliases == tuple(dict.fromkeys(entry.aliases))


@pytest.mark.parametrize("name", ENTRIES)
def test_every_framework_call_reads_as_one(name: str) -> None:
    """A dotted name, then keyword arguments that are parameters or literals."""
    entry = ENTRIES[name]
    for call in entry.frameworks.values():
        tree = ast.parse(call, mode="eval").body
        function = tree.func if isinstance(tree, ast.Call) else tree
        assert isinstance(function, ast.Attribute | ast.Name)
        for keyword in tree.keywords if isinstance(tree, ast.Call) else ():
            value = keyword.value
            if isinstance(value, ast.Name):
                assert value.id in entry.parameters, call
            else:
                ast.literal_eval(value)


def test_names_and_aliases_mean_one_thing_each() -> None:
    spellings = [normalised(word) for e in ENTRIES.values() for word in (e.name, *e.aliases)]
    assert sorted(spellings) == sorted(set(spellings))


# Both are in PyTorch, one with a fixed slope and one with a learned.
SAME = {("leaky_relu", "prelu")}
COMPARED_AT = np.array([-8.3, 0.13, -1.1, 11.7, -0.31, 1.7, 0.0, -2.3, 0.47, 11.4, 0.9, -0.7])
NUMBERS = (0.37, 0.61, 0.83, 1.29)  # of the first parameters, in every order


def test_no_two_entries_are_one_function_whatever_its_parameters_are_called() -> None:
    found: dict[tuple[float, ...], set[str]] = {}
    for name, entry in ENTRIES.items():
        for numbers in permutations(NUMBERS[: len(entry.parameters)]):
            try:
                function = actviz.get(name, **dict(zip(entry.parameters, numbers, strict=False)))
            except UsageError:  # outside the domain
                continue
            values = np.ravel(function(COMPARED_AT)).tolist()
            key = (len(numbers), *(float(f"{y:.9g}") for y in values))
            found.setdefault(key, set()).add(name)
    assert {tuple(sorted(names)) for names in found.values() if len(names) > 1} == SAME


@pytest.mark.parametrize("name", [n for n, e in ENTRIES.items() if e.stable])
def test_stable_forms_are_the_same_function(name: str) -> None:
    entry = ENTRIES[name]
    x = np.linspace(-3, 3, 61)
    plain = actviz.get(entry.formula, **entry.parameters)(x)
    np.testing.assert_allclose(actviz.get(name)(x), plain, rtol=1e-9, atol=1e-12)


def test_derivatives_beyond_the_stable_orders_are_those_of_the_formula() -> None:
    function = actviz.get("squareplus")
    texts = [to_text(function.numeric_tree(order)) for order in range(3)]
    assert texts[0] == ENTRIES["squareplus"].stable and "where" in texts[1]
    assert texts[2] == function.derivative_formula(2) == "b/(2*(x**2 + b)**1.5)"


UNKNOWN = {
    "rlu": "relu",
    "gelu tanhh": "gelu_tanh",
    "sigmoyd": "sigmoid",
    "": "",
    "zzzzzz": "",
    "log": "log(x)",
    "hard-swich": "hardswish",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_names(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        load().find(name)
    assert UNKNOWN[name] in str(caught.value)
    assert ("Did you mean" in str(caught.value)) == (UNKNOWN[name] not in ("", "log(x)"))


# --- the user's own files ----------------------------------------------------------------------


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_adds_and_replaces(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [bump]
        formula = "exp(-a*x**2)"
        parameters = { a = 2 }
        aliases = ["my bump"]
        parameter_aliases = { width = "a" }
        note = "Ünïcode is welcome in notes."
        [relu]
        formula = "where(x >= 0, x, 0)"
        [Leaky-ReLU]
        formula = "max(x, x/4)"
    """,
    )
    catalogue = load([path])
    assert catalogue.find("MY-BUMP").parameters == {"a": 2.0}
    assert catalogue.find("relu").formula == "where(x >= 0, x, 0)"
    assert catalogue.find("leaky_relu").formula == "max(x, x/4)"
    assert sum(normalised(name) == "leaky_relu" for name in catalogue.entries) == 1
    assert set(load().entries) - set(catalogue.entries) == {"leaky_relu"}
    (curve,) = actviz.parse_curves(["bump:width=3"], catalogue)
    assert curve.activation(1.0) == math.exp(-3)
    assert load().find("relu").formula == "max(x, 0)"


def test_a_later_file_wins(tmp_path: Path) -> None:
    one, two = tmp_path / "1.toml", tmp_path / "2.toml"
    one.write_text('[mine]\nformula = "x"\n[one]\nformula = "x"')
    two.write_text('[mine]\nformula = "2*x"')
    assert load([one, two]).find("mine").formula == "2*x"
    assert load([two, one]).find("mine").formula == "x"
    assert load([one, two]).find("one").formula == "x"


GOOD = '[f]\nformula = "a*x"\nparameters = { a = 1 }\n'
JOINED = '[f]\nformula = "concat(x, -x)"\n'
WRONG = {
    # file: words of the message
    "formula": "not TOML",
    "[f]": "'formula' is missing",
    "f = 1": "outside an entry",
    "[f]\nformula = 1": "must be text",
    '[f]\nformula = ["x"]': "must be text",
    GOOD + "colour = 1": "no field 'colour'",
    GOOD + 'formla = "x"': "formula",
    GOOD + "paper = 1": "'paper' must be text",
    GOOD + "note = []": "'note' must be text",
    GOOD + 'aliases = "g"': "'aliases' must be a list",
    GOOD + "aliases = [1]": "'aliases' must be a list",
    '[f]\nformula = "a*x"\nparameters = { a = "1" }': "a table of numbers",
    '[f]\nformula = "a*x"\nparameters = { a = true }': "a table of numbers",
    '[f]\nformula = "a*x"\nparameters = { a = nan }': "a table of numbers",
    '[f]\nformula = "a*x"\nparameters = { a = -inf }': "a table of numbers",
    '[f]\nformula = "a*x"\nparameters = { a = 1' + "0" * 400 + " }": "a table of numbers",
    '[f]\nformula = "a*x"\nparameters = [1]': "a table of numbers",
    '[f]\nformula = "a*x"': "parameter 'a'",
    '[f]\nformula = "x"\nparameters = { a = 1 }': "no parameter 'a'",
    '[f]\nformula = "x"\nparameters = { x = 1 }': "no parameter 'x'",
    GOOD + 'stable = "b*x"': "parameter 'b'",
    GOOD + 'stable = "x +"': "something is missing",
    GOOD + 'stable = "x"\nstable_orders = 5': "'stable_orders' must be an order, 0 to 4",
    GOOD + 'stable = "x"\nstable_orders = "1"': "'stable_orders' must be an order, 0 to 4",
    GOOD + "stable_orders = 1": "'stable_orders' is for an entry with a field 'stable'",
    GOOD + 'derivative = "sni(x)"': "Did you mean sin",
    GOOD + "derivative = 1": "'derivative' must be text",
    GOOD + "stable = {}": "'stable' must be text",
    GOOD + 'ours = ["b"]': "'b' is said to be ours, and is no parameter",
    GOOD + 'ours = "a"': "'ours' must be a list",
    GOOD + 'parameter_aliases = { b = "c" }': "'c', which is no parameter",
    GOOD + "parameter_aliases = { b = 1 }": "a table of texts",
    GOOD + "frameworks = { torch = 1 }": "a table of texts",
    GOOD + "defaults = { keras = 1 }": "a table of tables",
    GOOD + 'defaults = { keras = { a = "1" } }': "a table of tables",
    "[f]\nformula = \"__import__('os')\"": "no meaning",
    '[f]\nformula = "x.real"': "attribute",
    '[f]\nformula = ""': "empty",
    '["../f"]\nformula = "x"': "letters, digits",
    '[""]\nformula = "x"': "letters, digits",
    '["é"]\nformula = "x"': "letters, digits",
    '[f]\nformula = "' + "x+" * 3000 + 'x"': "too long",
    JOINED + 'stable = "concat(x, -x)"': "'stable' is for a formula with one output",
    JOINED + 'derivative = "1"': "'derivative' is for a formula with one output",
    '[f]\nformula = "x"\nstable = "concat(x, x)"': "'stable' is for a formula with one output",
    '[f]\nformula = "concat(a, b)"\narguments = ["a", "b"]': "'arguments' is for a formula with",
    '[f]\nformula = "a*a"\narguments = ["a", "c"]': "'arguments' names the two numbers",
    '[f]\nformula = "a*b*x"\narguments = ["a", "b"]': "has no x",
    '[f]\nformula = "a*b"\narguments = ["a", "b"]\nderivative = "b"': "no field 'derivative'",
    "[f]\n[f]\n": "not TOML",
    "a = " + "[" * 3000 + "]" * 3000: "nested too deeply",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: ascii(text)[:60])
def test_wrong_files_are_refused_with_the_reason(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        load([path])
    assert WRONG[text] in str(caught.value)
    assert "mine.toml" in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "b.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.toml", tmp_path, binary):
        with pytest.raises(UsageError, match=path.name):
            load([path])


def test_a_catalogue_is_data() -> None:
    assert Catalogue({}).names == {}
    with pytest.raises(UsageError):
        Catalogue({}).find("relu")


def test_few_entries_need_a_second_form() -> None:
    """More than a tenth would mean that a primitive is missing."""
    entries = actviz.load().entries.values()
    second = [entry.name for entry in entries if entry.stable or entry.derivative]
    assert len(second) <= len(entries) / 10, second
