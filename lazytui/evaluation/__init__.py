"""Metrics: accuracy, and whether a network goes by the label's own cue or by the attribute."""
