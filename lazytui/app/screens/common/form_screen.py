"""What screens share that are made around the form of an analysis: the form, starting its runs, folding it away."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from pydantic import BaseModel
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from lazytui.analyses.core.form_fields import ParamField, fields_of
from lazytui.analyses.networks.other_data import OtherDataParams, is_on_data
from lazytui.app.figures import FigureView
from lazytui.app.form import ParamsForm
from lazytui.app.form.text_control import Offers
from lazytui.app.shell.base_screen import LabScreen
from lazytui.errors import LazytuiError
from lazytui.plain_text import plain_text
from lazytui.runs.engines.settings import AUTO, LOCAL, chosen_engine
from lazytui.runs.human_names import DATA_FIELDS
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, find_line

NOT_RIGHT = "A field has an invalid value; f shows the form."


class FormScreen(LabScreen):
    """params, kind: of the analysis. first: the fields that matter most. go: what the button says."""

    params: type[BaseModel]
    kind: str
    first: Sequence[str] = ()
    go: str = "Run"
    _said = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "start", "Run", id="run"),
        Binding("f", "form", "Form", id="form"),
        Binding("escape", "close_form", "Close the form", id="back"),
    ]

    @property
    def kind_restored(self) -> str:
        return self.kind

    def compose_form(self, values: Mapping[str, object] | None = None) -> ComposeResult:
        """The form, with these values where nothing else was given, and what starts a run below it."""
        with Vertical(id="side"):
            yield ParamsForm(
                self.params,
                kind=self.kind,
                first=self.first,
                values=values,
                runs=self.lab.runs_of,
                offers=self.offers(),
            )
            yield from self.compose_buttons()

    def offers(self) -> Mapping[str, Offers]:
        """What can be chosen for fields that don't say so themselves, by name."""
        return {}

    def compose_command(self) -> ComposeResult:
        """What the form comes to, in a line, while it is closed."""
        yield Static(id="asked", markup=False)

    def say(self, text: str) -> None:
        """Something short about what is shown, beside the command."""
        self._said = text
        self._show_command()

    @on(ParamsForm.Changed)
    def _show_command(self) -> None:
        note = Content.styled(f"{plain_text(self._said)}  " if self._said else "", "$text-warning")
        command_line = Content.assemble(note, ("f ", "bold $text-accent"), plain_text(self.form.command))
        for label in self.query("#asked").results(Static):
            label.update(command_line)

    @on(ParamsForm.Changed)
    def _ask_otherwise(self) -> None:
        self.show_refusal("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "close_form":
            return self.query_one("#side").display
        return super().check_action(action, parameters)

    def compose_buttons(self) -> ComposeResult:
        yield Button(self.go, id="start", compact=True, variant="primary")
        if self._engine:
            yield Button(f"On {self._engine}", id="submit", compact=True)

    @cached_property
    def _engine(self) -> str:
        """Whose jobs runs can be here besides processes: the engine that engines.toml names, unless the form asks."""
        if self.lab.elsewhere or "engine" in self.params.model_fields:
            return ""
        try:
            name = chosen_engine(AUTO)
        except LazytuiError:  # whoever names an engine hears what is wrong with its settings
            return ""
        return "" if name == LOCAL else name

    @property
    def form(self) -> ParamsForm:
        return self.query_one(ParamsForm)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        getattr(self, f"action_{event.button.id}")()

    def action_submit(self) -> None:
        """The same as a job of the engine."""
        self.action_start(self._engine)

    def action_start(self, engine: str = "") -> None:
        """Run it in the background, and show the figures when they are there. engine: whose job it is to be."""
        if self.form.params is None:
            self.show_form(True)
            sentence = self.form.show_error()
            self.notify(sentence, severity="error")
            self.show_refusal(sentence)
        else:
            self.start(self.kind, self.form.touched, engine=engine)

    def action_form(self) -> None:
        """Open the form over the left side with the keyboard in it, or close it."""
        if self.query_one("#side").display:
            self.action_close_form()
        else:
            self.show_form(True)
            self.form.take_keyboard()

    def action_close_form(self) -> None:
        """The keyboard back to the figures; what is wrong goes back to what it was, and a network that was typed and
        isn't there gives way to the one studied."""
        self.form.take_back_wrong()
        self.show_form(False)
        self.leave_form()
        if (
            self._follows_networks()
            and not self.does_without_network
            and self._asked_networks() != self.lab.networks_studied
        ):
            self.ask_about_networks()
            self.notify(
                f"There is no trained network of that name; {self.lab.name_of(self.lab.network)} stays selected."
            )

    @on(ParamsForm.Accepted)
    def _offer_to_run(self) -> None:
        """From a field to what runs it: keys are keys again there, and another Enter runs."""
        self.query_one("#start", Button).focus()

    def show_form(self, shown: bool) -> None:
        self.query_one("#side").display = shown
        if shown:
            self.form.open()
        self.refresh_bindings()

    def leave_form(self) -> None:
        """The keyboard to the first figure with something to point at."""
        for view in self.figure_views():
            if view.HAS_CURSOR:
                view.focus(scroll_visible=False)
                return
        self.set_focus(None)

    def figure_views(self) -> Iterable[FigureView[Any]]:
        """The figures that are shown."""
        return [view for view in self.query(FigureView) if view.display]

    def on_mount(self) -> None:
        self._show_command()
        if self._follows_networks():
            self.watch(self.lab, "network", self.ask_about_networks)
            self.watch(self.lab, "second", self.ask_about_networks)

    def _follows_networks(self) -> bool:
        """Whether the form asks for a trained network."""
        return "run" in self._network_fields

    @property
    def _network_fields(self) -> dict[str, ParamField]:
        """The fields of the network under study and of the second one."""
        return {
            field.name: field
            for field in fields_of(self.params)
            if field.name in {"run", "against"} and field.reference and field.reference.kinds == ("train",)
        }

    @property
    def does_without_network(self) -> bool:
        """Whether the form names no network, and needs none: it asks for one to be trained first."""
        return self._follows_networks() and self.form.params is not None and "run" not in self.form.touched

    def ask_about_networks(self) -> None:
        """Ask about the networks under study; whatever else was given stays."""
        values = self.form.touched
        for name, field in self._network_fields.items():
            if name == "run" and self.does_without_network:
                continue
            network = self.lab.network if name == "run" else self.lab.second
            more = list(values.get(name, ()))[1:] if field.several and network else []
            values[name] = (network, *(other for other in more if other != network)) if field.several else network
        values = {name: value for name, value in values.items() if value not in ("", ("",))}
        if values != self.form.touched:
            self.form.set_values(values)

    def on_screen_resume(self) -> None:
        """Networks may have been chosen while another screen was open; what is being typed stays."""
        if not self.query_one("#side").display:
            self.ask_about_networks()

    @on(ParamsForm.Changed)
    def study_asked_networks(self) -> None:
        """The networks that the form names here are studied on every screen; one that isn't there is being typed.

        A run that was chosen to be shown may be of a network that is gone.
        """
        if not self._follows_networks() or self not in self.app.screen_stack:
            return
        network, second = self._asked_networks()
        shown = self._run.record.params.get("run") if self._run else None
        if network and network != self.lab.network and (self.lab.line_of(network) or network == shown):
            self.lab.study(network)
        if second != self.lab.second and (not second or self.lab.line_of(second)):
            self.lab.second = second

    def _asked_networks(self) -> tuple[str, str]:
        """By lasting names: the one that the form asks about, and the first that it is compared with. Where the form
        has no second, the app's stays."""
        values = self.form_values([*self._network_fields])
        second = values.get("against", "") if "against" in self._network_fields else self.lab.second
        if isinstance(second, list):
            second = second[0] if second else ""
        return str(values.get("run", "")), str(second)

    @property
    def local_values(self) -> dict[str, Any]:
        """What this machine decides, and whose code may run: as the form says here, never as a run recorded it."""
        return {"device": self.form.touched.get("device", "auto"), "model": self.form.touched.get("model")}

    def form_values(self, names: Sequence[str]) -> dict[str, object]:
        """What the form asks in those of the fields that were given, as a run records it: runs by a lasting name."""
        params, touched = self.form.params, self.form.touched
        values = {name: getattr(params, name) if params else touched.get(name) for name in names}
        references = {field.name for field in fields_of(self.params) if field.reference}
        return {
            name: _recorded(value, self._lasting if name in references else lambda other: other)
            for name, value in values.items()
            if value not in (None, ())
        }

    def asks_of_data_of(self, recorded: Mapping[str, object]) -> bool:
        """Whether a run looked at the data that the form asks for, where that asks for data at all."""
        return not issubclass(self.params, OtherDataParams) or is_on_data(recorded, self.form_values(DATA_FIELDS))

    def _lasting(self, reference: str) -> str:
        """What names a run from now on, where there is one that is meant.

        It is asked at every key: the runs that were seen are searched, not the disk.
        """
        if line := find_line(self.lab.lines, reference):
            return line.run.reference
        if os.sep not in reference:
            return reference
        try:
            return self.lab.workspace.reference(self.lab.workspace.find(reference))
        except LazytuiError:
            return reference


def chosen_or_newest(lines: Sequence[RunLine], run: RunFolder | None) -> RunLine | None:
    """Of some runs, oldest first, the one that was chosen where it is among them, or else the newest."""
    chosen = [line for line in lines if run and line.run.reference == run.reference]
    return next(reversed(chosen or lines), None)


def agrees(recorded: Mapping[str, object], form_values: Mapping[str, object]) -> bool:
    """Whether a run was asked the same in these fields."""
    return all(recorded.get(name) == value for name, value in form_values.items())


def _recorded(value: object, each: Callable[[str], str]) -> object:
    """A value as JSON has it. each: what becomes of every text in it."""
    if isinstance(value, tuple | list):
        return [_recorded(entry, each) for entry in value]
    return each(value) if isinstance(value, str) else value
