"""Every theme's text can be read on its own grounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import Bar
from lazytui.app.shell.readable_colors import READABLE, lowest_contrast, with_readable_text
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, until

TEXTS = ("text-accent", "text-primary", "text-warning", "text-error", "text-success")
COLORED = [name for name, theme in BUILTIN_THEMES.items() if not name.startswith("ansi") and not theme.ansi]


@pytest.mark.parametrize("theme", COLORED)
def test_colors_for_text_stand_out_from_every_ground(theme: str) -> None:
    variables = with_readable_text(BUILTIN_THEMES[theme].to_color_system().generate())
    grounds = [Color.parse(variables[name]) for name in ("background", "surface", "panel")]
    foreground = lowest_contrast(Color.parse(variables["foreground"]), grounds)
    for name in TEXTS:
        contrast = lowest_contrast(Color.parse(variables[name]), grounds)
        assert contrast >= min(READABLE, foreground) - 0.01, f"{name} of {theme} has a contrast of {contrast:.1f}"


def test_what_can_be_read_stays_as_the_theme_has_it() -> None:
    theme = BUILTIN_THEMES["textual-dark"].to_color_system().generate()
    assert with_readable_text(theme)["text-accent"] == theme["text-accent"]


def test_a_terminals_own_colors_are_left_alone() -> None:
    variables = {"background": "ansi_default", "surface": "ansi_default", "panel": "ansi_default"}
    variables |= {"foreground": "ansi_default", "text-accent": "ansi_blue"}
    assert with_readable_text(variables) == variables


def test_the_name_in_the_first_line_can_be_read(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for theme in ("textual-light", "solarized-light", "textual-dark"):
            pilot.app.theme = theme
            panel = BUILTIN_THEMES[theme].to_color_system().generate()["panel"]
            await until(pilot, lambda panel=panel: pilot.app.theme_variables["panel"] == panel)
            await pilot.pause()
            await until(pilot, lambda: _of_name(pilot) >= 4.5)

    drive(LazytuiApp(Workspace(tmp_path)), steps)


def _of_name(pilot: Pilot[Any]) -> float:
    """The contrast of the app's name with what it stands on."""
    line = pilot.app.screen.query_one(Bar).render_line(0)
    name = next(segment for segment in line if "lazytui" in segment.text)
    assert name.style and name.style.color and name.style.bgcolor
    text, ground = (Color.from_rich_color(color) for color in (name.style.color, name.style.bgcolor))
    return lowest_contrast(text, [ground])
