"""`python -m benchmarks [NAME ...]`: the table of ratios; by name also what isn't a comparison with a peer."""

from __future__ import annotations

import sys
from importlib import import_module

RATIOS = ("painting", "training", "saliency", "neurons", "attacks", "autoencoders", "dial", "charts", "startup")
TABLES = (
    "transfer",
    "methods",
    "app_following",
    "app_opening",
    "app_start",
    "app_idle",
    "drawing",
    "story",
    "complexity",
    "cases",
    "audit",
    "audit_peers",
    "audit_limits",
    "cure",
    "select",
    "workers",
    "gpu",
    "engines",
    "ray",
    "remote",
)
"""Each prints a table of its own, what was measured beside what was asked, and runs only when it is named."""


def main(names: list[str]) -> None:
    unknown = set(names) - {*RATIOS, *TABLES}
    if unknown:
        there = ", ".join([*RATIOS, *TABLES])
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {there}.")
    for name in TABLES:
        if name in names:
            import_module(f"benchmarks.{name}").main()
    chosen = [name for name in RATIOS if name in names] if names else RATIOS
    if chosen:
        print_ratios(chosen)


def print_ratios(names: tuple[str, ...] | list[str]) -> None:
    print(f"{'what':<58} {'ours':>10} {'peer':>10} {'ratio':>8} {'asked':>8}")
    for name in names:
        for row in import_module(f"benchmarks.{name}").measure():
            sign = "" if row.value >= row.asked else "  below"
            print(
                f"{row.name:<58} {row.ours:>8.3f} s {row.peer:>8.3f} s {row.value:>8.2f} {row.asked:>8.2f}{sign}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
