"""The form: a line a field, the rarer ones folded away, the focused one explained, and the command that it comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.message import Message
from textual.widgets import Collapsible

from lazytui.analyses.core.form_fields import ParamField, fields_of, shown
from lazytui.app.form.control import Given
from lazytui.app.form.field_help import Explanation, explained
from lazytui.app.form.form_row import Row
from lazytui.app.form.form_values import answers, command, needed
from lazytui.app.form.pick_list import Pickable
from lazytui.app.form.shell_line_widget import ShellLine
from lazytui.app.form.typed_control import Offers
from lazytui.code_permission import allow_named
from lazytui.plain_text import plain_text

RunOffers = Callable[[Sequence[str]], Sequence[Pickable]]
"""The runs of some kinds that can be chosen: what refers to each, and a few words about it."""


class _Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to the focused field; the arrows belong to the form."""


class ParamsForm(Vertical):
    """Shows the fields of a Params model and keeps what a person gives.

    Only what was given counts as touched: presets go on filling all the others, which show dimmed what would hold.
    """

    DEFAULT_CSS = """
    ParamsForm { height: 1fr; width: 1fr; }
    ParamsForm _Fields { height: 1fr; scrollbar-size-vertical: 1; }
    ParamsForm Collapsible { border: none; padding: 0; background: transparent; }
    ParamsForm Collapsible > Contents { padding: 0; height: auto; }
    ParamsForm CollapsibleTitle { padding: 0; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        Binding("ctrl+y", "copy_command", "Copy the command"),
        Binding("f1", "explain", "Explain the field", show=False),
    ]

    class Changed(Message):
        """Something was given, taken back, or set. params: None while something is wrong."""

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
        """kind: the analysis. values: given from the beginning. first: the fields that matter most; all where empty.

        runs: what can be chosen where a run is asked for. also: further words of the shell command. offers: what can be
        chosen for other fields, by name.
        """
        super().__init__(id=id)
        self.model = model
        self.kind = kind
        self._runs = runs
        self._also = tuple(also)
        self._more = offers or {}
        self._fields = {field.name: field for field in fields_of(model)}
        self._first = [self._fields[name] for name in first or self._fields]
        self._rest = [field for field in self._fields.values() if field not in self._first]
        self._rows: dict[str, Row] = {}
        self._focused: ParamField | None = None
        self._answers = answers(model, needed(model, values or {}))

    @property
    def params(self) -> BaseModel | None:
        """What the form comes to, or None while something is wrong."""
        return self._answers.params

    @property
    def touched(self) -> dict[str, Any]:
        """What was given, by field."""
        return self._answers.touched

    @property
    def command(self) -> str:
        """The shell command that does the same."""
        return command(self.kind, self.model, self.touched, self._also)

    def set_values(self, values: Mapping[str, object]) -> None:
        """Replace all that was given: by those of the values that make a difference."""
        self._answers = answers(self.model, needed(self.model, values))
        for name, row in self._rows.items():
            row.field_control.set_given(self._answers.given.get(name))
        self._show()

    def reset(self) -> None:
        """Take all that was given back."""
        self.set_values({})

    def show_wrong(self) -> str:
        """Take the keyboard to the first field that is wrong, and say what is wrong with it."""
        every = (field.name for field in (*self._first, *self._rest))
        name = next((name for name in every if name in self._answers.wrong), None)
        if name is None:
            return self._answers.together
        self.call_later(self._focus, self._fields[name])
        return f"{name.replace('_', ' ')}: {self._answers.wrong[name]}"

    def compose(self) -> ComposeResult:
        self._rows = self._make_rows(self._first)
        with _Fields():
            yield from self._rows.values()
            if self._rest:
                yield Collapsible(title="more options")
        yield Explanation()
        yield ShellLine()

    def on_mount(self) -> None:
        self._fill()

    async def _focus(self, field: ParamField) -> None:
        if field in self._rest:
            self.query_one(Collapsible).collapsed = False
            await self._make_rest()
        self._rows[field.name].field_control.focus()

    @on(Collapsible.Expanded)
    async def _make_rest(self) -> None:
        """The lines of the rarer fields, when they are first looked at: there may be fifty."""
        missing = [field for field in self._rest if field.name not in self._rows]
        if missing:
            made = self._make_rows(missing)
            await self.query_one(Collapsible.Contents).mount_all(made.values())
            self._rows |= made  # only now: a row that isn't mounted can't show what is set meanwhile
            self._fill()

    def _make_rows(self, fields: Sequence[ParamField]) -> dict[str, Row]:
        width = max(cell_len(field.name) for field in self._fields.values()) + 3
        return {field.name: Row(field, self._offers(field), width) for field in fields}

    def _fill(self) -> None:
        for name, value in self._answers.given.items():
            if name in self._rows:
                self._rows[name].field_control.set_given(value)
        self._show(tell=False)

    def on_resize(self, event: Resize) -> None:
        """Short forms keep most of their height for the fields."""
        height = event.size.height
        explanation, command = (3, 2) if height < 14 else (4, 4) if height < 20 else (7, 5) if height < 30 else (10, 8)
        self.query_one(Explanation).styles.height = explanation
        self.query_one(ShellLine).styles.max_height = command

    def on_given(self, event: Given) -> None:
        event.stop()
        allow_named({event.field.name: event.value})  # what comes from a run or a session was typed by nobody
        others = {name: value for name, value in self._answers.given.items() if name != event.field.name}
        given = others if event.value is None else others | {event.field.name: event.value}
        self._answers = answers(self.model, given)
        self._show()

    @on(DescendantFocus)
    def _explain_focused(self, event: DescendantFocus) -> None:
        self._focused = next((row.field for row in self._rows.values() if row.field_control is event.widget), None)
        self._show_state()

    @on(DescendantBlur)
    def _explain_nothing(self) -> None:
        self._focused = None
        self._show_state()

    def action_copy_command(self) -> None:
        self.app.copy_to_clipboard(self.command)
        self.notify("Copied the command.", markup=False)

    def action_explain(self) -> None:
        """Show all there is to say about the focused field."""
        if self._focused:
            name = self._focused.name
            self.app.push_screen(explained(self._focused, self._answers.wrong.get(name, ""), self._value(name)))

    def _offers(self, field: ParamField) -> Offers | None:
        if field.reference and self._runs:
            runs, kinds = self._runs, field.reference.kinds
            return lambda: runs(kinds)
        if field.name in self._more:
            return self._more[field.name]
        if field.suggestions and not field.choices:
            return lambda: [Pickable(suggestion, field.about.get(suggestion, "")) for suggestion in field.suggestions]
        return None

    def _show(self, *, tell: bool = True) -> None:
        """Bring all lines up to what was given, and tell the screen."""
        now = self._answers
        for name, row in self._rows.items():
            row.display = not row.field.sometimes or name in now.given or now.holds.get(name) is not None
            row.show(
                given=name in now.given, holds=_value_text(self._fields[name], now.holds), wrong=self._message_of(name)
            )
        if self._rest:
            self.query_one(Collapsible).title = self._title_of_rest()
        self.query_one(ShellLine).show(self.command)
        self._show_state()
        if tell:
            self.post_message(self.Changed(self, now.params))

    def _message_of(self, name: str) -> str:
        """What is wrong with a field; nothing is wrong yet with one that merely waits to be filled in."""
        return self._answers.wrong.get(name, "") if name in self._answers.given else ""

    def _title_of_rest(self) -> str:
        changed = sum(field.name in self._answers.given for field in self._rest)
        wrong = sum(bool(self._message_of(field.name)) for field in self._rest)
        parts = ["more options", f"{changed} chosen" if changed else "", f"{wrong} wrong" if wrong else ""]
        return " · ".join(part for part in parts if part)

    def _show_state(self) -> None:
        """Explain the focused field, after what is wrong with it or with all of them together."""
        name = self._focused.name if self._focused else ""
        wrong = self._answers.wrong.get(name, "") or self._answers.together
        self.query_one(Explanation).explain(self._focused, wrong, self._value(name))

    def _value(self, name: str) -> Any:
        """What a field comes to."""
        return self._answers.given.get(name, self._answers.holds.get(name))


def _value_text(field: ParamField, holds: Mapping[str, Any]) -> str:
    """What holds in words, as it stands in a field that nobody has touched."""
    if field.name not in holds:
        return "required"
    value = holds[field.name]
    return "–" if value is None else plain_text(shown(value))
