"""Grad-CAM: where networks look, image by image."""
