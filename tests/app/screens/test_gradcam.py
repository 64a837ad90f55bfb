"""The Grad-CAM screen, by keyboard: an image answered at once, other maps and images, two networks, the whole split."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from lazytui.analyses.gradcam.answer_sort import AnswerSort
from lazytui.analyses.gradcam.image_filter import ANSWERS
from lazytui.analyses.gradcam.live import SaliencyAnswer, SaliencyQuestion
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.app.figures import FigureView, PixelsView
from lazytui.app.form import ParamsForm
from lazytui.app.form.text_control import TextControl
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.common.cell_images_screen import CellImages
from lazytui.app.screens.common.run_panels import RunPanels
from lazytui.app.screens.gradcam.image_page import ImagePage
from lazytui.app.screens.gradcam.screen import GradcamScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.popups.dialogs import AskText
from lazytui.app.shell.popups.export_dialog import AskExport
from lazytui.data.image_cache import clear_memory
from lazytui.figures.kinds import Bars, Matrix
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.saliency.checks.reason_categories import REASONS
from lazytui.saliency.map_names import METHODS
from tests.app.pilot import choose_run, drive, screen_text, until
from tests.commands import Lab, read_json, state_of, wait_until
from tests.conftest import ComparedNetworks, FinishedTraining


@pytest.fixture
def workspace(finished_training: FinishedTraining, tmp_path: Path) -> Workspace:
    """A workspace with one finished training, called reference."""
    shutil.copytree(finished_training.lab.workspace, tmp_path / "runs")
    return Workspace(tmp_path / "runs")


@pytest.fixture(scope="module")
def looked_at(finished_training: FinishedTraining, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A workspace in which the whole split of that network was looked at. Tests only read it."""
    lab = Lab(tmp_path_factory.mktemp("looked at"))
    shutil.copytree(finished_training.lab.workspace, lab.workspace)
    done = lab.call("run", "gradcam", "reference", "--split", "hard", "--images", "40", "--checked", "0", "--json")
    assert done.code == 0, done.err
    return lab


async def open_screen(pilot: Pilot[Any]) -> GradcamScreen:
    await pilot.press("4")
    await until(pilot, lambda: isinstance(pilot.app.screen, GradcamScreen))
    screen = pilot.app.screen
    assert isinstance(screen, GradcamScreen)
    await settled(pilot, lambda: "map" in figures_by_name(pilot) and "→" in captions(pilot)[0])
    return screen


async def settled(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Wait for what is to be seen, and for what is drawn after it."""
    await until(pilot, condition)
    await pilot.pause()


def figures_by_name(pilot: Pilot[Any]) -> dict[str, Any]:
    """The figures of one image and the small images, by name."""
    return {view.figure.name: view.figure for view in pilot.app.screen.query("#live FigureView").results(FigureView)}


def captions(pilot: Pilot[Any]) -> tuple[str, ...]:
    figure = figures_by_name(pilot).get("images")
    return figure.captions if figure else ("",)


def form(pilot: Pilot[Any]) -> GradcamParams:
    params = pilot.app.screen.query_one(ParamsForm).params
    assert isinstance(params, GradcamParams)
    return params


def answered_params(screen: GradcamScreen) -> GradcamParams:
    """What was asked that the maps on the screen answer."""
    assert screen.answered_question
    return screen.answered_question.params


def words(pilot: Pilot[Any]) -> str:
    return " ".join(screen_text(pilot.app).split())


def notified(pilot: Pilot[Any]) -> str:
    return " ".join(note.message for note in pilot.app._notifications)


def test_another_image_is_answered_before_the_answers_are_sorted(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps_allowed, step = threading.Semaphore(0), AnswerSort.step

    def step_if_allowed(sort: AnswerSort, model: Any) -> None:
        steps_allowed.acquire()
        step(sort, model)

    monkeypatch.setattr(AnswerSort, "step", step_if_allowed)
    monkeypatch.setenv("LAZYTUI_CACHE", str(tmp_path / "cache"))
    clear_memory()

    async def steps(pilot: Pilot[Any]) -> None:
        try:
            await pilot.press("4")
            await settled(pilot, lambda: "sorting the answers, by repainting too: 0 %" in words(pilot))
            screen = pilot.app.screen
            assert isinstance(screen, GradcamScreen)
            await pilot.press("right")
            steps_allowed.release()
            await settled(pilot, lambda: screen.answered_question and screen.answered_question.image_index == 1)
            assert screen.answer and screen.answer.categories is None
            assert "sorting the answers, by repainting too:" in words(pilot) and "→" not in captions(pilot)[0]
        finally:
            steps_allowed.release(1000)
        await settled(pilot, lambda: "→" in captions(pilot)[0])
        assert "sorting" not in words(pilot)

    drive(LazytuiApp(workspace), steps)


def test_the_newest_network_is_looked_through_at_once(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: pilot.app.lines)
        await open_screen(pilot)
        assert form(pilot).run == workspace.find("reference").id
        shown = figures_by_name(pilot)
        image, heat = shown["image"], shown["map"]
        np.testing.assert_array_equal(image.images, heat.images)
        assert image.overlay is None and heat.overlay.max() == pytest.approx(1)
        assert heat.title == "Grad-CAM, relu3 (7x7)"
        assert isinstance(shown["probabilities"], Bars) and shown["probabilities"].values.sum() == pytest.approx(100)
        assert "focus score" in shown["worth"].paragraphs[0] and "other images' strokes" in shown["worth"].paragraphs[0]
        assert f"lazytui run gradcam {form(pilot).run} --split hard" in pilot.app.screen.query_one(ParamsForm).command

    drive(LazytuiApp(workspace), steps)


OTHER_MAPS = {
    "m": ("method", [*METHODS][1:3]),
    "M": ("method", ["grad-cam++", "grad-cam"]),
    "k": ("layer", ["features.pool3", "features.conv1"]),
    "K": ("layer", ["features.pool3", "features.relu3"]),
    "t": ("target", ["digit", "color"]),
    "T": ("target", ["digit", "predicted"]),
    "H": ("split", ["probe", "easy"]),
}


def test_a_key_asks_for_another_map(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        for key, (field, values) in OTHER_MAPS.items():
            for value in values:
                before = figures_by_name(pilot)["map"]
                await pilot.press(key)
                await until(pilot, lambda field=field, value=value: getattr(answered_params(screen), field) == value)
                assert getattr(form(pilot), field) == value
                assert (
                    figures_by_name(pilot)["map"].overlay.shape == (1, 28, 28)
                    and figures_by_name(pilot)["map"] is not before
                )

    drive(LazytuiApp(workspace), steps)


def test_a_margin_and_a_function_are_typed_into_the_form(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("def contrast(logits):\n    return logits[:, 3] - logits[:, 8]\n")

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        await pilot.press("f")
        fields = pilot.app.screen.query_one(ParamsForm).query(TextControl)
        await until(pilot, lambda: fields)
        field = next(field for field in fields if field.field.name == "target")
        maps = []
        for typed, words in (("margin:3,8", "margin 3 - 8"), ("mine.py:contrast", "contrast of mine.py")):
            field.focus()
            field.clear()
            await pilot.press(*typed)
            await settled(pilot, lambda words=words: words in figures_by_name(pilot)["map"].captions[0])
            maps.append(figures_by_name(pilot)["map"].overlay)
            assert answered_params(screen).target == typed
        assert np.allclose(*maps)

    drive(LazytuiApp(workspace), steps)


def test_a_method_of_the_pixels_or_of_one_layer_leaves_no_layer_to_choose(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        await pilot.press("k", "M")
        await settled(pilot, lambda: answered_params(screen).method == "kernel-shap")
        assert form(pilot).layer is None and figures_by_name(pilot)["map"].title == "KernelSHAP"
        await pilot.press("k")
        await until(pilot, lambda: "no layer to choose" in notified(pilot))

    drive(LazytuiApp(workspace), steps)


def test_images_are_stepped_and_paged_through(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        count = len(captions(pilot))

        async def at(number: int) -> None:
            await settled(pilot, lambda: figures_by_name(pilot)["image"].title == f"image {number}")
            view = next(view for view in pilot.app.screen.query(PixelsView) if view.figure.name == "images")
            await until(pilot, lambda: view.position == (number - 1) % count)
            assert figures_by_name(pilot)["image"].captions[0].replace(" ", "") in view.figure.captions[
                view.position
            ].replace(" ", "")

        for keys, number in (("n", 2), ("right", 3), ("N", 2), ("left", 1), ("pagedown", count + 1), ("pageup", 1)):
            await pilot.press(keys)
            await at(number)
        await pilot.press("N")
        await at(1)

    drive(LazytuiApp(workspace), steps)


def test_the_cursor_among_the_small_images_chooses_the_large_one(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        next(view for view in pilot.app.screen.query(PixelsView) if view.figure.name == "images").focus()
        await pilot.press("right", "right", "right", "left")
        await settled(pilot, lambda: figures_by_name(pilot)["image"].title == "image 3")

    drive(LazytuiApp(workspace), steps)


def test_images_are_filtered_by_single_keys_and_by_words(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        split, sorting = screen.answer.browsed.split, screen.answer.categories

        async def leaves(kept: Any, title: str) -> None:
            count = int(np.count_nonzero(kept))
            if count:
                await settled(pilot, lambda: title in figures_by_name(pilot)["images"].title)
                assert figures_by_name(pilot)["images"].title.endswith(f"of {count:,}")
                chosen = int(figures_by_name(pilot)["image"].title.split()[1]) - 1
                await until(pilot, lambda: kept[int(figures_by_name(pilot)["image"].title.split()[1]) - 1])
                assert chosen >= 0
            else:
                await until(pilot, lambda: "No image of this split is" in words(pilot))
                assert "images" not in figures_by_name(pilot)

        await pilot.press("d")
        await leaves(split.labels == 0, "digit 0")
        await pilot.press("backspace", "h")
        await leaves(split.attributes == 0, "red")
        await pilot.press("backspace")
        for way, name in enumerate(ANSWERS):
            await pilot.press("w")
            right = sorting.predicted == split.labels
            by_reason = sorting.reasons == way - 2 if name in REASONS else sorting.evidence == way - 2 - len(REASONS)
            await leaves([right, ~right][way] if way < 2 else by_reason, name)
        await pilot.press("w", "slash")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
        pilot.app.screen.query_one(Input).value = "7 wrong"
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        await leaves((split.labels == 7) & (sorting.predicted != 7), "digit 7, wrong")
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
        assert pilot.app.screen.query_one(Input).value == "digit 7, wrong"
        pilot.app.screen.query_one(Input).value = "tartan"
        await pilot.press("enter")
        await until(pilot, lambda: "no kind of image 'tartan'" in notified(pilot))
        await pilot.press("backspace")
        await leaves(np.ones(len(split)), "hard split")

    drive(LazytuiApp(workspace), steps)


def test_two_networks_stand_side_by_side(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        await choose_run(pilot, "a", "lazy-strokes")
        await settled(pilot, lambda: "against-map" in figures_by_name(pilot))
        grid = screen.query_one("#live", PanelGrid)
        (image,) = grid.panel("image").views
        first, second = grid.panel("map").views
        for width, height in ((200, 60), (120, 36), (80, 24)):
            await pilot.resize_terminal(width, height)
            await until(pilot, lambda size=(width, height): screen.size == size)
            await until(pilot, lambda width=width: first.region.y == second.region.y and second.region.right <= width)
        assert image.display and image.figure.overlay is None, "the image stands in color beside its maps"
        assert (first.figure.title, second.figure.title) == ("reference", "lazy-strokes")
        np.testing.assert_array_equal(first.figure.images, second.figure.images)
        assert isinstance(figures_by_name(pilot)["probabilities"], Matrix)
        assert [paragraph.split(":")[0] for paragraph in figures_by_name(pilot)["worth"].paragraphs] == [
            "reference",
            "lazy-strokes",
        ]
        await choose_run(pilot, "a", "✓")
        await settled(pilot, lambda: "against-map" not in figures_by_name(pilot))

    drive(LazytuiApp(workspace), steps, size=(80, 24))


def test_another_network_is_picked_from_a_list_and_images_are_as_many_as_there_is_room_for(
    workspace: Workspace,
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        grid, many = screen.query_one(ImagePage), len(captions(pilot))
        grid.styles.max_width = 40
        await until(pilot, lambda: 0 < len(captions(pilot)) < many)
        grid.styles.max_width = None
        await until(pilot, lambda: len(captions(pilot)) == many)
        await choose_run(pilot, "o", "lazy-strokes")
        await until(pilot, lambda: pilot.app.screen.answer.network == "shipped/lazy-strokes")
        assert form(pilot).run == "shipped/lazy-strokes"

    drive(LazytuiApp(workspace), steps)


def test_f_folds_the_form_away_and_brings_it_back(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("4")
        await until(pilot, lambda: isinstance(pilot.app.screen, GradcamScreen))
        side = pilot.app.screen.query_one("#side")
        assert not side.display, "the images have the width"
        await pilot.press("f")
        await until(pilot, lambda: side.display and side.has_focus_within)
        pilot.app.screen.set_focus(None)
        await pilot.press("f")
        await until(pilot, lambda: not side.display)

    drive(LazytuiApp(workspace), steps, size=(80, 24))


def test_g_looks_at_the_whole_split_and_v_goes_there_and_back(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        await pilot.press("v")
        await until(pilot, lambda: "No figures of the whole split yet" in words(pilot))
        assert not screen.query_one("#live").display
        await pilot.press("v")
        await until(pilot, lambda: screen.query_one("#live").display)
        quick = {"run": "reference", "split": "hard", "images": 20, "checked": 0}
        screen.query_one(ParamsForm).set_values(quick)
        await pilot.press("g")
        await until(pilot, lambda: len(workspace.runs()) == 2)
        run = workspace.runs()[-1]
        assert {name: run.record.params[name] for name in ("split", "images", "checked")} == {
            "split": "hard",
            "images": 20,
            "checked": 0,
        }
        wait_until(lambda: state_of(run.path) == "done")
        await until(pilot, lambda: any(figure.name == "ways" for figure in screen.query_one(RunPanels).figures))
        assert screen.query_one(RunPanels).display and not screen.query_one("#live").display

    drive(LazytuiApp(workspace), steps)


def test_the_whole_split_is_that_of_the_network_that_is_shown(looked_at: Lab) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: pilot.app.lines)
        screen = await open_screen(pilot)
        found = screen.query_one(RunPanels)
        await until(pilot, lambda: found.figures)
        own = found.figures
        await choose_run(pilot, "o", "lazy-strokes")
        await until(pilot, lambda: found.figures and found.figures is not own)
        assert screen.answer and screen.answer.network == "shipped/lazy-strokes"
        await choose_run(pilot, "o", "cured-strokes")
        await until(pilot, lambda: not found.figures)

    drive(LazytuiApp(Workspace(looked_at.workspace)), steps)


def test_what_is_seen_is_what_is_exported(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskExport))
        target = workspace.path / "gaze.json"
        pilot.app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, target.exists)
        assert [figure["name"] for figure in read_json(target)["figures"]][:3] == ["image", "map", "probabilities"]

    drive(LazytuiApp(workspace), steps)


def test_what_is_wrong_is_one_sentence_and_the_next_question_is_answered(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        touched = screen.query_one(ParamsForm).touched
        for wrong, sentence in (
            ({"layer": "features.relu9"}, "There is no layer 'features.relu9'"),
            ({"run": "nobody"}, "There is no run 'nobody'"),
            ({"against": "reference", "run": "reference"}, "compared with itself"),
            ({"method": "occlusion", "layer": "features.relu1"}, "A field has an invalid value"),
        ):
            screen.query_one(ParamsForm).set_values({**touched, **wrong})
            await until(pilot, lambda sentence=sentence: sentence in words(pilot))
            screen.query_one(ParamsForm).set_values(touched)
            await until(pilot, lambda: "class predicted." in words(pilot) and "map" in figures_by_name(pilot))

    drive(LazytuiApp(workspace), steps)


def test_what_is_seen_stays_what_it_says_until_there_is_something_else_to_see(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        titles, params = {name: figures_by_name(pilot)[name].title for name in ("image", "map")}, form(pilot)
        await pilot.press("d")
        await settled(
            pilot, lambda: "images" in figures_by_name(pilot) and "digit 0" in figures_by_name(pilot)["images"].title
        )
        listed, answered = figures_by_name(pilot)["images"].title, answered_params(screen)
        screen.last_question = SaliencyQuestion(params.model_copy(update={"method": "occlusion"}), 9)
        screen._receive(SaliencyAnswer(screen.last_question, doing="opening it ..."))
        await pilot.pause()
        assert "opening it ..." in words(pilot) and answered_params(screen) is answered
        assert figures_by_name(pilot)["map"].title == titles["map"] and figures_by_name(pilot)["images"].title == listed

    drive(LazytuiApp(workspace), steps)


def test_many_keys_at_once_end_at_the_last_question(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        await pilot.press(*"nnnnn", *"mm", *"tt")
        await settled(
            pilot,
            lambda: (answered_params(screen).method, answered_params(screen).target) == ("hires-cam", "color"),
        )
        assert figures_by_name(pilot)["image"].title == "image 6"
        assert not [worker for worker in screen.workers if worker.group == "live" and not worker.is_finished]

    drive(LazytuiApp(workspace), steps)


def test_a_training_that_saved_nothing_yet_is_a_sentence(workspace: Workspace) -> None:
    (workspace.find("reference").path / "model.safetensors").unlink()

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: pilot.app.lines)
        await pilot.press("4")
        await until(pilot, lambda: "has no weights yet" in words(pilot))

    drive(LazytuiApp(workspace), steps)


def test_opening_a_run_takes_the_images_of_another_runs_cell_away(compared_networks: ComparedNetworks) -> None:
    workspace = Workspace(compared_networks.lab.workspace)
    run = workspace.find(compared_networks.folder.name)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query(RunPanels) and pilot.app.screen.query(FigureView))
        screen = pilot.app.screen
        pilot.app.push_screen(CellImages(RunFolder(run.path, run.id), "confusion-easy", (1, 1)))
        await until(pilot, lambda: isinstance(pilot.app.screen, CellImages))
        pilot.app.open_run(run.reference)
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.followed == run

    drive(LazytuiApp(workspace), steps)
