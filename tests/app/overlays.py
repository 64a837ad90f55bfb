"""All that lies over a screen: how a person comes there among the bundled results, and when it is complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from lazytui.app.figures import FigureView
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.screen_registry import SCREENS
from tests.app.pilot import screen_text, until

NETWORK = "shipped/lazy-strokes"
"""Under study while they are opened."""


@dataclass(frozen=True)
class Way:
    """screen_key: the key of the screen below. ready: what that says before the keys are pressed. says: what
    the overlay says when it is complete, at any size. is_pictured: whether its snapshot is kept: not of what is
    computed while one looks, nor where a path of the machine stands. figure: what has the keyboard when the keys are
    pressed. of_size: whether what it says is of the size at which it is opened."""

    screen_key: str
    ready: str
    keys: tuple[str, ...]
    says: str
    is_pictured: bool = True
    figure: str = ""
    of_size: bool = False


OVERLAYS: Mapping[str, Way] = {
    "log": Way("9", "failed", ("l",), "Esc"),
    "help": Way("0", "Story", ("question_mark",), "On this screen", of_size=True),
    "palette": Way("0", "Story", ("ctrl+p",), "Search", is_pictured=False),
    "jobs": Way("0", "Story", ("j",), "running 37%"),
    "networks": Way("0", "Story", ("o",), "cured-mnist"),
    "explanation": Way("3", "It reads the color", ("i",), "It reads the color"),
    "export": Way("3", "It reads the color", ("e",), "Write the figures", is_pictured=False),
    "cell-images": Way("3", "It reads the color", ("enter",), "Page 1 of", figure="confusion-easy"),
    "transfer": Way("3", "It reads the color", ("O",), "Bundled example"),
    "draw": Way("4", "class predicted", ("I",), "lazy-strokes says 0", is_pictured=False),
    "neuron-page": Way("5", "All neurons of", ("enter",), "Neuron 76", figure="neurons"),
    "llc": Way("5", "All neurons of", ("L",), "Bundled example"),
    "feature-page": Way("6", "64 features", ("enter",), "Feature 21", figure="features"),
    "dose-response": Way("6", "64 features", ("v",), "as it is", is_pictured=False),
    "experiments": Way("6", "64 features", ("X",), "Bundled example"),
    "self-check": Way("6", "64 features", ("C",), "Bundled example"),
    "live-attack": Way("7", "Bundled example", ("v", "up"), "the budget that you set", is_pictured=False),
    "study": Way("8", "unbiased accuracy", ("s",), "Nothing was run yet"),
    "recipe": Way("8", "unbiased accuracy", ("r",), "Nothing was run yet"),
}


async def open_overlay(pilot: Pilot[Any], way: Way) -> None:
    """Go to the screen below, and press the keys."""
    app = pilot.app
    while len(app.screen_stack) > 1 or not isinstance(app.screen, LabScreen):
        await pilot.press("escape")
        await pilot.pause()
    mode = next(entry.mode for entry in SCREENS if entry.key == way.screen_key)
    await pilot.press(way.screen_key)
    await until(pilot, lambda: app.current_mode == mode and isinstance(app.screen, LabScreen))
    await until(pilot, lambda: way.ready in screen_text(app))
    below = app.screen
    view = next((view for view in below.query(FigureView) if view.figure.name == way.figure), None)
    below.set_focus(view, scroll_visible=False)
    await pilot.press(*way.keys)
    await until(pilot, lambda: app.screen is not below and way.says in screen_text(app))
