"""Results: how what a run found is written, checked and read."""
