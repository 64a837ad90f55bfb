"""The audit: which properties of its images a network goes by, found by exchanging them between images."""
