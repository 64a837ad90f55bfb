"""How sure the local learning coefficients of the shipped networks are at the defaults, and how long they take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time

NETWORKS = ("lazy-mnist", "cured-mnist", "lazy-strokes", "cured-strokes")
WIDTH_ASKED = 0.2
"""The 95 % interval over the chains, from end to end, as a share of the estimate."""

SECONDS_ASKED = 120.0


def main() -> None:
    """Those of MNIST only where LAZYTUI_DATA, or the cache, has it."""
    heads = f"{'network':<16} {'LLC':>7} {'95 % interval':>16} {'width':>7} {'asked':>6}"
    print(f"{heads} {'took':>7} {'asked':>6} {'load':>5}")
    for name in NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            command = [sys.executable, "-m", "lazytui", "run", "llc", f"shipped/{name}", "--json", "--quiet"]
            done = subprocess.run(
                command, env={**os.environ, "LAZYTUI_WORKSPACE": folder}, capture_output=True, text=True
            )
            took = time.monotonic() - began
        if done.returncode:
            print(f"{name:<16} {done.stderr.strip()}")
            continue
        found = json.loads(done.stdout)["metrics"]
        width = (found["llc_high"] - found["llc_low"]) / found["llc"]
        interval = f"{found['llc_low']:.2f} to {found['llc_high']:.2f}"
        missed = "" if width <= WIDTH_ASKED and took <= SECONDS_ASKED else "  missed"
        print(
            f"{name:<16} {found['llc']:>7.2f} {interval:>16} {width:>7.0%} {WIDTH_ASKED:>6.0%} {took:>5.0f} s "
            f"{SECONDS_ASKED:>4.0f} s {os.getloadavg()[0]:>5.1f}{missed}",
            flush=True,
        )


if __name__ == "__main__":
    main()
