"""The program: run a command, and tell every expected failure in one sentence."""

from __future__ import annotations

import sys


def main() -> None:
    """The console script `lazytui`. Exit codes: 0 done, 1 failed, 2 usage, 3 bad input, 130 interrupted."""
    from lazytui.cli import app
    from lazytui.errors import LazytuiError

    try:
        app(prog_name="lazytui")
    except LazytuiError as error:
        from lazytui.plain_text import plain

        print(f"lazytui: {plain(str(error))}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("lazytui: interrupted.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
