"""Agreement with peer libraries where definitions coincide."""
