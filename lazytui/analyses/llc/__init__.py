"""LLC: the local learning coefficient of a network."""
