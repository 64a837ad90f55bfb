"""A box of text over any screen, which scrolls: what help, the log of a run and the keys have in common."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget


class Box(ModalScreen[None]):
    """title_of_box, keys: what stands in the upper and the lower edge. Any way out closes it."""

    DEFAULT_CSS = """
    Box { align: center middle; background: $background 60%; }
    Box > VerticalScroll {
        width: 100; max-width: 100%; height: auto; max-height: 100%; padding: 0 2; background: $surface;
        border: round $primary; border-subtitle-color: $text-muted;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", show=False, id="back"),
        Binding("q", "dismiss(None)", "Close", show=False, id="quit"),
    ]
    title_of_box: ClassVar[str]
    keys: ClassVar[str] = "↑ ↓: scroll   Esc: close"

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = self.title_of_box, self.keys
            yield from self.content()

    def content(self) -> ComposeResult:
        """What stands in it."""
        raise NotImplementedError

    @property
    def scroll(self) -> Widget:
        return self.query_one(VerticalScroll)

    def on_mount(self) -> None:
        self.scroll.focus()
