"""What every test runs under: a clean environment, and random searches that repeat."""

import os

from hypothesis import settings

# Set by users, terminals and continuous integration; any of them would change what is tested.
FOREIGN = (
    "ACTVIZ_CATALOGUE",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "LINES",
    "MATPLOTLIBRC",
    "NO_COLOR",
    "PY_COLORS",
    "SOURCE_DATE_EPOCH",
)

for name in FOREIGN:
    os.environ.pop(name, None)

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")
