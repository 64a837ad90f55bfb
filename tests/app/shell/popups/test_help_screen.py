"""The help lists what can really be pressed, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.containers import VerticalScroll
from textual.pilot import Pilot

from lazytui.app.form import ParamsForm
from lazytui.app.form.choice_controls import Choice
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.popups.help_screen import Help, groups
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until


def test_the_keys_of_the_screen_come_first_and_then_those_of_the_focused_field(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("4", "f")
        form = pilot.app.screen.query_one(ParamsForm)
        await until(pilot, lambda: form.has_focus_within)
        await until(pilot, lambda: form.query(Choice))
        form.query(Choice).first().focus()
        await pilot.pause()
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Help)
        text = screen_text(pilot.app)
        assert " ".join(pilot.app.screen_stack[0].purpose.split()[:6]) in text, "first what the screen is for"  # type: ignore[attr-defined]
        assert text.index("On this screen") < text.index("Choice") < text.index("Params form") < text.index("Anywhere")
        assert "← Previous" in " ".join(text.split())

    drive(LazytuiApp(Workspace(tmp_path)), steps, size=(120, 60))


def test_it_scrolls_and_closes(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for close in ("escape", "question_mark", "q"):
            await pilot.press("question_mark")
            await pilot.pause()
            box = pilot.app.screen.query_one(VerticalScroll)
            await pilot.press("end")
            await pilot.pause()
            assert box.scroll_y == box.max_scroll_y > 0
            assert "The next panel or field" in screen_text(pilot.app)
            await pilot.press(close)
            await pilot.pause()
            assert not isinstance(pilot.app.screen, Help)
        assert pilot.app.is_running

    drive(LazytuiApp(Workspace(tmp_path)), steps, size=(60, 16))


def test_what_only_the_screen_has_comes_first_and_what_any_program_has_last(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for key, first in (("9", "Filter"), ("8", "Study"), ("2", "Overlay a run")):
            await pilot.press(key)
            await pilot.pause()
            found = groups(pilot.app.screen)
            assert found[0].title == "On this screen" and found[0].keys[0][1] == first
            assert [group.title for group in found[-2:]] == ["Anywhere", "From field to field, and in text"]
            assert ("tab", "The next panel or field") in found[-1].keys
            assert not any("Scroll" in words or "Page Left" in words for group in found for _, words in group.keys)

    drive(LazytuiApp(Workspace(tmp_path)), steps)
