"""What goes into a network and what comes out, readable without torch."""

from __future__ import annotations

CLASSES = 10
"""Digits."""

IMAGE_SHAPE = (3, 28, 28)
"""Channels (red, green, blue), height and width of an input; its values are float, in [0, 1]."""
