"""Popups: boxes that lie over a screen."""
