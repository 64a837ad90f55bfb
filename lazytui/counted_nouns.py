"""Numbers with what they count: `1 epoch`, `5 epochs`; and long lists, cut short with how many are left out."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str = "") -> str:
    """The number and its noun, which has an s where it isn't one, or else its plural.

    >>> counted(1, "epoch"), counted(1200, "image"), counted(0, "run")
    ('1 epoch', '1,200 images', '0 runs')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Sequence[str], most: int = 6) -> str:
    """`a, b, c and 5 more`."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def with_article(name: str) -> str:
    """`a 7`, `a heron`, `an owl`."""
    return f"{'an' if name[:1].casefold() in 'aeiou' else 'a'} {name}"
