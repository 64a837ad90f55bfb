"""Story: the main job in one command, ending in a report."""
