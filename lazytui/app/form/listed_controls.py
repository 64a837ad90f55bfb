"""Controls for what can be listed: one of several, yes or no, and any number of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from lazytui.analyses.core.form_fields import ParamField, shown
from lazytui.app.form.control import LineControl
from lazytui.app.form.pick_list import Pickable, PickList, TickList


class Choice(LineControl):
    """One of several values: left and right go through them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Previous", show=False),
        Binding("right", "turn(1)", "Next", show=False),
    ]
    sign = "‹›"

    def action_turn(self, by: int) -> None:
        values = self._values()
        now = self._now()
        start = values.index(now) if now in values else -1 if by > 0 else 0
        self.give(values[(start + by) % len(values)])

    def action_pick(self) -> None:
        offered = [Pickable(value) for value in self.field.choices]
        self.app.push_screen(PickList(offered, str(self._now()), self.region), self._take)

    def _take(self, value: str | None) -> None:
        if value is not None:
            self.give(value)

    def _now(self) -> Any:
        if self.given is not None:
            return self.given
        return self._holding if self._holding in self.field.choices else None

    def _values(self) -> Sequence[Any]:
        """What the arrows go through; where no choice is what holds, that is among it."""
        return self.field.choices if self._holding in self.field.choices else (None, *self.field.choices)


class Tick(LineControl):
    """Yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("left,right", "pick", "Change", show=False)]
    sign = ""

    def action_pick(self) -> None:
        self.give(not self.given if self.given is not None else self._holding != self.boxed(True))

    def set_holding(self, value_text: str) -> None:
        super().set_holding(self.boxed(value_text == shown(True)))

    def value_text(self) -> str:
        return self.boxed(bool(self.given))

    @staticmethod
    def boxed(value: bool) -> str:
        return f"[{'x' if value else ' '}] {shown(value)}"


class Several(LineControl):
    """Any number of the values there are."""

    def action_pick(self) -> None:
        given = self._holding.split() if self.given is None else self.given
        offered = [Pickable(value) for value in self.field.choices]
        self.app.push_screen(TickList(offered, given, self.region), self._take)

    def _take(self, values: tuple[str, ...] | None) -> None:
        if values is not None:
            self.give(values)

    def value_text(self) -> str:
        return shown(tuple(self.given))

    def set_given(self, value: Any) -> None:
        super().set_given(None if value is None else tuple(value))


def choice_for(field: ParamField) -> LineControl:
    """The control for a field whose values can be listed."""
    if field.type is bool:
        return Tick(field)
    return Several(field) if field.several else Choice(field)
