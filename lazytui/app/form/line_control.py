"""The message of every control of a form, and the line that those for listed values share."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message
from textual.widget import Widget

from lazytui.analyses.core.form_fields import ParamField
from lazytui.plain_text import plain_text


class ValueChanged(Message):
    """A person chose another value for a field, or took theirs back."""

    def __init__(self, field: ParamField, value: Any) -> None:
        """value: None for the default."""
        super().__init__()
        self.field = field
        self.value = value


class LineControl(Widget, can_focus=True):
    """One line that shows the value: Enter opens a list, Backspace takes the default back."""

    DEFAULT_CSS = """
    LineControl { height: 1; width: 1fr; background: $surface; }
    LineControl.-default { color: $text-disabled; }
    LineControl:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", "Choose", show=False, id="open"),
        Binding("space", "pick", "Choose", show=False, id="mark"),
        Binding("backspace", "forget", "Default", show=False, id="default"),
        Binding("delete", "forget", "Default", show=False, id="remove"),
    ]
    ALLOW_SELECT = False
    sign = "▾"
    """At the right end."""
    lists = True
    """Whether picking opens a list."""

    def __init__(self, field: ParamField) -> None:
        super().__init__()
        self.field = field
        self.value: Any = None
        self._default = ""
        self.add_class("-default")

    def show_value(self, value: Any) -> None:
        """Show a value that a person chose, or None for none, without posting anything."""
        self.value = value
        self.set_class(value is None, "-default")
        self.refresh()

    def show_default(self, value_text: str) -> None:
        """The text of the default, shown while nothing is chosen."""
        if value_text != self._default:
            self._default = value_text
            self.refresh()

    def render(self) -> Content:
        room = max(self.size.width - len(self.sign) - 1, 1)
        value_text = Content(self._default if self.value is None else plain_text(self.value_text()))
        return value_text.truncate(room, ellipsis=True, pad=True) + " " + self.sign

    def value_text(self) -> str:
        """The chosen value as it is shown."""
        return str(self.value)

    def change(self, value: Any) -> None:
        if value != self.value:
            self.show_value(value)
            self.post_message(ValueChanged(self.field, value))

    def take(self, value: Any) -> None:
        """What was picked from a list; None where the list was left."""
        if value is not None:
            self.change(value)

    def action_forget(self) -> None:
        self.change(None)

    def action_pick(self) -> None:
        raise NotImplementedError

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return _is_digit(character) or super().check_consume_key(key, character)

    def on_key(self, event: Key) -> None:
        """Digits are typed into a form, not pressed to leave the screen: they search the list, where there is one."""
        if _is_digit(event.character):
            event.stop()
            if self.lists:
                self.action_pick()
                self.app.screen.post_message(Key(event.key, event.character))

    def on_click(self, event: Click) -> None:
        event.stop()
        self.action_pick()


def _is_digit(character: str | None) -> bool:
    return character is not None and character in "0123456789"
