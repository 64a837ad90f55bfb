"""Help: what the screen is for, and its keys, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from lazytui.plain_text import plain_text


@dataclass(frozen=True)
class Group:
    """keys: what is pressed and what it does, in words; several keys for the same stand together."""

    title: str
    keys: Sequence[tuple[str, str]]


def groups(screen: Screen[Any]) -> list[Group]:
    """What can be pressed on a screen now: first in the screen itself, then where the keyboard is, at last anywhere."""
    active = [(entry.node, entry.binding) for entry in screen.active_bindings.values() if not entry.binding.system]
    active.sort(key=lambda entry: (isinstance(entry[0], App), entry[0] is not screen))
    found = []
    for node, entries in groupby(active, key=lambda entry: entry[0]):
        if keys := _keys((binding for _, binding in entries), screen.app):
            found.append(Group(_title(node), keys))
    return found


def _keys(bindings: Iterable[Binding], app: App[Any]) -> list[tuple[str, str]]:
    together: dict[tuple[str, str], list[str]] = {}
    for binding in bindings:
        words = binding.description or binding.action
        together.setdefault((binding.action, words), []).append(app.get_key_display(binding))
    return [(" ".join(dict.fromkeys(keys)), plain_text(words)) for (_, words), keys in together.items()]


def _title(node: DOMNode) -> str:
    if isinstance(node, App):
        return "Anywhere"
    if isinstance(node, Screen):
        return f"On this screen: {getattr(node, 'screen_name', 'here')}"
    return _spaced(type(node).__name__)


def _spaced(name: str) -> str:
    """`ParamsForm` as `Params form`."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.lstrip("_")).strip()
    return words[:1].upper() + words[1:]


def keys_text(found: Sequence[Group]) -> Content:
    width = max((Content(keys).cell_length for group in found for keys, _ in group.keys), default=0)
    lines = []
    for group in found:
        lines.append(Content.styled(group.title, "bold $text-primary"))
        for keys, words in group.keys:
            padded = " " * (width - Content(keys).cell_length) + keys
            lines.append(Content.assemble((padded, "bold $text-accent"), "  ", words))
        lines.append(Content(""))
    return Content("\n").join(lines[:-1])


class Help(ModalScreen[None]):
    """What the screen that lies below is for, and its keys; any way out closes it."""

    DEFAULT_CSS = """
    Help { align: center middle; background: $background 60%; }
    Help > VerticalScroll {
        width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 0 2; background: $surface;
        border: round $primary; border-subtitle-color: $text-muted;
    }
    Help #purpose { padding-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", show=False, id="back"),
        Binding("question_mark", "dismiss(None)", "Close", show=False, id="help"),
        Binding("q", "dismiss(None)", "Close", show=False, id="quit"),
    ]

    def __init__(self, purpose: str, found: Sequence[Group]) -> None:
        super().__init__()
        self._purpose = purpose
        self._found = found

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = "Help", "Esc: close"
            yield Static(self._purpose, id="purpose", markup=False)
            yield Static(keys_text(self._found), markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
