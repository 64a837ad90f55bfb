"""Draw: a drawn image, classified while it is drawn."""
