"""SAE experiments: features ablated, scaled, swapped and transferred."""
