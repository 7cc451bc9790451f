"""What a check can find, a row each, and how grave it is."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["wrong", "lost", "tiny", "special", "note", ""]

# How grave a finding is, the gravest first; those of a verdict that fails, and of a strict one.
SEVERITIES: dict[Severity, str] = {
    "wrong":   "a value is wrong: another one, or NaN, inf or an exception at a finite x",
    "lost":    "digits are lost",
    "tiny":    "the error is so small that it matters to nobody",
    "special": "at x = +-inf, at NaN, or in the sign of a zero",
    "note":    "no fault, but worth to know",
}  # fmt: skip
FAILING = ("wrong", "lost")
FAILING_STRICTLY = ("wrong", "lost", "tiny", "special")


class Code(NamedTuple):
    """What a code means, and how grave it is where the numbers do not say otherwise."""

    severity: Severity
    words: str


# Stable names: scripts may match them. New ones are added, none is renamed.
# fmt: off
CODES = {
    "agrees":             Code("",        "the numbers agree within the tolerance"),
    "value-wrong":        Code("wrong",   "the value differs from the oracle's"),
    "derivative-wrong":   Code("wrong",   "a derivative differs from the oracle's"),
    "breakpoint-wrong":   Code("wrong",   "a one-sided value or derivative at a breakpoint differs from the oracle's"),
    "fields-disagree":    Code("wrong",   "the entry's stable or derivative field is not equal to its formula"),
    "formula-wrong":      Code("wrong",   "the derivative worked out by hand is wrong"),
    "not-general":        Code("wrong",   "the derivative worked out by hand is right for some values of a parameter only"),
    "convention":         Code("note",    "at a breakpoint another one-sided derivative is taken than here"),
    "loses-accuracy":     Code("note",    "right as mathematics, but float64 arithmetic loses digits"),
    "framework-deviates": Code("note",    "the framework's number is wrong or follows another convention"),
    "undecided":          Code("",        "the oracle differs, and mpmath is not there to say who is right"),
    "not-equal":          Code("wrong",   "the two formulas are not the same function"),
    "not-installed":      Code("",        "the oracle is not installed"),
    "not-applicable":     Code("",        "the oracle has no such function, or cannot judge it"),
    "tolerance-exceeded": Code("wrong",   "the code's error is beyond the tolerance"),
    "flushed":            Code("tiny",    "results below the smallest normal number are 0, as many processors have them"),
    "nan-wrong":          Code("wrong",   "NaN is not passed on, or appears where there is a value"),
    "infinity-wrong":     Code("wrong",   "the limit at +inf or -inf is missed, or an overflow begins too early"),
    "signed-zero":        Code("special", "the sign of a zero differs"),
    "other-function":     Code("wrong",   "the code computes another function"),
    "other-side":         Code("wrong",   "at a jump the code has the value of the other side"),
    "other-parameter":    Code("wrong",   "the code has another value of a parameter"),
    "upstream":           Code("wrong",   "the gradient does not multiply by the upstream gradient"),
    "exchanged":          Code("wrong",   "the code takes the two halves the other way round"),
    "other-constant":     Code("wrong",   "the code has another number in its formula"),
    "other-factor":       Code("wrong",   "the code computes the function times a number"),
    "smaller-format":     Code("lost",    "the code has the digits of a smaller format only"),
    "overflow":           Code("wrong",   "the code overflows or gives NaN where there is a value"),
    "cut":                Code("lost",    "the code replaces the function by its asymptote too early"),
    "saturated":          Code("lost",    "the derivative is worked out from a value that has lost its digits"),
    "loses-tail":         Code("lost",    "small results in a tail are lost to cancellation"),
    "loses-zero":         Code("lost",    "small results near 0 are lost to cancellation"),
    "loses-far":          Code("lost",    "small numbers are lost beside large ones far out"),
    "scalar-only":        Code("note",    "the code takes single numbers, no arrays"),
    "dtype-wrong":        Code("lost",    "the result has another dtype than the input"),
    "whole-numbers":      Code("note",    "the result is of integers or booleans"),
    "called-as":          Code("note",    "the code is called in another way than with an array of numbers"),
    "dtype-assumed":      Code("note",    "the file does not tell in which format its numbers are"),
    "few-digits":         Code("note",    "the numbers agree as far as the digits go that were written"),
    "raises":             Code("wrong",   "the code raises an exception"),
    "ends":               Code("wrong",   "the code ends its process, or crashes"),
    "timeout":            Code("wrong",   "the code is not done within the time limit"),
    "raises-together":    Code("note",    "the code raises for many numbers at once, and for none of them alone"),
    "other-arrays":       Code("wrong",   "in short arrays, strided ones or matrices the code computes something else"),
    "changes-input":      Code("note",    "the code changes the array that it is given"),
}
# fmt: on
FINDINGS = tuple(name for name, code in CODES.items() if code.severity)
