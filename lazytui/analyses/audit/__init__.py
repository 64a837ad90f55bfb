"""Audit: which properties of the images a network relies on, without any label of them."""
