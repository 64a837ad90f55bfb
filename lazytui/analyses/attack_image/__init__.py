"""Attack of one image: its sensitivity, each step on the way, and the smallest budget that fools."""
