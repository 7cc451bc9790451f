"""The formats of figures as the tests know them: what a file begins with."""

BEGINS = {
    "svg": b"<?xml",
    "png": b"\x89PNG",
    "pdf": b"%PDF",
    "eps": b"%!PS",
    "tikz": b"% ",
    "tikz-fragment": b"% ",
}
