"""The roles that a neuron can have, readable without torch."""

from __future__ import annotations

ROLES = ("traitor", "hero", "mixed", "silent", "flat")
"""traitor: attribute-selective, with more information on the color than on the digit. hero: label-selective, the
reverse. mixed: the two differ by less than the error of their difference. silent: hardly ever active. flat: always
equally active."""
