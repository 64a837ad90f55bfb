"""Figures drawn with matplotlib: the pictures of .svg, .png and .pdf files, and the charts of web pages."""

from lazytui.figures.picture.compose import inline_svg, picture

__all__ = ["inline_svg", "picture"]
