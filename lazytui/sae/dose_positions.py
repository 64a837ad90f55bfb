"""What a dial on a feature goes through, readable without torch."""

from __future__ import annotations

FACTORS = tuple(step / 10 for step in range(31))
"""From none of a feature to three times as much; 1 is the feature as it is."""
