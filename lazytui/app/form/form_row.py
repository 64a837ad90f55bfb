"""One line of a form: a sign, the field's name, and its control; below it, what is wrong with the value."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from lazytui.analyses.core.form_fields import ParamField
from lazytui.app.form.choice_controls import choice_control
from lazytui.app.form.line_control import LineControl
from lazytui.app.form.text_control import Offers, TextControl


class Row(Vertical):
    DEFAULT_CSS = """
    Row { height: auto; }
    Row > Horizontal { height: 1; }
    Row .name { max-width: 50%; padding-right: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Row .list { width: 2; color: $text-disabled; background: $surface; padding-left: 1; }
    Row > .wrong { display: none; color: $text-error; padding-left: 2; text-wrap: nowrap; text-overflow: ellipsis; }
    Row.-wrong > .wrong { display: block; height: 1; }
    """

    def __init__(self, field: ParamField, offers: Offers | None, width: int) -> None:
        """width: of the name's column, in cells."""
        super().__init__()
        self.field = field
        self.field_control: LineControl | TextControl = (
            choice_control(field) if field.choices or field.type is bool else TextControl(field, offers)
        )
        self._offers = offers
        self._shown: tuple[bool, str] | None = None
        self._field_name = Static(classes="name", markup=False)  # mounted later than the row, which may be shown before
        self._field_name.styles.width = width

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self._field_name
            yield self.field_control
            if self._offers:
                yield Static("▾", classes="list", markup=False)

    def show(self, *, is_chosen: bool, default: str, error: str) -> None:
        """is_chosen: whether a person chose the value. default: what it is otherwise. error: a sentence, or nothing."""
        self.field_control.show_default(default)
        if (is_chosen, error) == self._shown:
            return
        self._shown = is_chosen, error
        sign = ("✗", "$text-error") if error else ("•", "$text-accent") if is_chosen else (" ", "")
        name = Content.assemble(sign, " ", (self.field.name.replace("_", " "), "bold" if is_chosen else ""))
        self._field_name.update(name, layout=False)
        self.set_class(bool(error), "-wrong")
        if error and not self.query(".wrong"):
            self.mount(Static(classes="wrong", markup=False))
        for line in self.query(".wrong").results(Static):
            line.update(Content(error), layout=False)

    def on_click(self, event: Click) -> None:
        """A click on the name goes to the control."""
        event.stop()
        self.field_control.focus()
        if event.widget is not None and event.widget.has_class("list"):
            self.field_control.action_pick()
