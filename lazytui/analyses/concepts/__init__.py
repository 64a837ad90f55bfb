"""Concepts: whether the score of a class rises where a layer shows more of a color, or more of a digit (TCAV)."""
