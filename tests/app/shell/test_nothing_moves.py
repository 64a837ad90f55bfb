"""An app that nobody touches writes nothing to its terminal: no clock, no spinner, no cursor that blinks."""

from __future__ import annotations

import time

import pytest

from tests.app.terminal import Screen, app_on_terminal
from tests.commands import Lab, wait_until

STILL_SECONDS = 1.5
"""Whatever moves by itself does so more often: a cursor twice a second."""
PLACES = {
    "0": "Story",
    "2": "Accuracy while it trains",
    "f": "more options",
    "\x1b": "Accuracy while it trains",
    "9": "Runs",
    "\x10": "Search",
}
"""Keys, and what comes to be seen after each: home, a figure, a field of a form, a list, the palette."""


def is_still(screen: Screen) -> bool:
    before, until = len(screen.output), time.monotonic() + STILL_SECONDS
    while time.monotonic() < until and len(screen.output) == before:
        screen.shows("")
    return len(screen.output) == before


@pytest.mark.parametrize("options", [(), ("--low-bandwidth",)], ids=["", "low-bandwidth"])
def test_it_comes_to_rest_wherever_it_is(lab: Lab, options: tuple[str, ...]) -> None:
    lab.workspace.mkdir()
    with app_on_terminal(lab, *options) as screen:
        screen.wait_for("Jobs")
        for key, words in PLACES.items():
            screen.type(key)
            screen.wait_for(words)
            wait_until(lambda: is_still(screen))
