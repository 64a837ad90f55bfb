"""How complex a solution a network has found: the local learning coefficient."""
