"""Whether a function is analytic: nothing in its formula selects, steps or divides by 0."""

from __future__ import annotations

from actviz.errors import UsageError
from actviz.formula.breaks import WHOLE, difference, spelled, told
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.mesh import subject
from actviz.formula.enclosure.zeros import signs
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.terms import linear
from actviz.properties.questions import Questions, budget


def analytic(q: Questions) -> bool:
    """Whether nothing in the formula selects, steps or divides by 0 at any x."""
    return q.once(("analytic",), lambda: _analytic(q))


def _analytic(q: Questions) -> bool:
    f = q.activation
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in f.parameters.items()}
    return all(_harmless(part) for part in walk(rebuild(spelled(f.definition), values)))


def _harmless(part: Node) -> bool:
    match part:
        case Apply(head, (u, v)) if head in COMPARISONS:
            return _nowhere(difference(u, v))
        case Apply():
            return all(_inside(relation, place) for relation, place in told(part))
    return True


def _inside(relation: str, place: Node) -> bool:
    """Whether a primitive breaks nowhere but where its domain ends."""
    if relation == WHOLE:
        return X not in walk(place)
    ends = relation in "><" or (relation != "=" and linear(place) is not None)
    return ends or _nowhere(place)


def _nowhere(place: Node) -> bool:
    """Whether a formula is 0 at no x."""
    if X not in walk(place):
        return True
    try:
        f = subject(place, {})
        found = signs(f, -LARGEST, LARGEST, budget(f) // 4)
    except (UsageError, KeyError):
        return False
    return found.proved and not found.zero
