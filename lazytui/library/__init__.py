"""The analyses as functions, for scripts and notebooks: the same Params, runs and numbers as the commands."""
