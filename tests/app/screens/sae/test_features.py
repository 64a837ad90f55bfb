"""The screen of features, by keyboard: live curves, the table, a feature's page and its label, and the dial."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Footer, Input, Static

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.sae.feature_labels import read_labels
from lazytui.analyses.sae.live import DoseAnswer, DoseQuestion, DoseResponseSession
from lazytui.analyses.sae.result import SaeResult
from lazytui.app.figures import FigureView, LinesView, MatrixView, PixelsView, TableView
from lazytui.app.form import ParamsForm
from lazytui.app.form.pick_list import PickList
from lazytui.app.panels.panel import Panel
from lazytui.app.screens.sae.dose_response import DoseResponseScreen
from lazytui.app.screens.sae.feature_page_screen import FeaturePage
from lazytui.app.screens.sae.screen import FeaturesScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.popups.dialogs import AskText
from lazytui.app.shell.popups.help_screen import Help
from lazytui.errors import LazytuiError
from lazytui.models.build import build_model
from lazytui.models.weights_saving import save_weights
from lazytui.runs.jobs import request_stop
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace
from lazytui.sae.category_names import CATEGORIES
from tests.app.pilot import drive, screen_text, shown_figures, shows, until
from tests.commands import Lab, wait_until

SIZES = [(80, 24), (120, 36), (200, 60)]


@pytest.fixture
def workspace(features_found: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("LAZYTUI_DATA", str(tmp_path / "data"))
    shutil.copytree(features_found.workspace, tmp_path / "runs")
    return Workspace(tmp_path / "runs")


@pytest.fixture
def result(workspace: Workspace) -> SaeResult:
    found: SaeResult = recorded_result(workspace.find("found"))
    return found


async def open_screen(pilot: Pilot[Any]) -> FeaturesScreen:
    """The screen with the keyboard in its table."""
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, FeaturesScreen))
    await until(pilot, lambda: isinstance(pilot.app.focused, TableView))
    screen = pilot.app.screen
    assert isinstance(screen, FeaturesScreen)
    return screen


async def type_in(pilot: Pilot[Any], key: str, text: str) -> None:
    """Press a key that asks for a line of text, and give it."""
    asker = pilot.app.screen
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, AskText) and pilot.app.screen.query(Input))
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen is asker)


async def open_dial(pilot: Pilot[Any]) -> DoseResponseScreen:
    """On the feature under the cursor, with its first answer."""
    await pilot.press("v")
    await until(pilot, lambda: isinstance(pilot.app.screen, DoseResponseScreen))
    dial = pilot.app.screen
    assert isinstance(dial, DoseResponseScreen)
    await answered(pilot, dial)
    return dial


async def answered(pilot: Pilot[Any], dial: DoseResponseScreen) -> DoseQuestion:
    """What was asked last, once it is answered."""
    await until(pilot, lambda: dial.answered_question is not None and dial.answered_question == dial.question)
    assert dial.answered_question
    return dial.answered_question


async def stepped(pilot: Pilot[Any], dial: DoseResponseScreen, *keys: str) -> DoseQuestion:
    await pilot.press(*keys)
    return await answered(pilot, dial)


def bars(dial: DoseResponseScreen, when: str) -> np.ndarray[Any, Any]:
    """The ten probabilities before or after, in percent."""
    figure = dial.query_one(MatrixView).figure
    return np.asarray(figure.values[:, figure.column_labels.index(when)])


def numbers(table: TableView) -> list[int]:
    return [int(table.figure.rows[row][0] or 0) for row in table.order]


def words(screen: Any) -> str:
    """What is said, in a panel or below them."""
    said = screen.query("#panel-table .sentence, #doing").results(Static)
    return " ".join(filter(None, (str(one.render()) for one in said)))


def chart(screen: FeaturesScreen, panel: str = "curves") -> str:
    """The figure that a panel shows."""
    return "".join(figure.name for figure in screen.panel(panel).shown)


def asked(pilot: Pilot[Any]) -> dict[str, object]:
    """What was given to the form of the screen that lies on top."""
    return dict(pilot.app.screen.query_one(ParamsForm).touched)


def notes(app: LazytuiApp) -> str:
    return "\n".join(note.message for note in app._notifications)


def test_without_a_run_of_ones_own_features_that_came_along_are_shown_and_only_read(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        assert "They come with lazytui" in screen_text(pilot.app)
        assert "f lazytui run sae shipped/lazy-strokes" in screen_text(pilot.app), "what g runs"
        await until(pilot, lambda: chart(screen) == "unexplained")
        await pilot.press("X")
        await until(pilot, lambda: shows(pilot.app, "sae-experiments"))
        await until(pilot, lambda: asked(pilot).get("sae") == "shipped/sae-lazy-strokes")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.focused, TableView))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FeaturePage))
        await until(pilot, lambda: bool(pilot.app.screen.query(PixelsView)))
        await pilot.press("r")
        await until(pilot, lambda: "so it can't be labelled" in notes(pilot.app))

    drive(LazytuiApp(Workspace(tmp_path / "runs")), steps)


def test_the_table_holds_every_feature_and_is_sorted_filtered_and_searched(
    workspace: Workspace, result: SaeResult
) -> None:
    app = LazytuiApp(workspace)
    category = result.category

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        table = screen.table
        assert table and sorted(numbers(table)) == list(range(len(category)))
        assert "analysis found" in words(screen)
        await pilot.press("greater_than_sign", "greater_than_sign")
        assert numbers(table) == list(range(len(category)))
        for index, name in enumerate(CATEGORIES):
            await pilot.press("h")
            await until(pilot, lambda name=name: f"Only {name}" in words(screen))
            assert set(numbers(table)) == set(np.flatnonzero(category == index)), name
        await type_in(pilot, "slash", "no such thing")
        assert numbers(table) == []
        await type_in(pilot, "slash", "")
        assert len(numbers(table)) == len(category)
        await pilot.press("m")
        await until(pilot, lambda: screen.table and screen.table.figure.name == "effects")
        assert chart(screen) == "unexplained"
        screen.panel("curves").views[0].focus()
        await pilot.press("m")
        assert chart(screen) == "l0"
        await pilot.press("m")
        assert chart(screen) == "dead-share"
        assert chart(screen, "others") == "verdict"
        screen.panel("others").views[0].focus()
        others = set()
        while chart(screen, "others") not in others:
            others.add(chart(screen, "others"))
            await pilot.press("m")
        assert "colors" in others

    drive(app, steps)


def test_a_table_is_fitted_when_its_panel_alone_gets_another_width(tmp_path: Path) -> None:
    def columns(screen: FeaturesScreen) -> int:
        return len(screen.table.figure.columns) if screen.table else 0

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        whole = columns(screen)
        screen.panel("table").styles.max_width = 60
        await until(pilot, lambda: columns(screen) < whole)
        screen.panel("table").styles.max_width = None
        await until(pilot, lambda: columns(screen) == whole)

    drive(LazytuiApp(Workspace(tmp_path / "runs")), steps, size=SIZES[-1])


def test_a_label_is_kept_shown_and_found_and_control_characters_are_refused(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        assert screen.table
        first, second = numbers(screen.table)[:2]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FeaturePage) and pilot.app.screen.query(FigureView))
        page = pilot.app.screen
        assert isinstance(page, FeaturePage)
        names = {f"feature-{first}-{part}" for part in ("heat", "evidence", "maps", "preferred")}
        assert names <= {figure.name for figure in page.shown_figures()}
        await pilot.press("n")
        await until(pilot, lambda: f"Feature {second} (" in screen_text(app))
        assert all(figure.name.startswith(f"feature-{second}-") for figure in page.shown_figures())
        await type_in(pilot, "r", "sun\x1b[31m")
        await until(pilot, lambda: "without control characters" in notes(app))
        assert read_labels(workspace.find("found")) == {}
        await type_in(pilot, "r", "the setting sun")
        await until(pilot, lambda: "“the setting sun”" in screen_text(app))
        assert read_labels(workspace.find("found")) == {second: "the setting sun"}
        await pilot.press("N", "N")
        await until(pilot, lambda: f"Feature {first} (" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen and "the setting sun" in screen_text(app))
        await type_in(pilot, "slash", "SETTING")
        assert screen.table and numbers(screen.table) == [second]

    drive(app, steps)


def test_the_dial_turns_ablates_swaps_and_steers_at_a_key(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        assert screen.table
        feature = numbers(screen.table)[0]
        dial = await open_dial(pilot)
        assert (await answered(pilot, dial)).dose.features == (feature,)
        assert np.allclose(bars(dial, "before"), bars(dial, "after"), atol=1e-4)
        question = await stepped(pilot, dial, "b")
        (answer,) = [one for one in DoseResponseSession(workspace).answers(question) if one.after]
        assert answer.after and np.allclose(bars(dial, "after"), 100 * answer.after.probabilities, atol=1e-3)
        assert not np.allclose(bars(dial, "before"), bars(dial, "after"), atol=0.1)
        assert "ablated" in words(dial) and "0.0 x" in screen_text(app)
        image, gaze, here = (view.figure for view in dial.query(PixelsView))
        assert here.name == "features-here" and here.title.startswith(f"Feature {feature} ")
        assert image.overlay is None, "the image itself stands there in color"
        assert gaze.overlay is not None and not np.allclose(gaze.overlay[0], gaze.overlay[1], atol=0.01)
        assert (await stepped(pilot, dial, "right", "right", "left")).dose.factor == 0.1
        assert (await stepped(pilot, dial, "end")).dose.factor == 3
        assert (await stepped(pilot, dial, "home")).dose.factor == 0
        assert (await stepped(pilot, dial, "b")).dose.factor == 1, "b puts back what it took out"
        await stepped(pilot, dial, "right", "backspace")
        assert np.allclose(bars(dial, "before"), bars(dial, "after"), atol=1e-4)
        assert (await stepped(pilot, dial, "m")).dose.how == "steer"
        assert (await stepped(pilot, dial, "m")).dose.how == "scale"
        other = (feature + 1) % 64
        await type_in(pilot, "W", str(other))
        swapped = (await answered(pilot, dial)).dose
        assert (swapped.how, swapped.features, swapped.into) == ("swap", (feature,), (other,))
        assert f"swapped for feature {other}" in words(dial)
        await type_in(pilot, "slash", "9999")
        await until(pilot, lambda: "There is no feature 9999" in notes(app))
        assert [figure.name for figure in dial.shown_figures()] == [
            "image",
            "gaze",
            "features-here",
            "probabilities",
            "turn",
        ]

    drive(app, steps)


def test_images_and_features_are_gone_through_on_the_dial(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        dial = await open_dial(pilot)
        first = await answered(pilot, dial)
        album = dial.album
        assert album
        second = await stepped(pilot, dial, "n")
        assert second.image_index == first.image_index + 1 and second.dose == first.dose
        assert (await stepped(pilot, dial, "N")).image_index == first.image_index
        below = (await stepped(pilot, dial, "down")).dose.features
        assert below != first.dose.features
        await stepped(pilot, dial, "space")
        assert (await stepped(pilot, dial, "up")).dose.features == (*first.dose.features, *below)
        for key, labels in (("d", album.split.labels), ("h", album.split.attributes)):
            await pilot.press("backspace")
            index = (await stepped(pilot, dial, key)).image_index
            assert labels[index] == 0
        await pilot.press("backspace", "w")
        assert "where it is active" in words(dial)
        easy = await stepped(pilot, dial, "H")
        assert easy.split == "easy" and "easy split" in words(dial)

    drive(app, steps)


class Held(DoseResponseSession):
    """A dial whose answers wait until they are let go; what it was asked is kept."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.asked: list[DoseQuestion] = []
        self.go = Event()

    def answers(self, question: DoseQuestion) -> Iterator[DoseAnswer]:
        self.asked.append(question)
        self.go.wait(60)
        yield from super().answers(question)


def test_rapid_keys_come_to_one_question_and_leaving_while_it_computes_is_safe(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = LazytuiApp(workspace)
    held = Held(workspace)
    monkeypatch.setattr("lazytui.app.screens.sae.screen.DoseResponseSession", lambda _workspace: held)

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        held.go.set()
        dial = await open_dial(pilot)
        await answered(pilot, dial)
        held.go.clear()
        held.asked.clear()
        await pilot.press(*["right"] * 15)
        assert "2.5 x" in screen_text(app), "the dial itself moves before there is an answer"
        await until(pilot, lambda: held.asked)
        shown, show_answer = [], dial.show_answer

        def watched(before: DoseAnswer | None) -> None:
            show_answer(before)
            shown.append(dial.answered_question.dose.factor if dial.answered_question else None)

        monkeypatch.setattr(dial, "show_answer", watched)
        held.go.set()
        assert (await answered(pilot, dial)).dose.factor == 2.5
        assert shown == [1.1, 2.5], "what was answered on the way is shown"
        assert len(held.asked) == 2, "the first of them, and the newest"
        held.go.clear()
        await pilot.press("b")
        await until(pilot, lambda: len(held.asked) == 3)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        held.go.set()
        again = await open_dial(pilot)
        assert (await stepped(pilot, again, "right")).dose.factor == 1.1
        assert "doesn't know" not in notes(app)

    drive(app, steps)


def test_a_network_that_was_changed_and_dead_features_are_refused_in_a_sentence(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        app.open_run("dead")
        await until(pilot, lambda: "analysis dead" in words(screen) and app.focused is screen.table)
        await pilot.press("v")
        await until(pilot, lambda: "All features of" in screen_text(app))
        assert not app.screen.query(FigureView)
        await pilot.press("b", "right", "n", "down", "space", "d", "w", "escape")
        await until(pilot, lambda: app.screen is screen)
        save_weights(build_model("cnn3", seed=5), workspace.find("reference").weights, metadata={"model": "cnn3"})
        app.open_run("found")
        await until(pilot, lambda: "analysis found" in words(screen) and app.focused is screen.table)
        await pilot.press("v")
        await until(pilot, lambda: "was trained on another network" in words(app.screen))
        assert "doesn't know" not in notes(app)

    drive(app, steps)


def test_features_of_another_network_are_plainly_an_example(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.study("shipped/cured-mnist")
        screen = await open_screen(pilot)
        await until(pilot, lambda: "Not of cured-mnist, which has none yet" in words(screen))
        assert screen.table and screen.table.figure.title == "Example: Features of features, shipped/lazy-strokes"
        assert screen.form.command == "lazytui run sae shipped/cured-mnist", "the form asks about the one studied"
        pilot.app.study("shipped/lazy-strokes")
        await until(pilot, lambda: "Not of" not in words(screen))
        assert screen.table and not screen.table.figure.title.startswith("Example")
        screen.form.set_values({**screen.form.touched, "layer": "features.relu2"})
        await until(pilot, lambda: screen.table is None)
        assert words(screen).count("No sparse autoencoder of this network yet") == 1, "it is said once"

    drive(LazytuiApp(Workspace(tmp_path)), steps)


def test_it_is_watched_while_it_learns_and_then_the_table_is_there(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        app.screen.set_focus(None)
        screen.form.set_values({"run": "reference", "layer": "features", "expansion": 1, "k": 8, "steps": 20_000})
        await pilot.press("g")
        await until(pilot, lambda: screen.followed and screen.followed.name is None and screen.query(LinesView))
        chart = screen.query(LinesView).first()
        await until(pilot, lambda: len(chart.figure.series[0].x) > 1)
        assert chart.live and "running" in words(screen) and screen.table is None
        assert screen.check_action("dial", ()) is False
        run = screen.followed
        assert run
        request_stop(run)
        await until(pilot, lambda: "stopped" in words(screen))
        app.open_run("found")
        await until(pilot, lambda: screen.table is not None)

    try:
        drive(app, steps)
    finally:
        for run in workspace.runs():
            with suppress(LazytuiError):
                request_stop(run)
        wait_until(lambda: all(run.status.state not in ACTIVE for run in workspace.runs()))


def test_runs_of_its_kinds_lead_here_and_the_chosen_one_comes_back(workspace: Workspace) -> None:
    options = ("--variants", "topk", "--features", "8", "--dimensions", "4", "--active", "2", "--samples", "200")
    lab = Lab(workspace.path.parent)
    checked = lab.call("run", "sae-selfcheck", *options, "--steps", "20", "--json")
    assert checked.code == 0, checked.err

    async def leave(pilot: Pilot[Any]) -> None:
        app.open_run(checked.json["run"])
        await until(pilot, lambda: shows(app, "sae-selfcheck") and shown_figures(app))
        await pilot.press("escape", "X")
        await until(pilot, lambda: shows(app, "sae-experiments"))
        await pilot.press("escape")
        app.open_run("dead")
        await until(pilot, lambda: isinstance(app.screen, FeaturesScreen) and "analysis dead" in words(app.screen))
        await pilot.press("q")

    app = LazytuiApp(workspace)
    drive(app, leave)

    async def find(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(again.screen, FeaturesScreen) and "analysis dead" in words(again.screen))
        await pilot.press("R")
        await until(pilot, lambda: isinstance(again.screen, PickList))

    again = LazytuiApp(workspace)
    drive(again, find)


def test_the_form_offers_the_layers_of_the_network(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        screen.form.set_values({"run": "reference"})
        offered = {entry.value: entry.about for entry in screen.offers()["layer"]()}
        assert "features.relu1" in offered and offered["features"].isdecimal()
        screen.form.set_values({"run": "no such run"})
        assert screen.offers()["layer"]() == []

    drive(app, steps)


def test_the_dial_fits_its_terminal_and_help_knows_its_keys(workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        dial = await open_dial(pilot)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: dial.size == size)
            await until(pilot, lambda size=size: ("Dose-response" in screen_text(app)) is (size != (80, 24)))
            require_room(dial, size)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Help))
        screen = "\n".join(str(part.render()) for part in app.screen.query(Static))
        for line in (
            "Ablate",
            "Reset",
            "Swap",
            "Scale or steer",
            "Hold it, and scale others with it",
            "Hard images, easy ones, or drawings",
        ):
            assert line in screen

    def require_room(dial: DoseResponseScreen, size: tuple[int, int]) -> None:
        text = screen_text(app)
        for panel in dial.query(Panel):
            assert panel.region.right <= size[0] and panel.shown, panel
            assert panel.region.bottom < size[1] or size == (80, 24), "a small terminal scrolls"
        assert "before →" in text and "after →" in text
        if size != (80, 24):
            assert dial.query_one(LinesView).plot_area.height >= 5, "the curve can be read"
        assert dial.query_one(Footer).virtual_size.width <= size[0]

    drive(app, steps, size=SIZES[0])
