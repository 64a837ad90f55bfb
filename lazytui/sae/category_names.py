"""What a feature can stand for, readable without torch."""

from __future__ import annotations

CATEGORIES = ("color", "digit", "both", "mixed", "dead")
"""color, digit: selective for an attribute value or a class, and not for the other. both: for a class with a value.
mixed: for neither. dead: active on none of the images."""

SELECTIVE = 2.0
"""The selectivity from which a feature counts as selective: twice as active on its favorite as on average."""

_OF_SO_MANY = 10


def selective_from(count: int) -> float:
    """The same among so many classes or values: of fewer than ten, where the favorite can't be ten times as active as
    the average, as large a share of the way from 1 to the most possible, `count`."""
    return 1 + (SELECTIVE - 1) * min(count - 1, _OF_SO_MANY - 1) / (_OF_SO_MANY - 1)
