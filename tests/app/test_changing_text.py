"""Text that changes is shown at once, and the screen is laid out again only for more or fewer lines."""

from __future__ import annotations

from typing import Any

from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from lazytui.app.changing_text import ChangingText
from tests.app.pilot import drive, screen_text


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield ChangingText("step 1 of [b]")


def test_only_another_number_of_lines_lays_the_screen_out_again() -> None:
    app = Shown()

    async def steps(pilot: Pilot[Any]) -> None:
        text = app.query_one(ChangingText)
        layouts: list[int] = []
        await pilot.pause()
        app.screen.screen_layout_refresh_signal.subscribe(text, lambda _: layouts.append(text.size.height))

        async def show(content: Content) -> str:
            text.set_text(content)
            await pilot.pause()
            return screen_text(app).strip()

        assert await show(Content("step 1,000 of [b]")) == "step 1,000 of [b]" and layouts == []
        assert await show(Content.styled("step 1,000 of [b]", "reverse")) == "step 1,000 of [b]" and layouts == []
        style = next(iter(text.render_line(0))).style
        assert style is not None and style.reverse
        long = Content("words " * app.size.width)
        assert (await show(long)).split() == long.plain.split() and layouts[-1] == text.size.height > 1
        assert await show(Content("short")) == "short" and layouts[-1] == 1

    drive(app, steps)
