"""Architectures by name, and their checkpoints."""
