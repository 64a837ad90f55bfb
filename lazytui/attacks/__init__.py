"""Attacks on images. Their list can be read without torch; to add one, see `algorithms`."""

from __future__ import annotations

from lazytui.attacks import algorithms
from lazytui.attacks.attack import Attack

ATTACKS = {entry.name: entry for entry in vars(algorithms).values() if isinstance(entry, Attack)}
