"""Train: train a network and follow its curves."""
