"""Metrics: accuracy, and whether a network relies on the label's own cue or on the attribute."""
