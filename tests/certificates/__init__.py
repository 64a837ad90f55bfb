"""Bounds and smoothing against values computed by hand, exact cases and samples."""
