"""Evaluate: confusion matrices and group accuracies of a network, or of two."""
