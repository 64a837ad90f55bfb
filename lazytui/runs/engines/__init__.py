"""Engines: where many runs are executed. One loop sees them through; an engine submits jobs, looks and cancels."""
