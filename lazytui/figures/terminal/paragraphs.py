"""Paragraphs wrapped to the width."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text as RichText

from lazytui.figures.kinds import Text


def paragraphs(figure: Text) -> RenderableType:
    """The body of a `Text` figure: its paragraphs, an empty line between them."""
    return RichText("\n\n".join(figure.paragraphs), overflow="fold")
