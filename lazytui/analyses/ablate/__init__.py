"""Ablate: a network without chosen neurons, or with what they do in another image."""
