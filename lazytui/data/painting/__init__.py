"""Painting: which color an image gets, and how it is put on."""
