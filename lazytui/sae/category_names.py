"""What a feature can stand for, readable without torch."""

from __future__ import annotations

CATEGORIES = ("color", "digit", "both", "mixed", "dead")
"""color, digit: selective for that and not for the other. both: for a digit in a color. mixed: for neither.
dead: active on none of the images."""

SELECTIVE = 2.0
"""The selectivity from which a feature counts as selective: twice as active on its favorite as on average."""
