"""Checks: what heat maps are worth, and what they say of a split."""
