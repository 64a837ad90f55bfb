"""Panels: titled frames in a grid."""
