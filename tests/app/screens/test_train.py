"""Train by keyboard: start from the form, pause, resume and stop a real run, and read its curves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, OptionList, Static

from lazytui.analyses.train.params import TrainParams
from lazytui.app.figures import LinesView, PixelsView
from lazytui.app.form import ParamsForm
from lazytui.app.screens import train
from lazytui.app.screens.followed_training import FollowedTraining
from lazytui.app.screens.train import Sight, TrainScreen, sight_of
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.popups.log_screen import Log
from lazytui.app.workers.run_follower import RunWatch
from lazytui.runs.events import EventLog
from lazytui.runs.metric_history import read_history
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, shows_progress, until
from tests.commands import Lab, last_step, read_json, state_of, wait_until
from tests.conftest import FinishedTraining

LONG = {
    "source": "strokes",
    "train_size": 300,
    "test_size": 200,
    "batch_size": 16,
    "metrics_samples": 200,
    "model": "mlp",
    "epochs": 10_000,
}


@pytest.fixture
def workspace(finished_training: FinishedTraining, tmp_path: Path) -> Workspace:
    """A workspace with two finished trainings: `reference`, and the newer `other`."""
    folder = tmp_path / "runs"
    shutil.copytree(finished_training.folder, folder / finished_training.folder.name)
    (run,) = Workspace(folder).runs()
    other = folder / run.id.replace("train", "train-other")
    shutil.copytree(run.path, other)
    record = read_json(other / "run.json")
    (other / "run.json").write_text(json.dumps(record | {"created": record["created"] + 1}))
    (other / "name").write_text("other\n")
    return Workspace(folder)


def shown(pilot: Pilot[Any], words: str) -> bool:
    return words in " ".join(screen_text(pilot.app).split())


def charts(pilot: Pilot[Any]) -> list[LinesView]:
    """Those in panels that aren't hidden, in their order."""
    return [view for view in pilot.app.screen.query(LinesView) if view.size]


def says(pilot: Pilot[Any]) -> PixelsView:
    """What the network says of ten conflicting images."""
    return pilot.app.screen.query_one(PixelsView)


def step_of(pilot: Pilot[Any]) -> int:
    """The step of which that is."""
    return int(says(pilot).figure.title.split(":")[0].removeprefix("Step ").replace(",", ""))


def all_words(pilot: Pilot[Any]) -> str:
    return " ".join(str(line.render()) for line in pilot.app.screen.query(Static))


async def choose(pilot: Pilot[Any], words: str) -> None:
    """Press Enter on the entry of a list that has the words."""
    options = pilot.app.screen.query_one(OptionList)
    await until(pilot, lambda: any(words in str(option.prompt) for option in options.options))
    options.highlighted = next(n for n, option in enumerate(options.options) if words in str(option.prompt))
    await pilot.press("enter")


async def chart_of(pilot: Pilot[Any]) -> LinesView:
    """Go to Train, wait for its curves, and take the keyboard to the first of them."""
    await pilot.press("2")
    await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen) and charts(pilot))
    await pilot.press("tab")
    view = charts(pilot)[0]
    await until(pilot, lambda: view.has_focus)
    return view


def test_a_training_is_started_paused_resumed_stopped_and_gone_on_with(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "runs")

    def button(pilot: Pilot[Any], name: str) -> Button:
        return pilot.app.screen.query_one(f"#{name}", Button)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen))
        pilot.app.screen.query_one(ParamsForm).set_values(LONG)
        await pilot.press("g")
        await until(pilot, lambda: workspace.runs())
        (run,) = workspace.runs()
        wait_until(lambda: last_step(run.path) > 0)
        await until(pilot, lambda: shown(pilot, "step") and shown(pilot, "/170,000") and shown(pilot, "eta"))
        await until(pilot, lambda: shown(pilot, "░") and any(chart.live for chart in charts(pilot)))
        await until(pilot, lambda: says(pilot).figure.title.startswith("Step ") and step_of(pilot) > 0)
        assert says(pilot).figure.images[1].any(), "the red 1, while it trains"
        await until(pilot, lambda: shown(pilot, "p Pause") and not shown(pilot, "p Resume"))

        await pilot.press("p")
        wait_until(lambda: state_of(run.path) == "paused")
        await until(pilot, lambda: shows_progress(pilot, "paused") and shown(pilot, "p Resume"))
        await until(pilot, lambda: shown(pilot, "p resumes it") and not shown(pilot, "eta"))
        assert str(button(pilot, "pause").label) == "Resume"
        button(pilot, "pause").press()
        await pilot.pause()
        wait_until(lambda: state_of(run.path) == "running")
        await until(pilot, lambda: shows_progress(pilot, "running") and shown(pilot, "p Pause"))

        await pilot.press("x")
        wait_until(lambda: state_of(run.path) == "stopped")
        await until(pilot, lambda: shown(pilot, "stopped Stopped at step"))
        assert button(pilot, "stop").disabled and not charts(pilot)[0].live
        await pilot.press("p")
        wait_until(lambda: state_of(run.path) == "running")
        await until(pilot, lambda: shows_progress(pilot, "running"))
        button(pilot, "stop").press()
        await pilot.pause()
        wait_until(lambda: state_of(run.path) == "stopped")

    try:
        drive(LazytuiApp(workspace), steps, size=(200, 60))
    finally:
        for run in workspace.runs():
            run.stop_file.touch()


def test_a_bundled_training_shows_the_curves_of_its_result_and_one_without_points_no_chart(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "runs")
    queued = workspace.create("train", {"seed": 0})

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.open_run("shipped/lazy-strokes")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen) and charts(pilot))
        view = charts(pilot)[0]
        assert all(len(series.x) > 20 for series in view.figure.series) and shown(pilot, "lazy-strokes")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, Log))
        await pilot.press("escape")
        pilot.app.open_run(queued.id)
        await until(pilot, lambda: shown(pilot, "seed 0") and not charts(pilot))
        pilot.app.open_run("shipped/lazy-strokes")
        await until(pilot, lambda: charts(pilot))

    drive(LazytuiApp(workspace), steps)


def test_all_charts_are_in_sight_and_tab_goes_from_one_to_the_next(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        first = await chart_of(pilot)
        assert [view.figure.name for view in charts(pilot)] == ["accuracy", "cues", "loss"]
        for title in ("Accuracy while", "Digit or color", "Training loss"):
            assert shown(pilot, title)
        for view in (*charts(pilot)[1:], says(pilot), first):
            await pilot.press("tab")
            await until(pilot, lambda view=view: view.has_focus)
        await pilot.press("f")
        field = pilot.app.screen.focused
        assert field is not None and pilot.app.screen.query_one(ParamsForm) in field.ancestors
        await pilot.press("tab")
        assert pilot.app.screen.focused not in {field, *charts(pilot)}
        await pilot.press("escape", "escape")  # from the field, and from the form
        await until(pilot, lambda: first.has_focus)

    drive(LazytuiApp(workspace), steps)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
def test_curves_are_read_smoothed_zoomed_and_put_on_a_log_axis(workspace: Workspace, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        view = await chart_of(pilot)
        await until(pilot, lambda: shown(pilot, "step 136 easy"))
        await pilot.press("left")
        await until(pilot, lambda: shown(pilot, "step 120 easy"))
        whole = view.x_span
        await pilot.press("plus")
        assert view.x_span[1] - view.x_span[0] < whole[1] - whole[0]
        await pilot.press("minus")
        assert view.x_span == whole
        await pilot.press("S")
        await until(pilot, lambda: shown(pilot, "accuracy, smoothed (light)"))
        assert not view.log_y
        await pilot.press("Y")
        await until(pilot, lambda: view.log_y and shown(pilot, "(log scale)"))
        await pilot.press("question_mark")
        for keys in ("Log y", "Smooth", "Zoom", "Run", "Overlay a run", "Form"):
            await until(pilot, lambda keys=keys: keys in all_words(pilot))

    drive(LazytuiApp(workspace), steps, size=size)


def test_ten_images_say_what_the_network_says_now_and_at_the_step_of_the_cursor(
    workspace: Workspace, finished_training: FinishedTraining
) -> None:
    history = read_history(finished_training.folder / "events.jsonl")

    def predictions(row: int) -> list[str]:
        return [str(int(history[f"says_{digit}"][row])) for digit in range(10)]

    def shown_predictions(pilot: Pilot[Any]) -> list[str]:
        return [caption.split()[0] for caption in says(pilot).figure.captions]

    async def steps(pilot: Pilot[Any]) -> None:
        view = await chart_of(pilot)
        for size in ((80, 24), (120, 36), (200, 60)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: pilot.app.screen.size == size)
            view.focus()
            await go_through(pilot, size)
            assert view.follows

    async def go_through(pilot: Pilot[Any], size: tuple[int, int]) -> None:
        await until(pilot, lambda: shown(pilot, "Step 136: of ten conflicting images"))
        assert shown_predictions(pilot) == predictions(-1)
        strip, panel = says(pilot), pilot.app.screen.query_one("#panel-ten")
        await until(pilot, lambda: strip.region.bottom <= pilot.app.screen.query_one("#words").region.y)
        assert strip.region.bottom <= pilot.app.screen.query_one("#words").region.y, "in sight without scrolling"
        assert panel.size.width >= size[0] - 6
        captions = screen_text(pilot.app).splitlines()[strip.region.bottom - 1 - (size == (200, 60)) :]
        assert sum(mark in "✓✗·" for mark in " ".join(captions)) >= 10, "all ten are in sight"
        for key, row in (("left", -2), ("left", -3), ("right", -2), ("end", -1)):
            await pilot.press(key)
            await until(pilot, lambda row=row: step_of(pilot) == history["step"][row])
            assert shown_predictions(pilot) == predictions(row)
        await pilot.press("tab")
        if size == (80, 24):
            await until(pilot, lambda: strip.has_focus)
        assert pilot.app.screen.shown_figures()[-1].name == "conflicting-ten", "the export has it"

    drive(LazytuiApp(workspace), steps, size=(80, 24))


def test_of_a_bundled_training_of_mnist_it_says_plainly_that_its_images_are_missing(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.open_run("shipped/cured-mnist")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen) and charts(pilot))
        await until(pilot, lambda: shown(pilot, "Images of MNIST aren't bundled"))
        pilot.app.open_run("shipped/cured-strokes")
        await until(pilot, lambda: shown(pilot, "0 follow the color, 10 the digit"))
        await pilot.press("tab", "left")
        await until(pilot, lambda: shown(pilot, "no predictions were recorded"))

    drive(LazytuiApp(Workspace(tmp_path)), steps)


def test_a_method_in_two_stages_has_them_marked_and_its_own_numbers_in_a_panel(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "runs")
    run = workspace.create("train", TrainParams(method="jtt", epochs=3, metrics_samples=100).model_dump(mode="json"))
    log = EventLog(run.events)
    for step in range(0, 31, 5):
        log.append("metrics", step=step, values={"easy_accuracy": 0.5, "conflicting_weight": 0.1})
    log.append("progress", done=30, total=30, unit="steps")
    log.close()

    async def steps(pilot: Pilot[Any]) -> None:
        view = await chart_of(pilot)
        await until(pilot, lambda: shown(pilot, "second network: 10"))
        assert "┊" in screen_text(pilot.app)
        names = [view.figure.name for view in charts(pilot)]
        assert names == ["accuracy", "cues", "loss", "conflicting-weight"], "small multiples of all"
        assert view.size.width > 100

    drive(LazytuiApp(workspace), steps, size=(200, 60))


CURVES = "easy", "hard", "training"
"""Of a network that has too few images for its worst group."""


def test_another_run_is_laid_over_under_its_name_and_taken_away(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        view = await chart_of(pilot)
        await until(pilot, lambda: shown(pilot, "other done") and len(view.figure.series) == 3)
        for mark, series in (("  ", 6), ("✓ ", 3)):
            await pilot.press("v")
            await until(pilot, lambda: pilot.app.screen.query(OptionList))
            await choose(pilot, f"{mark}reference")
            await until(pilot, lambda series=series: len(view.figure.series) == series)
            if series == 6:
                names = [entry.name for entry in view.figure.series]
                assert names == [f"{curve} {run}" for run in ("other", "reference") for curve in CURVES]
                await until(pilot, lambda: shown(pilot, "━ hard reference") and shown(pilot, "1 overlaid: reference"))
        await until(pilot, lambda: not shown(pilot, "overlaid"))

    drive(LazytuiApp(workspace), steps)


def test_a_run_that_is_opened_stays_though_the_newest_was_looked_at_for_longer(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, chosen_is_shown = Event(), Event()

    def slow(watches: Sequence[FollowedTraining], before: Sight | None = None) -> Sight:
        if watches[0].run.name == "other":
            begun.set()
            assert chosen_is_shown.wait(20)
        return sight_of(watches, before)

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, LazytuiApp)
        await until(pilot, lambda: len(app.lines) == 2)
        reference = next(line.run.reference for line in app.lines if line.name != "other")
        await pilot.press("2")
        await until(pilot, begun.is_set)
        app.open_run(reference)
        await until(pilot, lambda: shown(pilot, "reference done"))
        chosen_is_shown.set()
        for _ in range(20):
            await pilot.pause(0.02)
        assert shown(pilot, "reference done") and not shown(pilot, "other done")

    monkeypatch.setattr(train, "sight_of", slow)
    try:
        drive(LazytuiApp(workspace), steps)
    finally:
        chosen_is_shown.set()


def test_in_an_empty_workspace_bundled_trainings_are_overlaid(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        view = await chart_of(pilot)
        before = len(view.figure.series)
        await pilot.press("v")
        await until(pilot, lambda: pilot.app.screen.query(OptionList))
        await choose(pilot, "cured-strokes")
        await until(pilot, lambda: shown(pilot, "overlaid: ") and len(view.figure.series) > before)
        await pilot.press("0")
        pilot.app.open_run(curves)
        await until(pilot, lambda: shown(pilot, "lazy-mnist done") and shown(pilot, "1 overlaid: cured-mnist"))

    done = Lab(tmp_path).call("run", "curves", "shipped/lazy-mnist", "shipped/cured-mnist", "--json")
    curves = done.json["run"]
    drive(LazytuiApp(Workspace(Lab(tmp_path).workspace)), steps)


def test_a_training_that_starts_is_shown_until_somebody_chooses_another(
    tmp_path: Path, finished_training: FinishedTraining
) -> None:
    workspace = Workspace(tmp_path / "runs")
    workspace.path.mkdir()

    async def steps(pilot: Pilot[Any]) -> None:
        await chart_of(pilot)
        assert shown(pilot, "lazy-strokes done"), "the network under study"
        shutil.copytree(finished_training.folder, workspace.path / finished_training.folder.name)
        await until(pilot, lambda: shown(pilot, "reference done"))
        pilot.app.open_run("shipped/cured-strokes")
        await until(pilot, lambda: shown(pilot, "cured-strokes done"))
        workspace.create("train", {"seed": 0})
        await until(pilot, lambda: len(pilot.app.lines) == 2)
        await pilot.pause()
        assert shown(pilot, "cured-strokes done")

    drive(LazytuiApp(workspace), steps)


def test_the_time_of_a_pause_does_not_count_in_the_rate(tmp_path: Path) -> None:
    run = Workspace(tmp_path).create("train", {})
    events = [{"kind": "progress", "time": float(t), "done": 10 * t, "total": 900, "unit": "steps"} for t in range(10)]
    events += [{"kind": "continued", "time": 5000.0}]
    events += [{**event, "time": event["time"] + 5001, "done": event["done"] + 100} for event in events[:10]]
    run.events.write_text("".join(json.dumps(event) + "\n" for event in events))
    watch = RunWatch(run)
    watch.look()
    assert (watch.done, watch.rate) == (190, 10.0)
