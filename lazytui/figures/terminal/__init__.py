"""Figures drawn for a terminal: what the command line prints, and what .txt and .ansi files hold."""

from lazytui.figures.terminal.draw import draw

__all__ = ["draw"]
