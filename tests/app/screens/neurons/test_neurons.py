"""The screen of neurons, by keyboard: the table, a neuron's page, curves and layer, live ablation, LLC."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.neurons.analysis import open_session
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.app.figures import BarsView, FigureView, TableView
from lazytui.app.form import ParamsForm
from lazytui.app.panels.panel import Panel
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.neurons.network_neurons import LastNote
from lazytui.app.screens.neurons.neuron_page_screen import NeuronPage
from lazytui.app.screens.neurons.screen import NeuronsScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.popups.dialogs import AskText
from lazytui.data.palettes import palette
from lazytui.neurons.roles import ROLES
from lazytui.runs.events import EventLog
from lazytui.runs.formatting import state_clause
from lazytui.runs.human_names import name_of_run
from lazytui.runs.jobs import request_stop
from lazytui.runs.results.saved_result import ARRAYS_FILE
from lazytui.runs.run_folder import WEIGHTS_FILE, RunFolder
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace
from tests.app.pilot import choose_run, drive, screen_text, shows, until
from tests.commands import Lab, wait_until
from tests.conftest import FinishedTraining

LAYER = "features.relu1"
QUICK = {"samples": 100, "starts": 1, "steps": 1}
OPTIONS = [word for name, value in {"layer": LAYER, **QUICK}.items() for word in (f"--{name}", str(value))]


@pytest.fixture(scope="module")
def looked_into(finished_training: FinishedTraining, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A workspace in which a training's neurons were examined, and its complexity estimated. Tests only read it."""
    lab = Lab(tmp_path_factory.mktemp("looked into"))
    shutil.copytree(finished_training.lab.workspace, lab.workspace)
    for arguments in (("neurons", "reference", *OPTIONS), ("llc", "reference", "--steps", "10", "--batch", "4")):
        done = lab.call("run", *arguments, "--json")
        assert done.code == 0, done.err
    return lab


@pytest.fixture
def workspace(looked_into: Lab, tmp_path: Path) -> Workspace:
    shutil.copytree(looked_into.workspace, tmp_path / "runs")
    return Workspace(tmp_path / "runs")


@pytest.fixture
def result(workspace: Workspace) -> NeuronsResult:
    folder = run_of(workspace, "neurons")
    found: NeuronsResult = recorded_result(RunFolder(folder, folder.name))
    return found


def run_of(workspace: Workspace, kind: str) -> Path:
    return next(run.path for run in workspace.runs() if run.record.kind == kind)


async def open_screen(pilot: Pilot[Any]) -> NeuronsScreen:
    """The screen with the keyboard in its table."""
    await pilot.press("5")
    await until(pilot, lambda: isinstance(pilot.app.screen, NeuronsScreen))
    await until(pilot, lambda: isinstance(pilot.app.focused, TableView))
    screen = pilot.app.screen
    assert isinstance(screen, NeuronsScreen)
    return screen


def table(pilot: Pilot[Any]) -> TableView:
    view = pilot.app.screen.table
    assert isinstance(view, TableView)
    return view


def marked(pilot: Pilot[Any]) -> set[int]:
    return {int(row[0] or 0) for row in table(pilot).figure.rows if "✓" in str(row[1])}


def words(pilot: Pilot[Any]) -> str:
    """What is said, in a panel or below them."""
    said = pilot.app.screen.query("#panel-table .sentence, #doing").results(Static)
    return " ".join(filter(None, (str(one.render()) for one in said)))


def answered(pilot: Pilot[Any]) -> BarsView | None:
    """The answer, once the last random draw is in it."""
    return next((view for view in pilot.app.screen.query(BarsView) if "20 draws" in view.figure.note), None)


async def filter_by(pilot: Pilot[Any], text: str) -> None:
    await pilot.press("slash")
    await until(pilot, lambda: pilot.app.screen.query(Input))
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, NeuronsScreen))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
def test_the_table_says_by_which_column_it_is_ordered(size: tuple[int, int], workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await until(pilot, lambda: "▾ diff" in screen_text(pilot.app))
        heading = next(line for line in screen_text(pilot.app).splitlines() if "▾ diff" in line)
        assert "neuron" in heading and "digit MI" in heading, "the columns stand side by side"
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: "▾ neuron" in screen_text(pilot.app) and "▾ diff" not in screen_text(pilot.app))

    drive(LazytuiApp(workspace), steps, size=size)


def test_every_neuron_stands_in_the_table_and_is_sorted_and_filtered_by_role(
    workspace: Workspace, result: NeuronsResult
) -> None:
    roles = [ROLES[int(role)] for role in result.role]
    wanted = max(set(roles), key=roles.count)

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        rows = table(pilot).figure.rows
        assert {int(row[0] or 0): row[1] for row in rows} == dict(enumerate(roles))
        await pilot.press("greater_than_sign", "greater_than_sign")
        assert [rows[index][0] for index in table(pilot).order] == list(range(len(roles)))
        await filter_by(pilot, wanted)
        await until(pilot, lambda: len(table(pilot).order) == roles.count(wanted))
        name_before = table(pilot).figure.name
        await pilot.press("m")
        await until(pilot, lambda: table(pilot).figure.name != name_before)
        assert len(table(pilot).order) == roles.count(wanted)

    drive(LazytuiApp(workspace), steps)


def test_enter_opens_a_page_and_n_and_shift_n_turn_in_the_order_of_the_table(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        first, second = (table(pilot).figure.rows[index][0] for index in table(pilot).order[:2])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, NeuronPage) and pilot.app.screen.query(FigureView))
        page = pilot.app.screen
        assert isinstance(page, NeuronPage)
        names = {figure.name for figure in page.shown_figures()}
        assert {
            f"neuron-{first}-{part}" for part in ("preferred", "maps", "evidence", "colors", "heat", "says")
        } <= names
        shown = {figure.name for panel in page.query(Panel) for figure in panel.shown}
        assert {"evidence", "colors", "heat", "says"} <= shown
        await pilot.press("n")
        await until(pilot, lambda: f"Neuron {second} (" in screen_text(pilot.app))
        assert "2 of" in screen_text(pilot.app)
        assert all(figure.name.startswith(f"neuron-{second}-") for figure in page.shown_figures())
        await pilot.press("N", "N")
        await until(pilot, lambda: f"Neuron {first} (" in screen_text(pilot.app))
        await pilot.press("n", "escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.number_at_cursor == second, "the table goes on from the page"

    drive(LazytuiApp(workspace), steps)


def test_the_chart_of_a_page_stays_while_neurons_change(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, NeuronPage) and pilot.app.screen.query(FigureView))
        panel = pilot.app.screen.query_one(PanelGrid).panel("colors")
        panel.views[0].focus()
        await pilot.press("m")
        await until(pilot, lambda: panel.shown[0].name == "patched")
        before = panel.shown[0]
        await pilot.press("n")
        await until(pilot, lambda: panel.shown[0] is not before)
        assert panel.shown[0].name == "patched"

    drive(LazytuiApp(workspace), steps)


def test_curves_and_the_layer_stand_beside_the_table(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        await until(pilot, lambda: screen.panel("curves").shown)
        assert [figure.name for figure in screen.panel("curves").shown] == ["without-hard"]
        screen.panel("curves").views[0].focus()
        await pilot.press("m")
        assert [figure.name for figure in screen.panel("curves").shown] == ["without-easy"]
        listed = {shown[0].name for shown in screen.panel("others")._choices}
        assert {"verdict", "preferred", "class-images", "relations", "filters"} <= listed
        names = {figure.name for figure in screen.shown_figures()}
        assert {"neurons", "scatter", "without-easy", "verdict"} <= names

    drive(LazytuiApp(workspace), steps)


def test_the_cursor_of_the_table_stands_in_the_scatter_and_chooses_from_there(
    workspace: Workspace, result: NeuronsResult
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        await until(pilot, lambda: screen.panel("scatter").views)
        (chart,) = screen.panel("scatter").views
        await pilot.press("down")
        neuron = screen.number_at_cursor
        await until(pilot, lambda: chart.position == pytest.approx(float(result.attribute_information[neuron])))
        await pilot.press("n")
        assert screen.number_at_cursor == screen.numbers[2]
        chart.focus()
        await pilot.press("left")
        await until(pilot, lambda: screen.number_at_cursor != screen.numbers[2])
        assert float(result.attribute_information[screen.number_at_cursor]) == pytest.approx(chart.position)

    drive(LazytuiApp(workspace), steps)


def test_marked_neurons_are_taken_out_at_once_beside_as_many_random_ones(workspace: Workspace) -> None:
    asked = open_session(NeuronsParams(run="reference", layer=LAYER, samples=100), workspace).ablation

    def is_right(bars: BarsView, neurons: set[int], mode: Any) -> None:
        without, intact = asked.accuracies(sorted(neurons), mode), asked.accuracies([])
        values = dict(zip(bars.figure.labels, bars.figure.values / 100, strict=True))
        for split in ("easy", "hard"):
            assert values[f"{split}, intact"] == pytest.approx(intact[split])
            assert values[f"{split}, without {len(neurons)} marked"] == pytest.approx(without[split])
            assert 0 <= values[f"{split}, without {len(neurons)} random"] <= 1
        assert bars.figure.intervals is not None and np.isfinite(bars.figure.intervals[[2, 5]]).all()

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await pilot.press("b")
        await until(pilot, lambda: any("Mark neurons first" in note.message for note in pilot.app._notifications))
        await pilot.press("space", "down", "space", "down", "space", "space")
        assert marked(pilot) == {int(table(pilot).figure.rows[index][0] or 0) for index in table(pilot).order[:2]}
        await pilot.press("b")
        await until(pilot, lambda: answered(pilot))
        is_right(pilot.app.screen.query_one(BarsView), marked(pilot), "mean")
        await pilot.press("z")
        await until(pilot, lambda: answered(pilot) and "Without 2 neurons (zero)" in screen_text(pilot.app))
        assert pilot.app.screen.query_one(ParamsForm).touched["ablate"] == "zero"
        is_right(pilot.app.screen.query_one(BarsView), marked(pilot), "zero")
        await pilot.press("space")
        await until(pilot, lambda: answered(pilot) and "Without 3 neurons" in screen_text(pilot.app))
        is_right(pilot.app.screen.query_one(BarsView), marked(pilot), "zero")
        await pilot.press("b")
        await until(pilot, lambda: not pilot.app.screen.query(BarsView))
        assert len(marked(pilot)) == 3

    drive(LazytuiApp(workspace), steps, size=(120, 44))


def test_on_a_small_terminal_an_ablation_comes_into_view(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await pilot.press("space", "b")
        await until(pilot, lambda: "Without 1 neuron" in screen_text(pilot.app))

    drive(LazytuiApp(workspace), steps, size=(80, 24))


def test_what_neurons_do_in_one_image_is_put_into_another(workspace: Workspace) -> None:
    asked = open_session(NeuronsParams(run="reference", layer=LAYER, samples=100), workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await pilot.press("space", "W")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
        pilot.app.screen.query_one(Input).value = "plaid 3 into red 1"
        await pilot.press("enter")
        await until(pilot, lambda: any("'plaid 3' isn't" in note.message for note in pilot.app._notifications))
        await pilot.press("W")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
        pilot.app.screen.query_one(Input).value = "hard 3 into red 8"
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query(BarsView))
        bars = pilot.app.screen.query_one(BarsView).figure
        assert bars.title.endswith("shift of every logit")
        assert bars.title.startswith("Red 8 with what 1 neuron does in hard 3")
        red = palette("distinct").names.index("red")
        into, source = asked.data.cue_conflict.images[[80 + red]], asked.data.hard.images[[3]]
        np.testing.assert_allclose(
            bars.values, asked.ablation.patch(into, source, sorted(marked(pilot)))[0], rtol=1e-4, atol=1e-5
        )
        await pilot.press("b")
        await until(pilot, lambda: "Without 1 neuron" in screen_text(pilot.app))
        await pilot.press("F")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
        pilot.app.screen.query_one(Input).value = "easy 5"
        await pilot.press("enter")
        await until(pilot, lambda: "Marked neurons on the" in screen_text(pilot.app))

    drive(LazytuiApp(workspace), steps, size=(120, 44))


def test_all_that_the_filter_leaves_is_marked_and_unmarked(workspace: Workspace, result: NeuronsResult) -> None:
    role = ROLES[int(np.bincount(result.role).argmax())]
    wanted = set(np.flatnonzero(result.role == ROLES.index(role)).tolist())

    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        await filter_by(pilot, role)
        await pilot.press("asterisk")
        assert marked(pilot) == wanted
        assert f"Only those with {role}. {len(wanted)} marked." in " ".join(words(pilot).split())
        await pilot.press("asterisk")
        assert marked(pilot) == set()
        await pilot.press("asterisk", "minus")
        assert marked(pilot) == set()

    drive(LazytuiApp(workspace), steps)


def test_a_network_without_its_weights_says_so(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_screen(pilot)
        (run_of(workspace, "train") / WEIGHTS_FILE).unlink()
        await pilot.press("space", "b")
        await until(pilot, lambda: "has no weights any more" in words(pilot))

    drive(LazytuiApp(workspace), steps)


def test_a_damaged_result_is_reported_in_a_sentence(workspace: Workspace) -> None:
    (run_of(workspace, "neurons") / ARRAYS_FILE).write_bytes(b"nothing")

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("5")
        await until(pilot, lambda: pilot.app.screen.query("#doing") and "damaged" in words(pilot))
        await pilot.press("space", "b", "asterisk", "W", "m", "n")
        assert not pilot.app.screen.query(FigureView)

    drive(LazytuiApp(workspace), steps)


def test_where_nobody_has_looked_yet_g_starts_it_and_its_progress_is_reported(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        form = screen.query_one(ParamsForm)
        form.set_values({**form.touched, **QUICK, "layer": "features.relu2"})
        await until(pilot, lambda: "No neuron analysis of layer features.relu2" in words(pilot))
        await until(pilot, lambda: not screen.query(TableView))
        assert "--layer features.relu2" in form.command
        runs = len(workspace.runs())
        await pilot.press("g")
        await until(pilot, lambda: len(workspace.runs()) == runs + 1)
        run = workspace.runs()[-1]
        assert run.record.params["layer"] == "features.relu2"
        name = name_of_run(run)
        assert run.id not in name
        await until(pilot, lambda: words(pilot).startswith((f"{name} is queued", f"{name} is running")))
        request_stop(run)
        wait_until(lambda: run.status.state not in ACTIVE)
        await until(pilot, lambda: f"{name} {state_clause(run.status)}" in words(pilot) or screen.query(TableView))

    drive(LazytuiApp(workspace), steps)


def test_another_network_is_picked_from_a_list(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        await choose_run(pilot, "o", "cured-strokes")
        await until(pilot, lambda: "of cured-strokes yet. g: run it" in words(pilot))
        await until(pilot, lambda: not screen.query(FigureView))
        assert words(pilot).count("No neuron analysis") == 1, "it is said once"
        assert screen.query_one(ParamsForm).command == "lazytui run neurons shipped/cured-strokes"
        assert not screen.query(FigureView), "the neurons of another network aren't shown as its own"
        await choose_run(pilot, "o", "reference")
        await until(pilot, lambda: screen.table)
        await choose_run(pilot, "o", "lazy-strokes")
        await until(pilot, lambda: screen.table and "lazy-strokes" in words(pilot))

    drive(LazytuiApp(workspace), steps)


def test_llc_lies_over_the_neurons(workspace: Workspace) -> None:
    (llc,) = [run for run in workspace.runs() if run.record.kind == "llc"]

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_screen(pilot)
        await pilot.press("L")
        await until(pilot, lambda: shows(pilot.app, "llc") and pilot.app.screen.query(FigureView))
        form = pilot.app.screen.query_one(ParamsForm)
        assert form.command.startswith("lazytui run llc") and form.touched["run"] == llc.record.params["run"]
        form.set_values({"run": "shipped/cured-strokes"})
        await until(pilot, lambda: "No LLC of this network yet" in " ".join(screen_text(pilot.app).split()))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        app.open_run(llc.reference)
        await until(pilot, lambda: shows(pilot.app, "llc") and pilot.app.screen.query(FigureView))
        await until(pilot, lambda: pilot.app.screen.query_one(ParamsForm).touched.get("steps") == 10)

    app = LazytuiApp(workspace)
    drive(app, steps)


def test_it_is_polite_at_every_size(workspace: Workspace) -> None:
    def has_whole_columns(pilot: Pilot[Any]) -> bool:
        lines = screen_text(pilot.app).splitlines()
        heading = next((line for line in lines if "neuron" in line and "role" in line), "")
        return " digit " in heading[: table(pilot).region.right]

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("5")
        await until(pilot, lambda: isinstance(pilot.app.screen, NeuronsScreen) and pilot.app.screen.query(TableView))
        await until(pilot, lambda: "lazytui needs 60x16" in " ".join(screen_text(pilot.app).split()))
        for size in ((40, 12), (80, 24), (120, 36), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            side = pilot.app.screen.query_one("#side")
            assert not side.display
            await until(pilot, lambda size=size: size == (40, 12) or has_whole_columns(pilot))
            await pilot.press("f")
            await until(pilot, lambda side=side: side.display)
            await pilot.press("escape", "m", "n", "enter", "escape", "M")

    drive(LazytuiApp(workspace), steps, size=(40, 12))


def test_the_screen_is_drawn_without_torch(lab: Lab) -> None:
    ended = lab.python("import sys, lazytui.app.screens.neurons.screen; sys.exit('torch' in sys.modules)")
    assert ended.code == 0, ended.err


def test_what_a_run_said_last_is_read_on_from_the_look_before(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    log, last = EventLog(events), LastNote(events)
    assert last.text() == ""
    log.append("note", text="looking at the probe split")
    assert last.text() == "looking at the probe split"
    written = events.stat().st_size
    with events.open("r+b") as file:
        file.write(b"x" * (written - 1))
    log.append("progress", done=1, total=2, unit="images")
    assert last.text() == "looking at the probe split", "what was read before isn't read again"
    log.append("note", text="ablating neurons")
    assert last.text() == "ablating neurons"
    log.close()
