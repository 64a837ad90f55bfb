"""Attack: the smallest changes that fool a network."""
