"""The shell command that a form comes to, wrapped, to be selected or copied."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from lazytui.plain_text import plain


class ShellLine(Static):
    DEFAULT_CSS = """
    ShellLine { height: auto; max-height: 6; color: $foreground; border-top: solid $foreground 20%; }
    """
    ALLOW_SELECT = True

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.border_title = "command (ctrl+y copies)"

    def show(self, command: str) -> None:
        self.update(Content.assemble(("$ ", "$text-muted"), plain(command)))
