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

    def compose(self) -> ComposeResult:
        self.border_title = "command (ctrl+y copies)"
        yield ChangingText()

    def show(self, command: str) -> None:
        self.query_one(ChangingText).set_text(Content(plain_text(command)))
