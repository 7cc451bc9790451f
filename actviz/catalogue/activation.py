"""One activation: a formula with the values of its parameters, and all its readings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from actviz.catalogue.calls import Find, refuse_partial, typed
from actviz.catalogue.domain import checked
from actviz.catalogue.entry import Entry
from actviz.catalogue.kind import Kind, refusal
from actviz.errors import FormulaError, UsageError
from actviz.formula.derivative import MAXIMUM_ORDER, differentiate, exactly
from actviz.formula.expression import Apply, Name, Node, X, free_names, rebuild, to_text, walk
from actviz.formula.latex import to_latex
from actviz.formula.primitives import OF_VECTOR
from actviz.formula.recast import recast

if TYPE_CHECKING:
    from actviz.formula.breakpoints import Breakpoint


@dataclass(frozen=True, eq=False)
class Activation:
    """An activation function with its parameters' values.

    definition is the defining formula, with parameters as names. stable, if not None, is an equal
    formula for float64 values where the defining one cancels, and so do its derivatives up to the
    order stable_orders; first_derivative likewise stands in
    for the derived derivative, and parametric is what derivatives by parameters are taken of.
    arguments are the names of the numbers it is a function of: x, or two of them for a gated
    function such as glu, a*sigmoid(b). written is the formula as somebody wrote it, with the
    catalogue functions that it calls by their names. Calling it gives values:

    >>> from actviz.catalogue.activation import Activation
    >>> from actviz.formula.parsing import parse
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
    parametric: Node | None = None
    stable_orders: int = MAXIMUM_ORDER
    written: Node | None = None

    @property
    def formula(self) -> str:
        """The defining formula, parameters by name."""
        return to_text(self.printed())

    def printed(self, order: int = 0) -> Node:
        """What is printed of the function or a derivative: as it was written, if that is known."""
        return self.tree(order) if order or self.written is None else self.written

    @cached_property
    def kind(self) -> Kind:
        """What it takes and gives.

        >>> import actviz
        >>> [actviz.get(name).kind.value for name in ("relu", "crelu", "softmax", "glu")]
        ['number', 'outputs', 'vector', 'pair']
        """
        if len(self.arguments) > 1:
            return Kind.PAIR
        if any(isinstance(p, Apply) and p.head in OF_VECTOR for p in walk(self.definition)):
            return Kind.VECTOR
        return Kind.NUMBER if len(self.outputs) == 1 else Kind.OUTPUTS

    @property
    def elementwise(self) -> bool:
        """Whether it is a function of one number with one output."""
        return self.kind is Kind.NUMBER

    @property
    def vector(self) -> bool:
        """Whether it is a function of a whole vector, such as softmax."""
        return self.kind is Kind.VECTOR

    @property
    def gated(self) -> bool:
        """Whether it is a function of two numbers, the halves of a vector, such as glu."""
        return self.kind is Kind.PAIR

    @property
    def outputs(self) -> tuple[Activation, ...]:
        """Itself, or of a function with several outputs, such as crelu, a function for each."""
        match self.definition:
            case Apply("concat", parts):
                return tuple(replace(self, definition=part) for part in parts)
        return (self,)

    def tree(self, order: int = 0) -> Node:
        """The formula of the function (order 0) or of a derivative, as it is printed."""
        if order and self.gated:
            raise refusal(self, "its derivatives are partial ones")
        return _tree(self.definition, self.first_derivative, _checked(order))

    @property
    def settled(self) -> Node:
        """The definition without what it takes at one number alone, for facts of the function.

        softshrink without a threshold is x, and smooth; its derivative at 0 is that of the branch.
        """
        from actviz.formula.lone import without_lone

        if not self.elementwise:
            return self.definition
        return without_lone(self.definition, tuple(self.parameters.items()))

    def numeric_tree(self, order: int = 0, wrt: str = "x") -> Node:
        """The formula that values are computed from, or its derivative by x or a parameter."""
        node = self.stable or recast(self.definition)
        if wrt == "x":
            node = self.definition if order > self.stable_orders else node
            return _numeric_tree(node, self.first_derivative, _checked(order))
        if wrt not in self.parameters:
            known = ", ".join(self.parameters) or "none"
            raise UsageError(f"{self.name} has no parameter {wrt!r} (parameters: {known}).")
        _checked(order)
        return exactly(self.parametric or node, lambda named: _by_parameter(named, order, wrt))

    def derivative_formula(self, order: int = 1) -> str:
        """The printed formula of a derivative, parameters by name."""
        return to_text(self.printed(order))

    def latex(self, order: int = 0, cases: bool = False) -> str:
        """LaTeX of the function or a derivative, for mathtext, or with cases for a document."""
        return to_latex(self.printed(order), cases)

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
            return {f"f{order * chr(39)}(x)": self.printed(order) for order in range(3)}
        whole = {f"f({', '.join(self.arguments)})": self.printed()}
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
        from actviz.catalogue import values

        return values.derivative(self, x, order, side, wrt)

    def at(self, a: Any, b: Any, wrt: Sequence[str] = ()) -> Any:
        """The values of a gated function at a and b (float64, broadcast), or a partial derivative.

        wrt names the arguments, or parameters, that it is differentiated by, one after another.

        >>> import actviz
        >>> glu = actviz.get("glu")
        >>> float(glu.at(3.0, 0.0)), float(glu.at(3.0, 0.0, wrt=("a",)))
        (1.5, 0.5)
        """
        from actviz.catalogue import values

        return values.at(self, a, b, wrt)

    def partial(self, *wrt: str, of: Node | None = None) -> Node:
        """The formula of a gated function, or of its derivative by these, one after another."""
        if not self.gated:
            raise refusal(self, "it has no partial derivatives")
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
            raise refusal(self, "one of two arguments can be fixed")
        places: dict[Node, Node] = {Name(free[0]): X}
        return replace(
            self,
            definition=rebuild(self.definition, places),
            stable=self.stable and rebuild(self.stable, places),
            written=self.written and rebuild(self.written, places),
            parameters={**self.parameters, **checked(self.name, given)},
            arguments=("x",),
        )

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
        from actviz.catalogue import values

        return values.jacobian(self, x)

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
        from actviz.catalogue import values

        return values.limit(self, order, sign)

    def derived(self, order: int) -> Activation:
        """The derivative as a function of its own: gelu' or gelu''.

        >>> import actviz
        >>> actviz.get("silu").derived(1)(0.0)
        0.5
        """
        if not self.elementwise:
            raise refusal(self, "its derivative is no function of one number")
        refuse_partial(self.name, self.definition, self.parameters)
        return Activation(
            self.name + order * "'",
            self.tree(order),
            self.parameters,
            self.numeric_tree(order),
            stable_orders=MAXIMUM_ORDER - order,
        )

    def slice(self, fixed: Sequence[float], component: int) -> Activation:
        """A component of a vector function as the first logit varies, the others being fixed.

        component 0 is that of the varying logit; fixed holds the values of all others. What comes
        back is an ordinary function of x, with derivatives of any order by the first logit.

        >>> import actviz
        >>> actviz.get("softmax").slice([0.0], 0).formula
        'exp(x/tau)/(exp(x/tau) + 1)'
        """
        if not self.vector:
            raise refusal(self, "it has no components")
        if len(self.outputs) > 1:
            raise refusal(self, "each of its outputs has components of its own")
        from actviz.formula.slices import sliced

        node = sliced(self.definition, fixed, component, self.parameters)
        return Activation(self.name, node, self.parameters, entry=self.entry)


def _checked(order: int) -> int:
    if order not in range(MAXIMUM_ORDER + 1):
        raise UsageError(f"The order of a derivative is 0 to {MAXIMUM_ORDER}, not {order}.")
    return order


@lru_cache(maxsize=4096)
def _tree(definition: Node, first_derivative: Node | None, order: int) -> Node:
    if order == 0:
        return definition
    match definition:
        case Apply("concat", parts):
            return Apply("concat", tuple(_tree(part, None, order) for part in parts))
    if order == 1 and first_derivative is not None:
        return first_derivative
    return differentiate(_tree(definition, first_derivative, order - 1))


@lru_cache(maxsize=4096)
def _numeric_tree(node: Node, first_derivative: Node | None, order: int) -> Node:
    if order and first_derivative is not None:
        node, order = first_derivative, order - 1
    return exactly(node, lambda named: _tree(named, None, order)) if order else node


def _by_parameter(node: Node, order: int, wrt: str) -> Node:
    for _ in range(order):
        node = differentiate(node, wrt)
    return node


def from_formula(
    text: str,
    name: str = "f",
    find: Find | None = None,
    arguments: tuple[str, ...] = ("x",),
    /,
    **parameters: float,
) -> Activation:
    """An activation from a typed formula; every parameter in it needs a value.

    find: what knows the entries that the formula may call; arguments: x, or the two numbers that it
    is a function of, of which one that is given is fixed.

    Raises FormulaError for a formula outside the language, UsageError for a parameter that is
    missing, that the formula does not have, or that is no finite number.
    """
    read = typed(text, find or (lambda name: None))
    written = read.definition if read.written is None else read.written
    free = free_names(written) - {*arguments}
    _check_arguments(written, arguments, text)
    fixed = {key: parameters.pop(key) for key in (*parameters,) if key in arguments}
    if missing := sorted(free - set(parameters)):
        if functions := [name for name in missing if find is not None and find(name)]:
            raise _called(text, functions)
        example = ",".join(f"{parameter}=1" for parameter in missing)
        plural = "s" * (len(missing) > 1)
        raise UsageError(
            f"The formula {text!r} needs a value for the parameter{plural} {', '.join(missing)}: "
            f"write {text + ':' + example!r}."
        )
    if unknown := sorted(set(parameters) - free):
        raise UsageError(f"The formula {text!r} has no parameter {unknown[0]}.")
    values = checked(repr(text), parameters)
    read.check(values)
    whole = Activation(
        name,
        read.definition,
        values,
        read.stable,
        arguments=arguments,
        stable_orders=read.stable_orders,
        written=read.written,
    )
    return whole.fix(**fixed) if fixed else whole


def _check_arguments(formula: Node, arguments: tuple[str, ...], text: str) -> None:
    """Raise UsageError where a formula of two numbers is not one of these two."""
    if len(arguments) == 1:
        return
    names = {part.id for part in walk(formula) if isinstance(part, Name)}
    said = f"f({', '.join(arguments)})"
    if X.id in names:
        raise UsageError(f"The formula {text!r} has an x, which is none of the numbers of {said}.")
    if unused := [name for name in arguments if name not in names]:
        raise UsageError(f"The formula {text!r} has no {unused[0]}, which {said} is a function of.")


def _called(text: str, functions: Sequence[str]) -> FormulaError:
    """What to write for gelu + silu, which are no numbers."""
    names = "|".join(map(re.escape, functions))
    place = re.search(rf"\b({names})\b", text)
    meant = re.sub(rf"\b({names})\b(?!\s*\()", r"\1(x)", text)
    message = f"{functions[0]} is a function of x. Did you mean {meant!r}?"
    return FormulaError(message, text, place.start() if place else 0)
