"""Figures: plain data of what to show, and drawing it in every medium."""
