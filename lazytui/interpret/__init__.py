"""Looking inside a trained network: where it looks, and what its neurons answer to."""
