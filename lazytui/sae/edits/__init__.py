"""Edits: features ablated, scaled, swapped and moved, and what the network says then."""
