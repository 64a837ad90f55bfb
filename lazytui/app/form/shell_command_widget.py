"""The widget below a form that shows its shell command, wrapped, to be selected or copied."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from lazytui.app.changing_text import ChangingText
from lazytui.plain_text import plain_text


class ShellCommand(VerticalScroll, can_focus=False, inherit_bindings=False):
    DEFAULT_CSS = """
    ShellCommand {
        height: auto; border-top: solid $foreground 20%; border-title-color: $text-muted; scrollbar-size: 1 1;
    }
    ShellCommand > ChangingText { height: auto; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._text = ChangingText()  # a run may be shown before this is mounted

    def compose(self) -> ComposeResult:
        self.border_title = "command (ctrl+y copies)"
        yield self._text

    def show(self, command: str) -> None:
        self._text.set_text(Content(plain_text(command)))
