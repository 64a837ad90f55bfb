"""Side-by-side timings with peers: `python -m benchmarks` prints a table of ratios."""
