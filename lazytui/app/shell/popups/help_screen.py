"""Help: what the screen is for, and its keys, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from lazytui.app.shell.popups.box import Box
from lazytui.plain_text import plain_text

_ON_SCREEN = "On this screen"
_ANYWHERE = "Anywhere"
_MOVING = "From field to field, and in text"
_ORDER = {_ON_SCREEN: 0, _ANYWHERE: 2, _MOVING: 3}
"""The rest, which is where the keyboard is, comes between."""

_GENERIC = {
    "app.focus_next": "The next panel or field",
    "app.focus_previous": "The panel or field before",
    "screen.copy_text": "Copy the text that the mouse marked",
}
"""What Textual's own keys of a screen do, by their action; those that it says otherwise."""


@dataclass(frozen=True)
class Group:
    """keys: what is pressed and what it does, in words; several keys for the same stand together."""

    title: str
    keys: Sequence[tuple[str, str]]


def groups(screen: Screen[Any]) -> list[Group]:
    """What can be pressed on a screen now: first what only it has, then where the keyboard is, then what every screen
    has, and at last what any program of this kind has."""
    active = [(entry.node, entry.binding) for entry in screen.active_bindings.values() if not entry.binding.system]
    nodes = list(dict.fromkeys(node for node, _ in active))
    titled = [(_title(node, binding), node, binding) for node, binding in active if not _is_scrolling(binding)]
    titled.sort(key=lambda entry: (_ORDER.get(entry[0], 1), nodes.index(entry[1]), _rank(*entry[1:])))
    groups = []
    for title, entries in groupby(titled, key=lambda entry: entry[0]):
        groups.append(Group(title, _keys((binding for _, _, binding in entries), screen.app)))
    return groups


def _is_scrolling(binding: Binding) -> bool:
    """Textual's own keys to scroll, which hardly anything needs; those of the app are described by it."""
    return binding.id is None and binding.action.startswith(("scroll_", "page_"))


def _keys(bindings: Iterable[Binding], app: App[Any]) -> list[tuple[str, str]]:
    together: dict[tuple[str, str], list[str]] = {}
    for binding in bindings:
        description = _GENERIC.get(binding.action) or binding.description or binding.action
        together.setdefault((binding.action, description), []).append(app.get_key_display(binding))
    return [(" ".join(dict.fromkeys(keys)), plain_text(description)) for (_, description), keys in together.items()]


def _title(node: DOMNode, binding: Binding) -> str:
    declares = _declaring(node, binding)
    if declares is None:
        return _MOVING
    if isinstance(node, App) or declares.__module__.startswith("lazytui.app.shell."):
        return _ANYWHERE
    return _ON_SCREEN if isinstance(node, Screen) else _spaced(type(node).__name__)


def _rank(node: DOMNode, binding: Binding) -> int:
    """What the class itself declares comes before what it has of others."""
    declares = _declaring(node, binding)
    return type(node).__mro__.index(declares) if declares else len(type(node).__mro__)


def _declaring(node: DOMNode, binding: Binding) -> type | None:
    """The class of the app, not of Textual, that says what a key does."""
    for kind in type(node).__mro__:
        if kind.__module__.startswith("lazytui.") and any(
            one.action == binding.action and one.id == binding.id
            for one in Binding.make_bindings(vars(kind).get("BINDINGS", ()))
        ):
            return kind
    return None


def _spaced(name: str) -> str:
    """`ParamsForm` as `Params form`, `TableView` as `Table`."""
    name = name.removesuffix("View")
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.lstrip("_")).strip()
    return spaced[:1].upper() + spaced[1:]


def keys_text(groups: Sequence[Group]) -> Content:
    width = max((Content(keys).cell_length for group in groups for keys, _ in group.keys), default=0)
    lines = []
    for group in groups:
        lines.append(Content.styled(group.title, "bold $text-primary"))
        for keys, description in group.keys:
            padded = " " * (width - Content(keys).cell_length) + keys
            lines.append(Content.assemble((padded, "bold $text-accent"), "  ", description))
        lines.append(Content(""))
    return Content("\n").join(lines[:-1])


class Help(Box):
    """What the screen that lies below is for, and its keys; any way out closes it."""

    DEFAULT_CSS = """
    Help > VerticalScroll { width: 72; }
    Help #purpose { padding-bottom: 1; }
    Help #change { padding-top: 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "dismiss(None)", "Close", show=False, id="help"),
    ]
    title_of_box = "Help"
    keys = "Esc: close"

    def __init__(self, purpose: str, groups: Sequence[Group]) -> None:
        super().__init__()
        self._purpose = purpose
        self._found = groups

    def content(self) -> ComposeResult:
        yield Static(self._purpose, id="purpose", markup=False)
        yield Static(keys_text(self._found), markup=False)
        yield Static(f"Keys can be changed: {self._palette}, then type “change keys”.", id="change", markup=False)

    @property
    def _palette(self) -> str:
        """The key of the palette, as it is now."""
        bindings = (active.binding for active in self.app.screen_stack[0].active_bindings.values())
        return next((self.app.get_key_display(one) for one in bindings if one.id == "palette"), "the palette")
