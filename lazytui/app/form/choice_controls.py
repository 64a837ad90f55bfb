"""Controls for what can be listed: one of several, yes or no, and any number of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from lazytui.analyses.core.form_fields import ParamField, format_value
from lazytui.app.form.line_control import LineControl
from lazytui.app.form.pick_list import Pickable, PickList, TickList


class Choice(LineControl):
    """One of several values: left and right go through them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Previous", show=False, id="left"),
        Binding("right", "turn(1)", "Next", show=False, id="right"),
    ]
    sign = "‹›"

    def action_turn(self, by: int) -> None:
        values, current = self._values(), self._current()
        start = values.index(current) if current in values else -1 if by > 0 else 0
        self.change(values[(start + by) % len(values)])

    def action_pick(self) -> None:
        offered = [Pickable(value) for value in self.field.choices]
        self.app.push_screen(PickList(offered, str(self._current()), self.region), self.take)

    def _current(self) -> Any:
        if self.value is not None:
            return self.value
        return self._default if self._default in self.field.choices else None

    def _values(self) -> Sequence[Any]:
        """What the arrows go through; where the default is none of the choices, it is among them."""
        return self.field.choices if self._default in self.field.choices else (None, *self.field.choices)


class YesNo(LineControl):
    """Yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "pick", "Change", show=False, id="left"),
        Binding("right", "pick", "Change", show=False, id="right"),
    ]
    sign = ""
    lists = False

    def action_pick(self) -> None:
        self.change(not self.value if self.value is not None else self._default != self.checkbox_text(True))

    def show_default(self, value_text: str) -> None:
        super().show_default(self.checkbox_text(value_text == format_value(True)))

    def value_text(self) -> str:
        return self.checkbox_text(bool(self.value))

    @staticmethod
    def checkbox_text(value: bool) -> str:
        return f"[{'x' if value else ' '}] {format_value(value)}"


class MultipleChoice(LineControl):
    """Any number of the values there are."""

    def action_pick(self) -> None:
        ticked = self._default.split(",") if self.value is None else self.value
        offered = [Pickable(value) for value in self.field.choices]
        self.app.push_screen(TickList(offered, ticked, self.region), self._take_ticked)

    def _take_ticked(self, ticked: tuple[str, ...] | None) -> None:
        """In the order of the list; what is as it is without a choice isn't one."""
        if ticked is not None:
            chosen = tuple(value for value in self.field.choices if value in ticked)
            if self.value is not None or format_value(chosen) != self._default:
                self.change(chosen)

    def value_text(self) -> str:
        return format_value(tuple(self.value))

    def show_value(self, value: Any) -> None:
        super().show_value(None if value is None else tuple(value))


def choice_control(field: ParamField) -> LineControl:
    """The control for a field whose values can be listed."""
    if field.type is bool:
        return YesNo(field)
    return MultipleChoice(field) if field.several else Choice(field)
