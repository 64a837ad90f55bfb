"""What every analysis is, and how one is run."""
