"""Curves: those of several trainings laid over each other."""
