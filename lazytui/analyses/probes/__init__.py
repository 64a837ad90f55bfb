"""Probes: what every layer tells of digit and color to a linear classifier."""
