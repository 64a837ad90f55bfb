"""Figures as a web page that needs nothing but itself."""

from lazytui.figures.html.page import KeyNumber, Section, page

__all__ = ["KeyNumber", "Section", "page"]
