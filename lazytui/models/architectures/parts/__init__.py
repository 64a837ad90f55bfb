"""What several architectures share, or build on."""
