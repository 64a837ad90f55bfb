"""A list with a search above it: typing narrows it down, the arrows move in it, Enter takes what is highlighted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option, OptionDoesNotExist

from lazytui.plain_text import plain_text

T = TypeVar("T")

_LONGEST = 200
"""Characters that can be searched for."""


@dataclass(frozen=True)
class Pickable:
    """One entry. about: a few words on it. name: what stands there instead of the value, where that is another."""

    value: str
    about: str = ""
    name: str = ""

    @property
    def shown(self) -> str:
        return plain_text(self.name or self.value)


@dataclass(frozen=True)
class Signs:
    """What stands before the entries that are marked, and before the others."""

    marked: str = "✓ "
    other: str = "  "


class _Search(Input):
    """submit: what Enter does. takes_space: whether a space is typed; otherwise it marks."""

    def __init__(self, submit: Callable[[], None], *, takes_space: bool) -> None:
        super().__init__(placeholder="type to search", compact=True, max_length=_LONGEST)
        self._submit = submit
        self._takes_space = takes_space

    async def action_submit(self) -> None:
        """At once: a message about it could come later than the keys that were typed behind it."""
        self._submit()

    def validate_value(self, value: str) -> str:
        return plain_text(value)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return super().check_consume_key(key, character) and (self._takes_space or key != "space")

    async def _on_key(self, event: Key) -> None:
        if self._takes_space or event.key != "space":
            await super()._on_key(event)
        else:
            event.prevent_default()  # and the binding of the list takes it


class SearchedList(Vertical):
    """The keyboard stays in the search. Entries that have all the typed words, in name or about, stay in the list:
    first those that have it as it was typed.

    marked: the values with a mark before them. marks: whether the space bar, too, chooses what is highlighted, so that
    marks can be set with it.
    """

    DEFAULT_CSS = """
    SearchedList { height: 1fr; width: 1fr; }
    SearchedList > Input, SearchedList > Input:focus {
        width: 1fr; background: $surface; background-tint: $foreground 0%;
    }
    SearchedList > OptionList, SearchedList > OptionList:focus {
        height: 1fr; border: none; padding: 0; scrollbar-size-vertical: 1; background: transparent;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    SearchedList > OptionList > .option-list--option { padding: 0; }
    SearchedList > OptionList > .option-list--option-highlighted {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, id="up"),
        Binding("down", "move(1)", "Down", show=False, id="down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="page-down"),
        Binding("space", "mark", "Mark", show=False, id="mark"),
    ]

    def __init__(
        self,
        offered: Sequence[Pickable],
        choose: Callable[[str], object],
        *,
        current: str = "",
        marked: Collection[str] = (),
        signs: Signs | None = None,
        marks: bool = False,
    ) -> None:
        """choose: what Enter on an entry, or a click on it, does. current: the value to stand on.

        signs: none where nothing can be marked.
        """
        super().__init__()
        self._offered = {entry.value: entry for entry in offered}
        self._choose = choose
        self._width = max((cell_len(entry.shown) for entry in offered), default=0)
        self._current = current
        self._marked = set(marked)
        self._signs = signs
        self._marks = marks
        self._typed: str | None = None

    @property
    def marked(self) -> set[str]:
        return set(self._marked)

    @property
    def longest(self) -> int:
        """Cells of the longest entry."""
        return max((self._line(entry).cell_length for entry in self._offered.values()), default=0)

    def compose(self) -> ComposeResult:
        yield _Search(self.action_mark, takes_space=not self._marks)
        entries = OptionList(markup=False)
        entries.can_focus = False
        yield entries

    def on_mount(self) -> None:
        self._narrow()
        values = list(self._offered)
        if self._current in values:
            self._entries.highlighted = values.index(self._current)

    def take_keyboard(self) -> None:
        self._search.focus()

    def type(self, character: str) -> None:
        """What was typed before the search had the keyboard."""
        if character == " " and self._marks:
            self.action_mark()
        else:
            self._search.insert_text_at_cursor(character)

    def toggle(self, value: str) -> None:
        """Mark an entry, or take its mark away; what was typed since may have taken it out of the list."""
        self._marked ^= {value}
        with suppress(OptionDoesNotExist):
            self._entries.replace_option_prompt(value, self._line(self._offered[value]))

    def action_move(self, by: int) -> None:
        self._narrow()
        if by > 0:
            self._entries.action_cursor_down()
        else:
            self._entries.action_cursor_up()

    def action_page(self, by: int) -> None:
        self._narrow()
        if by > 0:
            self._entries.action_page_down()  # type: ignore[no-untyped-call]  # Textual's
        else:
            self._entries.action_page_up()  # type: ignore[no-untyped-call]  # Textual's

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._marks if action == "mark" else super().check_action(action, parameters)

    def action_mark(self) -> None:
        """Choose what is highlighted in the list as it is narrowed by all that was typed, also just now."""
        self._narrow()
        option = self._entries.highlighted_option
        if option is not None and option.id is not None:
            self._choose(option.id)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option.id is not None:
            self._choose(event.option.id)

    @on(Input.Changed)
    def _narrow(self) -> None:
        """Show the entries that have what was typed, if that isn't done yet."""
        typed = self._search.value.strip().casefold()
        if typed == self._typed:
            return
        self._typed = typed
        matches = sorted(self._found(typed), key=lambda entry: _rank(entry, typed))
        self._entries.clear_options()
        if matches:
            self._entries.add_options(Option(self._line(entry), id=entry.value) for entry in matches)
            self._entries.highlighted = 0
        else:
            sentence = "No entry has these words." if self._offered else "There is nothing to choose from."
            self._entries.add_option(Option(Content(sentence), disabled=True))

    def _found(self, typed: str) -> Iterator[Pickable]:
        words = typed.split()
        for entry in self._offered.values():
            searched = f"{_names(entry)} {entry.about.casefold()}"
            if all(word in searched for word in words):
                yield entry

    def _line(self, entry: Pickable) -> Content:
        """An entry as it is shown."""
        signs = self._signs or Signs("", "")
        sign = signs.marked if entry.value in self._marked else signs.other
        shown, about = entry.shown, plain_text(entry.about)
        if not about:
            return Content(sign + shown)
        space = " " * (self._width - cell_len(shown) + 2)
        return Content.assemble(sign, shown, space, (about, "$text-muted"))

    @property
    def _search(self) -> Input:
        return self.query_one(Input)

    @property
    def _entries(self) -> OptionList:
        return self.query_one(OptionList)


def _names(entry: Pickable) -> str:
    return f"{entry.shown} {entry.value}".casefold()


def _rank(entry: Pickable, typed: str) -> int:
    """How well what was typed fits, 0 best: a name begins with it, or has it; about has it; its words are there."""
    names = _names(entry)
    if names.startswith(typed):
        return 0
    if typed in names:
        return 1
    return 2 if typed in entry.about.casefold() else 3


class SearchedListScreen(ModalScreen[T]):
    """Lies over another screen and holds a searched list, which has the keyboard from the beginning."""

    def on_mount(self) -> None:
        self.query_one(SearchedList).take_keyboard()

    def on_key(self, event: Key) -> None:
        """Letters that were typed while this opened."""
        if event.is_printable and event.character:
            event.stop()
            self.query_one(SearchedList).type(event.character)
