"""Every screen and overlay as a person sees it, character by character, at three sizes, compared with files in
`snapshots`. Four screens in a light theme, in 256 colors and without any, too.

After a change that is meant: python -m pytest tests/app/test_snapshots.py --update-snapshots, and read the diff.
"""

from __future__ import annotations

import difflib
import json
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.color import Color, ColorSystem
from textual.pilot import Pilot
from textual.screen import ModalScreen

from lazytui.app.figures import FigureView
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.app.overlays import NETWORK, OVERLAYS, open_overlay
from tests.app.pilot import drive, screen_text, until

SNAPSHOTS = Path(__file__).with_name("snapshots")
SIZES = ((80, 24), (120, 36), (200, 60))
VARIANTS = ("light", "256", "no-color")
COLORED = {
    "home": ("correct in a digit's own color", "Train: what a network learns from"),
    "evaluate": ("It reads the color", "brown 9 94%"),
    "neurons": ("All neurons of", "Neuron 76", "random order"),
    "attack": ("share not fooled", "Rates by pool"),
}
"""The screens whose bundled results are kept in other colors too, each with a list of them; what they say by then."""
NOW = 1_800_000_000.0
"""Where the clock stands: ages are measured from it."""

DRAWN = {"dataset": 4, "runs": 3}
"""How many figures a screen shows of this workspace, where it shows any."""
SAID = {
    "train": ("running",),
    "gradcam": ("class predicted.",),
    "features": ("Example",),
}
"""What a screen says when it is done with what takes a while."""

PICTURED = {name: way for name, way in OVERLAYS.items() if way.is_pictured}

HALF = {"done": 350, "total": 938, "unit": "steps"}
_COMMON = 20
_STILL = 5
"""Tenths of a second."""
_PATIENCE = 1_000


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Called `runs`, wherever it is; no data but strokes; a failed, an interrupted and a finished training."""
    shipped = next(run for run in shipped_runs() if run.id == "lazy-strokes")
    for ago, name, status in (
        (90_000, "20261121-1000-train-gap-cnn-erm-faaa", {"state": "failed", "error": "The disk is full."}),
        (7_000, "20261122-0900-train-gap-cnn-erm-gbbb", {"state": "running", "progress": HALF, "host": "elsewhere"}),
        (300, "20261122-1100-train-gap-cnn-erm-kccc", {"state": "done"}),
    ):
        run = tmp_path / "runs" / name
        shutil.copytree(shipped.path, run)
        record = json.loads((run / "run.json").read_text())
        (run / "run.json").write_text(json.dumps({**record, "created": NOW - ago}))
        (run / "status.json").write_text(json.dumps({"heartbeat": NOW, **status}))
        if status["state"] != "done":
            (run / "result.json").unlink()
    (run / "name").write_text("reference")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAZYTUI_DATA", str(tmp_path / "data"))
    for module in ("formatting", "status"):
        monkeypatch.setattr(f"lazytui.runs.{module}.time", SimpleNamespace(time=lambda: NOW))
    return Workspace(Path("runs"))


async def settled(pilot: Pilot[Any], mode: str, words: Sequence[str] | None = None) -> str:
    """What is on the screen once what belongs there has come and nothing changes any more."""
    app, said = pilot.app, SAID.get(mode, ()) if words is None else words
    await until(pilot, lambda: len(app.screen.query(FigureView)) >= DRAWN.get(mode, 0))
    same, before = 0, ""
    for _ in range(_PATIENCE):
        await pilot.pause(0.1)
        now = screen_text(app)
        same = same + 1 if now == before and all(each in now for each in said) else 0
        before = now
        if same == _STILL:
            return before + "\n"
    raise AssertionError(f"{mode} came to no rest, or never said {said}:\n{before}")


def sizes_in_turn(turn: int) -> list[tuple[int, int]]:
    """All sizes, each turn from another one on: that at which the turn before ended."""
    first = -turn % len(SIZES)
    return [*SIZES[first:], *SIZES[:first]]


def test_every_screen_looks_as_it_is_meant_to(workspace: Workspace, request: pytest.FixtureRequest) -> None:
    """Each is opened at one of the sizes and brought to the others, at which it has to look as if opened there."""
    app = LazytuiApp(workspace)
    screens: dict[str, str] = {}

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        for turn, entry in enumerate(SCREENS):
            await pilot.press(entry.key)
            await until(pilot, lambda mode=entry.mode: app.current_mode == mode and isinstance(app.screen, LabScreen))
            for width, height in sizes_in_turn(turn):
                await come_to(pilot, (width, height))
                screens[f"{entry.mode}-{width}x{height}.txt"] = await settled(pilot, entry.mode)
                bar = screen_text(app).splitlines()[0]
                assert all(f" {each.key} " in bar for each in SCREENS), f"a place is cut off: {bar}"
            app.screen.set_focus(None)

    drive(app, steps, size=sizes_in_turn(0)[0])
    require_kept(screens, request)


def test_every_overlay_looks_as_it_is_meant_to(workspace: Workspace, request: pytest.FixtureRequest) -> None:
    """Each is opened at one of the sizes and brought to the others."""
    app = LazytuiApp(workspace)
    screens: dict[str, str] = {}

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        app.study(NETWORK)
        for turn, (name, way) in enumerate(PICTURED.items()):
            await open_overlay(pilot, way)
            for width, height in sizes_in_turn(turn):
                await come_to(pilot, (width, height))
                if way.of_size:
                    await open_overlay(pilot, way)
                text = await settled(pilot, name, (way.says,))
                screens[f"overlay-{name}-{width}x{height}.txt"] = within_box(app, text)

    drive(app, steps, size=sizes_in_turn(0)[0])
    require_kept(screens, request)


async def come_to(pilot: Pilot[Any], size: tuple[int, int]) -> None:
    """Make the terminal that large, unless it is."""
    if pilot.app.size != size:
        await pilot.resize_terminal(*size)
        await until(pilot, lambda: pilot.app.screen.size == size)


def within_box(app: LazytuiApp, text: str) -> str:
    """What a box says, without the screen below it, which Textual draws or not by the moment."""
    if not isinstance(app.screen, ModalScreen):
        return text
    box = app.screen.children[0].region
    lines = text.splitlines()[box.y : box.bottom]
    return "".join(line[box.x : box.right].rstrip() + "\n" for line in lines)


@pytest.mark.parametrize("variant", VARIANTS)
def test_screens_look_as_they_are_meant_to_with_other_colors(
    variant: str, workspace: Workspace, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an empty workspace."""
    for run in workspace.path.iterdir():
        shutil.rmtree(run)
    if variant == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "256" if variant == "256" else "truecolor")
    app = LazytuiApp(workspace)
    screens: dict[str, str] = {}

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(app.screen, LabScreen))
        app.theme = "textual-light" if variant == "light" else app.theme
        for entry in SCREENS:
            if entry.mode not in COLORED:
                continue
            await pilot.press(entry.key)
            await until(pilot, lambda mode=entry.mode: app.current_mode == mode and isinstance(app.screen, LabScreen))
            text = await settled(pilot, entry.mode, COLORED[entry.mode])
            screens[f"{entry.mode}-120x36-{variant}.txt"] = text + "\n" + colors_on(app)
            app.screen.set_focus(None)

    drive(app, steps, size=(120, 36))
    require_kept(screens, request)


def colors_on(app: LazytuiApp) -> str:
    """What the screen is painted with, and how many cells of each; without what is rare, as are pixels of noise."""
    cells: Counter[str] = Counter()
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if segment.style and segment.text:
                on = color_name(segment.style.bgcolor, app)
                name = f"{color_name(segment.style.color, app)} on {on}" if segment.text.strip() else f"blank on {on}"
                cells[name] += segment.cell_length
    common = sorted((name, count) for name, count in cells.items() if count >= _COMMON)
    return "".join(f"{count:6} {name}\n" for name, count in common)


def color_name(color: Color | None, app: LazytuiApp) -> str:
    if color is None or color.is_default:
        return "default"
    if app.console.color_system == "256":
        return color.downgrade(ColorSystem.EIGHT_BIT).name
    return color.get_truecolor().hex


def require_kept(screens: dict[str, str], request: pytest.FixtureRequest) -> None:
    """What is on the screens is what was kept; or it is kept from now on, where that is asked for."""
    if request.config.getoption("--update-snapshots"):
        SNAPSHOTS.mkdir(exist_ok=True)
        for name, text in screens.items():
            (SNAPSHOTS / name).write_text(text, encoding="utf-8")
    different = [
        line for name, text in screens.items() for line in difflib.unified_diff(*kept_and_seen(name, text), name, "now")
    ]
    assert not different, "\n" + "\n".join(line.rstrip("\n") for line in different)


def kept_and_seen(name: str, text: str) -> tuple[list[str], list[str]]:
    file = SNAPSHOTS / name
    kept = file.read_text(encoding="utf-8") if file.exists() else "(none yet: see the head of test_snapshots.py)"
    return kept.splitlines(keepends=True), text.splitlines(keepends=True)


def test_there_is_no_snapshot_of_a_screen_that_is_gone() -> None:
    expected = {f"{entry.mode}-{width}x{height}.txt" for entry in SCREENS for width, height in SIZES}
    colored = {f"{mode}-120x36-{variant}.txt" for mode in COLORED for variant in VARIANTS}
    overlays = {f"overlay-{name}-{width}x{height}.txt" for name in PICTURED for width, height in SIZES}
    assert {file.name for file in SNAPSHOTS.iterdir()} == expected | colored | overlays
