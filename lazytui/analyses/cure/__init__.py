"""Cure: find a network's shortcut, and train a network without it, with no label of the shortcut."""
