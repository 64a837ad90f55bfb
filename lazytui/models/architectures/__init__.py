"""The architectures, a file a family."""
