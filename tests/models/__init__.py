"""Architectures, their checkpoints, and what is refused."""
