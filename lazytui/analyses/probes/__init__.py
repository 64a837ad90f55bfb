"""Probes: how well a linear classifier reads digit and color from every layer."""
