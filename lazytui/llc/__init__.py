"""The local learning coefficient: the complexity of the solution that a network has found."""
