"""A screen that walks through items, such as images or features: the next one, the one before, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding, BindingType

from lazytui.app.shell.base_screen import LabScreen


class BrowserScreen(LabScreen):
    """items: the numbers of those to walk through, in order. item: the number of the one that is shown.

    The item may be none of the items, where a filter leaves it out; then the numbers ascend.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step(1)", "Next", id="next-item", key_display="n N"),
        Binding("N", "step(-1)", "Previous", id="previous-item", show=False),
    ]

    @property
    def items(self) -> Sequence[int] | NDArray[np.intp]:
        raise NotImplementedError

    @property
    def item(self) -> int:
        raise NotImplementedError

    def show_item(self, item: int) -> None:
        raise NotImplementedError

    @property
    def position(self) -> int:
        """Where the item stands among the items, or the next one that is among them."""
        items = np.asarray(self.items)
        here = np.flatnonzero(items == self.item)
        return int(here[0]) if len(here) else min(int(np.searchsorted(items, self.item)), max(len(items) - 1, 0))

    def go_to(self, position: int) -> None:
        """Show one of the items by its position; before the first and after the last nothing is left to show."""
        items = self.items
        if len(items):
            item = int(items[min(max(position, 0), len(items) - 1)])
            if item != self.item:
                self.show_item(item)

    def action_step(self, by: int) -> None:
        """The next one, or the one before, also from an item that a filter leaves out."""
        items = np.asarray(self.items)
        if self.item in items:
            self.go_to(self.position + by)
        else:
            self.go_to(int(np.searchsorted(items, self.item)) - (by < 0))


def leave_with_network(screen: LabScreen) -> None:
    """Dismiss what shows a part of a network when another one is studied, once the list of networks has gone."""

    def leave() -> None:
        if screen.is_current:
            screen.dismiss()

    def leave_later() -> None:
        screen.app.call_later(leave)

    screen.watch(screen.lab, "network", leave_later, init=False)


def next_value(values: Sequence[Any], current: object, by: int = 1) -> Any:
    """The value after the current one, going round; the first where the current isn't one of them."""
    return values[(values.index(current) + by) % len(values)] if current in values else values[0]
