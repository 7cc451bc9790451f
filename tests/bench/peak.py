"""Run a command, and print the most memory that it had, in bytes.

A process of its own and a small one, because what Linux counts for a child begins at the most that
its parent had: of a child of bench.py it told bench.py's own 900 MB.
"""

import os
import sys

UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss

silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss * UNIT)
sys.exit(os.waitstatus_to_exitcode(status) != 0)
