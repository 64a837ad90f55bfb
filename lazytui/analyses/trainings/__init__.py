"""Trainings by recipe: found in the workspace, or trained as a grid."""
