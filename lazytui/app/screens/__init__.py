"""The screens: a room or a file an analysis."""
