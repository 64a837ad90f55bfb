"""Text that changes while somebody looks at it, at little cost."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class ChangingText(Static):
    """Laying the screen out again is costly, so only when the number of lines changes."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(Content(text), id=id)

    def set_text(self, text: Content) -> None:
        """Show this text, wrapped; nothing is drawn where it is shown already."""
        if isinstance(self.content, Content) and text.is_same(self.content):
            return
        width, height = self.content_size
        self.update(text, layout=not width or len(text.wrap(width)) != height)
