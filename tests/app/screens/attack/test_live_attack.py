"""The live panel of attacks, by keyboard: one image, its perturbation and the climb, and other questions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Footer, Static

from lazytui.analyses.attack.params import AttackParams
from lazytui.app.figures import FigureView, LinesView, MatrixView
from lazytui.app.form import ParamsForm
from lazytui.app.panels.panel import Panel
from lazytui.app.screens.attack import live_attack
from lazytui.app.screens.attack.live_attack import LiveAttackScreen
from lazytui.app.screens.attack.screen import AttackScreen
from lazytui.app.screens.common.run_panels import RunPanels
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.popups.export_dialog import AskExport
from lazytui.app.shell.popups.help_screen import Help
from lazytui.attacks import ATTACKS
from lazytui.runs.results.saved_result import load_result
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.app.pilot import choose_run, drive, screen_text, until
from tests.commands import Lab

SIZES = [(80, 24), (120, 24), (100, 40), (120, 36), (200, 60)]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A workspace in which two networks were attacked. Tests only read it."""
    lab = Lab(tmp_path_factory.mktemp("attacked"))
    networks = ("shipped/cured-strokes", "--against", "shipped/lazy-strokes")
    options = ("--sources", "12", "--steps", "8", "--epsilon", "0.15", "--source", "strokes", "--json", "--quiet")
    done = lab.call("run", "attack", *networks, *options)
    assert done.code == 0, done.err
    return lab


@pytest.fixture
def workspace(attacked: Lab, tmp_path: Path) -> Workspace:
    shutil.copytree(attacked.workspace, tmp_path / "runs")
    return Workspace(tmp_path / "runs")


def run_of(workspace: Workspace) -> RunFolder:
    return next(run for run in workspace.runs() if run.record.kind == "attack")


async def open_panel(pilot: Pilot[Any]) -> LiveAttackScreen:
    """Over the figures of the run, with its first answer."""
    await open_attack(pilot)
    return await live(pilot)


async def open_attack(pilot: Pilot[Any]) -> AttackScreen:
    """The screen with the figures of the run."""
    run = run_of(pilot.app.workspace)
    pilot.app.open_run(run.reference)
    await until(pilot, lambda: isinstance(pilot.app.screen, AttackScreen))
    screen = pilot.app.screen
    assert isinstance(screen, AttackScreen)
    await until(
        pilot, lambda: screen.query(ParamsForm) and screen.followed == run and screen.query_one(RunPanels).figures
    )
    return screen


async def live(pilot: Pilot[Any]) -> LiveAttackScreen:
    await pilot.press("v")
    await until(pilot, lambda: isinstance(pilot.app.screen, LiveAttackScreen))
    panel = pilot.app.screen
    assert isinstance(panel, LiveAttackScreen)
    await until(pilot, lambda: panel.answered_question)
    await pilot.pause()
    return panel


def figures_by_name(pilot: Pilot[Any]) -> dict[str, Any]:
    return {view.figure.name: view.figure for view in pilot.app.screen.query(FigureView)}


def words(pilot: Pilot[Any]) -> str:
    return str(pilot.app.screen.query_one("#doing", Static).render())


def headline(pilot: Pilot[Any]) -> str:
    return str(figures_by_name(pilot)["pictures"].title)


def budget(pilot: Pilot[Any]) -> int:
    """In levels, as the headline has it."""
    return int(headline(pilot).split(" within ")[1].split()[0])


async def press(pilot: Pilot[Any], key: str, condition: Callable[[], object]) -> None:
    """Press a key and wait until what it asks is answered in full and drawn."""
    panel = pilot.app.screen
    assert isinstance(panel, LiveAttackScreen)
    before = panel.answered_question
    await pilot.press(key)
    await until(
        pilot, lambda: panel.answered_question is not None and panel.answered_question is not before and condition()
    )


def test_it_shows_one_image_of_the_run_as_it_was_attacked(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_panel(pilot)
        figures = figures_by_name(pilot)
        assert set(figures) == {"pictures", "climb", "probabilities"}
        found = load_result(run_of(workspace).path).arrays
        smallest = round(float(found["0/aligned/budgets"][0]) * 255)
        assert headline(pilot).startswith("aligned 7, source 1 of 12, to a 3: pgd within ")
        assert abs(budget(pilot) - smallest) <= 6, "alone it begins elsewhere than in the run's batch"
        assert int(figures["probabilities"].values[1].argmax()) == 3, "it opens on a success"
        assert "Fooled, within the smallest budget that was found for this image: it sees a 3" in words(pilot)
        np.testing.assert_array_equal(figures["pictures"].images[0], found["0/aligned/own_images"][0])
        assert words(pilot).startswith("cured-strokes. ") and f"Smallest in the run: {smallest} of 255." in words(pilot)
        assert np.isfinite(figures["climb"].series[0].y[0])
        assert pilot.app.screen.query(LinesView) and pilot.app.screen.query(MatrixView)

    drive(LazytuiApp(workspace), steps)


def test_each_key_asks_something_else_and_is_answered(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        panel = await open_panel(pilot)
        opened = budget(pilot)
        for key, part in (
            ("n", "source 2 of 12"),
            ("n", "source 3 of 12"),
            ("N", "source 2 of 12"),
            ("N", "source 1 of 12"),
            ("h", "neutral 7"),
            ("h", "target-colored 7"),
        ):
            await press(pilot, key, lambda part=part: part in headline(pilot))
            assert panel.answered_question is panel.question
        await pilot.press("h")
        await until(pilot, lambda: "No drawing of a 7 is kept" in words(pilot))
        for key, part in (
            ("h", "aligned 7"),
            ("up", f"within {opened + 1} of 255"),
            ("down", f"within {opened} of 255"),
            ("pageup", f"within {opened + 10} of 255"),
            ("pagedown", f"within {opened} of 255"),
            ("t", "to a 4"),
            ("T", "to a 3"),
            *(("T", f"to a {digit}") for digit in (2, 1, 0)),
            ("T", "to anything else"),
            *(("t", f"to a {digit}") for digit in (0, 1, 2, 3)),
            ("P", "surer than 0.9"),
            ("P", "to a 3: pgd"),
            ("m", "mi-fgsm within"),
            ("M", "pgd within"),
            ("d", "aligned 8, source 1 of 12"),
        ):
            await press(pilot, key, lambda part=part: part in headline(pilot))
            assert panel.answered_question is panel.question
        await pilot.press("N")
        assert panel.answered_question is panel.question, "before the first there is none"
        await press(pilot, "D", lambda: "aligned 7, source 1 of 12" in headline(pilot))
        await press(pilot, "pagedown", lambda: budget(pilot) == max(opened - 10, 1))
        await press(pilot, "backspace", lambda: budget(pilot) == opened)
        assert "smallest budget that was found" in words(pilot), "back to what fools it"

    drive(LazytuiApp(workspace), steps)


def test_another_target_keeps_a_budget_that_was_set_and_says_whose_it_is(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_panel(pilot)
        opened = budget(pilot)
        await press(pilot, "t", lambda: "to a 4" in headline(pilot))
        assert "smallest budget that was found" in words(pilot), "nobody set one: it is looked for anew"
        await press(pilot, "T", lambda: "to a 3" in headline(pilot) and budget(pilot) == opened)
        while budget(pilot) > 1:
            before = budget(pilot)
            await press(pilot, "pagedown", lambda before=before: budget(pilot) < before)
        said = "Not fooled within the budget that you set, 1 of 255: it sees a 7"
        assert said in words(pilot) and "Backspace finds the smallest" in words(pilot)
        await press(pilot, "t", lambda: "to a 4" in headline(pilot))
        assert budget(pilot) == 1 and said in words(pilot)
        await press(pilot, "backspace", lambda: budget(pilot) > 1)
        assert "Fooled, within the smallest budget" in words(pilot)

    drive(LazytuiApp(workspace), steps)


def shown_step(pilot: Pilot[Any]) -> str:
    """`step 3`, or `result`."""
    return str(figures_by_name(pilot)["pictures"].column_labels[4])


def test_an_attack_that_is_done_is_gone_through_step_by_step(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        panel = await open_panel(pilot)
        assert panel.answer is not None and panel.answer.climb is not None
        climb = panel.answer.climb
        assert [frame.step for frame in climb.frames] == [*range(len(climb.probabilities))], "few steps: all are kept"
        made, caption = figures_by_name(pilot)["pictures"].images[4], words(pilot)
        for key, frame in (("left", -1), ("left", -2), ("right", -1)):
            await pilot.press(key)
            assert shown_step(pilot) == f"step {climb.frames[frame].step}"
            pictures, chances = figures_by_name(pilot)["pictures"], figures_by_name(pilot)["probabilities"]
            np.testing.assert_array_equal(pictures.images[4], climb.frames[frame].image)
            np.testing.assert_allclose(chances.values[1] / 100, climb.probabilities[climb.frames[frame].step])
            assert words(pilot).startswith(f"cured-strokes. Step {climb.frames[frame].step} of ")
        await pilot.press("right")
        assert shown_step(pilot) == "result" and words(pilot) == caption
        np.testing.assert_array_equal(figures_by_name(pilot)["pictures"].images[4], made)
        chart = pilot.app.screen.query_one(LinesView)
        chart.focus()
        await pilot.pause()
        await pilot.press("left", "left")
        await until(pilot, lambda: shown_step(pilot) == f"step {chart.position:g}")
        await press(pilot, "n", lambda: "source 2 of 12" in headline(pilot))
        assert shown_step(pilot) == "result", "of another image, what came of it"

    drive(LazytuiApp(workspace), steps)


def test_an_attack_plays_and_pauses_and_where_nothing_moves_p_goes_a_step_further(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        panel = await open_panel(pilot)
        assert panel.answer is not None and panel.answer.climb is not None
        on_the_way = [f"step {frame.step}" for frame in panel.answer.climb.frames]
        await until(pilot, lambda: "p Play" in " ".join(screen_text(pilot.app).split()))
        for step in on_the_way:
            await pilot.press("p")
            assert shown_step(pilot) == step
        await pilot.pause(2 * live_attack.SECONDS_A_FRAME)
        assert shown_step(pilot) == on_the_way[-1], "no further by itself"
        await pilot.press("p")
        assert shown_step(pilot) == "result"

        pilot.app.animation_level = "full"
        played, show_frame = [], panel._show_frame

        def watched(frame: int) -> None:
            show_frame(frame)
            played.append(shown_step(pilot))

        monkeypatch.setattr(panel, "_show_frame", watched)
        await pilot.press("p")
        await until(pilot, lambda: played[-1] == "result")
        assert played == [*on_the_way, "result"]

        monkeypatch.setattr(live_attack, "SECONDS_A_FRAME", 2.0)
        await pilot.press("p")
        await until(pilot, lambda: shown_step(pilot) == on_the_way[1])
        await pilot.press("p")
        paused_at, so_far = shown_step(pilot), len(played)
        await pilot.pause(2.5)
        assert shown_step(pilot) == paused_at != "result" and len(played) == so_far, "it waits where it was paused"
        monkeypatch.setattr(live_attack, "SECONDS_A_FRAME", 0.01)
        await pilot.press("p")
        await until(pilot, lambda: shown_step(pilot) == "result")
        assert played[so_far] == paused_at, "and goes on from there"

    drive(LazytuiApp(workspace), steps)


def test_networks_of_the_run_take_turns_and_any_other_can_be_picked(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await open_panel(pilot)
        image = figures_by_name(pilot)["pictures"].images[0]
        await press(pilot, "A", lambda: words(pilot).startswith("lazy-strokes. "))
        np.testing.assert_array_equal(figures_by_name(pilot)["pictures"].images[0], image)
        await press(pilot, "A", lambda: words(pilot).startswith("cured-strokes. "))
        await choose_run(pilot, "o", "lazy-strokes")
        await until(pilot, lambda: words(pilot).startswith("lazy-strokes. ") and "Smallest" not in words(pilot))
        await pilot.press("A")
        assert any("a chooses one" in note.message for note in pilot.app._notifications)
        await choose_run(pilot, "a", "cured-strokes")
        await press(pilot, "A", lambda: words(pilot).startswith("cured-strokes. "))

    drive(LazytuiApp(workspace), steps)


def test_the_curve_fills_in_while_the_attack_climbs_and_leaving_ends_it(workspace: Workspace) -> None:
    """The run asked for an attack that takes half a minute for each image."""
    run = run_of(workspace).path / "run.json"
    record = json.loads(run.read_text())
    record["params"] |= {"attack": "ddn", "steps": 10_000, "epsilon": 5.0}
    run.write_text(json.dumps(record))
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_attack(pilot)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, LiveAttackScreen))
        panel = app.screen

        def steps_shown() -> int:
            return int(np.isfinite(figures_by_name(pilot)["climb"].series[0].y).sum()) if figures_by_name(pilot) else 0

        await until(pilot, lambda: steps_shown() > 3)
        first = steps_shown()
        await until(pilot, lambda: steps_shown() > first)
        assert panel.answered_question is None and words(pilot).endswith("Attacking ...")
        before = headline(pilot)
        await pilot.press("n")
        await until(pilot, lambda: headline(pilot) != before)
        assert "source 2 of 12" in headline(pilot), "what climbs is dropped for what is asked now"
        (worker,) = [worker for worker in app.workers if worker.group == "live"]
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await until(pilot, lambda: worker.is_finished)

    drive(app, steps)


def test_a_network_is_attacked_before_any_run_of_it(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("7")
        await until(pilot, lambda: isinstance(pilot.app.screen, AttackScreen))
        form = pilot.app.screen.query_one(ParamsForm)
        form.set_values({**form.touched, "run": "shipped/cured-strokes", "sources": 10, "pool": "target-colored"})
        await live(pilot)
        assert headline(pilot).startswith("target-colored 7, source 1 of 10, to a 3: pgd within ")
        assert words(pilot).startswith("cured-strokes. ") and "Smallest in the run" not in words(pilot)
        await pilot.press("escape")
        form.set_values({**form.touched, "sources": 1})
        await pilot.press("v")
        await until(pilot, lambda: pilot.app._notifications)
        assert isinstance(pilot.app.screen, AttackScreen), "a form that isn't right asks nothing"

    drive(LazytuiApp(Workspace(tmp_path / "runs")), steps)


def test_the_form_decides_how_and_where_it_asks_for_nothing_the_run_that_is_shown(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("7")
        await until(pilot, lambda: isinstance(pilot.app.screen, AttackScreen))
        screen = pilot.app.screen
        form = screen.query_one(ParamsForm)

        async def asked(**values: object) -> AttackParams:
            form.set_values({"run": "shipped/cured-strokes", "against": ("shipped/lazy-strokes",), **values})
            await until(pilot, lambda: screen.followed == run_of(workspace))
            await pilot.press("v")
            await until(pilot, lambda: isinstance(pilot.app.screen, LiveAttackScreen))
            params = pilot.app.screen.question.params
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.screen is screen)
            return params

        of_run = await asked()
        assert of_run.epsilon == 0.15 and of_run.steps == 8 and of_run.score is None
        by_form = await asked(score="margin:3,8", above=1.0)
        assert (by_form.score, by_form.above) == ("margin:3,8", 1.0)
        assert by_form.steps == ATTACKS["pgd"].defaults["steps"]
        screen.show_run(run_of(workspace))
        assert form.touched["steps"] == 8
        assert (await asked()).epsilon == AttackParams(run="any").epsilon, "what was taken back there stays so"

    drive(LazytuiApp(workspace), steps)


def test_a_run_whose_network_is_gone_says_so(lab: Lab, finished_training: Any) -> None:
    shutil.copytree(finished_training.lab.workspace, lab.workspace)
    done = lab.call("run", "attack", "reference", "--sources", "10", "--steps", "2", "--json", "--quiet")
    assert done.code == 0, done.err
    workspace = Workspace(lab.workspace)
    shutil.rmtree(workspace.find("reference").path)

    async def steps(pilot: Pilot[Any]) -> None:
        await open_attack(pilot)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(pilot.app.screen, LiveAttackScreen))
        await until(pilot, lambda: "no run" in words(pilot))
        assert not figures_by_name(pilot)
        await pilot.press("n", "up", "m", "h", "A")
        await until(pilot, lambda: "no run" in words(pilot))

    drive(LazytuiApp(workspace), steps)


def test_everything_fits(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_panel(pilot)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: screen.size == size and "━ a 3" in screen_text(pilot.app))
            require_room(pilot, size)

    def require_room(pilot: Pilot[Any], size: tuple[int, int]) -> None:
        screen = pilot.app.screen
        panels = {str(panel.name): panel for panel in screen.query(Panel)}
        footer = screen.query_one(Footer)
        for name, panel in panels.items():
            if panel.display:
                assert panel.region.right <= size[0] and panel.region.bottom <= footer.region.y, name
                assert all(view.max_scroll_y == 0 for view in panel.views), f"{name} has to be scrolled"
        assert panels["climb"].region.y >= panels["pictures"].region.bottom
        assert panels["chances"].display is (size[0] >= 100)
        text = screen_text(pilot.app)
        assert "▀" in text or "▄" in text
        for heading in ("source", "sensitivity", "added, x", "result", "Probability at each step", "━ a 3"):
            assert heading in text
        for key in ("esc Back", "n N Next", "h Pool", "↑↓ Budget", "m M Attack", "t T Target"):
            assert key in text.splitlines()[-1] or size[0] < 100

    drive(LazytuiApp(workspace), steps, size=SIZES[0])


def test_a_tiny_terminal_scrolls_to_the_curve(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        panel = await open_panel(pilot)
        assert "━ a 3" not in screen_text(pilot.app)
        panel.query_one(LinesView).focus()
        await until(pilot, lambda: "━ a 3" in screen_text(pilot.app))
        await pilot.press("n")
        await until(pilot, lambda: "source 2 of 12" in headline(pilot))
        await pilot.resize_terminal(40, 12)
        await until(pilot, lambda: "lazytui needs 60x16" in " ".join(screen_text(pilot.app).split()))

    drive(LazytuiApp(workspace), steps, size=(60, 16))


def test_help_export_and_the_log_know_the_panel(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        panel = await open_panel(pilot)
        assert panel.followed == run_of(workspace) and panel.chosen_run is None, "it isn't chosen by being looked at"
        assert [figure.name for figure in panel.shown_figures()] == ["pictures", "climb", "probabilities"]
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, Help))
        text = " ".join(screen_text(pilot.app).split())
        assert "On this screen" in text and "Surer than .9, or the most probable" in text
        await pilot.press("escape", "e")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskExport))

    drive(LazytuiApp(workspace), steps, size=(120, 60))


def test_all_attacks_can_be_chosen(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        panel = await open_panel(pilot)
        opened = budget(pilot) + 1
        await press(pilot, "up", lambda: budget(pilot) == opened)  # a budget of one's own, which no attack searches
        for name in [*list(ATTACKS)[list(ATTACKS).index("pgd") + 1 :], *ATTACKS]:
            await pilot.press("m")
            assert panel.question.params.attack == name
            if name in ("square", "deepfool"):
                await until(pilot, lambda: panel.answered_question is panel.question)
                climb = figures_by_name(pilot)["climb"]
                assert np.isfinite(climb.series[0].y).any() == ATTACKS[name].needs_gradient
            if name == "pgd":
                break
        await until(
            pilot, lambda: panel.answered_question is panel.question and f": pgd within {opened} " in headline(pilot)
        )

    drive(LazytuiApp(workspace), steps)
