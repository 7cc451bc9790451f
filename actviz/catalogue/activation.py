"""One activation: a formula with the values of its parameters, and all its readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from actviz.catalogue.entry import Entry
from actviz.errors import UsageError
from actviz.formula.derivative import MAXIMUM_ORDER, differentiate
from actviz.formula.expression import Apply, Name, Node, Number, X, parse, rebuild, to_text, walk
from actviz.formula.latex import to_latex
from actviz.formula.primitives import OF_VECTOR

if TYPE_CHECKING:
    from actviz.formula.breakpoints import Breakpoint


@dataclass(frozen=True, eq=False)
class Activation:
    """An activation function with its parameters' values.

    definition is the defining formula, with parameters as names. stable, if not None, is an equal
    formula for float64 values where the defining one cancels; first_derivative likewise stands in
    for the derived derivative. arguments are the names of the numbers it is a function of: x, or
    two of them for a gated function such as glu, a*sigmoid(b). Calling it gives values:

    >>> from actviz.catalogue.activation import Activation
    >>> from actviz.formula.expression import parse
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
    arguments: tuple[str, ...] = ("x",)

    @property
    def formula(self) -> str:
        """The defining formula, parameters by name."""
        return to_text(self.definition)

    @property
    def vector(self) -> bool:
        """Whether it is a function of a whole vector, such as softmax."""
        return any(isinstance(p, Apply) and p.head in OF_VECTOR for p in walk(self.definition))

    @property
    def gated(self) -> bool:
        """Whether it is a function of two numbers, the halves of a vector, such as glu."""
        return len(self.arguments) > 1

    @property
    def outputs(self) -> tuple[Activation, ...]:
        """Itself, or of a function with several outputs, such as crelu, a function for each."""
        if not _is_concat(self.definition):
            return (self,)
        parts = self.definition.arguments  # type: ignore[attr-defined]
        return tuple(replace(self, definition=part) for part in parts)

    @property
    def kind(self) -> str:
        """What it is a function of, in words: a number, a vector, a and b."""
        if self.gated:
            return f"a function of {' and '.join(self.arguments)}"
        if self.vector:
            return "a function of a vector"
        count = len(self.outputs)
        return "a function of a number" + (f" with {count} outputs" if count > 1 else "")

    @property
    def advice(self) -> str:
        """What to type where a function of one number is needed, as the end of a message."""
        return f" Fix one, as in {self.name}:{self.arguments[-1]}=1." if self.gated else ""

    @property
    def elementwise(self) -> bool:
        """Whether it is a function of one number with one output."""
        return self.kind == "a function of a number"

    @property
    def _partial(self) -> bool:
        """Whether the formula may be undefined on a whole part of the line."""
        return any(map(_may_be_undefined, walk(self.definition)))

    def tree(self, order: int = 0) -> Node:
        """The formula of the function (order 0) or of a derivative, as it is printed."""
        if order and self.gated:
            raise UsageError(f"{self.name} is {self.kind}: its derivatives are partial ones.")
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
        from actviz.formula.mathml import to_mathml

        return to_mathml(self.latex(order, cases=True))

    @property
    def formulas(self) -> dict[str, Node]:
        """The function and its first derivatives as they are printed, by what they are called.

        >>> import actviz
        >>> list(actviz.get("relu").formulas), list(actviz.get("glu").formulas)
        (['f(x)', "f'(x)", "f''(x)"], ['f(a, b)', 'df/da', 'df/db'])
        """
        if not self.gated:
            return {f"f{order * chr(39)}(x)": self.tree(order) for order in range(3)}
        whole = {f"f({', '.join(self.arguments)})": self.definition}
        return whole | {f"df/d{name}": self.partial(name) for name in self.arguments}

    def __call__(self, x: Any) -> Any:
        """The values at x: see value."""
        return self.value(x)

    def value(self, x: Any) -> Any:
        """The values at x.

        x is a number, a list or an array of any shape; the same shape comes back, a float for a
        number. Computed in float64; float32 and float16 inputs are returned in their own dtype.
        NaN gives NaN, +-inf the limit. A function of a vector takes the last axis as the vector; a
        gated one takes its halves, and gives half as many; crelu gives twice as many.
        """
        return self.derivative(x, order=0)

    def derivative(self, x: Any, order: int = 1, side: str | None = None, wrt: str = "x") -> Any:
        """The derivative of the given order (0 to 4) at x; shapes and dtypes as for value.

        At a switch of a branch it is that of the branch the formula takes; side="left" or "right"
        asks for the one-sided limits instead. wrt="alpha" differentiates by a parameter. Of a
        function of a vector it is that of each component by itself (the Jacobian's diagonal), of a
        gated one it is by the argument that wrt names.

        Raises UsageError for an order outside 0 to 4, another side, an unknown parameter, or a
        last axis that has no halves.

        >>> import actviz
        >>> relu = actviz.get("relu")
        >>> float(relu.derivative(0.0)), float(relu.derivative(0.0, side="right"))
        (0.0, 1.0)
        """
        import numpy as np

        if side not in (None, "left", "right"):
            raise UsageError(f"A side is 'left' or 'right', not {side!r}.")
        given = np.asarray(x)
        if (
            given.dtype.kind == "O"
        ):  # whole numbers beyond 64 bits; float raises for what is no number
            given = np.array([float(v) for v in given.flat]).reshape(given.shape)
        if given.dtype.kind not in "biuf":
            raise UsageError(f"x must be real numbers, not {given.dtype.name}.")
        points = given.astype(np.float64, copy=False)
        if self.gated:
            values = self.at(*self._halves(points), (wrt,) * order)
        elif len(self.outputs) > 1:
            parts = [each.derivative(points, order, side, wrt) for each in self.outputs]
            values = np.concatenate([np.atleast_1d(part) for part in parts], axis=-1)
        else:
            values = self._values(points, order, side, wrt)
        kept = given.dtype if given.dtype in (np.float32, np.float16) else np.dtype(np.float64)
        with np.errstate(over="ignore", under="ignore"):
            result = values.astype(kept, copy=False)
        return float(result) if isinstance(x, int | float) and not result.ndim else result[()]

    def _values(self, points: Any, order: int, side: str | None, wrt: str) -> Any:
        import numpy as np

        from actviz.formula.evaluate import evaluate

        node = self._numeric_wrt(order, wrt)
        values = evaluate(node, points, self.parameters)
        if order and self._partial:  # 1/x is defined where log(x) is not
            values[np.isnan(evaluate(self.numeric_tree(0), points, self.parameters))] = np.nan
        if side is not None:
            self._take_side(node, points, values, side)
        return values

    def at(self, a: Any, b: Any, wrt: Sequence[str] = ()) -> Any:
        """The values of a gated function at a and b (float64, broadcast), or a partial derivative.

        wrt names the arguments, or parameters, that it is differentiated by, one after another.

        >>> import actviz
        >>> glu = actviz.get("glu")
        >>> float(glu.at(3.0, 0.0)), float(glu.at(3.0, 0.0, wrt=("a",)))
        (1.5, 0.5)
        """
        from actviz.formula.gated import evaluate_pairs

        node = self.stable or self.definition
        return evaluate_pairs(self.partial(*wrt, of=node), self.arguments, a, b, self.parameters)

    def partial(self, *wrt: str, of: Node | None = None) -> Node:
        """The formula of a gated function, or of its derivative by these, one after another."""
        if not self.gated:
            raise UsageError(f"{self.name} is {self.kind}: it has no partial derivatives.")
        _checked(len(wrt))
        node = of or self.definition
        for name in wrt:
            if name not in (*self.arguments, *self.parameters):
                known = " and ".join((*self.arguments, *self.parameters))
                raise UsageError(f"{self.name} has no argument {name!r}: there are {known}.")
            node = differentiate(node, name)
        return node

    def fix(self, **given: float) -> Activation:
        """A gated function as one of a single number x, all its other arguments being given.

        >>> import actviz
        >>> actviz.get("glu").fix(b=0.0)([1.0, 2.0]).tolist()
        [0.5, 1.0]
        """
        free = [name for name in self.arguments if name not in given]
        if not self.gated or len(free) != 1 or not set(given) <= set(self.arguments):
            raise UsageError(f"{self.name} is {self.kind}: one of two arguments can be fixed.")
        places: dict[Node, Node] = {Name(free[0]): X}
        return replace(
            self,
            definition=rebuild(self.definition, places),
            stable=self.stable and rebuild(self.stable, places),
            parameters={**self.parameters, **{name: float(v) for name, v in given.items()}},
            arguments=("x",),
        )

    def _halves(self, points: Any) -> tuple[Any, Any]:
        """The two arguments of a gated function in the last axis."""
        size = points.shape[-1] if points.ndim else 1
        if size % 2 or not size:
            raise UsageError(
                f"{self.name} is {self.kind}, the halves of the last axis: "
                f"that has {size} number{'s' * (size != 1)}."
            )
        return points[..., : size // 2], points[..., size // 2 :]

    def jacobian(self, x: Any) -> Any:
        """The matrix of dy_i/dx_j for a vector x of n numbers.

        It has n rows for a function of a vector, n/2 for a gated one, and n for each output of
        crelu and its kin.

        Raises UsageError for a function of one number with one output, or if x is no vector.

        >>> import actviz
        >>> actviz.get("softmax").jacobian([0.0, 0.0]).tolist()
        [[0.25, -0.25], [-0.25, 0.25]]
        >>> actviz.get("bilinear").jacobian([2.0, 3.0]).tolist()
        [[3.0, 2.0]]
        """
        import numpy as np

        from actviz.formula.jacobian import jacobian

        vector = np.asarray(x, dtype=np.float64)
        if self.elementwise:
            raise UsageError(f"{self.name} is not a function of a vector: it has no Jacobian.")
        if vector.ndim != 1 or vector.size == 0:
            raise UsageError(f"The Jacobian is that of one vector, not of shape {vector.shape}.")
        if self.gated:
            halves = self._halves(vector)
            return np.hstack([np.diag(self.at(*halves, wrt=(name,))) for name in self.arguments])
        if self.vector:
            parts = [
                jacobian(each.numeric_tree(0), each.numeric_tree(1), vector, self.parameters)
                for each in self.outputs
            ]
            return np.vstack(parts)
        return np.vstack([np.diag(each.derivative(vector)) for each in self.outputs])

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

        from actviz.formula.breakpoints import one_sided, switches

        places = np.unique(points[np.isfinite(points)]).tolist()
        if not self.elementwise:
            return
        if len(places) > 100:  # the limit at each point takes a while; most are at no switch
            places = list(switches(self.definition, self.parameters, places[0], places[-1]))
        for place in places:
            values[points == place] = one_sided(node, place, side, self.parameters)

    def breakpoints(self, lower: float, upper: float) -> tuple[Breakpoint, ...]:
        """The points of [lower, upper] at which the function or a derivative up to 4 breaks."""
        from actviz.formula.breakpoints import breakpoints

        if not self.elementwise:
            return ()
        return breakpoints(self.tree, self.parameters, lower, upper)

    def limit(self, order: int, sign: float) -> float:
        """The limit of the function or a derivative at +inf (sign=1) or -inf (sign=-1).

        NaN where there is none, as for sin, and for what is no function of one number.
        """
        import numpy as np

        if not self.elementwise:
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
        if len(self.outputs) > 1:
            raise UsageError(f"{self.name} has several outputs: each has components of its own.")
        from actviz.formula.slices import sliced

        node = sliced(self.definition, fixed, component, self.parameters)
        return Activation(self.name, node, self.parameters, entry=self.entry)


def _checked(order: int) -> int:
    if order not in range(MAXIMUM_ORDER + 1):
        raise UsageError(f"The order of a derivative is 0 to {MAXIMUM_ORDER}, not {order}.")
    return order


def _is_concat(node: Node) -> bool:
    return isinstance(node, Apply) and node.head == "concat"


def _may_be_undefined(part: Node) -> bool:
    match part:
        case Apply("**", (_, Number(power))):
            return power != round(power)
        case Apply(head, _):
            return head in ("log", "log1p", "sqrt", "**")
    return False


@lru_cache(maxsize=4096)
def _tree(definition: Node, first_derivative: Node | None, order: int) -> Node:
    if order == 0:
        return definition
    if _is_concat(definition):
        parts = definition.arguments  # type: ignore[attr-defined]
        return Apply("concat", tuple(_tree(part, None, order) for part in parts))
    if order == 1 and first_derivative is not None:
        return first_derivative
    return differentiate(_tree(definition, first_derivative, order - 1))


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
