"""Cure: find what a network goes by, and train one that doesn't, without a label of it."""
