"""The terminal app: a screen for each analysis, over the same runs and figures as the command line."""
