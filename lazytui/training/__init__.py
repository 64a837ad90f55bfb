"""Training: one loop, and a small file for each method that changes something about it."""
