"""One activation: a formula with the values of its parameters, and all its readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from actviz.algebra import simplify
from actviz.derivative import MAXIMUM_ORDER, differentiate
from actviz.entry import Entry
from actviz.errors import UsageError
from actviz.expression import Apply, Name, Node, Number, X, parse, rebuild, to_text, walk
from actviz.latex import to_latex
from actviz.primitives import REDUCTIONS

if TYPE_CHECKING:
    from actviz.breakpoints import Breakpoint


@dataclass(frozen=True, eq=False)
class Activation:
    """An activation function with its parameters' values.

    definition is the defining formula, with parameters as names. stable, if not None, is an equal
    formula for float64 values where the defining one cancels; first_derivative likewise stands in
    for the derived derivative. Calling it gives values:

    >>> from actviz.activation import Activation
    >>> from actviz.expression import parse
    >>> silu = Activation("silu", parse("x*sigmoid(x)"))
    >>> silu([0.0, 1.0]).tolist()
    [0.0, 0.7310585786300049]
    >>> silu.derivative_formula()
    'sigmoid(x)*(1 + x*sigmoid(-x))'
    """

    name: str
    definition: Node
    parameters: Mapping[str, float] = field(default_factory=dict)
    stable: Node | None = None
    first_derivative: Node | None = None
    entry: Entry | None = None

    @property
    def formula(self) -> str:
        """The defining formula, parameters by name."""
        return to_text(self.definition)

    @property
    def vector(self) -> bool:
        """Whether it is a function of a whole vector, such as softmax."""
        return any(isinstance(p, Apply) and p.head in REDUCTIONS for p in walk(self.definition))

    @property
    def _partial(self) -> bool:
        """Whether the formula may be undefined on a whole part of the line."""
        heads = {part.head for part in walk(self.definition) if isinstance(part, Apply)}
        return not heads.isdisjoint({"log", "log1p", "sqrt", "**"})

    def tree(self, order: int = 0) -> Node:
        """The formula of the function (order 0) or of a derivative, as it is printed."""
        return _tree(self.definition, self.first_derivative, _checked(order))

    def numeric_tree(self, order: int = 0) -> Node:
        """The formula that values are computed from."""
        return _tree(self.stable or self.definition, self.first_derivative, _checked(order))

    def derivative_formula(self, order: int = 1) -> str:
        """The printed formula of a derivative, parameters by name."""
        return to_text(self.tree(order))

    def latex(self, order: int = 0, cases: bool = False) -> str:
        """LaTeX of the function or a derivative, for mathtext, or with cases for a document."""
        return to_latex(self.tree(order), cases)

    def mathml(self, order: int = 0) -> str:
        """MathML of the function or a derivative, for a page: one <math> element."""
        from actviz.mathml import to_mathml

        return to_mathml(self.latex(order, cases=True))

    def __call__(self, x: Any) -> Any:
        """The values at x: see value."""
        return self.value(x)

    def value(self, x: Any) -> Any:
        """The values at x.

        x is a number, a list or an array of any shape; the same shape comes back, a float for a
        number. Computed in float64; float32 and float16 inputs are returned in their own dtype.
        NaN gives NaN, +-inf the limit. A function of a vector takes the last axis as the vector.
        """
        return self.derivative(x, order=0)

    def derivative(self, x: Any, order: int = 1, side: str | None = None, wrt: str = "x") -> Any:
        """The derivative of the given order (0 to 4) at x; shapes and dtypes as for value.

        At a switch of a branch it is that of the branch the formula takes; side="left" or "right"
        asks for the one-sided limits instead. wrt="alpha" differentiates by a parameter. Of a
        function of a vector it is that of each component by itself (the Jacobian's diagonal).

        Raises UsageError for an order outside 0 to 4, another side, or an unknown parameter.

        >>> import actviz
        >>> relu = actviz.get("relu")
        >>> float(relu.derivative(0.0)), float(relu.derivative(0.0, side="right"))
        (0.0, 1.0)
        """
        import numpy as np

        from actviz.evaluate import evaluate

        if side not in (None, "left", "right"):
            raise UsageError(f"A side is 'left' or 'right', not {side!r}.")
        given = np.asarray(x)
        if (
            given.dtype.kind == "O"
        ):  # whole numbers beyond 64 bits; float raises for what is no number
            given = np.array([float(v) for v in given.flat]).reshape(given.shape)
        if given.dtype.kind not in "biuf":
            raise UsageError(f"x must be real numbers, not {given.dtype.name}.")
        node = self._numeric_wrt(order, wrt)
        points = given.astype(np.float64, copy=False)
        values = evaluate(node, points, self.parameters)
        if order and self._partial:  # 1/x is defined where log(x) is not
            values[np.isnan(evaluate(self.numeric_tree(0), points, self.parameters))] = np.nan
        if side is not None:
            self._take_side(node, points, values, side)
        kept = given.dtype if given.dtype in (np.float32, np.float16) else np.dtype(np.float64)
        with np.errstate(over="ignore", under="ignore"):
            result = values.astype(kept, copy=False)
        return float(result) if isinstance(x, int | float) else result[()]

    def jacobian(self, x: Any) -> Any:
        """The matrix of dy_i/dx_j of a function of a vector, for a vector of n numbers; (n, n).

        Raises UsageError for a function of one number, or if x is no vector.

        >>> import actviz
        >>> actviz.get("softmax").jacobian([0.0, 0.0]).tolist()
        [[0.25, -0.25], [-0.25, 0.25]]
        """
        import numpy as np

        from actviz.jacobian import jacobian

        vector = np.asarray(x, dtype=np.float64)
        if not self.vector:
            raise UsageError(f"{self.name} is not a function of a vector: it has no Jacobian.")
        if vector.ndim != 1 or vector.size == 0:
            raise UsageError(f"The Jacobian is that of one vector, not of shape {vector.shape}.")
        return jacobian(self.numeric_tree(0), self.numeric_tree(1), vector, self.parameters)

    def _numeric_wrt(self, order: int, wrt: str) -> Node:
        if wrt == "x":
            return self.numeric_tree(order)
        if wrt not in self.parameters:
            known = ", ".join(self.parameters) or "none"
            raise UsageError(f"{self.name} has no parameter {wrt!r} (parameters: {known}).")
        node = self.numeric_tree(0)
        for _ in range(_checked(order)):
            node = differentiate(node, wrt)
        return node

    def _take_side(self, node: Node, points: Any, values: Any, side: str) -> None:
        """Put the one-sided limits in at the switches among the points."""
        import numpy as np

        from actviz.breakpoints import one_sided, switches

        places = np.unique(points[np.isfinite(points)]).tolist()
        if self.vector:
            return
        if len(places) > 100:  # the limit at each point takes a while; most are at no switch
            places = list(switches(self.definition, self.parameters, places[0], places[-1]))
        for place in places:
            values[points == place] = one_sided(node, place, side, self.parameters)

    def breakpoints(self, lower: float, upper: float) -> tuple[Breakpoint, ...]:
        """The points of [lower, upper] at which the function or a derivative up to 4 breaks."""
        from actviz.breakpoints import breakpoints

        if self.vector:
            return ()
        return breakpoints(self.tree, self.parameters, lower, upper)

    def limit(self, order: int, sign: float) -> float:
        """The limit of the function or a derivative at +inf (sign=1) or -inf (sign=-1).

        NaN where there is none, as for sin, and for a function of a vector.
        """
        import numpy as np

        if self.vector:
            return np.nan

        return float(self.derivative(np.copysign(np.inf, sign), order=order))

    def slice(self, fixed: Sequence[float], component: int) -> Activation:
        """A component of a vector function as the first logit varies, the others being fixed.

        component 0 is that of the varying logit; fixed holds the values of all others. What comes
        back is an ordinary function of x, with derivatives of any order by the first logit.

        >>> import actviz
        >>> actviz.get("softmax").slice([0.0], 0).formula
        'exp(x/tau)/(exp(x/tau) + 1)'
        """
        if not self.vector:
            raise UsageError(f"{self.name} is not a function of a vector: it has no components.")
        node = _sliced(self.definition, tuple(fixed), component)
        return Activation(self.name, node, self.parameters, entry=self.entry)


def _checked(order: int) -> int:
    if order not in range(MAXIMUM_ORDER + 1):
        raise UsageError(f"The order of a derivative is 0 to {MAXIMUM_ORDER}, not {order}.")
    return order


@lru_cache(maxsize=4096)
def _tree(definition: Node, first_derivative: Node | None, order: int) -> Node:
    if order == 0:
        return definition
    if order == 1 and first_derivative is not None:
        return first_derivative
    return differentiate(_tree(definition, first_derivative, order - 1))


def _sliced(node: Node, fixed: tuple[float, ...], component: int) -> Node:
    """The formula of one component, the reductions written out over x and the fixed values."""
    vector: list[Node] = [X, *(Number(value) for value in fixed)]
    here: dict[Node, Node] = {X: vector[component]}
    for part in walk(node):
        match part:
            case Apply("sum" | "others" as head, (u,)):
                terms = [rebuild(u, {X: at}) for at in vector]
                if head == "others":
                    del terms[component]
                total: Node = terms[0] if terms else Number(0.0)
                for term in terms[1:]:
                    total = Apply("+", (total, term))
                here[part] = total
    return simplify(rebuild(node, here))


def from_formula(text: str, name: str = "f", /, **parameters: float) -> Activation:
    """An activation from a typed formula; every parameter in it needs a value.

    Raises FormulaError for a formula outside the language, UsageError for a parameter that is
    missing or that the formula does not have.
    """
    node = parse(text)
    free = {part.id for part in walk(node) if isinstance(part, Name)} - {"x", "pi", "e"}
    if missing := sorted(free - set(parameters)):
        example = ",".join(f"{parameter}=1" for parameter in missing)
        plural = "s" * (len(missing) > 1)
        raise UsageError(
            f"The formula {text!r} needs a value for the parameter{plural} {', '.join(missing)}: "
            f"write {text + ':' + example!r}."
        )
    if unknown := sorted(set(parameters) - free):
        raise UsageError(f"The formula {text!r} has no parameter {unknown[0]}.")
    return Activation(name, node, {p: float(v) for p, v in parameters.items()})
