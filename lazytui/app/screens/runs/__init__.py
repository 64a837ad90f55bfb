"""Runs: everything in the workspace."""
