"""The network under study and the second one: header, form and figures speak of the same, on whichever screen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from lazytui.app.form import ParamsForm
from lazytui.app.form.text_control import TextControl
from lazytui.app.screens.common.form_screen import FormScreen
from lazytui.app.screens.common.run_panels import RunPanels
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.network_bar import NetworkBar
from lazytui.app.shell.popups.dialogs import AskRun
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.app.shell.session import Session, load, save
from lazytui.runs.workspace import Workspace, shipped_run
from tests.app.pilot import drive, screen_text, until

LAZY, CURED = "shipped/lazy-strokes", "shipped/cured-strokes"
ABOUT_NETWORKS = [entry for entry in SCREENS if entry.mode in {"evaluate", "gradcam", "neurons", "features", "attack"}]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two trainings, of which the second is newer, and an evaluation of the first."""
    for name, source, created, params in (
        ("first", "lazy-strokes", 1.0, {}),
        ("second", "cured-strokes", 2.0, {}),
        ("evaluated", "evaluate-lazy-strokes", 3.0, {"run": "first"}),
    ):
        shutil.copytree(shipped_run(source).path, tmp_path / name)
        record = json.loads((tmp_path / name / "run.json").read_text())
        record |= {"created": created, "params": record["params"] | params}
        (tmp_path / name / "run.json").write_text(json.dumps(record))
    return Workspace(tmp_path)


def asked(app: LazytuiApp) -> tuple[object, object]:
    """What the form of the open screen asks about."""
    touched = app.screen.query_one(ParamsForm).touched
    second = touched.get("against", "")
    return touched.get("run"), second[0] if isinstance(second, tuple) else second


def agrees(app: LazytuiApp) -> bool:
    has_second = "against" in app.screen.query_one(ParamsForm).model.model_fields
    return asked(app) == (app.network, app.second if has_second else "")


def header(app: LazytuiApp) -> str:
    return str(app.screen.query_one(NetworkBar).render())


async def opened(pilot: Pilot[Any], mode: str, key: str) -> None:
    await pilot.press(key)
    await until(pilot, lambda: pilot.app.current_mode == mode and pilot.app.screen.query(ParamsForm))


async def choose(pilot: Pilot[Any], key: str, row: int) -> None:
    """Choose a network by its row in the list, the newest first."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, AskRun) and pilot.app.screen.query(OptionList))
    search = pilot.app.screen.query_one(Input)
    await until(pilot, lambda: pilot.app.focused is search)
    await pilot.press(*["down"] * row, "enter")


def test_what_is_chosen_on_one_screen_is_asked_about_on_every_other(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        assert app.network == "second", "the newest that was trained"
        for entry in ABOUT_NETWORKS:
            app.study("second")
            await opened(pilot, entry.mode, entry.key)
            await until(pilot, lambda: app.networks_studied == ("second", "") and agrees(app))
            await choose_some(pilot)

    async def choose_some(pilot: Pilot[Any]) -> None:
        for key, row, network, second in (("o", 1, "first", ""), ("a", 0, "first", "second"), ("a", 0, "first", "")):
            await choose(pilot, key, row)
            await until(pilot, lambda now=(network, second): app.networks_studied == now and agrees(app))
            assert app.networks_studied == (network, second)
        await opened(pilot, "evaluate", "3")
        await until(pilot, lambda: agrees(app))
        assert "lazy" not in header(app) and "seed 0 · easy 95.0 hard 0.4" in header(app)

    drive(app, steps)


def test_a_run_that_is_shown_takes_the_app_to_its_network_and_stays_shown(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        for reference, network, second in (
            ("evaluated", "first", ""),
            ("shipped/evaluate-lazy-and-cured-strokes", LAZY, CURED),
            ("shipped/neurons-lazy-strokes", LAZY, CURED),
            ("evaluated", "first", ""),
        ):
            app.open_run(reference)
            await until(pilot, lambda now=(network, second): app.networks_studied == now)
            for _ in range(5):
                await pilot.pause()
            assert app.networks_studied == (network, second) and agrees(app)
            assert isinstance(app.screen, FormScreen) and app.screen.followed
            assert app.screen.followed.reference == reference

    drive(app, steps)


def test_a_training_that_is_opened_is_shown_but_not_studied(workspace: Workspace) -> None:
    """The other screens would have nothing of it yet."""
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        app.study("second")
        app.open_run("first")
        await until(pilot, lambda: isinstance(app.screen, FormScreen) and app.screen.followed)
        assert isinstance(app.screen, FormScreen) and app.screen.followed
        await until(pilot, lambda: any("o chooses another" in note.message for note in app._notifications))
        assert app.screen.followed.id == "first" and app.network == "second"

    drive(app, steps)


def test_a_run_of_a_network_that_is_gone_is_shown_under_that_name(workspace: Workspace) -> None:
    shutil.rmtree(workspace.path / "first")
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 2)
        app.open_run("evaluated")
        await until(pilot, lambda: any(panels.figures for panels in app.screen.query(RunPanels)))
        assert app.network == "first" and agrees(app) and "first" in header(app)

    drive(app, steps)


def test_a_network_that_is_removed_gives_way_to_the_newest(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        app.study("first")
        app.second = "first"
        await opened(pilot, "attack", "7")
        app.control.remove([Workspace(workspace.path).find("first")])
        await until(pilot, lambda: app.networks_studied == ("second", ""))
        await until(pilot, lambda: agrees(app))

    drive(app, steps)


def test_a_network_is_typed_into_the_form_and_one_that_is_not_there_gives_way(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        await opened(pilot, "evaluate", "3")
        await pilot.press("f")
        field = next(field for field in app.screen.query(TextControl) if field.field.name == "run")
        field.focus()
        field.clear()
        await pilot.press(*"firs")
        await until(pilot, lambda: app.network == "first")
        field.clear()
        await pilot.press(*"nothing")
        await pilot.pause()
        assert app.network == "first"
        await pilot.press("escape")
        await until(pilot, lambda: agrees(app))
        assert "There is no trained network of that name" in "".join(note.message for note in app._notifications)
        assert app.network == "first" and not app.screen.query_one("#side").display

    drive(app, steps)


def test_one_escape_closes_the_form_wherever_the_keyboard_is_and_gives_single_keys_back(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot, "train", "2")
        for name in ("model", "epochs", "method"):
            await pilot.press("f")
            side = app.screen.query_one("#side")
            await until(pilot, lambda side=side: side.display and side.has_focus_within)
            control = app.screen.query_one(ParamsForm)._rows[name].field_control
            control.focus()
            await pilot.pause()
            assert "Close the form" in screen_text(app)
            await pilot.press("escape")
            await until(pilot, lambda side=side: not side.display)
            assert app.focused is not control
        assert app.screen.query_one(ParamsForm).touched == {}
        await pilot.press("3")
        await until(pilot, lambda: app.current_mode == "evaluate")

    drive(app, steps)


def test_digits_that_are_typed_into_a_field_are_text(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await opened(pilot, "train", "2")
        await pilot.press("f")
        form = app.screen.query_one(ParamsForm)
        await until(pilot, lambda: form.has_focus_within)
        form._rows["epochs"].field_control.focus()
        await pilot.press("7", "g", "q")
        await pilot.pause()
        assert form.touched == {"epochs": 7} and app.current_mode == "train"

    drive(app, steps)


def test_both_come_back_in_the_next_session_and_those_that_are_gone_do_not(workspace: Workspace) -> None:
    async def leave(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        app.study("first")
        app.second = LAZY
        await pilot.press("q")

    app = LazytuiApp(workspace)
    drive(app, leave)
    kept = load(workspace.path)
    assert (kept.network, kept.second) == ("first", LAZY)

    async def find(pilot: Pilot[Any]) -> None:
        await opened(pilot, "evaluate", "3")
        await until(pilot, lambda: len(again.lines) == 3 and agrees(again))
        assert again.networks_studied == ("first", LAZY)

    again = LazytuiApp(workspace)
    drive(again, find)

    save(Session(network="gone", second="shipped/gone"), workspace.path)

    async def begin(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(anew.lines) == 3)
        assert anew.networks_studied == ("second", "")

    anew = LazytuiApp(workspace)
    drive(anew, begin)


def test_a_run_of_last_time_does_not_displace_the_network_under_study(workspace: Workspace) -> None:
    save(Session(screen="evaluate", network="second", runs={"evaluate": "evaluated"}), workspace.path)
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.current_mode == "evaluate" and len(app.lines) == 3)
        for _ in range(5):
            await pilot.pause()
        assert app.network == "second" and agrees(app)
        await until(pilot, lambda: "No evaluation of this network yet" in screen_text(app))

    drive(app, steps)


def test_a_network_that_nobody_chose_is_studied_again_after_a_restart_until_another_is_trained(
    workspace: Workspace,
) -> None:
    def trained(name: str, created: float) -> None:
        shutil.copytree(workspace.path / "first", workspace.path / name)
        record = json.loads((workspace.path / name / "run.json").read_text())
        (workspace.path / name / "run.json").write_text(json.dumps(record | {"created": created}))

    async def leave(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.network == "second")
        await pilot.press("q")

    app = LazytuiApp(workspace)
    drive(app, leave)
    trained("meanwhile", 4.0)

    async def find(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(again.lines) == 4)
        assert again.network == "second" and not again.network_was_chosen
        trained("last", 5.0)
        await until(pilot, lambda: again.network == "last")
        again.control.remove([Workspace(workspace.path).find("last")])
        await until(pilot, lambda: again.network == "meanwhile")

    again = LazytuiApp(workspace)
    drive(again, find)


def test_a_first_network_that_was_trained_meanwhile_takes_the_place_of_a_bundled_one(workspace: Workspace) -> None:
    save(Session(screen="evaluate", network=LAZY, network_was_chosen=False), workspace.path)
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.current_mode == "evaluate" and len(app.lines) == 3)
        await until(pilot, lambda: app.network == "second" and agrees(app))

    drive(app, steps)


def test_nothing_to_choose_from_is_left_by_escape(tmp_path: Path) -> None:
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        for key in "oa":
            await pilot.press(key)
            await until(pilot, lambda: app.screen.query(OptionList))
            await pilot.press("escape")
            await until(pilot, lambda: not app.screen.query(OptionList))
        assert app.networks_studied == (LAZY, "")

    drive(app, steps)
