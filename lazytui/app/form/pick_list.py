"""A list that opens at a field: type to narrow it down, Enter takes, Escape leaves all as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region

from lazytui.app.form.searched_list import Pickable, SearchedList, SearchedListScreen, Signs
from lazytui.plain_text import plain_text

__all__ = ["PickList", "Pickable", "TickList"]

_FRAME = 2
_SEARCH = 1
_HIGHEST = 15
"""Lines, with frame and search."""


class PickList(SearchedListScreen[Any]):
    """Answers the value picked, or None."""

    DEFAULT_CSS = """
    PickList { background: transparent; align: left top; }
    PickList > SearchedList { border: round $accent; background: $panel; max-height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Leave", show=False, id="back")]
    hint = ""
    """What the frame says."""

    def __init__(self, offered: Sequence[Pickable], current: str, at: Region) -> None:
        """current: the value to stand on. at: where the field is on the screen."""
        super().__init__()
        self._offered = [entry for entry in offered if plain_text(entry.value) == entry.value]
        self._at = at
        self._list = self.make_list(self._offered, current)
        self._list.border_subtitle = Content(self.hint)

    def make_list(self, offered: Sequence[Pickable], current: str) -> SearchedList:
        return SearchedList(offered, self.chosen, current=current)

    def compose(self) -> ComposeResult:
        yield self._list

    def on_resize(self, event: Resize) -> None:
        """Below the field where there is room, else where there is most; never off the screen."""
        width = min(max(self._list.longest + 4, self._at.width, 30), event.size.width)
        height = min(max(len(self._offered), 1) + _FRAME + _SEARCH, _HIGHEST, event.size.height)
        below = event.size.height - self._at.bottom
        y = self._at.bottom if height <= below else max(self._at.y - height, 0)
        x = max(min(self._at.x, event.size.width - width), 0)
        self._list.styles.width, self._list.styles.height = width, height
        self._list.styles.offset = (x, max(min(y, event.size.height - height), 0))

    def chosen(self, value: str) -> None:
        """Enter on an entry, or a click on it."""
        self.dismiss(value)

    def action_back(self) -> None:
        self.dismiss(None)

    def on_click(self, event: Click) -> None:
        """A click beside the list leaves it."""
        if event.widget is self:
            self.action_back()


class TickList(PickList):
    """Begins with those that are ticked. Answers a tuple of the values that are ticked, whichever way it is left:
    first those that were ticked before and those that it doesn't offer, as they were, then the others in the order of
    the list."""

    hint = "Space, Enter: tick, Esc: done"

    def __init__(self, offered: Sequence[Pickable], ticked: Sequence[str], at: Region) -> None:
        self._before = tuple(ticked)
        super().__init__(sorted(offered, key=lambda entry: entry.value not in self._before), "", at)

    def make_list(self, offered: Sequence[Pickable], current: str) -> SearchedList:
        signs = Signs("[x] ", "[ ] ")
        return SearchedList(offered, self.chosen, current=current, marked=self._before, signs=signs, marks=True)

    def chosen(self, value: str) -> None:
        self._list.toggle(value)

    def action_back(self) -> None:
        ticked, listed = self._list.marked, [entry.value for entry in self._offered]
        kept = [value for value in self._before if value in ticked]
        self.dismiss((*kept, *(value for value in listed if value in ticked and value not in kept)))
