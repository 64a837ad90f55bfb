"""The roles that a neuron can have, readable without torch."""

from __future__ import annotations

ROLES = ("traitor", "hero", "mixed", "silent", "flat")
"""traitor: tells more of the color than of the digit. hero: the reverse. mixed: the two differ by no more than the
error of their difference allows. silent: hardly ever active. flat: always equally active."""
