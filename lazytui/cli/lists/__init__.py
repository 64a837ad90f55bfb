"""The commands that list what can be named: methods, models, attacks, ..."""
