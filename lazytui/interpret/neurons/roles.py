"""The roles that a neuron can have, readable without torch."""

from __future__ import annotations

ROLES = ("traitor", "hero", "mixed", "silent", "flat")
"""traitor: tells more of the color than of the digit. hero: the reverse. mixed: neither by more than chance allows.
silent: hardly ever active. flat: always equally active."""
