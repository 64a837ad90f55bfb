"""`python -m benchmarks [NAME ...]`: the table of ratios, or `transfer`, which measures the strokes source."""

from __future__ import annotations

import sys
from importlib import import_module

RATIOS = ("painting", "training", "startup")


def main(names: list[str]) -> None:
    unknown = set(names) - {*RATIOS, "transfer"}
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(RATIOS)}, transfer.")
    if "transfer" in names:
        import_module("benchmarks.transfer").main()
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
