"""A control for what has to be typed: numbers, names, and lists of either; some come with a list of suggestions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input

from lazytui.analyses.core.form_fields import ParamField, format_value
from lazytui.app.form.line_control import ValueChanged
from lazytui.app.form.pick_list import Pickable, PickList, TickList
from lazytui.figures.terminal.text_cells import shorten
from lazytui.list_values import format_list
from lazytui.plain_text import plain_text

Offers = Callable[[], Sequence[Pickable]]
"""What the list offers, asked when it is opened."""

# Textual's own restriction to numbers takes exponential time on long runs of digits: a paste could stop the app.
_LONGEST = 1000
_LETTERS = {int: r"[-+]?[\d_]*", float: r"[-+]?[\d_]*\.?[\d_]*([eE][-+]?\d*)?"}


class TextControl(Input):
    """One line of text. Empty means the default, which stands there dimmed.

    Enter accepts what was typed. Where nothing was, it opens the list, if there is one.
    """

    DEFAULT_CSS = """
    TextControl, TextControl.-textual-compact:focus { width: 1fr; background-tint: $foreground 0%; }
    TextControl.-textual-compact:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    TextControl:focus > .input--placeholder, TextControl:focus > .input--suggestion { color: auto 70%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", "Choose", id="open"),
        Binding("enter", "accept", "Done", id="open"),
    ]

    class Accepted(Message):
        """Enter was pressed, or an entry of the list was taken."""

        def __init__(self, field: ParamField) -> None:
            super().__init__()
            self.field = field

    def __init__(self, field: ParamField, offers: Offers | None = None) -> None:
        super().__init__(
            compact=True,
            max_length=_LONGEST,
            restrict=None if field.several else _LETTERS.get(field.type),
            suggester=SuggestFromList(field.suggestions, case_sensitive=False) if field.suggestions else None,
        )
        self.field = field
        self.offers = offers
        self._last_value = ""
        self._value_before = ""
        """When the field took the keyboard."""
        self._default = ""

    def validate_value(self, value: str) -> str:
        return plain_text(value)

    def show_value(self, value: Any) -> None:
        value_text = "" if value is None else format_value(value)
        with self.prevent(Input.Changed):
            self.value = value_text
            self.cursor_position = len(self.value)
        self._last_value = self.value

    def show_default(self, value_text: str) -> None:
        self._default = plain_text(value_text)
        self._draw_default()

    def on_resize(self) -> None:
        self._draw_default()

    def _draw_default(self) -> None:
        """Dimmed, while nothing is typed, with an ellipsis where it doesn't fit."""
        self.placeholder = shorten(self._default, self.size.width or cell_len(self._default))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Textual reports the value when the field appears, too, maybe after another was set: nobody typed that."""
        event.stop()
        if event.value == self.value != self._last_value:
            self._last_value = event.value
            self.post_message(ValueChanged(self.field, self._read(event.value)))

    def _read(self, text: str) -> Any:
        """The value that is meant; text that can't be read stays text, for the model to refuse."""
        if not text.strip():
            return None
        return tuple(text.replace(",", " ").split()) if self.field.several else text

    def on_focus(self) -> None:
        self._value_before = self.value

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in {"pick", "accept"}:
            lists = self.offers is not None and self.value == self._value_before
            return lists == (action == "pick")
        return super().check_action(action, parameters)

    def action_accept(self) -> None:
        self.post_message(self.Accepted(self.field))

    def action_pick(self) -> None:
        """Open the list, where there is one."""
        if self.offers is None:
            return
        if self.field.several:
            offered = self.offers()
            self.app.push_screen(TickList(offered, self._ticked(offered), self.region), self._take_ticked)
        else:
            self.app.push_screen(PickList(self.offers(), self.value or self._default, self.region), self._take)

    def _ticked(self, offered: Sequence[Pickable]) -> Sequence[str]:
        """What is typed, also where the list doesn't have it; or else what the default has of the list."""
        if typed := self._read(self.value):
            return tuple(typed)
        default, listed = self._read(self._default) or (), {entry.value for entry in offered}
        return [value for value in default if value in listed]

    def _take_ticked(self, ticked: tuple[str, ...] | None) -> None:
        """Joined by commas; the default stays one that nobody chose."""
        is_default = not self.value and ticked == (self._read(self._default) or ())
        if ticked is not None and not is_default:
            self._take(format_list(ticked))

    def _take(self, value: str | None) -> None:
        if value is not None:
            self.value = self._value_before = value
            self.cursor_position = len(self.value)
            self.action_accept()
