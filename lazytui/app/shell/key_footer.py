"""The footer: as many of the keys as there is room for, so that none is cut; `?` lists all of them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

FIRST_TO_GO = (
    *("network", "jobs", "sort", "more", "less", "self-check", "experiments", "stand-in", "next-ground", "eraser"),
    *("default", "next-layer", "next-answer", "next-split", "swap", "remove", "compare", "explain", "previous-item"),
    *("ablate", "mark", "filter", "next-color", "next-target", "up", "down", "pause", "quit"),
)
"""Meanings of keys in the order in which they give way; at last the others, from the right. The network's key stands in
the line below the screens as well."""

STAY = ("help", "palette")
"""They lead to all others."""


class KeyFooter(Footer):
    """Decides anew at each width."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._composed_for = 0

    def compose(self) -> ComposeResult:
        keys = [key for key in super().compose() if isinstance(key, FooterKey)]
        bindings = self.screen.active_bindings
        ids = {key: (bindings[key.key].binding.id or "") if key.key in bindings else "" for key in keys}
        self._composed_for = self.app.size.width
        yield from _fitting(ids, self._composed_for)

    def on_resize(self, event: Resize) -> None:
        if event.size.width != self._composed_for:
            self.refresh(recompose=True)


def _fitting(keys: dict[FooterKey, str], room: int) -> list[FooterKey]:
    """Those that fit side by side, help first. keys: with the names of their meanings."""
    chosen: set[FooterKey] = set()
    for key in sorted(keys, key=lambda key: _importance(keys[key]), reverse=True):
        width = _width(key)
        if width <= room:
            chosen.add(key)
            room -= width
    return sorted((key for key in keys if key in chosen), key=lambda key: keys[key] != "help")


def _importance(name: str) -> int:
    if name in STAY:
        return len(FIRST_TO_GO) + 1
    return FIRST_TO_GO.index(name) if name in FIRST_TO_GO else len(FIRST_TO_GO)


def _width(key: FooterKey) -> int:
    """With the space behind it."""
    return Content(f"{key.key_display} {key.description} ").cell_length
