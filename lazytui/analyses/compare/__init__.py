"""Compare: recipes ranked over seeds, each beside plain training."""
