"""Whether no key of the footer is cut."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from textual.widgets._footer import FooterKey

from lazytui.app.panels.panel import Panel
from lazytui.app.shell.key_footer import STAY, KeyFooter
from tests.app.pilot import screen_text, until


async def require_whole(pilot: Pilot[Any]) -> None:
    """All keys of the footer are on the screen, those that lead to the others among them."""
    await until(pilot, lambda: pilot.app.screen.query(FooterKey))
    keys = list(pilot.app.screen.query_one(KeyFooter).query(FooterKey))
    assert all(key.region.right <= pilot.app.size.width for key in keys), screen_text(pilot.app).splitlines()[-1]
    bindings = pilot.app.screen.active_bindings
    named = {str(bindings[key.key].binding.id) for key in keys if key.key in bindings}
    possible = {str(active.binding.id) for active in bindings.values()}  # a field takes letters for itself
    assert set(STAY) & possible <= named, named


async def each_focus(pilot: Pilot[Any]) -> None:
    """Also with the keyboard in each panel in turn."""
    await require_whole(pilot)
    for _ in pilot.app.screen.query(Panel):
        await pilot.press("tab")
        await pilot.pause()
        await require_whole(pilot)
