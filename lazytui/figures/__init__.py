"""Figures: what the analyses have to show, and its drawing in every medium."""
