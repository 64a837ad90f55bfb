"""The app around its screens: keys, palette, help, jobs, logs, session, export."""
