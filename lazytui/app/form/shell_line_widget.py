"""The shell command that a form comes to, wrapped, to be selected or copied."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lazytui.plain_text import plain_text


class ShellLine(VerticalScroll, can_focus=False, inherit_bindings=False):
    DEFAULT_CSS = """
    ShellLine { height: auto; border-top: solid $foreground 20%; border-title-color: $text-muted; scrollbar-size: 1 1; }
    ShellLine > Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        self.border_title = "command (ctrl+y copies)"
        yield Static(markup=False)

    def show(self, command: str) -> None:
        """Laying the screen out again is costly, so only when the number of lines changes."""
        line, content = self.query_one(Static), Content(plain_text(command))
        width, height = line.size
        line.update(content, layout=not width or len(content.wrap(width)) != height)
