"""Select: choose among trainings without labels of the shortcut."""
