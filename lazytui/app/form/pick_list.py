"""A list that opens at a field: type to narrow it down, Enter takes, Escape leaves all as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Key, Resize
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from lazytui.plain_text import plain_text


@dataclass(frozen=True)
class Pickable:
    """One entry. about: a few words on it."""

    value: str
    about: str = ""


class _Entries(OptionList):
    """Its letters are for narrowing down, so no app-wide key may take them."""

    def check_consume_key(self, key: str, character: str | None = None) -> bool:  # noqa: ARG002
        return character is not None and character.isprintable()


class PickList(ModalScreen[Any]):
    """Answers the value picked, or None."""

    DEFAULT_CSS = """
    PickList { background: transparent; align: left top; }
    PickList > OptionList {
        border: round $accent; background: $panel; padding: 0; max-height: 100%; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    PickList > OptionList:focus { border: round $accent; }
    PickList > OptionList > .option-list--option { padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave", show=False, id="back")]
    hint = "type to search"
    """What the frame says at first."""

    def __init__(self, offered: Sequence[Pickable], current: str, at: Region) -> None:
        """current: the value to stand on. at: where the field is on the screen."""
        super().__init__()
        self._offered = {entry.value: entry for entry in offered if plain_text(entry.value) == entry.value}
        self._current = current
        self._at = at
        self._typed = ""

    def compose(self) -> ComposeResult:
        yield _Entries(markup=False)

    def on_mount(self) -> None:
        self._fill()
        if self._current in self._offered:
            self._list.highlighted = list(self._offered).index(self._current)

    def on_resize(self, event: Resize) -> None:
        """Below the field where there is room, else where there is most; never off the screen."""
        wide = max((self.line(value).cell_length for value in self._offered), default=0) + 4
        width = min(max(wide, self._at.width, 30), event.size.width)
        height = min(max(len(self._offered), 1) + 2, 14, event.size.height)
        below = event.size.height - self._at.bottom
        y = self._at.bottom if height <= below else max(self._at.y - height, 0)
        x = max(min(self._at.x, event.size.width - width), 0)
        self._list.styles.width, self._list.styles.height = width, height
        self._list.styles.offset = (x, max(min(y, event.size.height - height), 0))

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def _fill(self) -> None:
        """Show the entries that hold what was typed."""
        found = [value for value in self._offered if self._typed.casefold() in value.casefold()]
        self._list.clear_options()
        self._list.add_options(Option(self.line(value), id=value) for value in found)
        self._list.border_title = Content(self._typed or self.hint)
        self._list.highlighted = 0 if found else None

    def line(self, value: str) -> Content:
        """An entry as it is shown."""
        about = plain_text(self._offered[value].about)
        if not about:
            return Content(value)
        width = max(map(cell_len, self._offered))
        return Content.assemble(value + " " * (width - cell_len(value)), "  ", (about, "$text-muted"))

    def on_key(self, event: Key) -> None:
        if self.takes(event):
            event.stop()
            event.prevent_default()

    def takes(self, event: Key) -> bool:
        """Do what a key means here; whether it means anything."""
        if event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.is_printable and event.character:
            self._typed += event.character
        else:
            return False
        self._fill()
        return True

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.selected(event.option)

    def selected(self, option: Option) -> None:
        """Enter on an entry, or a click on it."""
        self.dismiss(option.id)

    def on_click(self, event: Click) -> None:
        """A click beside the list leaves it."""
        if event.widget is self:
            self.dismiss(None)


class TickList(PickList):
    """Answers a tuple of the values that are ticked, in the order of the list, or None."""

    hint = "Space: tick, Enter: apply"

    def __init__(self, offered: Sequence[Pickable], ticked: Sequence[str], at: Region) -> None:
        super().__init__(offered, ticked[0] if ticked else "", at)
        self._ticked = set(ticked)

    def line(self, value: str) -> Content:
        return Content("[x] " if value in self._ticked else "[ ] ") + super().line(value)

    def takes(self, event: Key) -> bool:
        if event.key == "enter":
            self.dismiss(tuple(value for value in self._offered if value in self._ticked))
        elif event.key == "space" and (option := self._list.highlighted_option):
            self.selected(option)
        else:
            return super().takes(event)
        return True

    def selected(self, option: Option) -> None:
        """A click, or the space bar; Enter takes them all."""
        value = str(option.id)
        self._ticked ^= {value}
        self._list.replace_option_prompt(value, self.line(value))
