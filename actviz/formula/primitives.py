"""The table of primitives: what formulas are built from, one line each.

The columns of a line:

- name and arguments, as they are written in a formula;
- numpy: the stable float64 form, a function of :mod:`actviz.formula.kernels` or else of numpy itself;
- derivative: a formula of the same language in the arguments (u, v, w) and their derivatives
  (du, dv, dw); one without du is the outer derivative of a single argument, to be multiplied by du;
  an argument n is a whole number, 0 to HIGHEST_N as it is written, and no function of x;
- definition: the primitive as a formula over exp, log, sqrt, sin, cos, atan, erf, erfc, floor and
  where; what is evaluated with 50 digits, and where float64 runs out of range. Empty for these
  basic ones themselves;
- breaks: where it or a derivative of it breaks, empty if nowhere. "u > 0" is a domain, and breaks
  at its edge; "u = 0" breaks there; "u whole" is a step at every whole number, and constant between
  them; "as defined" breaks where its definition does, which is what it selects. Several are
  separated by semicolons;
- latex: {u}, {v}, {w} stand for the arguments.

To add one: a line here, a function in kernels.py if numpy has none. The tests run over the table
and hold value and derivatives to order 3 against mpmath, and what breaks against the column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

AS_DEFINED = "as defined"


@dataclass(frozen=True)
class Primitive:
    """One line of the table."""

    name: str
    arguments: tuple[str, ...]
    numpy: str
    derivative: str
    definition: str
    breaks: str
    latex: str

    @property
    def steps(self) -> bool:
        """Whether it is constant between whole numbers, and steps there."""
        return self.breaks.endswith(" whole")

    @property
    def stands_for(self) -> str:
        """Its definition if that tells more than its name: not for |x| or a step."""
        selects = self.breaks == AS_DEFINED or self.definition.startswith("where(")
        return "" if selects or self.steps else self.definition


@dataclass(frozen=True)
class Enclosing:
    """How a primitive encloses: one line of the table _ENCLOSING."""

    kind: str
    exact: tuple[float, ...]
    least: float
    most: float
    errs: float


# fmt: off
_ELEMENTWISE = (
    # name       arguments  numpy          derivative                    definition                       breaks      latex
    ("exp",         "u",    "exp",         "exp(u)",                     "",                              "",         r"e^{u}"),
    ("expm1",       "u",    "expm1",       "exp(u)",                     "exp(u) - 1",                    "",         r"e^{u} - 1"),
    ("exp2",        "u",    "exp2",        "log(2)*exp2(u)",             "2**u",                          "",         r"2^{u}"),
    ("log",         "u",    "log",         "1/u",                        "",                              "u > 0",    r"\log({u})"),
    ("log1p",       "u",    "log1p",       "1/(1 + u)",                  "log(1 + u)",                    "u > -1",   r"\log(1 + {u})"),
    ("log2",        "u",    "log2",        "1/(u*log(2))",               "log(u)/log(2)",                 "u > 0",    r"\log_{2}({u})"),
    ("log10",       "u",    "log10",       "1/(u*log(10))",              "log(u)/log(10)",                "u > 0",    r"\log_{10}({u})"),
    ("sqrt",        "u",    "sqrt",        "1/(2*sqrt(u))",              "",                              "u >= 0",   r"\sqrt{u}"),
    ("cbrt",        "u",    "cbrt",        "1/(3*cbrt(u)**2)",           "where(u < 0, -(-u)**(1/3), u**(1/3))", "u = 0", r"\sqrt[3]{u}"),
    ("hypot",       "u v",  "hypot",       "unit(u, v)*du + unit(v, u)*dv", "sqrt(u**2 + v**2)",          "abs(u) + abs(v) = 0", r"\mathrm{hypot}({u}, {v})"),
    ("unit",        "u v",  "unit",        "unit(v, u)*(unit(v, u)*du - unit(u, v)*dv)/hypot(u, v)", "u/sqrt(u**2 + v**2)", "abs(u) + abs(v) = 0", r"\mathrm{unit}({u}, {v})"),
    ("sin",         "u",    "sin",         "cos(u)",                     "",                              "",         r"\sin({u})"),
    ("cos",         "u",    "cos",         "-sin(u)",                    "",                              "",         r"\cos({u})"),
    ("tan",         "u",    "tan",         "1 + tan(u)**2",              "sin(u)/cos(u)",                 "cos(u) = 0", r"\tan({u})"),
    ("sinc",        "u",    "sinc",        "-spherical_jn(1, u)",        "sin(u)/u",                      "",         r"\mathrm{sinc}({u})"),  # 1 at 0
    ("spherical_jn", "n u", "spherical_jn", "(n*spherical_jn(n - 1, u) - (n + 1)*spherical_jn(n + 1, u))/(2*n + 1)*du", "", "", r"j_{n}({u})"),
    ("exprel",      "n u",  "exprel",      "exprel(n + 1, u)*du",        "",                              "",         r"\mathrm{exprel}_{n}({u})"),  # the nth derivative of expm1(u)/u
    ("log1prel",    "n u",  "log1prel",    "log1prel(n + 1, u)*du",      "",                              "u > -1",   r"\mathrm{log1prel}_{n}({u})"),  # and of log1p(u)/u
    ("asin",        "u",    "arcsin",      "1/sqrt(1 - u**2)",           "2*atan(u/(1 + sqrt(1 - u**2)))", "u >= -1; u <= 1", r"\arcsin({u})"),
    ("acos",        "u",    "arccos",      "-1/sqrt(1 - u**2)",          "pi/2 - 2*atan(u/(1 + sqrt(1 - u**2)))", "u >= -1; u <= 1", r"\arccos({u})"),
    ("atan",        "u",    "arctan",      "1/(1 + u**2)",               "",                              "",         r"\arctan({u})"),
    ("sinh",        "u",    "sinh",        "cosh(u)",                    "(exp(u) - exp(-u))/2",          "",         r"\sinh({u})"),
    ("cosh",        "u",    "cosh",        "sinh(u)",                    "(exp(u) + exp(-u))/2",          "",         r"\cosh({u})"),
    ("asinh",       "u",    "arcsinh",     "1/sqrt(1 + u**2)",           "sign(u)*log(abs(u) + sqrt(u**2 + 1))", "",  r"\mathrm{arsinh}({u})"),
    ("acosh",       "u",    "arccosh",     "1/sqrt(u**2 - 1)",           "log(u + sqrt(u - 1)*sqrt(u + 1))", "u >= 1", r"\mathrm{arcosh}({u})"),
    ("atanh",       "u",    "arctanh",     "1/(1 - u**2)",               "(log(1 + u) - log(1 - u))/2",   "u > -1; u < 1", r"\mathrm{artanh}({u})"),
    ("tanh",        "u",    "tanh",        "sech(u)**2",                 "(exp(u) - exp(-u))/(exp(u) + exp(-u))", "", r"\tanh({u})"),
    ("sech",        "u",    "sech",        "-sech(u)*tanh(u)",           "2/(exp(u) + exp(-u))",          "",         r"\mathrm{sech}({u})"),
    ("log_cosh",    "u",    "log_cosh",    "tanh(u)",                    "log((exp(u) + exp(-u))/2)",     "",         r"\log\,\cosh({u})"),
    ("tanhshrink",  "u",    "tanhshrink",  "tanh(u)**2",                 "u - (exp(u) - exp(-u))/(exp(u) + exp(-u))", "", r"{u} - \tanh({u})"),
    ("sigmoid",     "u",    "sigmoid",     "sigmoid(u)*sigmoid(-u)",     "1/(1 + exp(-u))",               "",         r"\sigma({u})"),
    ("log_sigmoid", "u",    "log_sigmoid", "sigmoid(-u)",                "-log(1 + exp(-u))",             "",         r"\log\,\sigma({u})"),
    ("softplus",    "u",    "softplus",    "sigmoid(u)",                 "log(1 + exp(u))",               "",         r"\log(1 + e^{u})"),
    ("erf",         "u",    "erf",         "2/sqrt(pi)*exp(-u**2)",      "1 - erfc(u)",                   "",         r"\mathrm{erf}({u})"),
    ("erfc",        "u",    "erfc",        "-2/sqrt(pi)*exp(-u**2)",     "",                              "",         r"\mathrm{erfc}({u})"),
    ("Phi",         "u",    "Phi",         "phi(u)",                     "erfc(-u/sqrt(2))/2",            "",         r"\Phi({u})"),
    ("phi",         "u",    "phi",         "-u*phi(u)",                  "exp(-u**2/2)/sqrt(2*pi)",       "",         r"\varphi({u})"),
    ("abs",         "u",    "abs",         "sign(u)",                    "where(u > 0, u, where(u < 0, -u, 0))", AS_DEFINED, r"|{u}|"),
    ("sign",        "u",    "sign",        "0",                          "where(u > 0, 1, where(u < 0, -1, 0))", AS_DEFINED, r"\mathrm{sgn}({u})"),
    ("min",         "u v",  "minimum",     "where(u < v, du, dv)",       "where(u < v, u, v)",            AS_DEFINED, r"\min({u}, {v})"),
    ("max",         "u v",  "maximum",     "where(u > v, du, dv)",       "where(u > v, u, v)",            AS_DEFINED, r"\max({u}, {v})"),
    ("clip",        "u v w", "clip",       "where(u > v, where(u < w, du, dw), where(v < w, dv, dw))", "where(u > v, where(u < w, u, w), where(v < w, v, w))", AS_DEFINED, r"\mathrm{clip}({u}, {v}, {w})"),
    ("floor",       "u",    "floor",       "0",                          "",                              "u whole",  r"\lfloor {u} \rfloor"),
    ("ceil",        "u",    "ceil",        "0",                          "-floor(-u)",                    "u whole",  r"\lceil {u} \rceil"),
    ("round",       "u",    "round_even",  "0",                          "where(floor(u + 1/2) - u < 1/2, floor(u + 1/2), 2*floor(floor(u + 1/2)/2))", "u + 1/2 whole", r"\mathrm{round}({u})"),
    ("mod",         "u v",  "mod",         "du - floor(u/v)*dv",         "u - v*floor(u/v)",              AS_DEFINED, r"\mathrm{mod}({u}, {v})"),  # the sign is that of v
    ("where",       "condition u v", "where", "where(condition, du, dv)", "",                              "",         ""),  # its condition breaks; latex: by its reader
)
# For functions of a whole vector; the derivative is that by the component itself. One number for
# all components: tau1 is the t at which sum(max(u - t, 0)) is 1, and tau2 the t at which
# sum(max(u - t, 0)**2) is, the thresholds of sparsemax and of 1.5-entmax.
_REDUCTIONS = (
    ("sum",         "u",    "total",       "du",                         "",                              "",         r"\sum_{j} {u}"),
    ("tau1",        "u",    "tau1",        "where(excess1(u) > 0, du, 0)/sum(where(excess1(u) > 0, 1, 0))", "", "",  r"\tau_{1}({u})"),
    ("tau2",        "u",    "tau2",        "max(excess2(u), 0)*du/sum(max(excess2(u), 0))", "",           "",         r"\tau_{2}({u})"),
)
# And what a component is beside them, without cancellation; the derivative is that of its definition.
_BESIDE_REDUCTIONS = (
    ("others",      "u",    "others",      "",                           "sum(u) - u",                    "",         r"\sum_{j \ne i} {u}"),
    ("excess1",     "u",    "excess1",     "",                           "u - tau1(u)",                   "",         ""),  # latex: by its reader
    ("excess2",     "u",    "excess2",     "",                           "u - tau2(u)",                   "",         ""),  # latex: by its reader
)

_OPERATORS = (
    # sign  arguments  derivative                            breaks
    ("+",   "u v",     "du + dv",                            ""),
    ("-",   "u v",     "du - dv",                            ""),
    ("neg", "u",       "-du",                                ""),
    ("*",   "u v",     "du*v + u*dv",                        ""),
    ("/",   "u v",     "du/v - u*dv/v**2",                   "v = 0"),
    ("**",  "u v",     "v*u**(v - 1)*du + u**v*log(u)*dv",   "u >= 0"),  # if v is not written as a whole number
)

INF = math.inf
# How the values on an interval are enclosed (actviz.formula.enclosure). The columns:
#
# - encloses: "u" rises with its argument, "-u" falls, "|u|" rises with its size (it is even, least
#   at 0); of several arguments it is monotone in each ("u v"), or in its size ("u |v|"), whatever
#   the others are, and "jumps" if it does at the origin; "wave 1/2" has its greatest value at pi/2
#   and every two pi from there; "branches 1/2" rises between poles at pi/2 and every pi from there;
#   "bessel" has the slope and the decay of spherical Bessel functions; "definition" is enclosed by
#   its definition;
# - exact: the arguments at which the kernel's value is exact;
# - least, most: bounds of all its values;
# - errs: how many units in its last place the kernel may err, on any processor (a wave that decays
#   those of its decay, beside its zeros; what goes to 0 may be 0 below the normal numbers): proven
#   means given that, and a test measures it.
_ENCLOSING = (
    # name         encloses       exact    least   most   errs
    ("exp",         "u",           "0",     0,      INF,   2),
    ("expm1",       "u",           "0",     -1,     INF,   2),
    ("exp2",        "u",           "0 1",   0,      INF,   2),
    ("log",         "u",           "1",     -INF,   INF,   2),
    ("log1p",       "u",           "0",     -INF,   INF,   2),
    ("log2",        "u",           "1 2",   -INF,   INF,   2),
    ("log10",       "u",           "1 10",  -INF,   INF,   2),
    ("sqrt",        "u",           "0 1 4", 0,      INF,   1),
    ("cbrt",        "u",           "0 1 -1", -INF,  INF,   2),
    ("hypot",       "|u| |v|",     "",      0,      INF,   2),
    ("unit",        "u |v| jumps", "",      -1,     1,     4),
    ("sin",         "wave 1/2",    "0",     -1,     1,     2),
    ("cos",         "wave 0",      "0",     -1,     1,     2),
    ("tan",         "branches 1/2", "0",    -INF,   INF,   4),
    ("sinc",        "bessel",      "0",     -0.21723362821122167, 1, 4),
    ("spherical_jn", "bessel",     "",      -1,     1,     16),
    ("exprel",      "n u",         "",      0,      INF,   16),
    ("log1prel",    "n u",         "",      -INF,   INF,   32),
    ("asin",        "u",           "0",     -INF,   INF,   4),
    ("acos",        "-u",          "1",     0,      INF,   4),
    ("atan",        "u",           "0",     -INF,   INF,   4),
    ("sinh",        "u",           "0",     -INF,   INF,   4),
    ("cosh",        "|u|",         "0",     1,      INF,   4),
    ("asinh",       "u",           "0",     -INF,   INF,   4),
    ("acosh",       "u",           "1",     0,      INF,   4),
    ("atanh",       "u",           "0",     -INF,   INF,   4),
    ("tanh",        "u",           "0",     -1,     1,     4),
    ("sech",        "-|u|",        "0",     0,      1,     4),
    ("log_cosh",    "|u|",         "0",     0,      INF,   8),
    ("tanhshrink",  "u",           "0",     -INF,   INF,   8),
    ("sigmoid",     "u",           "0",     0,      1,     4),
    ("log_sigmoid", "u",           "",      -INF,   0,     4),
    ("softplus",    "u",           "",      0,      INF,   4),
    ("erf",         "u",           "0",     -1,     1,     4),
    ("erfc",        "-u",          "0",     0,      2,     8),
    ("Phi",         "u",           "0",     0,      1,     8),
    ("phi",         "-|u|",        "",      0,      0.3989422804014327, 8),
    ("abs",         "|u|",         "",      0,      INF,   0),
    ("sign",        "definition",  "",      -1,     1,     0),
    ("min",         "u v",         "",      -INF,   INF,   0),
    ("max",         "u v",         "",      -INF,   INF,   0),
    ("clip",        "u v w",       "",      -INF,   INF,   0),
    ("floor",       "u",           "",      -INF,   INF,   0),
    ("ceil",        "u",           "",      -INF,   INF,   0),
    ("round",       "u",           "",      -INF,   INF,   0),
    ("mod",         "definition",  "",      -INF,   INF,   0),
)

# The leading terms of a primitive where its (last) argument goes to 0, inf and -inf, as formulas in
# it; what is missing is less than the last of them. Those not told are what their definitions are.
_LEADING = (
    # name         at 0               at inf                    at -inf
    ("expm1",       "u",               "exp(u)",                 "exp(u) - 1"),
    ("log1p",       "u",               "log(u)",                 "undefined"),
    ("sqrt",        "u**(1/2)",        "u**(1/2)",               "undefined"),
    ("sin",         "u",               "",                       ""),
    ("cos",         "1 - u**2/2",      "",                       ""),
    ("tan",         "u",               "",                       ""),
    ("sinc",        "1 - u**2/6",      "sin(u)/u",               "sin(u)/u"),
    ("asin",        "u",               "undefined",              "undefined"),
    ("acos",        "pi/2 - u",        "undefined",              "undefined"),
    ("atan",        "u",               "pi/2 - 1/u",             "-pi/2 - 1/u"),
    ("sinh",        "u",               "exp(u)/2",               "-exp(-u)/2"),
    ("cosh",        "1 + u**2/2",      "exp(u)/2",               "exp(-u)/2"),
    ("asinh",       "u",               "log(u) + log(2)",        "-log(-u) - log(2)"),
    ("acosh",       "undefined",       "log(u) + log(2)",        "undefined"),
    ("atanh",       "u",               "undefined",              "undefined"),
    ("tanh",        "u",               "1 - 2*exp(-2*u)",        "2*exp(2*u) - 1"),
    ("sech",        "1 - u**2/2",      "2*exp(-u)",              "2*exp(u)"),
    ("log_cosh",    "u**2/2",          "u - log(2) + exp(-2*u)", "exp(2*u) - u - log(2)"),
    ("tanhshrink",  "u**3/3",          "u - 1 + 2*exp(-2*u)",    "u + 1 - 2*exp(2*u)"),
    ("sigmoid",     "1/2 + u/4",       "1 - exp(-u)",            "exp(u)"),
    ("log_sigmoid", "u/2 - log(2)",    "-exp(-u)",               "u - exp(u)"),
    ("softplus",    "log(2) + u/2",    "u + exp(-u)",            "exp(u)"),
    ("erf",         "2*u/sqrt(pi)",    "1 - exp(-u**2)/(u*sqrt(pi))", "-1 - exp(-u**2)/(u*sqrt(pi))"),
    ("erfc",        "1 - 2*u/sqrt(pi)", "exp(-u**2)/(u*sqrt(pi))", "2 + exp(-u**2)/(u*sqrt(pi))"),
    ("exprel",      "1/(n + 1)",       "exp(u)/u",               ""),
    ("log1prel",    "",                "",                       "undefined"),
    ("spherical_jn", "",               "sin(u - n*pi/2)/u",      "sin(u - n*pi/2)/u"),
    ("floor",       "",                "",                       ""),
)

# Definitions for numbers of any exponent and twice the digits (wide.py), where the one of the table
# cancels even there. Where a function saturates it is its limit and a rest: all digits of both.
WIDE = {
    "sinh":        "(expm1(u) - expm1(-u))/2",
    "asinh":       "sign(u)*log1p(abs(u) + u**2/(1 + sqrt(u**2 + 1)))",
    "acosh":       "log1p((u - 1) + sqrt(u - 1)*sqrt(u + 1))",
    "atanh":       "(log1p(u) - log1p(-u))/2",
    "tanh":        "sign(u)*where(abs(u) > 1, 1 - 2*exp(-2*abs(u))/(1 + exp(-2*abs(u))), -expm1(-2*abs(u))/(2 + expm1(-2*abs(u))))",
    "sech":        "2*exp(-abs(u))/(1 + exp(-2*abs(u)))",
    "log_cosh":    "where(abs(u) > 1, abs(u) - log(2) + log1p(exp(-2*abs(u))), log1p((expm1(u/2) - expm1(-u/2))**2/2))",
    "sigmoid":     "where(u > 0, 1 - exp(-u)/(1 + exp(-u)), exp(u)/(1 + exp(u)))",
    "softplus":    "max(u, 0) + log1p(exp(-abs(u)))",
    "log_sigmoid": "min(u, 0) - log1p(exp(-abs(u)))",
}
# fmt: on

# What is often written out, and what it is: for any u and a. The larger before a part of it.
WRITTEN = (
    ("(exp(u) - exp(-u))/(exp(u) + exp(-u))", "tanh(u)"),
    ("(exp(u) - 1)/(exp(u) + 1)", "tanh(u/2)"),
    ("(1 - exp(u))/(1 + exp(u))", "-tanh(u/2)"),
    ("2/(1 + exp(u)) - 1", "-tanh(u/2)"),
    ("1 - 2/(1 + exp(u))", "tanh(u/2)"),
    ("2*sigmoid(u) - 1", "tanh(u/2)"),
    ("sinh(u)/cosh(u)", "tanh(u)"),
    ("(exp(u) - exp(-u))/2", "sinh(u)"),
    ("(exp(u) + exp(-u))/2", "cosh(u)"),
    ("0.5*(exp(u) - exp(-u))", "sinh(u)"),
    ("0.5*(exp(u) + exp(-u))", "cosh(u)"),
    ("a/(exp(u) + exp(-u))", "a*sech(u)/2"),
    ("a/cosh(u)", "a*sech(u)"),
    ("exp(u)/(1 + exp(u))", "sigmoid(u)"),
    ("a/(1 + exp(u))", "a*sigmoid(-u)"),
    ("(1 + exp(u))**-1", "sigmoid(-u)"),
    ("log(1/(1 + exp(u)))", "log_sigmoid(-u)"),
    ("log(1 + exp(u))", "softplus(u)"),
    ("log1p(exp(u))", "softplus(u)"),
    ("log(sigmoid(u))", "log_sigmoid(u)"),
    ("log(cosh(u))", "log_cosh(u)"),
    ("1 - sigmoid(u)", "sigmoid(-u)"),
    ("1 + tanh(u)", "2*sigmoid(2*u)"),
    ("1 - tanh(u)", "2*sigmoid(-2*u)"),
    ("1 - tanh(u)**2", "sech(u)**2"),
    ("u - tanh(u)", "tanhshrink(u)"),
    ("1 + erf(u/sqrt(2))", "2*Phi(u)"),
    ("1 - erf(u/sqrt(2))", "2*Phi(-u)"),
    ("1 + erf(u)", "erfc(-u)"),
    ("1 - erf(u)", "erfc(u)"),
    ("exp(u) - 1", "expm1(u)"),
    ("log(1 + u)", "log1p(u)"),
    ("1 - cos(u)", "2*sin(u/2)**2"),
)

# What becomes of those without a definition at -u.
MIRRORED = {
    "sin": "-sin(u)",
    "cos": "cos(u)",
    "atan": "-atan(u)",
    "erfc": "2 - erfc(u)",
    "sinc": "sinc(u)",
}

PERIODS = {"sin": 2, "cos": 2, "tan": 1}  # in units of pi
WAVES = frozenset({*PERIODS, "sinc", "spherical_jn"})
TURNED = 2.0**26  # a rounded argument of a wave that is larger is off by more than a slope tells
HIGHEST_N = 8  # of spherical_jn in a formula: as far as the derivatives of sinc go, and again

PRIMITIVES: dict[str, Primitive] = {
    name: Primitive(name, tuple(arguments.split()), *columns)
    for name, arguments, *columns in (*_ELEMENTWISE, *_REDUCTIONS, *_BESIDE_REDUCTIONS)
}
ENCLOSING: dict[str, Enclosing] = {
    name: Enclosing(kind, tuple(map(float, exact.split())), float(least), float(most), errs)
    for name, kind, exact, least, most, errs in _ENCLOSING
}
LEADING: dict[str, dict[str, str]] = {
    name: {"0": at_0, "inf": at_inf, "-inf": at_minus_inf}
    for name, at_0, at_inf, at_minus_inf in _LEADING
}
REDUCTIONS = frozenset(name for name, *_ in _REDUCTIONS)
OF_VECTOR = REDUCTIONS | {name for name, *_ in _BESIDE_REDUCTIONS}
ARGUMENTS: dict[str, tuple[str, ...]] = {
    name: tuple(arguments.split())
    for name, arguments, *_ in (*_ELEMENTWISE, *_REDUCTIONS, *_BESIDE_REDUCTIONS, *_OPERATORS)
}
DERIVATIVES: dict[str, str] = {name: rule for name, _, rule, _ in _OPERATORS}
DERIVATIVES |= {each.name: each.derivative for each in PRIMITIVES.values() if each.derivative}
BREAKS: dict[str, str] = {name: breaks for name, _, _, breaks in _OPERATORS if breaks}
BREAKS |= {each.name: each.breaks for each in PRIMITIVES.values() if each.breaks}
STEPS = frozenset(each.name for each in PRIMITIVES.values() if each.steps)
SELECTING = {name for name, each in ENCLOSING.items() if not each.errs} - {"mod"}  # which adds
ROUNDING = (DERIVATIVES.keys() | PRIMITIVES.keys()) - STEPS - SELECTING - {"neg", "where"}
OF_ORDER = frozenset(each.name for each in PRIMITIVES.values() if each.arguments[0] == "n")
