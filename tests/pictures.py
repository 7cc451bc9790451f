"""The formats of figures as the tests know them: what a file begins with, how many are tried."""

# format: (what its files begin with, the share of the functions it is tried with: all formats draw
# the same artists, and the page of the gallery draws every function)
FORMATS = {
    "svg": (b"<?xml", 1 / 100),
    "png": (b"\x89PNG", 1 / 100),
    "pdf": (b"%PDF", 1 / 200),
    "eps": (b"%!PS", 1 / 200),
    "tikz": (b"% ", 1 / 200),
    "tikz-fragment": (b"% ", 1 / 200),
}
BEGINS = {format: begins for format, (begins, _) in FORMATS.items()}
