"""What several methods share: base classes with their options, losses, and ways to draw samples."""
