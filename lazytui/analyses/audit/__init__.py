"""Audit: which properties of the images a network goes by, without any label of them."""
