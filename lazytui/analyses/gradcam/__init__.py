"""Grad-CAM: where a network looks, and what its heat maps are worth."""
