"""The form: a line a field, the rarer ones folded away, the focused one explained, and the command that it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.message import Message
from textual.widget import AwaitMount
from textual.widgets import Collapsible

from lazytui.analyses.core.form_fields import ParamField, fields_of, format_value
from lazytui.app.form.field_help import FieldHelp, help_box
from lazytui.app.form.form_row import Row
from lazytui.app.form.form_values import check_values, needed_values
from lazytui.app.form.line_control import ValueChanged
from lazytui.app.form.pick_list import Pickable
from lazytui.app.form.shell_command import shell_command
from lazytui.app.form.shell_command_widget import ShellCommand
from lazytui.app.form.text_control import Offers, TextControl
from lazytui.code_permission import allow_named
from lazytui.plain_text import plain_text

RunOffers = Callable[[Sequence[str]], Sequence[Pickable]]
"""The runs of some kinds that can be chosen: what refers to each, and a few words about it."""


class _Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to the focused field; the arrows belong to the form."""


class ParamsForm(Vertical):
    """Shows the fields of a Params model and keeps the values that a person chooses.

    Only chosen values count as touched: presets go on filling all other fields, which show their defaults dimmed.
    """

    DEFAULT_CSS = """
    ParamsForm { height: 1fr; width: 1fr; }
    ParamsForm _Fields { height: 1fr; scrollbar-size-vertical: 1; }
    ParamsForm Collapsible { border: none; padding: 0; background: transparent; }
    ParamsForm Collapsible > Contents { padding: 0; height: auto; }
    ParamsForm CollapsibleTitle { padding: 0; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Field above", show=False, id="up"),
        Binding("down", "app.focus_next", "Field below", show=False, id="down"),
        Binding("ctrl+y", "copy_command", "Copy the command", id="copy-command"),
        Binding("f1", "explain", "Explain the field", show=False, id="field-help"),
        Binding("escape", "take_back", "Take back", id="back"),
    ]

    class Accepted(Message):
        """What was typed into a field is as it shall be."""

    class Changed(Message):
        """A value was chosen, taken back, or set. params: None while something is wrong."""

        def __init__(self, form: ParamsForm, params: BaseModel | None) -> None:
            super().__init__()
            self.form = form
            self.params = params

        @property
        def control(self) -> ParamsForm:
            return self.form

    def __init__(
        self,
        model: type[BaseModel],
        *,
        kind: str,
        values: Mapping[str, object] | None = None,
        first: Sequence[str] = (),
        runs: RunOffers | None = None,
        also: Sequence[str] = (),
        offers: Mapping[str, Offers] | None = None,
        id: str | None = None,
    ) -> None:
        """kind: the analysis. values: to begin with. first: the fields that matter most; all where empty.

        runs: what can be chosen where a run is asked for. also: further words of the shell command. offers: what can be
        chosen for other fields, by name.
        """
        super().__init__(id=id)
        self.model = model
        self.kind = kind
        self._runs = runs
        self._also = tuple(also)
        self._other_offers = offers or {}
        self._fields = {field.name: field for field in fields_of(model)}
        self._first = [self._fields[name] for name in first or self._fields]
        self._rest = [field for field in self._fields.values() if field not in self._first]
        self._rows: dict[str, Row] = {}
        self._focused: ParamField | None = None
        self._before: dict[str, Any] = {}
        """What was right of each field when it took the keyboard last."""
        self._values = check_values(model, needed_values(model, values or {}))

    @property
    def params(self) -> BaseModel | None:
        """What the form comes to, or None while something is wrong."""
        return self._values.params

    @property
    def touched(self) -> dict[str, Any]:
        """The values that a person chose, by field."""
        return self._values.touched

    @property
    def command(self) -> str:
        """The shell command that does the same."""
        return shell_command(self.kind, self.model, self.touched, self._also)

    def set_values(self, values: Mapping[str, object]) -> None:
        """Replace all values: by those of the values that make a difference."""
        self._values = check_values(self.model, needed_values(self.model, values))
        for name, row in self._rows.items():
            row.field_control.show_value(self._values.values.get(name))
        self._show()

    def reset(self) -> None:
        """Take all values back."""
        self.set_values({})

    def open(self) -> None:
        """Make the lines, if that wasn't done yet: a form that stays closed costs its screen nothing."""
        self.call_later(self._add_first)

    def take_keyboard(self) -> None:
        """To the first field."""
        self.call_later(self._focus, self._first[0])

    def show_error(self) -> str:
        """Take the keyboard to the first field that is wrong, and say what is wrong with it."""
        every = (field.name for field in (*self._first, *self._rest))
        name = next((name for name in every if name in self._values.errors), None)
        if name is None:
            return self._values.joint_error
        self.call_later(self._focus, self._fields[name])
        return f"{name.replace('_', ' ')}: {self._values.errors[name]}"

    def compose(self) -> ComposeResult:
        yield _Fields()
        yield FieldHelp()
        yield ShellCommand()

    async def _focus(self, field: ParamField) -> None:
        await self._add_first()
        if field in self._rest:
            self.query_one(Collapsible).collapsed = False
            await self._add_rest()
        self._rows[field.name].field_control.focus()

    async def _add_first(self) -> None:
        await self._add_rows(self._first, lambda rows: self.query_one(_Fields).mount_all([*rows, *self._folded()]))

    def _folded(self) -> Iterator[Collapsible]:
        """What holds the rarer fields, where there are any."""
        if self._rest:
            yield Collapsible(title="more options")

    @on(Collapsible.Expanded)
    async def _add_rest(self) -> None:
        """The lines of the rarer fields, when they are first looked at: there may be fifty."""
        await self._add_rows(self._rest, lambda rows: self.query_one(Collapsible.Contents).mount_all(rows))

    async def _add_rows(self, fields: Sequence[ParamField], mount: Callable[[Iterable[Row]], AwaitMount]) -> None:
        missing = [field for field in fields if field.name not in self._rows]
        if missing:
            rows = self._make_rows(missing)
            await mount(rows.values())
            self._rows |= rows  # only now: a row that isn't mounted can't show what is set meanwhile
            self._fill()

    def _make_rows(self, fields: Sequence[ParamField]) -> dict[str, Row]:
        width = max(cell_len(field.name) for field in self._fields.values()) + 3
        return {field.name: Row(field, self._offers(field), width) for field in fields}

    def _fill(self) -> None:
        for name, value in self._values.values.items():
            if name in self._rows:
                self._rows[name].field_control.show_value(value)
        self._show(notify=False)

    def on_resize(self, event: Resize) -> None:
        """Short forms keep most of their height for the fields."""
        height = event.size.height
        explanation, command = (3, 2) if height < 14 else (4, 4) if height < 20 else (7, 5) if height < 30 else (10, 8)
        self.query_one(FieldHelp).styles.height = explanation
        self.query_one(ShellCommand).styles.max_height = command

    def on_value_changed(self, event: ValueChanged) -> None:
        event.stop()
        allow_named({event.field.name: event.value})  # what comes from a run or a session was typed by nobody
        others = {name: value for name, value in self._values.values.items() if name != event.field.name}
        chosen_values = others if event.value is None else others | {event.field.name: event.value}
        self._values = check_values(self.model, chosen_values)
        self._show()

    @on(DescendantFocus)
    def _help_on_focused(self, event: DescendantFocus) -> None:
        self._focused = next((row.field for row in self._rows.values() if row.field_control is event.widget), None)
        if self._focused and not self._error_of(self._focused.name):
            self._before[self._focused.name] = self._values.values.get(self._focused.name)
        self._show_state()

    @on(TextControl.Accepted)
    def _accept(self, event: TextControl.Accepted) -> None:
        """A wrong value has to be mended, or taken back, first."""
        event.stop()
        if not self._error_of(event.field.name):
            self.post_message(self.Accepted())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "take_back":
            return bool(self._focused and self._error_of(self._focused.name))
        return super().check_action(action, parameters)

    def action_take_back(self) -> None:
        """The focused field as it was before something wrong was typed."""
        if self._focused:
            self._take_back([self._focused.name])

    def take_back_wrong(self) -> None:
        """Every field that is wrong as it was before."""
        self._take_back([name for name in self._values.errors if self._error_of(name)])

    def _take_back(self, names: Sequence[str]) -> None:
        if names:
            others = {name: value for name, value in self._values.values.items() if name not in names}
            before = {name: self._before[name] for name in names if self._before.get(name) is not None}
            self.set_values(others | before)

    @on(DescendantBlur)
    def _help_on_nothing(self) -> None:
        self._focused = None
        self._show_state()

    def action_copy_command(self) -> None:
        self.app.copy_to_clipboard(self.command)
        self.notify("Copied the command.", markup=False)

    def action_explain(self) -> None:
        """Show all there is to say about the focused field."""
        if self._focused:
            name = self._focused.name
            self.app.push_screen(help_box(self._focused, self._values.errors.get(name, ""), self._value(name)))

    def _offers(self, field: ParamField) -> Offers | None:
        if field.reference and self._runs:
            runs, kinds = self._runs, field.reference.kinds
            return lambda: runs(kinds)
        if field.name in self._other_offers:
            return self._other_offers[field.name]
        if field.suggestions and not field.choices:
            return lambda: [Pickable(suggestion, field.about.get(suggestion, "")) for suggestion in field.suggestions]
        return None

    def _show(self, *, notify: bool = True) -> None:
        """Bring all lines up to the values, and notify the screen."""
        now = self._values
        for name, row in self._rows.items():
            row.display = not row.field.is_conditional or name in now.values or now.defaults.get(name) is not None
            row.show(
                is_chosen=name in now.values,
                default=_default_text(self._fields[name], now.defaults),
                error=self._error_of(name),
            )
        if self._rest and self._rows:
            self.query_one(Collapsible).title = self._rest_title()
        for command in self.query(ShellCommand):  # none yet, where a run is shown on a screen that is just being made
            command.show(self.command)
        self._show_state()
        self.refresh_bindings()
        if notify:
            self.post_message(self.Changed(self, now.params))

    def _error_of(self, name: str) -> str:
        """What is wrong with a field; nothing is wrong yet with one that merely waits to be filled in."""
        return self._values.errors.get(name, "") if name in self._values.values else ""

    def _rest_title(self) -> str:
        changed = sum(field.name in self._values.values for field in self._rest)
        error = sum(bool(self._error_of(field.name)) for field in self._rest)
        parts = ["more options", f"{changed} chosen" if changed else "", f"{error} wrong" if error else ""]
        return " · ".join(part for part in parts if part)

    def _show_state(self) -> None:
        """Explain the focused field, after what is wrong with it or with all of them together."""
        name = self._focused.name if self._focused else ""
        error = self._values.errors.get(name, "") or self._values.joint_error
        for explained in self.query(FieldHelp):
            explained.explain(self._focused, error, self._value(name))

    def _value(self, name: str) -> Any:
        """What a field comes to."""
        return self._values.values.get(name, self._values.defaults.get(name))


def _default_text(field: ParamField, defaults: Mapping[str, Any]) -> str:
    """A field's default, as it stands there dimmed."""
    if field.name not in defaults:
        return "required"
    value = defaults[field.name]
    return "–" if value is None else plain_text(format_value(value))
