"""The form driven by keys: every kind of field at every size, presets, errors, lists, copying."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field, model_validator
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.pilot import Pilot
from textual.widgets import Collapsible, Static

from lazytui.analyses.core.analysis import RunReference
from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.analyses.evaluate.params import EvaluateParams
from lazytui.analyses.train.params import TrainParams
from lazytui.app.form import ParamsForm
from lazytui.app.form.field_help import HelpBox
from lazytui.app.form.form_row import Row
from lazytui.app.form.pick_list import Pickable, PickList
from lazytui.app.form.shell_command_widget import ShellCommand
from lazytui.app.form.text_control import TextControl
from lazytui.training.methods import METHODS
from lazytui.training.settings import AllMethodOptions
from tests.app.form.command_line import params_of
from tests.app.pilot import drive, screen_text, until

AT_80 = (80, 24)
SIZES = [(40, 12), (80, 24), (120, 36)]
HOSTILE = "[red]x[/] \x1b[31m\x1b]0;t\x07" + "長い" * 150


class Kinds(BaseModel):
    """A field of every kind."""

    run: Annotated[str, RunReference(kinds=("train",), argument=True)] = Field(description="A run.")
    word: str = Field("gap", description="A name.", examples=["gap", "gasp", "other"])
    way: Literal["up", "down", "left"] = Field("up", description="A way.")
    some: tuple[Literal["a", "b", "c"], ...] = Field(("b",), min_length=1, description="Some.")
    maybe: Literal["yes", "no"] | None = Field(None, description="Perhaps.")
    loud: bool = Field(False, description="Loud.")
    count: int = Field(3, ge=1, le=9, description="How many.")
    share: float = Field(0.5, ge=0, le=1, description="How much.")
    radii: tuple[float, ...] = Field((0.1, 0.2), description="How far.")
    size: Annotated[int, Field(ge=10)] | None = Field(None, description="How large.")

    @model_validator(mode="after")
    def _together(self) -> Kinds:
        if self.loud and self.way == "down":
            raise ValueError("Nobody is loud on the way down.")
        return self


class Host(App[None]):
    """The form in a narrow column, as screens have it, and single keys that must not be pressed by typing."""

    CSS = "#side { width: 34; }"
    BINDINGS: ClassVar = [(key, "press", "") for key in "0123456789qjeg"]

    def __init__(self, model: type[BaseModel], **options: Any) -> None:
        super().__init__()
        self.options = {"kind": "train", "runs": _runs, **options}
        self.model = model
        self.pressed = self.accepted = 0
        self.changes: list[BaseModel | None] = []

    @property
    def form(self) -> ParamsForm:
        return self.screen_stack[0].query_one(ParamsForm)

    def compose(self) -> ComposeResult:
        with Horizontal():
            with Vertical(id="side"):
                yield ParamsForm(self.model, **self.options)
            yield Static("beside")

    def action_press(self) -> None:
        self.pressed += 1

    def on_params_form_accepted(self) -> None:
        self.accepted += 1

    def on_params_form_changed(self, event: ParamsForm.Changed) -> None:
        self.changes.append(event.params)


def _runs(kinds: Sequence[str]) -> list[Pickable]:
    assert tuple(kinds) == ("train",)
    return [Pickable("latest", "the newest"), Pickable("shipped/cheat", "[b]gap-cnn"), Pickable("latest", "again")]


def fill_in(host: Host, scenario: Callable[[Pilot[Any]], Awaitable[None]], size: tuple[int, int]) -> None:
    """Take the steps of the scenario with the keyboard in the first field of the form."""

    async def steps(pilot: Pilot[Any]) -> None:
        host.query_one(ParamsForm).take_keyboard()
        await until(pilot, lambda: host.focused)
        await scenario(pilot)

    drive(host, steps, size)


async def _to(pilot: Pilot[Any], field: str) -> None:
    """Go down until the field has the focus."""
    for _ in range(60):
        control = pilot.app.focused
        if getattr(control, "field", None) and control.field.name == field:  # type: ignore[union-attr]
            return
        await pilot.press("down")
    raise AssertionError(f"the keyboard never reached {field}")


BY_KEYS: list[tuple[str, list[str], Any]] = [
    ("way", ["enter", "down", "down", "enter"], "left"),
    ("some", ["enter", "down", "space", "escape"], ("a", "b")),
    ("word", ["enter", "o", "t", "enter"], "other"),
    ("loud", ["space"], True),
    ("size", ["1", "2"], 12),
]
"""A field, the keys pressed on it, and its value then; None: untouched."""

MORE_BY_KEYS: list[tuple[str, list[str], Any]] = [
    ("word", ["e", "9", "q"], "e9q"),
    ("word", ["g", "a", "s", "right"], "gasp"),
    ("word", ["x", "backspace"], None),
    ("way", ["right"], "down"),
    ("way", ["left"], "left"),
    ("way", ["7", "escape"], None),
    ("loud", ["1"], None),
    ("way", ["space", "escape", "right", "backspace"], None),
    ("some", ["enter", "space", "down", "enter", "escape"], ("a",)),
    ("some", ["enter", "space", "space", "escape"], None),
    ("maybe", ["right", "right"], "no"),
    ("maybe", ["left", "right"], None),
    ("loud", ["enter", "right"], False),
    ("count", ["a", "7", "e"], 7),
    ("share", ["1", "q", "e", "minus", "1"], 0.1),
    ("radii", [*".3", "comma", "space", "1"], (0.3, 1.0)),
]


@pytest.mark.parametrize(("size", "cases"), [*((size, BY_KEYS) for size in SIZES), (AT_80, MORE_BY_KEYS)])
def test_every_kind_of_field_by_keys(size: tuple[int, int], cases: list[tuple[str, list[str], Any]]) -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        host = pilot.app
        assert isinstance(host, Host)
        rows = {row.field.name: row for row in host.query(Row)}
        for field, keys, expect in cases:
            host.form.set_values({"run": "r"})
            rows[field].field_control.focus()
            await pilot.press(*keys)
            await pilot.pause()
            assert host.form.touched == {"run": "r"} | ({} if expect is None else {field: expect}), (field, keys)
            assert getattr(host.form.params, field) == (Kinds.model_fields[field].default if expect is None else expect)
            assert host.changes[-1] == host.form.params
            assert host.pressed == 0

    fill_in(Host(Kinds, values={"run": "r"}), scenario, size)


@pytest.mark.parametrize("key", ["down", "tab"])
def test_the_arrows_and_tab_go_through_all_fields(key: str) -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        focused = [pilot.app.focused]
        for _ in range(9):
            await pilot.press(key)
            focused.append(pilot.app.focused)
        assert [control.field.name for control in focused if control] == list(Kinds.model_fields)  # type: ignore[attr-defined]
        await pilot.press({"down": "up", "tab": "shift+tab"}[key])
        assert pilot.app.focused is focused[-2]

    fill_in(Host(Kinds), scenario, AT_80)


@pytest.mark.parametrize("size", SIZES)
def test_a_run_is_picked_from_those_there_are(size: tuple[int, int]) -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        form = pilot.app.query_one(ParamsForm)
        assert form.params is None
        assert form.command == "lazytui run evaluate RUN"
        assert "required" in screen_text(pilot.app)
        assert "✗" not in screen_text(pilot.app)
        await _to(pilot, "run")
        await pilot.press("enter")
        await pilot.pause()
        assert "[b]gap-cnn" in screen_text(pilot.app)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert form.touched == {"run": "shipped/cheat"}
        assert params_of(form.command) == form.params

    fill_in(Host(EvaluateParams, kind="evaluate"), scenario, size)


def test_a_preset_refills_what_nobody_touched() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        form = pilot.app.query_one(ParamsForm)
        await _to(pilot, "sigma")
        await pilot.press(*"0.3")
        form.query_one(Collapsible)
        await _to(pilot, "dataset")
        await pilot.press(*"stroke")
        await pilot.pause()
        assert form.touched == {"dataset": "stroke", "sigma": 0.3}
        assert "gaussian,strip" in screen_text(pilot.app)
        assert params_of(form.command) == form.params

    first = ("sigma", "dataset", "texture")
    fill_in(Host(DatasetRunParams, kind="dataset", first=first), scenario, AT_80)


def test_the_options_of_a_method_are_there_while_the_method_is_chosen() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        form = pilot.app.query_one(ParamsForm)
        assert "adversary lr" not in screen_text(pilot.app)
        await _to(pilot, "method")
        await pilot.press(*"grl")
        await pilot.pause()
        assert "adversary lr   0.002" in screen_text(pilot.app)
        await _to(pilot, "alpha")
        await pilot.press("1")
        await pilot.pause()
        assert form.touched == {"method": "grl", "alpha": 1.0}
        assert params_of(form.command) == form.params
        form.set_values({"method": "erm"})
        await pilot.pause()
        assert "alpha" not in screen_text(pilot.app)

    first = ("method", *AllMethodOptions.OPTIONS)
    fill_in(Host(TrainParams, kind="train", first=first), scenario, AT_80)


def test_a_wrong_value_says_why_at_the_field_and_below() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        host = pilot.app
        assert isinstance(host, Host)
        await _to(pilot, "count")
        await pilot.press("1", "0")
        await pilot.pause()
        assert host.changes[-1] is None
        words = screen_text(host)
        assert "✗ count" in words
        assert words.count("Must be") == 2
        await pilot.press("backspace")
        await pilot.pause()
        assert host.changes[-1] is not None
        assert "✗" not in screen_text(host)
        assert "Must be" not in screen_text(host)

    fill_in(Host(Kinds, values={"run": "r"}), scenario, AT_80)


def test_escape_takes_back_what_is_wrong_to_what_the_field_had_before() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        host = pilot.app
        assert isinstance(host, Host)
        await _to(pilot, "count")
        await pilot.press("7", "up", "down", "5", "0")
        await until(pilot, lambda: host.form.params is None)
        await pilot.press("enter")
        assert host.accepted == 0, "it has to be mended first"
        await pilot.press("escape")
        await until(pilot, lambda: host.form.touched.get("count") == 7)
        await pilot.press("backspace", "8", "enter")
        await until(pilot, lambda: host.accepted == 1)
        assert host.form.touched["count"] == 8

    fill_in(Host(Kinds, values={"run": "r"}), scenario, AT_80)


def test_values_that_do_not_go_together_are_said_below_whatever_has_the_focus() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        await _to(pilot, "way")
        await pilot.press("right")
        await _to(pilot, "loud")
        await pilot.press("space")
        await pilot.pause()
        assert pilot.app.query_one(ParamsForm).params is None
        assert "Nobody is loud" in screen_text(pilot.app)
        await pilot.press("up")
        await pilot.pause()
        assert "Nobody is loud" in screen_text(pilot.app)

    fill_in(Host(Kinds, values={"run": "r"}), scenario, AT_80)


def test_rare_fields_wait_under_more_options_which_say_what_was_chosen_there() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        assert "share" not in screen_text(pilot.app)
        assert "more options · 1 chosen" in screen_text(pilot.app)
        while not pilot.app.focused or getattr(pilot.app.focused, "field", None):
            await pilot.press("down")
        await pilot.press("enter", "down")
        await pilot.pause()
        assert "share" in screen_text(pilot.app)
        await _to(pilot, "size")
        assert "• size" in screen_text(pilot.app)
        assert pilot.app.focused is not None
        assert pilot.app.focused.region in pilot.app.query_one(ParamsForm).region

    fill_in(Host(Kinds, values={"run": "r", "size": 20}, first=("way", "run")), scenario, AT_80)


def test_a_text_field_shows_that_it_has_the_keyboard_as_every_control_does() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        ground = {}
        for name in ("way", "count"):
            await _to(pilot, name)
            assert pilot.app.focused is not None
            ground[name] = pilot.app.focused.styles.background
        assert ground["way"] == ground["count"]
        pilot.app.screen.set_focus(None)
        await pilot.pause()
        assert all(control.styles.background != ground["count"] for control in pilot.app.query(TextControl))

    fill_in(Host(Kinds, values={"run": "r"}), scenario, AT_80)


def test_the_command_is_shown_and_copied() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        form = pilot.app.query_one(ParamsForm)
        await _to(pilot, "model")
        await pilot.press(*"my file.py", "ctrl+y")
        await pilot.pause()
        assert form.command == "lazytui run train --model 'my file.py'"
        assert pilot.app.clipboard == form.command
        assert params_of(pilot.app.clipboard) == form.params
        assert "--model 'my" in screen_text(pilot.app)

    fill_in(Host(TrainParams), scenario, AT_80)


def test_further_words_stand_in_the_command() -> None:
    form = ParamsForm(TrainParams, kind="train", values={"epochs": 2}, also=("--workspace", "a b"))
    assert form.command == "lazytui run train --epochs 2 --workspace 'a b'"


def test_values_are_set_and_taken_back() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, Host)
        form, changes = pilot.app.form, pilot.app.changes
        wanted = TrainParams(dataset="stroke", texture=("level",), epochs=7, device="cpu")
        form.set_values(wanted.model_dump())
        await pilot.pause()
        assert form.params == wanted == changes[-1]
        assert form.touched == {"dataset": "stroke", "texture": ("level",), "epochs": 7, "device": "cpu"}
        assert "• dataset        stroke" in screen_text(pilot.app)
        form.reset()
        await pilot.pause()
        assert form.params == TrainParams() == changes[-1]
        assert "•" not in screen_text(pilot.app)
        assert len(changes) == 2

    fill_in(Host(TrainParams, first=("dataset", "epochs")), scenario, AT_80)


def test_fast_typing_keeps_every_letter_and_every_turn() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        form = pilot.app.query_one(ParamsForm)
        await _to(pilot, "dataset")
        names = list(form.model.model_fields)
        below = names.index("placement") - names.index("dataset")
        await pilot.press(*"stroke", *["down"] * below, *["right"] * 3)
        await pilot.pause()
        assert form.touched == {"dataset": "stroke", "placement": "none"}

    fill_in(Host(DatasetRunParams, kind="dataset"), scenario, AT_80)


def test_names_of_a_catalog_come_with_what_they_are() -> None:
    """In the list of a field, and below the fields of the one that is chosen."""

    async def scenario(pilot: Pilot[Any]) -> None:
        await _to(pilot, "method")
        await until(pilot, lambda: METHODS["erm"].summary in " ".join(screen_text(pilot.app).split()))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickList))
        await pilot.press(*"permute")
        await pilot.pause()
        assert METHODS["permute-jitter"].summary[:40] in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is pilot.app.screen_stack[0])
        assert "Alters images." in " ".join(screen_text(pilot.app).split())

    fill_in(Host(TrainParams, kind="train", first=("method",)), scenario, (120, 36))


def test_the_whole_explanation_opens() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        await _to(pilot, "texture")
        assert "F1" in screen_text(pilot.app)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpBox))
        assert "one to three strokes" in " ".join(screen_text(pilot.app).replace("│", " ").split())
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen is pilot.app.screen_stack[0]

    fill_in(Host(DatasetRunParams, kind="dataset"), scenario, AT_80)


@pytest.mark.parametrize("size", SIZES)
def test_hostile_defaults_values_and_runs_are_only_text(size: tuple[int, int]) -> None:
    class Hostile(BaseModel):
        name_that_is_longer_than_any_column_has_room_for: str = Field(HOSTILE, description=HOSTILE, examples=[HOSTILE])
        way: Literal["[bold]a", "\x1b[1mb"] = Field("\x1b[1mb", description="[/]")
        run: Annotated[str, RunReference(kinds=("train",))] = Field("[/nothing]", description="A run.")

    def runs(_kinds: Sequence[str]) -> list[Pickable]:
        return [Pickable("\x1b[31mred"), Pickable("[link=x]" * 40, HOSTILE)]

    async def scenario(pilot: Pilot[Any]) -> None:
        form = pilot.app.query_one(ParamsForm)
        for _ in range(3):
            await pilot.press("enter")
            await pilot.pause()
            assert "\x1b" not in screen_text(pilot.app)
            await pilot.press("escape", "down")
        form.set_values({"run": HOSTILE, "way": "neither [b]"})
        await pilot.pause()
        assert "\x1b" not in screen_text(pilot.app)
        assert "[red]x" in screen_text(pilot.app)
        assert form.params is None

    fill_in(Host(Hostile, runs=runs), scenario, size)


def test_a_pasted_wall_of_digits_does_not_hold_the_app_up() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        from textual.events import Paste

        await _to(pilot, "share")
        assert pilot.app.focused is not None
        for text in ("1" * 400 + "x", "\x1b[31m0.25\nsecond line", "9" * 5000):
            pilot.app.focused.post_message(Paste(text))
        await pilot.pause()
        assert pilot.app.query_one(ParamsForm).touched == {"run": "r"}
        await pilot.press(*"0.25")
        await pilot.pause()
        assert pilot.app.query_one(ParamsForm).touched == {"run": "r", "share": 0.25}

    fill_in(Host(Kinds, values={"run": "r"}), scenario, AT_80)


def test_the_terminal_changes_size_at_any_moment() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        form = pilot.app.query_one(ParamsForm)
        await _to(pilot, "way")
        for size in [(40, 12), (200, 60), (3, 2), (80, 24)]:
            await pilot.resize_terminal(*size)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, PickList))
            await pilot.resize_terminal(*size[::-1])
            await pilot.press("down", "enter")
            await pilot.pause()
        assert "way" in form.touched

    fill_in(Host(Kinds, values={"run": "r"}), scenario, AT_80)


def test_at_the_smallest_size_a_field_its_explanation_and_the_command_are_seen() -> None:
    async def scenario(pilot: Pilot[Any]) -> None:
        await _to(pilot, "size")
        await pilot.pause()
        words = screen_text(pilot.app)
        assert "  size" in words
        assert "--size How large." in words
        assert "lazytui run train" in words

    fill_in(Host(Kinds, values={"run": "r"}), scenario, (40, 12))


def test_a_run_may_be_shown_before_the_command_is_mounted() -> None:
    command = ShellCommand()
    command.show("lazytui run evaluate latest")
    assert [str(text.content) for text in command.compose()] == ["lazytui run evaluate latest"]
