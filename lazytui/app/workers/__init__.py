"""Work beside the event loop: following runs, and questions of which only the newest counts."""
