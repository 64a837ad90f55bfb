"""In place of ssh: executes a command of lazytui on this machine, in this very process.

`tests/fork_server.py` forks it where all of lazytui is loaded already, which a shell over there would begin with.
"""

from __future__ import annotations

import shlex
import sys

from lazytui.__main__ import main as lazytui


def main() -> None:
    sys.argv = shlex.split(sys.argv[-1])[2:]  # after `python -m`
    lazytui()


if __name__ == "__main__":
    main()
