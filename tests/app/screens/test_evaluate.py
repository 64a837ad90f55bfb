"""The screen where networks are evaluated, by keyboard: the form, two side by side, and the images behind a cell."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from lazytui.analyses.evaluate import comparison_figures
from lazytui.app.figures import FigureView, MatrixView, PixelsView
from lazytui.app.form import ParamsForm
from lazytui.app.form.field_help import HelpBox
from lazytui.app.form.pick_list import PickList
from lazytui.app.form.text_control import TextControl
from lazytui.app.panels.panel import Panel
from lazytui.app.screens.common.cell_images_screen import CellImages
from lazytui.app.screens.common.run_panels import RunPanels
from lazytui.app.screens.evaluate import EvaluateScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.popups.export_dialog import AskExport
from lazytui.files.long_texts import long_texts
from lazytui.runs.results.saved_result import ARRAYS_FILE, Result, load_result, save_result
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import run_line
from tests.app.pilot import drive, screen_text, until
from tests.commands import read_json
from tests.conftest import ComparedNetworks

Steps = Callable[[Pilot[Any]], Any]
Cell = tuple[int, int]


@pytest.fixture
def workspace(compared_networks: ComparedNetworks, tmp_path: Path) -> Workspace:
    """A workspace with one training and its evaluation against a shipped network."""
    shutil.copytree(compared_networks.lab.workspace, tmp_path / "runs")
    return Workspace(tmp_path / "runs")


@pytest.fixture
def evaluated(compared_networks: ComparedNetworks, workspace: Workspace) -> Path:
    """The folder of that evaluation, which may be written to."""
    return workspace.path / compared_networks.folder.name


async def open_screen(pilot: Pilot[Any], key: str = "3") -> None:
    await pilot.press(key)
    await until(pilot, lambda: visible(pilot))
    await pilot.pause()


def visible(pilot: Pilot[Any]) -> list[FigureView[Any]]:
    """The figures in panels that aren't hidden."""
    return [view for view in pilot.app.screen.query(FigureView) if view.size]


def view_called(pilot: Pilot[Any], name: str) -> FigureView[Any]:
    return next(view for view in visible(pilot) if view.figure.name == name)


def panel_called(pilot: Pilot[Any], name: str) -> Panel:
    return pilot.app.screen.query_one(RunPanels).panel(name)


async def turn_to(pilot: Pilot[Any], panel: str, figure: str) -> FigureView[Any]:
    """Turn a panel until it shows a figure, with the keyboard in it."""
    panel_called(pilot, panel).views[0].focus()
    while panel_called(pilot, panel).shown[0].name != figure:
        await pilot.press("m")
    await until(pilot, lambda: panel_called(pilot, panel).views[0].has_focus)
    return panel_called(pilot, panel).views[0]


async def open_cell(pilot: Pilot[Any], matrix: str, cell: Cell, done: Callable[[], object] | None = None) -> None:
    """Put the cursor on the cell, press Enter, and wait for what comes of it."""
    view = view_called(pilot, matrix)
    view.focus()
    view.point(cell)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, CellImages))
    await until(pilot, done or (lambda: pilot.app.screen.query(PixelsView)))
    await pilot.pause()


def fullest(run: Path, matrix: str) -> Cell:
    counts = load_result(run).arrays[matrix]
    row, column = np.argwhere(counts == counts.max())[0]
    return int(row), int(column)


# The form and the figures


def test_go_evaluates_the_newest_network_or_says_what_is_missing(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        runs = len(workspace.runs())
        form = pilot.app.screen.query_one(ParamsForm)
        newest = form.touched
        assert newest == {"run": workspace.find("reference").id}
        for wrong, said in (({}, "run: Required"), ({**newest, "cell": "12,3"}, "cell: ")):
            form.set_values(wrong)
            pilot.app.screen.set_focus(None)
            await pilot.press("g")
            await until(pilot, lambda said=said: any(said in note.message for note in pilot.app._notifications))
        assert len(workspace.runs()) == runs
        form.set_values(newest)
        pilot.app.screen.set_focus(None)
        await pilot.press("g")
        await until(pilot, lambda: len(workspace.runs()) == runs + 1)
        assert workspace.runs()[-1].record.params["run"] == workspace.find("reference").id

    drive(LazytuiApp(workspace), steps)


def test_figures_are_of_the_network_in_the_form_or_there_are_none(workspace: Workspace, evaluated: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, EvaluateScreen) and screen.followed and screen.followed.id == evaluated.name
        screen.form.set_values({"run": "shipped/cured-strokes"})
        await until(pilot, lambda: "No evaluation of this network yet" in screen_text(pilot.app))
        assert not visible(pilot) and "shipped/cured-strokes" in screen.form.command
        screen.form.set_values({"run": "reference"})
        await until(pilot, lambda: visible(pilot))
        screen.form.set_values({"run": "reference", "against": "shipped/cured-strokes"})
        await until(pilot, lambda: not visible(pilot))
        pilot.app.open_run(evaluated.name)
        await until(pilot, lambda: visible(pilot) and screen.form.touched["against"] == "shipped/lazy-strokes")
        screen.form.set_values({**screen.form.touched, "dataset": "gr95h"})
        await until(pilot, lambda: not visible(pilot))

    drive(LazytuiApp(workspace), steps)


def test_results_come_from_their_beginning_and_are_scrolled_where_they_are_higher_than_the_screen(
    workspace: Workspace,
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        found = pilot.app.screen.query_one(RunPanels)
        assert pilot.app.focused is None and found.scroll_y == 0
        for key in ("pagedown", "down", "end"):
            await pilot.press(key)
            await until(pilot, lambda: found.scroll_y > 0)
            await pilot.press("home")
            await until(pilot, lambda: found.scroll_y == 0)
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: found.max_scroll_y == 0)

    drive(LazytuiApp(workspace), steps, size=(80, 24))


def test_the_second_network_is_picked_from_a_list(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await pilot.press("f")
        field = next(typed for typed in pilot.app.screen.query(TextControl) if typed.field.name == "against")
        await until(pilot, lambda: field.display and field.size.width)
        field.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickList))
        await pilot.press(*"lazy-strokes", "enter")
        await until(pilot, lambda: "--against shipped/lazy-strokes" in pilot.app.screen.query_one(ParamsForm).command)

    drive(LazytuiApp(workspace), steps)


def test_two_networks_stand_side_by_side_and_whole(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        for size in ((80, 24), (120, 36), (200, 60)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: pilot.app.screen.size == size)
            first, second = (view_called(pilot, name) for name in ("confusion-hard", "against-confusion-hard"))
            await until(
                pilot,
                lambda one=first, other=second: one.region.y == other.region.y and one.region.right <= other.region.x,
            )
            require_whole(pilot, first, second)

    def require_whole(pilot: Pilot[Any], *views: FigureView[Any]) -> None:
        for view in views:
            labels = [view.drawing.regions[("column", column)][0].y for column in range(10)]
            assert len(set(labels)) == 1, "no column is broken off"
            assert view.max_scroll_y == 0 and view.drawing.region_of((9, 9)) is not None
            network = str(view.figure.title).partition(":")[0]
            assert network in screen_text(pilot.app)

    drive(LazytuiApp(workspace), steps, size=(80, 24))


def test_f_opens_the_form_over_the_figures_and_escape_closes_it(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        side = pilot.app.screen.query_one("#side")
        assert not side.display and "f lazytui run" in screen_text(pilot.app)
        await pilot.press("f")
        await until(pilot, lambda: side.display and side.has_focus_within)
        await pilot.press("escape", "escape")  # from the field, and from the form
        await until(pilot, lambda: not side.display and isinstance(pilot.app.focused, FigureView))

    drive(LazytuiApp(workspace), steps, size=(80, 24))


def test_the_form_stays_while_it_is_filled_in(workspace: Workspace, evaluated: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await pilot.press("f")
        side, found = pilot.app.screen.query_one("#side"), pilot.app.screen.query_one(RunPanels)
        await until(pilot, lambda: side.has_focus_within)
        found.say("between two evaluations")
        assert not found.compares_two
        found.show_line(run_line(workspace.find(evaluated.name)), "")
        await until(pilot, lambda: found.compares_two)
        await pilot.pause()
        assert side.display and side.has_focus_within

    drive(LazytuiApp(workspace), steps)


def test_a_single_network_has_each_panel_for_itself(workspace: Workspace, evaluated: Path) -> None:
    result = load_result(evaluated)
    facts = {name: fact for name, fact in result.facts.items() if name != "against"}
    save_result(evaluated, Result(result.metrics, facts, result.arrays))

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        assert {len(panel.views) for panel in pilot.app.screen.query(Panel) if panel.size} == {1}

    drive(LazytuiApp(workspace), steps)


def test_a_metric_is_explained(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await turn_to(pilot, "headline", "metrics")
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpBox))
        words = str(pilot.app.screen.query_one(Static).render())
        for name in ("easy_accuracy", "hard_calibration_error"):
            assert long_texts("metrics")[name][:30] in words
        await pilot.press("end")
        await until(pilot, lambda: words.split()[-1] in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, HelpBox))

    drive(LazytuiApp(workspace), steps)


def test_the_images_of_the_cell_under_the_cursor_stand_beside_the_matrices(
    workspace: Workspace, evaluated: Path
) -> None:
    def title(pilot: Pilot[Any]) -> str:
        shown = panel_called(pilot, "cell").shown
        return str(shown[0].title) if shown else ""

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await until(pilot, lambda: title(pilot).startswith("reference: hard split, digit "))
        counts = load_result(evaluated).arrays["confusion_hard"]
        confused = int((counts * (1 - np.eye(10, dtype=int))).max())
        assert f": {confused} image" in title(pilot), "at first what it confuses most often"
        view = view_called(pilot, "against-color-by-prediction-hard")
        view.focus()
        view.point((0, 0))
        await until(pilot, lambda: title(pilot).startswith("lazy-strokes: hard split, digits in red taken for 0: "))
        panel_called(pilot, "cell").views[0].focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CellImages) and pilot.app.screen.query(PixelsView))
        every = pilot.app.screen.query_one(PixelsView).figure
        assert str(every.title).startswith("lazy-strokes: hard split, digits in red taken for 0: ")

    drive(LazytuiApp(workspace), steps)


# The images behind a cell


def test_enter_on_a_cell_shows_its_images_and_escape_goes_back(workspace: Workspace, evaluated: Path) -> None:
    cell = fullest(evaluated, "confusion_easy")
    count = int(load_result(evaluated).arrays["confusion_easy"].max())

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        screen = pilot.app.screen
        await open_cell(pilot, "confusion-easy", cell)
        assert f"reference: easy split, digit {cell[0]} taken for {cell[1]}: {count} image" in screen_text(pilot.app)
        assert len(pilot.app.screen.query_one(PixelsView).figure.images) == count
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert isinstance(pilot.app.focused, MatrixView)

    drive(LazytuiApp(workspace), steps)


def test_a_cell_of_the_second_network_opens_from_the_list_of_runs_too(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot, "9")
        await until(pilot, lambda: panel_called(pilot, "others").views)
        await turn_to(pilot, "others", "digit-by-color")
        await open_cell(pilot, "against-digit-by-color", (1, 0))
        figure = pilot.app.screen.query_one(PixelsView).figure
        assert figure.title.startswith("lazy-strokes: probe split, digit 1 in red: ")
        assert {caption.split()[0] for caption in figure.captions} == {"red"}

    drive(LazytuiApp(workspace), steps)


@pytest.mark.parametrize("keys", [("n", "N"), ("pagedown", "pageup")])
def test_many_images_are_paged_through(keys: tuple[str, str], workspace: Workspace, evaluated: Path) -> None:
    cell = fullest(evaluated, "against_confusion_hard")
    count = int(load_result(evaluated).arrays["against_confusion_hard"].max())

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(CellImages(RunFolder(evaluated, evaluated.name), "against-confusion-hard", cell))
        await until(pilot, lambda: pilot.app.screen.query(PixelsView))
        view = pilot.app.screen.query_one(PixelsView)
        figures = [view.figure]
        await until(pilot, lambda: "Page 1 of" in screen_text(pilot.app))
        for _ in range(count):
            view.point(view.last())
            await pilot.press(keys[0])
            if view.figure.title == figures[-1].title:
                break
            figures.append(view.figure)
            assert view.position == 0
        images = [image.tobytes() for figure in figures for image in figure.images]
        assert len(images) == len(set(images)) == count
        view.point(view.first())
        await pilot.press(keys[1])
        assert view.figure.title == figures[-2].title
        await pilot.resize_terminal(200, 60)
        await until(pilot, lambda: view.figure.columns > figures[0].columns)
        assert len(view.figure.images) > len(figures[0].images)

    drive(LazytuiApp(workspace), steps, size=(60, 20))


def test_the_images_are_exported(workspace: Workspace, evaluated: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        cell = fullest(evaluated, "confusion_easy")
        pilot.app.push_screen(CellImages(RunFolder(evaluated, evaluated.name), "confusion-easy", cell))
        await until(pilot, lambda: pilot.app.screen.query(PixelsView))
        shown = pilot.app.screen.query_one(PixelsView).figure
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskExport))
        target = workspace.path / "cell.json"
        pilot.app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, target.exists)
        (written,) = read_json(target)["figures"]
        assert written["title"] == shown.title

    drive(LazytuiApp(workspace), steps)


async def said_instead(pilot: Pilot[Any], run: Path, matrix: str, cell: Cell, sentence: str) -> None:
    """That the cell is answered with a sentence and no image, at any size, and the app goes on."""
    below = pilot.app.screen
    pilot.app.push_screen(CellImages(RunFolder(run, run.name), matrix, cell))
    await until(pilot, lambda: sentence in " ".join(screen_text(pilot.app).split()))
    assert not pilot.app.screen.query(PixelsView)
    await pilot.resize_terminal(80, 24)
    await until(pilot, lambda: " ".join(screen_text(pilot.app).split()).count(sentence) == 1)
    await pilot.press("n", "N", "escape")
    await until(pilot, lambda: pilot.app.screen is below)


def test_an_empty_cell_says_so(workspace: Workspace, evaluated: Path) -> None:
    row, column = np.argwhere(load_result(evaluated).arrays["confusion_easy"] == 0)[0]

    async def steps(pilot: Pilot[Any]) -> None:
        await said_instead(pilot, evaluated, "confusion-easy", (int(row), int(column)), "this cell is empty")

    drive(LazytuiApp(workspace), steps)


def test_an_older_evaluation_is_drawn_and_says_why_it_has_no_images(workspace: Workspace, evaluated: Path) -> None:
    result = load_result(evaluated)
    kept = ("digits", "colors", "predicted", "confidence")
    arrays = {name: array for name, array in result.arrays.items() if not name.endswith(kept)}
    facts = {name: fact for name, fact in result.facts.items() if name not in {"against", "name"}}
    save_result(evaluated, Result(result.metrics, facts, arrays))

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        assert view_called(pilot, "confusion-hard")
        await open_cell(pilot, "confusion-hard", (1, 0), lambda: "run evaluate again" in screen_text(pilot.app))

    drive(LazytuiApp(workspace), steps)


def claim(folder: Path, **params: object) -> None:
    """Let the evaluation say that it was made with other data."""
    content = read_json(folder / "result.json")
    content["facts"]["trained"] |= params
    (folder / "result.json").write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"seed": 4}, "The images can't be painted again"),
        ({"source": "mnist"}, "The mnist digits aren't on this machine"),
        ({"train_size": 10**9}, "has 60000 digits in its train split"),
    ],
)
def test_data_that_cannot_be_had_again_are_one_sentence(
    params: dict[str, object], sentence: str, workspace: Workspace, evaluated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZYTUI_DATA", str(workspace.path / "no data"))
    cell = fullest(evaluated, "confusion_hard")
    claim(evaluated, **params)

    async def steps(pilot: Pilot[Any]) -> None:
        await said_instead(pilot, evaluated, "confusion-hard", cell, sentence)

    drive(LazytuiApp(workspace), steps)


def test_a_damaged_result_is_one_sentence(workspace: Workspace, evaluated: Path) -> None:
    (evaluated / ARRAYS_FILE).write_bytes(b"damaged")

    async def steps(pilot: Pilot[Any]) -> None:
        await said_instead(pilot, evaluated, "confusion-hard", (1, 0), "is damaged and can't be read")

    drive(LazytuiApp(workspace), steps)


def test_large_images_where_few_fit_and_small_ones_where_there_are_many(workspace: Workspace, evaluated: Path) -> None:
    few = np.argwhere(load_result(evaluated).arrays["confusion_hard"] == 1)[0]

    async def width(pilot: Pilot[Any], matrix: str, cell: Cell) -> int:
        pilot.app.push_screen(CellImages(RunFolder(evaluated, evaluated.name), matrix, cell))
        await until(pilot, lambda: pilot.app.screen.query(PixelsView))
        await pilot.pause()
        shown = pilot.app.screen.query_one(PixelsView).drawing.regions[0][0].width
        await pilot.press("escape")
        return shown

    async def steps(pilot: Pilot[Any]) -> None:
        assert await width(pilot, "confusion-hard", (int(few[0]), int(few[1]))) == 28
        most = fullest(evaluated, "against_confusion_hard")
        assert 14 <= await width(pilot, "against-confusion-hard", most) < 28

    drive(LazytuiApp(workspace), steps, size=(80, 24))


# Mistakes of ours


def test_a_mistake_in_a_figure_is_an_internal_error_and_no_damaged_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison_figures, "verdict", lambda _: {}["x"])

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("3")
        await until(pilot, lambda: "Internal error (KeyError: 'x')" in screen_text(pilot.app))
        assert "damaged" not in screen_text(pilot.app)

    drive(LazytuiApp(workspace), steps)
    (kept,) = (workspace.path / "errors").iterdir()
    assert "in comparison" in kept.read_text()
