"""Curves: those of several trainings, overlaid."""
