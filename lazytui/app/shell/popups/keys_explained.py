"""How to change keys: where `keys.toml` lies, what it may say, and every action with its key now."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from lazytui.app.shell.grammar import BY_NAME, GRAMMAR, Meaning
from lazytui.app.shell.keymap import EXAMPLE, PRESETS, Keymap, keys_file, keys_now, load_keymap, write_template, written
from lazytui.app.shell.lab import Lab
from lazytui.app.shell.popups.box import Box
from lazytui.errors import BadInput, LazytuiError
from lazytui.plain_text import plain_text

_FEWEST = 20
"""Columns for what an action does."""


class KeysExplained(Box):
    """Made from the grammar and the presets; Enter writes a file to begin with, where there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "create", "Create the file", show=False, id="open"),
        Binding("y", "copy", "Copy the path of the file", show=False, id="copy"),
    ]
    title_of_box = "Change keys"

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._path = keys_file()

    def content(self) -> ComposeResult:
        yield Static(id="text", markup=False)

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        create = "" if self._path.exists() else "Enter: create the file   "
        self.scroll.border_subtitle = f"{create}y: copy its path   Esc: close"
        width = self.scroll.scrollable_content_region.width
        self.query_one("#text", Static).update(Content("\n").join(explained(self._lab.own_keys, width)))

    def action_create(self) -> None:
        """A file with every key as a comment, unless there is one."""
        try:
            path = write_template()
        except LazytuiError as error:
            self._lab.say_error(error)
        else:
            self._lab.notify(f"Created {path}, with every key as a comment. Change some and restart lazytui.")
        self._show()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(str(self._path))
        self._lab.notify(f"Copied: {self._path}")


def explained(keymap: Keymap, width: int) -> Iterator[Content]:
    """Line by line. keymap: what is changed now. width: of the text, in cells."""
    yield Content("Every key can be changed. Keys are read when lazytui starts, from the file")
    yield Content.styled(plain_text(str(keys_file())), "bold $accent")
    yield Content(_how_the_file_stands())
    yield from (Content(""), Content.styled("What it may contain", "bold $primary"))
    yield from map(Content, EXAMPLE.splitlines())
    yield Content("")
    yield Content(
        "Each line: the name of an action from the list below, and its key: a letter, a sign, or a name such as "
        "ctrl+r, f5, pageup; a list of them for several. One key can't do two things."
    )
    for name, keys in PRESETS.items():
        if keys:
            yield from (Content(""), Content.styled(f"The preset {name}", "bold $primary"))
            yield Content(f'preset = "{name}" in the file, or for once: lazytui --keys {name}. It changes:')
            yield from _table([(BY_NAME[action], pressed, False) for action, pressed in keys.items()], width)
    yield from (Content(""), Content.styled("All actions, and their keys now", "bold $primary"))
    now = keys_now(keymap)
    yield from _table([(one, now[one.name], now[one.name] != one.keys) for one in GRAMMAR], width)


def _how_the_file_stands() -> str:
    if not keys_file().exists():
        return "There is none yet: create it, or press Enter to have one created with every key as a comment."
    try:
        load_keymap()
    except BadInput as error:
        return f"It can't be used: {plain_text(str(error))}"
    return "It exists and can be read. Changes apply at the next start."


def _table(rows: list[tuple[Meaning, tuple[str, ...], bool]], width: int) -> Iterator[Content]:
    """An action's name, its keys, and what it does, wrapped. The last of each row: whether the keys are changed."""
    texts = [", ".join(map(written, keys)) for _, keys, _ in rows]
    names = max(len(one.name) for one, _, _ in rows) + 2
    pressed = max(map(len, texts)) + 2
    room = max(width - names - pressed, _FEWEST)
    for (one, _, changed), keys in zip(rows, texts, strict=True):
        first, *more = wrap(one.description, room)
        yield Content.assemble(
            one.name.ljust(names), (keys.ljust(pressed), "bold $warning" if changed else "bold $accent"), first
        )
        yield from (Content(" " * (names + pressed) + line) for line in more)
