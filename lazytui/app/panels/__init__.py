"""Titled panels in a grid: every screen is a few of them, declared as data."""
