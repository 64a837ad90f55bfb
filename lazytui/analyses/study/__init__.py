"""Study: a grid of methods, biases and seeds."""
