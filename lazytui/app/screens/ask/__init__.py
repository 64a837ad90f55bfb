"""Draw: an image of one's own, answered while it is drawn."""
