"""Where a network looks: maps of the evidence for a class, and what they are worth."""
