"""The footer: as many of the keys as there is room for, so that none is cut; `?` lists all of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

FIRST_TO_GO = (
    *(
        "network",
        "jobs",
        "keep",
        "sort",
        "more",
        "less",
        "self-check",
        "experiments",
        "stand-in",
        "next-ground",
        "eraser",
    ),
    *("default", "next-layer", "next-answer", "next-split", "swap", "remove", "compare", "explain", "previous-item"),
    *("ablate", "mark", "filter", "next-color", "next-target", "up", "down", "pause", "quit"),
)
"""Meanings of keys in the order in which they give way; at last the others, from the right. The network's key stands in
the line below the screens as well."""

STAY = ("help", "palette")
"""They lead to all others."""


class _Key(NamedTuple):
    """What a key of the footer shows and does."""

    key: str
    display: str
    description: str
    action: str
    is_disabled: bool
    tooltip: str
    name: str
    """Of its meaning."""

    @property
    def width(self) -> int:
        """With the space behind it."""
        return Content(f"{self.display} {self.description} ").cell_length

    @property
    def importance(self) -> int:
        if self.name in STAY:
            return len(FIRST_TO_GO) + 1
        return FIRST_TO_GO.index(self.name) if self.name in FIRST_TO_GO else len(FIRST_TO_GO)


class KeyFooter(Footer):
    """Decides anew at each width, and mounts its keys anew only when they are others."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._shown: list[_Key] = []

    def compose(self) -> ComposeResult:
        for key in self._shown:
            yield FooterKey(*key[:-1], classes="-compact")  # else each key is styled twice

    async def recompose(self) -> None:
        """Most moves of the keyboard change no key: to mount the same ones again is half the work of a move."""
        if self.is_attached and (keys := self._fitting_keys()) != self._shown:
            self._shown = keys
            await super().recompose()

    def on_resize(self) -> None:
        self.refresh(recompose=True)

    def _fitting_keys(self) -> list[_Key]:
        """Those that fit side by side, help first; none before the screen knows its keys."""
        keys = _keys_of(self.screen) if self._bindings_ready else []
        room, chosen = self.app.size.width, set()
        for key in sorted(keys, key=lambda key: key.importance, reverse=True):
            if key.width <= room:
                chosen.add(key)
                room -= key.width
        return sorted((key for key in keys if key in chosen), key=lambda key: key.name != "help")


def _keys_of(screen: Screen[Any]) -> list[_Key]:
    """The keys to show, one of each action."""
    keys: dict[str, _Key] = {}
    for _, binding, is_enabled, tooltip in screen.active_bindings.values():
        if binding.show:
            display = screen.app.get_key_display(binding)
            name = binding.id or ""
            key = _Key(binding.key, display, binding.description, binding.action, not is_enabled, tooltip, name)
            keys.setdefault(binding.action, key)
    return list(keys.values())
