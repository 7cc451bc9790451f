"""What a code of check means, how it comes about and what to do: a page of words for each."""

from __future__ import annotations

from actviz.check.codes import CODES, SEVERITIES
from actviz.check.lines import wrapped
from actviz.errors import UsageError, suggest

PAGES = {
    "agrees": """
        At every point that was looked at the error is within the tolerance. The point that is
        told is the worst of them; what lies between the points was not looked at.
    """,
    "value-wrong": """
        actviz's own value is not that of the oracle, which 50-digit arithmetic confirms. For a
        function of your own: a field of its entry is wrong, or its formula loses all digits
        there. For one of the catalogue it is a bug of actviz; please tell us.
    """,
    "derivative-wrong": """
        A derivative of actviz's own differs from what the oracle finds, beyond what both may be
        off. Look at the field `derivative` of the entry if it has one: without it the derivative
        is derived from the formula.
    """,
    "breakpoint-wrong": """
        At a point where a branch switches, the derivative is neither that from the left nor that
        from the right, nor between them. Usually the condition has a gap there (x > 0 and x < 0
        leave 0 out), or 0 stands for "not defined".
        Take one of the two one-sided derivatives; at 0 PyTorch takes 0 for relu.
    """,
    "fields-disagree": """
        The field `stable` or `derivative` of a catalogue entry is another function than its
        `formula`. They must be equal as mathematics; compare them by
        actviz check FORMULA --equals OTHER.
    """,
    "formula-wrong": """
        The formula is not the derivative: at the point that is told the exact derivative has
        another value. Compare it with the one that actviz info CURVE prints, or look at the
        difference: actviz compare 'FORMULA' 'DERIVATIVE' --diff.
    """,
    "not-general": """
        The formula is right for the values of the parameters that were tried first, and wrong for
        others: an alpha was left out or written as a number. Put the parameter in, or give the
        value that is meant, as in elu:alpha=1.
    """,
    "convention": """
        At a kink, where the derivatives from the left and from the right differ, the code takes
        another one than actviz, which follows PyTorch. Both are subgradients and training does
        not notice, but results of two programs will differ in these points.
    """,
    "loses-accuracy": """
        The formula is right as mathematics, and yet computed as it is written float64 loses
        digits: large numbers cancel, or an intermediate result overflows or is rounded to 0. The
        stretches of x are told. actviz itself computes the same formula with more digits.
        Rewrite the part that cancels: expm1 and log1p for small arguments, sigmoid(-x) for
        1 - sigmoid(x), erfc for 1 - erf.
    """,
    "framework-deviates": """
        A framework's own function gives another number than 50-digit arithmetic does, or takes
        another special value. Nothing is wrong with actviz or with you; it is worth to know when
        numbers are compared. The README has a table of such places.
    """,
    "undecided": """
        The oracle and actviz differ, and who is right takes 50 digits: install mpmath, by
        pip install 'actviz[mpmath]', and run the check again.
    """,
    "not-equal": """
        The two curves are two functions. The point at which they are farthest apart is told; it
        is proven where it says so. --atol E lets pass what differs by at most E, --range A:B asks
        about a part of the x alone.
    """,
    "not-installed": """
        The oracle needs a library that is not there. The command that installs it is told.
    """,
    "not-applicable": """
        The question cannot be asked: the framework has no such function, the code has no
        derivative of its own, or the function is nowhere smooth enough to be differentiated
        numerically. It is no pass; for a derivative of your code give --against-derivative.
    """,
    "tolerance-exceeded": """
        The code's error is beyond the tolerance at the points that are told. Errors may be some
        eps of (|y| + |x y'|): the second term is what the rounding of x alone makes of the
        result. If it is wrong (not lost), the values are those of another function; a diagnosis
        says which, if the numbers prove it. --rtol, --atol and --ulp widen the tolerance.
    """,
    "flushed": """
        Results below the smallest normal number are 0, as processors have it that flush them to
        zero (GPUs, and CPUs with the flag of -ffast-math). Nothing to be done unless you need
        them.
    """,
    "nan-wrong": """
        NaN where the function has a value, or a value where the input is NaN. The first comes of
        inf - inf, inf/inf or 0*inf on the way, as in x*exp(x) at -inf or exp(x)/(1 + exp(x)) at
        800; it is wrong at a finite x, and special at an infinity. The second hides errors that
        come from elsewhere: where(x > 0, x, 0) turns NaN into 0, np.maximum(x, 0) keeps it.
    """,
    "infinity-wrong": """
        At +inf or -inf the code misses the limit of the function, or at a finite x it overflows
        where the result does not. x*sigmoid(x) at -inf is -inf*0, which is NaN, and silu goes to
        0. Special at an infinity itself, where most code in the world is so.
    """,
    "signed-zero": """
        The zero at -0.0 has another sign. It matters to nobody unless 1/y or atan2 follows.
    """,
    "other-function": """
        The values are those of another function of the catalogue, of another order of
        derivative, or have the sign reversed. Either the name is another one in your framework
        (gelu and its tanh approximation, swish and hard_swish), or the wrong one was called.
    """,
    "other-side": """
        The function jumps there, and the code has the value that the formula has on the other side:
        x where abs(x) >= 0.5, and the formula has it where abs(x) > 0.5. It is one number of all,
        but one that integers, thresholds and quantised inputs meet. Exchange >= and >, or write
        down the formula that is meant.
    """,
    "other-parameter": """
        With another value of a parameter the function is what the code computes. Say which is
        meant, as in leaky_relu:alpha=0.2, or mend the default.
    """,
    "upstream": """
        A gradient that takes the upstream gradient gives the derivative as if that were 1
        everywhere. The chain rule multiplies by it: return grad * dy_dx. Training would run, and
        go wrong.
    """,
    "exchanged": """
        A gated function is right if its halves are taken the other way round: implementations
        differ in which half is the gate. Exchange them, or write the formula that is meant as a
        function of your own.
    """,
    "other-constant": """
        With another number in the formula the function is what the code computes: a typing error,
        or a constant that was cut short.
    """,
    "other-factor": """
        The values are those of the function times a number, the same everywhere: a scale that was
        left out or put in twice, as the 1.0507 of selu, or the factor of a gain.
    """,
    "smaller-format": """
        The results have as many right digits as a smaller format holds, and errors that change
        their sign from point to point: somewhere inside there is a cast, a table or a constant
        of float32 or float16. Compute in the format of x all along.
    """,
    "overflow": """
        From the told x on the code gives NaN or an infinity where the true result is in range.
        exp(x) overflows beyond 709.78 in float64, 88.7 in float32, 11.1 in float16. Use a form
        whose exponent is never positive: exp(-abs(x)), log1p(exp(-abs(x))) + max(x, 0).
        For a formula it says the same of what is written, operation by operation.
    """,
    "cut": """
        From the told x on the code returns x, a constant or a multiple of x (as x*sigmoid(x) does
        where x is clipped inside the sigmoid) in place of the function, earlier
        than these are the same number. PyTorch's softplus does so beyond 20. Raise the
        threshold: the function is its asymptote to the last bit from about 34 on in float64, 15
        in float32.
    """,
    "saturated": """
        The derivative is worked out from a value that has lost its digits: 1 - tanh(x)**2 and
        s*(1 - s) are 0 as soon as tanh(x) or s is rounded to 1, where the derivative is not 0 yet.
        Work it out from x: sigmoid(x)*sigmoid(-x), 1/cosh(x)**2.
    """,
    "loses-tail": """
        Small results far out are lost because they come of a difference of numbers of size 1:
        1 + erf(x) has no digits left at x = -6, though the result is 2e-17. Use the form that is
        small by itself: erfc(-x) for 1 + erf(x), log1p(exp(x)) for log(1 + exp(x)), a sigmoid for
        1 + tanh.
    """,
    "loses-zero": """
        Results near 0 are lost because they come of a difference of numbers of size 1:
        exp(x) - 1 is 0 for |x| < 1e-16. Use expm1, log1p, or a series near 0.
    """,
    "loses-far": """
        Far out a derivative is worked out as a difference of numbers of size x, beside which 1 is
        nothing: f + s*(1 - f) is f - f = 0 as soon as x is beyond 2**24 in float32, and should be
        1. Write it so that nothing large is subtracted: s*(1 + x*sigmoid(-x)). In s*(1 + x*(1 - s))
        x multiplies the rounding of s, which is that of 1; sigmoid(-x) is 1 - s with all digits.
    """,
    "scalar-only": """
        The code takes a single number, not an array; it was called for each. It is judged like
        all other code, but is slow.
    """,
    "dtype-wrong": """
        The result has another dtype than the input: a constant or a table in the code is float64
        or float32, or a cast is left in. With float32 results for float64 inputs half the digits
        are lost; the other way round memory doubles unnoticed. Cast the constants to x.dtype.
    """,
    "whole-numbers": """
        The result is of integers or of booleans, as of (x > 0).astype(int). Its numbers are judged
        like all others; whoever multiplies an upstream gradient by it gets what numpy or the
        framework makes of that.
    """,
    "called-as": """
        The code takes no array of numbers, or does something else with it than with the numbers
        one by one, so another form was looked for: one vector at a time, vectors as columns,
        axis=-1 or dim=-1, halves along an axis or two arrays, in place, with an array for the
        results, with more dimensions, in multiples of a block. It is judged in the first that it
        takes. If vectors in a stack influence one another, each is given by itself: look at a
        maximum or a sum that is taken over the whole array.
    """,
    "dtype-assumed": """
        The file does not tell in which format its numbers are, and one was assumed. --dtype says
        it.
    """,
    "few-digits": """
        The file has few digits, and the numbers agree so far as these go. Write 17 significant
        digits of a float64 and 9 of a float32 to have all of it judged.
    """,
    "raises": """
        The code raises an exception at the told x, where the function has a value; all other x
        are judged. Python's math.exp raises OverflowError where numpy gives inf: use a form whose
        exponent is never positive, as exp(-abs(x)).
        Where the true result is out of range, and at +-inf and NaN, it is special.
    """,
    "ends": """
        The code ended its process (sys.exit, os._exit), crashed, or broke its connection while it
        was judged, so that it could be asked no more. What was found before is told. Judged code
        runs in a process of its own: nothing of yours was touched.
    """,
    "timeout": """
        The code was not done in time, and was ended. It hangs, or is slow: --timeout SECONDS
        gives it longer. What was found before is told.
    """,
    "raises-together": """
        The code raised an exception when it was called with all the numbers, and for no part of
        them: it takes arrays of some lengths alone, has too little memory, or checks something
        that no single number shows. It was called with parts, and those were judged.
    """,
    "other-arrays": """
        The same number gives another result in an array of another kind, and there it is wrong:
        in a short one, which is computed without vector instructions or by what is left over of
        them; in one with strides; or in a matrix. Look at what the code, or the framework below
        it, does at the end of its loop and with arrays that are not contiguous.
    """,
    "changes-input": """
        The code writes into the array that it is given. It got a new one for every call, so that
        this is no fault of its numbers; its callers will be surprised. Work on a copy.
    """,
}


def explain(name: str, width: int | None = None) -> str:
    """The page of a code, wrapped to a width.

    Raises UsageError for a code that there is not.

    >>> print(explain("scalar-only").splitlines()[0])
    scalar-only (note): the code takes single numbers, no arrays
    """
    if name not in CODES:
        known = ", ".join(CODES)
        raise UsageError(f"There is no code {name!r} ({known}).{suggest(name, CODES)}")
    code = CODES[name]
    severity = f" ({code.severity})" if code.severity else ""
    words = [f"{name}{severity}: {code.words}", " ".join(PAGES[name].split())]
    if code.severity:
        words.append(f"{code.severity}: {SEVERITIES[code.severity]}; --ignore {name} lets it pass.")
    return "\n\n".join("\n".join(wrapped(text, width)) for text in words) + "\n"
