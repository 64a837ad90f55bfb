"""Figures as a web page that needs nothing but itself."""

from lazytui.figures.html.page import Section, page

__all__ = ["Section", "page"]
