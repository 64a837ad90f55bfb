"""Neurons: every channel of a layer, each with a page."""
