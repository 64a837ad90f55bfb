"""Run folders: parameters, status, events and results of runs on disk, readable without torch."""
