"""The message of every control of a form, and the line that those for listed values share."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from lazytui.analyses.core.form_fields import ParamField
from lazytui.plain_text import plain_text


class Given(Message):
    """A person gave a field another value, or took theirs back."""

    def __init__(self, field: ParamField, value: Any) -> None:
        """value: None means that whatever holds by default shall hold."""
        super().__init__()
        self.field = field
        self.value = value


class LineControl(Widget, can_focus=True):
    """One line that shows the value: Enter opens a list, Backspace takes the default back."""

    DEFAULT_CSS = """
    LineControl { height: 1; width: 1fr; background: $surface; }
    LineControl.-holding { color: $text-disabled; }
    LineControl:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "pick", "Choose", show=False),
        Binding("backspace,delete", "forget", "Default", show=False),
    ]
    ALLOW_SELECT = False
    sign = "▾"
    """At the right end."""

    def __init__(self, field: ParamField) -> None:
        super().__init__()
        self.field = field
        self.given: Any = None
        self._holding = ""
        self.add_class("-holding")

    def set_given(self, value: Any) -> None:
        """Show a value as if a person had given it, or None for none, without posting anything."""
        self.given = value
        self.set_class(value is None, "-holding")
        self.refresh()

    def set_holding(self, value_text: str) -> None:
        """Say what holds while nothing is given."""
        if value_text != self._holding:
            self._holding = value_text
            self.refresh()

    def render(self) -> Content:
        room = max(self.size.width - len(self.sign) - 1, 1)
        value_text = Content(self._holding if self.given is None else plain_text(self.value_text()))
        return value_text.truncate(room, ellipsis=True, pad=True) + " " + self.sign

    def value_text(self) -> str:
        """The given value as it is shown."""
        return str(self.given)

    def give(self, value: Any) -> None:
        if value != self.given:
            self.set_given(value)
            self.post_message(Given(self.field, value))

    def action_forget(self) -> None:
        self.give(None)

    def action_pick(self) -> None:
        raise NotImplementedError

    def on_click(self, event: Click) -> None:
        event.stop()
        self.action_pick()
