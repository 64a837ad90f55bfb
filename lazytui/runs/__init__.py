"""Run folders: what a run was asked, how it goes, what it found; on disk, readable without torch."""
