"""Formulas as users type them: all primitives, and what loses digits when it is naive."""

from __future__ import annotations

from actviz.formula.primitives import OF_VECTOR, PRIMITIVES

# Arguments for primitives of several.
_OTHERS = {
    ("u", "v"): ("x, 0.3", "-2, x", "x, x**2"),
    ("n", "u"): ("0, x", "1, x", "3, x", "8, x"),
    ("u", "v", "w"): ("x, -1.5, 2", "x**2, x, 3"),
    ("condition", "u", "v"): ("x > 0.5, x, sin(x)",),
}


def bare() -> list[str]:
    """Every primitive of numbers, of little else than x."""
    return [
        f"{primitive.name}({arguments})"
        for primitive in PRIMITIVES.values()
        if primitive.name not in OF_VECTOR
        for arguments in _OTHERS.get(primitive.arguments, ("x",))
    ]


NAIVE = (
    "1 - tanh(x)**2", "x/2*(1+erf(x/sqrt(2)))", "log(1+exp(x))", "sqrt(x**2+1)-x",
    "(1-cos(x))/x**2", "exp(x)/(1+exp(x))**2", "log(cosh(x))", "1/(1+exp(-x))", "x*exp(-exp(-x))",
    "exp(x)/(1+exp(x))", "(exp(x)-exp(-x))/(exp(x)+exp(-x))", "(exp(x)-1)/x", "sin(x)/x",
    "x - sin(x)", "tan(x) - x", "x*exp(x)/(1+exp(x))", "log(1+exp(-x))", "-log(1+exp(-x))",
    "log(exp(x)+exp(-x))", "x - tanh(x)", "1 - cos(x)", "exp(x)-1", "exp(x)-1-x", "log(1+x)",
    "log(1+x)-x", "x*tanh(log(1+exp(x)))", "1-erf(x)", "0.5*(1+erf(x/sqrt(2)))",
    "exp(-x**2/2)/sqrt(2*pi)", "1-exp(-x**2)", "x**2/(1+x**2)", "x/(1+x**2)", "atan(x)-pi/2",
    "pi/2-atan(x)", "sqrt(x+1)-sqrt(x)", "1/x - 1/(x+1)", "(x+1)**3 - x**3", "log(x+1)-log(x)",
    "cosh(x)**2 - sinh(x)**2", "sinh(x)-x", "tanh(x)-x", "exp(2*x)/(exp(2*x)+1)",
    "1 - 1/(1+exp(-x))", "2/(1+exp(-2*x))-1", "(1-exp(-2*x))/(1+exp(-2*x))", "log(x+sqrt(x**2+1))",
    "log(x/(1-x))", "log(x)-log(1-x)", "0.5*log((1+x)/(1-x))", "abs(x)**x", "x*log(x)",
    "exp(-1/x**2)",
    "exp(-1/x)", "exp(1/(x**2-1))", "sin(1/x)", "x*sin(1/x)", "x**2*sin(1/x)", "1/(1+x**2)",
    "(1+x)**0.5-1", "(1+x)**(1/3)", "x**0.5", "x**1.5", "x**(-0.5)", "(x**2)**0.5", "sqrt(x**2)",
    "abs(x)**3", "abs(x)*x", "max(x,0)*x", "max(x, x**2)", "min(sin(x), cos(x))",
    "clip(x**3, -1, 1)", "where(x>0, x, exp(x)-1)", "where(abs(x)<1, x**2, 2*abs(x)-1)",
    "exp(exp(x))", "exp(-exp(x))", "exp(sin(x))", "log(abs(x))", "log(abs(sin(x)))",
    "sin(x)**2+cos(x)**2", "sin(x)**2", "cos(x)**2", "sin(x)*cos(x)", "sin(x**2)", "cos(exp(x))",
    "sigmoid(x)*(1-sigmoid(x))", "sigmoid(x)**2", "tanh(x)*sigmoid(x)", "1-sigmoid(x)",
    "tanh(x/2)/2+0.5", "softplus(x)-softplus(-x)", "softplus(x)-x", "softplus(x+1)-softplus(x)",
    "erf(x)/x", "erfc(x)*exp(x**2)", "erf(x)-erf(x-1e-3)", "Phi(x)-0.5", "x*Phi(x)+phi(x)",
    "phi(x)/Phi(x)", "log(Phi(x))", "log(erfc(x))", "log(sigmoid(x)*sigmoid(-x))",
    "asinh(x)-log(2*x)", "atan(1/x)", "tan(x/2)", "x/(1+abs(x))", "x/(1+abs(x)**3)**(1/3)",
    "x/sqrt(1+x**2)", "(sqrt(1+4*x**2)-1)/2", "(sqrt(1+4*x**2)-1)/(2*x)", "x*(sqrt(1+x**2)-1)",
    "log(1+x**2)/2", "log(1+abs(x))*sign(x)", "sign(x)*(sqrt(abs(x)+1)-1)", "sinc(x)-1",
    "1-sinc(x)", "sinc(x)**2", "spherical_jn(1,x)", "spherical_jn(2,x)/x", "hypot(x,1)-1",
    "hypot(x,3)", "unit(x,1)", "1-unit(x,1)", "unit(x,2)*x", "x**3 - 3*x + 2", "x**4 - 1",
    "(x-1)**5", "x**5 - 5*x**4 + 10*x**3 - 10*x**2 + 5*x - 1", "x**10/(1+x**20)",
    "exp(x)*exp(-x**2)", "exp(x-x**2)", "x*exp(-x)", "x**2*exp(-x)", "x**3/(exp(x)-1)",
    "exp(x*log(abs(x)))", "2**x", "x**2**0.5", "10**x-1", "e**x", "sin(pi*x)", "cos(pi*x)",
    "sin(pi*x)/(pi*x)", "sin(2*pi*x)", "tan(pi*x)", "x+sin(pi*x)/pi", "sin(x+pi)",
    "sin(x - pi/2)+1", "1e300*x*1e-300", "x*1e-300*1e300", "exp(x+700)*exp(-700)",
    "log(1e-300+x**2)", "x/(x+1e-300)", "sigmoid(1e5*x)", "tanh(1e-5*x)/1e-5", "softplus(50*x)/50",
    "log(1+exp(50*x))/50", "sqrt(x**2+1e-10)", "(x+sqrt(x**2+4))/2", "(x-sqrt(x**2+4))/2",
    "x - x**3/6 - sin(x)", "cos(x)-1+x**2/2", "exp(x)-1-x-x**2/2",
)  # fmt: skip
