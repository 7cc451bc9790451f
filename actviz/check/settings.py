"""Values of parameters that nobody gave: a formula that is right is right for these too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.catalogue.domain import checked
from actviz.check.result import Result
from actviz.errors import UsageError
from actviz.formula.expression import Node, Number, walk, write_number

# A parameter is tried at so many times its default, and the next one at the next of these, so that
# no two stay alike; one that is 0 at these numbers.
FACTORS = ((0.6, 1.7, 0.8, 1.4), (2.5, 0.7, 1.9, 0.45))
INSTEAD_OF_ZERO = ((0.7, 0.3, 1.2, 0.9), (-0.3, -0.8, -0.6, -1.1))
MOST_NUMBERS = 6  # of a wrong formula that may be the value of a parameter it is right for

Setting = Mapping[str, float]
Judge = Callable[[Activation], Result]


def judged(curve: Curve, node: Node, judge: Judge) -> Result:
    """The verdict on a formula at the defaults, and if that is a pass at other values as well.

    judge: the verdict on it for one function.
    """
    result = judge(curve.activation)
    if not curve.open or result.status == "not run":
        return result
    if result.status == "fail":
        return _right_elsewhere(curve, node, judge, result)
    found = [(setting, judge(_at(curve, setting))) for setting in tried(curve)]
    wrong = next((each for each in found if each[1].status == "fail"), None)
    if wrong is not None:
        defaults = _written({name: curve.activation.parameters[name] for name in curve.open})
        told = f"right {_right_for(curve, judge, found)}"
        told += f"; say {curve.text}{',' if ':' in curve.text else ':'}{defaults} if that is meant"
        message = "; ".join(filter(None, (told, wrong[1].message)))
        label = f"{curve.label}:{_written(wrong[0])}"
        return replace(
            wrong[1], curve=label, code="not-general", message=message, parameters=wrong[0]
        )
    so_too = [_said(setting) for setting, each in found if each.status == "pass"]
    unsure = [_said(setting) for setting, each in found if each.status == "not run"]
    told = f"so too at {' and at '.join(so_too)}" if so_too else ""
    open_ones = f"not judged at {' and at '.join(unsure)}" if unsure else ""
    return replace(result, message="; ".join(filter(None, (result.message, told, open_ones))))


def tried(curve: Curve) -> list[Setting]:
    """Other values of the parameters that nobody gave, all at once; inside their domain."""
    turns = range(len(FACTORS) if curve.open else 0)
    return list(_inside(curve, (_varied(curve, turn) for turn in turns)))


def _varied(curve: Curve, turn: int) -> Setting:
    values = {}
    for i, name in enumerate(curve.open):
        default = curve.activation.parameters[name]
        i %= len(FACTORS[turn])
        other = default * FACTORS[turn][i] if default else INSTEAD_OF_ZERO[turn][i]
        values[name] = float(f"{other:.4g}")
    return values


def _inside(curve: Curve, settings: Iterator[Setting]) -> Iterator[Setting]:
    entry, parameters = curve.activation.entry, curve.activation.parameters
    for setting in settings:
        try:
            checked(curve.label, {**parameters, **setting}, entry.domain if entry else ())
        except UsageError:
            continue
        yield setting


def _at(curve: Curve, setting: Setting) -> Activation:
    activation = curve.activation
    return replace(activation, parameters={**activation.parameters, **setting})


def _right_for(curve: Curve, judge: Judge, found: Sequence[tuple[Setting, Result]]) -> str:
    """In words for which values a formula that is right at the defaults is right."""
    defaults = {name: curve.activation.parameters[name] for name in curve.open}
    told = []
    for name in curve.open:
        if len(curve.open) == 1:
            single = list(found)
        else:
            alone = _inside(curve, ({name: setting[name]} for setting, _ in found))
            single = [(setting, judge(_at(curve, setting))) for setting in alone]
        wrong = [setting for setting, each in single if each.status == "fail"]
        right = [defaults, *(setting for setting, each in single if each.status == "pass")]
        if len(right) == 1 and wrong:
            told.append(f"only at {_said({name: defaults[name]})}")
        elif wrong:
            told.append(f"at {_all(name, right)}, not at {_all(name, wrong)}")
    if told:
        return " and ".join(told)
    wrong = [setting for setting, each in found if each.status == "fail"]
    return f"at {_said(defaults)}, not at {' nor at '.join(map(_said, wrong))}"


def _right_elsewhere(curve: Curve, node: Node, judge: Judge, result: Result) -> Result:
    """A formula that is wrong at the defaults, and for which number in it it is right, if any."""
    numbers = [part.value for part in walk(node) if isinstance(part, Number)][:MOST_NUMBERS]
    values = dict.fromkeys(float(n) for n in numbers)
    settings = _inside(curve, ({name: v} for name in curve.open for v in values))
    for setting in settings:
        ((name, value),) = setting.items()
        default = curve.activation.parameters[name]
        if value != default and judge(_at(curve, setting)).status == "pass":
            told = f"right at {_said(setting)}, not at {_said({name: default})}"
            return replace(result, message="; ".join(filter(None, (told, result.message))))
    return result


def _written(setting: Setting) -> str:
    return ",".join(f"{name}={write_number(value)}" for name, value in setting.items())


def _said(setting: Setting) -> str:
    return ", ".join(f"{name} = {write_number(value)}" for name, value in setting.items())


def _all(name: str, settings: Sequence[Setting]) -> str:
    return f"{name} = {' and '.join(write_number(setting[name]) for setting in settings)}"
